/* The inverse of a large symmetric positive definite matrix, in place, by blocks over OpenMP. */
#ifndef VT_MATH_INVERT_H
#define VT_MATH_INVERT_H

#include <stddef.h>

#include "vitrine/progress.h"

/**
 * Replaces `matrix` (n, n), row-major, of which the lower triangle counts, by its inverse; both triangles are filled.
 * The same bytes for any number of threads. VT_ERR_FAILED when the matrix is not positive definite in single precision,
 * VT_ERR_CANCELLED: then its contents are lost. n^3 multiplications and additions together, 2 n + 512 rows of at most
 * 256 floats beside the matrix. Reports progress as `stage` in rows.
 */
int vt_invert(float *matrix, size_t n, int threads, const vt_progress *progress, const char *stage, vt_error *err);

#endif
