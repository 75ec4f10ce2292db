/*
 * The user encoder: batches of sequences of events with the queries behind them (batch.c), and the network over
 * them (users.c). Private to model. Legend: T tokens of a batch, Q queries, D dimensions.
 */
#ifndef VT_MODEL_FUSION_USERS_H
#define VT_MODEL_FUSION_USERS_H

#include "math/nn/encoder.h"
#include "model/fusion/events.h"

enum { VT_EVENT_NUMBERS = 8 }; /* numbers of an event's time, see batch.c */
enum { VT_RATING_STEPS = 6 };  /* 0: none, 1 to 5 */
enum { VT_USER_SIDES = 3 };    /* short term, long term, attributes */

/** A query of a sequence. */
typedef struct vt_fusion_query {
    size_t read; /* events that are known */
    int64_t now; /* VT_NONE: unknown */
} vt_fusion_query;

/** One sequence: n events that are read, and queries, each behind some of them. */
typedef struct vt_fusion_sequence {
    const vt_fusion_event *event;
    size_t n;
    const vt_fusion_query *query;
    size_t n_queries;
    int32_t user; /* -1: a stranger */
} vt_fusion_sequence;

/** A batch of sequences on its way through the network. Starts zeroed. T tokens, Q queries. */
typedef struct vt_fusion_batch {
    size_t *begin, *square;
    int32_t *item, *back, *kind, *rating; /* (T) */
    int32_t *read, *user;                 /* (Q) the token of the last known event, the user */
    float *log_count;                     /* (T) of the items, as of the events */
    float *numbers, *query_numbers;       /* (T, VT_EVENT_NUMBERS), (Q, VT_EVENT_NUMBERS) */
    uint8_t *bucket;
    float *floats;
    size_t capacity[13], queries; /* capacity: of these arrays, in the order in which they grow */
    float *z;                     /* (T, D) the items as of the events, put there first */
    float *x, *h, *mean, *spare;  /* (T, D) */
    float *s, *side[VT_USER_SIDES], *gate, *u, *known, *q; /* (Q, D) but gate (Q, VT_USER_SIDES) */
    float *buffers;
    vt_nn_batch nn;
} vt_fusion_batch;

int vt_fusion_batch_fill(vt_fusion_batch *batch, const vt_fusion *m, const vt_fusion_sequence *sequences, size_t n,
                         bool training, vt_error *err);
void vt_fusion_batch_done(vt_fusion_batch *batch);

/**
 * The numbers of a moment: the gap before as logarithm of days, hour, weekday, day of the year as sines and cosines.
 */
void vt_fusion_moment(float numbers[VT_EVENT_NUMBERS], int64_t time, int64_t before);

/* ---- users.c ---- */

/** batch->z from the prepared model. */
void vt_fusion_batch_items(const vt_nn *nn, vt_fusion_batch *batch, const vt_fusion *m);

/** batch->u (Q, D): the user as of each query, from batch->z. */
void vt_fusion_users_forward(const vt_nn *nn, vt_fusion_batch *batch, const vt_fusion *m, bool training, uint64_t key);

/** Gradients of the slab and, in its place, of batch->z from du (Q, D), which is overwritten. */
void vt_fusion_users_back(const vt_nn *nn, vt_fusion_batch *batch, vt_fusion *m, float *du, uint64_t key);

#endif
