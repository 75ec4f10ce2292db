/* Baskets of a shop: its orders as baskets, and a table of dearer goods that customers took. */
#include "insight/baskets/orders.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "insight/baskets/answer.h"
#include "insight/kind.h"

static vt_str name_in_shop(const void *view, int32_t item)
{
    vt_str title = vt_view_item_title(view, item);
    return title.len > 0 ? title : vt_view_item_id(view, item);
}

static vt_str id_in_shop(const void *view, int32_t item)
{
    return vt_view_item_id(view, item);
}

/* What is taken more often than usual first: by how much more, as far as the interval allows to say. */
static int by_gain(const void *a, const void *b)
{
    const vt_upsell *x = a, *y = b;
    double gain_x = x->low - x->usual, gain_y = y->low - y->usual;
    if (gain_x != gain_y) {
        return gain_x > gain_y ? -1 : 1;
    }
    if (x->item != y->item) {
        return x->item < y->item ? -1 : 1;
    }
    return (x->dearer > y->dearer) - (x->dearer < y->dearer);
}

static void add_table(vt_document *d, const vt_view *view, vt_upsell *found, size_t n, size_t most)
{
    vt_document_table(d, "dearer", "Dearer goods that customers took");
    vt_document_column(d, "item", "Who looked at or bought", VT_UNIT_TEXT);
    vt_document_column(d, "dearer", "Bought", VT_UNIT_TEXT);
    vt_document_metric(d, "price_rise");
    vt_document_column(d, "met", "Customers who met the first", VT_UNIT_COUNT);
    vt_document_column(d, "instead", "Bought it instead", VT_UNIT_COUNT);
    vt_document_column(d, "later", "Bought it later", VT_UNIT_COUNT);
    vt_document_metric(d, "accepted");
    vt_document_metric_interval(d, "accepted");
    vt_document_metric(d, "accepted_usual");
    qsort(found, n, sizeof *found, by_gain);
    for (size_t i = 0; i < n && i < most && found[i].low > found[i].usual; i++) {
        const vt_upsell *u = &found[i];
        vt_document_text(d, name_in_shop(view, u->item));
        vt_document_text(d, name_in_shop(view, u->dearer));
        vt_document_number(d, (double)u->rise);
        vt_document_number(d, (double)u->users);
        vt_document_number(d, (double)u->instead);
        vt_document_number(d, (double)u->later);
        vt_document_number(d, u->share);
        vt_document_number(d, u->low);
        vt_document_number(d, u->high);
        vt_document_number(d, u->usual);
    }
}

static int add_dearer(vt_document *d, const vt_scope *scope, size_t most, vt_error *err)
{
    vt_upsell_options options;
    vt_upsell_options_init(&options);
    vt_scope_paths paths;
    vt_upsell *found = NULL;
    size_t n = 0;
    int status = vt_scope_paths_find(&paths, scope, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_upsell_find(&found, &n, &paths.paths, &options, err);
    if (status == VT_OK) {
        add_table(d, scope->view, found, n, most);
        status = vt_document_status(d, err);
    }
    vt_free(found);
    vt_scope_paths_done(&paths);
    return status;
}

int vt_baskets_shop(vt_document *document, vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    vt_order_baskets orders;
    int status = vt_order_baskets_find(&orders, scope, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_baskets_answer(document, &orders.baskets, "order", name_in_shop, id_in_shop, scope->view, options, err);
    vt_order_baskets_done(&orders);
    return status == VT_OK ? add_dearer(document, scope, (size_t)options->n, err) : status;
}
