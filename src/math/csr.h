/* Sparse matrices by rows. Legend: R rows, C columns, N entries. */
#ifndef VT_MATH_CSR_H
#define VT_MATH_CSR_H

#include <stdint.h>

#include "vitrine/error.h"

typedef struct vt_csr {
    int32_t n_rows;
    int32_t n_columns;
    int64_t *ptr;    /* (R + 1) */
    int32_t *column; /* (N) ascending within a row */
    float *value;    /* (N) */
} vt_csr;

/** Room for a matrix with `n` entries; contents are the caller's to fill. */
int vt_csr_create(vt_csr **out, int32_t n_rows, int32_t n_columns, int64_t n, vt_error *err);
void vt_csr_free(vt_csr *csr);

/** The transpose, columns ascending. O(N + R + C). */
int vt_csr_transpose(vt_csr **out, const vt_csr *csr, vt_error *err);

#endif
