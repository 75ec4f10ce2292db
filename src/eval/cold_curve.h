/* How items that were never sold fare against the others as their scores are lifted. */
#ifndef VT_EVAL_COLD_CURVE_H
#define VT_EVAL_COLD_CURVE_H

#include "vitrine/evaluation.h"

/** Fills out->cold: one evaluation an offset, without intervals. */
int vt_cold_curve(vt_evaluation *out, const vt_model *model, const vt_snapshot *snapshot, const vt_split *split,
                  const vt_protocol *protocol, vt_error *err);

#endif
