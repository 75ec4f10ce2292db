/*
 * Somebody who may read a shop and not write in its folder. The reader is this program again, as another user; it
 * counts the events whenever it is asked, over one open shop, while this process writes and closes.
 */
#include "check.h"

#include <grp.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dump.h"
#include "scratch.h"

enum { NOBODY = 65534 };

/* Answers each byte with a line: the number of events, or what went wrong. */
static int answer(const char *path)
{
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = NULL;
    char asked;
    if (setgroups(0, NULL) != 0 || setgid(NOBODY) != 0 || setuid(NOBODY) != 0) {
        return 1;
    }
    int status = vt_shop_open(&shop, path, VT_SHOP_READ, &err);
    while (read(STDIN_FILENO, &asked, 1) == 1) {
        vt_shop_info info = {0};
        char line[2048];
        status = status == VT_OK ? vt_shop_describe(shop, &info, &err) : status;
        status = status == VT_OK ? vt_shop_check(shop, &err) : status;
        int n = status == VT_OK ? snprintf(line, sizeof line, "%lld\n", (long long)info.events)
                                : snprintf(line, sizeof line, "%s\n", err.message);
        if (write(STDOUT_FILENO, line, (size_t)n) != n) {
            break;
        }
    }
    vt_shop_close(shop);
    return 0;
}

typedef struct reader {
    pid_t pid;
    int ask, hear;
} reader;

static reader start(const char *path)
{
    extern char **environ;
    int in[2];
    int out[2];
    reader r;
    char program[] = "/proc/self/exe";
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    char *const args[] = {program, folder, NULL};
    posix_spawn_file_actions_t actions;
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO), 0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO), 0);
    assert_int_equal(posix_spawn_file_actions_addclose(&actions, in[1]), 0);
    assert_int_equal(posix_spawn_file_actions_addclose(&actions, out[0]), 0);
    assert_int_equal(posix_spawn(&r.pid, program, &actions, NULL, args, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    r.ask = in[1];
    r.hear = out[0];
    return r;
}

static const char *ask(const reader *r)
{
    static char line[2048];
    size_t n = 0;
    assert_int_equal(write(r->ask, "?", 1), 1);
    while (n + 1 < sizeof line && read(r->hear, line + n, 1) == 1 && line[n] != '\n') {
        n++;
    }
    line[n] = '\0';
    return line;
}

static void write_events(vt_shop *shop, int64_t from, int64_t n)
{
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    check_ok(vt_store_begin(vt_shop_store(shop), NULL, NULL, NULL, &err));
    for (int64_t i = from; i < from + n; i++) {
        char user[24];
        snprintf(user, sizeof user, "u%lld", (long long)i);
        vt_event event = event_of(user, "i", VT_EVENT_VIEW, i);
        check_ok(vt_store_put_event(vt_shop_store(shop), &event, &done, &err));
    }
    check_ok(vt_store_commit(vt_shop_store(shop), 0, &err));
}

static void what_is_read_is_never_stale(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = NULL;
    int ended = 0;
    scratch dir;
    if (geteuid() != 0) {
        print_message("skipped: only root can be somebody else\n");
        skip();
    }
    scratch_init(&dir);
    const char *path = scratch_path(&dir, "shop");
    check_ok(vt_shop_open(&shop, path, VT_SHOP_CREATE, &err));
    write_events(shop, 0, 20);
    vt_shop_close(shop);
    assert_int_equal(chmod(scratch_path(&dir, ""), 0755), 0);
    reader r = start(scratch_path(&dir, "shop"));
    assert_string_equal(ask(&r), "20"); /* nobody writes: no log is there, and none can be made */
    check_ok(vt_shop_open(&shop, scratch_path(&dir, "shop"), VT_SHOP_WRITE, &err));
    write_events(shop, 20, 5);
    assert_string_equal(ask(&r), "25"); /* from the log of the writer */
    reader second = start(scratch_path(&dir, "shop"));
    assert_string_equal(ask(&second), "25");
    write_events(shop, 25, 20000); /* more than the log keeps for itself */
    assert_string_equal(ask(&r), "20025");
    assert_string_equal(ask(&second), "20025");
    vt_shop_close(shop);
    assert_string_equal(ask(&r), "20025");
    check_ok(vt_shop_open(&shop, scratch_path(&dir, "shop"), VT_SHOP_WRITE, &err));
    write_events(shop, 20025, 5);
    assert_string_equal(ask(&r), "20030");
    assert_string_equal(ask(&second), "20030");
    vt_shop_close(shop);
    close(r.ask);
    close(second.ask);
    assert_int_equal(waitpid(r.pid, &ended, 0), r.pid);
    assert_int_equal(waitpid(second.pid, &ended, 0), second.pid);
    close(r.hear);
    close(second.hear);
    scratch_done(&dir);
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        return answer(argv[1]);
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_read_is_never_stale)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
