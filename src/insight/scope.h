/*
 * What a question about a shop is about: one view, a period, what it is compared with, and filters. Made once a
 * question; all figures of an answer come from one scope. Legend: U users, I items.
 */
#ifndef VT_INSIGHT_SCOPE_H
#define VT_INSIGHT_SCOPE_H

#include "insight/document.h"
#include "insight/period.h"
#include "live/memo.h"
#include "live/timeline.h"

/** Customers by what they are to a period; each is one of these. */
typedef enum vt_customer_kind {
    VT_CUSTOMER_NEW,       /**< the first order is inside the period */
    VT_CUSTOMER_RETURNING, /**< there is an order before it */
    VT_CUSTOMER_PREMIUM, /**< of tier "premium"; where the shop tells no tiers, the tenth with most revenue in a year */
    VT_CUSTOMER_GUEST,   /**< not known by name */
    VT_CUSTOMER_KINDS
} vt_customer_kind;

/** "new", "returning", "premium", "guests"; static storage. */
const char *vt_customer_kind_name(vt_customer_kind kind);

typedef struct vt_scope {
    const vt_view *view;   /**< borrowed */
    const char *shop_path; /**< of the store, for what a view does not hold; borrowed; NULL: there is none */
    vt_zone *zone;
    int64_t now; /**< the end of the newest day with events where the clock is far from it */
    vt_period period, before;
    vt_compare compare;
    uint8_t *item_passes;          /**< (I) 1: passes the filters of category and brand; NULL: all do */
    uint8_t *user_passes;          /**< (U) 1: is of the segment; NULL: all are, and guests */
    vt_memo *told;                 /**< returns that events tell; held */
    vt_memo *premium;              /**< (U) 1: is a premium customer; held; NULL before vt_scope_find_premium() */
    int64_t price_low, price_high; /**< minor units, both inclusive; INT64_MIN and INT64_MAX without a filter */
    int customers;                 /**< vt_customer_kind, -1: all */
    bool stale;                    /**< `now` is the end of the data, not of the clock */
} vt_scope;

/**
 * Reads the options against a view, which the caller holds. Closed by vt_scope_close(). O(I), and what the filters of
 * customers and segments need: the lines of a year, those of all times.
 */
int vt_scope_open(vt_scope *out, const vt_view *view, const vt_insight_options *options, vt_error *err);
void vt_scope_close(vt_scope *scope);

/**
 * Finds who is premium, before anything is grouped by kinds of customers. O(U + lines of a year) once for a view and a
 * last day, O(1) for the next question.
 */
int vt_scope_find_premium(vt_scope *scope, vt_error *err);

/** The same view without filters: what figures of all customers and all goods are counted from. Owns nothing. */
vt_scope vt_scope_unfiltered(const vt_scope *scope);

/** The time of the first order line that counts, VT_NONE without. O(tail). */
int64_t vt_scope_first_time(const vt_view *view);

/** From the day of the first order line up to the end of the period. O(tail). */
vt_period vt_scope_always(const vt_scope *scope);

/** Lines of a span of time as vt_lines_begin() has them, for sums that count each return once. */
static inline void vt_scope_lines_begin(vt_lines *lines, const vt_scope *scope, int64_t from, int64_t until)
{
    vt_lines_begin(lines, scope->view, from, until);
    lines->told = scope->told;
}

/** Whether there is a compared period. */
static inline bool vt_scope_compares(const vt_scope *scope)
{
    return scope->before.first <= scope->before.last;
}

/** Whether any filter is set. */
bool vt_scope_filters(const vt_scope *scope);

/** What a user (-1: a guest) is to a period. O(1). */
vt_customer_kind vt_scope_customer(const vt_scope *scope, const vt_period *period, int32_t user);

/** Whether an item and a user (-1: a guest) pass the filters, price apart. */
static inline bool vt_scope_passes(const vt_scope *scope, const vt_period *period, int32_t item, int32_t user)
{
    return (scope->item_passes == NULL || scope->item_passes[item] != 0) &&
           (scope->user_passes == NULL || (user >= 0 && scope->user_passes[user] != 0)) &&
           (scope->customers < 0 || (int)vt_scope_customer(scope, period, user) == scope->customers);
}

/** The same of an order line, with its unit price (VT_NONE: none, which passes only where no price is asked for). */
static inline bool vt_scope_sells(const vt_scope *scope, const vt_period *period, int32_t item, int32_t user,
                                  int64_t price)
{
    bool fits = price != VT_NONE ? price >= scope->price_low && price <= scope->price_high
                                 : scope->price_low == INT64_MIN && scope->price_high == INT64_MAX;
    return fits && vt_scope_passes(scope, period, item, user);
}

/**
 * What a user is called in an answer: the id, or "customer 17" where the answer is masked. All that names a customer
 * in a sentence or a cell comes from here. Lives as long as both.
 */
vt_str vt_scope_user(vt_document *document, const vt_view *view, int32_t user);

/** Period, comparison, currency and time zone into an answer, with the notes that they need. */
void vt_scope_describe(vt_document *document, const vt_scope *scope);

#endif
