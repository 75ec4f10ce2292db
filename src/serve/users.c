/* Routes of users. */
#include <stddef.h>
#include <string.h>

#include "serve/batch.h"
#include "serve/handlers.h"
#include "serve/kept_insight.h"
#include "serve/listing.h"
#include "serve/served_shop.h"
#include "serve/tagged.h"
#include "vitrine/read.h"

/* ---- merging ----------------------------------------------------------------------------------------------------- */

static const vt_field merge_rows[] = {
    {"into", VT_FIELD_TEXT, offsetof(vt_user_merge, into), true, 0, 0, NULL, "the account"},
};

static const vt_field session_rows[] = {
    {"session", VT_FIELD_TEXT, offsetof(vt_user_merge, session), true, 0, 0, NULL, "a visit of a guest"},
};

static void init_merge(void *record)
{
    *(vt_user_merge *)record = (vt_user_merge){.from = {NULL, 0}};
}

/* All but `from`, and `from` where it is a visit. */
static const vt_fields merge_fields = {"Merge", "A merge.", merge_rows, 1, sizeof(vt_user_merge), init_merge, false, 0};
static const vt_fields session_fields = {"Visit of a guest",    "A visit.", session_rows, 1,
                                         sizeof(vt_user_merge), init_merge, false,        0};

typedef struct merge_put {
    vt_user_merge merge;
    vt_put_result result;
} merge_put;

static int answer_merge(vt_call *call, vt_error *err)
{
    const merge_put *p = call->state;
    if (p->result.done == VT_PUT_REFUSED) {
        return vt_fail(err, p->result.code, "%s", p->result.message);
    }
    vt_reply_object object;
    vt_reply_object_begin(&object);
    vt_json_text(&object.json, "result", vt_str_of("merged"));
    vt_json_text(&object.json, "into", p->merge.into);
    return vt_reply_object_end(call, 200, &object, err);
}

static int read_merge(vt_user_merge *merge, vt_call *call, vt_error *err)
{
    yyjson_val *root = NULL;
    vt_user_merge visit;
    int status = vt_call_json(&root, call, err);
    if (status == VT_OK) {
        status = vt_fields_read_but(merge, call, &merge_fields, root, "", "from", err);
    }
    if (status != VT_OK) {
        return status;
    }
    yyjson_val *from = yyjson_obj_get(root, "from");
    if (yyjson_is_str(from)) {
        merge->from = (vt_str){yyjson_get_str(from), yyjson_get_len(from)};
        return VT_OK;
    }
    if (!yyjson_is_obj(from)) {
        return vt_fail(err, VT_ERR_FORMAT,
                       "\"from\" is not as expected: the id of a user, or {\"session\": \"...\"} for a guest's visit");
    }
    status = vt_fields_read(&visit, call, &session_fields, from, "", err);
    merge->session = status == VT_OK ? visit.session : merge->session;
    return status;
}

static int merge_users(vt_call *call, vt_error *err)
{
    merge_put *p = vt_arena_alloc(call->arena, 1, sizeof *p, err);
    if (p == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memset(p, 0, sizeof *p);
    call->state = p;
    int status = read_merge(&p->merge, call, err);
    return status != VT_OK ? status : vt_call_write(call, VT_WRITE_MERGES, &p->merge, 1, &p->result, answer_merge, err);
}

static const char merge_example[] = "{\"from\": {\"session\": \"s7\"}, \"into\": \"u1\"}";

/* ---- one user, or many ------------------------------------------------------------------------------------------- */

static int show(void *context, const vt_user *user)
{
    vt_fields_write(context, &vt_user_fields, user, "");
    return VT_OK;
}

static int write_user(vt_json_writer *writer, vt_call *call, vt_shop *shop, vt_str id, vt_error *err)
{
    (void)call;
    return vt_shop_user(shop, id, show, writer, err);
}

static int put(vt_put_result *result, vt_call *call, vt_shop *shop, void *record, vt_error *err)
{
    (void)call;
    return vt_shop_put_users(shop, record, 1, result, err);
}

static const vt_tagged tagged_users = {.name = "user", .write = write_user, .put = put};

static int post_users(vt_call *call, vt_error *err)
{
    return vt_batch_put(call, &vt_user_fields, VT_WRITE_USERS, NULL, err);
}

static int get_user(vt_call *call, vt_error *err)
{
    return vt_tagged_get(call, &tagged_users, err);
}

/* `whole`: in place of what is there; else over it. */
static int put_user(vt_call *call, bool whole, vt_error *err)
{
    yyjson_val *root = NULL;
    vt_user *user = vt_arena_alloc(call->arena, 1, sizeof *user, err);
    int status = user == NULL ? VT_ERR_NO_MEMORY : vt_call_json(&root, call, err);
    if (status == VT_OK) {
        status = vt_fields_read_named(user, call, &vt_user_fields, root, "", call->path_value[0], err);
    }
    if (status != VT_OK) {
        return status;
    }
    user->whole = whole;
    return vt_tagged_put(call, &tagged_users, user->id, user, !whole, err);
}

static int put_whole(vt_call *call, vt_error *err)
{
    return put_user(call, true, err);
}

static int patch(vt_call *call, vt_error *err)
{
    return put_user(call, false, err);
}

typedef struct user_erasure {
    vt_str id;
    vt_put_result result;
} user_erasure;

static int answer_erase(vt_call *call, vt_error *err)
{
    const user_erasure *p = call->state;
    if (p->result.done == VT_PUT_REFUSED) {
        return vt_fail(err, p->result.code, "%s", p->result.message);
    }
    vt_kept_insight_drop(call->shop->insight);
    vt_reply_object object;
    vt_reply_object_begin(&object);
    vt_json_text(&object.json, "result", vt_str_of("erased"));
    vt_json_text(
        &object.json, "stays",
        vt_str_of("order lines without a person, so that revenue stays; what trained models and snapshots have "
                  "learned, until they are made anew; backups"));
    return vt_reply_object_end(call, 200, &object, err);
}

static int erase_user(vt_call *call, vt_error *err)
{
    user_erasure *p = vt_arena_alloc(call->arena, 1, sizeof *p, err);
    if (p == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    *p = (user_erasure){.id = call->path_value[0]};
    call->state = p;
    return vt_call_write(call, VT_WRITE_ERASURES, &p->id, 1, &p->result, answer_erase, err);
}

const vt_route vt_routes_users[] = {
    {
        .method = "POST",
        .path = "/v1/users",
        .name = "postUsers",
        .group = "Users",
        .scope = VT_SCOPE_WRITE,
        .summary = "Add or change users: one, or many",
        .details = "What is not given of a user who is there stays as it is.",
        .body = VT_BODY_MANY,
        .fields = &vt_user_fields,
        .answer = "Put",
        .handle = post_users,
    },
    {
        .method = "POST",
        .path = "/v1/users/merge",
        .name = "mergeUsers",
        .group = "Users",
        .scope = VT_SCOPE_WRITE,
        .summary = "A guest turns out to be an account",
        .details =
            "All events of `from`, the id of a user or a visit without one, are those of `into`; sent again, they "
            "are still the same. Of a user also what the account does not say of itself and its links come "
            "over, and the user is gone. A visit costs what its events do; a user is taken out of the shop in "
            "memory, which is made anew for it.",
        .body = VT_BODY_JSON,
        .body_schema = "Merge",
        .body_example = merge_example,
        .answer = "Merged",
        .handle = merge_users,
    },
    {
        .method = "GET",
        .path = "/v1/users",
        .name = "listUsers",
        .group = "Users",
        .scope = VT_SCOPE_REPORT,
        .summary = "All users, page by page",
        .details = "In the order of storing. " VT_LIST_DETAILS,
        .params = vt_list_params,
        .answer = "Users",
        .handle = vt_list_users,
    },
    {
        .method = "GET",
        .path = "/v1/users/{user}",
        .name = "getUser",
        .group = "Users",
        .scope = VT_SCOPE_REPORT,
        .summary = "A user",
        .details = "The header ETag names its state.",
        .answer = "User",
        .handle = get_user,
    },
    {
        .method = "PUT",
        .path = "/v1/users/{user}",
        .name = "putUser",
        .group = "Users",
        .scope = VT_SCOPE_WRITE,
        .summary = "Add a user, or replace what is said of them",
        .details = "What is not given is cleared. With If-Match only where the user is still in that state.",
        .body = VT_BODY_ONE,
        .fields = &vt_user_fields,
        .answer = "Result",
        .handle = put_whole,
    },
    {
        .method = "PATCH",
        .path = "/v1/users/{user}",
        .name = "patchUser",
        .group = "Users",
        .scope = VT_SCOPE_WRITE,
        .summary = "Change a user who is there",
        .details = "What is not given stays as it is.",
        .body = VT_BODY_ONE,
        .fields = &vt_user_fields,
        .answer = "Result",
        .handle = patch,
    },
    {
        .method = "DELETE",
        .path = "/v1/users/{user}",
        .name = "eraseUser",
        .group = "Users",
        .scope = VT_SCOPE_ADMIN,
        .summary = "Erase a user",
        .details = "Who they are, their links, reviews and events go; order lines stay without a person.",
        .answer = "Erased",
        .handle = erase_user,
    },
    {.method = NULL},
};
