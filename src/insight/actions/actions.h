/*
 * Actions: what is worth doing, each with its reason, what it may bring in a month with an interval, and what it
 * concerns. One file finds the actions of one kind; actions.c has the table of kinds and makes one list of them.
 * Effects that concern the same goods are not added: of those the greatest stays. Legend: I items.
 */
#ifndef VT_INSIGHT_ACTIONS_ACTIONS_H
#define VT_INSIGHT_ACTIONS_ACTIONS_H

#include "insight/kind.h"
#include "insight/sales.h"

enum { VT_ACTION_DAYS = 90, VT_ACTION_MONTH = 30, VT_ACTION_NAME = 72 };

/** Rows of the table in actions.c. */
typedef enum vt_action_kind {
    VT_ACTION_REORDER,
    VT_ACTION_REPRICE,
    VT_ACTION_PROMOTE,
    VT_ACTION_BUNDLE,
    VT_ACTION_WIN_BACK,
    VT_ACTION_CLEAR,
    VT_ACTION_FIX_DATA,
    VT_ACTION_KINDS
} vt_action_kind;

typedef struct vt_action {
    vt_action_kind kind;
    int32_t item, other;     /**< goods that it concerns, -1: none, or more than two */
    char what[200];          /**< as a person would say it: "Order 12 of Green tea" */
    char reason[400];        /**< sentences; assumptions among them */
    double money, low, high; /**< a month, minor units, with the interval; NaN where it cannot be said */
    double evidence;         /**< pieces, views, orders or customers behind it */
    double quantity;         /**< pieces to order, NaN: it is no order */
    double price;            /**< to try, minor units, NaN: it is no price */
} vt_action;

/** A customer to write to. */
typedef struct vt_write_to {
    double revenue;       /**< of all times */
    int64_t orders, last; /**< and the time of the last one */
    int32_t user;
} vt_write_to;

/** What actions are found from, and those that were found. Init with zeroes, done with vt_actions_done(). */
typedef struct vt_actions {
    const vt_scope *scope; /**< without filters */
    const vt_insight_options *options;
    vt_sums *sold;  /**< (I) of the last VT_ACTION_DAYS days */
    int32_t *views; /**< (I) likewise */
    double days;    /**< that these are of */
    uint8_t *taken; /**< (I) 1: an action of money that is kept concerns the item */
    vt_action *row; /**< (n) */
    size_t n, capacity;
    vt_write_to *write_to; /**< (n_write_to) customers to win back, by revenue */
    size_t n_write_to;
} vt_actions;

void vt_actions_done(vt_actions *actions);

/** A new action without money, NULL when there is no memory for it. Valid until the next one is added. */
vt_action *vt_actions_add(vt_actions *actions, vt_action_kind kind, int32_t item, vt_error *err);

/** What one piece brings: margin where the cost is known, else the price paid. Minor units, NaN without sales. */
double vt_actions_worth(const vt_sums *sums);

/** The title of an item for a sentence, its id without; cut behind a word where it is long. */
void vt_actions_name(char out[VT_ACTION_NAME], const vt_actions *actions, int32_t item);

/**
 * Sorts by money, drops what brings none, and keeps of actions with money that share goods the greatest alone, whose
 * goods are `taken`. Where effects are equal the order of the kinds decides.
 */
void vt_actions_keep(vt_actions *actions);

/** Each adds the actions of one kind; those without money are found after vt_actions_keep(), without taken goods. */
int vt_actions_find_reorder(vt_actions *actions, vt_error *err);
int vt_actions_find_reprice(vt_actions *actions, vt_error *err);
int vt_actions_find_promote(vt_actions *actions, vt_error *err);
int vt_actions_find_bundle(vt_actions *actions, vt_error *err);
int vt_actions_find_win_back(vt_actions *actions, vt_error *err);
int vt_actions_find_clear(vt_actions *actions, vt_error *err);
int vt_actions_find_fix_data(vt_actions *actions, vt_error *err);

/** Whom to write to and what to offer: a table of `rows` customers at most, nothing where there is no one. */
int vt_actions_show_write_to(vt_document *document, const vt_actions *actions, size_t rows, vt_error *err);

#endif
