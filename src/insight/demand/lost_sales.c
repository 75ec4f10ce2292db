/* For each product the posterior of what it lost, by simulation: totals are sums of integers, in any order the same. */
#include "insight/demand/lost_sales.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/pool.h"
#include "base/rng.h"
#include "insight/demand/lost_rates.h"
#include "insight/demand/series.h"

enum { DRAWS = 1000 };

/* ---- what was lost ----------------------------------------------------------------------------------------------- */

typedef struct job {
    vt_lost_sales *l;
    const vt_scope *scope;
    uint64_t seed;
    double from, until; /* the scope's period as places in the days */
    int64_t *total;     /* (workers, 2, DRAWS) thousandths of pieces, minor units: sums of integers in any order */
    size_t n_errors;    /* blocks that the period reaches into */
    double *error;      /* (G, n_errors, DRAWS) how far a course may be from what was found, as a factor */
} job;

/* Pieces of an order line of an item: those of all where it has few. */
static double pieces_of(const vt_lost_sales *l, size_t item)
{
    double pieces = 0, lines = (double)(l->sales->start[item + 1] - l->sales->start[item]);
    for (size_t k = l->sales->start[item]; k < l->sales->start[item + 1]; k++) {
        pieces += l->sales->pieces[k];
    }
    return (pieces + 5 * l->per_line) / (lines + 5);
}

/* Whole blocks of an item: lines sold, usual days times the course in stock and without; expected lines lost. */
static double lay_out(double *block, const vt_lost_sales *l, size_t item, double from, double until)
{
    size_t n = l->n_blocks;
    double *lines = block, *in = block + n, *out = block + 2 * n, *level = block + 3 * n, lost = 0;
    const double *course = l->course + (size_t)l->group[item] * n;
    const vt_lost_rate *r = &l->known[item];
    vt_lost_expose(in, out, l, item, from, until);
    vt_lost_count(lines, l, item);
    vt_lost_level(level, level + n, l, item, lines, in);
    for (size_t b = 0; b < n; b++) {
        double rate = r->shape / r->rate;
        in[b] *= course[b] * level[b];
        out[b] *= course[b] * level[b];
        lost += rate * out[b] * (1 + r->spread * lines[b]) / (1 + r->spread * rate * in[b]);
    }
    return lost;
}

/* How far the course of a group in a block may be from what was found: drawn once, the same for all its products. */
static int draw_errors(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    const job *j = context;
    (void)worker;
    (void)err;
    for (size_t i = begin; i < end; i++) {
        size_t cell = i / j->n_errors * j->l->n_blocks + i % j->n_errors;
        for (size_t k = 0; k < DRAWS; k++) {
            vt_rng rng = vt_rng_at(j->seed, "lost-course", cell, k);
            j->error[i * DRAWS + k] = vt_rng_gamma(&rng, j->l->strength[cell]) / j->l->strength[cell];
        }
    }
    return VT_OK;
}

static int find_errors(job *j, vt_error *err)
{
    const vt_lost_sales *l = j->l;
    size_t groups = 0;
    for (size_t i = 0; i < l->n_products; i++) {
        size_t group = (size_t)l->group[l->product[i].item];
        groups = group >= groups ? group + 1 : groups;
    }
    j->n_errors = (size_t)(j->until - j->from) / VT_LOST_BLOCK + 1;
    j->n_errors = j->n_errors < l->n_blocks ? j->n_errors : l->n_blocks;
    j->error = vt_alloc(groups * j->n_errors * DRAWS, sizeof *j->error, err);
    return j->error == NULL ? VT_ERR_NO_MEMORY : vt_parallel_for(0, groups * j->n_errors, 1, draw_errors, NULL, j, err);
}

/* Draw `k` of the order lines that an item may have lost. */
static int64_t draw(const job *j, size_t item, size_t k, const double *block)
{
    const vt_lost_rate *r = &j->l->known[item];
    size_t n = j->l->n_blocks, cell = (size_t)j->l->group[item] * j->n_errors;
    vt_rng random = vt_rng_at(j->seed, "lost-sales", item, k), *rng = &random;
    const double *lines = block, *in = block + n, *out = block + 2 * n;
    const double *strength = block + 4 * n;
    double rate = vt_rng_gamma(rng, r->shape) / r->rate, mean = 0, usual = 0, known = 0;
    for (size_t b = 0; b < n; b++) {
        usual += out[b];
        known += out[b] * strength[b];
    }
    if (usual > 0) { /* blocks near each other have their level from the same sales: one error for all */
        rate *= vt_rng_gamma(rng, known / usual) * usual / known;
    }
    for (size_t b = 0; b < j->n_errors; b++) {
        if (out[b] > 0) {
            double shape = r->spread > 1e-6 ? 1 / r->spread : 0;
            double factor = shape > 0 ? vt_rng_gamma(rng, shape + lines[b]) / (shape + rate * in[b]) : 1;
            mean += rate * factor * out[b] * j->error[(cell + b) * DRAWS + k];
        }
    }
    return vt_rng_poisson(rng, mean);
}

static vt_estimate estimate(double mean, double *sorted, double each)
{
    qsort(sorted, DRAWS, sizeof *sorted, vt_by_value);
    return (vt_estimate){mean * each, vt_sorted_quantile(sorted, DRAWS, .025) * each,
                         vt_sorted_quantile(sorted, DRAWS, .975) * each};
}

static int lose_one(vt_lost_product *p, const job *j, int64_t *total, double *block, double *drawn)
{
    const vt_lost_sales *l = j->l;
    size_t item = (size_t)p->item;
    double lines = lay_out(block, l, item, j->from, j->until), each = pieces_of(l, item);
    double price = vt_shop_sales_price(l->sales, j->scope->view, p->item);
    for (size_t k = 0; k < DRAWS; k++) {
        drawn[k] = (double)draw(j, item, k, block);
        total[k] += llround(1000 * drawn[k] * each);
        total[DRAWS + k] += llround(drawn[k] * each * price);
    }
    p->pieces = estimate(lines, drawn, each);
    p->revenue = (vt_estimate){p->pieces.mean * price, p->pieces.low * price, p->pieces.high * price};
    return VT_OK;
}

static int lose_block(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    const job *j = context;
    int status = VT_OK;
    double *block = vt_alloc(5 * j->l->n_blocks + DRAWS, sizeof *block, err);
    if (block == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = begin; i < end && status == VT_OK; i++) {
        status =
            lose_one(&j->l->product[i], j, j->total + (size_t)worker * 2 * DRAWS, block, block + 5 * j->l->n_blocks);
    }
    vt_free(block);
    return status;
}

/* How much of a span lies in the scope's period. */
static double between(const job *j, double from, double until)
{
    return fmax(0, fmin(j->until, until) - fmax(j->from, from));
}

/* Products that were out of stock in the period, and for how long; the share of all days. */
static int collect(vt_lost_sales *l, const job *j, vt_error *err)
{
    const vt_stock_spells *s = &l->spells;
    double known = 0, without = 0;
    l->product = vt_alloc(l->sales->n_items, sizeof *l->product, err);
    if (l->product == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < l->sales->n_items; i++) {
        vt_lost_product p = {.item = (int32_t)i};
        known += between(j, s->known_from[i], s->known_until[i]);
        for (size_t k = s->start[i]; k < s->start[i + 1]; k++) {
            p.days += between(j, s->spell[k].from, s->spell[k].until);
            p.still = s->spell[k].until >= (double)l->sales->periods->n;
        }
        without += p.days;
        if (p.days > 0) {
            l->product[l->n_products++] = p;
        }
    }
    l->out_share = known > 0 ? without / known : 0;
    return VT_OK;
}

static vt_estimate sum_of(const int64_t *total, size_t workers, double mean, double unit, double *scratch)
{
    for (size_t k = 0; k < DRAWS; k++) {
        int64_t sum = 0;
        for (size_t w = 0; w < workers; w++) {
            sum += total[w * 2 * DRAWS + k];
        }
        scratch[k] = (double)sum / unit;
    }
    vt_estimate e = estimate(1, scratch, 1);
    e.mean = mean;
    return e;
}

static int lose(vt_lost_sales *l, job *j, vt_error *err)
{
    size_t workers = (size_t)vt_threads(0);
    double pieces = 0, revenue = 0;
    j->total = vt_alloc_zero(workers * 2 * DRAWS, sizeof *j->total, err);
    double *scratch = vt_alloc(DRAWS, sizeof *scratch, err);
    int status = j->total == NULL || scratch == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    status = status == VT_OK ? find_errors(j, err) : status;
    status = status == VT_OK ? vt_parallel_for((int)workers, l->n_products, 8, lose_block, NULL, j, err) : status;
    if (status == VT_OK) {
        for (size_t i = 0; i < l->n_products; i++) {
            pieces += l->product[i].pieces.mean;
            revenue += l->product[i].revenue.mean;
        }
        l->pieces = sum_of(j->total, workers, pieces, 1000, scratch);
        l->revenue = sum_of(j->total + DRAWS, workers, revenue, 1, scratch);
    }
    vt_free(j->total);
    vt_free(j->error);
    vt_free(scratch);
    return status;
}

bool vt_lost_sales_add(double *y, double *block, const vt_lost_sales *l, int32_t item)
{
    const vt_stock_spells *s = &l->spells;
    if (l->known == NULL || s->start[item] == s->start[item + 1]) {
        return false;
    }
    size_t n = l->sales->periods->n, at = (size_t)item;
    const double *course = l->course + (size_t)l->group[item] * l->n_blocks;
    const vt_lost_rate *r = &l->known[item];
    double rate = r->shape / r->rate, each = pieces_of(l, at);
    lay_out(block, l, at, 0, (double)n);
    for (size_t k = s->start[item]; k < s->start[item + 1]; k++) {
        const vt_stock_spell *spell = &s->spell[k];
        for (size_t d = (size_t)spell->from; d < n && (double)d < spell->until; d++) {
            size_t b = (n - 1 - d) / VT_LOST_BLOCK;
            double share = vt_lost_hours(l, fmin(spell->until - (double)d, 1)) -
                           vt_lost_hours(l, fmax(spell->from - (double)d, 0));
            double factor = (1 + r->spread * block[b]) / (1 + r->spread * rate * block[l->n_blocks + b]);
            y[d] += rate * factor * course[b] * block[3 * l->n_blocks + b] * share * (l->passed[d + 1] - l->passed[d]) *
                    each;
        }
    }
    return true;
}

size_t vt_lost_sales_scratch(const vt_lost_sales *l)
{
    return 5 * l->n_blocks;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

void vt_lost_sales_done(vt_lost_sales *l)
{
    vt_stock_spells_done(&l->spells);
    vt_free(l->passed);
    vt_free(l->course);
    vt_free(l->strength);
    vt_free(l->group);
    vt_free(l->known);
    vt_free(l->product);
    *l = (vt_lost_sales){0};
}

static int find_lost(vt_lost_sales *l, const vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    const vt_shop_periods *p = l->sales->periods;
    double pieces = 0, lines = (double)l->sales->start[l->sales->n_items];
    job j = {.l = l, .scope = scope, .seed = options->seed};
    for (size_t k = 0; k < l->sales->start[l->sales->n_items]; k++) {
        pieces += l->sales->pieces[k];
    }
    l->per_line = lines > 0 ? pieces / lines : 1;
    l->n_blocks = (p->n + VT_LOST_BLOCK - 1) / VT_LOST_BLOCK;
    l->passed = vt_alloc(p->n + 1, sizeof *l->passed, err);
    l->known = vt_alloc_zero(l->sales->n_items, sizeof *l->known, err);
    if (l->passed == NULL || l->known == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    j.from = (double)(scope->period.first > p->day[0] ? scope->period.first - p->day[0] : 0);
    j.until = (double)p->n;
    int status = vt_lost_rates_fit(l, scope, options, err);
    status = status == VT_OK ? collect(l, &j, err) : status;
    return status == VT_OK ? lose(l, &j, err) : status;
}

int vt_lost_sales_find(vt_lost_sales *out, const vt_shop_sales *sales, const vt_scope *scope,
                       const vt_insight_options *options, vt_error *err)
{
    vt_lost_sales l = {.sales = sales};
    int status = sales->periods->n > 0 ? vt_stock_spells_find(&l.spells, scope, sales, err) : VT_OK;
    if (status == VT_OK && sales->periods->n > 0 && l.spells.start[sales->n_items] > 0) {
        status = find_lost(&l, scope, options, err);
    }
    if (status != VT_OK) {
        vt_lost_sales_done(&l);
        return status;
    }
    *out = l;
    return VT_OK;
}
