/*
 * What customers write of items, with what they gave in stars: a sample that stays within memory whatever the shop
 * holds. Legend: N opinions of the sample.
 */
#ifndef VT_ENCODE_OPINIONS_H
#define VT_ENCODE_OPINIONS_H

#include "base/buf.h"
#include "dataset/texts.h"
#include "store/store.h"

/** Which way a review goes by its stars, from 1 to 5. */
typedef enum vt_stance {
    VT_AGAINST, /* 1 or 2 stars */
    VT_FOR,     /* 4 or 5 stars */
    VT_NEITHER, /* between */
    VT_UNRATED, /* words alone */
    VT_STANCES
} vt_stance;

vt_stance vt_stance_of(const vt_event *event);

/**
 * The words of a review as they are read: title and body cleaned and joined, cut at VT_OPINION_BYTES; a title that only
 * repeats the stars ("Five Stars") is left out. `out` is emptied first; empty: there is nothing to read.
 */
int vt_opinion_text(vt_buf *out, const vt_event *event, vt_error *err);

enum { VT_OPINION_BYTES = 1000 };

/** One review for or against. */
typedef struct vt_opinion {
    int32_t item;      /* in vt_opinions.items */
    uint8_t stance;    /* VT_FOR or VT_AGAINST */
    uint64_t reviewer; /* hash of who wrote it */
    uint64_t turn;     /* the smaller, the sooner it is taken: a hash of its place in the store */
    int64_t time;      /* VT_NONE without */
    int64_t place;     /* in the order of storing */
    char *text;        /* (len) with a NUL behind */
    size_t len;
} vt_opinion;

typedef struct vt_opinions {
    vt_map *items;       /* ids of items to numbers in order of first sight */
    vt_opinion *opinion; /* (N) by item, in an item by turn */
    size_t n;
    int64_t count[VT_STANCES]; /* of all reviews with words, sampled or not */
    int64_t last;              /* time of the newest review, VT_NONE without */
    size_t kept[2];            /* of the sample, by stance */
} vt_opinions;

/**
 * Reads all reviews of the store and keeps up to `most` for and `most` against: those whose hash of `seed` and place
 * in the store is smallest, which is a uniform sample of each. O(events log most) time, memory of the sample and of the
 * items' ids.
 */
int vt_opinions_read(vt_opinions *out, vt_store *store, size_t most, uint64_t seed, const vt_progress *progress,
                     vt_error *err);
void vt_opinions_done(vt_opinions *opinions);

#endif
