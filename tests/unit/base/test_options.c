/* Structs with a size: programs of other versions are answered, never written beyond their struct or read beyond it. */
#include "check.h"

#include "base/options.h"
#include "vitrine/recommend.h"

typedef struct first_version {
    size_t size;
    int number;
} first_version;

typedef struct second_version {
    size_t size;
    int number;
    const char *added;
} second_version;

static void defaults_fill_what_the_program_has(void **state)
{
    (void)state;
    const second_version defaults = {.number = 7, .added = "new"};
    struct {
        first_version options;
        char behind[32];
    } old = {.behind = "not touched"};
    vt_options_init(&old.options, sizeof old.options, &defaults, sizeof defaults);
    assert_int_equal(old.options.size, sizeof old.options);
    assert_int_equal(old.options.number, 7);
    assert_string_equal(old.behind, "not touched");
    const first_version fewer = {.number = 7};
    second_version newer = {.added = "left from before"};
    vt_options_init(&newer, sizeof newer, &fewer, sizeof fewer);
    assert_int_equal(newer.size, sizeof newer);
    assert_null(newer.added);
}

static void another_size_is_refused(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    assert_int_equal(vt_options_check(16, 16, "vt_request", &err), VT_OK);
    assert_int_equal(vt_options_check(0, 16, "vt_request", &err), VT_ERR_USAGE);
    assert_string_equal(err.message, "the size of a vt_request is 0; call vt_request_init() before filling it in");
    assert_int_equal(vt_options_check(24, 16, "vt_request", &err), VT_ERR_USAGE);
    assert_non_null(strstr(err.message, "has 24 bytes"));
    assert_int_equal(vt_options_check(8, 16, "vt_request", &err), VT_ERR_USAGE);
}

static void init_of_a_header_gives_its_size(void **state)
{
    (void)state;
    vt_request request;
    vt_request_init(&request);
    assert_int_equal(request.size, sizeof request);
    assert_int_equal(request.n, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_fill_what_the_program_has),
        cmocka_unit_test(another_size_is_refused),
        cmocka_unit_test(init_of_a_header_gives_its_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
