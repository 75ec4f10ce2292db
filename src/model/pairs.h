/*
 * What a user rated, as rating models see it: one entry a distinct item, with the first rating where there are several,
 * or without a rating where the item was only bought or looked at. One definition for fits and for histories from
 * outside, so that both agree. Private to model.
 */
#ifndef VT_MODEL_PAIRS_H
#define VT_MODEL_PAIRS_H

#include "vitrine/model.h"

typedef struct vt_pair {
    int32_t item;
    float value;  /* NaN: not rated */
    int64_t time; /* of the rating, else of the first event; VT_NONE when unknown */
    size_t at;    /* of the first event in the history */
} vt_pair;

/** The pairs of a history into `pairs` (user->n), by item ascending; gives their number. O(n log n). */
size_t vt_pairs_of(vt_pair *pairs, const vt_user_state *user);

/** The pairs of all users of a fit. P pairs, U users. */
typedef struct vt_pair_set {
    int64_t *ptr;  /* (U + 1) */
    vt_pair *pair; /* (P) */
    int64_t n_rated;
    double mean; /* of the ratings */
    float low;   /* the lowest and the highest: the scale */
    float high;
} vt_pair_set;

/** Of interactions with at least one rating. Freed with vt_pair_set_done(). */
int vt_pair_set_init(vt_pair_set *set, const vt_interactions *train, vt_error *err);
void vt_pair_set_done(vt_pair_set *set);

#endif
