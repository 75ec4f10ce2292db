/*
 * SASRec (Kang and McAuley 2018): a causal transformer reads a user's events in order and says at each which item comes
 * next. Legend: I items, D dimensions, L length of the history that is read, T tokens of a batch.
 */
#ifndef VT_MODEL_SASREC_SASREC_H
#define VT_MODEL_SASREC_SASREC_H

#include "math/nn/encoder.h"
#include "math/nn/params.h"
#include "model/kind.h"

enum {
    VT_SAS_DIMENSIONS,
    VT_SAS_LAYERS,
    VT_SAS_HEADS,
    VT_SAS_HIDDEN,
    VT_SAS_LENGTH,
    VT_SAS_ACTIVATION,
    VT_SAS_NORM,
    VT_SAS_TIME,
    VT_SAS_CLASSES,
    VT_SAS_LOSS,
    VT_SAS_NEGATIVES,
    VT_SAS_POWER,
    VT_SAS_SMOOTHING,
    VT_SAS_DROPOUT,
    VT_SAS_INPUT_DROPOUT,
    VT_SAS_EPOCHS,
    VT_SAS_PATIENCE,
    VT_SAS_EVERY,
    VT_SAS_BATCH,
    VT_SAS_RATE,
    VT_SAS_WARMUP,
    VT_SAS_LEAST,
    VT_SAS_DECAY,
    VT_SAS_CLIP,
    VT_SAS_PARAMS
};

enum { VT_SAS_SOFTMAX, VT_SAS_SAMPLED, VT_SAS_BCE }; /* loss */
enum { VT_SAS_NORM_FIRST, VT_SAS_NORM_LAST };        /* norm */
enum { VT_SAS_NO_TIME, VT_SAS_RELATIVE };            /* time */

typedef struct vt_sasrec {
    int32_t n_items; /* I */
    size_t d;        /* D */
    size_t length;   /* L */
    vt_nn_params params;
    vt_nn_encoder encoder;
    size_t items;     /* offset of (I, D): what goes in and, tied, what scores are made with */
    size_t positions; /* offset of (L, D), counted from the last event back */
    float dropout;    /* of what goes in */
    uint8_t *seen;    /* (I) 1 where the item was in the training part */
} vt_sasrec;

/** What a user did, one sequence of a batch. */
typedef struct vt_sas_events {
    const int32_t *item;
    const int64_t *time; /* NULL: unknown */
    size_t n;            /* at most L */
} vt_sas_events;

/** A batch laid out for the encoder; grows as needed. */
typedef struct vt_sas_batch {
    size_t *begin;  /* (B + 1) */
    size_t *square; /* (B + 1) */
    int32_t *item;  /* (T) */
    int32_t *back;  /* (T) events from the token to the last of its sequence */
    uint8_t *bucket;
    float *floats;      /* x (T, D), out (T, D), then the encoder's buffers */
    size_t capacity[6]; /* of these arrays, in order */
    float *x, *out, *buffers;
    vt_nn_batch nn;
} vt_sas_batch;

int vt_sasrec_create(vt_sasrec **out, const vt_params *settings, int32_t n_items, vt_error *err);
void vt_sasrec_free(void *model);

/** Lays out `n` sequences. */
int vt_sas_batch_fill(vt_sas_batch *batch, const vt_sasrec *m, const vt_sas_events *events, size_t n, bool training,
                      vt_error *err);
void vt_sas_batch_done(vt_sas_batch *batch);

/** batch->out (T, D): the states after each event. */
void vt_sasrec_forward(const vt_nn *nn, const vt_sasrec *m, vt_sas_batch *batch, bool training, uint64_t key);

/** The gradient of the slab from that of the states, dout (T, D), which is overwritten as batch->out is. */
void vt_sasrec_back(const vt_nn *nn, vt_sasrec *m, vt_sas_batch *batch, float *dout, uint64_t key);

/** Fits (fit.c). */
int vt_sasrec_train(vt_sasrec *m, const vt_fit *fit, vt_error *err);

#endif
