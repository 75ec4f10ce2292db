/*
 * Pages of a list with a cursor: {"items": [...], "next": "..."} and a Link header (RFC 8288). A cursor says behind
 * which row the next page begins, so rows that are added meanwhile neither repeat nor hide any.
 */
#ifndef VT_SERVE_LISTING_H
#define VT_SERVE_LISTING_H

#include "serve/query.h"

/** What the handlers of pages are. */
int vt_list_items(vt_call *call, vt_error *err);
int vt_list_users(vt_call *call, vt_error *err);
int vt_list_events(vt_call *call, vt_error *err);

/** What the documentation says of all of them. */
#define VT_LIST_DETAILS                                                                                                \
    "The header Link has the address of the next page and `next` its cursor; null after the last. What is added "      \
    "meanwhile comes at the end."

extern const vt_query_param *const vt_list_params[];       /* of items and users */
extern const vt_query_param *const vt_list_event_params[]; /* of events */

#endif
