/* Numbers of which few are not 0, built up and read by what is listed. Private to model. */
#ifndef VT_MODEL_FUSION_SPARSE_H
#define VT_MODEL_FUSION_SPARSE_H

#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

/** Numbers over items, brands or categories of which few are not 0. */
typedef struct vt_fusion_sparse {
    float *value;   /* all of them; NULL: the data have no such relation */
    int32_t *index; /* (n) which may not be 0 */
    uint8_t *listed;
    size_t n;
} vt_fusion_sparse;

/** Room for numbers 0 to `n`, all 0. On failure vt_fusion_sparse_done() is due too. */
int vt_fusion_sparse_init(vt_fusion_sparse *sparse, size_t n, vt_error *err);
void vt_fusion_sparse_done(vt_fusion_sparse *sparse);

/** All of them 0 again. */
void vt_fusion_sparse_clear(vt_fusion_sparse *sparse);

/** Multiplies all by `keep`, which is at most 1. */
void vt_fusion_sparse_fade(vt_fusion_sparse *sparse, float keep);

/** The place of number `i`, from now on listed. */
float *vt_fusion_sparse_at(vt_fusion_sparse *sparse, int32_t i);

/** Adds `weight` times each to `to`. */
void vt_fusion_sparse_add(float *to, const vt_fusion_sparse *sparse, float weight);
float vt_fusion_sparse_dot(const vt_fusion_sparse *sparse, const float *x);

#endif
