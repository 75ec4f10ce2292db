/*
 * The conditional logit by Newton's method. The problem is concave, so a step that gains nothing is only too long.
 * Choices are cut in blocks; each block's sums are formed by one thread and the blocks are summed in order.
 */
#include "math/logit.h"

#include <math.h>
#include <omp.h>
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"

enum { BLOCK = 64, STEPS = 50, HALVINGS = 30 };

/* Sums over a block of choices: loss, gradient (K), Hessian (K, K) of the log likelihood with its sign turned. */
typedef struct sums {
    double loss;
    double gradient[VT_LOGIT_FEATURES_MAX];
    double hessian[VT_LOGIT_FEATURES_MAX * VT_LOGIT_FEATURES_MAX];
} sums;

typedef struct problem {
    const vt_choices *choices;
    double scale[VT_LOGIT_FEATURES_MAX]; /* 1 / root mean square; 0 for a feature without any */
    size_t longest;                      /* rows of the largest choice */
    size_t n_blocks;
    sums *block; /* (n_blocks) */
    double *p;   /* (threads, longest) */
    int threads;
} problem;

/* Scores of the rows of a choice, with the highest taken off; gives ln of the sum of their exponentials. */
static double softmax(double *p, const problem *s, const double *w, int64_t begin, int64_t end, double *first)
{
    size_t k = s->choices->k;
    double highest = -INFINITY, sum = 0.0;
    for (int64_t r = begin; r < end; r++) {
        const float *x = s->choices->x + (size_t)r * k;
        double score = 0.0;
        for (size_t a = 0; a < k; a++) {
            score += w[a] * s->scale[a] * (double)x[a];
        }
        p[r - begin] = score;
        highest = score > highest ? score : highest;
    }
    *first = p[0] - highest;
    for (int64_t r = 0; r < end - begin; r++) {
        p[r] = exp(p[r] - highest);
        sum += p[r];
    }
    for (int64_t r = 0; r < end - begin; r++) {
        p[r] /= sum;
    }
    return log(sum);
}

/* Adds the gradient and the Hessian of one choice: the mean and the covariance of features under p. */
static void add_moments(sums *to, const problem *s, const double *p, int64_t begin, int64_t end)
{
    size_t k = s->choices->k;
    double mean[VT_LOGIT_FEATURES_MAX] = {0}, x[VT_LOGIT_FEATURES_MAX];
    const float *chosen = s->choices->x + (size_t)begin * k;
    for (int64_t r = begin; r < end; r++) {
        const float *row = s->choices->x + (size_t)r * k;
        double share = p[r - begin];
        for (size_t a = 0; a < k; a++) {
            x[a] = (double)row[a] * s->scale[a];
            mean[a] += share * x[a];
        }
        for (size_t a = 0; a < k; a++) {
            double weighted = share * x[a];
            for (size_t b = 0; b <= a; b++) {
                to->hessian[a * k + b] += weighted * x[b];
            }
        }
    }
    for (size_t a = 0; a < k; a++) {
        to->gradient[a] += (double)chosen[a] * s->scale[a] - mean[a];
        for (size_t b = 0; b <= a; b++) {
            to->hessian[a * k + b] -= mean[a] * mean[b];
        }
    }
}

/* Sums of one block; without `moments` the loss alone. */
static void sum_block(problem *s, size_t b, double *p, const double *w, bool moments)
{
    sums *to = &s->block[b];
    size_t k = s->choices->k, end = (b + 1) * BLOCK < s->choices->n ? (b + 1) * BLOCK : s->choices->n;
    to->loss = 0.0;
    memset(to->gradient, 0, k * sizeof *to->gradient);
    memset(to->hessian, 0, k * k * sizeof *to->hessian);
    for (size_t q = b * BLOCK; q < end; q++) {
        double first = 0.0;
        to->loss += softmax(p, s, w, s->choices->ptr[q], s->choices->ptr[q + 1], &first) - first;
        if (moments) {
            add_moments(to, s, p, s->choices->ptr[q], s->choices->ptr[q + 1]);
        }
    }
}

/* The objective (to be made small) at w, and into `total` its sums over all choices when wanted. */
static double evaluate(problem *s, const double *w, double ridge, sums *total)
{
    size_t k = s->choices->k;
#pragma omp parallel for schedule(dynamic) num_threads(s->threads)
    for (size_t b = 0; b < s->n_blocks; b++) {
        sum_block(s, b, s->p + (size_t)omp_get_thread_num() * s->longest, w, total != NULL);
    }
    double loss = 0.0, length = 0.0;
    for (size_t a = s->choices->n_free; a < k; a++) {
        length += w[a] * w[a];
    }
    if (total != NULL) {
        memset(total, 0, sizeof *total);
    }
    for (size_t b = 0; b < s->n_blocks; b++) {
        loss += s->block[b].loss;
        for (size_t a = 0; total != NULL && a < k; a++) {
            total->gradient[a] += s->block[b].gradient[a];
            for (size_t c = 0; c <= a; c++) {
                total->hessian[a * k + c] += s->block[b].hessian[a * k + c];
            }
        }
    }
    if (total != NULL) {
        total->loss = loss;
    }
    return loss + 0.5 * ridge * (double)s->choices->n * length;
}

/* step = (hessian + ridge)^-1 gradient by Cholesky, in place of the hessian. */
static void solve_step(double *step, sums *at, const double *w, double ridge, size_t k, size_t n_free)
{
    double *h = at->hessian;
    for (size_t a = 0; a < k; a++) {
        double own = a < n_free ? 0.0 : ridge;
        h[a * k + a] += own;
        step[a] = at->gradient[a] - own * w[a];
    }
    for (size_t a = 0; a < k; a++) {
        for (size_t b = 0; b <= a; b++) {
            double sum = h[a * k + b];
            for (size_t c = 0; c < b; c++) {
                sum -= h[a * k + c] * h[b * k + c];
            }
            h[a * k + b] = a == b ? sqrt(sum > 1e-12 ? sum : 1e-12) : sum / h[b * k + b];
        }
    }
    for (size_t a = 0; a < k; a++) {
        for (size_t b = 0; b < a; b++) {
            step[a] -= h[a * k + b] * step[b];
        }
        step[a] /= h[a * k + a];
    }
    for (size_t a = k; a-- > 0;) {
        for (size_t b = a + 1; b < k; b++) {
            step[a] -= h[b * k + a] * step[b];
        }
        step[a] /= h[a * k + a];
    }
}

/* Root mean squares of the features; false when one is not finite. */
static bool find_scales(problem *s)
{
    const vt_choices *c = s->choices;
    int64_t rows = c->ptr[c->n];
    for (size_t a = 0; a < c->k; a++) {
        double square = 0.0;
        for (int64_t r = 0; r < rows; r++) {
            double x = (double)c->x[(size_t)r * c->k + a];
            square += x * x;
        }
        if (!isfinite(square)) {
            return false;
        }
        s->scale[a] = square > 0.0 ? 1.0 / sqrt(square / (double)rows) : 0.0;
    }
    return true;
}

static void descend(problem *s, double *w, double ridge, sums *total)
{
    double step[VT_LOGIT_FEATURES_MAX], next[VT_LOGIT_FEATURES_MAX];
    size_t k = s->choices->k;
    double now = evaluate(s, w, ridge, total);
    for (int t = 0; t < STEPS; t++) {
        solve_step(step, total, w, ridge * (double)s->choices->n, k, s->choices->n_free);
        double share = 1.0, then = now;
        for (int h = 0; h < HALVINGS; h++, share *= 0.5) {
            for (size_t a = 0; a < k; a++) {
                next[a] = w[a] + share * step[a];
            }
            then = evaluate(s, next, ridge, NULL);
            if (then < now) {
                break;
            }
        }
        if (!(then < now)) {
            return;
        }
        memcpy(w, next, k * sizeof *w);
        bool enough = now - then < 1e-7 * (double)s->choices->n;
        now = evaluate(s, w, ridge, total);
        if (enough) {
            return;
        }
    }
}

int vt_logit_fit(double *w, double *rms, double *loss, const vt_choices *choices, double ridge, int threads,
                 vt_error *err)
{
    problem s = {.choices = choices, .threads = threads, .n_blocks = (choices->n + BLOCK - 1) / BLOCK};
    if (choices->k > VT_LOGIT_FEATURES_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "%zu features are given; at most %d can be weighed", choices->k,
                       VT_LOGIT_FEATURES_MAX);
    }
    for (size_t q = 0; q < choices->n; q++) {
        size_t rows = (size_t)(choices->ptr[q + 1] - choices->ptr[q]);
        s.longest = rows > s.longest ? rows : s.longest;
    }
    double found[VT_LOGIT_FEATURES_MAX] = {0};
    sums *total = vt_alloc_zero(1, sizeof *total, err);
    s.block = total == NULL ? NULL : vt_alloc(s.n_blocks, sizeof *s.block, err);
    s.p = s.block == NULL ? NULL : vt_alloc((size_t)threads * s.longest, sizeof *s.p, err);
    int status = s.p == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK && !find_scales(&s)) {
        status = vt_fail(err, VT_ERR_FAILED, "a feature of the choices is not finite");
    }
    if (status == VT_OK) {
        descend(&s, found, ridge, total);
        for (size_t a = 0; a < choices->k; a++) {
            w[a] = found[a] * s.scale[a];
            rms[a] = s.scale[a] > 0.0 ? 1.0 / s.scale[a] : 0.0;
        }
        *loss = choices->n > 0 ? total->loss / (double)choices->n : 0.0;
    }
    vt_free(s.p);
    vt_free(s.block);
    vt_free(total);
    return status;
}
