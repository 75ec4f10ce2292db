/*
 * Whole days, weeks or months of a shop up to the end of a scope's period: what series of demand are made of. Weeks are
 * seven days up to that end, months those of the calendar; what is not over yet is left out. Legend: n periods.
 */
#ifndef VT_INSIGHT_DEMAND_SHOP_PERIODS_H
#define VT_INSIGHT_DEMAND_SHOP_PERIODS_H

#include "insight/scope.h"

/** Done with vt_shop_periods_done(). */
typedef struct vt_shop_periods {
    const char *unit; /* "day", "week" or "month"; static storage */
    size_t n;         /* periods up to the end, from the first order line of the shop on; 0 without */
    size_t ahead;     /* periods behind them that have days too */
    size_t year;      /* periods of a year */
    size_t season;    /* periods of the season that the unit may have: 7, 52, 12 */
    int64_t *day;     /* (n + ahead + 1) first day of each; the last is behind all */
    int64_t *begin;   /* (n + 1) the same of the first n + 1 in UTC seconds */
} vt_shop_periods;

/**
 * The newest whole periods, at most three years of days, six of weeks or twenty of months. `unit` NULL: weeks.
 * VT_ERR_USAGE for another unit.
 */
int vt_shop_periods_init(vt_shop_periods *out, const vt_scope *scope, const char *unit, size_t ahead, vt_error *err);
void vt_shop_periods_done(vt_shop_periods *periods);

#endif
