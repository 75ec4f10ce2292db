/*
 * The rating head on the vectors of the ranking: once these are learned, a network (rating_head.c, that of mlp-fusion)
 * reads the user as of the question and what the item is made of, and tells by how much a rating will differ from what
 * item and user are rated at and rate at. Both of these are means, drawn towards 0 where they are of few ratings, and
 * while fitting each is taken without the rating that is asked for: so someone new is predicted as everybody is.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "math/invert.h"
#include "model/fusion/fit.h"
#include "model/tensors.h"

#define RATE 0.001
#define DECAY 0.1
#define DROPOUT 0.3

enum {
    DRAW = 5,  /* ratings of 0 difference that draw a mean towards 0 */
    ROWS = 256 /* ratings of a step */
};
enum { USER_SIDE = VT_MODALITY_FIXED, INPUTS };

/*
 * Relations by which other ratings of a person tell about an item, and what draws their mean towards 0: a rating of an
 * item that goes with it by so much counts half.
 */
enum { RATED_BY = 5 };
static const double draw_of[RATED_BY] = {
    [VT_RELATION_TOGETHER] = 0.1, [VT_RELATION_WORDS] = 0.5,    [VT_RELATION_LOOKS] = 0.5,
    [VT_RELATION_BRAND] = 3.0,    [VT_RELATION_CATEGORY] = 3.0,
};

/* A rating that someone gave, less the mean and what its item is rated above it. */
typedef struct given {
    int32_t item;
    double above;
} given;

/* What is added up of the ratings of a user or an item: differences from what is expected without it. */
typedef struct tally {
    double sum, n;
} tally;

static double mean_of(const tally *t)
{
    return t->sum / (t->n + DRAW);
}

/* The same without one of them. */
static double mean_without(const tally *t, double own)
{
    return (t->sum - own) / (t->n - 1.0 + DRAW);
}

typedef struct rating_work {
    vt_fusion_work *fit;
    tally *user;   /* (U) */
    tally *item;   /* (I) */
    float *others; /* (events, RATED_BY) what the other ratings of the person say of the item of each */
    size_t order_room;
    uint32_t *order; /* of the ratings that are laid out */
    float *rows;     /* all of step_rows */
    uint8_t *present;
} rating_work;

/* Where the numbers of a step stand. */
typedef struct step_rows {
    float *x, *dx, *out, *dout, *attention, *buffers;
} step_rows;

int vt_fusion_add_head(vt_fusion *m, vt_error *err)
{
    int status = vt_rating_head_add(&m->head, &m->head_params, INPUTS, m->d, DROPOUT, err);
    if (status == VT_OK) {
        status = vt_nn_params_add(&m->rated_by, &m->head_params, "rated_by", 1, RATED_BY, false, err);
    }
    if (status == VT_OK) {
        status = vt_nn_params_alloc(&m->head_params, err);
    }
    if (status == VT_OK && m->item_bias == NULL) {
        m->item_bias = vt_alloc_zero((size_t)m->n_items, sizeof *m->item_bias, err);
        status = m->item_bias == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    return status;
}

bool vt_fusion_has_head(const vt_fusion *m)
{
    return m->head_params.value != NULL;
}

/* The inputs of a row: the parts of the item, then the user. */
static void put_row(float *x, uint8_t *present, const vt_fusion *m, int32_t item, bool cold, const float *u)
{
    for (int k = 0; k < VT_MODALITY_FIXED; k++) {
        bool hidden = cold && k == VT_MODALITY_ID;
        present[k] = m->items.has[(size_t)item * VT_MODALITIES + (size_t)k] != 0 && !hidden;
        if (present[k]) {
            vt_fusion_modality(x + (size_t)k * m->d, m, item, k);
        } else {
            memset(x + (size_t)k * m->d, 0, m->d * sizeof *x);
        }
    }
    present[USER_SIDE] = 1;
    memcpy(x + USER_SIDE * m->d, u, m->d * sizeof *x);
    for (size_t k = 0; k < INPUTS; k++) {
        double square = 1e-9;
        for (size_t j = 0; j < m->d; j++) {
            square += (double)x[k * m->d + j] * (double)x[k * m->d + j];
        }
        for (size_t j = 0; j < m->d; j++) {
            x[k * m->d + j] *= (float)sqrt((double)m->d / square);
        }
    }
}

/* Likeness of the items that are near one, into `mark` (I), or out of it. */
static void mark_near(float *mark, const vt_csr *near, int32_t item, bool set)
{
    for (int64_t e = near == NULL ? 0 : near->ptr[item]; near != NULL && e < near->ptr[item + 1]; e++) {
        mark[near->column[e]] = set ? near->value[e] : 0.0F;
    }
}

/*
 * What ratings of other items say of one, by relation: the mean of how much above what is usual these are, weighed by
 * how they go with it. `bias`: how much above others the person rates; `marks` (2, I) are zeros.
 */
static void tell_by_others(float out[RATED_BY], const vt_fusion *m, int32_t item, const given *ratings, size_t n,
                           double bias, float *marks)
{
    double sum[RATED_BY] = {0}, weight[RATED_BY] = {0};
    size_t known = m->n_known, at = (size_t)item;
    bool attributes = (m->use & VT_USE_ATTRIBUTES) != 0;
    mark_near(marks, m->words, item, true);
    mark_near(marks + m->n_items, m->looks, item, true);
    for (size_t h = 0; h < n; h++) {
        size_t other = (size_t)ratings[h].item;
        if (other == at) {
            continue;
        }
        bool together = m->together != NULL && other < known && at < known;
        bool brand = attributes && m->items.brand[at] >= 0 && m->items.brand[at] == m->items.brand[other];
        bool category = attributes && m->items.category[at] >= 0 && m->items.category[at] == m->items.category[other];
        const double goes[RATED_BY] = {
            [VT_RELATION_TOGETHER] =
                together ? -(double)m->together[other * known + at] / (double)m->diagonal[at] : 0.0,
            [VT_RELATION_WORDS] = (double)marks[other],
            [VT_RELATION_LOOKS] = (double)marks[(size_t)m->n_items + other],
            [VT_RELATION_BRAND] = brand,
            [VT_RELATION_CATEGORY] = category,
        };
        for (size_t k = 0; k < RATED_BY; k++) {
            sum[k] += goes[k] * (ratings[h].above - bias);
            weight[k] += fabs(goes[k]);
        }
    }
    for (size_t k = 0; k < RATED_BY; k++) {
        out[k] = (float)(sum[k] / (weight[k] + draw_of[k]));
    }
    mark_near(marks, m->words, item, false);
    mark_near(marks + m->n_items, m->looks, item, false);
}

static double weigh_others(const vt_fusion *m, const float others[RATED_BY])
{
    double sum = 0.0;
    for (size_t k = 0; k < RATED_BY; k++) {
        sum += (double)m->head_params.value[m->rated_by + k] * (double)others[k];
    }
    return sum;
}

/* ---- fitting ---------------------------------------------------------------------------------------------------- */

/* Mean, lowest and highest rating; how many there are. */
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
        m->item_bias[i] = (float)mean_of(&r->item[i]);
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
static int ask_others(rating_work *r, vt_error *err)
{
    const vt_fusion_work *w = r->fit;
    const vt_fusion *m = w->m;
    int64_t all = w->event_ptr[w->train.n_users];
    given *ratings = vt_alloc((size_t)all, sizeof *ratings, err);
    float *marks = ratings == NULL ? NULL : vt_alloc_zero(2 * (size_t)m->n_items, sizeof *marks, err);
    r->others = marks == NULL ? NULL : vt_alloc_zero((size_t)all * RATED_BY, sizeof *r->others, err);
    for (int32_t u = 0; r->others != NULL && u < w->train.n_users; u++) {
        size_t n = 0;
        for (int64_t e = w->event_ptr[u]; e < w->event_ptr[u + 1]; e++) {
            const vt_fusion_event *event = &w->event[e];
            if (isfinite(event->value)) {
                double above = (double)event->value - m->scale[0] - (double)m->item_bias[event->item];
                ratings[n++] = (given){event->item, above};
            }
        }
        for (int64_t e = w->event_ptr[u], k = 0; e < w->event_ptr[u + 1]; e++) {
            if (isfinite(w->event[e].value)) {
                double bias = mean_without(&r->user[u], ratings[k++].above);
                tell_by_others(r->others + e * RATED_BY, m, w->event[e].item, ratings, n, bias, marks);
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
    double square[RATED_BY][RATED_BY] = {{0}}, product[RATED_BY] = {0};
    float inverse[RATED_BY * RATED_BY];
    for (int32_t u = 0; u < w->train.n_users; u++) {
        for (int64_t e = w->event_ptr[u]; e < w->event_ptr[u + 1]; e++) {
            const float *x = r->others + e * RATED_BY;
            if (!isfinite(w->event[e].value)) {
                continue;
            }
            double y = unexplained(r, u, w->event[e].item, w->event[e].value);
            for (size_t i = 0; i < RATED_BY; i++) {
                product[i] += (double)x[i] * y;
                for (size_t j = 0; j < RATED_BY; j++) {
                    square[i][j] += (double)x[i] * (double)x[j];
                }
            }
        }
    }
    for (size_t i = 0; i < RATED_BY; i++) {
        square[i][i] += 1.0; /* a relation that the data do not have gets no weight */
        for (size_t j = 0; j < RATED_BY; j++) {
            inverse[i * RATED_BY + j] = (float)square[i][j];
        }
    }
    int status = vt_invert(inverse, RATED_BY, 1, NULL, "", err);
    float *weight = w->m->head_params.value + w->m->rated_by;
    for (size_t i = 0; i < RATED_BY && status == VT_OK; i++) {
        for (size_t j = 0; j < RATED_BY; j++) {
            weight[i] += inverse[i * RATED_BY + j] * (float)product[j];
        }
    }
    return status;
}

static int make_rows(step_rows *at, rating_work *r, vt_error *err)
{
    const vt_fusion *m = r->fit->m;
    size_t wide = (size_t)ROWS * INPUTS * m->d;
    size_t floats = 2 * wide + 2 * (size_t)ROWS + (size_t)ROWS * INPUTS + vt_rating_head_floats(&m->head, ROWS);
    r->rows = vt_alloc_aligned(floats, sizeof *r->rows, err);
    r->present = r->rows == NULL ? NULL : vt_alloc((size_t)ROWS * INPUTS, 1, err);
    if (r->present == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    *at = (step_rows){.x = r->rows, .dx = r->rows + wide, .out = r->rows + 2 * wide};
    at->dout = at->out + ROWS;
    at->attention = at->dout + ROWS;
    at->buffers = at->attention + (size_t)ROWS * INPUTS;
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
        int32_t item = w->asked[q].target;
        put_row(at->x + k * INPUTS * m->d, r->present + k * INPUTS, m, item, w->cold[item] != 0, w->batch.u + q * m->d);
    }
    const vt_head_batch batch = {at->x, r->present, n, true, key};
    vt_rating_head_forward(&w->nn, at->out, at->attention, &m->head, m->head_params.value, &batch, at->buffers);
    for (size_t k = 0; k < n; k++) {
        const vt_fusion_asked *asked = &w->asked[which[k]];
        const float *others = r->others + asked->event * RATED_BY;
        double wanted = unexplained(r, w->batch.user[which[k]], asked->target, asked->value);
        double error = weigh_others(m, others) + (double)at->out[k] - wanted;
        at->dout[k] = (float)(2.0 * error / (double)n);
        for (size_t j = 0; j < RATED_BY; j++) {
            m->head_params.gradient[m->rated_by + j] += at->dout[k] * others[j];
        }
    }
    vt_rating_head_back(&w->nn, at->dx, m->head_params.gradient, at->dout, at->attention, &m->head,
                        m->head_params.value, &batch, at->buffers);
}

/* The ratings that are laid out, in an order by chance. */
static int shuffle(rating_work *r, vt_rng *rng, vt_error *err)
{
    size_t n = r->fit->questions;
    int status = vt_fusion_make_room(&r->order, &r->order_room, n, sizeof *r->order, err);
    for (size_t k = 0; k < n && status == VT_OK; k++) {
        size_t j = (size_t)vt_rng_below(rng, k + 1);
        r->order[k] = r->order[j];
        r->order[j] = (uint32_t)k;
    }
    return status;
}

static int run_epochs(rating_work *r, int epochs, vt_error *err)
{
    vt_fusion_work *w = r->fit;
    vt_nn_adamw adamw = {0.0, 0.9, 0.999, 1e-8, DECAY, 5.0};
    step_rows at;
    int64_t all = epochs * w->steps, done = 0, step = 0;
    int status = make_rows(&at, r, err);
    for (; done < all && status == VT_OK; done++) {
        int number = (int)(done / w->steps);
        vt_progress_state state = {
            .stage = "fitting fusion's ratings", .unit = "steps", .done = (double)done, .total = (double)all};
        vt_rng rng = vt_rng_at(w->fit->seed, "fusion-ratings", (uint64_t)done, 0);
        status = vt_progress_report(w->fit->progress, &state, err);
        if (status == VT_OK) {
            status = vt_fusion_lay_out(w, number, done % w->steps, err);
        }
        if (status == VT_OK) {
            status = shuffle(r, &rng, err);
        }
        if (status != VT_OK || w->questions == 0) {
            continue;
        }
        vt_fusion_users_forward(&w->nn, &w->batch, w->m, w->m->z, false, 0);
        adamw.rate = vt_nn_rate(RATE, done + 1, all, 0, 0.05);
        for (size_t k = 0; k < w->questions; k += ROWS) {
            size_t n = w->questions - k < ROWS ? w->questions - k : ROWS;
            run_rows(r, &at, r->order + k, n, vt_nn_key(w->fit->seed, (uint64_t)done, k, 1));
            vt_nn_params_step(&w->nn, &w->m->head_params, &adamw, ++step);
        }
    }
    return status;
}

int vt_fusion_fit_ratings(vt_fusion_work *w, vt_error *err)
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
    status = r.item == NULL ? VT_ERR_NO_MEMORY : vt_nn_params_train(&m->head_params, err);
    if (status == VT_OK) {
        vt_rating_head_start(&m->head, &m->head_params, w->fit->seed);
        tally_up(&r);
        status = ask_others(&r, err);
    }
    if (status == VT_OK) {
        status = start_others(&r, err);
    }
    if (status == VT_OK) {
        w->ratings = true;
        vt_fusion_play(m, false);
        status = run_epochs(&r, epochs, err);
        vt_fusion_play(m, true);
    }
    vt_nn_params_trained(&m->head_params);
    vt_free(r.user);
    vt_free(r.item);
    vt_free(r.others);
    vt_free(r.order);
    vt_free(r.rows);
    vt_free(r.present);
    return status;
}

/* ---- predicting ------------------------------------------------------------------------------------------------- */

/* The ratings of a person, and how much higher or lower than others they rate. Gives how many there are. */
static size_t take_given(given *out, double *bias, const vt_fusion *m, const vt_user_state *user)
{
    tally t = {0};
    size_t n = 0;
    const vt_user_state *parts[] = {user, user->signals};
    for (size_t p = 0; p < 2 && parts[p] != NULL && parts[p]->value != NULL; p++) {
        for (size_t h = 0; h < parts[p]->n; h++) {
            double value = (double)parts[p]->value[h];
            if (isfinite(value)) {
                int32_t item = m->place[parts[p]->item[h]];
                out[n++] = (given){item, value - m->scale[0] - (double)m->item_bias[item]};
                t.sum += out[n - 1].above;
                t.n += 1.0;
            }
        }
    }
    *bias = mean_of(&t);
    return n;
}

/* Room for one prediction after the other. */
typedef struct predicting {
    given *ratings;
    float *marks, *x, *attention, *buffers;
} predicting;

static void predicting_done(predicting *p)
{
    vt_free(p->ratings);
    vt_free(p->marks);
    vt_free(p->x);
}

static int predicting_init(predicting *p, const vt_fusion *m, const vt_user_state *user, vt_error *err)
{
    size_t n = user->n + (user->signals == NULL ? 0 : user->signals->n), wide = INPUTS * m->d;
    p->ratings = vt_alloc(n, sizeof *p->ratings, err);
    p->marks = p->ratings == NULL ? NULL : vt_alloc_zero(2 * (size_t)m->n_items, sizeof *p->marks, err);
    size_t floats = wide + INPUTS + vt_rating_head_floats(&m->head, 1);
    p->x = p->marks == NULL ? NULL : vt_alloc_aligned(floats, sizeof *p->x, err);
    if (p->x == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    p->attention = p->x + wide;
    p->buffers = p->attention + INPUTS;
    return VT_OK;
}

int vt_fusion_predict(const void *state, const vt_user_state *user, const int32_t *items, size_t n, float *ratings,
                      vt_error *err)
{
    const vt_fusion *m = state;
    if (!vt_fusion_has_head(m)) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "this model of kind fusion was fitted for ranking alone; for ratings too fit it with "
                       "rating_epochs=5, on data that have any");
    }
    const float *u = NULL;
    predicting p = {0};
    vt_fusion_room *room = vt_fusion_room_take(m, err);
    int status = room == NULL ? VT_ERR_NO_MEMORY : vt_fusion_read_user(room, &u, m, user, false, err);
    if (status == VT_OK) {
        status = predicting_init(&p, m, user, err);
    }
    double bias = 0.0;
    size_t n_given = status == VT_OK ? take_given(p.ratings, &bias, m, user) : 0;
    vt_nn nn = vt_nn_with(1);
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        uint8_t present[INPUTS];
        int32_t item = m->place[items[i]];
        float out = 0.0F, others[RATED_BY];
        put_row(p.x, present, m, item, false, u);
        const vt_head_batch batch = {p.x, present, 1, false, 0};
        vt_rating_head_forward(&nn, &out, p.attention, &m->head, m->head_params.value, &batch, p.buffers);
        tell_by_others(others, m, item, p.ratings, n_given, bias, p.marks);
        double rating = m->scale[0] + bias + (double)m->item_bias[item] + weigh_others(m, others) + (double)out;
        ratings[i] = vt_scale_clip(m->scale, rating);
    }
    predicting_done(&p);
    if (room != NULL) {
        vt_fusion_room_give(m, room);
    }
    return status;
}
