/* Edit distance by hand-counted examples, and what is near enough to be suggested. */
#include "check.h"

#include "base/suggest.h"

static size_t distance(const char *a, const char *b)
{
    return vt_edit_distance(a, strlen(a), b, strlen(b));
}

static void distances(void **state)
{
    (void)state;
    static const struct {
        const char *a;
        const char *b;
        size_t steps;
    } cases[] = {
        {"", "", 0},
        {"train", "train", 0},
        {"", "abc", 3},
        {"trian", "train", 1},
        {"trin", "train", 1},
        {"kitten", "sitting", 3},
        {"ca", "abc", 3},
        {"evalute", "evaluate", 1},
        {"a", "b", 1},
        {"similiar", "similar", 1},
        {"dataest", "dataset", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(distance(cases[i].a, cases[i].b), cases[i].steps);
        assert_int_equal(distance(cases[i].b, cases[i].a), cases[i].steps);
    }
    char longer[100];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(distance(longer, "train"), 99);
}

static const char *nearest(const char *wanted)
{
    static const char *const names[] = {"train", "evaluate", "recommend", "similar", "shop"};
    static char best[32];
    vt_suggestion near;
    vt_suggestion_init(&near, wanted, strlen(wanted));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        vt_suggestion_offer(&near, names[i], strlen(names[i]));
    }
    snprintf(best, sizeof best, "%.*s", (int)near.best_len, near.best == NULL ? "" : near.best);
    return best;
}

static void suggestions(void **state)
{
    (void)state;
    assert_string_equal(nearest("trian"), "train");
    assert_string_equal(nearest("recom"), "recommend");
    assert_string_equal(nearest("evaluates"), "evaluate");
    assert_string_equal(nearest("shp"), "shop");
    assert_string_equal(nearest("xyzzy"), "");
    assert_string_equal(nearest(""), "");
    assert_string_equal(nearest("e"), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(distances), cmocka_unit_test(suggestions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
