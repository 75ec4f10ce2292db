/*
 * The ranker: several models and what sells now each name their best items, and a learned sum of what is known of each
 * of these as of the moment orders them. One function makes the rows for training and for serving. Private to model.
 * Legend: I items, M members, C candidates, K features.
 */
#ifndef VT_MODEL_RANKER_H
#define VT_MODEL_RANKER_H

#include "dataset/item_clock.h"
#include "model/members.h"
#include "vitrine/explanation.h"

enum {
    VT_RANKER_MEMBERS,
    VT_RANKER_CANDIDATES,
    VT_RANKER_REPLAY,
    VT_RANKER_REFITS,
    VT_RANKER_LISTS,
    VT_RANKER_NEGATIVES,
    VT_RANKER_RIDGE,
    VT_RANKER_HALF_LIFE,
    VT_RANKER_PARAMS
};

/* Of each member. */
enum {
    VT_RANKER_SCORE,   /* against the mean of the catalogue, in its standard deviations */
    VT_RANKER_RANK,    /* -ln(rank), of those beyond the first that are looked at the last */
    VT_RANKER_MISSING, /* 1 where the member has no score */
    VT_RANKER_OF_MEMBER
};

/* Of the moment and the user, behind those of the members. */
enum {
    VT_RANKER_SOLD_1, /* ln(1 + events) of the last days; windows in features.c */
    VT_RANKER_SOLD_3,
    VT_RANKER_SOLD_7,
    VT_RANKER_SOLD_14,
    VT_RANKER_SOLD_30,
    VT_RANKER_SOLD_90,
    VT_RANKER_SOLD_365,
    VT_RANKER_SOLD_EVER,
    VT_RANKER_GROWTH,        /* of the last week against the last month */
    VT_RANKER_YOUNG,         /* 1 / (1 + months since the first event) */
    VT_RANKER_NEVER_SOLD,    /* 1 */
    VT_RANKER_TASTE,         /* how popular the user's items are, times how popular this one is */
    VT_RANKER_BRAND,         /* share of the history that is of this brand, older events fading */
    VT_RANKER_LAST_BRAND,    /* 1 where the last event is of it */
    VT_RANKER_CATEGORY,      /* likewise */
    VT_RANKER_LAST_CATEGORY, /* likewise */
    VT_RANKER_VIEWED,        /* 1 for one that was viewed just now, fading */
    VT_RANKER_CARTED,        /* likewise */
    VT_RANKER_REFUSED,       /* likewise, returned or disliked */
    VT_RANKER_FIXED
};

/* VT_RANKER_HISTORY: newest events of a history that count. */
enum { VT_RANKER_BATCH = 16, VT_RANKER_HISTORY = 50 };
enum { VT_RANKER_FEATURES_MAX = VT_MEMBERS_MAX * VT_RANKER_OF_MEMBER + VT_RANKER_FIXED };

/* Weights of standardised features. */
typedef struct vt_ranker_weights {
    double weight[VT_RANKER_FEATURES_MAX + 1]; /* (K + 1) the constant last */
    double mean[VT_RANKER_FEATURES_MAX];       /* (K) */
    double spread[VT_RANKER_FEATURES_MAX];     /* (K) standard deviation; 0: the feature says nothing */
} vt_ranker_weights;

/* Whom a list is for. */
enum { VT_RANKER_KNOWN, VT_RANKER_STRANGER, VT_RANKER_AUDIENCES };

typedef struct vt_ranker {
    int32_t n_users, n_items;
    vt_members members;
    int trend; /* the member that says what sells now; -1: none */
    double half_life;
    size_t candidates;
    vt_item_clock *clock;
    int32_t *brand;    /* (I) -1 without */
    int32_t *category; /* (I) -1 without */
    vt_ranker_weights learned[VT_RANKER_AUDIENCES];
} vt_ranker;

size_t vt_ranker_features(const vt_ranker *m);

/** The name of a feature, "ease", "sold_7_days", into `name`; those of one member have one name. */
void vt_ranker_feature_name(char *name, size_t size, const vt_ranker *m, size_t feature);

vt_reason_kind vt_ranker_feature_kind(const vt_ranker *m, size_t feature);

/** VT_RANKER_STRANGER for somebody of whom nothing is known. */
int vt_ranker_audience(const vt_user_state *state);

/** Workspace of one thread; the candidates of one state at a time. */
typedef struct vt_ranker_workspace {
    float *member;  /* (M, VT_RANKER_BATCH, I) scores of the members */
    float *masked;  /* (I) */
    int32_t *place; /* (I) where an item stands among the candidates, -1: it does not */
    int32_t *rank;  /* (I) */
    uint8_t *seen;  /* (I) 1 for items of the history; zeros between calls */
    int32_t *best;  /* (sources, I at most) */
    size_t n;       /* C */
    int32_t *item;  /* (C) */
    float *row;     /* (C, K) */
    float *sold;    /* (windows, C) */
    size_t capacity, best_capacity;
} vt_ranker_workspace;

int vt_ranker_workspace_init(vt_ranker_workspace *w, const vt_ranker *m, vt_error *err);
void vt_ranker_workspace_done(vt_ranker_workspace *w);

/** The candidates of number `at` of the states whose member scores there are, into w->item and w->place. */
int vt_ranker_find(vt_ranker_workspace *w, const vt_ranker *m, const vt_user_state *state, size_t at, vt_error *err);

/** Forgets them. */
void vt_ranker_forget(vt_ranker_workspace *w);

/** Their features into w->row. */
int vt_ranker_describe(vt_ranker_workspace *w, const vt_ranker *m, const vt_user_state *state, size_t at,
                       vt_error *err);

/** Both of these. */
int vt_ranker_look(vt_ranker_workspace *w, const vt_ranker *m, const vt_user_state *state, size_t at, vt_error *err);

/** The log odds of a row (K); with `parts` (K) also what each feature brings, which with the constant is the sum. */
double vt_ranker_sum(const vt_ranker_weights *learned, const float *row, size_t k, double *parts);

/** Fits the members on `train`, in place of those there are. */
int vt_ranker_fit_members(vt_ranker *m, const vt_fit *fit, const vt_interactions *train, vt_error *err);

/** As vt_model_ops has it. */
int vt_ranker_explain(vt_explanation *out, const void *state, const vt_user_state *user, const int32_t *items, size_t n,
                      vt_error *err);

/** Finds the weights from a replay of the last part of `fit->train`. The members are left fitted on an earlier part. */
int vt_ranker_learn(vt_ranker *m, const vt_fit *fit, vt_error *err);

#endif
