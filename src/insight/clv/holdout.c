/* Expected purchases depend on the days since the first purchase alone, so they are made once for each such number. */
#include "insight/clv/holdout.h"

#include <math.h>

#include "base/alloc.h"

static int by_frequency(vt_holdout *h, const vt_repeat_model *model, const vt_clv_summary *s, const vt_clv_groups *g,
                        vt_error *err)
{
    double ahead = (double)(s->end - s->until) / s->unit;
    double *expected = vt_alloc(g->n, sizeof *expected, err);
    if (expected == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t k = 0; k < g->n; k++) {
        vt_repeat_customer c = {g->x[k], g->last[k], g->age[k]};
        expected[k] = vt_repeat_expected_of(model, &c, ahead);
    }
    for (size_t i = 0; i < s->n; i++) {
        double predicted = expected[g->member[i]], x = s->frequency[i];
        vt_holdout_row *rows[] = {&h->row[x < VT_HOLDOUT_ROWS - 1 ? (size_t)x : VT_HOLDOUT_ROWS - 1], &h->all};
        for (int k = 0; k < 2; k++) {
            rows[k]->customers++;
            rows[k]->actual += s->later[i];
            rows[k]->predicted += predicted;
        }
        h->absolute_error += fabs(s->later[i] - predicted) / (double)s->n;
    }
    for (int k = 0; k <= VT_HOLDOUT_ROWS; k++) {
        vt_holdout_row *row = k < VT_HOLDOUT_ROWS ? &h->row[k] : &h->all;
        if (row->customers > 0) {
            row->actual /= (double)row->customers;
            row->predicted /= (double)row->customers;
        }
        if (row != &h->all) {
            h->rows_error += fabs(row->actual - row->predicted) * (double)row->customers / (double)s->n;
        }
    }
    vt_free(expected);
    return VT_OK;
}

static void by_week(vt_holdout *h, const vt_clv_summary *s, const double *expected, const double *births)
{
    double actual = 0.0, error = 0.0;
    for (size_t week = 0, day = 0; week < h->weeks; week++) {
        double predicted = 0.0;
        for (; day < (week + 1) * 7; day++) {
            actual += (double)s->repeat_days[day];
        }
        for (size_t birth = 0; birth < day && (int64_t)birth <= s->until - s->begin; birth++) {
            predicted += births[birth] * expected[day - 1 - birth];
        }
        h->actual[week] = actual;
        h->predicted[week] = predicted;
        error += week >= h->weeks_fitted && actual > 0.0 ? fabs(predicted - actual) / actual : 0.0;
    }
    h->tracking_error = h->weeks > h->weeks_fitted ? error / (double)(h->weeks - h->weeks_fitted) : 0.0;
}

static int track(vt_holdout *h, const vt_repeat_model *model, const vt_clv_summary *s, vt_error *err)
{
    size_t days = (size_t)(s->end - s->begin + 1);
    h->weeks = days / 7;
    h->weeks_fitted = (size_t)(s->until - s->begin + 1) / 7;
    h->actual = vt_alloc(h->weeks, sizeof(double), err);
    h->predicted = h->actual == NULL ? NULL : vt_alloc(h->weeks, sizeof(double), err);
    double *expected = h->predicted == NULL ? NULL : vt_alloc_zero(2 * days, sizeof(double), err);
    if (expected == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    double *births = expected + days;
    for (size_t day = 0; day < days; day++) {
        expected[day] = vt_repeat_expected(model, (double)day / s->unit);
    }
    for (size_t i = 0; i < s->n; i++) {
        births[s->first[i] - s->begin] += 1.0;
    }
    by_week(h, s, expected, births);
    vt_free(expected);
    return VT_OK;
}

int vt_holdout_compare(vt_holdout *out, const vt_repeat_model *model, const vt_clv_summary *summary,
                       const vt_clv_groups *groups, vt_error *err)
{
    vt_holdout h = {0};
    if (summary->end <= summary->until) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "no days are held out, so that nothing can be compared: end the calibration "
                       "before the last purchase");
    }
    int status = by_frequency(&h, model, summary, groups, err);
    status = status != VT_OK ? status : track(&h, model, summary, err);
    if (status != VT_OK) {
        vt_holdout_done(&h);
        return status;
    }
    *out = h;
    return VT_OK;
}

void vt_holdout_done(vt_holdout *holdout)
{
    vt_free(holdout->actual);
    vt_free(holdout->predicted);
    *holdout = (vt_holdout){0};
}
