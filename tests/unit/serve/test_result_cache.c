/*
 * Lists are given back as they were put, while they hold and not longer; the memory stays within what was given; what
 * was at work while all was dropped is not kept; without memory nothing is kept or given, and nothing breaks.
 */
#include "fault.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "serve/result_cache.h"

enum { PLENTY = 1 << 20, SECONDS = 30, NOW = 1000 };

static vt_answer_stamp stamp_at(int64_t now)
{
    return (vt_answer_stamp){.revision = VT_NONE, .now = now, .until = INT64_MAX};
}

/* Borrows the texts; never ended. */
static vt_cached_list list_of(const char *body, const char *items, size_t items_len)
{
    return (vt_cached_list){.body = {(char *)(uintptr_t)body, strlen(body)},
                            .request_at = 3,
                            .items = {(char *)(uintptr_t)items, items_len},
                            .stamp = stamp_at(NOW)};
}

static vt_result_cache *cache_of(size_t bytes)
{
    vt_error err = VT_ERROR_INIT;
    vt_result_cache *cache = NULL;
    check_ok(vt_result_cache_create(&cache, bytes, SECONDS, &err));
    return cache;
}

static void put(vt_result_cache *cache, const char *key, const char *body)
{
    const vt_cached_list list = list_of(body, "a\0b", 4);
    const vt_answer_stamp now = stamp_at(NOW);
    vt_cached_list got;
    uint64_t turn = 0;
    if (vt_result_cache_get(&got, &turn, cache, vt_str_of(key), &now)) {
        vt_cached_list_done(&got);
    }
    vt_result_cache_put(cache, turn, vt_str_of(key), &list);
}

/* Whether the key is there as of `now`, and then with that body. */
static bool has(vt_result_cache *cache, const char *key, const char *body, const vt_answer_stamp *now)
{
    vt_cached_list got;
    uint64_t turn = 0;
    if (!vt_result_cache_get(&got, &turn, cache, vt_str_of(key), now)) {
        return false;
    }
    assert_int_equal(got.body.len, strlen(body));
    assert_memory_equal(got.body.data, body, got.body.len);
    assert_int_equal(got.items.len, 4);
    assert_memory_equal(got.items.data, "a\0b", 4);
    assert_int_equal(got.request_at, 3);
    vt_cached_list_done(&got);
    return true;
}

static void given_back(void **state)
{
    (void)state;
    vt_result_cache *cache = cache_of(PLENTY);
    const vt_answer_stamp now = stamp_at(NOW);
    vt_result_cache_state counts;
    assert_true(vt_result_cache_keeps(cache));
    assert_false(has(cache, "u1", "", &now));
    put(cache, "u1", "[one]");
    put(cache, "u2", "[two, longer]");
    assert_true(has(cache, "u1", "[one]", &now));
    assert_true(has(cache, "u2", "[two, longer]", &now));
    assert_false(has(cache, "u", "", &now));
    assert_false(has(cache, "u11", "", &now));
    put(cache, "u1", "[another]");
    assert_true(has(cache, "u1", "[another]", &now));
    vt_result_cache_describe(cache, &counts);
    assert_int_equal(counts.entries, 2);
    assert_int_equal(counts.hits, 4); /* with the one that was replaced */
    assert_int_equal(counts.misses, 5);
    vt_result_cache_free(cache);
}

static void without_items(void **state)
{
    (void)state;
    vt_result_cache *cache = cache_of(PLENTY);
    const vt_cached_list list = list_of("{}", NULL, 0);
    const vt_answer_stamp now = stamp_at(NOW);
    vt_cached_list got;
    uint64_t turn = 0;
    vt_result_cache_put(cache, 0, vt_str_of("k"), &list);
    assert_true(vt_result_cache_get(&got, &turn, cache, vt_str_of("k"), &now));
    assert_null(got.items.data);
    vt_cached_list_done(&got);
    vt_result_cache_free(cache);
}

static void for_some_seconds(void **state)
{
    (void)state;
    vt_result_cache *cache = cache_of(PLENTY);
    const vt_answer_stamp last = stamp_at(NOW + SECONDS - 1), late = stamp_at(NOW + SECONDS), now = stamp_at(NOW);
    vt_result_cache_state counts;
    put(cache, "u", "[]");
    assert_true(has(cache, "u", "[]", &last));
    assert_false(has(cache, "u", "[]", &late));
    assert_false(has(cache, "u", "[]", &now)); /* it went when it was found old */
    vt_result_cache_describe(cache, &counts);
    assert_int_equal(counts.entries, 0);
    vt_result_cache_free(cache);
}

/* Far more than fits: what was used last is there, and no more memory is taken than was given. */
static void bounded(void **state)
{
    enum { BYTES = 1 << 18, LISTS = 3000 };
    (void)state;
    vt_result_cache *cache = cache_of(BYTES);
    const vt_answer_stamp now = stamp_at(NOW);
    vt_result_cache_state counts;
    static char body[400], large[BYTES], key[2000];
    memset(body, 'x', sizeof body - 1);
    memset(large, 'y', sizeof large - 1);
    memset(key, 'k', sizeof key - 1);
    put(cache, "often", "[]");
    for (int i = 0; i < LISTS; i++) {
        char name[16];
        snprintf(name, sizeof name, "u%d", i);
        put(cache, name, body);
        assert_true(has(cache, name, body, &now));
        assert_true(has(cache, "often", "[]", &now));
        vt_result_cache_describe(cache, &counts);
        assert_true(counts.bytes <= BYTES);
    }
    assert_true(counts.entries > BYTES / 400 / 3 && counts.entries < BYTES / 400);
    assert_false(has(cache, "u0", "", &now));
    long long entries = counts.entries;
    put(cache, "large", large);
    put(cache, key, "[]");
    assert_false(has(cache, "large", "", &now));
    assert_false(has(cache, key, "", &now));
    vt_result_cache_describe(cache, &counts);
    assert_int_equal(counts.entries, entries); /* what is not kept pushes nothing out */
    vt_result_cache_free(cache);
}

static void nothing_is_kept(void **state)
{
    (void)state;
    vt_result_cache *cache = cache_of(0);
    assert_false(vt_result_cache_keeps(cache));
    assert_false(vt_result_cache_keeps(NULL));
    vt_result_cache_drop(cache);
    vt_result_cache_drop(NULL);
    vt_result_cache_free(cache);
    vt_result_cache_free(NULL);
}

static void dropped(void **state)
{
    (void)state;
    vt_result_cache *cache = cache_of(PLENTY);
    const vt_answer_stamp now = stamp_at(NOW);
    const vt_cached_list list = list_of("[]", "a\0b", 4);
    vt_cached_list got;
    uint64_t turn = 0;
    put(cache, "u1", "[]");
    assert_false(vt_result_cache_get(&got, &turn, cache, vt_str_of("u2"), &now));
    vt_result_cache_drop(cache);
    vt_result_cache_put(cache, turn, vt_str_of("u2"), &list); /* made before the drop */
    assert_false(has(cache, "u1", "", &now));
    assert_false(has(cache, "u2", "", &now));
    put(cache, "u2", "[]");
    assert_true(has(cache, "u2", "[]", &now));
    vt_result_cache_free(cache);
}

static int create(void *context, vt_error *err)
{
    vt_result_cache *cache = NULL;
    (void)context;
    int status = vt_result_cache_create(&cache, PLENTY, SECONDS, err);
    assert_true((status == VT_OK) == (cache != NULL));
    vt_result_cache_free(cache);
    return status;
}

/* A list that cannot be kept or copied is as good as none; what is there stays whole. */
static void no_memory(void **state)
{
    (void)state;
    assert_in_range(fault_allocations(create, NULL), 10, 100);
    vt_result_cache *cache = cache_of(PLENTY);
    const vt_answer_stamp now = stamp_at(NOW);
    const vt_cached_list list = list_of("[new]", "a\0b", 4);
    put(cache, "u", "[]");
    vt_alloc_fail_after(0);
    vt_result_cache_put(cache, 0, vt_str_of("u"), &list);
    vt_result_cache_put(cache, 0, vt_str_of("v"), &list);
    vt_alloc_fail_after(-1);
    assert_true(has(cache, "u", "[]", &now));
    assert_false(has(cache, "v", "", &now));
    for (int n = 0; n < 2; n++) { /* the body's, the items' */
        vt_alloc_fail_after(n);
        bool given = has(cache, "u", "[]", &now);
        vt_alloc_fail_after(-1);
        assert_false(given);
        assert_true(has(cache, "u", "[]", &now));
    }
    vt_result_cache_free(cache);
}

enum { THREADS = 4, TURNS = 4000 };

static void *use(void *context)
{
    vt_result_cache *cache = context;
    const vt_answer_stamp now = stamp_at(NOW);
    for (int i = 0; i < TURNS; i++) {
        char key[16];
        vt_cached_list got;
        uint64_t turn = 0;
        snprintf(key, sizeof key, "u%d", i * 31 % 97);
        if (vt_result_cache_get(&got, &turn, cache, vt_str_of(key), &now)) {
            bool own = got.body.len == strlen(key) && memcmp(got.body.data, key, got.body.len) == 0;
            vt_cached_list_done(&got);
            if (!own) {
                return context; /* another one's list */
            }
        } else {
            const vt_cached_list list = list_of(key, "a\0b", 4);
            vt_result_cache_put(cache, turn, vt_str_of(key), &list);
        }
        if (i % 500 == 499) {
            vt_result_cache_drop(cache);
        }
    }
    return NULL;
}

static void many_threads(void **state)
{
    (void)state;
    vt_result_cache *cache = cache_of(1 << 16);
    pthread_t threads[THREADS];
    for (int t = 0; t < THREADS; t++) {
        assert_int_equal(pthread_create(&threads[t], NULL, use, cache), 0);
    }
    for (int t = 0; t < THREADS; t++) {
        void *wrong = NULL;
        pthread_join(threads[t], &wrong);
        assert_null(wrong);
    }
    vt_result_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(given_back), cmocka_unit_test(without_items),   cmocka_unit_test(for_some_seconds),
        cmocka_unit_test(bounded),    cmocka_unit_test(nothing_is_kept), cmocka_unit_test(dropped),
        cmocka_unit_test(no_memory),  cmocka_unit_test(many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
