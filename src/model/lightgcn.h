/*
 * LightGCN: the model and its fit. Private to model. Legend: U users, I items, R = U + I nodes (users first), D
 * dimensions (padded), B steps of a batch.
 */
#ifndef VT_MODEL_LIGHTGCN_H
#define VT_MODEL_LIGHTGCN_H

#include "math/csr.h"
#include "model/factors.h"
#include "vitrine/links.h"

enum {
    VT_GCN_DIMENSIONS,
    VT_GCN_LAYERS,
    VT_GCN_EPOCHS,
    VT_GCN_PATIENCE,
    VT_GCN_EVERY,
    VT_GCN_RATE,
    VT_GCN_BATCH,
    VT_GCN_LOSS,
    VT_GCN_SAMPLE,
    VT_GCN_TEMPERATURE,
    VT_GCN_L2,
    VT_GCN_DECAY,
    VT_GCN_STDEV,
    VT_GCN_LINKS,
    VT_GCN_PARAMS
};

enum { VT_GCN_BPR, VT_GCN_SOFTMAX, VT_GCN_SAMPLED };

typedef struct vt_lightgcn {
    vt_factors f;  /* items after all layers, and of users what their items do not tell; both are the nodes (R, D) */
    float *handed; /* (I, D) what an item hands on over all layers: its mean without the last one, L / (L + 1) of it */
    float *weight; /* (I) 1 / sqrt(degree); 0: no edges */
} vt_lightgcn;

/**
 * The symmetrically normalised adjacency (R, R) of users and items: 1 / sqrt(degree_a degree_b) for each distinct
 * pair, and for linked users who both have items. `links` may be NULL. The caller frees it.
 */
int vt_lightgcn_graph(vt_csr **out, const vt_interactions *train, const vt_user_links *links, vt_error *err);

/**
 * out (R, D) = (x + A x + ... + A^layers x) / (layers + 1); `workspace` (R, D) is overwritten. A is symmetric, so the
 * way back is the same function on the gradient.
 */
void vt_lightgcn_spread(float *out, float *workspace, const float *x, const vt_csr *graph, int layers, size_t d,
                        int threads);

/** Adds to `vector` (D) what the items of a history hand on, each distinct one counted once, or takes it away. */
int vt_lightgcn_hand_on(float *vector, const vt_lightgcn *model, const vt_user_state *user, float sign, vt_error *err);

/** Trains a zeroed model. */
int vt_lightgcn_train(vt_lightgcn *model, const vt_fit *fit, vt_error *err);

#endif
