/*
 * Models of repeat purchases and of spending: gradients, the published formulas by hypergeometric functions beside our
 * integrals and sums, customers by chance whose parameters are known, and data that tell little.
 */
#include "buyers.h"

#include "insight/clv/fit.h"
#include "insight/clv/gamma_gamma.h"
#include "math/special.h"

static const double bg[] = {0.9, 6.0, 0.8, 2.4}, pareto[] = {0.9, 6.0, 0.9, 14.0}, spend[] = {6.25, 3.74, 15.44};

static vt_clv_groups group(const buyers *b)
{
    vt_error err = VT_ERROR_INIT;
    vt_clv_groups groups;
    check_ok(vt_clv_groups_make(&groups, b->x, b->last, b->age, b->n, &err));
    return groups;
}

static void near(double got, double wanted, double relative)
{
    if (!(fabs(got - wanted) <= relative * fabs(wanted))) {
        fail_msg("%.12g is not %.12g", got, wanted);
    }
}

static void gradients_are_differences(void **state)
{
    (void)state;
    static const double points[][4] = {{0.9, 6.0, 0.8, 2.4}, {0.2, 30.0, 3.0, 0.5}, {4.0, 0.3, 0.05, 12.0}};
    const vt_repeat_kind *const kinds[] = {&vt_bg_nbd, &vt_pareto_nbd};
    buyers b = make_buyers(&vt_bg_nbd, bg, spend, 200, 0.0, 3);
    vt_clv_groups groups = group(&b);
    for (int kind = 0; kind < 2; kind++) {
        for (size_t at = 0; at < 3; at++) {
            double gradient[4];
            kinds[kind]->log_likelihood(gradient, points[at], &groups);
            for (int k = 0; k < 4; k++) {
                double p[4];
                memcpy(p, points[at], sizeof p);
                p[k] = points[at][k] * exp(1e-5);
                double above = kinds[kind]->log_likelihood(NULL, p, &groups);
                p[k] = points[at][k] * exp(-1e-5);
                double slope = (above - kinds[kind]->log_likelihood(NULL, p, &groups)) / 2e-5;
                assert_true(fabs(slope - gradient[k]) < 1e-4 * fmax(1.0, fabs(slope)));
            }
        }
    }
    vt_clv_groups_done(&groups);
    buyers_free(&b);
}

/* Pareto/NBD as Fader and Hardie 2005 write it: equations (15) and (16), by 2F1. */
static double pareto_by_2f1(const double *p, double x, double last, double age)
{
    double r = p[0], alpha = p[1], s = p[2], beta = p[3], high = fmax(alpha, beta), gap = fabs(alpha - beta);
    double power = alpha >= beta ? s + 1.0 : r + x, all = r + s + x;
    double early = vt_log_2f1(all, power, all + 1.0, gap / (high + last)) - all * log(high + last);
    double late = vt_log_2f1(all, power, all + 1.0, gap / (high + age)) - all * log(high + age);
    double gone = log(s / all) + vt_log_difference(early, late);
    double level = vt_log_gamma(r + x) - vt_log_gamma(r) + r * log(alpha) + s * log(beta);
    return level + vt_log_sum(-(r + x) * log(alpha + age) - s * log(beta + age), gone);
}

static void likelihoods_are_the_published_formulas(void **state)
{
    (void)state;
    static const double points[][4] = {{0.553, 10.578, 0.606, 11.669}, {0.9, 40.0, 0.3, 2.0}, {2.0, 0.5, 1.0, 90.0}};
    for (size_t at = 0; at < 3; at++) {
        for (double x = 0.0; x < 60.0; x = 2.0 * x + 1.0) {
            for (double last = x > 0.0 ? 0.5 : 0.0; last <= (x > 0.0 ? 38.0 : 0.0); last += 7.5) {
                double t = 38.86, count = 1.0;
                vt_clv_groups one = {1, &x, &last, &t, &count, NULL};
                near(vt_pareto_nbd.log_likelihood(NULL, points[at], &one), pareto_by_2f1(points[at], x, last, t),
                     1e-11);
            }
        }
    }
}

/* BG/NBD, equation (10) of Fader, Hardie and Lee 2005, where it can be computed (a > 1, no cancellation). */
static void expectations_are_the_published_formulas(void **state)
{
    (void)state;
    const double p[] = {0.7, 4.0, 1.8, 2.4};
    for (double x = 0.0; x < 60.0; x = 2.0 * x + 1.0) {
        for (double t = 1.0; t < 3000.0; t *= 4.0) {
            vt_repeat_customer c = {x, x > 0.0 ? 20.0 : 0.0, 30.0};
            double mean, square, all = p[2] + p[3] + x - 1.0;
            double power = vt_log_2f1(p[0] + x, p[3] + x, all, t / (p[1] + c.age + t)) -
                           (p[0] + x) * log((p[1] + c.age + t) / (p[1] + c.age));
            vt_bg_nbd.moments(&mean, &square, p, &c, t);
            near(mean, all / (p[2] - 1.0) * -expm1(power), 1e-9);
        }
    }
}

/* Mean and mean square are sums over the probabilities of more than j. */
static void moments_are_those_of_the_distribution(void **state)
{
    (void)state;
    const vt_repeat_kind *const kinds[] = {&vt_bg_nbd, &vt_pareto_nbd};
    static const vt_repeat_customer customers[] = {{0, 0, 0}, {0, 0, 38.86}, {2, 30.43, 38.86}, {40, 37.0, 38.86}};
    for (int kind = 0; kind < 2; kind++) {
        const double *p = kind == 0 ? bg : pareto;
        for (size_t i = 0; i < sizeof customers / sizeof *customers; i++) {
            for (double t = 0.5; t < 2000.0; t *= 8.0) {
                double mean, square, sum = 0.0, sum_square = 0.0, term = 1.0;
                kinds[kind]->moments(&mean, &square, p, &customers[i], t);
                for (int j = 0; j < 20000 && term * (2.0 * j + 1.0) > 1e-11; j++) {
                    term = kinds[kind]->beyond(p, &customers[i], t, j);
                    sum += term;
                    sum_square += term * (2.0 * j + 1.0);
                }
                near(mean, sum, 1e-6);
                near(square, sum_square, 1e-5);
            }
        }
    }
    /* so many purchases that sums become integrals: rates of 10,000 a week */
    double mean, square;
    vt_repeat_customer busy = {1e5, 9.9, 10.0};
    vt_bg_nbd.moments(&mean, &square, bg, &busy, 1.0);
    assert_true(mean > 100.0 && mean < 6250.0 && square > mean * mean);
}

static int inside(double low, double high, double truth)
{
    return low <= truth && truth <= high;
}

/* Twenty shops by chance: 95 % intervals hold the true parameters in 90 to 99 % of the cases. */
static void intervals_hold_the_truth(void **state)
{
    (void)state;
    const vt_repeat_kind *const kinds[] = {&vt_bg_nbd, &vt_pareto_nbd};
    int held = 0, all = 0, held_spend = 0, all_spend = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        for (int kind = 0; kind < 2; kind++) {
            vt_error err = VT_ERROR_INIT;
            const double *truth = kind == 0 ? bg : pareto;
            vt_repeat_model model;
            vt_gamma_gamma money;
            buyers b = make_buyers(kinds[kind], truth, spend, 3000, 0.0, seed);
            vt_clv_groups groups = group(&b);
            check_ok(vt_repeat_fit(&model, kinds[kind], &groups, &err));
            assert_true(model.certain);
            for (int k = 0; k < 4; k++) {
                double low, high;
                vt_repeat_interval(&low, &high, &model, k);
                held += inside(low, high, truth[k]);
                all++;
            }
            check_ok(vt_gamma_gamma_fit(&money, b.x, b.money, b.n, &err));
            assert_true(money.certain);
            for (int k = 0; k < 3; k++) {
                double by = exp(1.959964 * sqrt(money.covariance[k * 3 + k]));
                held_spend += inside(money.parameter[k] / by, money.parameter[k] * by, spend[k]);
                all_spend++;
            }
            vt_clv_groups_done(&groups);
            buyers_free(&b);
        }
    }
    print_message("held: repeat purchases %d of %d, spending %d of %d\n", held, all, held_spend, all_spend);
    double share = (double)(held + held_spend) / (all + all_spend);
    assert_true(share >= 0.90 && share <= 0.99);
}

static int fit_few(vt_repeat_model *model, const vt_repeat_kind *kind, const double *x, const double *last,
                   const double *age, size_t n, vt_error *err)
{
    vt_clv_groups groups = {0};
    assert_int_equal(vt_clv_groups_make(&groups, x, last, age, n, err), VT_OK);
    int status = vt_repeat_fit(model, kind, &groups, err);
    vt_clv_groups_done(&groups);
    return status;
}

static void says_what_is_missing(void **state)
{
    (void)state;
    double x[40] = {0.0}, last[40] = {0.0}, age[40], money[40] = {0.0};
    vt_error err = VT_ERROR_INIT;
    vt_repeat_model model = {.customers = 7};
    vt_gamma_gamma spending = {.customers = 7};
    for (int i = 0; i < 40; i++) {
        age[i] = 10.0;
    }
    assert_int_equal(fit_few(&model, &vt_bg_nbd, x, last, age, 1, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "at least 10 of them, and there are 1"));
    assert_int_equal(fit_few(&model, &vt_bg_nbd, x, last, age, 40, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "0 of 40 customers bought on a second day"));
    memset(age, 0, sizeof age);
    x[0] = x[1] = x[2] = 1.0;
    assert_int_equal(fit_few(&model, &vt_pareto_nbd, x, last, age, 40, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "no time has passed"));
    assert_true(model.customers == 7);
    assert_int_equal(vt_gamma_gamma_fit(&spending, x, money, 40, &err), VT_ERR_UNSUPPORTED);
    money[0] = NAN;
    assert_int_equal(vt_gamma_gamma_fit(&spending, x, money, 40, &err), VT_ERR_FAILED);
    assert_true(spending.customers == 7);
    vt_clv_groups groups = {0};
    last[5] = 3.0;
    assert_int_equal(vt_clv_groups_make(&groups, x, last, age, 40, &err), VT_ERR_FAILED);
    assert_non_null(strstr(err.message, "customer 5"));
    const vt_repeat_kind *kind = NULL;
    assert_int_equal(vt_repeat_kind_find(&kind, "arima", &err), VT_ERR_USAGE);
    check_ok(vt_repeat_kind_find(&kind, "pareto-nbd", &err));
    assert_ptr_equal(kind, &vt_pareto_nbd);
}

/* Hard data: everybody alike, nobody stays away, far times, a great many purchases. Answers are finite. */
static void hard_data_give_finite_answers(void **state)
{
    (void)state;
    enum { N = 60 };
    double x[N], last[N], age[N];
    for (int hard = 0; hard < 5; hard++) {
        for (int i = 0; i < N; i++) {
            double scale = hard == 2 ? 1e9 : hard == 3 ? 1e-6 : 1.0;
            x[i] = hard == 0 ? 3.0 : hard == 4 ? 1e5 * (1 + i % 3) : 1.0 + i % 5;
            age[i] = scale * (hard == 0 ? 10.0 : 10.0 + i);
            last[i] = age[i] * (hard == 1 ? 1.0 : 0.9);
        }
        for (int kind = 0; kind < 2; kind++) {
            vt_error err = VT_ERROR_INIT;
            vt_repeat_model model;
            check_ok(fit_few(&model, kind == 0 ? &vt_bg_nbd : &vt_pareto_nbd, x, last, age, N, &err));
            assert_true(isfinite(model.log_likelihood));
            for (int k = 0; k < 4; k++) {
                assert_true(isfinite(model.parameter[k]) && model.parameter[k] > 0.0);
                bool at_bound = (model.edge >> k & 1U) != 0;
                assert_true(!model.certain || at_bound || isfinite(vt_repeat_error(&model, k)));
            }
            for (double t = 1e-3; t < 1e12; t *= 1e5) {
                vt_repeat_customer c = {x[0], last[0], age[0]};
                assert_true(isfinite(vt_repeat_expected_of(&model, &c, t)));
            }
        }
    }
}

static void equal_amounts_need_no_model(void **state)
{
    (void)state;
    double x[20], money[20], within, between;
    vt_error err = VT_ERROR_INIT;
    vt_gamma_gamma model;
    for (int i = 0; i < 20; i++) {
        x[i] = i % 3;
        money[i] = i % 3 == 0 ? 0.0 : 25.0;
    }
    check_ok(vt_gamma_gamma_fit(&model, x, money, 20, &err));
    assert_true(model.constant && vt_gamma_gamma_expected(&model, 0.0, 0.0) == 25.0);
    vt_gamma_gamma_variances(&within, &between, &model, 1.0, 25.0);
    assert_true(within == 0.0 && between == 0.0);
    money[1] = 25.001; /* hardly different */
    check_ok(vt_gamma_gamma_fit(&model, x, money, 20, &err));
    assert_true(fabs(vt_gamma_gamma_expected(&model, 1.0, 25.0) - 25.0) < 0.01);
    money[1] = 1e9; /* wildly */
    check_ok(vt_gamma_gamma_fit(&model, x, money, 20, &err));
    assert_true(isfinite(vt_gamma_gamma_expected(&model, 0.0, 0.0)));
}

static void groups_and_order_do_not_matter(void **state)
{
    (void)state;
    enum { N = 600 };
    vt_error err = VT_ERROR_INIT;
    double x[N], last[N], age[N];
    vt_repeat_model model, again;
    buyers b = make_buyers(&vt_bg_nbd, bg, spend, N / 2, 0.0, 8);
    for (int i = 0; i < N; i++) {
        int from = i < N / 2 ? i : N - 1 - i;
        x[i] = b.x[from];
        last[i] = b.last[from];
        age[i] = b.age[from];
    }
    check_ok(fit_few(&model, &vt_bg_nbd, x, last, age, N / 2, &err));
    check_ok(fit_few(&again, &vt_bg_nbd, x, last, age, N, &err));
    assert_int_equal(model.groups, again.groups);
    for (int k = 0; k < 4; k++) {
        near(again.parameter[k], model.parameter[k], 1e-4);
        near(vt_repeat_error(&again, k), vt_repeat_error(&model, k) / sqrt(2.0), 1e-3);
    }
    buyers_free(&b);
}

static void memory_may_fail(void **state)
{
    (void)state;
    buyers b = make_buyers(&vt_bg_nbd, bg, spend, 60, 0.0, 5);
    for (int64_t fail = 0, done = 0; !done; fail++) {
        vt_error err = VT_ERROR_INIT;
        vt_clv_groups groups = {0};
        vt_repeat_model model = {.customers = 7};
        vt_gamma_gamma money = {.customers = 7};
        vt_alloc_fail_after(fail);
        int status = vt_clv_groups_make(&groups, b.x, b.last, b.age, b.n, &err);
        status = status != VT_OK ? status : vt_repeat_fit(&model, &vt_bg_nbd, &groups, &err);
        status = status != VT_OK ? status : vt_gamma_gamma_fit(&money, b.x, b.money, b.n, &err);
        vt_alloc_fail_after(-1);
        vt_clv_groups_done(&groups);
        assert_true(status == VT_OK || (status == VT_ERR_NO_MEMORY && money.customers == 7));
        done = status == VT_OK;
        assert_true(fail < 100);
    }
    buyers_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_are_differences),
        cmocka_unit_test(likelihoods_are_the_published_formulas),
        cmocka_unit_test(expectations_are_the_published_formulas),
        cmocka_unit_test(moments_are_those_of_the_distribution),
        cmocka_unit_test(intervals_hold_the_truth),
        cmocka_unit_test(says_what_is_missing),
        cmocka_unit_test(hard_data_give_finite_answers),
        cmocka_unit_test(equal_amounts_need_no_model),
        cmocka_unit_test(groups_and_order_do_not_matter),
        cmocka_unit_test(memory_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
