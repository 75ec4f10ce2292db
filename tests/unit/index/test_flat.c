/*
 * One suite for every way to find nearest neighbours: the exact scan and the index with a first pass over bytes give
 * the same on what is small; on what is large the index must find what the scan finds. Rows that each stand in a place
 * of their own give what rows in one block give.
 */
#include "check.h"

#include <math.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "fault.h"
#include "index/flat.h"

typedef size_t (*searcher)(int32_t *index, float *score, const float *rows, size_t n, size_t d, const float *query,
                           const uint8_t *allowed, size_t k);

static vt_rows in_block(const float *rows, size_t n, size_t d)
{
    return (vt_rows){.n = n, .d = d, .block = rows};
}

/* Rows that are copied apart: the last stands first, with a gap behind each. */
typedef struct apart {
    float *copy;
    vt_rows rows;
} apart;

/* Even ones are where they are, odd ones are copied. */
static const float *row_apart(const void *from, size_t i, float *room)
{
    const apart *a = from;
    const float *row = a->copy + (a->rows.n - 1 - i) * (a->rows.d + 1);
    return i % 2 == 0 ? row : memcpy(room, row, a->rows.d * sizeof *row);
}

static void apart_init(apart *a, const float *rows, size_t n, size_t d)
{
    a->copy = vt_alloc_zero(n * (d + 1), sizeof *a->copy, NULL);
    a->rows = (vt_rows){n, d, NULL, row_apart, a};
    assert_non_null(a->copy);
    for (size_t i = 0; i < n; i++) {
        memcpy(a->copy + (n - 1 - i) * (d + 1), rows + i * d, d * sizeof *rows);
    }
}

static size_t search_index(int32_t *index, float *score, const vt_rows *rows, const float *query,
                           const uint8_t *allowed, size_t k)
{
    vt_error err = VT_ERROR_INIT;
    vt_flat *flat = NULL;
    check_ok(vt_flat_create(&flat, rows, 1, &err));
    size_t found = vt_flat_search(flat, index, score, query, allowed, k);
    vt_flat_free(flat);
    return found;
}

static size_t scan(int32_t *index, float *score, const float *rows, size_t n, size_t d, const float *query,
                   const uint8_t *allowed, size_t k)
{
    const vt_rows block = in_block(rows, n, d);
    return vt_nearest(index, score, &block, query, allowed, k);
}

static size_t through_index(int32_t *index, float *score, const float *rows, size_t n, size_t d, const float *query,
                            const uint8_t *allowed, size_t k)
{
    const vt_rows block = in_block(rows, n, d);
    return search_index(index, score, &block, query, allowed, k);
}

static size_t scan_apart(int32_t *index, float *score, const float *rows, size_t n, size_t d, const float *query,
                         const uint8_t *allowed, size_t k)
{
    apart a;
    apart_init(&a, rows, n, d);
    size_t found = vt_nearest(index, score, &a.rows, query, allowed, k);
    vt_free(a.copy);
    return found;
}

static size_t through_index_apart(int32_t *index, float *score, const float *rows, size_t n, size_t d,
                                  const float *query, const uint8_t *allowed, size_t k)
{
    apart a;
    apart_init(&a, rows, n, d);
    size_t found = search_index(index, score, &a.rows, query, allowed, k);
    vt_free(a.copy);
    return found;
}

static const searcher searchers[] = {scan, through_index, scan_apart, through_index_apart};

#define SEARCHERS (sizeof searchers / sizeof *searchers)

static void known_answers(void **state)
{
    (void)state;
    static const float rows[] = {
        0.6F, 0.8F,  0.0F, /* 0.6 */
        1.0F, 0.0F,  0.0F, /* 1 */
        0.0F, 1.0F,  0.0F, /* 0 */
        1.0F, 0.0F,  0.0F, /* 1 again: the smaller index first */
        0.8F, -0.6F, 0.0F, /* 0.8 */
    };
    static const float query[] = {1.0F, 0.0F, 0.0F};
    static const uint8_t some[] = {1, 0, 1, 1, 0}, none[5] = {0};
    for (size_t s = 0; s < SEARCHERS; s++) {
        int32_t index[8];
        float score[8];
        assert_int_equal(searchers[s](index, score, rows, 5, 3, query, NULL, 8), 5);
        assert_memory_equal(index, ((int32_t[]){1, 3, 4, 0, 2}), 5 * sizeof *index);
        assert_memory_equal(score, ((float[]){1.0F, 1.0F, 0.8F, 0.6F, 0.0F}), 5 * sizeof *score);
        assert_int_equal(searchers[s](index, score, rows, 5, 3, query, NULL, 2), 2);
        assert_memory_equal(index, ((int32_t[]){1, 3}), 2 * sizeof *index);
        assert_int_equal(searchers[s](index, score, rows, 5, 3, query, some, 8), 3);
        assert_memory_equal(index, ((int32_t[]){3, 0, 2}), 3 * sizeof *index);
        assert_int_equal(searchers[s](index, score, rows, 5, 3, query, none, 8), 0);
        assert_int_equal(searchers[s](index, score, rows, 5, 3, query, NULL, 0), 0);
        assert_int_equal(searchers[s](index, score, rows, 1, 3, query, NULL, 8), 1);
        assert_int_equal(index[0], 0);
        assert_int_equal(searchers[s](index, score, rows, 0, 3, query, NULL, 8), 0);
    }
}

/* Vectors in groups, unit length, most of it in the leading numbers of a turned space, as networks' are. */
typedef struct cloud {
    size_t n, d;
    float *rows;
    vt_rows block; /* the same */
} cloud;

static void to_unit(float *row, size_t d)
{
    double square = 0.0;
    for (size_t k = 0; k < d; k++) {
        square += (double)row[k] * (double)row[k];
    }
    for (size_t k = 0; k < d; k++) {
        row[k] = (float)((double)row[k] / sqrt(square));
    }
}

static void cloud_row(float *row, size_t d, uint64_t seed, uint64_t at)
{
    vt_rng group = vt_rng_at(seed, "group", at % 97, 0), own = vt_rng_at(seed, "own", at, 0);
    for (size_t k = 0; k < d; k++) {
        double fall = 1.0 / sqrt(1.0 + (double)((k * 7) % d)); /* not only in front */
        row[k] = (float)(fall * (vt_rng_normal(&group) + 0.7 * vt_rng_normal(&own)));
    }
    to_unit(row, d);
}

static void cloud_init(cloud *c, size_t n, size_t d)
{
    c->n = n;
    c->d = d;
    c->rows = vt_alloc_aligned(n * d, sizeof *c->rows, NULL);
    assert_non_null(c->rows);
    for (size_t i = 0; i < n; i++) {
        cloud_row(c->rows + i * d, d, 11, i);
    }
    c->block = in_block(c->rows, n, d);
}

/* Whole numbers, whose products floats hold exactly, so that even ties must come out as counting has them. */
static void exact_is_brute_force(void **state)
{
    (void)state;
    enum { N = 5000, D = 37, K = 60 };
    float *rows = vt_alloc(N * D, sizeof *rows, NULL), *all = vt_alloc(N, sizeof *all, NULL), query[D];
    vt_rng rng = vt_rng_at(3, "whole", 0, 0);
    for (size_t i = 0; i < N * D; i++) {
        rows[i] = (float)((int)vt_rng_below(&rng, 7) - 3);
    }
    for (int q = 0; q < 20; q++) {
        int32_t index[K];
        float score[K];
        for (size_t k = 0; k < D; k++) {
            query[k] = (float)((int)vt_rng_below(&rng, 7) - 3);
        }
        for (size_t i = 0; i < N; i++) {
            int sum = 0;
            for (size_t k = 0; k < D; k++) {
                sum += (int)rows[i * D + k] * (int)query[k];
            }
            all[i] = (float)sum;
        }
        assert_int_equal(scan(index, score, rows, N, D, query, NULL, K), K);
        for (size_t k = 0; k < K; k++) { /* nothing outside ranks before the k-th, and the list is in order */
            assert_true(score[k] == all[index[k]]);
            assert_true(k == 0 || score[k] < score[k - 1] || (score[k] == score[k - 1] && index[k] > index[k - 1]));
        }
        for (int32_t i = 0; i < N; i++) {
            bool better = all[i] > score[K - 1] || (all[i] == score[K - 1] && i < index[K - 1]), listed = false;
            for (size_t k = 0; k < K; k++) {
                listed = listed || index[k] == i;
            }
            assert_true(!better || listed);
        }
    }
    vt_free(rows);
    vt_free(all);
}

/* Of the ten nearest the index finds 99 in 100, with the scan's very scores, and among the allowed alone. */
static void finds_what_the_scan_finds(void **state)
{
    (void)state;
    static const size_t shapes[][2] = {{9000, 24}, {6000, 384}, {5000, 600}, {2001, 1}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        vt_error err = VT_ERROR_INIT;
        vt_flat *flat = NULL;
        cloud c;
        cloud_init(&c, shapes[s][0], shapes[s][1]);
        float *query = vt_alloc(c.d, sizeof *query, NULL);
        uint8_t *allowed = vt_alloc(c.n, 1, NULL);
        for (size_t i = 0; i < c.n; i++) {
            allowed[i] = i % 2 == 0 || i < c.n / 2;
        }
        check_ok(vt_flat_create(&flat, &c.block, 1, &err));
        size_t found = 0, wanted = 0;
        for (uint64_t q = 0; q < 60; q++) {
            int32_t exact[10], fast[50], few[5];
            float exact_score[10], fast_score[50], few_score[5];
            const uint8_t *mask = q % 2 == 0 ? NULL : allowed;
            cloud_row(query, c.d, 11, 1000000 + q);
            size_t n = scan(exact, exact_score, c.rows, c.n, c.d, query, mask, 10);
            size_t m = vt_flat_search(flat, fast, fast_score, query, mask, 50);
            assert_int_equal(n, 10);
            assert_int_equal(m, 50);
            assert_int_equal(vt_flat_search(flat, few, few_score, query, mask, 5), 5);
            assert_memory_equal(few, fast, sizeof few);
            assert_memory_equal(few_score, fast_score, sizeof few_score);
            for (size_t i = 0; i < 50; i++) {
                assert_true(mask == NULL || allowed[fast[i]]);
            }
            for (size_t i = 0; i < 10; i++) {
                for (size_t j = 0; j < 10; j++) {
                    if (exact[i] == fast[j]) {
                        found++;
                        assert_memory_equal(&exact_score[i], &fast_score[j], sizeof *exact_score);
                    }
                }
            }
            wanted += 10;
        }
        if (found * 100 < wanted * 99) {
            fail_msg("%zu x %zu: %zu of %zu found", c.n, c.d, found, wanted);
        }
        vt_flat_free(flat);
        vt_free(query);
        vt_free(allowed);
        vt_free(c.rows);
    }
}

/* To the last bit, with and without a mask, through every pass that there is. */
static void rows_apart_are_the_same(void **state)
{
    (void)state;
    static const size_t shapes[][2] = {{5000, 24}, {4500, 600}, {1000, 31}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        vt_error err = VT_ERROR_INIT;
        vt_flat *of_block = NULL, *of_apart = NULL;
        cloud c;
        apart a;
        cloud_init(&c, shapes[s][0], shapes[s][1]);
        apart_init(&a, c.rows, c.n, c.d);
        uint8_t *allowed = vt_alloc(c.n, 1, NULL);
        for (size_t i = 0; i < c.n; i++) {
            allowed[i] = i % 2 == 0;
        }
        check_ok(vt_flat_create(&of_block, &c.block, 1, &err));
        check_ok(vt_flat_create(&of_apart, &a.rows, 3, &err));
        for (size_t q = 0; q < 40; q++) {
            int32_t x[VT_NEAREST_MAX], y[VT_NEAREST_MAX];
            float of_x[VT_NEAREST_MAX], of_y[VT_NEAREST_MAX];
            const uint8_t *mask = q % 2 == 0 ? NULL : allowed;
            const float *query = c.rows + q * 25 * c.d;
            size_t n = vt_flat_search(of_block, x, of_x, query, mask, VT_FLAT_NEAREST_MAX);
            assert_int_equal(vt_flat_search(of_apart, y, of_y, query, mask, VT_FLAT_NEAREST_MAX), n);
            assert_memory_equal(x, y, n * sizeof *x);
            assert_memory_equal(of_x, of_y, n * sizeof *of_x);
            n = vt_nearest(x, of_x, &c.block, query, mask, 300);
            assert_int_equal(vt_nearest(y, of_y, &a.rows, query, mask, 300), n);
            assert_memory_equal(x, y, n * sizeof *x);
            assert_memory_equal(of_x, of_y, n * sizeof *of_x);
        }
        vt_flat_free(of_block);
        vt_flat_free(of_apart);
        vt_free(allowed);
        vt_free(a.copy);
        vt_free(c.rows);
    }
}

/* A mask that lets few through costs no quality: those are all scored exactly. */
static void few_allowed(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_flat *flat = NULL;
    cloud c;
    cloud_init(&c, 6000, 16);
    uint8_t *allowed = vt_alloc_zero(c.n, 1, NULL);
    int32_t exact[100], fast[100];
    float exact_score[100], fast_score[100];
    for (size_t i = 0; i < c.n; i += 50) {
        allowed[i] = 1;
    }
    check_ok(vt_flat_create(&flat, &c.block, 1, &err));
    assert_int_equal(scan(exact, exact_score, c.rows, c.n, c.d, c.rows, allowed, 100), 100);
    assert_int_equal(vt_flat_search(flat, fast, fast_score, c.rows, allowed, 100), 100);
    assert_memory_equal(fast, exact, sizeof exact);
    assert_memory_equal(fast_score, exact_score, sizeof exact_score);
    assert_int_equal(exact[0], 0);
    vt_flat_free(flat);
    vt_free(allowed);
    vt_free(c.rows);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    static const size_t widths[] = {48, 600};
    for (size_t w = 0; w < 2; w++) {
        vt_error err = VT_ERROR_INIT;
        vt_flat *one = NULL, *three = NULL;
        cloud c;
        cloud_init(&c, 4500, widths[w]);
        check_ok(vt_flat_create(&one, &c.block, 1, &err));
        check_ok(vt_flat_create(&three, &c.block, 3, &err));
        for (size_t q = 0; q < 40; q++) {
            int32_t a[VT_FLAT_NEAREST_MAX], b[VT_FLAT_NEAREST_MAX];
            float x[VT_FLAT_NEAREST_MAX], y[VT_FLAT_NEAREST_MAX];
            const float *query = c.rows + q * 100 * c.d;
            assert_int_equal(vt_flat_search(one, a, x, query, NULL, VT_FLAT_NEAREST_MAX), VT_FLAT_NEAREST_MAX);
            assert_int_equal(vt_flat_search(three, b, y, query, NULL, VT_FLAT_NEAREST_MAX), VT_FLAT_NEAREST_MAX);
            assert_memory_equal(a, b, sizeof a);
            assert_memory_equal(x, y, sizeof x);
            assert_int_equal(a[0], q * 100);
        }
        vt_flat_free(one);
        vt_flat_free(three);
        vt_free(c.rows);
    }
}

/* Rows that are not finite, and rows and queries of nothing, neither get in nor keep others out. */
static void odd_rows(void **state)
{
    (void)state;
    static const size_t widths[] = {5, 600};
    for (size_t w = 0; w < 2; w++) {
        cloud c;
        cloud_init(&c, 3000, widths[w]);
        float *query = vt_alloc_zero(c.d, sizeof *query, NULL);
        c.rows[7 * c.d + 2] = NAN;
        c.rows[8 * c.d] = -INFINITY;
        memset(c.rows + 9 * c.d, 0, c.d * sizeof *c.rows);
        for (size_t s = 0; s < SEARCHERS; s++) {
            int32_t index[200];
            float score[200];
            size_t n = searchers[s](index, score, c.rows, c.n, c.d, c.rows + 6 * c.d, NULL, 200);
            assert_int_equal(n, 200);
            assert_int_equal(index[0], 6);
            for (size_t i = 0; i < n; i++) {
                assert_int_not_equal(index[i], 7);
            }
            n = searchers[s](index, score, c.rows, c.n, c.d, query, NULL, 5);
            assert_in_range(n, 3, 5);
            assert_int_equal(index[0], 0); /* all are equally near to nothing */
        }
        vt_free(query);
        vt_free(c.rows);
    }
}

static int create_once(void *context, vt_error *err)
{
    vt_flat *flat = NULL;
    int status = vt_flat_create(&flat, context, 1, err);
    vt_flat_free(flat);
    return status;
}

static void no_memory(void **state)
{
    (void)state;
    cloud c;
    cloud_init(&c, 2100, 520);
    apart a;
    apart_init(&a, c.rows, c.n, c.d);
    assert_true(fault_allocations(create_once, &c.block) > 8);
    assert_true(fault_allocations(create_once, &a.rows) > 9);
    vt_free(a.copy);
    vt_free(c.rows);
}

static void too_many_dimensions(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_flat *flat = NULL;
    float nothing = 0.0F;
    const vt_rows wide = in_block(&nothing, 1, 5000);
    assert_int_equal(vt_flat_create(&flat, &wide, 1, &err), VT_ERR_LIMIT);
    assert_string_equal(err.message, "1 vectors of 5000 dimensions cannot be searched; 4096 dimensions can");
    assert_null(flat);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_answers),
        cmocka_unit_test(exact_is_brute_force),
        cmocka_unit_test(finds_what_the_scan_finds),
        cmocka_unit_test(rows_apart_are_the_same),
        cmocka_unit_test(few_allowed),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(odd_rows),
        cmocka_unit_test(no_memory),
        cmocka_unit_test(too_many_dimensions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
