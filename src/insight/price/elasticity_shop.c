/* Elasticities of a shop's categories and products; sentences follow from the intervals. */
#include "insight/price/elasticity_shop.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "insight/price/price_show.h"

enum { DAY = 86400 };

/* A category or product in the order in which it is shown. */
typedef struct placed {
    double key; /* rising */
    size_t place;
} placed;

static int by_key(const void *a, const void *b)
{
    const placed *x = a, *y = b;
    if (x->key != y->key) {
        return x->key < y->key ? -1 : 1;
    }
    return (x->place > y->place) - (x->place < y->place);
}

/* ---- estimating -------------------------------------------------------------------------------------------------- */

void vt_shop_elasticity_done(vt_shop_elasticity *e)
{
    vt_shop_panel_free(e->panel);
    vt_free(e->product);
    vt_free(e->category);
    *e = (vt_shop_elasticity){0};
}

int vt_shop_elasticity_find(vt_shop_elasticity *out, const vt_scope *scope, vt_error *err)
{
    vt_shop_elasticity e = {0};
    vt_elasticity_options how;
    vt_elasticity_options_init(&how);
    int status = vt_shop_panel_make(&e.panel, scope, err);
    if (status != VT_OK) {
        return status;
    }
    const vt_price_panel *panel = &e.panel->panel;
    e.product = vt_alloc_zero(panel->n_products, sizeof *e.product, err);
    e.category = vt_alloc_zero(panel->n_categories, sizeof *e.category, err);
    status = e.product == NULL || e.category == NULL ? VT_ERR_NO_MEMORY
                                                     : vt_elasticity_fit(e.product, e.category, panel, &how, err);
    for (size_t i = 0; status == VT_OK && i < panel->n_products; i++) {
        e.n_known += e.product[i].known;
    }
    if (status == VT_OK && e.n_known == 0) {
        status = vt_fail(err, VT_ERR_UNSUPPORTED,
                         "how sales answer to prices cannot be told: in the %zu weeks up to the end of the period the "
                         "price of no product changed while it was sold",
                         panel->n_periods);
    }
    if (status != VT_OK) {
        vt_shop_elasticity_done(&e);
        return status;
    }
    *out = e;
    return VT_OK;
}

vt_str vt_shop_elasticity_category(const vt_shop_elasticity *e, size_t c, const vt_view *view)
{
    return e->panel->category[c] < 0 ? vt_str_of("without") : vt_view_category(view, e->panel->category[c]);
}

/* ---- sentences --------------------------------------------------------------------------------------------------- */

void vt_shop_elasticity_note(vt_document *d, const vt_shop_elasticity *e)
{
    const vt_price_panel *panel = &e->panel->panel;
    char first[16], last[16];
    vt_format_date(first, e->panel->first * DAY);
    vt_format_date(last, e->panel->last * DAY);
    vt_document_note(d,
                     "Pieces of %zu products in %zu weeks (%s to %s) by a Poisson regression with robust errors, "
                     "products pooled within categories; season and trend of the category%s are controlled for.",
                     panel->n_products, panel->n_periods, first, last,
                     panel->promotion != NULL ? " and promotions" : "");
    if (e->panel->recorded < panel->n_products) {
        vt_document_note(
            d,
            "Prices of %zu products are those that the shop recorded. Of %zu only those that were paid are "
            "known: weeks with discounts are left out, weeks without sales take the price of the nearest "
            "week with some, and their elasticities come out nearer to 0 than they are.",
            e->panel->recorded, panel->n_products - e->panel->recorded);
    }
    vt_price_show_doubts(d, e->product, panel->n_products);
    vt_document_note(d, "Weeks in which a product had run out of stock count as weeks without sales.");
}

static void say(vt_document *d, const vt_shop_elasticity *e, const placed *order, size_t n, const vt_view *view)
{
    const vt_category_elasticity *most = &e->category[order[0].place], *least = &e->category[order[n - 1].place];
    vt_str name = vt_shop_elasticity_category(e, order[0].place, view);
    int len = (int)(name.len < 120 ? name.len : 120);
    if (!(most->high < 0.0)) {
        vt_document_lead(d,
                         "Whether sales answer to prices cannot be told%s: 1 %% more changes the items by %+.1f %% "
                         "(%+.1f to %+.1f)%s%.*s.",
                         n > 1 ? " in any category" : "", most->value, most->low, most->high, n > 1 ? " in " : "",
                         n > 1 ? len : 0, name.ptr);
        return;
    }
    if (n > 1) {
        vt_document_lead(d, "Prices bite most in %.*s: 1 %% more costs %.1f %% of the items (%.1f to %.1f).", len,
                         name.ptr, -most->value, -most->high, -most->low);
    } else {
        vt_document_lead(d, "A price 1 %% higher costs %.1f %% of the items (%.1f to %.1f).", -most->value, -most->high,
                         -most->low);
    }
    if (n > 1 && least->low > most->value) {
        vt_str other = vt_shop_elasticity_category(e, order[n - 1].place, view);
        vt_document_lead(d, "They bite least in %.*s (%.1f %%, %.1f to %.1f).",
                         (int)(other.len < 120 ? other.len : 120), other.ptr, 0.0 - least->value, 0.0 - least->high,
                         0.0 - least->low);
    }
    if (most->high < -1.0) {
        vt_document_lead(d, "Above 1 %% a lower price brings more revenue, and a higher one less.");
    }
}

/* ---- tables ------------------------------------------------------------------------------------------------------ */

static void add_categories(vt_document *d, const vt_shop_elasticity *e, const placed *order, size_t n,
                           const vt_view *view)
{
    vt_document_table(d, "categories", "Elasticities of categories, strongest first");
    vt_document_column(d, "category", "Category", VT_UNIT_TEXT);
    vt_document_metric(d, "elasticity");
    vt_document_metric_interval(d, "elasticity");
    vt_document_column(d, "between", "Deviation between products", VT_UNIT_NUMBER);
    vt_document_column(d, "products", "Products", VT_UNIT_COUNT);
    vt_document_column(d, "estimated", "Of them with own evidence", VT_UNIT_COUNT);
    vt_document_column(d, "doubt", "Doubtful because of", VT_UNIT_TEXT);
    for (size_t k = 0; k < n; k++) {
        const vt_category_elasticity *c = &e->category[order[k].place];
        vt_document_text(d, vt_shop_elasticity_category(e, order[k].place, view));
        vt_document_number(d, c->value);
        vt_document_number(d, c->low);
        vt_document_number(d, c->high);
        vt_document_number(d, c->between);
        vt_document_number(d, (double)c->products);
        vt_document_number(d, (double)c->estimated);
        vt_document_text(d, vt_str_of(c->estimated == 0                 ? "all borrowed from other categories"
                                      : c->low <= 0.0 && c->high >= 0.0 ? "no answer to prices is sure"
                                                                        : ""));
    }
}

static void add_products(vt_document *d, const vt_shop_elasticity *e, const placed *order, size_t n,
                         const vt_view *view)
{
    vt_document_table(d, "products", "Elasticities of products, most sold first");
    vt_document_column(d, "item", "Product", VT_UNIT_TEXT);
    vt_document_column(d, "title", "Title", VT_UNIT_TEXT);
    vt_document_metric(d, "elasticity");
    vt_document_metric_interval(d, "elasticity");
    vt_document_column(d, "own", "Of its own weeks", VT_UNIT_NUMBER);
    vt_document_column(d, "from_category", "Borrowed", VT_UNIT_SHARE);
    vt_document_column(d, "lowest", "Lowest price tried", VT_UNIT_MONEY);
    vt_document_column(d, "highest", "Highest price tried", VT_UNIT_MONEY);
    vt_document_column(d, "pieces", "Pieces", VT_UNIT_COUNT);
    vt_document_column(d, "warning", "Doubtful because of", VT_UNIT_TEXT);
    for (size_t k = 0; k < n; k++) {
        size_t i = order[k].place;
        const vt_elasticity *p = &e->product[i];
        const double cells[] = {p->value,
                                p->low,
                                p->high,
                                p->own_known ? p->own : NAN,
                                p->from_category,
                                p->history.lowest,
                                p->history.highest,
                                p->history.units};
        vt_document_text(d, vt_view_item_id(view, e->panel->item[i]));
        vt_document_text(d, vt_view_item_title(view, e->panel->item[i]));
        for (size_t c = 0; c < sizeof cells / sizeof cells[0]; c++) {
            vt_document_number(d, cells[c]);
        }
        vt_price_show_warning(d, p->history.warnings);
    }
}

int vt_elasticity_of_shop(vt_document *d, vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    vt_shop_elasticity e = {0};
    int status = vt_shop_elasticity_find(&e, scope, err);
    if (status != VT_OK) {
        return status;
    }
    size_t n_categories = 0, n_products = 0, most = e.panel->panel.n_products + e.panel->panel.n_categories;
    placed *order = vt_alloc(most, sizeof *order, err);
    if (order == NULL) {
        vt_shop_elasticity_done(&e);
        return VT_ERR_NO_MEMORY;
    }
    for (size_t c = 0; c < e.panel->panel.n_categories; c++) {
        if (e.category[c].known) {
            order[n_categories++] = (placed){e.category[c].value, c};
        }
    }
    placed *products = order + n_categories;
    for (size_t i = 0; i < e.panel->panel.n_products; i++) {
        if (e.product[i].known) {
            products[n_products++] = (placed){-e.product[i].history.units, i};
        }
    }
    qsort(order, n_categories, sizeof *order, by_key);
    qsort(products, n_products, sizeof *products, by_key);
    n_products = n_products < (size_t)options->n ? n_products : (size_t)options->n;
    if (n_categories > 0) {
        say(d, &e, order, n_categories, scope->view);
    } else {
        vt_document_lead(d, "Elasticities of %zu products.", e.n_known);
    }
    vt_shop_elasticity_note(d, &e);
    if (n_categories == 1) {
        vt_document_figure(d, "elasticity", e.category[order[0].place].value);
        vt_document_interval(d, e.category[order[0].place].low, e.category[order[0].place].high);
    }
    add_categories(d, &e, order, n_categories, scope->view);
    add_products(d, &e, products, n_products, scope->view);
    vt_free(order);
    vt_shop_elasticity_done(&e);
    return VT_OK;
}
