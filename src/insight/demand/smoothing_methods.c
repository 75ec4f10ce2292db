/* Exponential smoothing and Theta as forecast methods. */
#include "base/alloc.h"
#include "insight/demand/ets.h"
#include "insight/demand/methods.h"
#include "insight/demand/season.h"
#include "insight/demand/theta.h"

/* `kind` of a season of m that was taken off n values; its error joins the variances. */
static int ets_quantiles(double *quantile, const double *mean, const vt_ets *ets, const vt_forecast_options *o,
                         vt_season_kind kind, size_t n, vt_error *err)
{
    double *room = vt_alloc(o->paths * (o->horizon + 1) + o->horizon, sizeof *room, err);
    if (room == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    if (vt_ets_variance(room, ets, o->horizon)) { /* always without a multiplicative trend or season */
        double one = room[0];
        for (size_t h = 0; h < o->horizon; h++) {
            room[h] += one * vt_season_error(kind, n, o->period, h);
        }
        vt_normal_quantiles(quantile, mean, room, o);
    } else {
        double *paths = room + o->paths;
        for (size_t p = 0; p < o->paths; p++) {
            vt_ets_path(paths + p * o->horizon, ets, o->horizon, o->seed, p);
        }
        vt_path_quantiles(quantile, room, paths, o->paths, o);
    }
    vt_free(room);
    return VT_OK;
}

int vt_forecast_ets(double *mean, double *quantile, const double *y, size_t n, vt_forecast_method method,
                    const vt_forecast_options *o, vt_error *err)
{
    (void)method;
    vt_ets ets;
    size_t m = o->period;
    bool long_season = m > VT_ETS_PERIOD_MAX && n >= 2 * m;
    double *plain = long_season ? vt_alloc(n + m, sizeof *plain, err) : NULL;
    if (long_season && plain == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    double *season = plain == NULL ? NULL : plain + n;
    vt_season_kind kind = long_season ? vt_season_take(plain, season, y, n, m) : (vt_season_kind){0};
    int status = vt_ets_select(&ets, long_season ? plain : y, n, long_season ? 1 : m, false, err);
    if (status == VT_OK) {
        ets.variance /= vt_season_fitted(kind, n, m);
        vt_ets_mean(mean, &ets, o->horizon);
        status = quantile == NULL ? VT_OK : ets_quantiles(quantile, mean, &ets, o, kind, n, err);
    }
    if (status == VT_OK && long_season) {
        vt_season_put(mean, 1, o->horizon, season, kind, n, m);
        vt_season_put(quantile, quantile == NULL ? 0 : o->n_levels, o->horizon, season, kind, n, m);
    }
    vt_free(plain);
    return status;
}

int vt_forecast_theta(double *mean, double *quantile, const double *y, size_t n, vt_forecast_method method,
                      const vt_forecast_options *o, vt_error *err)
{
    static const vt_theta_kind kinds[] = {
        [VT_FORECAST_THETA] = VT_THETA_STANDARD,
        [VT_FORECAST_THETA_OPTIMISED] = VT_THETA_OPTIMISED,
        [VT_FORECAST_THETA_DYNAMIC] = VT_THETA_DYNAMIC_OPTIMISED,
        [VT_FORECAST_THETA_BEST] = VT_THETA_BEST,
    };
    vt_theta theta;
    size_t m = o->period > 1 && o->period <= n ? o->period : 1;
    double *season = vt_alloc(m + o->horizon, sizeof *season, err);
    if (season == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    double *variance = season + m;
    int status = vt_theta_fit(&theta, season, y, n, m, kinds[method], err);
    if (status == VT_OK) {
        vt_theta_forecast(mean, variance, &theta, season, m, o->horizon);
        vt_normal_quantiles(quantile, mean, variance, o);
    }
    vt_free(season);
    return status;
}
