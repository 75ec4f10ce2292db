/*
 * A list that is given again has the id of its own request, and what it shows is told like that of any other: only the
 * work of making it is saved.
 */
#include "serve/recommended.h"

#include <string.h>

#include "base/alloc.h"
#include "serve/listed.h"
#include "serve/query.h"
#include "serve/served_shop.h"

/* Ids of the parameter "fewer_like" into the request. */
static int read_fewer(vt_request *request, vt_call *call, vt_error *err)
{
    const char **ids = vt_arena_alloc(call->arena, call->n_query + 1, sizeof *ids, err);
    if (ids == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < call->n_query; i++) {
        if (vt_str_equal(call->query[i].name, vt_str_of("fewer_like"))) {
            ids[request->n_fewer_like++] = call->query[i].value.ptr;
        }
    }
    request->fewer_like = ids;
    return VT_OK;
}

/* Makes the list; where it may be kept, with its stamp and the place of the request's id in it. */
static int make(vt_cached_list *out, vt_call *call, vt_engine *engine, vt_request *request, bool keeps, vt_error *err)
{
    vt_answer answer = {0};
    vt_cached_list made = {0};
    int status = read_fewer(request, call, err);
    if (status == VT_OK) {
        status = vt_recommend_stamped(&answer, keeps ? &made.stamp : NULL, engine->recommender, request, err);
    }
    if (status == VT_OK) {
        status = vt_answer_json(&made.body, &answer, request, engine->chosen.name, false, err);
    }
    if (status == VT_OK && vt_given_text(call, "placement") != NULL) {
        status = vt_listed_items(&made.items, &answer, err);
    }
    if (status == VT_OK && keeps && answer.degraded[0] == '\0') { /* what is amiss may end at any time: not kept */
        const char *at = memmem(made.body.data, made.body.len, call->id, strlen(call->id));
        made.request_at = at == NULL ? 0 : (size_t)(at - made.body.data);
    }
    vt_answer_done(&answer);
    if (status != VT_OK) {
        vt_cached_list_done(&made);
        return status;
    }
    *out = made;
    return VT_OK;
}

/* The list of an earlier request in the name of this one. */
static bool make_again(vt_cached_list *out, uint64_t *turn, vt_call *call, vt_engine *engine, const char *user)
{
    vt_answer_stamp now;
    if (vt_answer_stamp_now(&now, engine->recommender, user, NULL) != VT_OK ||
        !vt_result_cache_get(out, turn, call->shop->results, call->target, &now)) {
        return false;
    }
    memcpy(out->body.data + out->request_at, call->id, strlen(call->id));
    return true;
}

int vt_recommended_reply(vt_call *call, vt_request *request, bool again, vt_error *err)
{
    vt_cached_list result = {0};
    uint64_t turn = 0;
    int status = VT_OK;
    vt_engine *engine = vt_served_shop_engine(call->shop);
    again = again && vt_result_cache_keeps(call->shop->results);
    request->keep_seen = vt_given_flag(call, "keep_seen");
    request->explain = vt_given_flag(call, "explain");
    request->visitor = true;
    request->id = call->id;
    if (!again || !make_again(&result, &turn, call, engine, request->user)) {
        status = make(&result, call, engine, request, again, err);
        if (status == VT_OK && result.request_at > 0) {
            vt_result_cache_put(call->shop->results, turn, call->target, &result);
        }
    }
    if (status == VT_OK) {
        vt_reply_json(call, 200, &result.body);
        vt_listed_tell(call, &result.items, request->user, engine->chosen.name);
    }
    vt_cached_list_done(&result);
    vt_engine_release(engine);
    return status;
}
