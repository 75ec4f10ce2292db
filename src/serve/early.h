/* A reply that cannot wait for the end of its request: libmicrohttpd takes none while a body comes. */
#ifndef VT_SERVE_EARLY_H
#define VT_SERVE_EARLY_H

#include "serve/call.h"

/** Sends the reply by the socket, as far as it takes it at once: one of a head and a short body. False: it does not. */
bool vt_early_send(int fd, const vt_reply *reply);

#endif
