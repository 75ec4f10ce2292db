/*
 * A thread pool for work outside the numeric loops of math and model (those use OpenMP): evaluation, import, serving.
 * Work is cut in blocks whose size does not depend on the number of threads.
 */
#ifndef VT_BASE_POOL_H
#define VT_BASE_POOL_H

#include <stdbool.h>

#include "vitrine/error.h"

/** Processors that this process may use, at least 1. */
int vt_processors(void);

/** `threads` as asked, 0 meaning all processors, capped. */
int vt_threads(int threads);

/**
 * Runs `work(context, worker, begin, end, err)` over [0, n) in blocks of `block`, on up to `threads` threads (the
 * calling one included; `worker` is 0 to threads - 1). The first failing block in order of begin gives the error;
 * blocks not yet begun are then skipped. `after` (may be NULL) is called on the calling thread between blocks with the
 * number of finished elements; non-zero stops with that status.
 */
int vt_parallel_for(int threads, size_t n, size_t block,
                    int (*work)(void *context, int worker, size_t begin, size_t end, vt_error *err),
                    int (*after)(void *context, size_t done, vt_error *err), void *context, vt_error *err);

/** A queue between two threads: bounded, closed by the producer or cancelled by either side. */
typedef struct vt_queue vt_queue;
int vt_queue_create(vt_queue **out, size_t capacity, vt_error *err);
void vt_queue_free(vt_queue *queue);
/** Waits for room; false when the queue was cancelled. */
bool vt_queue_push(vt_queue *queue, void *item);
/** Waits for an item; NULL when closed and empty, or cancelled. */
void *vt_queue_pop(vt_queue *queue);
void vt_queue_close(vt_queue *queue);
void vt_queue_cancel(vt_queue *queue);

#endif
