/* Filters become masks over items and users once, so that a pass over lines looks at a byte. */
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/number.h"
#include "base/suggest.h"
#include "insight/segments.h"
#include "live/timeline.h"
#include "live/told_returns.h"

/* ---- now --------------------------------------------------------------------------------------------------------- */

/*
 * The clock, unless the shop's events are of another time: files of last year are looked at as of their last day, not
 * as of an empty today.
 */
static void find_now(vt_scope *scope, int64_t now)
{
    int64_t last = vt_view_last_time(scope->view);
    scope->now = now != VT_NONE ? now : vt_now();
    if (now == VT_NONE && last != VT_NONE) {
        int64_t today = vt_zone_day(scope->zone, scope->now), newest = vt_zone_day(scope->zone, last);
        if (newest < today - 1 || newest > today) {
            scope->now = vt_day_begin(scope->zone, newest + 1) - 1;
            scope->stale = true;
        }
    }
}

/* ---- filters ----------------------------------------------------------------------------------------------------- */

/* Whether `path` is `wanted` or lies below it. */
static bool is_within(vt_str path, vt_str wanted)
{
    return path.len >= wanted.len && memcmp(path.ptr, wanted.ptr, wanted.len) == 0 &&
           (path.len == wanted.len || (path.len > wanted.len + 2 && memcmp(path.ptr + wanted.len, " > ", 3) == 0));
}

/* Marks the numbers of `n` names that are `wanted`; how many. */
static int32_t mark_names(uint8_t *mark, vt_str (*name)(const vt_view *, int32_t), int32_t n, const vt_view *view,
                          const char *wanted, bool path)
{
    int32_t found = 0;
    for (int32_t i = 0; i < n; i++) {
        vt_str text = name(view, i);
        mark[i] = path ? is_within(text, vt_str_of(wanted)) : vt_str_equal(text, vt_str_of(wanted));
        found += mark[i];
    }
    return found;
}

static int no_name(vt_str (*name)(const vt_view *, int32_t), int32_t n, const vt_view *view, const char *what,
                   const char *wanted, vt_error *err)
{
    vt_suggestion near;
    vt_suggestion_init(&near, wanted, strlen(wanted));
    for (int32_t i = 0; i < n; i++) {
        vt_str text = name(view, i);
        for (size_t len = 1; len <= text.len; len++) { /* each level of a path, and the whole */
            if (len == text.len || memcmp(text.ptr + len, " > ", text.len - len < 3 ? text.len - len : 3) == 0) {
                vt_suggestion_offer(&near, text.ptr, len);
            }
        }
    }
    if (near.best != NULL) {
        return vt_fail(err, VT_ERR_NOT_FOUND, "the shop has no %s \"%.80s\"; did you mean \"%.*s\"?", what, wanted,
                       (int)near.best_len, near.best);
    }
    return vt_fail(err, VT_ERR_NOT_FOUND, "the shop has no %s \"%.80s\"", what, wanted);
}

static int filter_items(vt_scope *scope, const vt_insight_options *o, vt_error *err)
{
    const vt_view *view = scope->view;
    if (o->category == NULL && o->brand == NULL) {
        return VT_OK;
    }
    uint8_t *category = vt_alloc_zero((size_t)view->n_categories + 1, 1, err);
    uint8_t *brand = vt_alloc_zero((size_t)view->n_brands + 1, 1, err);
    scope->item_passes = vt_alloc((size_t)view->n_items, 1, err);
    int status = category == NULL || brand == NULL || scope->item_passes == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK && o->category != NULL &&
        mark_names(category, vt_view_category, view->n_categories, view, o->category, true) == 0) {
        status = no_name(vt_view_category, view->n_categories, view, "category", o->category, err);
    }
    if (status == VT_OK && o->brand != NULL &&
        mark_names(brand, vt_view_brand, view->n_brands, view, o->brand, false) == 0) {
        status = no_name(vt_view_brand, view->n_brands, view, "brand", o->brand, err);
    }
    for (int32_t i = 0; status == VT_OK && i < view->n_items; i++) {
        int32_t c = vt_view_item_category(view, i), b = vt_view_item_brand(view, i);
        scope->item_passes[i] =
            (o->category == NULL || (c >= 0 && category[c])) && (o->brand == NULL || (b >= 0 && brand[b]));
    }
    vt_free(category);
    vt_free(brand);
    return status;
}

/* "25:100", ":100", "25:". */
static int filter_price(vt_scope *scope, const char *text, vt_error *err)
{
    scope->price_low = INT64_MIN;
    scope->price_high = INT64_MAX;
    if (text == NULL) {
        return VT_OK;
    }
    int digits = vt_currency_digits(scope->view->currency);
    const char *colon = strchr(text, ':');
    bool good = colon != NULL && strlen(text) > 1;
    if (good && colon > text) {
        good = vt_parse_money(&scope->price_low, (vt_str){text, (size_t)(colon - text)}, digits);
    }
    if (good && colon[1] != '\0') {
        good = vt_parse_money(&scope->price_high, vt_str_of(colon + 1), digits);
    }
    if (!good || scope->price_low > scope->price_high) {
        return vt_fail(err, VT_ERR_USAGE, "\"%.60s\" are no bounds of a price; give them as 25:100, 25: or :100", text);
    }
    return VT_OK;
}

static int filter_customers(vt_scope *scope, const char *text, vt_error *err)
{
    scope->customers = -1;
    if (text == NULL) {
        return VT_OK;
    }
    for (int k = VT_CUSTOMER_NEW; k <= VT_CUSTOMER_PREMIUM; k++) {
        if (strcmp(text, vt_customer_kind_name((vt_customer_kind)k)) == 0) {
            scope->customers = k;
            return vt_scope_find_premium(scope, err);
        }
    }
    return vt_fail(err, VT_ERR_USAGE, "\"%.60s\" are no customers; possible are: new, returning, premium", text);
}

static int filter_segment(vt_scope *scope, const char *text, vt_error *err)
{
    if (text == NULL) {
        return VT_OK;
    }
    vt_segment wanted;
    int status = vt_segment_parse(&wanted, text, err);
    if (status != VT_OK) {
        return status;
    }
    vt_segments segments = {0};
    status = vt_segments_find(&segments, scope, err);
    if (status == VT_OK) {
        scope->user_passes = vt_alloc((size_t)scope->view->n_users, 1, err);
        status = scope->user_passes == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    for (int32_t u = 0; status == VT_OK && u < scope->view->n_users; u++) {
        scope->user_passes[u] = segments.of_user[u] == (int8_t)wanted;
    }
    vt_segments_done(&segments);
    return status;
}

/* Where "all" begins: with the first order line, in a shop without any with the first event. */
static int64_t begin_of(const vt_view *view)
{
    int64_t first = vt_scope_first_time(view);
    return first != VT_NONE ? first : view->snapshot->time_min;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

int vt_scope_open(vt_scope *out, const vt_view *view, const vt_insight_options *o, vt_error *err)
{
    vt_scope scope = {.view = view, .customers = -1};
    const char *period = o->period == NULL ? "30d" : o->period;
    int status = vt_zone_open(&scope.zone, view->time_zone[0] == '\0' ? "UTC" : view->time_zone, err);
    if (status == VT_OK) {
        find_now(&scope, o->now);
        status = vt_period_parse(&scope.period, period, scope.zone, scope.now,
                                 strcmp(period, "all") == 0 ? begin_of(view) : VT_NONE, err);
    }
    status =
        status != VT_OK ? status : vt_compare_parse(&scope.compare, o->compare == NULL ? "previous" : o->compare, err);
    if (status == VT_OK) {
        scope.before = vt_period_before(&scope.period, scope.compare, scope.zone);
        status = filter_price(&scope, o->price, err);
    }
    status = status != VT_OK ? status : vt_told_returns_find(&scope.told, view, err);
    status = status != VT_OK ? status : filter_items(&scope, o, err);
    status = status != VT_OK ? status : filter_customers(&scope, o->customers, err);
    status = status != VT_OK ? status : filter_segment(&scope, o->segment, err);
    if (status != VT_OK) {
        vt_scope_close(&scope);
        return status;
    }
    *out = scope;
    return VT_OK;
}
