/*
 * Answers of insight that were made, to be given again to who accepts an older one (`Cache-Control: max-age`). While
 * the shop is as it was they are as good as new. After a change they are given for a time that grows with what they
 * cost, so that answers that take seconds are not made for every visitor of a shop in which something happens all the
 * time, and quick ones are as of now. Of one shop; bounded; any thread.
 */
#ifndef VT_SERVE_KEPT_INSIGHT_H
#define VT_SERVE_KEPT_INSIGHT_H

#include "vitrine/error.h"
#include "vitrine/live.h"
#include "vitrine/str.h"
#include "vitrine/text.h"

enum {
    VT_KEPT_COST_TIMES = 1000,   /* so many times as long as it took is an answer given after a change */
    VT_KEPT_SECONDS_MAX = 3600,  /* and no answer for longer than this */
    VT_KEPT_BYTES_MAX = 32 << 20 /* of all answers together */
};

typedef struct vt_kept_insight vt_kept_insight;

/** What the shop is like: two equal ones are of the same events, goods and customers. */
typedef struct vt_kept_mark {
    int64_t generation; /* an answer of another one is never given: somebody may have been erased */
    unsigned stamp;
} vt_kept_mark;

/** When an answer is wanted, and of what. */
typedef struct vt_kept_moment {
    vt_kept_mark mark;
    double now;    /* vt_seconds() */
    uint64_t turn; /* out: for vt_kept_insight_put() */
} vt_kept_moment;

int vt_kept_insight_open(vt_kept_insight **out, vt_error *err);

/** NULL is allowed. */
void vt_kept_insight_close(vt_kept_insight *kept);

vt_kept_mark vt_kept_mark_of(vt_live *live);

/** A copy of the answer to `key` where one of at most `max_age` seconds holds, and its age in seconds. */
bool vt_kept_insight_get(vt_text *out, double *age, vt_kept_insight *kept, vt_str key, double max_age,
                         vt_kept_moment *moment);

/** Whether the answer to `key` is kept and will still hold in `ahead` seconds, if the shop is then as it is now. */
bool vt_kept_insight_lasts(vt_kept_insight *kept, vt_str key, double ahead, vt_kept_moment *moment);

/**
 * Keeps a copy of an answer that was begun at `moment` and took `cost` seconds, unless all was dropped since. Without
 * memory it is not kept.
 */
void vt_kept_insight_put(vt_kept_insight *kept, vt_str key, const vt_kept_moment *moment, double cost,
                         const vt_text *answer);

/** Drops all, and what is at work now will not be kept: no answer names who was erased. */
void vt_kept_insight_drop(vt_kept_insight *kept);

#endif
