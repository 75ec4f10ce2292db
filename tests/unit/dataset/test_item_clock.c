/* Statistics as of a moment: a table worked by hand, and cells against counting event by event. */
#include "fault.h"
#include "snapshots.h"

#include <pthread.h>

#include "base/alloc.h"
#include "dataset/item_clock.h"

#define DAY 86400

static vt_interactions *interactions_of(vt_snapshot **snapshot, const event_row *rows, size_t n)
{
    vt_error err = VT_ERROR_INIT;
    vt_interactions *out = NULL;
    check_ok(snapshot_of(snapshot, rows, n, NULL, &err));
    check_ok(vt_interactions_create(&out, *snapshot, NULL, 0, &err));
    return out;
}

static void windows_by_hand(void **state)
{
    (void)state;
    static const event_row rows[] = {
        {"u", "a", 1000 * DAY, 5, 0, 0},      {"v", "a", 1365 * DAY, 5, 0, 0}, {"w", "a", 1725 * DAY, 5, 0, 0},
        {"x", "a", 1730 * DAY - 60, 5, 0, 0}, {"y", "a", 1730 * DAY, 5, 0, 0}, {"z", "b", 1730 * DAY, 5, 0, 0},
    };
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *snapshot = NULL;
    vt_interactions *train = interactions_of(&snapshot, rows, sizeof rows / sizeof *rows);
    vt_item_clock *clock = NULL;
    float at[VT_STATS][2];
    check_ok(vt_item_clock_create(&clock, train, &err));
    assert_int_equal(vt_item_clock_last(clock), 1730 * DAY);

    vt_item_clock_at(clock, 2, NULL, 1730 * DAY, &at[0][0]); /* what happens at this second is not known yet */
    static const double counts[VT_STAT_LAST_YEAR + 1] = {4, 2, 2, 2, 2, 3, 1};
    for (int s = 0; s <= VT_STAT_LAST_YEAR; s++) {
        assert_float_equal(at[s][0], (float)(log1p(counts[s])), 1e-6F);
        assert_float_equal(at[s][1], 0.0F, 0.0F);
    }
    assert_float_equal(at[VT_STAT_YOUNG][0], (float)(1.0 / (1.0 + 730.0 / 30.0)), 1e-6F);
    assert_float_equal(at[VT_STAT_KNOWN][0], 1.0F, 0.0F);
    assert_float_equal(at[VT_STAT_KNOWN][1], 0.0F, 0.0F);

    vt_item_clock_at(clock, 2, NULL, 1730 * DAY + 1, &at[0][0]);
    assert_float_equal(at[VT_STAT_ALL][0], (float)(log1p(5.0)), 1e-6F);
    assert_float_equal(at[VT_STAT_7][1], (float)(log1p(1.0)), 1e-6F);
    vt_item_clock_at(clock, 2, NULL, 1000 * DAY, &at[0][0]); /* before everything */
    assert_float_equal(at[VT_STAT_ALL][0], 0.0F, 0.0F);

    vt_item_clock_free(clock);
    vt_interactions_free(train);
    vt_snapshot_free(snapshot);
}

static void cells_count_as_events_do(void **state)
{
    (void)state;
    enum { ROWS = 600, ITEMS = 23 };
    static event_row rows[ROWS];
    static char items[ITEMS][8], users[ROWS][8];
    vt_rng rng = vt_rng_at(3, "test", 0, 0);
    for (int i = 0; i < ITEMS; i++) {
        snprintf(items[i], sizeof items[i], "i%02d", i);
    }
    for (int i = 0; i < ROWS; i++) {
        snprintf(users[i], sizeof users[i], "u%d", i);
        rows[i] = (event_row){users[i],
                              items[vt_rng_below(&rng, ITEMS)],
                              (int64_t)vt_rng_below(&rng, 900) * DAY / 3 + (int64_t)vt_rng_below(&rng, 3),
                              5,
                              0,
                              0};
    }
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *snapshot = NULL;
    vt_interactions *train = interactions_of(&snapshot, rows, ROWS);
    vt_item_clock *clock = NULL, *again = NULL, *loaded = NULL;
    check_ok(vt_item_clock_create(&clock, train, &err));

    /* The times per item, in order, out of the clock's own events. */
    int64_t *time = NULL;
    int32_t *item = NULL;
    size_t n = 0;
    check_ok(vt_item_clock_events(&time, &item, &n, clock, &err));
    assert_int_equal(n, ROWS);
    static int64_t ptr[ITEMS + 1], per_item[ROWS];
    int64_t at = 0;
    for (int32_t i = 0; i < train->n_items; i++) {
        ptr[i] = at;
        for (size_t e = 0; e < n; e++) {
            if (item[e] == i) {
                per_item[at++] = time[e];
            }
        }
    }
    ptr[train->n_items] = at;
    vt_item_times times = {train->n_items, ptr, per_item};
    check_ok(vt_item_clock_of_times(&again, &times, &err));
    check_ok(vt_item_clock_of_events(&loaded, train->n_items, time, item, n, &err));

    static int32_t few[ITEMS], place[ITEMS]; /* every third item, the last first */
    vt_item_subset some = {0, few, (size_t)train->n_items, place};
    for (int32_t i = train->n_items; i-- > 0;) {
        place[i] = i % 3 == 0 ? (int32_t)some.n : -1;
        few[some.n] = i;
        some.n += i % 3 == 0;
    }
    static float a[VT_STATS * ITEMS], b[VT_STATS * ITEMS];
    size_t bytes = (size_t)VT_STATS * (size_t)train->n_items * sizeof *a;
    for (int64_t moment = -5 * DAY; moment < 1100 * DAY; moment += 7 * DAY / 2 + 1) {
        vt_item_clock_at(clock, ITEMS, NULL, moment, a);
        vt_item_times_at(&times, moment, b);
        assert_memory_equal(a, b, bytes);
        vt_item_clock_at(again, ITEMS, NULL, moment, b);
        assert_memory_equal(a, b, bytes);
        vt_item_clock_at(loaded, ITEMS, NULL, moment, b);
        assert_memory_equal(a, b, bytes);
        vt_item_clock_at(clock, 0, &some, moment, b);
        for (size_t s = 0; s < VT_STATS; s++) {
            for (size_t i = 0; i < some.n; i++) {
                size_t of_all = s * (size_t)train->n_items + (size_t)some.item[i];
                assert_memory_equal(&b[s * some.n + i], &a[of_all], sizeof *b);
            }
        }
    }
    vt_free(time);
    vt_free(item);
    vt_item_clock_free(loaded);
    vt_item_clock_free(again);
    vt_item_clock_free(clock);
    vt_interactions_free(train);
    vt_snapshot_free(snapshot);
}

/* What happens in a shop, and a clock that hears of it. */
typedef struct happening {
    int64_t time;
    int32_t item;
} happening;

static int earlier_first(const void *a, const void *b)
{
    int64_t x = ((const happening *)a)->time, y = ((const happening *)b)->time;
    return (x > y) - (x < y);
}

/* Events of which some come late, a few by years, and some of one second; items come one by one. */
static void happen(happening *out, size_t n, int32_t items, vt_rng *rng)
{
    int64_t now = 1000 * DAY;
    for (size_t e = 0; e < n; e++) {
        bool late = vt_rng_below(rng, 10) == 0, very = vt_rng_below(rng, 200) == 0;
        now += (int64_t)vt_rng_below(rng, 3) * DAY / 40;
        int64_t by = very ? (int64_t)vt_rng_below(rng, 2000) * DAY : late ? (int64_t)vt_rng_below(rng, DAY) : 0;
        int32_t known = items / 3 + (int32_t)((size_t)(items - items / 3) * e / n) + 1;
        out[e] = (happening){now - by, (int32_t)vt_rng_below(rng, (uint64_t)(known > items ? items : known))};
    }
}

static void same_as_anew(const vt_item_clock *clock, const happening *event, size_t n, int32_t n_items)
{
    static float a[VT_STATS * 4000], b[VT_STATS * 4000];
    static happening sorted[6000];
    static int64_t time[6000];
    static int32_t item[6000];
    vt_error err = VT_ERROR_INIT;
    vt_item_clock *anew = NULL;
    memcpy(sorted, event, n * sizeof *event);
    qsort(sorted, n, sizeof *sorted, earlier_first);
    for (size_t e = 0; e < n; e++) {
        time[e] = sorted[e].time;
        item[e] = sorted[e].item;
    }
    check_ok(vt_item_clock_of_events(&anew, n_items, time, item, n, &err));
    assert_int_equal(vt_item_clock_last(clock), time[n - 1]);
    for (int64_t moment = time[0] - DAY; moment < time[n - 1] + 500 * DAY; moment += 61 * DAY + 12345) {
        vt_item_clock_at(clock, (size_t)n_items, NULL, moment, a);
        vt_item_clock_at(anew, (size_t)n_items, NULL, moment, b);
        assert_memory_equal(a, b, VT_STATS * (size_t)n_items * sizeof *a);
    }
    vt_item_clock_free(anew);
}

static void appended_is_made_anew(void **state)
{
    (void)state;
    enum { EVENTS = 6000 };
    static happening event[EVENTS];
    for (uint64_t seed = 1; seed <= 6; seed++) {
        vt_rng rng = vt_rng_at(seed, "test", 0, 0);
        int32_t items = seed % 2 == 0 ? 4000 : 17, known = items / 4 + 1;
        size_t before = seed % 3 == 0 ? 0 : EVENTS / 2;
        vt_error err = VT_ERROR_INIT;
        vt_item_clock *clock = NULL;
        print_message("seed %d, %d items\n", (int)seed, (int)items);
        happen(event, EVENTS, items, &rng);
        check_ok(vt_item_clock_of_events(&clock, known, NULL, NULL, 0, &err));
        for (size_t e = 0; e < EVENTS; e++) {
            if (event[e].item >= known) {
                assert_int_equal(vt_item_clock_append(clock, event[e].time, event[e].item, &err), VT_ERR_USAGE);
                known = event[e].item + 1;
                check_ok(vt_item_clock_grow(clock, known, &err));
            }
            check_ok(vt_item_clock_append(clock, event[e].time, event[e].item, &err));
            if (e == before) {
                same_as_anew(clock, event, e + 1, known);
            }
        }
        same_as_anew(clock, event, EVENTS, known);
        vt_item_clock_free(clock);
    }
}

static void planes_wider_than_the_clock(void **state)
{
    (void)state;
    static const int64_t time[] = {5, 9};
    static const int32_t item[] = {0, 1};
    vt_error err = VT_ERROR_INIT;
    vt_item_clock *clock = NULL;
    float at[VT_STATS][4], one[VT_STATS][1];
    check_ok(vt_item_clock_of_events(&clock, 2, time, item, 2, &err));
    vt_item_clock_at(clock, 4, NULL, 10, &at[0][0]);
    vt_item_clock_at(clock, 1, NULL, 10, &one[0][0]);
    for (int s = 0; s < VT_STATS; s++) {
        assert_float_equal(at[s][0], one[s][0], 0.0F);
        assert_float_equal(at[s][2], 0.0F, 0.0F); /* never sold, as far as the clock knows */
        assert_float_equal(at[s][3], 0.0F, 0.0F);
    }
    assert_float_equal(at[VT_STAT_KNOWN][1], 1.0F, 0.0F);
    vt_item_clock_free(clock);
}

/* One adds while others read: whoever reads sees each event whole, and never fewer than before. */
enum { READERS = 3, APPENDED = 4000, WATCHED = 40 };

static void *watch(void *context)
{
    const vt_item_clock *clock = context;
    float planes[VT_STATS * WATCHED], before = 0.0F;
    while (before < log1pf(APPENDED)) {
        vt_item_clock_at(clock, WATCHED, NULL, INT64_MAX / 2, planes);
        assert_true(planes[0] >= before); /* item 0, of all time */
        before = planes[0];
    }
    return NULL;
}

static void read_while_it_grows(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_item_clock *clock = NULL;
    pthread_t reader[READERS];
    check_ok(vt_item_clock_of_events(&clock, 1, NULL, NULL, 0, &err));
    for (int k = 0; k < READERS; k++) {
        assert_int_equal(pthread_create(&reader[k], NULL, watch, clock), 0);
    }
    for (int e = 0; e < APPENDED; e++) {
        int32_t others = 1 + e / 50;
        check_ok(vt_item_clock_grow(clock, others + 1, &err));
        check_ok(vt_item_clock_append(clock, e % 7 == 0 ? e / 2 : e, others, &err));
        check_ok(vt_item_clock_append(clock, e % 5 == 0 ? e / 3 : e, 0, &err));
    }
    for (int k = 0; k < READERS; k++) {
        assert_int_equal(pthread_join(reader[k], NULL), 0);
    }
    vt_item_clock_free(clock);
}

static void no_events(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_item_clock *clock = NULL;
    float planes[VT_STATS * 3];
    check_ok(vt_item_clock_of_events(&clock, 3, NULL, NULL, 0, &err));
    vt_item_clock_at(clock, 3, NULL, 5 * DAY, planes);
    for (size_t i = 0; i < sizeof planes / sizeof *planes; i++) {
        assert_float_equal(planes[i], 0.0F, 0.0F);
    }
    assert_int_equal(vt_item_clock_last(clock), VT_NONE);
    vt_item_clock_free(clock);
}

static void wrong_events(void **state)
{
    (void)state;
    static const int64_t time[] = {5, 4};
    static const int32_t item[] = {0, 1}, none[] = {0, 3};
    vt_error err = VT_ERROR_INIT;
    vt_item_clock *clock = NULL;
    assert_int_equal(vt_item_clock_of_events(&clock, 3, time, item, 2, &err), VT_ERR_CORRUPT);
    assert_int_equal(vt_item_clock_of_events(&clock, 3, time + 1, none + 1, 1, &err), VT_ERR_CORRUPT);
    assert_null(clock);
}

static int make_and_ask(void *context, vt_error *err)
{
    const vt_interactions *train = context;
    vt_item_clock *clock = NULL, *again = NULL, *loaded = NULL;
    const int64_t ptr[] = {0, 2, 3}, per_item[] = {5, 9, 7};
    int64_t *time = NULL;
    int32_t *item = NULL;
    size_t n = 0;
    const vt_item_times times = {2, ptr, per_item};
    int status = vt_item_clock_create(&clock, train, err);
    if (status == VT_OK) {
        status = vt_item_clock_events(&time, &item, &n, clock, err);
    }
    if (status == VT_OK) {
        status = vt_item_clock_of_events(&loaded, train->n_items, time, item, n, err);
    }
    for (int e = 0; e < 300 && status == VT_OK; e++) { /* more than a block, then into the first one */
        status = vt_item_clock_append(loaded, e < 290 ? 10 * DAY : 1, 0, err);
    }
    if (status == VT_OK) {
        status = vt_item_clock_grow(loaded, train->n_items + 1, err);
    }
    if (status == VT_OK) {
        status = vt_item_clock_append(loaded, 0, train->n_items, err);
    }
    if (status == VT_OK) {
        status = vt_item_clock_of_times(&again, &times, err);
    }
    assert_true((status == VT_OK) == (again != NULL));
    vt_free(time);
    vt_free(item);
    vt_item_clock_free(again);
    vt_item_clock_free(loaded);
    vt_item_clock_free(clock);
    return status;
}

static void fails_whole(void **state)
{
    (void)state;
    static const event_row rows[] = {{"u", "a", 3 * DAY, 5, 0, 0}, {"v", "b", 9 * DAY, 5, 0, 0}};
    vt_snapshot *snapshot = NULL;
    vt_interactions *train = interactions_of(&snapshot, rows, sizeof rows / sizeof *rows);
    assert_in_range(fault_allocations(make_and_ask, train), 30, 42);
    vt_interactions_free(train);
    vt_snapshot_free(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_by_hand),
        cmocka_unit_test(cells_count_as_events_do),
        cmocka_unit_test(no_events),
        cmocka_unit_test(wrong_events),
        cmocka_unit_test(fails_whole),
        cmocka_unit_test(appended_is_made_anew),
        cmocka_unit_test(planes_wider_than_the_clock),
        cmocka_unit_test(read_while_it_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
