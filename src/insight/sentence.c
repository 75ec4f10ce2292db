/* The rules of sentences. Each is a function of numbers, so that a test can hold it against a table. */
#include "insight/sentence.h"

#include <stdio.h>
#include <string.h>

#include "math/special.h"

enum { WEEK = 7, DAYS_FOR_WEEKDAYS = 14, DAYS_LEAST = 4 };

/* Variance of the sum of `n` days around the mean of their weekday (or of all); NaN for too few. */
static double variance_of_sum(const double *day, size_t n, int64_t first, bool by_weekday)
{
    double sum[WEEK] = {0}, squares = 0;
    size_t count[WEEK] = {0}, groups = 0;
    for (size_t d = 0; d < n; d++) {
        int group = by_weekday ? vt_weekday(first + (int64_t)d) : 0;
        sum[group] += day[d];
        groups += count[group]++ == 0;
    }
    for (size_t d = 0; d < n; d++) {
        int group = by_weekday ? vt_weekday(first + (int64_t)d) : 0;
        double off = day[d] - sum[group] / (double)count[group];
        squares += off * off;
    }
    return n > groups ? (double)n * squares / (double)(n - groups) : NAN;
}

/* Variance of the sum of a Poisson number of orders whose values vary by their own mean. */
static double variance_of_orders(double sum, double orders)
{
    return orders > 0 ? 2 * sum * sum / orders : 0;
}

vt_change vt_change_of_days(const double *now, size_t n_now, int64_t first_now, const double *before, size_t n_before,
                            int64_t first_before, double orders_now, double orders_before)
{
    vt_change change = {0, 0, NAN, NAN};
    for (size_t d = 0; d < n_now; d++) {
        change.now += now[d];
    }
    for (size_t d = 0; d < n_before; d++) {
        change.before += before[d];
    }
    size_t least = n_now < n_before ? n_now : n_before;
    bool weekdays = least >= DAYS_FOR_WEEKDAYS;
    double variance = least >= DAYS_LEAST ? variance_of_sum(now, n_now, first_now, weekdays) +
                                                variance_of_sum(before, n_before, first_before, weekdays)
                                          : variance_of_orders(change.now, orders_now) +
                                                variance_of_orders(change.before, orders_before);
    if (orders_now >= VT_ORDERS_LEAST && orders_before >= VT_ORDERS_LEAST && isfinite(variance)) {
        double half = vt_normal_quantile(.975) * sqrt(variance);
        change.low = change.now - change.before - half;
        change.high = change.now - change.before + half;
    }
    return change;
}

int vt_change_direction(const vt_change *c)
{
    double change = c->now - c->before;
    if (isnan(c->low) || fabs(change) * 100 <= VT_SAME_PERCENT * fabs(c->before) || (c->low <= 0 && c->high >= 0)) {
        return 0;
    }
    return change > 0 ? 1 : -1;
}

void vt_say_compared(char out[64], const vt_scope *scope)
{
    int64_t days = scope->period.last - scope->period.first + 1;
    switch (scope->compare) {
    case VT_COMPARE_WEEKDAYS:
        snprintf(out, 64, "the same weekdays before");
        break;
    case VT_COMPARE_YEAR:
        snprintf(out, 64, "the year before");
        break;
    case VT_COMPARE_PREVIOUS:
    case VT_COMPARE_NONE:
        snprintf(out, 64, days == 1 ? "the day before" : "the %lld days before", (long long)days);
        break;
    }
}

void vt_say_share(char out[32], double share)
{
    if (share >= .8) {
        snprintf(out, 32, "nearly all");
    } else if (share >= .6 && share < .72) {
        snprintf(out, 32, "two thirds");
    } else if (share >= .5) {
        snprintf(out, 32, "most");
    } else {
        snprintf(out, 32, "%.0f %%", 100 * share);
    }
}

static double contribution(const vt_groups *g, int32_t k)
{
    return vt_sums_revenue(&g->now.sums[k]) - vt_sums_revenue(&g->before.sums[k]);
}

void vt_say_causes(vt_document *document, const vt_groups *g, double change)
{
    int32_t first = -1, second = -1;
    for (int32_t k = 0; k < g->now.n; k++) {
        double share = contribution(g, k) / change;
        if (first < 0 || share > contribution(g, first) / change) {
            second = first;
            first = k;
        } else if (second < 0 || share > contribution(g, second) / change) {
            second = k;
        }
    }
    if (change == 0 || first < 0 || g->now.n < 2) {
        return;
    }
    double of_first = contribution(g, first) / change;
    double of_second = second < 0 ? 0 : contribution(g, second) / change;
    char share[32];
    if (of_first >= 1) {
        vt_document_lead(document, "%s alone accounts for more than all of it.", g->name[first]);
    } else if (of_first >= .5) {
        vt_say_share(share, of_first);
        vt_document_lead(document, "%s accounts for %s of it.", g->name[first], share);
    } else if (of_first >= .2 && of_second > 0) {
        vt_document_lead(document, "%s and %s account for %.0f %% of it.", g->name[first], g->name[second],
                         100 * (of_first + of_second));
    }
}

void vt_say_greatest(vt_document *document, const vt_groups *g, double revenue)
{
    int32_t first = 0;
    for (int32_t k = 1; k < g->now.n; k++) {
        first = vt_sums_revenue(&g->now.sums[k]) > vt_sums_revenue(&g->now.sums[first]) ? k : first;
    }
    double of_first = revenue > 0 ? vt_sums_revenue(&g->now.sums[first]) / revenue : 0;
    if (g->now.n > 1 && of_first > 0 && of_first <= 1) {
        char share[32];
        vt_say_share(share, of_first);
        vt_document_lead(document, "%s makes %s of it.", g->name[first], share);
    }
}
