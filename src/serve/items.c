/* Routes of items. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/limits.h"
#include "serve/batch.h"
#include "serve/handlers.h"
#include "serve/problem.h"
#include "serve/served_shop.h"
#include "vitrine/read.h"

/* ---- one item as JSON -------------------------------------------------------------------------------------------- */

typedef struct shown_item {
    vt_buf text;
    const char *currency;
    vt_error *err;
} shown_item;

static int show(void *context, const vt_item *item)
{
    shown_item *shown = context;
    vt_json_writer w;
    vt_json_writer_init(&w, &shown->text, false);
    vt_json_object(&w, NULL);
    vt_fields_write(&w, &vt_item_fields, item, shown->currency);
    vt_json_object_end(&w);
    return vt_json_writer_done(&w, shown->err);
}

static void make_tag(char out[40], const vt_buf *text)
{
    unsigned char hash[16];
    vt_digest digest;
    vt_digest_init(&digest, sizeof hash);
    vt_digest_add(&digest, text->data, text->len);
    vt_digest_done(&digest, hash, sizeof hash);
    out[0] = '"';
    vt_hex(out + 1, hash, sizeof hash);
    memcpy(out + 33, "\"", 2);
}

/* The item as JSON and its tag, from the shop that is given. */
static int read_item(vt_buf *text, char tag[40], vt_shop *shop, vt_str id, const char *currency, vt_error *err)
{
    shown_item shown = {.currency = currency, .err = err};
    vt_buf_init(&shown.text, VT_REPLY_BYTES_MAX);
    int status = vt_shop_item(shop, id, show, &shown, err);
    if (status != VT_OK) {
        vt_buf_done(&shown.text);
        return status;
    }
    make_tag(tag, &shown.text);
    *text = shown.text;
    return VT_OK;
}

static int get_item(vt_call *call, vt_error *err)
{
    char tag[40], currency[4];
    vt_buf text;
    vt_shop *shop = NULL;
    vt_text body = {NULL, 0};
    vt_call_currency(currency, call);
    int status = vt_served_shop_reader(&shop, call->shop, err);
    if (status != VT_OK) {
        return status;
    }
    status = read_item(&text, tag, shop, call->path_value[0], currency, err);
    vt_served_shop_reader_back(call->shop, shop);
    if (status != VT_OK) {
        return status;
    }
    const char *have = vt_call_header(call, "If-None-Match");
    if (have != NULL && strcmp(have, tag) == 0) {
        vt_buf_done(&text);
        call->reply.status = 304;
    } else {
        status = vt_text_finish(&body, &text, vt_buf_add(&text, "\n", 1, err), err);
        if (status == VT_OK) {
            vt_reply_json(call, 200, &body);
        }
    }
    if (status == VT_OK) {
        vt_reply_header_add(call, "ETag", tag);
    }
    return status;
}

/* ---- putting one ------------------------------------------------------------------------------------------------- */

typedef struct item_put {
    vt_item item;
    vt_put_result result;
    bool must_exist;
    char tag[40];
    bool matched; /* what If-Match asks for is so */
} item_put;

/* On the writer's thread, so that nobody writes between the look and the put. */
static int put_if(void *context, vt_shop *shop, vt_error *err)
{
    vt_call *call = context;
    item_put *p = call->state;
    char currency[4];
    vt_buf text;
    vt_error why = VT_ERROR_INIT;
    const char *wanted = vt_call_header(call, "If-Match");
    vt_call_currency(currency, call);
    int status = read_item(&text, p->tag, shop, p->item.id, currency, &why);
    bool there = status == VT_OK;
    if (there) {
        vt_buf_done(&text);
    } else if (status != VT_ERR_NOT_FOUND) {
        return vt_fail(err, why.code, "%s", why.message);
    }
    p->matched = wanted == NULL || (there && (strcmp(wanted, "*") == 0 || strcmp(wanted, p->tag) == 0));
    if (p->must_exist && !there) {
        p->result.done = VT_PUT_REFUSED;
        p->result.code = VT_ERR_NOT_FOUND;
        snprintf(p->result.message, sizeof p->result.message, "%.200s", why.message);
        return VT_OK;
    }
    if (!p->matched) {
        return VT_OK;
    }
    status = vt_shop_put_items(shop, &p->item, 1, &p->result, err);
    if (status == VT_OK && p->result.done != VT_PUT_REFUSED) {
        status = read_item(&text, p->tag, shop, p->item.id, currency, err);
        if (status == VT_OK) {
            vt_buf_done(&text);
        }
    }
    return status;
}

static int answer_put(vt_call *call, vt_error *err)
{
    const item_put *p = call->state;
    if (p->result.done == VT_PUT_REFUSED && p->result.code != VT_OK) {
        return vt_fail(err, p->result.code, "%s", p->result.message);
    }
    if (!p->matched) {
        vt_problem_reply(call, 412, "changed", "the item is not as If-Match says: read it anew, then change it");
        return VT_OK;
    }
    vt_reply_object object;
    vt_reply_object_begin(&object);
    vt_json_text(&object.json, "result", vt_str_of(vt_put_name(p->result.done)));
    int status = vt_reply_object_end(call, p->result.done == VT_PUT_ADDED ? 201 : 200, &object, err);
    if (status == VT_OK) {
        vt_reply_header_add(call, "ETag", p->tag);
    }
    return status;
}

static int put_item(vt_call *call, bool must_exist, vt_error *err)
{
    yyjson_val *root = NULL;
    char currency[4];
    item_put *p = vt_arena_alloc(call->arena, 1, sizeof *p, err);
    int status = p == NULL ? VT_ERR_NO_MEMORY : vt_call_json(&root, call, err);
    if (status != VT_OK) {
        return status;
    }
    memset(p, 0, sizeof *p);
    call->state = p;
    p->must_exist = must_exist;
    vt_call_currency(currency, call);
    status = vt_fields_read_named(&p->item, call, &vt_item_fields, root, currency, call->path_value[0], err);
    return status != VT_OK ? status : vt_call_work(call, put_if, answer_put, err);
}

static int put_whole(vt_call *call, vt_error *err)
{
    return put_item(call, false, err);
}

static int patch(vt_call *call, vt_error *err)
{
    return put_item(call, true, err);
}

static int post_items(vt_call *call, vt_error *err)
{
    return vt_batch_put(call, &vt_item_fields, VT_WRITE_ITEMS, NULL, err);
}

/* Takes an item off sale: what was sold of it stays in the figures. */
static int delete_item(vt_call *call, vt_error *err)
{
    item_put *p = vt_arena_alloc(call->arena, 1, sizeof *p, err);
    if (p == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memset(p, 0, sizeof *p);
    call->state = p;
    vt_item_init(&p->item);
    p->item.id = call->path_value[0];
    p->item.available_until = vt_now();
    p->must_exist = true;
    return vt_call_work(call, put_if, answer_put, err);
}

const vt_route vt_routes_items[] = {
    {
        .method = "POST",
        .path = "/v1/items",
        .name = "postItems",
        .group = "Items",
        .scope = VT_SCOPE_WRITE,
        .summary = "Add or change items: one, or many",
        .details = "What is not given of an item that is there stays as it is.",
        .body = VT_BODY_MANY,
        .fields = &vt_item_fields,
        .answer = "Put",
        .handle = post_items,
    },
    {
        .method = "GET",
        .path = "/v1/items/{item}",
        .name = "getItem",
        .group = "Items",
        .scope = VT_SCOPE_READ,
        .summary = "An item",
        .details = "The header ETag names its state.",
        .answer = "Item",
        .handle = get_item,
    },
    {
        .method = "PUT",
        .path = "/v1/items/{item}",
        .name = "putItem",
        .group = "Items",
        .scope = VT_SCOPE_WRITE,
        .summary = "Add or change an item",
        .details = "What is not given stays as it is. With If-Match only where the item is still in that state.",
        .body = VT_BODY_ONE,
        .fields = &vt_item_fields,
        .answer = "Result",
        .handle = put_whole,
    },
    {
        .method = "PATCH",
        .path = "/v1/items/{item}",
        .name = "patchItem",
        .group = "Items",
        .scope = VT_SCOPE_WRITE,
        .summary = "Change an item that is there",
        .body = VT_BODY_ONE,
        .fields = &vt_item_fields,
        .answer = "Result",
        .handle = patch,
    },
    {
        .method = "DELETE",
        .path = "/v1/items/{item}",
        .name = "deleteItem",
        .group = "Items",
        .scope = VT_SCOPE_WRITE,
        .summary = "Take an item off sale",
        .details =
            "It leaves all lists at once. What was sold of it stays in the figures, and it can be put on sale again.",
        .answer = "Result",
        .handle = delete_item,
    },
    {.method = NULL},
};
