/* An answer by hand: what goes in comes out, in texts, JSON and CSV; nothing that is not a number is ever shown. */
#include "check.h"
#include "fault.h"

#include "insight/document.h"
#include "insight/number_text.h"

static void fill(vt_document *d)
{
    vt_document_setting(d, "EUR", "Europe/Berlin");
    vt_document_lead(d, "Revenue is %s.", "up");
    vt_document_lead(d, "Tea makes most of it.");
    vt_document_note(d, "%d lines have no cost.", 3);
    vt_document_compared(d, "revenue", 123450, 100000);
    vt_document_remark(d, "today so far");
    vt_document_compared(d, "margin", .25, .3);
    vt_document_figure(d, "orders", NAN);
    vt_document_interval(d, -INFINITY, 7);
    vt_document_table(d, "categories", "Categories");
    vt_document_column(d, "category", "Category", VT_UNIT_TEXT);
    vt_document_metric(d, "revenue");
    vt_document_metric_interval(d, "revenue");
    vt_document_column(d, "first", "First sale", VT_UNIT_DATE);
    vt_document_text(d, vt_str_of("=Tea, \"green\""));
    vt_document_number(d, 100050);
    vt_document_number(d, 90000.4);
    vt_document_number(d, INFINITY);
    vt_document_number(d, 20000);
    vt_document_text(d, (vt_str){NULL, 0});
    for (int i = 0; i < 4; i++) {
        vt_document_number(d, NAN);
    }
}

static int make(vt_insight **out, vt_error *err)
{
    vt_document *d = NULL;
    int status = vt_document_create(&d, "overview", err);
    if (status != VT_OK) {
        return status;
    }
    fill(d);
    return vt_document_finish(out, d, err);
}

static void what_goes_in_comes_out(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_insight *insight = NULL;
    check_ok(make(&insight, &err));
    assert_string_equal(insight->lead, "Revenue is up. Tea makes most of it.");
    assert_int_equal(insight->n_notes, 1);
    assert_string_equal(insight->notes[0], "3 lines have no cost.");
    assert_int_equal(insight->n_figures, 3);
    assert_string_equal(insight->figures[0].metric->name, "Revenue");
    assert_string_equal(insight->figures[0].note, "today so far");
    assert_true(isnan(insight->figures[2].value) && isnan(insight->figures[2].low));
    assert_int_equal(insight->n_tables, 1);
    assert_int_equal(insight->tables[0].n_columns, 5);
    assert_int_equal(insight->tables[0].n_rows, 2);
    assert_string_equal(insight->tables[0].columns[2].id, "revenue_low");
    assert_null(insight->tables[0].cells[5].text);
    vt_insight_free(insight);
}

static void json_and_csv(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_insight *insight = NULL;
    vt_text text = {NULL, 0};
    check_ok(make(&insight, &err));
    check_ok(vt_insight_json(&text, insight, false, &err));
    assert_non_null(strstr(text.data, "\"id\":\"revenue\",\"name\":\"Revenue\",\"unit\":\"money\",\"value\":1234.5,"
                                      "\"before\":1000"));
    assert_non_null(strstr(text.data, "\"change\":0.2345"));
    assert_non_null(strstr(text.data, "\"id\":\"orders\",\"name\":\"Orders\",\"unit\":\"count\",\"value\":null"));
    assert_non_null(strstr(text.data, "\"revenue_high\":null,\"first\":\"2024-10-04\""));
    assert_null(strstr(text.data, "nan"));
    assert_null(strstr(text.data, "inf"));
    vt_text_free(&text);
    check_ok(vt_insight_csv(&text, insight, NULL, &err));
    assert_string_equal(text.data, "id,name,unit,value,before,low,high\n"
                                   "revenue,Revenue,money,1234.50,1000.00,,\n"
                                   "margin,Margin,share,0.25,0.3,,\n"
                                   "orders,Orders,count,,,,7\n");
    vt_text_free(&text);
    check_ok(vt_insight_csv(&text, insight, "categories", &err));
    assert_string_equal(text.data, "category,revenue,revenue_low,revenue_high,first\n"
                                   "\"'=Tea, \"\"green\"\"\",1000.50,900.00,,2024-10-04\n"
                                   ",,,,\n");
    vt_text_free(&text);
    assert_int_equal(vt_insight_csv(&text, insight, "brands", &err), VT_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "categories"));
    vt_insight_free(insight);
}

static void numbers_as_text(void **state)
{
    (void)state;
    static const struct {
        double number;
        vt_unit unit;
        const char *text;
    } cases[] = {
        {1234567, VT_UNIT_COUNT, "1,234,567"}, {-150.4, VT_UNIT_MONEY, "-1.50 EUR"}, {.1234, VT_UNIT_SHARE, "12.3 %"},
        {3.25, VT_UNIT_DAYS, "3.2 d"},         {42.6, VT_UNIT_DAYS, "43 d"},         {0, VT_UNIT_DATE, "1970-01-01"},
        {.24331, VT_UNIT_NUMBER, "0.2433"},    {4.41357, VT_UNIT_NUMBER, "4.414"},   {NAN, VT_UNIT_MONEY, "-"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[64];
        vt_insight_format(text, cases[i].number, cases[i].unit, "EUR");
        assert_string_equal(text, cases[i].text);
    }
    char change[64];
    vt_insight_format_change(change, 112, 100, VT_UNIT_MONEY);
    assert_string_equal(change, "+12.0 %");
    vt_insight_format_change(change, .21, .225, VT_UNIT_SHARE);
    assert_string_equal(change, "-1.5 pts");
    vt_insight_format_change(change, 5, 0, VT_UNIT_COUNT);
    assert_string_equal(change, "");
    vt_insight_format_change(change, 5, NAN, VT_UNIT_COUNT);
    assert_string_equal(change, "");
}

static int make_and_free(void *context, vt_error *err)
{
    (void)context;
    vt_insight *insight = NULL;
    int status = make(&insight, err);
    vt_insight_free(insight);
    return status;
}

static void no_memory(void **state)
{
    (void)state;
    assert_true(fault_allocations(make_and_free, NULL) > 5);
}

static void metrics_have_one_row(void **state)
{
    (void)state;
    const vt_metric_definition *m;
    for (size_t i = 0; (m = vt_metric_at(i)) != NULL; i++) {
        assert_ptr_equal(vt_metric_find(m->id), m);
        assert_true(m->name[0] != '\0' && m->formula[0] != '\0' && m->notes != NULL);
    }
    assert_null(vt_metric_find("no such metric"));
}

/* docs/metrics.md defines what the table has, by the same words. */
static void metrics_are_documented(void **state)
{
    (void)state;
    const char *source = getenv("VITRINE_SOURCE");
    vt_error err = VT_ERROR_INIT;
    vt_mapping page;
    char path[4096];
    assert_non_null(source);
    snprintf(path, sizeof path, "%s/docs/metrics.md", source);
    check_ok(vt_file_map(&page, path, &err));
    const vt_metric_definition *m;
    for (size_t i = 0; (m = vt_metric_at(i)) != NULL; i++) {
        char row[512];
        int len = snprintf(row, sizeof row, "| `%s` | %s | ", m->id, m->name);
        if (memmem(page.data, page.size, row, (size_t)len) == NULL) {
            fail_msg("docs/metrics.md has no row \"%s\"", row);
        }
        if (memmem(page.data, page.size, m->formula, strlen(m->formula)) == NULL) {
            fail_msg("docs/metrics.md does not have the formula of %s: %s", m->id, m->formula);
        }
    }
    vt_file_unmap(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_in_comes_out), cmocka_unit_test(json_and_csv),
        cmocka_unit_test(numbers_as_text),        cmocka_unit_test(no_memory),
        cmocka_unit_test(metrics_have_one_row),   cmocka_unit_test(metrics_are_documented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
