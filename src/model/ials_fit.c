/*
 * Alternating least squares on implicit feedback (Hu, Koren, Volinsky 2008): minimise
 *     sum over all (u, i) of c_ui (p_ui - x_u.y_i)^2 + sum lambda_u |x_u|^2 + sum lambda_i |y_i|^2
 * with p 1 and c = 1 + alpha r where there is an interaction, p 0 and c = unobserved elsewhere, and
 * lambda = regularization (unobserved * others + n)^nu (Rendle, Krichene, Zhang, Koren 2021).
 *
 * What makes it fast: before each half step both sides are turned into the basis in which the Gram matrix of the fixed
 * side is diagonal (turning both changes no product and no length). The part of the normal equations that is the same
 * for all rows is then D numbers instead of D x D, so a row costs only its own interactions; those numbers precondition
 * the conjugate gradient; and short rows are solved exactly in a system of the size of the row (math/solve.h).
 */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "math/blas.h"
#include "math/solve.h"
#include "model/ials.h"
#include "model/matrix.h"

/* Rows a thread takes at a time, and pairs below which waking a second thread costs more than it helps. */
enum { CHUNK_ROWS = 32, FEW_PAIRS = 4000 };

typedef enum solver { STEPS, CONVERGED, EXACT } solver;

/* One side: its factors and its interactions with the other. */
typedef struct side {
    float *factors; /* (R, ld) */
    vt_csr *rows;   /* (R, C) values: w */
    float *target;  /* (N) c */
    int32_t *start; /* (n_start) rows that are solved from where they stand */
    size_t n_start;
    int32_t n; /* R */
} side;

typedef struct work {
    side user;
    side item;
    size_t d, ld;
    float *gram;     /* (d, d) */
    float *vectors;  /* (d, d) */
    float *values;   /* (d) */
    float *diagonal; /* (ld) what all rows share; 1 in the padding */
    double *value;   /* (max R) of each row's problem */
    float *turning;  /* for vt_rotate() */
    float *scratch;  /* (threads, scratch_floats) each: (ld) diagonal of the row, then what the solvers need */
    size_t scratch_floats;
    int threads;
    int steps; /* of conjugate gradient */
} work;

static void side_done(side *s)
{
    vt_free(s->factors);
    vt_free(s->start);
    vt_csr_free(s->rows);
    vt_free(s->target);
}

static int side_init(side *s, size_t ld, const vt_ials *model, vt_error *err)
{
    s->n = s->rows->n_rows;
    size_t n = (size_t)s->rows->ptr[s->n];
    s->factors = vt_alloc_aligned((size_t)s->n, ld * sizeof *s->factors, err);
    s->start = s->factors == NULL ? NULL : vt_alloc((size_t)s->n, sizeof *s->start, err);
    s->target = s->start == NULL ? NULL : vt_alloc(n, sizeof *s->target, err);
    if (s->target == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memset(s->factors, 0, (size_t)s->n * ld * sizeof *s->factors);
    for (int32_t r = 0; r < s->n; r++) {
        s->start[s->n_start] = r;
        s->n_start += vt_solve_starts((size_t)(s->rows->ptr[r + 1] - s->rows->ptr[r]));
    }
    for (size_t e = 0; e < n; e++) {
        s->target[e] = vt_ials_target(model, s->rows->value[e]);
        s->rows->value[e] = vt_ials_weight(model, s->rows->value[e]);
    }
    return VT_OK;
}

static size_t longest_row(const vt_csr *csr)
{
    int64_t longest = 0;
    for (int32_t r = 0; r < csr->n_rows; r++) {
        longest = csr->ptr[r + 1] - csr->ptr[r] > longest ? csr->ptr[r + 1] - csr->ptr[r] : longest;
    }
    return (size_t)longest;
}

static int work_init(work *w, const vt_ials *model, const vt_fit *fit, vt_error *err)
{
    w->d = model->f.d;
    w->ld = vt_pad(w->d);
    w->threads = fit->threads;
    vt_entry entry = model->values ? VT_ENTRY_VALUE : VT_ENTRY_ONE;
    int status = vt_matrix_create(&w->user.rows, &w->item.rows, fit->train, entry, err);
    if (status == VT_OK) {
        status = side_init(&w->user, w->ld, model, err);
    }
    if (status == VT_OK) {
        status = side_init(&w->item, w->ld, model, err);
    }
    if (status != VT_OK) {
        return status;
    }
    size_t rows = (size_t)(w->user.n > w->item.n ? w->user.n : w->item.n);
    size_t of_user = longest_row(w->user.rows), of_item = longest_row(w->item.rows);
    w->scratch_floats = vt_pad(w->ld + vt_solve_scratch(of_user > of_item ? of_user : of_item, w->ld));
    w->gram = vt_alloc_aligned(w->d * w->d, sizeof *w->gram, err);
    w->vectors = w->gram == NULL ? NULL : vt_alloc_aligned(w->d * w->d, sizeof *w->vectors, err);
    w->values = w->vectors == NULL ? NULL : vt_alloc_aligned(w->d, sizeof *w->values, err);
    w->diagonal = w->values == NULL ? NULL : vt_alloc_aligned(w->ld, sizeof *w->diagonal, err);
    w->value = w->diagonal == NULL ? NULL : vt_alloc(rows, sizeof *w->value, err);
    size_t turning = vt_rotate_scratch(w->ld, w->threads);
    w->turning = w->value == NULL ? NULL : vt_alloc_aligned(turning, sizeof *w->turning, err);
    size_t threads = (size_t)w->threads;
    w->scratch = w->turning == NULL ? NULL : vt_alloc_aligned(threads, w->scratch_floats * sizeof *w->scratch, err);
    return w->scratch == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

static void work_done(work *w)
{
    side_done(&w->user);
    side_done(&w->item);
    vt_free(w->gram);
    vt_free(w->vectors);
    vt_free(w->values);
    vt_free(w->diagonal);
    vt_free(w->value);
    vt_free(w->turning);
    vt_free(w->scratch);
}

static void start(work *w, const vt_fit *fit)
{
    double deviation = fit->params->value[VT_ALS_STDEV] / sqrt((double)w->d);
    float *factors = w->user.factors;
#pragma omp parallel for schedule(static) num_threads(w->threads) if (w->user.n > FEW_PAIRS)
    for (int32_t u = 0; u < w->user.n; u++) {
        vt_rng rng = vt_rng_at(fit->seed, "als-init", (uint64_t)u, 0);
        for (size_t k = 0; k < w->d; k++) {
            factors[(size_t)u * w->ld + k] = (float)(deviation * vt_rng_normal(&rng));
        }
    }
}

/* sum of lambda |row|^2 over a side. */
static double penalty(const side *s, const work *w, const vt_ials *model, int32_t others)
{
    double sum = 0.0;
    for (int32_t r = 0; r < s->n; r++) {
        double square = 0.0;
        for (size_t k = 0; k < w->d; k++) {
            double f = (double)s->factors[(size_t)r * w->ld + k];
            square += f * f;
        }
        sum += square * vt_ials_lambda(model, s->rows->ptr[r + 1] - s->rows->ptr[r], others);
    }
    return sum;
}

/* Solves one row of `s` against `fixed`. */
static double solve_row(const vt_kernels *kernels, const side *s, int32_t row, const side *fixed, const work *w,
                        const vt_ials *model, solver how, float *scratch)
{
    int64_t begin = s->rows->ptr[row], n = s->rows->ptr[row + 1] - begin;
    float *x = s->factors + (size_t)row * w->ld;
    if (n == 0) {
        memset(x, 0, w->ld * sizeof *x);
        return 0.0;
    }
    float lambda = (float)vt_ials_lambda(model, n, fixed->n);
    float *diagonal = scratch;
    for (size_t k = 0; k < w->ld; k++) {
        diagonal[k] = w->diagonal[k] + lambda;
    }
    vt_gather gather = {fixed->factors, s->rows->column + begin, s->rows->value + begin, s->target + begin, (size_t)n,
                        w->ld};
    scratch += w->ld;
    return how == EXACT       ? vt_solve_exact(kernels, x, diagonal, &gather, scratch)
           : how == CONVERGED ? vt_solve_converged(kernels, x, diagonal, &gather, scratch)
                              : vt_solve_fast(kernels, x, diagonal, &gather, w->steps, scratch);
}

/* Solves all rows of `s` with `fixed` as it is. */
static int half_step(work *w, side *s, side *fixed, const vt_ials *model, solver how, vt_error *err)
{
    int status = vt_gram(w->gram, fixed->factors, (size_t)fixed->n, w->d, w->ld, w->threads, err);
    if (status == VT_OK) {
        status = vt_eigen(w->values, w->vectors, w->gram, w->d, err);
    }
    if (status != VT_OK) {
        return status;
    }
    /* Rows solved from nothing need no turning. */
    vt_rotate(fixed->factors, NULL, (size_t)fixed->n, w->vectors, w->d, w->ld, w->threads, w->turning);
    if (how == STEPS) {
        vt_rotate(s->factors, s->start, s->n_start, w->vectors, w->d, w->ld, w->threads, w->turning);
    }
    for (size_t k = 0; k < w->ld; k++) {
        float value = k < w->d ? w->values[k] : 1.0F;
        w->diagonal[k] = value > 0.0F ? (float)model->unobserved * value : 0.0F;
    }
    const vt_kernels *kernels = vt_kernels_best();
    bool together = s->rows->ptr[s->n] > FEW_PAIRS;
#pragma omp parallel for schedule(dynamic, CHUNK_ROWS) num_threads(w->threads) if (together)
    for (int32_t r = 0; r < s->n; r++) {
        w->value[r] = solve_row(kernels, s, r, fixed, w, model, how,
                                w->scratch + (size_t)omp_get_thread_num() * w->scratch_floats);
    }
    return VT_OK;
}

/* The objective after a half step, out of the values of its problems. */
static double objective(const work *w, const side *s, const side *fixed, const vt_ials *model)
{
    double sum = penalty(fixed, w, model, s->n);
    for (int32_t r = 0; r < s->n; r++) {
        sum += w->value[r];
    }
    for (int64_t e = 0; e < s->rows->ptr[s->n]; e++) {
        sum += (double)s->target[e];
    }
    return sum;
}

static void keep(vt_ials *model, const work *w)
{
    for (size_t u = 0; u < (size_t)model->f.n_users; u++) {
        memcpy(model->f.users + u * w->d, w->user.factors + u * w->ld, w->d * sizeof *model->f.users);
    }
    for (size_t i = 0; i < (size_t)model->f.n_items; i++) {
        memcpy(model->f.items + i * w->d, w->item.factors + i * w->ld, w->d * sizeof *model->f.items);
    }
    memcpy(model->diagonal, w->diagonal, w->d * sizeof *model->diagonal);
}

int vt_ials_fit(vt_ials *model, const vt_fit *fit, double *loss, vt_error *err)
{
    const double *value = fit->params->value;
    int iterations = (int)value[VT_ALS_ITERATIONS];
    bool tell = loss != NULL || (fit->progress != NULL && fit->progress->report != NULL);
    char detail[48] = "";
    work w = {.steps = (int)value[VT_ALS_STEPS]};
    int status = work_init(&w, model, fit, err);
    if (status != VT_OK) {
        goto out;
    }
    start(&w, fit);
    for (int half = 0; half < 2 * iterations; half++) {
        const vt_progress_state done = {"fitting ials", "iterations", half / 2.0, iterations, detail};
        status = vt_progress_report(fit->progress, &done, err);
        if (status != VT_OK) {
            goto out;
        }
        /* Items first, so that users end solved against the final items; that last step is
           as folding in is: to rounding, from nothing. */
        side *s = half % 2 == 0 ? &w.item : &w.user, *fixed = half % 2 == 0 ? &w.user : &w.item;
        solver how = model->exact ? EXACT : half == 2 * iterations - 1 ? CONVERGED : STEPS;
        status = half_step(&w, s, fixed, model, how, err);
        if (status != VT_OK) {
            goto out;
        }
        if (tell) {
            double sum = objective(&w, s, fixed, model);
            snprintf(detail, sizeof detail, "loss %.6g", sum);
            if (loss != NULL) {
                loss[half] = sum;
            }
        }
    }
    const vt_progress_state done = {"fitting ials", "iterations", iterations, iterations, detail};
    status = vt_progress_report(fit->progress, &done, err);
    if (status == VT_OK) {
        keep(model, &w);
    }
out:
    work_done(&w);
    return status;
}
