/* The models of a shop that answer when the one that should cannot be used. */
#ifndef VT_RECOMMEND_FALLBACK_H
#define VT_RECOMMEND_FALLBACK_H

#include "vitrine/choice.h"

/**
 * Opens a recommender by another model of the shop than `chosen->name`, which `chosen->why` says cannot be used: the
 * one that answered before it, else the newest that can be used. `chosen` then has its name, and `why` says so too.
 * VT_ERR_NOT_FOUND, without a message: no other can be used. VT_ERR_NO_MEMORY, VT_ERR_CANCELLED.
 */
int vt_fallback_open(vt_recommender **out, vt_chosen_model *chosen, vt_live *live,
                     const vt_recommender_options *options, vt_error *err);

#endif
