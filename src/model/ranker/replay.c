/* Visits of the last part of the data, each with what was known when it began. */
#include "model/ranker/replay.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "dataset/visit.h"

enum { TARGETS_MAX = 20 };

typedef struct making {
    const vt_interactions *all;
    vt_replay *replay;
    size_t n_targets, capacity, target_capacity;
    int32_t *bought; /* (I) number of the list + 1 up to which an item is known to the user */
    int32_t stamp;
} making;

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* The moments at which blocks begin, each later than the one before. */
static int cut(vt_replay *replay, const vt_interactions *all, double share, int32_t blocks, vt_error *err)
{
    int64_t *time = vt_alloc((size_t)all->n, sizeof *time, err);
    replay->begin = time == NULL ? NULL : vt_alloc((size_t)blocks, sizeof *replay->begin, err);
    if (replay->begin == NULL) {
        vt_free(time);
        return VT_ERR_NO_MEMORY;
    }
    memcpy(time, all->time, (size_t)all->n * sizeof *time);
    qsort(time, (size_t)all->n, sizeof *time, by_number);
    for (int32_t b = 0; b < blocks; b++) {
        double before = 1.0 - share + share * b / blocks;
        int64_t at = (int64_t)(before * (double)all->n);
        at = at < all->n ? at : all->n - 1;
        bool later = at >= 0 && time[at] > (replay->n_blocks == 0 ? time[0] : replay->begin[replay->n_blocks - 1]);
        if (later) {
            replay->begin[replay->n_blocks++] = time[at];
        }
    }
    vt_free(time);
    return VT_OK;
}

static int32_t block_of(const vt_replay *replay, int64_t now)
{
    int32_t block = -1;
    while (block + 1 < replay->n_blocks && replay->begin[block + 1] <= now) {
        block++;
    }
    return block;
}

/* Doubles an array when it is full. */
static void *room(void *array, size_t n, size_t *capacity, size_t size, vt_error *err)
{
    if (n < *capacity) {
        return array;
    }
    size_t wanted = *capacity == 0 ? 1024 : 2 * *capacity;
    void *grown = vt_realloc(array, wanted, size, err);
    *capacity = grown == NULL ? *capacity : wanted;
    return grown;
}

static int add_target(making *m, int32_t item, vt_error *err)
{
    int32_t *target = room(m->replay->target, m->n_targets, &m->target_capacity, sizeof *target, err);
    if (target == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    m->replay->target = target;
    target[m->n_targets++] = item;
    return VT_OK;
}

static int add_list(making *m, const vt_replay_list *list, vt_error *err)
{
    vt_replay_list *lists = room(m->replay->list, m->replay->n, &m->capacity, sizeof *lists, err);
    if (lists == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    m->replay->list = lists;
    lists[m->replay->n++] = *list;
    return VT_OK;
}

/*
 * When the visit of event *history began: back over gaps that are none. Leaves the first event of the visit, and the
 * first signal; *signal is past the last one before the event.
 */
static int64_t visit_start(const vt_interactions *all, int32_t user, int64_t *history, int64_t *signal)
{
    int64_t event = *history, start = all->time[event], s = *signal;
    const vt_interactions *signals = all->signals;
    int64_t first_signal = signals == NULL ? 0 : signals->ptr[user];
    for (;;) {
        bool bought = event > all->ptr[user] && all->time[event - 1] >= start - VT_VISIT_GAP;
        bool looked =
            s > first_signal && signals->time[s - 1] != VT_NONE && signals->time[s - 1] >= start - VT_VISIT_GAP;
        if (bought && (!looked || all->time[event - 1] >= signals->time[s - 1])) {
            start = all->time[--event];
        } else if (looked) {
            start = signals->time[--s];
        } else {
            *history = event;
            *signal = s;
            return start;
        }
    }
}

/* All lists of a user: one for each run of events between which no visit ends. */
static int add_user(making *m, int32_t user, vt_error *err)
{
    const vt_interactions *all = m->all, *signals = all->signals;
    int64_t end = all->ptr[user + 1], s = signals == NULL ? 0 : signals->ptr[user];
    int64_t end_signals = signals == NULL ? 0 : signals->ptr[user + 1];
    int status = VT_OK;
    m->stamp++;
    for (int64_t e = all->ptr[user]; e < end && status == VT_OK;) {
        while (s < end_signals && (signals->time[s] == VT_NONE || signals->time[s] < all->time[e])) {
            s++;
        }
        int64_t known = s, history = e;
        int64_t start = visit_start(all, user, &history, &known);
        vt_replay_list list = {user, block_of(m->replay, start), start, history, known, (int64_t)m->n_targets, 0};
        int64_t last = all->time[e];
        for (; e < end && all->time[e] - last <= VT_VISIT_GAP && status == VT_OK; e++) {
            int32_t item = all->item[e];
            bool fresh = m->bought[item] != m->stamp;
            last = all->time[e];
            m->bought[item] = m->stamp;
            if (fresh && list.block >= 0 && list.n_targets < TARGETS_MAX) {
                status = add_target(m, item, err);
                list.n_targets++;
            }
        }
        if (status == VT_OK && list.n_targets > 0) {
            status = add_list(m, &list, err);
        }
    }
    return status;
}

static int by_block(const void *a, const void *b)
{
    const vt_replay_list *x = a, *y = b;
    if (x->block != y->block) {
        return x->block < y->block ? -1 : 1;
    }
    if (x->user != y->user) {
        return x->user < y->user ? -1 : 1;
    }
    return (x->history > y->history) - (x->history < y->history);
}

/* The first `most` of a shuffle. */
static void choose(vt_replay *replay, size_t most, uint64_t seed)
{
    vt_rng rng = vt_rng_at(seed, "ranker-lists", 0, 0);
    for (size_t l = 0; replay->n > most && l < most; l++) {
        size_t other = l + (size_t)vt_rng_below(&rng, replay->n - l);
        vt_replay_list list = replay->list[l];
        replay->list[l] = replay->list[other];
        replay->list[other] = list;
    }
    replay->n = replay->n > most ? most : replay->n;
    if (replay->n > 0) {
        qsort(replay->list, replay->n, sizeof *replay->list, by_block);
    }
}

int vt_replay_create(vt_replay **out, const vt_interactions *all, double share, int32_t blocks, size_t most,
                     uint64_t seed, vt_error *err)
{
    making m = {.all = all, .replay = vt_alloc_zero(1, sizeof *m.replay, err)};
    m.bought = m.replay == NULL ? NULL : vt_alloc_zero((size_t)all->n_items, sizeof *m.bought, err);
    int status = m.bought == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK && all->n > 0) {
        status = cut(m.replay, all, share, blocks, err);
    }
    for (int32_t u = 0; u < all->n_users && status == VT_OK; u++) {
        status = add_user(&m, u, err);
    }
    vt_free(m.bought);
    if (status != VT_OK) {
        vt_replay_free(m.replay);
        return status;
    }
    choose(m.replay, most, seed);
    *out = m.replay;
    return VT_OK;
}

void vt_replay_free(vt_replay *replay)
{
    if (replay != NULL) {
        vt_free(replay->list);
        vt_free(replay->target);
        vt_free(replay->begin);
        vt_free(replay);
    }
}
