/*
 * Category by category: coefficients of the controls with one slope for all, then each product's own slope beside them,
 * then the pooling. Under the Poisson likelihood a product's slope has no closed form, and with few sales it may be
 * infinite; so it is expanded around its pooled value, and expanding and pooling take turns until they agree (penalized
 * quasi-likelihood, Breslow and Clayton 1993). Errors of the controls are added to the variances by the delta method.
 */
#include "insight/price/elasticity.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "insight/price/categories.h"
#include "insight/price/pool.h"

#define VARIANCE_MIN 1e-10
#define LEFT_MIN 0.01        /* share of the price's variance that controls must leave */
#define CATEGORY_WEIGHT 30.0 /* rows that the category's scatter counts for beside a product's own */

enum { TURNS = 40, NEWTON_STEPS = 60 };

void vt_elasticity_options_init(vt_elasticity_options *options)
{
    *options = (vt_elasticity_options){
        .size = sizeof *options, .likelihood = VT_PRICE_POISSON, .season = VT_SEASON_AUTO, .spread = 0.5};
}

/* A category at work. Arrays of the category's products are (J), of coefficients (P). */
typedef struct work {
    vt_demand demand;
    const vt_elasticity_options *options;
    double *beta, *covariance;
    double *z;
    int32_t *filled;
    vt_demand_moments *moments;         /* (J) */
    double *at;                         /* (J) slope around which a product is expanded */
    double *y, *v;                      /* (J) estimates of slopes and their variances */
    double *theta, *variance, *towards; /* (J) pooled */
    double *along;                      /* (J, P - 1) */
    double *mean_along, *row;           /* (P) */
    double inflation;
    vt_pooled pooled;
} work;

static void free_work(work *w)
{
    vt_free(w->beta);
    vt_free(w->z);
    vt_free(w->filled);
    vt_free(w->moments);
    vt_free(w->at);
}

static int make_work(work *w, size_t j, size_t n_periods, vt_error *err)
{
    size_t p = vt_demand_size(&w->demand), k = w->demand.k;
    w->beta = vt_alloc_zero(3 * p + p * p, sizeof *w->beta, err);
    w->z = w->beta == NULL ? NULL : vt_alloc_zero(n_periods * k + 1, sizeof *w->z, err);
    w->filled = w->z == NULL ? NULL : vt_alloc(2 * n_periods, sizeof *w->filled, err);
    w->moments = w->filled == NULL ? NULL : vt_alloc_zero(j, sizeof *w->moments, err);
    w->at = w->moments == NULL ? NULL : vt_alloc_zero(6 * j + j * (p - 1), sizeof *w->at, err);
    if (w->at == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    w->mean_along = w->beta + p;
    w->row = w->mean_along + p;
    w->covariance = w->row + p;
    w->y = w->at + j;
    w->v = w->y + j;
    w->theta = w->v + j;
    w->variance = w->theta + j;
    w->towards = w->variance + j;
    w->along = w->towards + j;
    w->demand.z = w->z;
    w->demand.filled = w->filled;
    return VT_OK;
}

/* What a product's scatter counts for: pieces (Poisson), or rows beyond level and slope. */
static double freedom(const work *w, const vt_demand_moments *m)
{
    double rest = w->demand.log_log ? m->rows - 2.0 : m->weight;
    return rest > 0.0 ? rest : 0.0;
}

/* The category's robust variance over that of the model; 0 when nothing tells it. */
static double find_inflation(const work *w)
{
    double middle = 0.0, information = 0.0;
    for (size_t j = 0; j < w->demand.n_products; j++) {
        if (freedom(w, &w->moments[j]) > 0.0) {
            middle += w->moments[j].middle;
            information += w->moments[j].information;
        }
    }
    double ratio = information > 0.0 ? middle / information : 0.0;
    return w->demand.log_log || information <= 0.0 || ratio > 1.0 ? ratio : 1.0;
}

/*
 * Variance of a product's own estimate. Log-log: its own scatter, steadied by the category's. Poisson: the category's,
 * since a product's own would be large just where few sales came at unusual prices, and pooling by it would be biased.
 */
static double own_variance(const work *w, const vt_demand_moments *m)
{
    if (!(m->information > 0.0) || !(w->inflation > 0.0)) {
        return m->information > 0.0 && freedom(w, m) > 0.0 ? VARIANCE_MIN : INFINITY;
    }
    double ratio = w->inflation;
    if (w->demand.log_log) {
        double n = freedom(w, m), others = w->demand.n_products > 1 ? CATEGORY_WEIGHT : 0.0;
        double own = m->middle / m->information;
        ratio = n + others > 0.0 ? (n * own + others * w->inflation) / (n + others) : w->inflation;
    }
    return fmax(ratio / m->information, VARIANCE_MIN);
}

/* Expands every product around w->at, which gives y and v. */
static void expand(work *w)
{
    const vt_demand *d = &w->demand;
    size_t controls = vt_demand_size(d) - 1;
    for (size_t j = 0; j < d->n_products; j++) {
        vt_demand_moments_of(&w->moments[j], w->along + j * controls, d, (size_t)d->product[j], w->at[j]);
    }
    w->inflation = find_inflation(w);
    for (size_t j = 0; j < d->n_products; j++) {
        const vt_demand_moments *m = &w->moments[j];
        w->v[j] = own_variance(w, m);
        w->y[j] = isfinite(w->v[j]) ? w->at[j] + m->score / m->information : 0.0;
        if (!isfinite(w->y[j])) {
            w->y[j] = 0.0;
            w->v[j] = INFINITY;
        }
    }
}

/* Expanding and pooling in turn, until expansion points stay. */
static void settle(work *w)
{
    size_t n = w->demand.n_products;
    for (size_t j = 0; j < n; j++) {
        w->at[j] = w->beta[0];
    }
    for (int turn = 0; turn < TURNS; turn++) {
        double moved = 0.0;
        expand(w);
        vt_pool(&w->pooled, w->theta, w->variance, w->towards, w->y, w->v, n, w->options->spread);
        for (size_t j = 0; j < n && !w->demand.log_log; j++) {
            double step = w->theta[j] - w->at[j];
            step = turn < 3 ? step : 0.5 * step;
            moved = fmax(moved, fabs(step));
            w->at[j] += w->pooled.n > 0 ? fmax(-2.0, fmin(2.0, step)) : 0.0;
        }
        if (moved < 1e-6) {
            break;
        }
    }
}

/* along' V along over the coefficients of the controls. */
static double controls_variance(const work *w, const double *along)
{
    size_t p = vt_demand_size(&w->demand);
    double sum = 0.0;
    for (size_t a = 1; a < p; a++) {
        for (size_t b = 1; b < p; b++) {
            sum += along[a - 1] * w->covariance[a * p + b] * along[b - 1];
        }
    }
    return fmax(sum, 0.0);
}

static void find_mean_along(work *w)
{
    size_t controls = vt_demand_size(&w->demand) - 1;
    double sum = 0.0;
    memset(w->mean_along, 0, (controls + 1) * sizeof *w->mean_along);
    for (size_t j = 0; j < w->demand.n_products; j++) {
        double weight = isfinite(w->v[j]) ? 1.0 / (w->v[j] + w->pooled.tau2_expected) : 0.0;
        sum += weight;
        for (size_t c = 0; c < controls; c++) {
            w->mean_along[c] += weight * w->along[j * controls + c];
        }
    }
    for (size_t c = 0; c < controls && sum > 0.0; c++) {
        w->mean_along[c] /= sum;
    }
}

/* The product's own estimate, unpooled: Newton's method on its one slope. Only where it is finite. */
static void find_own(vt_elasticity *out, const work *w, size_t i, double start, double controls)
{
    double slope = start;
    vt_demand_moments m;
    for (int s = 0; s < NEWTON_STEPS; s++) {
        vt_demand_moments_of(&m, NULL, &w->demand, i, slope);
        double step = m.information > 0.0 ? m.score / m.information : 0.0;
        slope += fmax(-1.0, fmin(1.0, step));
        if (fabs(step) < 1e-9 || fabs(slope) > 50.0) {
            break;
        }
    }
    vt_demand_moments_of(&m, NULL, &w->demand, i, slope);
    double variance = own_variance(w, &m);
    if (isfinite(variance) && fabs(slope) < 50.0) {
        out->own_known = true;
        out->own = slope;
        out->own_deviation = sqrt(variance + controls);
    }
}

/* Level of sales at the price at which it is told apart best from the slope. */
static void find_level(vt_elasticity *out, const work *w, size_t i, const vt_demand_moments *m)
{
    const vt_price_panel *p = w->demand.panel;
    double base = 0.0, expected = 0.0, log_price = 0.0;
    size_t begin = (size_t)p->ptr[i], end = (size_t)p->ptr[i + 1];
    for (size_t r = begin; r < end; r++) {
        double other = exp(w->demand.offset[r]);
        base += other;
        expected += other * exp(out->value * (w->demand.x[r] - m->mean_x));
        log_price = log(p->price[r]) - w->demand.x[r]; /* the mean that was taken off */
    }
    double rows = (double)(end - begin), total = out->history.units;
    out->centre = exp(log_price + m->mean_x);
    out->units = expected > 0.0 && rows > 0.0 ? total / expected * base / rows : 0.0;
    double count = w->demand.log_log ? m->rows : total;
    out->units_deviation = count > 0.0 ? sqrt(fmax(w->inflation, 0.0) / count) : 0.0;
    if (!isfinite(out->units) || !isfinite(out->centre)) {
        out->units = 0.0;
        out->centre = out->history.mean;
    }
}

/* Hands the category's results out. */
static void give(vt_elasticity *product, vt_category_elasticity *category, work *w)
{
    const vt_demand *d = &w->demand;
    size_t p = vt_demand_size(d), controls = p - 1;
    find_mean_along(w);
    category->known = w->pooled.n > 0;
    category->products = d->n_products;
    category->estimated = w->pooled.n;
    category->inflation = w->inflation;
    if (category->known) {
        category->value = w->pooled.mean;
        category->deviation = sqrt(w->pooled.variance + controls_variance(w, w->mean_along));
        category->between = sqrt(w->pooled.tau2);
        vt_elasticity_interval(category->value, category->deviation, &category->low, &category->high);
    }
    category->promotion_known = d->promotion && w->covariance[p + 1] > 0.0;
    if (category->promotion_known) {
        category->promotion = w->beta[1];
        category->promotion_deviation = sqrt(w->covariance[p + 1]);
    }
    for (size_t j = 0; j < d->n_products; j++) {
        size_t i = (size_t)d->product[j];
        vt_elasticity *out = &product[i];
        double share = w->towards[j];
        for (size_t c = 0; c < controls; c++) {
            w->row[c] = share * w->mean_along[c] + (1.0 - share) * w->along[j * controls + c];
        }
        out->known = category->known;
        if (out->known) {
            out->value = w->theta[j];
            out->deviation = sqrt(w->variance[j] + controls_variance(w, w->row));
            out->from_category = share;
            vt_elasticity_interval(out->value, out->deviation, &out->low, &out->high);
            find_own(out, w, i, out->value, controls_variance(w, w->along + j * controls));
        }
        find_level(out, w, i, &w->moments[j]);
    }
}

/* Does promotion vary within a product of the category? */
static bool promotion_varies(const vt_demand *d)
{
    const vt_price_panel *p = d->panel;
    for (size_t j = 0; j < d->n_products && p->promotion != NULL; j++) {
        for (int64_t r = p->ptr[d->product[j]] + 1; r < p->ptr[d->product[j] + 1]; r++) {
            if (fabs(p->promotion[r] - p->promotion[r - 1]) > 1e-9) {
                return true;
            }
        }
    }
    return false;
}

/* Years from the first to the last period. */
static double span_of(const vt_demand *d)
{
    const vt_price_panel *p = d->panel;
    return p->n_periods > 0 ? p->year[p->n_periods - 1] - p->year[0] : 0.0;
}

/* The richest controls that the category's rows carry. */
static vt_price_season choose_season(const vt_demand *d, vt_price_season wanted)
{
    const vt_price_panel *p = d->panel;
    double rows = 0.0;
    for (size_t j = 0; j < d->n_products; j++) {
        rows += (double)(p->ptr[d->product[j] + 1] - p->ptr[d->product[j]]);
    }
    double mean = p->n_periods > 0 ? rows / (double)p->n_periods : 0.0;
    return vt_controls_choose(wanted, (size_t)mean, p->n_periods, 0.0, span_of(d));
}

/* Estimates with given controls; `left` as vt_demand_fit(). Results are handed out when enough of the price is left. */
static int try_season(vt_elasticity *product, vt_category_elasticity *category, double *left, const vt_demand *given,
                      const vt_elasticity_options *options, vt_error *err)
{
    work w = {.demand = *given, .options = options};
    vt_demand *d = &w.demand;
    const vt_price_panel *panel = d->panel;
    d->promotion = promotion_varies(d);
    d->k = vt_controls_count(category->season, panel->n_periods);
    int status = make_work(&w, d->n_products, panel->n_periods, err);
    if (status == VT_OK) {
        vt_controls_fill(w.z, category->season, panel->year, panel->n_periods);
        vt_demand_prepare(d);
        status = vt_demand_fit(w.beta, w.covariance, left, d, err);
    }
    if (status == VT_OK && (*left >= LEFT_MIN || category->season == VT_SEASON_NONE)) {
        vt_demand_offset(d, w.beta);
        settle(&w);
        give(product, category, &w);
    }
    free_work(&w);
    return status;
}

/* Where controls explain the price (all goods of a category change price together), AUTO goes on with plainer ones. */
static int fit_category(vt_elasticity *product, vt_category_elasticity *category, const vt_demand *given,
                        const vt_elasticity_options *options, vt_error *err)
{
    double left = 0.0;
    category->season = choose_season(given, options->season);
    for (;;) {
        int status = try_season(product, category, &left, given, options, err);
        bool enough = left >= LEFT_MIN || category->season == VT_SEASON_NONE;
        if (status != VT_OK || enough || options->season != VT_SEASON_AUTO) {
            category->products = given->n_products;
            return status;
        }
        bool fourier = category->season == VT_SEASON_PERIOD && span_of(given) >= 0.9;
        category->season = fourier                               ? VT_SEASON_FOURIER
                           : category->season == VT_SEASON_TREND ? VT_SEASON_NONE
                                                                 : VT_SEASON_TREND;
    }
}

/* Products in order of category: `order` (I) and where each category begins, `ptr` (C + 1). */
static void sort_by_category(int32_t *order, int64_t *ptr, const vt_price_panel *p)
{
    memset(ptr, 0, (p->n_categories + 1) * sizeof *ptr);
    for (size_t i = 0; i < p->n_products; i++) {
        ptr[(p->category == NULL ? 0 : p->category[i]) + 1]++;
    }
    for (size_t c = 0; c < p->n_categories; c++) {
        ptr[c + 1] += ptr[c];
    }
    for (size_t i = 0; i < p->n_products; i++) {
        order[ptr[p->category == NULL ? 0 : p->category[i]]++] = (int32_t)i;
    }
    for (size_t c = p->n_categories; c > 0; c--) {
        ptr[c] = ptr[c - 1];
    }
    ptr[0] = 0;
}

/* All into `products` and `categories`, which the caller hands on when all went well. */
static int fit_all(vt_elasticity *products, vt_category_elasticity *categories, const vt_price_panel *panel,
                   const vt_elasticity_options *options, vt_error *err)
{
    int64_t longest = 0;
    for (size_t i = 0; i < panel->n_products; i++) {
        int64_t rows = panel->ptr[i + 1] - panel->ptr[i];
        longest = rows > longest ? rows : longest;
    }
    size_t n = panel->n, room = (size_t)longest;
    double *slab = vt_alloc_zero(2 * n + 2 * room, sizeof *slab, err);
    uint8_t *used = slab == NULL ? NULL : vt_alloc_zero(n, sizeof *used, err);
    int32_t *order = used == NULL ? NULL : vt_alloc(panel->n_products, sizeof *order, err);
    int64_t *ptr = order == NULL ? NULL : vt_alloc(panel->n_categories + 1, sizeof *ptr, err);
    int status = ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK) {
        vt_demand d = {.panel = panel,
                       .log_log = options->likelihood == VT_PRICE_LOG_LOG,
                       .x = slab,
                       .offset = slab + n,
                       .used = used,
                       .w = slab + 2 * n,
                       .r = slab + 2 * n + room};
        sort_by_category(order, ptr, panel);
        for (size_t i = 0; i < panel->n_products; i++) {
            vt_price_history_of(&products[i].history, panel, i, d.w);
        }
        for (size_t c = 0; status == VT_OK && c < panel->n_categories; c++) {
            d.product = order + ptr[c];
            d.n_products = (size_t)(ptr[c + 1] - ptr[c]);
            status = d.n_products == 0 ? VT_OK : fit_category(products, &categories[c], &d, options, err);
        }
    }
    if (status == VT_OK) {
        status = vt_categories_pool(products, categories, panel->n_products, panel->n_categories, panel->category,
                                    options->spread, err);
    }
    vt_free(ptr);
    vt_free(order);
    vt_free(used);
    vt_free(slab);
    return status;
}

int vt_elasticity_fit(vt_elasticity *product, vt_category_elasticity *category, const vt_price_panel *panel,
                      const vt_elasticity_options *options, vt_error *err)
{
    if (!(options->spread > 0.0) || !isfinite(options->spread)) {
        return vt_fail(err, VT_ERR_USAGE, "the spread of elasticities must be a number above 0");
    }
    int status = vt_price_panel_check(panel, err);
    if (status != VT_OK) {
        return status;
    }
    vt_elasticity *products = vt_alloc_zero(panel->n_products, sizeof *products, err);
    vt_category_elasticity *categories =
        products == NULL ? NULL : vt_alloc_zero(panel->n_categories, sizeof *categories, err);
    status = categories == NULL ? VT_ERR_NO_MEMORY : fit_all(products, categories, panel, options, err);
    if (status == VT_OK) {
        memcpy(product, products, panel->n_products * sizeof *product);
        memcpy(category, categories, panel->n_categories * sizeof *category);
    }
    vt_free(categories);
    vt_free(products);
    return status;
}
