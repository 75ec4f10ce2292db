/* Epochs of batches: order, schedule, steps of AdamW, reports. */
#include "model/batch_trainer.h"

#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"

typedef struct run {
    const vt_batch_training *training;
    const vt_fit *fit;
    int32_t *order; /* (examples) of the epoch */
} run;

int64_t vt_batch_steps(const vt_batch_training *t)
{
    return (int64_t)((t->examples + t->batch - 1) / t->batch);
}

void vt_batch_order(int32_t *order, size_t n, uint64_t seed, const char *purpose, int epoch)
{
    vt_rng rng = vt_rng_at(seed, purpose, (uint64_t)epoch, 0);
    vt_rng_order(&rng, order, n);
}

vt_batch vt_batch_at(const vt_batch_training *t, uint64_t seed, const int32_t *order, int epoch, int64_t step)
{
    size_t first = (size_t)step * t->batch, left = t->examples - first;
    return (vt_batch){
        .example = order + first,
        .n = left < t->batch ? left : t->batch,
        .first = first,
        .epoch = epoch,
        .step = step,
        .number = (int64_t)epoch * vt_batch_steps(t) + step,
        .key = vt_nn_key(seed, (uint64_t)epoch, (uint64_t)step, 0),
    };
}

/* Loss and gradient of a batch; how many terms the loss has. */
static int run_batch(const vt_batch_training *t, const vt_batch *batch, double *loss, size_t *terms, vt_error *err)
{
    *terms = 0;
    int status = t->ops->lay_out(t->work, batch, terms, err);
    if (status == VT_OK && *terms > 0) {
        t->ops->forward(t->work, batch);
        *loss += t->ops->loss(t->work, batch);
        t->ops->backward(t->work, batch);
    }
    return status;
}

static int run_epoch(void *context, vt_trainer *trainer, int epoch, double *mean, vt_error *err)
{
    const run *r = context;
    const vt_batch_training *t = r->training;
    const vt_batch_schedule *s = &t->schedule;
    int64_t steps = vt_batch_steps(t), all = t->epochs * steps;
    vt_nn_adamw adamw = {.beta1 = 0.9, .beta2 = 0.999, .epsilon = 1e-8, .decay = s->decay, .clip = s->clip};
    double loss = 0.0;
    size_t n = 0;
    vt_batch_order(r->order, t->examples, r->fit->seed, t->order, epoch);
    for (int64_t step = 0; step < steps; step++) {
        vt_batch batch = vt_batch_at(t, r->fit->seed, r->order, epoch, step);
        size_t terms = 0;
        int status = run_batch(t, &batch, &loss, &terms, err);
        if (status == VT_OK && terms > 0) {
            n += terms;
            adamw.rate = vt_nn_rate(s->rate, batch.number + 1, all, s->warmup, s->least);
            vt_nn_params_step(t->nn, t->params, &adamw, batch.number + 1);
        }
        *mean = n > 0 ? loss / (double)n : 0.0;
        if (status == VT_OK) {
            status = vt_trainer_report(trainer, (double)(step + 1) / (double)steps, *mean, err);
        }
        if (status != VT_OK) {
            return status;
        }
    }
    return VT_OK;
}

static int prepare(void *context, vt_error *err)
{
    const vt_batch_training *t = ((const run *)context)->training;
    return t->prepare == NULL ? VT_OK : t->prepare(t->work, err);
}

int vt_batch_train(const vt_batch_training *t, const vt_fit *fit, vt_error *err)
{
    run r = {t, fit, vt_alloc(t->examples, sizeof *r.order, err)};
    if (r.order == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    const vt_nn_params *p = t->params;
    const vt_train_array arrays[] = {
        {"parameters", VT_F32, p->value, p->floats, true},
        {"first moments", VT_F32, p->first, p->floats, false},
        {"second moments", VT_F32, p->second, p->floats, false},
    };
    const vt_training training = {
        .array = arrays,
        .n_arrays = sizeof arrays / sizeof *arrays,
        .epochs = t->epochs,
        .patience = t->patience,
        .every = t->every,
        .epoch = run_epoch,
        .prepare = prepare,
        .context = &r,
    };
    int status = vt_train(&training, fit, err);
    vt_free(r.order);
    return status;
}

int vt_batch_gradient(double *loss, const vt_batch_training *t, const vt_fit *fit, vt_error *err)
{
    int32_t *order = vt_alloc(t->examples, sizeof *order, err);
    if (order == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    size_t terms = 0;
    double sum = 0.0;
    vt_batch_order(order, t->examples, fit->seed, t->order, 0);
    vt_batch batch = vt_batch_at(t, fit->seed, order, 0, 0);
    memset(t->params->gradient, 0, t->params->floats * sizeof *t->params->gradient);
    int status = run_batch(t, &batch, &sum, &terms, err);
    if (status == VT_OK) {
        *loss = terms > 0 ? sum / (double)terms : 0.0;
    }
    vt_free(order);
    return status;
}
