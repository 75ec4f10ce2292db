/* Sums of futures over the time that stock must last, sorted once. */
#include "insight/demand/stock.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "insight/demand/croston.h"
#include "insight/demand/demand_bootstrap.h"
#include "insight/demand/ets.h"
#include "insight/demand/season.h"
#include "insight/demand/series.h"

#define SELDOM 1.32

/* An error of the season for each future and place, as large as what it was found from leaves open. */
static void shake_season(double *paths, size_t n_paths, size_t horizon, const vt_ets *ets, vt_season_kind kind,
                         size_t n, size_t m, uint64_t seed)
{
    double one = 0.0;
    vt_ets_variance(&one, ets, 1);
    for (size_t p = 0; p < n_paths && kind.seasonal; p++) {
        for (size_t h = 0; h < horizon; h++) {
            vt_rng rng = vt_rng_at(seed, "season-error", p, (n + h) % m);
            paths[p * horizon + h] += sqrt(one * vt_season_error(kind, n, m, h)) * vt_rng_normal(&rng);
        }
    }
}

static int smooth_futures(double *paths, const double *y, size_t n, size_t period, size_t n_paths, size_t horizon,
                          uint64_t seed, vt_error *err)
{
    vt_ets ets = {0};
    bool long_season = period > VT_ETS_PERIOD_MAX && n >= 2 * period;
    size_t m = long_season ? period : 1;
    double *plain = vt_alloc(n + m, sizeof *plain, err);
    if (plain == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_season_kind kind = long_season ? vt_season_take(plain, plain + n, y, n, m) : (vt_season_kind){0};
    int status = vt_ets_select(&ets, long_season ? plain : y, n, long_season ? 1 : period, false, err);
    ets.variance /= status == VT_OK ? vt_season_fitted(kind, n, m) : 1.0;
    for (size_t p = 0; status == VT_OK && p < n_paths; p++) {
        vt_ets_path(paths + p * horizon, &ets, horizon, seed, p);
    }
    if (status == VT_OK && long_season) {
        shake_season(paths, n_paths, horizon, &ets, kind, n, m, seed);
        vt_season_put(paths, n_paths, horizon, plain + n, kind, n, m);
    }
    vt_free(plain);
    return status;
}

int vt_demand_futures(double *paths, const double *y, size_t n, size_t period, size_t n_paths, size_t horizon,
                      uint64_t seed, vt_error *err)
{
    int status = vt_series_check(y, n, err);
    if (status != VT_OK) {
        return status;
    }
    bool negative = false;
    for (size_t i = 0; i < n; i++) {
        negative = negative || y[i] < 0.0;
    }
    double interval = vt_demand_classify(y, n).interval;
    if (!negative && (interval > SELDOM || interval == 0.0)) {
        status = vt_demand_paths(paths, y, n, n_paths, horizon, seed, err);
    } else {
        status = smooth_futures(paths, y, n, period, n_paths, horizon, seed, err);
    }
    for (size_t i = 0; status == VT_OK && i < n_paths * horizon; i++) {
        paths[i] = paths[i] > 0.0 ? paths[i] : 0.0;
    }
    return status;
}

void vt_stock_request_init(vt_stock_request *request)
{
    *request = (vt_stock_request){.lead_time = 1, .service = 0.95};
}

size_t vt_stock_horizon(const vt_stock_request *request)
{
    return request->lead_time + 2 * (request->review > 0 ? request->review : 1);
}

static int check(const vt_stock_request *r, size_t n_paths, size_t horizon, vt_error *err)
{
    if (r->lead_time < 1 || r->lead_time > 1000 || r->review > 1000) {
        return vt_fail(err, VT_ERR_USAGE,
                       "the lead time is %zu and the review %zu periods; 1 to 1,000 and 0 to 1,000 are "
                       "expected",
                       r->lead_time, r->review);
    }
    if (!(r->service > 0.0 && r->service < 1.0)) {
        return vt_fail(err, VT_ERR_USAGE, "the service level is %g; a number over 0 and under 1 is expected",
                       r->service);
    }
    if (!(r->on_hand >= 0.0 && r->on_order >= 0.0 && r->pack >= 0.0) || !isfinite(r->on_hand + r->on_order + r->pack)) {
        return vt_fail(err, VT_ERR_USAGE, "stock, orders and packs are numbers from 0 on");
    }
    if (n_paths < 1 || horizon < vt_stock_horizon(r)) {
        return vt_fail(err, VT_ERR_USAGE, "futures of %zu steps are too short; %zu are needed", horizon,
                       vt_stock_horizon(r));
    }
    return VT_OK;
}

/* Sums of the first `steps` of all futures, sorted into `sum` (P); gives their mean. */
static double sum_futures(double *sum, const double *paths, size_t n_paths, size_t horizon, size_t steps)
{
    double mean = 0.0;
    for (size_t p = 0; p < n_paths; p++) {
        sum[p] = 0.0;
        for (size_t h = 0; h < steps; h++) {
            sum[p] += paths[p * horizon + h];
        }
        mean += sum[p] / (double)n_paths;
    }
    qsort(sum, n_paths, sizeof *sum, vt_by_value);
    return mean;
}

/* Periods until the mean demand has used up the stock. */
static double cover_of(double stock, const double *paths, size_t n_paths, size_t horizon)
{
    double left = stock;
    for (size_t h = 0; h < horizon; h++) {
        double mean = 0.0;
        for (size_t p = 0; p < n_paths; p++) {
            mean += paths[p * horizon + h] / (double)n_paths;
        }
        if (mean > left) {
            return (double)h + left / mean;
        }
        left -= mean;
    }
    return (double)horizon;
}

int vt_stock_plan_make(vt_stock_plan *out, const double *paths, size_t n_paths, size_t horizon,
                       const vt_stock_request *request, vt_error *err)
{
    int status = check(request, n_paths, horizon, err);
    double *sum = status == VT_OK ? vt_alloc(n_paths, sizeof *sum, err) : NULL;
    if (sum == NULL) {
        return status != VT_OK ? status : VT_ERR_NO_MEMORY;
    }
    vt_stock_plan plan = {0};
    double position = request->on_hand + request->on_order, short_of = 0.0;
    size_t until = request->lead_time + request->review;
    plan.expected = sum_futures(sum, paths, n_paths, horizon, until);
    plan.low = vt_sorted_quantile(sum, n_paths, 0.1);
    plan.high = vt_sorted_quantile(sum, n_paths, 0.9);
    plan.reorder_point = vt_sorted_quantile(sum, n_paths, request->service);
    plan.safety_stock = fmax(0.0, plan.reorder_point - plan.expected);
    for (size_t p = 0; p < n_paths; p++) {
        short_of += sum[p] > position ? 1.0 : 0.0;
    }
    plan.shortage = short_of / (double)n_paths;
    (void)sum_futures(sum, paths, n_paths, horizon, until + (request->review > 0 ? request->review : 1));
    plan.order_up_to = fmax(plan.reorder_point, vt_sorted_quantile(sum, n_paths, request->service));
    if (position <= plan.reorder_point) {
        double wanted = plan.order_up_to - position;
        plan.quantity = request->pack > 0.0 ? ceil(wanted / request->pack - 1e-9) * request->pack : wanted;
        plan.quantity = fmax(0.0, plan.quantity);
    }
    plan.cover = cover_of(request->on_hand, paths, n_paths, horizon);
    vt_free(sum);
    *out = plan;
    return VT_OK;
}
