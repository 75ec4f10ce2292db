/**
 * The records of a shop as they cross its border: items, users, events, links. Texts are borrowed for the call.
 *
 * Money is integer minor units of the record's currency; time is UTC seconds since 1970.
 */
#ifndef VITRINE_RECORD_H
#define VITRINE_RECORD_H

#include <stdint.h>

#include "vitrine/error.h"
#include "vitrine/str.h"

#ifdef __cplusplus
extern "C" {
#endif

#define VT_NONE INT64_MIN /**< "not given" for money, time, stock and quantity */

/** What happened. The values are stored: never renumber. */
typedef enum vt_event_kind {
    VT_EVENT_VIEW = 0,
    VT_EVENT_CART = 1,
    VT_EVENT_PURCHASE = 2,
    VT_EVENT_RETURN = 3,
    VT_EVENT_RATING = 4,
    VT_EVENT_LIKE = 5,
    VT_EVENT_DISLIKE = 6,
    VT_EVENT_IMPRESSION = 7,
    VT_EVENT_CLICK = 8,
    VT_EVENT_KINDS = 9
} vt_event_kind;

/** The part of a published split that an event belongs to, or the label a split gives it. Stored: never renumber. */
typedef enum vt_part {
    VT_PART_NONE = 0,
    VT_PART_TRAIN = 1,
    VT_PART_VALID = 2,
    VT_PART_TEST = 3,
    VT_PART_HISTORY = 4 /**< stands in a user's history when evaluated, but is never fitted */
} vt_part;

/** What became of an order line. Stored: never renumber. */
typedef enum vt_line_state {
    VT_LINE_SOLD = 0,
    VT_LINE_CANCELLED = 1, /**< counts nothing */
    VT_LINE_RETURNED = 2,  /**< all of it came back */
    VT_LINE_STATES = 3
} vt_line_state;

/** Digits of the minor unit of an ISO 4217 code: 2 for EUR, 0 for JPY; 2 when it is unknown. */
VT_API int vt_currency_digits(const char *currency);

/** "view", "cart", ...; NULL for a number that is no kind. Static storage. */
VT_API const char *vt_event_kind_name(int kind);

/** The kind of that name (exact, lower case), or -1. */
VT_API int vt_event_kind_find(vt_str name);

/**
 * Something that happened. `item` and one of `user` and `session` are required. An event is stored at most once. A
 * purchase or return with an order is a line of it: the same one when kind, order and `line` are the same, and without
 * a `line` and an `id` when kind, order, item and `occurrence` are. Of other events the `id` says which one it is, and
 * without one all that they hold, with `occurrence`.
 */
typedef struct vt_event {
    vt_str id; /**< client-made */
    vt_str user;
    vt_str session;
    vt_str item;
    vt_str order_id;
    vt_str line;      /**< of a purchase or return: number of the line inside its order */
    vt_str title;     /**< of a review */
    vt_str body;      /**< of a review */
    vt_str placement; /**< where it was shown */
    vt_str model;     /**< by which model */
    vt_str request;   /**< in answer to which request */
    vt_str currency;  /**< ISO 4217; not given: the shop's */
    int64_t time;     /**< VT_NONE: only the order is known */
    int64_t quantity; /**< VT_NONE: 1 for purchases and returns */
    int64_t unit_price;
    int64_t discount; /**< of the whole line, minor units */
    int64_t refunded; /**< given back of the whole line, minor units */
    double value;     /**< a rating; NaN when there is none */
    vt_event_kind kind;
    vt_part part;
    vt_line_state state; /**< of a purchase or return */
    int32_t occurrence;  /**< 0 for the first event of its kind in a source, 1 for the next, ... */
} vt_event;

/** A product. Only `id` is required; what is not given leaves the stored value as it is, unless `whole` is set. */
typedef struct vt_item {
    vt_str id;
    vt_str title;
    vt_str description;
    vt_str brand;
    vt_str category;      /**< path from general to special, levels joined by " > " */
    vt_str attributes;    /**< free attributes: one JSON object */
    vt_str currency;      /**< ISO 4217; not given: the shop's */
    const vt_str *images; /**< paths inside the shop, absolute paths or URLs, in order */
    size_t n_images;      /**< 0: images not given */
    int64_t price;
    int64_t cost;
    int64_t stock;           /**< pieces; VT_NONE: not tracked */
    int64_t available_from;  /**< first second on sale; VT_NONE: always */
    int64_t available_until; /**< first second no longer on sale; VT_NONE: for ever */
    int64_t as_of;           /**< when price and stock took effect; VT_NONE: now */
    bool whole;     /**< what is not given is cleared; price, cost and stock are then unknown from `as_of` on */
    bool untracked; /**< with a stock of VT_NONE: nobody counts it any longer, such as of goods on backorder */
} vt_item;

/** A customer. Only `id` is required; what is not given leaves the stored value as it is, unless `whole` is set. */
typedef struct vt_user {
    vt_str id;
    vt_str age_band; /**< such as "25-34" */
    vt_str segment;
    vt_str region;
    vt_str tier;       /**< "premium" marks a premium customer */
    vt_str attributes; /**< free attributes: one JSON object */
    bool whole;        /**< what is not given is cleared */
} vt_user;

/** A directed link between two users ("follows") or two items ("also_buy"). */
typedef struct vt_link {
    vt_str from;
    vt_str to; /**< need not exist (yet) */
    vt_str kind;
    double weight; /**< 1 when not given */
} vt_link;

/** One number that a fitted model gives to something, for reports; docs/formats/weights.md lists the topics. */
typedef struct vt_weight {
    vt_str topic; /**< "modality", "season", "attention" */
    vt_str place; /**< of what: a category, a head of attention; "" for all together */
    vt_str name;  /**< "text"; "07" for July; "03" for the third event back */
    double value;
    int64_t n; /**< items or users behind it */
} vt_weight;

/** VT_OK to go on; anything else ends it, and is what the call then gives. */
typedef int (*vt_weight_each)(void *context, const vt_weight *weight);

/** Records in which nothing is given. */
VT_API void vt_event_init(vt_event *event);
VT_API void vt_item_init(vt_item *item);
VT_API void vt_user_init(vt_user *user);
VT_API void vt_link_init(vt_link *link);

#ifdef __cplusplus
}
#endif

#endif
