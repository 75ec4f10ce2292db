/* Parameters by a table of cases: what each type takes and what it refuses. */
#include "serve_fixture.h"

#include <math.h>

#include "base/clock.h"

static const vt_query_param rows[] = {
    {"text", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, ""},
    {"n", VT_QUERY_INT, false, 1, 1000, "10", NULL, ""},
    {"below", VT_QUERY_INT, false, -5, 5, NULL, NULL, ""},
    {"part", VT_QUERY_REAL, false, 0, 1, NULL, NULL, ""},
    {"flag", VT_QUERY_FLAG, false, 0, 0, NULL, NULL, ""},
    {"kind", VT_QUERY_CHOICE, false, 0, 0, NULL, "view|cart", ""},
    {"since", VT_QUERY_TIME, false, 0, 0, NULL, NULL, ""},
    {NULL, 0, false, 0, 0, NULL, NULL, NULL},
};
static const vt_query_param more_rows[] = {
    {"item", VT_QUERY_TEXT, true, 0, 0, NULL, NULL, ""},
    {NULL, 0, false, 0, 0, NULL, NULL, NULL},
};
static const vt_query_param *const tables[] = {rows, more_rows, NULL};
static const vt_route route = {.params = tables};

static int check(fixture *f, const char *query, vt_error *err)
{
    char target[400];
    snprintf(target, sizeof target, "/x?%s", query);
    vt_call_reset(f->call);
    f->call->route = &route;
    f->call->target = vt_arena_str(f->call->arena, vt_str_of(target), err);
    int status = vt_call_split(f->call, err);
    return status != VT_OK ? status : vt_query_check(f->call, tables, err);
}

static void what_passes_and_what_does_not(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *query;
        const char *why; /* part of the message; NULL: it passes */
    } cases[] = {
        {"", NULL},
        {"&&", NULL},
        {"text=", NULL},
        {"text=a%20b", NULL},
        {"n=1", NULL},
        {"n=1000", NULL},
        {"n=0", "a whole number from 1 to 1000"},
        {"n=1001", "a whole number from 1 to 1000"},
        {"n=", "a whole number"},
        {"n", "a whole number"},
        {"n=1.0", "a whole number"},
        {"n=%201", "a whole number"},
        {"n=99999999999999999999", "a whole number"},
        {"below=-5", NULL},
        {"below=-6", "from -5 to 5"},
        {"part=0.5", NULL},
        {"part=1.01", "a number from 0 to 1"},
        {"part=nan", "a number from 0 to 1"},
        {"part=inf", "a number from 0 to 1"},
        {"flag=true", NULL},
        {"flag=0", NULL},
        {"flag=", "true or false"},
        {"flag=True", "true or false"},
        {"flag=yes", "true or false"},
        {"kind=cart", NULL},
        {"kind=car", "one of view|cart"},
        {"kind=view|cart", "one of view|cart"},
        {"kind=", "one of view|cart"},
        {"since=2026-10-01T08:00:00Z", NULL},
        {"since=1790000000", NULL},
        {"since=soon", "a time such as"},
        {"n=1&n=1", "\"n\" is given twice"},
        {"item=a&item=b&item=a", NULL},
        {"nn=1", "did you mean \"n\"?"},
        {"somethingelse=1", "there is no parameter \"somethingelse\" here"},
        {"=1", "there is no parameter \"\""},
        {"N=1", "there is no parameter \"N\""},
        {"text=%00", "no UTF-8, or a NUL"},
        {"text=%ff", "no UTF-8"},
        {"text=%4", "two hexadecimal digits"},
        {"%6e=7", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        vt_error err = VT_ERROR_INIT;
        int status = check(f, cases[i].query, &err);
        if ((status == VT_OK) != (cases[i].why == NULL) ||
            (status != VT_OK && strstr(err.message, cases[i].why) == NULL)) {
            fail_msg("%s: status %d, %s", cases[i].query, status, err.message);
        }
        assert_true(status == VT_OK || vt_problem_status(err.code) == 400);
    }
}

static void values_are_read_as_what_they_are(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    check_ok(check(f, "text=a+b%2B&below=-3&part=.25&flag=1&since=1970-01-01T00:01:00Z&item=x&item=y", &err));
    assert_string_equal(vt_given_text(f->call, "text"), "a b+");
    assert_int_equal(vt_given_int(f->call, "below"), -3);
    assert_int_equal(vt_given_int(f->call, "n"), 10); /* by default */
    assert_true(vt_given_real(f->call, "part") == .25);
    assert_true(vt_given_flag(f->call, "flag"));
    assert_int_equal(vt_given_time(f->call, "since"), 60);
    assert_string_equal(vt_given_text(f->call, "item"), "y"); /* the last one */
    check_ok(check(f, "", &err));
    assert_null(vt_given_text(f->call, "text"));
    assert_true(vt_given_int(f->call, "below") == VT_NONE && vt_given_time(f->call, "since") == VT_NONE);
    assert_true(isnan(vt_given_real(f->call, "part")) && !vt_given_flag(f->call, "flag"));
}

static void parameters_have_a_cap(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    char query[400] = "";
    for (int i = 0; i < VT_QUERY_VALUES_MAX; i++) {
        strncat(query, "item&", sizeof query - strlen(query) - 1);
    }
    check_ok(check(f, query, &err));
    assert_int_equal(f->call->n_query, VT_QUERY_VALUES_MAX);
    strncat(query, "item", sizeof query - strlen(query) - 1);
    assert_int_equal(check(f, query, &err), VT_ERR_FORMAT);
    assert_non_null(strstr(err.message, "at most 64 parameters"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_passes_and_what_does_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(values_are_read_as_what_they_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(parameters_have_a_cap, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
