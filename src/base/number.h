/* Numbers in text, whole or not at all: trailing bytes are an error, the locale does not matter. */
#ifndef VT_BASE_NUMBER_H
#define VT_BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/decimal.h"
#include "vitrine/record.h" /* vt_currency_digits() */

bool vt_parse_int(int64_t *out, vt_str text);

/** Finite decimal numbers only. */
bool vt_parse_real(double *out, vt_str text);

/**
 * Money in minor units from "12", "12.5", "$1,234.50", "1.234,50 EUR": symbols and codes are skipped; more decimals
 * than the currency has are rounded. `digits` is 2 for most currencies, 0 for JPY.
 */
bool vt_parse_money(int64_t *out, vt_str text, int digits);

/**
 * As vt_parse_money(); what the amount says of its decimal mark, and what holds where it says nothing
 * (vt_decimal_read()).
 */
bool vt_parse_money_marked(int64_t *out, vt_str text, int digits, vt_mark *said, vt_mark assume);

/** Minor units in one of its major: 100 for most currencies, 1 for JPY. */
int64_t vt_currency_units(const char *currency);

/** True when every byte is ASCII and none is NUL. */
bool vt_ascii(vt_str text);

/** True for well-formed UTF-8 without NUL. */
bool vt_utf8_valid(vt_str text);

/** Makes a value of a file fit for a sentence: what would break a line, or is no UTF-8, becomes "?". */
void vt_make_printable(char *text);

/** Text without white space at both ends. */
vt_str vt_trim(vt_str text);

#endif
