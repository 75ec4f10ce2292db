/* Series are independent but for the adjusted trends and the reconciliation, which come after all of them. */
#include "insight/demand/study.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/pool.h"
#include "insight/demand/reconcile.h"
#include "insight/demand/series.h"
#include "insight/demand/stl.h"
#include "math/false_discovery.h"

enum { PATHS = 1000, LEVELS = 2 };

static const double levels[LEVELS] = {0.1, 0.9};

static const vt_forecast_method methods[VT_STUDY_METHODS] = {VT_FORECAST_NAIVE,   VT_FORECAST_SEASONAL_NAIVE,
                                                             VT_FORECAST_ETS,     VT_FORECAST_THETA_DYNAMIC,
                                                             VT_FORECAST_CROSTON, VT_FORECAST_COMBINATION};

typedef struct job {
    vt_study *study;
    const vt_series_set *set;
    const vt_study_request *request;
    bool non_negative;
} job;

vt_forecast_method vt_study_method(size_t index)
{
    return methods[index];
}

static vt_forecast_options options_of(const job *j)
{
    vt_forecast_options o;
    vt_forecast_options_init(&o);
    o.period = j->study->season;
    o.horizon = j->request->horizon;
    o.levels = levels;
    o.n_levels = LEVELS;
    o.non_negative = j->non_negative;
    o.seed = j->request->seed;
    o.paths = PATHS;
    return o;
}

/* Sales of periods without stock become demand; the season is the profile. */
static int uncensor(vt_study_series *s, const bool *out_of_stock, size_t season, vt_error *err)
{
    bool any = false, all = true;
    double least = INFINITY;
    for (size_t i = 0; i < s->n; i++) {
        any = any || out_of_stock[i];
        all = all && out_of_stock[i];
        least = fmin(least, s->y[i]);
    }
    if (!any || all || least < 0.0) {
        return VT_OK;
    }
    double *profile = vt_alloc(2 * s->n, sizeof *profile, err), *demand = profile == NULL ? NULL : profile + s->n;
    if (profile == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    size_t m = season > 1 && s->n >= 2 * season ? season : 1;
    for (size_t place = 0; place < m; place++) {
        double sum = 0.0, count = 0.0, mean = 0.0, known = 0.0;
        for (size_t i = 0; i < s->n; i++) {
            mean += out_of_stock[i] ? 0.0 : s->y[i];
            known += out_of_stock[i] ? 0.0 : 1.0;
            if (i % m == place && !out_of_stock[i]) {
                sum += s->y[i];
                count += 1.0;
            }
        }
        double share = count > 0.0 && mean > 0.0 ? sum / count * known / mean : 1.0;
        for (size_t i = place; i < s->n; i += m) {
            profile[i] = fmax(share, 0.05);
        }
    }
    int status = vt_censored_fit(&s->censored, demand, s->y, out_of_stock, profile, s->n, err);
    if (status == VT_OK) {
        memcpy(s->y, demand, s->n * sizeof *demand);
    }
    vt_free(profile);
    return status;
}

static int describe(vt_study_series *s, const job *j, vt_error *err)
{
    size_t *at = vt_alloc(s->n, sizeof *at, err), count = 0;
    if (at == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_changepoint_options change;
    vt_changepoint_options_init(&change);
    s->demand = vt_demand_classify(s->y, s->n);
    int status = vt_changepoint_find(at, &count, s->y, s->n, &change, err);
    s->change = count > 0 ? s->begin + at[count - 1] : 0;
    vt_free(at);
    /* The trend of about the last three seasons or two dozen values: older ones are history. */
    size_t span = 3 * (j->study->season > 8 ? j->study->season : 8), recent = s->n < span ? s->n : span;
    size_t period = recent >= 2 * j->study->season ? j->study->season : 1;
    return status == VT_OK ? vt_trend_test_run(&s->trend, s->y + (s->n - recent), recent, period, err) : status;
}

static int plan_stock(vt_study_series *s, const job *j, vt_error *err)
{
    vt_stock_request r;
    vt_stock_request_init(&r);
    r.lead_time = j->request->lead_time > 0 ? j->request->lead_time : 1;
    r.service = j->request->service;
    size_t steps = vt_stock_horizon(&r);
    double *paths = vt_alloc(PATHS * steps, sizeof *paths, err);
    if (paths == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = vt_demand_futures(paths, s->y, s->n, j->study->season, PATHS, steps, j->request->seed, err);
    status = status == VT_OK ? vt_stock_plan_make(&s->stock, paths, PATHS, steps, &r, err) : status;
    vt_free(paths);
    return status;
}

static int test(vt_study_series *s, const vt_forecast_options *o, vt_error *err)
{
    vt_backtest_options b;
    vt_backtest_options_init(&b);
    if (s->n < o->horizon + b.shortest) {
        return VT_OK;
    }
    for (size_t m = 0; m < VT_STUDY_METHODS; m++) {
        int status = vt_backtest_run(&s->test[m], s->y, s->n, methods[m], o, &b, err);
        if (status == VT_ERR_UNSUPPORTED) { /* Croston and values under 0: the last value stands in */
            status = vt_backtest_run(&s->test[m], s->y, s->n, VT_FORECAST_NAIVE, o, &b, err);
        }
        if (status != VT_OK) {
            return status;
        }
    }
    s->tested = true;
    return VT_OK;
}

static int study_one(vt_study_series *s, const job *j, vt_error *err)
{
    vt_forecast_options o = options_of(j);
    size_t all = s->begin + s->n;
    double *quantile = vt_alloc(LEVELS * o.horizon + all, sizeof *quantile, err);
    if (quantile == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    double *usual = quantile + LEVELS * o.horizon + s->begin; /* without the effects of known days */
    memcpy(usual, s->y, s->n * sizeof *usual);
    if (j->study->known.known != NULL) {
        vt_known_take(usual - s->begin, &j->study->known, s->begin);
    }
    int status = describe(s, j, err);
    status = status == VT_OK ? vt_forecast(s->mean, quantile, usual, s->n, VT_FORECAST_COMBINATION, &o, err) : status;
    status = status == VT_OK ? plan_stock(s, j, err) : status;
    if (status == VT_OK && j->request->backtest) {
        status = test(s, &o, err);
    }
    if (status == VT_OK) {
        memcpy(s->low, quantile, o.horizon * sizeof *quantile);
        memcpy(s->high, quantile + o.horizon, o.horizon * sizeof *quantile);
    }
    vt_free(quantile);
    return status;
}

static int study_block(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    const job *j = context;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        int status = study_one(&j->study->series[i], j, err);
        if (status != VT_OK) {
            return status;
        }
    }
    return VT_OK;
}

/* Values from the first on, without gaps; the sum of all as one series more. */
static int prepare(job *j, vt_error *err)
{
    vt_study *study = j->study;
    const vt_series_set *set = j->set;
    vt_study_series *total = &study->series[study->n_series];
    *total = (vt_study_series){.name = "total", .y = study->slab, .n = set->n};
    memset(total->y, 0, set->n * sizeof *total->y);
    j->non_negative = true;
    for (size_t i = 0; i < study->n_series; i++) {
        vt_study_series *s = &study->series[i];
        double *row = set->values + i * set->n;
        size_t begin = 0, filled = 0;
        while (begin < set->n && isnan(row[begin])) {
            begin++;
        }
        if (begin == set->n) {
            return vt_fail(err, VT_ERR_FORMAT, "the series \"%.60s\" has no values", set->names[i]);
        }
        *s = (vt_study_series){.name = set->names[i], .y = row + begin, .begin = begin, .n = set->n - begin};
        int status = vt_series_fill(&filled, s->y, s->n, study->season, err);
        if (status == VT_OK && set->out_of_stock != NULL) {
            status = uncensor(s, set->out_of_stock + i * set->n + begin, study->season, err);
        }
        if (status != VT_OK) {
            return status;
        }
        study->filled += filled;
        for (size_t t = 0; t < s->n; t++) {
            total->y[begin + t] += s->y[t];
            j->non_negative = j->non_negative && s->y[t] >= 0.0;
        }
    }
    return VT_OK;
}

/* Moves all forecasts, and their intervals with them, so that series add up to the sum. */
static int reconcile(job *j, vt_error *err)
{
    vt_study *study = j->study;
    size_t horizon = j->request->horizon, n = study->n_series + 1;
    vt_reconcile_options o;
    vt_reconcile_options_init(&o);
    o.non_negative = j->non_negative;
    double *base = vt_alloc(n * horizon, sizeof *base, err);
    int32_t *parent = base == NULL ? NULL : vt_alloc(n, sizeof *parent, err);
    if (parent == NULL) {
        vt_free(base);
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        parent[i] = i + 1 < n ? (int32_t)(n - 1) : -1;
        memcpy(base + i * horizon, study->series[i].mean, horizon * sizeof *base);
    }
    int status = vt_reconcile(base, base, parent, n, horizon, &o, err);
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        vt_study_series *s = &study->series[i];
        for (size_t h = 0; h < horizon; h++) {
            double moved = base[i * horizon + h] - s->mean[h];
            s->mean[h] = base[i * horizon + h];
            s->low[h] = j->non_negative ? fmax(0.0, s->low[h] + moved) : s->low[h] + moved;
            s->high[h] += moved;
        }
    }
    vt_free(parent);
    vt_free(base);
    return status;
}

static int find_known(job *j, vt_error *err)
{
    const vt_study_series *total = &j->study->series[j->study->n_series];
    size_t n = j->set->n, horizon = j->request->horizon;
    int64_t *day = vt_alloc(n + horizon + 1, sizeof *day, err);
    bool dated = true;
    if (day == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t k = 0; k <= n + horizon; k++) {
        dated = dated && vt_series_period_day(&day[k], j->set, k);
    }
    int status = dated ? vt_known_effects_find(&j->study->known, j->request->known, total->y, n, horizon, day,
                                               j->study->season, err)
                       : vt_fail(err, VT_ERR_UNSUPPORTED,
                                 "days known beforehand need periods that are dates; those of the series are numbers");
    vt_free(day);
    return status;
}

static int adjust_trends(vt_study *study, vt_error *err)
{
    double *p = vt_alloc(study->n_series, sizeof *p, err);
    if (p == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < study->n_series; i++) {
        p[i] = study->series[i].trend.p;
    }
    int status = vt_benjamini_hochberg(p, p, study->n_series, err);
    for (size_t i = 0; status == VT_OK && i < study->n_series; i++) {
        study->series[i].discovery = p[i];
    }
    study->series[study->n_series].discovery = study->series[study->n_series].trend.p;
    vt_free(p);
    return status;
}

static int take_apart(vt_study *study, vt_error *err)
{
    const vt_study_series *total = &study->series[study->n_series];
    int status = vt_mstl(study->seasonal, study->trend, study->remainder, total->y, total->n, &study->season,
                         study->season > 1 ? 1 : 0, err);
    if (status == VT_OK) {
        study->trend_strength = vt_component_strength(study->trend, study->remainder, total->n);
        study->season_strength =
            study->season > 1 ? vt_component_strength(study->seasonal, study->remainder, total->n) : 0.0;
    }
    return status;
}

int vt_study_make(vt_study **out, vt_series_set *set, const vt_study_request *request, vt_error *err)
{
    vt_study *study = vt_alloc_zero(1, sizeof *study, err);
    if (study == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    size_t n_series = set->n_series, horizon = request->horizon;
    job j = {study, set, request, false};
    study->n_series = n_series;
    study->season = request->season > 0 ? request->season : vt_series_season(set);
    study->series = vt_alloc_zero(n_series + 1, sizeof *study->series, err);
    study->slab = study->series == NULL
                      ? NULL
                      : vt_alloc_zero(4 * set->n + 3 * (n_series + 1) * horizon, sizeof *study->slab, err);
    int status = study->slab == NULL ? VT_ERR_NO_MEMORY : prepare(&j, err);
    if (status == VT_OK) {
        study->seasonal = study->slab + set->n;
        study->trend = study->seasonal + set->n;
        study->remainder = study->trend + set->n;
        for (size_t i = 0; i <= n_series; i++) {
            study->series[i].mean = study->slab + 4 * set->n + 3 * i * horizon;
            study->series[i].low = study->series[i].mean + horizon;
            study->series[i].high = study->series[i].low + horizon;
        }
        status = request->known != NULL ? find_known(&j, err) : VT_OK;
    }
    if (status == VT_OK) {
        status = vt_parallel_for(vt_threads(request->threads), n_series + 1, 1, study_block, NULL, &j, err);
    }
    status = status == VT_OK ? take_apart(study, err) : status;
    status = status == VT_OK ? adjust_trends(study, err) : status;
    status = status == VT_OK ? reconcile(&j, err) : status;
    for (size_t i = 0; status == VT_OK && study->known.known != NULL && i <= n_series; i++) {
        vt_known_put(study->series[i].mean, study->series[i].low, study->series[i].high, &study->known);
    }
    if (status != VT_OK) {
        vt_study_free(study);
        return status;
    }
    *out = study;
    return VT_OK;
}

void vt_study_free(vt_study *study)
{
    if (study != NULL) {
        vt_known_effects_done(&study->known);
        vt_free(study->series);
        vt_free(study->slab);
        vt_free(study);
    }
}
