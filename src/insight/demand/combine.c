/*
 * A combination of methods (Bates and Granger 1969): a mean weighted by how well each did in the recent past. Every
 * member forecasts from up to three earlier origins, a horizon apart, with what was known then; weights are mean
 * absolute errors to the power of -4, so that what failed badly hardly counts. With too short a past, or where an
 * origin would leave less than the two seasons from which members know a season, all weights are equal. Quantiles are
 * averaged like the points (Lichtendahl, Grushka-Cockayne, Winkler 2013). The number of origins and the power were
 * chosen on forecasts of the last but one year of the sets in docs/quality.md.
 */
#include "insight/demand/combine.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "insight/demand/croston.h"
#include "insight/demand/methods.h"
#include "insight/demand/series.h"

#define POWER 4.0
#define SELDOM 1.32 /* periods per demand from which demand is intermittent */
enum { ORIGINS = 3, SHORTEST = 4 };

size_t vt_combination_members(vt_forecast_method *out, const double *y, size_t n)
{
    bool negative = false;
    for (size_t i = 0; i < n; i++) {
        negative = negative || y[i] < 0.0;
    }
    size_t k = 0;
    out[k++] = VT_FORECAST_ETS;
    out[k++] = VT_FORECAST_THETA_DYNAMIC;
    if (!negative && vt_demand_classify(y, n).interval > SELDOM) {
        out[k++] = VT_FORECAST_SBA;
        out[k++] = VT_FORECAST_TSB;
    } else {
        out[k++] = VT_FORECAST_SEASONAL_NAIVE;
        if (!negative) {
            out[k++] = VT_FORECAST_CROSTON;
        }
    }
    return k;
}

/* Mean absolute errors of the members over earlier origins into `error`; false when there is no origin. */
static bool past_errors(double *error, double *ahead, const vt_forecast_method *members, size_t k, const double *y,
                        size_t n, const vt_forecast_options *o, int *status, vt_error *err)
{
    size_t horizon = o->horizon, two_seasons = o->period > 1 && n >= 2 * o->period ? 2 * o->period : 0;
    size_t least = horizon > SHORTEST ? horizon : SHORTEST, used = 0;
    least = two_seasons > least ? two_seasons : least;
    memset(error, 0, k * sizeof *error);
    for (size_t origin = 1; origin <= ORIGINS && n >= origin * horizon + least; origin++, used++) {
        size_t known = n - origin * horizon;
        for (size_t m = 0; m < k; m++) {
            *status = vt_forecast(ahead, NULL, y, known, members[m], o, err);
            if (*status != VT_OK) {
                return false;
            }
            for (size_t h = 0; h < horizon; h++) {
                error[m] += fabs(ahead[h] - y[known + h]);
            }
        }
    }
    return used > 0;
}

int vt_combination_weights(double *weight, const vt_forecast_method *members, size_t k, const double *y, size_t n,
                           const vt_forecast_options *o, vt_error *err)
{
    int status = VT_OK;
    double error[VT_COMBINATION_MAX], least = INFINITY, sum = 0.0;
    double *ahead = vt_alloc(o->horizon, sizeof *ahead, err);
    if (ahead == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    bool known = past_errors(error, ahead, members, k, y, n, o, &status, err);
    vt_free(ahead);
    if (status != VT_OK) {
        return status;
    }
    for (size_t m = 0; m < k; m++) {
        least = fmin(least, error[m]);
    }
    for (size_t m = 0; m < k; m++) {
        double share = !known ? 1.0 : least > 0.0 ? pow(least / error[m], POWER) : error[m] > 0.0 ? 0.0 : 1.0;
        weight[m] = share;
        sum += share;
    }
    for (size_t m = 0; m < k; m++) {
        weight[m] /= sum;
    }
    return VT_OK;
}

int vt_forecast_combination(double *mean, double *quantile, const double *y, size_t n, vt_forecast_method method,
                            const vt_forecast_options *o, vt_error *err)
{
    (void)method;
    vt_forecast_method members[VT_COMBINATION_MAX];
    double weight[VT_COMBINATION_MAX];
    size_t k = vt_combination_members(members, y, n), levels = quantile == NULL ? 0 : o->n_levels;
    size_t cells = (levels + 1) * o->horizon;
    double *one = vt_alloc(cells, sizeof *one, err);
    if (one == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = vt_combination_weights(weight, members, k, y, n, o, err);
    memset(mean, 0, o->horizon * sizeof *mean);
    if (levels > 0) {
        memset(quantile, 0, levels * o->horizon * sizeof *quantile);
    }
    for (size_t m = 0; status == VT_OK && m < k; m++) {
        status = vt_forecast(one, levels == 0 ? NULL : one + o->horizon, y, n, members[m], o, err);
        for (size_t i = 0; status == VT_OK && i < cells; i++) {
            double *to = i < o->horizon ? &mean[i] : &quantile[i - o->horizon];
            *to += weight[m] * one[i];
        }
    }
    vt_free(one);
    return status;
}
