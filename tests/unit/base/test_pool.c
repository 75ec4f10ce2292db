/* Parallel loops: every element once, the first error for any number of threads, stopping; queues between threads. */
#include "check.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/alloc.h"
#include "base/pool.h"

enum { N = 10007, BLOCK = 64 };

typedef struct counted {
    unsigned char seen[N];
    int threads;
    int fail_every; /* blocks whose number is a multiple, from 3 on, fail */
    size_t stop_at;
    size_t last_done;
    int calls;
    atomic_int bad;
} counted;

static int count_block(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    counted *c = context;
    if (worker < 0 || worker >= c->threads || begin % BLOCK != 0 || (end - begin != BLOCK && end != N)) {
        atomic_fetch_add(&c->bad, 1);
    }
    for (size_t i = begin; i < end; i++) {
        c->seen[i]++;
    }
    size_t block = begin / BLOCK;
    if (c->fail_every > 0 && block >= 3 && block % (size_t)c->fail_every == 0) {
        return vt_fail_at(err, VT_ERR_FORMAT, (int64_t)begin, "block %zu is bad", block);
    }
    return VT_OK;
}

static int after_block(void *context, size_t done, vt_error *err)
{
    counted *c = context;
    if (done <= c->last_done && c->calls > 0) {
        atomic_fetch_add(&c->bad, 1);
    }
    c->last_done = done;
    c->calls++;
    return c->stop_at > 0 && done >= c->stop_at ? vt_fail(err, VT_ERR_CANCELLED, "stopped at %zu", done) : VT_OK;
}

static void every_element_once(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 9; threads += 2) {
        vt_error err = VT_ERROR_INIT;
        counted c = {.threads = threads};
        check_ok(vt_parallel_for(threads, N, BLOCK, count_block, after_block, &c, &err));
        for (size_t i = 0; i < N; i++) {
            assert_int_equal(c.seen[i], 1);
        }
        assert_int_equal(atomic_load(&c.bad), 0);
        assert_int_equal(c.last_done, N);
        assert_true(c.calls > 0);
    }
}

static void first_error_in_order(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 8; threads++) {
        for (int again = 0; again < 50; again++) {
            vt_error err = VT_ERROR_INIT;
            counted c = {.threads = threads, .fail_every = 5};
            assert_int_equal(vt_parallel_for(threads, N, BLOCK, count_block, NULL, &c, &err), VT_ERR_FORMAT);
            assert_int_equal(err.position, 5 * BLOCK);
            assert_string_equal(err.message, "block 5 is bad");
            for (size_t i = 0; i < 6 * BLOCK; i++) { /* all before the failed block was worked on */
                assert_int_equal(c.seen[i], 1);
            }
            assert_int_equal(vt_parallel_for(threads, N, BLOCK, count_block, NULL, &c, NULL), VT_ERR_FORMAT);
        }
    }
}

static void stops_when_asked(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 4; threads++) {
        vt_error err = VT_ERROR_INIT;
        counted c = {.threads = threads, .stop_at = 1};
        assert_int_equal(vt_parallel_for(threads, N, BLOCK, count_block, after_block, &c, &err), VT_ERR_CANCELLED);
        assert_non_null(strstr(err.message, "stopped at"));
        assert_int_equal(c.calls, 1);
    }
    /* one thread: nothing after the block at which it was told to stop */
    counted c = {.threads = 1, .stop_at = 2 * BLOCK};
    assert_int_equal(vt_parallel_for(1, N, BLOCK, count_block, after_block, &c, NULL), VT_ERR_CANCELLED);
    assert_int_equal(c.seen[2 * BLOCK - 1], 1);
    assert_int_equal(c.seen[2 * BLOCK], 0);
}

static void edges(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    counted c = {.threads = 300};
    check_ok(vt_parallel_for(4, 0, BLOCK, count_block, after_block, &c, &err));
    assert_int_equal(c.calls, 0);
    check_ok(vt_parallel_for(100000, N, SIZE_MAX, count_block, NULL, &c, &err)); /* one block, capped threads */
    assert_int_equal(c.seen[N - 1], 1);
    assert_true(vt_processors() >= 1);
    assert_int_equal(vt_threads(3), 3);
    assert_int_equal(vt_threads(1 << 20), 256);
    assert_true(vt_threads(0) >= 1 && vt_threads(0) <= 256);
}

static void *produce(void *context)
{
    vt_queue *queue = context;
    static int numbers[1000];
    for (int i = 0; i < 1000; i++) {
        numbers[i] = i;
        if (!vt_queue_push(queue, &numbers[i])) {
            return NULL;
        }
    }
    vt_queue_close(queue);
    return context;
}

static void queue_keeps_order(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_queue *queue = NULL;
    pthread_t thread;
    check_ok(vt_queue_create(&queue, 7, &err));
    assert_int_equal(pthread_create(&thread, NULL, produce, queue), 0);
    for (int i = 0; i < 1000; i++) {
        int *item = vt_queue_pop(queue);
        assert_non_null(item);
        assert_int_equal(*item, i);
    }
    assert_null(vt_queue_pop(queue));
    assert_false(vt_queue_push(queue, &err));
    void *result = NULL;
    pthread_join(thread, &result);
    assert_ptr_equal(result, queue);
    vt_queue_free(queue);
}

static void cancel_wakes_both_sides(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    for (int i = 0; i < 100; i++) {
        vt_queue *queue = NULL;
        pthread_t thread;
        void *result = &err;
        check_ok(vt_queue_create(&queue, 2, &err));
        assert_int_equal(pthread_create(&thread, NULL, produce, queue), 0); /* waits for room */
        assert_non_null(vt_queue_pop(queue));
        vt_queue_cancel(queue);
        pthread_join(thread, &result);
        assert_null(result);
        assert_null(vt_queue_pop(queue)); /* what was left is dropped */
        vt_queue_free(queue);
    }
    vt_queue *none = NULL;
    assert_int_equal(vt_queue_create(&none, SIZE_MAX / 2, &err), VT_ERR_NO_MEMORY);
    vt_alloc_fail_after(0);
    assert_int_equal(vt_queue_create(&none, 2, &err), VT_ERR_NO_MEMORY);
    vt_alloc_fail_after(-1);
    assert_null(none);
    vt_queue_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_element_once), cmocka_unit_test(first_error_in_order),
        cmocka_unit_test(stops_when_asked),   cmocka_unit_test(edges),
        cmocka_unit_test(queue_keeps_order),  cmocka_unit_test(cancel_wakes_both_sides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
