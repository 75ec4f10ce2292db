/* The hash map: every key found, order of insertion kept, chosen keys no slower, failure leaves it whole. */
#include "check.h"

#include "base/alloc.h"
#include "base/hash.h"
#include "base/map.h"

static vt_str key_of(char *text, int i)
{
    snprintf(text, 32, "key-%d", i * 7919);
    return vt_str_of(text);
}

static void finds_what_was_set(void **state)
{
    (void)state;
    enum { N = 20000 };
    char text[32];
    vt_map *map = NULL;
    assert_int_equal(vt_map_create(&map, 0, NULL), VT_OK);
    for (int i = 0; i < N; i++) {
        assert_int_equal(vt_map_set(map, key_of(text, i), i, NULL), VT_OK);
    }
    assert_int_equal(vt_map_set(map, key_of(text, 5), -5, NULL), VT_OK);
    assert_int_equal(vt_map_count(map), N);
    int64_t value = 0;
    for (int i = 0; i < N; i++) {
        assert_true(vt_map_get(map, key_of(text, i), &value));
        assert_int_equal(value, i == 5 ? -5 : i);
    }
    assert_false(vt_map_get(map, vt_str_of("nowhere"), &value));
    vt_str key;
    vt_map_entry(map, 123, &key, &value);
    assert_int_equal(value, 123);
    assert_string_equal(key.ptr, key_of(text, 123).ptr);
    vt_map_clear(map);
    assert_int_equal(vt_map_count(map), 0);
    assert_false(vt_map_get(map, key_of(text, 1), &value));
    vt_map_free(map);
}

static void entries_stand_in_order_of_insertion(void **state)
{
    (void)state;
    enum { N = 5000 };
    char text[32];
    vt_map *map = NULL;
    assert_int_equal(vt_map_create(&map, 0, NULL), VT_OK);
    for (int i = 0; i < N; i++) {
        assert_int_equal(vt_map_set(map, key_of(text, i), i, NULL), VT_OK);
        assert_int_equal(vt_map_set(map, key_of(text, i / 2), i / 2, NULL), VT_OK);
    }
    for (int i = 0; i < N; i++) {
        vt_str key;
        int64_t value = -1;
        vt_map_entry(map, (size_t)i, &key, &value);
        assert_int_equal(value, i);
        assert_string_equal(key.ptr, key_of(text, i).ptr);
    }
    vt_map_free(map);
}

/* Probes of `n` ids, only those that a repeatable hash would put close together when `chosen`. */
static uint64_t probes_of(int n, bool chosen)
{
    char text[32];
    vt_map *map = NULL;
    assert_int_equal(vt_map_create(&map, 0, NULL), VT_OK);
    for (int i = 0; n > 0; i++) {
        int len = snprintf(text, sizeof text, "A%d", i);
        if (!chosen || (vt_hash64(text, (size_t)len, 0) & 0x3fff) < 16) {
            assert_int_equal(vt_map_set(map, vt_str_of(text), i, NULL), VT_OK);
            n--;
        }
    }
    uint64_t probes = vt_map_probes(map);
    vt_map_free(map);
    return probes;
}

static void chosen_keys_cost_no_more_than_others(void **state)
{
    (void)state;
    enum { N = 4000 };
    /* At most three quarters of the slots are taken: at that, 2.5 looks a key. */
    assert_in_range(probes_of(N, false), N, 3 * N);
    assert_in_range(probes_of(N, true), N, 3 * N);
}

static void empty_key_is_a_key(void **state)
{
    (void)state;
    vt_map *map = NULL;
    int64_t value = 0;
    assert_int_equal(vt_map_create(&map, 0, NULL), VT_OK);
    assert_false(vt_map_get(map, vt_str_of(""), &value));
    assert_int_equal(vt_map_set(map, vt_str_of(""), 9, NULL), VT_OK);
    assert_true(vt_map_get(map, vt_str_of(""), &value));
    assert_int_equal(value, 9);
    vt_map_free(map);
}

static void failure_leaves_it_whole(void **state)
{
    (void)state;
    char text[32];
    vt_map *map = NULL;
    assert_int_equal(vt_map_create(&map, 0, NULL), VT_OK);
    vt_error err = VT_ERROR_INIT;
    int stored = 0;
    for (int i = 0; i < 3000; i++) {
        vt_alloc_fail_after(i % 3 == 0 ? 0 : -1);
        int status = vt_map_set(map, key_of(text, i), i, &err);
        assert_true(status == VT_OK || status == VT_ERR_NO_MEMORY);
        stored += status == VT_OK;
    }
    vt_alloc_fail_after(-1);
    assert_int_equal(vt_map_count(map), stored);
    assert_in_range(stored, 2000, 2999);
    vt_map_free(map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_set),
        cmocka_unit_test(entries_stand_in_order_of_insertion),
        cmocka_unit_test(chosen_keys_cost_no_more_than_others),
        cmocka_unit_test(empty_key_is_a_key),
        cmocka_unit_test(failure_leaves_it_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
