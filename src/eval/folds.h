/* The folds of a split, one after the other. */
#ifndef VT_EVAL_FOLDS_H
#define VT_EVAL_FOLDS_H

#include "vitrine/evaluation.h"

/** Evaluates one fold. */
typedef int (*vt_fold_evaluate)(void *context, vt_evaluation *out, int32_t fold, vt_error *err);

/** Calls `evaluate` for each fold of `spec` and joins what comes of them. VT_ERR_USAGE for a split without folds. */
int vt_folds_run(vt_evaluation *out, const vt_split_spec *spec, const vt_protocol *protocol, vt_fold_evaluate evaluate,
                 void *context, vt_error *err);

#endif
