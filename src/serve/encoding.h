/*
 * Vectors of what is new while a shop is served: a thread of its own encodes texts and photos of items soon after they
 * were stored, and puts a recommender that has them in the place of the one that answers.
 */
#ifndef VT_SERVE_ENCODING_H
#define VT_SERVE_ENCODING_H

#include "vitrine/error.h"

typedef struct vt_encoding vt_encoding;
struct vt_served_shop;

/**
 * Begins. Without encoders, or without what runs them, it says so once in the log and rests until the next item, where
 * it is tried anew.
 */
int vt_encoding_open(vt_encoding **out, struct vt_served_shop *shop, vt_error *err);

/** Items may have changed. Any thread; never waits. */
void vt_encoding_wake(vt_encoding *encoding);

/** Ends, after the text or photo at work. NULL is allowed. */
void vt_encoding_close(vt_encoding *encoding);

#endif
