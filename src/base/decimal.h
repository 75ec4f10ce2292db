/*
 * Decimal numbers as people and spreadsheets write them: "1,234.50", "1.234,50", "1 234,5", "(12.50)", "12.50-". Which
 * of the two marks begins the decimals is told from the number where it can be, else by what the caller knows of the
 * file that it stands in.
 */
#ifndef VT_BASE_DECIMAL_H
#define VT_BASE_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "vitrine/str.h"

enum { VT_DECIMAL_DIGITS = 48 };

/** Which mark begins the decimals. */
typedef enum vt_mark {
    VT_MARK_NONE, /* no mark, or not known */
    VT_MARK_POINT,
    VT_MARK_COMMA,
    VT_MARK_UNCLEAR /* "1.234" may be 1234 */
} vt_mark;

typedef struct vt_decimal {
    bool negative;
    int n;     /* digits */
    int whole; /* of these, before the decimals */
    char digits[VT_DECIMAL_DIGITS];
} vt_decimal;

/**
 * Reads one number: sign (+, -, U+2212, in front or behind, or parentheses), groups of three with ",", ".", "'" or a
 * blank between them, decimals. False for anything else, "10 2" and "12abc" among it. `*said` is what the number tells
 * of the mark; where it is VT_MARK_UNCLEAR the number was read by `assume` (VT_MARK_NONE: a point begins decimals, a
 * comma groups).
 */
bool vt_decimal_read(vt_decimal *out, vt_mark *said, vt_str text, vt_mark assume);

/** In units of 10^-digits, what is more rounded half up; false when it does not fit. */
bool vt_decimal_scaled(int64_t *out, const vt_decimal *decimal, int digits);

/** As a real number. */
double vt_decimal_real(const vt_decimal *decimal);

/** Takes a sign off the front or the end; true when it is a minus. Blanks around it go too. */
bool vt_decimal_sign(vt_str *text);

#endif
