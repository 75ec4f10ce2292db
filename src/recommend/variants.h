/* One item's score and place if the history were another: without one of its events, or with one more. */
#ifndef VT_RECOMMEND_VARIANTS_H
#define VT_RECOMMEND_VARIANTS_H

#include "vitrine/model.h"

/** What differs from the history. */
typedef struct vt_variant {
    int64_t without; /* index of the event that is left out, -1: none */
    int32_t with;    /* item of an event added at the end, -1: none */
} vt_variant;

typedef struct vt_outcome {
    float score;
    int32_t rank; /* among the allowed, from 1; 0 where there is no score */
} vt_outcome;

/** Place of `item` by `scores` (I) among the items with `allowed` (I) set; equal scores by number. */
int32_t vt_rank_of(const float *scores, const uint8_t *allowed, int32_t n_items, int32_t item);

/**
 * Scores `n` variants of `state` exactly, by the model itself, into `out` (n). Candidates stay the same in all of them.
 * `event` is the kind and value of an event that is added, at state->now.
 */
int vt_variants_score(vt_outcome *out, const vt_model *model, const uint8_t *allowed, const vt_user_state *state,
                      int32_t item, const vt_variant *variants, size_t n, uint8_t kind, double value, vt_error *err);

#endif
