/*
 * The lists that a replay of the last events asks for: one at the start of each visit, with what the user did before it
 * and what was bought in it. Private to the ranker. Legend: L lists, B blocks of time, T targets.
 */
#ifndef VT_MODEL_RANKER_REPLAY_H
#define VT_MODEL_RANKER_REPLAY_H

#include "vitrine/split.h"

typedef struct vt_replay_list {
    int32_t user;
    int32_t block;
    int64_t now;     /* start of the visit */
    int64_t history; /* events of the user before it: interactions ptr[user] to `history` */
    int64_t signals; /* likewise of interactions->signals */
    int64_t target;  /* first of its targets */
    int32_t n_targets;
} vt_replay_list;

/** Owned by vt_replay_create / vt_replay_free. */
typedef struct vt_replay {
    size_t n;             /* L */
    vt_replay_list *list; /* by block, then user, then time */
    int32_t *target;      /* (T) distinct items of a list, new to the user */
    int32_t n_blocks;     /* B */
    int64_t *begin;       /* (B) first second of each block */
} vt_replay;

/**
 * The last `share` of the events of `all` in `blocks` of as many events each, less where moments repeat; at most `most`
 * lists, chosen evenly by chance. `all` has times. No list (n 0) is no error. O(N log N).
 */
int vt_replay_create(vt_replay **out, const vt_interactions *all, double share, int32_t blocks, size_t most,
                     uint64_t seed, vt_error *err);

/** Frees; NULL is allowed. */
void vt_replay_free(vt_replay *replay);

#endif
