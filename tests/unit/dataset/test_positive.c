/* The positive rule: what counts, and what is said of a rule that cannot be read. */
#include "check.h"

#include <math.h>

#include "dataset/positive.h"
#include "vitrine/snapshot.h"

static bool holds(const char *rule, int kind, double value)
{
    vt_error err = VT_ERROR_INIT;
    vt_positive parsed;
    check_ok(vt_positive_parse(&parsed, rule, &err));
    return vt_positive_holds(&parsed, kind, value);
}

static void default_counts_bought_liked_rated(void **state)
{
    (void)state;
    vt_snapshot_options options;
    vt_snapshot_options_init(&options);
    for (int kind = 0; kind < VT_EVENT_KINDS; kind++) {
        bool expected = kind == VT_EVENT_PURCHASE || kind == VT_EVENT_LIKE || kind == VT_EVENT_RATING;
        assert_int_equal(holds(options.positive, kind, kind == VT_EVENT_RATING ? 1 : (double)NAN), expected);
    }
    assert_true(holds(options.positive, VT_EVENT_RATING, NAN));
    assert_false(holds(options.positive, -1, 5));
    assert_false(holds(options.positive, VT_EVENT_KINDS, 5));
}

static void comparisons_bound_ratings(void **state)
{
    (void)state;
    static const struct {
        const char *rule;
        int expected[3]; /* ratings 3, 4, 5 */
    } cases[] = {
        {"rating>=4", {0, 1, 1}},           {"rating>4", {0, 0, 1}},
        {"rating<=4", {1, 1, 0}},           {"rating<4", {1, 0, 0}},
        {" view | rating == 4", {0, 1, 0}}, {"rating>=3.5|like", {0, 1, 1}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int rating = 3; rating <= 5; rating++) {
            assert_int_equal(holds(cases[i].rule, VT_EVENT_RATING, rating), cases[i].expected[rating - 3]);
        }
        assert_false(holds(cases[i].rule, VT_EVENT_RATING, NAN));
    }
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *rule;
        const char *message;
    } cases[] = {
        {"", "empty alternative"},
        {"purchase|", "empty alternative"},
        {"|", "empty alternative"},
        {"bought", "\"bought\", which is no kind of event"},
        {"Purchase", "\"Purchase\", which is no kind of event"},
        {"rating>=", "compares rating with \"\""},
        {"rating>=four", "compares rating with \"four\""},
        {"rating=4", "\"rating=4\", which is no kind"},
        {"view>1", "only rating has a value"},
        {"like|like", "\"like\" twice"},
        {"rating>=4|rating<2", "\"rating\" twice"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        vt_error err = VT_ERROR_INIT;
        assert_int_equal(vt_positive_check(cases[i].rule, &err), VT_ERR_USAGE);
        if (strstr(err.message, cases[i].message) == NULL) {
            fail_msg("\"%s\" gives: %s", cases[i].rule, err.message);
        }
    }
    char longest[300];
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    vt_error err = VT_ERROR_INIT;
    assert_int_equal(vt_positive_check(longest, &err), VT_ERR_USAGE);
    assert_int_equal(vt_positive_check(NULL, &err), VT_ERR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_counts_bought_liked_rated),
        cmocka_unit_test(comparisons_bound_ratings),
        cmocka_unit_test(says_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
