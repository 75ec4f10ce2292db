/*
 * Open addressing. A slot holds half of the hash beside the entry's number, so that looking past other keys, and
 * growing, read the slots alone. Entries stand in order of insertion: walking the map does not depend on the hash.
 */
#include "base/map.h"

#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/hash.h"

typedef struct entry {
    vt_str key;
    int64_t value;
} entry;

#define ENTRIES_MAX ((size_t)INT32_MAX) /* so that 32 bits of hash find a place in all slots */

struct vt_map {
    vt_arena *keys;
    entry *entries;
    size_t n;
    size_t capacity;
    uint64_t *slots; /* 32 bits of hash, then entry number + 1; 0: empty */
    size_t mask;     /* slots - 1, slots a power of two */
};

static int make_slots(uint64_t **slots, size_t count, vt_error *err)
{
    *slots = vt_alloc_zero(count, sizeof **slots, err);
    return *slots == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

int vt_map_create(vt_map **out, size_t expected, vt_error *err)
{
    vt_map *map = vt_alloc_zero(1, sizeof *map, err);
    if (map == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    size_t count = 16;
    while (count / 2 < expected) {
        count *= 2;
    }
    map->mask = count - 1;
    int status = make_slots(&map->slots, count, err);
    if (status == VT_OK) {
        status = vt_arena_create(&map->keys, 0, err);
    }
    if (status != VT_OK) {
        vt_map_free(map);
        return status;
    }
    *out = map;
    return VT_OK;
}

void vt_map_free(vt_map *map)
{
    if (map != NULL) {
        vt_arena_free(map->keys);
        vt_free(map->entries);
        vt_free(map->slots);
        vt_free(map);
    }
}

static uint32_t hash_of(vt_str key)
{
    return (uint32_t)vt_hash_keyed(key.ptr, key.len);
}

static const entry *entry_at(const vt_map *map, size_t slot)
{
    return &map->entries[(uint32_t)map->slots[slot] - 1];
}

/* The slot where the key stands, or the empty one where it would. */
static size_t find_slot(const vt_map *map, vt_str key, uint32_t hash)
{
    size_t slot = hash & map->mask;
    for (; map->slots[slot] != 0; slot = (slot + 1) & map->mask) {
        if (map->slots[slot] >> 32 == hash) {
            const entry *e = entry_at(map, slot);
            if (e->key.len == key.len && (key.len == 0 || memcmp(e->key.ptr, key.ptr, key.len) == 0)) {
                break;
            }
        }
    }
    return slot;
}

bool vt_map_get(const vt_map *map, vt_str key, int64_t *value)
{
    size_t slot = find_slot(map, key, hash_of(key));
    if (map->slots[slot] == 0) {
        return false;
    }
    *value = entry_at(map, slot)->value;
    return true;
}

static int grow(vt_map *map, vt_error *err)
{
    if (map->n == map->capacity) {
        size_t capacity = map->capacity + map->capacity / 2 + 16;
        entry *entries = vt_realloc(map->entries, capacity, sizeof *entries, err);
        if (entries == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        map->entries = entries;
        map->capacity = capacity;
    }
    size_t count = map->mask + 1;
    if (map->n + 1 <= count / 4 * 3) {
        return VT_OK;
    }
    uint64_t *slots = NULL;
    int status = make_slots(&slots, count * 2, err);
    if (status != VT_OK) {
        return status;
    }
    size_t mask = count * 2 - 1;
    for (size_t i = 0; i < count; i++) {
        if (map->slots[i] != 0) {
            size_t slot = (map->slots[i] >> 32) & mask;
            while (slots[slot] != 0) {
                slot = (slot + 1) & mask;
            }
            slots[slot] = map->slots[i];
        }
    }
    vt_free(map->slots);
    map->slots = slots;
    map->mask = mask;
    return VT_OK;
}

int vt_map_set(vt_map *map, vt_str key, int64_t value, vt_error *err)
{
    uint32_t hash = hash_of(key);
    size_t slot = find_slot(map, key, hash);
    if (map->slots[slot] != 0) {
        map->entries[(uint32_t)map->slots[slot] - 1].value = value;
        return VT_OK;
    }
    if (map->n >= ENTRIES_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "more than %zu different ids", ENTRIES_MAX);
    }
    int status = grow(map, err);
    if (status != VT_OK) {
        return status;
    }
    vt_str copy = vt_arena_str(map->keys, key.ptr == NULL ? (vt_str){"", 0} : key, err);
    if (copy.ptr == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    slot = find_slot(map, key, hash);
    map->entries[map->n] = (entry){copy, value};
    map->n++;
    map->slots[slot] = (uint64_t)hash << 32 | map->n;
    return VT_OK;
}

void vt_map_clear(vt_map *map)
{
    memset(map->slots, 0, (map->mask + 1) * sizeof *map->slots);
    vt_arena_reset(map->keys);
    map->n = 0;
}

size_t vt_map_count(const vt_map *map)
{
    return map->n;
}

void vt_map_entry(const vt_map *map, size_t index, vt_str *key, int64_t *value)
{
    *key = map->entries[index].key;
    *value = map->entries[index].value;
}

uint64_t vt_map_probes(const vt_map *map)
{
    uint64_t probes = 0;
    for (size_t slot = 0; slot <= map->mask; slot++) {
        if (map->slots[slot] != 0) {
            probes += ((slot - (map->slots[slot] >> 32)) & map->mask) + 1;
        }
    }
    return probes;
}
