/*
 * A product stands beside all products of its category, itself among them; the binomial test of its pieces, adjusted
 * for the looks at all products, orders the rows and says what is more than chance.
 */
#include "insight/comebacks.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "insight/baskets/association.h"
#include "math/false_discovery.h"
#include "math/special.h"

#define FALSE_SHARE .1 /* of the products marked that may be so by chance */

typedef struct comeback {
    int32_t item;
    double share, low, high;
    double usual, chance; /* of the category; adjusted p-value, NaN without a category */
} comeback;

static double order_of(const comeback *c)
{
    return isnan(c->chance) ? 2 : c->chance;
}

/* The least by chance first. */
static int by_chance(const void *a, const void *b)
{
    const comeback *x = a, *y = b;
    if (order_of(x) != order_of(y)) {
        return order_of(x) < order_of(y) ? -1 : 1;
    }
    if (x->low != y->low) {
        return x->low > y->low ? -1 : 1;
    }
    return (x->item > y->item) - (x->item < y->item);
}

/* Pieces that came back of those sold; more than were sold count as all. */
static double back_of(const vt_sums *s)
{
    return fmin(s->units_back, s->units);
}

static void add_row(vt_document *d, const vt_view *view, const comeback *c, const vt_sums *sums)
{
    vt_document_text(d, vt_view_item_id(view, c->item));
    vt_document_text(d, vt_view_item_title(view, c->item));
    vt_document_number(d, sums[c->item].units);
    vt_document_number(d, back_of(&sums[c->item]));
    vt_document_number(d, c->share);
    vt_document_number(d, c->low);
    vt_document_number(d, c->high);
    vt_document_number(d, c->usual);
    vt_document_number(d, c->chance);
    vt_document_text(d, c->chance <= FALSE_SHARE ? vt_str_of("more than its category") : (vt_str){NULL, 0});
}

/* Usual shares, and how likely as many pieces back are by them. */
static int test(comeback *found, size_t n, const vt_view *view, const vt_sums *sums, const double *category,
                vt_error *err)
{
    double *p = vt_alloc(n, 2 * sizeof *p, err);
    if (p == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    size_t tested = 0;
    for (size_t i = 0; i < n; i++) {
        comeback *c = &found[i];
        int32_t k = vt_view_item_category(view, c->item);
        double back = back_of(&sums[c->item]), sold = sums[c->item].units;
        c->usual = k < 0 ? NAN : category[2 * k] / category[2 * k + 1];
        if (k >= 0) {
            p[tested++] = c->usual < 1 ? vt_beta_inc(back, sold - back + 1, c->usual) : 1; /* at least so many */
        }
    }
    double *q = p + n;
    int status = vt_benjamini_hochberg(q, p, tested, err);
    for (size_t i = 0, t = 0; status == VT_OK && i < n; i++) {
        found[i].chance = isnan(found[i].usual) ? NAN : q[t++];
    }
    vt_free(p);
    if (status == VT_OK && n > 0) {
        qsort(found, n, sizeof *found, by_chance);
    }
    return status;
}

int vt_comebacks_add(vt_document *d, const vt_scope *scope, const vt_sums *sums, size_t rows, vt_error *err)
{
    const vt_view *view = scope->view;
    size_t n = 0;
    comeback *found = vt_alloc((size_t)view->n_items, sizeof *found, err);
    double *category = vt_alloc_zero((size_t)view->n_categories, 2 * sizeof *category, err); /* back, sold */
    int status = found == NULL || category == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (int32_t i = 0; status == VT_OK && i < view->n_items; i++) {
        const vt_sums *s = &sums[i];
        int32_t k = vt_view_item_category(view, i);
        if (k >= 0) {
            category[2 * k] += back_of(s);
            category[2 * k + 1] += s->units;
        }
        if (s->units > 0 && back_of(s) > 0) {
            comeback *c = &found[n++];
            *c = (comeback){i, back_of(s) / s->units, NAN, NAN, NAN, NAN};
            vt_wilson(&c->low, &c->high, llround(back_of(s)), llround(fmax(s->units, 1)));
        }
    }
    status = status == VT_OK ? test(found, n, view, sums, category, err) : status;
    if (status == VT_OK) {
        vt_document_table(d, "returns", "What comes back");
        vt_document_column(d, "item", "Product", VT_UNIT_TEXT);
        vt_document_column(d, "title", "Title", VT_UNIT_TEXT);
        vt_document_metric(d, "units");
        vt_document_column(d, "back", "Came back", VT_UNIT_COUNT);
        vt_document_metric(d, "pieces_back");
        vt_document_metric_interval(d, "pieces_back");
        vt_document_column(d, "category", "Of its category", VT_UNIT_SHARE);
        vt_document_column(d, "chance", "Chance finding", VT_UNIT_SHARE);
        vt_document_column(d, "mark", "Note", VT_UNIT_TEXT);
        for (size_t i = 0; i < n && i < rows; i++) {
            add_row(d, view, &found[i], sums);
        }
    }
    vt_free(category);
    vt_free(found);
    return status;
}
