/* Keys are read when the server begins and after each change; a check takes a lock that readers share. */
#include "serve/keys.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"

typedef struct key {
    unsigned char hash[VT_KEY_HASH_BYTES];
    char id[VT_KEY_ID_BYTES];
    unsigned scopes;
    int64_t expires_at;
} key;

struct vt_keys {
    pthread_rwlock_t lock;
    key *rows;
    size_t n;
};

typedef struct gathering {
    key *rows;
    size_t n, capacity;
    vt_error *err;
} gathering;

int vt_keys_create(vt_keys **out, vt_error *err)
{
    vt_keys *keys = vt_alloc_zero(1, sizeof *keys, err);
    if (keys == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    pthread_rwlock_init(&keys->lock, NULL);
    *out = keys;
    return VT_OK;
}

void vt_keys_free(vt_keys *keys)
{
    if (keys != NULL) {
        pthread_rwlock_destroy(&keys->lock);
        vt_free(keys->rows);
        vt_free(keys);
    }
}

static int gather(void *context, const vt_key *from)
{
    gathering *g = context;
    if (g->n == g->capacity) {
        size_t capacity = 2 * g->capacity + 16;
        key *rows = vt_realloc(g->rows, capacity, sizeof *rows, g->err);
        if (rows == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        g->rows = rows;
        g->capacity = capacity;
    }
    key *to = &g->rows[g->n++];
    memcpy(to->hash, from->hash, sizeof to->hash);
    snprintf(to->id, sizeof to->id, "%.*s", VT_STR_ARGS(from->id));
    to->scopes = from->scopes;
    to->expires_at = from->expires_at;
    return VT_OK;
}

int vt_keys_load(vt_keys *keys, vt_shop *shop, vt_error *err)
{
    gathering g = {.err = err};
    int status = vt_keys_each(shop, gather, &g, err);
    if (status != VT_OK) {
        vt_free(g.rows);
        return status;
    }
    pthread_rwlock_wrlock(&keys->lock);
    key *before = keys->rows;
    keys->rows = g.rows;
    keys->n = g.n;
    pthread_rwlock_unlock(&keys->lock);
    vt_free(before);
    return VT_OK;
}

void vt_keys_check(vt_keys *keys, vt_call *call, const char *token)
{
    unsigned char hash[VT_KEY_HASH_BYTES];
    if (!vt_key_hash(hash, token)) {
        return;
    }
    int64_t now = vt_now();
    pthread_rwlock_rdlock(&keys->lock);
    for (size_t i = 0; i < keys->n; i++) {
        const key *k = &keys->rows[i];
        bool same = sodium_memcmp(k->hash, hash, sizeof hash) == 0;
        if (same && (k->expires_at == VT_NONE || now < k->expires_at)) {
            call->scopes = k->scopes;
            memcpy(call->key, k->id, sizeof k->id);
        }
    }
    pthread_rwlock_unlock(&keys->lock);
}

void vt_keys_find(vt_keys *keys, vt_call *call, const char *id)
{
    int64_t now = vt_now();
    pthread_rwlock_rdlock(&keys->lock);
    for (size_t i = 0; i < keys->n; i++) {
        const key *k = &keys->rows[i];
        if (strcmp(k->id, id) == 0 && (k->expires_at == VT_NONE || now < k->expires_at)) {
            call->scopes = k->scopes;
            memcpy(call->key, k->id, sizeof k->id);
        }
    }
    pthread_rwlock_unlock(&keys->lock);
}

size_t vt_keys_count(vt_keys *keys)
{
    pthread_rwlock_rdlock(&keys->lock);
    size_t n = keys->n;
    pthread_rwlock_unlock(&keys->lock);
    return n;
}
