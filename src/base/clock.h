/* Time: the clock and civil dates. */
#ifndef VT_BASE_CLOCK_H
#define VT_BASE_CLOCK_H

#include <stdint.h>

#include "vitrine/error.h"
#include "vitrine/str.h"

/** UTC seconds now. `$VITRINE_NOW` (seconds) stands in for the clock in tests. */
int64_t vt_now(void);

/** Seconds of a clock that only goes forward, for durations. */
double vt_seconds(void);

/** Days since 1970-01-01 of a civil date (proleptic Gregorian). */
int64_t vt_days_from_civil(int64_t year, int month, int day);

/** The civil date (month and day from 1) of days since 1970-01-01. */
void vt_civil_from_days(int64_t days, int64_t *year, int *month, int *day);

/** "YYYY-MM-DD" into `out` of UTC seconds; "-" for VT_NONE. */
void vt_format_date(char out[16], int64_t time);

/** "YYYY-MM-DD HH:MM:SS" (UTC). */
void vt_format_time(char out[32], int64_t time);

/**
 * Reads a time in any spelling of vt_time_text() that says its order of day and month; UTC without a zone. `unit` "s"
 * or "ms" of numbers, NULL: told from their size. VT_ERR_FORMAT when it is none.
 */
int vt_parse_time(int64_t *out, vt_str text, const char *unit, vt_error *err);

#endif
