/*
 * How strongly two sets of items go together, from four counts. Legend: n baskets, L of them with all items of the left
 * set, R with all of the right one, c with both.
 */
#ifndef VT_INSIGHT_BASKETS_ASSOCIATION_H
#define VT_INSIGHT_BASKETS_ASSOCIATION_H

#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

/** Findings whose adjusted p-value is over this are marked as such that chance may have made. */
#define VT_CHANCE_LEVEL 0.05

typedef struct vt_association {
    int64_t count;                          /* c */
    int64_t left;                           /* L */
    int64_t right;                          /* R */
    double support;                         /* c / n (Agrawal, Imielinski, Swami 1993) */
    double confidence;                      /* c / L */
    double confidence_low, confidence_high; /* 95 % (Wilson 1927) */
    double lift;                            /* confidence / (R / n) (Brin, Motwani, Ullman, Tsur 1997, "interest") */
    double lift_low, lift_high;             /* 95 %, normal on the scale of logarithms; see vt_association_of() */
    double conviction; /* (1 - R / n) / (1 - confidence) (Brin and others 1997); INFINITY where the rule never fails */
    double leverage;   /* c / n - (L / n) (R / n) (Piatetsky-Shapiro 1991) */
    double p_value;    /* of c or more baskets with both, were the two independent: Fisher's exact test, one-sided */
    double adjusted;   /* the p-value after Benjamini and Hochberg over all that was tested; set by who tested */
} vt_association;

/** ln k! for k = 0 to n, which every p-value of these baskets needs. The caller frees it with vt_free(). */
double *vt_log_factorials(size_t n, vt_error *err);

/**
 * P(X >= c) for the hypergeometric X: L baskets drawn from n of which R have the right set. `log_factorials` (n + 1).
 * To a relative 1e-7 for a million baskets.
 */
double vt_chance_of(const double *log_factorials, int64_t n, int64_t left, int64_t right, int64_t count);

/**
 * All figures of the counts, 1 <= c <= L, R <= n; `p_value` and `adjusted` are as given. The variance of ln(lift) is
 * 1/c - 1/L - 1/R + 2c/(LR) - 1/n, by the delta method from the multinomial of the four kinds of baskets.
 */
vt_association vt_association_of(int64_t n, int64_t left, int64_t right, int64_t count, double p_value,
                                 double adjusted);

/** The 95 % interval of a share, `successes` of `n` > 0 (Wilson 1927). */
void vt_wilson(double *low, double *high, int64_t successes, int64_t n);

#endif
