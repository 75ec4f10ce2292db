/* Allocation: sizes that overflow, the countdown, arenas and buffers that outlive a failure. */
#include "check.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/buf.h"

static void overflow_is_an_error(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    assert_null(vt_alloc(SIZE_MAX / 2, 3, &err));
    assert_int_equal(err.code, VT_ERR_NO_MEMORY);
}

static void countdown_fails_the_nth(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_alloc_fail_after(2);
    void *a = vt_alloc(1, 8, &err);
    void *b = vt_alloc_zero(1, 8, &err);
    void *c = vt_alloc_aligned(1, 8, &err);
    vt_alloc_fail_after(-1);
    assert_non_null(a);
    assert_non_null(b);
    assert_null(c);
    assert_int_equal(err.code, VT_ERR_NO_MEMORY);
    vt_free(a);
    vt_free(b);
}

static void workspace_grows_and_outlives_a_failure(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    int32_t *array = NULL;
    size_t capacity = 0;
    assert_int_equal(vt_alloc_grow(&array, &capacity, 0, sizeof *array, &err), VT_OK);
    assert_non_null(array); /* nothing to hold is no failure */
    assert_int_equal(vt_alloc_grow(&array, &capacity, 1000, sizeof *array, &err), VT_OK);
    assert_true(capacity >= 1000);
    assert_int_equal((uintptr_t)array % 64, 0);
    array[999] = 5;
    int32_t *before = array;
    assert_int_equal(vt_alloc_grow(&array, &capacity, 1000, sizeof *array, &err), VT_OK);
    assert_ptr_equal(array, before);
    vt_alloc_fail_after(0);
    assert_int_equal(vt_alloc_grow(&array, &capacity, capacity + 1, sizeof *array, &err), VT_ERR_NO_MEMORY);
    vt_alloc_fail_after(-1);
    assert_int_equal(capacity, 0);
    assert_int_equal(vt_alloc_grow(&array, &capacity, SIZE_MAX, sizeof *array, &err), VT_ERR_NO_MEMORY);
    assert_int_equal(vt_alloc_grow(&array, &capacity, 10, sizeof *array, &err), VT_OK);
    vt_free(array);
}

static void arena_serves_small_and_large(void **state)
{
    (void)state;
    vt_arena *arena = NULL;
    assert_int_equal(vt_arena_create(&arena, 256, NULL), VT_OK);
    for (size_t i = 0; i < 100; i++) {
        unsigned char *piece = vt_arena_alloc(arena, 1, i * 7 + 1, NULL);
        assert_non_null(piece);
        assert_int_equal((uintptr_t)piece % 16, 0);
        memset(piece, 0x5a, i * 7 + 1);
    }
    vt_str copy = vt_arena_str(arena, vt_str_of("text"), NULL);
    assert_string_equal(copy.ptr, "text");
    vt_arena_free(arena);
}

static void buffer_stops_at_its_cap(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_buf buf;
    vt_buf_init(&buf, 10);
    assert_int_equal(vt_buf_add_text(&buf, "12345", &err), VT_OK);
    assert_int_equal(vt_buf_printf(&buf, &err, "%d", 67890), VT_OK);
    assert_int_equal(vt_buf_add_text(&buf, "x", &err), VT_ERR_LIMIT);
    assert_string_equal(buf.data, "1234567890");
    vt_buf_done(&buf);
}

static void buffer_survives_a_failed_growth(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_buf buf;
    vt_buf_init(&buf, SIZE_MAX / 4);
    assert_int_equal(vt_buf_add_text(&buf, "kept", &err), VT_OK);
    vt_alloc_fail_after(0);
    assert_int_equal(vt_buf_reserve(&buf, 1 << 20, &err), VT_ERR_NO_MEMORY);
    vt_alloc_fail_after(-1);
    assert_string_equal(buf.data, "kept");
    vt_buf_done(&buf);
}

static void a_list_grows_and_keeps(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    int *list = NULL;
    size_t capacity = 0;
    for (size_t n = 0; n < 1000; n++) {
        check_ok(vt_alloc_next(&list, &capacity, n, sizeof *list, &err));
        assert_in_range(capacity, n + 1, 2 * n + 16);
        list[n] = (int)n;
    }
    for (int n = 0; n < 1000; n++) {
        assert_int_equal(list[n], n);
    }
    size_t before = capacity;
    vt_alloc_fail_after(0);
    assert_int_equal(vt_alloc_next(&list, &capacity, capacity, sizeof *list, &err), VT_ERR_NO_MEMORY);
    vt_alloc_fail_after(-1);
    assert_int_equal(capacity, before);
    assert_int_equal(list[999], 999);
    assert_int_equal(vt_alloc_next(&list, &capacity, SIZE_MAX - 1, sizeof *list, &err), VT_ERR_NO_MEMORY);
    vt_free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overflow_is_an_error),
        cmocka_unit_test(countdown_fails_the_nth),
        cmocka_unit_test(workspace_grows_and_outlives_a_failure),
        cmocka_unit_test(arena_serves_small_and_large),
        cmocka_unit_test(buffer_stops_at_its_cap),
        cmocka_unit_test(buffer_survives_a_failed_growth),
        cmocka_unit_test(a_list_grows_and_keeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
