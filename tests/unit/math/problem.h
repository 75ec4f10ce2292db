/* Random weighted least squares problems for the tests of kernels and solvers. */
#ifndef VT_TEST_PROBLEM_H
#define VT_TEST_PROBLEM_H

#include "check.h"

#include "base/alloc.h"
#include "base/rng.h"
#include "math/kernels.h"

enum { PROBLEM_ROWS = 400 };

/* `n` rows of `factors` numbers padded to gather.d, taken in a scrambled order out of PROBLEM_ROWS. */
typedef struct problem {
    float *matrix;
    float *diagonal;
    float *x;
    int32_t row[PROBLEM_ROWS];
    float weight[PROBLEM_ROWS];
    float target[PROBLEM_ROWS];
    vt_gather gather;
} problem;

static inline void problem_init(problem *p, size_t n, size_t factors, uint64_t seed)
{
    vt_rng rng = vt_rng_at(seed, "problem", n, factors);
    size_t d = vt_pad(factors);
    p->matrix = vt_alloc_aligned(PROBLEM_ROWS * d, sizeof(float), NULL);
    p->diagonal = vt_alloc_aligned(d, sizeof(float), NULL);
    p->x = vt_alloc_aligned(d, sizeof(float), NULL);
    for (size_t i = 0; i < PROBLEM_ROWS; i++) {
        for (size_t k = 0; k < d; k++) {
            p->matrix[i * d + k] = k < factors ? (float)(0.3 * vt_rng_normal(&rng)) : 0.0F;
        }
        p->row[i] = (int32_t)((i * 37) % PROBLEM_ROWS);
        p->weight[i] = (float)(0.5 + 5.0 * vt_rng_unit(&rng));
        p->target[i] = 1.0F + p->weight[i];
    }
    for (size_t k = 0; k < d; k++) {
        p->diagonal[k] = (float)(0.1 + 10.0 * vt_rng_unit(&rng));
        p->x[k] = k < factors ? (float)(0.1 * vt_rng_normal(&rng)) : 0.0F;
    }
    p->gather = (vt_gather){p->matrix, p->row, p->weight, p->target, n, d};
}

static inline void problem_done(problem *p)
{
    vt_free(p->matrix);
    vt_free(p->diagonal);
    vt_free(p->x);
}

/** Largest |b - A x| over largest |b|, in double. */
static inline double problem_residual(const problem *p, const float *x)
{
    double worst = 0.0, largest = 1e-30;
    const vt_gather *g = &p->gather;
    for (size_t k = 0; k < g->d; k++) {
        double left = (double)p->diagonal[k] * (double)x[k], b = 0.0;
        for (size_t j = 0; j < g->n; j++) {
            const float *y = g->matrix + (size_t)g->row[j] * g->d;
            double s = 0.0;
            for (size_t i = 0; i < g->d; i++) {
                s += (double)y[i] * (double)x[i];
            }
            left += (double)g->weight[j] * s * (double)y[k];
            b += (double)g->target[j] * (double)y[k];
        }
        double off = b > left ? b - left : left - b;
        worst = off > worst ? off : worst;
        largest = b > largest ? b : -b > largest ? -b : largest;
    }
    return worst / largest;
}

#endif
