/*
 * Tables with a lock each, entries in chains by their keyed hash, and in a ring by use: what has waited longest gives
 * way. An entry is one block: its key, its body, the ids of its items.
 */
#include "serve/result_cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

enum {
    SHARDS = 16,
    KEY_BYTES_MAX = 1024,
    TYPICAL_BYTES = 1024, /* an entry for each place in a table */
    OVERHEAD = 16         /* of an allocation */
};

typedef struct entry {
    struct entry *chained;
    struct entry *newer, *older;
    uint64_t hash;
    vt_answer_stamp stamp;
    size_t key_len, body_len, items_len, request_at;
    char bytes[]; /* key, body, items */
} entry;

typedef struct shard {
    pthread_mutex_t mutex;
    entry **table;
    entry *newest, *oldest;
    size_t bytes, entries;
    uint64_t turn;
} shard;

struct vt_result_cache {
    double seconds;
    size_t shard_bytes; /* 0: nothing is kept */
    size_t places;      /* of a table, a power of two */
    atomic_llong hits, misses;
    shard shards[SHARDS];
};

static size_t size_of(const entry *e)
{
    return sizeof *e + e->key_len + e->body_len + e->items_len + OVERHEAD;
}

int vt_result_cache_create(vt_result_cache **out, size_t bytes, double seconds, vt_error *err)
{
    vt_result_cache *cache = vt_alloc_zero(1, sizeof *cache, err);
    if (cache == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    cache->seconds = seconds;
    cache->places = 1;
    while (cache->places * TYPICAL_BYTES * SHARDS < bytes) {
        cache->places *= 2;
    }
    for (size_t s = 0; s < SHARDS; s++) {
        pthread_mutex_init(&cache->shards[s].mutex, NULL);
    }
    for (size_t s = 0; s < SHARDS && bytes > 0; s++) {
        cache->shards[s].table = vt_alloc_zero(cache->places, sizeof(entry *), err);
        if (cache->shards[s].table == NULL) {
            vt_result_cache_free(cache);
            return VT_ERR_NO_MEMORY;
        }
    }
    size_t tables = cache->places * sizeof(entry *);
    cache->shard_bytes = bytes / SHARDS > tables ? bytes / SHARDS - tables : 0;
    *out = cache;
    return VT_OK;
}

static void unlink_entry(const vt_result_cache *cache, shard *s, entry *e)
{
    entry **at = &s->table[e->hash / SHARDS & (cache->places - 1)];
    while (*at != e) {
        at = &(*at)->chained;
    }
    *at = e->chained;
    *(e->newer == NULL ? &s->newest : &e->newer->older) = e->older;
    *(e->older == NULL ? &s->oldest : &e->older->newer) = e->newer;
    s->bytes -= size_of(e);
    s->entries--;
}

static void remove_entry(const vt_result_cache *cache, shard *s, entry *e)
{
    unlink_entry(cache, s, e);
    vt_free(e);
}

static void link_entry(const vt_result_cache *cache, shard *s, entry *e)
{
    entry **at = &s->table[e->hash / SHARDS & (cache->places - 1)];
    e->chained = *at;
    *at = e;
    e->newer = NULL;
    e->older = s->newest;
    *(e->older == NULL ? &s->oldest : &e->older->newer) = e;
    s->newest = e;
    s->bytes += size_of(e);
    s->entries++;
}

void vt_result_cache_drop(vt_result_cache *cache)
{
    for (size_t i = 0; cache != NULL && i < SHARDS; i++) {
        shard *s = &cache->shards[i];
        pthread_mutex_lock(&s->mutex);
        s->turn++;
        while (s->oldest != NULL) {
            remove_entry(cache, s, s->oldest);
        }
        pthread_mutex_unlock(&s->mutex);
    }
}

void vt_result_cache_free(vt_result_cache *cache)
{
    if (cache == NULL) {
        return;
    }
    vt_result_cache_drop(cache);
    for (size_t s = 0; s < SHARDS; s++) {
        vt_free(cache->shards[s].table);
        pthread_mutex_destroy(&cache->shards[s].mutex);
    }
    vt_free(cache);
}

bool vt_result_cache_keeps(const vt_result_cache *cache)
{
    return cache != NULL && cache->shard_bytes > 0;
}

static entry *find(const vt_result_cache *cache, const shard *s, uint64_t hash, vt_str key)
{
    entry *e = s->table[hash / SHARDS & (cache->places - 1)];
    while (e != NULL && !(e->hash == hash && vt_str_equal((vt_str){e->bytes, e->key_len}, key))) {
        e = e->chained;
    }
    return e;
}

static bool copy_out(vt_cached_list *out, const entry *e)
{
    const char *body = e->bytes + e->key_len;
    *out = (vt_cached_list){.request_at = e->request_at, .stamp = e->stamp};
    out->body = (vt_text){vt_strndup(body, e->body_len, NULL), e->body_len};
    if (e->items_len > 0) {
        out->items = (vt_text){vt_strndup(body + e->body_len, e->items_len, NULL), e->items_len};
    }
    if (out->body.data == NULL || (e->items_len > 0 && out->items.data == NULL)) {
        vt_cached_list_done(out);
        return false;
    }
    return true;
}

bool vt_result_cache_get(vt_cached_list *out, uint64_t *turn, vt_result_cache *cache, vt_str key,
                         const vt_answer_stamp *now)
{
    uint64_t hash = vt_hash_keyed(key.ptr, key.len);
    shard *s = &cache->shards[hash % SHARDS];
    bool got = false;
    pthread_mutex_lock(&s->mutex);
    *turn = s->turn;
    entry *e = find(cache, s, hash, key);
    if (e != NULL) {
        bool holds = vt_answer_stamp_holds(&e->stamp, now) && (double)(now->now - e->stamp.now) < cache->seconds;
        unlink_entry(cache, s, e);
        got = holds && copy_out(out, e);
        if (holds) {
            link_entry(cache, s, e); /* as the newest */
        } else {
            vt_free(e);
        }
    }
    pthread_mutex_unlock(&s->mutex);
    atomic_fetch_add_explicit(got ? &cache->hits : &cache->misses, 1, memory_order_relaxed);
    return got;
}

void vt_result_cache_put(vt_result_cache *cache, uint64_t turn, vt_str key, const vt_cached_list *result)
{
    size_t len = key.len + result->body.len + result->items.len;
    if (key.len > KEY_BYTES_MAX || sizeof(entry) + len + OVERHEAD > cache->shard_bytes) {
        return;
    }
    entry *e = vt_alloc(1, sizeof *e + len, NULL);
    if (e == NULL) {
        return;
    }
    *e = (entry){
        .hash = vt_hash_keyed(key.ptr, key.len),
        .stamp = result->stamp,
        .key_len = key.len,
        .body_len = result->body.len,
        .items_len = result->items.len,
        .request_at = result->request_at,
    };
    memcpy(e->bytes, key.ptr, key.len);
    memcpy(e->bytes + key.len, result->body.data, result->body.len);
    if (result->items.len > 0) {
        memcpy(e->bytes + key.len + result->body.len, result->items.data, result->items.len);
    }
    shard *s = &cache->shards[e->hash % SHARDS];
    pthread_mutex_lock(&s->mutex);
    entry *before = find(cache, s, e->hash, key);
    if (s->turn != turn) {
        pthread_mutex_unlock(&s->mutex);
        vt_free(e);
        return;
    }
    if (before != NULL) {
        remove_entry(cache, s, before);
    }
    while (s->oldest != NULL && s->bytes + size_of(e) > cache->shard_bytes) {
        remove_entry(cache, s, s->oldest);
    }
    link_entry(cache, s, e);
    pthread_mutex_unlock(&s->mutex);
}

void vt_result_cache_describe(vt_result_cache *cache, vt_result_cache_state *state)
{
    *state = (vt_result_cache_state){.hits = atomic_load(&cache->hits), .misses = atomic_load(&cache->misses)};
    for (size_t i = 0; i < SHARDS; i++) {
        shard *s = &cache->shards[i];
        pthread_mutex_lock(&s->mutex);
        state->entries += (long long)s->entries;
        state->bytes += (long long)(s->bytes + (s->table == NULL ? 0 : cache->places * sizeof(entry *)));
        pthread_mutex_unlock(&s->mutex);
    }
}

void vt_cached_list_done(vt_cached_list *result)
{
    vt_text_free(&result->body);
    vt_text_free(&result->items);
}
