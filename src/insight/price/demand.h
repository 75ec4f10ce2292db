/*
 * The demand of a category's products: log of expected sales = product's level + controls + slope x log price, where
 * controls (season, trend, promotion) are the category's. Two likelihoods:
 *
 *   Poisson: pieces a period, zeros and all. Given a product's total, its level drops out (Hausman, Hall and Griliches
 *   1984), and the estimate is right whatever the variance is as long as the mean is (Gourieroux, Monfort and Trognon
 *   1984), so standard errors are robust ones and no law of overdispersion, as a negative binomial has, is assumed.
 *
 *   Log-log: least squares of log pieces. Rows without sales have no logarithm and are left out, which biases it
 *   where there are many.
 *
 * Legend: N rows, I products of the panel, J of them in the category, T periods, K columns of season and trend, P
 * coefficients: log price, then promotion where it is known, then K.
 */
#ifndef VT_INSIGHT_PRICE_DEMAND_H
#define VT_INSIGHT_PRICE_DEMAND_H

#include "insight/price/panel.h"

enum { VT_DEMAND_PERIODS_MAX = 161 }; /* that may each have an effect of their own */

typedef enum vt_price_likelihood { VT_PRICE_POISSON, VT_PRICE_LOG_LOG } vt_price_likelihood;

/** A category's problem. The caller owns the arrays; rows are those of the panel. */
typedef struct vt_demand {
    const vt_price_panel *panel;
    const int32_t *product; /* (J) */
    size_t n_products;      /* J */
    bool log_log;
    bool promotion;
    const double *z; /* (T, K) */
    size_t k;        /* K */
    int32_t *filled; /* (T, 2) or NULL: from which column of z until which a period has any but 0; by prepare */
    double *x;       /* (N) log price, less its mean over the product's rows */
    double *offset;  /* (N) controls and log time on sale: what moves the row besides level and price */
    uint8_t *used;   /* (N) 0: the row tells nothing */
    double *w, *r;   /* scratch, as many as the longest product has rows */
} vt_demand;

/** Coefficients of a demand. */
static inline size_t vt_demand_size(const vt_demand *demand)
{
    return 1 + (demand->promotion ? 1U : 0U) + demand->k;
}

/** The period of row `r`; 0 where nothing depends on it. */
static inline size_t vt_demand_period(const vt_demand *demand, size_t r)
{
    return demand->k == 0 ? 0 : (size_t)demand->panel->period[r];
}

/** The columns of z that are not 0 in period `t`: effects of periods have one of a hundred. */
static inline size_t vt_demand_from(const vt_demand *demand, size_t t)
{
    return demand->filled == NULL || demand->k == 0 ? 0 : (size_t)demand->filled[2 * t];
}

static inline size_t vt_demand_until(const vt_demand *demand, size_t t)
{
    return demand->filled == NULL || demand->k == 0 ? demand->k : (size_t)demand->filled[2 * t + 1];
}

/** Fills x and marks the rows that tell something; offset becomes the log time on sale. */
void vt_demand_prepare(vt_demand *demand);

/** offset = log time on sale + controls times `beta` (P); the slope beta[0] is not in it. */
void vt_demand_offset(const vt_demand *demand, const double *beta);

/**
 * Weights and residuals of product `i`'s rows at `slope`, into demand->w and demand->r; weights are the expected pieces
 * (Poisson) or 1 (log-log), 0 where a row tells nothing. Gives minus the log likelihood without the level, or half the
 * sum of squares.
 */
double vt_demand_rows(const vt_demand *demand, size_t i, double slope);

/** What a product's own rows say of its slope. */
typedef struct vt_demand_moments {
    double weight;      /* sum of the weights: pieces, or rows */
    double rows;        /* rows that tell something */
    double mean_x;      /* weighted */
    double information; /* of the slope, its level estimated beside it; 0: nothing is known */
    double score;
    double middle; /* of the robust variance: middle / information^2. HC2 (Poisson), HC3 (log-log) */
} vt_demand_moments;

/** The moments at `slope`. `along` (P - 1) or NULL: how the estimate moves with each coefficient of the controls. */
void vt_demand_moments_of(vt_demand_moments *out, double *along, const vt_demand *demand, size_t i, double slope);

/**
 * The category's coefficients with one slope for all products: `beta` (P) and their robust (HC1) covariance (P, P), 0
 * for what cannot be told. `left`: share of the price's variance that the controls do not explain; near 0 its slope
 * means nothing. By Newton's method. VT_ERR_NO_MEMORY only.
 */
int vt_demand_fit(double *beta, double *covariance, double *left, const vt_demand *demand, vt_error *err);

#endif
