/* Rates by a few rounds of ratios: what the days in stock sold beside the course of the category. */
#include <string.h>

#include "base/alloc.h"
#include "insight/demand/censored.h"
#include "insight/demand/lost_rates.h"
#include "insight/groups.h"

enum { ROUNDS = 3, SAMPLE = 5000, LAG = 2 /* blocks between which only what lasts is alike */ };

#define COURSE_PRIOR 30.0 /* lines that the course of the whole shop counts as in that of a category */
#define LEVEL_BLOCKS 3.0  /* blocks after which a level counts for a third */
#define SPREAD_PRIOR 8.0  /* blocks of one expected line that the spread of all products counts as in that of one */

/* Sums that rates are found from. */
typedef struct fit {
    double *lines, *in;             /* (B) of one item */
    double *sold, *expected;        /* (G, B) */
    double *shop_sold, *shop;       /* (B) */
    double *item_sold, *item_usual; /* (I) lines, and usual days times the course */
    double *missing;                /* (days) pieces that what is sold out would have sold */
    size_t n_groups;
} fit;

/* Courses from the lines of each group beside what the rates expect; `mean` is the rate of all products. */
static void find_courses(vt_lost_sales *l, fit *f)
{
    size_t n = l->n_blocks;
    memset(f->shop_sold, 0, 2 * n * sizeof *f->shop_sold);
    for (size_t g = 0; g < f->n_groups; g++) {
        for (size_t b = 0; b < n; b++) {
            f->shop_sold[b] += f->sold[g * n + b];
            f->shop[b] += f->expected[g * n + b];
        }
    }
    for (size_t b = 0; b < n; b++) {
        f->shop[b] = (f->shop_sold[b] + 1) / (f->shop[b] + 1);
    }
    for (size_t k = 0; k < f->n_groups * n; k++) {
        l->course[k] = (f->sold[k] + COURSE_PRIOR * f->shop[k % n]) / (f->expected[k] + COURSE_PRIOR);
        l->strength[k] = f->sold[k] + COURSE_PRIOR;
    }
}

/* One round: what the earlier courses make of each item's days, its rate, and what it expects for its group. */
static void pass(vt_lost_sales *l, fit *f, bool first)
{
    size_t n = l->n_blocks;
    double sold = 0, usual = 0;
    for (size_t i = 0; i < l->sales->n_items; i++) {
        sold += f->item_sold[i];
        usual += f->item_usual[i];
    }
    memset(f->expected, 0, f->n_groups * n * sizeof *f->expected);
    for (size_t i = 0; i < l->sales->n_items; i++) {
        const double *course = l->course + (size_t)l->group[i] * n;
        if (!(l->spells.known_until[i] > l->spells.known_from[i])) {
            continue;
        }
        vt_lost_expose(f->in, NULL, l, i, 0, 0);
        double rate = first ? 0 : (f->item_sold[i] + 1) / (f->item_usual[i] + usual / fmax(sold, 1));
        if (first) {
            vt_lost_count(f->lines, l, i);
        }
        f->item_usual[i] = 0;
        for (size_t b = 0; b < n; b++) {
            f->item_usual[i] += course[b] * f->in[b];
            f->item_sold[i] += first ? f->lines[b] : 0;
            f->sold[(size_t)l->group[i] * n + b] += first ? f->lines[b] : 0;
            f->expected[(size_t)l->group[i] * n + b] += rate * f->in[b];
        }
    }
}

/* How rates differ between products: shape and rate of their gamma distribution, from at most SAMPLE of them. */
static int find_prior(vt_lost_rate *prior, const vt_lost_sales *l, const fit *f, vt_error *err)
{
    size_t n_items = l->sales->n_items, step = n_items / SAMPLE + 1, n = 0;
    double *sold = vt_alloc(2 * n_items, sizeof *sold, err), *usual = sold + n_items;
    bool *cut = sold == NULL ? NULL : vt_alloc_zero(n_items, sizeof *cut, err);
    if (cut == NULL) {
        vt_free(sold);
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n_items; i += step) {
        if (f->item_usual[i] > 0) {
            sold[n] = f->item_sold[i];
            usual[n++] = f->item_usual[i];
        }
    }
    vt_censored_demand found = {0};
    int status = n > 0 ? vt_censored_fit(&found, NULL, sold, cut, usual, n, err) : VT_OK;
    double shape = found.dispersion > 0 ? found.dispersion : found.rate > 0 ? 1000 : 1;
    *prior = (vt_lost_rate){.shape = shape, .rate = found.rate > 0 ? shape / found.rate : 1e9};
    vt_free(cut);
    vt_free(sold);
    return status;
}

/*
 * Adds what the blocks of an item say of their spread: squares beyond Poisson's and squares of what was expected; and
 * of what lasts: products of blocks LAG apart.
 */
static void add_spread(double sums[4], const vt_lost_sales *l, const fit *f, size_t item, double rate)
{
    const double *course = l->course + (size_t)l->group[item] * l->n_blocks;
    for (size_t b = 0; b < l->n_blocks; b++) {
        double mean = rate * course[b] * f->in[b], apart = f->lines[b] - mean;
        sums[0] += mean > 0 ? apart * apart - mean : 0;
        sums[1] += mean * mean;
        if (b >= LAG) {
            double mean_then = rate * course[b - LAG] * f->in[b - LAG];
            sums[2] += mean > 0 && mean_then > 0 ? apart * (f->lines[b - LAG] - mean_then) : 0;
            sums[3] += mean * mean_then;
        }
    }
}

void vt_lost_level(double *level, double *strength, const vt_lost_sales *l, size_t item, const double *lines,
                   const double *in)
{
    const double *course = l->course + (size_t)l->group[item] * l->n_blocks;
    const vt_lost_rate *r = &l->known[item];
    for (size_t b = 0; b < l->n_blocks; b++) {
        double sold = 0, usual = 0;
        for (size_t k = 0; k < l->n_blocks; k++) {
            double weight = exp(-fabs((double)k - (double)b) / LEVEL_BLOCKS);
            sold += weight * lines[k];
            usual += weight * r->shape / r->rate * course[k] * in[k];
        }
        level[b] = (1 + r->lasting * sold) / (1 + r->lasting * usual);
        strength[b] = r->lasting > 1e-6 ? 1 / r->lasting + sold : 1e6;
    }
}

/* The posterior of an item's rate; blocks count for less the more they spread. */
static vt_lost_rate rate_of(const vt_lost_sales *l, const fit *f, size_t item, const vt_lost_rate *prior,
                            const double all[2])
{
    const double *course = l->course + (size_t)l->group[item] * l->n_blocks;
    double rate = (f->item_sold[item] + prior->shape) / (f->item_usual[item] + prior->rate), own[4] = {0};
    vt_lost_rate r = {0};
    vt_lost_expose(f->in, NULL, l, item, 0, 0);
    vt_lost_count(f->lines, l, item);
    add_spread(own, l, f, item, rate);
    r.spread = fmax(0, (own[0] + SPREAD_PRIOR * all[0]) / (own[1] + SPREAD_PRIOR));
    r.lasting = fmin(r.spread, fmax(0, (own[2] + SPREAD_PRIOR * all[1]) / (own[3] + SPREAD_PRIOR)));
    for (int round = 0; round < ROUNDS; round++) {
        r.shape = prior->shape;
        r.rate = prior->rate;
        for (size_t b = 0; b < l->n_blocks; b++) {
            double usual = course[b] * f->in[b], weight = 1 / (1 + r.spread * rate * usual);
            r.shape += weight * f->lines[b];
            r.rate += weight * usual;
        }
        rate = r.shape / r.rate;
    }
    r.spread -= r.lasting;
    return r;
}

/* A few rounds from even courses. */
static void find_all(vt_lost_sales *l, fit *f)
{
    size_t cells = f->n_groups * l->n_blocks;
    memset(f->sold, 0, cells * sizeof *f->sold);
    memset(f->item_sold, 0, l->sales->n_items * sizeof *f->item_sold);
    for (size_t k = 0; k < cells; k++) {
        l->course[k] = 1;
    }
    for (int round = 0; round <= ROUNDS; round++) {
        pass(l, f, round == 0);
        if (round > 0) {
            find_courses(l, f);
        }
    }
}

static int find_rates(vt_lost_sales *l, fit *f, vt_error *err)
{
    vt_lost_rate prior;
    double all[4] = {0};
    vt_lost_clock(l, f->missing);
    find_all(l, f);
    for (size_t i = 0; i < l->sales->n_items; i++) { /* where much is sold out the clock is slow */
        if (f->item_usual[i] > 0) {
            vt_lost_add_missing(f->missing, l, i, f->item_sold[i] / f->item_usual[i]);
        }
    }
    vt_lost_clock(l, f->missing);
    find_all(l, f);
    int status = find_prior(&prior, l, f, err);
    if (status != VT_OK) {
        return status;
    }
    for (size_t i = 0; i < l->sales->n_items; i++) {
        if (f->item_usual[i] > 0) {
            vt_lost_expose(f->in, NULL, l, i, 0, 0);
            vt_lost_count(f->lines, l, i);
            add_spread(all, l, f, i, (f->item_sold[i] + prior.shape) / (f->item_usual[i] + prior.rate));
        }
    }
    const double of_all[2] = {all[1] > 0 ? fmax(0, all[0] / all[1]) : 0, all[3] > 0 ? fmax(0, all[2] / all[3]) : 0};
    for (size_t i = 0; i < l->sales->n_items; i++) {
        if (l->spells.start[i + 1] > l->spells.start[i]) {
            l->known[i] = rate_of(l, f, i, &prior, of_all);
        }
    }
    return VT_OK;
}

int vt_lost_rates_fit(vt_lost_sales *l, const vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    vt_groups groups = {0};
    size_t n = l->n_blocks, n_items = l->sales->n_items;
    int status = vt_groups_make(&groups, VT_GROUPS_CATEGORY, scope, options->category, err);
    if (status != VT_OK) {
        return status;
    }
    fit f = {.n_groups = (size_t)groups.now.n};
    f.lines = vt_alloc_zero(4 * n + 2 * f.n_groups * n + 2 * n_items + l->sales->periods->n, sizeof *f.lines, err);
    l->course = vt_alloc(f.n_groups * n, sizeof *l->course, err);
    l->strength = vt_alloc(f.n_groups * n, sizeof *l->strength, err);
    l->group = vt_alloc(n_items, sizeof *l->group, err);
    status = f.lines == NULL || l->course == NULL || l->strength == NULL || l->group == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK) {
        f.in = f.lines + n;
        f.shop_sold = f.in + n;
        f.shop = f.shop_sold + n;
        f.sold = f.shop + n;
        f.expected = f.sold + f.n_groups * n;
        f.item_sold = f.expected + f.n_groups * n;
        f.item_usual = f.item_sold + n_items;
        f.missing = f.item_usual + n_items;
        memcpy(l->group, groups.of_item, n_items * sizeof *l->group);
        status = find_rates(l, &f, err);
    }
    vt_free(f.lines);
    vt_groups_done(&groups);
    return status;
}
