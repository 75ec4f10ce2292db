/* Goods by how often they are seen and how often that ends in a sale: four quarters around the medians. */
#ifndef VT_INSIGHT_SEEN_H
#define VT_INSIGHT_SEEN_H

#include "insight/scope.h"
#include "insight/sums.h"

/**
 * The tables "seen" (`rows` products at most, most revenue first), "seen_quarters" and "seen_middle" of the goods with
 * at least ten views; `sums` and `views` (I) are of the items in the period of the scope.
 */
int vt_seen_add(vt_document *document, const vt_scope *scope, const vt_sums *sums, const int32_t *views, size_t rows,
                vt_error *err);

#endif
