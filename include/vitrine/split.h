/** Splits: which events a model may see, and which are held out. Meanings: docs/evaluation.md. */
#ifndef VITRINE_SPLIT_H
#define VITRINE_SPLIT_H

#include "vitrine/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum vt_split_kind {
    VT_SPLIT_NONE,           /**< "none": everything is training */
    VT_SPLIT_TIME,           /**< "time:a,b,c": shares of the positive events before one global moment each */
    VT_SPLIT_LEAVE_ONE_OUT,  /**< "leave-one-out": last event test, the one before it validation */
    VT_SPLIT_LEAVE_LAST_OUT, /**< "leave-last-out": last event test, the rest training */
    VT_SPLIT_RATIO,          /**< "ratio:r": of each user, a random share r is training */
    VT_SPLIT_RATIO_GLOBAL,   /**< "ratio-global:r": of all events, a random share r is training */
    VT_SPLIT_KFOLD,          /**< "kfold:k": k folds, each the test part once; vt_split_create() takes the fold */
    VT_SPLIT_COLD_ITEMS, /**< "cold-items:r": a random share of items is never fitted; last events on them are test */
    VT_SPLIT_COLD_USERS, /**< "cold-users:r": a random share of users is never fitted; their last events are test */
    VT_SPLIT_GIVEN,      /**< "given": parts as imported with --as */
    VT_SPLIT_ROLLING     /**< "rolling:n": n cuts in time, each with all before it as training; a fold each */
} vt_split_kind;

/** A split as the user names it. */
typedef struct vt_split_spec {
    vt_split_kind kind;
    double share[3]; /**< time: training, validation, test; ratio, cold: share[0] */
    int32_t folds;   /**< kfold, rolling */
} vt_split_spec;

/** Every event of a snapshot with its label. */
typedef struct vt_split {
    vt_split_spec spec;
    uint64_t seed;
    int32_t fold;
    uint8_t *label;   /**< (E) vt_part; VT_PART_NONE for events that are not positive */
    uint8_t *signal;  /**< (E) vt_part of signals, by which histories may hold them; VT_PART_NONE for other events */
    int64_t count[5]; /**< events by label */
    int64_t moment;   /**< time, rolling: first second of the test part; else VT_NONE */
    char name[64];    /**< as the protocol prints it: "time:0.8,0.1,0.1" */
} vt_split;

/**
 * Reads "time:0.8,0.1,0.1" and the like; shares are kept to eight decimals. VT_ERR_USAGE says what is wrong and what
 * is possible.
 */
VT_API int vt_split_parse(vt_split_spec *spec, const char *text, vt_error *err);

/** How many folds a split is evaluated in, each with a fit of its own; 0: it is no split of folds. */
VT_API int32_t vt_split_folds(const vt_split_spec *spec);

/**
 * Labels the positive events of `snapshot`. Same snapshot, spec, seed and fold: same labels. A time split of data
 * without times, or one that leaves nothing to train on, and a given split of data without parts are
 * VT_ERR_UNSUPPORTED; a wrong spec or fold (0 for those without folds) is VT_ERR_USAGE. `inner` labels, inside the
 * training part, the last training event of each user with two (or, for time, ratio, kfold and cold splits, the same
 * rule and share again) as validation, so that settings can be chosen without the test part; splits that have a
 * validation part of their own ignore it. The caller frees it. O(E).
 */
VT_API int vt_split_create(vt_split **out, const vt_snapshot *snapshot, const vt_split_spec *spec, uint64_t seed,
                           int32_t fold, bool inner, vt_error *err);

/** Frees; NULL is allowed. */
VT_API void vt_split_free(vt_split *split);

/**
 * Interactions chosen from a snapshot, by user and in time order, with the snapshot's dense ids: what models are
 * fitted on and histories are read from. Repeats are all kept.
 *
 * Signals are what else a person did: views, clicks, carts, dislikes, returns, and all else that the positive rule
 * does not count, but for impressions and cancelled lines. They are never held out.
 */
typedef struct vt_interactions {
    const vt_snapshot *snapshot;     /**< borrowed: ids and features */
    int32_t n_users;                 /**< U, all of the snapshot */
    int32_t n_items;                 /**< I, all of the snapshot */
    int64_t n;                       /**< N */
    int64_t *ptr;                    /**< (U + 1) */
    int32_t *item;                   /**< (N) */
    int64_t *time;                   /**< (N) */
    float *value;                    /**< (N) */
    uint8_t *kind;                   /**< (N) */
    struct vt_interactions *signals; /**< of the same users, where they were asked for and there are any; else NULL */
} vt_interactions;

/** Beside parts: signals too. */
enum { VT_PARTS_SIGNALS = 1 << 8 };

/**
 * The positive events whose label is in `parts` (bit 1 << vt_part), all positive ones when `split` is NULL; with
 * VT_PARTS_SIGNALS also the signals of these parts. Owned by the caller; the snapshot must outlive it. O(E).
 */
VT_API int vt_interactions_create(vt_interactions **out, const vt_snapshot *snapshot, const vt_split *split,
                                  unsigned parts, vt_error *err);

/** Which event of a user is held out. */
typedef enum vt_hold_out { VT_HOLD_OUT_LAST, VT_HOLD_OUT_CHANCE } vt_hold_out;

/**
 * Cuts interactions in two: `held` has one event of each user with two or more, the last one or one by chance (same
 * seed: the same ones), `rest` all others; signals stay behind. Both are the caller's. O(N).
 */
VT_API int vt_interactions_hold_out(vt_interactions **rest, vt_interactions **held, const vt_interactions *all,
                                    vt_hold_out which, uint64_t seed, vt_error *err);

/** Those strictly before a moment, signals too; what has no time stays. The caller frees `*out`. O(N). */
VT_API int vt_interactions_before(vt_interactions **out, const vt_interactions *all, int64_t moment, vt_error *err);

/** Frees; NULL is allowed. */
VT_API void vt_interactions_free(vt_interactions *interactions);

#ifdef __cplusplus
}
#endif

#endif
