/*
 * How fusion is fitted: which queries a step has (steps.c) as of which
 * moments (moments.c) of which items (sample.c), where everything begins
 * (start.c), one step (loss.c), all of them (fit.c), ratings at the end (ratings.c). Private to these.
 */
#ifndef VT_MODEL_FUSION_FIT_H
#define VT_MODEL_FUSION_FIT_H

#include "base/rng.h"
#include "model/batch_trainer.h"
#include "model/fusion/fusion.h"
#include "model/fusion/pass.h"
#include "model/fusion/users.h"

/* Parts of a step that threads take, whose sums over items stay apart. */
enum { VT_FUSION_CHUNKS = 8 };

/* What the tokens of one chunk add up to. */
typedef struct vt_fusion_chunk {
    float *dalpha;  /* (moments, I) gradients of the sales' shares */
    float *dseason; /* (C, waves) */
    float dterm[VT_TERMS];
    float *dsales; /* (S, D) gradient of the sales' projection */
    double loss;
    vt_fusion_pass pass;
    float *sales, *scratch; /* (S, I) */
    float *warm, *mixed;    /* (I) scratch */
    float *log_weight;      /* (I) logarithm of how many items one stands for; where steps look at some only */
} vt_fusion_chunk;

/*
 * The items that one step looks at where there are too many for all: those in the histories of its users, and others
 * by chance. One that was there with chance p stands for 1 / p of its like.
 */
typedef struct vt_fusion_sample {
    size_t drawn;     /* by chance */
    size_t most;      /* P at the most; 0: steps look at all items */
    vt_fusion active; /* the model as if it had no others; its parameters are those of the model */
    vt_item_subset subset;
    int32_t *item;              /* (P) as the model counts */
    int32_t *place;             /* (n_known) a known item's number in the step; -1: it is not there */
    uint8_t *by_chance;         /* (n_known) scratch */
    int32_t *users;             /* (n_known) users in whose histories it is */
    float *log_weight;          /* (P) -ln of the chance that it is there */
    size_t of_users;            /* the first of `item` are in histories of the step's users */
    vt_csr words, looks;        /* neighbours of these within the step */
    size_t near_capacity[2][2]; /* of columns and values of both */
    size_t token_capacity;
} vt_fusion_sample;

/* Moments of a step at most, each with items of its own. */
enum { VT_FUSION_MOMENTS = 8 };

/* The items as of some moments: none is later than what its queries know. */
typedef struct vt_fusion_moments {
    size_t n;                            /* moments of this step */
    size_t begin[VT_FUSION_MOMENTS + 1]; /* rows of a moment */
    float *log_count;                    /* (moments, I) ln(1 + events) before it */
    float *alpha;                        /* (moments, I, M) */
    float *dalpha;                       /* (moments, I) of the sales' shares */
    struct vt_fusion_known_until *order; /* (Q) scratch */
    size_t order_capacity;
    int32_t *sold; /* (n_known) events of all; where there are no times */
} vt_fusion_moments;

/* What a query of a step should rank first, and what the terms need to know of it. */
typedef struct vt_fusion_target {
    int32_t item;  /* that came next */
    size_t seen;   /* positive events before it, whose items do not compete */
    size_t passed; /* events of the user's row that are known */
    size_t row;    /* of logits and du: queries of one moment are adjacent */
    size_t moment; /* of the step, see moments.c */
    float value;   /* the rating */
    int64_t event; /* in the rows of all users; of ratings only */
} vt_fusion_target;

/* A fit at work. Starts zeroed but for model and fit. */
typedef struct vt_fusion_work {
    vt_fusion *m;
    vt_fusion *active; /* the model as a step sees it: m, or what was sampled */
    vt_fusion_sample sample;
    const vt_fit *fit;
    vt_interactions train; /* positive events, items in the model's order */
    vt_fusion_rows rows;
    int32_t *item;
    vt_fusion_event *event;  /* of all users in a row each, signals too */
    int64_t *event_ptr;      /* (U + 1) */
    vt_fusion_event *single; /* the same without signals; NULL: there are none anyway */
    vt_nn nn;
    int32_t *user; /* (n_users) with events, ascending: the examples of the trainer */
    size_t n_users;
    vt_fusion_tower tower;
    vt_fusion_moments moments;
    float *read_alpha; /* (T, M) shares of the items that the network reads */
    size_t read_alpha_capacity;
    bool anew; /* nothing of the model is there yet */
    vt_fusion_batch batch;
    vt_fusion_sequence *sequence; /* (batch) */
    const vt_fusion_event **row;  /* (batch) the user's row, with signals or without */
    size_t *first;                /* (batch) first query of a sequence */
    vt_fusion_event *read;        /* events that the network reads in this step */
    vt_fusion_query *query;       /* (Q) of this step */
    vt_fusion_target *target;     /* (Q) */
    size_t read_capacity, query_capacity, target_capacity, logits_capacity, du_capacity;
    float *logits; /* (Q, I) */
    float *du;     /* (3, Q, D) gradients of users: of the terms by query, of the items by row; users by row */
    uint8_t *cold; /* (I) */
    float *mask;   /* (I) 0 where an item is cold, else 1 */
    double *lag;   /* (batch) days */
    vt_fusion_chunk chunk[VT_FUSION_CHUNKS];
    bool ratings;   /* are predicted, in place of what came next */
    size_t queries; /* Q */
    float scale;    /* of gradients in this step */
} vt_fusion_work;

/* ---- steps.c ---- */

/** Which groups of events there are, as bits. O(signals). */
unsigned vt_fusion_groups_of(const vt_fusion *m, const vt_interactions *signals);

/** work->event: positive events and signals of all users, a row each. O(N). */
int vt_fusion_merge_all(vt_fusion_work *work, vt_error *err);

/** Days that the news of a user is old, and whether the history is as old as the statistics. */
double vt_fusion_draw_lag(bool *stale, const vt_fusion_work *work, vt_rng *rng);

/**
 * The row of a user, `*n` events; for a share of users one without signals, so that those of whom none are known are
 * learned too.
 */
const vt_fusion_event *vt_fusion_draw_row(size_t *n, const vt_fusion_work *work, int32_t user, vt_rng *rng);

/** How many events of a row are known at the query whose target is event `at`. */
size_t vt_fusion_known_events(const vt_fusion_event *row, size_t at, double lag_days);

/** The queries of a batch of users, what the network reads for them, and which items are cold. */
int vt_fusion_lay_out(vt_fusion_work *work, const vt_batch *batch, vt_error *err);

/* ---- moments.c ---- */

/** Memory for the moments of the largest step. */
int vt_fusion_moments_init(vt_fusion_work *work, vt_error *err);
void vt_fusion_moments_done(vt_fusion_moments *moments);

/** Groups the queries of `n` users by what is known to them, and counts what was bought before. O(Q log Q + I). */
int vt_fusion_take_moments(vt_fusion_work *work, size_t n, vt_error *err);

/* ---- loss.c ---- */

/** Floats that the seasons of a chunk take; never 0. */
size_t vt_fusion_season_floats(const vt_fusion *m);

/** Memory for these passes over the queries that are laid out. */
int vt_fusion_reserve(vt_fusion_work *work, vt_error *err);

/* The passes over the queries that are laid out, as vt_batch_ops has them. */
void vt_fusion_forward(void *work, const vt_batch *batch);
double vt_fusion_loss(void *work, const vt_batch *batch);
void vt_fusion_backward(void *work, const vt_batch *batch);

/* ---- sample.c ---- */

/** Gets ready to sample, where there are many items; w->active is the largest that a step can have. O(N). */
int vt_fusion_sample_init(vt_fusion_work *work, vt_error *err);
void vt_fusion_sample_done(vt_fusion_sample *sample);

/** The items of a batch of users. O(P (D + neighbours) + events of the users). */
int vt_fusion_sample_draw(vt_fusion_work *work, const vt_batch *batch, vt_rng *rng, vt_error *err);

/** An item's number in this step. */
static inline int32_t vt_fusion_step_item(const vt_fusion_work *work, int32_t item)
{
    return work->active == work->m ? item : work->sample.place[item];
}

/** What to add to the logits (P) of a user's queries, so that the items of the step stand for all. */
void vt_fusion_sample_log_weights(float *log_weight, const vt_fusion_work *work, int32_t user);

/* ---- ratings.c ---- */

/**
 * The rating head, where it is wanted and there are ratings; the last thing of a fit. Users come in the order of its
 * last epoch.
 */
int vt_fusion_fit_ratings(vt_fusion_work *work, const vt_batch_training *training, vt_error *err);

/* ---- start.c ---- */

/**
 * The terms begin where a conditional logit of them alone ends, and are scaled so that all are of one size: the
 * network then has only what they do not explain to learn.
 */
int vt_fusion_start_terms(vt_fusion_work *work, vt_error *err);

/** Small numbers by chance. */
void vt_fusion_start_network(vt_fusion *m, uint64_t seed);

#endif
