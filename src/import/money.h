/* Amounts of money as files have them. */
#ifndef VT_IMPORT_MONEY_H
#define VT_IMPORT_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/decimal.h"
#include "vitrine/str.h"

/**
 * Minor units of "25", "$1,250.00", "12.50 EUR", "from 9.99" and of the lower end of "$5.00 - $10.00"; false for
 * anything that is more than an amount, such as a piece of a style sheet, and for negative ones. `digits` of the
 * currency. `*said` is what the amount tells of its decimal mark; false with VT_MARK_UNCLEAR where neither it nor
 * `assume` tells (VT_MARK_UNCLEAR: the file has both).
 */
bool vt_money_read(int64_t *out, vt_mark *said, vt_str text, int digits, vt_mark assume);

/** What an amount tells of its decimal mark; VT_MARK_NONE of what is no amount. */
vt_mark vt_money_mark(vt_str text);

#endif
