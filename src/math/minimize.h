/*
 * Minima of smooth functions of a few variables, as maximum likelihood needs them: NLopt (Johnson) with our errors and
 * one way of starting and ending, and the curvature at the minimum with what follows from it. Deterministic: the same
 * function gives the same bytes.
 */
#ifndef VT_MATH_MINIMIZE_H
#define VT_MATH_MINIMIZE_H

#include <stdbool.h>
#include <stddef.h>

#include "vitrine/error.h"

/** What is minimised. */
typedef struct vt_objective {
    /**
     * The value at x (n); fills `gradient` (n) too, unless it is NULL. What is not finite counts as very large. Without
     * has_gradient `gradient` is always NULL.
     */
    double (*value)(double *gradient, const double *x, size_t n, void *context);
    void *context;
    bool has_gradient;
} vt_objective;

/** Where and how long; vt_minimize_options_init() gives no bounds. */
typedef struct vt_minimize_options {
    const double *lower;    /* (n), or NULL */
    const double *upper;    /* (n), or NULL */
    double tolerance;       /* relative, of the value: 1e-12 */
    double step;            /* first step without gradient, in each variable: 0.5 */
    size_t evaluations_max; /* of the function, in all: 20,000 */
} vt_minimize_options;

typedef struct vt_minimum {
    double value;
    size_t evaluations;
    bool converged; /* the gradient has all but vanished, or stands against a bound */
} vt_minimum;

enum { VT_MINIMIZE_VARIABLES_MAX = 64 };

void vt_minimize_options_init(vt_minimize_options *options);

/**
 * Moves `x` (n), which must lie within the bounds, to a minimum near it: with a gradient by L-BFGS (Nocedal 1980), else
 * by the simplex of Nelder and Mead (1965), begun anew until that gains nothing, then L-BFGS on central differences.
 * `options` NULL: as init. A minimum that was not reached is no error: out->converged says so. VT_ERR_USAGE when the
 * start lies outside the bounds, VT_ERR_FAILED when the function is not finite there, VT_ERR_NO_MEMORY.
 */
int vt_minimize(double *x, vt_minimum *out, const vt_objective *objective, size_t n, const vt_minimize_options *options,
                vt_error *err);

/**
 * The matrix of second derivatives at x (n) into `hessian` (n, n), by central differences of the gradient or, without
 * one, of the value. VT_ERR_FAILED when the function is not finite around x.
 */
int vt_hessian(double *hessian, const vt_objective *objective, const double *x, size_t n, vt_error *err);

/**
 * The inverse of a positive definite `hessian` (n, n) into `covariance` (n, n): of minus a log-likelihood at its
 * maximum, the covariance of the estimates. Both may be one matrix. VT_ERR_FAILED when it is not positive definite,
 * which for a likelihood means that the data do not tell all parameters.
 */
int vt_covariance(double *covariance, const double *hessian, size_t n, vt_error *err);

#endif
