/* Buckets in sets of four: one that is sought stands in its set, and the one that has waited longest gives way. */
#include "serve/limits.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "serve/problem.h"

enum { SET = 4 };

void vt_limits_init(vt_limits *limits, double per_second, double saved)
{
    memset(limits, 0, sizeof *limits);
    limits->per_second = per_second;
    limits->capacity = fmax(1, saved);
    pthread_mutex_init(&limits->mutex, NULL);
}

void vt_limits_done(vt_limits *limits)
{
    pthread_mutex_destroy(&limits->mutex);
}

static vt_bucket *find(vt_limits *limits, uint64_t who, double now)
{
    vt_bucket *set = &limits->bucket[who % (VT_BUCKETS / SET) * SET], *oldest = set;
    for (size_t i = 0; i < SET; i++) {
        if (set[i].who == who) {
            return &set[i];
        }
        oldest = set[i].filled < oldest->filled ? &set[i] : oldest;
    }
    *oldest = (vt_bucket){who, limits->capacity, now};
    return oldest;
}

bool vt_limits_pass(vt_limits *limits, vt_call *call)
{
    if (limits->per_second <= 0) {
        return true;
    }
    const char *name = call->key[0] != '\0' ? call->key : call->client;
    uint64_t who = vt_hash_keyed(name, strlen(name)) | 1;
    double now = vt_seconds();
    pthread_mutex_lock(&limits->mutex);
    vt_bucket *b = find(limits, who, now);
    b->tokens = fmin(limits->capacity, b->tokens + (now - b->filled) * limits->per_second);
    b->filled = now;
    bool passes = b->tokens >= 1;
    double wait = passes ? 0 : (1 - b->tokens) / limits->per_second;
    b->tokens -= passes ? 1 : 0;
    pthread_mutex_unlock(&limits->mutex);
    if (!passes) {
        char seconds[32];
        snprintf(seconds, sizeof seconds, "%.0f", ceil(wait));
        vt_problem_reply(call, 429, "limited", "too many requests; come back after the seconds of Retry-After");
        vt_reply_header_add(call, "Retry-After", seconds);
    }
    return passes;
}
