/* Parameters of a network on their way to and from a model file: one tensor a row of the table. Private to model. */
#ifndef VT_MODEL_NN_TENSORS_H
#define VT_MODEL_NN_TENSORS_H

#include "math/nn/params.h"
#include "model/kind.h"

/** Adds every tensor of the slab under its name; both are borrowed until the file is written. */
int vt_nn_tensors_save(vt_tensor_list *list, const vt_nn_params *params, vt_error *err);

/** Fills the slab from a file. VT_ERR_CORRUPT where a tensor is missing, has another shape or is not finite. */
int vt_nn_tensors_load(vt_nn_params *params, const vt_safetensors *file, vt_error *err);

#endif
