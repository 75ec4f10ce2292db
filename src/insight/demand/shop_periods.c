/* Periods are counted backward from the last whole day, so that the newest days are never left out of weeks. */
#include "insight/demand/shop_periods.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"

enum { WEEK = 7, MONTHS = 12 };

typedef struct unit {
    const char *name;
    size_t most, year, season;
} unit;

static const unit units[] = {{"day", 1096, 365, 7}, {"week", 312, 52, 52}, {"month", 240, 12, 12}};

enum { UNITS = sizeof units / sizeof units[0], MONTH = 2 };

void vt_shop_periods_done(vt_shop_periods *p)
{
    vt_free(p->day);
    vt_free(p->begin);
    *p = (vt_shop_periods){0};
}

/* Months since year 0 that are over before `day` begins. */
static int64_t month_of(int64_t day, int *of_month)
{
    int64_t year;
    int month;
    vt_civil_from_days(day, &year, &month, of_month);
    return year * MONTHS + month - 1;
}

static int64_t first_of_month(int64_t month)
{
    return vt_days_from_civil(month / MONTHS, (int)(month % MONTHS) + 1, 1);
}

int vt_shop_periods_init(vt_shop_periods *out, const vt_scope *scope, const char *unit_name, size_t ahead,
                         vt_error *err)
{
    size_t u = 0;
    while (u < UNITS && strcmp(units[u].name, unit_name == NULL ? "week" : unit_name) != 0) {
        u++;
    }
    if (u == UNITS) {
        return vt_fail(err, VT_ERR_USAGE, "\"%.40s\" is no unit of time; day, week or month is expected", unit_name);
    }
    vt_period span = vt_scope_always(scope);
    int64_t end = span.last + (scope->period.unfinished ? 0 : 1), n = end - span.first;
    int first_day, end_day;
    int64_t first_month = month_of(span.first, &first_day), end_month = month_of(end, &end_day);
    int64_t days = u == 1 ? WEEK : 1;
    n = u == MONTH ? end_month - first_month - (first_day > 1) : n / days;
    n = n < 0 ? 0 : n > (int64_t)units[u].most ? (int64_t)units[u].most : n;

    vt_shop_periods p = {units[u].name, (size_t)n, ahead, units[u].year, units[u].season, NULL, NULL};
    p.day = vt_alloc(p.n + ahead + 1, sizeof *p.day, err);
    p.begin = vt_alloc(p.n + 1, sizeof *p.begin, err);
    if (p.day == NULL || p.begin == NULL) {
        vt_shop_periods_done(&p);
        return VT_ERR_NO_MEMORY;
    }
    for (int64_t k = 0; k <= n + (int64_t)ahead; k++) {
        p.day[k] = u == MONTH ? first_of_month(end_month - n + k) : end + (k - n) * days;
    }
    for (size_t k = 0; k <= p.n; k++) {
        p.begin[k] = vt_day_begin(scope->zone, p.day[k]);
    }
    *out = p;
    return VT_OK;
}
