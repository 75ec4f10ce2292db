/* Routes of the rules of merchandisers, and of what one would do to a list. */
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "serve/fields.h"
#include "serve/handlers.h"
#include "serve/listed.h"
#include "serve/served_shop.h"
#include "serve/tagged.h"
#include "vitrine/rule_preview.h"

static const vt_query_param preview_params[] = {
    {"user", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "whose list; without it: of somebody of whom nothing is known"},
    {"at", VT_QUERY_TIME, false, 0, 0, NULL, NULL, "the moment of the list; without it: now"},
    {NULL, 0, false, 0, 0, NULL, NULL, NULL},
};

static const vt_query_param *const preview[] = {vt_listed_params, preview_params, NULL};

/* ---- one rule ---------------------------------------------------------------------------------------------------- */

static int show(void *context, const vt_shop_rule *rule)
{
    vt_fields_write(context, &vt_rule_fields, rule, "");
    return VT_OK;
}

static int write_rule(vt_json_writer *writer, vt_call *call, vt_shop *shop, vt_str id, vt_error *err)
{
    (void)call;
    return vt_shop_rule_find(shop, id, show, writer, err);
}

/* A rule that is to be put: whole, or what is given over what is there. */
typedef struct rule_put {
    vt_shop_rule rule;
    yyjson_val *change; /* NULL: `rule` is whole */
    bool fresh;         /* there must be none of its id */
} rule_put;

typedef struct copied_rule {
    vt_shop_rule *rule;
    vt_arena *arena;
    vt_error *err;
} copied_rule;

static int copy(void *context, const vt_shop_rule *rule)
{
    const copied_rule *c = context;
    *c->rule = *rule;
    vt_str *const texts[] = {&c->rule->id, &c->rule->name, &c->rule->segment, &c->rule->page, &c->rule->note};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i]->ptr != NULL) {
            *texts[i] = vt_arena_str(c->arena, *texts[i], c->err);
            if (texts[i]->ptr == NULL) {
                return VT_ERR_NO_MEMORY;
            }
        }
    }
    return VT_OK;
}

static int find_rule(vt_shop_rule *rule, vt_call *call, vt_shop *shop, vt_str id, vt_error *err)
{
    copied_rule c = {rule, call->arena, err};
    return vt_shop_rule_find(shop, id, copy, &c, err);
}

static int put(vt_put_result *result, vt_call *call, vt_shop *shop, void *record, vt_error *err)
{
    rule_put *p = record;
    int status = VT_OK;
    if (p->change != NULL) {
        status = find_rule(&p->rule, call, shop, call->path_value[0], err);
        if (status == VT_OK) {
            status = vt_fields_read_over(&p->rule, call, &vt_rule_fields, p->change, "", p->rule.id, err);
        }
    }
    if (p->change == NULL && p->fresh) {
        vt_shop_rule there;
        status = find_rule(&there, call, shop, p->rule.id, NULL);
        if (status == VT_OK) {
            return vt_fail(err, VT_ERR_EXISTS, "there is a rule \"%.*s\"; PUT replaces it", VT_STR_ARGS(p->rule.id));
        }
        status = status == VT_ERR_NOT_FOUND ? VT_OK : vt_fail(err, (vt_code)status, "the rules cannot be read");
    }
    return status != VT_OK ? status : vt_shop_rule_put(&result->done, shop, &p->rule, err);
}

static const vt_tagged tagged_rules = {.name = "rule", .write = write_rule, .put = put, .remove = vt_shop_rule_remove};

static int get_rule(vt_call *call, vt_error *err)
{
    return vt_tagged_get(call, &tagged_rules, err);
}

static int delete_rule(vt_call *call, vt_error *err)
{
    return vt_tagged_remove(call, &tagged_rules, err);
}

/* Reads the body as the rule of that id. */
static int put_rule(vt_call *call, yyjson_val *root, vt_str id, bool fresh, vt_error *err)
{
    rule_put *p = vt_arena_alloc(call->arena, 1, sizeof *p, err);
    if (p == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    p->change = NULL;
    p->fresh = fresh;
    int status = vt_fields_read_named(&p->rule, call, &vt_rule_fields, root, "", id, err);
    return status != VT_OK ? status : vt_tagged_put(call, &tagged_rules, p->rule.id, p, false, err);
}

static int post(vt_call *call, vt_error *err)
{
    char made[VT_RULE_ID_BYTES];
    yyjson_val *root = NULL;
    int status = vt_call_json(&root, call, err);
    vt_str id = status == VT_OK ? vt_json_str(root, "id") : (vt_str){NULL, 0};
    if (status == VT_OK && id.ptr == NULL) {
        vt_shop_rule_make_id(made);
        id = vt_arena_str(call->arena, vt_str_of(made), err);
        status = id.ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    return status != VT_OK ? status : put_rule(call, root, id, true, err);
}

static int put_whole(vt_call *call, vt_error *err)
{
    yyjson_val *root = NULL;
    int status = vt_call_json(&root, call, err);
    return status != VT_OK ? status : put_rule(call, root, call->path_value[0], false, err);
}

static int patch(vt_call *call, vt_error *err)
{
    rule_put *p = vt_arena_alloc(call->arena, 1, sizeof *p, err);
    int status = p == NULL ? VT_ERR_NO_MEMORY : vt_call_json(&p->change, call, err);
    return status != VT_OK ? status : vt_tagged_put(call, &tagged_rules, call->path_value[0], p, true, err);
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

static int show_each(void *context, const vt_shop_rule *rule)
{
    vt_json_object(context, NULL);
    vt_fields_write(context, &vt_rule_fields, rule, "");
    vt_json_object_end(context);
    return VT_OK;
}

static int get_rules(vt_call *call, vt_error *err)
{
    vt_reply_object object;
    vt_shop *shop = NULL;
    int status = vt_served_shop_reader(&shop, call->shop, err);
    if (status != VT_OK) {
        return status;
    }
    vt_reply_object_begin(&object);
    vt_json_array(&object.json, "rules");
    status = vt_shop_rules_each(shop, show_each, &object.json, err);
    vt_served_shop_reader_back(call->shop, shop);
    if (status != VT_OK) {
        vt_json_writer_abort(&object.json);
        vt_buf_done(&object.text);
        return status;
    }
    vt_json_array_end(&object.json);
    return vt_reply_object_end(call, 200, &object, err);
}

/* ---- what one would do ------------------------------------------------------------------------------------------- */

static int answer_preview(vt_call *call, const vt_shop_rule *rule, vt_error *err)
{
    vt_request request;
    vt_text body = {NULL, 0};
    vt_rule_preview found = {0};
    int status = vt_listed_request(&request, call, err);
    if (status != VT_OK) {
        return status;
    }
    vt_engine *engine = vt_served_shop_engine(call->shop);
    request.user = vt_given_text(call, "user");
    request.now = vt_given_time(call, "at");
    request.visitor = true;
    request.id = call->id;
    status = vt_rule_preview_make(&found, engine->recommender, &request, rule, err);
    if (status == VT_OK) {
        status = vt_rule_preview_json(&body, &found, &request, false, err);
    }
    if (status == VT_OK) {
        vt_reply_json(call, 200, &body);
    }
    vt_rule_preview_done(&found);
    vt_engine_release(engine);
    return status;
}

static int preview_new(vt_call *call, vt_error *err)
{
    yyjson_val *root = NULL;
    vt_shop_rule rule;
    int status = vt_call_json(&root, call, err);
    vt_str id = status == VT_OK ? vt_json_str(root, "id") : (vt_str){NULL, 0};
    if (status == VT_OK) {
        status =
            vt_fields_read_named(&rule, call, &vt_rule_fields, root, "", id.ptr == NULL ? vt_str_of("new") : id, err);
    }
    return status != VT_OK ? status : answer_preview(call, &rule, err);
}

static int preview_stored(vt_call *call, vt_error *err)
{
    vt_shop_rule rule;
    vt_shop *shop = NULL;
    int status = vt_served_shop_reader(&shop, call->shop, err);
    if (status != VT_OK) {
        return status;
    }
    status = find_rule(&rule, call, shop, call->path_value[0], err);
    vt_served_shop_reader_back(call->shop, shop);
    return status != VT_OK ? status : answer_preview(call, &rule, err);
}

const vt_route vt_routes_rules[] = {
    {
        .method = "GET",
        .path = "/v1/rules",
        .name = "getRules",
        .group = "Rules",
        .scope = VT_SCOPE_WRITE | VT_SCOPE_REPORT,
        .summary = "All rules of merchandisers, in the order in which they act",
        .answer = "Rules",
        .handle = get_rules,
    },
    {
        .method = "POST",
        .path = "/v1/rules",
        .name = "postRule",
        .group = "Rules",
        .scope = VT_SCOPE_WRITE,
        .summary = "Add a rule",
        .details =
            "Without an id one is made; the answer has it. The next list goes by the rule. docs/recommend.md says what "
            "each kind of rule does.",
        .body = VT_BODY_ONE,
        .fields = &vt_rule_fields,
        .answer = "Result",
        .handle = post,
    },
    {
        .method = "POST",
        .path = "/v1/rules/preview",
        .name = "previewNewRule",
        .group = "Rules",
        .scope = VT_SCOPE_WRITE,
        .summary = "What a rule would do to a list",
        .details =
            "The list without it and with it, and each item whose place differs. Nothing is kept. With the id of a "
            "rule of the shop: as if that one were changed.",
        .params = preview,
        .body = VT_BODY_ONE,
        .fields = &vt_rule_fields,
        .answer = "Preview",
        .handle = preview_new,
    },
    {
        .method = "GET",
        .path = "/v1/rules/{rule}",
        .name = "getRule",
        .group = "Rules",
        .scope = VT_SCOPE_WRITE | VT_SCOPE_REPORT,
        .summary = "A rule",
        .details = "The header ETag names its state.",
        .answer = "Rule",
        .handle = get_rule,
    },
    {
        .method = "GET",
        .path = "/v1/rules/{rule}/preview",
        .name = "previewRule",
        .group = "Rules",
        .scope = VT_SCOPE_WRITE | VT_SCOPE_REPORT,
        .summary = "What a rule of the shop does to a list",
        .details = "The list as if the shop had it not, and with it.",
        .params = preview,
        .answer = "Preview",
        .handle = preview_stored,
    },
    {
        .method = "PUT",
        .path = "/v1/rules/{rule}",
        .name = "putRule",
        .group = "Rules",
        .scope = VT_SCOPE_WRITE,
        .summary = "Add or replace a rule",
        .details =
            "The whole rule: what is not given is gone. With If-Match only where the rule is still in that state.",
        .body = VT_BODY_ONE,
        .fields = &vt_rule_fields,
        .answer = "Result",
        .handle = put_whole,
    },
    {
        .method = "PATCH",
        .path = "/v1/rules/{rule}",
        .name = "patchRule",
        .group = "Rules",
        .scope = VT_SCOPE_WRITE,
        .summary = "Change a rule that is there",
        .details = "What is not given stays as it is.",
        .body = VT_BODY_ONE,
        .fields = &vt_rule_fields,
        .answer = "Result",
        .handle = patch,
    },
    {
        .method = "DELETE",
        .path = "/v1/rules/{rule}",
        .name = "deleteRule",
        .group = "Rules",
        .scope = VT_SCOPE_WRITE,
        .summary = "Remove a rule",
        .answer = "Result",
        .handle = delete_rule,
    },
    {.method = NULL},
};
