/*
 * How often somebody may call: a bucket of tokens for each key, and for each address that shows none. The table has a
 * fixed size: who was not seen for long gives the place up, so that a flood of addresses takes no memory.
 */
#ifndef VT_SERVE_LIMITS_H
#define VT_SERVE_LIMITS_H

#include <pthread.h>

#include "serve/call.h"

enum { VT_BUCKETS = 4096 };

typedef struct vt_bucket {
    uint64_t who;          /* hash; 0: free */
    double tokens, filled; /* when it had that many, vt_seconds() */
} vt_bucket;

typedef struct vt_limits {
    double per_second; /* 0: no limit */
    double capacity;   /* tokens that are saved up */
    pthread_mutex_t mutex;
    vt_bucket bucket[VT_BUCKETS];
} vt_limits;

/** `saved` tokens at most, one at least, can be used at once. */
void vt_limits_init(vt_limits *limits, double per_second, double saved);
void vt_limits_done(vt_limits *limits);

/**
 * Takes a token for the call. Without one the reply is a 429 that says when to come back, and false is returned.
 */
bool vt_limits_pass(vt_limits *limits, vt_call *call);

#endif
