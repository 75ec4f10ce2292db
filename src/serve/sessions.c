/* A short table that is searched whole: the time of a search does not tell how much of a token is right. */
#include "serve/sessions.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

enum { SECRET = 32, HASH = 32 };

typedef struct session {
    unsigned char hash[HASH];
    char key[VT_KEY_ID_BYTES];
    int64_t begun, used; /* UTC seconds; begun 0: the place is free */
} session;

struct vt_sessions {
    pthread_mutex_t mutex;
    unsigned char first[HASH];
    int64_t first_until; /* 0: there is none */
    session rows[VT_SESSIONS_MAX];
};

int vt_sessions_create(vt_sessions **out, vt_error *err)
{
    vt_sessions *s = vt_alloc_zero(1, sizeof *s, err);
    if (s == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    pthread_mutex_init(&s->mutex, NULL);
    *out = s;
    return VT_OK;
}

void vt_sessions_free(vt_sessions *s)
{
    if (s != NULL) {
        pthread_mutex_destroy(&s->mutex);
        sodium_memzero(s, sizeof *s);
        vt_free(s);
    }
}

static void hash_token(unsigned char hash[HASH], const char *token)
{
    vt_digest d;
    vt_digest_init(&d, HASH);
    vt_digest_add(&d, token, strnlen(token, VT_SESSION_BYTES));
    vt_digest_done(&d, hash, HASH);
}

static void make_token(char token[VT_SESSION_BYTES], unsigned char hash[HASH])
{
    unsigned char secret[SECRET];
    vt_random_bytes(secret, sizeof secret);
    sodium_bin2base64(token, VT_SESSION_BYTES, secret, sizeof secret, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(secret, sizeof secret);
    hash_token(hash, token);
}

void vt_sessions_make_first(vt_sessions *s, char token[VT_SESSION_BYTES], int64_t now)
{
    pthread_mutex_lock(&s->mutex);
    make_token(token, s->first);
    s->first_until = now + VT_FIRST_TOKEN_SECONDS;
    pthread_mutex_unlock(&s->mutex);
}

bool vt_sessions_use_first(vt_sessions *s, const char *token, int64_t now)
{
    unsigned char hash[HASH];
    hash_token(hash, token);
    pthread_mutex_lock(&s->mutex);
    bool good = sodium_memcmp(hash, s->first, HASH) == 0 && now < s->first_until;
    s->first_until = good ? 0 : s->first_until;
    pthread_mutex_unlock(&s->mutex);
    return good;
}

static bool is_over(const session *row, int64_t now)
{
    return row->begun == 0 || now >= row->begun + VT_SESSION_SECONDS || now >= row->used + VT_SESSION_IDLE_SECONDS;
}

void vt_sessions_begin(vt_sessions *s, char token[VT_SESSION_BYTES], const char *key, int64_t now)
{
    pthread_mutex_lock(&s->mutex);
    session *place = &s->rows[0];
    for (size_t i = 0; i < VT_SESSIONS_MAX && !is_over(place, now); i++) {
        session *row = &s->rows[i];
        place = is_over(row, now) || row->used < place->used ? row : place;
    }
    make_token(token, place->hash);
    snprintf(place->key, sizeof place->key, "%s", key);
    place->begun = place->used = now;
    pthread_mutex_unlock(&s->mutex);
}

/* The row of a token; NULL without. The caller holds the mutex. */
static session *find(vt_sessions *s, const char *token)
{
    unsigned char hash[HASH];
    session *found = NULL;
    hash_token(hash, token);
    for (size_t i = 0; i < VT_SESSIONS_MAX; i++) {
        if (sodium_memcmp(s->rows[i].hash, hash, HASH) == 0) {
            found = &s->rows[i];
        }
    }
    return found;
}

bool vt_sessions_find(vt_sessions *s, char key[VT_KEY_ID_BYTES], const char *token, int64_t now)
{
    pthread_mutex_lock(&s->mutex);
    session *row = find(s, token);
    bool good = row != NULL && !is_over(row, now);
    if (good) {
        row->used = now;
        memcpy(key, row->key, sizeof row->key);
    }
    pthread_mutex_unlock(&s->mutex);
    return good;
}

void vt_sessions_end(vt_sessions *s, const char *token)
{
    pthread_mutex_lock(&s->mutex);
    session *row = find(s, token);
    if (row != NULL) {
        memset(row, 0, sizeof *row);
    }
    pthread_mutex_unlock(&s->mutex);
}
