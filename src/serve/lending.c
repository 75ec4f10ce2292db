/* One borrower after the other: the thread accepts, the writer's thread waits until the borrower has gone. */
#include "serve/lending.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/log.h"
#include "store/lend.h"

enum { RETRY_MS = 5, RETRIES = 2000 /* the lock of a borrower that was killed ends with its process */ };

struct vt_lending {
    char store[PATH_MAX];
    vt_writer *writer;
    vt_lending_events events;
    int listening;
    int wake[2]; /* closed at its writing end: all ends */
    pthread_t thread;
    bool running;
};

/* A borrower, for as long as it is served. */
typedef struct borrower {
    vt_write_task task;
    vt_lending *lending;
    int fd;
    pthread_mutex_t mutex;
    pthread_cond_t answered;
    bool done;
} borrower;

/* Until the borrower closes its connection; false when the server ends before that. */
static bool wait_for_end(const borrower *b)
{
    struct pollfd waits[2] = {{.fd = b->fd, .events = POLLIN}, {.fd = b->lending->wake[0], .events = POLLIN}};
    char byte;
    for (;;) {
        if (poll(waits, 2, -1) < 0 && errno != EINTR) {
            return false;
        }
        if (waits[0].revents != 0 && read(b->fd, &byte, 1) <= 0) {
            return true;
        }
        if (waits[1].revents != 0) {
            return false;
        }
    }
}

static int resume(vt_shop *shop, vt_error *err)
{
    int status = VT_ERR_BUSY;
    for (int i = 0; i < RETRIES && status == VT_ERR_BUSY; i++) {
        vt_error_reset(err);
        status = vt_shop_resume(shop, err);
        if (status == VT_ERR_BUSY) {
            poll(NULL, 0, RETRY_MS);
        }
    }
    return status;
}

/* On the writer's thread, between two writes. */
static int lend(void *context, vt_shop *shop, vt_error *err)
{
    borrower *b = context;
    vt_error why = VT_ERROR_INIT;
    vt_shop_suspend(shop);
    if (vt_lend_give(b->fd, &why) == VT_OK && !wait_for_end(b)) {
        return VT_OK; /* the server ends; the borrower goes on */
    }
    int status = resume(shop, &why);
    if (status != VT_OK) {
        vt_log(VT_LOG_ERROR, "the shop cannot be opened again after a command has written: %s", why.message);
        b->lending->events.failed(b->lending->events.context);
        return vt_fail(err, why.code, "%s", why.message);
    }
    b->lending->events.back(b->lending->events.context, shop);
    return VT_OK;
}

static void answered(vt_write_task *task)
{
    borrower *b = task->context;
    pthread_mutex_lock(&b->mutex);
    b->done = true;
    pthread_cond_signal(&b->answered);
    pthread_mutex_unlock(&b->mutex);
}

static void serve_borrower(vt_lending *lending, int fd)
{
    borrower b = {.lending = lending, .fd = fd};
    pthread_mutex_init(&b.mutex, NULL);
    pthread_cond_init(&b.answered, NULL);
    b.task = (vt_write_task){.work = lend, .answered = answered, .context = &b, .err = VT_ERROR_INIT};
    vt_writer_add(lending->writer, &b.task);
    pthread_mutex_lock(&b.mutex);
    while (!b.done) {
        pthread_cond_wait(&b.answered, &b.mutex);
    }
    pthread_mutex_unlock(&b.mutex);
    pthread_cond_destroy(&b.answered);
    pthread_mutex_destroy(&b.mutex);
    close(fd);
}

static void *run(void *context)
{
    vt_lending *lending = context;
    for (;;) {
        int fd = -1;
        vt_error err = VT_ERROR_INIT;
        struct pollfd waits[2] = {{.fd = lending->listening, .events = POLLIN},
                                  {.fd = lending->wake[0], .events = POLLIN}};
        int ready = poll(waits, 2, -1);
        if ((ready < 0 && errno != EINTR) || waits[1].revents != 0) {
            return NULL;
        }
        if (ready > 0 && waits[0].revents != 0 && vt_lend_accept(&fd, lending->listening, &err) == VT_OK) {
            serve_borrower(lending, fd);
        }
    }
}

int vt_lending_open(vt_lending **out, const char *shop, vt_writer *writer, const vt_lending_events *events,
                    vt_error *err)
{
    vt_lending *lending = vt_alloc_zero(1, sizeof *lending, err);
    if (lending == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    lending->writer = writer;
    lending->events = *events;
    lending->listening = lending->wake[0] = lending->wake[1] = -1;
    int status = vt_path_join(lending->store, sizeof lending->store, shop, "store.db", err);
    if (status == VT_OK && pipe2(lending->wake, O_CLOEXEC) != 0) {
        status = vt_fail_errno(err, errno, "cannot make a pipe");
    }
    if (status == VT_OK) {
        status = vt_lend_listen(&lending->listening, lending->store, err);
    }
    if (status == VT_OK) {
        int code = pthread_create(&lending->thread, NULL, run, lending);
        lending->running = code == 0;
        status = code == 0 ? VT_OK : vt_fail_errno(err, code, "cannot start a thread");
    }
    if (status != VT_OK) {
        vt_lending_close(lending);
        return status;
    }
    *out = lending;
    return VT_OK;
}

void vt_lending_close(vt_lending *lending)
{
    if (lending == NULL) {
        return;
    }
    if (lending->wake[1] >= 0) {
        close(lending->wake[1]);
    }
    if (lending->running) {
        pthread_join(lending->thread, NULL);
    }
    vt_lend_close(lending->listening, lending->store);
    if (lending->wake[0] >= 0) {
        close(lending->wake[0]);
    }
    vt_free(lending);
}
