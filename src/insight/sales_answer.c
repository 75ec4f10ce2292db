/* Sales in detail: what explains a change (volume, price, discounts), hours of the week, and the size of orders. */
#include <stdio.h>

#include "base/alloc.h"
#include "insight/business.h"
#include "insight/kind.h"
#include "insight/number_text.h"
#include "insight/order_sizes.h"
#include "insight/weeks.h"

enum { HOURS = 24, WEEK = 7, FACTORS = 5 };

/* ---- volume or price --------------------------------------------------------------------------------------------- */

/* Sales before returns as a product: customers x orders each x items an order x price x what is left of discounts. */
static void factors(double out[FACTORS], const vt_sums *s)
{
    out[0] = (double)(s->customers > 0 ? s->customers : s->orders);
    out[1] = vt_ratio((double)s->orders, out[0]);
    out[2] = vt_ratio(s->units, (double)s->orders);
    out[3] = vt_ratio((double)s->gross, s->units);
    out[4] = vt_ratio((double)(s->gross - s->discounts), (double)s->gross);
}

/*
 * The change as a sum over factors: logarithmic mean Divisia index (Ang 2004), which leaves no rest and does not depend
 * on the order of the factors.
 */
static void add_bridge(vt_document *d, const vt_sums *now, const vt_sums *before)
{
    static const char *const names[FACTORS] = {"customers", "orders each", "items an order", "price and mix",
                                               "discounts"};
    double x[FACTORS], y[FACTORS];
    double a = (double)(now->gross - now->discounts), b = (double)(before->gross - before->discounts);
    factors(x, now);
    factors(y, before);
    if (!(a > 0) || !(b > 0)) {
        vt_document_note(d,
                         "Nothing was sold in one of the periods, so the change is not split into volume and price.");
        return;
    }
    double mean = fabs(a - b) > 1e-9 * a ? (a - b) / log(a / b) : a;
    vt_document_table(d, "bridge", "Volume or price");
    vt_document_column(d, "factor", "What changed", VT_UNIT_TEXT);
    vt_document_column(d, "now", "Now", VT_UNIT_NUMBER);
    vt_document_column(d, "before", "Before", VT_UNIT_NUMBER);
    vt_document_metric(d, "contribution");
    for (int f = 0; f < FACTORS; f++) {
        double scale = f == 3 ? vt_insight_major(1, "") : 1;
        vt_document_text(d, vt_str_of(names[f]));
        vt_document_number(d, x[f] * scale);
        vt_document_number(d, y[f] * scale);
        vt_document_number(d, mean * log(x[f] / y[f]));
    }
    vt_document_text(d, vt_str_of("returns"));
    vt_document_number(d, NAN);
    vt_document_number(d, NAN);
    vt_document_number(d, (double)(before->returns - now->returns));
}

/* ---- hours of the week ------------------------------------------------------------------------------------------- */

static void add_hours(vt_document *d, const vt_business *b)
{
    static const char *const days[WEEK] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                           "Friday", "Saturday", "Sunday"};
    vt_document_table(d, "hours", "Orders by weekday and hour");
    vt_document_column(d, "weekday", "Weekday", VT_UNIT_TEXT);
    for (int h = 0; h < HOURS; h++) {
        char id[16], name[16];
        snprintf(id, sizeof id, "h%02d", h);
        snprintf(name, sizeof name, "%d", h);
        vt_document_column(d, id, name, VT_UNIT_COUNT);
    }
    for (int w = 0; w < WEEK; w++) {
        vt_document_text(d, vt_str_of(days[w]));
        for (int h = 0; h < HOURS; h++) {
            vt_document_number(d, (double)b->hour_now.sums[w * HOURS + h].orders);
        }
    }
}

/* Weeks of the categories that brought most in them, with those of the year before beside them. */
static int add_weeks(vt_document *d, const vt_scope *scope, const vt_groups *categories, int32_t rows, vt_error *err)
{
    vt_weeks weeks;
    int32_t n = categories->now.n;
    bool *shown = vt_alloc_zero((size_t)n, sizeof *shown, err);
    int status = shown == NULL ? VT_ERR_NO_MEMORY
                               : vt_weeks_find(&weeks, VT_WEEKS_LONG, scope, VT_BY_ITEM, categories->of_item, n, err);
    if (status != VT_OK) {
        vt_free(shown);
        return status;
    }
    vt_weeks_table(d, &weeks, "category_weeks", "Which categories carry the trend", "Category");
    for (int32_t r = 0; r < n && r < rows; r++) {
        int32_t best = -1;
        for (int32_t k = 0; k < n; k++) {
            double total = vt_weeks_total(&weeks, k);
            if (!shown[k] && total != 0 && (best < 0 || total > vt_weeks_total(&weeks, best))) {
                best = k;
            }
        }
        if (best < 0) {
            break;
        }
        shown[best] = true;
        vt_weeks_row(d, &weeks, vt_str_of(categories->name[best]), best);
    }
    vt_weeks_done(&weeks);
    vt_free(shown);
    return VT_OK;
}

int vt_sales_of_shop(vt_document *d, vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    vt_business business = {0};
    int status = vt_business_find(&business, scope, options, err);
    if (status != VT_OK) {
        return status;
    }
    vt_business_lead(d, &business, scope);
    vt_business_figures(d, &business, scope);
    if (vt_scope_compares(scope)) {
        add_bridge(d, &business.now, &business.before);
    }
    status = vt_order_sizes_add(d, scope, err);
    for (int k = 0; k < VT_GROUPS_KINDS && status == VT_OK; k++) {
        status = vt_business_groups(d, &business, (vt_groups_kind)k, scope, options->n, err);
    }
    if (status == VT_OK) {
        status = add_weeks(d, scope, &business.groups[VT_GROUPS_CATEGORY], options->n, err);
    }
    if (status == VT_OK) {
        add_hours(d, &business);
        vt_business_days(d, &business, scope);
        vt_courses_table(d, &business.courses, scope);
    }
    vt_business_done(&business);
    return status;
}
