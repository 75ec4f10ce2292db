/*
 * The spellings of time in files. What a text alone does not say (its zone, whether 02/01 is a day of January) comes
 * from the form, which a caller finds out over a whole column or is told.
 */
#ifndef VT_BASE_TIME_TEXT_H
#define VT_BASE_TIME_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/zone.h"
#include "vitrine/str.h"

/** Which comes first in "02/01/2023". */
typedef enum vt_day_order {
    VT_DAYS_UNKNOWN,
    VT_DAYS_FIRST,
    VT_MONTHS_FIRST,
    VT_DAYS_EITHER /* of one text: both readings are dates, and differ */
} vt_day_order;

typedef struct vt_time_form {
    const char *unit;    /* of numbers: "s", "ms", NULL: told from their size */
    bool days;           /* numbers are days since 30 December 1899, as spreadsheets keep dates */
    const char *format;  /* as vt_time_format_check() has it; NULL: told from the text */
    vt_day_order order;  /* VT_DAYS_UNKNOWN: such texts are unclear */
    const vt_zone *zone; /* of texts that name none; NULL: UTC */
} vt_time_form;

typedef enum vt_time_read { VT_TIME_READ, VT_TIME_BAD, VT_TIME_UNCLEAR } vt_time_read;

/**
 * Reads a time into UTC seconds: numbers as seconds, or by their size as milli-, micro- or nanoseconds; 20230131 and
 * 20230131101500; ISO 8601; 31.01.2023; 1/31/2023 and 31/1/2023 (also with "-" and two digits of the year); Jan 31,
 * 2023; 31 January 2023; Tue Jan 31 10:00:00 2023; MM DD, YYYY; the names of months and weekdays in English, German,
 * French, Spanish, Italian or Dutch. A time of day may follow, with AM or PM, a fraction and a zone (Z, UTC, GMT,
 * +02:00, "+0000 UTC", CET, [Europe/Berlin] behind an offset). `*out` is set only for VT_TIME_READ.
 */
vt_time_read vt_time_text(int64_t *out, vt_str text, const vt_time_form *form);

/** What a text says of the order of day and month: unknown when it says nothing of it. */
vt_day_order vt_time_order(vt_str text);

/**
 * True for a format of %Y %y %m %d %H %I %M %S %f %p %b %B %a %A %z %Z %e %j %s %T %D %F %%, which have the meaning of
 * strptime() in English (%f: a fraction; %Z: UTC or GMT), with a date or %s in it. Else `*what` is where it goes wrong.
 */
bool vt_time_format_check(const char *format, const char **what);

#endif
