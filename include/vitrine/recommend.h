/** Recommendation: candidates, scores, filters and rules over a shop as it stands now. */
#ifndef VITRINE_RECOMMEND_H
#define VITRINE_RECOMMEND_H

#include "vitrine/explanation.h"
#include "vitrine/recommender.h"
#include "vitrine/rules.h"

#ifdef __cplusplus
extern "C" {
#endif

/** An event that is given with a request, as if the shop had been told it. Init with vt_given_event_init(). */
typedef struct vt_given_event {
    const char *item; /**< the shop's id */
    int64_t time;     /**< VT_NONE, the default: now */
    int kind;         /**< vt_event_kind; -1, the default: one that the model counts, a purchase if it can be */
    double value;     /**< of a rating, NaN without */
} vt_given_event;

VT_API void vt_given_event_init(vt_given_event *event);

/**
 * A kind of event and a value (NaN without) that a positive rule counts, a purchase where it can be. VT_ERR_UNSUPPORTED
 * where it counts none.
 */
VT_API int vt_event_counted(vt_event_kind *kind, double *value, const char *rule, vt_error *err);

/** What is asked. Init with vt_request_init(): 10 items, seen and unavailable ones left out. */
typedef struct vt_request {
    size_t size;          /**< set by vt_request_init() */
    const char *user;     /**< the shop's id; NULL when `item` is given, or for a visitor who is `events` alone */
    const char *item;     /**< similar to this one */
    int32_t n;            /**< 1 to 1,000 */
    const char *category; /**< a path or the beginning of one, whole levels; NULL for all */
    const char *brand;    /**< exact, letters of any case; NULL for all */
    int64_t price_min;    /**< minor units, VT_NONE for none */
    int64_t price_max;
    bool keep_seen;                /**< also what the user purchased or rated */
    bool keep_unavailable;         /**< also what is out of stock or not on sale at `now` */
    int64_t now;                   /**< UTC seconds; VT_NONE: the clock */
    const vt_rules *rules;         /**< NULL: the shop's; similar items know none */
    const char *const *fewer_like; /**< ids of items the user dislikes besides those of dislike events */
    size_t n_fewer_like;
    const vt_given_event *events; /**< added to the user's; in any order, they are sorted by time */
    size_t n_events;
    bool visitor;   /**< of an unknown user, or of none at all, nothing is known yet: no error. Unknown items in
                         `events` and `fewer_like` are passed over */
    const char *id; /**< of the question, repeated in its answer as JSON, so that what was shown can be told later;
                         NULL: none */
    bool explain;   /**< with a reason for each item, and the parts of its score; a model must be able to */
} vt_request;

VT_SIZED_INIT(vt_request)

/**
 * Bounds of the price from "10:25", "10:" or ":9.99" in major units of `currency`. VT_ERR_USAGE says what is expected.
 */
VT_API int vt_request_price(vt_request *request, const char *text, const char *currency, vt_error *err);

/** One recommended item; texts live as long as the answer. */
typedef struct vt_recommendation {
    const char *item;
    const char *title; /**< "" when unknown */
    const char *category;
    const char *brand;
    int64_t price;      /**< minor units, VT_NONE when unknown */
    double score;       /**< of the source named beside it; comparable within one source only */
    const char *source; /**< kind of the model that put it here; "popularity" fills short lists, "likeness" (to the
                             history) finds new items that the model cannot score */
    const char *const *rules; /**< (n_rules) rules that moved it: "boost brand=Acme:1.2", "fewer like B00X", ... */
    size_t n_rules;
    double change;      /**< of its relevance by boosts and dislikes; the score stays as it was */
    const char *reason; /**< a sentence where the request asks to explain, else NULL */
    int32_t rank;       /**< place by score alone, from 1; 0 when no rule acts */
} vt_recommendation;

/** An answer. */
typedef struct vt_answer {
    vt_recommendation *items;
    size_t n;
    int64_t history;    /**< events of the user that were used */
    int64_t candidates; /**< items that passed the filters */
    int64_t ignored;    /**< given events that the model does not count */
    char currency[4];
    char rules[1024];             /**< rules in force, as vt_rules_text() has them; "" where none is asked about */
    char degraded[1100];          /**< "" or why the answer is less than was asked for */
    vt_explanation *explanations; /**< (n) where the request asks to explain, else NULL; those of rows that are not the
                                       model's have no parts */
    struct vt_arena *storage;     /**< private */
} vt_answer;

/**
 * Recommends for `request->user`, for a visitor with `request->events`, or for the user with these events besides:
 * scores, then rules (docs/recommend.md). VT_ERR_NOT_FOUND for an unknown user, or an unknown item of an event or in
 * `fewer_like`; one with no history gets what is popular. Without a model, or with one that fails, what is popular
 * answers, and `degraded` says why. Any thread. Costs the model's scoring and O(I).
 */
VT_API int vt_recommend(vt_answer *out, vt_recommender *recommender, const vt_request *request, vt_error *err);

/**
 * Items similar to `request->item`: by the model, when it knows the item and has something to go by. One that is new to
 * it, or that nobody bought (where the model goes by that), is compared by the vectors of texts and photos, without
 * them by category, brand and price; so are all without a model. `degraded` says so, and `source` is "text", "image",
 * "text+image" or "attributes". VT_ERR_UNSUPPORTED for kinds of models that cannot say. Any thread.
 */
VT_API int vt_similar(vt_answer *out, vt_recommender *recommender, const vt_request *request, vt_error *err);

/** Why an item goes with another. Orders are those of two items or more. */
typedef struct vt_evidence {
    int64_t orders;     /**< that hold the item */
    int64_t together;   /**< that hold both */
    double expected;    /**< of them by chance */
    double lift;        /**< how many times as often as chance, shrunk towards that of the two categories */
    double substitutes; /**< taken off the score because one is bought in place of the other */
} vt_evidence;

/** What goes with an item. Free with vt_complements_done(). */
typedef struct vt_complements {
    vt_answer
        answer; /**< `source`: "orders" when the two were bought together, "categories" when those of theirs were */
    vt_evidence *evidence; /**< (answer.n) as the rows */
    int64_t orders;        /**< orders of two items or more */
    int64_t with_item;     /**< that hold the item asked about */
} vt_complements;

/**
 * Items that are bought with `request->item`, not in its place: score = log(lift) - substitutes, above 0 (definition:
 * docs/recommend.md), by what was bought together and, where that is little, by the categories of the two. `days`:
 * purchases without an order id by one user within so many days are one order, 0 to 365. Needs no model. Orders and
 * visits are indexed at the first question, and anew when a hundredth part of the events came since; others cost the
 * baskets of the item and O(I). VT_ERR_NOT_FOUND for an unknown item. Any thread.
 */
VT_API int vt_complement(vt_complements *out, vt_recommender *recommender, const vt_request *request, int32_t days,
                         vt_error *err);
/**
 * What completes a cart of `n` items (1 to 50): the complements of each, their scores summed; items of the cart are not
 * among them. `request->item` does not count; with `request->visitor` unknown items are passed over. The evidence of a
 * row is that of the item of the cart that it goes with best. Costs vt_complement() for each item. Any thread.
 */
VT_API int vt_complete_cart(vt_complements *out, vt_recommender *recommender, const vt_request *request,
                            const char *const *items, size_t n, int32_t days, vt_error *err);

VT_API void vt_complements_done(vt_complements *complements);

struct vt_lister; /* evaluation.h */

/**
 * Makes the lists that a shop shows, for an evaluation: rules, caps, diversity and filling up over the scores of any
 * model whose items are those of `items`. Candidates and what users have come from the protocol: stock, times of sale,
 * dislikes and replenishing, which are of today, do not act, nor do merchandisers' rules with dates, a segment or a
 * page. Its name is "pipeline(...)" with the rules. `shop` is the folder with the vectors. `rules` and `items` outlive
 * it; vt_shop_lister_close() frees it.
 */
VT_API int vt_shop_lister_open(const struct vt_lister **out, const char *shop, const vt_rules *rules,
                               const vt_snapshot *items, vt_error *err);
VT_API void vt_shop_lister_close(const struct vt_lister *lister);

/** Frees what the answer holds; NULL is allowed. */
VT_API void vt_answer_done(vt_answer *answer);

/**
 * Lets the items of the shop that came after `model` was fitted take part, where its kind can (VT_MODEL_GROWS);
 * `*added` is how many. Vectors as for vt_model_add_items(). Reads the store once, O(items).
 */
VT_API int vt_model_follow_shop(int64_t *added, vt_model *model, vt_shop *shop, const struct vt_item_vectors *text,
                                const struct vt_item_vectors *image, int threads, vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
