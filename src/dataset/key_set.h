/* A set of keys of events: digests of 16 bytes, which need no hash of their own. */
#ifndef VT_DATASET_KEY_SET_H
#define VT_DATASET_KEY_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

enum { VT_KEY_SET_BYTES = 16 };

/** Zeroed at first; done by vt_key_set_done(). 16 bytes a slot, at most 70 % of them used. */
typedef struct vt_key_set {
    uint64_t *slots; /* (size, 2) 0, 0: free */
    size_t size;     /* a power of two */
    size_t n;
    bool zero; /* the key of noughts is there */
} vt_key_set;

/** Adds the key; `*fresh` is false when it was there. Amortised O(1). */
int vt_key_set_add(vt_key_set *set, const unsigned char key[VT_KEY_SET_BYTES], bool *fresh, vt_error *err);
void vt_key_set_done(vt_key_set *set);

#endif
