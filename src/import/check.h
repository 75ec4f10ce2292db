/* What a record must keep to before it may go into the store, whatever file it comes from. */
#ifndef VT_IMPORT_CHECK_H
#define VT_IMPORT_CHECK_H

#include "base/arena.h"
#include "vitrine/record.h"

#define VT_CHECK_TIME_MIN INT64_C(631152000) /* 1990-01-01 */
#define VT_CHECK_AHEAD 86400                 /* clocks may run ahead by a day */
#define VT_CHECK_QUANTITY_MAX INT64_C(1000000)
#define VT_CHECK_MONEY_MAX INT64_C(1000000000000) /* minor units: a line of both maxima still fits in an int64 */

/** The scale, the clock and what the source calls its fields. */
typedef struct vt_checker {
    double rating_min;
    double rating_max;
    int64_t time_max;
    const char *rating_name; /* "rating", "overall" */
    const char *time_name;
} vt_checker;

/** Why a record is refused; `reason` NULL: it is not. */
typedef struct vt_verdict {
    const char *reason; /* short, static: the same for all rows of its kind */
    char message[512];  /* a sentence without file, line and "(row skipped)" */
} vt_verdict;

/** Writes the verdict. */
void vt_verdict_set(vt_verdict *verdict, const char *reason, const char *format, ...) VT_PRINTF(3, 4);

/**
 * Check a record and repair its texts: invalid UTF-8 and NULs become U+FFFD, in memory of the arena. Ids with invalid
 * UTF-8 are refused. The status is VT_ERR_NO_MEMORY or VT_OK; what is wrong with the record goes to the verdict.
 */
int vt_check_event(const vt_checker *checker, vt_arena *arena, vt_event *event, vt_verdict *verdict, vt_error *err);
int vt_check_item(const vt_checker *checker, vt_arena *arena, vt_item *item, vt_verdict *verdict, vt_error *err);
int vt_check_user(const vt_checker *checker, vt_arena *arena, vt_user *user, vt_verdict *verdict, vt_error *err);
int vt_check_link(const vt_checker *checker, vt_arena *arena, vt_link *link, vt_verdict *verdict, vt_error *err);

/**
 * The sentence for a rating that is no number of the scale: `"overall" is "five"; a number from 1 to 5 is expected`.
 */
void vt_verdict_rating(vt_verdict *verdict, const vt_checker *checker, vt_str given);

#endif
