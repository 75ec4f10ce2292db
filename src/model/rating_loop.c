/* Epochs over ratings, part by part. */
#include "model/rating_loop.h"

#include "base/alloc.h"
#include "base/rng.h"

enum { FEW_RATINGS = 4000, REPORTS = 8 };

typedef struct run {
    const vt_rating_loop *loop;
    const vt_fit *fit;
    int32_t *order; /* (parts) */
} run;

/* The parts in the order of an epoch. */
static void order_parts(const run *r, int epoch)
{
    for (size_t p = 0; p < r->loop->parts; p++) {
        r->order[p] = (int32_t)p;
    }
    if (r->loop->order != NULL) {
        vt_rng rng = vt_rng_at(r->fit->seed, r->loop->order, (uint64_t)epoch, 0);
        vt_rng_order(&rng, r->order, r->loop->parts);
    }
}

static int run_epoch(void *context, vt_trainer *trainer, int epoch, double *loss, vt_error *err)
{
    const run *r = context;
    const vt_rating_loop *loop = r->loop;
    double sum = 0.0;
    size_t n = 0, reported = 0;
    order_parts(r, epoch);
    if (loop->begin != NULL) {
        loop->begin(loop->work, epoch);
    }
    for (size_t p = 0; p < loop->parts; p++) {
        loop->run(loop->work, (size_t)r->order[p], epoch, &sum, &n);
        *loss = n > 0 ? sum / (double)n : 0.0;
        size_t due = (p + 1) * REPORTS / loop->parts;
        int status = VT_OK;
        if (due > reported) {
            reported = due;
            status = vt_trainer_report(trainer, (double)(p + 1) / (double)loop->parts, *loss, err);
        }
        if (status != VT_OK) {
            return status;
        }
    }
    return VT_OK;
}

static int prepare(void *context, vt_error *err)
{
    const run *r = context;
    return r->loop->prepare == NULL ? VT_OK : r->loop->prepare(r->loop->work, err);
}

int vt_rating_train(const vt_rating_loop *loop, const vt_fit *fit, vt_error *err)
{
    run r = {loop, fit, vt_alloc(loop->parts, sizeof *r.order, err)};
    if (r.order == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    const vt_training training = {
        .array = loop->array,
        .n_arrays = loop->n_arrays,
        .epochs = loop->epochs,
        .patience = loop->patience,
        .every = 1,
        .epoch = run_epoch,
        .prepare = prepare,
        .context = &r,
    };
    int status = vt_train(&training, fit, err);
    vt_free(r.order);
    return status;
}

int vt_rating_threads(const vt_fit *fit, int64_t n_rated)
{
    return n_rated > FEW_RATINGS ? fit->threads : 1;
}
