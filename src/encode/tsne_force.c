/*
 * Each point's forces are summed by one thread in a fixed order, and the normaliser over points in theirs, so that
 * bytes do not depend on the threads. With F = sum p q (y_i - y_j) and R = sum q^2 (y_i - y_j), the gradient is
 * 4 (F - R / Z), Z = sum q (van der Maaten 2014, equation 8). Logarithms are dear, so the divergence is apart and asked
 * for now and then: p log(p / (q / Z)) = p (log p - log q + log Z).
 */
#include "encode/tsne_force.h"

#include <math.h>

/* Row i over all pairs; j = i adds nothing but 1 to the weight. `dims` is a constant where this is called. */
static inline __attribute__((always_inline)) void pull_dense(const vt_force *f, double *gradient, const double *y,
                                                             size_t i, int dims)
{
    size_t n = f->p->n;
    const float *p = f->p->dense + i * n;
    const double *x0 = y, *x1 = y + n, *x2 = dims == 3 ? y + 2 * n : y;
    double weight = 0.0, f0 = 0.0, f1 = 0.0, f2 = 0.0, r0 = 0.0, r1 = 0.0, r2 = 0.0;
    double a = x0[i], b = x1[i], c = x2[i];
#pragma omp simd reduction(+ : weight, f0, f1, f2, r0, r1, r2)
    for (size_t j = 0; j < n; j++) {
        double u = a - x0[j], v = b - x1[j], w = dims == 3 ? c - x2[j] : 0.0;
        double q = 1.0 / (1.0 + u * u + v * v + w * w);
        double pq = (double)p[j] * q, qq = q * q;
        weight += q;
        f0 += pq * u;
        f1 += pq * v;
        f2 += pq * w;
        r0 += qq * u;
        r1 += qq * v;
        r2 += qq * w;
    }
    f->weight[i] = weight - 1.0;
    gradient[i] = f0;
    gradient[n + i] = f1;
    f->repulsion[i] = r0;
    f->repulsion[n + i] = r1;
    if (dims == 3) {
        gradient[2 * n + i] = f2;
        f->repulsion[2 * n + i] = r2;
    }
}

static inline __attribute__((always_inline)) void pull_flat_or_deep(const vt_force *f, double *gradient,
                                                                    const double *y, size_t i)
{
    if (f->dims == 3) {
        pull_dense(f, gradient, y, i, 3);
    } else {
        pull_dense(f, gradient, y, i, 2);
    }
}

static void pull_pairs(const vt_force *f, double *gradient, const double *y, size_t i)
{
    pull_flat_or_deep(f, gradient, y, i);
}

#ifdef __x86_64__
/* Four pairs at a time. */
__attribute__((target("avx2"))) static void pull_pairs_avx2(const vt_force *f, double *gradient, const double *y,
                                                            size_t i)
{
    pull_flat_or_deep(f, gradient, y, i);
}
#endif

typedef void (*pull)(const vt_force *f, double *gradient, const double *y, size_t i);

static pull best_pull(void)
{
#ifdef __x86_64__
    return __builtin_cpu_supports("avx2") ? pull_pairs_avx2 : pull_pairs;
#else
    return pull_pairs;
#endif
}

/* Attraction of row i by its neighbours. */
static void pull_sparse(const vt_force *f, double *gradient, const double *y, size_t i)
{
    size_t n = f->p->n;
    double sum[3] = {0.0, 0.0, 0.0}, off[3];
    for (int64_t e = f->p->ptr[i]; e < f->p->ptr[i + 1]; e++) {
        size_t j = (size_t)f->p->column[e];
        double d2 = 0.0;
        for (size_t m = 0; m < (size_t)f->dims; m++) {
            off[m] = y[m * n + i] - y[m * n + j];
            d2 += off[m] * off[m];
        }
        double pq = (double)f->p->value[e] / (1.0 + d2);
        for (size_t m = 0; m < (size_t)f->dims; m++) {
            sum[m] += pq * off[m];
        }
    }
    for (size_t m = 0; m < (size_t)f->dims; m++) {
        gradient[m * n + i] = sum[m];
    }
}

double vt_force_gradient(const vt_force *f, double *gradient, const double *y, double exaggeration)
{
    size_t n = f->p->n;
    double z = 0.0;
    pull forces = f->tree == NULL ? best_pull() : pull_sparse;
    if (f->tree != NULL) {
        vt_tree_repel(f->tree, f->repulsion, f->weight, y, f->theta, f->threads);
    }
#pragma omp parallel for schedule(dynamic, 64) num_threads(f->threads)
    for (size_t i = 0; i < n; i++) {
        forces(f, gradient, y, i);
    }
    for (size_t i = 0; i < n; i++) {
        z += f->weight[i];
    }
    for (size_t i = 0; i < (size_t)f->dims * n; i++) {
        gradient[i] = 4.0 * (exaggeration * gradient[i] - f->repulsion[i] / z);
    }
    return z;
}

/* p log(p / (q / Z)) of one pair, less the log Z. */
static double divergence(const double *y, size_t n, int dims, size_t i, size_t j, double p)
{
    double d2 = 0.0;
    for (size_t m = 0; m < (size_t)dims; m++) {
        double off = y[m * n + i] - y[m * n + j];
        d2 += off * off;
    }
    return p > 0.0 ? p * (log(p) + log1p(d2)) : 0.0;
}

double vt_force_divergence(const vt_force *f, const double *y, double z)
{
    size_t n = f->p->n;
#pragma omp parallel for schedule(dynamic, 64) num_threads(f->threads)
    for (size_t i = 0; i < n; i++) {
        double sum = 0.0, mass = 0.0;
        for (size_t j = 0; f->tree == NULL && j < n; j++) {
            double p = (double)f->p->dense[i * n + j];
            mass += p;
            sum += divergence(y, n, f->dims, i, j, p);
        }
        for (int64_t e = f->tree == NULL ? 0 : f->p->ptr[i]; f->tree != NULL && e < f->p->ptr[i + 1]; e++) {
            double p = (double)f->p->value[e];
            mass += p;
            sum += divergence(y, n, f->dims, i, (size_t)f->p->column[e], p);
        }
        f->weight[i] = sum + mass * log(z);
    }
    double total = 0.0;
    for (size_t i = 0; i < n; i++) {
        total += f->weight[i];
    }
    return total;
}
