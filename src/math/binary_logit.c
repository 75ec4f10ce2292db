/*
 * Newton's method for the logistic loss. The problem is strictly convex in all but the constant, whose curvature is
 * that of the weights of the rows, so that a step that gains nothing is only too long. The constant is one more column
 * of ones in the scaled rows.
 */
#include "math/binary_logit.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "math/blas.h"
#include "math/cholesky.h"
#include "math/team.h"

enum { STEPS = 60, HALVINGS = 30 };

#define TOLERANCE 1e-9 /* of the gradient's largest part */

typedef struct problem {
    const vt_labelled *rows;
    double ridge, total; /* sum of the weights */
    int threads;
    float *scaled;                   /* (N, D + 1) rows times the root of their curvature */
    float *gram;                     /* (D + 1, D + 1) */
    double *hessian;                 /* (D + 1, D + 1) */
    double *gradient, *step, *trial; /* (D + 1) */
    double *score;                   /* (N) log odds at the weights of the last loss */
} problem;

double vt_binary_logit_score(const double *w, const float *row, size_t d)
{
    double sum = w[d];
    for (size_t k = 0; k < d; k++) {
        sum += w[k] * (double)row[k];
    }
    return sum;
}

/* The objective at `w`; leaves the log odds of all rows. */
static double loss_at(problem *p, const double *w)
{
    const vt_labelled *rows = p->rows;
    double sum = 0.0, square = 0.0;
    for (size_t i = 0; i < rows->n; i++) {
        double score = vt_binary_logit_score(w, rows->x + i * rows->d, rows->d);
        double wrong = rows->label[i] != 0 ? -score : score; /* ln(1 + exp(wrong)) without overflow */
        p->score[i] = score;
        sum += (double)rows->weight[i] * ((wrong > 0.0 ? wrong : 0.0) + log1p(exp(-fabs(wrong))));
    }
    for (size_t k = 0; k < rows->d; k++) {
        square += w[k] * w[k];
    }
    return sum / p->total + p->ridge / 2.0 * square;
}

/* Gradient and curvature at `w`, whose log odds are there; gives the largest part of the gradient. */
static int curve_at(double *largest, problem *p, const double *w, vt_error *err)
{
    const vt_labelled *rows = p->rows;
    size_t d = rows->d, k = d + 1;
    memset(p->gradient, 0, k * sizeof *p->gradient);
    for (size_t i = 0; i < rows->n; i++) {
        const float *x = rows->x + i * d;
        double chance = 1.0 / (1.0 + exp(-p->score[i])), weight = (double)rows->weight[i] / p->total;
        double off = weight * (chance - (rows->label[i] != 0 ? 1.0 : 0.0));
        float root = (float)sqrt(weight * chance * (1.0 - chance));
        for (size_t c = 0; c < d; c++) {
            p->gradient[c] += off * (double)x[c];
            p->scaled[i * k + c] = root * x[c];
        }
        p->gradient[d] += off;
        p->scaled[i * k + d] = root;
    }
    int status = vt_gram(p->gram, p->scaled, rows->n, k, k, p->threads, err);
    *largest = 0.0;
    for (size_t a = 0; a < k && status == VT_OK; a++) {
        for (size_t b = 0; b < k; b++) {
            p->hessian[a * k + b] = (double)p->gram[a * k + b];
        }
        p->hessian[a * k + a] += a < d ? p->ridge : 1e-12;
        p->gradient[a] += a < d ? p->ridge * w[a] : 0.0;
        *largest = fmax(*largest, fabs(p->gradient[a]));
    }
    return status;
}

static int minimize(double *w, problem *p, vt_error *err)
{
    size_t k = p->rows->d + 1;
    double loss = loss_at(p, w), largest = 0.0;
    if (!isfinite(loss)) {
        return vt_fail(err, VT_ERR_FAILED, "the vectors to learn from are not finite");
    }
    for (int step = 0; step < STEPS; step++) {
        int status = curve_at(&largest, p, w, err);
        if (status != VT_OK || largest < TOLERANCE) {
            return status;
        }
        memcpy(p->step, p->gradient, k * sizeof *p->step);
        vt_cholesky(p->hessian, k, 1e-12);
        vt_cholesky_solve(p->step, p->hessian, k);
        double length = 1.0, now = INFINITY;
        for (int half = 0; half < HALVINGS && !(now < loss); half++, length /= 2.0) {
            for (size_t c = 0; c < k; c++) {
                p->trial[c] = w[c] - length * p->step[c];
            }
            now = loss_at(p, p->trial);
        }
        if (!(now < loss)) { /* nothing left to gain in doubles */
            return VT_OK;
        }
        memcpy(w, p->trial, k * sizeof *w);
        loss = now;
    }
    return VT_OK;
}

int vt_binary_logit_fit(double *w, const vt_labelled *rows, double ridge, int threads, vt_error *err)
{
    size_t n = rows->n, k = rows->d + 1;
    problem p = {.rows = rows, .ridge = ridge, .threads = vt_team(threads)};
    for (size_t i = 0; i < n; i++) {
        p.total += (double)rows->weight[i];
    }
    if (!(p.total > 0.0) || !isfinite(p.total)) {
        return vt_fail(err, VT_ERR_FAILED, "the rows to learn from have no weight");
    }
    double *found = vt_alloc_zero(k, sizeof *found, err);
    p.scaled = vt_alloc(n * k, sizeof *p.scaled, err);
    p.gram = vt_alloc(k * k, sizeof *p.gram, err);
    p.hessian = vt_alloc(k * k, sizeof *p.hessian, err);
    p.gradient = vt_alloc(3 * k, sizeof *p.gradient, err);
    p.score = vt_alloc(n, sizeof *p.score, err);
    int status = VT_ERR_NO_MEMORY;
    if (found != NULL && p.scaled != NULL && p.gram != NULL && p.hessian != NULL && p.gradient != NULL &&
        p.score != NULL) {
        p.step = p.gradient + k;
        p.trial = p.step + k;
        status = minimize(found, &p, err);
    }
    if (status == VT_OK) {
        memcpy(w, found, k * sizeof *w);
    }
    vt_free(p.score);
    vt_free(p.gradient);
    vt_free(p.hessian);
    vt_free(p.gram);
    vt_free(p.scaled);
    vt_free(found);
    return status;
}
