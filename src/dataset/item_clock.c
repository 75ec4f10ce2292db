/*
 * How often each item was bought before any moment is the difference of two counts, so the events are kept in order
 * of time with the counts of all items at the bounds of cells; what lies between a bound and a moment is counted by
 * hand.
 */
#include "dataset/item_clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define DAY ((int64_t)86400)
#define MONTH_SECONDS (30.0 * 86400.0)
#define CELL_BYTES_MAX ((size_t)128 << 20)

enum { LOGS = 1024 };

struct vt_item_clock {
    int32_t n_items;
    size_t n;
    int64_t *time;  /* (N) ascending */
    int32_t *item;  /* (N) */
    int64_t *first; /* (I) time of an item's first event; INT64_MAX without */
    int64_t begin;  /* of the first cell */
    int64_t cell;   /* seconds */
    size_t n_cells;
    size_t *cell_event; /* (C + 1) events before a cell's begin */
    uint32_t *counts;   /* (C + 1, I) */
    float log[LOGS];    /* ln(1 + n) */
};

/* The windows before a moment, as days from and to it. */
static const struct {
    int from, to;
} window[VT_STAT_LAST_YEAR + 1] = {
    [VT_STAT_ALL] = {0, 0},   [VT_STAT_7] = {7, 0},     [VT_STAT_30] = {30, 0},           [VT_STAT_90] = {90, 0},
    [VT_STAT_180] = {180, 0}, [VT_STAT_365] = {365, 0}, [VT_STAT_LAST_YEAR] = {380, 350},
};

const char *vt_stat_name(int stat)
{
    static const char *const name[VT_STATS] = {
        [VT_STAT_ALL] = "sold_all_time",        [VT_STAT_7] = "sold_7_days",     [VT_STAT_30] = "sold_30_days",
        [VT_STAT_90] = "sold_90_days",          [VT_STAT_180] = "sold_180_days", [VT_STAT_365] = "sold_365_days",
        [VT_STAT_LAST_YEAR] = "sold_last_year", [VT_STAT_YOUNG] = "young",       [VT_STAT_KNOWN] = "sold_before",
    };
    return name[stat];
}

typedef struct timed {
    int64_t time;
    int32_t item;
} timed;

static int by_time(const void *a, const void *b)
{
    const timed *x = a, *y = b;
    if (x->time != y->time) {
        return x->time < y->time ? -1 : 1;
    }
    return (x->item > y->item) - (x->item < y->item);
}

void vt_item_clock_free(vt_item_clock *clock)
{
    if (clock != NULL) {
        vt_free(clock->time);
        vt_free(clock->item);
        vt_free(clock->first);
        vt_free(clock->cell_event);
        vt_free(clock->counts);
        vt_free(clock);
    }
}

/* Cells of a day, or of as many days as keep the counts under their cap. */
static void choose_cells(vt_item_clock *c)
{
    size_t row = ((size_t)c->n_items + 1) * sizeof *c->counts;
    int64_t span = c->n == 0 ? 0 : c->time[c->n - 1] - c->time[0] + 1;
    c->begin = c->n == 0 ? 0 : c->time[0];
    c->cell = DAY;
    while ((size_t)(span / c->cell + 2) > CELL_BYTES_MAX / row && c->cell < span) {
        c->cell += DAY;
    }
    c->n_cells = (size_t)(span / c->cell) + 1;
}

static int count_cells(vt_item_clock *c, vt_error *err)
{
    size_t n_items = (size_t)c->n_items, e = 0;
    c->cell_event = vt_alloc(c->n_cells + 1, sizeof *c->cell_event, err);
    c->counts = c->cell_event == NULL ? NULL : vt_alloc_zero((c->n_cells + 1) * n_items, sizeof *c->counts, err);
    if (c->counts == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t k = 0; k <= c->n_cells; k++) {
        uint32_t *row = c->counts + k * n_items;
        if (k > 0) {
            memcpy(row, row - n_items, n_items * sizeof *row);
        }
        for (; e < c->n && c->time[e] < c->begin + (int64_t)k * c->cell; e++) {
            row[c->item[e]]++;
        }
        c->cell_event[k] = e;
    }
    return VT_OK;
}

/* A clock of events that are in order; takes both arrays in any case. */
static int build(vt_item_clock **out, int32_t n_items, int64_t *time, int32_t *item, size_t n, vt_error *err)
{
    vt_item_clock *c = vt_alloc_zero(1, sizeof *c, err);
    if (c == NULL) {
        vt_free(time);
        vt_free(item);
        return VT_ERR_NO_MEMORY;
    }
    c->n_items = n_items;
    c->n = n;
    c->time = time;
    c->item = item;
    c->first = vt_alloc((size_t)n_items, sizeof *c->first, err);
    int status = c->first == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK) {
        for (int32_t i = 0; i < n_items; i++) {
            c->first[i] = INT64_MAX;
        }
        for (size_t e = n; e-- > 0;) {
            c->first[item[e]] = time[e];
        }
        for (int k = 0; k < LOGS; k++) {
            c->log[k] = log1pf((float)k);
        }
        choose_cells(c);
        status = count_cells(c, err);
    }
    if (status != VT_OK) {
        vt_item_clock_free(c);
        return status;
    }
    *out = c;
    return VT_OK;
}

/* Sorts and builds; `event` stays the caller's. */
static int sort_and_build(vt_item_clock **out, int32_t n_items, timed *event, size_t n, vt_error *err)
{
    int64_t *time = vt_alloc(n, sizeof *time, err);
    int32_t *item = time == NULL ? NULL : vt_alloc(n, sizeof *item, err);
    if (item == NULL) {
        vt_free(time);
        return VT_ERR_NO_MEMORY;
    }
    qsort(event, n, sizeof *event, by_time);
    for (size_t e = 0; e < n; e++) {
        time[e] = event[e].time;
        item[e] = event[e].item;
    }
    return build(out, n_items, time, item, n, err);
}

int vt_item_clock_create(vt_item_clock **out, const vt_interactions *train, vt_error *err)
{
    timed *event = vt_alloc((size_t)train->n, sizeof *event, err);
    if (event == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    size_t n = 0;
    for (int64_t e = 0; e < train->n; e++) {
        if (train->time[e] != VT_NONE) {
            event[n++] = (timed){train->time[e], train->item[e]};
        }
    }
    int status = sort_and_build(out, train->n_items, event, n, err);
    vt_free(event);
    return status;
}

int vt_item_clock_of_times(vt_item_clock **out, const vt_item_times *times, vt_error *err)
{
    size_t n = (size_t)times->ptr[times->n_items];
    timed *event = vt_alloc(n, sizeof *event, err);
    if (event == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t i = 0; i < times->n_items; i++) {
        for (int64_t e = times->ptr[i]; e < times->ptr[i + 1]; e++) {
            event[e] = (timed){times->time[e], i};
        }
    }
    int status = sort_and_build(out, times->n_items, event, n, err);
    vt_free(event);
    return status;
}

int vt_item_clock_of_events(vt_item_clock **out, int32_t n_items, const int64_t *time, const int32_t *item, size_t n,
                            vt_error *err)
{
    for (size_t e = 0; e < n; e++) {
        if (item[e] < 0 || item[e] >= n_items || (e > 0 && time[e] < time[e - 1])) {
            return vt_fail(err, VT_ERR_CORRUPT, "the times at which items were bought are not in order; fit again");
        }
    }
    int64_t *times = vt_alloc(n, sizeof *times, err);
    int32_t *items = times == NULL ? NULL : vt_alloc(n, sizeof *items, err);
    if (items == NULL) {
        vt_free(times);
        return VT_ERR_NO_MEMORY;
    }
    if (n > 0) {
        memcpy(times, time, n * sizeof *time);
        memcpy(items, item, n * sizeof *item);
    }
    return build(out, n_items, times, items, n, err);
}

int64_t vt_item_clock_last(const vt_item_clock *clock)
{
    return clock->n == 0 ? VT_NONE : clock->time[clock->n - 1];
}

size_t vt_item_clock_events(const vt_item_clock *clock, const int64_t **time, const int32_t **item)
{
    *time = clock->time;
    *item = clock->item;
    return clock->n;
}

/* The cell whose begin is the last one not after `moment`, within those there are. */
static size_t cell_of(const vt_item_clock *c, int64_t moment)
{
    if (moment <= c->begin) {
        return 0;
    }
    size_t k = (size_t)((moment - c->begin) / c->cell);
    return k < c->n_cells ? k : c->n_cells;
}

/* Adds `sign` times the events before `moment` to the counts of all items, which floats hold exactly. */
static void add_to_all(float *count, const vt_item_clock *c, int64_t moment, float sign)
{
    size_t n = (size_t)c->n_items, k = cell_of(c, moment);
    const uint32_t *row = c->counts + k * n;
    for (size_t i = 0; i < n; i++) {
        count[i] += sign * (float)row[i];
    }
    for (size_t e = c->cell_event[k]; e < c->n && c->time[e] < moment; e++) {
        count[c->item[e]] += sign;
    }
}

static void add_to_some(float *count, const vt_item_clock *c, const vt_item_subset *of, int64_t moment, float sign)
{
    size_t k = cell_of(c, moment);
    const uint32_t *row = c->counts + k * (size_t)c->n_items;
    for (size_t i = 0; i < of->n; i++) {
        count[i] += sign * (float)row[of->item[i]];
    }
    for (size_t e = c->cell_event[k]; e < c->n && c->time[e] < moment; e++) {
        int32_t at = of->place[c->item[e]];
        if (at >= 0) {
            count[at] += sign;
        }
    }
}

static void add_before(float *count, const vt_item_clock *c, const vt_item_subset *of, int64_t moment, float sign)
{
    if (of == NULL) {
        add_to_all(count, c, moment, sign);
    } else {
        add_to_some(count, c, of, moment, sign);
    }
}

static float youth(int64_t first, int64_t moment)
{
    return first < moment ? (float)(1.0 / (1.0 + (double)(moment - first) / MONTH_SECONDS)) : 0.0F;
}

void vt_item_clock_at(const vt_item_clock *clock, const vt_item_subset *of, int64_t moment, float *planes)
{
    size_t n = of == NULL ? (size_t)clock->n_items : of->n;
    for (int s = 0; s <= VT_STAT_LAST_YEAR; s++) {
        float *plane = planes + (size_t)s * n;
        memset(plane, 0, n * sizeof *plane);
        add_before(plane, clock, of, moment - window[s].to * DAY, 1.0F);
        if (window[s].from > 0) {
            add_before(plane, clock, of, moment - window[s].from * DAY, -1.0F);
        }
        for (size_t i = 0; i < n; i++) {
            plane[i] = plane[i] < LOGS ? clock->log[(int)plane[i]] : log1pf(plane[i]);
        }
    }
    for (size_t i = 0; i < n; i++) {
        int64_t first = clock->first[of == NULL ? i : (size_t)of->item[i]];
        planes[VT_STAT_YOUNG * n + i] = youth(first, moment);
        planes[VT_STAT_KNOWN * n + i] = first < moment ? 1.0F : 0.0F;
    }
}

/* Events of an item before a moment. */
static int64_t events_before(const vt_item_times *times, int32_t item, int64_t moment)
{
    int64_t low = times->ptr[item], high = times->ptr[item + 1];
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (times->time[middle] < moment) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low - times->ptr[item];
}

void vt_item_times_at(const vt_item_times *times, int64_t moment, float *planes)
{
    size_t n = (size_t)times->n_items;
    for (int32_t i = 0; i < times->n_items; i++) {
        float *at = planes + i;
        int64_t all = events_before(times, i, moment);
        for (int s = 0; s <= VT_STAT_LAST_YEAR; s++) {
            int64_t count = window[s].to == 0 ? all : events_before(times, i, moment - window[s].to * DAY);
            if (window[s].from > 0) {
                count -= events_before(times, i, moment - window[s].from * DAY);
            }
            at[(size_t)s * n] = log1pf((float)count);
        }
        at[VT_STAT_YOUNG * n] = all > 0 ? youth(times->time[times->ptr[i]], moment) : 0.0F;
        at[VT_STAT_KNOWN * n] = all > 0 ? 1.0F : 0.0F;
    }
}
