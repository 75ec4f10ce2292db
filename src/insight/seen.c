/*
 * Quarters are cut at the medians, so that about as many goods lie on both sides of each: to be in one says little by
 * itself. What a product does beyond chance is told by the binomial test of its sold lines among its views against the
 * share of all goods looked at, adjusted for the looks.
 */
#include "insight/seen.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "insight/demand/series.h"
#include "math/false_discovery.h"
#include "math/special.h"

enum { VIEWS_LEAST = 10, QUARTERS = 4 };

#define FALSE_SHARE .1 /* of the products marked that may be so by chance */

/* By whether a product is seen (1) and bought (2) at least as often as the middle one. */
static const char *const quarter_names[QUARTERS] = {"sleeper", "looked at and left", "hidden gem", "star"};

typedef struct seen {
    int32_t item;
    unsigned quarter;
    double views, lines, rate, revenue;
    double chance; /* adjusted p-value */
    bool more;     /* lines than the share of all would give */
} seen;

static int by_revenue(const void *a, const void *b)
{
    const seen *x = a, *y = b;
    int order = (x->revenue < y->revenue) - (x->revenue > y->revenue);
    return order != 0 ? order : (x->item > y->item) - (x->item < y->item);
}

static size_t collect(seen *found, const vt_scope *scope, const vt_sums *sums, const int32_t *views)
{
    size_t n = 0;
    for (int32_t i = 0; i < scope->view->n_items; i++) {
        if (views[i] >= VIEWS_LEAST && (scope->item_passes == NULL || scope->item_passes[i])) {
            double lines = fmin((double)sums[i].lines, views[i]); /* sales without a view count as seen once each */
            found[n++] = (seen){.item = i,
                                .views = views[i],
                                .lines = lines,
                                .rate = lines / views[i],
                                .revenue = vt_sums_revenue(&sums[i])};
        }
    }
    return n;
}

static double median_of(double *sorted, size_t n)
{
    qsort(sorted, n, sizeof *sorted, vt_by_value);
    return vt_sorted_quantile(sorted, n, .5);
}

/* Two-sided chances of so many or so few lines, adjusted. `p` (2 n) is scratch. */
static int test(seen *found, size_t n, double *p, vt_error *err)
{
    double views = 0, lines = 0, *q = p + n;
    for (size_t i = 0; i < n; i++) {
        views += found[i].views;
        lines += found[i].lines;
    }
    double usual = views > 0 ? lines / views : 0;
    for (size_t i = 0; i < n; i++) {
        double k = found[i].lines, rest = found[i].views - k;
        bool told = usual > 0 && usual < 1;
        double at_least = told && k > 0 ? vt_beta_inc(k, rest + 1, usual) : 1;
        double at_most = told && rest > 0 ? vt_beta_inc(rest, k + 1, 1 - usual) : 1;
        found[i].more = found[i].rate > usual;
        p[i] = fmin(1, 2 * fmin(at_least, at_most));
    }
    int status = vt_benjamini_hochberg(q, p, n, err);
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        found[i].chance = q[i];
    }
    return status;
}

static const char *mark_of(const seen *s)
{
    return s->chance > FALSE_SHARE ? NULL : s->more ? "more than others" : "less than others";
}

static void add_products(vt_document *d, const vt_scope *scope, const seen *found, size_t n, const vt_sums *sums)
{
    vt_document_table(d, "seen", "Seen and bought");
    vt_document_column(d, "item", "Product", VT_UNIT_TEXT);
    vt_document_column(d, "title", "Title", VT_UNIT_TEXT);
    vt_document_column(d, "quarter", "Quarter", VT_UNIT_TEXT);
    vt_document_column(d, "views", "Views", VT_UNIT_COUNT);
    vt_document_metric(d, "views_that_buy");
    vt_document_metric(d, "units");
    vt_document_metric(d, "revenue");
    vt_document_column(d, "chance", "Chance finding", VT_UNIT_SHARE);
    vt_document_column(d, "mark", "Bought", VT_UNIT_TEXT);
    for (size_t i = 0; i < n; i++) {
        const seen *s = &found[i];
        const char *mark = mark_of(s);
        vt_document_text(d, vt_view_item_id(scope->view, s->item));
        vt_document_text(d, vt_view_item_title(scope->view, s->item));
        vt_document_text(d, vt_str_of(quarter_names[s->quarter]));
        vt_document_number(d, s->views);
        vt_document_number(d, s->rate);
        vt_document_number(d, sums[s->item].units);
        vt_document_number(d, s->revenue);
        vt_document_number(d, s->chance);
        vt_document_text(d, mark == NULL ? (vt_str){NULL, 0} : vt_str_of(mark));
    }
}

static void add_quarters(vt_document *d, const seen *found, size_t n)
{
    vt_document_table(d, "seen_quarters", "Seen and bought, by quarter");
    vt_document_column(d, "quarter", "Quarter", VT_UNIT_TEXT);
    vt_document_column(d, "products", "Products", VT_UNIT_COUNT);
    vt_document_column(d, "marked", "Beyond chance", VT_UNIT_COUNT);
    vt_document_metric(d, "revenue");
    for (unsigned quarter = QUARTERS; quarter-- > 0;) {
        double revenue = 0;
        size_t products = 0, marked = 0;
        for (size_t i = 0; i < n; i++) {
            bool in = found[i].quarter == quarter;
            products += in;
            marked += in && mark_of(&found[i]) != NULL;
            revenue += in ? found[i].revenue : 0;
        }
        vt_document_text(d, vt_str_of(quarter_names[quarter]));
        vt_document_number(d, (double)products);
        vt_document_number(d, (double)marked);
        vt_document_number(d, revenue);
    }
}

int vt_seen_add(vt_document *d, const vt_scope *scope, const vt_sums *sums, const int32_t *views, size_t rows,
                vt_error *err)
{
    size_t n_items = (size_t)scope->view->n_items;
    seen *found = vt_alloc(n_items, sizeof *found, err);
    double *scratch = vt_alloc(n_items, 2 * sizeof *scratch, err);
    int status = found == NULL || scratch == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    size_t n = status == VT_OK ? collect(found, scope, sums, views) : 0;
    if (n > 0) {
        for (size_t i = 0; i < n; i++) {
            scratch[i] = found[i].views;
            scratch[n_items + i] = found[i].rate;
        }
        double middle_views = median_of(scratch, n), middle_rate = median_of(scratch + n_items, n);
        for (size_t i = 0; i < n; i++) {
            found[i].quarter = (found[i].views >= middle_views) + 2U * (found[i].rate >= middle_rate);
        }
        status = test(found, n, scratch, err);
        if (status == VT_OK) {
            qsort(found, n, sizeof *found, by_revenue);
            add_products(d, scope, found, n < rows ? n : rows, sums);
            add_quarters(d, found, n);
            vt_document_table(d, "seen_middle", "Seen and bought, the medians");
            vt_document_column(d, "products", "Products", VT_UNIT_COUNT);
            vt_document_column(d, "views", "Views", VT_UNIT_COUNT);
            vt_document_metric(d, "views_that_buy");
            vt_document_number(d, (double)n);
            vt_document_number(d, middle_views);
            vt_document_number(d, middle_rate);
        }
    }
    vt_free(scratch);
    vt_free(found);
    return status;
}
