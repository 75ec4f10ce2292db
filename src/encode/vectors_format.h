/* What the files below embeddings/ share; see docs/formats/embeddings.md. */
#ifndef VT_ENCODE_VECTORS_FORMAT_H
#define VT_ENCODE_VECTORS_FORMAT_H

#include "encode/vectors.h"
#include "math/safetensors.h"

#define VT_EMBEDDINGS_VERSION "1"

/* That an open file is of this format, kind and encoder, and carries a checksum. */
int vt_embeddings_check(const vt_safetensors *file, const char *path, const char *format, vt_encoder_kind kind,
                        const char *hash, vt_error *err);

/* A table of texts of the file, checked; borrowed. */
int vt_embeddings_ids(vt_ids *out, const vt_safetensors *file, const char *path, const char *offset, const char *text,
                      bool sorted, vt_error *err);

#endif
