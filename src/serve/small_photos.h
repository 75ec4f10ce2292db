/*
 * Small photos that were made, in bounded memory: a page shows the same few hundred again and again, and making one
 * means to decode a large one.
 */
#ifndef VT_SERVE_SMALL_PHOTOS_H
#define VT_SERVE_SMALL_PHOTOS_H

#include <sys/types.h>

#include "base/buf.h"

enum {
    VT_SMALL_PHOTOS = 4096,              /* places; two photos of one place push each other out */
    VT_SMALL_PHOTOS_BYTES_MAX = 24 << 20 /* of a shop */
};

/** What a small photo is made of: a file as it was written at a time, and the side in pixels. */
typedef struct vt_small_photo_key {
    dev_t device;
    ino_t file;
    time_t seconds;
    long nanoseconds;
    int64_t side;
} vt_small_photo_key;

typedef struct vt_small_photos vt_small_photos;

int vt_small_photos_create(vt_small_photos **out, vt_error *err);
void vt_small_photos_free(vt_small_photos *photos);

/** Appends the photo that is kept for the key; false: there is none. Any thread, as the next. */
bool vt_small_photos_get(vt_small_photos *photos, const vt_small_photo_key *key, vt_buf *out);

/** Keeps a copy, where there is memory for it. */
void vt_small_photos_put(vt_small_photos *photos, const vt_small_photo_key *key, const vt_buf *jpeg);

#endif
