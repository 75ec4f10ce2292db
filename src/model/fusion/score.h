/*
 * Answering: what one query after another works with. Private to model. Legend: I items, S statistics, D dimensions.
 */
#ifndef VT_MODEL_FUSION_SCORE_H
#define VT_MODEL_FUSION_SCORE_H

#include "model/fusion/pass.h"
#include "model/fusion/users.h"

/** What scoring one state after another works with. */
typedef struct vt_fusion_workspace {
    vt_fusion_batch batch;
    float *sales, *scratch;  /* (S, I), (S, n_items) */
    float *logits;           /* (I) */
    float *z, *alpha;        /* (I, D), (I, M) the items as of the query */
    float *log_count;        /* (I) that they are of */
    float *near;             /* (I) zeros between uses */
    float *brand, *category; /* (brands + 1), (categories + 1) what they add; 0: an item has none */
    size_t events;           /* workspace for a history: */
    vt_fusion_event *event;  /* (events) all of it, of which there are n_events */
    vt_fusion_event *read;   /* (events) what the network reads, of which there are n_read */
    vt_fusion_left *left;    /* (events) */
    size_t n_events, n_read;
    bool taken; /* `sales` are of the clock with: */
    uint64_t stamp;
    int64_t now; /* as of that moment */
    float age;
} vt_fusion_workspace;

/**
 * A place for one workspace: a second query to the same model needs no new memory, nor the same statistics anew.
 * Whoever finds it taken makes a workspace of their own.
 */
typedef struct vt_fusion_spare {
    _Atomic(vt_fusion_workspace *) workspace;
} vt_fusion_spare;

/** The workspace that is spare, or a new one; NULL and `err` without memory. */
vt_fusion_workspace *vt_fusion_workspace_take(const vt_fusion *m, vt_error *err);
void vt_fusion_workspace_give(const vt_fusion *m, vt_fusion_workspace *workspace);

/** On failure vt_fusion_workspace_done() is due too. */
int vt_fusion_workspace_init(vt_fusion_workspace *workspace, const vt_fusion *m, vt_error *err);
void vt_fusion_workspace_done(vt_fusion_workspace *workspace);

/**
 * The history as the model reads it, and the user's vector after it (D), in the workspace. `keep`: the buffers of
 * the encoder stay as vt_nn_encoder_weights() reads them.
 */
int vt_fusion_read_user(vt_fusion_workspace *workspace, const float **u, const vt_fusion *m, const vt_user_state *state,
                        bool keep, vt_error *err);

/**
 * Statistics as of the query into workspace->sales, and the items as of it into workspace->z and workspace->alpha,
 * unless they stand there; how old the statistics are is the result. Items are made anew where their count has changed.
 */
float vt_fusion_items_now(vt_fusion_workspace *workspace, const vt_fusion *m, const vt_user_state *state);

#endif
