/* Building explanations: memory for parts, and their sum at the end. Private to model. */
#ifndef VT_MODEL_EXPLANATION_H
#define VT_MODEL_EXPLANATION_H

#include "vitrine/explanation.h"

/** An explanation on its way. Nothing but `made` is owned; on failure vt_explanation_done(&made) frees all. */
typedef struct vt_explaining {
    vt_explanation made;
    vt_score_part *parts; /* of `made`, to be written */
    size_t capacity;
} vt_explaining;

/** Room for `parts` parts over `events` events. */
int vt_explaining_begin(vt_explaining *e, size_t parts, size_t events, vt_error *err);

/** The next part, without share and without a split. */
vt_score_part *vt_explaining_add(vt_explaining *e, vt_reason_kind kind, const char *name, double value);

/**
 * The next part, whose events bring `by_event` (events); the sum is its value. What is 0 for every event needs no
 * storage beyond that.
 */
int vt_explaining_add_split(vt_explaining *e, vt_reason_kind kind, const char *name, const double *by_event,
                            vt_error *err);

/** Sums up and hands over. */
void vt_explaining_end(vt_explanation *out, vt_explaining *e);

/** Hands over that the model has no evidence: no parts, -INFINITY. */
void vt_explaining_end_without(vt_explanation *out, vt_explaining *e);

#endif
