/*
 * Models that are a sparse matrix of weights above 0 between items: item-kNN, SLIM. Their state, file, scores and
 * likenesses are these; what differs is the fit. Private to model. Legend: I items, N weights.
 */
#ifndef VT_MODEL_NEAREST_H
#define VT_MODEL_NEAREST_H

#include "math/csr.h"
#include "model/kind.h"

/**
 * A state out of weights (I, I), row: what the user had, column: what is scored. It takes `weights` over, also when it
 * fails. `half_life`: of the history, see history.h.
 */
int vt_nearest_take(void **state, vt_csr *weights, double half_life, vt_error *err);
void vt_nearest_free(void *state);

int vt_nearest_save(const void *state, vt_tensor_list *list, vt_error *err);

/** VT_ERR_CORRUPT when rows or columns are out of order, or weights not finite and above 0. */
int vt_nearest_load(void **state, const vt_safetensors *file, double half_life, int32_t n_items, vt_error *err);

/** Sums of weights, older items of the history fading; -INFINITY where there are none. O(H N / I) a state. */
int vt_nearest_score(const void *state, const vt_user_state *states, size_t n, float *scores, vt_error *err);

/** One part, "together": what each event of the history brings; an item's first event counts, later ones bring 0. */
int vt_nearest_explain(vt_explanation *out, const void *state, const vt_user_state *user, const int32_t *items,
                       size_t n, vt_error *err);

int vt_nearest_similar(const void *state, int32_t item, float *scores, vt_error *err);

#endif
