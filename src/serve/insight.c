/* Routes of figures: every kind of insight, as the program prints it. */
#include "vitrine/insight.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "serve/handlers.h"
#include "serve/insight_answer.h"
#include "serve/keys.h"

static const vt_query_param *const insight_params[] = {vt_insight_params, NULL};

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

static const char *value_of(const void *context, const char *name)
{
    return vt_given_text(context, name);
}

static int get_insight(vt_call *call, vt_error *err)
{
    const vt_insight_question question = {call->path_value[0].ptr, vt_call_names_customers(call), value_of, call};
    vt_text body = {NULL, 0};
    double age;
    int status = vt_insight_answer(&body, &age, call->shop, &question, accepted_age(call), err);
    if (status == VT_OK && age >= 0) {
        char seconds[32];
        snprintf(seconds, sizeof seconds, "%.0f", age);
        vt_reply_header_add(call, "Age", seconds);
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
