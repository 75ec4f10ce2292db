/* The order of events by time: known answers, random keys beside a plain sort, every failed allocation. */
#include "fault.h"

#include "base/rng.h"
#include "dataset/order.h"

enum { N = 5000 };

typedef struct keys {
    int64_t time[N];
    int64_t id[N];
    uint32_t order[N];
    int64_t n;
} keys;

static bool is_behind(const keys *k, uint32_t a, uint32_t b)
{
    if (k->time[a] != k->time[b]) {
        return k->time[a] < k->time[b];
    }
    return k->id[a] != k->id[b] ? k->id[a] < k->id[b] : a < b;
}

/* Each is behind the one before, which makes all of them different. */
static void check_order(const keys *k)
{
    for (int64_t i = 0; i < k->n; i++) {
        assert_true(k->order[i] < k->n);
        assert_true(i == 0 || is_behind(k, k->order[i - 1], k->order[i]));
    }
}

static void without_a_time_comes_first_then_by_time_then_by_row(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    static const int64_t time[] = {30, VT_NONE, 10, 30, -5, VT_NONE, 10};
    static const int64_t id[] = {4, 9, 7, 2, 1, 3, 7};
    static const uint32_t expected[] = {5, 1, 4, 2, 6, 3, 0}; /* 2 and 6 are equal: by number */
    uint32_t order[7];
    check_ok(vt_order_by_time(order, time, id, 7, &err));
    assert_memory_equal(order, expected, sizeof expected);
    check_ok(vt_order_by_time(order, NULL, NULL, 0, &err));
    check_ok(vt_order_by_time(order, time, id, 1, &err));
    assert_int_equal(order[0], 0);
}

/* Spans from "all equal" to all of 64 bits, with and without missing times. */
static void random_keys_are_in_order(void **state)
{
    (void)state;
    static keys k;
    vt_error err = VT_ERROR_INIT;
    for (uint64_t seed = 0; seed < 64; seed++) {
        vt_rng rng = vt_rng_at(seed, "order-time", 0, 0);
        k.n = 1 + (int64_t)vt_rng_below(&rng, N);
        for (int64_t i = 0; i < k.n; i++) {
            k.time[i] = (int64_t)(vt_rng_u64(&rng) >> seed);
            k.time[i] = seed % 3 == 0 && vt_rng_below(&rng, 10) == 0 ? VT_NONE : k.time[i];
            k.id[i] = seed % 2 == 0 ? i : (int64_t)vt_rng_below(&rng, 1 + 100 * seed);
        }
        check_ok(vt_order_by_time(k.order, k.time, k.id, k.n, &err));
        check_order(&k);
    }
}

static int run_order(void *context, vt_error *err)
{
    keys *k = context;
    return vt_order_by_time(k->order, k->time, k->id, k->n, err);
}

static void every_failed_allocation_is_an_error(void **state)
{
    (void)state;
    static keys k = {.time = {3, 1, 2}, .id = {1, 2, 3}, .n = 3};
    assert_int_equal(fault_allocations(run_order, &k), 2);
    check_order(&k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_time_comes_first_then_by_time_then_by_row),
        cmocka_unit_test(random_keys_are_in_order),
        cmocka_unit_test(every_failed_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
