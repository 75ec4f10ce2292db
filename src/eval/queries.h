/*
 * Which lists are to be made under a protocol: per evaluated user the events that stand in the history, and per query
 * how many of them are known, what is relevant and at which moment it is asked. Legend: U evaluated users, Q queries, H
 * events.
 */
#ifndef VT_EVAL_QUERIES_H
#define VT_EVAL_QUERIES_H

#include "vitrine/evaluation.h"

/** One list to be made: the first `history` events of its user are known, and the first `signals` of the signals. */
typedef struct vt_plan_query {
    int64_t now;    /* VT_NONE without times */
    size_t history; /* events */
    size_t signals;
    int64_t relevant; /* first of its relevant items in `relevant` */
    size_t n_relevant;
    bool as_fitted; /* the history is what the user was fitted on, and stored vectors may be used */
} vt_plan_query;

/** Events in time order, user by user. */
typedef struct vt_plan_events {
    int64_t *ptr; /* (U + 1) events of user number u */
    int32_t *item;
    int64_t *time;
    float *value;
    uint8_t *kind;
} vt_plan_events;

/** Owned by vt_plan_create / vt_plan_free. */
typedef struct vt_plan {
    const vt_snapshot *snapshot; /* borrowed */
    size_t n_users;
    int32_t *user;          /* (U) dense ids, ascending */
    bool *fitted;           /* (U) 1 where the user has training events */
    vt_plan_events events;  /* (H) positive ones */
    vt_plan_events signals; /* split.h */
    bool timed;             /* all positive events have times */
    int64_t *query_ptr;     /* (U + 1) queries of user number u */
    vt_plan_query *query;   /* (Q) */
    int32_t *relevant;      /* distinct items, ascending per query */
    uint8_t *allowed;       /* (I) 1 where an item is a candidate, of some query at least */
    int64_t *alive_from;    /* (I) candidates alive: first second at which an item is one; NULL: at any */
    int64_t n_candidates;
    int64_t positives;     /* held-out events */
    int64_t skipped;       /* held-out events left out: their item has no training event */
    int64_t *sold;         /* (I) positive events that queries may know: frozen of all histories, live of all time */
    int32_t *tie;          /* (I) the place of an item among those of equal scores: a fixed hash of its id */
    int64_t *train_events; /* (I) */
    int64_t *train_users;  /* (I) distinct */
    int64_t n_train_users;
    vt_item_times known; /* live: of all positive events; n_items 0 when frozen */
    int64_t *known_ptr;
    int64_t *known_time;
} vt_plan;

/**
 * VT_ERR_UNSUPPORTED when there is nothing to evaluate, or state live is asked of data without times. O(E log E).
 * The snapshot must outlive the plan.
 */
int vt_plan_create(vt_plan **out, const vt_snapshot *snapshot, const vt_split *split, const vt_protocol *protocol,
                   vt_error *err);

/** Frees; NULL is allowed. */
void vt_plan_free(vt_plan *plan);

/** The candidates at a moment into `allowed` (I), where the plan has alive_from. O(I). */
void vt_plan_alive(uint8_t *allowed, const vt_plan *plan, int64_t now);

/** Sorts ids and drops repeats; returns how many are left. */
size_t vt_ids_distinct(int32_t *id, size_t n);

/** True when `id` stands in the ascending list. */
bool vt_ids_hold(const int32_t *ids, size_t n, int32_t id);

#endif
