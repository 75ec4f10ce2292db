/* Vectors that a model needs are made before it is fitted, where they are missing or older than what they are of. */
#ifndef VT_CLI_FRESH_VECTORS_H
#define VT_CLI_FRESH_VECTORS_H

#include "common.h"

enum { VT_WANTS_TEXT = 1, VT_WANTS_IMAGE = 2 };

/* Which vectors a fit of that kind with those settings ("by=text,...") cannot do without. */
unsigned vt_cli_vectors_wanted(const vt_model_kind *kind, const char *settings);

/*
 * Encodes what is new of the wanted kinds, and says so. Without OpenVINO or encoders that is said too, and the fit goes
 * on with the vectors that are there.
 */
int vt_cli_vectors_refresh(vt_cli *cli, vt_shop *shop, unsigned wanted, vt_error *err);

#endif
