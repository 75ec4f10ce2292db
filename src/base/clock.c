/* Civil dates by the usual 400-year cycles; times in the spellings that review and order files use. */
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/number.h"
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

/* A cursor over text. */
typedef struct cursor {
    const char *p;
    const char *end;
} cursor;

static bool take(cursor *c, char expected)
{
    if (c->p < c->end && *c->p == expected) {
        c->p++;
        return true;
    }
    return false;
}

/* Between `least` and `most` digits. */
static bool take_digits(cursor *c, int least, int most, int *out)
{
    int value = 0;
    int count = 0;
    while (c->p < c->end && count < most && *c->p >= '0' && *c->p <= '9') {
        value = value * 10 + (*c->p - '0');
        c->p++;
        count++;
    }
    *out = value;
    return count >= least;
}

static bool valid_date(int year, int month, int day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1) {
        return false;
    }
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (month == 2 && leap);
}

/* "Z", "+02", "+02:00", "-0530" or " UTC"; nothing counts as UTC. */
static bool take_zone(cursor *c, int *offset)
{
    *offset = 0;
    take(c, ' ');
    if (c->p == c->end || take(c, 'Z') || take(c, 'z')) {
        return true;
    }
    if (c->end - c->p == 3 && memcmp(c->p, "UTC", 3) == 0) {
        c->p += 3;
        return true;
    }
    int sign = take(c, '-') ? -1 : take(c, '+') ? 1 : 0;
    int hour = 0;
    int minute = 0;
    if (sign == 0 || !take_digits(c, 2, 2, &hour)) {
        return false;
    }
    take(c, ':');
    if (c->p < c->end && !take_digits(c, 2, 2, &minute)) {
        return false;
    }
    *offset = sign * (hour * 3600 + minute * 60);
    return hour < 24 && minute < 60;
}

static bool take_clock(cursor *c, int *seconds)
{
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!take_digits(c, 1, 2, &hour) || !take(c, ':') || !take_digits(c, 2, 2, &minute)) {
        return false;
    }
    if (take(c, ':') && !take_digits(c, 2, 2, &second)) {
        return false;
    }
    if (take(c, '.')) {
        while (c->p < c->end && *c->p >= '0' && *c->p <= '9') {
            c->p++;
        }
    }
    *seconds = hour * 3600 + minute * 60 + second;
    return hour < 24 && minute < 60 && second <= 60;
}

/* YYYY-MM-DD or YYYY/MM/DD, then perhaps a time of day and a zone. */
static bool parse_iso(vt_str text, int64_t *out)
{
    cursor c = {text.ptr, text.ptr + text.len};
    int year = 0;
    int month = 0;
    int day = 0;
    int seconds = 0;
    int offset = 0;
    if (!take_digits(&c, 4, 4, &year)) {
        return false;
    }
    char separator = '\0';
    if (take(&c, '-')) {
        separator = '-';
    } else if (take(&c, '/')) {
        separator = '/';
    }
    if (separator == '\0' || !take_digits(&c, 1, 2, &month) || !take(&c, separator) || !take_digits(&c, 1, 2, &day) ||
        !valid_date(year, month, day)) {
        return false;
    }
    if (c.p < c.end) {
        if ((!take(&c, 'T') && !take(&c, ' ')) || !take_clock(&c, &seconds) || !take_zone(&c, &offset) || c.p < c.end) {
            return false;
        }
    }
    *out = vt_days_from_civil(year, month, day) * 86400 + seconds - offset;
    return true;
}

/* "09 13, 2009": month, day, year, as Amazon's reviewTime has it. */
static bool parse_amazon(vt_str text, int64_t *out)
{
    cursor c = {text.ptr, text.ptr + text.len};
    int year = 0;
    int month = 0;
    int day = 0;
    if (!take_digits(&c, 1, 2, &month) || !take(&c, ' ') || !take_digits(&c, 1, 2, &day) || !take(&c, ',') ||
        !take(&c, ' ') || !take_digits(&c, 4, 4, &year) || c.p < c.end || !valid_date(year, month, day)) {
        return false;
    }
    *out = vt_days_from_civil(year, month, day) * 86400;
    return true;
}

int vt_parse_time(int64_t *out, vt_str text, const char *unit, vt_error *err)
{
    static const double year_5138 = 1e11; /* as seconds; as milliseconds this is 1973 */
    vt_str trimmed = vt_trim(text);
    double number = 0;
    if (vt_parse_real(&number, trimmed)) {
        bool milliseconds = unit != NULL ? strcmp(unit, "ms") == 0 : number >= year_5138 || number <= -year_5138;
        number = milliseconds ? number / 1000 : number;
        if (number > -1e15 && number < 1e15) {
            int64_t whole = (int64_t)number;
            *out = whole - ((double)whole > number); /* towards the past */
            return VT_OK;
        }
    } else if (trimmed.len > 0 && (parse_iso(trimmed, out) || parse_amazon(trimmed, out))) {
        return VT_OK;
    }
    return vt_fail(err, VT_ERR_FORMAT, "\"%.*s\" is no time; seconds, milliseconds or YYYY-MM-DD HH:MM:SS is expected",
                   trimmed.len > 60 ? 60 : (int)trimmed.len, trimmed.len == 0 ? "" : trimmed.ptr);
}
