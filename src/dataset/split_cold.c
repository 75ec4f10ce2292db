/*
 * Cold rules: a share of items or users is never fitted. What is chosen depends on each one's id and the seed: the
 * smallest random keys are chosen, so that a new item changes little.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/rng.h"
#include "dataset/split_rules.h"

typedef struct candidate {
    uint64_t key;
    int32_t index;
} candidate;

static int by_key(const void *left, const void *right)
{
    const candidate *a = left;
    const candidate *b = right;
    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }
    return (a->index > b->index) - (a->index < b->index);
}

/* Marks a random share, at least one, of those with mark 1 by setting it to 2. */
static int choose(uint8_t *mark, const vt_ids *ids, const vt_split_round *round, const char *purpose, vt_error *err)
{
    candidate *candidates = vt_alloc((size_t)ids->n, sizeof *candidates, err);
    if (candidates == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int64_t n = 0;
    for (int32_t i = 0; i < ids->n; i++) {
        if (mark[i]) {
            vt_str id = vt_ids_get(ids, i);
            vt_rng rng = vt_rng_at(round->split->seed, purpose, vt_hash64(id.ptr, id.len, 0), round->number);
            candidates[n++] = (candidate){vt_rng_u64(&rng), i};
        }
    }
    qsort(candidates, (size_t)n, sizeof *candidates, by_key);
    int64_t chosen = vt_split_share(round->split->spec.share[0], n);
    chosen = chosen < 1 && n > 0 ? 1 : chosen;
    for (int64_t i = 0; i < chosen; i++) {
        mark[candidates[i].index] = 2;
    }
    vt_free(candidates);
    return VT_OK;
}

/* Moves a user's training events for which `mark` is 2: to the held part when it is the last one, else to history. */
static void move_events(vt_split_round *round, int32_t user, const uint8_t *mark, bool by_item)
{
    const vt_snapshot *s = round->snapshot;
    bool last = true;
    for (int64_t e = s->user_ptr[user + 1] - 1; e >= s->user_ptr[user]; e--) {
        if (round->split->label[e] != VT_PART_TRAIN) {
            continue;
        }
        if (mark[by_item ? s->item[e] : user] == 2) {
            round->split->label[e] = last ? round->held : (uint8_t)VT_PART_HISTORY;
        }
        last = false;
    }
}

static int split_cold(vt_split_round *round, bool by_item, vt_error *err)
{
    const vt_snapshot *s = round->snapshot;
    const vt_ids *ids = by_item ? &s->items : &s->users;
    uint8_t *mark = vt_alloc_zero((size_t)ids->n, 1, err);
    if (mark == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t user = 0; user < s->n_users; user++) {
        for (int64_t e = s->user_ptr[user]; e < s->user_ptr[user + 1]; e++) {
            if (round->split->label[e] == VT_PART_TRAIN) {
                mark[by_item ? s->item[e] : user] = 1;
            }
        }
    }
    int status = choose(mark, ids, round, by_item ? "split-cold-items" : "split-cold-users", err);
    for (int32_t user = 0; status == VT_OK && user < s->n_users; user++) {
        move_events(round, user, mark, by_item);
    }
    vt_free(mark);
    return status;
}

int vt_split_cold_items(vt_split_round *round, vt_error *err)
{
    return split_cold(round, true, err);
}

int vt_split_cold_users(vt_split_round *round, vt_error *err)
{
    return split_cold(round, false, err);
}
