/*
 * Fitting the rating head, once the ranking is learned. While it is fitted, means of item and user are each taken
 * without the rating that is predicted: so someone new is predicted as everybody is.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "math/invert.h"
#include "model/fusion/fit.h"
#include "model/fusion/ratings.h"

#define RATE 0.001
#define DECAY 0.1

enum { ROWS = 256 }; /* ratings of a step */

/* The same without one of them. */
static double mean_without(const vt_fusion_tally *t, double own)
{
    return (t->sum - own) / (t->n - 1.0 + VT_RATING_DRAW);
}

typedef struct rating_work {
    vt_fusion_work *fit;
    vt_fusion_tally *user; /* (U) */
    vt_fusion_tally *item; /* (I) */
    float *others;         /* (events, VT_RATED_BY) what the other ratings of the person say of the item of each */
    size_t order_capacity;
    uint32_t *order; /* of the ratings that are laid out */
    float *rows;     /* all of step_rows */
    uint8_t *present;
} rating_work;

/* Where the numbers of a step are. */
typedef struct step_rows {
    float *x, *dx, *out, *dout, *attention, *buffers;
} step_rows;

/* Mean, lowest and highest rating, by the scale of the shop where it keeps one; how many there are. */
static size_t find_scale(double scale[3], const vt_fusion_work *w)
{
    size_t n = 0;
    double sum = 0.0;
    scale[1] = INFINITY;
    scale[2] = -INFINITY;
    for (int64_t e = 0; e < w->event_ptr[w->train.n_users]; e++) {
        double value = (double)w->event[e].value;
        if (isfinite(value)) {
            sum += value;
            scale[1] = value < scale[1] ? value : scale[1];
            scale[2] = value > scale[2] ? value : scale[2];
            n++;
        }
    }
    const vt_snapshot *snapshot = w->train.snapshot;
    if (n > 0 && snapshot->rating_low < snapshot->rating_high) {
        scale[1] = fmin(scale[1], snapshot->rating_low);
        scale[2] = fmax(scale[2], snapshot->rating_high);
    }
    scale[0] = n > 0 ? sum / (double)n : 0.0;
    return n;
}

static void tally_up(rating_work *r)
{
    const vt_fusion_work *w = r->fit;
    vt_fusion *m = w->m;
    int64_t all = w->event_ptr[w->train.n_users];
    for (int64_t e = 0; e < all; e++) {
        const vt_fusion_event *event = &w->event[e];
        if (isfinite(event->value)) {
            r->item[event->item].sum += (double)event->value - m->scale[0];
            r->item[event->item].n += 1.0;
        }
    }
    for (size_t i = 0; i < m->n_known; i++) {
        m->item_bias[i] = (float)vt_fusion_tally_mean(&r->item[i]);
    }
    for (int32_t u = 0; u < w->train.n_users; u++) {
        for (int64_t e = w->event_ptr[u]; e < w->event_ptr[u + 1]; e++) {
            const vt_fusion_event *event = &w->event[e];
            if (isfinite(event->value)) {
                r->user[u].sum += (double)event->value - m->scale[0] - (double)m->item_bias[event->item];
                r->user[u].n += 1.0;
            }
        }
    }
}

/* What the other ratings of its person say of the item of each rating. O(sum over persons of ratings squared). */
static int read_others(rating_work *r, vt_error *err)
{
    const vt_fusion_work *w = r->fit;
    const vt_fusion *m = w->m;
    int64_t all = w->event_ptr[w->train.n_users];
    vt_fusion_given *ratings = vt_alloc((size_t)all, sizeof *ratings, err);
    float *marks = ratings == NULL ? NULL : vt_alloc_zero(2 * (size_t)m->n_items, sizeof *marks, err);
    r->others = marks == NULL ? NULL : vt_alloc_zero((size_t)all * VT_RATED_BY, sizeof *r->others, err);
    for (int32_t u = 0; r->others != NULL && u < w->train.n_users; u++) {
        size_t n = 0;
        for (int64_t e = w->event_ptr[u]; e < w->event_ptr[u + 1]; e++) {
            const vt_fusion_event *event = &w->event[e];
            if (isfinite(event->value)) {
                double above = (double)event->value - m->scale[0] - (double)m->item_bias[event->item];
                ratings[n++] = (vt_fusion_given){event->item, above};
            }
        }
        for (int64_t e = w->event_ptr[u], k = 0; e < w->event_ptr[u + 1]; e++) {
            if (isfinite(w->event[e].value)) {
                double bias = mean_without(&r->user[u], ratings[k++].above);
                vt_fusion_ratings_tell(r->others + e * VT_RATED_BY, m, w->event[e].item, ratings, n, bias, marks);
            }
        }
    }
    vt_free(ratings);
    vt_free(marks);
    return r->others == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* By how much a rating differs from what item and user are rated at and rate at, each without it. */
static double unexplained(const rating_work *r, int32_t user, int32_t item, float value)
{
    double difference = (double)value - r->fit->m->scale[0], own = difference - (double)r->fit->m->item_bias[item];
    return difference - mean_without(&r->item[item], difference) - mean_without(&r->user[user], own);
}

/* The weights of the relations begin where least squares end. */
static int start_others(rating_work *r, vt_error *err)
{
    const vt_fusion_work *w = r->fit;
    double square[VT_RATED_BY][VT_RATED_BY] = {{0}}, product[VT_RATED_BY] = {0};
    float inverse[VT_RATED_BY * VT_RATED_BY];
    for (int32_t u = 0; u < w->train.n_users; u++) {
        for (int64_t e = w->event_ptr[u]; e < w->event_ptr[u + 1]; e++) {
            const float *x = r->others + e * VT_RATED_BY;
            if (!isfinite(w->event[e].value)) {
                continue;
            }
            double y = unexplained(r, u, w->event[e].item, w->event[e].value);
            for (size_t i = 0; i < VT_RATED_BY; i++) {
                product[i] += (double)x[i] * y;
                for (size_t j = 0; j < VT_RATED_BY; j++) {
                    square[i][j] += (double)x[i] * (double)x[j];
                }
            }
        }
    }
    for (size_t i = 0; i < VT_RATED_BY; i++) {
        square[i][i] += 1.0; /* a relation that the data do not have gets no weight */
        for (size_t j = 0; j < VT_RATED_BY; j++) {
            inverse[i * VT_RATED_BY + j] = (float)square[i][j];
        }
    }
    int status = vt_invert(inverse, VT_RATED_BY, 1, NULL, "", err);
    float *weight = w->m->head_params.value + w->m->rated_by;
    for (size_t i = 0; i < VT_RATED_BY && status == VT_OK; i++) {
        for (size_t j = 0; j < VT_RATED_BY; j++) {
            weight[i] += inverse[i * VT_RATED_BY + j] * (float)product[j];
        }
    }
    return status;
}

static int make_rows(step_rows *at, rating_work *r, vt_error *err)
{
    const vt_fusion *m = r->fit->m;
    size_t wide = (size_t)ROWS * VT_RATING_INPUTS * m->d;
    size_t floats =
        2 * wide + 2 * (size_t)ROWS + (size_t)ROWS * VT_RATING_INPUTS + vt_rating_head_floats(&m->head, ROWS);
    r->rows = vt_alloc_aligned(floats, sizeof *r->rows, err);
    r->present = r->rows == NULL ? NULL : vt_alloc((size_t)ROWS * VT_RATING_INPUTS, 1, err);
    if (r->present == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    *at = (step_rows){.x = r->rows, .dx = r->rows + wide, .out = r->rows + 2 * wide};
    at->dout = at->out + ROWS;
    at->attention = at->dout + ROWS;
    at->buffers = at->attention + (size_t)ROWS * VT_RATING_INPUTS;
    return VT_OK;
}

/* Gradients of the head for `n` of the ratings that are laid out, `which` (n). */
static void run_rows(rating_work *r, const step_rows *at, const uint32_t *which, size_t n, uint64_t key)
{
    vt_fusion_work *w = r->fit;
    vt_fusion *m = w->m;
#pragma omp parallel for schedule(static, 16) num_threads(w->nn.threads)
    for (size_t k = 0; k < n; k++) {
        size_t q = which[k];
        int32_t item = w->target[q].item;
        vt_fusion_rating_row(at->x + k * VT_RATING_INPUTS * m->d, r->present + k * VT_RATING_INPUTS, m, item,
                             w->cold[item] != 0, w->batch.u + q * m->d);
    }
    const vt_head_batch batch = {at->x, r->present, n, true, key};
    vt_rating_head_forward(&w->nn, at->out, at->attention, &m->head, m->head_params.value, &batch, at->buffers);
    for (size_t k = 0; k < n; k++) {
        const vt_fusion_target *target = &w->target[which[k]];
        const float *others = r->others + target->event * VT_RATED_BY;
        double wanted = unexplained(r, w->batch.user[which[k]], target->item, target->value);
        double error = vt_fusion_ratings_weigh(m, others) + (double)at->out[k] - wanted;
        at->dout[k] = (float)(2.0 * error / (double)n);
        for (size_t j = 0; j < VT_RATED_BY; j++) {
            m->head_params.gradient[m->rated_by + j] += at->dout[k] * others[j];
        }
    }
    vt_rating_head_back(&w->nn, at->dx, m->head_params.gradient, at->dout, at->attention, &m->head,
                        m->head_params.value, &batch, at->buffers);
}

/* The ratings that are laid out, in an order by chance. */
static int shuffle(rating_work *r, vt_rng *rng, vt_error *err)
{
    size_t n = r->fit->queries;
    int status = vt_alloc_grow(&r->order, &r->order_capacity, n, sizeof *r->order, err);
    for (size_t k = 0; k < n && status == VT_OK; k++) {
        size_t j = (size_t)vt_rng_below(rng, k + 1);
        r->order[k] = r->order[j];
        r->order[j] = (uint32_t)k;
    }
    return status;
}

/* `order` (n_users) is that of the users. */
static int run_epochs(rating_work *r, const vt_batch_training *training, const int32_t *order, int epochs,
                      vt_error *err)
{
    vt_fusion_work *w = r->fit;
    int64_t steps = vt_batch_steps(training);
    vt_nn_adamw adamw = {0.0, 0.9, 0.999, 1e-8, DECAY, 5.0};
    step_rows at;
    int64_t all = epochs * steps, done = 0, step = 0;
    int status = make_rows(&at, r, err);
    for (; done < all && status == VT_OK; done++) {
        vt_batch batch = vt_batch_at(training, w->fit->seed, order, (int)(done / steps), done % steps);
        vt_progress_state state = {
            .stage = "fitting fusion's ratings", .unit = "steps", .done = (double)done, .total = (double)all};
        vt_rng rng = vt_rng_at(w->fit->seed, "fusion-ratings", (uint64_t)done, 0);
        status = vt_progress_report(w->fit->progress, &state, err);
        if (status == VT_OK) {
            status = vt_fusion_lay_out(w, &batch, err);
        }
        if (status == VT_OK) {
            status = shuffle(r, &rng, err);
        }
        if (status != VT_OK || w->queries == 0) {
            continue;
        }
        vt_fusion_batch_items(&w->nn, &w->batch, w->m);
        vt_fusion_users_forward(&w->nn, &w->batch, w->m, false, 0);
        adamw.rate = vt_nn_rate(RATE, done + 1, all, 0, 0.05);
        for (size_t k = 0; k < w->queries; k += ROWS) {
            size_t n = w->queries - k < ROWS ? w->queries - k : ROWS;
            run_rows(r, &at, r->order + k, n, vt_nn_key(w->fit->seed, (uint64_t)done, k, 1));
            vt_nn_params_step(&w->nn, &w->m->head_params, &adamw, ++step);
        }
    }
    return status;
}

int vt_fusion_fit_ratings(vt_fusion_work *w, const vt_batch_training *training, vt_error *err)
{
    vt_fusion *m = w->m;
    int epochs = (int)w->fit->params->value[VT_FUSION_RATING_EPOCHS];
    rating_work r = {.fit = w};
    if (epochs == 0 || find_scale(m->scale, w) == 0 || !(m->scale[1] < m->scale[2])) {
        return VT_OK;
    }
    int status = vt_fusion_add_head(m, err);
    r.user = status != VT_OK ? NULL : vt_alloc_zero((size_t)w->train.n_users, sizeof *r.user, err);
    r.item = r.user == NULL ? NULL : vt_alloc_zero((size_t)m->n_items, sizeof *r.item, err);
    int32_t *order = r.item == NULL ? NULL : vt_alloc(w->n_users, sizeof *order, err);
    status = order == NULL ? VT_ERR_NO_MEMORY : vt_nn_params_train(&m->head_params, err);
    if (status == VT_OK) {
        vt_rating_head_start(&m->head, &m->head_params, w->fit->seed);
        tally_up(&r);
        status = read_others(&r, err);
    }
    if (status == VT_OK) {
        status = start_others(&r, err);
    }
    if (status == VT_OK) {
        vt_batch_order(order, w->n_users, w->fit->seed, training->order, w->fit->options->report->epochs - 1);
        w->ratings = true;
        vt_fusion_activate(m, false);
        status = run_epochs(&r, training, order, epochs, err);
        vt_fusion_activate(m, true);
    }
    vt_nn_params_trained(&m->head_params);
    vt_free(r.user);
    vt_free(r.item);
    vt_free(r.others);
    vt_free(r.order);
    vt_free(order);
    vt_free(r.rows);
    vt_free(r.present);
    return status;
}
