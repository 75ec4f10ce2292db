/*
 * Periods: spans of whole days on the shop's calendar, and what a period is compared with. Days follow the shop's time
 * zone, so one of daylight saving has 23 or 25 hours. A last day that is not over yet ends at this moment, and so does
 * the one that it is compared with: both have seen the same part of the day.
 */
#ifndef VT_INSIGHT_PERIOD_H
#define VT_INSIGHT_PERIOD_H

#include "base/zone.h"
#include "vitrine/insight.h"

/** A span of days. Days are counted from 1970-01-01 on the shop's calendar. */
typedef struct vt_period {
    int64_t first, last; /**< days, both inclusive; first > last: there is none */
    int64_t from, until; /**< UTC seconds, the second exclusive */
    bool unfinished;     /**< `until` is inside the last day */
} vt_period;

/** What a period is compared with. */
typedef enum vt_compare {
    VT_COMPARE_PREVIOUS, /**< as many days right before */
    VT_COMPARE_WEEKDAYS, /**< moved back by whole weeks, so that weekdays agree */
    VT_COMPARE_YEAR,     /**< the same dates a year before */
    VT_COMPARE_NONE
} vt_compare;

/**
 * Reads a period: "30d", "8w", "3m", "1y" (up to `now`), "2026-10-01..2026-10-31", "2026-10-01", "2026-10", "2026", or
 * "all" (from the day of `first_time` on). A period that `now` is inside of ends at `now`. VT_ERR_USAGE names what is
 * wrong.
 */
int vt_period_parse(vt_period *out, const char *text, const vt_zone *zone, int64_t now, int64_t first_time,
                    vt_error *err);

/** "previous", "weekdays", "year" or "none". */
int vt_compare_parse(vt_compare *out, const char *text, vt_error *err);

/** What `period` is compared with. */
vt_period vt_period_before(const vt_period *period, vt_compare compare, const vt_zone *zone);

/** UTC seconds of the first moment of `day` in the zone. */
int64_t vt_day_begin(const vt_zone *zone, int64_t day);

/** "2026-10-01..2026-10-31". */
void vt_period_text(char out[32], const vt_period *period);

/** 0 for Monday to 6 for Sunday. */
int vt_weekday(int64_t day);

#endif
