/* Slots hold the entry's number; entries stand in order of insertion, so walking the map is repeatable. */
#include "base/map.h"

#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/hash.h"

typedef struct entry {
    vt_str key;
    int64_t value;
    uint64_t hash;
} entry;

struct vt_map {
    vt_arena *keys;
    entry *entries;
    size_t n;
    size_t capacity;
    uint32_t *slots; /* entry number + 1; 0: empty */
    size_t mask;     /* slots - 1, slots a power of two */
};

static int make_slots(uint32_t **slots, size_t count, vt_error *err)
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

/* The slot where the key stands, or the empty one where it would. */
static size_t find_slot(const vt_map *map, vt_str key, uint64_t hash)
{
    size_t slot = hash & map->mask;
    while (map->slots[slot] != 0) {
        const entry *e = &map->entries[map->slots[slot] - 1];
        if (e->hash == hash && e->key.len == key.len && (key.len == 0 || memcmp(e->key.ptr, key.ptr, key.len) == 0)) {
            break;
        }
        slot = (slot + 1) & map->mask;
    }
    return slot;
}

bool vt_map_get(const vt_map *map, vt_str key, int64_t *value)
{
    size_t slot = find_slot(map, key, vt_hash64(key.ptr, key.len, 0));
    if (map->slots[slot] == 0) {
        return false;
    }
    *value = map->entries[map->slots[slot] - 1].value;
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
    uint32_t *slots = NULL;
    int status = make_slots(&slots, count * 2, err);
    if (status != VT_OK) {
        return status;
    }
    vt_free(map->slots);
    map->slots = slots;
    map->mask = count * 2 - 1;
    for (size_t i = 0; i < map->n; i++) {
        size_t slot = map->entries[i].hash & map->mask;
        while (map->slots[slot] != 0) {
            slot = (slot + 1) & map->mask;
        }
        map->slots[slot] = (uint32_t)(i + 1);
    }
    return VT_OK;
}

int vt_map_set(vt_map *map, vt_str key, int64_t value, vt_error *err)
{
    uint64_t hash = vt_hash64(key.ptr, key.len, 0);
    size_t slot = find_slot(map, key, hash);
    if (map->slots[slot] != 0) {
        map->entries[map->slots[slot] - 1].value = value;
        return VT_OK;
    }
    if (map->n >= UINT32_MAX - 1) {
        return vt_fail(err, VT_ERR_LIMIT, "more than %u different ids", UINT32_MAX - 1);
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
    map->entries[map->n] = (entry){copy, value, hash};
    map->n++;
    map->slots[slot] = (uint32_t)map->n;
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
