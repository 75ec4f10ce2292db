/*
 * HTTP, by libmicrohttpd: connections, heads and bodies in, replies out. It knows nothing of shops; whoever takes the
 * calls says what becomes of each. Threads: as many workers as asked, each with its share of the connections.
 */
#ifndef VT_SERVE_HTTP_H
#define VT_SERVE_HTTP_H

#include "serve/call.h"

typedef struct vt_http vt_http;

typedef struct vt_http_options {
    const char *listen;            /* "127.0.0.1:8080", "[::1]:8080"; port 0: any free one */
    int workers;                   /* threads, at least 1 */
    int connections;               /* at once; more are refused */
    double idle_seconds;           /* until a connection that says nothing is closed */
    double total_seconds;          /* that a client may take to send its request, and again to take the reply */
    const char *certificate, *key; /* PEM texts; NULL: no TLS */
    /** The head is here: a reply that is made now is sent without reading the body. */
    void (*head)(void *context, vt_call *call);
    /** The body is refused while it comes, and the reply is made. */
    void (*refused)(void *context, vt_call *call);
    /** The body is here too: makes the reply, or sets call->pending and prepares what is to be done. */
    void (*body)(void *context, vt_call *call);
    /** Begins the work of a pending call, whose end is told by vt_http_resume(). */
    void (*start)(void *context, vt_call *call);
    /** After vt_http_resume(), on a worker. */
    void (*resumed)(void *context, vt_call *call);
    /** The reply has been sent, or will never be; the call is used again afterwards. */
    void (*done)(void *context, const vt_call *call, bool sent);
    void *context;
} vt_http_options;

/**
 * Starts to listen; `*out` stands before the first call comes, and is NULL after a failure. VT_ERR_USAGE for an address
 * that is none, VT_ERR_IO where it cannot be had.
 */
int vt_http_open(vt_http **out, const vt_http_options *options, vt_error *err);

/** VT_ERR_USAGE where an address to listen on is none. A port alone is one of this machine. */
int vt_http_check_address(const char *where, vt_error *err);

/** "127.0.0.1:8080", with the port that was found. */
void vt_http_address(const vt_http *http, char *out, size_t size);

/** True when the head can be understood in one way only; else the reply says why not (head.c). */
bool vt_http_head_is_sound(vt_call *call);

/** A pending call has what its reply needs. Any thread. */
void vt_http_resume(vt_call *call);

/** Takes no new connections; those that are there end with their next reply. */
void vt_http_drain(vt_http *http);

/** Calls that have begun and are not done. */
int vt_http_active(const vt_http *http);

/** Ends all; no call may be pending. NULL is allowed. */
void vt_http_close(vt_http *http);

#endif
