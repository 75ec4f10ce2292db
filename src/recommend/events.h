/* The history that a request is about: what the store has of the user, and what is given with the request. */
#ifndef VT_RECOMMEND_EVENTS_H
#define VT_RECOMMEND_EVENTS_H

#include "recommend/answer.h"
#include "recommend/history.h"

/**
 * Events of the request's user and those given with it, in time order. VT_ERR_NOT_FOUND for a user or an item that the
 * shop does not have, VT_ERR_UNSUPPORTED for an item that the model does not know, VT_ERR_USAGE where neither a user
 * nor an event is given. The caller frees it.
 */
int vt_asking_history(vt_history **out, vt_asking *asking, vt_error *err);

/** The model's number of an item. VT_ERR_NOT_FOUND, VT_ERR_UNSUPPORTED as above. */
int vt_asking_item(int32_t *out, const vt_asking *asking, const char *id, vt_error *err);

/** The state of the asker with that history. */
vt_user_state vt_asking_state(const vt_asking *asking, const vt_history *history);

#endif
