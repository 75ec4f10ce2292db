/*
 * Every "out of memory" (ours and SQLite's) and every "disk full" of the main operations: the operation fails with
 * that, in a sentence, and the shop, opened anew, has what it had before and passes its check. SQLite's own memory and
 * its writes are replaced by ones that can be made to fail.
 */
#include "check.h"

#include <errno.h>
#include <sqlite3.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "dump.h"
#include "scratch.h"

/* ---- faults -------------------------------------------------------------------------------------------------- */

static long countdown = -1; /* calls until the one that fails; -1: none fails */
static long hits;
static sqlite3_mem_methods memory;

static bool fails(void)
{
    if (countdown < 0) {
        return false;
    }
    if (countdown > 0) {
        countdown--;
        return false;
    }
    hits++;
    return true;
}

static bool memory_is_walked;

static void *faulty_malloc(int bytes)
{
    return memory_is_walked && fails() ? NULL : memory.xMalloc(bytes);
}

static void *faulty_realloc(void *old, int bytes)
{
    return memory_is_walked && fails() ? NULL : memory.xRealloc(old, bytes);
}

static ssize_t faulty_write(int fd, const void *bytes, size_t len)
{
    if (!memory_is_walked && fails()) {
        errno = ENOSPC;
        return -1;
    }
    return write(fd, bytes, len);
}

static ssize_t faulty_pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    if (!memory_is_walked && fails()) {
        errno = ENOSPC;
        return -1;
    }
    return pwrite(fd, bytes, len, at);
}

static void replace_calls(void)
{
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory), SQLITE_OK);
    sqlite3_mem_methods faulty = memory;
    faulty.xMalloc = faulty_malloc;
    faulty.xRealloc = faulty_realloc;
    assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &faulty), SQLITE_OK);
    assert_int_equal(sqlite3_initialize(), SQLITE_OK);
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    assert_int_equal(vfs->xSetSystemCall(vfs, "write", (sqlite3_syscall_ptr)faulty_write), SQLITE_OK);
    assert_int_equal(vfs->xSetSystemCall(vfs, "pwrite", (sqlite3_syscall_ptr)faulty_pwrite), SQLITE_OK);
    assert_int_equal(vfs->xSetSystemCall(vfs, "pwrite64", (sqlite3_syscall_ptr)faulty_pwrite), SQLITE_OK);
}

typedef enum fault { FAULT_ALLOC, FAULT_SQLITE_ALLOC, FAULT_WRITE, FAULT_OWN_WRITE } fault;

static void arm(fault kind, long n)
{
    hits = 0;
    memory_is_walked = kind == FAULT_SQLITE_ALLOC;
    if (kind == FAULT_ALLOC) {
        vt_alloc_fail_after(n);
    } else if (kind == FAULT_OWN_WRITE) {
        vt_file_fail_after(n);
    } else {
        countdown = n;
    }
}

static void disarm(void)
{
    countdown = -1;
    vt_alloc_fail_after(-1);
    vt_file_fail_after(-1);
}

/* ---- operations: each opens the shop and closes it ------------------------------------------------------------- */

static int put_some(vt_store *store, vt_error *err)
{
    vt_put done;
    vt_event e = event_of("ann", "tea", VT_EVENT_PURCHASE, 86400);
    e.unit_price = 300;
    e.body = vt_str_of("text");
    e.model = vt_str_of("ials");
    int status = vt_store_put_event(store, &e, &done, err);
    e = event_of("new user", "new item", VT_EVENT_RATING, 5000);
    if (status == VT_OK) {
        status = vt_store_put_event(store, &e, &done, err);
    }
    vt_item item = item_of("tea");
    vt_str images[] = {vt_str_of("1.jpg"), vt_str_of("2.jpg")};
    item.title = vt_str_of("other title");
    item.attributes = vt_str_of("{\"a\":[1,2]}");
    item.images = images;
    item.n_images = 2;
    item.price = 310;
    item.stock = 4;
    item.as_of = 900;
    if (status == VT_OK) {
        status = vt_store_put_item(store, &item, &done, err);
    }
    vt_user user = user_of("ann");
    user.tier = vt_str_of("premium");
    if (status == VT_OK) {
        status = vt_store_put_user(store, &user, &done, err);
    }
    vt_link link = link_of("tea", "cup", "also_buy", 3);
    return status == VT_OK ? vt_store_put_item_link(store, &link, &done, err) : status;
}

static int do_import(const char *path, vt_error *err)
{
    vt_shop *shop = NULL;
    int status = vt_shop_open(&shop, path, VT_SHOP_WRITE, err);
    if (status != VT_OK) {
        return status;
    }
    vt_store *store = vt_shop_store(shop);
    status = vt_store_begin(store, "test", "file", NULL, err);
    if (status == VT_OK) {
        status = put_some(store, err);
        if (status == VT_OK) {
            status = vt_store_commit(store, 0, err);
        } else {
            vt_store_rollback(store);
        }
    }
    vt_shop_close(shop);
    return status;
}

static int do_undo(const char *path, vt_error *err)
{
    vt_shop *shop = NULL;
    vt_import_report report;
    int status = vt_shop_open(&shop, path, VT_SHOP_WRITE, err);
    if (status == VT_OK) {
        status = vt_store_undo(vt_shop_store(shop), 2, &report, err);
    }
    vt_shop_close(shop);
    return status;
}

static int do_merge(const char *path, vt_error *err)
{
    vt_shop *shop = NULL;
    vt_put_result result;
    const vt_user_merge merge = {vt_str_of("ann"), {NULL, 0}, vt_str_of("account")};
    int status = vt_shop_open(&shop, path, VT_SHOP_WRITE, err);
    if (status == VT_OK) {
        status = vt_shop_merge_users(shop, &merge, 1, &result, err);
    }
    vt_shop_close(shop);
    return status;
}

static int do_remove(const char *path, vt_error *err)
{
    vt_shop *shop = NULL;
    vt_put_result result;
    const vt_str id = vt_str_of("second");
    int status = vt_shop_open(&shop, path, VT_SHOP_WRITE, err);
    if (status == VT_OK) {
        status = vt_shop_remove_events(shop, &id, 1, &result, err);
    }
    vt_shop_close(shop);
    return status;
}

static int do_settings(const char *path, vt_error *err)
{
    vt_shop *shop = NULL;
    int status = vt_shop_open(&shop, path, VT_SHOP_WRITE, err);
    if (status == VT_OK) {
        status = vt_shop_set(shop, "currency", "EUR", err);
    }
    vt_shop_close(shop);
    return status;
}

static int do_results(const char *path, vt_error *err)
{
    vt_shop *shop = NULL;
    const vt_result rows[] = {{.rank = 0, .subject = vt_str_of(""), .value = .5, .count = 2},
                              {.rank = 0, .subject = vt_str_of("tea"), .value = .25, .count = 4}};
    const vt_result phrase = {.rank = 1, .subject = vt_str_of("tea"), .object = vt_str_of("warm"), .value = 3};
    const vt_result_rows sets[] = {{"sentiment", rows, 2}, {"phrase_for", &phrase, 1}};
    int status = vt_shop_open(&shop, path, VT_SHOP_WRITE, err);
    if (status == VT_OK) {
        status = vt_results_replace(shop, sets, 2, err);
    }
    vt_shop_close(shop);
    return status;
}

static int do_rules(const char *path, vt_error *err)
{
    vt_shop *shop = NULL;
    vt_shop_rule rule;
    vt_put done;
    vt_shop_rule_init(&rule);
    rule.id = vt_str_of("r1");
    rule.action = VT_RULE_PIN;
    rule.what = VT_RULE_ITEM;
    rule.name = vt_str_of("tea");
    int status = vt_shop_open(&shop, path, VT_SHOP_WRITE, err);
    if (status == VT_OK) {
        status = vt_shop_rule_put(&done, shop, &rule, err);
    }
    vt_shop_close(shop);
    return status;
}

static int do_nothing_with(void *context, int64_t row, const vt_item *item)
{
    (void)row;
    *(size_t *)context += item->n_images;
    return 0;
}

static int do_read(const char *path, vt_error *err)
{
    vt_shop *shop = NULL;
    vt_shop_info info;
    size_t images = 0;
    int status = vt_shop_open(&shop, path, VT_SHOP_READ, err);
    if (status == VT_OK) {
        status = vt_shop_describe(shop, &info, err);
    }
    if (status == VT_OK) {
        status = vt_store_each_item_after(vt_shop_store(shop), 0, do_nothing_with, &images, err);
    }
    if (status == VT_OK) {
        status = vt_shop_check(shop, err);
    }
    vt_shop_close(shop);
    return status;
}

static int do_create(const char *path, vt_error *err)
{
    vt_shop *shop = NULL;
    int status = vt_shop_open(&shop, path, VT_SHOP_CREATE, err);
    vt_shop_close(shop);
    return status;
}

/* ---- failing each call ------------------------------------------------------------------------------------------- */

static char *dump_at(const char *path)
{
    vt_shop *shop = NULL;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_shop_open(&shop, path, VT_SHOP_READ, &err));
    check_ok(vt_shop_check(shop, &err));
    char *text = dump_store(vt_shop_store(shop));
    vt_shop_close(shop);
    return text;
}

static void copy_store(const char *from, const char *to)
{
    char path[512];
    char *bytes = NULL;
    size_t size = 0;
    vt_error err = VT_ERROR_INIT;
    snprintf(path, sizeof path, "%s/store.db", from);
    check_ok(vt_file_read(&bytes, &size, path, 1 << 24, &err));
    snprintf(path, sizeof path, "%s/store.db", to);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    const char *const beside[] = {"-wal", "-shm"};
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/store.db%s", to, beside[i]);
        unlink(path);
    }
    vt_free(bytes);
}

/* A shop with two imports in `path`. */
static void fill(const char *path)
{
    vt_shop *shop = NULL;
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    check_ok(vt_shop_open(&shop, path, VT_SHOP_CREATE, &err));
    vt_store *store = vt_shop_store(shop);
    for (int i = 0; i < 2; i++) {
        check_ok(vt_store_begin(store, "test", "file", NULL, &err));
        vt_event e = event_of("ann", "tea", VT_EVENT_PURCHASE, 500000 - i * 100000);
        e.id = vt_str_of(i == 0 ? "first" : "second");
        e.unit_price = 200 + i;
        e.currency = vt_str_of("EUR");
        check_ok(vt_store_put_event(store, &e, &done, &err));
        vt_item item = item_of("tea");
        item.title = vt_str_of(i == 0 ? "one" : "two");
        item.price = 100 + i;
        item.as_of = 100 + i;
        check_ok(vt_store_put_item(store, &item, &done, &err));
        vt_link link = link_of("tea", "cup", "also_buy", i);
        check_ok(vt_store_put_item_link(store, &link, &done, &err));
        check_ok(vt_store_commit(store, 0, &err));
    }
    vt_shop_close(shop);
}

/* SQLite allocates thousands of times: all are tried with VITRINE_FAULTS=all, else one in a prime number. */
static long step_of(fault kind)
{
    const char *all = getenv("VITRINE_FAULTS");
    return kind != FAULT_SQLITE_ALLOC || (all != NULL && strcmp(all, "all") == 0) ? 1 : 83;
}

/* The n-th call and all later ones fail for n = 0, 1, 2 ... until nothing fails any more. */
static void fail_each(const char *name, int (*operation)(const char *path, vt_error *err), fault kind)
{
    scratch dir;
    char origin[256];
    char path[256];
    vt_error err = VT_ERROR_INIT;
    scratch_init(&dir);
    snprintf(origin, sizeof origin, "%s/origin", dir.dir);
    snprintf(path, sizeof path, "%s/shop", dir.dir);
    fill(origin);
    fill(path);
    char *before = dump_at(origin);
    check_ok(operation(path, &err));
    char *after = dump_at(path);
    long failures = 0;
    for (long n = 0;; n += step_of(kind)) {
        copy_store(origin, path);
        err = (vt_error)VT_ERROR_INIT;
        arm(kind, n);
        int status = operation(path, &err);
        long met = kind == FAULT_ALLOC || kind == FAULT_OWN_WRITE ? status != VT_OK : hits;
        disarm();
        char *now = dump_at(path);
        assert_string_equal(now, status == VT_OK ? after : before);
        free(now);
        if (status != VT_OK) {
            vt_code want = kind == FAULT_ALLOC || kind == FAULT_SQLITE_ALLOC ? VT_ERR_NO_MEMORY : VT_ERR_NO_SPACE;
            if (status != (int)want || err.code != want || err.message[0] == '\0') {
                fail_msg("%s, failure %ld: status %d, code %d, \"%s\"", name, n, status, (int)err.code, err.message);
            }
            failures++;
        }
        if (met == 0) {
            break;
        }
    }
    print_message("%s: %ld failures\n", name, failures);
    free(before);
    free(after);
    scratch_done(&dir);
}

static void memory_runs_out(void **state)
{
    (void)state;
    fail_each("import, allocations", do_import, FAULT_ALLOC);
    fail_each("undo, allocations", do_undo, FAULT_ALLOC);
    fail_each("merge, allocations", do_merge, FAULT_ALLOC);
    fail_each("taking an event back, allocations", do_remove, FAULT_ALLOC);
    fail_each("settings, allocations", do_settings, FAULT_ALLOC);
    fail_each("results, allocations", do_results, FAULT_ALLOC);
    fail_each("rules, allocations", do_rules, FAULT_ALLOC);
    fail_each("reading, allocations", do_read, FAULT_ALLOC);
}

static void memory_of_sqlite_runs_out(void **state)
{
    (void)state;
    fail_each("import, allocations of SQLite", do_import, FAULT_SQLITE_ALLOC);
    fail_each("undo, allocations of SQLite", do_undo, FAULT_SQLITE_ALLOC);
    fail_each("merge, allocations of SQLite", do_merge, FAULT_SQLITE_ALLOC);
    fail_each("taking an event back, allocations of SQLite", do_remove, FAULT_SQLITE_ALLOC);
    fail_each("settings, allocations of SQLite", do_settings, FAULT_SQLITE_ALLOC);
    fail_each("results, allocations of SQLite", do_results, FAULT_SQLITE_ALLOC);
    fail_each("rules, allocations of SQLite", do_rules, FAULT_SQLITE_ALLOC);
    fail_each("reading, allocations of SQLite", do_read, FAULT_SQLITE_ALLOC);
}

static void disk_is_full(void **state)
{
    (void)state;
    fail_each("import, writes", do_import, FAULT_WRITE);
    fail_each("undo, writes", do_undo, FAULT_WRITE);
    fail_each("merge, writes", do_merge, FAULT_WRITE);
    fail_each("taking an event back, writes", do_remove, FAULT_WRITE);
    fail_each("settings, writes", do_settings, FAULT_WRITE);
    fail_each("results, writes", do_results, FAULT_WRITE);
    fail_each("rules, writes", do_rules, FAULT_WRITE);
}

/* A shop that cannot be made leaves nothing, and can be made afterwards. */
static void creation_leaves_nothing(void **state)
{
    (void)state;
    static const fault kinds[] = {FAULT_ALLOC, FAULT_SQLITE_ALLOC, FAULT_WRITE, FAULT_OWN_WRITE};
    for (size_t k = 0; k < 4; k++) {
        long failures = 0;
        for (long n = 0;; n += step_of(kinds[k])) {
            scratch dir;
            vt_error err = VT_ERROR_INIT;
            scratch_init(&dir);
            const char *path = scratch_path(&dir, "shop");
            arm(kinds[k], n);
            int status = do_create(path, &err);
            long met = kinds[k] == FAULT_ALLOC || kinds[k] == FAULT_OWN_WRITE ? status != VT_OK : hits;
            disarm();
            if (status != VT_OK) {
                failures++;
                assert_true(status == VT_ERR_NO_MEMORY || status == VT_ERR_NO_SPACE);
                if (vt_dir_exists(path) && !vt_shop_exists(path)) {
                    fail_msg("failure %ld of kind %zu leaves the folder behind", n, k);
                }
            }
            check_ok(do_create(path, &err));
            free(dump_at(path));
            scratch_done(&dir);
            if (met == 0) {
                break;
            }
        }
        print_message("creation, kind %zu: %ld failures\n", k, failures);
    }
}

int main(void)
{
    if (access("/dev/shm", W_OK) == 0) {
        setenv("TMPDIR", "/dev/shm", 1); /* hundreds of shops are made and synced: a disk would take a minute */
    }
    replace_calls();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_runs_out),
        cmocka_unit_test(memory_of_sqlite_runs_out),
        cmocka_unit_test(disk_is_full),
        cmocka_unit_test(creation_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
