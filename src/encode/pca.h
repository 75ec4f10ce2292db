/* Principal components of vectors. Legend: N vectors, D dimensions, K components. */
#ifndef VT_ENCODE_PCA_H
#define VT_ENCODE_PCA_H

#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

/** How components are found. Init with vt_pca_options_init(). */
typedef struct vt_pca_options {
    size_t k;          /**< components, 1 to min(N, D); default 2 */
    size_t exact_upto; /**< D up to which the covariance is decomposed exactly; default 512 */
    size_t oversample; /**< more random directions than components; default 10 */
    int power;         /**< power iterations; default 6 */
    uint64_t seed;     /**< of the random directions; default 42 */
    int threads;       /**< 0: all processors */
} vt_pca_options;

void vt_pca_options_init(vt_pca_options *options);

/** The components in order of variance. The largest number of each is positive, so that signs are settled. */
typedef struct vt_pca {
    size_t n, d, k;
    float *mean;        /**< (D) */
    float *components;  /**< (K, D) rows of length 1 */
    float *coordinates; /**< (N, K) of the vectors */
    double *variance;   /**< (K) along each component, by N - 1 */
    double total;       /**< variance of all D dimensions */
} vt_pca;

/**
 * Fits components to x (N, D), row-major; N at least 2. VT_ERR_FORMAT when a number is not finite. Same bytes for any
 * number of threads. Free with vt_pca_free(). Up to `exact_upto` dimensions O(N D^2), else O(N D (K + oversample)) a
 * power iteration (Halko, Martinsson, Tropp 2011, algorithms 4.4 and 5.1).
 */
int vt_pca_fit(vt_pca **out, const float *x, size_t n, size_t d, const vt_pca_options *options, vt_error *err);
void vt_pca_free(vt_pca *pca);

/** The share of the variance that component `k` explains, 0 to 1; 0 when all vectors are equal. */
double vt_pca_explained(const vt_pca *pca, size_t k);

#endif
