/* Sparse matrices by rows: allocation, release and the counting transpose. */
#include "math/csr.h"

#include <string.h>

#include "base/alloc.h"

int vt_csr_create(vt_csr **out, int32_t n_rows, int32_t n_columns, int64_t n, vt_error *err)
{
    vt_csr *csr = vt_alloc_zero(1, sizeof *csr, err);
    if (csr == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    csr->n_rows = n_rows;
    csr->n_columns = n_columns;
    csr->ptr = vt_alloc_zero((size_t)n_rows + 1, sizeof *csr->ptr, err);
    csr->column = csr->ptr == NULL ? NULL : vt_alloc((size_t)n, sizeof *csr->column, err);
    csr->value = csr->column == NULL ? NULL : vt_alloc((size_t)n, sizeof *csr->value, err);
    if (csr->value == NULL) {
        vt_csr_free(csr);
        return VT_ERR_NO_MEMORY;
    }
    *out = csr;
    return VT_OK;
}

void vt_csr_free(vt_csr *csr)
{
    if (csr != NULL) {
        vt_free(csr->ptr);
        vt_free(csr->column);
        vt_free(csr->value);
        vt_free(csr);
    }
}

int vt_csr_transpose(vt_csr **out, const vt_csr *csr, vt_error *err)
{
    vt_csr *turned = NULL;
    int64_t n = csr->ptr[csr->n_rows];
    int status = vt_csr_create(&turned, csr->n_columns, csr->n_rows, n, err);
    if (status != VT_OK) {
        return status;
    }
    /* ptr[c] first counts column c - 1, then is the place of the next entry of column c, one row of ptr ahead. */
    int64_t *ptr = turned->ptr;
    for (int64_t e = 0; e < n; e++) {
        ptr[csr->column[e] + 1]++;
    }
    for (int32_t c = 0; c < csr->n_columns; c++) {
        ptr[c + 1] += ptr[c];
    }
    for (int32_t r = 0; r < csr->n_rows; r++) {
        for (int64_t e = csr->ptr[r]; e < csr->ptr[r + 1]; e++) {
            int64_t place = ptr[csr->column[e]]++;
            turned->column[place] = r;
            turned->value[place] = csr->value[e];
        }
    }
    memmove(ptr + 1, ptr, (size_t)csr->n_columns * sizeof *ptr);
    ptr[0] = 0;
    *out = turned;
    return VT_OK;
}
