/* Requests of lists from a query and a body; impressions in the background. */
#include "serve/listed.h"

#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/limits.h"
#include "serve/fields.h"
#include "serve/served_shop.h"

const vt_query_param vt_listed_params[] = {
    {"n", VT_QUERY_INT, false, 1, VT_RESULTS_MAX, "10", NULL, "how many items"},
    {"category", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "only items of this category, or of one below it"},
    {"brand", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "only items of this brand"},
    {"price", VT_QUERY_TEXT, false, 0, 0, NULL, NULL, "only items in this range of prices: 0:25, 10: or :9.99"},
    {"keep_unavailable", VT_QUERY_FLAG, false, 0, 0, "false", NULL, "also what is out of stock or not on sale"},
    {NULL, 0, false, 0, 0, NULL, NULL, NULL},
};

int vt_listed_request(vt_request *request, vt_call *call, vt_error *err)
{
    vt_request_init(request);
    request->n = (int32_t)vt_given_int(call, "n");
    request->category = vt_given_text(call, "category");
    request->brand = vt_given_text(call, "brand");
    request->keep_unavailable = vt_given_flag(call, "keep_unavailable");
    const char *price = vt_given_text(call, "price");
    if (price == NULL) {
        return VT_OK;
    }
    vt_live_state state;
    vt_live_describe(call->shop->live, &state);
    return vt_request_price(request, price, state.currency, err);
}

int vt_listed_events(vt_request *request, vt_call *call, const char *name, vt_error *err)
{
    yyjson_val *root = NULL;
    int status = vt_call_json(&root, call, err);
    if (status != VT_OK) {
        return status;
    }
    yyjson_val *array = yyjson_obj_get(root, name);
    size_t n = yyjson_arr_size(array);
    if (!yyjson_is_arr(array) || n > VT_RESULTS_MAX) {
        return vt_fail(err, VT_ERR_FORMAT, "\"%s\" is not as expected: an array of at most %d events", name,
                       VT_RESULTS_MAX);
    }
    vt_given_event *events = vt_arena_alloc(call->arena, n + 1, sizeof *events, err);
    if (events == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        vt_event event;
        yyjson_val *object = yyjson_arr_get(array, i);
        status = vt_fields_read(&event, call, &vt_given_fields, object, "", err);
        if (status != VT_OK) {
            return status;
        }
        vt_given_event_init(&events[i]);
        events[i].item = event.item.ptr;
        events[i].time = event.time;
        events[i].value = event.value;
        events[i].kind = yyjson_obj_get(object, "kind") == NULL ? -1 : (int)event.kind;
    }
    request->events = events;
    request->n_events = n;
    return VT_OK;
}

/* ---- what was shown ---------------------------------------------------------------------------------------------- */

/* A write that nobody waits for; it owns all its texts. */
typedef struct impressions {
    vt_write_task task;
    vt_arena *arena;
    vt_event *events;
} impressions;

static void written(vt_write_task *task)
{
    impressions *told = task->context;
    vt_arena_free(told->arena);
    vt_free(told);
}

static vt_str copy(vt_arena *arena, const char *text)
{
    return text == NULL || text[0] == '\0' ? (vt_str){NULL, 0} : vt_arena_str(arena, vt_str_of(text), NULL);
}

static size_t count(const vt_text *items)
{
    size_t n = 0;
    for (size_t i = 0; i < items->len; i++) {
        n += items->data[i] == '\0';
    }
    return n;
}

static bool fill(impressions *told, const vt_call *call, const vt_text *items, const char *user, const char *model,
                 const char *placement)
{
    vt_event all;
    vt_event_init(&all);
    all.kind = VT_EVENT_IMPRESSION;
    all.user = copy(told->arena, user);
    all.session = user == NULL ? copy(told->arena, call->id) : all.session;
    all.model = copy(told->arena, model);
    all.placement = copy(told->arena, placement);
    all.request = copy(told->arena, call->id);
    all.time = vt_now();
    told->events = vt_arena_alloc(told->arena, count(items), sizeof *told->events, NULL);
    size_t n = 0;
    for (size_t at = 0; told->events != NULL && at < items->len; at += strlen(items->data + at) + 1) {
        told->events[n] = all;
        told->events[n].item = copy(told->arena, items->data + at);
        if (told->events[n++].item.ptr == NULL) {
            return false;
        }
    }
    return told->events != NULL && all.request.ptr != NULL && all.placement.ptr != NULL;
}

void vt_listed_tell(vt_call *call, const vt_text *items, const char *user, const char *model)
{
    const char *placement = vt_given_text(call, "placement");
    if (placement == NULL || (call->scopes & VT_SCOPE_READ) == 0 || items->len == 0 ||
        vt_writer_waiting(call->shop->writer) >= VT_WRITES_WAITING_MAX) {
        return;
    }
    impressions *told = vt_alloc_zero(1, sizeof *told, NULL);
    if (told == NULL) {
        return;
    }
    if (vt_arena_create(&told->arena, 4096, NULL) != VT_OK || !fill(told, call, items, user, model, placement)) {
        told->task.context = told;
        written(&told->task);
        return;
    }
    told->task.batch = (vt_batch_write){VT_WRITE_EVENTS, told->events, count(items), NULL};
    told->task.answered = written;
    told->task.context = told;
    vt_writer_add(call->shop->writer, &told->task);
}

int vt_listed_items(vt_text *out, const vt_answer *answer, vt_error *err)
{
    vt_buf ids;
    vt_buf_init(&ids, VT_REPLY_BYTES_MAX);
    int status = VT_OK;
    for (size_t i = 0; i < answer->n && status == VT_OK; i++) {
        status = vt_buf_add(&ids, answer->items[i].item, strlen(answer->items[i].item) + 1, err);
    }
    return vt_text_finish(out, &ids, status, err);
}
