/*
 * The terms of a history while the model is fitted: built up event by event (pass.c), added to logits and taken back to
 * their weights (pass_terms.c). Private to model. Legend: I items, C categories.
 */
#ifndef VT_MODEL_FUSION_PASS_H
#define VT_MODEL_FUSION_PASS_H

#include "model/fusion/sparse.h"
#include "model/fusion/terms.h"

/**
 * The relations of a history, built up event by event. For an event of the training part, what this very user's row did
 * to EASE's matrix is taken off, so that the weight of the term is learned from what it says of strangers.
 */
typedef struct vt_fusion_pass {
    const vt_fusion *m;
    float *together[VT_GROUPS]; /* (2, I) with all events, older ones fading, and with the last; NULL: there is none */
    vt_fusion_sparse sum[VT_GROUPS][VT_RELATIONS]; /* with all events, of the other relations */
    float *own;                                    /* (I) q = P x of the user, for leaving it out */
    float own_scale;                               /* 1 / (1 - x'q); 0 at scoring */
    float *brand, *category; /* (brands + 1), (categories + 1) scratch, the first is of items without */
    int64_t last[VT_GROUPS]; /* time of the last event of a group; VT_NONE */
    int32_t item[VT_GROUPS]; /* of it; -1 */
} vt_fusion_pass;

/** On failure nothing is left to end. */
int vt_fusion_pass_init(vt_fusion_pass *pass, const vt_fusion *m, vt_error *err);
void vt_fusion_pass_done(vt_fusion_pass *pass);

/** Starts a user, whose training row is to be left out; NULL: none is. */
void vt_fusion_pass_start(vt_fusion_pass *pass, const vt_fusion_rows *rows, int32_t user);

/** Goes on by one event. */
void vt_fusion_pass_event(vt_fusion_pass *pass, const vt_fusion_event *event);

/** Whether the data have a term, and its number of an item as of the last event, before any gain. */
bool vt_fusion_pass_has(const vt_fusion_pass *pass, int term);
float vt_fusion_pass_value(const vt_fusion_pass *pass, int term, int32_t item);

/** Adds relations and season to `logits` (I); `warm` (I) is 0 for items that are cold, else 1, NULL: none is. */
void vt_fusion_pass_add(float *logits, vt_fusion_pass *pass, int64_t now, const float *warm,
                        const float waves[VT_SEASON_WAVES]);

/** Adds to the gradients of the terms' weights and of the season (C, waves). `warm` (I): dlogits, 0 for cold items. */
void vt_fusion_pass_back(float dterm[VT_TERM_RELATIONS], float *dseason, vt_fusion_pass *pass, int64_t now,
                         const float *dlogits, const float *warm, const float waves[VT_SEASON_WAVES]);

/** What a plane counts at a query: interest in an item passes with the time since the group's last event. */
float vt_fusion_pass_gain(const vt_fusion_pass *pass, int term, int64_t now);

/** What fading leaves of an event at the end of a history. */
typedef struct vt_fusion_left {
    float keep;   /* for likeness and the like */
    float intent; /* for interest in the item itself, which passes sooner */
    bool last;    /* of its group */
} vt_fusion_left;

/** `left` (n) of the events at a query. */
void vt_fusion_keep(vt_fusion_left *left, const vt_fusion *m, const vt_fusion_event *event, size_t n, int64_t now);

/** Adds all terms at a moment, from planes; `warm` (I) 0 for items that are cold, else 1; NULL: none is. */
void vt_fusion_add_terms(float *logits, vt_fusion_pass *pass, int64_t now, const float *alpha, const float *warm,
                         const float *sales, const vt_fusion_query_terms *query);

#endif
