/*
 * Where signals stand: views, carts, dislikes and all else that a person did and the positive rule does not count.
 * They are never held out, but a history may hold them, and then only what was known: in a split by time those before
 * the moment of the part, in other splits those before the user's first event of it.
 */
#include "dataset/split_rules.h"

#include "base/alloc.h"

bool vt_is_signal(const vt_snapshot *snapshot, int64_t event)
{
    return !snapshot->positive[event] && snapshot->kind[event] != VT_EVENT_IMPRESSION &&
           snapshot->state[event] != VT_LINE_CANCELLED;
}

/* The first second of a part, INT64_MAX where it is empty. */
static int64_t first_second(const vt_split_round *round, uint8_t part)
{
    int64_t first = INT64_MAX;
    for (int64_t e = 0; e < round->snapshot->n_events; e++) {
        if (round->split->label[e] == part && round->snapshot->time[e] < first) {
            first = round->snapshot->time[e];
        }
    }
    return first;
}

static void by_time(vt_split_round *round)
{
    const vt_snapshot *s = round->snapshot;
    int64_t valid = first_second(round, VT_PART_VALID), test = first_second(round, VT_PART_TEST);
    for (int64_t e = 0; e < s->n_events; e++) {
        if (vt_is_signal(s, e) && s->time[e] != VT_NONE) { /* what has no time may be of any */
            bool later = s->time[e] >= valid;
            round->split->signal[e] = s->time[e] >= test ? VT_PART_TEST : later ? VT_PART_VALID : VT_PART_TRAIN;
        }
    }
}

/* How late a part is: what comes behind an event of it is known to no question about an earlier one. */
static int lateness(uint8_t part)
{
    return part == VT_PART_TRAIN ? 0 : part == VT_PART_HISTORY ? 1 : part == VT_PART_VALID ? 2 : 3;
}

static void by_order(vt_split_round *round)
{
    const vt_snapshot *s = round->snapshot;
    for (int32_t user = 0; user < s->n_users; user++) {
        uint8_t part = VT_PART_TRAIN;
        int64_t begin = s->user_ptr[user], end = s->user_ptr[user + 1];
        for (int64_t e = begin; e < end; e++) { /* of someone who is never fitted nothing is */
            part = round->split->label[e] == VT_PART_HISTORY ? VT_PART_HISTORY : part;
        }
        for (int64_t e = begin; e < end; e++) {
            uint8_t own = round->split->label[e];
            if (vt_is_signal(s, e)) {
                round->split->signal[e] = part;
            } else if (own != VT_PART_NONE && lateness(own) > lateness(part)) {
                part = own;
            }
        }
    }
}

int vt_split_signals(vt_split_round *round, vt_error *err)
{
    round->split->signal = vt_alloc((size_t)round->snapshot->n_events, 1, err);
    if (round->split->signal == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int64_t e = 0; e < round->snapshot->n_events; e++) {
        round->split->signal[e] = VT_PART_NONE;
    }
    if (round->split->moment != VT_NONE) {
        by_time(round);
    } else {
        by_order(round);
    }
    return VT_OK;
}
