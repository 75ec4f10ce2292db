/* Checks of a panel, and what can be said of a product's prices before anything is estimated. */
#include "insight/price/panel.h"

#include <math.h>
#include <stdlib.h>

#define NUMBER_MAX 1e15 /* beyond it sums of squares lose what they are for */
#define PRICE_MIN 1e-9
#define HARDLY 0.03 /* standard deviation / mean below which a price hardly moved */

enum { FEW_PRICES = 3, FEW_SALES = 10 };

static int check_row(const vt_price_panel *p, size_t r, vt_error *err)
{
    int64_t at = (int64_t)r;
    if (!(p->units[r] >= 0.0 && p->units[r] <= NUMBER_MAX)) {
        return vt_fail_at(err, VT_ERR_FORMAT, at, "row %zu: the quantity must be a number from 0 to 1e15", r + 1);
    }
    if (!(p->price[r] >= PRICE_MIN && p->price[r] <= NUMBER_MAX)) {
        return vt_fail_at(err, VT_ERR_FORMAT, at, "row %zu: the price must be a number above 0, at most 1e15", r + 1);
    }
    if (p->promotion != NULL && !(p->promotion[r] >= 0.0 && p->promotion[r] <= 1.0)) {
        return vt_fail_at(err, VT_ERR_FORMAT, at, "row %zu: the promotion must be a number from 0 to 1", r + 1);
    }
    if (p->exposure != NULL && !(p->exposure[r] > 0.0 && isfinite(p->exposure[r]))) {
        return vt_fail_at(err, VT_ERR_FORMAT, at, "row %zu: the time on sale must be a number above 0", r + 1);
    }
    if (p->n_periods > 0 && (p->period[r] < 0 || (size_t)p->period[r] >= p->n_periods)) {
        return vt_fail_at(err, VT_ERR_FORMAT, at, "row %zu: there is no period %d", r + 1, (int)p->period[r]);
    }
    return VT_OK;
}

int vt_price_panel_check(const vt_price_panel *panel, vt_error *err)
{
    if (panel->n == 0 || panel->n_products == 0 || panel->n_categories == 0) {
        return vt_fail(err, VT_ERR_FORMAT, "there is no row with a price and a quantity");
    }
    if (panel->ptr[0] != 0 || panel->ptr[panel->n_products] != (int64_t)panel->n) {
        return vt_fail(err, VT_ERR_FORMAT, "the rows of products do not add up to %zu", panel->n);
    }
    for (size_t i = 0; i < panel->n_products; i++) {
        if (panel->ptr[i + 1] < panel->ptr[i]) {
            return vt_fail(err, VT_ERR_FORMAT, "product %zu ends before it begins", i);
        }
        if (panel->category != NULL && (panel->category[i] < 0 || (size_t)panel->category[i] >= panel->n_categories)) {
            return vt_fail(err, VT_ERR_FORMAT, "there is no category %d", (int)panel->category[i]);
        }
    }
    for (size_t t = 0; t < panel->n_periods; t++) {
        if (!isfinite(panel->year[t])) {
            return vt_fail(err, VT_ERR_FORMAT, "period %zu has no time", t);
        }
    }
    int status = VT_OK;
    for (size_t r = 0; status == VT_OK && r < panel->n; r++) {
        status = check_row(panel, r, err);
    }
    return status;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static int64_t count_different(double *x, size_t n)
{
    qsort(x, n, sizeof *x, ascending);
    int64_t count = n > 0;
    for (size_t i = 1; i < n; i++) {
        count += x[i] > x[i - 1] * (1.0 + 1e-9);
    }
    return count;
}

/* Standard deviation over mean. */
static double variation_of(double *mean, const double *x, size_t n)
{
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += x[i];
    }
    *mean = n > 0 ? sum / (double)n : 0.0;
    for (size_t i = 0; i < n; i++) {
        squares += (x[i] - *mean) * (x[i] - *mean);
    }
    return n > 1 && *mean > 0.0 ? sqrt(squares / (double)(n - 1)) / *mean : 0.0;
}

void vt_price_history_of(vt_price_history *out, const vt_price_panel *panel, size_t product, double *scratch)
{
    vt_price_history h = {0};
    size_t begin = (size_t)panel->ptr[product], end = (size_t)panel->ptr[product + 1], n_regular = 0;
    bool promoted = false;
    double mean = 0.0;
    for (size_t r = begin; r < end; r++) {
        double price = panel->price[r];
        h.lowest = r == begin || price < h.lowest ? price : h.lowest;
        h.highest = price > h.highest ? price : h.highest;
        h.last = price;
        h.units += panel->units[r];
        h.sold += panel->units[r] > 0.0;
        if (panel->promotion != NULL && panel->promotion[r] > 0.0) {
            promoted = true;
        } else {
            scratch[n_regular++] = price;
        }
    }
    h.rows = (int64_t)(end - begin);
    double regular = variation_of(&mean, scratch, n_regular);
    for (size_t r = begin; r < end; r++) {
        scratch[r - begin] = panel->price[r];
    }
    h.variation = variation_of(&h.mean, scratch, end - begin);
    h.n_prices = count_different(scratch, end - begin);
    h.warnings |= h.n_prices < FEW_PRICES ? VT_PRICE_FEW_PRICES : 0U;
    h.warnings |= h.variation < HARDLY ? VT_PRICE_HARDLY_MOVED : 0U;
    h.warnings |= promoted && h.variation >= HARDLY && regular < HARDLY ? VT_PRICE_PROMOTIONS_ONLY : 0U;
    h.warnings |= h.units < FEW_SALES || h.sold < FEW_SALES ? VT_PRICE_FEW_SALES : 0U;
    *out = h;
}
