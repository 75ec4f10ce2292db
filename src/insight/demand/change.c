/* PELT over running sums: the cost of any segment is a few additions. */
#include "insight/demand/change.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "insight/demand/series.h"

/* The median of |x| of a normal with standard deviation 1 is this. */
#define NORMAL_MEDIAN 0.6744897501960817

typedef struct sums {
    double *y;  /* (n + 1) of values less their mean */
    double *yy; /* (n + 1) */
    double *ty; /* (n + 1) of value times place */
    vt_changepoint_kind kind;
} sums;

void vt_changepoint_options_init(vt_changepoint_options *options)
{
    *options = (vt_changepoint_options){.kind = VT_CHANGEPOINT_LEVEL};
}

/* Squared errors of the values from `a` to before `b` about their mean or line. */
static double cost(const sums *s, size_t a, size_t b)
{
    double n = (double)(b - a), y = s->y[b] - s->y[a], yy = s->yy[b] - s->yy[a], error = yy - y * y / n;
    if (s->kind == VT_CHANGEPOINT_TREND && b - a > 1) {
        double middle = 0.5 * (double)(a + b - 1), tt = n * (n * n - 1.0) / 12.0, ty = s->ty[b] - s->ty[a] - middle * y;
        error -= ty * ty / tt;
    }
    return error > 0.0 ? error : 0.0;
}

/* From neighbours that differ by noise alone, but for the few at changes: second differences for lines. */
static double noise(double *room, const double *y, size_t n, vt_changepoint_kind kind)
{
    size_t order = kind == VT_CHANGEPOINT_TREND ? 2 : 1, count = n > order ? n - order : 0;
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        room[i] = fabs(order == 1 ? y[i + 1] - y[i] : y[i + 2] - 2.0 * y[i + 1] + y[i]);
        sum += room[i] * room[i];
    }
    if (count == 0) {
        return 0.0;
    }
    qsort(room, count, sizeof *room, vt_by_value);
    double middle = vt_sorted_quantile(room, count, 0.5) / NORMAL_MEDIAN, share = order == 1 ? 2.0 : 6.0;
    return middle > 0.0 ? middle * middle / share : sum / (double)count / share;
}

/*
 * best[t]: least cost of the first t values; from[t]: where the last segment of it begins. A beginning that is worse
 * at t than a change right there can never be the best again (theorem 3.1), but a change at t only counts from t +
 * shortest on: until then (`gone`) it stays.
 */
static void search(double *best, size_t *from, size_t *active, size_t *gone, const sums *s, size_t n, size_t shortest,
                   double penalty)
{
    size_t n_active = 1;
    best[0] = -penalty;
    active[0] = 0;
    gone[0] = n + 1;
    for (size_t t = 1; t <= n; t++) {
        best[t] = INFINITY;
        from[t] = 0;
    }
    for (size_t t = shortest; t <= n; t++) {
        size_t kept = 0;
        for (size_t k = 0; k < n_active; k++) {
            size_t a = active[k];
            double total = best[a] + cost(s, a, t) + penalty;
            if (total < best[t]) {
                best[t] = total;
                from[t] = a;
            }
        }
        for (size_t k = 0; k < n_active; k++) {
            size_t a = active[k];
            if (gone[a] > n && best[a] + cost(s, a, t) > best[t]) {
                gone[a] = t + shortest;
            }
            if (t + 1 < gone[a]) {
                active[kept++] = a;
            }
        }
        if (t + 1 >= 2 * shortest) { /* a segment that ends at t + 1 may begin here */
            gone[t + 1 - shortest] = n + 1;
            active[kept++] = t + 1 - shortest;
        }
        n_active = kept;
    }
}

int vt_changepoint_find(size_t *at, size_t *n_changes, const double *y, size_t n, const vt_changepoint_options *o,
                        vt_error *err)
{
    bool trend = o->kind == VT_CHANGEPOINT_TREND;
    size_t shortest = o->shortest > 0 ? o->shortest : trend ? 4 : 2;
    int status = vt_series_check(y, n, err);
    double *slab = status == VT_OK ? vt_alloc(5 * (n + 1), sizeof *slab, err) : NULL;
    size_t *places = slab == NULL ? NULL : vt_alloc(3 * (n + 1), sizeof *places, err);
    if (places == NULL) {
        vt_free(slab);
        return status != VT_OK ? status : VT_ERR_NO_MEMORY;
    }
    double *best = slab + 3 * (n + 1), mean = vt_series_mean(y, n);
    size_t *from = places, *active = places + n + 1, count = 0;
    sums s = {slab, slab + n + 1, slab + 2 * (n + 1), o->kind};
    double variance = o->variance > 0.0 ? o->variance : noise(slab + 4 * (n + 1), y, n, o->kind);
    double penalty = o->penalty > 0.0 ? o->penalty : (trend ? 3.0 : 2.0) * log((double)n);
    s.y[0] = s.yy[0] = s.ty[0] = 0.0;
    for (size_t i = 0; i < n; i++) {
        double v = y[i] - mean;
        s.y[i + 1] = s.y[i] + v;
        s.yy[i + 1] = s.yy[i] + v * v;
        s.ty[i + 1] = s.ty[i] + (double)i * v;
    }
    if (variance > 0.0 && n >= 2 * shortest) {
        search(best, from, active, places + 2 * (n + 1), &s, n, shortest, penalty * variance);
        for (size_t t = n; from[t] > 0; t = from[t]) {
            active[count++] = from[t];
        }
    }
    for (size_t k = 0; k < count; k++) {
        at[k] = active[count - 1 - k];
    }
    *n_changes = count;
    vt_free(places);
    vt_free(slab);
    return VT_OK;
}
