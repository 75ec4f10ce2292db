/* Reciprocal ranks need no common scale of scores: cosines and BM25 have none. */
#include "recommend/ranked.h"

#include <math.h>

#include "base/alloc.h"
#include "math/topk.h"

#define RANK_CONSTANT 60.0F

static uint8_t lists_with(const vt_ranked *lists, size_t n_lists, int32_t item)
{
    uint8_t bits = 0;
    for (size_t l = 0; l < n_lists; l++) {
        for (size_t i = 0; i < lists[l].n; i++) {
            bits = (uint8_t)(bits | (lists[l].item[i] == item ? 1U << l : 0U));
        }
    }
    return bits;
}

int vt_fuse(vt_fused *out, size_t *n, const vt_ranked *lists, size_t n_lists, int32_t n_items, size_t k, vt_error *err)
{
    if (n_lists == 1) {
        *n = lists->n < k ? lists->n : k;
        for (size_t i = 0; i < *n; i++) {
            out[i] = (vt_fused){lists->item[i], lists->score[i], 1};
        }
        return VT_OK;
    }
    float *scores = vt_alloc((size_t)n_items, sizeof *scores, err);
    int32_t *best = vt_alloc(k, sizeof *best, err);
    int status = VT_ERR_NO_MEMORY;
    if (scores == NULL || best == NULL) {
        goto out;
    }
    for (int32_t i = 0; i < n_items; i++) {
        scores[i] = -INFINITY;
    }
    for (size_t l = 0; l < n_lists; l++) {
        for (size_t i = 0; i < lists[l].n; i++) {
            float *score = &scores[lists[l].item[i]];
            *score = fmaxf(*score, 0.0F) + 1.0F / (RANK_CONSTANT + (float)(i + 1));
        }
    }
    *n = vt_topk(scores, (size_t)n_items, k, best);
    for (size_t i = 0; i < *n; i++) {
        out[i] = (vt_fused){best[i], scores[best[i]], lists_with(lists, n_lists, best[i])};
    }
    status = VT_OK;
out:
    vt_free(scores);
    vt_free(best);
    return status;
}
