/* Events given as texts and as CSV: what belongs to the id, what is a time or a type, what is wrong and where. */
#include "fault.h"
#include "scratch.h"

#include <math.h>

#include "vitrine/given.h"

static void texts(void **state)
{
    (void)state;
    static const struct {
        const char *text, *item;
        int kind;
        double value;
        int64_t time;
    } cases[] = {
        {"JUG-1", "JUG-1", -1, NAN, VT_NONE},
        {"JUG-1@2026-11-01", "JUG-1", -1, NAN, 1793491200},
        {"JUG-1:view", "JUG-1", VT_EVENT_VIEW, NAN, VT_NONE},
        {"JUG-1:rating=4@2026-11-01", "JUG-1", VT_EVENT_RATING, 4, 1793491200},
        {"mug@2", "mug@2", -1, NAN, VT_NONE}, /* no time */
        {"urn:isbn:12", "urn:isbn:12", -1, NAN, VT_NONE},
        {"a:rating=much", "a:rating=much", -1, NAN, VT_NONE},
        {"@2026-11-01", "@2026-11-01", -1, NAN, VT_NONE}, /* an id is needed */
    };
    vt_error err = VT_ERROR_INIT;
    vt_given_events e = {NULL, 0, 0, NULL};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_ok(vt_given_events_add(&e, cases[i].text, &err));
        assert_int_equal(e.n, i + 1);
        assert_string_equal(e.event[i].item, cases[i].item);
        assert_int_equal(e.event[i].kind, cases[i].kind);
        assert_true(isnan(cases[i].value) ? isnan(e.event[i].value) : fabs(e.event[i].value - cases[i].value) < 1e-9);
        assert_true(e.event[i].time == cases[i].time);
    }
    vt_given_events_done(&e);
}

static void rows_of_a_file(void **state)
{
    (void)state;
    static const struct {
        const char *content;
        int status;
        size_t n;
        const char *message;
    } cases[] = {
        {"item,time,type,value\nA,2026-11-01,view,\nB,,,4\n", VT_OK, 2, ""},
        {"Product ID\nA\n", VT_OK, 1, ""},
        {"", VT_ERR_FORMAT, 0, "is empty"},
        {"time,type\n1,view\n", VT_ERR_FORMAT, 0, "has no column \"item\""},
        {"item,time\nA,soon\n", VT_ERR_FORMAT, 0, "e.csv:2: \"time\" is \"soon\""},
        {"item,type\nA,looked\n", VT_ERR_FORMAT, 0, "e.csv:2: \"type\" is \"looked\""},
        {"item,value\nA,x\n", VT_ERR_FORMAT, 0, "e.csv:2: \"value\" is \"x\""},
        {"item,time\n,1700000000\n", VT_ERR_FORMAT, 0, "e.csv:2: there is no item"},
        {"item,time\nA\n", VT_ERR_FORMAT, 0, "e.csv:2: the row has 1 cells; 2 are expected"},
    };
    scratch folder;
    scratch_init(&folder);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        vt_error err = VT_ERROR_INIT;
        vt_given_events e = {NULL, 0, 0, NULL};
        scratch_write(&folder, "e.csv", cases[i].content, strlen(cases[i].content));
        assert_int_equal(vt_given_events_read(&e, scratch_path(&folder, "e.csv"), &err), cases[i].status);
        assert_non_null(strstr(err.message, cases[i].message));
        assert_true(cases[i].status != VT_OK || e.n == cases[i].n);
        if (i == 0) {
            assert_int_equal(e.event[1].kind, VT_EVENT_RATING); /* a value without a type */
        }
        vt_given_events_done(&e);
    }
    scratch_done(&folder);
}

static int add_both(void *context, vt_error *err)
{
    vt_given_events e = {NULL, 0, 0, NULL};
    int status = vt_given_events_add(&e, "A:view", err);
    status = status == VT_OK ? vt_given_events_read(&e, context, err) : status;
    vt_given_events_done(&e);
    return status;
}

static void memory_that_runs_out_is_said(void **state)
{
    (void)state;
    scratch folder;
    scratch_init(&folder);
    scratch_write(&folder, "e.csv", "item\nA\n", 7);
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", scratch_path(&folder, "e.csv"));
    assert_true(fault_allocations(add_both, path) > 3);
    scratch_done(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(rows_of_a_file),
        cmocka_unit_test(memory_that_runs_out_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
