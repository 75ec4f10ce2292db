/* Files: a written file is there whole or not at all, whatever fails; reading, mapping, folders. */
#include "check.h"

#include <sys/stat.h>

#include "base/file.h"
#include "fault.h"
#include "scratch.h"

static int write_file(const char *path, const char *text, int pieces, vt_error *err)
{
    vt_file_writer *writer = NULL;
    int status = vt_file_writer_open(&writer, path, err);
    for (int i = 0; i < pieces && status == VT_OK; i++) {
        status = vt_file_write(writer, text, strlen(text), err);
    }
    if (status != VT_OK) {
        vt_file_writer_abort(writer);
        return status;
    }
    return vt_file_writer_commit(writer, err);
}

static void expect_content(const char *path, const char *text)
{
    vt_error err = VT_ERROR_INIT;
    char *data = NULL;
    size_t size = 0;
    check_ok(vt_file_read(&data, &size, path, 1 << 20, &err));
    assert_int_equal(size, strlen(text));
    assert_string_equal(data, text);
    vt_free(data);
}

static int count_entry(void *context, const char *name)
{
    (void)name;
    ++*(int *)context;
    return 0;
}

static int entries(const char *dir)
{
    vt_error err = VT_ERROR_INIT;
    int n = 0;
    check_ok(vt_dir_list(dir, count_entry, &n, &err));
    return n;
}

static void appears_whole(void **state)
{
    (void)state;
    scratch dir;
    vt_error err = VT_ERROR_INIT;
    vt_file_writer *writer = NULL;
    scratch_init(&dir);
    const char *path = scratch_path(&dir, "file");
    check_ok(vt_file_writer_open(&writer, path, &err));
    check_ok(vt_file_write(writer, "one ", 4, &err));
    assert_false(vt_file_exists(path));
    check_ok(vt_file_write(writer, "two", 3, &err));
    check_ok(vt_file_write(writer, "", 0, &err));
    assert_false(vt_file_exists(path));
    check_ok(vt_file_writer_commit(writer, &err));
    expect_content(path, "one two");
    check_ok(write_file(path, "other", 1, &err));
    expect_content(path, "other");
    check_ok(vt_file_writer_open(&writer, path, &err));
    check_ok(vt_file_write(writer, "third", 5, &err));
    vt_file_writer_abort(writer);
    vt_file_writer_abort(NULL);
    expect_content(path, "other");
    assert_int_equal(entries(dir.dir), 1); /* nothing is left beside it */
    scratch_done(&dir);
}

static int replace(void *context, vt_error *err)
{
    scratch *dir = context;
    int status = write_file(scratch_path(dir, "file"), "new content, ", 3, err);
    if (status != VT_OK) {
        vt_alloc_fail_after(-1);
        vt_file_fail_after(-1);
        expect_content(scratch_path(dir, "file"), "as it was");
        assert_int_equal(entries(dir->dir), 1);
    }
    return status;
}

static void a_failure_leaves_the_old_file(void **state)
{
    (void)state;
    scratch dir;
    scratch_init(&dir);
    scratch_write(&dir, "file", "as it was", 9);
    assert_int_equal(fault_writes(replace, &dir), 4); /* three writes and the commit */
    expect_content(scratch_path(&dir, "file"), "new content, new content, new content, ");
    scratch_write(&dir, "file", "as it was", 9);
    assert_in_range(fault_allocations(replace, &dir), 3, 10);
    expect_content(scratch_path(&dir, "file"), "new content, new content, new content, ");
    scratch_done(&dir);
}

static void cannot_be_written(void **state)
{
    (void)state;
    scratch dir;
    vt_error err = VT_ERROR_INIT;
    scratch_init(&dir);
    assert_int_equal(write_file(scratch_path(&dir, "none/file"), "x", 1, &err), VT_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "none/file"));
    check_ok(vt_dir_create(scratch_path(&dir, "folder/inside"), &err));
    assert_int_not_equal(write_file(scratch_path(&dir, "folder"), "x", 1, &err), VT_OK); /* a folder is in the way */
    assert_int_equal(entries(dir.dir), 1);
    scratch_done(&dir);
}

static void reads_and_maps(void **state)
{
    (void)state;
    scratch dir;
    vt_error err = VT_ERROR_INIT;
    vt_mapping mapping = {NULL, 0, -1};
    char *data = NULL;
    size_t size = 0;
    scratch_init(&dir);
    const char *path = scratch_write(&dir, "file", "12345", 5);
    check_ok(vt_file_map(&mapping, path, &err));
    assert_int_equal(mapping.size, 5);
    assert_memory_equal(mapping.data, "12345", 5);
    vt_file_unmap(&mapping);
    assert_null(mapping.data);
    assert_int_equal(vt_file_read(&data, &size, path, 4, &err), VT_ERR_LIMIT);
    check_ok(vt_file_read(&data, &size, path, 5, &err));
    vt_free(data);
    data = NULL;

    path = scratch_write(&dir, "empty", "", 0);
    check_ok(vt_file_map(&mapping, path, &err));
    assert_null(mapping.data);
    vt_file_unmap(&mapping);
    expect_content(path, "");

    assert_int_equal(vt_file_map(&mapping, dir.dir, &err), VT_ERR_FORMAT);
    assert_non_null(strstr(err.message, "is a folder"));
    assert_int_equal(vt_file_read(&data, &size, scratch_path(&dir, "none"), 9, &err), VT_ERR_NOT_FOUND);
    assert_null(data);
    scratch_done(&dir);
}

static int read_whole(void *path, vt_error *err)
{
    char *data = NULL;
    size_t size = 0;
    int status = vt_file_read(&data, &size, path, 100, err);
    vt_free(data);
    return status;
}

static int stop_at_second(void *context, const char *name)
{
    char *seen = context;
    size_t len = strlen(seen);
    snprintf(seen + len, 64 - len, "%s,", name);
    return len > 0;
}

static void folders(void **state)
{
    (void)state;
    scratch dir;
    vt_error err = VT_ERROR_INIT;
    char seen[64] = "";
    char joined[16];
    scratch_init(&dir);
    check_ok(vt_dir_create(scratch_path(&dir, "a/b/c"), &err));
    check_ok(vt_dir_create(scratch_path(&dir, "a/b/c/"), &err));
    assert_true(vt_dir_exists(scratch_path(&dir, "a/b/c")));
    assert_false(vt_file_exists(scratch_path(&dir, "a/b/c")));
    scratch_write(&dir, "a/two", "12", 2);
    scratch_write(&dir, "a/b/three", "123", 3);
    scratch_write(&dir, "B", "1", 1);
    scratch_write(&dir, "c", "", 0);
    assert_int_equal(vt_dir_bytes(dir.dir), 6);
    assert_int_equal(vt_dir_bytes(scratch_path(&dir, "none")), 0);
    check_ok(vt_dir_list(dir.dir, stop_at_second, seen, &err));
    assert_string_equal(seen, "B,a,"); /* by bytes; the third is not asked for */
    assert_int_equal(vt_dir_list(scratch_path(&dir, "none"), stop_at_second, seen, &err), VT_ERR_NOT_FOUND);
    assert_int_not_equal(vt_dir_create(scratch_path(&dir, "B/under"), &err), VT_OK);
    assert_int_equal(vt_dir_create("", &err), VT_ERR_LIMIT);
    assert_int_equal(fault_allocations(read_whole, (char *)(uintptr_t)scratch_path(&dir, "B")), 1);

    check_ok(vt_path_join(joined, sizeof joined, "shop/", "store.db", &err));
    assert_string_equal(joined, "shop/store.db");
    check_ok(vt_path_join(joined, sizeof joined, "", "x", &err));
    assert_int_equal(vt_path_join(joined, sizeof joined, "shop", "longer-store.db", &err), VT_ERR_LIMIT);
    scratch_done(&dir);
}

static int append_line(void *context, vt_error *err)
{
    return vt_file_append(context, "two\n", 4, err);
}

/* Lines are added behind what is there; a line that a kill cut off is ended first. */
static void appends_lines(void **state)
{
    (void)state;
    scratch s;
    vt_error err = VT_ERROR_INIT;
    scratch_init(&s);
    const char *path = scratch_path(&s, "log");
    check_ok(vt_file_append(path, "one\n", 4, &err));
    check_ok(append_line((void *)(uintptr_t)path, &err));
    expect_content(path, "one\ntwo\n");
    path = scratch_write(&s, "log", "one\ncut o", 9);
    assert_int_equal(fault_writes(append_line, (void *)(uintptr_t)path), 1);
    char text[64] = "";
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    assert_string_equal(text, "one\ncut o\ntwo\n");
    assert_int_equal(vt_file_append("/nowhere/log", "one\n", 4, &err), VT_ERR_IO);
    scratch_done(&s);
}

static void first_bytes_and_no_waiting_for_pipes(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_mapping mapping;
    scratch dir;
    char bytes[4];
    char *all = NULL;
    size_t len = 0;
    scratch_init(&dir);
    check_ok(vt_file_head(bytes, sizeof bytes, &len, scratch_write(&dir, "a", "abcdef", 6), &err));
    assert_int_equal(len, 4);
    assert_memory_equal(bytes, "abcd", 4);
    check_ok(vt_file_head(bytes, sizeof bytes, &len, scratch_write(&dir, "a", "ab", 2), &err));
    assert_int_equal(len, 2);
    const char *pipe_path = scratch_path(&dir, "pipe");
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    assert_int_equal(vt_file_head(bytes, sizeof bytes, &len, pipe_path, &err), VT_ERR_FORMAT);
    assert_non_null(strstr(err.message, "pipe is not a regular file; a file is expected"));
    assert_int_equal(vt_file_map(&mapping, pipe_path, &err), VT_ERR_FORMAT);
    assert_int_equal(vt_file_read(&all, &len, pipe_path, 100, &err), VT_ERR_FORMAT);
    assert_int_equal(len, 2);
    scratch_done(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appears_whole),
        cmocka_unit_test(a_failure_leaves_the_old_file),
        cmocka_unit_test(cannot_be_written),
        cmocka_unit_test(reads_and_maps),
        cmocka_unit_test(folders),
        cmocka_unit_test(appends_lines),
        cmocka_unit_test(first_bytes_and_no_waiting_for_pipes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
