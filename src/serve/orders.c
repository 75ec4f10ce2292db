/* Routes of orders: an order is its lines, which are purchases with the order's id. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "serve/batch.h"
#include "serve/handlers.h"
#include "store/event_key.h"

static const vt_field order_rows[] = {
    {"user", VT_FIELD_TEXT, offsetof(vt_event, user), false, 0, 0, NULL, "whose order; this or a session is needed"},
    {"session", VT_FIELD_TEXT, offsetof(vt_event, session), false, 0, 0, NULL, "the visit, of guests too"},
    {"time", VT_FIELD_TIME, offsetof(vt_event, time), false, 0, 0, NULL, "when; without it: now"},
    {"currency", VT_FIELD_TEXT, offsetof(vt_event, currency), false, 0, 0, NULL, "ISO 4217; without it the shop's"},
};

static void init_event(void *record)
{
    vt_event_init(record);
}

/* All but the lines. */
static const vt_fields order_fields = {
    "Order",          "An order.", order_rows, sizeof order_rows / sizeof order_rows[0],
    sizeof(vt_event), init_event,  true,       offsetof(vt_event, currency)};

typedef struct order_put {
    vt_event *lines;
    size_t n;
    vt_put_result *results;
    unsigned char (*keys)[VT_EVENT_KEY_BYTES]; /* of the lines */
    int64_t cancelled;                         /* stored lines that the order has no more */
    vt_order_change change;
} order_put;

static int answer(vt_call *call, vt_error *err)
{
    const order_put *p = call->state;
    int64_t count[4] = {0};
    for (size_t i = 0; i < p->n; i++) {
        count[p->results[i].done]++;
        if (p->results[i].done == VT_PUT_REFUSED) {
            return vt_fail(err, p->results[i].code, "line %zu: %s", i + 1, p->results[i].message);
        }
    }
    vt_reply_object object;
    vt_reply_object_begin(&object);
    vt_json_text(&object.json, "order", call->path_value[0]);
    vt_json_int(&object.json, "added", count[VT_PUT_ADDED]);
    vt_json_int(&object.json, "changed", count[VT_PUT_CHANGED]);
    vt_json_int(&object.json, "same", count[VT_PUT_SAME]);
    vt_json_int(&object.json, "cancelled", p->cancelled);
    return vt_reply_object_end(call, count[VT_PUT_ADDED] == (int64_t)p->n ? 201 : 200, &object, err);
}

/* On the writer's thread: all lines are stored, or none; lines that are not among them are cancelled. */
static int write_lines(void *context, vt_shop *shop, vt_error *err)
{
    vt_call *call = context;
    order_put *p = call->state;
    vt_store *store = vt_shop_store(shop);
    int status = vt_store_begin(store, NULL, NULL, NULL, err);
    if (status != VT_OK) {
        return status;
    }
    const vt_batch_write batch = {VT_WRITE_EVENTS, p->lines, p->n, p->results};
    status = vt_batch_write_apply(store, &batch, err);
    bool refused = false;
    for (size_t i = 0; status == VT_OK && i < p->n; i++) {
        refused = refused || p->results[i].done == VT_PUT_REFUSED;
        vt_event_key(p->keys[i], &p->lines[i]);
    }
    if (status == VT_OK && !refused) {
        status = vt_store_cancel_others(store, call->path_value[0], (const unsigned char(*)[VT_EVENT_KEY_BYTES])p->keys,
                                        p->n, &p->cancelled, err);
    }
    if (status != VT_OK || refused) {
        vt_store_rollback(store);
        return status;
    }
    return vt_store_commit(store, 0, err);
}

/* The line `object` of an order whose other members are in `head`. */
static int read_line(vt_event *line, vt_call *call, const vt_event *head, yyjson_val *object, size_t at,
                     const char *currency, vt_error *err)
{
    char number[32];
    vt_event given;
    int status = vt_fields_read(&given, call, &vt_line_fields, object, currency, err);
    if (status != VT_OK) {
        return status;
    }
    *line = *head;
    line->kind = VT_EVENT_PURCHASE;
    line->order_id = call->path_value[0];
    line->item = given.item;
    line->quantity = given.quantity;
    line->unit_price = given.unit_price;
    line->discount = given.discount;
    line->request = given.request;
    snprintf(number, sizeof number, "%zu", at + 1);
    line->line = given.line.ptr != NULL ? given.line : vt_arena_str(call->arena, vt_str_of(number), err);
    return line->line.ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

static int put_order(vt_call *call, vt_error *err)
{
    yyjson_val *root = NULL;
    char currency[4];
    vt_event head;
    order_put *p = vt_arena_alloc(call->arena, 1, sizeof *p, err);
    int status = p == NULL ? VT_ERR_NO_MEMORY : vt_call_json(&root, call, err);
    if (status != VT_OK) {
        return status;
    }
    memset(p, 0, sizeof *p);
    call->state = p;
    vt_call_currency(currency, call);
    status = vt_fields_read_but(&head, call, &order_fields, root, currency, "lines", err);
    if (status != VT_OK) {
        return status;
    }
    yyjson_val *lines = yyjson_obj_get(root, "lines");
    p->n = yyjson_arr_size(lines);
    if (p->n == 0 || p->n > VT_RESULTS_MAX) {
        return vt_fail(err, VT_ERR_FORMAT, "\"lines\" is not as expected: an array of 1 to %d lines", VT_RESULTS_MAX);
    }
    yyjson_val *own = yyjson_obj_get(root, "currency");
    if (yyjson_is_str(own) && yyjson_get_len(own) == 3) {
        memcpy(currency, yyjson_get_str(own), 4);
    }
    head.time = head.time == VT_NONE ? vt_now() : head.time;
    p->lines = vt_arena_alloc(call->arena, p->n, sizeof *p->lines, err);
    p->results = vt_arena_alloc(call->arena, p->n, sizeof *p->results, err);
    p->keys = vt_arena_alloc(call->arena, p->n, sizeof *p->keys, err);
    status = p->lines == NULL || p->results == NULL || p->keys == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t i = 0; i < p->n && status == VT_OK; i++) {
        status = read_line(&p->lines[i], call, &head, yyjson_arr_get(lines, i), i, currency, err);
    }
    return status != VT_OK ? status : vt_call_work(call, write_lines, answer, err);
}

static const vt_query_param line_params[] = {
    {"line", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "one line of the order alone"},
    {"refunded", VT_QUERY_REAL, false, 0, 9e12, NULL, NULL, "given back in major units; without it: as it was"},
    {NULL, 0, false, 0, 0, NULL, NULL, NULL},
};

static const vt_query_param *const change_params[] = {line_params, NULL};

static int answer_change(vt_call *call, vt_error *err)
{
    const order_put *p = call->state;
    const vt_put_result *result = p->results;
    if (result->done == VT_PUT_REFUSED) {
        return vt_fail(err, result->code, "%s", result->message);
    }
    vt_reply_object object;
    vt_reply_object_begin(&object);
    vt_json_text(&object.json, "order", call->path_value[0]);
    vt_json_text(&object.json, "result", vt_str_of(vt_put_name(result->done)));
    return vt_reply_object_end(call, 200, &object, err);
}

static int change(vt_call *call, vt_line_state state, vt_error *err)
{
    char currency[4];
    order_put *p = vt_arena_alloc(call->arena, 1, sizeof *p, err);
    if (p == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memset(p, 0, sizeof *p);
    p->results = vt_arena_alloc(call->arena, 1, sizeof *p->results, err);
    if (p->results == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    call->state = p;
    p->n = 1;
    vt_call_currency(currency, call);
    double refunded = vt_given_real(call, "refunded");
    p->change = (vt_order_change){
        .order = call->path_value[0],
        .line = vt_str_of(vt_given_text(call, "line")),
        .state = state,
        .refunded = isnan(refunded) ? VT_NONE : vt_minor_units(refunded, currency),
    };
    return vt_call_write(call, VT_WRITE_ORDERS, &p->change, 1, p->results, answer_change, err);
}

static int cancel_order(vt_call *call, vt_error *err)
{
    return change(call, VT_LINE_CANCELLED, err);
}

static int return_order(vt_call *call, vt_error *err)
{
    return change(call, VT_LINE_RETURNED, err);
}

static int restore_order(vt_call *call, vt_error *err)
{
    return change(call, VT_LINE_SOLD, err);
}

static const char order_example[] =
    "{\"user\": \"u1\", \"time\": \"2026-10-01T08:00:00Z\", \"lines\": [{\"item\": \"A1\", \"quantity\": 2, "
    "\"unit_price\": 9.50}]}";

const vt_route vt_routes_orders[] = {
    {
        .method = "PUT",
        .path = "/v1/orders/{order}",
        .name = "putOrder",
        .group = "Orders",
        .scope = VT_SCOPE_WRITE,
        .summary = "Store an order with its lines",
        .details = "All lines or none. Sent again, it replaces the order: lines are replaced, and those that it has no "
                   "more are cancelled. A cancellation is not taken back by it, but by /restore.",
        .body = VT_BODY_JSON,
        .body_schema = "Order",
        .body_example = order_example,
        .answer = "OrderPut",
        .handle = put_order,
    },
    {
        .method = "POST",
        .path = "/v1/orders/{order}/cancel",
        .name = "cancelOrder",
        .group = "Orders",
        .scope = VT_SCOPE_WRITE,
        .summary = "Cancel an order, or a line of it",
        .details = "Cancelled lines count in no figure.",
        .params = change_params,
        .answer = "OrderPut",
        .handle = cancel_order,
    },
    {
        .method = "POST",
        .path = "/v1/orders/{order}/return",
        .name = "returnOrder",
        .group = "Orders",
        .scope = VT_SCOPE_WRITE,
        .summary = "All of an order, or of a line of it, came back",
        .params = change_params,
        .answer = "OrderPut",
        .handle = return_order,
    },
    {
        .method = "POST",
        .path = "/v1/orders/{order}/restore",
        .name = "restoreOrder",
        .group = "Orders",
        .scope = VT_SCOPE_WRITE,
        .summary = "Take a cancellation or return back",
        .params = change_params,
        .answer = "OrderPut",
        .handle = restore_order,
    },
    {.method = NULL},
};
