/*
 * Sentences by rules: a rise or fall is stated where it is beyond chance among all series, a season where it is
 * strong, a method where the backtest was asked for.
 */
#include "insight/demand/demand_answer.h"
#include "insight/demand/known_show.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "insight/demand/study.h"

#define FALSE_SHARE 0.05 /* of series that are said to rise or fall */
#define STRONG 0.64 /* strength of a season or trend from which it is called strong (Hyndman's cut for differences) */
#define SAME 0.02   /* a change by less is "about as many" */

/* Days of a period, for the lead time: numbers by the season that they suggest. */
static double days_of(const vt_series_set *set, size_t season)
{
    switch (set->step) {
    case VT_SERIES_DAY:
    case VT_SERIES_WEEK:
        return set->width;
    case VT_SERIES_MONTH:
    case VT_SERIES_QUARTER:
    case VT_SERIES_YEAR:
        return set->width * 365.25 / 12.0;
    default:
        return season == 12 || season == 4 || season == 52 ? 365.25 / (double)season : 1.0;
    }
}

static const vt_study_series *total_of(const vt_study *study)
{
    return &study->series[study->n_series];
}

static double sum_of(const double *x, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += x[i];
    }
    return sum;
}

/* The backtest over all series that were long enough: means, weighed alike. */
static vt_backtest mean_test(const vt_study *study, size_t method)
{
    vt_backtest mean = {0};
    double n = 0.0, scaled = 0.0;
    for (size_t i = 0; i < study->n_series; i++) {
        const vt_study_series *s = &study->series[i];
        if (s->tested) {
            n += 1.0;
            scaled += s->test[method].unscaled == 0 ? 1.0 : 0.0;
            mean.mase += s->test[method].mase;
            mean.smape += s->test[method].smape;
            mean.coverage += s->test[method].coverage;
            mean.origins++;
        }
    }
    mean.mase = scaled > 0.0 ? mean.mase / scaled : NAN;
    mean.smape = n > 0.0 ? mean.smape / n : NAN;
    mean.coverage = n > 0.0 ? mean.coverage / n : NAN;
    return mean;
}

/* ---- sentences --------------------------------------------------------------------------------------------------- */

static void say_forecast(vt_document *d, const vt_study *study, size_t horizon)
{
    const vt_study_series *total = total_of(study);
    double coming = sum_of(total->mean, horizon), before = NAN;
    char number[64];
    vt_insight_format(number, coming, VT_UNIT_NUMBER, "");
    if (total->n >= horizon) {
        before = sum_of(total->y + (total->n - horizon), horizon);
    }
    if (before > 0.0 && coming / before > 1.0 + SAME) {
        vt_document_lead(d, "The next %zu periods are foreseen to bring %s, %.0f %% more than the last %zu.", horizon,
                         number, 100.0 * (coming / before - 1.0), horizon);
    } else if (before > 0.0 && coming / before < 1.0 - SAME) {
        vt_document_lead(d, "The next %zu periods are foreseen to bring %s, %.0f %% less than the last %zu.", horizon,
                         number, 100.0 * (1.0 - coming / before), horizon);
    } else {
        vt_document_lead(d, "The next %zu periods are foreseen to bring %s%s.", horizon, number,
                         before > 0.0 ? ", about as much as the last ones" : "");
    }
}

static void say_trends(vt_document *d, const vt_study *study)
{
    size_t rising = 0, falling = 0;
    for (size_t i = 0; i < study->n_series; i++) {
        const vt_study_series *s = &study->series[i];
        rising += s->discovery <= FALSE_SHARE && s->trend.z > 0.0 ? 1U : 0U;
        falling += s->discovery <= FALSE_SHARE && s->trend.z < 0.0 ? 1U : 0U;
    }
    if (study->n_series == 1) {
        if (rising + falling > 0) {
            vt_document_lead(d, "It %s beyond chance.", rising > 0 ? "rises" : "falls");
        }
    } else if (rising + falling > 0) {
        vt_document_lead(d, "Of %zu series %zu rise and %zu fall beyond chance.", study->n_series, rising, falling);
    } else {
        vt_document_lead(d, "None of %zu series rises or falls beyond chance.", study->n_series);
    }
    if (study->season > 1 && study->season_strength >= STRONG) {
        vt_document_lead(d, "The season of %zu periods is strong.", study->season);
    }
}

static void say_test(vt_document *d, const vt_study *study, size_t horizon)
{
    size_t last = VT_STUDY_METHODS - 1, best = 0;
    double error[VT_STUDY_METHODS];
    for (size_t m = 0; m < VT_STUDY_METHODS; m++) {
        error[m] = mean_test(study, m).mase;
        best = m < last && error[m] < error[best] ? m : best;
    }
    if (isnan(error[last])) {
        return;
    }
    vt_document_lead(d,
                     "When the last %zu periods were held out, the combination had a MASE of %.2f, the best single "
                     "method (%s) %.2f.",
                     horizon, error[last], vt_forecast_method_info(vt_study_method(best))->title, error[best]);
}

static void add_notes(vt_document *d, const vt_study *study, const vt_series_set *set)
{
    size_t cut = 0;
    for (size_t i = 0; i < study->n_series; i++) {
        cut += study->series[i].censored.cut_short;
    }
    if (set->added > 0) {
        vt_document_note(d, "%zu values were added to others of the same series and period.", set->added);
    }
    if (study->filled > 0) {
        vt_document_note(d, "%zu gaps were filled by lines between their neighbours, with the season.", study->filled);
    }
    if (cut > 0) {
        vt_document_note(d,
                         "In %zu periods goods ran out: sales there count as at least the demand, and the expected "
                         "demand stands for them, in a backtest too.",
                         cut);
    }
    if (study->season > 1 && set->n < 2 * study->season) {
        vt_document_note(d, "There are fewer than two seasons of %zu periods, so the season is not known.",
                         study->season);
    }
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static void add_forecast(vt_document *d, const vt_study *study, const vt_series_set *set, size_t horizon)
{
    const vt_study_series *total = total_of(study);
    vt_document_table(d, "forecast", "Forecast of the sum");
    vt_document_column(d, "period", "Period", VT_UNIT_TEXT);
    vt_document_metric(d, "forecast");
    vt_document_metric_interval(d, "forecast");
    for (size_t h = 0; h < horizon; h++) {
        char name[32];
        vt_series_period_name(name, set, set->n + h);
        vt_document_text(d, vt_str_of(name));
        vt_document_number(d, total->mean[h]);
        vt_document_number(d, total->low[h]);
        vt_document_number(d, total->high[h]);
    }
}

typedef struct ranked {
    double size;
    size_t at;
} ranked;

static int by_size(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    return x->size != y->size ? (x->size < y->size) - (x->size > y->size) : (x->at > y->at) - (x->at < y->at);
}

static void add_row(vt_document *d, const vt_study_series *s, const vt_series_set *set, size_t horizon)
{
    char change[32] = "";
    bool sure = s->discovery <= FALSE_SHARE;
    if (s->change > 0) {
        vt_series_period_name(change, set, s->change);
    }
    vt_document_text(d, vt_str_of(s->name));
    vt_document_text(d, vt_str_of(s->demand.name));
    vt_document_number(d, sum_of(s->mean, horizon));
    vt_document_text(d, vt_str_of(!sure ? "" : s->trend.z > 0.0 ? "rising" : "falling"));
    vt_document_number(d, s->trend.slope);
    vt_document_text(d, vt_str_of(change));
    vt_document_number(d, s->stock.expected);
    vt_document_number(d, s->stock.safety_stock);
    vt_document_number(d, s->stock.reorder_point);
    vt_document_number(d, s->tested && s->test[VT_STUDY_METHODS - 1].unscaled == 0 ? s->test[VT_STUDY_METHODS - 1].mase
                                                                                   : (double)NAN);
}

static int add_series(vt_document *d, const vt_study *study, const vt_series_set *set, const vt_insight_options *o,
                      vt_error *err)
{
    ranked *order = vt_alloc(study->n_series, sizeof *order, err);
    if (order == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < study->n_series; i++) {
        order[i] = (ranked){sum_of(study->series[i].mean, (size_t)o->horizon), i};
    }
    qsort(order, study->n_series, sizeof *order, by_size);
    vt_document_table(d, "series", "Series, the largest forecast first");
    vt_document_column(d, "series", "Series", VT_UNIT_TEXT);
    vt_document_column(d, "class", "Demand", VT_UNIT_TEXT);
    vt_document_metric(d, "forecast");
    vt_document_column(d, "direction", "Beyond chance", VT_UNIT_TEXT);
    vt_document_column(d, "slope", "Slope a period", VT_UNIT_NUMBER);
    vt_document_column(d, "changed", "Level changed in", VT_UNIT_TEXT);
    vt_document_metric(d, "lead_demand");
    vt_document_metric(d, "safety_stock");
    vt_document_metric(d, "reorder_point");
    vt_document_metric(d, "mase");
    for (size_t k = 0; k < study->n_series && k < (size_t)o->n; k++) {
        add_row(d, &study->series[order[k].at], set, (size_t)o->horizon);
    }
    vt_free(order);
    return VT_OK;
}

static void add_methods(vt_document *d, const vt_study *study)
{
    vt_document_table(d, "methods", "Methods on the periods held out");
    vt_document_column(d, "method", "Method", VT_UNIT_TEXT);
    vt_document_metric(d, "mase");
    vt_document_metric(d, "smape");
    vt_document_metric(d, "covered");
    for (size_t m = 0; m < VT_STUDY_METHODS; m++) {
        vt_backtest b = mean_test(study, m);
        vt_document_text(d, vt_str_of(vt_forecast_method_info(vt_study_method(m))->title));
        vt_document_number(d, b.mase);
        vt_document_number(d, b.smape / 100.0);
        vt_document_number(d, b.coverage);
    }
}

static void add_parts(vt_document *d, const vt_study *study, const vt_series_set *set)
{
    vt_document_table(d, "parts", "Parts of the sum");
    vt_document_column(d, "period", "Period", VT_UNIT_TEXT);
    vt_document_column(d, "value", "Value", VT_UNIT_NUMBER);
    vt_document_column(d, "trend", "Trend", VT_UNIT_NUMBER);
    vt_document_column(d, "season", "Season", VT_UNIT_NUMBER);
    vt_document_column(d, "rest", "Rest", VT_UNIT_NUMBER);
    for (size_t t = 0; t < set->n; t++) {
        char name[32];
        vt_series_period_name(name, set, t);
        vt_document_text(d, vt_str_of(name));
        vt_document_number(d, total_of(study)->y[t]);
        vt_document_number(d, study->trend[t]);
        vt_document_number(d, study->seasonal[t]);
        vt_document_number(d, study->remainder[t]);
    }
}

static void add_figures(vt_document *d, const vt_study *study, const vt_insight_options *o, size_t lead)
{
    const vt_study_series *total = total_of(study);
    size_t horizon = (size_t)o->horizon;
    double before = total->n >= horizon ? sum_of(total->y + (total->n - horizon), horizon) : (double)NAN;
    vt_document_compared(d, "forecast", sum_of(total->mean, horizon), before);
    vt_document_remark(d, "of %zu periods, beside as many before", horizon);
    vt_document_figure(d, "trend_strength", study->trend_strength);
    vt_document_figure(d, "season_strength", study->season_strength);
    vt_document_figure(d, "lead_demand", total->stock.expected);
    vt_document_remark(d, "in %zu periods", lead);
    if (o->backtest) {
        vt_backtest b = mean_test(study, VT_STUDY_METHODS - 1);
        vt_document_figure(d, "mase", b.mase);
        vt_document_figure(d, "smape", b.smape / 100.0);
        vt_document_figure(d, "covered", b.coverage);
    }
}

/* ---- the answer -------------------------------------------------------------------------------------------------- */

static int fill(vt_document *d, const vt_study *study, const vt_series_set *set, const vt_insight_options *o,
                size_t lead, vt_error *err)
{
    size_t horizon = (size_t)o->horizon;
    if (o->backtest && mean_test(study, 0).origins == 0) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "no series has the %zu periods that a backtest of %zu needs; lower the "
                       "horizon",
                       horizon + 3, horizon);
    }
    say_forecast(d, study, horizon);
    say_trends(d, study);
    if (o->backtest) {
        say_test(d, study, horizon);
    }
    add_notes(d, study, set);
    add_figures(d, study, o, lead);
    add_forecast(d, study, set, horizon);
    if (study->known.known != NULL) {
        vt_document_note(d, "Effects of the days of the file are found from the sum of all series, and are alike for "
                            "each; backtests are without them.");
        vt_known_show(d, &study->known);
    }
    int status = add_series(d, study, set, o, err);
    if (status == VT_OK && o->backtest) {
        add_methods(d, study);
    }
    if (status == VT_OK) {
        add_parts(d, study, set);
    }
    return status;
}

int vt_demand_of_file(vt_document *document, const char *path, const vt_insight_options *o, vt_error *err)
{
    vt_series_set *set = NULL;
    vt_study *study = NULL;
    int status = vt_series_file_read(&set, path, err);
    if (status != VT_OK) {
        return status;
    }
    size_t season = o->season > 0 ? (size_t)o->season : vt_series_season(set);
    double lead = ceil((double)o->lead_days / days_of(set, season));
    vt_known_days known = {0};
    if (o->holidays != NULL) {
        status = vt_known_days_read(&known, o->holidays, err);
    }
    vt_study_request request = {.season = season,
                                .known = known.n_names > 0 ? &known : NULL,
                                .horizon = (size_t)o->horizon,
                                .backtest = o->backtest,
                                .service = o->service,
                                .lead_time = lead > 1.0 ? (size_t)lead : 1,
                                .seed = o->seed};
    status = status == VT_OK ? vt_study_make(&study, set, &request, err) : status;
    status = status == VT_OK ? fill(document, study, set, o, request.lead_time, err) : status;
    vt_study_free(study);
    vt_known_days_done(&known);
    vt_series_set_free(set);
    return status;
}
