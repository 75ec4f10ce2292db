/*
 * Systems with a small symmetric positive definite matrix in doubles, as estimators of a few parameters need them. A
 * column that the ones before it determine is left out, as statistics programs do. Legend: K rows and columns.
 */
#ifndef VT_MATH_CHOLESKY_H
#define VT_MATH_CHOLESKY_H

#include <stddef.h>

/**
 * Replaces the lower triangle of `a` (K, K) by its Cholesky factor L, a = L L'. A column of which less than `tolerance`
 * of the diagonal remains is left out: its part of L becomes 0. Gives how many were left out. O(K^3).
 */
size_t vt_cholesky(double *a, size_t k, double tolerance);

/** x (K) becomes the solution of a x = b, from b in x and the factor; 0 where a column was left out. */
void vt_cholesky_solve(double *x, const double *factor, size_t k);

/** The inverse (K, K), both triangles; rows and columns that were left out are 0. */
void vt_cholesky_inverse(double *inverse, const double *factor, size_t k);

#endif
