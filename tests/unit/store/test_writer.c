/*
 * Batches and the writer for many threads: each record has its own answer, what was answered is on the disk when the
 * process is killed, and a disk that fails answers everybody. The process that is killed is this program again.
 */
#include "check.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dump.h"
#include "scratch.h"
#include "vitrine/writer.h"

enum { WRITERS = 8, EACH = 60 };

typedef struct worker {
    pthread_t thread;
    vt_writer *writer;
    int number;
    int acknowledged; /* file to say each answered event to, or -1 */
    int refused;      /* records, batches that failed */
    int failed;
} worker;

static vt_event numbered_event(char id[48], char user[16], int writer, int n)
{
    snprintf(id, 48, "%d-%d-%d", (int)getpid(), writer, n);
    snprintf(user, 16, "u%d", n % 5);
    vt_event event = event_of(user, "i", n % 2 == 0 ? VT_EVENT_VIEW : VT_EVENT_PURCHASE, 1000 + n);
    event.id = vt_str_of(id);
    return event;
}

static void *work(void *context)
{
    worker *w = context;
    for (int n = 0; w->acknowledged >= 0 || n < EACH; n++) {
        char id[48];
        char user[16];
        vt_error err = VT_ERROR_INIT;
        vt_put_result results[2] = {{0}};
        vt_event events[2] = {numbered_event(id, user, w->number, n), event_of("", "i", VT_EVENT_VIEW, 1)};
        if (vt_writer_put_events(w->writer, events, 2, results, &err) != VT_OK) {
            w->failed++;
            continue;
        }
        w->refused += results[1].done == VT_PUT_REFUSED && results[0].done == VT_PUT_ADDED;
        if (w->acknowledged >= 0 && write(w->acknowledged, ".", 1) != 1) {
            break;
        }
    }
    return NULL;
}

static void run_workers(worker *workers, vt_writer *writer, int acknowledged)
{
    for (int i = 0; i < WRITERS; i++) {
        workers[i] = (worker){.writer = writer, .number = i, .acknowledged = acknowledged};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(workers[i].thread, NULL);
    }
}

static void many_threads(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = NULL;
    vt_writer *writer = NULL;
    vt_shop_info info;
    worker workers[WRITERS];
    scratch dir;
    scratch_init(&dir);
    check_ok(vt_shop_open(&shop, scratch_path(&dir, "shop"), VT_SHOP_CREATE, &err));
    check_ok(vt_writer_open(&writer, shop, &err));
    run_workers(workers, writer, -1);
    vt_writer_close(writer);
    for (int i = 0; i < WRITERS; i++) {
        assert_int_equal(workers[i].refused, EACH); /* the bad half of each batch, and only that */
        assert_int_equal(workers[i].failed, 0);
    }
    check_ok(vt_shop_describe(shop, &info, &err));
    assert_int_equal(info.events, WRITERS * EACH);
    assert_in_range(info.revision, 2, WRITERS * EACH + 1);
    check_ok(vt_shop_check(shop, &err));
    vt_shop_close(shop);
    scratch_done(&dir);
}

static void all_that_can_be_written(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = NULL;
    vt_writer *writer = NULL;
    vt_put_result results[2];
    scratch dir;
    scratch_init(&dir);
    check_ok(vt_shop_open(&shop, scratch_path(&dir, "shop"), VT_SHOP_CREATE, &err));
    check_ok(vt_writer_open(&writer, shop, &err));
    vt_item items[] = {item_of("tea"), item_of("")};
    items[0].title = vt_str_of("Tea");
    vt_user users[] = {user_of("ann"), user_of("bob")};
    vt_link link = link_of("ann", "bob", "follows", 1);
    vt_link also = link_of("tea", "pot", "also_buy", 2);
    vt_event sale = event_of("ann", "tea", VT_EVENT_PURCHASE, 10);
    sale.order_id = vt_str_of("o");
    sale.line = vt_str_of("1");
    sale.unit_price = 500;
    check_ok(vt_writer_put_items(writer, items, 2, results, &err));
    assert_int_equal(results[0].done, VT_PUT_ADDED);
    assert_int_equal(results[1].done, VT_PUT_REFUSED);
    assert_int_equal(results[1].code, VT_ERR_FORMAT);
    assert_non_null(strstr(results[1].message, "item id"));
    check_ok(vt_writer_put_users(writer, users, 2, NULL, &err));
    check_ok(vt_writer_put_user_links(writer, &link, 1, results, &err));
    check_ok(vt_writer_put_item_links(writer, &also, 1, results, &err));
    check_ok(vt_writer_put_events(writer, &sale, 1, results, &err));
    check_ok(vt_writer_put_events(writer, &sale, 1, results, &err));
    assert_int_equal(results[0].done, VT_PUT_SAME);
    const vt_order_change changes[] = {{vt_str_of("o"), vt_str_of("1"), VT_LINE_RETURNED, 500},
                                       {vt_str_of("p"), {NULL, 0}, VT_LINE_CANCELLED, VT_NONE}};
    check_ok(vt_writer_set_orders(writer, changes, 2, results, &err));
    assert_int_equal(results[0].done, VT_PUT_CHANGED);
    assert_int_equal(results[1].code, VT_ERR_NOT_FOUND);
    const vt_offer offers[] = {{vt_str_of("tea"), 450, VT_NONE, 7, 1000}, {vt_str_of("cup"), 1, 1, 1, 1}};
    check_ok(vt_writer_set_offers(writer, offers, 2, results, &err));
    assert_int_equal(results[0].done, VT_PUT_CHANGED);
    assert_int_equal(results[1].code, VT_ERR_NOT_FOUND);
    const vt_str gone = vt_str_of("bob");
    check_ok(vt_writer_erase_users(writer, &gone, 1, results, &err));
    const vt_user_merge merges[] = {{vt_str_of("ann"), {NULL, 0}, vt_str_of("eve")},
                                    {vt_str_of("ann"), {NULL, 0}, vt_str_of("eve")}};
    check_ok(vt_writer_merge_users(writer, merges, 2, results, &err));
    assert_int_equal(results[0].done, VT_PUT_CHANGED);
    assert_int_equal(results[1].code, VT_ERR_NOT_FOUND);
    vt_writer_close(writer);
    char *text = dump_store(vt_shop_store(shop));
    assert_string_equal(text, "event eve||tea|2|0|10|-1|-|500|-||o||||||line 1 state 2 refunded 500\n"
                              "item tea|Tea||||||450|-|7|-|-|1000:450/- |\n"
                              "link tea>pot also_buy 2\n"
                              "user eve|||||\n");
    free(text);
    vt_shop_close(shop);
    scratch_done(&dir);
}

/* ---- a process that writes until it is killed ------------------------------------------------------------------- */

static int write_until_killed(const char *path, bool small_disk)
{
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = NULL;
    vt_writer *writer = NULL;
    worker workers[WRITERS];
    if (vt_shop_open(&shop, path, VT_SHOP_CREATE, &err) != VT_OK || vt_writer_open(&writer, shop, &err) != VT_OK) {
        return 1;
    }
    if (!small_disk) {
        run_workers(workers, writer, STDOUT_FILENO);
        return 1;
    }
    const struct rlimit limit = {1, 1}; /* no file grows any more */
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    run_workers(workers, writer, -1);
    int failed = 0;
    for (int i = 0; i < WRITERS; i++) {
        failed += workers[i].failed;
    }
    vt_writer_close(writer);
    vt_shop_close(shop);
    return failed == WRITERS * EACH ? 42 : 1;
}

static pid_t start(const char *path, const char *how, int *acknowledged)
{
    extern char **environ;
    int ends[2];
    pid_t pid = 0;
    char program[] = "/proc/self/exe";
    char folder[PATH_MAX];
    char way[16];
    snprintf(folder, sizeof folder, "%s", path);
    snprintf(way, sizeof way, "%s", how);
    char *const args[] = {program, folder, way, NULL};
    posix_spawn_file_actions_t actions;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO), 0);
    assert_int_equal(posix_spawn_file_actions_addclose(&actions, ends[0]), 0);
    assert_int_equal(posix_spawn(&pid, program, &actions, NULL, args, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    *acknowledged = ends[0];
    return pid;
}

/* Bytes that come until `enough` or the end. */
static int64_t hear(int acknowledged, int64_t enough)
{
    char bytes[64];
    int64_t heard = 0;
    while (heard < enough) {
        ssize_t got = read(acknowledged, bytes, sizeof bytes);
        if (got <= 0 && !(got < 0 && errno == EINTR)) {
            break;
        }
        heard += got > 0 ? got : 0;
    }
    return heard;
}

static void killed_after_the_answer(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    int64_t before = 0;
    scratch dir;
    scratch_init(&dir);
    const char *path = scratch_path(&dir, "shop");
    for (int round = 0; round < 4; round++) {
        vt_shop *shop = NULL;
        vt_shop_info info;
        int acknowledged = -1;
        pid_t pid = start(path, "kill", &acknowledged);
        int64_t heard = hear(acknowledged, 40 + 30 * round);
        assert_int_equal(kill(pid, SIGKILL), 0);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        heard += hear(acknowledged, INT64_MAX);
        close(acknowledged);
        assert_true(heard > 0);
        check_ok(vt_shop_open(&shop, path, VT_SHOP_READ, &err));
        check_ok(vt_shop_describe(shop, &info, &err));
        check_ok(vt_shop_check(shop, &err));
        assert_true(info.events - before >= heard); /* all that was answered, maybe some that was not yet */
        assert_true(info.events - before <= heard + 2 * WRITERS);
        before = info.events;
        vt_shop_close(shop);
    }
    scratch_done(&dir);
}

static void a_full_disk_answers_all(void **state)
{
    (void)state;
    int acknowledged = -1;
    int ended = 0;
    scratch dir;
    scratch_init(&dir);
    pid_t pid = start(scratch_path(&dir, "shop"), "full", &acknowledged);
    assert_int_equal(waitpid(pid, &ended, 0), pid);
    close(acknowledged);
    assert_true(WIFEXITED(ended));
    assert_int_equal(WEXITSTATUS(ended), 42);
    scratch_done(&dir);
}

int main(int argc, char **argv)
{
    if (argc > 2) {
        return write_until_killed(argv[1], strcmp(argv[2], "full") == 0);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_threads),
        cmocka_unit_test(all_that_can_be_written),
        cmocka_unit_test(killed_after_the_answer),
        cmocka_unit_test(a_full_disk_answers_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
