/* Ratings of goods in a period. */
#ifndef VT_INSIGHT_RATINGS_H
#define VT_INSIGHT_RATINGS_H

#include "insight/scope.h"

enum { VT_STARS = 5 };

typedef struct vt_ratings {
    double sum;
    int64_t n;
    int64_t reviews;         /* those with words */
    int64_t in_favour;       /* of them with 4 or 5 stars */
    int64_t against;         /* with 1 or 2 */
    int64_t stars[VT_STARS]; /* ratings of 1, 2, ... 5 stars, halves up; what lies beyond counts as the nearest */
} vt_ratings;

/**
 * Adds the ratings of the period that pass the filters of the scope to those of their item (I, zeroed by the caller)
 * and to `total`; either may be NULL. O(events of the period).
 */
void vt_ratings_add(vt_ratings *total, vt_ratings *of_item, const vt_scope *scope, const vt_period *period);

#endif
