/* Rules that go by the order of a user's events, and the parts as they were imported. */
#include "dataset/split_rules.h"

/* The last training event of a user before event `end`, -1 when there is none. */
static int64_t last_training(const vt_split_round *round, int32_t user, int64_t end)
{
    int64_t e = end - 1;
    while (e >= round->snapshot->user_ptr[user] && round->split->label[e] != VT_PART_TRAIN) {
        e--;
    }
    return e >= round->snapshot->user_ptr[user] ? e : -1;
}

/* Holds out the last training event of users with at least two. */
int vt_split_last(vt_split_round *round, vt_error *err)
{
    (void)err;
    for (int32_t user = 0; user < round->snapshot->n_users; user++) {
        int64_t last = last_training(round, user, round->snapshot->user_ptr[user + 1]);
        if (last >= 0 && last_training(round, user, last) >= 0) {
            round->split->label[last] = round->held;
        }
    }
    return VT_OK;
}

/*
 * The last event is test and the one before it validation; users with fewer than three are left whole, as SASRec has
 * it.
 */
int vt_split_last_two(vt_split_round *round, vt_error *err)
{
    (void)err;
    for (int32_t user = 0; user < round->snapshot->n_users; user++) {
        int64_t last = last_training(round, user, round->snapshot->user_ptr[user + 1]);
        int64_t before = last < 0 ? -1 : last_training(round, user, last);
        if (before >= 0 && last_training(round, user, before) >= 0) {
            round->split->label[last] = VT_PART_TEST;
            round->split->label[before] = VT_PART_VALID;
        }
    }
    return VT_OK;
}

/* The parts as imported; an event that was imported without one, beside others that have one, is training. */
int vt_split_given(vt_split_round *round, vt_error *err)
{
    const vt_snapshot *s = round->snapshot;
    int64_t positives = 0;
    int64_t given = 0;
    for (int64_t e = 0; e < s->n_events; e++) {
        if (s->positive[e]) {
            positives++;
            given += s->part[e] != VT_PART_NONE;
            round->split->label[e] = s->part[e] == VT_PART_NONE ? VT_PART_TRAIN : s->part[e];
        }
    }
    if (given == 0) {
        return vt_fail(
            err, VT_ERR_UNSUPPORTED,
            "the split \"given\" needs events that were imported with --as train, valid or test; none of the "
            "%lld positive events has a part, choose another split",
            (long long)positives);
    }
    return VT_OK;
}
