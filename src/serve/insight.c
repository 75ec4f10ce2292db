/* Routes of figures: every kind of insight, as the program prints it. */
#include "vitrine/insight.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "serve/handlers.h"
#include "serve/kept_insight.h"
#include "serve/keys.h"
#include "serve/served_shop.h"

static const vt_query_param params[] = {
    {"period", VT_QUERY_TEXT, false, 0, 0, "30d", NULL, "30d, 8w, 3m or 1y up to now, or 2026-10-01..2026-10-31"},
    {"compare", VT_QUERY_CHOICE, false, 0, 0, "previous", "previous|weekdays|year|none", "what it is compared with"},
    {"category", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "goods of this category alone, or below it"},
    {"brand", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "goods of this brand alone"},
    {"price", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "pieces at a price between: 25:100"},
    {"customers", VT_QUERY_CHOICE, false, 0, 0, NULL, "new|returning|premium", "customers of this kind alone"},
    {"segment", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "customers of this segment alone"},
    {"n", VT_QUERY_INT, false, 1, 100000, "10", NULL, "rows of each table"},
    {"horizon", VT_QUERY_INT, false, 1, 1000, "12", NULL, "periods to foresee; months of clv and rhythm"},
    {"season", VT_QUERY_INT, false, 0, 100000, "0", NULL, "periods of a season; 0: found from the data"},
    {"unit", VT_QUERY_CHOICE, false, 0, 0, "week", "day|week|month", "of periods"},
    {"backtest", VT_QUERY_FLAG, false, 0, 0, "false", NULL, "how well the last periods would have been foreseen"},
    {"support", VT_QUERY_REAL, false, 1e-9, 1, "0.001", NULL, "of rules of baskets"},
    {"confidence", VT_QUERY_REAL, false, 0, 1, "0.5", NULL, "of rules of baskets"},
    {"service", VT_QUERY_REAL, false, .001, .999, "0.95", NULL, "chance that stock lasts until goods arrive"},
    {"lead_days", VT_QUERY_INT, false, 0, 365, "14", NULL, "days from ordering to having"},
    {"until", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "the last day that counts, of clv"},
    {"user", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "a customer whom the answer is about, of rhythm"},
    {"item", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "a product that the answer is about, of prices"},
    {"seed", VT_QUERY_INT, false, 0, 2147483647, "42", NULL, "of everything random"},
    {"csv", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "a table by its id as CSV; \"figures\" for the figures"},
    {NULL, 0, false, 0, 0, NULL, NULL, NULL},
};

static const vt_query_param *const insight_params[] = {params, NULL};

static int read_options(vt_insight_options *o, const vt_call *call, vt_error *err)
{
    int status = VT_OK;
    vt_insight_options_init(o);
    for (const vt_query_param *p = params; p->name != NULL && status == VT_OK; p++) {
        const char *value = vt_given_text(call, p->name);
        if (value != NULL && strcmp(p->name, "csv") != 0) {
            status = vt_insight_options_set(o, p->name, value, err);
        }
    }
    o->masked = !vt_call_names_customers(call);
    return status;
}

static int make_answer(vt_text *out, const vt_call *call, vt_error *err)
{
    vt_insight_options options;
    vt_insight *answer = NULL;
    const char *table = vt_given_text(call, "csv");
    int status = read_options(&options, call, err);
    status =
        status != VT_OK ? status : vt_insight_ask(&answer, call->shop->live, call->path_value[0].ptr, &options, err);
    if (status == VT_OK && table == NULL) {
        status = vt_insight_json(out, answer, false, err);
    } else if (status == VT_OK) {
        status = vt_insight_csv(out, answer, strcmp(table, "figures") == 0 ? NULL : table, err);
    }
    vt_insight_free(answer);
    return status;
}

/* Seconds that an answer may be old: "Cache-Control: max-age=60" (RFC 9111); 0 where nothing is said. */
static double accepted_age(const vt_call *call)
{
    static const char name[] = "max-age=";
    const char *header = vt_call_header(call, "Cache-Control");
    const char *at = header == NULL ? NULL : strstr(header, name);
    int64_t seconds = 0;
    if (at == NULL) {
        return 0;
    }
    at += sizeof name - 1;
    return vt_parse_int(&seconds, (vt_str){at, strspn(at, "0123456789")}) ? (double)seconds : 0;
}

/* The question as it was sent; who sees no names has answers of its own. */
static int key_of(vt_str *out, const vt_call *call, vt_error *err)
{
    char *key = vt_arena_alloc(call->arena, call->target.len + 1, 1, err);
    if (key == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    key[0] = vt_call_names_customers(call) ? 'n' : 'm';
    memcpy(key + 1, call->target.ptr, call->target.len);
    *out = (vt_str){key, call->target.len + 1};
    return VT_OK;
}

static int get_insight(vt_call *call, vt_error *err)
{
    vt_kept_insight *kept = call->shop->insight;
    vt_kept_moment moment = {.mark = vt_kept_mark_of(call->shop->live), .now = vt_seconds()};
    vt_text body = {NULL, 0};
    double age = 0, most = accepted_age(call);
    vt_str key;
    int status = key_of(&key, call, err);
    if (status != VT_OK) {
        return status;
    }
    if (vt_kept_insight_get(&body, &age, kept, key, most, &moment)) {
        char seconds[32];
        snprintf(seconds, sizeof seconds, "%.0f", age);
        vt_reply_header_add(call, "Age", seconds);
    } else {
        status = make_answer(&body, call, err);
        if (status == VT_OK && most > 0) { /* who wants none kept does not take the place of those that are */
            vt_kept_insight_put(kept, key, &moment, vt_seconds() - moment.now, &body);
        }
    }
    if (status == VT_OK) {
        vt_reply_json(call, 200, &body);
        call->reply.type = vt_given_text(call, "csv") == NULL ? call->reply.type : "text/csv; charset=utf-8";
    }
    return status;
}

static int list_kinds(vt_call *call, vt_error *err)
{
    vt_reply_object object;
    vt_insight_info info;
    vt_reply_object_begin(&object);
    vt_json_array(&object.json, "kinds");
    for (size_t i = 0; vt_insight_kind_at(&info, i); i++) {
        if (info.shop) {
            vt_json_object(&object.json, NULL);
            vt_json_text(&object.json, "kind", vt_str_of(info.name));
            vt_json_text(&object.json, "summary", vt_str_of(info.summary));
            vt_json_object_end(&object.json);
        }
    }
    vt_json_array_end(&object.json);
    return vt_reply_object_end(call, 200, &object, err);
}

const vt_route vt_routes_insight[] = {
    {
        .method = "GET",
        .path = "/v1/insight",
        .name = "listInsight",
        .group = "Figures",
        .scope = VT_SCOPE_REPORT | VT_SCOPE_VIEW,
        .summary = "The kinds of figures",
        .answer = "Kinds",
        .handle = list_kinds,
    },
    {
        .method = "GET",
        .path = "/v1/insight/{kind}",
        .name = "getInsight",
        .slow = true,
        .group = "Figures",
        .scope = VT_SCOPE_REPORT | VT_SCOPE_VIEW,
        .summary = "Figures of one kind, with what they mean",
        .details =
            "As \"vitrine insight KIND --json\", to the cent; docs/metrics.md defines each. A key with scope view "
            "alone reads numbers in place of customers' ids. With the header Cache-Control: max-age=SECONDS an answer "
            "that was "
            "made before may be given again, not older than that; the header Age says how old it is.",
        .params = insight_params,
        .answer = "Insight",
        .handle = get_insight,
    },
    {.method = NULL},
};
