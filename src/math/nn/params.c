/* The slab of parameters, its table, and AdamW (Loshchilov and Hutter 2019) over it. */
#include "math/nn/params.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"

/* Floats of a task; a sum of squares is formed of the sums of such blocks in their order. */
enum { BLOCK = 16384, PAD = 16 };

static size_t blocks_of(const vt_nn_params *params)
{
    return (params->floats + BLOCK - 1) / BLOCK;
}

int vt_nn_params_add(size_t *offset, vt_nn_params *params, const char *name, size_t rows, size_t cols, bool decays,
                     vt_error *err)
{
    if (params->n == params->capacity) {
        size_t capacity = params->capacity == 0 ? 32 : 2 * params->capacity;
        vt_nn_param *more = vt_realloc(params->param, capacity, sizeof *more, err);
        if (more == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        params->param = more;
        params->capacity = capacity;
    }
    vt_nn_param *p = &params->param[params->n++];
    *p = (vt_nn_param){.rows = rows, .cols = cols, .offset = params->floats, .decays = decays};
    snprintf(p->name, sizeof p->name, "%s", name);
    params->floats += (rows * cols + PAD - 1) / PAD * PAD;
    *offset = p->offset;
    return VT_OK;
}

static int slab(float **out, const vt_nn_params *params, vt_error *err)
{
    *out = vt_alloc_aligned(params->floats, sizeof **out, err);
    if (*out == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memset(*out, 0, params->floats * sizeof **out);
    return VT_OK;
}

int vt_nn_params_alloc(vt_nn_params *params, vt_error *err)
{
    return slab(&params->value, params, err);
}

int vt_nn_params_train(vt_nn_params *params, vt_error *err)
{
    int status = slab(&params->gradient, params, err);
    if (status == VT_OK) {
        status = slab(&params->first, params, err);
    }
    if (status == VT_OK) {
        status = slab(&params->second, params, err);
    }
    if (status == VT_OK) {
        params->part = vt_alloc(blocks_of(params), sizeof *params->part, err);
        status = params->part == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    if (status != VT_OK) {
        vt_nn_params_trained(params);
    }
    return status;
}

void vt_nn_params_trained(vt_nn_params *params)
{
    vt_free(params->gradient);
    vt_free(params->first);
    vt_free(params->second);
    vt_free(params->part);
    params->gradient = params->first = params->second = NULL;
    params->part = NULL;
}

void vt_nn_params_done(vt_nn_params *params)
{
    vt_nn_params_trained(params);
    vt_free(params->value);
    vt_free(params->param);
    *params = (vt_nn_params){0};
}

const vt_nn_param *vt_nn_params_find(const vt_nn_params *params, const char *name)
{
    for (size_t i = 0; i < params->n; i++) {
        if (strcmp(params->param[i].name, name) == 0) {
            return &params->param[i];
        }
    }
    return NULL;
}

void vt_nn_params_normal(vt_nn_params *params, const char *name, double deviation, uint64_t seed)
{
    const vt_nn_param *p = vt_nn_params_find(params, name);
    for (size_t r = 0; p != NULL && r < p->rows; r++) {
        vt_rng rng = vt_rng_at(seed, name, r, 0);
        for (size_t k = 0; k < p->cols; k++) {
            double x = vt_rng_normal(&rng);
            while (fabs(x) > 2.0) {
                x = vt_rng_normal(&rng);
            }
            params->value[p->offset + r * p->cols + k] = (float)(deviation * x);
        }
    }
}

void vt_nn_params_fill(vt_nn_params *params, const char *name, float value)
{
    const vt_nn_param *p = vt_nn_params_find(params, name);
    for (size_t k = 0; p != NULL && k < p->rows * p->cols; k++) {
        params->value[p->offset + k] = value;
    }
}

/* The length of the whole gradient. */
static double gradient_length(const vt_nn *nn, vt_nn_params *params)
{
    size_t blocks = blocks_of(params);
#pragma omp parallel for schedule(static, 1) num_threads(nn->threads) if (blocks > 1)
    for (size_t b = 0; b < blocks; b++) {
        size_t begin = b * BLOCK, n = params->floats - begin < BLOCK ? params->floats - begin : BLOCK;
        params->part[b] = nn->kernels->squares(params->gradient + begin, n);
    }
    double sum = 0.0;
    for (size_t b = 0; b < blocks; b++) {
        sum += params->part[b];
    }
    return sqrt(sum);
}

double vt_nn_params_step(const vt_nn *nn, vt_nn_params *params, const vt_nn_adamw *adamw, int64_t step)
{
    double length = gradient_length(nn, params);
    vt_nn_update update = {
        .rate = (float)(adamw->rate / (1.0 - pow(adamw->beta1, (double)step))),
        .beta1 = (float)adamw->beta1,
        .beta2 = (float)adamw->beta2,
        .second = (float)(1.0 / (1.0 - pow(adamw->beta2, (double)step))),
        .epsilon = (float)adamw->epsilon,
        .gradient_scale = (float)(adamw->clip > 0.0 && length > adamw->clip ? adamw->clip / length : 1.0),
    };
    for (size_t i = 0; i < params->n; i++) {
        const vt_nn_param *p = &params->param[i];
        size_t floats = p->rows * p->cols;
        update.decay = p->decays ? (float)(adamw->rate * adamw->decay) : 0.0F;
#pragma omp parallel for schedule(static, 1) num_threads(nn->threads) if (floats > BLOCK)
        for (size_t begin = 0; begin < floats; begin += BLOCK) {
            size_t at = p->offset + begin, n = floats - begin < BLOCK ? floats - begin : BLOCK;
            nn->kernels->adamw(params->value + at, params->first + at, params->second + at, params->gradient + at, n,
                               &update);
            memset(params->gradient + at, 0, n * sizeof *params->gradient);
        }
    }
    return length;
}

double vt_nn_rate(double rate, int64_t step, int64_t steps, int64_t warmup, double least)
{
    if (step < warmup) {
        return rate * (double)step / (double)warmup;
    }
    double done = steps > warmup ? (double)(step - warmup) / (double)(steps - warmup) : 0.0;
    done = done > 1.0 ? 1.0 : done;
    return rate * (least + (1.0 - least) * 0.5 * (1.0 + cos(3.14159265358979323846 * done)));
}
