/* Finding the functions of a kind. Private to model. */
#ifndef VT_MODEL_REGISTRY_H
#define VT_MODEL_REGISTRY_H

#include "model/kind.h"

/** The functions of the kind of that name, NULL when there is none. */
const vt_model_ops *vt_model_ops_find(const char *name);

#endif
