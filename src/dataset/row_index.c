/* A table by row number while that costs little, else binary search. */
#include "dataset/row_index.h"

#include <string.h>

#include "base/alloc.h"

enum { SPARSE = 4, SLACK = 1024 }; /* a table may have so many cells a row, and so many beyond */

int vt_row_index_add(vt_row_index *index, int64_t row, vt_error *err)
{
    if (index->n > 0 && row <= index->row[index->n - 1]) {
        return vt_fail(err, VT_ERR_CORRUPT, "row %lld comes behind row %lld; run \"vitrine doctor\" on the shop",
                       (long long)row, (long long)index->row[index->n - 1]);
    }
    if (index->n == INT32_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "more than %d users or items; a snapshot can hold no more", INT32_MAX);
    }
    if ((size_t)index->n == index->capacity) {
        size_t next = index->capacity == 0 ? 256 : index->capacity * 2;
        int64_t *fresh = vt_realloc(index->row, next, sizeof *fresh, err);
        if (fresh == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        index->row = fresh;
        index->capacity = next;
    }
    index->row[index->n++] = row;
    return VT_OK;
}

int vt_row_index_seal(vt_row_index *index, vt_error *err)
{
    int64_t span = 0;
    if (index->n == 0 || __builtin_sub_overflow(index->row[index->n - 1], index->row[0], &span) ||
        span >= (int64_t)index->n * SPARSE + SLACK) {
        return VT_OK;
    }
    index->number = vt_alloc((size_t)span + 1, sizeof *index->number, err);
    if (index->number == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    index->span = span + 1;
    memset(index->number, 0xff, (size_t)index->span * sizeof *index->number); /* -1 */
    for (int32_t i = 0; i < index->n; i++) {
        index->number[index->row[i] - index->row[0]] = i;
    }
    return VT_OK;
}

int32_t vt_row_index_find(const vt_row_index *index, int64_t row)
{
    if (index->n == 0 || row < index->row[0] || row > index->row[index->n - 1]) {
        return -1;
    }
    if (index->number != NULL) {
        return index->number[row - index->row[0]];
    }
    int32_t low = 0;
    int32_t high = index->n - 1;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (index->row[middle] < row) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return index->row[low] == row ? low : -1;
}

void vt_row_index_done(vt_row_index *index)
{
    vt_free(index->row);
    vt_free(index->number);
    *index = (vt_row_index){0};
}
