/* Groups of what is there twice, over vectors whose cosines are known. */
#include "check.h"

#include <math.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "fault.h"
#include "vitrine/search.h"

/* Unit vectors in the plane, by their angle in degrees. */
static vt_item_vectors fan(float *rows, const double *degrees, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        rows[2 * i] = (float)cos(degrees[i] * acos(-1.0) / 180.0);
        rows[2 * i + 1] = (float)sin(degrees[i] * acos(-1.0) / 180.0);
    }
    return (vt_item_vectors){.n = n, .d = 2, .data = rows};
}

static void chains_are_groups(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    float rows[18];
    vt_duplicates *d = NULL;
    /* cos 5 = .9962, cos 10 = .9848: 0-5-10 is a chain, 90 stands alone, 180 is there twice, 270-274 are a pair */
    const vt_item_vectors v = fan(rows, (double[]){180, 10, 90, 0, 270, 5, 180, 274, 300}, 9);
    check_ok(vt_duplicates_find(&d, &v, 0.99, 1, &err));
    assert_int_equal(d->n, 3);
    assert_memory_equal(d->ptr, ((size_t[]){0, 2, 5, 7}), 4 * sizeof *d->ptr);
    assert_memory_equal(d->item, ((int32_t[]){0, 6, 1, 3, 5, 4, 7}), 7 * sizeof *d->item);
    static const double cosine[] = {1, 1, 1, 0.98481, 0.99619, 1, 0.99756};
    for (int i = 0; i < 7; i++) {
        assert_true(fabs((double)d->cosine[i] - cosine[i]) < 1e-5);
    }
    vt_duplicates_free(d);
    check_ok(vt_duplicates_find(&d, &v, 1.0, 1, &err)); /* the very same alone */
    assert_int_equal(d->n, 1);
    assert_memory_equal(d->item, ((int32_t[]){0, 6}), 2 * sizeof *d->item);
    vt_duplicates_free(d);
    const vt_item_vectors one = fan(rows, (double[]){0}, 1), none = fan(rows, NULL, 0);
    check_ok(vt_duplicates_find(&d, &one, 0.5, 1, &err));
    assert_int_equal(d->n, 0);
    vt_duplicates_free(d);
    check_ok(vt_duplicates_find(&d, &none, 0.5, 1, &err));
    assert_int_equal(d->n, 0);
    vt_duplicates_free(d);
}

static void refused(void **state)
{
    (void)state;
    const vt_item_vectors v = {.n = 0, .d = 2};
    static const double wrong[] = {0.0, -1.0, 1.5, NAN};
    for (int i = 0; i < 4; i++) {
        vt_error err = VT_ERROR_INIT;
        vt_duplicates *d = NULL;
        assert_int_equal(vt_duplicates_find(&d, &v, wrong[i], 1, &err), VT_ERR_USAGE);
        assert_non_null(strstr(err.message, "cosine above 0, up to 1"));
    }
}

/* 3,000 vectors, some of them copies of others: all copies are found, by one thread and by three. */
static void threads_find_all_copies(void **state)
{
    (void)state;
    enum { N = 3000, D = 32, EVERY = 10 };
    vt_error err = VT_ERROR_INIT;
    float *rows = vt_alloc_aligned(N * D, sizeof *rows, NULL);
    vt_rng rng = vt_rng_at(9, "copies", 0, 0);
    for (size_t i = 0; i < N; i++) {
        double square = 0.0;
        for (size_t k = 0; k < D; k++) {
            rows[i * D + k] = (float)vt_rng_normal(&rng);
            square += (double)rows[i * D + k] * (double)rows[i * D + k];
        }
        for (size_t k = 0; k < D; k++) {
            rows[i * D + k] /= (float)sqrt(square);
        }
        if (i % EVERY == 1) {
            memcpy(rows + i * D, rows + (i - 1) * D, D * sizeof *rows);
        }
    }
    const vt_item_vectors v = {.n = N, .d = D, .data = rows};
    vt_duplicates *one = NULL, *three = NULL;
    check_ok(vt_duplicates_find(&one, &v, 0.98, 1, &err));
    check_ok(vt_duplicates_find(&three, &v, 0.98, 3, &err));
    assert_int_equal(one->n, N / EVERY);
    assert_int_equal(three->n, one->n);
    assert_memory_equal(one->item, three->item, one->ptr[one->n] * sizeof *one->item);
    assert_memory_equal(one->cosine, three->cosine, one->ptr[one->n] * sizeof *one->cosine);
    for (size_t g = 0; g < one->n; g++) {
        assert_int_equal(one->item[one->ptr[g]], (int32_t)g * EVERY);
        assert_int_equal(one->item[one->ptr[g] + 1], (int32_t)g * EVERY + 1);
    }
    vt_duplicates_free(one);
    vt_duplicates_free(three);
    vt_free(rows);
}

static int find_once(void *context, vt_error *err)
{
    vt_duplicates *d = NULL;
    int status = vt_duplicates_find(&d, context, 0.9, 1, err);
    vt_duplicates_free(status == VT_OK ? d : NULL);
    return status;
}

static void no_memory(void **state)
{
    (void)state;
    float rows[8];
    vt_item_vectors v = fan(rows, (double[]){0, 1, 50, 51}, 4);
    assert_true(fault_allocations(find_once, &v) >= 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chains_are_groups),
        cmocka_unit_test(refused),
        cmocka_unit_test(threads_find_all_copies),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
