/**
 * What a fitted model says where there is no shop: to users whose histories are interactions of a snapshot. Legend: N
 * users asked about, K places of a list.
 */
#ifndef VITRINE_HISTORY_RANKER_H
#define VITRINE_HISTORY_RANKER_H

#include "vitrine/evaluation.h"
#include "vitrine/explanation.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct vt_history_ranker vt_history_ranker;

/**
 * Over `model` and `history`, both borrowed until vt_history_ranker_free(). The model may be fitted on other data:
 * users and items are matched by their ids, and events on items that it does not know do not count. VT_ERR_UNSUPPORTED
 * when it knows none of the items. O(I log I) where data differ.
 */
VT_API int vt_history_ranker_create(vt_history_ranker **out, const vt_model *model, const vt_interactions *history,
                                    vt_error *err);

/** Frees; NULL is allowed. */
VT_API void vt_history_ranker_free(vt_history_ranker *ranker);

/** How lists are made. Init with vt_history_ranker_options_init(). */
typedef struct vt_history_ranker_options {
    size_t size;    /**< set by vt_history_ranker_options_init() */
    bool keep_seen; /**< list items of the history too; default false */
    int64_t now;    /**< the moment that is asked about, UTC seconds; default VT_NONE: after everything */
    int threads;    /**< 0: all processors */
    const vt_progress *progress;
} vt_history_ranker_options;

VT_SIZED_INIT(vt_history_ranker_options)

/**
 * The best `k` items of each of `n` users (numbers of the snapshot) into `items` (N, K), numbers of the model, ended by
 * -1 where there are fewer, and their scores into `scores` (N, K). All items of the model are candidates. Thread-safe.
 */
VT_API int vt_history_ranker_list(const vt_history_ranker *ranker, const int32_t *users, size_t n, size_t k,
                                  const vt_history_ranker_options *options, int32_t *items, float *scores,
                                  vt_error *err);

/** As vt_model_explain() for one user: `items` (n) are the model's numbers. Each of `out` is ended by the caller. */
VT_API int vt_history_ranker_explain(vt_explanation *out, const vt_history_ranker *ranker, int32_t user,
                                     const int32_t *items, size_t n, const vt_history_ranker_options *options,
                                     vt_error *err);

/** As vt_model_predict() for one user. */
VT_API int vt_history_ranker_predict(float *ratings, const vt_history_ranker *ranker, int32_t user,
                                     const int32_t *items, size_t n, const vt_history_ranker_options *options,
                                     vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
