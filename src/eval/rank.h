/* Lists from a model whose scores are changed before they are ranked. */
#ifndef VT_EVAL_RANK_H
#define VT_EVAL_RANK_H

#include "vitrine/evaluation.h"

/** Changes the scores (n) of one query; called from several threads at once. */
typedef void (*vt_rank_adjust)(void *context, float *scores, size_t n);

/** vt_rank_scored() of changed scores; `adjust` may be NULL. */
int vt_rank_adjusted(const vt_model *model, const vt_query *queries, size_t n, size_t k, int32_t *items, float *best,
                     vt_rank_adjust adjust, void *context, vt_error *err);

#endif
