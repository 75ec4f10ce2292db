/* Which vectors of items a fit reads, as bits of vt_vectors. Private to model. */
#ifndef VT_MODEL_VECTORS_READ_H
#define VT_MODEL_VECTORS_READ_H

#include "model/kind.h"

/** By the values of the parameters; VT_ERR_USAGE where a member of a hybrid is not one. */
int vt_params_vectors(unsigned *out, const vt_params *params, vt_error *err);

#endif
