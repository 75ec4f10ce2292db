/* The tensors of an encoder: their names, shapes and starting values. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>

#include "math/nn/encoder.h"

/* What a tensor starts as. */
typedef enum start { ZERO, ONE, XAVIER } start;

/* Widths that shapes are made of. */
typedef enum width { W_1, W_D, W_3D, W_F, W_C } width;

static const struct tensor {
    const char *name;
    size_t place; /* in vt_nn_block */
    width rows, cols;
    start start;
    bool decays;
} tensors[] = {
    {"norm1.gain", offsetof(vt_nn_block, gain1), W_1, W_D, ONE, false},
    {"norm1.shift", offsetof(vt_nn_block, shift1), W_1, W_D, ZERO, false},
    {"qkv.weight", offsetof(vt_nn_block, qkv), W_3D, W_D, XAVIER, true},
    {"qkv.bias", offsetof(vt_nn_block, qkv_bias), W_1, W_3D, ZERO, false},
    {"out.weight", offsetof(vt_nn_block, out), W_D, W_D, XAVIER, true},
    {"out.bias", offsetof(vt_nn_block, out_bias), W_1, W_D, ZERO, false},
    {"norm2.gain", offsetof(vt_nn_block, gain2), W_1, W_D, ONE, false},
    {"norm2.shift", offsetof(vt_nn_block, shift2), W_1, W_D, ZERO, false},
    {"up.weight", offsetof(vt_nn_block, up), W_F, W_D, XAVIER, true},
    {"up.bias", offsetof(vt_nn_block, up_bias), W_1, W_F, ZERO, false},
    {"down.weight", offsetof(vt_nn_block, down), W_D, W_F, XAVIER, true},
    {"down.bias", offsetof(vt_nn_block, down_bias), W_1, W_D, ZERO, false},
    {"key.class", offsetof(vt_nn_block, key_class), W_C, W_D, ZERO, false},
    {"value.class", offsetof(vt_nn_block, value_class), W_C, W_D, ZERO, false},
};

enum { TENSORS = sizeof tensors / sizeof tensors[0] };

static size_t size_of(width w, const vt_nn_encoder_shape *s)
{
    const size_t sizes[] = {[W_1] = 1, [W_D] = s->d, [W_3D] = 3 * s->d, [W_F] = s->hidden, [W_C] = s->buckets};
    return sizes[w];
}

static void name_of(char name[VT_NN_NAME], size_t layer, const struct tensor *t)
{
    snprintf(name, VT_NN_NAME, "block%zu.%s", layer, t->name);
}

int vt_nn_encoder_add(vt_nn_encoder *e, vt_nn_params *params, const vt_nn_encoder_shape *shape, vt_error *err)
{
    int status = VT_OK;
    *e = (vt_nn_encoder){.shape = *shape};
    for (size_t i = 0; status == VT_OK && i < shape->layers * TENSORS; i++) {
        const struct tensor *t = &tensors[i % TENSORS];
        size_t *place = (size_t *)(void *)((char *)&e->block[i / TENSORS] + t->place);
        char name[VT_NN_NAME];
        name_of(name, i / TENSORS, t);
        if (size_of(t->rows, shape) > 0) {
            status =
                vt_nn_params_add(place, params, name, size_of(t->rows, shape), size_of(t->cols, shape), t->decays, err);
        }
    }
    if (status == VT_OK && shape->pre_norm) {
        status = vt_nn_params_add(&e->gain, params, "norm.gain", 1, shape->d, false, err);
    }
    if (status == VT_OK && shape->pre_norm) {
        status = vt_nn_params_add(&e->shift, params, "norm.shift", 1, shape->d, false, err);
    }
    return status;
}

void vt_nn_encoder_start(const vt_nn_encoder *e, vt_nn_params *params, uint64_t seed)
{
    const vt_nn_encoder_shape *s = &e->shape;
    for (size_t i = 0; i < s->layers * TENSORS; i++) {
        const struct tensor *t = &tensors[i % TENSORS];
        char name[VT_NN_NAME];
        name_of(name, i / TENSORS, t);
        if (t->start == XAVIER) {
            /* Queries, keys and values are three products of (D, D). */
            size_t rows = t->rows == W_3D ? s->d : size_of(t->rows, s), cols = size_of(t->cols, s);
            vt_nn_params_normal(params, name, sqrt(2.0 / (double)(rows + cols)), seed);
        } else {
            vt_nn_params_fill(params, name, t->start == ONE ? 1.0F : 0.0F);
        }
    }
    vt_nn_params_fill(params, "norm.gain", 1.0F);
    vt_nn_params_fill(params, "norm.shift", 0.0F);
}
