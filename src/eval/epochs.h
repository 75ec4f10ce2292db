/* How many epochs a fit would have. */
#ifndef VT_EVAL_EPOCHS_H
#define VT_EVAL_EPOCHS_H

#include "vitrine/model.h"

/** Value of the parameter "epochs" that preset and settings lead to; 0 for kinds without. VT_ERR_USAGE as in a fit. */
int vt_epochs_of(int32_t *out, const vt_model_kind *kind, const vt_fit_options *fit, vt_error *err);

#endif
