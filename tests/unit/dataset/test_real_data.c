/*
 * Figures that are known of published data sets: sizes, sparsity, cores, users of the test part. Skipped where the data
 * is not.
 */
#include "real_data.h"

#include "vitrine/split.h"
#include "vitrine/statistics.h"

static vt_statistics statistics_of(const vt_snapshot *s)
{
    vt_error err = VT_ERROR_INIT;
    vt_statistics statistics;
    check_ok(vt_statistics_compute(&statistics, s, &err));
    return statistics;
}

static const char beauty[] = "amazon2023_beauty_health_handmade/interactions.csv.gz";

static void beauty_and_health(void **state)
{
    (void)state;
    char path[512];
    if (data_file(path, beauty) == NULL) {
        skip();
    }
    vt_snapshot *s = take_real(path, 1000, 0, 0, NULL);
    vt_statistics figures = statistics_of(s);
    assert_int_equal(figures.interactions, 25023);
    assert_int_equal(figures.pairs, 24435);
    assert_int_equal(figures.users, 3744);
    assert_int_equal(figures.items, 3700);
    char sparsity[16];
    snprintf(sparsity, sizeof sparsity, "%.2f", 100 * figures.sparsity);
    assert_string_equal(sparsity, "99.82");
    vt_snapshot_free(s);
}

static void cores_of_beauty_and_health(void **state)
{
    (void)state;
    char path[512];
    if (data_file(path, beauty) == NULL) {
        skip();
    }
    vt_snapshot *s = take_real(path, 1000, 3, 3, NULL);
    assert_int_equal(statistics_of(s).pairs, 23798);
    vt_snapshot_free(s);
    s = take_real(path, 1000, 5, 5, NULL);
    vt_statistics figures = statistics_of(s);
    assert_int_equal(figures.pairs, 8451);
    assert_int_equal(figures.users, 709);
    assert_int_equal(figures.items, 1118);
    assert_int_equal(figures.all_users, 709);
    assert_int_equal(figures.catalogue, 1118);
    vt_snapshot_free(s);
}

/* 3,744 users have a last event; of those 3,594 have an item that someone has in training. */
static void last_events_of_beauty_and_health(void **state)
{
    (void)state;
    char path[512];
    if (data_file(path, beauty) == NULL) {
        skip();
    }
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = take_real(path, 1000, 0, 0, NULL);
    vt_split_spec spec;
    vt_split *split = NULL;
    check_ok(vt_split_parse(&spec, "leave-last-out", &err));
    check_ok(vt_split_create(&split, s, &spec, 42, 0, false, &err));
    assert_int_equal(split->count[VT_PART_TEST], 3744);
    uint8_t *trained = calloc((size_t)s->n_items, 1);
    assert_non_null(trained);
    int64_t evaluated = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int64_t e = 0; e < s->n_events; e++) {
            trained[s->item[e]] |= pass == 0 && split->label[e] == VT_PART_TRAIN;
            evaluated += pass == 1 && split->label[e] == VT_PART_TEST && trained[s->item[e]];
        }
    }
    assert_int_equal(evaluated, 3594);
    free(trained);
    vt_split_free(split);
    vt_snapshot_free(s);
}

static void movielens_100k(void **state)
{
    (void)state;
    char path[512];
    if (data_file(path, "movielens/ml-100k.inter.gz") == NULL) {
        skip();
    }
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = take_real(path, 1, 0, 0, NULL);
    vt_statistics figures = statistics_of(s);
    assert_int_equal(figures.interactions, 100000);
    assert_int_equal(figures.pairs, 100000);
    assert_int_equal(figures.users, 943);
    assert_int_equal(figures.items, 1682);
    static const int64_t ratings[] = {6110, 11370, 27145, 34174, 21201}; /* as GroupLens counts them */
    for (int i = 0; i < 5; i++) {
        assert_true(figures.rating_value[i] == i + 1);
        assert_int_equal(figures.rating_bin[i], ratings[i]);
    }
    vt_split *split = NULL;
    vt_split_spec spec;
    check_ok(vt_split_parse(&spec, "ratio-global:0.75", &err));
    check_ok(vt_split_create(&split, s, &spec, 42, 0, false, &err));
    assert_int_equal(split->count[VT_PART_TRAIN], 75000);
    assert_int_equal(split->count[VT_PART_TEST], 25000);
    vt_split_free(split);
    vt_snapshot_free(s);
    s = take_real(path, 1, 0, 0, "rating>=4");
    figures = statistics_of(s);
    assert_int_equal(figures.interactions, 34174 + 21201);
    assert_int_equal(figures.events_by_kind[VT_EVENT_RATING], 100000);
    vt_snapshot_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(beauty_and_health),
        cmocka_unit_test(cores_of_beauty_and_health),
        cmocka_unit_test(last_events_of_beauty_and_health),
        cmocka_unit_test(movielens_100k),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
