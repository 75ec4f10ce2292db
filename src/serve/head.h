/*
 * Whether a request's head can be understood in one way only. libmicrohttpd 0.9.75 takes line ends of one character,
 * folded headers, a NUL inside a value, and more by which one request is smuggled inside another past a proxy.
 */
#ifndef VT_SERVE_HEAD_H
#define VT_SERVE_HEAD_H

#include "serve/call.h"

/** Where the parts of the request line were read, as numbers: they are subtracted, nothing is read there. */
typedef struct vt_head {
    uintptr_t method, target, version;
} vt_head;

/** False when it cannot; the reply then says why, and the connection ends with it. */
bool vt_head_is_sound(vt_call *call, const vt_head *head);

#endif
