/* Opens the parts in their order, and spreads losses over the items. */
#include "insight/demand/sold_out.h"

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
