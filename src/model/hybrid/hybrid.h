/*
 * The hybrid: several models of the shelf and item statistics as of the moment, weighed against each other. Private
 * to model. Legend: I items, M members, K features of an item for a user.
 */
#ifndef VT_MODEL_HYBRID_H
#define VT_MODEL_HYBRID_H

#include "dataset/item_clock.h"
#include "math/logit.h"
#include "model/members.h"

enum {
    VT_HYBRID_MEMBERS,
    VT_HYBRID_FUSION,
    VT_HYBRID_STATISTICS,
    VT_HYBRID_HELD_OUT,
    VT_HYBRID_HALF_LIFE,
    VT_HYBRID_CHOICES,
    VT_HYBRID_ALTERNATIVES,
    VT_HYBRID_RIDGE,
    VT_HYBRID_PARAMS
};

enum { VT_HYBRID_LEARNED, VT_HYBRID_RRF };
enum { VT_HYBRID_YES, VT_HYBRID_NO };

/* What is known of an item for a user beside the members' scores: how its brand and category meet the history. */
enum { VT_HYBRID_BRAND, VT_HYBRID_LAST_BRAND, VT_HYBRID_CATEGORY, VT_HYBRID_LAST_CATEGORY, VT_HYBRID_RELATIONS };

typedef struct vt_hybrid {
    int32_t n_users, n_items;
    bool learned; /* by weights; else by reciprocal ranks */
    bool timed;   /* statistics take part */
    double half_life;
    vt_members members;
    vt_item_clock *clock;
    int32_t *brand;    /* (I) -1 without */
    int32_t *category; /* (I) -1 without */
    size_t n_weights;
    double weight[VT_LOGIT_FEATURES_MAX]; /* (K) */
    double spread[VT_LOGIT_FEATURES_MAX]; /* (K) root mean squares of the features that weights were found from */
} vt_hybrid;

int vt_hybrid_create(vt_hybrid **out, const vt_params *params, int32_t n_users, int32_t n_items, vt_error *err);
void vt_hybrid_free(void *model);

/** Number of features: two for each member, the statistics, the relations. */
size_t vt_hybrid_features(const vt_hybrid *m);

/** The name of a feature, "ease", "content 2 (root)", "sold_7_days", "same_brand", into `name`. */
void vt_hybrid_feature_name(char *name, size_t size, const vt_hybrid *m, size_t feature);

/** Finds the weights from held-out events; `m` has members fitted on the rest and their clock. */
int vt_hybrid_learn(vt_hybrid *m, const vt_fit *fit, const vt_interactions *rest, const vt_interactions *held,
                    vt_error *err);

/** States that are scored at once: products over many rows cost less each. */
enum { VT_HYBRID_BATCH = 16 };

/** Workspace for scoring a batch of states. */
typedef struct vt_hybrid_workspace {
    float *member;     /* (M, VT_HYBRID_BATCH, I) scores of the members */
    float *planes;     /* (K, I) features of one state */
    float *row;        /* (I) zeros */
    int32_t *rank;     /* (I) */
    uint8_t *evidence; /* (I) 1 where any member has evidence of the item */
} vt_hybrid_workspace;

int vt_hybrid_workspace_init(vt_hybrid_workspace *workspace, const vt_hybrid *m, vt_error *err);
void vt_hybrid_workspace_done(vt_hybrid_workspace *workspace);

/** Features of every item for number `at` of these states, into workspace->planes and workspace->evidence. */
int vt_hybrid_fill_features(vt_hybrid_workspace *workspace, const vt_hybrid *m, const vt_user_state *state, size_t at,
                            vt_error *err);

#endif
