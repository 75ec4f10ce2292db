/**
 * What customers may buy next, for all of them at once: the recommender answers each, and the store keeps the lists as
 * computed rows "next_item" (results.h), which insight reads without a model. Experimental: may still change.
 */
#ifndef VITRINE_NEXT_ITEMS_H
#define VITRINE_NEXT_ITEMS_H

#include "vitrine/progress.h"
#include "vitrine/recommend.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Init with vt_next_items_options_init(). */
typedef struct vt_next_items_options {
    size_t size;               /**< set by vt_next_items_options_init() */
    const vt_request *request; /**< filters, rules and the length of a list (n); its user and item are not looked at;
                                    NULL, the default: the defaults of a request */
    int64_t customers;         /**< so many at most, those with most order lines first; from 1; default 10,000 */
    int threads;               /**< 0, the default: all processors */
    const vt_progress *progress;
} vt_next_items_options;

VT_SIZED_INIT(vt_next_items_options)

/** What was done. */
typedef struct vt_next_items {
    int64_t customers;   /**< that have a list now */
    int64_t buyers;      /**< customers with an order */
    int64_t rows;        /**< written */
    char degraded[1100]; /**< "" or why lists are less than was asked for */
} vt_next_items;

/**
 * Recommends for the customers and puts the lists in place of those that the shop of the recommender has: rank from 1,
 * the item, its score (comparable within one list), and as count the events that were used. Memory: 12 bytes a row, and
 * about 100 while the rows are written. Opens the shop for writing at the end, so that VT_ERR_BUSY comes late; the rows
 * are then as they were, and so are they after VT_ERR_CANCELLED, when the progress says so.
 */
VT_API int vt_next_items_store(vt_next_items *out, vt_recommender *recommender, const vt_next_items_options *options,
                               vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
