/* Two fits: as of an earlier day, to see how well next orders were foreseen, and as of the end. */
#include "insight/rhythm/rhythm.h"

#include <math.h>

#define DAYS_OF_MONTH 30.4375

/* Sums up to `until` and the likelier model of them. */
static int fit(vt_clv_summary *summary, vt_clv_groups *groups, vt_repeat_model *model,
               const vt_clv_purchases *purchases, int64_t until, int64_t end, vt_error *err)
{
    static const vt_repeat_kind *const kinds[] = {&vt_bg_nbd, &vt_pareto_nbd};
    vt_clv_summary_options options;
    vt_repeat_model fitted[2];
    vt_clv_summary_options_init(&options);
    options.unit = 1.0;
    options.until = until;
    options.end = end;
    int status = vt_clv_summarise(summary, purchases, &options, err);
    if (status == VT_OK) {
        status = vt_clv_groups_make(groups, summary->frequency, summary->recency, summary->age, summary->n, err);
    }
    for (int k = 0; k < 2 && status == VT_OK; k++) {
        status = vt_repeat_fit(&fitted[k], kinds[k], groups, err);
    }
    if (status == VT_OK) {
        *model = fitted[fitted[1].log_likelihood > fitted[0].log_likelihood];
    }
    return status;
}

/* A shop too young for a trial has none. */
static int try_earlier(vt_rhythm *r, const vt_clv_purchases *purchases, vt_error *err)
{
    vt_clv_summary summary = {0};
    vt_clv_groups groups = {0};
    vt_repeat_model model;
    vt_error why = VT_ERROR_INIT;
    int64_t history = r->summary.end - r->summary.begin, held = (int64_t)fmin(r->ahead, (double)history / 2.0);
    r->tested = VT_NONE;
    if (held < 1) {
        return VT_OK;
    }
    int64_t until = r->summary.end - held;
    int status = fit(&summary, &groups, &model, purchases, until, r->summary.end, &why);
    if (status == VT_OK) {
        r->held_out = vt_next_compare(&model, &summary, &groups, VT_NEXT_LEVEL);
        r->tested = until;
    }
    vt_clv_groups_done(&groups);
    vt_clv_summary_done(&summary);
    return status == VT_OK || status == VT_ERR_UNSUPPORTED ? VT_OK : vt_fail(err, (vt_code)status, "%s", why.message);
}

int vt_rhythm_find(vt_rhythm *out, const vt_clv_purchases *purchases, int64_t end, int months, vt_error *err)
{
    vt_rhythm r = {.ahead = floor(months * DAYS_OF_MONTH)};
    int status = fit(&r.summary, &r.groups, &r.model, purchases, VT_NONE, end, err);
    status = status == VT_OK ? try_earlier(&r, purchases, err) : status;
    status = status == VT_OK ? vt_order_days_find(&r.days, purchases, err) : status;
    if (status != VT_OK) {
        vt_rhythm_done(&r);
        return status;
    }
    *out = r;
    return VT_OK;
}

void vt_rhythm_done(vt_rhythm *r)
{
    vt_order_days_done(&r->days);
    vt_clv_groups_done(&r->groups);
    vt_clv_summary_done(&r->summary);
}

size_t vt_rhythm_place(const vt_rhythm *r, int32_t customer)
{
    size_t low = 0, high = r->summary.n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (r->summary.customer[middle] < customer) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < r->summary.n && r->summary.customer[low] == customer ? low : r->summary.n;
}

vt_repeat_customer vt_rhythm_customer(const vt_rhythm *r, size_t i)
{
    return (vt_repeat_customer){r->summary.frequency[i], r->summary.recency[i], r->summary.age[i]};
}

bool vt_rhythm_late(const vt_rhythm *r, size_t i)
{
    vt_repeat_customer c = vt_rhythm_customer(r, i);
    return c.x > 0.0 && vt_silence_chance(&r->model, &c) <= VT_SILENCE_CHANCE;
}

vt_next_purchase vt_rhythm_next(const vt_rhythm *r, size_t i)
{
    vt_repeat_customer c = vt_rhythm_customer(r, i);
    vt_next_purchase next = vt_next_purchase_of(&r->model, &c, r->ahead, VT_NEXT_LEVEL);
    double *const times[] = {&next.low, &next.median, &next.high};
    for (size_t k = 0; k < 3; k++) {
        *times[k] = (double)r->summary.until + vt_next_day(*times[k], r->summary.unit);
    }
    return next;
}
