/*
 * A cursor over the text and a table of forms that are tried in turn; each form takes the whole text or leaves it. All
 * of them fill the same civil fields, which one function turns into seconds.
 */
#include "base/time_text.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/number.h"
#include "base/time_names.h"

typedef struct cursor {
    const char *p;
    const char *end;
} cursor;

/* What a text says, as on a calendar and a clock. */
typedef struct civil_time {
    int year, month, day;
    int seconds; /* of the day */
    bool zoned;
    int offset; /* seconds east of UTC, when zoned */
} civil_time;

static bool take(cursor *c, char expected)
{
    if (c->p < c->end && *c->p == expected) {
        c->p++;
        return true;
    }
    return false;
}

static void skip_blanks(cursor *c)
{
    while (take(c, ' ')) {
    }
}

/* Between `least` and `most` digits; `*out` is left alone when there are fewer. */
static bool take_digits(cursor *c, int least, int most, int *out)
{
    int value = 0;
    int count = 0;
    while (c->p < c->end && count < most && *c->p >= '0' && *c->p <= '9') {
        value = value * 10 + (*c->p - '0');
        c->p++;
        count++;
    }
    if (count < least) {
        return false;
    }
    *out = value;
    return true;
}

static bool take_word(cursor *c, const char *word)
{
    size_t len = strlen(word);
    if ((size_t)(c->end - c->p) < len || strncasecmp(c->p, word, len) != 0) {
        return false;
    }
    c->p += len;
    return true;
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

static int take_month(cursor *c)
{
    return vt_time_month(&c->p, c->end);
}

static bool take_weekday(cursor *c)
{
    return vt_time_weekday(&c->p, c->end);
}

/* "1st", "22nd", "3rd", "31." and what may stand between a day and its month. */
static void skip_ordinal(cursor *c)
{
    if (!take_word(c, "st") && !take_word(c, "nd") && !take_word(c, "rd") && !take_word(c, "th") &&
        !take_word(c, "er")) {
        take(c, '.');
    }
}

/* "3 of March", "3 de marzo de 2023" */
static void skip_of(cursor *c)
{
    skip_blanks(c);
    if (take_word(c, "of ") || take_word(c, "de ")) {
        skip_blanks(c);
    }
}

/* Four digits, or two that mean 1970 to 2069. */
static bool take_year(cursor *c, bool two, int *year)
{
    const char *begin = c->p;
    if (take_digits(c, 4, 4, year)) {
        return true;
    }
    c->p = begin;
    if (!two || !take_digits(c, 2, 2, year)) {
        return false;
    }
    *year += *year < 70 ? 2000 : 1900;
    return true;
}

static bool take_offset(cursor *c, civil_time *t)
{
    int sign = take(c, '-') ? -1 : take(c, '+') ? 1 : 0;
    int hour = 0;
    int minute = 0;
    if (sign == 0 || !take_digits(c, 2, 2, &hour)) {
        return false;
    }
    take(c, ':');
    if (c->p < c->end && *c->p >= '0' && *c->p <= '9' && !take_digits(c, 2, 2, &minute)) {
        return false;
    }
    t->zoned = true;
    t->offset = sign * (hour * 3600 + minute * 60);
    return hour < 24 && minute < 60;
}

/* "+01:00 (CET)", "+01:00[Europe/Berlin]": what stands in brackets says nothing new. */
static void skip_brackets(cursor *c)
{
    skip_blanks(c);
    char close = c->p == c->end ? '\0' : *c->p == '[' ? ']' : *c->p == '(' ? ')' : '\0';
    if (close != '\0' && c->end[-1] == close) {
        c->p = c->end;
    }
}

/*
 * "Z", "UTC", "GMT", "+02", "+02:00", "-0530", "+0000 UTC", "GMT+0100", "CET", "+01:00[Europe/Berlin]"; nothing, or
 * "Uhr", is the form's zone.
 */
static bool take_zone(cursor *c, civil_time *t)
{
    int offset = 0;
    skip_blanks(c);
    if (take_word(c, "Uhr") || take_word(c, "h")) {
        skip_blanks(c);
    }
    if (c->p == c->end) {
        return true;
    }
    bool named = take_word(c, "UTC") || take_word(c, "GMT") || take_word(c, "Z");
    if (!named && vt_time_zone_name(&c->p, c->end, &offset)) {
        t->zoned = true;
        t->offset = offset;
        skip_brackets(c);
        return true;
    }
    t->zoned = named;
    t->offset = 0;
    if (c->p == c->end) {
        return true;
    }
    if (!take_offset(c, t)) {
        return false;
    }
    skip_blanks(c);
    if (!named && c->p < c->end && !take_word(c, "UTC")) {
        vt_time_zone_name(&c->p, c->end, &offset);
    }
    skip_brackets(c);
    return true;
}

static bool take_half(cursor *c, int *hour)
{
    const char *begin = c->p;
    skip_blanks(c);
    bool after = take_word(c, "PM") || take_word(c, "p.m.");
    if (!after && !take_word(c, "AM") && !take_word(c, "a.m.")) {
        c->p = begin;
        return true;
    }
    if (*hour < 1 || *hour > 12) {
        return false;
    }
    *hour = *hour % 12 + (after ? 12 : 0);
    return true;
}

static bool take_clock(cursor *c, civil_time *t)
{
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!take_digits(c, 1, 2, &hour) || c->p == c->end || memchr(":.hH", *c->p, 4) == NULL) {
        return false;
    }
    char mark = *c->p++;
    if (!take_digits(c, 2, 2, &minute)) {
        return false;
    }
    if (take(c, mark == 'h' || mark == 'H' ? ':' : mark) && !take_digits(c, 2, 2, &second)) {
        return false;
    }
    if (take(c, '.') || take(c, ',')) {
        while (c->p < c->end && *c->p >= '0' && *c->p <= '9') {
            c->p++;
        }
    }
    if (!take_half(c, &hour)) {
        return false;
    }
    t->seconds = hour * 3600 + minute * 60 + second;
    return hour < 24 && minute < 60 && second <= 60;
}

/* The end of the text, or a time of day behind "T", blanks or ", ". */
static bool take_rest(cursor *c, civil_time *t)
{
    if (c->p == c->end) {
        return true;
    }
    bool apart = take(c, 'T') || take(c, ',') || take(c, ' ');
    skip_blanks(c);
    if (apart && (take_word(c, "at ") || take_word(c, "um "))) {
        skip_blanks(c);
    } else if (apart && take(c, '-')) {
        skip_blanks(c); /* "31.01.2023 - 10:15" */
    }
    return apart && take_clock(c, t) && take_zone(c, t) && c->p == c->end;
}

/* ---- the forms --------------------------------------------------------------------------------------------------- */

/* YYYY-MM-DD, YYYY/MM/DD, YYYY.MM.DD or 2023-Jan-31 */
static bool year_first(cursor *c, civil_time *t)
{
    static const char marks[] = "-/.";
    if (!take_digits(c, 4, 4, &t->year) || c->p == c->end || memchr(marks, *c->p, 3) == NULL) {
        return false;
    }
    char mark = *c->p++;
    t->month = take_month(c);
    return (t->month > 0 || take_digits(c, 1, 2, &t->month)) && take(c, mark) && take_digits(c, 1, 2, &t->day) &&
           take_rest(c, t);
}

/* DD.MM.YYYY, the only order that is written with points */
static bool with_points(cursor *c, civil_time *t)
{
    if (!take_digits(c, 1, 2, &t->day) || !take(c, '.')) {
        return false;
    }
    skip_blanks(c);
    if (!take_digits(c, 1, 2, &t->month) || !take(c, '.')) {
        return false;
    }
    skip_blanks(c);
    return take_year(c, true, &t->year) && take_rest(c, t);
}

/* A/B/YYYY or A-B-YYYY, the first two as they stand */
static bool two_numbers(cursor *c, civil_time *t)
{
    if (!take_digits(c, 1, 2, &t->day) || c->p == c->end || (*c->p != '/' && *c->p != '-')) {
        return false;
    }
    char mark = *c->p++;
    return take_digits(c, 1, 2, &t->month) && take(c, mark) && take_year(c, mark == '/', &t->year) && take_rest(c, t);
}

/* [Tue] Jan 31[,] 2023, Jan-31-2023, [Tue] Jan 31 10:00:00 [UTC] 2023, and "09 13, 2009" */
static bool month_first(cursor *c, civil_time *t)
{
    if (take_weekday(c)) {
        take(c, ',');
        skip_blanks(c);
    }
    t->month = take_month(c);
    bool named = t->month > 0;
    if (!named && !take_digits(c, 1, 2, &t->month)) {
        return false;
    }
    bool dashes = named && take(c, '-');
    if (!dashes && !take(c, ' ')) {
        return false;
    }
    skip_blanks(c);
    if (!take_digits(c, 1, 2, &t->day)) {
        return false;
    }
    if (dashes) {
        return take(c, '-') && take_year(c, true, &t->year) && take_rest(c, t);
    }
    if (named) {
        skip_ordinal(c);
    }
    bool comma = take(c, ',');
    skip_blanks(c);
    const char *behind = c->p;
    if (take_digits(c, 4, 4, &t->year)) {
        return (named || comma) && take_rest(c, t);
    }
    c->p = behind;
    if (!named || !take_clock(c, t)) {
        return false;
    }
    skip_blanks(c);
    if (take_word(c, "UTC ") || take_word(c, "GMT ")) {
        t->zoned = true;
    }
    return take_digits(c, 4, 4, &t->year) && c->p == c->end;
}

/* [Tue, ]31 Jan 2023, 31. Januar 2023, 3rd of March 2023 and 31-Jan-2023 */
static bool day_and_name(cursor *c, civil_time *t)
{
    if (take_weekday(c)) {
        take(c, ',');
        skip_blanks(c);
    }
    if (!take_digits(c, 1, 2, &t->day)) {
        return false;
    }
    skip_ordinal(c);
    char mark = c->p < c->end && (*c->p == '-' || *c->p == '/') ? *c->p : ' ';
    if (mark != ' ') {
        c->p++;
    }
    skip_of(c);
    t->month = take_month(c);
    if (t->month == 0) {
        return false;
    }
    take(c, mark == ' ' ? ',' : mark);
    skip_of(c);
    return take_year(c, mark == '-', &t->year) && take_rest(c, t);
}

static int64_t to_seconds(const civil_time *t, const vt_zone *zone)
{
    int64_t local = vt_days_from_civil(t->year, t->month, t->day) * 86400 + t->seconds;
    if (t->zoned || zone == NULL) {
        return local - t->offset;
    }
    /* The offset of the moment itself: a second look settles the hours around a change of the clock. */
    int64_t guess = local - vt_zone_offset(zone, local);
    return local - vt_zone_offset(zone, guess);
}

/* YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS; digits alone that mean no moment since 1990 as a number. */
static bool compact(vt_str text, const vt_zone *zone, int64_t *out)
{
    cursor c = {text.ptr, text.ptr + text.len};
    civil_time t = {0};
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (text.len != 8 && text.len != 12 && text.len != 14) {
        return false;
    }
    if (!take_digits(&c, 4, 4, &t.year) || !take_digits(&c, 2, 2, &t.month) || !take_digits(&c, 2, 2, &t.day)) {
        return false;
    }
    if (text.len > 8 && (!take_digits(&c, 2, 2, &hour) || !take_digits(&c, 2, 2, &minute))) {
        return false;
    }
    if (text.len == 14 && !take_digits(&c, 2, 2, &second)) {
        return false;
    }
    if (t.year < 1900 || t.year > 2199 || !valid_date(t.year, t.month, t.day) || hour > 23 || minute > 59 ||
        second > 60) {
        return false;
    }
    t.seconds = hour * 3600 + minute * 60 + second;
    *out = to_seconds(&t, zone);
    return true;
}

static bool from_number(int64_t *out, double number, const char *unit)
{
    static const double year_5138 = 1e11; /* as seconds; as milliseconds this is 1973 */
    double size = number < 0 ? -number : number;
    double per_second = 1;
    if (unit != NULL) {
        per_second = strcmp(unit, "ms") == 0 ? 1e3 : 1;
    } else {
        for (double limit = year_5138; size >= limit && per_second < 1e9; limit *= 1e3) {
            per_second *= 1e3;
        }
    }
    number /= per_second;
    if (size >= 1e19 || number <= -1e15 || number >= 1e15) {
        return false;
    }
    int64_t whole = (int64_t)number;
    *out = whole - ((double)whole > number); /* towards the past */
    return true;
}

/* Days since 30 December 1899 on the clock of the form's zone, to the second. */
static bool from_days(int64_t *out, double days, const vt_zone *zone)
{
    int64_t year = 0;
    civil_time t = {0};
    if (!(days > 0 && days < 1e6)) {
        return false;
    }
    int64_t seconds = (int64_t)(days * 86400 + 0.5);
    vt_civil_from_days(seconds / 86400 - 25569, &year, &t.month, &t.day);
    t.year = (int)year;
    t.seconds = (int)(seconds % 86400);
    *out = to_seconds(&t, zone);
    return true;
}

/* Day and month in their order; unclear when the text does not say and the form does not know. */
static vt_time_read settle_order(civil_time *t, vt_day_order order)
{
    int first = t->day;
    int second = t->month;
    bool days = valid_date(t->year, second, first);
    bool months = valid_date(t->year, first, second);
    if (!days && !months) {
        return VT_TIME_BAD;
    }
    if (days && months && first != second && order != VT_DAYS_FIRST && order != VT_MONTHS_FIRST) {
        return VT_TIME_UNCLEAR;
    }
    bool swap = !days || (months && order == VT_MONTHS_FIRST);
    t->day = swap ? second : first;
    t->month = swap ? first : second;
    return VT_TIME_READ;
}

static bool read_slashes(vt_str text, civil_time *t)
{
    cursor c = {text.ptr, text.ptr + text.len};
    *t = (civil_time){0};
    return two_numbers(&c, t);
}

vt_day_order vt_time_order(vt_str text)
{
    civil_time t;
    if (!read_slashes(vt_trim(text), &t)) {
        return VT_DAYS_UNKNOWN;
    }
    bool days = valid_date(t.year, t.month, t.day);
    bool months = valid_date(t.year, t.day, t.month);
    return t.day == t.month ? VT_DAYS_UNKNOWN
           : days && months ? VT_DAYS_EITHER
           : days           ? VT_DAYS_FIRST
           : months         ? VT_MONTHS_FIRST
                            : VT_DAYS_UNKNOWN;
}

/* ---- a format of the caller -------------------------------------------------------------------------------------- */

typedef struct formatted {
    civil_time t;
    int hour, minute, second, day_of_year;
    int half; /* 0: none, 1: AM, 2: PM */
    bool stamped;
    int64_t stamp; /* %s */
} formatted;

static bool take_stamp(cursor *c, int64_t *out)
{
    const char *begin = c->p;
    while (c->p < c->end && ((*c->p >= '0' && *c->p <= '9') || (c->p == begin && *c->p == '-'))) {
        c->p++;
    }
    return vt_parse_int(out, (vt_str){begin, (size_t)(c->p - begin)});
}

static bool take_fraction(cursor *c)
{
    const char *begin = c->p;
    while (c->p < c->end && *c->p >= '0' && *c->p <= '9') {
        c->p++;
    }
    return c->p > begin;
}

static bool take_format(cursor *c, const char *format, formatted *f);

static bool take_directive(cursor *c, char directive, formatted *f)
{
    civil_time *t = &f->t;
    switch (directive) {
    case 'Y':
        return take_digits(c, 4, 4, &t->year);
    case 'y':
        return take_year(c, true, &t->year);
    case 'm':
        return take_digits(c, 1, 2, &t->month);
    case 'd':
    case 'e':
        skip_blanks(c);
        return take_digits(c, 1, 2, &t->day);
    case 'H':
    case 'I':
        return take_digits(c, 1, 2, &f->hour);
    case 'M':
        return take_digits(c, 1, 2, &f->minute);
    case 'S':
        return take_digits(c, 1, 2, &f->second);
    case 'f':
        return take_fraction(c);
    case 'j':
        return take_digits(c, 1, 3, &f->day_of_year);
    case 'p':
        f->half = take_word(c, "AM") ? 1 : take_word(c, "PM") ? 2 : 0;
        return f->half != 0;
    case 'b':
    case 'B':
        t->month = take_month(c);
        return t->month != 0;
    case 'a':
    case 'A':
        return take_weekday(c);
    case 'z':
        return take_word(c, "Z") ? (t->zoned = true) : take_offset(c, t);
    case 'Z':
        return t->zoned = take_word(c, "UTC") || take_word(c, "GMT") || take_word(c, "Z");
    case 's':
        return f->stamped = take_stamp(c, &f->stamp);
    case 'T':
        return take_format(c, "%H:%M:%S", f);
    case 'D':
        return take_format(c, "%m/%d/%y", f);
    case 'F':
        return take_format(c, "%Y-%m-%d", f);
    default:
        return take(c, directive);
    }
}

static bool take_format(cursor *c, const char *format, formatted *f)
{
    for (; *format != '\0'; format++) {
        if (*format == '%' && format[1] != '\0') {
            if (!take_directive(c, *++format, f)) {
                return false;
            }
        } else if (*format == ' ') {
            skip_blanks(c);
        } else if (!take(c, *format)) {
            return false;
        }
    }
    return true;
}

static vt_time_read read_format(int64_t *out, vt_str text, const vt_time_form *form)
{
    cursor c = {text.ptr, text.ptr + text.len};
    formatted f = {0};
    if (!take_format(&c, form->format, &f) || c.p < c.end) {
        return VT_TIME_BAD;
    }
    if (f.stamped) {
        *out = f.stamp;
        return VT_TIME_READ;
    }
    if (f.day_of_year > 0) {
        int64_t year = 0;
        vt_civil_from_days(vt_days_from_civil(f.t.year, 1, 1) + f.day_of_year - 1, &year, &f.t.month, &f.t.day);
    }
    if (f.half != 0) {
        if (f.hour < 1 || f.hour > 12) {
            return VT_TIME_BAD;
        }
        f.hour = f.hour % 12 + (f.half == 2 ? 12 : 0);
    }
    f.t.day = f.t.day == 0 ? 1 : f.t.day; /* "%Y-%m" is a month */
    if (!valid_date(f.t.year, f.t.month, f.t.day) || f.hour > 23 || f.minute > 59 || f.second > 60) {
        return VT_TIME_BAD;
    }
    f.t.seconds = f.hour * 3600 + f.minute * 60 + f.second;
    *out = to_seconds(&f.t, form->zone);
    return VT_TIME_READ;
}

bool vt_time_format_check(const char *format, const char **what)
{
    bool year = false;
    bool date = false;
    for (const char *p = format; *p != '\0'; p++) {
        if (*p != '%') {
            continue;
        }
        p++;
        if (*p == '\0' || strchr("YymdHIMSfpbBaAzZejsTDF%", *p) == NULL) {
            *what = p - 1;
            return false;
        }
        year = year || strchr("YysDF", *p) != NULL;
        date = date || strchr("mbBjsDF", *p) != NULL;
    }
    *what = format;
    return year && date;
}

/* ---- all together ------------------------------------------------------------------------------------------------ */

vt_time_read vt_time_text(int64_t *out, vt_str text, const vt_time_form *form)
{
    static bool (*const forms[])(cursor * c, civil_time * t) = {year_first, with_points, month_first, day_and_name};
    vt_str trimmed = vt_trim(text);
    double number = 0;
    civil_time t;
    if (trimmed.len == 0) {
        return VT_TIME_BAD;
    }
    if (form->format != NULL) {
        return read_format(out, trimmed, form);
    }
    if (trimmed.len >= 8 && trimmed.ptr[4] == '-') { /* by far the most common, and no number */
        cursor c = {trimmed.ptr, trimmed.ptr + trimmed.len};
        t = (civil_time){0};
        if (year_first(&c, &t) && valid_date(t.year, t.month, t.day)) {
            *out = to_seconds(&t, form->zone);
            return VT_TIME_READ;
        }
    }
    if (form->unit == NULL && compact(trimmed, form->zone, out)) {
        return VT_TIME_READ;
    }
    if (form->days && vt_parse_real(&number, trimmed)) {
        return from_days(out, number, form->zone) ? VT_TIME_READ : VT_TIME_BAD;
    }
    if (vt_parse_real(&number, trimmed)) {
        return from_number(out, number, form->unit) ? VT_TIME_READ : VT_TIME_BAD;
    }
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        cursor c = {trimmed.ptr, trimmed.ptr + trimmed.len};
        t = (civil_time){0};
        if (forms[i](&c, &t) && valid_date(t.year, t.month, t.day)) {
            *out = to_seconds(&t, form->zone);
            return VT_TIME_READ;
        }
    }
    if (!read_slashes(trimmed, &t)) {
        return VT_TIME_BAD;
    }
    vt_time_read order = settle_order(&t, form->order);
    if (order == VT_TIME_READ) {
        *out = to_seconds(&t, form->zone);
    }
    return order;
}
