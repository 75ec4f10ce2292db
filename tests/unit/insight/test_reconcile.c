/* Forecasts that add up: sums to the last bit, the solution beside a dense one, wrong trees. */
#include "check.h"
#include "fault.h"

#include <math.h>

#include "base/rng.h"
#include "insight/demand/reconcile.h"

/* total 0; 1, 2 below it; 3, 4, 5 below 1; 6, 7 below 2: given in another order than by depth. */
enum { N = 8, LEAVES = 5, H = 3 };
static const int32_t parent[N] = {1, -1, 1, 0, 0, 0, 2, 2};
static const size_t leaf[LEAVES] = {3, 4, 5, 6, 7};

static void make(double *base, double *variance)
{
    vt_rng rng = vt_rng_at(1, "reconcile-test", 0, 0);
    for (size_t i = 0; i < N; i++) {
        variance[i] = 0.5 + vt_rng_unit(&rng);
        for (size_t h = 0; h < H; h++) {
            base[i * H + h] = (i == 1 ? 50.0 : i == 0 || i == 2 ? 25.0 : 10.0) + 3.0 * vt_rng_normal(&rng);
        }
    }
}

static bool is_below(size_t node, size_t top)
{
    for (int32_t p = (int32_t)node; p >= 0; p = parent[p]) {
        if ((size_t)p == top) {
            return true;
        }
    }
    return false;
}

/* The leaves of (S'W^-1 S)^-1 S'W^-1 y, by Gauss. */
static void dense(double *x, const double *y, const double *variance)
{
    double a[LEAVES][LEAVES + 1] = {{0}};
    for (size_t i = 0; i < N; i++) {
        for (size_t r = 0; r < LEAVES; r++) {
            double s = is_below(leaf[r], i) ? 1.0 / variance[i] : 0.0;
            for (size_t c = 0; c < LEAVES; c++) {
                a[r][c] += is_below(leaf[c], i) ? s : 0.0;
            }
            a[r][LEAVES] += s * y[i];
        }
    }
    for (size_t k = 0; k < LEAVES; k++) {
        for (size_t r = 0; r < LEAVES; r++) {
            double f = r == k ? 0.0 : a[r][k] / a[k][k];
            for (size_t c = k; c <= LEAVES; c++) {
                a[r][c] -= f * a[k][c];
            }
        }
    }
    for (size_t k = 0; k < LEAVES; k++) {
        x[k] = a[k][LEAVES] / a[k][k];
    }
}

static void check_sums(const double *x)
{
    for (size_t h = 0; h < H; h++) {
        assert_true(x[0 * H + h] == x[3 * H + h] + x[4 * H + h] + x[5 * H + h]);
        assert_true(x[2 * H + h] == x[6 * H + h] + x[7 * H + h]);
        assert_true(x[1 * H + h] == x[0 * H + h] + x[2 * H + h]);
    }
}

static void least_squares_as_dense(void **state)
{
    (void)state;
    double base[N * H], variance[N], out[N * H], y[N], wanted[LEAVES];
    double structure[N] = {3, 5, 2, 1, 1, 1, 1, 1};
    vt_error err = VT_ERROR_INIT;
    vt_reconcile_options o;
    make(base, variance);
    vt_reconcile_options_init(&o);
    for (int k = 0; k < 2; k++) {
        o.method = k == 0 ? VT_RECONCILE_VARIANCE : VT_RECONCILE_STRUCTURE;
        o.variance = variance;
        check_ok(vt_reconcile(out, base, parent, N, H, &o, &err));
        check_sums(out);
        for (size_t h = 0; h < H; h++) {
            for (size_t i = 0; i < N; i++) {
                y[i] = base[i * H + h];
            }
            dense(wanted, y, k == 0 ? variance : structure);
            for (size_t r = 0; r < LEAVES; r++) {
                assert_true(fabs(out[leaf[r] * H + h] - wanted[r]) < 1e-9);
            }
        }
    }
}

static void other_methods(void **state)
{
    (void)state;
    double base[N * H], variance[N], out[N * H];
    vt_error err = VT_ERROR_INIT;
    vt_reconcile_options o;
    make(base, variance);
    vt_reconcile_options_init(&o);
    o.method = VT_RECONCILE_BOTTOM_UP;
    check_ok(vt_reconcile(out, base, parent, N, H, &o, &err));
    check_sums(out);
    assert_true(out[3 * H] == base[3 * H] && out[7 * H + 2] == base[7 * H + 2]);
    o.method = VT_RECONCILE_TOP_DOWN;
    check_ok(vt_reconcile(out, base, parent, N, H, &o, &err));
    check_sums(out);
    assert_true(fabs(out[1 * H] - base[1 * H]) < 1e-12 * 50.0);
    assert_true(fabs(out[6 * H] / out[7 * H] - base[6 * H] / base[7 * H]) < 1e-12);
    for (size_t i = 3; i < N; i++) {
        base[i * H] = 0.0;
    }
    check_ok(vt_reconcile(out, base, parent, N, H, &o, &err));
    assert_true(fabs(out[3 * H] - out[4 * H]) < 1e-12); /* nothing to share by: equally */
    base[3 * H] = -40.0;
    o.method = VT_RECONCILE_STRUCTURE;
    o.non_negative = true;
    check_ok(vt_reconcile(base, base, parent, N, H, &o, &err)); /* in place */
    check_sums(base);
    assert_true(base[3 * H] >= 0.0);
}

static void wrong_trees(void **state)
{
    (void)state;
    double base[3] = {1.0, 2.0, 3.0}, out[3] = {-7.0};
    vt_error err = VT_ERROR_INIT;
    vt_reconcile_options o;
    vt_reconcile_options_init(&o);
    static const int32_t circle[] = {1, 2, 0}, missing[] = {-1, 0, 5};
    assert_int_equal(vt_reconcile(out, base, circle, 3, 1, &o, &err), VT_ERR_USAGE);
    assert_int_equal(vt_reconcile(out, base, missing, 3, 1, &o, &err), VT_ERR_USAGE);
    static const int32_t right[] = {-1, 0, 0};
    o.method = VT_RECONCILE_VARIANCE;
    assert_int_equal(vt_reconcile(out, base, right, 3, 1, &o, &err), VT_ERR_USAGE);
    o.method = VT_RECONCILE_STRUCTURE;
    base[1] = NAN;
    assert_int_equal(vt_reconcile(out, base, right, 3, 1, &o, &err), VT_ERR_USAGE);
    assert_true(out[0] == -7.0);
}

static int run(void *context, vt_error *err)
{
    double base[N * H], variance[N], out[N * H];
    vt_reconcile_options o;
    (void)context;
    make(base, variance);
    vt_reconcile_options_init(&o);
    return vt_reconcile(out, base, parent, N, H, &o, err);
}

static void memory_runs_out(void **state)
{
    (void)state;
    assert_int_equal(fault_allocations(run, NULL), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(least_squares_as_dense),
        cmocka_unit_test(other_methods),
        cmocka_unit_test(wrong_trees),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
