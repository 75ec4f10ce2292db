/*
 * Which customers are about to be lost, how sure that is, and why: a model of churn from features, calibrated,
 * evaluated on customers whose outcome it has not seen, with an additive reason for every score. Legend: N customers,
 * F features.
 */
#ifndef VT_INSIGHT_CHURN_H
#define VT_INSIGHT_CHURN_H

#include <stdbool.h>

#include "insight/churn/calibrate.h"
#include "insight/churn/features.h"
#include "insight/churn/quality.h"
#include "math/trees.h"

typedef enum vt_churn_model_kind {
    VT_CHURN_AUTO,     /* whichever foretells folds that it has not seen better */
    VT_CHURN_LOGISTIC, /* logistic regression, L2 */
    VT_CHURN_TREES     /* boosted trees, through LightGBM */
} vt_churn_model_kind;

typedef struct vt_churn_options {
    size_t size;                     /* set by vt_churn_options_init() */
    vt_churn_model_kind kind;        /* default VT_CHURN_AUTO */
    vt_calibration_kind calibration; /* default VT_CALIBRATE_AUTO */
    double ridge;                    /* of the logistic model, for each customer; default 0.001 */
    vt_tree_options trees;
    double test_share; /* of the customers with an outcome, held out: above 0, below 0.9; default 0.25 */
    uint64_t seed;     /* default 42 */
    int threads;       /* at least 1, the default */
} vt_churn_options;

void vt_churn_options_init(vt_churn_options *options);

/** What became of a customer. */
typedef enum vt_outcome { VT_OUTCOME_KEPT = 0, VT_OUTCOME_LOST = 1, VT_OUTCOME_UNKNOWN = 2 } vt_outcome;

/** One reason: what a feature does to a customer's log odds of being lost, beside the mean customer. */
typedef struct vt_churn_reason {
    int32_t feature;
    double contribution;
} vt_churn_reason;

typedef struct vt_churn vt_churn;

/** What came of the fitting. */
typedef struct vt_churn_summary {
    vt_churn_model_kind kind; /* that was taken, never AUTO */
    vt_calibration_kind calibration;
    int trees;                /* of the boosted model that folds asked for; 0 without */
    double loss_logistic;     /* mean logarithmic loss of unseen folds; 0: not tried */
    double loss_trees;        /* likewise */
    bool trees_missing;       /* LightGBM cannot be used here: the logistic model answers */
    bool evaluated;           /* `quality` holds */
    size_t fitted, tested;    /* customers */
    size_t left_out;          /* columns that the logistic model could not take */
    vt_churn_quality quality; /* on the test part */
    char note[512];           /* why trees are missing, or why nothing could be evaluated; "" */
} vt_churn_summary;

/**
 * Marks a test part among customers with a known outcome: `test` (N) becomes 1 for the last of them by `time` (N), or
 * where `time` is NULL for a share drawn by chance, as large in both outcomes.
 */
int vt_churn_split(uint8_t *test, const uint8_t *outcome, const int64_t *time, size_t n,
                   const vt_churn_options *options, vt_error *err);

/**
 * Fits to the customers with a known outcome that are not marked in `test` (N). In four folds each customer gets a
 * score of a model that has not seen them: by these the kind is chosen, the number of trees, and the calibration
 * fitted; the model itself then sees all four. The caller frees the result. VT_ERR_UNSUPPORTED: fewer than 20
 * customers with a known outcome, or fewer than five of either outcome. VT_ERR_USAGE: options.
 */
int vt_churn_fit(vt_churn **out, vt_churn_summary *summary, const vt_features *features, const uint8_t *outcome,
                 const uint8_t *test, const vt_churn_options *options, vt_error *err);

/** Frees; NULL is allowed. */
void vt_churn_free(vt_churn *churn);

/** Probabilities to be lost of all rows of `features`, into `chance` (N). */
int vt_churn_score(double *chance, const vt_churn *churn, const vt_features *features, vt_error *err);

/**
 * Contributions to log odds before calibration, `contribution` (N, F + 1) row-major; the last column is the mean
 * customer's. TreeSHAP, or weight times centred value; a row sums to its score.
 */
int vt_churn_explain(double *contribution, const vt_churn *churn, const vt_features *features, vt_error *err);

/** The `k` contributions of a row (F) that raise the odds most, largest first, only those above 0. Gives how many. */
size_t vt_churn_reasons(vt_churn_reason *out, size_t k, const double *contribution, size_t f);

/**
 * What it is worth to try to win a customer back: chance to be lost x value that would be lost x share of those written
 * to who come back. Any unit of money; 0 when something is not a finite number.
 */
double vt_winback_worth(double chance, double value, double response);

#endif
