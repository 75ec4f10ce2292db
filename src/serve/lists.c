/* Routes of lists: recommendations for users, visitors and carts, similar items, complements, trending, search. */
#include <string.h>

#include "serve/handlers.h"
#include "serve/listed.h"
#include "serve/recommended.h"
#include "serve/served_shop.h"
#include "vitrine/why.h"

static const vt_query_param user_params[] = {
    {"keep_seen", VT_QUERY_FLAG, false, 0, 0, "false", NULL, "also what the user has bought or rated"},
    {"explain", VT_QUERY_FLAG, false, 0, 0, "false", NULL, "with a reason for each item, and the parts of its score"},
    {"fewer_like", VT_QUERY_TEXT, true, 0, 0, NULL, NULL, "an item that the user dislikes; may be given several times"},
    {"placement", VT_QUERY_TEXT, false, 0, 0, NULL, NULL,
     "where the list will be shown: it is then told as impressions, in answer to this request"},
    {NULL, 0, false, 0, 0, NULL, NULL, NULL},
};

static const vt_query_param days_params[] = {
    {"days", VT_QUERY_INT, false, 0, 365, "0", NULL, "purchases without an order within so many days are one order"},
    {NULL, 0, false, 0, 0, NULL, NULL, NULL},
};

static const vt_query_param by_params[] = {
    {"by", VT_QUERY_CHOICE, false, 0, 0, "model", "model|text|image|both",
     "what makes items similar: who bought them, what they say, what they look like, the last two together"},
    {NULL, 0, false, 0, 0, NULL, NULL, NULL},
};

static const vt_query_param search_params[] = {
    {"q", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "words to search for"},
    {NULL, 0, false, 0, 0, NULL, NULL, NULL},
};

static const vt_query_param *const filter[] = {vt_listed_params, NULL};
static const vt_query_param *const for_user[] = {vt_listed_params, user_params, NULL};
static const vt_query_param *const similar[] = {vt_listed_params, by_params, NULL};
static const vt_query_param *const complements[] = {vt_listed_params, days_params, NULL};
static const vt_query_param *const search[] = {vt_listed_params, search_params, NULL};

/* ---- recommendations --------------------------------------------------------------------------------------------- */

static int recommend_user(vt_call *call, vt_error *err)
{
    vt_request request;
    int status = vt_listed_request(&request, call, err);
    request.user = call->path_value[0].ptr;
    return status != VT_OK ? status : vt_recommended_reply(call, &request, true, err);
}

static int recommend_visitor(vt_call *call, vt_error *err)
{
    vt_request request;
    int status = vt_listed_request(&request, call, err);
    status = status != VT_OK ? status : vt_listed_events(&request, call, "events", err);
    return status != VT_OK ? status : vt_recommended_reply(call, &request, false, err);
}

/* Somebody of whom nothing is known. */
static int trending(vt_call *call, vt_error *err)
{
    vt_request request;
    int status = vt_listed_request(&request, call, err);
    return status != VT_OK ? status : vt_recommended_reply(call, &request, true, err);
}

/* ---- beside an item ---------------------------------------------------------------------------------------------- */

static int find(vt_call *call, vt_engine *engine, const vt_search_query *query, vt_error *err)
{
    vt_text body = {NULL, 0};
    vt_found found = {0};
    int status = vt_search(&found, engine->recommender, query, err);
    if (status == VT_OK) {
        status = vt_found_json(&body, &found, query, false, err);
    }
    if (status == VT_OK) {
        vt_reply_json(call, 200, &body);
    }
    vt_found_done(&found);
    return status;
}

static int beside(vt_call *call, vt_engine *engine, vt_request *request, vt_error *err)
{
    vt_text body = {NULL, 0};
    vt_answer answer = {0};
    int status = vt_similar(&answer, engine->recommender, request, err);
    if (status == VT_OK) {
        status = vt_answer_json(&body, &answer, request, engine->chosen.name, false, err);
    }
    if (status == VT_OK) {
        vt_reply_json(call, 200, &body);
    }
    vt_answer_done(&answer);
    return status;
}

static int similar_items(vt_call *call, vt_error *err)
{
    static const char *const ways[] = {"text", "image", "both"}; /* in the order of vt_search_by */
    vt_search_query query;
    vt_search_query_init(&query);
    int status = vt_listed_request(&query.request, call, err);
    if (status != VT_OK) {
        return status;
    }
    vt_engine *engine = vt_served_shop_engine(call->shop);
    query.request.item = call->path_value[0].ptr;
    query.request.id = call->id;
    int by = 0;
    for (int i = 0; i < 3; i++) {
        by = strcmp(vt_given_text(call, "by"), ways[i]) == 0 ? i + 1 : by;
    }
    if (by == 0) {
        status = beside(call, engine, &query.request, err);
    } else {
        query.by = (vt_search_by)by;
        status = find(call, engine, &query, err);
    }
    vt_engine_release(engine);
    return status;
}

/* The reply of what was found, where `status` says that it was; ends it in any case. */
static int answer_complements(vt_call *call, vt_complements *found, const vt_request *request, int status,
                              vt_error *err)
{
    vt_text body = {NULL, 0};
    if (status == VT_OK) {
        status = vt_complements_json(&body, found, request, false, err);
    }
    if (status == VT_OK) {
        vt_reply_json(call, 200, &body);
    }
    vt_complements_done(found);
    return status;
}

static int complement_items(vt_call *call, vt_error *err)
{
    vt_request request;
    vt_complements found = {0};
    int status = vt_listed_request(&request, call, err);
    if (status != VT_OK) {
        return status;
    }
    vt_engine *engine = vt_served_shop_engine(call->shop);
    request.item = call->path_value[0].ptr;
    request.id = call->id;
    status = vt_complement(&found, engine->recommender, &request, (int32_t)vt_given_int(call, "days"), err);
    vt_engine_release(engine);
    return answer_complements(call, &found, &request, status, err);
}

/* The ids of the body's array "items". */
static int read_cart(const char ***out, size_t *n, vt_call *call, vt_error *err)
{
    yyjson_val *root = NULL;
    int status = vt_call_json(&root, call, err);
    if (status != VT_OK) {
        return status;
    }
    yyjson_val *array = yyjson_obj_get(root, "items");
    size_t count = yyjson_arr_size(array);
    const char **ids = vt_arena_alloc(call->arena, count + 1, sizeof *ids, err);
    if (ids == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        ids[i] = yyjson_get_str(yyjson_arr_get(array, i));
        if (ids[i] == NULL) {
            return vt_fail(err, VT_ERR_FORMAT, "\"items\" is not as expected: an array of ids");
        }
    }
    *out = ids;
    *n = count;
    return yyjson_is_arr(array) && yyjson_obj_size(root) == 1
               ? VT_OK
               : vt_fail(err, VT_ERR_FORMAT, "an object with the array \"items\" is expected");
}

static int complete_cart(vt_call *call, vt_error *err)
{
    vt_request request;
    vt_complements found = {0};
    const char **items = NULL;
    size_t n = 0;
    int status = vt_listed_request(&request, call, err);
    status = status != VT_OK ? status : read_cart(&items, &n, call, err);
    if (status != VT_OK) {
        return status;
    }
    vt_engine *engine = vt_served_shop_engine(call->shop);
    request.visitor = true;
    request.id = call->id;
    status =
        vt_complete_cart(&found, engine->recommender, &request, items, n, (int32_t)vt_given_int(call, "days"), err);
    vt_engine_release(engine);
    return answer_complements(call, &found, &request, status, err);
}

static int search_words(vt_call *call, vt_error *err)
{
    vt_search_query query;
    vt_search_query_init(&query);
    query.text = vt_given_text(call, "q");
    if (query.text == NULL || query.text[0] == '\0') {
        return vt_fail(err, VT_ERR_USAGE, "words to search for are expected: ?q=blue+jug");
    }
    int status = vt_listed_request(&query.request, call, err);
    if (status != VT_OK) {
        return status;
    }
    vt_engine *engine = vt_served_shop_engine(call->shop);
    status = find(call, engine, &query, err);
    vt_engine_release(engine);
    return status;
}

/* ---- why --------------------------------------------------------------------------------------------------------- */

static int explain(vt_call *call, vt_error *err)
{
    vt_request request;
    vt_text body = {NULL, 0};
    vt_why why = {0};
    vt_engine *engine = vt_served_shop_engine(call->shop);
    vt_request_init(&request);
    request.user = call->path_value[0].ptr;
    request.item = call->path_value[1].ptr;
    request.id = call->id;
    int status = vt_explain(&why, engine->recommender, &request, err);
    if (status == VT_OK) {
        status = vt_why_json(&body, &why, &request, engine->chosen.name, false, err);
    }
    if (status == VT_OK) {
        vt_reply_json(call, 200, &body);
    }
    vt_why_done(&why);
    vt_engine_release(engine);
    return status;
}

static const char visit_example[] =
    "{\"events\": [{\"item\": \"A1\", \"kind\": \"view\", \"time\": \"2026-10-01T08:00:00Z\"}]}";

const vt_route vt_routes_lists[] = {
    {
        .method = "GET",
        .path = "/v1/users/{user}/recommendations",
        .name = "recommendUser",
        .group = "Lists",
        .scope = VT_SCOPE_READ | VT_SCOPE_REPORT,
        .summary = "Items for a user",
        .details =
            "What the user has bought or rated is left out unless asked for. Somebody unknown gets what is popular.",
        .params = for_user,
        .answer = "List",
        .handle = recommend_user,
    },
    {
        .method = "POST",
        .path = "/v1/recommendations",
        .name = "recommendVisitor",
        .group = "Lists",
        .scope = VT_SCOPES_GOODS,
        .summary = "Items for a visitor by what they did",
        .details = "For visitors without an id: their events come with the request and are not kept.",
        .params = for_user,
        .body = VT_BODY_JSON,
        .body_schema = "Visit",
        .body_example = visit_example,
        .answer = "List",
        .handle = recommend_visitor,
    },
    {
        .method = "GET",
        .path = "/v1/users/{user}/recommendations/{item}/explanation",
        .name = "explainItem",
        .group = "Lists",
        .scope = VT_SCOPE_REPORT,
        .summary = "Why an item stands where it stands for a user",
        .details = "The parts of its score, what each past event does, what the items above it have more of.",
        .answer = "Why",
        .handle = explain,
    },
    {
        .method = "GET",
        .path = "/v1/items/{item}/similar",
        .name = "similarItems",
        .group = "Lists",
        .scope = VT_SCOPES_GOODS,
        .summary = "Items similar to one",
        .params = similar,
        .answer = "List",
        .handle = similar_items,
    },
    {
        .method = "GET",
        .path = "/v1/items/{item}/complements",
        .name = "complementItems",
        .group = "Lists",
        .scope = VT_SCOPES_GOODS,
        .summary = "Items that are bought with one, not in its place",
        .params = complements,
        .answer = "Complements",
        .handle = complement_items,
    },
    {
        .method = "POST",
        .path = "/v1/carts/recommendations",
        .name = "completeCart",
        .group = "Lists",
        .scope = VT_SCOPES_GOODS,
        .summary = "What completes a cart",
        .details = "What is bought with the items of the cart; what goes with several of them comes first. Items that "
                   "the shop does not know are passed over.",
        .params = complements,
        .body = VT_BODY_JSON,
        .body_schema = "Cart",
        .body_example = "{\"items\": [\"A1\", \"B7\"]}",
        .answer = "Complements",
        .handle = complete_cart,
    },
    {
        .method = "GET",
        .path = "/v1/trending",
        .name = "trending",
        .group = "Lists",
        .scope = VT_SCOPES_GOODS,
        .summary = "What sells now",
        .details = "The list that somebody gets of whom nothing is known.",
        .params = filter,
        .answer = "List",
        .handle = trending,
    },
    {
        .method = "GET",
        .path = "/v1/search",
        .name = "searchWords",
        .group = "Lists",
        .scope = VT_SCOPES_GOODS,
        .summary = "Items by words",
        .params = search,
        .answer = "Found",
        .handle = search_words,
    },
    {.method = NULL},
};
