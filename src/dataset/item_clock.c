/*
 * Statistics as of a moment: each window is the difference of two counts of events before a moment (item_counts.h).
 * One lock stands between the readers and the one who adds: a reader holds it while it fills its planes, so that all of
 * them are of the same events.
 */
#include "dataset/item_clock.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "dataset/item_counts.h"

#define DAY ((int64_t)86400)
#define MONTH_SECONDS (30.0 * 86400.0)

enum { LOGS = 1024 };

struct vt_item_clock {
    vt_item_counts counts;
    size_t capacity; /* of `first`, in items */
    int64_t *first;  /* (I) time of an item's first event; INT64_MAX without */
    float log[LOGS]; /* ln(1 + n) */
    _Atomic uint64_t stamp;
    pthread_rwlock_t lock; /* of counts and first */
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

/* A reader does not change the clock, but its lock. */
static pthread_rwlock_t *lock_of(const vt_item_clock *clock)
{
    return &((vt_item_clock *)(uintptr_t)clock)->lock;
}

void vt_item_clock_free(vt_item_clock *clock)
{
    if (clock != NULL) {
        vt_item_counts_done(&clock->counts);
        vt_free(clock->first);
        pthread_rwlock_destroy(&clock->lock);
        vt_free(clock);
    }
}

/*
 * ---- making one ---------------------------------------------------------------------------------------------------
 */

static void renew_stamp(vt_item_clock *clock)
{
    static _Atomic uint64_t stamps;
    atomic_store_explicit(&clock->stamp, atomic_fetch_add(&stamps, 1) + 1, memory_order_release);
}

/* Readers that follow each other without a gap must not keep the writer out. */
static int init_lock(vt_item_clock *clock)
{
    pthread_rwlockattr_t attributes;
    pthread_rwlockattr_init(&attributes);
    pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    int failed = pthread_rwlock_init(&clock->lock, &attributes);
    pthread_rwlockattr_destroy(&attributes);
    return failed;
}

/* Without events. */
static int create(vt_item_clock **out, int32_t n_items, vt_error *err)
{
    vt_item_clock *c = vt_alloc_zero(1, sizeof *c, err);
    if (c == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    if (init_lock(c) != 0) {
        vt_free(c);
        return vt_fail(err, VT_ERR_FAILED, "cannot make a lock");
    }
    for (int k = 0; k < LOGS; k++) {
        c->log[k] = log1pf((float)k);
    }
    renew_stamp(c);
    int status = vt_item_clock_grow(c, n_items, err);
    if (status != VT_OK) {
        vt_item_clock_free(c);
        return status;
    }
    *out = c;
    return VT_OK;
}

static int add(vt_item_clock *c, int64_t time, int32_t item, vt_error *err)
{
    int status = vt_item_counts_add(&c->counts, time, item, err);
    if (status == VT_OK && time < c->first[item]) {
        c->first[item] = time;
    }
    return status;
}

/* Sorts the events and makes a clock of them. */
static int create_of(vt_item_clock **out, int32_t n_items, timed *event, size_t n, vt_error *err)
{
    vt_item_clock *c = NULL;
    int status = create(&c, n_items, err);
    qsort(event, n, sizeof *event, by_time);
    for (size_t e = 0; e < n && status == VT_OK; e++) {
        status = add(c, event[e].time, event[e].item, err);
    }
    if (status != VT_OK) {
        vt_item_clock_free(c);
        return status;
    }
    *out = c;
    return VT_OK;
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
    int status = create_of(out, train->n_items, event, n, err);
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
    int status = create_of(out, times->n_items, event, n, err);
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
    vt_item_clock *c = NULL;
    int status = create(&c, n_items, err);
    for (size_t e = 0; e < n && status == VT_OK; e++) {
        status = add(c, time[e], item[e], err);
    }
    if (status != VT_OK) {
        vt_item_clock_free(c);
        return status;
    }
    *out = c;
    return VT_OK;
}

/*
 * ---- adding -------------------------------------------------------------------------------------------------------
 */

int vt_item_clock_grow(vt_item_clock *clock, int32_t n_items, vt_error *err)
{
    size_t n = n_items > 0 ? (size_t)n_items : 0, had = (size_t)clock->counts.n_items;
    int status = VT_OK;
    pthread_rwlock_wrlock(&clock->lock);
    if (clock->first == NULL || n > clock->capacity) {
        size_t capacity = n > had + had / 2 ? n : had + had / 2;
        int64_t *grown = vt_realloc(clock->first, capacity, sizeof *grown, err);
        status = grown == NULL ? VT_ERR_NO_MEMORY : VT_OK;
        clock->first = grown == NULL ? clock->first : grown;
        clock->capacity = grown == NULL ? clock->capacity : capacity;
    }
    if (status == VT_OK && n > had) {
        for (size_t i = had; i < n; i++) {
            clock->first[i] = INT64_MAX;
        }
        clock->counts.n_items = n_items;
    }
    pthread_rwlock_unlock(&clock->lock);
    return status;
}

int vt_item_clock_append(vt_item_clock *clock, int64_t time, int32_t item, vt_error *err)
{
    if (item < 0 || item >= clock->counts.n_items) {
        return vt_fail(err, VT_ERR_USAGE, "item %d is none of the %d of the clock; let it grow first", (int)item,
                       (int)clock->counts.n_items);
    }
    pthread_rwlock_wrlock(&clock->lock);
    int status = add(clock, time, item, err);
    renew_stamp(clock);
    pthread_rwlock_unlock(&clock->lock);
    return status;
}

/*
 * ---- reading ------------------------------------------------------------------------------------------------------
 */

uint64_t vt_item_clock_stamp(const vt_item_clock *clock)
{
    return atomic_load_explicit(&clock->stamp, memory_order_acquire);
}

int64_t vt_item_clock_last(const vt_item_clock *clock)
{
    pthread_rwlock_rdlock(lock_of(clock));
    int64_t last = vt_item_counts_last(&clock->counts);
    pthread_rwlock_unlock(lock_of(clock));
    return last;
}

void vt_item_clock_count(float *count, const vt_item_clock *clock, size_t n_items)
{
    memset(count, 0, n_items * sizeof *count);
    pthread_rwlock_rdlock(lock_of(clock));
    vt_item_counts_before(count, &clock->counts, n_items, NULL, INT64_MAX, 1.0F);
    pthread_rwlock_unlock(lock_of(clock));
}

void vt_item_clock_after(const vt_item_clock *clock, int64_t moment,
                         void (*each)(void *context, int64_t time, int32_t item), void *context)
{
    pthread_rwlock_rdlock(lock_of(clock));
    vt_item_counts_after(&clock->counts, moment, each, context);
    pthread_rwlock_unlock(lock_of(clock));
}

int vt_item_clock_events(int64_t **time, int32_t **item, size_t *n, const vt_item_clock *clock, vt_error *err)
{
    pthread_rwlock_rdlock(lock_of(clock));
    size_t all = clock->counts.n;
    int64_t *times = vt_alloc(all, sizeof *times, err);
    int32_t *items = times == NULL ? NULL : vt_alloc(all, sizeof *items, err);
    if (items != NULL) {
        vt_item_counts_copy(&clock->counts, times, items);
    }
    pthread_rwlock_unlock(lock_of(clock));
    if (items == NULL) {
        vt_free(times);
        return VT_ERR_NO_MEMORY;
    }
    *time = times;
    *item = items;
    *n = all;
    return VT_OK;
}

static float youth(int64_t first, int64_t moment)
{
    return first < moment ? (float)(1.0 / (1.0 + (double)(moment - first) / MONTH_SECONDS)) : 0.0F;
}

/* ln(1 + n) of whole numbers, in place. */
static void take_logs(float *count, const vt_item_clock *clock, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        count[k] = count[k] < LOGS ? clock->log[(int)count[k]] : log1pf(count[k]);
    }
}

static int64_t first_of(const vt_item_clock *clock, size_t item)
{
    return item < (size_t)clock->counts.n_items ? clock->first[item] : INT64_MAX;
}

void vt_item_clock_at(const vt_item_clock *clock, size_t n_items, const vt_item_subset *of, int64_t moment,
                      float *planes)
{
    const vt_item_counts *counts = &clock->counts;
    size_t n = of == NULL ? n_items : of->n;
    pthread_rwlock_rdlock(lock_of(clock));
    for (int s = 0; s <= VT_STAT_LAST_YEAR; s++) {
        float *plane = planes + (size_t)s * n;
        memset(plane, 0, n * sizeof *plane);
        vt_item_counts_before(plane, counts, n_items, of, moment - window[s].to * DAY, 1.0F);
        if (window[s].from > 0) {
            vt_item_counts_before(plane, counts, n_items, of, moment - window[s].from * DAY, -1.0F);
        }
    }
    for (size_t i = 0; i < n; i++) {
        int64_t first = first_of(clock, of == NULL ? i : (size_t)of->item[i]);
        planes[VT_STAT_YOUNG * n + i] = youth(first, moment);
        planes[VT_STAT_KNOWN * n + i] = first < moment ? 1.0F : 0.0F;
    }
    pthread_rwlock_unlock(lock_of(clock));
    take_logs(planes, clock, (VT_STAT_LAST_YEAR + 1) * n);
}

void vt_item_clock_recent(float *planes, const vt_item_clock *clock, const vt_item_subset *of, int64_t moment,
                          const int *days, size_t n_days)
{
    memset(planes, 0, n_days * of->n * sizeof *planes);
    pthread_rwlock_rdlock(lock_of(clock));
    for (size_t w = 0; w < n_days; w++) {
        float *plane = planes + w * of->n;
        vt_item_counts_before(plane, &clock->counts, of->n_items, of, moment, 1.0F);
        if (days[w] > 0) {
            vt_item_counts_before(plane, &clock->counts, of->n_items, of, moment - days[w] * DAY, -1.0F);
        }
    }
    pthread_rwlock_unlock(lock_of(clock));
    take_logs(planes, clock, n_days * of->n);
}

void vt_item_clock_log_counts(const vt_item_clock *clock, size_t n_items, const vt_item_subset *of, int64_t moment,
                              float *log_count)
{
    size_t n = of == NULL ? n_items : of->n;
    memset(log_count, 0, n * sizeof *log_count);
    pthread_rwlock_rdlock(lock_of(clock));
    vt_item_counts_before(log_count, &clock->counts, n_items, of, moment, 1.0F);
    pthread_rwlock_unlock(lock_of(clock));
    take_logs(log_count, clock, n);
}

int64_t vt_item_clock_before(const vt_item_clock *clock, int32_t item, int64_t moment)
{
    pthread_rwlock_rdlock(lock_of(clock));
    int64_t count = vt_item_counts_of(&clock->counts, item, moment);
    pthread_rwlock_unlock(lock_of(clock));
    return count;
}

int64_t vt_item_clock_first(const vt_item_clock *clock, int32_t item)
{
    pthread_rwlock_rdlock(lock_of(clock));
    int64_t first = first_of(clock, (size_t)item);
    pthread_rwlock_unlock(lock_of(clock));
    return first;
}

int64_t vt_item_times_before(const vt_item_times *times, int32_t item, int64_t moment)
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
        int64_t all = vt_item_times_before(times, i, moment);
        for (int s = 0; s <= VT_STAT_LAST_YEAR; s++) {
            int64_t count = window[s].to == 0 ? all : vt_item_times_before(times, i, moment - window[s].to * DAY);
            if (window[s].from > 0) {
                count -= vt_item_times_before(times, i, moment - window[s].from * DAY);
            }
            at[(size_t)s * n] = log1pf((float)count);
        }
        at[VT_STAT_YOUNG * n] = all > 0 ? youth(times->time[times->ptr[i]], moment) : 0.0F;
        at[VT_STAT_KNOWN * n] = all > 0 ? 1.0F : 0.0F;
    }
}

void vt_item_times_recent(float *planes, const vt_item_times *times, const vt_item_subset *of, int64_t moment,
                          const int *days, size_t n_days)
{
    for (size_t i = 0; i < of->n; i++) {
        int64_t all = vt_item_times_before(times, of->item[i], moment);
        for (size_t w = 0; w < n_days; w++) {
            int64_t before = days[w] > 0 ? vt_item_times_before(times, of->item[i], moment - days[w] * DAY) : 0;
            planes[w * of->n + i] = log1pf((float)(all - before));
        }
    }
}
