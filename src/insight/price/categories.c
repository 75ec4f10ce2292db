/*
 * Given its category's mean m, a product's posterior is linear in m with the share that it borrows; so when m moves and
 * gets surer, the product moves by that share, and its variance loses the square of it.
 */
#include "insight/price/categories.h"

#include <math.h>

#include "base/alloc.h"
#include "insight/price/pool.h"

#define Z95 1.959963984540054 /* 97.5 % quantile of the standard normal distribution */

enum { CATEGORIES_MIN = 3 };

void vt_elasticity_interval(double value, double deviation, double *low, double *high)
{
    *low = value - Z95 * deviation;
    *high = value + Z95 * deviation;
}

/* Moves a product along with its category, from the old mean and variance to the new ones. */
static void move(vt_elasticity *e, double moved, double variance, double new_variance)
{
    double share = e->from_category, own = e->deviation * e->deviation;
    double left = own + share * share * (new_variance - variance);
    e->value += share * moved;
    e->deviation = sqrt(fmax(left, 0.01 * own));
    vt_elasticity_interval(e->value, e->deviation, &e->low, &e->high);
}

/* A product of a category that told nothing. */
static void borrow(vt_elasticity *e, double value, double variance)
{
    e->known = true;
    e->value = value;
    e->deviation = sqrt(variance);
    e->from_category = 1.0;
    vt_elasticity_interval(e->value, e->deviation, &e->low, &e->high);
}

int vt_categories_pool(vt_elasticity *product, vt_category_elasticity *category, size_t n_products, size_t n_categories,
                       const int32_t *of, double spread, vt_error *err)
{
    double *slab = vt_alloc(4 * n_categories, sizeof *slab, err);
    if (slab == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    double *y = slab, *v = y + n_categories, *theta = v + n_categories, *variance = theta + n_categories;
    double between = 0.0, known = 0.0;
    for (size_t c = 0; c < n_categories; c++) {
        y[c] = category[c].value;
        v[c] = category[c].known ? category[c].deviation * category[c].deviation : INFINITY;
        known += category[c].known ? 1.0 : 0.0;
        between += category[c].known ? category[c].between * category[c].between : 0.0;
    }
    if (known >= CATEGORIES_MIN) {
        vt_pooled pooled;
        vt_pool(&pooled, theta, variance, NULL, y, v, n_categories, spread);
        for (size_t i = 0; i < n_products; i++) {
            size_t c = of == NULL ? 0 : (size_t)of[i];
            if (product[i].known) {
                move(&product[i], theta[c] - y[c], v[c], variance[c]);
            } else {
                borrow(&product[i], theta[c], variance[c] + between / known);
            }
        }
        for (size_t c = 0; c < n_categories; c++) {
            category[c].known = true;
            category[c].value = theta[c];
            category[c].deviation = sqrt(variance[c]);
            vt_elasticity_interval(theta[c], category[c].deviation, &category[c].low, &category[c].high);
        }
    }
    vt_free(slab);
    return VT_OK;
}
