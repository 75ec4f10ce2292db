/**
 * A recommender: a model over a shop in memory, for many requests at once. It stays open as long as the shop; a request
 * reads one consistent state of both and never waits for whoever writes. Experimental: may still change.
 */
#ifndef VITRINE_RECOMMENDER_H
#define VITRINE_RECOMMENDER_H

#include "vitrine/live.h"
#include "vitrine/model.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct vt_recommender vt_recommender;

/** Init with vt_recommender_options_init(). */
typedef struct vt_recommender_options {
    size_t size;               /**< set by vt_recommender_options_init() */
    const char *without_model; /**< why there is no model, for `degraded`; NULL: "there is no model" */
    int threads;               /**< of encoders and indexes; 0, the default: all processors */
    bool once;                 /**< one question will be asked: an index over vectors would not pay */
} vt_recommender_options;

VT_SIZED_INIT(vt_recommender_options)

/**
 * Over `live` and `model`, both borrowed until vt_recommender_free(); `model` NULL: what is popular answers. Items and
 * users of the shop that came after the fit take part as far as the kind can without vt_recommender_open().
 * VT_ERR_UNSUPPORTED when the model knows none of the shop's items.
 */
VT_API int vt_recommender_create(vt_recommender **out, vt_live *live, const vt_model *model,
                                 const vt_recommender_options *options, vt_error *err);

/**
 * As vt_recommender_create(), over the model in a file. It is loaded anew where the shop has items that it does not
 * know and its kind can take them in (VT_MODEL_GROWS), now and at later refreshes. VT_ERR_UNSUPPORTED also when the
 * shop's vectors are of other encoders than the model's.
 */
VT_API int vt_recommender_open(vt_recommender **out, vt_live *live, const char *path,
                               const vt_recommender_options *options, vt_error *err);

/**
 * Moves to the newest state of the live shop, which vt_live_refresh() has brought: O(what came), and O(items) when the
 * catalogue has changed. Requests at work go on with what they hold. On failure the former state stays. Any thread.
 */
VT_API int vt_recommender_refresh(vt_recommender *recommender, vt_error *err);

/** Frees; NULL is allowed. No request may be at work. */
VT_API void vt_recommender_free(vt_recommender *recommender);

/** Items that came after the fit and were taken in, 0 where the model is the caller's. */
VT_API int64_t vt_recommender_added(vt_recommender *recommender);

/**
 * What the model says of itself, copied while it is in use; false without a model. Texts live until the next refresh.
 */
VT_API bool vt_recommender_describe(vt_recommender *recommender, vt_model_info *info);

#ifdef __cplusplus
}
#endif

#endif
