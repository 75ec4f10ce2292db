/* The answer about demand: sentences that follow from the data, tables that add up, files that cannot be answered. */
#include "answers.h"
#include "check.h"
#include "fault.h"
#include "scratch.h"

#include <math.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/rng.h"
#include "insight/demand/demand_answer.h"

static char path[PATH_MAX];

static void put(const char *text)
{
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_file_put(path, text, strlen(text), false, &err));
}

/* Tea rises, cups fall, both by months. */
static void put_goods(size_t months)
{
    vt_buf text;
    vt_error err = VT_ERROR_INIT;
    vt_rng rng = vt_rng_at(2, "demand-answer", 0, 0);
    vt_buf_init(&text, (size_t)1 << 20);
    check_ok(vt_buf_add_text(&text, "month,tea,cup\n", &err));
    for (size_t i = 0; i < months; i++) {
        double wave = 40.0 * sin(0.5235987755982988 * (double)i);
        check_ok(vt_buf_printf(&text, &err, "%zu-%02zu,%.0f,%.0f\n", 2020 + i / 12, i % 12 + 1,
                               200.0 + 3.0 * (double)i + wave + 2.0 * vt_rng_normal(&rng),
                               90.0 - 1.0 * (double)i + 2.0 * vt_rng_normal(&rng)));
    }
    put(text.data);
    vt_buf_done(&text);
}

static vt_insight *ask(bool backtest, int32_t horizon)
{
    vt_insight_options o;
    vt_insight *insight = NULL;
    vt_document *document = NULL;
    vt_error err = VT_ERROR_INIT;
    vt_insight_options_init(&o);
    o.backtest = backtest;
    o.horizon = horizon;
    check_ok(vt_document_create(&document, "demand", &err));
    check_ok(vt_demand_of_file(document, path, &o, &err));
    check_ok(vt_document_finish(&insight, document, &err));
    return insight;
}

static void says_what_happens(void **state)
{
    (void)state;
    put_goods(48);
    vt_insight *insight = ask(true, 6);
    assert_non_null(strstr(insight->lead, "The next 6 periods are foreseen to bring"));
    assert_non_null(strstr(insight->lead, "Of 2 series 1 rise and 1 fall beyond chance."));
    assert_non_null(strstr(insight->lead, "The season of 12 periods is strong."));
    assert_non_null(strstr(insight->lead, "the combination had a MASE of"));
    const vt_insight_table *forecast = answer_table(insight, "forecast"), *series = answer_table(insight, "series");
    assert_int_equal(forecast->n_rows, 6);
    assert_string_equal(forecast->cells[0].text, "2024-01");
    double sum = 0.0, parts = 0.0;
    for (size_t h = 0; h < 6; h++) {
        const vt_insight_cell *row = forecast->cells + h * forecast->n_columns;
        sum += row[1].number;
        assert_true(row[2].number < row[1].number && row[1].number < row[3].number);
    }
    assert_int_equal(series->n_rows, 2);
    assert_string_equal(series->cells[0].text, "tea");
    assert_string_equal(series->cells[3].text, "rising");
    assert_string_equal(series->cells[series->n_columns + 3].text, "falling");
    for (size_t i = 0; i < 2; i++) {
        parts += series->cells[i * series->n_columns + 2].number;
    }
    assert_true(fabs(sum - parts) < 1e-9 * sum && fabs(insight->figures[0].value - sum) < 1e-9 * sum);
    assert_int_equal(answer_table(insight, "parts")->n_rows, 48);
    assert_int_equal(answer_table(insight, "methods")->n_rows, 6);
    assert_int_equal(insight->n_notes, 0);
    vt_insight_free(insight);
    insight = ask(false, 6);
    assert_null(answer_find_table(insight, "methods"));
    assert_null(strstr(insight->lead, "MASE"));
    vt_insight_free(insight);
}

static void notes_about_the_data(void **state)
{
    (void)state;
    put("series,period,value,stockout\na,1,5,0\na,1,1,0\na,2,,0\na,3,9,1\na,4,6,0\na,5,7,0\n");
    vt_insight *insight = ask(false, 2);
    assert_int_equal(insight->n_notes, 3);
    assert_non_null(strstr(insight->notes[0], "1 values were added"));
    assert_non_null(strstr(insight->notes[1], "1 gaps were filled"));
    assert_non_null(strstr(insight->notes[2], "at least the demand"));
    vt_insight_free(insight);
    put("t,x\n1,0\n2,0\n3,0\n");
    insight = ask(false, 12);
    assert_true(insight->figures[0].value == 0.0);
    vt_insight_free(insight);
}

static void what_cannot_be_answered(void **state)
{
    (void)state;
    vt_insight_options o;
    vt_document *document = NULL;
    vt_error err = VT_ERROR_INIT;
    vt_insight_options_init(&o);
    o.backtest = true;
    put("t,x\n1,4\n2,5\n");
    check_ok(vt_document_create(&document, "demand", &err));
    assert_int_equal(vt_demand_of_file(document, path, &o, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "lower the horizon"));
    put("t,x\n1,four\n");
    assert_int_equal(vt_demand_of_file(document, path, &o, &err), VT_ERR_FORMAT);
    vt_document_free(document);
}

int main(void)
{
    scratch folder;
    scratch_init(&folder);
    snprintf(path, sizeof path, "%s", scratch_path(&folder, "series.csv"));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_happens),
        cmocka_unit_test(notes_about_the_data),
        cmocka_unit_test(what_cannot_be_answered),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_done(&folder);
    return failed;
}
