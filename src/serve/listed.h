/* What the routes of lists share: the request that a query makes, given events, and what is told of a list shown. */
#ifndef VT_SERVE_LISTED_H
#define VT_SERVE_LISTED_H

#include "serve/query.h"
#include "vitrine/json.h"

/** The parameters of every list: how many, and filters. */
extern const vt_query_param vt_listed_params[];

/** The request that the filters of the query make. */
int vt_listed_request(vt_request *request, vt_call *call, vt_error *err);

/** Events of the body's array `name` into the request. */
int vt_listed_events(vt_request *request, vt_call *call, const char *name, vt_error *err);

/**
 * Stores that `items` are shown, where the call names a placement: in the next write of the disk, without waiting for
 * it. Where too much waits they are not told; the call is answered in any case.
 */
void vt_listed_tell(vt_call *call, const vt_text *items, const char *user, const char *model);

/** The ids of an answer's items, each with a NUL behind it. */
int vt_listed_items(vt_text *out, const vt_answer *answer, vt_error *err);

#endif
