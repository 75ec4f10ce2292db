/* Ratings of goods in a period. */
#ifndef VT_INSIGHT_RATINGS_H
#define VT_INSIGHT_RATINGS_H

#include "insight/scope.h"

typedef struct vt_ratings {
    double sum;
    int64_t n;
} vt_ratings;

/**
 * Adds the ratings of the period that pass the filters of the scope to those of their item (I, zeroed by the caller)
 * and to `total`; either may be NULL. O(events of the period).
 */
void vt_ratings_add(vt_ratings *total, vt_ratings *of_item, const vt_scope *scope, const vt_period *period);

#endif
