/* Periods are kept as days; seconds come last, from the zone, so that no clock change can move a day. */
#include "insight/period.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "vitrine/record.h"

enum { DAY = 86400, DAYS_MAX = 40000, WEEK = 7 };

int64_t vt_day_begin(const vt_zone *zone, int64_t day)
{
    int64_t wall = day * DAY;
    int64_t time = wall - vt_zone_offset(zone, wall);
    time = wall - vt_zone_offset(zone, time);
    while (vt_zone_day(zone, time) < day) { /* a day whose first hour does not exist begins later */
        time += 1800;
    }
    return time;
}

int vt_weekday(int64_t day)
{
    int64_t of_week = (day + 3) % WEEK; /* 1970-01-01 was a Thursday */
    return (int)(of_week < 0 ? of_week + WEEK : of_week);
}

void vt_period_text(char out[32], const vt_period *period)
{
    char first[16], last[16];
    vt_format_date(first, period->first * DAY);
    vt_format_date(last, period->last * DAY);
    snprintf(out, 32, "%.12s..%.12s", first, last);
}

static int days_of_month(int64_t year, int month)
{
    return (int)(vt_days_from_civil(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) -
                 vt_days_from_civil(year, month, 1));
}

/* The same day `months` earlier, or the last one of that month where there is no such day. */
static int64_t months_before(int64_t day, int64_t months)
{
    int64_t year;
    int month, of_month;
    vt_civil_from_days(day, &year, &month, &of_month);
    int64_t count = year * 12 + (month - 1) - months;
    year = count / 12;
    month = (int)(count % 12) + 1;
    int longest = days_of_month(year, month);
    return vt_days_from_civil(year, month, of_month < longest ? of_month : longest);
}

/* "30d", "8w", "3m", "1y": the days up to `today`. */
static bool parse_span(vt_period *out, const char *text, int64_t today)
{
    size_t len = strlen(text);
    int64_t n;
    if (len < 2 || !vt_parse_int(&n, (vt_str){text, len - 1}) || n < 1 || n > DAYS_MAX) {
        return false;
    }
    int64_t first;
    switch (text[len - 1]) {
    case 'd':
        first = today - n + 1;
        break;
    case 'w':
        first = today - n * WEEK + 1;
        break;
    case 'm':
        first = n <= 1200 ? months_before(today, n) + 1 : today + 1;
        break;
    case 'y':
        first = n <= 100 ? months_before(today, n * 12) + 1 : today + 1;
        break;
    default:
        return false;
    }
    *out = (vt_period){.first = first, .last = today};
    return first <= today;
}

static bool two_digits(const char *text, int *out)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') {
        return false;
    }
    *out = (text[0] - '0') * 10 + (text[1] - '0');
    return true;
}

/* "2026", "2026-10" or "2026-10-01": the days that it names. */
static bool parse_date(vt_period *out, const char *text, size_t len)
{
    int century, of_century, month = 1, day = 1;
    if ((len != 4 && len != 7 && len != 10) || !two_digits(text, &century) || !two_digits(text + 2, &of_century)) {
        return false;
    }
    int64_t year = century * 100 + of_century;
    if (len > 4 && (text[4] != '-' || !two_digits(text + 5, &month) || month < 1 || month > 12)) {
        return false;
    }
    if (len > 7 && (text[7] != '-' || !two_digits(text + 8, &day) || day < 1 || day > days_of_month(year, month))) {
        return false;
    }
    out->first = vt_days_from_civil(year, month, day);
    out->last = len > 7   ? out->first
                : len > 4 ? out->first + days_of_month(year, month) - 1
                          : vt_days_from_civil(year + 1, 1, 1) - 1;
    return true;
}

static bool parse_range(vt_period *out, const char *text)
{
    const char *dots = strstr(text, "..");
    vt_period begin, end;
    if (dots == NULL || !parse_date(&begin, text, (size_t)(dots - text)) ||
        !parse_date(&end, dots + 2, strlen(dots + 2))) {
        return false;
    }
    *out = (vt_period){.first = begin.first, .last = end.last};
    return true;
}

/* Seconds from days; a period that is not over ends at `now`. */
static void settle(vt_period *period, const vt_zone *zone, int64_t now)
{
    int64_t today = vt_zone_day(zone, now);
    if (period->last > today && period->first <= today) {
        period->last = today;
    }
    period->from = vt_day_begin(zone, period->first);
    period->until = vt_day_begin(zone, period->last + 1);
    period->unfinished = now + 1 < period->until && now > period->from;
    period->until = period->unfinished ? now + 1 : period->until; /* what happened this second counts */
}

int vt_period_parse(vt_period *out, const char *text, const vt_zone *zone, int64_t now, int64_t first_time,
                    vt_error *err)
{
    vt_period period = {.first = 0, .last = -1};
    int64_t today = vt_zone_day(zone, now);
    if (strcmp(text, "all") == 0) {
        period.first = first_time == VT_NONE || first_time > now ? today : vt_zone_day(zone, first_time);
        period.last = today;
    } else if (!parse_span(&period, text, today) && !parse_range(&period, text) &&
               !parse_date(&period, text, strlen(text))) {
        return vt_fail(err, VT_ERR_USAGE,
                       "\"%.60s\" is no period; give a length such as 30d, 8w, 3m or 1y, days such as "
                       "2026-10-01..2026-10-31, a month such as 2026-10, a year, or all",
                       text);
    }
    if (period.first > period.last) {
        return vt_fail(err, VT_ERR_USAGE, "the period %.60s ends before it begins; the earlier day comes first", text);
    }
    settle(&period, zone, now);
    *out = period;
    return VT_OK;
}

int vt_compare_parse(vt_compare *out, const char *text, vt_error *err)
{
    static const char *const names[] = {"previous", "weekdays", "year", "none"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(text, names[i]) == 0) {
            *out = (vt_compare)i;
            return VT_OK;
        }
    }
    return vt_fail(err, VT_ERR_USAGE, "\"%.60s\" is no comparison; possible are: previous, weekdays, year, none", text);
}

vt_period vt_period_before(const vt_period *period, vt_compare compare, const vt_zone *zone)
{
    int64_t days = period->last - period->first + 1;
    vt_period before = {.first = 0, .last = -1, .from = VT_NONE, .until = VT_NONE};
    switch (compare) {
    case VT_COMPARE_PREVIOUS:
        before.first = period->first - days;
        before.last = period->last - days;
        break;
    case VT_COMPARE_WEEKDAYS:
        days = (days + WEEK - 1) / WEEK * WEEK;
        before.first = period->first - days;
        before.last = period->last - days;
        break;
    case VT_COMPARE_YEAR:
        before.first = months_before(period->first, 12);
        before.last = months_before(period->last, 12);
        break;
    case VT_COMPARE_NONE:
        return before;
    }
    before.from = vt_day_begin(zone, before.first);
    before.until = vt_day_begin(zone, before.last + 1);
    if (period->unfinished) { /* at the same time of the day */
        int64_t wall = period->until + vt_zone_offset(zone, period->until) - period->last * DAY;
        int64_t cut = before.last * DAY + wall;
        cut -= vt_zone_offset(zone, cut - vt_zone_offset(zone, cut));
        before.until = cut > before.from && cut < before.until ? cut : before.until;
    }
    return before;
}
