/*
 * Random rules. Choosing exactly m of n in one pass is Knuth's Algorithm S (The Art of Computer Programming 2,
 * 3.4.2).
 */
#include "base/alloc.h"
#include "base/hash.h"
#include "base/rng.h"
#include "dataset/split_rules.h"

/* Holds out all but a random `keep` of the `n` training events in [begin, end). */
static void hold_out(vt_split_round *round, int64_t begin, int64_t end, int64_t n, int64_t keep, vt_rng *rng)
{
    for (int64_t e = begin; e < end; e++) {
        if (round->split->label[e] != VT_PART_TRAIN) {
            continue;
        }
        if (vt_rng_below(rng, (uint64_t)n) < (uint64_t)keep) {
            keep--;
        } else {
            round->split->label[e] = round->held;
        }
        n--;
    }
}

static int64_t count_training(const vt_split_round *round, int64_t begin, int64_t end)
{
    int64_t n = 0;
    for (int64_t e = begin; e < end; e++) {
        n += round->split->label[e] == VT_PART_TRAIN;
    }
    return n;
}

static int64_t at_least_one(int64_t n)
{
    return n < 1 ? 1 : n;
}

/* Streams are keyed by the user's id, so that a user's split does not depend on who else is there. */
int vt_split_ratio(vt_split_round *round, vt_error *err)
{
    const vt_snapshot *s = round->snapshot;
    (void)err;
    for (int32_t user = 0; user < s->n_users; user++) {
        int64_t begin = s->user_ptr[user];
        int64_t end = s->user_ptr[user + 1];
        int64_t n = count_training(round, begin, end);
        if (n >= 2) {
            vt_str id = vt_ids_get(&s->users, user);
            vt_rng rng = vt_rng_at(round->split->seed, "split-ratio", vt_hash64(id.ptr, id.len, 0), round->number);
            hold_out(round, begin, end, n, at_least_one(vt_split_share(round->split->spec.share[0], n)), &rng);
        }
    }
    return VT_OK;
}

int vt_split_ratio_global(vt_split_round *round, vt_error *err)
{
    int64_t end = round->snapshot->n_events;
    int64_t n = count_training(round, 0, end);
    vt_rng rng = vt_rng_at(round->split->seed, "split-ratio-global", round->number, 0);
    (void)err;
    if (n > 0) {
        hold_out(round, 0, end, n, at_least_one(vt_split_share(round->split->spec.share[0], n)), &rng);
    }
    return VT_OK;
}

/*
 * Fold numbers 0 to k - 1 in turn, shuffled (Fisher and Yates), are dealt to the events: sizes differ by one at most.
 */
int vt_split_kfold(vt_split_round *round, vt_error *err)
{
    int64_t end = round->snapshot->n_events;
    int64_t n = count_training(round, 0, end);
    uint8_t *fold = vt_alloc((size_t)n, 1, err);
    if (fold == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_rng rng = vt_rng_at(round->split->seed, "split-kfold", round->number, 0);
    for (int64_t i = 0; i < n; i++) {
        fold[i] = (uint8_t)(i % round->split->spec.folds);
    }
    for (int64_t i = n - 1; i > 0; i--) {
        int64_t other = (int64_t)vt_rng_below(&rng, (uint64_t)i + 1);
        uint8_t mine = fold[i];
        fold[i] = fold[other];
        fold[other] = mine;
    }
    int64_t dealt = 0;
    for (int64_t e = 0; e < end; e++) {
        if (round->split->label[e] == VT_PART_TRAIN && fold[dealt++] == round->split->fold) {
            round->split->label[e] = round->held;
        }
    }
    vt_free(fold);
    return VT_OK;
}
