/* Backups: taken under writers, read back, damaged in many ways, restored; and what an upgrade keeps. */
#include "check.h"

#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/log.h"
#include "dump.h"
#include "old_store.h"
#include "scratch.h"
#include "vitrine/backup.h"

static scratch dir;
static vt_error err = VT_ERROR_INIT;

static const char *at(const char *name)
{
    static char paths[4][PATH_MAX];
    static int next;
    next = (next + 1) % 4;
    snprintf(paths[next], sizeof paths[next], "%s/%s", dir.dir, name);
    return paths[next];
}

static void put_events(vt_shop *shop, int from, int n)
{
    vt_put done;
    vt_store *store = vt_shop_store(shop);
    check_ok(vt_store_begin(store, NULL, NULL, NULL, &err));
    for (int i = from; i < from + n; i++) {
        char user[24], item[24];
        snprintf(user, sizeof user, "user-%d", i % 17);
        snprintf(item, sizeof item, "item-%d", i % 31);
        vt_event e = event_of(user, item, VT_EVENT_VIEW, 1000 + i);
        check_ok(vt_store_put_event(store, &e, &done, &err));
    }
    check_ok(vt_store_commit(store, 0, &err));
}

static int set_up(void **state)
{
    (void)state;
    vt_shop *shop = NULL;
    scratch_init(&dir);
    err = (vt_error)VT_ERROR_INIT;
    check_ok(vt_shop_open(&shop, at("shop"), VT_SHOP_CREATE, &err));
    put_events(shop, 0, 300);
    vt_shop_close(shop);
    check_ok(vt_file_put(at("shop/models/ease.safetensors"), "weights of a model", 18, true, &err));
    check_ok(vt_file_put(at("shop/models/active"), "ease\n", 5, true, &err));
    check_ok(vt_file_put(at("shop/models/notes.txt"), "mine", 4, true, &err));
    check_ok(vt_dir_create(at("shop/images"), &err));
    check_ok(vt_file_put(at("shop/images/a b.jpg"), "a photo", 7, true, &err));
    check_ok(vt_file_put(at("shop/config.toml"), "# mine\n", 7, true, &err));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_done(&dir);
    return 0;
}

static void back_up(const char *file, vt_backup_report *report)
{
    vt_shop *shop = NULL;
    check_ok(vt_shop_open(&shop, at("shop"), VT_SHOP_READ, &err));
    check_ok(vt_shop_backup(shop, at(file), NULL, report, &err));
    vt_shop_close(shop);
}

static void describe(const char *name, vt_shop_info *info)
{
    vt_shop *shop = NULL;
    check_ok(vt_shop_open(&shop, at(name), VT_SHOP_READ, &err));
    check_ok(vt_shop_check(shop, &err));
    check_ok(vt_shop_describe(shop, info, &err));
    vt_shop_close(shop);
}

static void check_text(const char *path, const char *text)
{
    char *data = NULL;
    size_t size = 0;
    check_ok(vt_file_read(&data, &size, at(path), 1 << 20, &err));
    assert_string_equal(data, text);
    vt_free(data);
}

static void a_restored_shop_is_the_same(void **state)
{
    (void)state;
    vt_backup_report made, read;
    vt_shop_info before, after;
    back_up("b.zip", &made);
    assert_int_equal(made.files, 5); /* the store, the settings, the model, which one answers, the photo */
    check_ok(vt_shop_restore(at("new"), at("b.zip"), NULL, &read, &err));
    describe("shop", &before);
    describe("new", &after);
    assert_int_equal(before.events, after.events);
    assert_int_equal(before.revision, after.revision);
    assert_int_equal(read.revision, after.revision);
    assert_string_equal(before.id, after.id);
    assert_string_equal(read.shop, after.id);
    check_text("new/models/ease.safetensors", "weights of a model");
    check_text("new/models/active", "ease\n");
    check_text("new/images/a b.jpg", "a photo");
    check_text("new/config.toml", "# mine\n");
    assert_false(vt_file_exists(at("new/models/notes.txt")));
    assert_false(vt_file_exists(at("b.zip.part")));
    assert_false(vt_file_exists(at("b.zip.store")));
    vt_shop *shop = NULL; /* and it can be written to */
    check_ok(vt_shop_open(&shop, at("new"), VT_SHOP_WRITE, &err));
    put_events(shop, 1000, 3);
    vt_shop_close(shop);
}

/* Commits of ten events each, by another process, while backups are taken: each holds all of a commit or nothing. */
static void a_backup_under_writers_is_one_revision(void **state)
{
    (void)state;
    pid_t writer = fork();
    assert_true(writer >= 0);
    if (writer == 0) {
        vt_shop *shop = NULL;
        if (vt_shop_open(&shop, at("shop"), VT_SHOP_WRITE, NULL) != VT_OK) {
            _exit(1);
        }
        for (int i = 0; i < 4000 && !vt_file_exists(at("enough")); i++) {
            put_events(shop, 1000 + 10 * i, 10);
        }
        vt_shop_close(shop);
        _exit(0);
    }
    vt_shop_info info;
    do {
        describe("shop", &info); /* until the writer has begun */
    } while (info.events == 300);
    int64_t start = info.revision - (info.events - 300) / 10;
    for (int i = 0; i < 5; i++) {
        char file[32], name[32];
        vt_backup_report made;
        snprintf(file, sizeof file, "b%d.zip", i);
        snprintf(name, sizeof name, "new%d", i);
        back_up(file, &made);
        check_ok(vt_shop_restore(at(name), at(file), NULL, NULL, &err));
        describe(name, &info);
        assert_int_equal(info.revision, made.revision);
        assert_int_equal(info.events, 300 + 10 * (made.revision - start));
    }
    int code = 0;
    check_ok(vt_file_put(at("enough"), "", 0, false, &err));
    assert_int_equal(waitpid(writer, &code, 0), writer);
    assert_int_equal(code, 0);
}

static void check_refused(vt_code code, const char *file, const char *says)
{
    vt_error why = VT_ERROR_INIT;
    assert_int_equal(vt_shop_restore(at("new"), at(file), NULL, NULL, &why), code);
    if (strstr(why.message, says) == NULL) {
        fail_msg("it says \"%s\", not \"%s\"", why.message, says);
    }
    assert_false(vt_dir_exists(at("new")));
}

static void a_damaged_backup_makes_no_shop(void **state)
{
    (void)state;
    char *bytes = NULL;
    size_t size = 0;
    back_up("b.zip", NULL);
    check_ok(vt_file_read(&bytes, &size, at("b.zip"), 1 << 24, &err));
    for (size_t i = 1; i < 24; i++) { /* cut short anywhere */
        check_ok(vt_file_put(at("cut.zip"), bytes, size * i / 24, false, &err));
        check_refused(VT_ERR_CORRUPT, "cut.zip", "is damaged");
    }
    for (size_t i = 0; i < 40; i++) { /* a byte that differs, anywhere: refused, or of no account to what is restored */
        size_t where = (size - 1) * i / 39;
        vt_error why = VT_ERROR_INIT;
        vt_shop_info info;
        bytes[where] = (char)(bytes[where] ^ 0x55);
        check_ok(vt_file_put(at("odd.zip"), bytes, size, false, &err));
        int status = vt_shop_restore(at("odd"), at("odd.zip"), NULL, NULL, &why);
        if (status == VT_OK) {
            describe("odd", &info);
            assert_int_equal(info.events, 300);
            check_ok(vt_shop_delete(at("odd"), &err));
        } else {
            assert_true(status == VT_ERR_CORRUPT || status == VT_ERR_VERSION);
            assert_false(vt_dir_exists(at("odd")));
        }
        bytes[where] = (char)(bytes[where] ^ 0x55);
    }
    vt_free(bytes);
    check_ok(vt_file_put(at("text.zip"), "no archive", 10, false, &err));
    check_refused(VT_ERR_CORRUPT, "text.zip", "no archive");
    check_refused(VT_ERR_NOT_FOUND, "none.zip", "there is no file");
}

static void nothing_is_written_over(void **state)
{
    (void)state;
    back_up("b.zip", NULL);
    vt_shop *shop = NULL;
    vt_error why = VT_ERROR_INIT;
    check_ok(vt_shop_open(&shop, at("shop"), VT_SHOP_READ, &err));
    assert_int_equal(vt_shop_backup(shop, at("b.zip"), NULL, NULL, &why), VT_ERR_EXISTS);
    assert_int_equal(vt_shop_backup(shop, at("none/b.zip"), NULL, NULL, &why), VT_ERR_IO);
    vt_shop_close(shop);
    assert_int_equal(vt_shop_restore(at("shop"), at("b.zip"), NULL, NULL, &why), VT_ERR_EXISTS);
    check_ok(vt_dir_create(at("other"), &err));
    check_ok(vt_file_put(at("other/letter.txt"), "mine", 4, false, &err));
    assert_int_equal(vt_shop_restore(at("other"), at("b.zip"), NULL, NULL, &why), VT_ERR_EXISTS);
    check_text("other/letter.txt", "mine");
}

static int stop(void *context, const vt_progress_state *state)
{
    return strcmp(context, state->stage) == 0;
}

static void stopped_halfway_nothing_stays(void **state)
{
    (void)state;
    static const char *const stages[] = {"copying the store", "reading the shop's files", "writing the backup",
                                         "reading the backup"};
    vt_error why = VT_ERROR_INIT;
    vt_shop *shop = NULL;
    check_ok(vt_shop_open(&shop, at("shop"), VT_SHOP_READ, &err));
    for (size_t i = 0; i < 4; i++) {
        vt_progress progress = {stop, (void *)(uintptr_t)stages[i]};
        assert_int_equal(vt_shop_backup(shop, at("b.zip"), &progress, NULL, &why), VT_ERR_CANCELLED);
        assert_false(vt_file_exists(at("b.zip")) || vt_file_exists(at("b.zip.part")) ||
                     vt_file_exists(at("b.zip.store")));
    }
    vt_shop_close(shop);
}

static void keep_line(void *context, vt_log_level level, const char *line)
{
    assert_int_equal(level, VT_LOG_WARNING);
    snprintf(context, 1024, "%s", line);
}

/* What an older Vitrine wrote stays beside the upgraded store, as it was, and is gone with the shop. */
static void an_upgrade_can_be_taken_back(void **state)
{
    (void)state;
    char said[1024] = "";
    vt_shop *shop = NULL;
    sqlite3 *db = NULL;
    sqlite3_stmt *statement = NULL;
    old_store(at("shop/store.db"), 4, "INSERT INTO users(id, key, import_id) VALUES(1, 'ann', 0)");
    vt_log_set(keep_line, said);
    check_ok(vt_shop_open(&shop, at("shop"), VT_SHOP_WRITE, &err));
    vt_log_set(NULL, NULL);
    vt_shop_close(shop);
    assert_non_null(strstr(said, "was brought from schema 4 to "));
    assert_non_null(strstr(said, "store.db.schema4 ("));
    assert_int_equal(sqlite3_open(at("shop/store.db.schema4"), &db), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, "SELECT key, (SELECT user_version FROM pragma_user_version) FROM users", -1,
                                        &statement, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_string_equal(sqlite3_column_text(statement, 0), "ann");
    assert_int_equal(sqlite3_column_int(statement, 1), 4);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    unlink(at("shop/models/notes.txt"));
    check_ok(vt_shop_delete(at("shop"), &err));
    assert_false(vt_dir_exists(at("shop")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_restored_shop_is_the_same, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_backup_under_writers_is_one_revision, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_damaged_backup_makes_no_shop, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_written_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stopped_halfway_nothing_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_upgrade_can_be_taken_back, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
