/*
 * The parts that a score is the sum of, as one table: what each adds to all items, and what it says of one. A score and
 * its explanation are made by going through it, so nothing can be in one and missing in the other. Private to model.
 */
#ifndef VT_MODEL_FUSION_PARTS_H
#define VT_MODEL_FUSION_PARTS_H

#include "model/explanation.h"
#include "model/fusion/score.h"

/** What all items of a query have in common when it is explained. */
typedef struct vt_fusion_explainer {
    const vt_fusion *m;
    const vt_fusion_workspace *workspace;
    const float *u; /* (D) */
    vt_fusion_query_terms query;
    size_t n;         /* N events, as they were given */
    float *p;         /* (D) scratch */
    float *goes;      /* (N) how each event that is read goes with the item, faded */
    double *by_event; /* (N) */
} vt_fusion_explainer;

typedef struct vt_fusion_part {
    /** Adds it to workspace->logits (I), or begins with it. */
    void (*add)(vt_fusion_workspace *workspace, const vt_fusion *m, const float *u, const vt_fusion_query_terms *query);
    /** Adds its summands of one item, each with a name of its own. */
    int (*explain)(vt_explaining *e, const vt_fusion_explainer *explainer, size_t item, vt_error *err);
} vt_fusion_part;

enum { VT_FUSION_PARTS = 6 };
extern const vt_fusion_part vt_fusion_parts[VT_FUSION_PARTS];

/* ---- explain_parts.c ---- */

int vt_fusion_explain_network(vt_explaining *e, const vt_fusion_explainer *explainer, size_t item, vt_error *err);
int vt_fusion_explain_together(vt_explaining *e, const vt_fusion_explainer *explainer, size_t item, vt_error *err);
int vt_fusion_explain_near(vt_explaining *e, const vt_fusion_explainer *explainer, size_t item, vt_error *err);
int vt_fusion_explain_same(vt_explaining *e, const vt_fusion_explainer *explainer, size_t item, vt_error *err);
int vt_fusion_explain_interest(vt_explaining *e, const vt_fusion_explainer *explainer, size_t item, vt_error *err);
int vt_fusion_explain_sales(vt_explaining *e, const vt_fusion_explainer *explainer, size_t item, vt_error *err);

#endif
