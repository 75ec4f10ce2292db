/* The key of an event, by which a second put finds the first. */
#ifndef VT_STORE_EVENT_KEY_H
#define VT_STORE_EVENT_KEY_H

#include "vitrine/record.h"

#define VT_EVENT_KEY_BYTES 16

/** BLAKE2b of the client's id, or of the content and the occurrence. */
void vt_event_key(unsigned char key[VT_EVENT_KEY_BYTES], const vt_event *event);

#endif
