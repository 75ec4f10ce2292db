/* ZIP files: what is right is unpacked, what is damaged, hostile or too large is told from it. */
#include "check.h"

#include "fault.h"
#include "import/zip.h"
#include "zipping.h"

/* Unpacks the entry of that number. */
static int unpack_at(const vt_zip *zip, size_t index, vt_buf *out, vt_error *err)
{
    vt_zip_entry entry = vt_zip_at(zip, index);
    return vt_zip_unpack(zip, &entry, out, err);
}

static const char text[] = "the same words, the same words, the same words";

/* Opens what was made; the bytes stay the caller's. */
static int open_made(vt_zip **zip, const zipping *z, vt_error *err)
{
    return vt_zip_memory(zip, z->bytes, z->len, "test.zip", err);
}

static void stored_deflated_and_zip64_entries(void **state)
{
    (void)state;
    for (int wide = 0; wide < 2; wide++) {
        vt_error err = VT_ERROR_INIT;
        vt_zip *zip = NULL;
        vt_buf out;
        zipping z = {0};
        vt_buf_init(&out, 1 << 20);
        zipping_entry entries[] = {zipping_add(&z, "a.txt", text, sizeof text, false),
                                   zipping_add(&z, "dir/b.txt", text, sizeof text, true),
                                   zipping_add(&z, "empty", "", 0, false)};
        for (size_t i = 0; i < 3; i++) {
            entries[i].zip64 = wide == 1;
            zipping_list(&z, &entries[i]);
        }
        zipping_end(&z, wide == 1);
        check_ok(open_made(&zip, &z, &err));
        assert_int_equal(vt_zip_count(zip), 3);
        assert_true(vt_str_equal(vt_zip_at(zip, 1).name, vt_str_of("dir/b.txt")));
        for (size_t i = 0; i < 2; i++) {
            check_ok(unpack_at(zip, i, &out, &err));
            assert_int_equal(out.len, sizeof text);
            assert_memory_equal(out.data, text, sizeof text);
        }
        check_ok(unpack_at(zip, 2, &out, &err));
        assert_int_equal(out.len, 0);
        vt_zip_close(zip);
        vt_buf_done(&out);
        free(z.bytes);
    }
}

static void the_digest_follows_the_contents(void **state)
{
    (void)state;
    char digests[3][33];
    const char *const words[] = {"one", "one", "two"};
    for (int i = 0; i < 3; i++) {
        vt_error err = VT_ERROR_INIT;
        vt_zip *zip = NULL;
        zipping z = {0};
        zipping_file(&z, "a", words[i], 3, false);
        zipping_end(&z, false);
        check_ok(open_made(&zip, &z, &err));
        vt_zip_digest(zip, digests[i]);
        vt_zip_close(zip);
        free(z.bytes);
    }
    assert_string_equal(digests[0], digests[1]);
    assert_string_not_equal(digests[0], digests[2]);
    assert_int_equal(strlen(digests[0]), 32);
}

/* Unpacks the one entry of a ZIP that is listed as `entry`. */
static int unpack_listed(zipping *z, const zipping_entry *entry, size_t cap, vt_error *err)
{
    vt_zip *zip = NULL;
    vt_buf out;
    vt_buf_init(&out, cap);
    zipping_list(z, entry);
    zipping_end(z, false);
    int status = open_made(&zip, z, err);
    if (status == VT_OK) {
        status = unpack_at(zip, 0, &out, err);
    }
    vt_zip_close(zip);
    vt_buf_done(&out);
    free(z->bytes);
    return status;
}

static void damage_is_seen(void **state)
{
    (void)state;
    for (int what = 0; what < 7; what++) {
        vt_error err = VT_ERROR_INIT;
        zipping z = {0};
        zipping_entry entry = zipping_add(&z, "a", text, what == 6 ? 0 : sizeof text, what != 4);
        entry.crc ^= what == 0 || what == 6;
        entry.size += what == 1;
        entry.size -= what == 2;
        entry.offset += what == 3;
        entry.size += what == 4;
        entry.packed += what == 5 ? 1000 : 0;
        int status = unpack_listed(&z, &entry, 1 << 20, &err);
        if (status != VT_ERR_CORRUPT || strstr(err.message, "test.zip is damaged") == NULL) {
            fail_msg("change %d: %d, %s", what, status, err.message);
        }
    }
}

/* The end counts modulo 65,536 in large files of some programs; any other difference is damage. */
/* One state unpacks all entries: a damaged one leaves nothing behind for the next. */
static void a_damaged_entry_spoils_no_other(void **state)
{
    (void)state;
    static const char *const words[] = {"an entry is smaller than the directory says",
                                        "an entry is larger than the directory says", "an entry is cut off",
                                        "an entry has a wrong checksum"};
    zipping z = {0};
    for (size_t i = 0; i < 4; i++) {
        zipping_entry bad = zipping_add(&z, "bad", text, sizeof text, true);
        bad.size += i == 0;
        bad.size -= i == 1 ? 20 : 0;
        bad.packed -= i == 2 ? 8 : 0;
        bad.crc ^= i == 3;
        zipping_list(&z, &bad);
        zipping_file(&z, "good", text, sizeof text, true);
    }
    zipping_end(&z, false);
    vt_error err = VT_ERROR_INIT;
    vt_zip *zip = NULL;
    vt_buf out;
    vt_buf_init(&out, 1 << 20);
    check_ok(open_made(&zip, &z, &err));
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(unpack_at(zip, 2 * i, &out, &err), VT_ERR_CORRUPT);
        assert_non_null(strstr(err.message, words[i]));
        check_ok(unpack_at(zip, 2 * i + 1, &out, &err));
        assert_int_equal(out.len, sizeof text);
        assert_memory_equal(out.data, text, sizeof text);
    }
    vt_buf_done(&out);
    vt_zip_close(zip);
    free(z.bytes);
}

static void the_end_and_the_directory_agree(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_zip *zip = NULL;
    zipping z = {0};
    zipping_file(&z, "a", text, sizeof text, true);
    zipping_file(&z, "b", text, sizeof text, true);
    z.count = 1;
    zipping_end(&z, false);
    assert_int_equal(vt_zip_memory(&zip, z.bytes, z.len, "test.zip", &err), VT_ERR_CORRUPT);
    free(z.bytes);

    memset(&z, 0, sizeof z); /* two ends: which directory is meant? */
    unsigned char end[22] = {0};
    zipping_file(&z, "a", text, sizeof text, true);
    size_t first = z.directory_len;
    zipping_file(&z, "b", text, sizeof text, true);
    size_t at = z.len;
    zipping_end(&z, false);
    zipping_put(z.bytes + z.len - 2, sizeof end, 2); /* the second end is the first one's comment */
    zipping_put(end, 0x06054B50, 4);
    zipping_put(end + 8, 1, 2);
    zipping_put(end + 10, 1, 2);
    zipping_put(end + 12, first, 4);
    zipping_put(end + 16, at, 4);
    zipping_raw(&z, end, sizeof end);
    assert_int_equal(vt_zip_memory(&zip, z.bytes, z.len, "test.zip", &err), VT_ERR_CORRUPT);
    assert_non_null(strstr(err.message, "test.zip is damaged"));
    free(z.bytes);

    enum { MANY = 70000, ENTRY = 46 + 8 };
    memset(&z, 0, sizeof z);
    zipping_entry entry = zipping_add(&z, "........", "", 0, false);
    unsigned char *directory = calloc(MANY, ENTRY);
    assert_non_null(directory);
    zipping_list(&z, &entry);
    for (int i = 0; i < MANY; i++) {
        memcpy(directory + (size_t)i * ENTRY, z.directory, ENTRY);
        char name[16];
        snprintf(name, sizeof name, "%08d", i);
        memcpy(directory + (size_t)i * ENTRY + 46, name, 8);
    }
    at = z.len;
    zipping_raw(&z, directory, (size_t)MANY * ENTRY);
    zipping_put(end, 0x06054B50, 4);
    zipping_put(end + 8, MANY % 65536, 2);
    zipping_put(end + 10, MANY % 65536, 2);
    zipping_put(end + 12, (size_t)MANY * ENTRY, 4);
    zipping_put(end + 16, at, 4);
    zipping_raw(&z, end, sizeof end);
    check_ok(open_made(&zip, &z, &err));
    assert_int_equal(vt_zip_count(zip), MANY);
    assert_true(vt_str_equal(vt_zip_at(zip, MANY - 1).name, vt_str_of("00069999")));
    vt_zip_close(zip);
    free(directory);
    free(z.bytes);
}

static void every_truncation_is_an_error(void **state)
{
    (void)state;
    zipping z = {0};
    zipping_file(&z, "a", text, sizeof text, true);
    zipping_file(&z, "b", text, sizeof text, false);
    zipping_end(&z, false);
    for (size_t len = 0; len < z.len; len++) {
        vt_error err = VT_ERROR_INIT;
        vt_zip *zip = NULL;
        int status = vt_zip_memory(&zip, z.bytes, len, "test.zip", &err);
        if (status != VT_ERR_CORRUPT && status != VT_ERR_FORMAT) {
            fail_msg("%zu of %zu bytes: %d, %s", len, z.len, status, err.message);
        }
        assert_null(zip);
        assert_int_equal(status == VT_ERR_FORMAT, len < 4);
    }
    free(z.bytes);
}

static void bombs_are_refused(void **state)
{
    (void)state;
    size_t len = 8 << 20;
    char *zeros = calloc(len, 1);
    vt_error err = VT_ERROR_INIT;
    zipping z = {0};
    zipping_entry entry = zipping_add(&z, "a", zeros, len, true);
    assert_int_equal(unpack_listed(&z, &entry, 64 << 20, &err), VT_ERR_LIMIT);
    assert_non_null(strstr(err.message, "unpacks to 8388608 bytes"));

    memset(&z, 0, sizeof z); /* the cap holds for honest files too */
    entry = zipping_add(&z, "a", zeros, 1000, false);
    assert_int_equal(unpack_listed(&z, &entry, 999, &err), VT_ERR_LIMIT);

    memset(&z, 0, sizeof z); /* a directory that lists one entry many times */
    vt_zip *zip = NULL;
    entry = zipping_add(&z, "a", text, sizeof text, false);
    for (int i = 0; i < 20; i++) {
        zipping_list(&z, &entry);
    }
    zipping_end(&z, false);
    z.directory_len = 0;
    assert_int_equal(vt_zip_memory(&zip, z.bytes, z.len, "test.zip", &err), VT_OK); /* in all less than the file */
    vt_zip_close(zip);
    free(z.bytes);
    memset(&z, 0, sizeof z);
    entry = zipping_add(&z, "a", zeros, 5000, false);
    for (int i = 0; i < 20; i++) {
        zipping_list(&z, &entry);
    }
    zipping_end(&z, false);
    assert_int_equal(vt_zip_memory(&zip, z.bytes, z.len, "test.zip", &err), VT_ERR_CORRUPT);
    assert_non_null(strstr(err.message, "overlap"));
    free(z.bytes);
    free(zeros);
}

static void what_is_not_read_says_so(void **state)
{
    (void)state;
    for (int what = 0; what < 2; what++) {
        vt_error err = VT_ERROR_INIT;
        zipping z = {0};
        zipping_entry entry = zipping_add(&z, "a", text, sizeof text, true);
        entry.flags = what == 0;
        entry.method = what == 1 ? 12 : 8;
        assert_int_equal(unpack_listed(&z, &entry, 1 << 20, &err), VT_ERR_UNSUPPORTED);
        assert_non_null(strstr(err.message, what == 0 ? "encrypted" : "a method that is not read"));
    }
    vt_error err = VT_ERROR_INIT;
    vt_zip *zip = NULL;
    assert_int_equal(vt_zip_memory(&zip, text, sizeof text, "test.zip", &err), VT_ERR_FORMAT);
    assert_string_equal(err.message, "test.zip is no ZIP file");
    assert_int_equal(vt_zip_open(&zip, "/nonexistent/a.zip", &err), VT_ERR_NOT_FOUND);
}

static void names_that_leave_their_folder(void **state)
{
    (void)state;
    static const char *const safe[] = {"a.jpg", "dir/a.jpg", "..a/b..", "a b/c'd.png", "\xC3\xA9.jpg"};
    static const char *const unsafe[] = {"",     "/a", "..",   "../a", "a/../b", "a/..",  ".",    "./a",
                                         "a//b", "a/", "a\\b", "c:a",  "a\nb",   "a\x7f", "a/./b"};
    for (size_t i = 0; i < sizeof safe / sizeof safe[0]; i++) {
        assert_true(vt_zip_name_safe(vt_str_of(safe[i])));
    }
    for (size_t i = 0; i < sizeof unsafe / sizeof unsafe[0]; i++) {
        if (vt_zip_name_safe(vt_str_of(unsafe[i]))) {
            fail_msg("\"%s\" passes", unsafe[i]);
        }
    }
    assert_false(vt_zip_name_safe((vt_str){"a\0b", 3}));
    char name[1100];
    memset(name, 'a', sizeof name);
    assert_true(vt_zip_name_safe((vt_str){name, 255}));
    assert_false(vt_zip_name_safe((vt_str){name, 256}));
    for (size_t i = 100; i < sizeof name; i += 100) {
        name[i] = '/';
    }
    assert_true(vt_zip_name_safe((vt_str){name, 1000}));
    assert_false(vt_zip_name_safe((vt_str){name, 1001}));
}

static int unpack_all(void *context, vt_error *err)
{
    const zipping *z = context;
    vt_zip *zip = NULL;
    vt_buf out;
    vt_buf_init(&out, 1 << 20);
    int status = open_made(&zip, z, err);
    for (size_t i = 0; status == VT_OK && i < vt_zip_count(zip); i++) {
        status = unpack_at(zip, i, &out, err);
    }
    vt_zip_close(zip);
    vt_buf_done(&out);
    return status;
}

static void memory_may_run_out(void **state)
{
    (void)state;
    zipping z = {0};
    zipping_file(&z, "a", text, sizeof text, true);
    zipping_file(&z, "b", text, sizeof text, false);
    zipping_end(&z, false);
    assert_in_range(fault_allocations(unpack_all, &z), 2, 50);
    free(z.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stored_deflated_and_zip64_entries),
        cmocka_unit_test(the_digest_follows_the_contents),
        cmocka_unit_test(damage_is_seen),
        cmocka_unit_test(a_damaged_entry_spoils_no_other),
        cmocka_unit_test(the_end_and_the_directory_agree),
        cmocka_unit_test(every_truncation_is_an_error),
        cmocka_unit_test(bombs_are_refused),
        cmocka_unit_test(what_is_not_read_says_so),
        cmocka_unit_test(names_that_leave_their_folder),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
