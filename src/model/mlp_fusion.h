/* What mlp-fusion tells beside predictions. Private to the library. */
#ifndef VT_MODEL_MLP_FUSION_H
#define VT_MODEL_MLP_FUSION_H

#include "vitrine/model.h"

/** The inputs of a prediction, in the order of its weights. */
enum { VT_FUSION_USER, VT_FUSION_ITEM, VT_FUSION_TEXT, VT_FUSION_IMAGE, VT_FUSION_TIME, VT_FUSION_INPUTS };

/**
 * How much each input weighs in the predictions of `n` items, into attention (n, VT_FUSION_INPUTS): at least 0, with
 * sum 1 over the inputs that are there. VT_ERR_UNSUPPORTED for models of other kinds; VT_ERR_USAGE as
 * vt_model_predict().
 */
int vt_mlp_fusion_attention(float *attention, const vt_model *model, const vt_user_state *user, const int32_t *items,
                            size_t n, vt_error *err);

#endif
