/*
 * Threads are made for one loop and joined at its end: nothing is shared between loops and no global state is kept. A
 * block is claimed in order and a claimed block is always worked on, so the first failing block is known for certain.
 */
#include "base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/limits.h"

int vt_processors(void)
{
    cpu_set_t set;
    int count = 0;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        count = CPU_COUNT(&set);
    } else { /* more processors than the set has bits */
        long online = sysconf(_SC_NPROCESSORS_ONLN);
        count = online > VT_THREADS_MAX ? VT_THREADS_MAX : (int)online;
    }
    return count < 1 ? 1 : count;
}

int vt_threads(int threads)
{
    int count = threads > 0 ? threads : vt_processors();
    return count > VT_THREADS_MAX ? VT_THREADS_MAX : count;
}

/* One parallel loop. All below `lock` changes under it. */
typedef struct loop {
    size_t n;
    size_t block;
    int (*work)(void *context, int worker, size_t begin, size_t end, vt_error *err);
    void *context;
    pthread_mutex_t lock;
    pthread_cond_t finished; /* a block is finished or a worker is gone */
    size_t next;             /* where the next block begins */
    size_t done;             /* elements of finished blocks */
    int running;             /* workers besides the calling thread */
    bool stop;               /* no more blocks are begun */
    int status;              /* of the failed block that begins first */
    size_t failed_at;
    vt_error error;
} loop;

typedef struct worker {
    loop *loop;
    int number;
    pthread_t thread;
} worker;

/* Claims the next block; false when there is none. The lock is held. */
static bool claim(loop *l, size_t *begin, size_t *end)
{
    if (l->stop || l->next == l->n) {
        return false;
    }
    *begin = l->next;
    *end = l->n - l->next < l->block ? l->n : l->next + l->block;
    l->next = *end;
    return true;
}

/* Works on a claimed block. The lock is held before and after. */
static void run_block(loop *l, int number, size_t begin, size_t end)
{
    vt_error err = VT_ERROR_INIT;
    pthread_mutex_unlock(&l->lock);
    int status = l->work(l->context, number, begin, end, &err);
    pthread_mutex_lock(&l->lock);
    l->done += end - begin;
    if (status != VT_OK) {
        l->stop = true;
        if (l->status == VT_OK || begin < l->failed_at) {
            l->status = status;
            l->failed_at = begin;
            l->error = err;
        }
    }
}

static void *run_worker(void *argument)
{
    worker *w = argument;
    loop *l = w->loop;
    size_t begin = 0;
    size_t end = 0;
    pthread_mutex_lock(&l->lock);
    while (claim(l, &begin, &end)) {
        run_block(l, w->number, begin, end);
        pthread_cond_signal(&l->finished);
    }
    l->running--;
    pthread_cond_signal(&l->finished);
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

/* Starts workers 1 to `count`; gives how many were started. What cannot be started is done by the others. */
static int start_workers(loop *l, worker *workers, int count)
{
    sigset_t all;
    sigset_t before;
    int started = 0;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals go to the program's own threads */
    for (; started < count; started++) {
        workers[started] = (worker){.loop = l, .number = started + 1};
        if (pthread_create(&workers[started].thread, NULL, run_worker, &workers[started]) != 0) {
            break;
        }
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

/* The calling thread's part: blocks of its own, then waiting; `after` as the work goes on. Gives what `after` gave. */
static int run_caller(loop *l, int (*after)(void *context, size_t done, vt_error *err), vt_error *err)
{
    size_t begin = 0;
    size_t end = 0;
    size_t told = 0;
    int stopped = VT_OK;
    for (;;) {
        if (claim(l, &begin, &end)) {
            run_block(l, 0, begin, end);
        } else if (l->running > 0) {
            pthread_cond_wait(&l->finished, &l->lock);
        } else if (told == l->done) {
            return stopped;
        }
        if (after != NULL && l->done != told && stopped == VT_OK) {
            told = l->done;
            pthread_mutex_unlock(&l->lock);
            stopped = after(l->context, told, err);
            pthread_mutex_lock(&l->lock);
            l->stop = l->stop || stopped != VT_OK;
        } else {
            told = l->done;
        }
    }
}

int vt_parallel_for(int threads, size_t n, size_t block,
                    int (*work)(void *context, int worker, size_t begin, size_t end, vt_error *err),
                    int (*after)(void *context, size_t done, vt_error *err), void *context, vt_error *err)
{
    if (n == 0) {
        return VT_OK;
    }
    loop l = {.n = n, .block = block == 0 ? 1 : block, .work = work, .context = context, .error = VT_ERROR_INIT};
    size_t blocks = n / l.block + (n % l.block != 0);
    size_t want = (size_t)vt_threads(threads);
    worker workers[VT_THREADS_MAX];
    vt_error stop_error = VT_ERROR_INIT;

    pthread_mutex_init(&l.lock, NULL);
    pthread_cond_init(&l.finished, NULL);
    pthread_mutex_lock(&l.lock);
    int started = start_workers(&l, workers, (int)(want < blocks ? want : blocks) - 1);
    l.running = started;
    int stopped = run_caller(&l, after, &stop_error);
    pthread_mutex_unlock(&l.lock);
    for (int i = 0; i < started; i++) {
        pthread_join(workers[i].thread, NULL);
    }
    pthread_cond_destroy(&l.finished);
    pthread_mutex_destroy(&l.lock);

    int status = l.status != VT_OK ? l.status : stopped;
    if (status != VT_OK && err != NULL) {
        *err = l.status != VT_OK ? l.error : stop_error;
    }
    return status;
}

struct vt_queue {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t capacity;
    size_t first; /* place of the oldest item */
    size_t count;
    bool closed;
    bool cancelled;
    void *items[];
};

int vt_queue_create(vt_queue **out, size_t capacity, vt_error *err)
{
    size_t slots = capacity == 0 ? 1 : capacity;
    size_t bytes = 0;
    if (__builtin_mul_overflow(slots, sizeof(void *), &bytes) ||
        __builtin_add_overflow(bytes, sizeof(vt_queue), &bytes)) {
        return vt_fail(err, VT_ERR_NO_MEMORY, "not enough memory for a queue of %zu items", capacity);
    }
    vt_queue *queue = vt_alloc_zero(1, bytes, err);
    if (queue == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    queue->capacity = slots;
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->changed, NULL);
    *out = queue;
    return VT_OK;
}

void vt_queue_free(vt_queue *queue)
{
    if (queue != NULL) {
        pthread_cond_destroy(&queue->changed);
        pthread_mutex_destroy(&queue->lock);
        vt_free(queue);
    }
}

bool vt_queue_push(vt_queue *queue, void *item)
{
    pthread_mutex_lock(&queue->lock);
    while (queue->count == queue->capacity && !queue->closed && !queue->cancelled) {
        pthread_cond_wait(&queue->changed, &queue->lock);
    }
    bool taken = !queue->closed && !queue->cancelled;
    if (taken) {
        queue->items[(queue->first + queue->count) % queue->capacity] = item;
        queue->count++;
        pthread_cond_broadcast(&queue->changed);
    }
    pthread_mutex_unlock(&queue->lock);
    return taken;
}

void *vt_queue_pop(vt_queue *queue)
{
    pthread_mutex_lock(&queue->lock);
    while (queue->count == 0 && !queue->closed && !queue->cancelled) {
        pthread_cond_wait(&queue->changed, &queue->lock);
    }
    void *item = NULL;
    if (queue->count > 0 && !queue->cancelled) {
        item = queue->items[queue->first];
        queue->first = (queue->first + 1) % queue->capacity;
        queue->count--;
        pthread_cond_broadcast(&queue->changed);
    }
    pthread_mutex_unlock(&queue->lock);
    return item;
}

/* Sets a flag that both sides wait for. */
static void raise_flag(vt_queue *queue, bool *flag)
{
    pthread_mutex_lock(&queue->lock);
    *flag = true;
    pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
}

void vt_queue_close(vt_queue *queue)
{
    raise_flag(queue, &queue->closed);
}

void vt_queue_cancel(vt_queue *queue)
{
    raise_flag(queue, &queue->cancelled);
}
