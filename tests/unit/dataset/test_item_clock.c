/* Statistics as of a moment: a table worked by hand, and cells against counting event by event. */
#include "fault.h"
#include "snapshots.h"

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

    vt_item_clock_at(clock, NULL, 1730 * DAY, &at[0][0]); /* what happens at this second is not known yet */
    static const double counts[VT_STAT_LAST_YEAR + 1] = {4, 2, 2, 2, 2, 3, 1};
    for (int s = 0; s <= VT_STAT_LAST_YEAR; s++) {
        assert_float_equal(at[s][0], (float)(log1p(counts[s])), 1e-6F);
        assert_float_equal(at[s][1], 0.0F, 0.0F);
    }
    assert_float_equal(at[VT_STAT_YOUNG][0], (float)(1.0 / (1.0 + 730.0 / 30.0)), 1e-6F);
    assert_float_equal(at[VT_STAT_KNOWN][0], 1.0F, 0.0F);
    assert_float_equal(at[VT_STAT_KNOWN][1], 0.0F, 0.0F);

    vt_item_clock_at(clock, NULL, 1730 * DAY + 1, &at[0][0]);
    assert_float_equal(at[VT_STAT_ALL][0], (float)(log1p(5.0)), 1e-6F);
    assert_float_equal(at[VT_STAT_7][1], (float)(log1p(1.0)), 1e-6F);
    vt_item_clock_at(clock, NULL, 1000 * DAY, &at[0][0]); /* before everything */
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
    const int64_t *time = NULL;
    const int32_t *item = NULL;
    size_t n = vt_item_clock_events(clock, &time, &item);
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
    vt_item_subset some = {0, few, place};
    for (int32_t i = train->n_items; i-- > 0;) {
        place[i] = i % 3 == 0 ? (int32_t)some.n : -1;
        few[some.n] = i;
        some.n += i % 3 == 0;
    }
    static float a[VT_STATS * ITEMS], b[VT_STATS * ITEMS];
    size_t bytes = (size_t)VT_STATS * (size_t)train->n_items * sizeof *a;
    for (int64_t moment = -5 * DAY; moment < 1100 * DAY; moment += 7 * DAY / 2 + 1) {
        vt_item_clock_at(clock, NULL, moment, a);
        vt_item_times_at(&times, moment, b);
        assert_memory_equal(a, b, bytes);
        vt_item_clock_at(again, NULL, moment, b);
        assert_memory_equal(a, b, bytes);
        vt_item_clock_at(loaded, NULL, moment, b);
        assert_memory_equal(a, b, bytes);
        vt_item_clock_at(clock, &some, moment, b);
        for (size_t s = 0; s < VT_STATS; s++) {
            for (size_t i = 0; i < some.n; i++) {
                size_t of_all = s * (size_t)train->n_items + (size_t)some.item[i];
                assert_memory_equal(&b[s * some.n + i], &a[of_all], sizeof *b);
            }
        }
    }
    vt_item_clock_free(loaded);
    vt_item_clock_free(again);
    vt_item_clock_free(clock);
    vt_interactions_free(train);
    vt_snapshot_free(snapshot);
}

static void no_events(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_item_clock *clock = NULL;
    float planes[VT_STATS * 3];
    check_ok(vt_item_clock_of_events(&clock, 3, NULL, NULL, 0, &err));
    vt_item_clock_at(clock, NULL, 5 * DAY, planes);
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
    const int64_t *time = NULL, ptr[] = {0, 2, 3}, per_item[] = {5, 9, 7};
    const int32_t *item = NULL;
    const vt_item_times times = {2, ptr, per_item};
    int status = vt_item_clock_create(&clock, train, err);
    if (status == VT_OK) {
        size_t n = vt_item_clock_events(clock, &time, &item);
        status = vt_item_clock_of_events(&loaded, train->n_items, time, item, n, err);
    }
    if (status == VT_OK) {
        status = vt_item_clock_of_times(&again, &times, err);
    }
    assert_true((status == VT_OK) == (again != NULL));
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
    assert_in_range(fault_allocations(make_and_ask, train), 18, 24);
    vt_interactions_free(train);
    vt_snapshot_free(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_by_hand), cmocka_unit_test(cells_count_as_events_do),
        cmocka_unit_test(no_events),       cmocka_unit_test(wrong_events),
        cmocka_unit_test(fails_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
