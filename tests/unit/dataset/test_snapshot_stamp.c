/* A snapshot file that was found whole is not read again to be checked; one that changed since is. */
#include "snapshots.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "base/alloc.h"
#include "dataset/layout.h"
#include "dataset/snapshot_place.h"
#include "dataset/snapshot_stamp.h"
#include "scratch.h"

enum { REVISION = 9, LATER = 100, WEEK = 7 * 86400 };

typedef struct shop_files {
    scratch dir;
    vt_snapshot_options options;
    vt_snapshot_place place;
    char path[2 * PATH_MAX];
    char stamp[2 * PATH_MAX];
    char hash[65];
} shop_files;

/* Seconds after now, for what reads the clock. */
static int64_t set_clock(int64_t seconds)
{
    char text[32];
    int64_t now = (int64_t)time(NULL) + seconds;
    snprintf(text, sizeof text, "%lld", (long long)now);
    setenv("VITRINE_NOW", text, 1);
    return now;
}

static void keep(shop_files *f, int64_t revision)
{
    vt_error err = VT_ERROR_INIT;
    static const event_row rows[] = {{"ann", "cup", 5, 4, 0, 0}, {"bob", "cup", 7, 3, 0, 0}};
    vt_snapshot *s = NULL;
    check_ok(snapshot_of(&s, rows, 2, NULL, &err));
    int64_t *meta = vt_layout_section(s, VT_SECTION_META);
    meta[VT_META_REVISION] = revision;
    vt_layout_seal(s);
    vt_snapshot_place_keep(&f->place, s);
    snprintf(f->hash, sizeof f->hash, "%s", s->hash);
    vt_snapshot_free(s);
}

static bool opens(const shop_files *f)
{
    vt_snapshot *s = NULL;
    bool opened = vt_snapshot_place_open(&s, &f->place, REVISION);
    vt_snapshot_free(s);
    return opened;
}

/* Turns a bit of a price, which no check but the hash can find, and puts the time of the content back. */
static void damage(const shop_files *f)
{
    struct stat before;
    int fd = open(f->path, O_RDWR);
    assert_true(fd >= 0 && fstat(fd, &before) == 0);
    vt_mapping file;
    vt_snapshot_row row;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_file_map(&file, f->path, &err));
    memcpy(&row, file.data + sizeof(vt_snapshot_header) + VT_SECTION_ITEM_STOCK * sizeof row, sizeof row);
    unsigned char byte = file.data[row.offset] ^ 1;
    assert_int_equal(pwrite(fd, &byte, 1, (off_t)row.offset), 1);
    const struct timespec times[2] = {before.st_atim, before.st_mtim};
    assert_int_equal(futimens(fd, times), 0);
    vt_file_unmap(&file);
    close(fd);
}

/* A damaged file, and a stamp that says of this very file that it was found whole. */
static void damage_silently(shop_files *f, int64_t checked)
{
    vt_error err = VT_ERROR_INIT;
    vt_file_identity identity;
    damage(f);
    check_ok(vt_file_identify(&identity, f->path, &err));
    vt_snapshot_stamp_put(f->stamp, &identity, f->hash, checked);
    assert_true(vt_file_exists(f->stamp));
}

static void a_change_after_the_check_is_found(void **state)
{
    shop_files *f = *state;
    set_clock(LATER);
    assert_true(opens(f));
    assert_true(vt_file_exists(f->stamp));
    assert_true(opens(f));
    damage(f);
    assert_false(opens(f));
    keep(f, REVISION); /* made anew: the stamp is of another file */
    assert_true(opens(f));
    assert_true(opens(f));
}

static void an_unchanged_file_is_not_read_again(void **state)
{
    shop_files *f = *state;
    vt_snapshot *s = NULL;
    vt_error err = VT_ERROR_INIT;
    int64_t checked = set_clock(LATER);
    damage_silently(f, checked);
    assert_true(opens(f));                                                 /* so it was not read */
    assert_int_equal(vt_snapshot_open(&s, f->path, &err), VT_ERR_CORRUPT); /* the doctor does */
    set_clock(LATER + WEEK - 60);
    assert_true(opens(f));
    set_clock(LATER + WEEK + 60);
    assert_false(opens(f));
    set_clock(LATER - 60); /* a check of tomorrow is none */
    assert_false(opens(f));
}

static void what_needs_no_pass_is_checked_all_the_same(void **state)
{
    shop_files *f = *state;
    int64_t checked = set_clock(LATER);
    vt_error err = VT_ERROR_INIT;
    vt_file_identity identity;
    static const long places[] = {0, 8, 12, 16, 24, 32, 64, 96, 104};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        FILE *file = fopen(f->path, "r+b");
        assert_non_null(file);
        assert_int_equal(fseek(file, places[i], SEEK_SET), 0);
        assert_int_equal(fputc(0x7f, file), 0x7f);
        fclose(file);
        check_ok(vt_file_identify(&identity, f->path, &err));
        vt_snapshot_stamp_put(f->stamp, &identity, f->hash, checked);
        assert_false(opens(f));
        keep(f, REVISION);
    }
    assert_int_equal(truncate(f->path, 1000), 0);
    check_ok(vt_file_identify(&identity, f->path, &err));
    vt_snapshot_stamp_put(f->stamp, &identity, f->hash, checked);
    assert_false(opens(f));
}

static void a_damaged_stamp_says_nothing(void **state)
{
    shop_files *f = *state;
    vt_error err = VT_ERROR_INIT;
    char *text = NULL;
    size_t size = 0;
    int64_t checked = set_clock(LATER);
    damage_silently(f, checked);
    check_ok(vt_file_read(&text, &size, f->stamp, 1 << 12, &err));
    for (size_t left = 0; left < size; left++) {
        check_ok(vt_file_put(f->stamp, text, left, false, &err));
        assert_false(opens(f));
    }
    for (size_t at = 0; at < size; at++) {
        text[at] ^= 0x40;
        check_ok(vt_file_put(f->stamp, text, size, false, &err));
        assert_false(opens(f));
        text[at] ^= 0x40;
    }
    check_ok(vt_file_put(f->stamp, text, size, false, &err));
    assert_true(opens(f));
    vt_free(text);
}

/* A change in the same tick of the file system's clock would leave no trace. */
static void a_file_that_just_changed_gets_no_stamp(void **state)
{
    shop_files *f = *state;
    set_clock(0);
    assert_true(opens(f));
    assert_false(vt_file_exists(f->stamp));
    set_clock(-LATER);
    assert_true(opens(f));
    assert_false(vt_file_exists(f->stamp));
    set_clock(LATER);
    assert_true(opens(f));
    assert_true(vt_file_exists(f->stamp));
}

static void a_stamp_that_cannot_be_written_harms_no_one(void **state)
{
    shop_files *f = *state;
    set_clock(LATER);
    vt_file_fail_after(0);
    bool opened = opens(f);
    vt_file_fail_after(-1);
    assert_true(opened);
    assert_false(vt_file_exists(f->stamp));
}

static void stamps_go_with_their_snapshots(void **state)
{
    shop_files *f = *state;
    vt_error err = VT_ERROR_INIT;
    char leftover[3 * PATH_MAX];
    set_clock(LATER);
    assert_true(opens(f));
    snprintf(leftover, sizeof leftover, "%s.aB3dE9", f->stamp);
    check_ok(vt_file_put(leftover, "x", 1, false, &err));
    keep(f, REVISION + 1);
    assert_false(vt_file_exists(f->path));
    assert_false(vt_file_exists(f->stamp));
    assert_false(vt_file_exists(leftover));
}

static int set_up(void **state)
{
    static shop_files f;
    vt_error err = VT_ERROR_INIT;
    scratch_init(&f.dir);
    vt_snapshot_options_init(&f.options);
    check_ok(vt_snapshot_place_find(&f.place, f.dir.dir, &f.options, &err));
    snprintf(f.path, sizeof f.path, "%s/%s-%d.vsnap", f.place.dir, f.place.key, REVISION);
    snprintf(f.stamp, sizeof f.stamp, "%s/%s-%d.checked", f.place.dir, f.place.key, REVISION);
    keep(&f, REVISION);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    shop_files *f = *state;
    unsetenv("VITRINE_NOW");
    scratch_done(&f->dir);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_change_after_the_check_is_found),
        TEST(an_unchanged_file_is_not_read_again),
        TEST(what_needs_no_pass_is_checked_all_the_same),
        TEST(a_damaged_stamp_says_nothing),
        TEST(a_file_that_just_changed_gets_no_stamp),
        TEST(a_stamp_that_cannot_be_written_harms_no_one),
        TEST(stamps_go_with_their_snapshots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
