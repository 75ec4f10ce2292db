/* The parts one after the other. Money that cannot be told leaves the counts, which can. */
#include "insight/clv/estimate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "insight/clv/mix.h"

#define DAYS_OF_MONTH 30.4375 /* a twelfth of 365.25 */
#define DAY 86400

static int read_unit(double *days, const char *unit, vt_error *err)
{
    static const struct {
        const char *name;
        double days;
    } units[] = {{"day", 1.0}, {"week", 7.0}, {"month", DAYS_OF_MONTH}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(unit == NULL ? "week" : unit, units[i].name) == 0) {
            *days = units[i].days;
            return VT_OK;
        }
    }
    return vt_fail(err, VT_ERR_USAGE, "\"%.60s\" is no unit of time; possible are: day, week, month", unit);
}

static int read_options(vt_clv_summary_options *out, int64_t end, const vt_insight_options *options, vt_error *err)
{
    int64_t time = 0;
    vt_clv_summary_options_init(out);
    out->end = end;
    int status = read_unit(&out->unit, options->unit, err);
    if (status == VT_OK && options->until != NULL) {
        if (vt_parse_time(&time, vt_str_of(options->until), NULL, NULL) != VT_OK) {
            return vt_fail(err, VT_ERR_USAGE, "\"%.60s\" is no day; write it as 2026-09-30", options->until);
        }
        out->until = time >= 0 ? time / DAY : -((DAY - 1 - time) / DAY);
    }
    return status;
}

static int fit(vt_clv_estimate *e, vt_error *err)
{
    static const vt_repeat_kind *const kinds[VT_CLV_MODELS] = {&vt_bg_nbd, &vt_pareto_nbd};
    const vt_clv_summary *s = &e->summary;
    int status = vt_clv_groups_make(&e->groups, s->frequency, s->recency, s->age, s->n, err);
    for (int k = 0; k < VT_CLV_MODELS && status == VT_OK; k++) {
        status = vt_repeat_fit(&e->model[k], kinds[k], &e->groups, err);
    }
    if (status != VT_OK) {
        return status;
    }
    e->chosen = e->model[1].log_likelihood > e->model[0].log_likelihood;
    vt_error money = VT_ERROR_INIT;
    status = vt_gamma_gamma_fit(&e->spend, s->frequency, s->money, s->n, &money);
    e->money_known = status == VT_OK;
    if (status == VT_ERR_UNSUPPORTED) {
        snprintf(e->money_missing, sizeof e->money_missing, "%.255s", money.message);
        return VT_OK;
    }
    return status == VT_OK ? VT_OK : vt_fail(err, (vt_code)status, "%s", money.message);
}

/* The models stay those of all; sums, groups and what is held out become those of the customers who are shown. */
static int keep_shown(vt_clv_estimate *e, const vt_clv_purchases *all, const vt_clv_summary_options *options,
                      vt_error *err)
{
    vt_clv_purchases kept = {.n_customers = all->n_customers};
    vt_clv_summary_options same = *options;
    int32_t *customer = vt_alloc(all->n, sizeof *customer, err);
    int64_t *day = vt_alloc(all->n, sizeof *day, err);
    double *amount = all->amount == NULL ? NULL : vt_alloc(all->n, sizeof *amount, err);
    int status = customer == NULL || day == NULL || (all->amount != NULL && amount == NULL) ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t i = 0; i < all->n && status == VT_OK; i++) {
        if (all->shown[all->customer[i]] && all->day[i] <= e->summary.end) {
            customer[kept.n] = all->customer[i];
            day[kept.n] = all->day[i];
            if (amount != NULL) {
                amount[kept.n] = all->amount[i];
            }
            kept.n++;
        }
    }
    kept.customer = customer;
    kept.day = day;
    kept.amount = amount;
    same.until = e->summary.until;
    same.end = e->summary.end;
    vt_clv_summary shown = {0};
    vt_clv_groups groups = {0};
    status = status != VT_OK ? status : vt_clv_summarise(&shown, &kept, &same, err);
    if (status == VT_OK) {
        status = vt_clv_groups_make(&groups, shown.frequency, shown.recency, shown.age, shown.n, err);
    }
    if (status == VT_OK) {
        vt_clv_groups_done(&e->groups);
        vt_clv_summary_done(&e->summary);
        e->summary = shown;
        e->groups = groups;
    } else {
        vt_clv_summary_done(&shown);
    }
    vt_free(customer);
    vt_free(day);
    vt_free(amount);
    return status;
}

/* By the likelier model; where the other one explains the purchases about as well, by both. */
static int forecast(vt_clv_estimate *e, vt_error *err)
{
    vt_clv_forecast other;
    vt_clv_forecast_options ahead;
    const vt_repeat_model *chosen = &e->model[e->chosen], *rest = &e->model[1 - e->chosen];
    const vt_gamma_gamma *spend = e->money_known ? &e->spend : NULL;
    vt_clv_forecast_options_init(&ahead);
    ahead.ahead = e->months * DAYS_OF_MONTH / e->summary.unit;
    int status =
        vt_clv_forecast_make(&e->forecast, chosen, spend, &e->groups, e->summary.n, e->summary.money, &ahead, err);
    e->weight = vt_clv_weight(chosen->log_likelihood, rest->log_likelihood);
    if (1.0 - e->weight < VT_CLV_WEIGHT_LEAST || !chosen->certain || !rest->certain) {
        e->weight = 1.0;
        return status;
    }
    if (status == VT_OK) {
        status = vt_clv_forecast_make(&other, rest, spend, &e->groups, e->summary.n, e->summary.money, &ahead, err);
    }
    if (status == VT_OK) {
        vt_clv_forecast_mix(&e->forecast, &other, e->weight, ahead.level);
        vt_clv_forecast_done(&other);
    }
    return status;
}

int vt_clv_estimate_make(vt_clv_estimate *out, const vt_clv_purchases *purchases, int64_t end,
                         const vt_insight_options *options, vt_error *err)
{
    vt_clv_estimate e = {.months = options->horizon};
    vt_clv_summary_options of_summary;
    int status = read_options(&of_summary, end, options, err);
    status = status != VT_OK ? status : vt_clv_summarise(&e.summary, purchases, &of_summary, err);
    status = status != VT_OK ? status : fit(&e, err);
    e.fitted = e.summary.n;
    if (status == VT_OK && purchases->shown != NULL) {
        status = keep_shown(&e, purchases, &of_summary, err);
    }
    status = status == VT_OK ? forecast(&e, err) : status;
    e.held_out = e.summary.end > e.summary.until;
    if (status == VT_OK && e.held_out) {
        status = vt_holdout_compare(&e.holdout, &e.model[e.chosen], &e.summary, &e.groups, err);
    }
    if (status != VT_OK) {
        vt_clv_estimate_done(&e);
        return status;
    }
    *out = e;
    return VT_OK;
}

void vt_clv_estimate_done(vt_clv_estimate *estimate)
{
    vt_holdout_done(&estimate->holdout);
    vt_clv_forecast_done(&estimate->forecast);
    vt_clv_groups_done(&estimate->groups);
    vt_clv_summary_done(&estimate->summary);
}
