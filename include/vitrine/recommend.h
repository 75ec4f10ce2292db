/** Recommendation: candidates, scores and filters over a shop as it stands now. */
#ifndef VITRINE_RECOMMEND_H
#define VITRINE_RECOMMEND_H

#include "vitrine/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What is asked. Init with vt_request_init(): 10 items, seen and unavailable ones left out. */
typedef struct vt_request {
    const char *user;     /**< the shop's id; NULL when `item` is given */
    const char *item;     /**< similar to this one */
    int32_t n;            /**< 1 to 1,000 */
    const char *category; /**< a path or the beginning of one, whole levels; NULL for all */
    const char *brand;    /**< exact, letters of any case; NULL for all */
    int64_t price_min;    /**< minor units, VT_NONE for none */
    int64_t price_max;
    bool keep_seen;        /**< also what the user purchased or rated */
    bool keep_unavailable; /**< also what is out of stock or not on sale at `now` */
    int64_t now;           /**< UTC seconds; VT_NONE: the clock */
} vt_request;

VT_API void vt_request_init(vt_request *request);

/** One recommended item; texts live as long as the answer. */
typedef struct vt_recommendation {
    const char *item;
    const char *title; /**< "" when unknown */
    const char *category;
    const char *brand;
    int64_t price;      /**< minor units, VT_NONE when unknown */
    double score;       /**< of the source named beside it; comparable within one source only */
    const char *source; /**< kind of the model that put it here; "popularity" fills short lists */
} vt_recommendation;

/** An answer. */
typedef struct vt_answer {
    vt_recommendation *items;
    size_t n;
    int64_t history;    /**< events of the user that were used */
    int64_t candidates; /**< items that passed the filters */
    char currency[4];
    struct vt_arena *storage; /**< private */
} vt_answer;

/** Recommends for `request->user`. VT_ERR_NOT_FOUND for an unknown user; one with no history gets what is popular. */
VT_API int vt_recommend(vt_answer *out, vt_shop *shop, const vt_model *model, const vt_request *request, vt_error *err);

/** Items similar to `request->item`. VT_ERR_UNSUPPORTED when the model cannot say. */
VT_API int vt_similar(vt_answer *out, vt_shop *shop, const vt_model *model, const vt_request *request, vt_error *err);

/** Frees what the answer holds; NULL is allowed. */
VT_API void vt_answer_done(vt_answer *answer);

#ifdef __cplusplus
}
#endif

#endif
