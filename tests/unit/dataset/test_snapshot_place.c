/* Which of the files of a shop's snapshots a reader may start from. */
#include "snapshots.h"

#include "dataset/snapshot_place.h"
#include "fault.h"
#include "scratch.h"

typedef struct shop_files {
    scratch dir;
    vt_snapshot_options options;
    vt_snapshot_place place;
} shop_files;

/* Keeps an empty snapshot of a revision, an epoch and a last change. */
static void keep(const shop_files *f, int64_t revision, int64_t epoch, int64_t last_change)
{
    vt_error err = VT_ERROR_INIT;
    vt_builder *builder = NULL;
    vt_snapshot *s = NULL;
    const vt_builder_origin origin = {.revision = revision, .epoch = epoch, .last_change = last_change};
    check_ok(vt_builder_create(&builder, &f->options, &err));
    check_ok(vt_builder_finish(&s, builder, &origin, &err));
    vt_snapshot_place_keep(&f->place, s);
    vt_snapshot_free(s);
    vt_builder_free(builder);
}

/* The revision of the newest that is found, -1 without. */
static int64_t newest(const shop_files *f, int64_t revision, int64_t epoch, int64_t change_first)
{
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    const vt_store_mark mark = {.revision = revision, .epoch = epoch, .change_first = change_first};
    check_ok(vt_snapshot_place_newest(&s, &f->place, &mark, &err));
    int64_t found = s == NULL ? -1 : s->revision;
    vt_snapshot_free(s);
    return found;
}

static void the_newest_up_to_the_mark_is_found(void **state)
{
    const shop_files *f = *state;
    assert_int_equal(newest(f, 9, 1, 0), -1); /* not even a folder */
    keep(f, 10, 1, 40);                       /* a later one of a store that was put back */
    keep(f, 9, 1, 30);
    keep(f, 7, 1, 20); /* keeping removes what is older, so the newest came first */
    assert_int_equal(newest(f, 12, 1, 0), 10);
    assert_int_equal(newest(f, 9, 1, 0), 9);
    assert_int_equal(newest(f, 8, 1, 20), 7);
    assert_int_equal(newest(f, 6, 1, 0), -1);
    keep(f, 10, 1, 40);
    assert_int_equal(newest(f, 9, 1, 0), -1); /* removed by the last one */
}

static void another_epoch_is_none(void **state)
{
    const shop_files *f = *state;
    keep(f, 9, 2, 30);
    keep(f, 7, 1, 20);
    assert_int_equal(newest(f, 9, 1, 0), 7);
    assert_int_equal(newest(f, 9, 3, 0), -1);
}

static void forgotten_changes_are_none(void **state)
{
    const shop_files *f = *state;
    keep(f, 9, 1, 30);
    assert_int_equal(newest(f, 11, 1, 30), 9);
    assert_int_equal(newest(f, 11, 1, 31), -1);
}

/* A file that is no snapshot. */
static void put_nothing(const shop_files *f, const char *key, const char *rest)
{
    char path[2 * PATH_MAX];
    snprintf(path, sizeof path, "%s/%s%s", f->place.dir, key, rest);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs("nothing", file);
    fclose(file);
}

static void damaged_and_foreign_files_are_passed_over(void **state)
{
    shop_files *f = *state;
    keep(f, 9, 1, 30);
    keep(f, 7, 1, 20);
    assert_int_equal(newest(f, 9, 1, 0), 9);
    put_nothing(f, f->place.key, "-9.vsnap");
    put_nothing(f, f->place.key, "-8.vsnap.aB3dE9");
    put_nothing(f, f->place.key, "-x.vsnap");
    put_nothing(f, "other", "-8.vsnap");
    assert_int_equal(newest(f, 9, 1, 0), 7);
    f->options.min_user = 3; /* other options: files of their own */
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_snapshot_place_find(&f->place, f->dir.dir, &f->options, &err));
    assert_int_equal(newest(f, 9, 1, 0), -1);
}

static int run_newest(void *context, vt_error *err)
{
    const shop_files *f = context;
    const vt_store_mark mark = {.revision = 9, .epoch = 1};
    vt_snapshot *s = NULL;
    int status = vt_snapshot_place_newest(&s, &f->place, &mark, err);
    bool found = s != NULL;
    vt_snapshot_free(s);
    return status == VT_OK && !found ? VT_ERR_NO_MEMORY : status;
}

static void a_failed_allocation_is_an_error_or_no_file(void **state)
{
    const shop_files *f = *state;
    keep(f, 9, 1, 30);
    for (int n = 0;; n++) {
        vt_error err = VT_ERROR_INIT;
        vt_alloc_fail_after(n);
        int status = run_newest(*state, &err);
        vt_alloc_fail_after(-1);
        if (status == VT_OK) {
            assert_in_range(n, 2, 20);
            return;
        }
        assert_int_equal(status, VT_ERR_NO_MEMORY);
    }
}

static int set_up(void **state)
{
    static shop_files f;
    vt_error err = VT_ERROR_INIT;
    scratch_init(&f.dir);
    vt_snapshot_options_init(&f.options);
    check_ok(vt_snapshot_place_find(&f.place, f.dir.dir, &f.options, &err));
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    shop_files *f = *state;
    scratch_done(&f->dir);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_newest_up_to_the_mark_is_found),
        TEST(another_epoch_is_none),
        TEST(forgotten_changes_are_none),
        TEST(damaged_and_foreign_files_are_passed_over),
        TEST(a_failed_allocation_is_an_error_or_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
