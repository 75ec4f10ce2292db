/* A user's history as set models read it: the first event of each item, older ones fading. Private to model. */
#ifndef VT_MODEL_HISTORY_H
#define VT_MODEL_HISTORY_H

#include "vitrine/model.h"

/**
 * Positions of the first event of each item of a history, oldest first, into `kept` (user->n); gives their number.
 * `mark` (I) is all zeros and stays so.
 */
size_t vt_history_first(size_t *kept, const vt_user_state *user, float *mark);

/** An item of a history, and where its first event is. */
typedef struct vt_first {
    int32_t item;
    size_t at;
} vt_first;

/** The items of a history, ascending, each with its first event, into `first` (user->n); gives their number.
 * O(n log n). */
size_t vt_history_distinct(vt_first *first, const vt_user_state *user);

/**
 * Weight of event `kept[at]` of `n`: halved with every half-life of its age, in days, or in events where times are
 * unknown; 1 when `half_life` is 0. Ages count from the last event of the history, not from now: that scales the scores
 * of a user by one factor, which changes no order, and the history of someone long away does not fade to nothing.
 */
float vt_history_weight(const vt_user_state *user, const size_t *kept, size_t n, size_t at, double half_life);

#endif
