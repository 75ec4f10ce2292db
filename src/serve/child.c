/* posix_spawn, never fork: the server has many threads, and the child sees none of their descriptors. */
#include "serve/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/clock.h"

extern char **environ;

#define PATIENCE_SECONDS 10 /* between being told to end and being ended */

static int set_up(posix_spawn_file_actions_t *actions, posix_spawnattr_t *attributes, const int out[2],
                  const int errors[2])
{
    sigset_t none;
    sigemptyset(&none);
    int code = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
    code = code != 0 ? code : posix_spawn_file_actions_adddup2(actions, out[1], 1);
    code = code != 0 ? code : posix_spawn_file_actions_adddup2(actions, errors[1], 2);
    code = code != 0 ? code : posix_spawn_file_actions_addclosefrom_np(actions, 3);
    code = code != 0 ? code : posix_spawnattr_setsigmask(attributes, &none);
    return code != 0 ? code : posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK);
}

/*
 * Our environment, with OpenBLAS at one thread: others would take memory as soon as it is loaded, and wait for ever
 * where there is none. Freed with vt_free().
 */
static int make_environment(const char ***out, vt_error *err)
{
    static const char name[] = "OPENBLAS_NUM_THREADS=";
    size_t n = 0, kept = 0;
    while (environ[n] != NULL) {
        n++;
    }
    const char **all = vt_alloc(n + 2, sizeof *all, err);
    if (all == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        if (strncmp(environ[i], name, sizeof name - 1) != 0) {
            all[kept++] = environ[i];
        }
    }
    all[kept++] = "OPENBLAS_NUM_THREADS=1";
    all[kept] = NULL;
    *out = all;
    return VT_OK;
}

static int spawn(pid_t *pid, const char *const *argv, const int out[2], const int errors[2], vt_error *err)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    const char **all = NULL;
    if (make_environment(&all, err) != VT_OK) {
        return VT_ERR_NO_MEMORY;
    }
    int code = posix_spawn_file_actions_init(&actions);
    if (code != 0) {
        vt_free((void *)(uintptr_t)all);
        return vt_fail_errno(err, code, "cannot begin a process");
    }
    code = posix_spawnattr_init(&attributes);
    if (code == 0) {
        code = set_up(&actions, &attributes, out, errors);
        if (code == 0) {
            code = posix_spawn(pid, argv[0], &actions, &attributes, (char *const *)(uintptr_t)argv,
                               (char *const *)(uintptr_t)all);
        }
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    vt_free((void *)(uintptr_t)all);
    return code == 0 ? VT_OK : vt_fail_errno(err, code, "cannot begin %s", argv[0]);
}

/* What is there to read; false at the end. What does not fit is dropped: the child must not wait for us. */
static bool take(vt_buf *to, int fd)
{
    char bytes[4096];
    ssize_t n = read(fd, bytes, sizeof bytes);
    if (n > 0) {
        (void)vt_buf_add(to, bytes, (size_t)n, NULL);
    }
    return n > 0 || (n < 0 && errno == EINTR);
}

/* Reads until both ends are closed; tells the child to end when `stop` says so, and ends it when it does not. */
static void attend(vt_child *child, pid_t pid, const int fds[2], int stop)
{
    struct pollfd waits[3] = {
        {.fd = fds[0], .events = POLLIN}, {.fd = fds[1], .events = POLLIN}, {.fd = stop, .events = POLLIN}};
    vt_buf *const to[2] = {&child->out, &child->errors};
    double until = 0;
    while (waits[0].fd >= 0 || waits[1].fd >= 0) {
        if (poll(waits, 3, child->stopped ? 200 : -1) < 0 && errno != EINTR) {
            break;
        }
        for (int i = 0; i < 2; i++) {
            if (waits[i].fd >= 0 && waits[i].revents != 0 && !take(to[i], waits[i].fd)) {
                waits[i].fd = -1;
            }
        }
        if (!child->stopped && waits[2].revents != 0) {
            child->stopped = true;
            waits[2].fd = -1;
            until = vt_seconds() + PATIENCE_SECONDS;
            kill(pid, SIGTERM);
        } else if (child->stopped && vt_seconds() > until) {
            kill(pid, SIGKILL);
        }
    }
}

int vt_child_run(vt_child *child, const char *const *argv, int stop, vt_error *err)
{
    int out[2] = {-1, -1}, errors[2] = {-1, -1};
    pid_t pid = -1;
    int status = pipe2(out, O_CLOEXEC) != 0 || pipe2(errors, O_CLOEXEC) != 0
                     ? vt_fail_errno(err, errno, "cannot make a pipe")
                     : spawn(&pid, argv, out, errors, err);
    for (int i = 1; i >= 0; i--) { /* the ends to write to first: only the child has them from now on */
        if (status == VT_OK && i == 0) {
            const int fds[2] = {out[0], errors[0]};
            attend(child, pid, fds, stop);
        }
        if (out[i] >= 0) {
            close(out[i]);
        }
        if (errors[i] >= 0) {
            close(errors[i]);
        }
    }
    if (status == VT_OK) {
        int ended = 0;
        while (waitpid(pid, &ended, 0) < 0 && errno == EINTR) {
        }
        child->code = WIFEXITED(ended) ? WEXITSTATUS(ended) : -1;
    }
    return status;
}
