/* What products that sell lack, so that figures leave them out. */
#include <stdio.h>

#include "insight/actions/actions.h"

int vt_actions_find_fix_data(vt_actions *a, vt_error *err)
{
    const vt_view *view = a->scope->view;
    int64_t no_cost = 0, no_price = 0, no_category = 0, sold = 0;
    for (int32_t i = 0; i < view->n_items; i++) {
        if (a->sold[i].lines > 0) {
            sold++;
            no_cost += a->sold[i].costed == 0;
            no_price += vt_view_item_price(view, i) == VT_NONE;
            no_category += vt_view_item_category(view, i) < 0;
        }
    }
    const struct {
        int64_t n;
        const char *what, *why;
    } gaps[] = {
        {no_cost, "the cost", "profit, margin and prices to try leave these out."},
        {no_price, "the price", "filters by price and suggested prices leave these out."},
        {no_category, "the category", "nothing can be said of these by category."},
    };
    for (size_t g = 0; g < sizeof gaps / sizeof gaps[0]; g++) {
        if (gaps[g].n == 0) {
            continue;
        }
        vt_action *row = vt_actions_add(a, VT_ACTION_FIX_DATA, -1, err);
        if (row == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        snprintf(row->what, sizeof row->what, "Add %s of %lld products", gaps[g].what, (long long)gaps[g].n);
        snprintf(row->reason, sizeof row->reason, "%lld of %lld products that sell lack it: %s", (long long)gaps[g].n,
                 (long long)sold, gaps[g].why);
        row->evidence = (double)gaps[g].n;
    }
    return VT_OK;
}
