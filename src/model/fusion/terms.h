/*
 * The terms of the score beside the network: which there are, and those that depend on the moment alone (sales,
 * season). Those of the history stand in pass.h. Private to model. Legend: I items, K terms, S statistics, M
 * modalities.
 */
#ifndef VT_MODEL_FUSION_TERMS_H
#define VT_MODEL_FUSION_TERMS_H

#include "dataset/item_clock.h"
#include "model/fusion/events.h"
#include "model/fusion/relations.h"

/**
 * Terms beside the network. Each is a plane of numbers over the items for one user at one moment. Relations come in
 * twos: with all events of a group, older ones fading, and with the last of them.
 */
enum {
    VT_TERM_RELATIONS = VT_GROUPS * VT_RELATIONS * 2, /* how many there are; see vt_fusion_term() */
    VT_TERM_SALES = VT_TERM_RELATIONS,                /* VT_STATS of them */
    VT_TERM_SALES_LAGGED = VT_TERM_SALES + VT_STATS,  /* the same times how old the statistics are */
    VT_TERMS = VT_TERM_SALES_LAGGED + VT_STATS
};

/** The fading term of a relation with a group; that of the last event stands behind it. */
static inline int vt_fusion_term(int group, int relation)
{
    return (group * VT_RELATIONS + relation) * 2;
}

/** And back: the group and the relation of a term below VT_TERM_RELATIONS. */
static inline int vt_fusion_term_group(int term)
{
    return term / 2 / VT_RELATIONS;
}

static inline int vt_fusion_term_relation(int term)
{
    return term / 2 % VT_RELATIONS;
}

enum { VT_SEASON_WAVES = 4 }; /* sine and cosine of the year and of half of it */

/** Whether statistics of sales and the season count. */
bool vt_fusion_has_sales(const vt_fusion *m);

/**
 * Statistics of sales as of `now` less a lag, (S, I); how old they are in units of ln(1 + days) / 6 is the result.
 * `state`: of the query, which may know the shop's sales; NULL: those of the training part. `scratch` has room for
 * (S, n_items).
 */
float vt_fusion_sales(float *planes, const vt_fusion *m, const vt_user_state *state, int64_t now, double lag_days,
                      float *scratch);

/** The moment that statistics of a clock are of, at a query: its end, where the query is past it. */
int64_t vt_fusion_sales_until(const vt_item_clock *clock, int64_t now, double lag_days);

/** ln(1 + events) of an item before a moment, as `state` knows them; VT_NONE, or without times: those of the fit. */
float vt_fusion_log_count(const vt_fusion *m, const vt_user_state *state, int32_t item, int64_t moment);

/** Sines and cosines of the day of the year. */
void vt_fusion_waves(float waves[VT_SEASON_WAVES], int64_t now);

/** What a query adds to the terms. */
typedef struct vt_fusion_query_terms {
    float row[VT_STATS];   /* P_s u: what the sales' modality makes of the planes of sales */
    float plain[VT_STATS]; /* the weights of these planes that are the same for all users */
    float age;             /* of the statistics */
    float waves[VT_SEASON_WAVES];
} vt_fusion_query_terms;

/**
 * Adds what the sales' modality makes of the statistics, and what they are worth for everybody, to `logits` (I).
 * `alpha` (I, M) is that of z, `warm` (I) 0 for items whose sales are hidden, else 1; NULL: none are.
 */
void vt_fusion_add_sales(float *logits, const vt_fusion *m, const float *alpha, const float *warm, const float *sales,
                         const vt_fusion_query_terms *query);

/** Whether an item that is cold is without a term: it is in no matrix of EASE, and has no sales. */
bool vt_fusion_hidden_when_cold(int term);

void vt_fusion_query_terms_init(vt_fusion_query_terms *query, const vt_fusion *m, const float *u, int64_t now,
                                float age);

#endif
