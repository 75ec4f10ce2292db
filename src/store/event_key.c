/* What makes an event the same one: its client's id, else its content. */
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

void vt_event_key(unsigned char key[VT_EVENT_KEY_BYTES], const vt_event *event)
{
    vt_digest digest;
    vt_digest_init(&digest, VT_EVENT_KEY_BYTES);
    if (event->id.ptr != NULL) {
        vt_digest_add(&digest, "id", 2);
        add_text(&digest, event->id);
    } else {
        const vt_str texts[] = {
            event->user, event->session,   event->item,  event->order_id, event->title,
            event->body, event->placement, event->model, event->request,  event->currency,
        };
        /* A NaN of one bit pattern, and no negative zero, so that equal contents have equal bytes. */
        double value = isnan(event->value) ? (double)NAN : event->value == 0 ? 0.0 : event->value;
        int64_t numbers[] = {
            event->time, event->quantity, event->unit_price, event->discount,
            event->kind, event->part,     event->occurrence,
        };
        vt_digest_add(&digest, "content", 7);
        vt_digest_add(&digest, numbers, sizeof numbers);
        vt_digest_add(&digest, &value, sizeof value);
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
            add_text(&digest, texts[i]);
        }
    }
    vt_digest_done(&digest, key, VT_EVENT_KEY_BYTES);
}
