/*
 * Weighted least squares of one row against many: (diag(D) + sum w_j y_j y_j') x = sum c_j y_j, the inner problem of
 * alternating least squares once the Gram matrix of all rows has been made diagonal. N rows, d factors (padded).
 */
#ifndef VT_MATH_SOLVE_H
#define VT_MATH_SOLVE_H

#include "math/kernels.h"
#include "vitrine/error.h"

/** Floats of scratch that vt_solve_exact() and vt_solve_fast() need for up to `n` rows. */
size_t vt_solve_scratch(size_t n, size_t d);

/**
 * Exactly (Cholesky): through the N x N system while N <= d, else through the d x d one. `scratch` is aligned on 64
 * bytes. Gives x'Ax - 2 b'x. A system that is not positive definite (it cannot be with D, w > 0, rounding aside) gives
 * zeros.
 */
double vt_solve_exact(const vt_kernels *kernels, float *x, const float *diagonal, const vt_gather *gather,
                      float *scratch);

/** To rounding, by conjugate gradient from zero for long rows: what vt_solve_exact() gives, at less cost. */
double vt_solve_converged(const vt_kernels *kernels, float *x, const float *diagonal, const vt_gather *gather,
                          float *scratch);

/** True when vt_solve_fast() starts from the x that is there for a row of `n`. */
bool vt_solve_starts(size_t n);

/** The cheaper of the exact solution and at most `steps` steps of preconditioned conjugate gradient from x. */
double vt_solve_fast(const vt_kernels *kernels, float *x, const float *diagonal, const vt_gather *gather, int steps,
                     float *scratch);

/** x'Ax - 2 b'x in plain loops: what solvers must lower. For tests. */
double vt_solve_value(const float *x, const float *diagonal, const vt_gather *gather);

#endif
