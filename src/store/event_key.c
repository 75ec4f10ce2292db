/* What makes an event the same one: its place in an order, else its client's id, else its content. */
#include "store/event_key.h"

#include <math.h>

#include "base/hash.h"

/*
 * Adds one field with its length, so that no two contents run into the same bytes; "not given" has a mark of its own.
 */
static void add_text(vt_digest *digest, vt_str text)
{
    uint64_t mark = text.ptr == NULL ? UINT64_MAX : (uint64_t)text.len;
    vt_digest_add(digest, &mark, sizeof mark);
    if (text.len > 0) {
        vt_digest_add(digest, text.ptr, text.len);
    }
}

bool vt_event_is_line(const vt_event *event)
{
    return (event->kind == VT_EVENT_PURCHASE || event->kind == VT_EVENT_RETURN) && event->order_id.ptr != NULL &&
           (event->line.ptr != NULL || event->id.ptr == NULL);
}

static void line_key(unsigned char key[VT_EVENT_KEY_BYTES], const vt_event *event)
{
    vt_digest digest;
    bool numbered = event->line.ptr != NULL;
    const int64_t numbers[] = {event->kind, numbered ? 0 : event->occurrence};
    vt_digest_init(&digest, VT_EVENT_KEY_BYTES);
    vt_digest_add(&digest, numbered ? "line" : "item", 4);
    vt_digest_add(&digest, numbers, sizeof numbers);
    add_text(&digest, event->order_id);
    add_text(&digest, numbered ? event->line : event->item);
    vt_digest_done(&digest, key, VT_EVENT_KEY_BYTES);
}

void vt_event_content_key(unsigned char key[VT_EVENT_KEY_BYTES], const vt_event *event)
{
    const vt_str texts[] = {
        event->user, event->session,   event->item,  event->order_id, event->title,
        event->body, event->placement, event->model, event->request,  event->currency,
    };
    /* A NaN of one bit pattern, and no negative zero, so that equal contents have equal bytes. */
    double value = isnan(event->value) ? (double)NAN : event->value == 0 ? 0.0 : event->value;
    const int64_t numbers[] = {
        event->time, event->quantity, event->unit_price, event->discount, event->kind, event->part, event->occurrence,
    };
    vt_digest digest;
    vt_digest_init(&digest, VT_EVENT_KEY_BYTES);
    vt_digest_add(&digest, "content", 7);
    vt_digest_add(&digest, numbers, sizeof numbers);
    vt_digest_add(&digest, &value, sizeof value);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        add_text(&digest, texts[i]);
    }
    vt_digest_done(&digest, key, VT_EVENT_KEY_BYTES);
}

void vt_event_key(unsigned char key[VT_EVENT_KEY_BYTES], const vt_event *event)
{
    if (vt_event_is_line(event)) {
        line_key(key, event);
    } else if (event->id.ptr != NULL) {
        vt_digest digest;
        vt_digest_init(&digest, VT_EVENT_KEY_BYTES);
        vt_digest_add(&digest, "id", 2);
        add_text(&digest, event->id);
        vt_digest_done(&digest, key, VT_EVENT_KEY_BYTES);
    } else {
        vt_event_content_key(key, event);
    }
}
