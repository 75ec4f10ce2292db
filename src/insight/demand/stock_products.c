/* Products are independent of each other: one after the other on all processors, with the same random streams. */
#include "insight/demand/stock_products.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/pool.h"
#include "base/rng.h"
#include "insight/demand/croston.h"
#include "insight/demand/demand_bootstrap.h"
#include "insight/demand/series.h"

enum {
    WEEK = 7,
    YEAR = 365,
    DAYS_LEAST = 28,
    WEEKS_MOST = 104,
    PATHS = 500,
    PATHS_FEW = 200,
    STEPS_MANY = 100000,
    LASTS = 60
};

typedef struct job {
    vt_product_stock *row; /* (K) */
    size_t n;
    const vt_shop_sales *sales;
    const vt_lost_sales *lost;
    const vt_scope *scope;
    const vt_insight_options *o;
    size_t lead, paths;
} job;

/* Expected demand a day: TSB over whole weeks up to the end, of `y` (n) days; `week` (n / 7 + 1) is scratch. */
static int rate_of(double *out, double *week, const double *y, size_t n, vt_error *err)
{
    size_t weeks = n / WEEK < WEEKS_MOST ? n / WEEK : WEEKS_MOST, begin = n - weeks * WEEK, first = 0;
    vt_croston tsb;
    memset(week, 0, weeks * sizeof *week);
    for (size_t d = begin; d < n; d++) {
        week[(d - begin) / WEEK] += y[d];
    }
    while (first + DAYS_LEAST / WEEK < weeks && week[first] == 0) {
        first++;
    }
    if (weeks == 0) {
        double sum = 0;
        for (size_t d = 0; d < n; d++) {
            sum += y[d];
        }
        *out = sum / (double)n;
        return VT_OK;
    }
    int status = vt_croston_fit(&tsb, NULL, week + first, weeks - first, VT_CROSTON_TSB, err);
    *out = status == VT_OK ? tsb.rate / WEEK : *out;
    return status;
}

/* Scales futures (P, H) so that their mean is the rate; gives how far sums over `steps` are over the stock, in mean. */
static double short_of(const double *path, size_t n_paths, size_t horizon, size_t steps, double on_hand)
{
    double mean = 0;
    for (size_t p = 0; p < n_paths; p++) {
        double sum = 0;
        for (size_t h = 0; h < steps; h++) {
            sum += path[p * horizon + h];
        }
        mean += fmax(0, sum - on_hand) / (double)n_paths;
    }
    return mean;
}

static void scale(double *path, size_t n, double rate)
{
    double mean = 0;
    for (size_t i = 0; i < n; i++) {
        mean += path[i] / (double)n;
    }
    for (size_t i = 0; mean > 0 && i < n; i++) {
        path[i] *= rate / mean;
    }
}

/* The days until the stock is used up in futures of `y` (n) days, from the tenth to the ninetieth percentile. */
static int find_lasts(vt_product_stock *r, const double *y, size_t n, const job *j, vt_error *err)
{
    const size_t horizon = 2 * LASTS;
    r->lasts_low = r->lasts_high = r->on_hand > 0 ? (double)NAN : 0;
    if (!(r->on_hand > 0 && r->rate > 0 && r->on_hand <= LASTS * r->rate)) {
        return VT_OK;
    }
    double *path = vt_alloc(j->paths * (horizon + 1), sizeof *path, err);
    if (path == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    double *days = path + j->paths * horizon;
    int status = vt_demand_paths(path, y, n, j->paths, horizon, j->o->seed, err);
    if (status == VT_OK) {
        scale(path, j->paths * horizon, r->rate);
        for (size_t p = 0; p < j->paths; p++) {
            double left = r->on_hand;
            size_t h = 0;
            while (h < horizon && left > 1e-9) {
                left -= path[p * horizon + h++];
            }
            days[p] = left > 1e-9 ? (double)(horizon + 1) : (double)h;
        }
        qsort(days, j->paths, sizeof *days, vt_by_value);
        r->lasts_low = vt_sorted_quantile(days, j->paths, .1);
        r->lasts_high = vt_sorted_quantile(days, j->paths, .9);
        r->lasts_low = r->lasts_low > (double)horizon ? (double)NAN : r->lasts_low;
        r->lasts_high = r->lasts_high > (double)horizon ? (double)NAN : r->lasts_high;
    }
    vt_free(path);
    return status;
}

static int plan(vt_product_stock *r, double *path, size_t horizon, const job *j, vt_error *err)
{
    vt_stock_request request;
    vt_stock_plan longer;
    vt_stock_request_init(&request);
    request.on_hand = r->on_hand;
    request.lead_time = j->lead + WEEK;
    request.service = j->o->service;
    int status = vt_stock_plan_make(&longer, path, j->paths, horizon, &request, err);
    request.lead_time = j->lead;
    status = status == VT_OK ? vt_stock_plan_make(&r->plan, path, j->paths, horizon, &request, err) : status;
    if (status == VT_OK) {
        double price = vt_shop_sales_price(j->sales, j->scope->view, r->item);
        double until = short_of(path, j->paths, horizon, j->lead, r->on_hand);
        double after = short_of(path, j->paths, horizon, j->lead + WEEK, r->on_hand);
        bool orders = r->rate > 0 && r->on_hand <= r->plan.reorder_point;
        r->plan.reorder_point = ceil(r->plan.reorder_point - 1e-9);
        r->quantity = orders ? fmax(0, ceil(longer.reorder_point - r->on_hand - 1e-9)) : 0;
        r->missed = price * until;
        r->kept = price * fmax(0, after - until);
    }
    return status;
}

/* Whole pieces that were probably wanted while there were none: the bootstrap draws from days that could have been. */
static void add_wanted(double *y, const double *wanted, size_t n, int32_t item, uint64_t seed)
{
    for (size_t d = 0; d < n; d++) {
        vt_rng rng = vt_rng_at(seed, "wanted", (uint64_t)item, d);
        y[d] += wanted[d] > y[d] ? (double)vt_rng_poisson(&rng, wanted[d] - y[d]) : 0;
    }
}

static int plan_one(vt_product_stock *r, const job *j, vt_error *err)
{
    size_t n = j->sales->periods->n, horizon = j->lead + WEEK + 2, begin = n > YEAR ? n - YEAR : 0;
    r->lasts_low = r->lasts_high = (double)NAN;
    if (j->sales->start[r->item + 1] == j->sales->start[r->item]) {
        return VT_OK; /* nothing was sold, nothing is foreseen */
    }
    double *y =
        vt_alloc_zero(2 * n + n / WEEK + 1 + vt_lost_sales_scratch(j->lost) + j->paths * horizon, sizeof *y, err);
    if (y == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    double *wanted = y + n, *week = wanted + n, *scratch = week + n / WEEK + 1;
    double *path = scratch + vt_lost_sales_scratch(j->lost);
    vt_shop_sales_add(y, j->sales, r->item);
    vt_shop_sales_add(wanted, j->sales, r->item);
    bool sold_out = vt_lost_sales_add(wanted, scratch, j->lost, r->item);
    int status = rate_of(&r->rate, week, wanted, n, err);
    if (sold_out) {
        add_wanted(y, wanted, n, r->item, j->o->seed);
    }
    while (begin + DAYS_LEAST < n && y[begin] == 0) {
        begin++;
    }
    status = status == VT_OK ? vt_demand_paths(path, y + begin, n - begin, j->paths, horizon, j->o->seed, err) : status;
    if (status == VT_OK) {
        scale(path, j->paths * horizon, r->rate);
        status = plan(r, path, horizon, j, err);
    }
    status = status == VT_OK ? find_lasts(r, y + begin, n - begin, j, err) : status;
    vt_free(y);
    return status;
}

static int plan_block(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    const job *j = context;
    int status = VT_OK;
    (void)worker;
    for (size_t i = begin; i < end && status == VT_OK; i++) {
        status = plan_one(&j->row[i], j, err);
    }
    return status;
}

static int report(void *context, size_t done, vt_error *err)
{
    const job *j = context;
    vt_progress_state state = {"planning stock", "products", (double)done, (double)j->n, NULL};
    return vt_progress_report(j->o->progress, &state, err);
}

static void collect(job *j)
{
    const vt_view *view = j->scope->view;
    int64_t from = j->scope->period.from;
    for (int32_t i = 0; i < view->n_items; i++) {
        const vt_item_block *block = vt_view_block(view, i);
        int32_t k = i & VT_BLOCK_MASK;
        if (block->stock[k] == VT_NONE || (j->scope->item_passes != NULL && !j->scope->item_passes[i])) {
            continue;
        }
        int64_t each = block->cost[k] != VT_NONE ? block->cost[k] : block->price[k], last = j->sales->last[i];
        bool on_sale = block->available_from[k] == VT_NONE || block->available_from[k] <= from;
        j->row[j->n++] = (vt_product_stock){.item = i,
                                            .on_hand = fmax(0, (double)block->stock[k]),
                                            .each = each == VT_NONE ? 0 : (double)each,
                                            .idle = block->stock[k] > 0 && on_sale && (last == VT_NONE || last < from)};
    }
}

/* Plans the rows and hands them over, or frees them. */
static int plan_rows(vt_product_stock **out, job *j, vt_error *err)
{
    j->lead = j->o->lead_days > 0 ? (size_t)j->o->lead_days : 1;
    j->paths = j->n * (j->lead + WEEK) > STEPS_MANY ? PATHS_FEW : PATHS;
    int status = vt_parallel_for(vt_threads(0), j->n, 8, plan_block, report, j, err);
    if (status != VT_OK) {
        vt_free(j->row);
        return status;
    }
    *out = j->row;
    return VT_OK;
}

int vt_product_stocks_find(vt_product_stock **out, size_t *n_found, const vt_shop_sales *sales,
                           const vt_lost_sales *lost, const vt_scope *scope, const vt_insight_options *options,
                           vt_error *err)
{
    job j = {.sales = sales, .lost = lost, .scope = scope, .o = options};
    j.row = vt_alloc((size_t)scope->view->n_items, sizeof *j.row, err);
    if (j.row == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    collect(&j);
    int status = plan_rows(out, &j, err);
    *n_found = status == VT_OK ? j.n : *n_found;
    return status;
}

int vt_product_plans_make(vt_product_stock **out, const int32_t *item, size_t n, const vt_shop_sales *sales,
                          const vt_lost_sales *lost, const vt_scope *scope, const vt_insight_options *options,
                          vt_error *err)
{
    job j = {.sales = sales, .lost = lost, .scope = scope, .o = options, .n = n};
    j.row = vt_alloc_zero(n, sizeof *j.row, err);
    if (j.row == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        j.row[i].item = item[i];
    }
    return plan_rows(out, &j, err);
}
