/* The manifest of an encoder: what its network wants to be given, and the hashes of its files. */
#ifndef VT_ENCODE_MANIFEST_H
#define VT_ENCODE_MANIFEST_H

#include <limits.h>

#include "base/buf.h"
#include "encode/encoder.h"

typedef enum vt_pooling {
    VT_POOLING_NONE, /* the network gives one vector already */
    VT_POOLING_MEAN, /* of the tokens' vectors, where it gives those */
    VT_POOLING_CLS   /* the first token's vector */
} vt_pooling;

struct vt_manifest {
    vt_encoder_info info;
    char folder[PATH_MAX];
    char name[PATH_MAX]; /* the folder's own name, or its whole path when it is not among the encoders */
    char title[256];
    char licence[128];
    char precision[16];
    char hash[65];
    char network[256];    /* file names inside the folder */
    char vocabulary[256]; /* "" for images */
    vt_pooling pooling;
    bool lower_case;
    bool bf16; /* precision "bf16": multiplied in bfloat16 where the processor can */
    vt_image_recipe recipe;
    vt_buf files; /* lines "sha256 name", sorted by name */
};

/** Path of a file in the encoder's folder. */
int vt_manifest_path(char out[PATH_MAX], const vt_manifest *manifest, const char *file, vt_error *err);

#endif
