/* Who is near whom among the vectors: the matrix P of t-SNE, symmetric, with sum 1. Legend: N vectors, D dimensions. */
#ifndef VT_ENCODE_TSNE_AFFINITY_H
#define VT_ENCODE_TSNE_AFFINITY_H

#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

/** Either all pairs or, in rows of ascending columns, those that are neighbours. */
typedef struct vt_affinity {
    size_t n;
    float *dense;    /**< (N, N), or NULL */
    int64_t *ptr;    /**< (N + 1), with dense NULL */
    int32_t *column; /**< (ptr[N]) */
    float *value;    /**< (ptr[N]) */
} vt_affinity;

/** P over all pairs of x (N, D). The bandwidth of each point gives the wanted perplexity, found by bisection. */
int vt_affinity_dense(vt_affinity *out, const float *x, size_t n, size_t d, double perplexity, int threads,
                      vt_error *err);

/** P over each point's 3 x perplexity nearest, which are found exactly. */
int vt_affinity_sparse(vt_affinity *out, const float *x, size_t n, size_t d, double perplexity, int threads,
                       vt_error *err);

void vt_affinity_done(vt_affinity *affinity);

/**
 * p (k), the probabilities of neighbours at squared distances d2 (k), ascending or not, so that 2^entropy is
 * `perplexity`; where that cannot be, as near as it comes. `perplexity` is less than k.
 */
void vt_affinity_row(double *p, const double *d2, size_t k, double perplexity);

#endif
