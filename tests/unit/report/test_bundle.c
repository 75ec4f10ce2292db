/* The files of the dashboard inside of the library are whole: lengths, hashes, types. */
#include "fault.h"

#include "base/hash.h"
#include "report/bundle.h"

static void test_files_are_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < vt_bundle_n_files; i++) {
        const vt_bundle_file *file = &vt_bundle_files[i];
        vt_text text = {NULL, 0};
        vt_error err = VT_ERROR_INIT;
        unsigned char hash[32];
        assert_int_equal(vt_bundle_unpack(&text, file, &err), VT_OK);
        assert_int_equal(text.len, file->bytes);
        vt_sha256(hash, text.data, text.len);
        assert_memory_equal(hash, file->sha256, sizeof hash);
        assert_ptr_equal(vt_bundle_find(vt_str_of(file->name)), file);
        vt_text_free(&text);
    }
    assert_null(vt_bundle_find(vt_str_of("assets/other.js")));
}

/* What a server and a report look for by name is there, or nothing is. */
static void test_all_or_nothing(void **state)
{
    static const char *const names[] = {"index.html", "assets/app.js", "report.js"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(vt_bundle_find(vt_str_of(names[i])) != NULL, vt_bundle_n_files > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_files_are_whole), cmocka_unit_test(test_all_or_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
