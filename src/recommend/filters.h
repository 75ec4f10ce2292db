/* Which items of the catalogue a request lets through: on sale, category, brand, price. */
#ifndef VT_RECOMMEND_FILTERS_H
#define VT_RECOMMEND_FILTERS_H

#include "live/view.h"
#include "vitrine/recommend.h"

/** VT_ERR_USAGE names the first thing in the request that cannot be. */
int vt_request_check(const vt_request *request, vt_error *err);

/**
 * Takes from `allowed` (I) the items of the view that do not pass the category, brand and price of the request. What
 * is on sale and what the user has seen is not its matter. O(I) where anything is asked.
 */
int vt_filter(uint8_t *allowed, const vt_view *view, const vt_request *request, vt_error *err);

/** `text` with letters of any case made equal (Unicode case folding, composed), NUL-terminated; freed with vt_free. */
int vt_fold(char **out, vt_str text, vt_error *err);

/** The next level of a category path, without spaces around it, off its front; false at its end. */
bool vt_category_next(vt_str *path, vt_str *level);

/** True when `path` is `prefix` or lies below it, level by level; both folded. Levels are parted by ">". */
bool vt_category_within(vt_str path, vt_str prefix);

#endif
