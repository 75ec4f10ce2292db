/*
 * Attention over inputs, then hidden layers of 256, 128 and 64 with ReLU and dropout. The inputs stand side by side,
 * each times its weight, so that the network sees which is which.
 */
#include "model/rating_head.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Rows of a task. */
enum { ROWS_AT_ONCE = 32 };

static const size_t width[VT_HEAD_LAYERS] = {256, 128, 64, 1};

static size_t width_into(const vt_rating_head *head, size_t layer)
{
    return layer == 0 ? head->inputs * head->d : width[layer - 1];
}

int vt_rating_head_add(vt_rating_head *head, vt_nn_params *params, size_t inputs, size_t d, double dropout,
                       vt_error *err)
{
    *head = (vt_rating_head){.inputs = inputs, .d = d, .dropout = (float)dropout};
    int status = vt_nn_params_add(&head->attend, params, "head.attend.weight", inputs, d, true, err);
    if (status == VT_OK) {
        status = vt_nn_params_add(&head->attend_bias, params, "head.attend.bias", 1, inputs, false, err);
    }
    for (size_t l = 0; status == VT_OK && l < VT_HEAD_LAYERS; l++) {
        char name[VT_NN_NAME];
        snprintf(name, sizeof name, "head.layer%zu.weight", l);
        status = vt_nn_params_add(&head->weight[l], params, name, width[l], width_into(head, l), true, err);
        if (status == VT_OK) {
            snprintf(name, sizeof name, "head.layer%zu.bias", l);
            status = vt_nn_params_add(&head->bias[l], params, name, 1, width[l], false, err);
        }
    }
    return status;
}

void vt_rating_head_start(const vt_rating_head *head, vt_nn_params *params, uint64_t seed)
{
    for (size_t l = 0; l < VT_HEAD_LAYERS; l++) {
        char name[VT_NN_NAME];
        snprintf(name, sizeof name, "head.layer%zu.weight", l);
        vt_nn_params_normal(params, name, sqrt(2.0 / (double)width_into(head, l)), seed);
    }
}

/* Where the buffers of a batch stand: the weighted inputs, then each layer before and after its ReLU, then two rows of
   gradients. */
typedef struct layout {
    float *fused;                  /* (T, M D) */
    float *before[VT_HEAD_LAYERS]; /* (T, width) */
    float *after[VT_HEAD_LAYERS];
    float *down, *up; /* (T, widest) */
    float *logit;     /* (T, M) gradients of what attends */
} layout;

static size_t widest(const vt_rating_head *head)
{
    size_t fused = head->inputs * head->d;
    return fused > width[0] ? fused : width[0];
}

static size_t lay_out(layout *at, const vt_rating_head *head, size_t rows, float *buffers)
{
    size_t floats = 0;
    at->fused = buffers;
    floats += rows * head->inputs * head->d;
    for (size_t l = 0; l < VT_HEAD_LAYERS; l++) {
        at->before[l] = buffers + floats;
        at->after[l] = buffers + floats + rows * width[l];
        floats += 2 * rows * width[l];
    }
    at->down = buffers + floats;
    at->up = at->down + rows * widest(head);
    at->logit = at->up + rows * widest(head);
    return floats + 2 * rows * widest(head) + rows * head->inputs;
}

size_t vt_rating_head_floats(const vt_rating_head *head, size_t rows)
{
    static float nowhere[1];
    layout at;
    return lay_out(&at, head, rows, nowhere);
}

/* Weights of a row's inputs, and the inputs times them. */
static void attend(const vt_nn *nn, float *fused, float *weight, const vt_rating_head *head, const float *value,
                   const float *x, const uint8_t *present)
{
    size_t d = head->d;
    float highest = -INFINITY, sum = 0.0F;
    for (size_t m = 0; m < head->inputs; m++) {
        weight[m] = -INFINITY;
        if (present[m]) {
            weight[m] = nn->kernels->dot(value + head->attend + m * d, x + m * d, d) + value[head->attend_bias + m];
            highest = fmaxf(highest, weight[m]);
        }
    }
    for (size_t m = 0; m < head->inputs; m++) {
        weight[m] = present[m] ? expf(weight[m] - highest) : 0.0F;
        sum += weight[m];
    }
    for (size_t m = 0; m < head->inputs; m++) {
        weight[m] = sum > 0.0F ? weight[m] / sum : 0.0F;
        nn->kernels->scale(fused + m * d, x + m * d, weight[m], d);
    }
}

/* The key of a layer's dropout. */
static vt_nn_mask mask_of(const vt_rating_head *head, const vt_head_batch *batch, size_t layer)
{
    return (vt_nn_mask){batch->key + layer * 0x9E3779B97F4A7C15U, batch->training ? head->dropout : 0.0F};
}

void vt_rating_head_forward(const vt_nn *nn, float *out, float *attention, const vt_rating_head *head,
                            const float *value, const vt_head_batch *batch, float *buffers)
{
    layout at;
    size_t row = head->inputs * head->d;
    lay_out(&at, head, batch->rows, buffers);
#pragma omp parallel for schedule(static, ROWS_AT_ONCE) num_threads(nn->threads) if (batch->rows > ROWS_AT_ONCE)
    for (size_t t = 0; t < batch->rows; t++) {
        attend(nn, at.fused + t * row, attention + t * head->inputs, head, value, batch->x + t * row,
               batch->present + t * head->inputs);
    }
    const float *x = at.fused;
    for (size_t l = 0; l < VT_HEAD_LAYERS; l++) {
        size_t n = batch->rows * width[l];
        bool last = l + 1 == VT_HEAD_LAYERS;
        vt_nn_linear(nn, last ? out : at.before[l], x, value + head->weight[l], value + head->bias[l], batch->rows,
                     width_into(head, l), width[l]);
        if (!last) {
            vt_nn_activate(nn, at.after[l], at.before[l], VT_NN_RELU, n);
            vt_nn_drop(nn, at.after[l], at.after[l], mask_of(head, batch, l), n);
            x = at.after[l];
        }
    }
}

void vt_rating_head_back(const vt_nn *nn, float *dx, float *gradient, const float *dout, const float *attention,
                         const vt_rating_head *head, const float *value, const vt_head_batch *batch, float *buffers)
{
    layout at;
    size_t inputs = head->inputs, d = head->d, row = inputs * d, rows = batch->rows;
    lay_out(&at, head, rows, buffers);
    const float *from = dout;
    float *to = at.down;
    for (size_t l = VT_HEAD_LAYERS; l-- > 0;) {
        const float *x = l == 0 ? at.fused : at.after[l - 1];
        vt_nn_linear_back(nn, to, gradient + head->weight[l], gradient + head->bias[l], from, x,
                          value + head->weight[l], rows, width_into(head, l), width[l]);
        if (l > 0) {
            size_t n = rows * width[l - 1];
            vt_nn_drop(nn, to, to, mask_of(head, batch, l - 1), n);
            vt_nn_activate_back(nn, to, to, at.before[l - 1], VT_NN_RELU, n);
        }
        from = to;
        to = to == at.down ? at.up : at.down;
    }
#pragma omp parallel for schedule(static, ROWS_AT_ONCE) num_threads(nn->threads) if (rows > ROWS_AT_ONCE)
    for (size_t t = 0; t < rows; t++) {
        const float *weight = attention + t * inputs, *x = batch->x + t * row, *dfused = from + t * row;
        float *logit = at.logit + t * inputs, mean = 0.0F;
        for (size_t m = 0; m < inputs; m++) {
            logit[m] = nn->kernels->dot(dfused + m * d, x + m * d, d);
            mean += weight[m] * logit[m];
        }
        for (size_t m = 0; m < inputs; m++) {
            logit[m] = weight[m] * (logit[m] - mean);
            nn->kernels->scale(dx + t * row + m * d, dfused + m * d, weight[m], d);
            nn->kernels->add(dx + t * row + m * d, value + head->attend + m * d, logit[m], d);
        }
    }
    /* One thread an input, rows in their order. */
#pragma omp parallel for schedule(static, 1) num_threads(nn->threads) if (rows > ROWS_AT_ONCE)
    for (size_t m = 0; m < inputs; m++) {
        for (size_t t = 0; t < rows; t++) {
            float logit = at.logit[t * inputs + m];
            nn->kernels->add(gradient + head->attend + m * d, batch->x + t * row + m * d, logit, d);
            gradient[head->attend_bias + m] += logit;
        }
    }
}
