/* Arenas: pieces do not overlap, resetting keeps one block, failures leave what was there. */
#include "check.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "fault.h"

static void pieces_do_not_overlap(void **state)
{
    (void)state;
    enum { N = 500 };
    vt_error err = VT_ERROR_INIT;
    vt_arena *arena = NULL;
    unsigned char *pieces[N];
    check_ok(vt_arena_create(&arena, 1000, &err));
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < N; i++) {
            size_t len = i * i % 1777;
            pieces[i] = vt_arena_alloc(arena, len, 1, &err);
            assert_non_null(pieces[i]);
            memset(pieces[i], (int)(i % 251), len);
        }
        for (size_t i = 0; i < N; i++) {
            for (size_t k = 0; k < i * i % 1777; k++) {
                assert_int_equal(pieces[i][k], i % 251);
            }
        }
        size_t before = vt_arena_bytes(arena);
        vt_arena_reset(arena);
        assert_in_range(vt_arena_bytes(arena), 1000, 2000);
        assert_true(before > vt_arena_bytes(arena));
    }
    vt_arena_free(arena);
    vt_arena_free(NULL);
}

static void texts_are_copied(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_arena *arena = NULL;
    char text[] = "abc";
    check_ok(vt_arena_create(&arena, 0, &err));
    assert_int_equal(vt_arena_bytes(arena), 0);
    vt_str copy = vt_arena_str(arena, vt_str_of(text), &err);
    text[0] = 'x';
    assert_string_equal(copy.ptr, "abc");
    assert_int_equal(copy.len, 3);
    vt_str empty = vt_arena_str(arena, (vt_str){"", 0}, &err);
    assert_non_null(empty.ptr);
    assert_int_equal(empty.len, 0);
    assert_null(vt_arena_str(arena, (vt_str){NULL, 0}, &err).ptr);
    vt_arena_free(arena);
}

static void absurd_sizes_fail(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_arena *arena = NULL;
    check_ok(vt_arena_create(&arena, 64, &err));
    assert_null(vt_arena_alloc(arena, SIZE_MAX / 4, 8, &err));
    assert_int_equal(err.code, VT_ERR_NO_MEMORY);
    assert_null(vt_arena_alloc(arena, SIZE_MAX / 2 + 1, 1, NULL));
    assert_non_null(vt_arena_alloc(arena, 10, 1, &err));
    vt_arena_free(arena);
}

static int use(void *context, vt_error *err)
{
    (void)context;
    vt_arena *arena = NULL;
    int status = vt_arena_create(&arena, 128, err);
    vt_str kept = {"", 0};
    for (int i = 0; i < 10 && status == VT_OK; i++) {
        vt_str text = vt_arena_str(arena, vt_str_of("a text that takes about half of a block, then another, "), err);
        status = text.ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
        kept = status == VT_OK && i == 0 ? text : kept;
        assert_memory_equal(kept.ptr, "a text", kept.len == 0 ? 0 : 6);
    }
    vt_arena_free(arena);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    assert_int_equal(fault_allocations(use, NULL), 6); /* the arena, and a block for two texts */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_do_not_overlap),
        cmocka_unit_test(texts_are_copied),
        cmocka_unit_test(absurd_sizes_fail),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
