/* What a scope says of customers, goods and periods. Reading the question is the matter of scope_open.c. */
#include "insight/scope.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "insight/sums.h"

const char *vt_customer_kind_name(vt_customer_kind kind)
{
    static const char *const names[] = {"new", "returning", "premium", "guests"};
    return names[kind];
}

vt_customer_kind vt_scope_customer(const vt_scope *scope, const vt_period *period, int32_t user)
{
    if (user < 0) {
        return VT_CUSTOMER_GUEST;
    }
    if (scope->premium != NULL && scope->premium->bytes[user]) {
        return VT_CUSTOMER_PREMIUM;
    }
    int64_t first = vt_view_first_order(scope->view, user);
    return first == VT_NONE || first >= period->from ? VT_CUSTOMER_NEW : VT_CUSTOMER_RETURNING;
}

bool vt_scope_filters(const vt_scope *scope)
{
    return scope->item_passes != NULL || scope->user_passes != NULL || scope->customers >= 0 ||
           scope->price_low != INT64_MIN || scope->price_high != INT64_MAX;
}

int64_t vt_scope_first_time(const vt_view *view)
{
    vt_lines lines;
    vt_line_span span;
    int64_t first = VT_NONE;
    vt_lines_begin(&lines, view, INT64_MIN, INT64_MAX);
    while (vt_lines_next(&lines, &span)) {
        for (int64_t i = 0; i < span.n; i++) {
            if (vt_lines_counts(&lines, &span, i) && (first == VT_NONE || span.time[i] < first)) {
                first = span.time[i];
            }
        }
        if (first != VT_NONE && span.at != NULL) { /* the snapshot's piece is in order; the tail is short */
            vt_lines_begin(&lines, view, first, first);
        }
    }
    return first;
}

vt_scope vt_scope_unfiltered(const vt_scope *scope)
{
    return (vt_scope){.view = scope->view,
                      .shop_path = scope->shop_path,
                      .zone = scope->zone,
                      .now = scope->now,
                      .period = scope->period,
                      .before = scope->before,
                      .compare = scope->compare,
                      .told = scope->told,
                      .premium = scope->premium,
                      .customers = -1,
                      .price_low = INT64_MIN,
                      .price_high = INT64_MAX};
}

vt_period vt_scope_always(const vt_scope *scope)
{
    vt_period always = scope->period;
    int64_t first = vt_scope_first_time(scope->view);
    if (first != VT_NONE && first < always.from) {
        always.first = vt_zone_day(scope->zone, first);
        always.from = vt_day_begin(scope->zone, always.first);
    }
    return always;
}

void vt_scope_close(vt_scope *scope)
{
    vt_zone_close(scope->zone);
    vt_free(scope->item_passes);
    vt_free(scope->user_passes);
    vt_memo_release(scope->premium);
    vt_memo_release(scope->told);
    *scope = (vt_scope){0};
}

vt_str vt_scope_user(vt_document *document, const vt_view *view, int32_t user)
{
    char text[32];
    if (!vt_document_masked(document)) {
        return vt_view_user_id(view, user);
    }
    snprintf(text, sizeof text, "customer %d", user + 1);
    return vt_str_of(vt_document_copy(document, vt_str_of(text)));
}

void vt_scope_describe(vt_document *document, const vt_scope *scope)
{
    char now[32], before[32] = "", day[16];
    vt_period_text(now, &scope->period);
    vt_insight_period compared = {VT_NONE, VT_NONE, before, false};
    if (vt_scope_compares(scope)) {
        vt_period_text(before, &scope->before);
        compared = (vt_insight_period){scope->before.from, scope->before.until, before, scope->period.unfinished};
    }
    vt_document_setting(document, scope->view->currency, vt_zone_name(scope->zone));
    vt_document_period(document,
                       &(vt_insight_period){scope->period.from, scope->period.until, now, scope->period.unfinished},
                       &compared);
    if (scope->stale) {
        vt_format_date(day,
                       vt_view_last_time(scope->view) + vt_zone_offset(scope->zone, vt_view_last_time(scope->view)));
        vt_document_note(document, "The newest event is of %s: periods end there.", day);
    }
    if (scope->period.unfinished && vt_scope_compares(scope)) {
        vt_document_note(document, "The last day is not over; it is compared with the same part of the earlier one.");
    }
}
