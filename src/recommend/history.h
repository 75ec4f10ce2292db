/* What a view of the shop knows a user did, in a model's numbers. */
#ifndef VT_RECOMMEND_HISTORY_H
#define VT_RECOMMEND_HISTORY_H

#include "recommend/recommender.h"

/** What a user did to one item of the view. */
typedef struct vt_item_mark {
    int32_t item;
    bool seen;      /* purchased or rated */
    bool disliked;  /* a dislike was not followed by a purchase or a like */
    int64_t bought; /* time of the last purchase, VT_NONE without */
} vt_item_mark;

/**
 * What a user did: positive events in time order and, once it is closed, behind them signals (split.h) in theirs. All
 * of it lives in the scratch of the request. Legend: N positive events, S signals.
 */
typedef struct vt_history {
    size_t n;     /* N */
    size_t n_all; /* N + S */
    size_t capacity;
    int32_t *item;         /* (N + S) the model's numbers */
    int32_t *shown;        /* (N + S) the view's */
    int64_t *time;         /* (N + S) */
    float *value;          /* (N + S) */
    uint8_t *kind;         /* (N + S) */
    uint8_t *positive;     /* (N + S) */
    bool timed;            /* every positive event has a time */
    unsigned hears;        /* kinds of signals that the model hears, bits 1 << vt_event_kind */
    vt_user_state signals; /* once it is closed */
    vt_item_mark *mark;    /* (n_marks) of all items that events are on */
    size_t n_marks;
    vt_scratch *scratch; /* borrowed; its slots hold places in `mark` until vt_history_done() */
    const vt_serving *serving;
} vt_history;

/** An event to be added: kind, time (VT_NONE without), value (NaN without), on an item of the view. */
typedef struct vt_past_event {
    int32_t item;
    uint8_t kind;
    int64_t time;
    float value;
} vt_past_event;

/**
 * The events of `user` (of the view; -1: nobody) on items that the model knows; those that its positive rule does not
 * count and that it does not read as signals only leave their marks. It stays open, with room for `more` events.
 * vt_history_done() is due also after a failure.
 */
int vt_history_load(vt_history *h, const vt_serving *serving, vt_scratch *scratch, int32_t user, size_t more,
                    vt_error *err);

/**
 * Adds an event where its time belongs, behind those of the same time; one without a time is the last. Gives whether
 * the model hears of it. There must be room.
 */
bool vt_history_add(vt_history *h, const vt_past_event *event);

/** No event comes any more: signals go behind the positive events. O(N + S). */
int vt_history_close(vt_history *h, vt_error *err);

/** Leaves the slots of the scratch as they were. */
void vt_history_done(vt_history *h);

/** The marks of an item, NULL where no event is on it. */
static inline const vt_item_mark *vt_history_mark(const vt_history *h, int32_t item)
{
    int32_t slot = h->scratch->slot[item];
    return slot == 0 ? NULL : &h->mark[slot - 1];
}

/** The state of the user as of `now`; borrows from `history`, which is closed. */
vt_user_state vt_history_state(const vt_history *h, int32_t user, int64_t now);

#endif
