/* How good probabilities of a yes or no are, on customers whose outcome the model has not seen. Legend: N customers. */
#ifndef VT_INSIGHT_CHURN_QUALITY_H
#define VT_INSIGHT_CHURN_QUALITY_H

#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

enum { VT_CHURN_BINS = 10 };

/** Customers of like probability: what was foretold and what came. */
typedef struct vt_churn_bin {
    size_t n;
    double foretold; /* mean probability */
    double observed; /* share that was lost */
} vt_churn_bin;

typedef struct vt_churn_quality {
    size_t n, lost;
    double auc; /* chance that a lost customer has a higher probability than a kept one, ties half */
    double auc_low,
        auc_high; /* 95 % interval (DeLong, DeLong and Clarke-Pearson 1988); 0 and 1 where it is not known */
    double brier; /* mean squared difference of probability and outcome */
    double brier_low, brier_high; /* 95 % interval, of a mean of independent customers */
    double brier_of_rate;         /* the same when everyone gets the share of lost ones */
    double log_loss;              /* mean of -ln(probability of what came) */
    double calibration_error;     /* mean over customers of |foretold - observed| of their bin */
    double lift;  /* share of lost ones in the tenth of the highest probabilities / in all; ties shared */
    double found; /* share of all lost ones who are in that tenth */
    vt_churn_bin bin[VT_CHURN_BINS]; /* by rising probability, as even in number as ties allow; empty ones at the end */
    size_t n_bins;
} vt_churn_quality;

/**
 * From probabilities `chance` (N) and outcomes `lost` (N, 0 or 1). VT_ERR_UNSUPPORTED when all outcomes are the same.
 * O(N log N).
 */
int vt_churn_quality_of(vt_churn_quality *out, const double *chance, const uint8_t *lost, size_t n, vt_error *err);

#endif
