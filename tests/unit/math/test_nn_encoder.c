/* Attention and the encoder against plain loops in double, gradients against finite differences of those. */
#include "nn_reference.h"

/* Sequences of these lengths: one token, less and more than a run of queries, none at all. */
static const size_t lengths[] = {1, 3, 0, 41, 7, 33, 2, 5, 4, 1};

enum { B = sizeof lengths / sizeof *lengths, D = 12, HEADS = 3, HIDDEN = 20, CLASSES = 5, MOST_PARAMS = 8000 };

/* A batch, and an encoder with everything it works on. */
typedef struct net {
    size_t begin[B + 1], square[B + 1];
    uint8_t *bucket;
    vt_nn_batch batch;
    vt_nn_encoder encoder;
    vt_nn_params params;
    float *x, *weight;
    uint64_t key;
    bool training;
} net;

static void net_init(net *n, const vt_nn_encoder_shape *shape)
{
    memset(n, 0, sizeof *n);
    for (size_t b = 0; b < B; b++) {
        n->begin[b + 1] = n->begin[b] + lengths[b];
        n->square[b + 1] = n->square[b] + lengths[b] * lengths[b];
    }
    n->bucket = vt_alloc(n->square[B], 1, NULL);
    for (size_t i = 0; i < n->square[B]; i++) {
        n->bucket[i] = (uint8_t)(i * 7 % CLASSES);
    }
    n->batch = (vt_nn_batch){{B, n->begin, n->square}, n->begin[B], n->square[B], n->bucket};
    assert_int_equal(vt_nn_encoder_add(&n->encoder, &n->params, shape, NULL), VT_OK);
    assert_in_range(n->params.floats, 1, MOST_PARAMS);
    assert_int_equal(vt_nn_params_alloc(&n->params, NULL), VT_OK);
    assert_int_equal(vt_nn_params_train(&n->params, NULL), VT_OK);
    vt_nn_encoder_start(&n->encoder, &n->params, 4);
    for (size_t i = 0; i < n->params.floats; i++) { /* nothing is zero or one, padding included */
        n->params.value[i] += 0.02F * (float)(i % 11) - 0.1F;
    }
    n->x = chance(n->batch.tokens * D, 1.0, 5);
    n->weight = chance(n->batch.tokens * D, 1.0, 6);
    n->key = vt_nn_key(1, 2, 3, 4);
    n->training = true;
}

static void net_done(net *n)
{
    vt_free(n->bucket);
    vt_nn_params_done(&n->params);
    vt_free(n->x);
    vt_free(n->weight);
}

/* The dropouts of a block, as the encoder keys them. */
static vt_nn_mask mask_of(const net *n, size_t layer, size_t kind)
{
    return (vt_nn_mask){vt_nn_key(n->key, layer, kind, 4), n->training ? n->encoder.shape.dropout : 0.0F};
}

static void ref_add_dropped(double *out, const double *x, const double *y, vt_nn_mask mask, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = x[i] + y[i] * ref_kept(mask, i);
    }
}

static void ref_block(const net *n, double *x, size_t layer)
{
    const vt_nn_encoder_shape *s = &n->encoder.shape;
    const vt_nn_block *at = &n->encoder.block[layer];
    const float *v = n->params.value;
    size_t t = n->batch.tokens;
    double *a = doubles(t * D), *qkv = doubles(t * 3 * D), *u = doubles(t * HIDDEN), *y = doubles(t * D);
    vt_nn_relative relative = {.bucket = n->bucket, .buckets = CLASSES};
    vt_nn_attention attention = {n->batch.sequences, HEADS, D, mask_of(n, layer, 0), s->buckets > 0 ? &relative : NULL};
    memcpy(a, x, t * D * sizeof *a);
    if (s->pre_norm) {
        ref_norm(a, x, v + at->gain1, v + at->shift1, t, D);
    }
    ref_linear(qkv, a, v + at->qkv, v + at->qkv_bias, t, D, 3 * D);
    ref_attend(a, qkv, &attention, s->buckets > 0 ? v + at->key_class : NULL,
               s->buckets > 0 ? v + at->value_class : NULL);
    ref_linear(y, a, v + at->out, v + at->out_bias, t, D, D);
    ref_add_dropped(x, x, y, mask_of(n, layer, 1), t * D);
    ref_norm(a, x, v + (s->pre_norm ? at->gain2 : at->gain1), v + (s->pre_norm ? at->shift2 : at->shift1), t, D);
    ref_linear(u, a, v + at->up, v + at->up_bias, t, D, HIDDEN);
    for (size_t i = 0; i < t * HIDDEN; i++) {
        u[i] = ref_activate(u[i], s->activation) * ref_kept(mask_of(n, layer, 2), i);
    }
    ref_linear(y, u, v + at->down, v + at->down_bias, t, HIDDEN, D);
    if (s->pre_norm) {
        ref_add_dropped(x, x, y, mask_of(n, layer, 3), t * D);
    } else {
        ref_add_dropped(a, a, y, mask_of(n, layer, 3), t * D);
        ref_norm(x, a, v + at->gain2, v + at->shift2, t, D);
    }
    vt_free(a);
    vt_free(qkv);
    vt_free(u);
    vt_free(y);
}

static double *ref_encoder(const net *n)
{
    size_t numbers = n->batch.tokens * D;
    double *x = doubles(numbers), *out = doubles(numbers);
    for (size_t i = 0; i < numbers; i++) {
        x[i] = (double)n->x[i];
    }
    for (size_t layer = 0; layer < n->encoder.shape.layers; layer++) {
        ref_block(n, x, layer);
    }
    memcpy(out, x, numbers * sizeof *x);
    if (n->encoder.shape.pre_norm) {
        ref_norm(out, x, n->params.value + n->encoder.gain, n->params.value + n->encoder.shift, n->batch.tokens, D);
    }
    vt_free(x);
    return out;
}

static double encoder_loss(void *context)
{
    const net *n = context;
    double *out = ref_encoder(n), loss = weighted(out, n->weight, n->batch.tokens * D);
    vt_free(out);
    return loss;
}

/* Forward and back with so many threads; everything that comes out is compared or kept. */
static void run(const net *n, int threads, float *out, float *dx, float *gradient)
{
    size_t numbers = n->batch.tokens * D;
    size_t n_scratch = vt_nn_encoder_floats(&n->encoder, n->batch.tokens, n->batch.squares, n->training);
    float *buffers = zeros(n_scratch + 1), *dout = zeros(numbers);
    vt_nn nn = vt_nn_with(threads);
    buffers[n_scratch] = 42.0F;
    memcpy(dout, n->weight, numbers * sizeof *dout);
    vt_nn_encoder_forward(&nn, out, &n->encoder, n->params.value, n->x, &n->batch, n->training, n->key, buffers);
    if (n->training) {
        vt_nn_encoder_back(&nn, dx, gradient, dout, &n->encoder, n->params.value, n->x, &n->batch, n->key, buffers);
    }
    assert_true(buffers[n_scratch] > 41.0F && buffers[n_scratch] < 43.0F);
    vt_free(buffers);
    vt_free(dout);
}

static void check_encoder(const vt_nn_encoder_shape *shape)
{
    net n;
    net_init(&n, shape);
    size_t numbers = n.batch.tokens * D, floats = n.params.floats;
    float *out = zeros(numbers), *dx = zeros(numbers), *out3 = zeros(numbers), *dx3 = zeros(numbers);
    float *gradient3 = zeros(floats);
    double *expected = ref_encoder(&n);
    run(&n, 1, out, dx, n.params.gradient);
    run(&n, 3, out3, dx3, gradient3);
    check_values("encoder", out, expected, numbers);
    assert_memory_equal(out, out3, numbers * sizeof *out);
    assert_memory_equal(dx, dx3, numbers * sizeof *dx);
    assert_memory_equal(n.params.gradient, gradient3, floats * sizeof *gradient3);
    run(&n, 2, out3, dx3, gradient3); /* parts of a batch add up */
    for (size_t i = 0; i < floats; i++) {
        float twice = 2.0F * n.params.gradient[i];
        assert_true(fabsf(gradient3[i] - twice) <= 1e-3F + 1e-4F * fabsf(twice));
    }
    check_gradient("encoder x", encoder_loss, &n, n.x, dx, numbers, 61);
    for (size_t i = 0; i < n.params.n; i++) {
        const vt_nn_param *p = &n.params.param[i];
        size_t size = p->rows * p->cols;
        if (strstr(p->name, "qkv.bias") != NULL) { /* of a key's bias the gradient is nothing but rounding */
            check_gradient(p->name, encoder_loss, &n, n.params.value + p->offset, n.params.gradient + p->offset, D, 5);
            continue;
        }
        check_gradient(p->name, encoder_loss, &n, n.params.value + p->offset, n.params.gradient + p->offset, size,
                       size / 4 + 1);
    }
    n.training = false; /* no dropout, and buffers that blocks share */
    double *calm = ref_encoder(&n);
    run(&n, 2, out, NULL, NULL);
    check_values("encoder without dropout", out, calm, numbers);
    vt_free(out);
    vt_free(dx);
    vt_free(out3);
    vt_free(dx3);
    vt_free(gradient3);
    vt_free(expected);
    vt_free(calm);
    net_done(&n);
}

static void norm_first(void **state)
{
    (void)state;
    const vt_nn_encoder_shape shape = {3, HEADS, D, HIDDEN, 0, VT_NN_GELU, true, 0.3F};
    check_encoder(&shape);
}

static void norm_last(void **state)
{
    (void)state;
    const vt_nn_encoder_shape shape = {2, HEADS, D, HIDDEN, 0, VT_NN_GELU, false, 0.2F};
    check_encoder(&shape);
}

static void classes_of_pairs(void **state)
{
    (void)state;
    const vt_nn_encoder_shape shape = {2, HEADS, D, HIDDEN, CLASSES, VT_NN_GELU, true, 0.2F};
    check_encoder(&shape);
}

static void without_dropout(void **state)
{
    (void)state;
    const vt_nn_encoder_shape shape = {1, HEADS, D, HIDDEN, CLASSES, VT_NN_GELU, false, 0.0F};
    check_encoder(&shape);
}

/* What comes later changes nothing before it, and sequences nothing in each other. */
static void causal(void **state)
{
    (void)state;
    const vt_nn_encoder_shape shape = {2, HEADS, D, HIDDEN, CLASSES, VT_NN_RELU, true, 0.2F};
    net n;
    net_init(&n, &shape);
    size_t numbers = n.batch.tokens * D, changed = n.begin[3] + 20; /* in the longest sequence */
    float *before = zeros(numbers), *after = zeros(numbers), *none = zeros(numbers), *gradient = zeros(MOST_PARAMS);
    run(&n, 1, before, none, gradient);
    n.x[changed * D] += 1.0F;
    run(&n, 1, after, none, gradient);
    for (size_t t = 0; t < n.batch.tokens; t++) {
        bool same = memcmp(before + t * D, after + t * D, D * sizeof *after) == 0;
        assert_int_equal(same, t < changed || t >= n.begin[4]);
    }
    vt_free(before);
    vt_free(after);
    vt_free(none);
    vt_free(gradient);
    net_done(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(norm_first),      cmocka_unit_test(norm_last), cmocka_unit_test(classes_of_pairs),
        cmocka_unit_test(without_dropout), cmocka_unit_test(causal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
