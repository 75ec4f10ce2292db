/* A map of vectors in two or three dimensions by t-SNE. Legend: N vectors, D dimensions, M of the map (2 or 3). */
#ifndef VT_ENCODE_TSNE_H
#define VT_ENCODE_TSNE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vitrine/progress.h"

enum { VT_TSNE_LEAST = 4 /* vectors that a map needs */ };

/** Init with vt_tsne_options_init(). */
typedef struct vt_tsne_options {
    int dims;          /**< of the map, 2 or 3; default 2 */
    double perplexity; /**< neighbours a point cares for; lowered to (N - 1) / 3 where that is less; default 30 */
    double theta;      /**< Barnes-Hut: width of a cell by its distance, 0 (exact) to 0.5; default 0.5 */
    size_t exact_upto; /**< points up to which all pairs are summed; default 2000 */
    int iterations;    /**< default 1000 */
    int exaggerated;   /**< iterations at the beginning with all attraction times 12; default 250 */
    uint64_t seed;     /**< of the small noise that parts equal vectors; default 42 */
    int threads;       /**< 0: all processors */
    const vt_progress *progress;
} vt_tsne_options;

void vt_tsne_options_init(vt_tsne_options *options);

/** How it came out. */
typedef struct vt_tsne_result {
    double perplexity; /**< that was used */
    double kl;         /**< Kullback-Leibler divergence of the map from the vectors, in nats */
    bool exact;        /**< all pairs were summed */
} vt_tsne_result;

/**
 * Writes map (N, M), row-major, centred, for x (N, D); N at least VT_TSNE_LEAST. Vectors of more than 50 dimensions go
 * through PCA first. Same bytes for any number of threads. O(N^2) an iteration up to `exact_upto` points, above
 * O(N log N), with O(N^2 D) once for exact neighbours.
 * van der Maaten and Hinton 2008 (equations 4, 5, 12); van der Maaten 2014 (Barnes-Hut); start and learning rate as
 * Kobak and Berens 2019 found best.
 */
int vt_tsne_map(float *map, vt_tsne_result *result, const float *x, size_t n, size_t d, const vt_tsne_options *options,
                vt_error *err);

#endif
