/* PCA: numpy's SVD, the random projection beside the exact way, threads, and vectors that are all the same. */
#include "fault.h"

#include <math.h>

#include "base/rng.h"
#include "encode/pca.h"

enum { GOLDEN_N = 64, GOLDEN_D = 16, GOLDEN_K = 4 };

/* What tests/golden/pca.py printed. */
typedef struct golden {
    int n, d, k;
    float x[GOLDEN_N * GOLDEN_D];
    double mean[GOLDEN_D], components[GOLDEN_K * GOLDEN_D], variance[GOLDEN_K], share[GOLDEN_K];
    double coordinates[GOLDEN_N * GOLDEN_K];
} golden;

static void read_numbers(FILE *file, double *out, int n)
{
    for (int i = 0; i < n; i++) {
        assert_int_equal(fscanf(file, "%lf", &out[i]), 1);
    }
}

static golden read_golden(void)
{
    golden g;
    double x[GOLDEN_N * GOLDEN_D];
    const char *source = getenv("VITRINE_SOURCE");
    char path[512];
    snprintf(path, sizeof path, "%s/tests/golden/pca.txt", source == NULL ? "." : source);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%d %d %d", &g.n, &g.d, &g.k), 3);
    assert_true(g.n <= GOLDEN_N && g.d <= GOLDEN_D && g.k <= GOLDEN_K);
    read_numbers(file, x, g.n * g.d);
    read_numbers(file, g.mean, g.d);
    read_numbers(file, g.components, g.k * g.d);
    read_numbers(file, g.variance, g.k);
    read_numbers(file, g.share, g.k);
    read_numbers(file, g.coordinates, g.n * g.k);
    fclose(file);
    for (int i = 0; i < g.n * g.d; i++) {
        g.x[i] = (float)x[i];
    }
    return g;
}

static void near(const char *what, double got, double wanted, double within)
{
    if (!(fabs(got - wanted) <= within * (1.0 + fabs(wanted)))) {
        fail_msg("%s: %.9g instead of %.9g", what, got, wanted);
    }
}

static void check_against_numpy(size_t exact_upto)
{
    vt_error err = VT_ERROR_INIT;
    golden g = read_golden();
    vt_pca *pca = NULL;
    vt_pca_options options;
    vt_pca_options_init(&options);
    options.k = (size_t)g.k;
    options.exact_upto = exact_upto;
    options.oversample = 2; /* so that the projection really is one: 5 of 12 directions */
    check_ok(vt_pca_fit(&pca, g.x, (size_t)g.n, (size_t)g.d, &options, &err));
    for (int j = 0; j < g.d; j++) {
        near("mean", (double)pca->mean[j], g.mean[j], 1e-6);
    }
    for (int i = 0; i < g.k * g.d; i++) {
        near("component", (double)pca->components[i], g.components[i], 2e-5);
    }
    for (int k = 0; k < g.k; k++) {
        near("variance", pca->variance[k], g.variance[k], 1e-5);
        near("share", vt_pca_explained(pca, (size_t)k), g.share[k], 1e-5);
    }
    for (int i = 0; i < g.n * g.k; i++) {
        near("coordinate", (double)pca->coordinates[i], g.coordinates[i], 1e-4);
    }
    vt_pca_free(pca);
}

static void equals_numpy_by_the_covariance(void **state)
{
    (void)state;
    check_against_numpy(512);
}

static void equals_numpy_by_the_projection(void **state)
{
    (void)state;
    check_against_numpy(0);
}

/* Vectors of many dimensions whose spectrum falls slowly, as those of encoders do. */
static float *slow_vectors(size_t n, size_t d)
{
    float *x = vt_alloc(n * d, sizeof *x, NULL);
    for (size_t i = 0; i < n; i++) {
        vt_rng rng = vt_rng_at(5, "test", i, 0);
        for (size_t j = 0; j < d; j++) {
            x[i * d + j] = (float)(vt_rng_normal(&rng) / sqrt((double)(j + 1)));
        }
    }
    return x;
}

static void projection_finds_what_the_covariance_has(void **state)
{
    (void)state;
    enum { N = 900, D = 130 };
    vt_error err = VT_ERROR_INIT;
    float *x = slow_vectors(N, D);
    vt_pca *exact = NULL, *random = NULL;
    vt_pca_options options;
    vt_pca_options_init(&options);
    check_ok(vt_pca_fit(&exact, x, N, D, &options, &err));
    options.exact_upto = 0;
    check_ok(vt_pca_fit(&random, x, N, D, &options, &err));
    for (size_t k = 0; k < 2; k++) {
        near("variance", random->variance[k], exact->variance[k], 1e-4);
        double cosine = 0.0;
        for (size_t j = 0; j < D; j++) {
            cosine += (double)exact->components[k * D + j] * (double)random->components[k * D + j];
        }
        assert_true(cosine > 0.999);
    }
    near("total", random->total, exact->total, 1e-12);
    vt_pca_free(exact);
    vt_pca_free(random);
    vt_free(x);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    enum { N = 2100, D = 37, K = 3 };
    vt_error err = VT_ERROR_INIT;
    float *x = slow_vectors(N, D);
    for (size_t upto = 0; upto <= 512; upto += 512) {
        vt_pca *one = NULL, *four = NULL;
        vt_pca_options options;
        vt_pca_options_init(&options);
        options.k = K;
        options.exact_upto = upto;
        options.threads = 1;
        check_ok(vt_pca_fit(&one, x, N, D, &options, &err));
        options.threads = 4;
        check_ok(vt_pca_fit(&four, x, N, D, &options, &err));
        assert_memory_equal(one->coordinates, four->coordinates, N * K * sizeof(float));
        assert_memory_equal(one->variance, four->variance, K * sizeof(double));
        vt_pca_free(one);
        vt_pca_free(four);
    }
    vt_free(x);
}

static void equal_vectors_have_no_variance(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    float x[5 * 3];
    for (int i = 0; i < 15; i++) {
        x[i] = 0.25F * (float)(i % 3);
    }
    for (size_t upto = 0; upto <= 512; upto += 512) {
        vt_pca *pca = NULL;
        vt_pca_options options;
        vt_pca_options_init(&options);
        options.exact_upto = upto;
        check_ok(vt_pca_fit(&pca, x, 5, 3, &options, &err));
        assert_true(pca->total == 0.0);
        assert_true(vt_pca_explained(pca, 0) == 0.0);
        for (int i = 0; i < 10; i++) {
            assert_true(pca->coordinates[i] == 0.0F);
        }
        vt_pca_free(pca);
    }
}

static void refuses_what_has_no_components(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_pca *pca = NULL;
    vt_pca_options options;
    vt_pca_options_init(&options);
    float x[6] = {1, 2, 3, 4, NAN, 6};
    assert_int_equal(vt_pca_fit(&pca, x, 1, 3, &options, &err), VT_ERR_USAGE);
    assert_int_equal(vt_pca_fit(&pca, x, 3, 1, &options, &err), VT_ERR_USAGE);
    assert_int_equal(vt_pca_fit(&pca, x, 3, 2, &options, &err), VT_ERR_FORMAT);
    assert_non_null(strstr(err.message, "vector 2 "));
    assert_null(pca);
}

static int fit_small(void *context, vt_error *err)
{
    vt_pca *pca = NULL;
    vt_pca_options options;
    vt_pca_options_init(&options);
    options.exact_upto = *(size_t *)context;
    options.threads = 1;
    static const float x[] = {1, 2, 3, 4, 0, 6, 7, 1, 9, 1, 0, 2};
    int status = vt_pca_fit(&pca, x, 4, 3, &options, err);
    vt_pca_free(pca);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    size_t exact = 512, projected = 0;
    assert_true(fault_allocations(fit_small, &exact) > 5);
    assert_true(fault_allocations(fit_small, &projected) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_numpy_by_the_covariance),
        cmocka_unit_test(equals_numpy_by_the_projection),
        cmocka_unit_test(projection_finds_what_the_covariance_has),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(equal_vectors_have_no_variance),
        cmocka_unit_test(refuses_what_has_no_components),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
