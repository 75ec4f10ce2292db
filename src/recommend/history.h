/* What the store knows a user did, in a model's dense ids. */
#ifndef VT_RECOMMEND_HISTORY_H
#define VT_RECOMMEND_HISTORY_H

#include "dataset/positive.h"
#include "store/store.h"
#include "vitrine/model.h"

/**
 * What a user did: positive events in time order and, once it is closed, behind them signals (split.h) in theirs.
 * Owned by vt_history_load / vt_history_free. Legend: N positive events, S signals, I items of the model.
 */
typedef struct vt_history {
    size_t n;     /* N */
    size_t n_all; /* N + S */
    size_t capacity;
    int32_t *item;         /* (N + S) */
    int64_t *time;         /* (N + S) */
    float *value;          /* (N + S) */
    uint8_t *kind;         /* (N + S) */
    uint8_t *positive;     /* (N + S) */
    bool timed;            /* every positive event has a time */
    unsigned hears;        /* kinds of signals that the model hears, bits 1 << vt_event_kind */
    vt_user_state signals; /* once it is closed */
    uint8_t *seen;         /* (I) 1 where the user purchased or rated the item */
    uint8_t *disliked;     /* (I) 1 where a dislike was not followed by a purchase or a like */
    int64_t *bought;       /* (I) time of the last purchase, VT_NONE without */
} vt_history;

/**
 * Events of `user` on items of the model; those on other items are passed over, and so are in the history those that
 * the model's positive rule does not count and that it does not read as signals. A user without events, or none at all
 * (a text that is not given), has n = 0. It stays open.
 */
int vt_history_load(vt_history **out, vt_store *store, vt_str user, const vt_model_info *model, vt_error *err);

/**
 * Adds an event on item `item` of the model where its time belongs, behind those of the same time; one without a time
 * is the last. `*counts`: whether the model hears of it. Marks what was seen.
 */
int vt_history_add(bool *counts, vt_history *history, const vt_positive *positive, const vt_event_row *event,
                   int32_t item, vt_error *err);

/** No event comes any more: signals go behind the positive events. O(N + S). */
int vt_history_close(vt_history *history, vt_error *err);

/** Frees; NULL is allowed. */
void vt_history_free(vt_history *history);

/** The state of the user as of `now`; borrows from `history`, which is closed. */
vt_user_state vt_history_state(const vt_history *history, int32_t user, int64_t now);

#endif
