/* The overview: all figures of business, from looking to buying, what moved, and the goods that moved most. */
#include <stdlib.h>

#include "base/alloc.h"
#include "insight/business.h"
#include "insight/kind.h"

static void add_funnel(vt_document *d, const vt_funnel *now, const vt_funnel *before, bool compares)
{
    const struct {
        const char *metric;
        double now, before;
    } rows[] = {
        {"conversion", vt_ratio((double)now->bought, (double)now->seen),
         vt_ratio((double)before->bought, (double)before->seen)},
        {"visits", (double)now->seen, (double)before->seen},
        {"visit_to_cart", vt_ratio((double)now->seen_carted, (double)now->seen),
         vt_ratio((double)before->seen_carted, (double)before->seen)},
        {"cart_to_order", vt_ratio((double)now->cart_bought, (double)now->carted),
         vt_ratio((double)before->cart_bought, (double)before->carted)},
        {"active", (double)now->active, (double)before->active},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        vt_document_compared(d, rows[i].metric, rows[i].now, compares ? rows[i].before : NAN);
    }
    if (now->views == 0) {
        vt_document_note(d, "There are no views in the period, so it cannot be said how many visitors buy.");
    }
}

static int funnels(vt_document *d, vt_courses *courses, const vt_scope *scope, vt_error *err)
{
    vt_funnel now, before = {0};
    int status = vt_courses_funnels(courses, &now, &before, scope, err);
    if (status == VT_OK) {
        add_funnel(d, &now, &before, vt_scope_compares(scope));
    }
    return status;
}

int vt_overview_of_shop(vt_document *d, vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    vt_business business = {0};
    int status = vt_business_find(&business, scope, options, err);
    if (status == VT_OK) {
        vt_business_lead(d, &business, scope);
        vt_business_figures(d, &business, scope);
        status = funnels(d, &business.courses, scope, err);
    }
    for (int k = 0; k < VT_GROUPS_KINDS && status == VT_OK; k++) {
        status = vt_business_groups(d, &business, (vt_groups_kind)k, scope, options->n, err);
    }
    if (status == VT_OK) {
        vt_business_days(d, &business, scope);
        vt_courses_table(d, &business.courses, scope);
    }
    vt_business_done(&business);
    return status;
}
