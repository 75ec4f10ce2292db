/*
 * Lists from a model: scores of all items for some users at once, what may not be ranked put out of the way, the best
 * k. The block of scores stays in the cache's neighbourhood however many items there are.
 */
#include <math.h>

#include "base/alloc.h"
#include "eval/rank.h"
#include "eval/tie.h"
#include "math/topk.h"
#include "vitrine/evaluation.h"

#define SCORE_BYTES ((size_t)2 << 20) /* of one block of scores, unless a single row is larger */

/* The items that a mask forbids; queries mostly share one mask. */
typedef struct forbidden {
    const uint8_t *mask; /* the mask that was listed last */
    int32_t *item;       /* (I) */
    size_t n;
} forbidden;

static void list_forbidden(forbidden *f, const uint8_t *allowed, size_t n_items)
{
    if (f->mask == allowed) {
        return;
    }
    f->mask = allowed;
    f->n = 0;
    for (size_t i = 0; i < n_items; i++) {
        f->item[f->n] = (int32_t)i;
        f->n += !allowed[i];
    }
}

/* The best k of one row of scores, which is used up; their scores into `best` (k) unless NULL. */
static size_t rank_row(float *scores, size_t n_items, const vt_query *query, forbidden *f, size_t k, int32_t *items,
                       float *best)
{
    for (size_t i = 0; i < query->n_exclude; i++) {
        scores[query->exclude[i]] = -INFINITY;
    }
    list_forbidden(f, query->allowed, n_items);
    for (size_t i = 0; i < f->n; i++) {
        scores[f->item[i]] = -INFINITY;
    }
    /* `only` ascends, so the scores can be gathered in place, and ties still go to the smaller id. */
    for (size_t i = 0; query->only != NULL && i < query->n_only; i++) {
        scores[i] = scores[query->only[i]];
    }
    size_t n_scores = query->only == NULL ? n_items : query->n_only;
    size_t n = query->tie == NULL ? vt_topk(scores, n_scores, k, items)
                                  : vt_tie_topk(scores, n_scores, k, query->tie, query->only, items);
    for (size_t i = 0; best != NULL && i < n; i++) {
        best[i] = scores[items[i]];
    }
    for (size_t i = 0; query->only != NULL && i < n; i++) {
        items[i] = query->only[items[i]];
    }
    return n;
}

int vt_rank_model(void *context, const vt_query *queries, size_t n, size_t k, int32_t *items, vt_error *err)
{
    return vt_rank_scored(context, queries, n, k, items, NULL, err);
}

int vt_rank_scored(const vt_model *model, const vt_query *queries, size_t n, size_t k, int32_t *items, float *best,
                   vt_error *err)
{
    return vt_rank_adjusted(model, queries, n, k, items, best, NULL, NULL, err);
}

int vt_rank_adjusted(const vt_model *model, const vt_query *queries, size_t n, size_t k, int32_t *items, float *best,
                     vt_rank_adjust adjust, void *context, vt_error *err)
{
    vt_model_info info;
    vt_model_describe(model, &info);
    size_t n_items = (size_t)info.n_items;
    bool anyone = (info.kind->abilities & VT_MODEL_ANYONE) != 0;
    size_t row_bytes = (n_items == 0 ? 1 : n_items) * sizeof(float);
    size_t block = SCORE_BYTES / row_bytes;
    block = block == 0 ? 1 : block;
    block = block < n ? block : n;
    float *scores = vt_alloc_aligned(block, row_bytes, err);
    vt_user_state *states = vt_alloc(block, sizeof *states, err);
    forbidden f = {NULL, vt_alloc(n_items + 1, sizeof *f.item, err), 0}; /* + 1: never of nothing */
    int status = scores == NULL || states == NULL || f.item == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t begin = 0; status == VT_OK && begin < n; begin += block) {
        size_t rows = n - begin < block ? n - begin : block;
        for (size_t r = 0; r < rows; r++) {
            states[r] = queries[begin + r].state;
        }
        status = vt_model_score(model, states, rows, scores, err);
        for (size_t r = 0; status == VT_OK && r < rows; r++) {
            int32_t *list = items + (begin + r) * k;
            bool is_asked = anyone || queries[begin + r].state.n > 0;
            if (adjust != NULL) {
                adjust(context, scores + r * n_items, n_items);
            }
            size_t length = !is_asked ? 0
                                      : rank_row(scores + r * n_items, n_items, &queries[begin + r], &f, k, list,
                                                 best == NULL ? NULL : best + (begin + r) * k);
            if (length < k) {
                list[length] = -1;
            }
        }
    }
    vt_free(scores);
    vt_free(states);
    vt_free(f.item);
    return status;
}

typedef struct listing {
    const vt_lister *lister;
    const vt_model *model;
} listing;

static int rank_listed(void *context, const vt_query *queries, size_t n, size_t k, int32_t *items, vt_error *err)
{
    const listing *l = context;
    return l->lister->list(l->lister->context, l->model, queries, n, k, items, err);
}

int vt_evaluate_fitted(vt_evaluation *out, const vt_model *model, const vt_snapshot *snapshot, const vt_split *split,
                       const vt_protocol *protocol, vt_error *err)
{
    listing l = {protocol->lister, model};
    if (protocol->lister == NULL) {
        return vt_evaluate(out, snapshot, split, protocol, vt_rank_model, (void *)(uintptr_t)model, err);
    }
    return vt_evaluate(out, snapshot, split, protocol, rank_listed, &l, err);
}
