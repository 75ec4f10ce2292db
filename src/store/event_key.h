/* The key of an event, by which a second put finds the first. */
#ifndef VT_STORE_EVENT_KEY_H
#define VT_STORE_EVENT_KEY_H

#include <stdbool.h>

#include "vitrine/record.h"

#define VT_EVENT_KEY_BYTES 16

/**
 * True for a line of an order, which a later put replaces: a purchase or return with an order and either the number of
 * its line or no id of its own.
 */
bool vt_event_is_line(const vt_event *event);

/**
 * BLAKE2b of what makes the event the same one: kind, order and line, or kind, order, item and occurrence, of an order
 * line; of others the client's id, or the content and the occurrence.
 */
void vt_event_key(unsigned char key[VT_EVENT_KEY_BYTES], const vt_event *event);

/** The key by content, whatever else is given. */
void vt_event_content_key(unsigned char key[VT_EVENT_KEY_BYTES], const vt_event *event);

#endif
