/* Amounts of money as files have them. */
#ifndef VT_IMPORT_MONEY_H
#define VT_IMPORT_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#include "import/columns.h"
#include "import/source.h"

/**
 * Minor units of "25", "$1,250.00", "12.50 EUR", "from 9.99" and of the lower end of "$5.00 - $10.00"; false for
 * anything that is more than an amount, such as a piece of a style sheet, and for negative ones. `digits` of the
 * currency.
 */
bool vt_money_read(int64_t *out, vt_str text, int digits);

/**
 * The amount in a field of a row, in `currency` where that is a code, else in the source's: true when it could be read
 * or is not given (`out` is left alone then); else the row is rejected, through `status`.
 */
bool vt_money_cell(vt_source *source, const vt_columns *columns, size_t field, const vt_str *row, vt_str currency,
                   int64_t *out, int *status, vt_error *err);

#endif
