/*
 * Calls that take long are answered by threads of their own, so that lists and events never wait behind an import or a
 * forecast.
 */
#ifndef VT_SERVE_SIDE_H
#define VT_SERVE_SIDE_H

#include "serve/call.h"

typedef struct vt_side vt_side;

/** `threads` of them. */
int vt_side_open(vt_side **out, int threads, vt_error *err);

/**
 * Runs the route's handler for the call, later; its status is then in the call's task, and vt_http_resume() has been
 * called. Never waits. Any thread.
 */
void vt_side_add(vt_side *side, vt_call *call);

/** Calls that wait or are at work. */
int vt_side_waiting(vt_side *side);

/** Ends the threads; no call may wait or be at work. NULL is allowed. */
void vt_side_close(vt_side *side);

#endif
