/*
 * t-SNE: the descent. It starts from the first principal components, drawn together, so that the large shape of the map
 * is that of the vectors and not of chance; what forces act is in tsne_force.c, who is near whom in tsne_affinity.c.
 */
#include "encode/tsne.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "encode/pca.h"
#include "encode/tsne_force.h"
#include "math/team.h"

enum { PCA_DIMS = 50, SAY_EVERY = 50 };

static const double EXAGGERATION = 12.0, START_DEVIATION = 1e-4, NOISE_DEVIATION = 1e-6;

void vt_tsne_options_init(vt_tsne_options *options)
{
    *options = (vt_tsne_options){.dims = 2,
                                 .perplexity = 30.0,
                                 .theta = 0.5,
                                 .exact_upto = 2000,
                                 .iterations = 1000,
                                 .exaggerated = 250,
                                 .seed = 42};
}

/* The descent's state: arrays (M, N). */
typedef struct descent {
    size_t n;
    size_t dims;
    double *y;
    double *gradient;
    double *step; /* of the iteration before */
    double *gain;
    double rate;
} descent;

static void descent_done(descent *s)
{
    vt_free(s->y);
    vt_free(s->gradient);
    vt_free(s->step);
    vt_free(s->gain);
}

/* The start: coordinates (N, K) of which the first M count, and a little noise, so that equal vectors part. */
static int descent_init(descent *s, const vt_pca *pca, const vt_tsne_options *options, vt_error *err)
{
    size_t n = pca->n, dims = (size_t)options->dims;
    s->n = n;
    s->dims = dims;
    s->rate = fmax((double)n / EXAGGERATION / 4.0, 50.0);
    s->y = vt_alloc(dims * n, sizeof *s->y, err);
    s->gradient = vt_alloc(dims * n, sizeof *s->gradient, err);
    s->step = vt_alloc_zero(dims * n, sizeof *s->step, err);
    s->gain = vt_alloc(dims * n, sizeof *s->gain, err);
    if (s->y == NULL || s->gradient == NULL || s->step == NULL || s->gain == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    double scale = pca->variance[0] > 0.0 ? START_DEVIATION / sqrt(pca->variance[0]) : 0.0;
    for (size_t i = 0; i < n; i++) {
        vt_rng rng = vt_rng_at(options->seed, "tsne-start", i, 0);
        for (size_t m = 0; m < dims; m++) {
            double at = m < pca->k ? (double)pca->coordinates[i * pca->k + m] : 0.0;
            s->y[m * n + i] = at * scale + vt_rng_normal(&rng) * NOISE_DEVIATION;
            s->gain[m * n + i] = 1.0;
        }
    }
    return VT_OK;
}

/* One step down, with momentum and a gain for each coordinate that grows while its direction stays. */
static void descend(descent *s, double momentum)
{
    for (size_t i = 0; i < s->dims * s->n; i++) {
        bool turned = (s->gradient[i] > 0.0) == (s->step[i] > 0.0);
        s->gain[i] = turned ? fmax(s->gain[i] * 0.8, 0.01) : s->gain[i] + 0.2;
        s->step[i] = momentum * s->step[i] - s->rate * s->gain[i] * s->gradient[i];
        s->y[i] += s->step[i];
    }
    for (size_t m = 0; m < s->dims; m++) {
        double mean = 0.0;
        for (size_t i = 0; i < s->n; i++) {
            mean += s->y[m * s->n + i] / (double)s->n;
        }
        for (size_t i = 0; i < s->n; i++) {
            s->y[m * s->n + i] -= mean;
        }
    }
}

static int say(const vt_tsne_options *options, int done, double kl, vt_error *err)
{
    char detail[48] = "";
    if (kl >= 0.0) {
        snprintf(detail, sizeof detail, "divergence %.3f", kl);
    }
    vt_progress_state state = {"arranging points", "iterations", done, options->iterations, detail};
    return vt_progress_report(options->progress, &state, err);
}

static int arrange(double *kl, descent *s, const vt_force *force, const vt_tsne_options *options, vt_error *err)
{
    int status = VT_OK;
    *kl = -1.0;
    for (int at = 0; status == VT_OK && at < options->iterations; at++) {
        bool early = at < options->exaggerated;
        double z = vt_force_gradient(force, s->gradient, s->y, early ? EXAGGERATION : 1.0);
        if (at % SAY_EVERY == 0) {
            *kl = vt_force_divergence(force, s->y, z);
        }
        descend(s, early ? 0.5 : 0.8);
        status = say(options, at + 1, *kl, err);
    }
    if (status == VT_OK) {
        double z = vt_force_gradient(force, s->gradient, s->y, 1.0);
        *kl = vt_force_divergence(force, s->y, z);
    }
    return status;
}

static int check(size_t n, const vt_tsne_options *options, vt_error *err)
{
    if (n < VT_TSNE_LEAST) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "t-SNE needs %d points or more, and there are %zu", VT_TSNE_LEAST, n);
    }
    if (options->dims != 2 && options->dims != 3) {
        return vt_fail(err, VT_ERR_USAGE, "a map has 2 or 3 dimensions, not %d", options->dims);
    }
    if (!(options->perplexity >= 1.0) || !(options->theta >= 0.0 && options->theta <= 0.5)) {
        return vt_fail(err, VT_ERR_USAGE, "a perplexity of at least 1 and a theta from 0 to 0.5 are expected");
    }
    return VT_OK;
}

int vt_tsne_map(float *map, vt_tsne_result *result, const float *x, size_t n, size_t d, const vt_tsne_options *options,
                vt_error *err)
{
    vt_pca *pca = NULL;
    vt_pca_options reduce;
    vt_affinity p = {0};
    descent s = {0};
    vt_tsne_result found = {0};
    vt_force force = {.p = &p, .dims = options->dims, .theta = options->theta, .threads = vt_team(options->threads)};
    vt_pca_options_init(&reduce);
    reduce.k = d < n ? d : n;
    reduce.k = reduce.k < PCA_DIMS ? reduce.k : PCA_DIMS;
    reduce.seed = options->seed;
    reduce.threads = options->threads;
    int status = check(n, options, err);
    if (status == VT_OK) {
        status = vt_pca_fit(&pca, x, n, d, &reduce, err);
    }
    if (status != VT_OK) {
        goto out;
    }
    found.exact = n <= options->exact_upto;
    found.perplexity = fmax(1.0, fmin(options->perplexity, (double)(n - 1) / 3.0));
    status = (found.exact ? vt_affinity_dense : vt_affinity_sparse)(&p, pca->coordinates, n, pca->k, found.perplexity,
                                                                    force.threads, err);
    if (status == VT_OK && !found.exact) {
        status = vt_tree_create(&force.tree, n, options->dims, err);
    }
    if (status == VT_OK) {
        status = descent_init(&s, pca, options, err);
    }
    if (status == VT_OK) {
        force.repulsion = vt_alloc(s.dims * n, sizeof *force.repulsion, err);
        force.weight = force.repulsion == NULL ? NULL : vt_alloc(n, sizeof *force.weight, err);
        status = force.weight == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    if (status == VT_OK) {
        status = arrange(&found.kl, &s, &force, options, err);
    }
    for (size_t i = 0; status == VT_OK && i < s.dims * n; i++) {
        map[(i % n) * s.dims + i / n] = (float)s.y[i];
    }
    if (status == VT_OK) {
        *result = found;
    }
out:
    vt_free(force.repulsion);
    vt_free(force.weight);
    vt_tree_free(force.tree);
    descent_done(&s);
    vt_affinity_done(&p);
    vt_pca_free(pca);
    return status;
}
