/*
 * Group commit. Callers put their batch on a list and wait; the writer's thread takes the whole list, stores all of it
 * in one transaction, and wakes them when the disk has it. While it does so the next list grows. Callers that were just
 * answered come back one after the other, so the thread waits a moment for as many as came last time: without that,
 * every second write would be of the first few alone.
 */
#include "store/writer.h"

#include <pthread.h>
#include <time.h>

#include "base/alloc.h"

enum { WAIT_MAX = 5000000 /* nanoseconds for those who come back; half of what the last write took at most */ };

struct vt_writer {
    vt_shop *shop;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t more; /* tasks, or the end */
    vt_write_task *first, **last;
    size_t waiting;
    bool closing;
    void (*committed)(void *context);
    void *context;
};

static int64_t clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* All that waits, taken off the list; NULL at the end. */
static vt_write_task *take_all(vt_writer *writer, size_t expected, int64_t patience, size_t *count)
{
    pthread_mutex_lock(&writer->mutex);
    while (writer->first == NULL && !writer->closing) {
        pthread_cond_wait(&writer->more, &writer->mutex);
    }
    int64_t until = clock_now() + patience;
    const struct timespec deadline = {until / 1000000000, until % 1000000000};
    int timed_out = 0;
    while (writer->waiting < expected && !writer->closing && timed_out == 0) {
        timed_out = pthread_cond_timedwait(&writer->more, &writer->mutex, &deadline);
    }
    vt_write_task *all = writer->first;
    *count = writer->waiting;
    writer->first = NULL;
    writer->last = &writer->first;
    writer->waiting = 0;
    pthread_mutex_unlock(&writer->mutex);
    return all;
}

static int write_batches(vt_store *store, const vt_write_task *all, vt_error *err)
{
    if (store == NULL) {
        return vt_fail(err, VT_ERR_BUSY, "another process writes to the shop; try again");
    }
    int status = vt_store_begin(store, NULL, NULL, NULL, err);
    if (status != VT_OK) {
        return status;
    }
    for (const vt_write_task *t = all; t != NULL && status == VT_OK; t = t->next) {
        status = t->work == NULL ? vt_batch_write_apply(store, &t->batch, err) : VT_OK;
    }
    if (status != VT_OK) {
        vt_store_rollback(store);
        return status;
    }
    return vt_store_commit(store, 0, err);
}

static void tell_follower(const vt_writer *writer, int status)
{
    if (status == VT_OK && writer->committed != NULL) {
        writer->committed(writer->context);
    }
}

/* Tells the makers of batches, or of one piece of work, how it went. */
static void answer(vt_write_task *task, int status, const vt_error *err)
{
    task->status = status;
    task->err = *err;
    task->answered(task);
}

/* All batches in one write, then each piece of work. A task that is answered is gone. */
static void do_all(vt_writer *writer, vt_write_task *all)
{
    vt_write_task *work = NULL, **last = &work;
    bool batches = false;
    for (const vt_write_task *t = all; t != NULL && !batches; t = t->next) {
        batches = t->work == NULL;
    }
    vt_error err = VT_ERROR_INIT;
    int status = batches ? write_batches(vt_shop_store(writer->shop), all, &err) : VT_OK;
    if (batches) {
        tell_follower(writer, status);
    }
    while (all != NULL) {
        vt_write_task *task = all;
        all = task->next;
        if (task->work == NULL) {
            answer(task, status, &err);
        } else {
            *last = task;
            last = &task->next;
        }
    }
    *last = NULL;
    while (work != NULL) {
        vt_write_task *task = work;
        work = task->next;
        vt_error_reset(&err);
        status = vt_shop_store(writer->shop) == NULL
                     ? vt_fail(&err, VT_ERR_BUSY, "another process writes to the shop; try again")
                     : task->work(task->context, writer->shop, &err);
        tell_follower(writer, status);
        answer(task, status, &err);
    }
}

static void *run(void *context)
{
    vt_writer *writer = context;
    size_t expected = 0;
    int64_t patience = 0;
    for (;;) {
        vt_write_task *all = take_all(writer, expected, patience, &expected);
        if (all == NULL) {
            return NULL;
        }
        int64_t begun = clock_now();
        do_all(writer, all);
        int64_t half = (clock_now() - begun) / 2;
        patience = half < WAIT_MAX ? half : WAIT_MAX;
    }
}

/* Condition variables that go by the clock that nobody sets. */
static int make_condition(pthread_cond_t *out)
{
    pthread_condattr_t attributes;
    int code = pthread_condattr_init(&attributes);
    if (code == 0) {
        code = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        code = code == 0 ? pthread_cond_init(out, &attributes) : code;
        pthread_condattr_destroy(&attributes);
    }
    return code;
}

int vt_writer_open(vt_writer **out, vt_shop *shop, vt_error *err)
{
    vt_writer *writer = vt_alloc_zero(1, sizeof *writer, err);
    if (writer == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    writer->shop = shop;
    writer->last = &writer->first;
    int code = pthread_mutex_init(&writer->mutex, NULL);
    if (code != 0) {
        goto out;
    }
    code = make_condition(&writer->more);
    if (code != 0) {
        goto out_mutex;
    }
    code = pthread_create(&writer->thread, NULL, run, writer);
    if (code == 0) {
        *out = writer;
        return VT_OK;
    }
    pthread_cond_destroy(&writer->more);
out_mutex:
    pthread_mutex_destroy(&writer->mutex);
out:
    vt_free(writer);
    return vt_fail_errno(err, code, "cannot start the writer's thread");
}

void vt_writer_close(vt_writer *writer)
{
    if (writer == NULL) {
        return;
    }
    pthread_mutex_lock(&writer->mutex);
    writer->closing = true;
    pthread_cond_signal(&writer->more);
    pthread_mutex_unlock(&writer->mutex);
    pthread_join(writer->thread, NULL);
    pthread_cond_destroy(&writer->more);
    pthread_mutex_destroy(&writer->mutex);
    vt_free(writer);
}

void vt_writer_add(vt_writer *writer, vt_write_task *task)
{
    task->next = NULL;
    pthread_mutex_lock(&writer->mutex);
    *writer->last = task;
    writer->last = &task->next;
    writer->waiting++;
    pthread_cond_signal(&writer->more);
    pthread_mutex_unlock(&writer->mutex);
}

size_t vt_writer_waiting(vt_writer *writer)
{
    pthread_mutex_lock(&writer->mutex);
    size_t waiting = writer->waiting;
    pthread_mutex_unlock(&writer->mutex);
    return waiting;
}

void vt_writer_follow(vt_writer *writer, void (*committed)(void *context), void *context)
{
    writer->committed = committed;
    writer->context = context;
}

/* A task whose maker waits for it. */
typedef struct awaited {
    vt_write_task task;
    pthread_mutex_t *mutex; /* the writer's */
    pthread_cond_t answered;
    bool done;
} awaited;

static void wake(vt_write_task *task)
{
    awaited *a = (awaited *)task;
    pthread_mutex_lock(a->mutex);
    a->done = true;
    pthread_cond_signal(&a->answered); /* whoever waits goes on, and the task with it, when the mutex is free */
    pthread_mutex_unlock(a->mutex);
}

static int submit(vt_writer *writer, vt_write_kind kind, const void *records, size_t n, vt_put_result *results,
                  vt_error *err)
{
    awaited a = {
        .task = {.batch = {kind, records, n, results}, .answered = wake, .err = VT_ERROR_INIT},
        .mutex = &writer->mutex,
    };
    int code = make_condition(&a.answered);
    if (code != 0) {
        return vt_fail_errno(err, code, "cannot wait for the writer");
    }
    vt_writer_add(writer, &a.task);
    pthread_mutex_lock(&writer->mutex);
    while (!a.done) {
        pthread_cond_wait(&a.answered, &writer->mutex);
    }
    pthread_mutex_unlock(&writer->mutex);
    pthread_cond_destroy(&a.answered);
    if (a.task.status != VT_OK && err != NULL) {
        *err = a.task.err;
    }
    return a.task.status;
}

int vt_writer_put_events(vt_writer *writer, const vt_event *events, size_t n, vt_put_result *results, vt_error *err)
{
    return submit(writer, VT_WRITE_EVENTS, events, n, results, err);
}

int vt_writer_put_items(vt_writer *writer, const vt_item *items, size_t n, vt_put_result *results, vt_error *err)
{
    return submit(writer, VT_WRITE_ITEMS, items, n, results, err);
}

int vt_writer_put_users(vt_writer *writer, const vt_user *users, size_t n, vt_put_result *results, vt_error *err)
{
    return submit(writer, VT_WRITE_USERS, users, n, results, err);
}

int vt_writer_put_user_links(vt_writer *writer, const vt_link *links, size_t n, vt_put_result *results, vt_error *err)
{
    return submit(writer, VT_WRITE_USER_LINKS, links, n, results, err);
}

int vt_writer_put_item_links(vt_writer *writer, const vt_link *links, size_t n, vt_put_result *results, vt_error *err)
{
    return submit(writer, VT_WRITE_ITEM_LINKS, links, n, results, err);
}

int vt_writer_set_orders(vt_writer *writer, const vt_order_change *orders, size_t n, vt_put_result *results,
                         vt_error *err)
{
    return submit(writer, VT_WRITE_ORDERS, orders, n, results, err);
}

int vt_writer_set_offers(vt_writer *writer, const vt_offer *offers, size_t n, vt_put_result *results, vt_error *err)
{
    return submit(writer, VT_WRITE_OFFERS, offers, n, results, err);
}

int vt_writer_erase_users(vt_writer *writer, const vt_str *users, size_t n, vt_put_result *results, vt_error *err)
{
    return submit(writer, VT_WRITE_ERASURES, users, n, results, err);
}

int vt_writer_merge_users(vt_writer *writer, const vt_user_merge *merges, size_t n, vt_put_result *results,
                          vt_error *err)
{
    return submit(writer, VT_WRITE_MERGES, merges, n, results, err);
}

int vt_writer_remove_events(vt_writer *writer, const vt_str *events, size_t n, vt_put_result *results, vt_error *err)
{
    return submit(writer, VT_WRITE_REMOVALS, events, n, results, err);
}
