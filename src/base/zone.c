/*
 * A TZif file has the past as a list of transitions and the future as a rule in POSIX notation ("CET-1CEST,M3.5.0,
 * M10.5.0/3"). Version 1 files, without a rule, keep the last offset for ever.
 */
#include "base/zone.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/file.h"
#include "vitrine/record.h"

#define ZONE_BYTES_MAX ((size_t)1 << 20)
#define DAY 86400

/* When in a year the clocks change: "Mm.w.d", "Jn" or "n", and the local second of that day. */
typedef struct change_rule {
    char form; /* 'M', 'J' or 'n' */
    int month, week, weekday;
    int day;
    int64_t second;
} change_rule;

typedef struct transition {
    int64_t time;
    int32_t offset; /* from this moment on */
} transition;

struct vt_zone {
    char name[64];
    transition *transitions;
    size_t n;
    int32_t first; /* offset before the first transition */
    bool ruled;    /* the rule below holds after the last transition */
    bool summer_time;
    int64_t standard, summer; /* offsets */
    change_rule to_summer, to_standard;
};

const char *vt_zone_name(const vt_zone *zone)
{
    return zone->name;
}

void vt_zone_close(vt_zone *zone)
{
    if (zone != NULL) {
        vt_free(zone->transitions);
        vt_free(zone);
    }
}

/*
 * ---- the rule for the future
 * -------------------------------------------------------------------------------------------
 */

static bool take_number(const char **p, int most, int *out)
{
    int value = 0;
    int digits = 0;
    for (; **p >= '0' && **p <= '9' && digits < 3; (*p)++, digits++) {
        value = value * 10 + (**p - '0');
    }
    *out = value;
    return digits > 0 && value <= most;
}

/* "CET" or "<+03>". */
static bool take_name(const char **p)
{
    const char *start = *p;
    if (**p == '<') {
        while (**p != '>' && **p != '\0') {
            (*p)++;
        }
        return *(*p)++ == '>';
    }
    while ((**p >= 'A' && **p <= 'Z') || (**p >= 'a' && **p <= 'z')) {
        (*p)++;
    }
    return *p > start;
}

/* "[+-]h[h[h]][:mm[:ss]]" as seconds. */
static bool take_seconds(const char **p, int64_t *out)
{
    int sign = 1;
    if (**p == '-' || **p == '+') {
        sign = *(*p)++ == '-' ? -1 : 1;
    }
    int part[3] = {0, 0, 0};
    if (!take_number(p, 167, &part[0])) {
        return false;
    }
    for (int i = 1; i < 3 && **p == ':'; i++) {
        (*p)++;
        if (!take_number(p, 59, &part[i])) {
            return false;
        }
    }
    *out = sign * ((int64_t)part[0] * 3600 + part[1] * 60 + part[2]);
    return true;
}

static bool take_rule(const char **p, change_rule *rule)
{
    *rule = (change_rule){.form = 'n', .second = 2 * 3600};
    if (*(*p)++ != ',') {
        return false;
    }
    bool good = false;
    if (**p == 'M') {
        (*p)++;
        rule->form = 'M';
        good = take_number(p, 12, &rule->month) && rule->month > 0 && *(*p)++ == '.' &&
               take_number(p, 5, &rule->week) && rule->week > 0 && *(*p)++ == '.' && take_number(p, 6, &rule->weekday);
    } else {
        if (**p == 'J') {
            (*p)++;
            rule->form = 'J';
        }
        good = take_number(p, 365, &rule->day);
    }
    if (good && **p == '/') {
        (*p)++;
        good = take_seconds(p, &rule->second);
    }
    return good;
}

static bool parse_rule(vt_zone *zone, const char *text)
{
    const char *p = text;
    int64_t west = 0;
    if (!take_name(&p) || !take_seconds(&p, &west)) {
        return false;
    }
    zone->standard = -west;
    if (*p == '\0') {
        zone->ruled = true;
        return true;
    }
    if (!take_name(&p)) {
        return false;
    }
    zone->summer = zone->standard + 3600;
    if (*p != ',') {
        if (!take_seconds(&p, &west)) {
            return false;
        }
        zone->summer = -west;
    }
    zone->summer_time = take_rule(&p, &zone->to_summer) && take_rule(&p, &zone->to_standard) && *p == '\0';
    zone->ruled = zone->summer_time;
    return zone->ruled;
}

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* The moment of a change in `year` by the local clock, as if local time were UTC. */
static int64_t rule_moment(const change_rule *rule, int64_t year)
{
    int64_t day = vt_days_from_civil(year, 1, 1);
    if (rule->form == 'J') { /* 1 to 365; 29 February is never counted */
        day += rule->day - 1 + (is_leap(year) && rule->day >= 60);
    } else if (rule->form == 'n') {
        day += rule->day;
    } else {
        int64_t first = vt_days_from_civil(year, rule->month, 1);
        int64_t next =
            rule->month == 12 ? vt_days_from_civil(year + 1, 1, 1) : vt_days_from_civil(year, rule->month + 1, 1);
        int64_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
        day = first + (rule->weekday - weekday + 7) % 7 + 7 * (rule->week - 1);
        while (day >= next) {
            day -= 7;
        }
    }
    return day * DAY + rule->second;
}

static int64_t ruled_offset(const vt_zone *zone, int64_t time)
{
    if (!zone->summer_time) {
        return zone->standard;
    }
    int64_t local = time + zone->standard;
    int64_t year = 1970 + local / 31556952 + (local < 0 ? -2 : -1); /* at or before the year of `local`, then stepped */
    while (vt_days_from_civil(year + 1, 1, 1) * DAY <= local) {
        year++;
    }
    int64_t summer_begins = rule_moment(&zone->to_summer, year) - zone->standard;
    int64_t summer_ends = rule_moment(&zone->to_standard, year) - zone->summer;
    bool summer = summer_begins < summer_ends ? time >= summer_begins && time < summer_ends
                                              : time >= summer_begins || time < summer_ends;
    return summer ? zone->summer : zone->standard;
}

/*
 * ---- the file
 * ------------------------------------------------------------------------------------------------------------
 */

static int64_t big_endian(const unsigned char *p, size_t bytes)
{
    uint64_t value = p[0] >= 0x80U ? UINT64_MAX : 0;
    for (size_t i = 0; i < bytes; i++) {
        value = value << 8 | p[i];
    }
    return (int64_t)value;
}

/* Counts of a TZif header in the order of the file. */
typedef struct tzif_header {
    size_t isut, isstd, leap, times, types, chars;
} tzif_header;

static bool read_header(const unsigned char *data, size_t size, tzif_header *h)
{
    if (size < 44 || memcmp(data, "TZif", 4) != 0) {
        return false;
    }
    size_t *counts[] = {&h->isut, &h->isstd, &h->leap, &h->times, &h->types, &h->chars};
    for (size_t i = 0; i < 6; i++) {
        int64_t count = big_endian(data + 20 + 4 * i, 4);
        if (count < 0 || count > (int64_t)ZONE_BYTES_MAX) {
            return false;
        }
        *counts[i] = (size_t)count;
    }
    return h->types > 0;
}

static size_t body_bytes(const tzif_header *h, size_t word)
{
    return h->times * (word + 1) + h->types * 6 + h->chars + h->leap * (word + 4) + h->isstd + h->isut;
}

/* Transitions of one block; `body` has all the bytes that the header tells of. */
static int read_body(vt_zone *zone, const tzif_header *h, const unsigned char *body, size_t word, vt_error *err)
{
    const unsigned char *index = body + h->times * word;
    const unsigned char *types = index + h->times;
    transition *list = vt_alloc(h->times, sizeof *list, err);
    if (list == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < h->times; i++) {
        list[i].time = big_endian(body + i * word, word);
        if (index[i] >= h->types || (i > 0 && list[i].time <= list[i - 1].time)) {
            vt_free(list);
            return vt_fail(err, VT_ERR_FORMAT, "the file of the time zone %s is damaged", zone->name);
        }
        list[i].offset = (int32_t)big_endian(types + (size_t)6 * index[i], 4);
    }
    zone->transitions = list;
    zone->n = h->times;
    zone->first = (int32_t)big_endian(types, 4);
    return VT_OK;
}

static int read_zone(vt_zone *zone, const unsigned char *data, size_t size, vt_error *err)
{
    tzif_header h;
    size_t word = 4;
    if (!read_header(data, size, &h)) {
        goto damaged;
    }
    if (data[4] >= '2') { /* the first block is for old readers; the second has 64-bit times */
        size_t skip = 44 + body_bytes(&h, 4);
        if (skip > size || !read_header(data + skip, size - skip, &h)) {
            goto damaged;
        }
        data += skip;
        size -= skip;
        word = 8;
    }
    size_t body = body_bytes(&h, word);
    if (44 + body > size) {
        goto damaged;
    }
    if (word == 8) {
        char rule[128];
        const char *text = (const char *)data + 44 + body;
        const char *end = (const char *)data + size;
        const char *line = text < end && *text == '\n' ? memchr(text + 1, '\n', (size_t)(end - text - 1)) : NULL;
        if (line == NULL || line - text > (ptrdiff_t)sizeof rule) {
            goto damaged;
        }
        memcpy(rule, text + 1, (size_t)(line - text - 1));
        rule[line - text - 1] = '\0';
        if (rule[0] != '\0' && !parse_rule(zone, rule)) {
            goto damaged;
        }
    }
    return read_body(zone, &h, data + 44, word, err);
damaged:
    return vt_fail(err, VT_ERR_FORMAT, "the file of the time zone %s is damaged", zone->name);
}

/* Letters, digits and a few marks; no way out of the folder. */
static bool good_name(const char *name)
{
    size_t len = strlen(name);
    return len > 0 && len < sizeof((vt_zone *)0)->name && name[0] != '/' && strstr(name, "..") == NULL &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") == len;
}

static int load(vt_zone *zone, const char *name, vt_error *err)
{
    char path[512];
    char *data = NULL;
    size_t size = 0;
    const char *folder = getenv("TZDIR");
    int status = vt_path_join(path, sizeof path, folder == NULL ? "/usr/share/zoneinfo" : folder, name, err);
    if (status == VT_OK) {
        status = vt_file_read(&data, &size, path, ZONE_BYTES_MAX, err);
        if (status == VT_ERR_NOT_FOUND) {
            return vt_fail(err, VT_ERR_NOT_FOUND,
                           "the time zone \"%s\" is not known here (no %s); install tzdata or give an IANA name", name,
                           path);
        }
    }
    if (status == VT_OK) {
        status = read_zone(zone, (const unsigned char *)data, size, err);
    }
    vt_free(data);
    return status;
}

int vt_zone_open(vt_zone **out, const char *name, vt_error *err)
{
    if (!good_name(name)) {
        return vt_fail(err, VT_ERR_NOT_FOUND,
                       "\"%.60s\" is no time zone; an IANA name such as Europe/Berlin is expected", name);
    }
    vt_zone *zone = vt_alloc_zero(1, sizeof *zone, err);
    if (zone == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memcpy(zone->name, name, strlen(name) + 1);
    int status = strcmp(name, "UTC") == 0 ? VT_OK : load(zone, name, err);
    if (status != VT_OK) {
        vt_zone_close(zone);
        return status;
    }
    *out = zone;
    return VT_OK;
}

int64_t vt_zone_offset(const vt_zone *zone, int64_t time)
{
    if (zone->n == 0 || time >= zone->transitions[zone->n - 1].time) {
        return zone->ruled    ? ruled_offset(zone, time)
               : zone->n == 0 ? zone->first
                              : zone->transitions[zone->n - 1].offset;
    }
    size_t low = 0; /* transitions before `low` are at or before `time` */
    size_t high = zone->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->transitions[middle].time <= time) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low == 0 ? zone->first : zone->transitions[low - 1].offset;
}

int64_t vt_zone_day(const vt_zone *zone, int64_t time)
{
    if (time == VT_NONE) {
        return VT_NONE;
    }
    int64_t local = time + vt_zone_offset(zone, time);
    return local / DAY - (local % DAY < 0);
}
