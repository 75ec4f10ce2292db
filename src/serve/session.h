/* Letting a browser in: the cookie of its session, and from which pages it may change something. */
#ifndef VT_SERVE_SESSION_H
#define VT_SERVE_SESSION_H

#include "serve/server.h"

/**
 * Gives the call the scopes and the id of the key that the session of its cookie stands for; none where there is no
 * such session, or its key has gone.
 */
void vt_session_check(vt_call *call);

/**
 * Whether a call that changes something comes from the server's own page, or from no page: browsers say the origin of
 * whoever makes them send a cookie. `required`: a call that says none is refused too.
 */
bool vt_session_same_origin(const vt_server *server, const vt_call *call, bool required);

#endif
