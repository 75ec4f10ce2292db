/* Losses over items against their formulas in double, gradients against finite differences of those. */
#include "nn_reference.h"

/* More items than a block, so that sums go over several. */
enum { T = 67, I = 1100, D = 13, N = 601 };

typedef struct problem {
    float *h, *e, *log_q;
    int32_t target[T], sample[N], negatives[2 * T];
    float smoothing;
    vt_nn_targets targets;
} problem;

static void problem_init(problem *p)
{
    vt_rng rng = vt_rng_at(3, "loss", 0, 0);
    p->h = chance(T * D, 1.0, 1);
    p->e = chance(I * D, 0.7, 2);
    p->log_q = zeros(I);
    for (int i = 0; i < I; i++) {
        p->log_q[i] = (float)log((1.0 + i) / (I * (I + 1) / 2.0));
    }
    for (int t = 0; t < T; t++) {
        p->target[t] = t == 0 ? I - 1 : (int32_t)vt_rng_below(&rng, I);
        p->negatives[2 * t] = (int32_t)vt_rng_below(&rng, I);
        p->negatives[2 * t + 1] = (int32_t)vt_rng_below(&rng, I);
    }
    for (int n = 0; n < N; n++) {
        p->sample[n] = n % 50 == 0 ? p->target[n % T] : (int32_t)vt_rng_below(&rng, I); /* hits, and repeats */
    }
    p->smoothing = 0.0F;
    p->targets = (vt_nn_targets){p->h, p->e, p->target, T, I, D, 0.5F};
}

static void problem_done(problem *p)
{
    vt_free(p->h);
    vt_free(p->e);
    vt_free(p->log_q);
}

static double logit(const problem *p, int t, int32_t item)
{
    double sum = 0.0;
    for (int k = 0; k < D; k++) {
        sum += (double)p->h[t * D + k] * (double)p->e[item * D + k];
    }
    return sum;
}

static double softmax_loss(void *context)
{
    const problem *p = context;
    double loss = 0.0, s = (double)p->smoothing;
    for (int t = 0; t < T; t++) {
        double all = 0.0, mean = 0.0;
        for (int32_t i = 0; i < I; i++) {
            double x = logit(p, t, i);
            all += exp(x);
            mean += x / I;
        }
        loss += 0.5 * (log(all) - (1.0 - s) * logit(p, t, p->target[t]) - s * mean);
    }
    return loss;
}

static double sampled_loss(void *context)
{
    const problem *p = context;
    double loss = 0.0;
    for (int t = 0; t < T; t++) {
        double target = logit(p, t, p->target[t]), all = exp(target);
        for (int n = 0; n < N; n++) {
            int32_t item = p->sample[n];
            all += item == p->target[t] ? 0.0 : exp(logit(p, t, item) - (double)p->log_q[item] - log((double)N));
        }
        loss += 0.5 * (log(all) - target);
    }
    return loss;
}

static double bce_loss(void *context)
{
    const problem *p = context;
    double loss = 0.0;
    for (int t = 0; t < T; t++) {
        loss += 0.5 * log1p(exp(-logit(p, t, p->target[t])));
        loss += 0.5 * log1p(exp(logit(p, t, p->negatives[2 * t])));
        loss += 0.5 * log1p(exp(logit(p, t, p->negatives[2 * t + 1])));
    }
    return loss;
}

static double call(const problem *p, int kind, int threads, float *dh, float *de)
{
    vt_nn nn = vt_nn_with(threads);
    size_t n_scratch = kind == 0   ? vt_nn_softmax_scratch(I)
                       : kind == 1 ? vt_nn_sampled_softmax_scratch(T, N, D)
                                   : vt_nn_bce_scratch(T, 2);
    float *scratch = zeros(n_scratch + 1);
    scratch[n_scratch] = 42.0F; /* nothing is written behind */
    vt_nn_sample sample = {p->sample, p->log_q, N};
    double loss = kind == 0   ? vt_nn_softmax(&nn, dh, de, &p->targets, p->smoothing, scratch)
                  : kind == 1 ? vt_nn_sampled_softmax(&nn, dh, de, &p->targets, &sample, scratch)
                              : vt_nn_bce(&nn, dh, de, &p->targets, p->negatives, 2, scratch);
    assert_true(scratch[n_scratch] > 41.0F && scratch[n_scratch] < 43.0F);
    vt_free(scratch);
    return loss;
}

static void check_loss(const char *what, int kind, float smoothing, double (*reference)(void *))
{
    problem p;
    problem_init(&p);
    p.smoothing = smoothing;
    float *dh = zeros(T * D), *de = zeros(I * D), *dh3 = zeros(T * D), *de3 = zeros(I * D);
    double loss = call(&p, kind, 1, dh, de), same = call(&p, kind, 3, dh3, de3), alone = call(&p, kind, 1, NULL, NULL);
    double expected = 2.0 * reference(&p);
    assert_true(fabs(loss - expected) < 1e-5 * expected);
    assert_memory_equal(&loss, &same, sizeof loss);
    assert_memory_equal(&loss, &alone, sizeof loss);
    assert_memory_equal(dh, dh3, T * D * sizeof *dh);
    assert_memory_equal(de, de3, I * D * sizeof *de);
    check_gradient(what, reference, &p, p.h, dh, T * D, 23);
    check_gradient(what, reference, &p, p.e, de, I * D, 271);
    size_t of_target = (size_t)p.target[5] * D; /* rows of targets and of what was drawn have the largest ones */
    check_gradient(what, reference, &p, p.e + of_target, de + of_target, D, 1);
    vt_free(dh);
    vt_free(de);
    vt_free(dh3);
    vt_free(de3);
    problem_done(&p);
}

static void softmax(void **state)
{
    (void)state;
    check_loss("softmax", 0, 0.0F, softmax_loss);
    check_loss("smoothed softmax", 0, 0.1F, softmax_loss);
}

static void sampled_softmax(void **state)
{
    (void)state;
    check_loss("sampled softmax", 1, 0.0F, sampled_loss);
}

static void bce(void **state)
{
    (void)state;
    check_loss("bce", 2, 0.0F, bce_loss);
}

/* Drawn often, the sampled loss comes to the full one, whatever the probabilities of the draw. */
static void correction_of_the_sample(void **state)
{
    (void)state;
    enum { DRAWS = 20000 };
    problem p;
    problem_init(&p);
    float *scratch = zeros(vt_nn_sampled_softmax_scratch(T, DRAWS, D));
    int32_t *drawn = vt_alloc(DRAWS, sizeof *drawn, NULL);
    vt_rng rng = vt_rng_at(9, "loss", 1, 0);
    for (int n = 0; n < DRAWS; n++) { /* the larger of two is i with a chance of about (2 i + 1) / I^2 */
        int32_t a = (int32_t)vt_rng_below(&rng, I), b = (int32_t)vt_rng_below(&rng, I);
        drawn[n] = a > b ? a : b;
    }
    for (int i = 0; i < I; i++) {
        p.log_q[i] = (float)log((2.0 * i + 1.0) / ((double)I * I));
    }
    vt_nn nn = vt_nn_with(2);
    vt_nn_sample sample = {drawn, p.log_q, DRAWS};
    double loss = vt_nn_sampled_softmax(&nn, NULL, NULL, &p.targets, &sample, scratch), full = 2.0 * softmax_loss(&p);
    assert_true(fabs(loss - full) < 0.01 * full);
    vt_free(scratch);
    vt_free(drawn);
    problem_done(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(softmax),
        cmocka_unit_test(sampled_softmax),
        cmocka_unit_test(bce),
        cmocka_unit_test(correction_of_the_sample),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
