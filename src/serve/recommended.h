/* Replies of lists for somebody, made or given again. */
#ifndef VT_SERVE_RECOMMENDED_H
#define VT_SERVE_RECOMMENDED_H

#include "serve/call.h"
#include "vitrine/recommend.h"

/**
 * Answers `request`, completed by the parameters of the query; tells what will be shown where the call says where.
 * `again`: the call's address says all, so that the list may be one that was made before.
 */
int vt_recommended_reply(vt_call *call, vt_request *request, bool again, vt_error *err);

#endif
