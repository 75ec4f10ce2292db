/* Every level of the kernels of networks against the plain loops, on odd lengths. */
#include "nn_reference.h"

static const size_t lengths[] = {1, 2, 7, 15, 16, 17, 31, 33, 64, 100, 257};

enum { N_LENGTHS = sizeof lengths / sizeof *lengths, MOST = 257 };

static const vt_nn_kernels *reference(void)
{
    size_t count = 0;
    return vt_nn_kernels_all(&count)[0];
}

static void close_enough(const float *a, const float *b, size_t n, const char *level, const char *what)
{
    for (size_t i = 0; i < n; i++) {
        if (!(fabsf(a[i] - b[i]) <= 3e-6F * (1.0F + fabsf(b[i])))) {
            fail_msg("%s %s: number %zu of %zu is %.9g instead of %.9g", level, what, i, n, (double)a[i], (double)b[i]);
        }
    }
}

/* What a kernel does to x (n), y (n) and z (n); called with each level. */
typedef void (*use)(const vt_nn_kernels *k, float *x, float *y, float *z, size_t n);

static void use_exponentials(const vt_nn_kernels *k, float *x, float *y, float *z, size_t n)
{
    (void)z;
    y[0] = k->exponentials(x, n, &z[0]) / (float)n;
}

static void use_sums(const vt_nn_kernels *k, float *x, float *y, float *z, size_t n)
{
    float a = k->dot(x, y, n) / (float)n;
    k->add(z, x, 0.7F, n);
    k->scale(x, z, -1.3F, n);
    z[0] = a;
    z[n - 1] = (float)(k->squares(y, n) / (double)n);
}

static void use_drop(const vt_nn_kernels *k, float *x, float *y, float *z, size_t n)
{
    vt_nn_mask mask = {0x123456789ABCDEF0U + n, 0.3F}, none = {5, 0.0F};
    k->drop(x, x, n, mask, 11);
    k->add_dropped(y, z, n, mask, 11);
    k->add_dropped(y, z, n, none, 11);
    k->drop(z, y, n, none, 0);
}

static void use_gelu(const vt_nn_kernels *k, float *x, float *y, float *z, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        x[i] *= i % 9 == 0 ? 12.0F : 1.0F;
    }
    k->gelu(z, x, n);
    k->gelu_back(y, y, x, n);
}

static void use_norm(const vt_nn_kernels *k, float *x, float *y, float *z, size_t n)
{
    float stats[2], out[MOST];
    for (size_t i = 0; i < n; i++) {
        x[i] += 3.0F;
    }
    k->norm(out, stats, x, y, z, n);
    if (n > 2) { /* a row of one or two numbers is all rounding */
        k->norm_back(z, y, x, y, stats, n);
    }
    memcpy(x, out, n * sizeof *x);
}

static void use_adamw(const vt_nn_kernels *k, float *x, float *y, float *z, size_t n)
{
    const vt_nn_update update = {1e-2F, 0.9F, 0.999F, 500.0F, 1e-8F, 1e-3F, 0.5F};
    float second[MOST] = {0};
    for (int step = 0; step < 3; step++) {
        k->adamw(x, y, second, z, n, &update);
    }
    memcpy(z, second, n * sizeof *z);
}

static void levels_agree(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        use use;
    } uses[] = {{"exponentials", use_exponentials},
                {"sums", use_sums},
                {"drop", use_drop},
                {"gelu", use_gelu},
                {"norm", use_norm},
                {"adamw", use_adamw}};
    size_t count = 0;
    const vt_nn_kernels *const *levels = vt_nn_kernels_all(&count);
    assert_in_range(count, 2, 4);
    for (size_t u = 0; u < sizeof uses / sizeof *uses; u++) {
        for (size_t l = 0; l < N_LENGTHS; l++) {
            size_t n = lengths[l];
            for (size_t level = 1; level < count; level++) {
                float *a[3], *b[3];
                for (size_t v = 0; v < 3; v++) {
                    a[v] = chance(n, 1.0, v);
                    b[v] = chance(n, 1.0, v);
                }
                uses[u].use(levels[0], a[0], a[1], a[2], n);
                uses[u].use(levels[level], b[0], b[1], b[2], n);
                for (size_t v = 0; v < 3; v++) {
                    close_enough(b[v], a[v], n, levels[level]->level, uses[u].name);
                    vt_free(a[v]);
                    vt_free(b[v]);
                }
            }
        }
    }
}

static void exponentials_of_extremes(void **state)
{
    (void)state;
    size_t count = 0;
    const vt_nn_kernels *const *levels = vt_nn_kernels_all(&count);
    for (size_t level = 0; level < count; level++) {
        float row[20], highest = 0.0F;
        for (int i = 0; i < 20; i++) {
            row[i] = i == 3 ? 1000.0F : i == 5 ? -INFINITY : -1000.0F;
        }
        float sum = levels[level]->exponentials(row, 20, &highest);
        assert_true(fabsf(highest - 1000.0F) < 1e-3F && fabsf(sum - 1.0F) < 1e-6F && fabsf(row[3] - 1.0F) < 1e-6F);
        assert_true(row[5] >= 0.0F && row[5] < 1e-30F && row[0] < 1e-30F);
        row[7] = NAN;
        assert_true(isnan(levels[level]->exponentials(row, 20, &highest)));
    }
}

/* The share that is dropped is the rate, the rest is scaled, and other keys or numbers drop others. */
static void dropout_is_fair(void **state)
{
    (void)state;
    enum { N = 100000 };
    float *x = zeros(N), *y = zeros(N);
    vt_nn_mask mask = {vt_nn_key(1, 2, 3, 4), 0.2F}, other = {vt_nn_key(1, 2, 4, 4), 0.2F};
    for (size_t i = 0; i < N; i++) {
        x[i] = y[i] = 1.0F;
    }
    reference()->drop(x, x, N, mask, 0);
    reference()->drop(y, y, N, other, 0);
    size_t dropped = 0, both = 0, runs = 0;
    for (size_t i = 0; i < N; i++) {
        dropped += !(x[i] > 0.0F);
        both += !(x[i] > 0.0F) && !(y[i] > 0.0F);
        runs += i > 0 && !(x[i] > 0.0F) && !(x[i - 1] > 0.0F);
        assert_true(!(x[i] > 0.0F) || fabsf(x[i] - 1.25F) < 1e-6F);
    }
    assert_in_range(dropped, 19500, 20500); /* standard deviation 126 */
    assert_in_range(both, 3750, 4250);      /* 62 */
    assert_in_range(runs, 3700, 4300);
    vt_free(x);
    vt_free(y);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_agree),
        cmocka_unit_test(exponentials_of_extremes),
        cmocka_unit_test(dropout_is_fair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
