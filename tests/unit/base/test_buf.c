/* Buffers: content after many small pieces, the cap to the byte, clearing, every failing growth. */
#include "check.h"

#include "base/buf.h"
#include "fault.h"

static void pieces_join(void **state)
{
    (void)state;
    enum { N = 30000 };
    vt_error err = VT_ERROR_INIT;
    vt_buf buf;
    vt_buf_init(&buf, 1 << 20);
    for (int i = 0; i < N; i++) {
        check_ok(vt_buf_printf(&buf, &err, "%05d,", i));
    }
    assert_int_equal(buf.len, N * 6);
    assert_int_equal(strlen(buf.data), buf.len);
    for (int i = 0; i < N; i++) {
        assert_int_equal(strtol(buf.data + i * 6, NULL, 10), i);
    }
    vt_buf_clear(&buf);
    assert_string_equal(buf.data, "");
    check_ok(vt_buf_add(&buf, NULL, 0, &err));
    check_ok(vt_buf_add(&buf, "a\0b", 3, &err));
    assert_memory_equal(buf.data, "a\0b", 4);
    vt_buf_done(&buf);
    vt_buf_done(&buf); /* twice without harm */
    assert_null(buf.data);
    vt_buf_clear(&buf);
}

static void the_cap_holds_to_the_byte(void **state)
{
    (void)state;
    for (size_t cap = 0; cap < 300; cap += 7) {
        vt_error err = VT_ERROR_INIT;
        vt_buf buf;
        vt_buf_init(&buf, cap);
        for (size_t i = 0; i < cap; i++) {
            check_ok(vt_buf_add_text(&buf, "x", &err));
        }
        assert_int_equal(vt_buf_add_text(&buf, "y", &err), VT_ERR_LIMIT);
        assert_int_equal(vt_buf_printf(&buf, &err, "%d", 1), VT_ERR_LIMIT);
        assert_int_equal(vt_buf_reserve(&buf, SIZE_MAX, &err), VT_ERR_LIMIT);
        assert_int_equal(buf.len, cap);
        assert_true(cap == 0 || strspn(buf.data, "x") == cap);
        vt_buf_done(&buf);
    }
}

static int grow(void *context, vt_error *err)
{
    (void)context;
    vt_buf buf;
    vt_buf_init(&buf, 100000);
    int status = VT_OK;
    size_t len = 0;
    while (status == VT_OK && len < 5000) {
        status = vt_buf_add_text(&buf, "0123456789", err);
        len += status == VT_OK ? 10 : 0;
    }
    assert_int_equal(buf.len, len);
    assert_true(len == 0 || buf.data[len - 1] == '9');
    vt_buf_done(&buf);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    assert_in_range(fault_allocations(grow, NULL), 6, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_join),
        cmocka_unit_test(the_cap_holds_to_the_byte),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
