/* Errors as a program reads them. */
#include "check.h"

#include <math.h>

#include "cli/cli.h"

/* An error as JSON can be read back, whatever the message holds. */
static void errors_as_json(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_error shown = VT_ERROR_INIT;
    vt_fail(&shown, VT_ERR_NOT_FOUND, "there is no user \"a\\b\"\033[2J");
    vt_buf out;
    vt_buf_init(&out, 1 << 20);
    check_ok(vt_output_error(&out, true, &shown));
    vt_json_reader *reader = NULL;
    yyjson_val *root = NULL;
    check_ok(vt_json_reader_create(&reader, &err));
    check_ok(vt_json_read(reader, (vt_str){out.data, out.len}, &root, &err));
    yyjson_val *error = yyjson_obj_get(root, "error");
    assert_true(vt_str_equal(vt_json_str(error, "code"), vt_str_of("not-found")));
    assert_true(vt_str_equal(vt_json_str(error, "message"), vt_str_of("there is no user \"a\\b\"\033[2J")));
    vt_json_reader_free(reader);
    vt_buf_clear(&out);
    check_ok(vt_output_error(&out, false, &shown));
    assert_int_equal(out.len, 0);
    vt_buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_as_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
