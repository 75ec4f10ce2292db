/** Evaluation: how good ranked lists are, under a named protocol. Definitions: docs/evaluation.md. */
#ifndef VITRINE_EVALUATION_H
#define VITRINE_EVALUATION_H

#include "vitrine/model.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VT_CUTOFFS_MAX 8

/**
 * What a list knows: nothing after the split; all before its event; all before the visit of its events, which one list
 * answers together.
 */
typedef enum vt_state_mode { VT_STATE_FROZEN, VT_STATE_LIVE, VT_STATE_VISITS } vt_state_mode;

/**
 * Which items are ranked: all; those with a training event; those on sale or seen in an event before the moment of the
 * list; those without a training event, that is how new items are ranked among themselves.
 */
typedef enum vt_candidates {
    VT_CANDIDATES_CATALOGUE,
    VT_CANDIDATES_TRAIN,
    VT_CANDIDATES_ALIVE,
    VT_CANDIDATES_COLD
} vt_candidates;

typedef enum vt_test_items { VT_TEST_ITEMS_ALL, VT_TEST_ITEMS_SEEN } vt_test_items;
typedef enum vt_seen { VT_SEEN_EXCLUDE, VT_SEEN_KEEP } vt_seen;

/** How a user is represented: as a request would, by the history, or by the vector that was fitted, as papers do. */
typedef enum vt_users { VT_USERS_SERVED, VT_USERS_STORED } vt_users;

/** One list to be made. */
typedef struct vt_query {
    vt_user_state state;
    const int32_t *exclude; /**< items that may not be ranked, ascending; `n_exclude` of them */
    size_t n_exclude;
    const uint8_t *allowed; /**< (I) 1 where an item is a candidate */
    int32_t user;           /**< dense id in the snapshot, also of a stranger */
    const int32_t *only;    /**< sampled candidates, ascending: nothing else may be ranked; NULL for full ranking */
    size_t n_only;
    const int32_t *tie; /**< (I) of items with equal scores the one with the lower number goes first; NULL: by id */
} vt_query;

/** What makes lists of a fitted model, where it is not its best scores that are evaluated. */
typedef struct vt_lister {
    const char *name; /**< part of the protocol's name: "pipeline(brand_cap=2)" */
    /** As vt_ranker below, of `model`. */
    int (*list)(void *context, const vt_model *model, const vt_query *queries, size_t n, size_t k, int32_t *items,
                vt_error *err);
    void *context;
} vt_lister;

/**
 * The protocol. Init with vt_protocol_init(): frozen, catalogue, all test items, seen excluded, users as served, what
 * is popular where lists end, full ranking.
 */
typedef struct vt_protocol {
    size_t size; /**< set by vt_protocol_init() */
    vt_state_mode state;
    vt_candidates candidates;
    vt_test_items test_items;
    vt_seen seen;
    vt_users users;
    bool fallback;                  /**< lists that end early go on with what sold most by then, as the shop's do */
    vt_part part;                   /**< VT_PART_TEST, or VT_PART_VALID to choose settings */
    int32_t negatives;              /**< 0: rank all candidates; else so many sampled ones beside the positives */
    const char *negatives_file;     /**< lines "user item item ..."; NULL: sampled by seed */
    uint64_t seed;                  /**< of sampling and bootstrap */
    int32_t cutoff[VT_CUTOFFS_MAX]; /**< K, ascending */
    size_t n_cutoffs;
    const vt_lister *lister;             /**< makes the lists of models; NULL: their best scores are the lists */
    bool slices;                         /**< evaluate parts of the users and items too */
    bool cold_curve;                     /**< evaluate fitted models with offsets for items never sold too */
    const struct vt_item_vectors *text;  /**< of the shop's items (encoder.h), for diversity; NULL: none */
    const struct vt_item_vectors *image; /**< likewise */
    int32_t resamples;                   /**< bootstrap resamples for 95 % intervals; 0 for none */
    int threads;                         /**< 0: all processors */
    const vt_progress *progress;
} vt_protocol;

VT_SIZED_INIT(vt_protocol)

/** What a split asks of a protocol besides its defaults: rolling goes with state live and candidates alive. */
VT_API void vt_protocol_suit(vt_protocol *protocol, const vt_split_spec *spec);

/** VT_ERR_USAGE names the first problem (K = 0, K not ascending, ...). */
VT_API int vt_protocol_check(const vt_protocol *protocol, vt_error *err);

/** Metrics of lists, in the order of the tables. */
typedef enum vt_metric {
    VT_METRIC_PRECISION,
    VT_METRIC_RECALL,
    VT_METRIC_HR,
    VT_METRIC_NDCG,
    VT_METRIC_MAP,
    VT_METRIC_MRR,
    VT_METRIC_COVERAGE,
    VT_METRIC_NOVELTY,
    VT_METRIC_GINI,
    VT_METRIC_POPULARITY,
    VT_METRIC_DIVERSITY_CATEGORY,
    VT_METRIC_DIVERSITY_TEXT,  /**< NaN without vectors of texts in the protocol */
    VT_METRIC_DIVERSITY_IMAGE, /**< likewise of photos */
    VT_METRIC_CALIBRATION,
    VT_METRICS
} vt_metric;

/** One row of the table of metrics. */
typedef struct vt_metric_info {
    const char *name;    /**< "ndcg" */
    const char *title;   /**< "NDCG" */
    const char *formula; /**< a line of text */
    int good;            /**< 1 higher is better, -1 lower, 0 neither */
    bool per_user;       /**< a mean over users, with an interval */
} vt_metric_info;

/** The table, VT_METRICS rows. Static storage. */
VT_API const vt_metric_info *vt_metrics(void);

/** A figure with its 95 % bootstrap interval (NaN bounds without one). */
typedef struct vt_figure {
    double value;
    double low;
    double high;
} vt_figure;

/** How far predicted ratings are off. A model that predicts none has n = 0, and no other field counts. */
typedef struct vt_ratings {
    int64_t n;      /**< held-out events that have a rating */
    vt_figure rmse; /**< root of the mean square error over all of them; of folds the mean of theirs */
    vt_figure mae;  /**< mean absolute error, likewise */
    int64_t users;
    int32_t *user; /**< (users) dense ids, ascending */
    size_t folds;
    double *sum; /**< (users, folds, 3) ratings, sum of squared errors, sum of absolute errors */
} vt_ratings;

/** Metrics of slices. */
typedef enum vt_slice_metric { VT_SLICE_HR, VT_SLICE_NDCG, VT_SLICE_RECALL, VT_SLICE_METRICS } vt_slice_metric;

/** The same lists, evaluated on a part of the users, or on the held-out items that belong to a part of the items. */
typedef struct vt_slice {
    const char *group; /**< "user", "history", "item", "item sold", "category"; static storage */
    char name[96];     /**< "cold", "3-5", "head" */
    int64_t users;     /**< with a held-out item in it */
    int64_t positives; /**< held-out items in it */
    vt_figure figure[VT_CUTOFFS_MAX][VT_SLICE_METRICS];
    int32_t *user;    /**< (users) dense ids, ascending */
    double *per_user; /**< (users, n_cutoffs, VT_SLICE_METRICS) */
} vt_slice;

/** NDCG at the longest cutoff with a constant added to the scores of items without a training event. */
typedef struct vt_cold_point {
    double offset; /**< in standard deviations of the scores of each list */
    double all;    /**< of all held-out items */
    double warm;   /**< of those with training events; NaN without any */
    double cold;   /**< of those without; NaN without any */
} vt_cold_point;

#define VT_COLD_POINTS 7

/** Result of one evaluation. */
typedef struct vt_evaluation {
    char protocol[512]; /**< the protocol's name, printed with every figure */
    int64_t queries;    /**< lists evaluated */
    int64_t users;      /**< users with test events: what figures are means over */
    int64_t candidates; /**< items that could be ranked */
    int64_t positives;  /**< test events evaluated */
    int64_t skipped;    /**< test events left out because their item was not seen in training */
    size_t n_cutoffs;
    int32_t cutoff[VT_CUTOFFS_MAX];
    vt_figure figure[VT_CUTOFFS_MAX][VT_METRICS];
    double fit_seconds; /**< filled by the caller; 0 when unknown */
    double rank_seconds;
    double *per_user; /**< (users, n_cutoffs, VT_METRICS) per-user values, NaN for those that are not per user */
    int32_t *user;    /**< (users) dense ids, ascending: pairs evaluations of one protocol */
    vt_ratings ratings;
    vt_slice *slices; /**< (n_slices) NULL unless asked for */
    size_t n_slices;
    vt_cold_point cold[VT_COLD_POINTS]; /**< (n_cold) rising offsets from 0 */
    size_t n_cold;                      /**< 0 unless asked for, and of folds */
} vt_evaluation;

/** Frees what the result holds; the struct is the caller's. NULL is allowed. */
VT_API void vt_evaluation_done(vt_evaluation *evaluation);

/**
 * Makes lists: for each of `n` queries the best `k` items into `items` (n, k), ended by -1 when shorter. Called from
 * several threads at once. The first j of k are the list of length j.
 */
typedef int (*vt_ranker)(void *context, const vt_query *queries, size_t n, size_t k, int32_t *items, vt_error *err);

/** Evaluates lists from a callback. `context` is handed to `rank`. */
VT_API int vt_evaluate(vt_evaluation *out, const vt_snapshot *snapshot, const vt_split *split,
                       const vt_protocol *protocol, vt_ranker rank, void *context, vt_error *err);

/**
 * A ranker over a fitted model: `context` is the vt_model. The list of someone without a history is empty unless the
 * model has VT_MODEL_ANYONE: a shop does not ask it then.
 */
VT_API int vt_rank_model(void *context, const vt_query *queries, size_t n, size_t k, int32_t *items, vt_error *err);

/** The same with the scores of the items into `scores` (n, k); NULL: nobody asks for them. */
VT_API int vt_rank_scored(const vt_model *model, const vt_query *queries, size_t n, size_t k, int32_t *items,
                          float *scores, vt_error *err);

/** Evaluates the lists of a fitted model: by the protocol's lister, else by vt_rank_model(). */
VT_API int vt_evaluate_fitted(vt_evaluation *out, const vt_model *model, const vt_snapshot *snapshot,
                              const vt_split *split, const vt_protocol *protocol, vt_error *err);

/**
 * The same for a model that may be of an earlier state of the shop, as a server uses it: users and items are matched by
 * their ids, items that it does not know are never listed, and a user is represented by the history alone. Whether it
 * has seen the held-out events is the caller's to know (vt_model_info.until). VT_ERR_UNSUPPORTED when it knows none of
 * the items, and with a lister.
 */
VT_API int vt_evaluate_served(vt_evaluation *out, const vt_model *model, const vt_snapshot *snapshot,
                              const vt_split *split, const vt_protocol *protocol, vt_error *err);

/** Errors of predicted ratings over all held-out events that have one. */
typedef struct vt_rating_errors {
    int64_t n;
    double rmse;
    double mae;
} vt_rating_errors;

/**
 * Predicts the rating of each held-out event (`test_items` as in ranking) from the history before the split, and
 * compares. A model that predicts no ratings, and a part without ratings, are VT_ERR_UNSUPPORTED.
 */
VT_API int vt_evaluate_ratings(vt_rating_errors *out, const vt_model *model, const vt_snapshot *snapshot,
                               const vt_split *split, const vt_protocol *protocol, vt_error *err);

/**
 * The same into `evaluation->ratings`, with intervals. A model that predicts no ratings and a part that has none leave
 * it as it is.
 */
VT_API int vt_evaluation_add_ratings(vt_evaluation *evaluation, const vt_model *model, const vt_snapshot *snapshot,
                                     const vt_split *split, const vt_protocol *protocol, vt_error *err);

/** What a validation reads; borrowed, and as long-lived as the fit. */
typedef struct vt_validation_part {
    const vt_snapshot *snapshot;
    const vt_split *split;
    vt_protocol protocol;
} vt_validation_part;

/**
 * How a fit of that kind is validated between its epochs (vt_fit_options.validation) on the split's validation part:
 * RMSE for kinds that rate, else NDCG@10. `part` is filled and read by the fit. False when the kind has no epochs or
 * the split no validation events: then the fit runs all its epochs.
 */
VT_API bool vt_validation_init(vt_validation *out, vt_validation_part *part, const char *kind,
                               const vt_snapshot *snapshot, const vt_split *split, const vt_protocol *protocol);

/**
 * Fits a model on the split's training part and evaluates it. `fit_seconds` is filled, `fit->trained_on` is set, and so
 * is `fit->validation` where the split has validation events and the kind has epochs.
 */
VT_API int vt_evaluate_model(vt_evaluation *out, const char *kind, const vt_fit_options *fit,
                             const vt_snapshot *snapshot, const vt_split *split, const vt_protocol *protocol,
                             vt_error *err);

/**
 * Fits and evaluates once a fold of `spec` (kfold, rolling) and joins the results with vt_evaluation_join(). `inner` as
 * in vt_split_create().
 */
VT_API int vt_evaluate_folds(vt_evaluation *out, const char *kind, const vt_fit_options *fit,
                             const vt_snapshot *snapshot, const vt_split_spec *spec, uint64_t seed, bool inner,
                             const vt_protocol *protocol, vt_error *err);

/**
 * Joins evaluations of the folds of one split: a user's value is the mean over the folds that evaluated the user,
 * figures are means over users with new intervals; coverage, novelty, Gini, popularity, RMSE and MAE are means over
 * folds.
 * Counts and seconds are sums, `candidates` is the largest. VT_ERR_USAGE when cutoffs differ. The folds stay the
 * caller's.
 */
VT_API int vt_evaluation_join(vt_evaluation *out, const vt_evaluation *folds, size_t n, const vt_protocol *protocol,
                              vt_error *err);

/** What was dropped from lists of another program. */
typedef struct vt_lists_counts {
    int64_t lines;     /**< of the file */
    int64_t strangers; /**< lines of users that the shop does not know */
    int64_t missing;   /**< evaluated users without a line: their lists are empty */
    int64_t padding;   /**< "-1" in place of an item */
    int64_t repeated;  /**< items that stood in the list already */
    int64_t seen;      /**< items of the user's history */
    int64_t foreign;   /**< items that are no candidates */
} vt_lists_counts;

/**
 * Evaluates lists of another program, from a file of lines "user item item ...", best first, plain or packed. What
 * cannot stand in a fair list is dropped and counted, so that padding earns nothing. VT_ERR_FORMAT with the line: an
 * item that the shop does not have, a user twice; VT_ERR_NOT_FOUND: no evaluated user has a line; VT_ERR_UNSUPPORTED
 * for state live.
 */
VT_API int vt_evaluate_lists(vt_evaluation *out, vt_lists_counts *counts, const char *path, const vt_snapshot *snapshot,
                             const vt_split *split, const vt_protocol *protocol, vt_error *err);

/** Lists in memory: list i is items ptr[i] to ptr[i + 1], best first. Numbers are those of the snapshot. */
typedef struct vt_given_lists {
    size_t n;
    const int32_t *user; /**< (n) each once; -1: a user that the snapshot does not know */
    const int64_t *ptr;  /**< (n + 1) */
    const int32_t *item; /**< -1: in place of an item */
} vt_given_lists;

/** The same for lists in memory, called `name` in messages. VT_ERR_USAGE: a number that cannot be, a user twice. */
VT_API int vt_evaluate_given(vt_evaluation *out, vt_lists_counts *counts, const vt_given_lists *given, const char *name,
                             const vt_snapshot *snapshot, const vt_split *split, const vt_protocol *protocol,
                             vt_error *err);

/** A figure minus that of the baseline, with a 95 % interval and the p-value of "there is no difference". */
typedef struct vt_difference {
    vt_figure value;
    double p;
} vt_difference;

/** Differences of all per-user metrics (NaN for the others) and of errors of ratings. */
typedef struct vt_comparison {
    vt_difference metric[VT_CUTOFFS_MAX][VT_METRICS];
    bool rated; /**< both predict ratings: */
    vt_difference rmse;
    vt_difference mae;
} vt_comparison;

/**
 * Paired bootstrap test of two evaluations of one protocol: users are drawn, and both are evaluated on the same ones.
 * Resamples, seed and threads are the protocol's. VT_ERR_USAGE when users or cutoffs differ.
 */
VT_API int vt_evaluation_compare(vt_comparison *out, const vt_evaluation *evaluation, const vt_evaluation *baseline,
                                 const vt_protocol *protocol, vt_error *err);

/** Differences of one slice. */
typedef struct vt_slice_comparison {
    vt_difference metric[VT_CUTOFFS_MAX][VT_SLICE_METRICS];
} vt_slice_comparison;

/** The same test for a slice of an evaluation and that slice of the baseline's. VT_ERR_USAGE when users differ. */
VT_API int vt_slice_compare(vt_slice_comparison *out, const vt_slice *slice, const vt_slice *baseline,
                            const vt_protocol *protocol, vt_error *err);

#define VT_TRAINED_ON_BYTES 128

/** What vt_fit_options.trained_on says of a model fitted on the training part of `split`: "ratio:0.75 seed=42". */
VT_API void vt_evaluation_trained_on(char out[VT_TRAINED_ON_BYTES], const vt_split *split);

/**
 * VT_OK when `model` was fitted on this snapshot and the training part of this split, so that it may be evaluated on
 * the rest with vt_evaluate() and vt_rank_model(). VT_ERR_UNSUPPORTED says what does not fit.
 */
VT_API int vt_evaluation_accepts(const vt_model *model, const vt_snapshot *snapshot, const vt_split *split,
                                 vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
