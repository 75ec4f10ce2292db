/* Statistics of data sets that can be counted by hand. */
#include "snapshots.h"

#include "fault.h"
#include "vitrine/statistics.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static vt_statistics statistics_of(const event_row *rows, size_t n)
{
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    vt_statistics statistics;
    check_ok(snapshot_of(&s, rows, n, NULL, &err));
    check_ok(vt_statistics_compute(&statistics, s, &err));
    vt_snapshot_free(s);
    return statistics;
}

static void near(double actual, double expected)
{
    if (!(fabs(actual - expected) < 1e-12)) {
        fail_msg("%.15g, expected %.15g", actual, expected);
    }
}

static void counts_a_small_shop(void **state)
{
    (void)state;
    /* items: a 4 (one pair twice), b 2, c 1, d only viewed; users: u 4, v 2, w 1, x only views */
    static const event_row rows[] = {
        {"u", "a", 10, 5, 0, 0},
        {"u", "a", 20, 4, 0, 0},
        {"u", "b", 30, 5, 0, 0},
        {"u", "c", 40, 1, 0, 0},
        {"v", "a", 15, 5, 0, 0},
        {"v", "b", 90, 2, 0, 0},
        {"w", "a", 5, 0, VT_EVENT_LIKE, 0},
        {"x", "d", 1, 0, VIEW_ROW, 0},
    };
    vt_statistics s = statistics_of(rows, COUNT(rows));
    assert_int_equal(s.users, 3);
    assert_int_equal(s.items, 3);
    assert_int_equal(s.all_users, 4);
    assert_int_equal(s.catalogue, 4);
    assert_int_equal(s.interactions, 7);
    assert_int_equal(s.pairs, 6);
    assert_int_equal(s.events_by_kind[VT_EVENT_RATING], 6);
    assert_int_equal(s.events_by_kind[VT_EVENT_VIEW], 1);
    near(s.sparsity, 1 - 6.0 / 9);
    near(s.per_user_mean, 7.0 / 3);
    assert_int_equal(s.per_user_median, 2);
    assert_int_equal(s.per_user_max, 4);
    assert_int_equal(s.per_item_median, 2);
    assert_int_equal(s.per_item_max, 4);
    assert_int_equal(s.users_with_one, 1);
    assert_int_equal(s.items_with_one, 1);
    near(s.gini_items, (-2.0 * 1 + 0.0 * 2 + 2.0 * 4) / (3 * 7)); /* counts 1 2 4 */
    near(s.gini_users, s.gini_items);
    near(s.head_share, 4.0 / 7);       /* a fifth of three items is one */
    assert_int_equal(s.tail_items, 2); /* c holds 1 of 7, less than a fifth; c and b hold 3 */
    assert_int_equal(s.ratings, 6);
    near(s.rating_mean, 22.0 / 6);
    near(s.rating_deviation, sqrt(96.0 / 6 - 22.0 / 6 * 22.0 / 6));
    static const double values[] = {1, 2, 4, 5};
    static const int64_t bins[] = {1, 1, 1, 3};
    for (size_t i = 0; i < COUNT(values); i++) {
        near(s.rating_value[i], values[i]);
        assert_int_equal(s.rating_bin[i], bins[i]);
    }
    assert_true(isnan(s.rating_value[4]));
    assert_int_equal(s.time_min, 5);
    assert_int_equal(s.time_max, 90);
}

static void median_of_even_is_the_lower_middle(void **state)
{
    (void)state;
    static const event_row rows[] = {
        {"u", "a", 1, 1, 0, 0}, {"v", "a", 1, 1, 0, 0}, {"v", "b", 2, 1, 0, 0}, {"v", "c", 3, 1, 0, 0}};
    vt_statistics s = statistics_of(rows, COUNT(rows));
    assert_int_equal(s.per_user_median, 1); /* 1 and 3 */
    near(s.rating_deviation, 0);
}

static void even_and_uneven(void **state)
{
    (void)state;
    static const event_row even[] = {{"u", "a", 1, 1, 0, 0}, {"v", "b", 1, 1, 0, 0}, {"w", "c", 2, 1, 0, 0}};
    near(statistics_of(even, COUNT(even)).gini_items, 0);
    static const event_row one[] = {{"u", "a", 1, 1, 0, 0}, {"v", "a", 1, 1, 0, 0}};
    near(statistics_of(one, COUNT(one)).gini_items, 0); /* one item has all there is of items */
    near(statistics_of(one, COUNT(one)).sparsity, 0);
}

static void nothing_gives_no_figures(void **state)
{
    (void)state;
    static const event_row viewed[] = {{"u", "a", 1, 0, VIEW_ROW, 0}};
    for (size_t n = 0; n <= 1; n++) {
        vt_statistics s = statistics_of(viewed, n);
        assert_int_equal(s.interactions + s.users + s.items + s.pairs + s.tail_items, 0);
        assert_true(isnan(s.sparsity) && isnan(s.gini_items) && isnan(s.rating_mean) && isnan(s.head_share));
        assert_int_equal(s.time_min, VT_NONE);
    }
}

static void eleven_ratings_are_a_histogram_twelve_are_not(void **state)
{
    (void)state;
    event_row rows[13];
    for (int i = 0; i < 13; i++) {
        rows[i] = (event_row){"u", "a", i, i * 5 % 12 * 0.5, 0, 0}; /* 12 distinct values, not in order; one twice */
    }
    vt_statistics s = statistics_of(rows, 11);
    double previous = -1;
    for (int i = 0; i < VT_RATING_BINS; i++) {
        assert_true(s.rating_value[i] > previous);
        assert_int_equal(s.rating_bin[i], 1);
        previous = s.rating_value[i];
    }
    s = statistics_of(rows, 13);
    assert_int_equal(s.ratings, 13);
    for (int i = 0; i < VT_RATING_BINS; i++) {
        assert_true(isnan(s.rating_value[i]));
        assert_int_equal(s.rating_bin[i], 0);
    }
    near(s.rating_mean, (66 * 0.5 + 0) / 13);
}

static int run(void *context, vt_error *err)
{
    vt_statistics ignored;
    return vt_statistics_compute(&ignored, context, err);
}

static void every_failed_allocation_is_an_error(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    static const event_row rows[] = {{"u", "a", 1, 1, 0, 0}};
    check_ok(snapshot_of(&s, rows, 1, NULL, &err));
    assert_int_equal(fault_allocations(run, s), 3);
    vt_snapshot_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_a_small_shop),
        cmocka_unit_test(median_of_even_is_the_lower_middle),
        cmocka_unit_test(even_and_uneven),
        cmocka_unit_test(nothing_gives_no_figures),
        cmocka_unit_test(eleven_ratings_are_a_histogram_twelve_are_not),
        cmocka_unit_test(every_failed_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
