/* Which items of the catalogue a request lets through: on sale, category, brand, price. */
#ifndef VT_RECOMMEND_FILTERS_H
#define VT_RECOMMEND_FILTERS_H

#include "recommend/catalogue.h"
#include "vitrine/recommend.h"

/** VT_ERR_USAGE names the first thing in the request that cannot be. */
int vt_request_check(const vt_request *request, vt_error *err);

/** Marks in `allowed` (I) the stored items that pass the request at `now`. What the user has seen is not its matter. */
int vt_filter(uint8_t *allowed, const vt_catalogue *catalogue, const vt_request *request, int64_t now, vt_error *err);

/** `text` with letters of any case made equal (Unicode case folding, composed), NUL-terminated; freed with vt_free. */
int vt_fold(char **out, vt_str text, vt_error *err);

/** The next level of a category path, without spaces around it, off its front; false at its end. */
bool vt_category_next(vt_str *path, vt_str *level);

/**
 * Whether each text of `texts`, by its number, is `wanted` in letters of any case, into `fits`; `within`: or, as a
 * path, lies below it.
 */
int vt_texts_fit(uint8_t *fits, const vt_map *texts, const char *wanted, bool within, vt_error *err);

/** True when `path` is `prefix` or lies below it, level by level; both folded. Levels are parted by ">". */
bool vt_category_within(vt_str path, vt_str prefix);

#endif
