/* The shop as files: damaged, foreign, newer, unfinished, deleted. */
#include "check.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/rng.h"
#include "dump.h"
#include "scratch.h"

static const vt_shop_mode modes[] = {VT_SHOP_READ, VT_SHOP_WRITE, VT_SHOP_CREATE};

/* A shop with a few hundred events, closed. */
static void make_shop(const char *path)
{
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = NULL;
    vt_put done;
    check_ok(vt_shop_open(&shop, path, VT_SHOP_CREATE, &err));
    vt_store *store = vt_shop_store(shop);
    check_ok(vt_store_begin(store, "test", "test", NULL, &err));
    for (int i = 0; i < 400; i++) {
        char user[16];
        char item[16];
        snprintf(user, sizeof user, "user-%d", i % 50);
        snprintf(item, sizeof item, "item-%d", i % 30);
        vt_event e = event_of(user, item, VT_EVENT_RATING, i * 7000);
        e.body =
            vt_str_of("A text that is long enough to fill pages of its own in the end, if there are many of them.");
        check_ok(vt_store_put_event(store, &e, &done, &err));
    }
    check_ok(vt_store_commit(store, 0, &err));
    vt_shop_close(shop);
}

static void run_sql(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void check_refused(const char *path, vt_code code, const char *says)
{
    for (size_t i = 0; i < 3; i++) {
        vt_error err = VT_ERROR_INIT;
        vt_shop *shop = NULL;
        assert_int_equal(vt_shop_open(&shop, path, modes[i], &err), code);
        assert_null(shop);
        if (strstr(err.message, says) == NULL) {
            fail_msg("mode %zu says \"%s\", not \"%s\"", i, err.message, says);
        }
    }
}

static void newer_schema(void **state)
{
    (void)state;
    scratch dir;
    scratch_init(&dir);
    make_shop(scratch_path(&dir, "shop"));
    run_sql(scratch_path(&dir, "shop/store.db"), "PRAGMA user_version = 1000");
    check_refused(scratch_path(&dir, "shop"), VT_ERR_VERSION, "written by a newer Vitrine (schema 1000");
    scratch_done(&dir);
}

static void no_database(void **state)
{
    (void)state;
    static const char text[] = "This is a letter and no database, although it is longer than the hundred bytes that a "
                               "header of a database has, which is what one looks at first.";
    scratch dir;
    scratch_init(&dir);
    make_shop(scratch_path(&dir, "shop"));
    scratch_write(&dir, "shop/store.db", text, sizeof text);
    check_refused(scratch_path(&dir, "shop"), VT_ERR_CORRUPT, "damaged");
    scratch_write(&dir, "shop/store.db", "", 0);
    check_refused(scratch_path(&dir, "shop"), VT_ERR_CORRUPT, "damaged");
    unlink(scratch_path(&dir, "shop/store.db"));
    run_sql(scratch_path(&dir, "shop/store.db"), "CREATE TABLE songs(title)");
    check_refused(scratch_path(&dir, "shop"), VT_ERR_CORRUPT, "of another program");
    scratch_done(&dir);
}

static int ignore_item(void *context, int64_t row, const vt_item *item)
{
    (void)context;
    (void)row;
    (void)item;
    return 0;
}

/* Opens and reads everything; gives the first failure. */
static int read_all(const char *path, vt_error *err)
{
    vt_shop *shop = NULL;
    vt_shop_info info;
    int status = vt_shop_open(&shop, path, VT_SHOP_READ, err);
    if (status == VT_OK) {
        status = vt_shop_describe(shop, &info, err);
    }
    if (status == VT_OK) {
        status = vt_store_each_item_after(vt_shop_store(shop), 0, ignore_item, NULL, err);
    }
    if (status == VT_OK) {
        status = vt_shop_check(shop, err);
    }
    vt_shop_close(shop);
    return status;
}

/* Damage anywhere gives VT_ERR_CORRUPT or, in bytes that nobody uses, nothing: never another end. */
static void damage_is_found(void **state)
{
    (void)state;
    scratch dir;
    char *bytes = NULL;
    size_t size = 0;
    int found = 0;
    vt_error err = VT_ERROR_INIT;
    vt_rng rng = vt_rng_at(7, "damage", 0, 0);
    scratch_init(&dir);
    make_shop(scratch_path(&dir, "shop"));
    check_ok(vt_file_read(&bytes, &size, scratch_path(&dir, "shop/store.db"), 1 << 24, &err));
    for (int i = 0; i < 150; i++) {
        size_t at = (size_t)vt_rng_below(&rng, size - 512);
        size_t len = 1 + (size_t)vt_rng_below(&rng, 500);
        char *damaged = malloc(size);
        assert_non_null(damaged);
        memcpy(damaged, bytes, size);
        for (size_t k = 0; k < len; k++) {
            damaged[at + k] = (char)vt_rng_below(&rng, 256);
        }
        size_t left = i % 10 == 0 ? at : size; /* some are cut off as well */
        scratch_write(&dir, "shop/store.db", damaged, left);
        free(damaged);
        err = (vt_error)VT_ERROR_INIT;
        int status = read_all(scratch_path(&dir, "shop"), &err);
        bool fair = status == VT_OK || status == VT_ERR_CORRUPT || status == VT_ERR_VERSION ||
                    status == VT_ERR_NOT_FOUND; /* a damaged name of the time zone */
        if (!fair || (status != VT_OK && err.message[0] == '\0')) {
            fail_msg("damage %d at %zu: status %d, \"%s\"", i, at, status, err.message);
        }
        found += status != VT_OK;
    }
    print_message("%d of 150 found\n", found);
    assert_in_range(found, 50, 150); /* texts have no checksums */
    vt_free(bytes);
    scratch_done(&dir);
}

/* What the pages cannot tell, the sums can. */
static void check_finds_wrong_sums(void **state)
{
    (void)state;
    static const char *const harms[][2] = {
        {"UPDATE items SET price = 5 WHERE id = 1", "newest of their history"},
        {"INSERT INTO stock_history(item, time, stock, import_id) VALUES(2, 1, 1, 0)", "newest of their history"},
        {"UPDATE events SET kind = 2, order_id = 'o', line = '1' WHERE id = 1", "order lines have a wrong key"},
        {"INSERT INTO line_changes(import_id, key, field, item, part, state) VALUES(0, x'00', 0, 1, 0, 0)",
         "former order lines belong to no event"},
        {"UPDATE marks SET event = 1", "rows are newer than the store's mark"},
        {"INSERT INTO journal(kind, row) VALUES(2, 1)", "they are there"},
        {"DELETE FROM items WHERE id = 4", "name items that do not exist"},
        {"DELETE FROM users WHERE id = 4", "name users that do not exist"},
        {"INSERT INTO reviews VALUES(99999, 'a', 'b')", "reviews belong to no event"},
    };
    for (size_t i = 0; i < sizeof harms / sizeof harms[0]; i++) {
        scratch dir;
        vt_error err = VT_ERROR_INIT;
        scratch_init(&dir);
        make_shop(scratch_path(&dir, "shop"));
        check_ok(read_all(scratch_path(&dir, "shop"), &err));
        run_sql(scratch_path(&dir, "shop/store.db"), harms[i][0]);
        assert_int_equal(read_all(scratch_path(&dir, "shop"), &err), VT_ERR_CORRUPT);
        if (strstr(err.message, harms[i][1]) == NULL) {
            fail_msg("%s gives \"%s\"", harms[i][0], err.message);
        }
        scratch_done(&dir);
    }
}

static void missing_and_foreign(void **state)
{
    (void)state;
    scratch dir;
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = NULL;
    scratch_init(&dir);
    assert_int_equal(vt_shop_open(&shop, scratch_path(&dir, "none"), VT_SHOP_READ, &err), VT_ERR_NOT_FOUND);
    assert_int_equal(vt_shop_open(&shop, scratch_path(&dir, "none"), VT_SHOP_WRITE, &err), VT_ERR_NOT_FOUND);
    assert_int_equal(vt_shop_delete(scratch_path(&dir, "none"), &err), VT_ERR_NOT_FOUND);
    assert_false(vt_dir_exists(scratch_path(&dir, "none")));
    /* A folder with anything else, even under names of ours, is not taken. */
    static const char *const foreign[] = {"photo.jpg", "config.toml", "models/mine.bin", "images/cat.jpg"};
    for (size_t i = 0; i < 4; i++) {
        scratch other;
        scratch_init(&other);
        mkdir(scratch_path(&other, "models"), 0755);
        mkdir(scratch_path(&other, "images"), 0755);
        scratch_write(&other, foreign[i], "mine", 4);
        assert_int_equal(vt_shop_open(&shop, other.dir, VT_SHOP_CREATE, &err), VT_ERR_EXISTS);
        assert_true(vt_file_exists(scratch_path(&other, foreign[i])));
        assert_true(vt_dir_exists(scratch_path(&other, "models")));
        scratch_done(&other);
    }
    scratch_write(&dir, "file", "x", 1);
    assert_int_not_equal(vt_shop_open(&shop, scratch_path(&dir, "file"), VT_SHOP_CREATE, &err), VT_OK);
    assert_true(vt_file_exists(scratch_path(&dir, "file")));
    scratch_done(&dir);
}

/* What a creation that was killed can leave is no obstacle to the next. */
static void unfinished_creation(void **state)
{
    (void)state;
    scratch dir;
    vt_error err = VT_ERROR_INIT;
    scratch_init(&dir);
    mkdir(scratch_path(&dir, "shop"), 0755);
    mkdir(scratch_path(&dir, "shop/snapshots"), 0755);
    mkdir(scratch_path(&dir, "shop/models"), 0755);
    scratch_write(&dir, "shop/config.toml.aB12cd", "", 0);
    scratch_write(&dir, "shop/store.db.new", "half a database", 15);
    scratch_write(&dir, "shop/store.db.new-journal", "x", 1);
    scratch_write(&dir, "shop/store.db-writer", "", 0);
    assert_false(vt_shop_exists(scratch_path(&dir, "shop")));
    make_shop(scratch_path(&dir, "shop"));
    check_ok(read_all(scratch_path(&dir, "shop"), &err));
    scratch_done(&dir);
}

static void deleting_takes_only_what_is_ours(void **state)
{
    (void)state;
    static const char *const ours[] = {"shop/snapshots/a.vsnap", "shop/snapshots/a.checked",
                                       "shop/models/ials.safetensors", "shop/models/ials.safetensors.x1Y2z3",
                                       "shop/embeddings/t.safetensors"};
    static const char *const others[] = {"shop/notes.txt", "shop/models/readme.txt", "shop/snapshots/a.vsnap.bak"};
    scratch dir;
    vt_error err = VT_ERROR_INIT;
    scratch_init(&dir);
    make_shop(scratch_path(&dir, "shop"));
    for (size_t i = 0; i < 5; i++) {
        scratch_write(&dir, ours[i], "x", 1);
    }
    for (size_t i = 0; i < 3; i++) {
        scratch_write(&dir, others[i], "x", 1);
    }
    check_ok(vt_shop_delete(scratch_path(&dir, "shop"), &err));
    for (size_t i = 0; i < 5; i++) {
        assert_false(vt_file_exists(scratch_path(&dir, ours[i])));
    }
    for (size_t i = 0; i < 3; i++) {
        assert_true(vt_file_exists(scratch_path(&dir, others[i])));
        unlink(scratch_path(&dir, others[i]));
    }
    assert_false(vt_file_exists(scratch_path(&dir, "shop/store.db")));
    assert_false(vt_file_exists(scratch_path(&dir, "shop/config.toml")));
    assert_false(vt_dir_exists(scratch_path(&dir, "shop/embeddings")));
    /* Damaged ones can go too, and nothing stays. */
    make_shop(scratch_path(&dir, "second"));
    scratch_write(&dir, "second/store.db", "damaged", 7);
    check_ok(vt_shop_delete(scratch_path(&dir, "second"), &err));
    assert_false(vt_dir_exists(scratch_path(&dir, "second")));
    scratch_done(&dir);
}

/* A shop on a medium that cannot be written is read all the same. */
static void write_protected_folder(void **state)
{
    (void)state;
    scratch dir;
    vt_error err = VT_ERROR_INIT;
    scratch_init(&dir);
    make_shop(scratch_path(&dir, "shop"));
    unlink(scratch_path(&dir, "shop/store.db-wal"));
    unlink(scratch_path(&dir, "shop/store.db-shm"));
    assert_int_equal(chmod(scratch_path(&dir, "shop"), 0555), 0);
    assert_int_equal(chmod(dir.dir, 0755), 0);
    bool root = geteuid() == 0; /* who may write everywhere: read as somebody else */
    assert_int_equal(root ? seteuid(65534) : 0, 0);
    int status = read_all(scratch_path(&dir, "shop"), &err);
    assert_int_equal(root ? seteuid(0) : 0, 0);
    check_ok(status);
    assert_int_equal(chmod(scratch_path(&dir, "shop"), 0755), 0);
    scratch_done(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(newer_schema),
        cmocka_unit_test(no_database),
        cmocka_unit_test(damage_is_found),
        cmocka_unit_test(check_finds_wrong_sums),
        cmocka_unit_test(missing_and_foreign),
        cmocka_unit_test(unfinished_creation),
        cmocka_unit_test(deleting_takes_only_what_is_ours),
        cmocka_unit_test(write_protected_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
