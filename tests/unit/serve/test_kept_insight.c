/* Answers of insight are given again while they hold: to whom it may concern, and never of who was erased. */
#include "fault.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "serve/kept_insight.h"

enum { NOW = 10000 };

static vt_kept_moment moment_of(int64_t generation, unsigned stamp, double now)
{
    return (vt_kept_moment){.mark = {generation, stamp}, .now = now};
}

/* Whether the answer to `key` is given, and is `expected`. */
static bool gives(vt_kept_insight *kept, const char *key, double max_age, vt_kept_moment moment, const char *expected)
{
    vt_text got = {NULL, 0};
    double age = -1;
    if (!vt_kept_insight_get(&got, &age, kept, vt_str_of(key), max_age, &moment)) {
        return false;
    }
    assert_string_equal(got.data, expected);
    assert_int_equal(got.len, strlen(expected));
    assert_true(age >= 0 && age <= max_age);
    vt_text_free(&got);
    return true;
}

static void put(vt_kept_insight *kept, const char *key, vt_kept_moment moment, double cost, char *answer)
{
    vt_text text = {answer, strlen(answer)}, got;
    double age;
    assert_false(vt_kept_insight_get(&got, &age, kept, vt_str_of(key), 0, &moment));
    vt_kept_insight_put(kept, vt_str_of(key), &moment, cost, &text);
}

static void test_unchanged_shop(void **state)
{
    vt_kept_insight *kept = NULL;
    (void)state;
    assert_int_equal(vt_kept_insight_open(&kept, NULL), VT_OK);
    put(kept, "overview", moment_of(1, 1, NOW), .001, "one");
    assert_true(gives(kept, "overview", 3600, moment_of(1, 1, NOW + 3000), "one"));
    assert_false(gives(kept, "overview", 100, moment_of(1, 1, NOW + 101), "one"));
    assert_false(gives(kept, "overview", 1e9, moment_of(1, 1, NOW + VT_KEPT_SECONDS_MAX + 1), "one"));
    assert_false(gives(kept, "overview?n=2", 3600, moment_of(1, 1, NOW), "one"));
    vt_kept_insight_close(kept);
}

static void test_changed_shop(void **state)
{
    vt_kept_insight *kept = NULL;
    (void)state;
    assert_int_equal(vt_kept_insight_open(&kept, NULL), VT_OK);
    put(kept, "quick", moment_of(1, 1, NOW), .001, "q");
    put(kept, "slow", moment_of(1, 1, NOW), 2, "s");
    assert_false(gives(kept, "quick", 3600, moment_of(1, 2, NOW + 2), "q"));
    assert_true(gives(kept, "slow", 3600, moment_of(1, 2, NOW + 1999), "s"));
    assert_false(gives(kept, "slow", 3600, moment_of(1, 2, NOW + 2001), "s"));
    assert_false(gives(kept, "slow", 3600, moment_of(2, 1, NOW + 1), "s")); /* another generation */
    put(kept, "slow", moment_of(1, 2, NOW + 2001), 2, "newer");
    assert_true(gives(kept, "slow", 3600, moment_of(1, 2, NOW + 2002), "newer"));
    vt_kept_insight_close(kept);
}

static void test_dropped(void **state)
{
    vt_kept_insight *kept = NULL;
    vt_kept_moment begun = moment_of(1, 1, NOW);
    vt_text text = {(char[]){"named"}, 5}, got;
    double age;
    (void)state;
    assert_int_equal(vt_kept_insight_open(&kept, NULL), VT_OK);
    put(kept, "a", begun, 1, "a");
    assert_false(vt_kept_insight_get(&got, &age, kept, vt_str_of("b"), 3600, &begun));
    vt_kept_insight_drop(kept);
    vt_kept_insight_put(kept, vt_str_of("b"), &begun, 1, &text); /* was at work when all was dropped */
    assert_false(gives(kept, "a", 3600, begun, "a"));
    assert_false(gives(kept, "b", 3600, begun, "named"));
    vt_kept_insight_close(kept);
}

static void test_bounded(void **state)
{
    enum { BYTES = 1 << 20, ANSWERS = 2000 };
    vt_kept_insight *kept = NULL;
    char *large = malloc(BYTES + 1), key[32];
    int given = 0;
    (void)state;
    assert_non_null(large);
    memset(large, 'x', BYTES);
    large[BYTES] = '\0';
    assert_int_equal(vt_kept_insight_open(&kept, NULL), VT_OK);
    for (int i = 0; i < 100; i++) {
        snprintf(key, sizeof key, "large %d", i);
        put(kept, key, moment_of(1, 1, NOW + i), 1, large);
    }
    for (int i = 0; i < 100; i++) {
        snprintf(key, sizeof key, "large %d", i);
        given += gives(kept, key, 3600, moment_of(1, 1, NOW + 100), large);
    }
    assert_int_equal(given, VT_KEPT_BYTES_MAX / BYTES - 1); /* keys take a little */
    assert_true(gives(kept, "large 99", 3600, moment_of(1, 1, NOW + 100), large));
    for (int i = 0; i < ANSWERS; i++) {
        snprintf(key, sizeof key, "small %d", i);
        put(kept, key, moment_of(1, 1, NOW + 200 + i), 1, "s");
    }
    assert_true(gives(kept, key, 3600, moment_of(1, 1, NOW + 200 + ANSWERS), "s"));
    assert_false(gives(kept, "small 0", 3600, moment_of(1, 1, NOW + 200 + ANSWERS), "s"));
    vt_kept_insight_close(kept);
    free(large);
}

/* Whether one made `age` seconds ago, in `cost`, will hold in `ahead` seconds of a shop that has changed or not. */
static bool lasts(double cost, double age, double ahead, bool changed)
{
    vt_kept_insight *kept = NULL;
    vt_kept_moment now = moment_of(1, changed ? 2 : 1, NOW + age), other = moment_of(2, 1, NOW + age);
    assert_int_equal(vt_kept_insight_open(&kept, NULL), VT_OK);
    assert_false(vt_kept_insight_lasts(kept, vt_str_of("a"), 0, &now));
    put(kept, "a", moment_of(1, 1, NOW), cost, "one");
    bool lasts = vt_kept_insight_lasts(kept, vt_str_of("a"), ahead, &now);
    assert_false(vt_kept_insight_lasts(kept, vt_str_of("a"), ahead, &other));
    vt_kept_insight_close(kept);
    return lasts;
}

static void test_lasts(void **state)
{
    (void)state;
    assert_true(lasts(1, 900, 60, true));
    assert_false(lasts(1, 941, 60, true));
    assert_true(lasts(.001, 900, 60, false));
    assert_true(lasts(1, VT_KEPT_SECONDS_MAX - 61, 60, false));
    assert_false(lasts(100, VT_KEPT_SECONDS_MAX - 59, 60, false));
    assert_false(lasts(100, 0, INFINITY, false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unchanged_shop), cmocka_unit_test(test_changed_shop), cmocka_unit_test(test_dropped),
        cmocka_unit_test(test_lasts),          cmocka_unit_test(test_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
