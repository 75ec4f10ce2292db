/* A list of calls and threads that take from it. */
#include "serve/side.h"

#include <pthread.h>

#include "base/alloc.h"
#include "serve/http.h"
#include "serve/route.h"

struct vt_side {
    pthread_mutex_t mutex;
    pthread_cond_t more;
    vt_call *first, **last;
    int waiting; /* or at work */
    bool closing;
    int n;
    pthread_t thread[];
};

static vt_call *take(vt_side *side)
{
    pthread_mutex_lock(&side->mutex);
    while (side->first == NULL && !side->closing) {
        pthread_cond_wait(&side->more, &side->mutex);
    }
    vt_call *call = side->first;
    if (call != NULL) {
        side->first = call->next;
        side->last = side->first == NULL ? &side->first : side->last;
        call->next = NULL;
    }
    pthread_mutex_unlock(&side->mutex);
    return call;
}

static void *run(void *context)
{
    vt_side *side = context;
    vt_call *call;
    while ((call = take(side)) != NULL) {
        vt_error_reset(&call->task.err);
        call->task.status = call->route->handle(call, &call->task.err);
        pthread_mutex_lock(&side->mutex);
        side->waiting--;
        pthread_mutex_unlock(&side->mutex);
        vt_http_resume(call);
    }
    return NULL;
}

int vt_side_open(vt_side **out, int threads, vt_error *err)
{
    vt_side *side = vt_alloc_zero(1, sizeof *side + (size_t)threads * sizeof side->thread[0], err);
    if (side == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    pthread_mutex_init(&side->mutex, NULL);
    pthread_cond_init(&side->more, NULL);
    side->last = &side->first;
    for (; side->n < threads; side->n++) {
        int code = pthread_create(&side->thread[side->n], NULL, run, side);
        if (code != 0) {
            vt_side_close(side);
            return vt_fail_errno(err, code, "cannot start a thread");
        }
    }
    *out = side;
    return VT_OK;
}

void vt_side_add(vt_side *side, vt_call *call)
{
    call->next = NULL;
    pthread_mutex_lock(&side->mutex);
    *side->last = call;
    side->last = &call->next;
    side->waiting++;
    pthread_cond_signal(&side->more);
    pthread_mutex_unlock(&side->mutex);
}

int vt_side_waiting(vt_side *side)
{
    pthread_mutex_lock(&side->mutex);
    int waiting = side->waiting;
    pthread_mutex_unlock(&side->mutex);
    return waiting;
}

void vt_side_close(vt_side *side)
{
    if (side == NULL) {
        return;
    }
    pthread_mutex_lock(&side->mutex);
    side->closing = true;
    pthread_cond_broadcast(&side->more);
    pthread_mutex_unlock(&side->mutex);
    for (int i = 0; i < side->n; i++) {
        pthread_join(side->thread[i], NULL);
    }
    pthread_cond_destroy(&side->more);
    pthread_mutex_destroy(&side->mutex);
    vt_free(side);
}
