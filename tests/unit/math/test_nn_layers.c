/* Layers against plain loops in double, their ways back against finite differences of those; odd shapes. */
#include "nn_reference.h"

/* More tokens than a task takes, so that several threads have something to do. */
enum { T = 301, K = 19, O = 37 };

/* A loss of x, w and bias: the weighted sum of what a layer makes of them. */
typedef struct layer {
    float *x, *w, *bias, *weight;
    int32_t *index;
    vt_nn_activation f;
} layer;

static layer layer_init(void)
{
    layer l = {
        chance(T * K, 1.0, 1), chance(O * K, 0.5, 2), chance(O, 1.0, 3), chance(T * O, 1.0, 4), NULL, VT_NN_GELU};
    l.index = vt_alloc(T, sizeof *l.index, NULL);
    for (int32_t t = 0; t < T; t++) {
        l.index[t] = t % 13 == 5 ? -1 : t * 7 % O;
    }
    return l;
}

static void layer_done(layer *l)
{
    vt_free(l->x);
    vt_free(l->w);
    vt_free(l->bias);
    vt_free(l->weight);
    vt_free(l->index);
}

static double *as_doubles(const float *x, size_t n)
{
    double *out = doubles(n);
    for (size_t i = 0; i < n; i++) {
        out[i] = (double)x[i];
    }
    return out;
}

static double *linear_of(const layer *l)
{
    double *x = as_doubles(l->x, T * K), *out = doubles(T * O);
    ref_linear(out, x, l->w, l->bias, T, K, O);
    vt_free(x);
    return out;
}

static double linear_loss(void *context)
{
    const layer *l = context;
    double *out = linear_of(l), loss = weighted(out, l->weight, T * O);
    vt_free(out);
    return loss;
}

static void linear(void **state)
{
    (void)state;
    layer l = layer_init();
    double *expected = linear_of(&l);
    float *one[4] = {zeros(T * O), zeros(T * K), zeros(O * K), zeros(O)};
    float *more[4] = {zeros(T * O), zeros(T * K), zeros(O * K), zeros(O)};
    const size_t size[4] = {T * O, T * K, O * K, O};
    for (int threads = 1; threads <= 3; threads += 2) {
        vt_nn nn = vt_nn_with(threads);
        float **to = threads == 1 ? one : more;
        vt_nn_linear(&nn, to[0], l.x, l.w, l.bias, T, K, O);
        vt_nn_linear_back(&nn, to[1], to[2], to[3], l.weight, l.x, l.w, T, K, O);
    }
    check_values("linear", one[0], expected, T * O);
    check_gradient("linear x", linear_loss, &l, l.x, one[1], T * K, 97);
    check_gradient("linear w", linear_loss, &l, l.w, one[2], O * K, 11);
    check_gradient("linear bias", linear_loss, &l, l.bias, one[3], O, 1);
    for (int i = 0; i < 4; i++) {
        assert_memory_equal(one[i], more[i], size[i] * sizeof(float));
    }
    vt_nn nn = vt_nn_with(1);
    vt_nn_linear_back(&nn, NULL, more[2], more[3], l.weight, l.x, l.w, T, K, O); /* gradients of parameters add up */
    for (size_t i = 0; i < O * K; i++) {
        assert_true(fabsf(more[2][i] - 2.0F * one[2][i]) < 1e-3F);
        assert_true(fabsf(more[3][i % O] - 2.0F * one[3][i % O]) < 1e-3F);
    }
    vt_nn_linear(&nn, more[0], l.x, l.w, NULL, T, K, O);
    assert_true(fabsf(more[0][O] + l.bias[0] - one[0][O]) < 1e-5F);
    for (int i = 0; i < 4; i++) {
        vt_free(one[i]);
        vt_free(more[i]);
    }
    vt_free(expected);
    layer_done(&l);
}

/* The table is w (O, K). */
static double gather_loss(void *context)
{
    const layer *l = context;
    double sum = 0.0;
    for (size_t t = 0; t < T; t++) {
        for (size_t k = 0; k < K && l->index[t] >= 0; k++) {
            sum += 1.5 * (double)l->w[(size_t)l->index[t] * K + k] * (double)l->weight[t * K + k];
        }
    }
    return sum;
}

static void embedding(void **state)
{
    (void)state;
    layer l = layer_init();
    float *out = zeros(T * K), *dw = zeros(O * K), *again = zeros(O * K);
    vt_nn nn = vt_nn_with(1), three = vt_nn_with(3);
    vt_nn_gather(&three, out, l.w, l.index, 1.5F, T, K);
    for (size_t t = 0; t < T; t++) {
        for (size_t k = 0; k < K; k++) {
            float expected = l.index[t] < 0 ? 0.0F : 1.5F * l.w[(size_t)l.index[t] * K + k];
            assert_true(fabsf(out[t * K + k] - expected) < 1e-6F);
        }
    }
    vt_nn_scatter(&nn, dw, l.weight, l.index, 1.5F, T, K);
    vt_nn_scatter(&three, again, l.weight, l.index, 1.5F, T, K);
    assert_memory_equal(dw, again, O * K * sizeof *dw);
    check_gradient("embedding", gather_loss, &l, l.w, dw, O * K, 3);
    vt_free(out);
    vt_free(dw);
    vt_free(again);
    layer_done(&l);
}

/* Gain and shift are the first numbers of w and of bias. */
static double norm_loss(void *context)
{
    const layer *l = context;
    double *x = as_doubles(l->x, T * K), *out = doubles(T * K);
    ref_norm(out, x, l->w, l->bias, T, K);
    double loss = weighted(out, l->weight, T * K);
    vt_free(x);
    vt_free(out);
    return loss;
}

static void layer_norm(void **state)
{
    (void)state;
    layer l = layer_init();
    float *out = zeros(T * K), *stats = zeros(2 * T);
    double *x = as_doubles(l.x, T * K), *expected = doubles(T * K);
    float *one[3] = {zeros(T * K), zeros(K), zeros(K)}, *more[3] = {zeros(T * K), zeros(K), zeros(K)};
    vt_nn nn = vt_nn_with(1), three = vt_nn_with(3);
    ref_norm(expected, x, l.w, l.bias, T, K);
    vt_nn_norm(&three, out, stats, l.x, l.w, l.bias, T, K);
    check_values("norm", out, expected, T * K);
    vt_nn_norm_back(&nn, one[0], one[1], one[2], l.weight, l.x, l.w, stats, T, K);
    vt_nn_norm_back(&three, more[0], more[1], more[2], l.weight, l.x, l.w, stats, T, K);
    check_gradient("norm x", norm_loss, &l, l.x, one[0], T * K, 97);
    check_gradient("norm gain", norm_loss, &l, l.w, one[1], K, 1);
    check_gradient("norm shift", norm_loss, &l, l.bias, one[2], K, 1);
    for (int i = 0; i < 3; i++) {
        assert_memory_equal(one[i], more[i], (i == 0 ? T * K : K) * sizeof(float));
        vt_free(one[i]);
        vt_free(more[i]);
    }
    vt_free(out);
    vt_free(stats);
    vt_free(x);
    vt_free(expected);
    layer_done(&l);
}

static double activation_loss(void *context)
{
    const layer *l = context;
    double sum = 0.0;
    for (size_t i = 0; i < T * K; i++) {
        sum += ref_activate((double)l->x[i], l->f) * (double)l->weight[i];
    }
    return sum;
}

static void activations(void **state)
{
    (void)state;
    for (vt_nn_activation f = VT_NN_RELU; f <= VT_NN_GELU; f++) {
        layer l = layer_init();
        l.f = f;
        for (size_t i = 0; i < T * K; i++) {
            l.x[i] += l.x[i] > 0.0F ? 0.01F : -0.01F; /* away from the corner of ReLU */
        }
        float *out = zeros(T * K), *dx = zeros(T * K);
        vt_nn nn = vt_nn_with(2);
        vt_nn_activate(&nn, out, l.x, f, T * K);
        vt_nn_activate_back(&nn, dx, l.weight, l.x, f, T * K);
        for (size_t i = 0; i < T * K; i++) {
            assert_true(fabs((double)out[i] - ref_activate((double)l.x[i], f)) < 1e-6);
        }
        check_gradient("activation", activation_loss, &l, l.x, dx, T * K, 31);
        vt_free(out);
        vt_free(dx);
        layer_done(&l);
    }
}

/* The way back of dropout is dropout with the same mask: the same elements are dropped, whatever the threads. */
static void dropout(void **state)
{
    (void)state;
    enum { N = 20001 };
    float *x = chance(N, 1.0, 1), *one = zeros(N), *three = zeros(N), *sum = chance(N, 1.0, 2);
    vt_nn nn = vt_nn_with(1), many = vt_nn_with(3);
    vt_nn_mask mask = {vt_nn_key(7, 0, 1, 2), 0.4F};
    vt_nn_drop(&nn, one, x, mask, N);
    vt_nn_drop(&many, three, x, mask, N);
    assert_memory_equal(one, three, N * sizeof *one);
    vt_nn_add_dropped(&many, sum, x, mask, N);
    float *before = chance(N, 1.0, 2);
    for (size_t i = 0; i < N; i++) {
        double expected = (double)x[i] * ref_kept(mask, i);
        assert_true(fabs((double)one[i] - expected) < 1e-6);
        assert_true(fabs((double)sum[i] - (double)before[i] - expected) < 1e-5);
    }
    vt_free(x);
    vt_free(one);
    vt_free(three);
    vt_free(sum);
    vt_free(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linear),      cmocka_unit_test(embedding), cmocka_unit_test(layer_norm),
        cmocka_unit_test(activations), cmocka_unit_test(dropout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
