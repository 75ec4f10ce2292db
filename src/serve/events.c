/* Routes of events. */
#include <stdio.h>

#include "base/clock.h"
#include "serve/batch.h"
#include "serve/handlers.h"

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
    {.method = NULL},
};
