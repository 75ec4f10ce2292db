/* A table by the hash of the key; the bytes of all places together have a limit. */
#include "serve/small_photos.h"

#include <pthread.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"

typedef struct place {
    vt_small_photo_key key;
    char *bytes; /* NULL: free */
    size_t len;
} place;

struct vt_small_photos {
    pthread_mutex_t mutex;
    size_t bytes;
    size_t hand; /* the place that gives way next where memory is full */
    place places[VT_SMALL_PHOTOS];
};

int vt_small_photos_create(vt_small_photos **out, vt_error *err)
{
    vt_small_photos *p = vt_alloc_zero(1, sizeof *p, err);
    if (p == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    pthread_mutex_init(&p->mutex, NULL);
    *out = p;
    return VT_OK;
}

static void empty(vt_small_photos *p, place *at)
{
    p->bytes -= at->len;
    vt_free(at->bytes);
    *at = (place){.bytes = NULL};
}

void vt_small_photos_free(vt_small_photos *p)
{
    if (p != NULL) {
        for (size_t i = 0; i < VT_SMALL_PHOTOS; i++) {
            empty(p, &p->places[i]);
        }
        pthread_mutex_destroy(&p->mutex);
        vt_free(p);
    }
}

static bool same(const vt_small_photo_key *a, const vt_small_photo_key *b)
{
    return a->device == b->device && a->file == b->file && a->seconds == b->seconds &&
           a->nanoseconds == b->nanoseconds && a->side == b->side;
}

static place *place_of(vt_small_photos *p, const vt_small_photo_key *key)
{
    uint64_t h = vt_hash_mix((uint64_t)key->device, (uint64_t)key->file);
    h = vt_hash_mix(h, (uint64_t)key->side);
    return &p->places[h % VT_SMALL_PHOTOS];
}

bool vt_small_photos_get(vt_small_photos *p, const vt_small_photo_key *key, vt_buf *out)
{
    pthread_mutex_lock(&p->mutex);
    const place *at = place_of(p, key);
    bool found = at->bytes != NULL && same(&at->key, key) && vt_buf_add(out, at->bytes, at->len, NULL) == VT_OK;
    pthread_mutex_unlock(&p->mutex);
    return found;
}

void vt_small_photos_put(vt_small_photos *p, const vt_small_photo_key *key, const vt_buf *jpeg)
{
    char *copy = jpeg->len > VT_SMALL_PHOTOS_BYTES_MAX ? NULL : vt_alloc(jpeg->len + 1, 1, NULL);
    if (copy == NULL) {
        return;
    }
    memcpy(copy, jpeg->data, jpeg->len);
    pthread_mutex_lock(&p->mutex);
    place *at = place_of(p, key);
    empty(p, at);
    while (p->bytes + jpeg->len > VT_SMALL_PHOTOS_BYTES_MAX) {
        empty(p, &p->places[p->hand]);
        p->hand = (p->hand + 1) % VT_SMALL_PHOTOS;
    }
    *at = (place){*key, copy, jpeg->len};
    p->bytes += jpeg->len;
    pthread_mutex_unlock(&p->mutex);
}
