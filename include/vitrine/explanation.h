/**
 * Explanations: the score of an item for a user taken apart into named numbers whose sum it is. Legend of shapes: P
 * parts of a score, N events of the history, T attribute tokens of an item, L layers and H heads of attention.
 */
#ifndef VITRINE_EXPLANATION_H
#define VITRINE_EXPLANATION_H

#include "vitrine/model.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a part of a score comes from. */
typedef enum vt_reason_kind {
    VT_REASON_MODALITY, /**< one side of the item, weighed by how well it fits the user: words, photo, identity ... */
    VT_REASON_RELATION, /**< how the item goes with past events: bought together, alike, of one brand or category */
    VT_REASON_SALES,    /**< how the item sells as of the moment */
    VT_REASON_SEASON,   /**< the time of the year, for the item's category */
    VT_REASON_BIAS,     /**< what the item gets from everybody */
    VT_REASON_MODEL,    /**< another model's score, weighed */
    VT_REASON_KINDS
} vt_reason_kind;

/** "modality", "relation", ...; NULL for a number that is no kind. Static storage. */
VT_API const char *vt_reason_kind_name(int kind);

/** One summand of a score. */
typedef struct vt_score_part {
    vt_reason_kind kind;
    char name[64];          /**< for machines: "text", "together", "sold_7_days", unique within a score */
    double value;           /**< what it adds to the score */
    double share;           /**< of a modality: how much of the item it is, 0 to 1, sum 1 over them; NaN for others */
    const double *by_event; /**< (N) what each event brings, sum is `value`; NULL where that cannot be told exactly */
} vt_score_part;

/** What one attribute of an item brings; the sum over them is the part "attributes". */
typedef struct vt_token_part {
    const char *name; /**< "brand=Hillmist", "category=Tea > Green", "price_band=10", "colour=red" */
    double value;
} vt_token_part;

/** The score of one item for one user, taken apart. */
typedef struct vt_explanation {
    double score;               /**< sum of the parts: that of vt_model_score(), to 1e-4 or, above 100, to 1e-6 of it */
    const vt_score_part *parts; /**< (P); none where the model has no evidence and the score is -INFINITY */
    size_t n_parts;
    const vt_token_part *tokens; /**< (T) of the part "attributes" */
    size_t n_tokens;
    size_t n_events;        /**< N, as in the state that was given */
    size_t layers, heads;   /**< L, H; 0 for models without attention */
    const float *attention; /**< (L, H, 1 + N) of the question over the start (nobody) and the events; rows sum to 1 */
    const double *attended; /**< (N) mean of these over layers and heads; NULL without attention */
    struct vt_arena *storage; /**< private */
} vt_explanation;

/**
 * Explains the scores of `n` items for one state into `out` (n). `items` are the model's dense ids. VT_ERR_UNSUPPORTED
 * for kinds without VT_MODEL_EXPLAINS. Each is ended with vt_explanation_done(). Thread-safe. Costs about what scoring
 * the state once does, for all items together.
 */
VT_API int vt_model_explain(vt_explanation *out, const vt_model *model, const vt_user_state *state,
                            const int32_t *items, size_t n, vt_error *err);

/** Frees what an explanation holds; NULL is allowed. */
VT_API void vt_explanation_done(vt_explanation *explanation);

/** The part of that name, NULL when there is none. */
VT_API const vt_score_part *vt_explanation_part(const vt_explanation *explanation, const char *name);

/** What event number `event` brings through all parts that tell it by event. */
VT_API double vt_explanation_of_event(const vt_explanation *explanation, size_t event);

#ifdef __cplusplus
}
#endif

#endif
