/**
 * Why an item stands where it stands for one user of a shop: the parts of its score, what each past event does, what
 * the items above it have more of, and what would change its place. Legend of shapes: N events of the history.
 */
#ifndef VITRINE_WHY_H
#define VITRINE_WHY_H

#include "vitrine/explanation.h"
#include "vitrine/recommend.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Newest events that are left out one by one; older ones are not. */
#define VT_WHY_EVENTS_MAX 100

/** A past event and what it does for the item. */
typedef struct vt_why_event {
    const char *item;
    const char *title; /**< "" when unknown */
    int64_t time;      /**< VT_NONE without */
    int kind;          /**< vt_event_kind */
    double value;      /**< of a rating, NaN without */
    double relations;  /**< what it brings through the parts that are told by event, NaN where there are none */
    double attention;  /**< mean over layers and heads, NaN without */
    double difference; /**< the score less that without this event, exact; NaN where it was not left out, INFINITY
                            where the model has no evidence without it */
    int32_t rank;      /**< of the item without this event; 0 where it was not left out or then has no score */
} vt_why_event;

/** A part in which another item differs. */
typedef struct vt_why_gap {
    vt_reason_kind kind;
    const char *name;
    double own;
    double other;
} vt_why_gap;

/** Another item. */
typedef struct vt_why_item {
    const char *item; /**< NULL: there is none */
    const char *title;
    double score;
    int32_t rank;
} vt_why_item;

/** The answer. Texts live as long as it does. */
typedef struct vt_why {
    const char *item;
    const char *title;
    const char *category;
    const char *brand;
    const char *model;          /**< kind of the model */
    const char *sentence;       /**< for a person; all it says is in the numbers */
    const char *barred;         /**< "" or why the item is not recommended: "you have it", "the filters leave it out" */
    double score;               /**< of vt_model_score(); -INFINITY: the model has no evidence */
    double rating;              /**< that the user would give, by a model that predicts it; NaN by others */
    int32_t rank;               /**< by score among what may be recommended, from 1, before rules; 0 without a score */
    int32_t listed;             /**< place in the list that the shop shows, after rules; 0: not in its first 100 */
    int64_t ignored;            /**< given events that the model does not count */
    int32_t candidates;         /**< what may be recommended, this item besides */
    vt_explanation explanation; /**< no parts where the kind of model cannot take scores apart */
    vt_why_event *events;       /**< in the order of the explanation: positive events, then signals (split.h) */
    const size_t *newest;       /**< (n_events) numbers of the events, the newest first */
    size_t n_events;
    vt_why_item above;      /**< ten places higher, or the first; its score is of the same question */
    const vt_why_gap *gaps; /**< parts in which that item wins, largest first */
    size_t n_gaps;
    int64_t lifted_without; /**< the event whose absence lifts the item most, -1: none lifts it */
    vt_why_item next;       /**< the item on which an event now would lift this one most, with the rank it would have */
    int32_t tried;          /**< how many items were tried for that: what is recommended first, and what is similar */
    struct vt_arena *storage; /**< private */
} vt_why;

/**
 * Explains `request->item` for `request->user`, or for the visitor or the user with `request->events`. Filters of the
 * request say what may be recommended; what the user has may not, unless keep_seen. Errors are those of vt_recommend()
 * for users, items and events. Costs one scoring for each of at most VT_WHY_EVENTS_MAX events and 25 items. The caller
 * ends it.
 */
VT_API int vt_explain(vt_why *out, vt_recommender *recommender, const vt_request *request, vt_error *err);

/** Frees what the answer holds; NULL is allowed. */
VT_API void vt_why_done(vt_why *why);

#ifdef __cplusplus
}
#endif

#endif
