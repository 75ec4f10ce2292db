/*
 * What is counted while a server runs, in the text form of Prometheus. Counters are atomic and belong to no lock.
 */
#ifndef VT_SERVE_MEASURE_H
#define VT_SERVE_MEASURE_H

#include <stdatomic.h>

#include "serve/route.h"

enum {
    VT_ROUTES_MAX = 128,
    VT_LATENCY_BUCKETS = 14 /* the last one is for all that is slower */
};

/** Of one route. */
typedef struct vt_route_measure {
    atomic_llong bucket[VT_LATENCY_BUCKETS];
    atomic_llong nanoseconds;
    atomic_llong by_class[6]; /* replies by the first digit of their status; 0: never sent */
} vt_route_measure;

typedef struct vt_measures {
    vt_route_measure route[VT_ROUTES_MAX]; /* by place in the table of routes; the last: calls without one */
    atomic_llong events, refused;          /* records that were stored, and not */
    atomic_llong limited;                  /* calls over their rate */
    atomic_llong unauthorized;
} vt_measures;

/** A call that is done; `sent`: its reply arrived. */
void vt_measure_call(vt_measures *measures, const vt_call *call, bool sent);

/** Requests for lists (routes of the group "Lists") since the server began, and the mean of the seconds they took. */
void vt_measure_lists(long long *n, double *mean, const vt_measures *measures);

struct vt_server;

/** All that is known of the call's shop, and of the process, as text. */
int vt_measures_text(vt_text *out, const struct vt_server *server, const vt_call *call, vt_error *err);

#endif
