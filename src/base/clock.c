/* Civil dates by the usual 400-year cycles. */
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/number.h"
#include "base/time_text.h"
#include "vitrine/record.h"

int64_t vt_now(void)
{
    const char *fixed = getenv("VITRINE_NOW");
    int64_t now = 0;
    if (fixed != NULL && vt_parse_int(&now, vt_str_of(fixed))) {
        return now;
    }
    return (int64_t)time(NULL);
}

double vt_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

int64_t vt_days_from_civil(int64_t year, int month, int day)
{
    /* Years begin in March, so that the leap day is the last of its year. */
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void vt_civil_from_days(int64_t days, int64_t *year, int *month, int *day)
{
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    *day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    *month = (int)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    *year = year_of_era + era * 400 + (*month <= 2);
}

typedef struct civil {
    int64_t year;
    int month, day, hour, minute, second;
} civil;

static civil to_civil(int64_t seconds)
{
    int64_t days = seconds / 86400 - (seconds % 86400 < 0);
    int64_t rest = seconds - days * 86400;
    civil c;
    vt_civil_from_days(days, &c.year, &c.month, &c.day);
    c.hour = (int)(rest / 3600);
    c.minute = (int)(rest / 60 % 60);
    c.second = (int)(rest % 60);
    return c;
}

void vt_format_date(char out[16], int64_t time)
{
    if (time == VT_NONE) {
        snprintf(out, 16, "-");
        return;
    }
    civil c = to_civil(time);
    snprintf(out, 16, "%04d-%02d-%02d", (int)(c.year % 100000), c.month, c.day);
}

void vt_format_time(char out[32], int64_t time)
{
    if (time == VT_NONE) {
        snprintf(out, 32, "-");
        return;
    }
    civil c = to_civil(time);
    snprintf(out, 32, "%04d-%02d-%02d %02d:%02d:%02d", (int)(c.year % 100000), c.month, c.day, c.hour, c.minute,
             c.second);
}

int vt_parse_time(int64_t *out, vt_str text, const char *unit, vt_error *err)
{
    vt_str trimmed = vt_trim(text);
    const vt_time_form form = {.unit = unit};
    if (vt_time_text(out, text, &form) == VT_TIME_READ) {
        return VT_OK;
    }
    return vt_fail(err, VT_ERR_FORMAT, "\"%.*s\" is no time; seconds, milliseconds or YYYY-MM-DD HH:MM:SS is expected",
                   trimmed.len > 60 ? 60 : (int)trimmed.len, trimmed.len == 0 ? "" : trimmed.ptr);
}
