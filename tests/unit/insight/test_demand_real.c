/* Forecasts of real series, ../shared/data/intermittent_demand, the last 12 periods held out: bars and order. */
#include "check.h"
#include "real_data.h"

#include <math.h>

#include "insight/demand/backtest.h"
#include "insight/demand/series_file.h"
#include "insight/demand/stl.h"

enum { H = 12, SOME = 60 /* series for the slow methods */ };

/* Mean MASE of a method over the first `n` series of a file; -1 with the data absent. */
static double mase_of(const char *name, vt_forecast_method method, size_t period, size_t n)
{
    char path[512];
    vt_error err = VT_ERROR_INIT;
    vt_series_set *set = NULL;
    if (data_file(path, name) == NULL) {
        return -1.0;
    }
    check_ok(vt_series_file_read(&set, path, &err));
    vt_forecast_options o;
    vt_backtest_options b;
    vt_forecast_options_init(&o);
    vt_backtest_options_init(&b);
    o.period = period;
    o.horizon = H;
    double sum = 0.0, count = 0.0;
    for (size_t s = 0; s < set->n_series && s < n; s++) {
        vt_backtest found;
        check_ok(vt_backtest_run(&found, set->values + s * set->n, set->n, method, &o, &b, &err));
        sum += found.mase;
        count += 1.0;
    }
    vt_series_set_free(set);
    return sum / count;
}

/* Figures of statsforecast 2.1.1 for the same split stand beside (docs/quality.md). */
static void as_good_as_the_peer(void **state)
{
    (void)state;
    double dynamic = mase_of("intermittent_demand/hospital.csv.gz", VT_FORECAST_THETA_DYNAMIC, 12, 1000);
    if (dynamic < 0.0) {
        skip();
    }
    assert_true(dynamic < 0.7564);
    assert_true(mase_of("intermittent_demand/hospital.csv.gz", VT_FORECAST_THETA, 12, 1000) < 0.7610);
    assert_true(mase_of("intermittent_demand/hospital.csv.gz", VT_FORECAST_TSB, 12, 1000) < 0.8040);
    assert_true(fabs(mase_of("intermittent_demand/jewelry.csv.gz", VT_FORECAST_CROSTON, 52, 1000) - 0.7945) < 1e-4);
    assert_true(mase_of("intermittent_demand/jewelry.csv.gz", VT_FORECAST_ETS, 52, 1000) < 2.0025);
    assert_true(mase_of("intermittent_demand/visitors.csv.gz", VT_FORECAST_ETS, 12, 1) < 0.6025);
}

static void combination_is_ahead_of_its_members(void **state)
{
    (void)state;
    static const vt_forecast_method members[] = {VT_FORECAST_ETS, VT_FORECAST_THETA_DYNAMIC, VT_FORECAST_SEASONAL_NAIVE,
                                                 VT_FORECAST_CROSTON};
    double all = mase_of("intermittent_demand/hospital.csv.gz", VT_FORECAST_COMBINATION, 12, SOME);
    if (all < 0.0) {
        skip();
    }
    for (size_t m = 0; m < 4; m++) {
        double one = mase_of("intermittent_demand/hospital.csv.gz", members[m], 12, SOME);
        print_message("%s %.4f, combination %.4f\n", vt_forecast_method_info(members[m])->name, one, all);
        assert_true(all < one);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_good_as_the_peer),
        cmocka_unit_test(combination_is_ahead_of_its_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
