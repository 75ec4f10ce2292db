/* What the writer and the reader of safetensors files share; see docs/formats/model.md. */
#ifndef VT_MATH_SAFETENSORS_FORMAT_H
#define VT_MATH_SAFETENSORS_FORMAT_H

#include "math/safetensors.h"

#define VT_CHECKSUM_BYTES ((size_t)32)
#define VT_CHECKSUM_NAME "vitrine.checksum"
#define VT_CHECKSUM_ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

/* How the header of a file of ours begins: the digits of the checksum follow. */
#define VT_CHECKSUM_PREFIX "{\"__metadata__\":{\"" VT_CHECKSUM_NAME "\":\""

/* "F32" and so on; static storage. */
const char *vt_dtype_name(vt_dtype dtype);

#endif
