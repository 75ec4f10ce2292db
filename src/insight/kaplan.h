/* Shares of subjects that something has happened to by a time, many being still watched (Kaplan, Meier 1958). */
#ifndef VT_INSIGHT_KAPLAN_H
#define VT_INSIGHT_KAPLAN_H

#include "vitrine/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** One subject: watched for `time`, at whose end it happened or the watching ended. */
typedef struct vt_watched {
    double time;
    bool happened;
} vt_watched;

/** Share by a time, with Greenwood's interval of 95 % on the log-log scale. */
typedef struct vt_happened {
    double share, low, high; /**< 0 to 1; NaN where nobody is watched that long */
    int64_t at_risk;         /**< still watched at that time, nothing having happened yet */
} vt_happened;

/**
 * Shares at `n_at` ascending times `at` from `n` subjects, which are put in order of time. O(n log n).
 */
void vt_kaplan_meier(vt_happened *out, const double *at, size_t n_at, vt_watched *subjects, size_t n);

#endif
