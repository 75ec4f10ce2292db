/*
 * A writer that is killed at any moment loses nothing that it said was stored, and leaves nothing half stored. The
 * writer is this program again, started with a folder as its argument; each of its writes has EVENTS events.
 */
#include "check.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rng.h"
#include "dump.h"
#include "scratch.h"
#include "vitrine/read.h"

enum { EVENTS = 20 };

/* ---- the writer ------------------------------------------------------------------------------------------------ */

/* Writes for ever, merges one user, and says the number of each write once it is committed. */
static int write_until_killed(const char *path)
{
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = NULL;
    const vt_user_merge login = {vt_str_of("u0"), {NULL, 0}, vt_str_of("account")};
    int status = vt_shop_open(&shop, path, VT_SHOP_CREATE, &err);
    for (int64_t number = 1; status == VT_OK; number++) {
        vt_store *store = vt_shop_store(shop);
        status = vt_store_begin(store, "test", "test", NULL, &err);
        for (int i = 0; i < EVENTS && status == VT_OK; i++) {
            char id[48];
            char user[16];
            vt_put done;
            snprintf(id, sizeof id, "%d-%lld-%d", (int)getpid(), (long long)number, i);
            snprintf(user, sizeof user, "u%d", i % 7);
            vt_event e = event_of(user, "i", i % 2 == 0 ? VT_EVENT_PURCHASE : VT_EVENT_VIEW, 1000000 - number * 60 - i);
            e.id = vt_str_of(id);
            e.unit_price = 10;
            e.body = vt_str_of(id);
            status = vt_store_put_event(store, &e, &done, &err);
        }
        if (status == VT_OK) {
            status = vt_store_commit(store, 0, &err);
        }
        if (status == VT_OK) {
            status = vt_shop_merge_users(shop, &login, 1, NULL, &err);
        }
        if (status == VT_OK && write(STDOUT_FILENO, ".", 1) != 1) {
            break;
        }
    }
    fprintf(stderr, "the writer ends: %s\n", err.message);
    return 1;
}

/* ---- the test -------------------------------------------------------------------------------------------------- */

typedef struct writer {
    pid_t pid;
    int acknowledged; /* end of the pipe to read from */
} writer;

static writer start_writer(const char *path)
{
    extern char **environ;
    writer w;
    int ends[2];
    char program[] = "/proc/self/exe";
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    char *const args[] = {program, folder, NULL};
    posix_spawn_file_actions_t actions;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO), 0);
    assert_int_equal(posix_spawn_file_actions_addclose(&actions, ends[0]), 0);
    assert_int_equal(posix_spawn(&w.pid, program, &actions, NULL, args, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    w.acknowledged = ends[0];
    return w;
}

/* Reads what the writer says until `enough` writes are said or it has ended; gives their number. */
static int64_t hear(const writer *w, int64_t enough)
{
    char bytes[64];
    int64_t heard = 0;
    while (heard < enough) {
        ssize_t got = read(w->acknowledged, bytes, sizeof bytes);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            break;
        }
        heard += got;
    }
    return heard;
}

static int64_t count_events(const char *path)
{
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = NULL;
    vt_shop_info info;
    check_ok(vt_shop_open(&shop, path, VT_SHOP_READ, &err));
    check_ok(vt_shop_describe(shop, &info, &err));
    vt_shop_close(shop);
    return info.events;
}

static int count_one(void *context, const vt_event *event)
{
    (void)event;
    ++*(int64_t *)context;
    return 0;
}

/* All events that a write had of u0 were merged, or none. */
static void check_merges(vt_shop *shop)
{
    vt_error err = VT_ERROR_INIT;
    int64_t left = 0, merged = 0;
    int status = vt_shop_history(shop, vt_str_of("u0"), count_one, &left, &err);
    assert_true(status == VT_OK || status == VT_ERR_NOT_FOUND);
    status = vt_shop_history(shop, vt_str_of("account"), count_one, &merged, &err);
    assert_true(status == VT_OK || status == VT_ERR_NOT_FOUND);
    assert_int_equal(left % 3, 0);
    assert_int_equal(merged % 3, 0);
}

static void killed_writers_lose_nothing(void **state)
{
    (void)state;
    scratch dir;
    vt_error err = VT_ERROR_INIT;
    vt_rng rng = vt_rng_at(1, "crash", 0, 0);
    int64_t before = 0;
    scratch_init(&dir);
    const char *path = scratch_path(&dir, "shop");
    for (int round = 0; round < 12; round++) {
        writer w = start_writer(path);
        int64_t acknowledged = hear(&w, 1 + (int64_t)vt_rng_below(&rng, 6));
        assert_true(acknowledged > 0);
        /* Readers are not in the way, and see whole writes only. */
        assert_int_equal(count_events(path) % EVENTS, 0);
        usleep((useconds_t)vt_rng_below(&rng, 20000));
        assert_int_equal(kill(w.pid, SIGKILL), 0);
        int ended = 0;
        assert_int_equal(waitpid(w.pid, &ended, 0), w.pid);
        assert_true(WIFSIGNALED(ended));
        acknowledged += hear(&w, INT64_MAX);
        close(w.acknowledged);
        int64_t have = count_events(path); /* the first to come after the crash only reads */
        assert_int_equal(have % EVENTS, 0);
        /* One write may have been stored but not acknowledged. */
        assert_in_range(have - before, acknowledged * EVENTS, (acknowledged + 1) * EVENTS);
        before = have;
        vt_shop *shop = NULL;
        check_ok(vt_shop_open(&shop, path, round % 2 == 0 ? VT_SHOP_READ : VT_SHOP_WRITE, &err));
        check_ok(vt_shop_check(shop, &err));
        check_merges(shop);
        vt_shop_close(shop);
    }
    print_message("%lld events in the end\n", (long long)before);
    scratch_done(&dir);
}

/* While another process writes, a second writer is told so at once. */
static void second_writer_is_told(void **state)
{
    (void)state;
    scratch dir;
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = NULL;
    scratch_init(&dir);
    const char *path = scratch_path(&dir, "shop");
    writer w = start_writer(path);
    assert_int_equal(hear(&w, 1) > 0, true);
    assert_int_equal(vt_shop_open(&shop, path, VT_SHOP_WRITE, &err), VT_ERR_BUSY);
    assert_non_null(strstr(err.message, "in use by another process"));
    assert_int_equal(vt_shop_delete(path, &err), VT_ERR_BUSY);
    kill(w.pid, SIGKILL);
    waitpid(w.pid, NULL, 0);
    close(w.acknowledged);
    check_ok(vt_shop_open(&shop, path, VT_SHOP_WRITE, &err)); /* the lock went with the process */
    vt_shop_close(shop);
    scratch_done(&dir);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        return write_until_killed(argv[1]);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_writers_lose_nothing),
        cmocka_unit_test(second_writer_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
