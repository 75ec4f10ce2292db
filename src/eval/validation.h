/* Validation between epochs: the same judging as at the end, on the validation part. Private to eval. */
#ifndef VT_EVAL_VALIDATION_H
#define VT_EVAL_VALIDATION_H

#include "vitrine/evaluation.h"

/** What a validation reads; borrowed, and as long-lived as the fit. */
typedef struct vt_validation_part {
    const vt_snapshot *snapshot;
    const vt_split *split;
    vt_protocol protocol;
} vt_validation_part;

/**
 * How a fit of that kind is validated under a protocol: RMSE for kinds that rate, else NDCG@10. False when the kind
 * has no epochs or the split no validation events: then the fit runs all its epochs.
 */
bool vt_validation_init(vt_validation *out, vt_validation_part *part, const char *kind, const vt_snapshot *snapshot,
                        const vt_split *split, const vt_protocol *protocol);

#endif
