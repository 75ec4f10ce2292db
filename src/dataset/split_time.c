/*
 * Splits by time: one moment for all users, or several one after the other. Boundaries are moments: the k-th smallest
 * time, found by counting byte after byte from the highest, which needs no memory and no sorting. All events of one
 * second fall on the same side.
 */
#include "dataset/split_rules.h"

static bool is_training(const vt_split_round *round, int64_t event)
{
    return round->split->label[event] == VT_PART_TRAIN;
}

/* Order-preserving: negative times before positive ones. */
static uint64_t key_of(int64_t time)
{
    return (uint64_t)time ^ ((uint64_t)1 << 63);
}

/* Time number `k`, from 0, of the training events in ascending order; there are more than k. */
static int64_t kth_time(const vt_split_round *round, int64_t k)
{
    const vt_snapshot *s = round->snapshot;
    uint64_t prefix = 0;
    uint64_t mask = 0;
    for (int shift = 56; shift >= 0; shift -= 8) {
        int64_t count[256] = {0};
        for (int64_t e = 0; e < s->n_events; e++) {
            uint64_t key = key_of(s->time[e]);
            if (is_training(round, e) && (key & mask) == prefix) {
                count[key >> shift & 255U]++;
            }
        }
        uint64_t digit = 0;
        while (k >= count[digit]) {
            k -= count[digit++];
        }
        prefix |= digit << shift;
        mask |= (uint64_t)255 << shift;
    }
    return (int64_t)(prefix ^ ((uint64_t)1 << 63));
}

/* The moment before which a share of the training events lies; the first event at least comes before its index. */
static int64_t boundary(const vt_split_round *round, double share, int64_t n)
{
    int64_t k = vt_split_share(share, n);
    k = k < 1 ? 1 : k;
    return kth_time(round, k > n - 1 ? n - 1 : k);
}

static int check_times(const vt_split_round *round, int64_t *n, vt_error *err)
{
    const vt_snapshot *s = round->snapshot;
    int64_t missing = 0;
    *n = 0;
    for (int64_t e = 0; e < s->n_events; e++) {
        *n += is_training(round, e);
        missing += is_training(round, e) && s->time[e] == VT_NONE;
    }
    if (missing > 0) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "the split %s needs a time on every event, and %lld of %lld positive events have none; choose "
                       "leave-one-out, leave-last-out or ratio, which need only the order",
                       round->split->name, (long long)missing, (long long)*n);
    }
    return VT_OK;
}

/* Training events of [from, until). */
static int64_t events_between(const vt_split_round *round, int64_t from, int64_t until)
{
    int64_t n = 0;
    for (int64_t e = 0; e < round->snapshot->n_events; e++) {
        n += is_training(round, e) && round->snapshot->time[e] >= from && round->snapshot->time[e] < until;
    }
    return n;
}

static int nothing_to_train_on(const vt_split_round *round, int64_t n, vt_error *err)
{
    return vt_fail(err, VT_ERR_UNSUPPORTED,
                   "the split %s leaves nothing to train on: too many of the %lld positive events fall in the first "
                   "second; choose leave-one-out, leave-last-out or ratio",
                   round->split->name, (long long)n);
}

int vt_split_time(vt_split_round *round, vt_error *err)
{
    const vt_snapshot *s = round->snapshot;
    const double *share = round->split->spec.share;
    int64_t n = 0;
    int status = check_times(round, &n, err);
    if (status != VT_OK || n == 0) {
        return status;
    }
    int64_t held_from = boundary(round, share[0] + share[1], n);
    int64_t valid_from = share[1] > 0 ? boundary(round, share[0], n) : held_from;
    if (events_between(round, INT64_MIN, valid_from) == 0) {
        return nothing_to_train_on(round, n, err);
    }
    for (int64_t e = 0; e < s->n_events; e++) {
        if (is_training(round, e) && s->time[e] >= valid_from) {
            round->split->label[e] = s->time[e] >= held_from ? round->held : (uint8_t)VT_PART_VALID;
        }
    }
    if (round->held == VT_PART_TEST) {
        round->split->moment = held_from;
    }
    return VT_OK;
}

/* The share of the events that rolling evaluates. */
#define ROLLED 0.2

int vt_split_rolling(vt_split_round *round, vt_error *err)
{
    const vt_snapshot *s = round->snapshot;
    vt_split *split = round->split;
    double part = ROLLED / split->spec.folds;
    bool last = split->fold == split->spec.folds - 1;
    int64_t n = 0;
    int status = check_times(round, &n, err);
    if (status != VT_OK || n == 0) {
        return status;
    }
    int64_t from = boundary(round, 1 - ROLLED + part * split->fold, n);
    int64_t until = last ? INT64_MAX : boundary(round, 1 - ROLLED + part * (split->fold + 1), n);
    if (events_between(round, INT64_MIN, from) == 0) {
        return nothing_to_train_on(round, n, err);
    }
    if (events_between(round, from, until) == 0) {
        return vt_fail(
            err, VT_ERR_UNSUPPORTED,
            "the split %s leaves part %d empty: too many of the %lld positive events share one second; choose "
            "fewer parts, or leave-one-out, leave-last-out or ratio",
            split->name, (int)split->fold + 1, (long long)n);
    }
    for (int64_t e = 0; e < s->n_events; e++) {
        if (is_training(round, e) && s->time[e] >= from) { /* what comes after the part is known to nobody yet */
            split->label[e] = s->time[e] < until ? round->held : (uint8_t)VT_PART_NONE;
        }
    }
    split->moment = from;
    return VT_OK;
}

int vt_split_latest(vt_split_round *round, vt_error *err)
{
    enum { PARTS = 10 };
    const vt_snapshot *s = round->snapshot;
    int64_t n = 0;
    int status = check_times(round, &n, err);
    if (status != VT_OK || n == 0) {
        return status;
    }
    int64_t from = boundary(round, 1 - 1.0 / PARTS, n);
    int64_t first = kth_time(round, 0);
    for (int64_t e = 0; e < s->n_events && from > first; e++) {
        if (is_training(round, e) && s->time[e] >= from) {
            round->split->label[e] = round->held;
        }
    }
    return VT_OK;
}
