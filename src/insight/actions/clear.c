/* Goods in stock that nobody bought; what clearing them brings is not known. */
#include <stdio.h>

#include "insight/actions/actions.h"

int vt_actions_find_clear(vt_actions *a, vt_error *err)
{
    const vt_view *view = a->scope->view;
    double bound = 0;
    int64_t n = 0;
    for (int32_t i = 0; i < view->n_items; i++) {
        const vt_item_block *block = vt_view_block(view, i);
        int k = i & VT_BLOCK_MASK;
        int64_t each = block->cost[k] != VT_NONE ? block->cost[k] : block->price[k];
        if (!a->taken[i] && block->stock[k] != VT_NONE && block->stock[k] > 0 && a->sold[i].lines == 0 &&
            each != VT_NONE &&
            (block->available_from[k] == VT_NONE ||
             block->available_from[k] <= a->scope->now - VT_ACTION_DAYS * 86400LL)) {
            bound += (double)each * (double)block->stock[k];
            n++;
        }
    }
    if (n == 0) {
        return VT_OK;
    }
    vt_action *row = vt_actions_add(a, VT_ACTION_CLEAR, -1, err);
    if (row == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    char money[64];
    vt_insight_format(money, bound, VT_UNIT_MONEY, view->currency);
    snprintf(row->what, sizeof row->what, "Clear %lld product%s", (long long)n, n == 1 ? " that lies" : "s that lie");
    snprintf(row->reason, sizeof row->reason,
             "Not sold in %.0f days; %s is bound in what lies. What clearing brings depends on the price that it still "
             "fetches, "
             "which is not known.",
             a->days, money);
    row->evidence = (double)n;
    return VT_OK;
}
