/* Dates on one day of the month are months, quarters or years; other dates are days or weeks; numbers have any step. */
#include "insight/demand/series_grid.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "insight/demand/series.h"

/* Months since year 0, and the day of the month, of a day. */
static int64_t month_of(double day, int *day_of_month)
{
    char date[16];
    vt_format_date(date, (int64_t)day * 86400);
    int64_t year = strtoll(date, NULL, 10), month = strtoll(date + 5, NULL, 10);
    *day_of_month = (int)strtol(date + 8, NULL, 10);
    return 12 * year + month - 1;
}

static int64_t divisor(int64_t a, int64_t b)
{
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static void find_dates(vt_series_grid *grid, const double *periods, size_t n)
{
    int first_day = 0, day = 0;
    int64_t first = month_of(periods[0], &first_day), months = 0, days = 0;
    bool one_day = true;
    for (size_t i = 1; i < n; i++) {
        months = divisor(months, month_of(periods[i], &day) - first);
        days = divisor(days, (int64_t)(periods[i] - periods[0]));
        one_day = one_day && day == first_day;
    }
    if (n > 1 && one_day && months > 0) {
        *grid = (vt_series_grid){months % 12 == 0  ? VT_SERIES_YEAR
                                 : months % 3 == 0 ? VT_SERIES_QUARTER
                                                   : VT_SERIES_MONTH,
                                 periods[0], (double)months, 0};
        return;
    }
    days = days > 0 ? days : 1;
    *grid = (vt_series_grid){days == 7 ? VT_SERIES_WEEK : VT_SERIES_DAY, periods[0], (double)days, 0};
}

size_t vt_series_grid_place(const vt_series_grid *grid, double period)
{
    int day = 0;
    bool months = grid->step >= VT_SERIES_MONTH;
    double far = months ? (double)(month_of(period, &day) - month_of(grid->first, &day)) : period - grid->first;
    return (size_t)llround(far / grid->width);
}

int vt_series_grid_find(vt_series_grid *out, double *periods, size_t n, bool dates, vt_error *err)
{
    vt_series_grid grid = {VT_SERIES_NUMBER, 0.0, 1.0, 0};
    qsort(periods, n, sizeof *periods, vt_by_value);
    size_t kept = 1;
    for (size_t i = 1; i < n; i++) {
        if (periods[i] > periods[kept - 1] + 1e-9 * fabs(periods[i])) {
            periods[kept++] = periods[i];
        }
    }
    grid.first = periods[0];
    if (dates) {
        find_dates(&grid, periods, kept);
    } else if (kept > 1) {
        double least = INFINITY, all = periods[kept - 1] - periods[0];
        for (size_t i = 1; i < kept; i++) {
            least = fmin(least, periods[i] - periods[i - 1]);
        }
        grid.width = all / round(all / least);
    }
    double last = periods[kept - 1];
    if (kept > 1 && !(last - grid.first < grid.width * VT_SERIES_MAX * (grid.step >= VT_SERIES_MONTH ? 28.0 : 1.0))) {
        return vt_fail(err, VT_ERR_LIMIT, "the periods reach over more than %d steps", VT_SERIES_MAX);
    }
    for (size_t i = 0; i < kept && !dates; i++) {
        double at = (periods[i] - grid.first) / grid.width;
        if (fabs(at - round(at)) > 0.1) {
            return vt_fail(err, VT_ERR_FORMAT, "period %.10g is not a whole number of steps of %.6g behind %.10g",
                           periods[i], grid.width, grid.first);
        }
    }
    grid.n = vt_series_grid_place(&grid, last) + 1;
    *out = grid;
    return VT_OK;
}
