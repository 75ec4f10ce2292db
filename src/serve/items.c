/* Routes of items. */
#include "base/clock.h"
#include "serve/batch.h"
#include "serve/handlers.h"
#include "serve/keys.h"
#include "serve/listing.h"
#include "serve/tagged.h"
#include "vitrine/read.h"

typedef struct shown_item {
    vt_json_writer *writer;
    const vt_call *call;
    const char *currency;
} shown_item;

static int show(void *context, const vt_item *item)
{
    const shown_item *shown = context;
    const vt_item seen = vt_call_item(shown->call, item);
    vt_fields_write(shown->writer, &vt_item_fields, &seen, shown->currency);
    return VT_OK;
}

static int write_item(vt_json_writer *writer, vt_call *call, vt_shop *shop, vt_str id, vt_error *err)
{
    char currency[4];
    shown_item shown = {writer, call, currency};
    vt_call_currency(currency, call);
    return vt_shop_item(shop, id, show, &shown, err);
}

static int put(vt_put_result *result, vt_call *call, vt_shop *shop, void *record, vt_error *err)
{
    (void)call;
    return vt_shop_put_items(shop, record, 1, result, err);
}

static const vt_tagged tagged_items = {.name = "item", .write = write_item, .put = put};

static int get_item(vt_call *call, vt_error *err)
{
    return vt_tagged_get(call, &tagged_items, err);
}

/* `whole`: in place of what is there; else over it. */
static int put_item(vt_call *call, bool whole, vt_error *err)
{
    yyjson_val *root = NULL;
    char currency[4];
    vt_item *item = vt_arena_alloc(call->arena, 1, sizeof *item, err);
    int status = item == NULL ? VT_ERR_NO_MEMORY : vt_call_json(&root, call, err);
    vt_call_currency(currency, call);
    if (status == VT_OK) {
        status = vt_fields_read_named(item, call, &vt_item_fields, root, currency, call->path_value[0], err);
    }
    if (status != VT_OK) {
        return status;
    }
    item->whole = whole;
    return vt_tagged_put(call, &tagged_items, item->id, item, !whole, err);
}

static int put_whole(vt_call *call, vt_error *err)
{
    return put_item(call, true, err);
}

static int patch(vt_call *call, vt_error *err)
{
    return put_item(call, false, err);
}

static int post_items(vt_call *call, vt_error *err)
{
    return vt_batch_put(call, &vt_item_fields, VT_WRITE_ITEMS, NULL, err);
}

/* Takes an item off sale: what was sold of it stays in the figures. */
static int delete_item(vt_call *call, vt_error *err)
{
    vt_item *item = vt_arena_alloc(call->arena, 1, sizeof *item, err);
    if (item == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_item_init(item);
    item->id = call->path_value[0];
    item->available_until = vt_now();
    return vt_tagged_put(call, &tagged_items, item->id, item, true, err);
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
        .path = "/v1/items",
        .name = "listItems",
        .group = "Items",
        .scope = VT_SCOPES_GOODS,
        .summary = "All items, page by page",
        .details = "In the order of storing, also what is not on sale. " VT_LIST_DETAILS,
        .params = vt_list_params,
        .answer = "Items",
        .handle = vt_list_items,
    },
    {
        .method = "GET",
        .path = "/v1/items/{item}",
        .name = "getItem",
        .group = "Items",
        .scope = VT_SCOPES_GOODS,
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
        .summary = "Add an item, or replace what is said of it",
        .details =
            "What is not given is cleared; price, cost and stock are then unknown from now on, and what they were "
            "before stays in the figures. With If-Match only where the item is still in that state.",
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
        .details = "What is not given stays as it is.",
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
        .details = "It leaves all lists at once. What was sold of it stays in the figures, GET still answers, and it "
                   "can be put "
                   "on sale again.",
        .answer = "Result",
        .handle = delete_item,
    },
    {.method = NULL},
};
