/* The solvers of least squares: all ways give the one solution, each step of conjugate gradient lowers the value. */
#include "problem.h"

#include <math.h>

#include "math/solve.h"

static void solves_exactly(void **state)
{
    (void)state;
    /* Through the own dual kernel, LAPACK's dual and the primal system, at and around the lengths where they meet. */
    const size_t lengths[] = {1, 2, 11, 12, 13, 24, 25, 63, 64, 65, 255, 256, 257, 400};
    const size_t widths[] = {1, 5, 16, 20, 64, 100};
    for (size_t a = 0; a < sizeof lengths / sizeof *lengths; a++) {
        for (size_t b = 0; b < sizeof widths / sizeof *widths; b++) {
            problem p;
            problem_init(&p, lengths[a], widths[b], 8);
            size_t d = p.gather.d;
            float *scratch = vt_alloc_aligned(vt_solve_scratch(lengths[a], d), sizeof *scratch, NULL);
            double value = vt_solve_exact(vt_kernels_best(), p.x, p.diagonal, &p.gather, scratch);
            double residual = problem_residual(&p, p.x), direct = vt_solve_value(p.x, p.diagonal, &p.gather);
            if (!(residual < 2e-4) || !(fabs(value - direct) <= 1e-3 * (1.0 + fabs(direct)))) {
                fail_msg("%zu rows, %zu factors: residual %g, value %g instead of %g", lengths[a], widths[b], residual,
                         value, direct);
            }
            for (size_t k = widths[b]; k < d; k++) {
                assert_float_equal(p.x[k], 0.0F, 0.0F);
            }
            value = vt_solve_converged(vt_kernels_best(), p.x, p.diagonal, &p.gather, scratch);
            if (!(problem_residual(&p, p.x) < 2e-4) || !(fabs(value - direct) <= 1e-3 * (1.0 + fabs(direct)))) {
                fail_msg("%zu rows, %zu factors: converged to value %g instead of %g", lengths[a], widths[b], value,
                         direct);
            }
            vt_free(scratch);
            problem_done(&p);
        }
    }
}

static void every_step_lowers_the_value(void **state)
{
    (void)state;
    problem p;
    problem_init(&p, 90, 50, 9);
    size_t d = p.gather.d;
    float *scratch = vt_alloc_aligned(vt_solve_scratch(90, d), sizeof *scratch, NULL);
    float *x = vt_alloc_aligned(d, sizeof *x, NULL);
    double before = vt_solve_value(p.x, p.diagonal, &p.gather);
    for (int steps = 1; steps <= 8; steps++) {
        memcpy(x, p.x, d * sizeof *x);
        double told = vt_kernels_best()->solve_cg(x, p.diagonal, &p.gather, steps, 0.0F, scratch);
        double value = vt_solve_value(x, p.diagonal, &p.gather);
        assert_true(value < before);
        assert_true(fabs(told - value) < 1e-4 * fabs(value));
        before = value;
    }
    /* inside rounds it ends at a tenth of the error, so many steps asked for do not cost more than those needed */
    memcpy(x, p.x, d * sizeof *x);
    double ended = vt_solve_fast(vt_kernels_best(), x, p.diagonal, &p.gather, 60, scratch);
    assert_true(ended > before && problem_residual(&p, x) < 0.3);
    assert_true(vt_solve_starts(90) && !vt_solve_starts(1));
    vt_free(scratch);
    vt_free(x);
    problem_done(&p);
}

/* One factor: x = sum c y / (D + sum w y^2), by hand. */
static void one_factor_by_hand(void **state)
{
    (void)state;
    problem p;
    problem_init(&p, 2, 1, 1);
    p.matrix[(size_t)p.row[0] * p.gather.d] = 2.0F;
    p.matrix[(size_t)p.row[1] * p.gather.d] = 1.0F;
    p.weight[0] = 3.0F;
    p.weight[1] = 4.0F;
    p.target[0] = 4.0F;
    p.target[1] = 5.0F;
    p.diagonal[0] = 10.0F;
    float *scratch = vt_alloc_aligned(vt_solve_scratch(2, p.gather.d), sizeof *scratch, NULL);
    vt_solve_exact(vt_kernels_best(), p.x, p.diagonal, &p.gather, scratch);
    assert_float_equal(p.x[0], 13.0F / 26.0F, 1e-6F); /* (4*2 + 5*1) / (10 + 3*4 + 4*1) */
    vt_free(scratch);
    problem_done(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(solves_exactly),
        cmocka_unit_test(every_step_lowers_the_value),
        cmocka_unit_test(one_factor_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
