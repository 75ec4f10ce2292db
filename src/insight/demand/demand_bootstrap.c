/* The chain of demand and no demand, and the bootstrap as a forecast method. */
#include "insight/demand/demand_bootstrap.h"

#include <math.h>
#include <stdbool.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "insight/demand/methods.h"
#include "insight/demand/series.h"

/* The chance of demand after a period without (0) and with demand (1), and what occurred. */
typedef struct chain {
    double chance[2];
    double mean_size;
    size_t demands;
    bool whole;
    bool demand_now;
} chain;

static chain chain_of(const double *y, size_t n)
{
    chain c = {.whole = true, .demand_now = y[n - 1] > 0.0};
    double count[2][2] = {{0}};
    for (size_t i = 0; i < n; i++) {
        bool demand = y[i] > 0.0;
        c.demands += demand ? 1U : 0U;
        c.mean_size += demand ? y[i] : 0.0;
        c.whole = c.whole && floor(y[i]) == y[i];
        if (i > 0) {
            count[y[i - 1] > 0.0][demand] += 1.0;
        }
    }
    c.mean_size /= c.demands > 0 ? (double)c.demands : 1.0;
    for (size_t s = 0; s < 2; s++) {
        c.chance[s] = (count[s][1] + 0.5) / (count[s][0] + count[s][1] + 1.0);
    }
    if (c.demands == 0 || c.demands == n) {
        c.chance[0] = c.chance[1] = c.demands == 0 ? 0.0 : 1.0;
    }
    return c;
}

int vt_demand_paths(double *paths, const double *y, size_t n, size_t n_paths, size_t horizon, uint64_t seed,
                    vt_error *err)
{
    int status = vt_series_check(y, n, err);
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        if (y[i] < 0.0) {
            status = vt_fail_at(err, VT_ERR_UNSUPPORTED, (int64_t)i,
                                "value %zu of the series is under 0; demand is 0 or more for this method", i + 1);
        }
    }
    double *size = status == VT_OK ? vt_alloc(n, sizeof *size, err) : NULL;
    if (size == NULL) {
        return status != VT_OK ? status : VT_ERR_NO_MEMORY;
    }
    chain c = chain_of(y, n);
    for (size_t i = 0, k = 0; i < n; i++) {
        if (y[i] > 0.0) {
            size[k++] = y[i];
        }
    }
    for (size_t p = 0; p < n_paths; p++) {
        vt_rng rng = vt_rng_at(seed, "demand-bootstrap", p, 0);
        bool demand = c.demand_now;
        for (size_t h = 0; h < horizon; h++) {
            demand = vt_rng_unit(&rng) < c.chance[demand ? 1 : 0];
            double x = demand ? size[vt_rng_below(&rng, c.demands)] : 0.0;
            double jittered = demand && c.whole ? 1.0 + floor(x + vt_rng_normal(&rng) * sqrt(x)) : x;
            paths[p * horizon + h] = jittered > 0.0 ? jittered : x;
        }
    }
    vt_free(size);
    return VT_OK;
}

void vt_demand_mean(double *mean, const double *y, size_t n, size_t horizon)
{
    chain c = chain_of(y, n);
    double chance = c.demand_now ? 1.0 : 0.0;
    for (size_t h = 0; h < horizon; h++) {
        chance = chance * c.chance[1] + (1.0 - chance) * c.chance[0];
        mean[h] = chance * c.mean_size;
    }
}

int vt_forecast_bootstrap(double *mean, double *quantile, const double *y, size_t n, vt_forecast_method method,
                          const vt_forecast_options *o, vt_error *err)
{
    (void)method;
    size_t n_paths = quantile == NULL ? 1 : o->paths;
    double *room = vt_alloc(n_paths * (o->horizon + 1), sizeof *room, err);
    if (room == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = vt_demand_paths(room + n_paths, y, n, n_paths, o->horizon, o->seed, err);
    if (status == VT_OK) {
        vt_demand_mean(mean, y, n, o->horizon);
        if (quantile != NULL) {
            vt_path_quantiles(quantile, room, room + n_paths, n_paths, o);
        }
    }
    vt_free(room);
    return status;
}
