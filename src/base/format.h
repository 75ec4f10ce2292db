/* Numbers and names as a person reads them. */
#ifndef VT_BASE_FORMAT_H
#define VT_BASE_FORMAT_H

#include <stdint.h>

#include "vitrine/str.h"

/** "1,234,567"; "-" for VT_NONE. */
void vt_format_count(char out[32], int64_t number);

/** "12.34 USD"; "-" for VT_NONE. */
void vt_format_money(char out[48], int64_t minor, const char *currency);

/** "1.2 MiB". */
void vt_format_bytes(char out[32], int64_t bytes);

/** "340 ms", "3.2 s" or "2 min 5 s". */
void vt_format_duration(char out[32], double seconds);

/**
 * A name of UTF-8 that is as long as a sentence has room for: what does not fit into `size` bytes ends behind a word
 * with "…", behind a character where its words are too long. `size` at least 8.
 */
void vt_format_name(char *out, size_t size, vt_str name);

/** A number with `decimals` digits, "-" for NaN. */
void vt_format_real(char out[32], double number, int decimals);

#endif
