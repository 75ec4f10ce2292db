/*
 * Each place takes what is worth most beside those above it: an exact greedy choice, so that a shorter list is a prefix
 * of every longer one. What an item adds to the likeness of a candidate is computed once.
 */
#include "recommend/diversity.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

#define ALPHA 0.01 /* of the history in the smoothed list (Steck 2018, eq. 7), as in evaluation */

static int count_history(vt_diversity *d, const int32_t *history, size_t n, vt_error *err)
{
    const vt_view *view = d->likeness->view;
    size_t n_categories = (size_t)view->n_categories;
    size_t capacity = n < n_categories ? n : n_categories;
    double total = 0;
    d->own = vt_alloc(n_categories, sizeof *d->own, err);
    d->share = vt_alloc_zero(capacity, sizeof *d->share, err);
    d->listed = vt_alloc_zero(capacity, sizeof *d->listed, err);
    d->after = vt_alloc(capacity + 1, sizeof *d->after, err);
    if (d->own == NULL || d->share == NULL || d->listed == NULL || d->after == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n_categories; i++) {
        d->own[i] = -1;
    }
    for (size_t e = 0; e < n; e++) {
        int32_t category = vt_view_item_category(view, history[e]);
        if (category >= 0) {
            d->own[category] = d->own[category] < 0 ? (int32_t)d->n_own++ : d->own[category];
            d->share[d->own[category]]++;
            total++;
        }
    }
    for (size_t h = 0; h < d->n_own; h++) {
        d->share[h] /= total;
    }
    return VT_OK;
}

static double term(double p, double q)
{
    return p * log(p / ((1 - ALPHA) * q + ALPHA * p));
}

/* What the divergence becomes by an item of each category. */
static void look_ahead(vt_diversity *d)
{
    double next = (double)d->n_listed + 1;
    double others = 0;
    for (size_t h = 0; h < d->n_own; h++) {
        others += term(d->share[h], (double)d->listed[h] / next);
    }
    for (size_t h = 0; h < d->n_own; h++) {
        d->after[h] = others - term(d->share[h], (double)d->listed[h] / next) +
                      term(d->share[h], (double)(d->listed[h] + 1) / next);
    }
    d->after[d->n_own] = others;
}

int vt_diversity_init(vt_diversity *d, const vt_likeness *likeness, double diversity, double calibration,
                      const int32_t *history, size_t n_history, size_t capacity, vt_error *err)
{
    size_t n_items = (size_t)likeness->view->n_items;
    int status = VT_OK;
    *d = (vt_diversity){.likeness = likeness, .diversity = diversity, .calibration = calibration};
    if (diversity > 0) {
        d->chosen = vt_alloc(capacity, sizeof *d->chosen, err);
        d->nearest = vt_alloc(n_items, sizeof *d->nearest, err);
        d->compared = vt_alloc(n_items, sizeof *d->compared, err);
        status = d->chosen == NULL || d->nearest == NULL || d->compared == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    if (status == VT_OK && calibration > 0) {
        status = count_history(d, history, n_history, err);
    }
    if (status != VT_OK) {
        vt_diversity_done(d);
        return status;
    }
    if (calibration > 0) {
        look_ahead(d);
    }
    vt_diversity_begin(d);
    return VT_OK;
}

void vt_diversity_done(vt_diversity *d)
{
    vt_free(d->chosen);
    vt_free(d->nearest);
    vt_free(d->compared);
    vt_free(d->own);
    vt_free(d->share);
    vt_free(d->listed);
    vt_free(d->after);
    *d = (vt_diversity){0};
}

bool vt_diversity_acts(const vt_diversity *d)
{
    return d->diversity > 0 || d->calibration > 0;
}

void vt_diversity_begin(vt_diversity *d)
{
    if (d->diversity > 0) {
        size_t n_items = (size_t)d->likeness->view->n_items;
        memset(d->nearest, 0, n_items * sizeof *d->nearest);
        memset(d->compared, 0, n_items * sizeof *d->compared);
    }
}

static double divergence_after(const vt_diversity *d, int32_t item)
{
    int32_t category = vt_view_item_category(d->likeness->view, item);
    if (category < 0) {
        return d->after[d->n_own]; /* as bad as a strange category, so that nothing is won by knowing less */
    }
    return d->after[d->own[category] < 0 ? (int32_t)d->n_own : d->own[category]];
}

double vt_diversity_worth(vt_diversity *d, size_t p, int32_t item, double relevance)
{
    double worth = (1 - d->diversity) * (1 - d->calibration) * relevance;
    if (d->diversity > 0) {
        for (size_t j = (size_t)d->compared[p]; j < d->n_chosen; j++) {
            d->nearest[p] = fmaxf(d->nearest[p], vt_like(d->likeness, item, d->chosen[j]));
        }
        d->compared[p] = (int32_t)d->n_chosen;
        worth -= d->diversity * (double)d->nearest[p];
    }
    return d->calibration > 0 ? worth - d->calibration * divergence_after(d, item) : worth;
}

void vt_diversity_choose(vt_diversity *d, int32_t item)
{
    if (d->diversity > 0) {
        d->chosen[d->n_chosen++] = item;
    }
    if (d->calibration > 0) {
        int32_t category = vt_view_item_category(d->likeness->view, item);
        d->n_listed += category >= 0;
        if (category >= 0 && d->own[category] >= 0) {
            d->listed[d->own[category]]++;
        }
        look_ahead(d);
    }
}
