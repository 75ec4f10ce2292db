/* The search space: rows that are read and refused, draws that keep to them, the usual rows of every kind. */
#include "check.h"

#include <math.h>
#include <stdlib.h>

#include "eval/search.h"
#include "fault.h"
#include "model/params.h"

static const vt_model_kind *itemknn(void)
{
    return vt_model_kind_find("itemknn");
}

static void draw(char *out, size_t size, const vt_search *search, uint64_t n)
{
    vt_buf text;
    vt_error err = VT_ERROR_INIT;
    vt_rng rng = vt_rng_at(1, "draw", n, 0);
    vt_buf_init(&text, 1024);
    check_ok(vt_search_draw(&text, search, &rng, &err));
    snprintf(out, size, "%s", text.data == NULL ? "" : text.data);
    vt_buf_done(&text);
}

/* Every kind has rows, and what is drawn of it is what its own table takes. */
static void usual_rows_are_within_the_kinds(void **state)
{
    (void)state;
    size_t n = 0;
    const vt_model_kind *const *kinds = vt_model_kinds(&n);
    for (size_t i = 0; i < n; i++) {
        vt_search search;
        vt_error err = VT_ERROR_INIT;
        check_ok(vt_search_parse(&search, kinds[i], NULL, 0, NULL, 0, &err));
        if (search.n == 0) {
            fail_msg("nothing of %s is searched", kinds[i]->name);
        }
        for (uint64_t t = 0; t < 200; t++) {
            char settings[1024];
            vt_params params;
            draw(settings, sizeof settings, &search, t);
            check_ok(vt_params_init(&params, kinds[i], &err));
            check_ok(vt_params_set(&params, settings, &err));
            vt_params_done(&params);
        }
    }
}

static double value_of(const char *settings, const char *name)
{
    const char *at = strstr(settings, name);
    assert_non_null(at);
    return strtod(at + strlen(name), NULL);
}

static void ranges_and_values(void **state)
{
    (void)state;
    const char *rows[] = {"k=10:1000:log", "shrink=2:4", "b=0.5|0.75"};
    const char *fixed[] = {"similarity=bm25,half_life=30", "pair_half_life=0", "k1=1"};
    vt_search search;
    vt_error err = VT_ERROR_INIT;
    int below = 0;
    int low = 0;
    int half = 0;
    check_ok(vt_search_parse(&search, itemknn(), rows, 3, fixed, 3, &err));
    assert_int_equal(search.n, 3);
    for (uint64_t t = 0; t < 2000; t++) {
        char settings[256];
        draw(settings, sizeof settings, &search, t);
        double k = value_of(settings, "k=");
        double shrink = value_of(settings, "shrink=");
        double b = value_of(settings, "b=");
        assert_true(k >= 10 && k <= 1000 && floor(k) >= k);
        assert_true(shrink >= 2 && shrink <= 4);
        assert_true(b == 0.5 || b == 0.75);
        below += k < 100;
        low += shrink < 3;
        half += b < 0.6;
    }
    /* half of 2000 is 1000 with a deviation of 22 */
    assert_in_range(below, 880, 1110);
    assert_in_range(low, 890, 1110);
    assert_in_range(half, 890, 1110);
}

/* A whole number on a plain range: both ends as often as what lies between. */
static void whole_numbers(void **state)
{
    (void)state;
    const char *rows[] = {"k=1:3"};
    const char *fixed[] = {"similarity=bm25,shrink=0,half_life=0,pair_half_life=0,k1=1,b=0"};
    vt_search search;
    vt_error err = VT_ERROR_INIT;
    int times[4] = {0};
    check_ok(vt_search_parse(&search, itemknn(), rows, 1, fixed, 1, &err));
    for (uint64_t t = 0; t < 3000; t++) {
        char settings[64];
        draw(settings, sizeof settings, &search, t);
        times[(int)value_of(settings, "k=")]++;
    }
    for (int i = 1; i < 4; i++) {
        assert_in_range(times[i], 870, 1130);
    }
}

/* Of the usual rows those that need times go; what a person asks for stays, to be refused by the kind itself. */
static void without_times(void **state)
{
    (void)state;
    const char *rows[] = {"pair_half_life=0|30"};
    vt_search search;
    vt_error err = VT_ERROR_INIT;
    char settings[256];
    check_ok(vt_search_parse(&search, itemknn(), NULL, 0, NULL, 0, &err));
    draw(settings, sizeof settings, &search, 0);
    assert_non_null(strstr(settings, "pair_half_life="));
    size_t all = search.n;
    vt_search_without_times(&search);
    draw(settings, sizeof settings, &search, 0);
    assert_int_equal(search.n, all - 1);
    assert_null(strstr(settings, "pair_half_life="));
    check_ok(vt_search_parse(&search, itemknn(), rows, 1, NULL, 0, &err));
    vt_search_without_times(&search);
    assert_int_equal(search.n, all);
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *row;
        const char *says;
    } wrong[] = {
        {"k", "has no values"},
        {"k=9:3", "begins above its end"},
        {"shrink=0:5:log", "begins at or below 0"},
        {"shrink=1:5:cubic", "unknown scale"},
        {"k=0:5", "a whole number from 1 to 10000"},
        {"shrinc=1:5", "did you mean \"shrink\"?"},
        {"similarity=cosine|sine", "is \"sine\""},
        {"similarity=cosine:bm25", "no number"},
        {"b=0.5|2", "from 0 to 1"},
        {"b=", "is \"\""},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        vt_search search;
        vt_error err = VT_ERROR_INIT;
        assert_int_equal(vt_search_parse(&search, itemknn(), &wrong[i].row, 1, NULL, 0, &err), VT_ERR_USAGE);
        if (strstr(err.message, wrong[i].says) == NULL) {
            fail_msg("%s is refused with \"%s\"", wrong[i].row, err.message);
        }
    }
    const char *both = "k=5:9";
    const char *fixed = "k=5";
    vt_search search;
    vt_error err = VT_ERROR_INIT;
    assert_int_equal(vt_search_parse(&search, itemknn(), &both, 1, &fixed, 1, &err), VT_ERR_USAGE);
    assert_non_null(strstr(err.message, "k is both set and searched"));
}

static int parse(void *context, vt_error *err)
{
    vt_search search;
    (void)context;
    return vt_search_parse(&search, itemknn(), NULL, 0, NULL, 0, err);
}

static void memory_runs_out(void **state)
{
    (void)state;
    assert_true(fault_allocations(parse, NULL) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual_rows_are_within_the_kinds),
        cmocka_unit_test(ranges_and_values),
        cmocka_unit_test(whole_numbers),
        cmocka_unit_test(without_times),
        cmocka_unit_test(refused),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
