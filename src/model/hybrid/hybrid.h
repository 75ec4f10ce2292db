/*
 * The hybrid: several models of the shelf and item statistics as of the moment, weighed against each other. Private
 * to model. Legend: I items, M members, K features of an item for a user.
 */
#ifndef VT_MODEL_HYBRID_H
#define VT_MODEL_HYBRID_H

#include "dataset/item_clock.h"
#include "math/logit.h"
#include "model/model.h"

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
enum { VT_HYBRID_MEMBERS_MAX = 16 };

/* What is known of an item for a user beside the members' scores: how its brand and category meet the history. */
enum { VT_HYBRID_BRAND, VT_HYBRID_LAST_BRAND, VT_HYBRID_CATEGORY, VT_HYBRID_LAST_CATEGORY, VT_HYBRID_RELATIONS };

typedef struct vt_hybrid {
    int32_t n_users, n_items;
    bool learned; /* by weights; else by reciprocal ranks */
    bool timed;   /* statistics take part */
    double half_life;
    char *members; /* as they were chosen: "ease(half_life=365)+content" */
    vt_model *member[VT_HYBRID_MEMBERS_MAX];
    size_t n_members;
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

/**
 * Splits "a(x=1;y=2)+b:preset" into members: kind and settings with commas. VT_ERR_USAGE says what is wrong. Calls
 * `each` for every member.
 */
int vt_hybrid_each_member(const char *members,
                          int (*each)(void *context, size_t index, const char *kind, const char *preset,
                                      const char *settings, vt_error *err),
                          void *context, vt_error *err);

/** An unfitted model of that kind with its parameters set. */
int vt_hybrid_member_create(vt_model **out, const char *kind, const char *preset, const char *settings, vt_error *err);

/** What of the members' settings, and of what they need, a fit refuses. */
int vt_hybrid_check(const vt_fit *fit, vt_error *err);

/** The members that are asked for. A preset whose settings need times says so where data have none: "a:p(window=0)". */
int vt_hybrid_take_members(char **out, const vt_fit *fit, vt_error *err);

/** Fits the members on `train`, in place of those there are. */
int vt_hybrid_fit_members(vt_hybrid *m, const vt_fit *fit, const vt_interactions *train, vt_error *err);

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

/** Scores of all members for `n` states, at most VT_HYBRID_BATCH. */
int vt_hybrid_score_members(vt_hybrid_workspace *workspace, const vt_hybrid *m, const vt_user_state *states, size_t n,
                            vt_error *err);

/** Features of every item for number `at` of these states, into workspace->planes and workspace->evidence. */
int vt_hybrid_fill_features(vt_hybrid_workspace *workspace, const vt_hybrid *m, const vt_user_state *state, size_t at,
                            vt_error *err);

#endif
