/* The gradient of t-SNE: over all pairs, or with repulsion from a tree. Legend: N points, M dimensions of the map. */
#ifndef VT_ENCODE_TSNE_FORCE_H
#define VT_ENCODE_TSNE_FORCE_H

#include "encode/tsne_affinity.h"

/**
 * Repulsion of points y (M, N) by a tree (quad or oct): force (M, N) gets sums of q^2 (y_i - y_j), weight (N) sums of
 * q, with q = 1 / (1 + |y_i - y_j|^2) and j not i. A cell stands for its points where width / distance < theta (0 to
 * 0.5).
 */
typedef struct vt_tree vt_tree;
int vt_tree_create(vt_tree **out, size_t n, int dims, vt_error *err);
void vt_tree_free(vt_tree *tree);
void vt_tree_repel(vt_tree *tree, double *force, double *weight, const double *y, double theta, int threads);

/** What a gradient works with. */
typedef struct vt_force {
    const vt_affinity *p;
    vt_tree *tree; /* for a sparse P; NULL with a dense one */
    int dims;
    double theta;
    int threads;
    double *repulsion; /* (M, N) scratch */
    double *weight;    /* (N) scratch */
} vt_force;

/**
 * gradient (M, N) of the divergence at y (M, N), with P times `exaggeration`. Returns the normaliser Z at y, which
 * vt_force_divergence() asks for.
 */
double vt_force_gradient(const vt_force *force, double *gradient, const double *y, double exaggeration);

/** The Kullback-Leibler divergence of the map from P at y (M, N), in nats, without exaggeration. */
double vt_force_divergence(const vt_force *force, const double *y, double z);

#endif
