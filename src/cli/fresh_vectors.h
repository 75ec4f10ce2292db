/* Vectors that a model needs are made before it is fitted, where they are missing or older than what they are of. */
#ifndef VT_CLI_FRESH_VECTORS_H
#define VT_CLI_FRESH_VECTORS_H

#include "common.h"

/*
 * Encodes what is new of these vectors (bits of vt_vectors), and says so. Without OpenVINO or encoders that is said
 * too, and the fit goes on with the vectors that are there.
 */
int vt_cli_vectors_refresh(vt_cli *cli, vt_shop *shop, unsigned vectors, vt_error *err);

#endif
