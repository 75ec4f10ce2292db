/*
 * The dense products the models are made of, over OpenBLAS. OpenBLAS runs one thread inside; the functions here cut
 * their work in blocks of a fixed number of rows and give the blocks to OpenMP, so that bytes do not depend on the
 * threads. Matrices are row-major; `ld` is the distance of rows.
 */
#ifndef VT_MATH_BLAS_H
#define VT_MATH_BLAS_H

#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

/** Puts OpenBLAS on one thread; every function here and in solve.h calls it, others call it before cblas. */
void vt_blas_init(void);

/** gram (d, d) = matrix' matrix of a `matrix` (n, ld) of which d columns count. Both triangles are filled. */
int vt_gram(float *gram, const float *matrix, size_t n, size_t d, size_t ld, int threads, vt_error *err);

/** Floats of scratch that vt_rotate() needs. */
size_t vt_rotate_scratch(size_t ld, int threads);

/**
 * Each of `n` rows of `matrix` (R, ld) times q (d, d), in place: the rows listed in `row`, or the first n when it is
 * NULL. Columns past d stay. `scratch` is aligned on 64 bytes.
 */
void vt_rotate(float *matrix, const int32_t *row, size_t n, const float *q, size_t d, size_t ld, int threads,
               float *scratch);

/**
 * Eigenvalues (d) ascending and eigenvectors of a symmetric matrix: column k of `vectors` (d, d) belongs to values[k].
 * VT_ERR_FAILED when the matrix is not finite.
 */
int vt_eigen(float *values, float *vectors, const float *symmetric, size_t d, vt_error *err);

/** sum (n) += by * row (n). One thread, after vt_blas_init(). */
void vt_add_row(float *sum, float by, const float *row, size_t n);

/** scores (n, m) = x (n, d) by y' (m, d). One thread. */
void vt_products(float *scores, const float *x, size_t n, const float *y, size_t m, size_t d);

#endif
