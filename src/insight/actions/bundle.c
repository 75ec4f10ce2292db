/*
 * Goods that are bought together more often than chance explains, over a year. What is expected of showing them
 * together rests on an assumption: orders with both rise by a tenth.
 */
#include <math.h>
#include <stdio.h>

#include "base/alloc.h"
#include "insight/actions/actions.h"
#include "insight/baskets/orders.h"
#include "insight/baskets/pairs.h"

enum { YEAR = 365, TOGETHER_LEAST = 5 };

#define RISE .10 /* of orders with both: assumed, with 5 to 15 % as interval */
#define RISE_LOW .05
#define RISE_HIGH .15

static int add_pair(vt_actions *a, const vt_pair *pair, vt_error *err)
{
    const vt_association *both = &pair->a;
    double orders = (double)a->sold[pair->item].lines / a->days * VT_ACTION_MONTH;
    double each = vt_actions_worth(&a->sold[pair->other]);
    if (!(orders > 0) || !(each > 0)) { /* one of them did not sell lately */
        return VT_OK;
    }
    vt_action *row = vt_actions_add(a, VT_ACTION_BUNDLE, pair->item, err);
    if (row == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    row->other = pair->other;
    char shown[VT_ACTION_NAME], beside[VT_ACTION_NAME];
    vt_actions_name(shown, a, pair->other);
    vt_actions_name(beside, a, pair->item);
    snprintf(row->what, sizeof row->what, "Show %s beside %s", shown, beside);
    snprintf(row->reason, sizeof row->reason,
             "%.0f orders of a year hold both, %.1f times as many as by chance; %.0f %% of those with the second hold "
             "the first. Assumed: shown together, orders with both rise by 5 to 15 %%.",
             (double)both->count, both->lift, 100 * both->confidence);
    row->money = orders * both->confidence * RISE * each;
    row->low = orders * both->confidence_low * RISE_LOW * each;
    row->high = orders * both->confidence_high * RISE_HIGH * each;
    row->evidence = (double)both->count;
    return VT_OK;
}

/* Pairs of the year up to the end; where there are too many to count, those of more orders alone. */
static int find_pairs(vt_pair **out, size_t *n, const vt_scope *year, vt_error *err)
{
    vt_order_baskets orders;
    vt_pair_options options;
    vt_pair_options_init(&options);
    int status = vt_order_baskets_find(&orders, year, err);
    if (status != VT_OK) {
        return status;
    }
    options.min_count = TOGETHER_LEAST;
    do {
        vt_error why = VT_ERROR_INIT;
        status = vt_pairs_find(out, n, &orders.baskets, &options, &why);
        if (status != VT_OK && (status != VT_ERR_LIMIT || options.min_count > INT32_MAX)) {
            vt_fail(err, (vt_code)status, "%s", why.message);
            break;
        }
        options.min_count *= 2;
    } while (status == VT_ERR_LIMIT);
    vt_order_baskets_done(&orders);
    return status;
}

int vt_actions_find_bundle(vt_actions *a, vt_error *err)
{
    vt_scope year = *a->scope;
    vt_pair *pairs = NULL;
    size_t n = 0;
    year.period.first = year.period.last - YEAR + 1;
    year.period.from = vt_day_begin(year.zone, year.period.first);
    int status = find_pairs(&pairs, &n, &year, err);
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        status = add_pair(a, &pairs[i], err);
    }
    vt_free(pairs);
    return status;
}
