/*
 * What is known of customers, as columns of numbers: the input of every model of churn. Legend: N customers, F
 * features.
 */
#ifndef VT_INSIGHT_CHURN_FEATURES_H
#define VT_INSIGHT_CHURN_FEATURES_H

#include <stddef.h>
#include <stdint.h>

/** Rows of features. Borrowed; nothing that is computed from a missing value is ever shown as a number. */
typedef struct vt_features {
    const double *x;         /* (N, F) row-major; NaN says "missing" */
    const char *const *name; /* (F) as a person reads it */
    const int32_t *levels; /* (F) number of levels of a category coded 0, 1, ...; 0: a number; NULL: all are numbers */
    size_t n, f;
} vt_features;

static inline int32_t vt_feature_levels(const vt_features *features, size_t f)
{
    return features->levels == NULL ? 0 : features->levels[f];
}

#endif
