/* Logistic regression over vectors: known answers, the gradient at the minimum, weights, bad rows, faults. */
#include "check.h"

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "fault.h"
#include "math/binary_logit.h"

enum { N = 200, D = 5 };

typedef struct sample {
    float x[N * D], weight[N];
    uint8_t label[N];
    vt_labelled rows;
} sample;

/* Outcomes that follow from the first two columns, with noise. */
static void make_sample(sample *s)
{
    vt_rng rng = vt_rng_at(7, "binary-logit", 0, 0);
    for (size_t i = 0; i < N; i++) {
        for (size_t k = 0; k < D; k++) {
            s->x[i * D + k] = (float)vt_rng_normal(&rng);
        }
        double odds = 1.5 * (double)s->x[i * D] - (double)s->x[i * D + 1] + .5;
        s->label[i] = vt_rng_unit(&rng) < 1.0 / (1.0 + exp(-odds));
        s->weight[i] = 1.0F + (float)(i % 3);
    }
    s->rows = (vt_labelled){s->x, s->label, s->weight, N, D};
}

/* With the constant alone the log odds are those of the weights: (2 + 3) of 8 are a yes. */
static void the_constant_is_the_share(void **state)
{
    (void)state;
    const float x[] = {0, 0, 0}, weight[] = {2, 3, 3};
    const uint8_t label[] = {1, 1, 0};
    const vt_labelled rows = {x, label, weight, 3, 1};
    double w[2];
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_binary_logit_fit(w, &rows, .1, 1, &err));
    assert_true(fabs(w[0]) < 1e-9);
    assert_true(fabs(w[1] - log(5.0 / 3.0)) < 1e-7);
    assert_true(fabs(vt_binary_logit_score(w, x, 1) - log(5.0 / 3.0)) < 1e-7);
}

static double objective(const sample *s, const double *w, double ridge)
{
    double sum = 0.0, total = 0.0, square = 0.0;
    for (size_t i = 0; i < N; i++) {
        double score = vt_binary_logit_score(w, s->x + i * D, D);
        sum += (double)s->weight[i] * log1p(exp(s->label[i] ? -score : score));
        total += (double)s->weight[i];
    }
    for (size_t k = 0; k < D; k++) {
        square += w[k] * w[k];
    }
    return sum / total + ridge / 2.0 * square;
}

static void nothing_near_is_better(void **state)
{
    (void)state;
    static sample s;
    double w[D + 1], other[D + 1];
    vt_error err = VT_ERROR_INIT;
    make_sample(&s);
    check_ok(vt_binary_logit_fit(w, &s.rows, .02, 1, &err));
    for (size_t k = 0; k <= D; k++) { /* finite differences of the objective at the minimum */
        memcpy(other, w, sizeof w);
        other[k] = w[k] + 1e-4;
        double up = objective(&s, other, .02);
        other[k] = w[k] - 1e-4;
        double down = objective(&s, other, .02);
        assert_true(fabs((up - down) / 2e-4) < 1e-6);
        assert_true(up > objective(&s, w, .02) && down > objective(&s, w, .02));
    }
    assert_true(w[0] > .8 && w[1] < -.5 && fabs(w[3]) < .4);
}

static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    static sample s;
    double one[D + 1], two[D + 1];
    vt_error err = VT_ERROR_INIT;
    make_sample(&s);
    check_ok(vt_binary_logit_fit(one, &s.rows, .01, 1, &err));
    check_ok(vt_binary_logit_fit(two, &s.rows, .01, 2, &err));
    assert_memory_equal(one, two, sizeof one);
}

/* Classes that a plane parts have no finite answer without the penalty; with it they do. */
static void parted_classes_end(void **state)
{
    (void)state;
    const float x[] = {-2, -1, 1, 2}, weight[] = {1, 1, 1, 1};
    const uint8_t label[] = {0, 0, 1, 1};
    const vt_labelled rows = {x, label, weight, 4, 1};
    double w[2];
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_binary_logit_fit(w, &rows, 1e-3, 1, &err));
    assert_true(isfinite(w[0]) && w[0] > 2 && fabs(w[1]) < 1e-6);
}

static void bad_rows_are_refused(void **state)
{
    (void)state;
    const float x[] = {1, NAN}, weight[] = {1, 1}, none[] = {0, 0};
    const uint8_t label[] = {0, 1};
    double w[2] = {3, 4};
    vt_error err = VT_ERROR_INIT;
    const vt_labelled bad = {x, label, weight, 2, 1}, light = {x, label, none, 2, 1};
    assert_int_equal(vt_binary_logit_fit(w, &bad, .1, 1, &err), VT_ERR_FAILED);
    assert_int_equal(vt_binary_logit_fit(w, &light, .1, 1, &err), VT_ERR_FAILED);
    assert_true(w[0] == 3 && w[1] == 4);
}

static int fit_again(void *context, vt_error *err)
{
    double w[D + 1];
    const sample *s = context;
    return vt_binary_logit_fit(w, &s->rows, .1, 1, err);
}

static void memory_runs_out(void **state)
{
    (void)state;
    static sample s;
    make_sample(&s);
    assert_in_range(fault_allocations(fit_again, &s), 6, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_constant_is_the_share),   cmocka_unit_test(nothing_near_is_better),
        cmocka_unit_test(threads_do_not_change_a_bit), cmocka_unit_test(parted_classes_end),
        cmocka_unit_test(bad_rows_are_refused),        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
