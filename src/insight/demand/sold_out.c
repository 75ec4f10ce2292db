/* Opens the parts in their order, and spreads losses over the items. */
#include "insight/demand/sold_out.h"

#include <string.h>

#include "base/alloc.h"

void vt_sold_out_done(vt_sold_out *out)
{
    vt_lost_sales_done(&out->lost);
    vt_shop_sales_done(&out->sales);
    vt_shop_periods_done(&out->days);
}

int vt_sold_out_find(vt_sold_out *out, const vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    *out = (vt_sold_out){0};
    int status = vt_shop_periods_init(&out->days, scope, "day", 0, err);
    status = status == VT_OK ? vt_shop_sales_find(&out->sales, scope, &out->days, err) : status;
    status = status == VT_OK ? vt_shop_sales_check(&out->sales, scope, err) : status;
    status = status == VT_OK ? vt_lost_sales_find(&out->lost, &out->sales, scope, options, err) : status;
    if (status != VT_OK) {
        vt_sold_out_done(out);
    }
    return status;
}

void vt_sold_out_by_item(double *days, double *revenue, const vt_sold_out *of, const vt_scope *scope)
{
    const vt_stock_spells *s = &of->lost.spells;
    double from = (double)(scope->period.first - of->days.day[0]);
    for (size_t i = 0; i < of->sales.n_items; i++) {
        bool known = s->known_from != NULL && s->known_until[i] > fmax(from, s->known_from[i]);
        days[i] = revenue[i] = known ? 0.0 : (double)NAN;
    }
    for (size_t k = 0; k < of->lost.n_products; k++) {
        const vt_lost_product *p = &of->lost.product[k];
        days[p->item] = p->days;
        revenue[p->item] = p->revenue.mean;
    }
}

/* The slot of a day of the grid, -1: not in the period, or in no whole slot. */
static int32_t slot_of(const vt_sold_out *of, const vt_scope *scope, const int32_t *of_day, size_t day)
{
    int64_t at = of->days.day[day];
    return at < scope->period.first || at > scope->period.last ? -1 : of_day[at - scope->period.first];
}

/* Each slot that a spell of the item reaches into, once. */
static void count_out(double *products, const int32_t *of_day, const vt_sold_out *of, const vt_scope *scope,
                      size_t item)
{
    const vt_stock_spells *s = &of->lost.spells;
    int32_t last = -1;
    for (size_t k = s->start[item]; k < s->start[item + 1]; k++) {
        for (size_t d = (size_t)s->spell[k].from; d < of->days.n && (double)d < s->spell[k].until; d++) {
            int32_t slot = slot_of(of, scope, of_day, d);
            if (slot > last) {
                products[slot]++;
                last = slot;
            }
        }
    }
}

int vt_sold_out_by_slot(double *products, double *revenue, const int32_t *of_day, const vt_sold_out *of,
                        const vt_scope *scope, vt_error *err)
{
    size_t n = of->days.n;
    double *pieces = vt_alloc(n + vt_lost_sales_scratch(&of->lost), sizeof *pieces, err);
    if (pieces == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t k = 0; k < of->lost.n_products; k++) {
        int32_t item = of->lost.product[k].item;
        double price = vt_shop_sales_price(&of->sales, scope->view, item);
        count_out(products, of_day, of, scope, (size_t)item);
        memset(pieces, 0, n * sizeof *pieces);
        bool any = vt_lost_sales_add(pieces, pieces + n, &of->lost, item);
        for (size_t d = 0; any && d < n; d++) {
            int32_t slot = slot_of(of, scope, of_day, d);
            if (slot >= 0) {
                revenue[slot] += pieces[d] * price;
            }
        }
    }
    vt_free(pieces);
    return VT_OK;
}
