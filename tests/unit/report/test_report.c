/* Reports of a comparison made by hand: the same figures in each form, names that cannot break out of a page. */
#include "fault.h"

#include <math.h>

#include "base/json.h"
#include "vitrine/report.h"

enum { K = 0 };

static vt_slice slices[2][2];

/* Two models at one cutoff, NDCG .25 and .5, HR .5 and .75, on 1,234 users; two slices of one group. */
static void make_rows(vt_report_row rows[2])
{
    static const char *const names[] = {"a|b<i>", "second_one"};
    memset(rows, 0, 2 * sizeof *rows);
    for (int r = 0; r < 2; r++) {
        vt_evaluation *result = &rows[r].result;
        rows[r].name = names[r];
        rows[r].settings = "k=5";
        snprintf(result->protocol, sizeof result->protocol, "time:0.8,0.1,0.1 <x>");
        result->users = 1234;
        result->n_cutoffs = 1;
        result->cutoff[0] = 10;
        result->fit_seconds = 0.5 + r;
        for (int m = 0; m < VT_METRICS; m++) {
            result->figure[K][m] = (vt_figure){NAN, NAN, NAN};
        }
        result->figure[K][VT_METRIC_NDCG] = (vt_figure){0.25 + 0.25 * r, 0.2 + 0.25 * r, 0.3 + 0.25 * r};
        result->figure[K][VT_METRIC_HR] = (vt_figure){0.5 + 0.25 * r, NAN, NAN};
        for (int s = 0; s < 2; s++) {
            slices[r][s] = (vt_slice){.group = "history", .users = 100 + s};
            snprintf(slices[r][s].name, sizeof slices[r][s].name, "part %d", s);
            slices[r][s].figure[K][VT_SLICE_NDCG] = (vt_figure){0.125, NAN, NAN};
        }
        result->slices = slices[r];
        result->n_slices = 2;
    }
    rows[1].compared = true;
    rows[1].comparison.metric[K][VT_METRIC_NDCG] = (vt_difference){{0.25, 0.2, 0.3}, 0.004};
}

static vt_report make_report(vt_report_row rows[2], vt_report_failure *failure)
{
    make_rows(rows);
    *failure = (vt_report_failure){"third", VT_ERROR_INIT};
    vt_fail(&failure->error, VT_ERR_UNSUPPORTED, "no <ratings>");
    return (vt_report){.rows = rows,
                       .n_rows = 2,
                       .failures = failure,
                       .n_failures = 1,
                       .baseline = rows[0].name,
                       .snapshot = "0123456789abcdef",
                       .seed = 42};
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;
    for (const char *at = strstr(text, what); at != NULL; at = strstr(at + 1, what)) {
        n++;
    }
    return n;
}

static void a_page_shows_figures_and_pictures(void **state)
{
    (void)state;
    vt_report_row rows[2];
    vt_report_failure failure;
    const vt_report report = make_report(rows, &failure);
    vt_text text = {NULL, 0};
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_report_html(&text, &report, &err));
    assert_int_equal(strlen(text.data), text.len);
    assert_int_equal(count(text.data, "<svg"), 4); /* NDCG, HR, the time of fitting, one group of slices */
    assert_int_equal(count(text.data, "<i>"), 0);
    assert_true(count(text.data, "a|b&lt;i&gt;") > 4);
    assert_non_null(strstr(text.data, "time:0.8,0.1,0.1 &lt;x&gt;"));
    assert_non_null(strstr(text.data, "1,234 users"));
    assert_non_null(strstr(text.data, "0.5000"));
    assert_non_null(strstr(text.data, "+0.2500"));
    assert_non_null(strstr(text.data, "third: no &lt;ratings&gt;"));
    assert_int_equal(count(text.data, "<script"), 0);
    vt_text_free(&text);
    assert_null(text.data);
}

static void markdown_shows_the_same(void **state)
{
    (void)state;
    vt_report_row rows[2];
    vt_report_failure failure;
    const vt_report report = make_report(rows, &failure);
    vt_text text = {NULL, 0};
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_report_markdown(&text, &report, &err));
    assert_non_null(strstr(text.data, "| a\\|b\\<i> | 0.2500 (0.2000-0.3000) |"));
    assert_non_null(strstr(text.data, "+0.2500 (+0.2000 to +0.3000, p 0.004)"));
    assert_non_null(strstr(text.data, "| history part 1 | 101 | 0.1250 | 0.1250 |"));
    assert_non_null(strstr(text.data, "## Left out\n\n- third: no <ratings>\n"));
    vt_text_free(&text);
}

static void json_has_every_figure(void **state)
{
    (void)state;
    vt_report_row rows[2];
    vt_report_failure failure;
    const vt_report report = make_report(rows, &failure);
    vt_text text = {NULL, 0};
    vt_error err = VT_ERROR_INIT;
    vt_json_reader *reader = NULL;
    yyjson_val *root = NULL;
    check_ok(vt_report_json(&text, &report, false, &err));
    assert_int_equal(count(text.data, "\n"), 1); /* one line */
    check_ok(vt_json_reader_create(&reader, &err));
    check_ok(vt_json_read(reader, (vt_str){text.data, text.len}, &root, &err));
    yyjson_val *second = yyjson_arr_get(yyjson_obj_get(root, "models"), 1);
    double ndcg = yyjson_get_num(yyjson_ptr_get(second, "/metrics/ndcg/10/value"));
    assert_true(fabs(ndcg - 0.5) < 1e-12);
    assert_true(yyjson_is_null(yyjson_ptr_get(second, "/metrics/hr/10/low")));
    assert_true(fabs(yyjson_get_num(yyjson_ptr_get(second, "/against_baseline/ndcg/10/p")) - 0.004) < 1e-12);
    assert_string_equal(yyjson_get_str(yyjson_ptr_get(root, "/failed/0/code")), "unsupported");
    vt_json_reader_free(reader);
    vt_text_free(&text);
}

static int write_all(void *context, vt_error *err)
{
    const vt_report *report = context;
    vt_text text = {NULL, 0};
    int status = vt_report_html(&text, report, err);
    vt_text_free(&text);
    status = status == VT_OK ? vt_report_markdown(&text, report, err) : status;
    vt_text_free(&text);
    status = status == VT_OK ? vt_report_json(&text, report, true, err) : status;
    vt_text_free(&text);
    return status;
}

static void memory_that_runs_out_is_said(void **state)
{
    (void)state;
    vt_report_row rows[2];
    vt_report_failure failure;
    vt_report report = make_report(rows, &failure);
    assert_true(fault_allocations(write_all, &report) > 3);
}

/* ---- an explanation as a picture --------------------------------------------------------------------------------- */

static void past_events_are_drawn(void **state)
{
    (void)state;
    static const double by_event[] = {0.5, -0.25};
    static const float attention[] = {0.2F, 0.5F, 0.3F};
    static const vt_score_part part = {VT_REASON_RELATION, "together", 0.25, NAN, by_event};
    static const size_t newest[] = {1, 0};
    vt_why_event events[] = {{"A", "Tea <green>", 0, VT_EVENT_PURCHASE, NAN, 0.5, 0.5, 0.1, 2},
                             {"B", "", VT_NONE, VT_EVENT_VIEW, NAN, -0.25, 0.3, (double)INFINITY, 0}};
    vt_why why = {
        .item = "C",
        .title = "Pot & lid",
        .model = "fusion",
        .explanation = {.parts = &part, .n_parts = 1, .n_events = 2, .layers = 1, .heads = 1, .attention = attention},
        .events = events,
        .newest = newest,
        .n_events = 2};
    vt_text text = {NULL, 0};
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_why_svg(&text, &why, &err));
    assert_non_null(strstr(text.data, "Pot &amp; lid"));
    assert_non_null(strstr(text.data, "Tea &lt;green&gt;"));
    assert_non_null(strstr(text.data, ">+0.500<"));
    assert_non_null(strstr(text.data, ">-0.250<"));
    assert_non_null(strstr(text.data, ">50 %<"));
    assert_non_null(strstr(text.data, ">all<")); /* without that event there is no evidence at all */
    assert_true(strstr(text.data, ">B ") < strstr(text.data, "Tea &lt;green&gt;")); /* the newest first */
    vt_text_free(&text);
    why.n_events = 0;
    assert_int_equal(vt_why_svg(&text, &why, &err), VT_ERR_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_shows_figures_and_pictures),
        cmocka_unit_test(markdown_shows_the_same),
        cmocka_unit_test(json_has_every_figure),
        cmocka_unit_test(memory_that_runs_out_is_said),
        cmocka_unit_test(past_events_are_drawn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
