/* Every kind of split on data small enough to label by hand, and what is said of splits that cannot be. */
#include "snapshots.h"

#include "vitrine/split.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { T = VT_PART_TRAIN, V = VT_PART_VALID, X = VT_PART_TEST, H = VT_PART_HISTORY, N = VT_PART_NONE };

/* In the order of the snapshot: ann 4 positive events and a view, bob 3, cid 2, dot 1. */
static const event_row shop[] = {
    {"ann", "a", 10, 5, 0, 0}, {"ann", "b", 20, 5, 0, 0}, {"ann", "z", 25, 0, VIEW_ROW, 0}, {"ann", "c", 30, 5, 0, 0},
    {"ann", "d", 40, 5, 0, 0}, {"bob", "a", 15, 5, 0, 0}, {"bob", "c", 30, 5, 0, 0},        {"bob", "b", 50, 5, 0, 0},
    {"cid", "b", 12, 5, 0, 0}, {"cid", "d", 45, 5, 0, 0}, {"dot", "a", 35, 5, 0, 0},
};
enum { EVENTS = COUNT(shop), POSITIVES = EVENTS - 1 };

static void check_labels(const event_row *rows, size_t n, const char *text, bool inner, const uint8_t *expected)
{
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    vt_split_spec spec;
    vt_split *split = NULL;
    check_ok(snapshot_of(&s, rows, n, NULL, &err));
    check_ok(vt_split_parse(&spec, text, &err));
    check_ok(vt_split_create(&split, s, &spec, 42, 0, inner, &err));
    int64_t count[5] = {0};
    for (size_t e = 0; e < n; e++) {
        count[split->label[e]]++;
        if (split->label[e] != expected[e]) {
            fail_msg("%s: event %zu has label %d, expected %d", text, e, split->label[e], expected[e]);
        }
    }
    assert_memory_equal(count, split->count, sizeof count);
    assert_string_equal(split->name, text);
    vt_split_free(split);
    vt_snapshot_free(s);
}

static void by_order(void **state)
{
    (void)state;
    const uint8_t none[] = {T, T, N, T, T, T, T, T, T, T, T};
    check_labels(shop, EVENTS, "none", false, none);
    const uint8_t none_inner[] = {T, T, N, T, V, T, T, V, T, V, T};
    check_labels(shop, EVENTS, "none", true, none_inner);
    const uint8_t one_out[] = {T, T, N, V, X, T, V, X, T, T, T};
    check_labels(shop, EVENTS, "leave-one-out", false, one_out);
    check_labels(shop, EVENTS, "leave-one-out", true, one_out);
    const uint8_t last_out[] = {T, T, N, T, X, T, T, X, T, X, T};
    check_labels(shop, EVENTS, "leave-last-out", false, last_out);
    const uint8_t last_out_inner[] = {T, T, N, V, X, T, V, X, T, X, T};
    check_labels(shop, EVENTS, "leave-last-out", true, last_out_inner);
}

static void ties_of_time_go_by_order_of_storing(void **state)
{
    (void)state;
    static const event_row rows[] = {
        {"u", "c", 7, 5, 0, 0},       {"u", "a", 7, 5, 0, 0},       {"u", "b", 7, 5, 0, 0},
        {"v", "b", VT_NONE, 5, 0, 0}, {"v", "a", VT_NONE, 5, 0, 0},
    };
    const uint8_t expected[] = {T, T, X, T, X};
    check_labels(rows, COUNT(rows), "leave-last-out", false, expected);
}

static void by_time(void **state)
{
    (void)state;
    /* times: 10 12 15 20 30 30 35 40 45 50; half is event 5, at 30, so both of 30 are held out */
    const uint8_t halves[] = {T, T, N, X, X, T, X, X, T, X, X};
    check_labels(shop, EVENTS, "time:0.5,0,0.5", false, halves);
    /* of the four training events the first two (10, 12) stay */
    const uint8_t halves_inner[] = {T, V, N, X, X, V, X, X, T, X, X};
    check_labels(shop, EVENTS, "time:0.5,0,0.5", true, halves_inner);
    /* training before event 6 (35), validation before event 8 (45) */
    const uint8_t thirds[] = {T, T, N, T, V, T, T, X, T, X, V};
    check_labels(shop, EVENTS, "time:0.6,0.2,0.2", false, thirds);
    check_labels(shop, EVENTS, "time:0.6,0.2,0.2", true, thirds);
}

static void moment_is_the_first_held_out_second(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    vt_split *split = NULL;
    vt_split_spec spec = {.kind = VT_SPLIT_TIME, .share = {0.6, 0.2, 0.2}};
    check_ok(snapshot_of(&s, shop, EVENTS, NULL, &err));
    check_ok(vt_split_create(&split, s, &spec, 1, 0, false, &err));
    assert_int_equal(split->moment, 45);
    vt_split_free(split);
    spec = (vt_split_spec){.kind = VT_SPLIT_LEAVE_LAST_OUT};
    check_ok(vt_split_create(&split, s, &spec, 1, 0, false, &err));
    assert_int_equal(split->moment, VT_NONE);
    vt_split_free(split);
    vt_snapshot_free(s);
    static const event_row before_1970[] = {
        {"u", "a", -500, 1, 0, 0}, {"u", "b", -1, 1, 0, 0}, {"u", "c", 0, 1, 0, 0}, {"u", "d", 1, 1, 0, 0}};
    const uint8_t expected[] = {T, X, X, X};
    check_labels(before_1970, COUNT(before_1970), "time:0.25,0,0.75", false, expected);
}

static void given_parts(void **state)
{
    (void)state;
    static const event_row rows[] = {
        {"u", "a", 1, 5, 0, T}, {"u", "b", 2, 5, 0, 0}, {"u", "c", 3, 5, 0, X},
        {"v", "a", 1, 5, 0, T}, {"v", "b", 2, 5, 0, T}, {"v", "c", 3, 0, VIEW_ROW, X},
    };
    const uint8_t expected[] = {T, T, X, T, T, N};
    check_labels(rows, COUNT(rows), "given", false, expected);
    const uint8_t inner[] = {T, V, X, T, V, N};
    check_labels(rows, COUNT(rows), "given", true, inner);
    event_row validated[COUNT(rows)];
    memcpy(validated, rows, sizeof rows);
    validated[3].part = V;
    const uint8_t own[] = {T, T, X, V, T, N};
    check_labels(validated, COUNT(rows), "given", true, own);
}

static void cold_items_are_history_or_test(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    vt_split_spec spec = {.kind = VT_SPLIT_COLD_ITEMS, .share = {0.25}};
    check_ok(snapshot_of(&s, shop, EVENTS, NULL, &err));
    bool chosen[5] = {false};
    for (uint64_t seed = 0; seed < 40; seed++) {
        vt_split *split = NULL;
        check_ok(vt_split_create(&split, s, &spec, seed, 0, false, &err));
        int32_t cold = -1; /* one of the four items with positive events */
        for (int64_t e = 0; e < s->n_events; e++) {
            if (split->label[e] == X || split->label[e] == H) {
                assert_true(cold == -1 || cold == s->item[e]);
                cold = s->item[e];
            }
        }
        assert_in_range(cold, 0, 3);
        chosen[cold] = true;
        static const uint8_t expected[4][EVENTS] = {
            {H, T, N, T, T, H, T, T, T, T, X}, /* a: last of dot */
            {T, H, N, T, T, T, T, X, H, T, T}, /* b: last of bob */
            {T, T, N, H, T, T, H, T, T, T, T}, /* c: last of no one */
            {T, T, N, T, X, T, T, T, T, X, T}, /* d: last of ann and cid */
        };
        assert_memory_equal(split->label, expected[cold], EVENTS);
        vt_split_free(split);
    }
    assert_true(chosen[0] && chosen[1] && chosen[2] && chosen[3]);
    vt_snapshot_free(s);
}

static void cold_users_are_history_and_test(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    vt_split_spec spec = {.kind = VT_SPLIT_COLD_USERS, .share = {0.5}};
    check_ok(snapshot_of(&s, shop, EVENTS, NULL, &err));
    static const uint8_t warm[EVENTS] = {T, T, N, T, T, T, T, T, T, T, T};
    static const uint8_t cold[EVENTS] = {H, H, N, H, X, H, H, X, H, X, X};
    for (uint64_t seed = 0; seed < 20; seed++) {
        vt_split *split = NULL;
        int chosen = 0;
        check_ok(vt_split_create(&split, s, &spec, seed, 0, false, &err));
        for (int32_t u = 0; u < s->n_users; u++) {
            int64_t begin = s->user_ptr[u];
            bool is_cold = split->label[s->user_ptr[u + 1] - 1] == X;
            chosen += is_cold;
            assert_memory_equal(split->label + begin, (is_cold ? cold : warm) + begin,
                                (size_t)(s->user_ptr[u + 1] - begin));
        }
        assert_int_equal(chosen, 2);
        vt_split_free(split);
    }
    vt_snapshot_free(s);
}

static void refuses_what_cannot_be(void **state)
{
    (void)state;
    static const event_row untimed[] = {{"u", "a", 5, 5, 0, 0}, {"u", "b", VT_NONE, 5, 0, 0}};
    static const event_row at_once[] = {{"u", "a", 5, 5, 0, 0}, {"u", "b", 5, 5, 0, 0}};
    static const struct {
        const event_row *rows;
        const char *split;
        const char *message;
    } cases[] = {
        {untimed, "time:0.5,0,0.5", "1 of 2 positive events have none; choose leave-one-out"},
        {at_once, "time:0.5,0,0.5", "leaves nothing to train on"},
        {at_once, "given", "none of the 2 positive events has a part"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        vt_error err = VT_ERROR_INIT;
        vt_snapshot *s = NULL;
        vt_split_spec spec;
        vt_split *split = NULL;
        check_ok(snapshot_of(&s, cases[i].rows, 2, NULL, &err));
        check_ok(vt_split_parse(&spec, cases[i].split, &err));
        assert_int_equal(vt_split_create(&split, s, &spec, 1, 0, false, &err), VT_ERR_UNSUPPORTED);
        assert_null(split);
        if (strstr(err.message, cases[i].message) == NULL) {
            fail_msg("%s: %s", cases[i].split, err.message);
        }
        vt_snapshot_free(s);
    }
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    vt_split *split = NULL;
    check_ok(snapshot_of(&s, at_once, 2, NULL, &err));
    vt_split_spec spec = {.kind = VT_SPLIT_KFOLD, .folds = 5};
    assert_int_equal(vt_split_create(&split, s, &spec, 1, 5, false, &err), VT_ERR_USAGE);
    assert_non_null(strstr(err.message, "folds 0 to 4"));
    assert_int_equal(vt_split_create(&split, s, &spec, 1, -1, false, &err), VT_ERR_USAGE);
    spec = (vt_split_spec){.kind = VT_SPLIT_NONE};
    assert_int_equal(vt_split_create(&split, s, &spec, 1, 1, false, &err), VT_ERR_USAGE);
    spec = (vt_split_spec){.kind = VT_SPLIT_RATIO, .share = {(double)NAN}};
    assert_int_equal(vt_split_create(&split, s, &spec, 1, 0, false, &err), VT_ERR_USAGE);
    spec.kind = (vt_split_kind)99;
    assert_int_equal(vt_split_create(&split, s, &spec, 1, 0, false, &err), VT_ERR_USAGE);
    vt_snapshot_free(s);
}

static void no_events_no_labels(void **state)
{
    (void)state;
    static const char *const all[] = {"none",           "time:0.8,0.1,0.1", "leave-one-out",
                                      "leave-last-out", "ratio:0.8",        "ratio-global:0.8",
                                      "kfold:5",        "cold-items:0.1",   "cold-users:0.1"};
    for (size_t i = 0; i < COUNT(all); i++) {
        check_labels(NULL, 0, all[i], true, NULL);
    }
}

static void reads_and_writes_names(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"time:.8,.1,.1", "time:0.8,0.1,0.1"},
        {" time: 0.80 , 0.10,0.1 ", "time:0.8,0.1,0.1"},
        {"time:0.333333,0.333333,0.333334", "time:0.333333,0.333333,0.333334"},
        {"time:0.33333333333,0.33333333333,0.33333333334", "time:0.33333333,0.33333333,0.33333333"},
        {"ratio:0.987654321", "ratio:0.98765432"},
        {"kfold:5", "kfold:5"},
        {"kfold:1e1", "kfold:10"},
        {"rolling:1", "rolling:1"},
        {"ratio:0.80", "ratio:0.8"},
        {"given", "given"},
    };
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    static const event_row rows[] = {{"u", "a", 1, 5, 0, T}, {"u", "b", 2, 5, 0, T}, {"u", "c", 3, 5, 0, X}};
    check_ok(snapshot_of(&s, rows, COUNT(rows), NULL, &err));
    for (size_t i = 0; i < COUNT(pairs); i++) {
        vt_split_spec spec;
        vt_split *split = NULL;
        check_ok(vt_split_parse(&spec, pairs[i][0], &err));
        check_ok(vt_split_create(&split, s, &spec, 1, 0, false, &err));
        assert_string_equal(split->name, pairs[i][1]);
        vt_split_free(split);
    }
    vt_snapshot_free(s);
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } cases[] = {
        {"", "\"\" is no split; one of none, time:a,b,c, leave-one-out, leave-last-out, ratio:r, ratio-global:r, "
             "kfold:k, cold-items:r, cold-users:r, given, rolling:n is expected"},
        {NULL, "is no split"},
        {"Time:0.8,0.1,0.1", "is no split"},
        {"leave_one_out", "is no split"},
        {"time", "three shares that sum to 1 are expected, such as time:0.8,0.1,0.1"},
        {"time:0.8,0.1", "three shares that sum to 1 are expected"},
        {"time:0.8,0.1,0.1,0", "three shares that sum to 1 are expected"},
        {"time:0.8,0.1,0.2", "shares that cannot be"},
        {"time:1,0,0", "training and test above 0"},
        {"time:0.8,-0.1,0.3", "shares that cannot be"},
        {"time:0.8,,0.2", "three shares"},
        {"time:a,b,c", "three shares"},
        {"leave-one-out:2", "nothing behind the name is expected"},
        {"given:", "nothing behind the name is expected"},
        {"ratio", "one number is expected, such as ratio:0.8"},
        {"ratio:", "one number is expected"},
        {"ratio:80%", "one number is expected"},
        {"ratio:0.8,0.2", "one number is expected"},
        {"ratio:0", "has share 0; a number between 0 and 1"},
        {"ratio:0.9999999999", "has share 1; a number between 0 and 1"},
        {"ratio:0.000000001", "has share 0; a number between 0 and 1"},
        {"ratio:1e300", "has share 1e+300; a number between 0 and 1"},
        {"ratio-global:1", "has share 1; a number between 0 and 1"},
        {"cold-items:nan", "one number is expected"},
        {"kfold:1", "has 1 folds; 2 to 100 are expected"},
        {"kfold:101", "has 101 folds"},
        {"kfold:2.5", "one number is expected, such as kfold:5"},
        {"kfold:1e300", "one number is expected"},
        {"rolling:0", "the split rolling has 0 folds; 1 to 100 are expected, such as rolling:5"},
        {"rolling", "one number is expected, such as rolling:5"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        vt_error err = VT_ERROR_INIT;
        vt_split_spec spec = {.folds = -7};
        assert_int_equal(vt_split_parse(&spec, cases[i].text, &err), VT_ERR_USAGE);
        assert_int_equal(spec.folds, -7); /* untouched */
        if (strstr(err.message, cases[i].message) == NULL) {
            fail_msg("\"%s\" gives: %s", cases[i].text, err.message);
        }
    }
}

static void interactions_follow_the_parts(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    vt_split *split = NULL;
    vt_interactions *train = NULL;
    vt_interactions *held_out = NULL;
    vt_split_spec spec = {.kind = VT_SPLIT_LEAVE_ONE_OUT};
    check_ok(snapshot_of(&s, shop, EVENTS, NULL, &err));
    check_ok(vt_split_create(&split, s, &spec, 1, 0, false, &err));
    check_ok(vt_interactions_create(&train, s, split, 1U << T, &err));
    check_ok(vt_interactions_create(&held_out, s, split, 1U << V | 1U << X, &err));
    const int64_t train_ptr[] = {0, 2, 3, 5, 6};
    const int32_t train_item[] = {0, 1, 0, 1, 3, 0};
    const int64_t held_out_ptr[] = {0, 2, 4, 4, 4};
    const int32_t held_out_item[] = {2, 3, 2, 1};
    assert_memory_equal(train->ptr, train_ptr, sizeof train_ptr);
    assert_memory_equal(train->item, train_item, sizeof train_item);
    assert_memory_equal(held_out->ptr, held_out_ptr, sizeof held_out_ptr);
    assert_memory_equal(held_out->item, held_out_item, sizeof held_out_item);
    assert_int_equal(train->n + held_out->n, POSITIVES);
    vt_interactions_free(held_out);
    vt_interactions_free(train);
    vt_split_free(split);
    vt_split_free(NULL);
    vt_snapshot_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_order),
        cmocka_unit_test(ties_of_time_go_by_order_of_storing),
        cmocka_unit_test(by_time),
        cmocka_unit_test(moment_is_the_first_held_out_second),
        cmocka_unit_test(given_parts),
        cmocka_unit_test(cold_items_are_history_or_test),
        cmocka_unit_test(cold_users_are_history_and_test),
        cmocka_unit_test(refuses_what_cannot_be),
        cmocka_unit_test(no_events_no_labels),
        cmocka_unit_test(reads_and_writes_names),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(interactions_follow_the_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
