/*
 * The rating head beside plain loops in double precision, and its way back beside finite differences of those, for odd
 * shapes and inputs that are missing.
 */
#include "check.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "model/rating_head.h"

enum { ROWS = 7, INPUTS = 5, D = 3, LAYERS = 4 };

static const size_t width[LAYERS] = {256, 128, 64, 1};

typedef struct bench {
    vt_nn_params params;
    vt_rating_head head;
    float x[ROWS * INPUTS * D], dx[ROWS * INPUTS * D], out[ROWS], dout[ROWS], attention[ROWS * INPUTS];
    uint8_t present[ROWS * INPUTS];
    float *buffers;
    vt_head_batch batch;
} bench;

static void bench_init(bench *b, double dropout)
{
    vt_error err = VT_ERROR_INIT;
    memset(b, 0, sizeof *b);
    check_ok(vt_rating_head_add(&b->head, &b->params, INPUTS, D, dropout, &err));
    check_ok(vt_nn_params_alloc(&b->params, &err));
    check_ok(vt_nn_params_train(&b->params, &err));
    vt_rating_head_start(&b->head, &b->params, 3);
    vt_rng rng = vt_rng_at(4, "head", 0, 0);
    for (size_t k = 0; k < INPUTS * D; k++) {
        b->params.value[b->head.attend + k] = (float)(0.5 * vt_rng_normal(&rng));
    }
    for (size_t m = 0; m < INPUTS; m++) {
        b->params.value[b->head.attend_bias + m] = (float)(0.3 * vt_rng_normal(&rng));
    }
    for (size_t l = 0; l < LAYERS; l++) {
        for (size_t o = 0; o < width[l]; o++) {
            b->params.value[b->head.bias[l] + o] = (float)(0.1 * vt_rng_normal(&rng));
        }
    }
    for (size_t t = 0; t < ROWS; t++) {
        b->dout[t] = (float)vt_rng_normal(&rng);
        for (size_t m = 0; m < INPUTS; m++) {
            /* row 0 has all, row 1 none */
            b->present[t * INPUTS + m] = t == 0 || (t > 1 && vt_rng_below(&rng, 3) > 0);
            for (size_t k = 0; k < D; k++) {
                b->x[(t * INPUTS + m) * D + k] = b->present[t * INPUTS + m] ? (float)vt_rng_normal(&rng) : 0.0F;
            }
        }
    }
    b->buffers = vt_alloc_aligned(vt_rating_head_floats(&b->head, ROWS), sizeof *b->buffers, NULL);
    assert_non_null(b->buffers);
    b->batch = (vt_head_batch){b->x, b->present, ROWS, true, 9};
}

static void bench_done(bench *b)
{
    vt_nn_params_done(&b->params);
    vt_free(b->buffers);
}

/* One row in double precision; gives its prediction, and the weights of its inputs. */
static double reference(const bench *b, const double *value, const double *x, const uint8_t *present, double *weight)
{
    double fused[INPUTS * D], layer[2][256], sum = 0.0;
    for (size_t m = 0; m < INPUTS; m++) {
        double logit = value[b->head.attend_bias + m];
        for (size_t k = 0; k < D; k++) {
            logit += value[b->head.attend + m * D + k] * x[m * D + k];
        }
        weight[m] = present[m] ? exp(logit) : 0.0;
        sum += weight[m];
    }
    for (size_t m = 0; m < INPUTS; m++) {
        weight[m] = sum > 0.0 ? weight[m] / sum : 0.0;
        for (size_t k = 0; k < D; k++) {
            fused[m * D + k] = weight[m] * x[m * D + k];
        }
    }
    const double *from = fused;
    size_t in = INPUTS * D;
    for (size_t l = 0; l < LAYERS; l++) {
        for (size_t o = 0; o < width[l]; o++) {
            double z = value[b->head.bias[l] + o];
            for (size_t k = 0; k < in; k++) {
                z += value[b->head.weight[l] + o * in + k] * from[k];
            }
            layer[l % 2][o] = l + 1 < LAYERS && z < 0.0 ? 0.0 : z;
        }
        from = layer[l % 2];
        in = width[l];
    }
    return from[0];
}

static double loss_of(const bench *b, const double *value, const double *x)
{
    double sum = 0.0, weight[INPUTS];
    for (size_t t = 0; t < ROWS; t++) {
        sum += (double)b->dout[t] * reference(b, value, x + t * INPUTS * D, b->present + t * INPUTS, weight);
    }
    return sum;
}

static double *doubles_of(const float *from, size_t n)
{
    double *to = vt_alloc(n, sizeof *to, NULL);
    assert_non_null(to);
    for (size_t i = 0; i < n; i++) {
        to[i] = (double)from[i];
    }
    return to;
}

static void forward_is_that_of_plain_loops(void **state)
{
    (void)state;
    bench b;
    bench_init(&b, 0.0);
    vt_nn nn = vt_nn_with(2);
    vt_rating_head_forward(&nn, b.out, b.attention, &b.head, b.params.value, &b.batch, b.buffers);
    double *value = doubles_of(b.params.value, b.params.floats), *x = doubles_of(b.x, ROWS * INPUTS * D);
    for (size_t t = 0; t < ROWS; t++) {
        double weight[INPUTS], sum = 0.0;
        double expected = reference(&b, value, x + t * INPUTS * D, b.present + t * INPUTS, weight);
        assert_true(fabs((double)b.out[t] - expected) < 1e-5 * (1.0 + fabs(expected)));
        for (size_t m = 0; m < INPUTS; m++) {
            float got = b.attention[t * INPUTS + m];
            assert_true(fabs((double)got - weight[m]) < 1e-6);
            assert_true(b.present[t * INPUTS + m] ? got > 0.0F : !(got > 0.0F));
            sum += (double)got;
        }
        assert_true(fabs(sum - (t == 1 ? 0.0 : 1.0)) < 1e-6);
    }
    vt_free(value);
    vt_free(x);
    bench_done(&b);
}

/* Compares a gradient with the central difference at every `stride`-th number; gives the worst relative error. */
static double worst_error(const bench *b, double *value, double *x, double *at, const float *gradient, size_t n,
                          size_t stride)
{
    double worst = 0.0, largest = 1e-3;
    for (size_t i = 0; i < n; i++) {
        largest = fmax(largest, fabs((double)gradient[i]));
    }
    for (size_t i = 0; i < n; i += stride) {
        double was = at[i], step = 1e-6;
        at[i] = was + step;
        double up = loss_of(b, value, x);
        at[i] = was - step;
        double down = loss_of(b, value, x);
        at[i] = was;
        worst = fmax(worst, fabs((double)gradient[i] - (up - down) / (2.0 * step)) / largest);
    }
    return worst;
}

static void gradients_are_those_of_differences(void **state)
{
    (void)state;
    bench b;
    bench_init(&b, 0.0);
    vt_nn nn = vt_nn_with(2);
    vt_rating_head_forward(&nn, b.out, b.attention, &b.head, b.params.value, &b.batch, b.buffers);
    vt_rating_head_back(&nn, b.dx, b.params.gradient, b.dout, b.attention, &b.head, b.params.value, &b.batch,
                        b.buffers);
    double *value = doubles_of(b.params.value, b.params.floats), *x = doubles_of(b.x, ROWS * INPUTS * D);
    for (size_t p = 0; p < b.params.n; p++) {
        const vt_nn_param *param = &b.params.param[p];
        size_t n = param->rows * param->cols;
        double worst = worst_error(&b, value, x, value + param->offset, b.params.gradient + param->offset, n,
                                   n > 400 ? n / 97 : 1);
        if (!(worst < 1e-4)) {
            fail_msg("%s: off by %g", param->name, worst);
        }
    }
    /* of inputs that are missing, the gradient is 0: they do not count */
    for (size_t t = 0; t < ROWS * INPUTS; t++) {
        for (size_t k = 0; !b.present[t] && k < D; k++) {
            assert_true(!(fabsf(b.dx[t * D + k]) > 0.0F));
        }
    }
    assert_true(worst_error(&b, value, x, x, b.dx, ROWS * INPUTS * D, 1) < 1e-4);
    vt_free(value);
    vt_free(x);
    bench_done(&b);
}

static void dropout_is_for_training_and_by_key(void **state)
{
    (void)state;
    bench b;
    float again[ROWS];
    bench_init(&b, 0.3);
    vt_nn nn = vt_nn_with(1);
    vt_rating_head_forward(&nn, b.out, b.attention, &b.head, b.params.value, &b.batch, b.buffers);
    vt_rating_head_forward(&nn, again, b.attention, &b.head, b.params.value, &b.batch, b.buffers);
    assert_memory_equal(again, b.out, sizeof again);
    b.batch.key++;
    vt_rating_head_forward(&nn, again, b.attention, &b.head, b.params.value, &b.batch, b.buffers);
    assert_memory_not_equal(again, b.out, sizeof again);
    b.batch.training = false;
    vt_rating_head_forward(&nn, b.out, b.attention, &b.head, b.params.value, &b.batch, b.buffers);
    b.head.dropout = 0.0F;
    b.batch.training = true;
    vt_rating_head_forward(&nn, again, b.attention, &b.head, b.params.value, &b.batch, b.buffers);
    assert_memory_equal(again, b.out, sizeof again);
    bench_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward_is_that_of_plain_loops),
        cmocka_unit_test(gradients_are_those_of_differences),
        cmocka_unit_test(dropout_is_for_training_and_by_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
