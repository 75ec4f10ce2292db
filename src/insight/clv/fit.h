/* Fitting a model of repeat purchases by maximum likelihood (repeat.h says what such a model is). */
#ifndef VT_INSIGHT_CLV_FIT_H
#define VT_INSIGHT_CLV_FIT_H

#include <stdbool.h>

#include "insight/clv/repeat.h"

/** A fitted model; no memory of its own. */
typedef struct vt_repeat_model {
    const vt_repeat_kind *kind;
    double parameter[VT_REPEAT_PARAMETERS];
    double covariance[VT_REPEAT_PARAMETERS * VT_REPEAT_PARAMETERS]; /* of the logarithms of the parameters */
    unsigned edge; /* bit k: parameter k stands at a bound, and counts as known in the covariance */
    bool certain;  /* the covariance is known; else it is all 0 */
    double log_likelihood;
    size_t customers, repeaters, groups, evaluations;
} vt_repeat_model;

/** The least that a model is fitted on. */
enum { VT_REPEAT_CUSTOMERS_MIN = 10, VT_REPEAT_REPEATERS_MIN = 3 };

/**
 * Fits on `groups`, whose times may be in any unit. VT_ERR_UNSUPPORTED says what is missing: fewer customers or fewer
 * customers with a repeat purchase than above, no time in which they could have bought again. Deterministic.
 * O(evaluations G).
 */
int vt_repeat_fit(vt_repeat_model *out, const vt_repeat_kind *kind, const vt_clv_groups *groups, vt_error *err);

/**
 * The standard error of parameter `k`, by the delta method from that of its logarithm; NaN when not certain or at a
 * bound.
 */
double vt_repeat_error(const vt_repeat_model *model, int k);

/** The 95 % interval of parameter `k`, on the scale of its logarithm; both NaN as above. */
void vt_repeat_interval(double *low, double *high, const vt_repeat_model *model, int k);

/** Expected purchases within `t` of a customer who has just bought for the first time: E[X(t)]. */
double vt_repeat_expected(const vt_repeat_model *model, double t);

/** Expected purchases within `t` of a customer of whom `c` is known: E[Y(t) | x, t_x, T]. */
double vt_repeat_expected_of(const vt_repeat_model *model, const vt_repeat_customer *c, double t);

/** The row of a kind by its name ("bg-nbd", "pareto-nbd"); VT_ERR_USAGE names those that are there. */
int vt_repeat_kind_find(const vt_repeat_kind **out, const char *name, vt_error *err);

#endif
