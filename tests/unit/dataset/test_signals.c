/* Signals: which histories may hold what a user did beside positive events, in every split and in interactions. */
#include "snapshots.h"

#include "vitrine/split.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum { T = VT_PART_TRAIN, V = VT_PART_VALID, X = VT_PART_TEST, H = VT_PART_HISTORY, N = VT_PART_NONE };

/* ann looks before, between and behind what she buys; bob only looks; an impression is no signal. */
static const event_row shop[] = {
    {"ann", "a", 5, 0, VIEW_ROW, 0},         {"ann", "a", 10, 5, 0, 0},
    {"ann", "b", 15, 0, VT_EVENT_CART, 0},   {"ann", "b", 20, 5, 0, 0},
    {"ann", "c", 25, 0, VIEW_ROW, 0},        {"ann", "c", 30, 5, 0, 0},
    {"ann", "d", 35, 0, VT_EVENT_RETURN, 0}, {"ann", "d", 40, 5, 0, 0},
    {"ann", "e", 45, 0, VIEW_ROW, 0},        {"bob", "a", 12, 0, VIEW_ROW, 0},
    {"bob", "b", 33, 0, VIEW_ROW, 0},        {"bob", "c", 50, 0, VT_EVENT_IMPRESSION, 0},
};
enum { EVENTS = COUNT(shop) };

static void check_signals(const char *text, bool inner, const uint8_t *expected)
{
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    vt_split_spec spec;
    vt_split *split = NULL;
    check_ok(snapshot_of(&s, shop, EVENTS, NULL, &err));
    check_ok(vt_split_parse(&spec, text, &err));
    check_ok(vt_split_create(&split, s, &spec, 42, 0, inner, &err));
    for (size_t e = 0; e < EVENTS; e++) {
        if (split->signal[e] != expected[e]) {
            fail_msg("%s: event %zu has signal %d, expected %d", text, e, split->signal[e], expected[e]);
        }
    }
    vt_split_free(split);
    vt_snapshot_free(s);
}

static void known_before_what_is_held_out(void **state)
{
    (void)state;
    const uint8_t none[] = {T, N, T, N, T, N, T, N, T, T, T, N};
    check_signals("none", false, none);
    const uint8_t one_out[] = {T, N, T, N, T, N, V, N, X, T, T, N};
    check_signals("leave-one-out", false, one_out);
    const uint8_t last_out[] = {T, N, T, N, T, N, T, N, X, T, T, N};
    check_signals("leave-last-out", false, last_out);
    const uint8_t time[] = {T, N, T, N, T, N, V, N, X, T, V, N}; /* moments 30 and 40, for everybody */
    check_signals("time:0.5,0.25,0.25", false, time);
}

/* The signals of a part stand beside its events, by user and in time order, and only where they are asked for. */
static void beside_the_events(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    vt_split_spec spec;
    vt_split *split = NULL;
    vt_interactions *train = NULL;
    check_ok(snapshot_of(&s, shop, EVENTS, NULL, &err));
    check_ok(vt_split_parse(&spec, "time:0.5,0.25,0.25", &err));
    check_ok(vt_split_create(&split, s, &spec, 42, 0, false, &err));
    check_ok(vt_interactions_create(&train, s, split, 1U << T, &err));
    assert_int_equal(train->n, 2);
    assert_null(train->signals);
    vt_interactions_free(train);
    check_ok(vt_interactions_create(&train, s, split, 1U << T | VT_PARTS_SIGNALS, &err));
    assert_int_equal(train->n, 2);
    assert_non_null(train->signals);
    const int64_t ptr[] = {0, 3, 4}, time[] = {5, 15, 25, 12};
    assert_memory_equal(train->signals->ptr, ptr, sizeof ptr);
    assert_memory_equal(train->signals->time, time, sizeof time);
    assert_int_equal(train->signals->kind[1], VT_EVENT_CART);
    vt_interactions_free(train);
    check_ok(vt_interactions_create(&train, s, split, 1U << T | 1U << V | VT_PARTS_SIGNALS, &err));
    assert_int_equal(train->signals->n, 6);
    vt_interactions_free(train);
    check_ok(vt_interactions_create(&train, s, NULL, VT_PARTS_SIGNALS, &err));
    assert_int_equal(train->signals->n, 7);
    vt_interactions_free(train);
    vt_split_free(split);
    vt_snapshot_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_before_what_is_held_out),
        cmocka_unit_test(beside_the_events),
    };
    return cmocka_run_group_tests_name("signals", tests, NULL, NULL);
}
