/*
 * The CDNOW data beside what Fader and Hardie, BTYD and lifetimes publish (shared/data/cdnow/README.md): parameters,
 * likelihood, expectations, and the hold-out of weeks 40 to 78.
 */
#include "check.h"

#include <math.h>

#include "insight/clv/forecast.h"
#include "insight/clv/holdout.h"
#include "insight/clv/transactions.h"
#include "real_data.h"

#define UNTIL 10134 /* 1997-09-30, the end of week 39 */

typedef struct cdnow {
    vt_transactions transactions;
    vt_clv_summary summary;
    vt_clv_groups groups;
} cdnow;

static bool open_cdnow(cdnow *data, const char *name)
{
    vt_error err = VT_ERROR_INIT;
    char path[512];
    vt_transactions_options options;
    vt_clv_summary_options of_summary;
    if (data_file(path, name) == NULL) {
        return false;
    }
    vt_transactions_options_init(&options);
    vt_clv_summary_options_init(&of_summary);
    of_summary.until = UNTIL;
    check_ok(vt_transactions_read(&data->transactions, path, &options, &err));
    vt_clv_purchases purchases = vt_transactions_purchases(&data->transactions);
    check_ok(vt_clv_summarise(&data->summary, &purchases, &of_summary, &err));
    const vt_clv_summary *s = &data->summary;
    check_ok(vt_clv_groups_make(&data->groups, s->frequency, s->recency, s->age, s->n, &err));
    return true;
}

static void close_cdnow(cdnow *data)
{
    vt_clv_groups_done(&data->groups);
    vt_clv_summary_done(&data->summary);
    vt_transactions_done(&data->transactions);
}

static void near(double got, double wanted, double by)
{
    if (!(fabs(got - wanted) <= by)) {
        fail_msg("%.10g is not within %g of %.10g", got, by, wanted);
    }
}

/* The summary is that of cdnow_customers_summary_with_transactions.csv, line by line. */
static void summary_is_the_published_one(void **state)
{
    (void)state;
    cdnow data;
    char path[512];
    vt_error err = VT_ERROR_INIT;
    if (data_file(path, "cdnow/cdnow_customers_summary_with_transactions.csv") == NULL ||
        !open_cdnow(&data, "cdnow/CDNOW_sample.txt")) {
        skip();
    }
    vt_stream *stream = NULL;
    vt_csv *csv = NULL;
    const vt_str *field = NULL;
    size_t n = 0;
    check_ok(vt_stream_open(&stream, path, &err));
    check_ok(vt_csv_create(&csv, stream, 0, &err));
    check_ok(vt_csv_row(csv, &field, &n, &err));
    assert_int_equal(data.transactions.skipped, 0);
    assert_int_equal(data.summary.n, 2357);
    for (size_t i = 0; i < data.summary.n; i++) {
        check_ok(vt_csv_row(csv, &field, &n, &err));
        double value[5];
        for (int k = 0; k < 5; k++) {
            assert_true(vt_parse_real(&value[k], field[k]));
        }
        near(data.summary.frequency[i], value[1], 0.0);
        near(data.summary.recency[i], value[2], 0.00501);
        near(data.summary.age[i], value[3], 0.00501);
        near(data.summary.money[i] / 100.0, value[4], 0.00501);
    }
    vt_csv_free(csv);
    vt_stream_close(stream);
    close_cdnow(&data);
}

static void bg_nbd_is_the_published_one(void **state)
{
    (void)state;
    cdnow data;
    vt_error err = VT_ERROR_INIT;
    vt_repeat_model model;
    if (!open_cdnow(&data, "cdnow/CDNOW_sample.txt")) {
        skip();
    }
    check_ok(vt_repeat_fit(&model, &vt_bg_nbd, &data.groups, &err));
    static const double published[] = {0.243, 4.414, 0.793, 2.426};
    for (int k = 0; k < 4; k++) {
        near(model.parameter[k], published[k], 0.0006);
    }
    near(model.log_likelihood, -9582.43, 0.005);
    assert_true(model.certain && model.customers == 2357 && model.groups < 1400);
    static const double ahead[][2] = {{0.1429, 0.0078},  {1, 0.0532},  {3, 0.1506},
                                      {31.8571, 1.0405}, {32, 1.0437}, {78, 1.8576}};
    for (size_t i = 0; i < sizeof ahead / sizeof *ahead; i++) {
        near(vt_repeat_expected(&model, ahead[i][0]), ahead[i][1], 0.00005 + 0.0003 * ahead[i][1]);
    }
    near(vt_repeat_expected_of(&model, &(vt_repeat_customer){2.0, 30.43, 38.86}, 39.0), 1.226, 0.0005);
    close_cdnow(&data);
}

static void pareto_nbd_is_the_published_one(void **state)
{
    (void)state;
    cdnow data;
    vt_error err = VT_ERROR_INIT;
    vt_repeat_model model;
    if (!open_cdnow(&data, "cdnow/CDNOW_sample.txt")) {
        skip();
    }
    check_ok(vt_repeat_fit(&model, &vt_pareto_nbd, &data.groups, &err));
    static const double published[] = {0.553, 10.578, 0.606, 11.669};
    for (int k = 0; k < 4; k++) {
        near(model.parameter[k], published[k], 0.0006);
    }
    near(model.log_likelihood, -9594.98, 0.005); /* Fader, Hardie and Lee 2005, table 2 */
    near(vt_repeat_expected_of(&model, &(vt_repeat_customer){26.0, 30.86, 31.0}, 52.0), 25.46, 0.005);
    close_cdnow(&data);
}

static void gamma_gamma_is_the_published_one(void **state)
{
    (void)state;
    cdnow data;
    vt_error err = VT_ERROR_INIT;
    vt_gamma_gamma model;
    if (!open_cdnow(&data, "cdnow/CDNOW_sample.txt")) {
        skip();
    }
    const vt_clv_summary *s = &data.summary;
    check_ok(vt_gamma_gamma_fit(&model, s->frequency, s->money, s->n, &err));
    near(model.parameter[0], 6.25, 0.005);
    near(model.parameter[1], 3.74, 0.006);
    near(model.parameter[2] / 100.0, 15.44, 0.011);
    assert_true(model.customers == 946 && model.certain && fabs(model.correlation - 0.11) < 0.05);
    static const double published[] = {24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17};
    for (int i = 0; i < 10; i++) {
        near(vt_gamma_gamma_expected(&model, s->frequency[i], s->money[i]) / 100.0, published[i], 0.02);
    }
    close_cdnow(&data);
}

/* Weeks 40 to 78: both models foretell them by frequency, by week and in all. */
static void hold_out_is_foretold(void **state)
{
    (void)state;
    cdnow data;
    vt_error err = VT_ERROR_INIT;
    const vt_repeat_kind *const kinds[] = {&vt_bg_nbd, &vt_pareto_nbd};
    if (!open_cdnow(&data, "cdnow/CDNOW_sample.txt")) {
        skip();
    }
    for (int kind = 0; kind < 2; kind++) {
        vt_repeat_model model;
        vt_holdout h;
        check_ok(vt_repeat_fit(&model, kinds[kind], &data.groups, &err));
        check_ok(vt_holdout_compare(&h, &model, &data.summary, &data.groups, &err));
        print_message("%s: MAE %.3f, rows %.3f, tracking %.1f %%, mean %.3f for %.3f\n", kinds[kind]->title,
                      h.absolute_error, h.rows_error, 100.0 * h.tracking_error, h.all.predicted, h.all.actual);
        for (int k = 0; k < VT_HOLDOUT_ROWS; k++) {
            print_message("  %d: %zu customers, %.3f bought, %.3f foretold\n", k, h.row[k].customers, h.row[k].actual,
                          h.row[k].predicted);
        }
        assert_int_equal(h.all.customers, 2357);
        assert_int_equal(h.row[0].customers, 1411);
        assert_int_equal(h.row[7].customers, 64);
        near(h.row[0].actual, 0.237, 0.0005); /* Fader, Hardie and Lee 2005, figure 3 */
        near(h.row[0].predicted, kind == 0 ? 0.225 : 0.138, 0.001);
        assert_true(h.weeks == 78 && h.weeks_fitted == 39);
        near(h.actual[77] - h.actual[38], h.all.actual * 2357.0, 1e-6);
        assert_true(h.tracking_error < 0.08 && h.absolute_error < 1.0);
        vt_holdout_done(&h);
    }
    close_cdnow(&data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(summary_is_the_published_one),
        cmocka_unit_test(bg_nbd_is_the_published_one),
        cmocka_unit_test(pareto_nbd_is_the_published_one),
        cmocka_unit_test(gamma_gamma_is_the_published_one),
        cmocka_unit_test(hold_out_is_foretold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
