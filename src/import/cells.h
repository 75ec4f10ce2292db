/*
 * Cells as values: numbers, amounts and times of a row, read by what is known of the file (its forms). One reader for
 * all kinds of sources, so that each takes the same spellings and says the same of those it cannot take.
 */
#ifndef VT_IMPORT_CELLS_H
#define VT_IMPORT_CELLS_H

#include <stdbool.h>
#include <stdint.h>

#include "import/columns.h"
#include "import/source.h"

/**
 * Each reads the field of a row: true when it could be read or is not given (`*out` is left alone then); else the row
 * was rejected, through `*status` (VT_OK unless that failed).
 */
bool vt_cell_real(vt_source *source, const vt_columns *columns, size_t field, const vt_str *row, double *out,
                  int *status, vt_error *err);
bool vt_cell_whole(vt_source *source, const vt_columns *columns, size_t field, const vt_str *row, int64_t *out,
                   int *status, vt_error *err);
bool vt_cell_time(vt_source *source, const vt_columns *columns, size_t field, const vt_str *row, int64_t *out,
                  int *status, vt_error *err);

/** In `currency` where that is a code, else in the source's. */
bool vt_cell_money(vt_source *source, const vt_columns *columns, size_t field, const vt_str *row, vt_str currency,
                   int64_t *out, int *status, vt_error *err);

/** The item's pieces on the shelf: below nothing is nothing, "in stock" and "backorder" say that nobody counts them. */
bool vt_cell_stock(vt_source *source, const vt_columns *columns, size_t field, const vt_str *row, vt_item *item,
                   int *status, vt_error *err);

/** Unit price, rounded up, and discount of a line that gives only its sums (VT_NONE: not given). */
void vt_line_of_sums(int64_t quantity, int64_t subtotal, int64_t total, int64_t *unit_price, int64_t *discount);

/** A number as files write it; VT_MARK_UNCLEAR through `*said` and false where the file does not tell its mark. */
bool vt_number_read(double *out, vt_mark *said, vt_str text, vt_mark assume);

#endif
