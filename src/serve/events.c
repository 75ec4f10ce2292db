/* Routes of events. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "serve/batch.h"
#include "serve/handlers.h"
#include "serve/listing.h"
#include "serve/served_shop.h"
#include "vitrine/read.h"

/*
 * An event without a time is of now. With an Idempotency-Key the events of a batch that have no id get one from it and
 * their place: a batch that is sent once more, also after a restart, stores nothing twice.
 */
static int complete(vt_call *call, void *record, size_t at, vt_error *err)
{
    vt_event *event = record;
    const char *key = vt_call_header(call, "Idempotency-Key");
    event->time = event->time == VT_NONE ? vt_now() : event->time;
    if (event->id.ptr == NULL && event->order_id.ptr == NULL && key != NULL) {
        char id[160];
        int n = snprintf(id, sizeof id, "%s#%zu", key, at);
        if (n < 0 || (size_t)n >= sizeof id) {
            return vt_fail(err, VT_ERR_LIMIT, "the Idempotency-Key is too long");
        }
        event->id = vt_arena_str(call->arena, vt_str_of(id), err);
        return event->id.ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    return VT_OK;
}

static int post_events(vt_call *call, vt_error *err)
{
    return vt_batch_put(call, &vt_event_fields, VT_WRITE_EVENTS, complete, err);
}

/* ---- one event --------------------------------------------------------------------------------------------------- */

typedef struct shown_event {
    vt_reply_object object;
    char currency[4];
} shown_event;

static int show(void *context, const vt_event *event)
{
    shown_event *shown = context;
    vt_fields_write(&shown->object.json, &vt_event_fields, event, shown->currency);
    return VT_OK;
}

static int get_event(vt_call *call, vt_error *err)
{
    shown_event shown;
    vt_shop *shop = NULL;
    vt_call_currency(shown.currency, call);
    int status = vt_served_shop_reader(&shop, call->shop, err);
    if (status != VT_OK) {
        return status;
    }
    vt_reply_object_begin(&shown.object);
    status = vt_shop_event(shop, call->path_value[0], show, &shown, err);
    vt_served_shop_reader_back(call->shop, shop);
    if (status != VT_OK) {
        vt_json_writer_abort(&shown.object.json);
        vt_buf_done(&shown.object.text);
        return status;
    }
    return vt_reply_object_end(call, 200, &shown.object, err);
}

static int answer_removal(vt_call *call, vt_error *err)
{
    const vt_put_result *result = call->state;
    if (result->done == VT_PUT_REFUSED) {
        return vt_fail(err, result->code, "%s", result->message);
    }
    vt_reply_object object;
    vt_reply_object_begin(&object);
    vt_json_text(&object.json, "result", vt_str_of("removed"));
    return vt_reply_object_end(call, 200, &object, err);
}

static int delete_event(vt_call *call, vt_error *err)
{
    vt_put_result *result = vt_arena_alloc(call->arena, 1, sizeof *result, err);
    if (result == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memset(result, 0, sizeof *result);
    call->state = result;
    return vt_call_write(call, VT_WRITE_REMOVALS, &call->path_value[0], 1, result, answer_removal, err);
}

const vt_route vt_routes_events[] = {
    {
        .method = "POST",
        .path = "/v1/events",
        .name = "postEvents",
        .group = "Events",
        .scope = VT_SCOPE_EVENTS,
        .summary = "Tell what happened: one event, or many",
        .details = "Answered when it is on the disk; the next list and the next figure have it. An event with an `id` "
                   "is stored at most "
                   "once. With the header Idempotency-Key a batch may be sent again.",
        .body = VT_BODY_MANY,
        .fields = &vt_event_fields,
        .answer = "Put",
        .handle = post_events,
    },
    {
        .method = "GET",
        .path = "/v1/events",
        .name = "listEvents",
        .group = "Events",
        .scope = VT_SCOPE_REPORT,
        .summary = "Events, page by page",
        .details =
            "In the order of storing. " VT_LIST_DETAILS
            " With conditions, but without a user, a page looks at 20,000 events and may have few or none: go on "
            "while there is a `next`. A line of an order that is replaced comes again. Ids are not kept in a form "
            "that could be shown.",
        .params = vt_list_event_params,
        .answer = "Events",
        .handle = vt_list_events,
    },
    {
        .method = "GET",
        .path = "/v1/events/{event}",
        .name = "getEvent",
        .group = "Events",
        .scope = VT_SCOPE_REPORT,
        .summary = "An event, by the id that it was sent with",
        .answer = "Event",
        .handle = get_event,
    },
    {
        .method = "DELETE",
        .path = "/v1/events/{event}",
        .name = "deleteEvent",
        .group = "Events",
        .scope = VT_SCOPE_WRITE,
        .summary = "Take an event back",
        .details =
            "By the id that it was sent with; it counts nowhere any more. Lines of orders are cancelled instead.",
        .answer = "Removed",
        .handle = delete_event,
    },
    {.method = NULL},
};
