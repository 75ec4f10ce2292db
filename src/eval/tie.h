/*
 * Which of items with equal scores goes first where lists are evaluated: by a fixed hash of their ids, since ids may
 * tell how old items are. Legend: I items, S scores.
 */
#ifndef VT_EVAL_TIE_H
#define VT_EVAL_TIE_H

#include "vitrine/evaluation.h"

/** The place of each item into `*tie` (I), the caller's; the same for the same id in any table. O(I log I). */
int vt_tie_order(int32_t **tie, const vt_ids *ids, int32_t n_items, vt_error *err);

/**
 * Indices of the best `k` of `scores` (S) into `index` (k) as vt_topk(), ties by `tie` of the items: `item` (S) says
 * which item each score is of, NULL: of the one with the same number. Returns how many.
 */
size_t vt_tie_topk(const float *scores, size_t n, size_t k, const int32_t *tie, const int32_t *item, int32_t *index);

#endif
