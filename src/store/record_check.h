/* What a record must be to be stored, the same for every database. A refusal is VT_ERR_FORMAT or VT_ERR_LIMIT. */
#ifndef VT_STORE_RECORD_CHECK_H
#define VT_STORE_RECORD_CHECK_H

#include "base/json.h"
#include "store/store.h"

#define VT_EVENT_KEY_BYTES 16

int vt_item_check(const vt_item *item, vt_json_reader *json, vt_error *err);
int vt_user_check(const vt_user *user, vt_json_reader *json, vt_error *err);
int vt_event_check(const vt_event *event, vt_error *err);
int vt_link_check(const vt_link *link, vt_error *err);

/** Three capital letters. */
bool vt_currency_valid(vt_str currency);

/** The key of an event: BLAKE2b of the client's id, or of the content and the occurrence. */
void vt_event_key(unsigned char key[VT_EVENT_KEY_BYTES], const vt_event *event);

#endif
