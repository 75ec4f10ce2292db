/* Every level of the kernels that this processor runs, against the plain loops, on odd lengths. */
#include "problem.h"

#include <math.h>

static const size_t lengths[] = {1, 2, 3, 4, 5, 7, 12, 33};
static const size_t widths[] = {1, 16, 17, 33, 64, 100, 128};

#define LENGTHS (sizeof lengths / sizeof *lengths)
#define WIDTHS (sizeof widths / sizeof *widths)

static void check_close(const float *a, const float *b, size_t n, float scale, const char *level, const char *what)
{
    for (size_t i = 0; i < n; i++) {
        if (!(fabsf(a[i] - b[i]) <= 2e-4F * scale)) {
            fail_msg("%s %s: element %zu is %g instead of %g", level, what, i, (double)a[i], (double)b[i]);
        }
    }
}

static void levels_are_there(void **state)
{
    (void)state;
    size_t count = 0;
    const vt_kernels *const *levels = vt_kernels_all(&count);
    assert_in_range(count, 2, 4);
    assert_string_equal(levels[0]->level, "reference");
    assert_string_equal(levels[1]->level, "baseline");
    assert_ptr_equal(vt_kernels_level(NULL), levels[count - 1]);
    assert_ptr_equal(vt_kernels_level("baseline"), levels[1]);
    assert_ptr_equal(vt_kernels_level("abacus"), levels[count - 1]);
    setenv("VITRINE_KERNELS", "baseline", 1);
    assert_ptr_equal(vt_kernels_best(), levels[1]); /* the first call of this program */
    unsetenv("VITRINE_KERNELS");
    assert_ptr_equal(vt_kernels_best(), levels[1]);
}

/* Every level masks and counts alike, on odd lengths and in place. */
static void masks_alike(void **state)
{
    (void)state;
    enum { N = 203 };
    size_t count = 0;
    const vt_kernels *const *levels = vt_kernels_all(&count);
    for (size_t n = 0; n <= N; n += 29) {
        for (size_t l = 0; l < count; l++) {
            float scores[N], out[N];
            uint8_t allowed[N];
            size_t marked = 0;
            for (size_t i = 0; i < N; i++) {
                scores[i] = (float)i - 50.0F;
                allowed[i] = i * 7 % 3 == 0;
                marked += i < n && allowed[i];
            }
            levels[l]->mask(out, scores, allowed, n);
            levels[l]->mask(scores, scores, allowed, n);
            for (size_t i = 0; i < n; i++) {
                float expected = allowed[i] ? (float)i - 50.0F : -INFINITY;
                assert_true(out[i] >= expected && out[i] <= expected);
                assert_true(scores[i] >= expected && scores[i] <= expected);
            }
            assert_int_equal(levels[l]->count(allowed, n), marked);
        }
    }
}

/* Every level collects the same keys in the same order, however often it is stopped by lack of capacity. */
static void collects_alike(void **state)
{
    (void)state;
    enum { N = 300 };
    size_t count = 0;
    const vt_kernels *const *levels = vt_kernels_all(&count);
    float scores[N];
    uint64_t expected[N], keys[N];
    for (int i = 0; i < N; i++) {
        scores[i] = i % 31 == 7 ? NAN : i % 29 == 3 ? -INFINITY : i % 37 == 1 ? INFINITY : (float)(i * 71 % 100);
    }
    for (float threshold = -INFINITY; threshold < 120.0F; threshold = threshold < 0.0F ? 0.0F : threshold + 33.0F) {
        size_t wanted = 0;
        for (int i = 0; i < N; i++) {
            if (scores[i] > threshold) {
                expected[wanted++] = vt_topk_key(scores[i], (uint32_t)i);
            }
        }
        for (size_t l = 0; l < count; l++) {
            for (size_t capacity = VT_LANES; capacity <= 64; capacity += 23) {
                size_t found = 0, at = 0;
                while (at < N) {
                    size_t more = levels[l]->collect(keys + found, capacity, scores, &at, N, threshold);
                    assert_in_range(more, 0, capacity);
                    found += more;
                }
                assert_int_equal(found, wanted);
                assert_memory_equal(keys, expected, wanted * sizeof *keys);
            }
        }
    }
}

/* Every level finds the same maxima, whatever stands behind the last whole round. */
static void maxima_alike(void **state)
{
    (void)state;
    enum { N = 300 };
    size_t count = 0;
    const vt_kernels *const *levels = vt_kernels_all(&count);
    float scores[N], expected[VT_MAXIMA], highest[VT_MAXIMA];
    for (int i = 0; i < N; i++) {
        scores[i] = i % 31 == 7    ? NAN
                    : i % 29 == 3  ? -INFINITY
                    : i % 137 == 1 ? INFINITY
                                   : (float)(i * 71 % 100) - 50.0F;
    }
    const size_t sizes[] = {0, 1, 63, 64, 65, 200, N};
    for (size_t a = 0; a < sizeof sizes / sizeof *sizes; a++) {
        for (size_t r = 0; r < VT_MAXIMA; r++) {
            expected[r] = -INFINITY;
            for (size_t i = r; i < sizes[a]; i += VT_MAXIMA) {
                expected[r] = isnan(scores[i]) ? expected[r] : fmaxf(expected[r], scores[i]);
            }
        }
        for (size_t l = 0; l < count; l++) {
            levels[l]->maxima(highest, scores, sizes[a]);
            assert_memory_equal(highest, expected, sizeof highest);
        }
    }
}

static void keys_order_scores_then_indices(void **state)
{
    (void)state;
    const float ascending[] = {-INFINITY, -3.5F, -1e-30F, 0.0F, 1e-30F, 2.0F, 1e30F, INFINITY};
    for (uint32_t i = 1; i < 8; i++) {
        assert_true(vt_topk_key(ascending[i], 7) > vt_topk_key(ascending[i - 1], 3));
        assert_true(vt_topk_key(ascending[i], 3) > vt_topk_key(ascending[i], 4));
    }
    assert_true(vt_topk_key(-0.0F, 5) == vt_topk_key(0.0F, 5));
}

static void applies_alike(void **state)
{
    (void)state;
    size_t count = 0;
    const vt_kernels *const *levels = vt_kernels_all(&count);
    for (size_t a = 0; a < LENGTHS; a++) {
        for (size_t b = 0; b < WIDTHS; b++) {
            problem p;
            problem_init(&p, lengths[a], widths[b], 3);
            size_t d = p.gather.d;
            float *out = vt_alloc_aligned(2 * d, sizeof *out, NULL), dots[2][64];
            for (size_t l = 1; l < count; l++) {
                for (int targets = 0; targets < 2; targets++) {
                    memset(out, 0, 2 * d * sizeof *out);
                    levels[0]->apply(out, p.x, &p.gather, targets == 1, -1.0F, dots[0]);
                    levels[l]->apply(out + d, p.x, &p.gather, targets == 1, -1.0F, dots[1]);
                    check_close(out + d, out, d, 10.0F, levels[l]->level, "apply");
                    check_close(dots[1], dots[0], p.gather.n, 1.0F, levels[l]->level, "dots");
                }
            }
            vt_free(out);
            problem_done(&p);
        }
    }
}

static void solves_alike(void **state)
{
    (void)state;
    size_t count = 0;
    const vt_kernels *const *levels = vt_kernels_all(&count);
    for (size_t a = 0; a < LENGTHS; a++) {
        for (size_t b = 0; b < WIDTHS; b++) {
            problem p;
            problem_init(&p, lengths[a], widths[b], 4);
            size_t n = p.gather.n, d = p.gather.d;
            float *scratch = vt_alloc_aligned(n * d + n * n + n + 5 * d, sizeof *scratch, NULL);
            float *x = vt_alloc_aligned(2 * d, sizeof *x, NULL);
            for (size_t l = 1; l < count; l++) {
                for (int steps = 0; steps < 4; steps++) {
                    memcpy(x, p.x, d * sizeof *x);
                    memcpy(x + d, p.x, d * sizeof *x);
                    double expected = levels[0]->solve_cg(x, p.diagonal, &p.gather, steps, 0.0F, scratch);
                    double value = levels[l]->solve_cg(x + d, p.diagonal, &p.gather, steps, 0.0F, scratch);
                    check_close(x + d, x, d, 1.0F, levels[l]->level, "solve_cg");
                    assert_true(fabs(value - expected) <= 1e-3 * (1.0 + fabs(expected)));
                }
                double expected = levels[0]->solve_dual(x, p.diagonal, &p.gather, scratch);
                double value = levels[l]->solve_dual(x + d, p.diagonal, &p.gather, scratch);
                check_close(x + d, x, d, 1.0F, levels[l]->level, "solve_dual");
                assert_true(fabs(value - expected) <= 1e-3 * (1.0 + fabs(expected)));
                assert_true(problem_residual(&p, x + d) < 1e-4);
            }
            vt_free(scratch);
            vt_free(x);
            problem_done(&p);
        }
    }
}

/* Dots of rows on any boundary; a row has the same dot alone as among others. */
static void dots_alike(void **state)
{
    (void)state;
    enum { ROWS = 9, D_MAX = 200 };
    const size_t wide[] = {1, 2, 15, 16, 17, 63, 64, 65, 130, D_MAX};
    size_t count = 0;
    const vt_kernels *const *levels = vt_kernels_all(&count);
    float space[(ROWS + 1) * D_MAX + 1], *rows = space + 1, dots[2][ROWS], alone = 0.0F;
    int8_t bytes[ROWS * D_MAX];
    int16_t steps[D_MAX];
    int32_t sums[2][ROWS];
    vt_rng rng = vt_rng_at(7, "dots", 0, 0);
    for (size_t i = 0; i < (ROWS + 1) * D_MAX; i++) {
        rows[i] = (float)(0.3 * vt_rng_normal(&rng));
    }
    for (size_t i = 0; i < ROWS * D_MAX; i++) {
        bytes[i] = (int8_t)((int)vt_rng_below(&rng, 255) - 127);
    }
    for (size_t i = 0; i < D_MAX; i++) {
        steps[i] = (int16_t)((int)vt_rng_below(&rng, 65535) - 32767);
    }
    for (size_t w = 0; w < sizeof wide / sizeof *wide; w++) {
        size_t d = wide[w];
        levels[0]->dots(dots[0], rows, ROWS, rows + ROWS * D_MAX, d);
        levels[0]->dots_int8(sums[0], bytes, ROWS, steps, d);
        for (size_t l = 1; l < count; l++) {
            levels[l]->dots(dots[1], rows, ROWS, rows + ROWS * D_MAX, d);
            check_close(dots[1], dots[0], ROWS, 1.0F, levels[l]->level, "dots");
            levels[l]->dots(&alone, rows + 5 * d, 1, rows + ROWS * D_MAX, d);
            assert_memory_equal(&alone, &dots[1][5], sizeof alone);
            levels[l]->dots_int8(sums[1], bytes, ROWS, steps, d);
            assert_memory_equal(sums[1], sums[0], sizeof sums[0]);
        }
    }
}

/* Ratings in one order over rows that repeat: every level descends as the reference does. */
static void descends_alike(void **state)
{
    (void)state;
    enum { USERS = 3, ITEMS = 4, RATINGS = 10, D_MAX = 48 };
    size_t count = 0;
    const vt_kernels *const *levels = vt_kernels_all(&count);
    const vt_rating rating[RATINGS] = {{0, 0, 1.0F},  {1, 3, -0.5F}, {2, 1, 0.25F}, {0, 1, -1.0F}, {1, 0, 0.0F},
                                       {2, 3, 0.75F}, {0, 3, 0.5F},  {0, 2, -2.0F}, {2, 2, 1.5F},  {1, 1, 0.1F}};
    for (size_t d = VT_LANES; d <= D_MAX; d += VT_LANES) {
        _Alignas(64) float start[(USERS + ITEMS) * D_MAX], expected[(USERS + ITEMS) * D_MAX], rates[4 * D_MAX];
        _Alignas(64) float got[(USERS + ITEMS) * D_MAX];
        vt_rng rng = vt_rng_at(9, "sgd", d, 0);
        for (size_t k = 0; k < (USERS + ITEMS) * d; k++) {
            start[k] = (float)(0.3 * vt_rng_normal(&rng));
        }
        for (size_t k = 0; k < 4 * d; k++) {
            rates[k] = (float)((k / d % 2 == 0 ? 0.01 : 0.1) * vt_rng_unit(&rng));
        }
        memcpy(expected, start, sizeof start);
        const float user_share[USERS] = {1.0F, 0.5F, 2.0F}, item_share[ITEMS] = {0.0F, 1.0F, 3.0F, 0.1F};
        vt_sides sides = {expected, expected + USERS * d, user_share, item_share};
        double sum = levels[0]->sgd(&sides, rating, RATINGS, rates, d);
        for (size_t l = 1; l < count; l++) {
            memcpy(got, start, sizeof start);
            sides = (vt_sides){got, got + USERS * d, user_share, item_share};
            double other = levels[l]->sgd(&sides, rating, RATINGS, rates, d);
            check_close(got, expected, (USERS + ITEMS) * d, 1.0F, levels[l]->level, "sgd");
            assert_true(fabs(other - sum) < 1e-4 * sum);
        }
    }
}

enum { PAIR_STEPS = 37, PAIR_ROWS = 12 };

/* Steps on rows of chance, on the side of `level`; everything that they change is in `out`. */
static double take_steps(float *out, const vt_kernels *level, size_t d, size_t learnt, bool gradients)
{
    vt_rng rng = vt_rng_at(3, "pairs", d, learnt);
    int32_t user[PAIR_STEPS], chosen[PAIR_STEPS], other[PAIR_STEPS];
    size_t rows = PAIR_ROWS * d;
    float *users = out, *items = users + rows, *gradient = items + rows, *bias = gradient + rows;
    for (size_t i = 0; i < 3 * rows + 2 * PAIR_ROWS; i++) {
        out[i] = (float)(0.3 * vt_rng_normal(&rng));
    }
    for (size_t s = 0; s < PAIR_STEPS; s++) {
        user[s] = (int32_t)vt_rng_below(&rng, PAIR_ROWS);
        chosen[s] = (int32_t)vt_rng_below(&rng, PAIR_ROWS);
        other[s] = (chosen[s] + 1 + (int32_t)vt_rng_below(&rng, PAIR_ROWS - 1)) % PAIR_ROWS;
    }
    users[d * (size_t)user[5]] = 70.0F; /* a certain one too */
    items[d * (size_t)chosen[5]] = -3.0F;
    vt_pairs pairs = {.users = users,
                      .items = items,
                      .bias = bias,
                      .bias_step = 1,
                      .gradient = gradients ? gradient : NULL,
                      .bias_gradient = gradients ? bias + PAIR_ROWS : NULL,
                      .d = d,
                      .learnt = learnt,
                      .user = user,
                      .chosen = chosen,
                      .other = other,
                      .n = PAIR_STEPS,
                      .rate = 0.05F,
                      .l2_user = 0.01F,
                      .l2_chosen = 0.02F,
                      .l2_other = 0.03F,
                      .l2_bias = 0.04F};
    return level->pairwise(&pairs);
}

/* Every level takes the same steps, with all, some and none of the items' columns moving. */
static void pairs_alike(void **state)
{
    (void)state;
    const size_t wide[] = {16, 32, 48, 64, 80, 128};
    size_t count = 0;
    const vt_kernels *const *levels = vt_kernels_all(&count);
    for (size_t w = 0; w < sizeof wide / sizeof *wide; w++) {
        size_t d = wide[w], n = 3 * PAIR_ROWS * d + 2 * PAIR_ROWS;
        float *out = vt_alloc_aligned(2 * n, sizeof *out, NULL);
        for (size_t learnt = 0; learnt <= d; learnt += d == 16 ? 16 : d / 2 / 16 * 16) {
            for (int gradients = 0; gradients < 2; gradients++) {
                double expected = take_steps(out, levels[0], d, learnt, gradients == 1 && learnt < d);
                for (size_t l = 1; l < count; l++) {
                    double loss = take_steps(out + n, levels[l], d, learnt, gradients == 1 && learnt < d);
                    check_close(out + n, out, n, 5.0F, levels[l]->level, "pairwise");
                    /* a difference of scores counts up to 30 */
                    assert_true(loss < expected + 1e-3 && loss > 0.1 * expected);
                }
            }
        }
        vt_free(out);
    }
}

/* A row of a sparse matrix times a dense one. */
static void combines_alike(void **state)
{
    (void)state;
    size_t count = 0;
    const vt_kernels *const *levels = vt_kernels_all(&count);
    for (size_t a = 0; a < LENGTHS; a++) {
        for (size_t b = 0; b < WIDTHS; b++) {
            problem p;
            problem_init(&p, lengths[a], widths[b], 5);
            const vt_gather *g = &p.gather;
            float *out = vt_alloc_aligned(2 * g->d, sizeof *out, NULL);
            for (size_t l = 1; l < count; l++) {
                levels[0]->combine(out, g->matrix, g->row, g->weight, g->n, g->d);
                levels[l]->combine(out + g->d, g->matrix, g->row, g->weight, g->n, g->d);
                check_close(out + g->d, out, g->d, 10.0F, levels[l]->level, "combine");
            }
            vt_free(out);
            problem_done(&p);
        }
    }
}

/* One rating of a user who is a sum of two rows. */
static void descends_implicitly_alike(void **state)
{
    (void)state;
    enum { D_MAX = 64 };
    size_t count = 0;
    const vt_kernels *const *levels = vt_kernels_all(&count);
    for (size_t d = VT_LANES; d <= D_MAX; d += VT_LANES) {
        _Alignas(64) float rows[2][4 * D_MAX], rates[5 * D_MAX], start[4 * D_MAX]; /* x, z, y, delta */
        vt_rng rng = vt_rng_at(10, "sgd", d, 0);
        for (size_t k = 0; k < 5 * d; k++) {
            rates[k] = (float)vt_rng_unit(&rng);
        }
        for (size_t k = 0; k < 4 * d; k++) {
            start[k] = (float)(0.3 * vt_rng_normal(&rng));
        }
        float error = 0.0F;
        for (size_t l = 0; l < count; l++) {
            float *to = rows[l > 0];
            memcpy(to, start, sizeof start);
            float got = levels[l]->sgd_implicit(to, to + d, to + 3 * d, to + 2 * d, 0.7F, rates, d);
            error = l == 0 ? got : error;
            assert_true(fabsf(got - error) < 1e-5F);
            check_close(to, rows[0], 4 * d, 1.0F, levels[l]->level, "sgd_implicit");
        }
        assert_memory_equal(rows[1] + 2 * d, start + 2 * d, d * sizeof *start); /* the item's row stays */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_are_there),
        cmocka_unit_test(collects_alike),
        cmocka_unit_test(maxima_alike),
        cmocka_unit_test(masks_alike),
        cmocka_unit_test(keys_order_scores_then_indices),
        cmocka_unit_test(applies_alike),
        cmocka_unit_test(solves_alike),
        cmocka_unit_test(dots_alike),
        cmocka_unit_test(descends_alike),
        cmocka_unit_test(pairs_alike),
        cmocka_unit_test(combines_alike),
        cmocka_unit_test(descends_implicitly_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
