/* The tree is laid out first, then its series are forecast side by side, then they are made to add up. */
#include "insight/demand/shop_forecast.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/pool.h"
#include "insight/demand/reconcile.h"
#include "insight/demand/season.h"

enum {
    PRODUCTS_MOST = 1000,
    COMBINED_MOST = 100,
    CATEGORIES_LEAST = 10,
    LEVELS = 2,
    PATHS = 500,
    ORIGINS = 3,
    SHORTEST = 8
};

static const double levels[LEVELS] = {.1, .9};

typedef struct job {
    vt_shop_forecast *f;
    const vt_shop_sales *sales;
    const vt_insight_options *o;
    vt_forecast_method of_products;
} job;

/* ---- the tree ---------------------------------------------------------------------------------------------------- */

typedef struct ranked {
    double pieces;
    int32_t number;
} ranked;

static int by_pieces(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    int order = (x->pieces < y->pieces) - (x->pieces > y->pieces);
    return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

/* Items by what they sold in the last year, and groups by the same; those with any sale in the periods. */
static void rank(ranked *item, ranked *group, const vt_shop_sales *s, const vt_groups *g)
{
    const vt_shop_periods *p = s->periods;
    size_t from = p->n > p->year ? p->n - p->year : 0;
    for (int32_t k = 0; k < g->now.n; k++) {
        group[k] = (ranked){-1, k};
    }
    for (size_t i = 0; i < s->n_items; i++) {
        bool sold = s->start[i + 1] > s->start[i];
        item[i] = (ranked){sold ? vt_shop_sales_since(s, (int32_t)i, from) : -1, (int32_t)i};
        if (sold) {
            ranked *of = &group[g->of_item[i]];
            of->pieces = of->pieces < 0 ? item[i].pieces : of->pieces + item[i].pieces;
        }
    }
    qsort(item, s->n_items, sizeof *item, by_pieces);
    qsort(group, (size_t)g->now.n, sizeof *group, by_pieces);
}

static int32_t add_node(vt_shop_forecast *f, vt_shop_level level, int32_t parent, int32_t item, const char *name)
{
    f->node[f->n_nodes] = (vt_shop_node){.level = level, .parent = parent, .item = item, .name = name};
    return (int32_t)f->n_nodes++;
}

/* Nodes of the total, the categories, the products and what is left of each category. */
static int plant(vt_shop_forecast *f, int32_t *of_item, const vt_shop_sales *s, const vt_groups *g, size_t n,
                 vt_error *err)
{
    size_t n_groups = (size_t)g->now.n, products = n < PRODUCTS_MOST ? n : PRODUCTS_MOST, shown = 0;
    size_t categories = products < CATEGORIES_LEAST ? CATEGORIES_LEAST : products;
    ranked *item = vt_alloc(s->n_items, sizeof *item, err), *group = vt_alloc(n_groups, sizeof *group, err);
    int32_t *rest = vt_alloc(n_groups + 1, sizeof *rest, err);
    if (item == NULL || group == NULL || rest == NULL) {
        vt_free(item);
        vt_free(group);
        vt_free(rest);
        return VT_ERR_NO_MEMORY;
    }
    rank(item, group, s, g);
    add_node(f, VT_SHOP_TOTAL, -1, -1, "total");
    int32_t others = -1;
    while (shown < n_groups && group[shown].pieces >= 0) {
        bool is_last = shown + 1 == n_groups || group[shown + 1].pieces < 0;
        bool own = shown + 1 < categories || (shown + 1 == categories && is_last);
        if (own || others < 0) {
            int32_t node = add_node(f, VT_SHOP_CATEGORY, 0, -1, own ? g->name[group[shown].number] : "all others");
            rest[node] = -1;
            others = own ? others : node;
        }
        f->of_group[group[shown].number] = own ? (int32_t)f->n_nodes - 1 : others;
        shown++;
    }
    for (size_t i = 0; i < products && i < s->n_items && item[i].pieces >= 0; i++) {
        int32_t at = item[i].number, category = f->of_group[g->of_item[at]];
        of_item[at] = add_node(f, VT_SHOP_PRODUCT, category, at, NULL);
        rest[category] = -2; /* has products of its own */
    }
    for (size_t i = 0; i < s->n_items && item[i].pieces >= 0; i++) {
        int32_t at = item[i].number, category = f->of_group[g->of_item[at]];
        if (of_item[at] < 0 && rest[category] == -2) {
            rest[category] = add_node(f, VT_SHOP_REST, category, -1, NULL);
        }
        of_item[at] = of_item[at] >= 0 ? of_item[at] : rest[category] >= 0 ? rest[category] : category;
    }
    vt_free(item);
    vt_free(group);
    vt_free(rest);
    return VT_OK;
}

/* What each series sold in as many periods as are foreseen. */
static void sum_before(vt_shop_forecast *f, size_t n)
{
    for (size_t k = 0; k <= f->n_nodes; k++) {
        vt_shop_node *node = &f->node[k];
        node->before = n >= f->horizon ? 0 : (double)NAN;
        for (size_t t = n >= f->horizon ? n - f->horizon : n; t < n; t++) {
            node->before += node->y[t];
        }
    }
}

/* Adds what was probably lost while sold out to the series of an item and of all above it. */
static int add_lost(vt_shop_forecast *f, const int32_t *of_item, const vt_shop_sales *s, const vt_lost_sales *lost,
                    const vt_scope *scope, vt_error *err)
{
    const vt_shop_periods *p = s->periods, *days = lost->sales->periods;
    double *wanted = vt_alloc(days->n + vt_lost_sales_scratch(lost), sizeof *wanted, err);
    if (wanted == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < s->n_items; i++) {
        memset(wanted, 0, days->n * sizeof *wanted);
        if (!vt_lost_sales_add(wanted, wanted + days->n, lost, (int32_t)i)) {
            continue;
        }
        double price = vt_shop_sales_price(s, scope->view, (int32_t)i);
        for (size_t d = 0, k = 0; d < days->n && p->n > 0; d++) {
            while (k + 1 < p->n && p->day[k + 1] <= days->day[d]) {
                k++;
            }
            bool inside = days->day[d] >= p->day[k] && days->day[d] < p->day[k + 1];
            for (int32_t at = of_item[i]; inside && wanted[d] > 0 && at >= 0; at = f->node[at].parent) {
                f->node[at].y[k] += wanted[d];
            }
            f->node[f->n_nodes].y[k] += inside ? wanted[d] * price : 0;
        }
    }
    vt_free(wanted);
    return VT_OK;
}

/* Series of all nodes from the leaves that items belong to. */
static int fill_series(vt_shop_forecast *f, const int32_t *of_item, const vt_shop_sales *s, const vt_lost_sales *lost,
                       const vt_scope *scope, vt_error *err)
{
    size_t n = s->periods->n;
    for (size_t i = 0; i < s->n_items; i++) {
        for (int32_t at = of_item[i]; at >= 0; at = f->node[at].parent) {
            vt_shop_sales_add(f->node[at].y, s, (int32_t)i);
        }
    }
    memcpy(f->node[f->n_nodes].y, s->revenue, n * sizeof(double));
    sum_before(f, n);
    int status = lost->known != NULL ? add_lost(f, of_item, s, lost, scope, err) : VT_OK;
    for (size_t k = 0; k <= f->n_nodes; k++) {
        vt_shop_node *node = &f->node[k];
        while (node->begin + SHORTEST < n && node->y[node->begin] == 0) {
            node->begin++;
        }
    }
    return status;
}

/* ---- one series -------------------------------------------------------------------------------------------------- */

static int test_node(vt_shop_node *node, const double *y, size_t n, vt_forecast_method method,
                     const vt_forecast_options *o, vt_error *err)
{
    vt_backtest_options b;
    vt_backtest_options_init(&b);
    b.origins = ORIGINS;
    b.shortest = SHORTEST;
    if (n < o->horizon + SHORTEST) {
        return VT_OK;
    }
    node->tested = true;
    return vt_backtest_run(&node->test, y, n, method, o, &b, err);
}

static int smooth(vt_shop_node *node, const double *y, size_t n, const vt_forecast_options *o, vt_error *err)
{
    double *mean = vt_alloc(o->horizon, sizeof *mean, err);
    if (mean == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = vt_forecast(mean, NULL, y, n, VT_FORECAST_ETS, o, err);
    node->smoothed = 0;
    for (size_t h = 0; status == VT_OK && h < o->horizon; h++) {
        node->smoothed += mean[h];
    }
    vt_free(mean);
    return status;
}

/*
 * Mean square of the differences between sums of `horizon` periods and of as many before, over all places of `y` (n).
 * Only n / horizon - 2 of them are independent: widened as the variance of Student's t is. Infinite where these are
 * under 3.
 */
static double moves_of(const double *y, size_t n, size_t horizon)
{
    double free = (double)n / (double)horizon - 2, change = 0, squares = 0;
    if (free < 3) {
        return INFINITY;
    }
    for (size_t k = 0; k < n; k++) {
        change += y[k] - (k >= horizon ? 2 * y[k - horizon] : 0) + (k >= 2 * horizon ? y[k - 2 * horizon] : 0);
        squares += k + 1 >= 2 * horizon ? change * change : 0;
    }
    return squares / (double)(n - 2 * horizon + 1) * free / (free - 2);
}

static int forecast_node(vt_shop_node *node, const job *j, vt_error *err)
{
    const vt_shop_periods *p = j->sales->periods;
    size_t n = p->n - node->begin, horizon = j->f->horizon;
    const double *y = node->y + node->begin;
    vt_forecast_method method = node->level == VT_SHOP_PRODUCT ? j->of_products : VT_FORECAST_COMBINATION;
    vt_forecast_options o;
    vt_forecast_options_init(&o);
    o.period = n >= 2 * j->f->season ? j->f->season : 1;
    o.horizon = horizon;
    o.levels = levels;
    o.n_levels = LEVELS;
    o.non_negative = node->level != VT_SHOP_REVENUE;
    o.seed = j->o->seed;
    o.paths = PATHS;
    int status = vt_forecast(node->mean, node->low, y, n, method, &o, err); /* low and high stand side by side */
    node->moves = moves_of(y, n, horizon);
    status = status == VT_OK ? smooth(node, y, n, &o, err) : status;
    return status == VT_OK && j->o->backtest ? test_node(node, y, n, method, &o, err) : status;
}

static int forecast_block(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    const job *j = context;
    int status = VT_OK;
    (void)worker;
    for (size_t i = begin; i < end && status == VT_OK; i++) {
        status = forecast_node(&j->f->node[i], j, err);
    }
    return status;
}

static int report(void *context, size_t done, vt_error *err)
{
    const job *j = context;
    vt_progress_state state = {"forecasting", "series", (double)done, (double)(j->f->n_nodes + 1), NULL};
    return vt_progress_report(j->o->progress, &state, err);
}

/* ---- adding up --------------------------------------------------------------------------------------------------- */

/* Standard deviation that an interval of 80 % of a normal distribution has. */
static double deviation_of(const vt_shop_node *node, size_t h)
{
    return (node->high[h] - node->low[h]) / 2.5631;
}

/* Mean over the steps of the variance that an interval of 80 % has; never 0. */
static double variance_of(const vt_shop_node *node, size_t horizon)
{
    double sum = 0, whole = 0;
    for (size_t h = 0; h < horizon; h++) {
        double deviation = deviation_of(node, h);
        sum += deviation * deviation / (double)horizon;
        whole += node->mean[h] / (double)horizon;
    }
    return fmax(sum, 1e-4 * (1 + whole));
}

static int reconcile(vt_shop_forecast *f, vt_error *err)
{
    size_t horizon = f->horizon, n = f->n_nodes;
    double *base = vt_alloc(n * (horizon + 1), sizeof *base, err);
    int32_t *parent = vt_alloc(n, sizeof *parent, err);
    int status = base == NULL || parent == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK) {
        double *variance = base + n * horizon;
        vt_reconcile_options o;
        vt_reconcile_options_init(&o);
        o.method = VT_RECONCILE_VARIANCE;
        o.variance = variance;
        o.non_negative = true;
        for (size_t i = 0; i < n; i++) {
            parent[i] = f->node[i].parent;
            variance[i] = variance_of(&f->node[i], horizon);
            memcpy(base + i * horizon, f->node[i].mean, horizon * sizeof *base);
        }
        status = vt_reconcile(base, base, parent, n, horizon, &o, err);
    }
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        vt_shop_node *node = &f->node[i];
        for (size_t h = 0; h < horizon; h++) {
            double x = base[i * horizon + h], moved = x - node->mean[h];
            node->mean[h] = x;
            node->low[h] = fmin(x, fmax(0, node->low[h] + moved));
            node->high[h] = fmax(x, node->high[h] + moved);
        }
    }
    vt_free(base);
    vt_free(parent);
    return status;
}

/*
 * The sum over the horizon with its interval. The error of the first step is the noise of a period, and noise of
 * periods is independent, that of pieces at least Poisson's; what later steps add to it is that of the level, and the
 * same for all. To this comes how far exponential smoothing alone is from the forecast, up to two deviations. Sums are
 * not taken to move more than they did.
 */
static void add_sums(vt_shop_node *node, size_t horizon)
{
    bool pieces = node->level != VT_SHOP_REVENUE;
    double noise = deviation_of(node, 0), level = 0, independent = 0;
    node->sum = 0;
    for (size_t h = 0; h < horizon; h++) {
        double deviation = deviation_of(node, h);
        node->sum += node->mean[h];
        level += sqrt(fmax(0, deviation * deviation - noise * noise));
        independent += fmax(noise * noise, pieces ? node->mean[h] : 0);
    }
    double variance = independent + level * level;
    double apart = fmin(fabs(node->sum - node->smoothed), 2 * sqrt(variance));
    variance += apart * apart;
    variance = fmin(variance, node->moves);
    node->sum_low = node->sum - 1.96 * sqrt(variance);
    node->sum_high = node->sum + 1.96 * sqrt(variance);
    node->sum_low = pieces && node->sum_low < 0 ? 0 : node->sum_low;
}

/* ---- days known beforehand --------------------------------------------------------------------------------------- */

/* Finds their effects and takes them off all series. */
static int take_known(vt_shop_forecast *f, const vt_known_days *known, const vt_shop_periods *p, vt_error *err)
{
    const double *revenue = f->node[f->n_nodes].y;
    int status = vt_known_effects_find(&f->known, known, f->node[0].y, p->n, f->horizon, p->day, p->season, err);
    if (status == VT_OK) {
        status = vt_known_effects_find(&f->known_revenue, known, revenue, p->n, f->horizon, p->day, p->season, err);
    }
    for (size_t k = 0; status == VT_OK && k <= f->n_nodes; k++) {
        vt_known_take(f->node[k].y, k < f->n_nodes ? &f->known : &f->known_revenue, f->node[k].begin);
    }
    return status;
}

/* Puts them on a forecast and on its sum; one factor for all series, so that they still add up. */
static void put_known(vt_shop_node *node, const vt_known_effects *effects)
{
    double sum = 0;
    if (effects->known == NULL) {
        return;
    }
    vt_known_put(node->mean, node->low, node->high, effects);
    for (size_t h = 0; h < effects->horizon; h++) {
        sum += node->mean[h];
    }
    double times = node->sum > 0 ? sum / node->sum : 1, wider = 1.96 * vt_known_deviation(node->mean, effects);
    double below = times * (node->sum - node->sum_low), above = times * (node->sum_high - node->sum);
    bool positive = node->sum_low >= 0;
    node->sum = sum;
    node->sum_low = sum - sqrt(below * below + wider * wider);
    node->sum_low = positive ? fmax(0, node->sum_low) : node->sum_low;
    node->sum_high = sum + sqrt(above * above + wider * wider);
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

void vt_shop_forecast_done(vt_shop_forecast *f)
{
    vt_known_effects_done(&f->known);
    vt_known_effects_done(&f->known_revenue);
    vt_free(f->node);
    vt_free(f->of_group);
    vt_free(f->slab);
    *f = (vt_shop_forecast){0};
}

static int lay_out(vt_shop_forecast *f, const vt_shop_sales *s, const vt_lost_sales *lost, const vt_scope *scope,
                   const vt_groups *g, size_t n, vt_error *err)
{
    size_t n_groups = (size_t)g->now.n, products = n < PRODUCTS_MOST ? n : PRODUCTS_MOST;
    size_t each = s->periods->n + 3 * f->horizon;
    int32_t *of_item = vt_alloc(s->n_items, sizeof *of_item, err);
    products = products < s->n_items ? products : s->n_items;
    f->node = vt_alloc_zero(2 + 2 * (n_groups + 1) + products, sizeof *f->node, err);
    f->of_group = vt_alloc(n_groups, sizeof *f->of_group, err);
    int status = of_item == NULL || f->node == NULL || f->of_group == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t i = 0; status == VT_OK && i < s->n_items; i++) {
        of_item[i] = -1;
    }
    status = status == VT_OK ? plant(f, of_item, s, g, n, err) : status;
    if (status == VT_OK) {
        f->node[f->n_nodes] = (vt_shop_node){.level = VT_SHOP_REVENUE, .parent = -1, .item = -1, .name = "revenue"};
        f->slab = vt_alloc_zero((f->n_nodes + 1) * each, sizeof *f->slab, err);
        status = f->slab == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    for (size_t k = 0; status == VT_OK && k <= f->n_nodes; k++) {
        vt_shop_node *node = &f->node[k];
        node->y = f->slab + k * each;
        node->mean = node->y + s->periods->n;
        node->low = node->mean + f->horizon;
        node->high = node->low + f->horizon;
    }
    if (status == VT_OK) {
        status = fill_series(f, of_item, s, lost, scope, err);
    }
    vt_free(of_item);
    return status;
}

int vt_shop_forecast_make(vt_shop_forecast *out, const vt_shop_sales *sales, const vt_lost_sales *lost,
                          const vt_known_days *known, const vt_scope *scope, const vt_groups *groups,
                          const vt_insight_options *options, vt_error *err)
{
    const vt_shop_periods *p = sales->periods;
    vt_shop_forecast f = {.horizon = (size_t)options->horizon};
    job j = {&f, sales, options, VT_FORECAST_COMBINATION};
    int status = lay_out(&f, sales, lost, scope, groups, (size_t)options->n, err);
    status = status == VT_OK && known != NULL ? take_known(&f, known, p, err) : status;
    if (status == VT_OK) {
        size_t begin = f.node[0].begin;
        bool found = vt_has_season(f.node[0].y + begin, p->n - begin, p->season);
        f.season = options->season > 0 ? (size_t)options->season : found ? p->season : 1;
        j.of_products = options->n > COMBINED_MOST ? VT_FORECAST_ETS : VT_FORECAST_COMBINATION;
        f.method = vt_forecast_method_info(j.of_products)->title;
        status = vt_parallel_for(vt_threads(0), f.n_nodes + 1, 1, forecast_block, report, &j, err);
    }
    status = status == VT_OK ? reconcile(&f, err) : status;
    for (size_t k = 0; status == VT_OK && k <= f.n_nodes; k++) {
        add_sums(&f.node[k], f.horizon);
        put_known(&f.node[k], k < f.n_nodes ? &f.known : &f.known_revenue);
    }
    if (status != VT_OK) {
        vt_shop_forecast_done(&f);
        return status;
    }
    *out = f;
    return VT_OK;
}
