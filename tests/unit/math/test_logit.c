/* The conditional logit: answers known by hand, the gradient at the maximum, threads. */
#include "check.h"

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "math/logit.h"

static void odds_of_two_alternatives(void **state)
{
    (void)state;
    /* Of four choices between x = 1 and x = 0, three took x = 1: the weight is ln 3. */
    static const float x[] = {1, 0, 1, 0, 1, 0, 0, 1};
    static const int64_t ptr[] = {0, 2, 4, 6, 8};
    vt_choices choices = {.x = x, .ptr = ptr, .n = 4, .k = 1};
    vt_error err = VT_ERROR_INIT;
    double w = 0.0, rms = 0.0, loss = 0.0;
    check_ok(vt_logit_fit(&w, &rms, &loss, &choices, 0.0, 1, &err));
    assert_true(fabs(w - log(3.0)) < 1e-4);
    assert_true(fabs(rms - sqrt(0.5)) < 1e-12);
    assert_true(fabs(loss - -(3.0 * log(0.75) + log(0.25)) / 4.0) < 1e-6);
}

enum { CHOICES = 300, ROWS = 7, FEATURES = 4 };

static float x[CHOICES * ROWS * FEATURES];
static int64_t ptr[CHOICES + 1];

/* Features by chance; what is chosen follows the second and hates the third, the fourth is always 0. */
static vt_choices chance(void)
{
    vt_rng rng = vt_rng_at(4, "test", 0, 0);
    for (int q = 0; q < CHOICES; q++) {
        float best = -1e9F;
        int chosen = 0;
        for (int r = 0; r < ROWS; r++) {
            float *row = x + (q * ROWS + r) * FEATURES;
            for (int k = 0; k < 3; k++) {
                row[k] = (float)vt_rng_normal(&rng) * (k == 1 ? 100.0F : 1.0F);
            }
            row[3] = 0.0F;
            float score = row[1] / 100.0F - row[2] + (float)vt_rng_normal(&rng);
            chosen = score > best ? r : chosen;
            best = score > best ? score : best;
        }
        for (int k = 0; k < FEATURES; k++) {
            float *first = x + q * ROWS * FEATURES + k, *other = first + chosen * FEATURES, kept = *first;
            *first = *other;
            *other = kept;
        }
        ptr[q + 1] = (q + 1) * ROWS;
    }
    return (vt_choices){.x = x, .ptr = ptr, .n = CHOICES, .k = FEATURES};
}

/* The loss at w, in plain loops. */
static double loss_at(const double *w)
{
    double loss = 0.0;
    for (int q = 0; q < CHOICES; q++) {
        double sum = 0.0, first = 0.0;
        for (int r = 0; r < ROWS; r++) {
            double score = 0.0;
            for (int k = 0; k < FEATURES; k++) {
                score += w[k] * (double)x[(q * ROWS + r) * FEATURES + k];
            }
            first = r == 0 ? score : first;
            sum += exp(score);
        }
        loss += log(sum) - first;
    }
    return loss / CHOICES;
}

static void nothing_near_is_likelier(void **state)
{
    (void)state;
    vt_choices choices = chance();
    vt_error err = VT_ERROR_INIT;
    double w[FEATURES], again[FEATURES], rms[FEATURES], loss = 0.0;
    check_ok(vt_logit_fit(w, rms, &loss, &choices, 0.0, 1, &err));
    assert_true(fabs(loss - loss_at(w)) < 1e-9);
    assert_true(w[1] > 0.005 && w[2] < -0.5 && fabs(w[0]) < 0.3);
    assert_true(w[3] == 0.0 && rms[3] == 0.0 && rms[1] > 90.0 && rms[1] < 110.0);
    for (int k = 0; k < 3; k++) {
        double step = k == 1 ? 1e-4 : 1e-2;
        for (int sign = -1; sign <= 1; sign += 2) {
            memcpy(again, w, sizeof w);
            again[k] += sign * step;
            assert_true(loss_at(again) > loss);
        }
    }
    for (int threads = 2; threads <= 5; threads++) {
        check_ok(vt_logit_fit(again, rms, &loss, &choices, 0.0, threads, &err));
        assert_memory_equal(again, w, sizeof w);
    }
    check_ok(vt_logit_fit(again, rms, &loss, &choices, 10.0, 1, &err));
    assert_true(fabs(again[2]) < fabs(w[2]) / 2.0);
}

static void what_is_not_finite_is_refused(void **state)
{
    (void)state;
    vt_choices choices = chance();
    vt_error err = VT_ERROR_INIT;
    double w[FEATURES] = {7.0}, rms[FEATURES], loss = 0.0;
    x[5] = NAN;
    assert_int_equal(vt_logit_fit(w, rms, &loss, &choices, 0.0, 1, &err), VT_ERR_FAILED);
    assert_true(w[0] == 7.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(odds_of_two_alternatives),
        cmocka_unit_test(nothing_near_is_likelier),
        cmocka_unit_test(what_is_not_finite_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
