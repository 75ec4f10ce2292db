/**
 * Models: one interface behind which every recommender stands. Legend of shapes: U users, I items, S states.
 */
#ifndef VITRINE_MODEL_H
#define VITRINE_MODEL_H

#include "vitrine/progress.h"
#include "vitrine/split.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct vt_model vt_model;

/** What a kind of model can do beyond ranking. */
enum {
    VT_MODEL_SIMILAR = 1 << 0,       /**< vt_model_similar() */
    VT_MODEL_USER_VECTOR = 1 << 1,   /**< vt_model_user_vector() */
    VT_MODEL_NEEDS_VECTORS = 1 << 3, /**< reads the vectors of the items' texts or photos */
    VT_MODEL_RATES = 1 << 4,         /**< vt_model_predict(): made for ratings, chosen by RMSE */
    VT_MODEL_EPOCHS = 1 << 5,        /**< fitted in epochs: early stopping, checkpoints, resuming */
    VT_MODEL_USES_VECTORS = 1 << 6,  /**< reads them where its settings say so: vt_model_vectors() */
    VT_MODEL_ORDERED = 1 << 7,       /**< a history is a sequence: its order and its repeats count */
    VT_MODEL_EXPLAINS = 1 << 8,      /**< vt_model_explain(), see explanation.h */
    VT_MODEL_ANYONE = 1 << 9,        /**< knows what to say to someone without any event: by moment and attributes */
    VT_MODEL_GROWS = 1 << 10,        /**< vt_model_add_items() */
    VT_MODEL_WEIGHTS = 1 << 12,      /**< vt_model_weights() has something to say */
    VT_MODEL_PREDICTS = 1 << 13,     /**< vt_model_predict() too, where it was fitted for it; chosen by its ranking */
    VT_MODEL_STATISTICS = 1 << 14    /**< scores by how items sell as of the moment: reads `clock` of a state */
};

/** Vectors of items, as bits. */
typedef enum vt_vectors { VT_VECTORS_TEXT = 1, VT_VECTORS_IMAGE = 2 } vt_vectors;

typedef enum vt_param_type { VT_PARAM_INT, VT_PARAM_REAL, VT_PARAM_CHOICE, VT_PARAM_TEXT } vt_param_type;

/** One parameter of a kind of model: help, checks and the model file all read this row. */
typedef struct vt_param_spec {
    const char *name;
    vt_param_type type;
    double fallback;     /**< default; for a choice the index into `choices`; unused for a text */
    double min, max;     /**< inclusive range; unused for a choice and a text */
    const char *choices; /**< "cosine|bm25|tfidf|jaccard"; of a text the default; NULL for numbers */
    const char *unit;    /**< "days", "iterations"; "" without */
    const char *help;    /**< a phrase */
} vt_param_spec;

/** A named set of parameters, found on validation data of the named kind. */
typedef struct vt_preset {
    const char *name;
    const char *settings; /**< "k=20,shrink=5" */
    const char *help;
} vt_preset;

/** One kind of model. */
typedef struct vt_model_kind {
    const char *name;
    const char *summary; /**< a phrase */
    const char *source;  /**< paper and year */
    unsigned abilities;
    const vt_param_spec *params;
    size_t n_params;
    const vt_preset *presets;
    size_t n_presets;
} vt_model_kind;

/** The kinds of models, `*count` rows, in the order of the documentation. Static storage. */
VT_API const vt_model_kind *const *vt_model_kinds(size_t *count);

/** The kind of that name, NULL when there is none. */
VT_API const vt_model_kind *vt_model_kind_find(const char *name);

/** How a fit asks, between epochs, how good the model is on events that are held out. */
typedef struct vt_validation {
    const char *metric; /**< "NDCG@10", "RMSE" */
    int good;           /**< 1: higher is better, -1: lower */
    int (*evaluate)(void *context, const vt_model *model, double *value, vt_error *err);
    void *context;
} vt_validation;

/** How a fit in epochs went. */
typedef struct vt_fit_report {
    int epochs;   /**< that were run, those before resuming included; 0 for kinds without epochs */
    int best;     /**< the epoch that the model is of, from 1 */
    double loss;  /**< mean of the last epoch */
    double value; /**< of the validation metric in the best epoch; NaN without validation */
} vt_fit_report;

/** How a model is fitted. Init with vt_fit_options_init(). */
typedef struct vt_fit_options {
    size_t size;                 /**< set by vt_fit_options_init() */
    const char *preset;          /**< NULL: the kind's defaults */
    const char *const *settings; /**< "name=value", applied after the preset */
    size_t n_settings;
    uint64_t seed;                       /**< default 42 */
    int threads;                         /**< 0: all processors */
    const char *trained_on;              /**< protocol of the training part, "all" by default; kept in the file */
    const struct vt_item_vectors *text;  /**< of the shop's items (encoder.h), borrowed for the fit; NULL: none */
    const struct vt_item_vectors *image; /**< likewise */
    const struct vt_user_links *links;   /**< between the shop's users (links.h), borrowed likewise; NULL: none */
    const vt_validation *validation;     /**< kinds with epochs stop early by it; NULL: they run all their epochs */
    const char *checkpoint;              /**< where a stopped fit leaves its state, removed at the end; NULL: nowhere */
    bool resume;                         /**< go on from `checkpoint`, to the same bytes as without a stop */
    vt_fit_report *report;               /**< filled by kinds with epochs; NULL: nobody asks */
    const vt_progress *progress;
} vt_fit_options;

VT_SIZED_INIT(vt_fit_options)

/**
 * Every parameter that preset and settings of `options` lead to, "alpha=40,factors=64,...", into `out`. `snapshot`: the
 * data, without times of which a preset leaves out what needs them (windows, fading in fitting); NULL: not known yet.
 * VT_ERR_USAGE names a kind, preset or parameter that there is not, and the range of a wrong value.
 */
VT_API int vt_model_settings(char *out, size_t size, const char *kind, const vt_fit_options *options,
                             const vt_snapshot *snapshot, vt_error *err);

/**
 * Which vectors of items a fit of `kind` with these settings reads where there are any, bits of vt_vectors in `*out`;
 * a model file names the encoders of these alone. `settings` as vt_model_settings() writes them; what is not in them
 * has its default. VT_ERR_USAGE names a wrong parameter. experimental
 */
VT_API int vt_model_vectors(unsigned *out, const vt_model_kind *kind, const char *settings, vt_error *err);

/**
 * What vt_model_fit() would refuse of these data and options, said without fitting: VT_ERR_USAGE as above,
 * VT_ERR_UNSUPPORTED where data have no times, ratings, links or vectors that the kind with these settings needs. O(N).
 */
VT_API int vt_model_check(const char *kind, const vt_interactions *train, const vt_fit_options *options, vt_error *err);

/**
 * Fits a model of that kind, after the checks of vt_model_check(). The result needs neither the interactions nor the
 * snapshot. Same seed, data and parameters: same bytes, for any number of threads on one type of processor.
 * VT_ERR_USAGE names a wrong parameter and its range. The caller frees it.
 */
VT_API int vt_model_fit(vt_model **out, const char *kind, const vt_interactions *train, const vt_fit_options *options,
                        vt_error *err);

/** Writes a model file (safetensors) atomically. */
VT_API int vt_model_save(const vt_model *model, const char *path, vt_error *err);

/** Reads a model file; needs no training data. VT_ERR_CORRUPT, VT_ERR_VERSION, VT_ERR_FORMAT, VT_ERR_LIMIT. */
VT_API int vt_model_load(vt_model **out, const char *path, vt_error *err);

/**
 * VT_OK when the shop's vectors are of the encoders that `model` was fitted on, or it reads none; NULL: the shop has
 * none. VT_ERR_UNSUPPORTED names both hashes.
 */
VT_API int vt_model_check_vectors(const vt_model *model, const struct vt_item_vectors *text,
                                  const struct vt_item_vectors *image, vt_error *err);

/**
 * Lets items of a snapshot that the model does not know take part, by what they say, show and are; nothing is fitted.
 * Numbers of items change, what vt_model_describe() said before is void. `text` and `image`: vectors of the encoders
 * that it was fitted on; NULL: none. `*added` is how many are new. After a failure the model can only be freed.
 * VT_ERR_UNSUPPORTED for kinds without VT_MODEL_GROWS. Costs what loading the model costs.
 */
VT_API int vt_model_add_items(int64_t *added, vt_model *model, const struct vt_snapshot *items,
                              const struct vt_item_vectors *text, const struct vt_item_vectors *image, int threads,
                              vt_error *err);

/** Frees; NULL is allowed. */
VT_API void vt_model_free(vt_model *model);

/** What a model says of itself; borrowed from the model. */
typedef struct vt_model_info {
    const vt_model_kind *kind;
    const char *settings;   /**< "alpha=40,factors=64,...": every parameter, in the kind's order */
    const char *snapshot;   /**< hash of the snapshot */
    const char *trained_on; /**< "all", or the protocol of the training part */
    const char *positive;   /**< the positive rule of the data: what counts in a user's history */
    uint64_t seed;
    int32_t n_users; /**< U, known at fitting */
    int32_t n_items; /**< I */
    int64_t n_interactions;
    int64_t until;            /**< newest time of them and of signals, UTC seconds; VT_NONE: data without times,
                                   or the file does not say */
    const vt_fit_report *fit; /**< how it was fitted; NULL for kinds without epochs, or when the file does not say */
    const char *validation;   /**< the metric of fit->value; NULL without */
    vt_ids users;             /**< the shop's ids, sorted */
    vt_ids items;
    const int64_t *item_count; /**< (I) interactions at fitting: plain popularity */
    unsigned signals;          /**< kinds of signals (split.h) that it hears, bits 1 << vt_event_kind */
    unsigned vectors;          /**< what it was fitted on the vectors of, bits 1 << vt_encoder_kind; 0: none */
} vt_model_info;

VT_API void vt_model_describe(const vt_model *model, vt_model_info *info);

/** A part of the score of a model that weighs parts: what it is, and how much it usually brings. */
typedef struct vt_model_term {
    char name[64]; /**< "ease", "sold_30_days" */
    double value;  /**< weight times the root mean square of what is weighed */
} vt_model_term;

/** Term number `at`, from 0; false past the last one, and for kinds that weigh nothing. */
VT_API bool vt_model_term_at(vt_model_term *out, const vt_model *model, size_t at);

/**
 * Calls `each` for what the model weighs by category: the mean share of each modality over its items, and what the
 * season adds in the middle of each month, less the mean over all items, since only differences act. Nothing for kinds
 * that weigh nothing so. O(I).
 */
VT_API int vt_model_weights(const vt_model *model, vt_weight_each each, void *context, vt_error *err);

/** Times at which each item was bought, so that statistics can be taken as of a moment. Ascending per item. */
typedef struct vt_item_times {
    int32_t n_items;
    const int64_t *ptr;  /**< (I + 1) */
    const int64_t *time; /**< events of item i: ptr[i] to ptr[i + 1] */
} vt_item_times;

/** What is known of a user when asked. Arrays are borrowed, of length n, in time order; items are the model's. */
typedef struct vt_user_state {
    int32_t user; /**< dense id at fitting, -1 for a stranger */
    size_t n;
    const int32_t *item;
    const int64_t *time;        /**< NULL when unknown */
    const float *value;         /**< NULL when unknown */
    const uint8_t *kind;        /**< NULL when unknown */
    int64_t now;                /**< moment of the question; VT_NONE: after everything */
    const vt_item_times *known; /**< item events known at `now` or later, instead of those at fitting; NULL: those */
    /**
     * Statistics of items as a shop knows them now, in the model's numbers, instead of those at fitting; NULL: those.
     */
    const struct vt_item_clock *clock;
    bool as_fitted; /**< the history is the one the model was fitted on: stored user vectors may be used */
    /** What else the user did (split.h), of which n and the arrays count; NULL: nothing. */
    const struct vt_user_state *signals;
} vt_user_state;

/**
 * Scores every item for `n_states` states into `scores` (S, I) row-major: higher is better, -INFINITY where the model
 * has no evidence at all. Thread-safe; single-threaded inside. Cost as the kind's documentation says.
 */
VT_API int vt_model_score(const vt_model *model, const vt_user_state *states, size_t n_states, float *scores,
                          vt_error *err);

/**
 * Predicted ratings of `n` items, on the scale of the data, into `ratings` (n); never NaN. VT_ERR_UNSUPPORTED for kinds
 * without VT_MODEL_RATES, and for models with VT_MODEL_PREDICTS that were fitted to rank alone.
 */
VT_API int vt_model_predict(const vt_model *model, const vt_user_state *state, const int32_t *items, size_t n,
                            float *ratings, vt_error *err);

/** Similarity of every item to `item` into `scores` (I), -INFINITY for itself and where there is none. */
VT_API int vt_model_similar(const vt_model *model, int32_t item, float *scores, vt_error *err);

/** The user's vector; `*vector` (n) is the caller's, freed with vt_model_vector_free(). */
VT_API int vt_model_user_vector(float **vector, size_t *n, const vt_model *model, const vt_user_state *state,
                                vt_error *err);
VT_API void vt_model_vector_free(float *vector);

#ifdef __cplusplus
}
#endif

#endif
