/*
 * The rules behind splits. Each works on the events that are labelled VT_PART_TRAIN so far and moves some of them to
 * `held`: the test part in the first round, the inner validation part in the second. So one rule serves both.
 */
#ifndef VT_DATASET_SPLIT_RULES_H
#define VT_DATASET_SPLIT_RULES_H

#include "vitrine/split.h"

typedef struct vt_split_round {
    const vt_snapshot *snapshot;
    vt_split *split; /* spec, seed, fold; labels are moved here */
    uint64_t number; /* 0 outer, 1 inner: keys the random streams */
    uint8_t held;    /* VT_PART_TEST or VT_PART_VALID */
} vt_split_round;

typedef int (*vt_split_rule)(vt_split_round *round, vt_error *err);

/** One row a kind of split. */
typedef struct vt_split_kind_info {
    const char *name;
    const char *usage;   /**< as it is written: "ratio:r" */
    const char *example; /**< one that works */
    int numbers;         /**< behind the colon */
    vt_split_rule rule;  /**< NULL: nothing is held out */
    vt_split_rule inner; /**< second round; NULL: the split has its own validation part, or nothing can be held out */
} vt_split_kind_info;

/** The table, by vt_split_kind. */
#define VT_SPLIT_KINDS 11
extern const vt_split_kind_info vt_split_kinds[VT_SPLIT_KINDS];

/** VT_ERR_USAGE names what is wrong with a spec that was not made by vt_split_parse(). */
int vt_split_check(const vt_split_spec *spec, vt_error *err);

/** The canonical name. */
void vt_split_name(char name[64], const vt_split_spec *spec);

/* split_last.c: rules by order */
int vt_split_last_two(vt_split_round *round, vt_error *err);
int vt_split_last(vt_split_round *round, vt_error *err);
int vt_split_given(vt_split_round *round, vt_error *err);

/* split_time.c */
int vt_split_time(vt_split_round *round, vt_error *err);
int vt_split_rolling(vt_split_round *round, vt_error *err);
int vt_split_latest(vt_split_round *round, vt_error *err); /* the last tenth */

/* split_random.c */
int vt_split_ratio(vt_split_round *round, vt_error *err);
int vt_split_ratio_global(vt_split_round *round, vt_error *err);
int vt_split_kfold(vt_split_round *round, vt_error *err);

/* split_cold.c */
int vt_split_cold_items(vt_split_round *round, vt_error *err);
int vt_split_cold_users(vt_split_round *round, vt_error *err);

/* split_signals.c */

/** Whether an event tells something of its user without being positive; cancelled lines and impressions do not. */
bool vt_is_signal(const vt_snapshot *snapshot, int64_t event);

/** Fills split->signal, once all labels are there. O(E). */
int vt_split_signals(vt_split_round *round, vt_error *err);

/** floor(share * n + 1/2): halves go up, also those that a decimal share misses by its last bit. */
static inline int64_t vt_split_share(double share, int64_t n)
{
    return (int64_t)(share * (double)n + 0.5 + 1e-9);
}

#endif
