/* Parameters of models: from "name=value" texts to numbers by a kind's table, and back. Private to model. */
#ifndef VT_MODEL_PARAMS_H
#define VT_MODEL_PARAMS_H

#include "base/buf.h"
#include "model/kind.h"

/** The defaults of `kind`. `params->value` is freed with vt_params_done(). */
int vt_params_init(vt_params *params, const vt_model_kind *kind, vt_error *err);
void vt_params_done(vt_params *params);

/**
 * Applies "name=value", or several joined by commas. VT_ERR_USAGE names the parameter, what it takes, or the nearest.
 */
int vt_params_set(vt_params *params, const char *settings, vt_error *err);

/** Applies a named preset of the kind. VT_ERR_USAGE lists the names there are. */
int vt_params_preset(vt_params *params, const char *preset, vt_error *err);

/** True for parameters that are 0 where data have no times (vt_model_ops.timed). */
bool vt_params_timed(const vt_model_kind *kind, vt_str name);

/** Name number `index` of "cosine|bm25|tfidf"; borrowed. */
vt_str vt_params_choice(const char *choices, size_t index);

/** Every parameter in the order of the table: "factors=64,solver=cg". Reads back to the same values. */
int vt_params_text(vt_buf *out, const vt_params *params, vt_error *err);

#endif
