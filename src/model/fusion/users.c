/*
 * The users' side: events into a causal transformer, whose state after the last event is the short term; beside it
 * stand the mean of all items so far and the user's attributes. A gate that reads the state weighs the three. Forward
 * and backward side by side.
 *
 * An event is its item's z, its kind, its rating, its place counted from the last one, and numbers of its time; the
 * state also hears at which moment the question is asked. Pairs of events fall in classes by the time between them
 * (TiSASRec, Li 2020), here by its logarithm, so that a day and a year differ.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "model/fusion/fusion.h"

#define DAY 86400.0
#define TURN 6.283185307179586

enum { DROP_INPUT = 900, DROP_STATE };

/*
 * ---- laying out ---------------------------------------------------------------------------------------------------
 */

static void turn(float *to, double share)
{
    to[0] = (float)sin(TURN * share);
    to[1] = (float)cos(TURN * share);
}

static float log_days(int64_t later, int64_t earlier)
{
    double days = earlier == VT_NONE || later == VT_NONE ? 0.0 : (double)(later - earlier) / DAY;
    return days > 0.0 ? (float)(log1p(days) / 6.0) : 0.0F;
}

void vt_fusion_moment(float numbers[VT_EVENT_NUMBERS], int64_t time, int64_t before)
{
    memset(numbers, 0, VT_EVENT_NUMBERS * sizeof *numbers);
    if (time == VT_NONE) {
        return;
    }
    double days = (double)time / DAY;
    numbers[0] = log_days(time, before);
    numbers[1] = 1.0F;
    turn(numbers + 2, days);
    turn(numbers + 4, days / 7.0);
    turn(numbers + 6, days / 365.2425);
}

static int grow(void *array, size_t *room, size_t n, size_t size, vt_error *err)
{
    void **at = array;
    if (n <= *room && *at != NULL) {
        return VT_OK;
    }
    vt_free(*at);
    *room = 0;
    *at = vt_alloc_aligned(n + n / 8 + 16, size, err);
    if (*at == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    *room = n + n / 8 + 16;
    return VT_OK;
}

void vt_fusion_batch_done(vt_fusion_batch *b)
{
    void *arrays[] = {b->begin,  b->square, b->item,    b->back,  b->kind,
                      b->rating, b->user,   b->numbers, b->asked, b->floats};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        vt_free(arrays[i]);
    }
    vt_free(b->bucket);
    *b = (vt_fusion_batch){0};
}

static int make_room(vt_fusion_batch *b, const vt_fusion *m, size_t n, size_t tokens, size_t squares, bool training,
                     vt_error *err)
{
    size_t planes = (6 + VT_USER_SIDES) * m->d + VT_USER_SIDES;
    size_t floats = tokens * planes + vt_nn_encoder_floats(&m->encoder, tokens, squares, training);
    struct {
        void *array;
        size_t n, size;
    } wanted[] = {
        {&b->begin, n + 1, sizeof *b->begin},
        {&b->square, n + 1, sizeof *b->square},
        {&b->item, tokens, sizeof *b->item},
        {&b->back, tokens, sizeof *b->back},
        {&b->kind, tokens, sizeof *b->kind},
        {&b->rating, tokens, sizeof *b->rating},
        {&b->user, n, sizeof *b->user},
        {&b->numbers, tokens * VT_EVENT_NUMBERS, sizeof *b->numbers},
        {&b->asked, tokens * VT_EVENT_NUMBERS, sizeof *b->asked},
        {&b->floats, floats, sizeof *b->floats},
    };
    int status = VT_OK;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0] && status == VT_OK; i++) {
        status = grow(wanted[i].array, &b->room[i], wanted[i].n, wanted[i].size, err);
    }
    if (status == VT_OK && m->encoder.shape.buckets > 0) {
        vt_free(b->bucket);
        b->bucket = vt_alloc(squares, 1, err);
        status = b->bucket == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    return status;
}

/*
 * Classes of pairs by the logarithm of the days between; the first is the same second, pairs without times and the
 * start.
 */
static void classify(uint8_t *bucket, const vt_fusion_sequence *s, size_t classes)
{
    size_t tokens = s->n + 1;
    memset(bucket, 0, tokens * tokens);
    for (size_t q = 1; s->time != NULL && q < tokens; q++) {
        for (size_t k = 1; k < q; k++) {
            double at = (double)log_days(s->time[q - 1], s->time[k - 1]);
            size_t class = at > 0.0 ? 1 + (size_t)(at * (double)(classes - 1)) : 0;
            bucket[q * tokens + k] = (uint8_t)(class < classes ? class : classes - 1);
        }
    }
}

static int32_t rating_step(const vt_fusion_sequence *s, size_t i)
{
    float value = s->value == NULL ? NAN : s->value[i];
    return isnan(value) ? 0 : value <= 1.0F ? 1 : value >= 5.0F ? 5 : (int32_t)lrintf(value);
}

/* The start, which stands for a user without any event, and the events behind it. */
static void lay_sequence(vt_fusion_batch *b, const vt_fusion *m, const vt_fusion_sequence *s, size_t at)
{
    bool timed = m->timed && (m->use & VT_USE_TIME) != 0;
    for (size_t o = 0; o <= s->n; o++, at++) {
        int64_t time = s->time == NULL || o == 0 ? VT_NONE : s->time[o - 1];
        int64_t before = s->time == NULL || o < 2 ? VT_NONE : s->time[o - 2];
        int64_t asked = s->asked == NULL ? VT_NONE : s->asked[o];
        b->item[at] = o == 0 ? -1 : s->item[o - 1];
        b->back[at] = (int32_t)(s->n - o);
        b->kind[at] = o == 0 || s->kind == NULL ? -1 : (int32_t)s->kind[o - 1];
        b->rating[at] = o == 0 ? 0 : rating_step(s, o - 1);
        vt_fusion_moment(b->numbers + at * VT_EVENT_NUMBERS, timed ? time : VT_NONE, before);
        vt_fusion_moment(b->asked + at * VT_EVENT_NUMBERS, timed ? asked : VT_NONE, time);
    }
}

int vt_fusion_batch_fill(vt_fusion_batch *b, const vt_fusion *m, const vt_fusion_sequence *sequences, size_t n,
                         bool training, vt_error *err)
{
    size_t tokens = 0, squares = 0;
    for (size_t s = 0; s < n; s++) {
        tokens += sequences[s].n + 1;
        squares += (sequences[s].n + 1) * (sequences[s].n + 1);
    }
    int status = make_room(b, m, n, tokens, squares, training, err);
    if (status != VT_OK) {
        return status;
    }
    b->begin[0] = b->square[0] = 0;
    for (size_t s = 0; s < n; s++) {
        lay_sequence(b, m, &sequences[s], b->begin[s]);
        if (m->encoder.shape.buckets > 0) {
            classify(b->bucket + b->square[s], &sequences[s], m->encoder.shape.buckets);
        }
        b->user[s] = sequences[s].user;
        b->begin[s + 1] = b->begin[s] + sequences[s].n + 1;
        b->square[s + 1] = b->square[s] + (sequences[s].n + 1) * (sequences[s].n + 1);
    }
    size_t plane = tokens * m->d;
    float **planes[] = {&b->x, &b->h, &b->s, &b->mean, &b->u, &b->side[0], &b->side[1], &b->side[2]};
    float *at = b->floats;
    for (size_t k = 0; k < sizeof planes / sizeof planes[0]; k++, at += plane) {
        *planes[k] = at;
    }
    b->gate = at + plane; /* one plane is scratch of the way back */
    b->buffers = b->gate + tokens * VT_USER_SIDES;
    b->nn = (vt_nn_batch){{n, b->begin, b->square}, tokens, squares, b->bucket};
    return VT_OK;
}

/*
 * ---- forward ------------------------------------------------------------------------------------------------------
 */

static vt_nn_mask drop_of(const vt_fusion *m, bool training, uint64_t key, uint64_t place)
{
    return (vt_nn_mask){vt_nn_key(key, place, 0, 0), training ? m->encoder.shape.dropout : 0.0F};
}

/* x += table[index], for (T, D). */
static void add_rows(const vt_nn *nn, float *x, float *scratch, const float *table, const int32_t *index, size_t tokens,
                     size_t d)
{
    const vt_nn_mask none = {0, 0.0F};
    vt_nn_gather(nn, scratch, table, index, 1.0F, tokens, d);
    vt_nn_add_dropped(nn, x, scratch, none, tokens * d);
}

/* x += numbers w', for (T, D). */
static void add_numbers(const vt_nn *nn, float *x, float *scratch, const float *numbers, const float *w, size_t tokens,
                        size_t d)
{
    const vt_nn_mask none = {0, 0.0F};
    vt_nn_linear(nn, scratch, numbers, w, NULL, tokens, VT_EVENT_NUMBERS, d);
    vt_nn_add_dropped(nn, x, scratch, none, tokens * d);
}

/* The mean of z over the events up to each token, sequence by sequence; zeros at the start. */
static void running_mean(const vt_nn *nn, float *mean, const vt_fusion_batch *b, const float *z, size_t d)
{
#pragma omp parallel for schedule(dynamic, 4) num_threads(nn->threads)
    for (size_t s = 0; s < b->nn.sequences.n; s++) {
        size_t begin = b->begin[s];
        memset(mean + begin * d, 0, d * sizeof *mean);
        for (size_t t = begin + 1; t < b->begin[s + 1]; t++) {
            float keep = (float)(t - begin - 1) / (float)(t - begin);
            const float *row = z + (size_t)b->item[t] * d;
            for (size_t j = 0; j < d; j++) {
                mean[t * d + j] = keep * mean[(t - 1) * d + j] + (1.0F - keep) * row[j];
            }
        }
    }
}

/* Mean of the vectors of a user's attributes for all tokens of the sequence; zeros for strangers. */
static void user_attributes(float *side, const vt_fusion_batch *b, const vt_fusion *m)
{
    const float *table = m->params.value + m->at.user_token;
    memset(side, 0, b->nn.tokens * m->d * sizeof *side);
    for (size_t s = 0; s < b->nn.sequences.n; s++) {
        int32_t user = b->user[s];
        int64_t begin = user < 0 ? 0 : m->user_token_ptr[user], end = user < 0 ? 0 : m->user_token_ptr[user + 1];
        for (size_t t = b->begin[s]; t < b->begin[s + 1]; t++) {
            for (int64_t k = begin; k < end; k++) {
                for (size_t j = 0; j < m->d; j++) {
                    side[t * m->d + j] += table[(size_t)m->user_token[k] * m->d + j] / (float)(end - begin);
                }
            }
        }
    }
}

/* u = sum over sides of gate times side, where the gate reads the state. */
static void weigh_sides(vt_fusion_batch *b, const vt_fusion *m)
{
    const float *v = m->params.value + m->at.side, *bias = m->params.value + m->at.side_bias;
    size_t d = m->d;
    for (size_t t = 0; t < b->nn.tokens; t++) {
        float *g = b->gate + t * VT_USER_SIDES, *u = b->u + t * d, highest = -INFINITY, sum = 0.0F;
        for (size_t k = 0; k < VT_USER_SIDES; k++) {
            g[k] = bias[k];
            for (size_t j = 0; j < d; j++) {
                g[k] += v[k * d + j] * b->s[t * d + j];
            }
            highest = g[k] > highest ? g[k] : highest;
        }
        for (size_t k = 0; k < VT_USER_SIDES; k++) {
            g[k] = expf(g[k] - highest);
            sum += g[k];
        }
        memset(u, 0, d * sizeof *u);
        for (size_t k = 0; k < VT_USER_SIDES; k++) {
            g[k] /= sum;
            for (size_t j = 0; j < d; j++) {
                u[j] += g[k] * b->side[k][t * d + j];
            }
        }
    }
}

void vt_fusion_users_forward(const vt_nn *nn, vt_fusion_batch *b, const vt_fusion *m, const float *z, bool training,
                             uint64_t key)
{
    const float *value = m->params.value;
    size_t tokens = b->nn.tokens, d = m->d;
    vt_nn_gather(nn, b->x, z, b->item, 1.0F, tokens, d);
    for (size_t s = 0; s < b->nn.sequences.n; s++) {
        memcpy(b->x + b->begin[s] * d, value + m->at.nobody, d * sizeof *b->x);
    }
    add_rows(nn, b->x, b->u, value + m->at.kind, b->kind, tokens, d);
    add_rows(nn, b->x, b->u, value + m->at.rating, b->rating, tokens, d);
    add_rows(nn, b->x, b->u, value + m->at.position, b->back, tokens, d);
    add_numbers(nn, b->x, b->u, b->numbers, value + m->at.time, tokens, d);
    vt_nn_drop(nn, b->x, b->x, drop_of(m, training, key, DROP_INPUT), tokens * d);
    if ((m->use & VT_USE_ATTENTION) != 0) {
        vt_nn_encoder_forward(nn, b->h, &m->encoder, value, b->x, &b->nn, training, key, b->buffers);
    } else { /* the mean of the events so far in place of attention */
        memcpy(b->h, b->x, tokens * d * sizeof *b->h);
        for (size_t s = 0; s < b->nn.sequences.n; s++) {
            for (size_t t = b->begin[s] + 1; t < b->begin[s + 1]; t++) {
                float keep = (float)(t - b->begin[s]) / (float)(t - b->begin[s] + 1);
                for (size_t j = 0; j < d; j++) {
                    b->h[t * d + j] = keep * b->h[(t - 1) * d + j] + (1.0F - keep) * b->x[t * d + j];
                }
            }
        }
    }
    memcpy(b->s, b->h, tokens * d * sizeof *b->s);
    add_numbers(nn, b->s, b->u, b->asked, value + m->at.asked, tokens, d);
    running_mean(nn, b->mean, b, z, d);
    vt_nn_drop(nn, b->side[0], b->s, drop_of(m, training, key, DROP_STATE), tokens * d);
    vt_nn_linear(nn, b->side[1], b->mean, value + m->at.longterm, NULL, tokens, d, d);
    user_attributes(b->side[2], b, m);
    weigh_sides(b, m);
}

/*
 * ---- backward -----------------------------------------------------------------------------------------------------
 */

/* From du to the sides (in place of them) and, through the gate, to the state: ds (T, D) =. */
static void sides_back(vt_fusion_batch *b, vt_fusion *m, float *ds, const float *du)
{
    const float *v = m->params.value + m->at.side;
    float *dv = m->params.gradient + m->at.side, *dbias = m->params.gradient + m->at.side_bias;
    size_t d = m->d;
    for (size_t t = 0; t < b->nn.tokens; t++) {
        const float *g = b->gate + t * VT_USER_SIDES, *from = du + t * d;
        float dg[VT_USER_SIDES], mean = 0.0F, *to = ds + t * d;
        for (size_t k = 0; k < VT_USER_SIDES; k++) {
            dg[k] = 0.0F;
            for (size_t j = 0; j < d; j++) {
                dg[k] += from[j] * b->side[k][t * d + j];
            }
            mean += g[k] * dg[k];
        }
        memset(to, 0, d * sizeof *to);
        for (size_t k = 0; k < VT_USER_SIDES; k++) {
            float dlogit = g[k] * (dg[k] - mean);
            dbias[k] += dlogit;
            for (size_t j = 0; j < d; j++) {
                dv[k * d + j] += dlogit * b->s[t * d + j];
                to[j] += dlogit * v[k * d + j];
                b->side[k][t * d + j] = g[k] * from[j];
            }
        }
    }
}

static void attributes_back(const vt_fusion_batch *b, vt_fusion *m, const float *dside)
{
    float *table = m->params.gradient + m->at.user_token;
    for (size_t s = 0; s < b->nn.sequences.n; s++) {
        int32_t user = b->user[s];
        int64_t begin = user < 0 ? 0 : m->user_token_ptr[user], end = user < 0 ? 0 : m->user_token_ptr[user + 1];
        for (size_t t = b->begin[s]; t < b->begin[s + 1]; t++) {
            for (int64_t k = begin; k < end; k++) {
                for (size_t j = 0; j < m->d; j++) {
                    table[(size_t)m->user_token[k] * m->d + j] += dside[t * m->d + j] / (float)(end - begin);
                }
            }
        }
    }
}

/*
 * The gradient of means over a prefix, sequence by sequence from its end: dx_t = sum over later s of dmean_s /
 * length_s. The first `skip` tokens of a sequence are in no mean. dx and dmean may be the same.
 */
static void prefix_back(float *dx, const vt_fusion_batch *b, const float *dmean, size_t skip, size_t d)
{
    for (size_t s = 0; s < b->nn.sequences.n; s++) {
        size_t begin = b->begin[s] + skip;
        for (size_t t = b->begin[s + 1]; t-- > begin;) {
            bool last = t + 1 == b->begin[s + 1];
            for (size_t j = 0; j < d; j++) {
                dx[t * d + j] = dmean[t * d + j] / (float)(t - begin + 1) + (last ? 0.0F : dx[(t + 1) * d + j]);
            }
        }
    }
}

void vt_fusion_users_back(const vt_nn *nn, vt_fusion_batch *b, vt_fusion *m, float *dz, float *du, uint64_t key)
{
    const float *value = m->params.value;
    float *gradient = m->params.gradient, *scratch = b->gate - b->nn.tokens * m->d;
    const vt_nn_mask none = {0, 0.0F};
    size_t tokens = b->nn.tokens, d = m->d, all = tokens * d;
    sides_back(b, m, scratch, du);
    attributes_back(b, m, b->side[2]);
    /* The long term: through its projection into the running mean, and from there to the items. */
    vt_nn_linear_back(nn, du, gradient + m->at.longterm, NULL, b->side[1], b->mean, value + m->at.longterm, tokens, d,
                      d);
    prefix_back(b->mean, b, du, 1, d);
    vt_nn_scatter(nn, dz, b->mean, b->item, 1.0F, tokens, d);
    /* The short term. */
    vt_nn_drop(nn, b->side[0], b->side[0], drop_of(m, true, key, DROP_STATE), all);
    vt_nn_add_dropped(nn, scratch, b->side[0], none, all);
    vt_nn_linear_back(nn, NULL, gradient + m->at.asked, NULL, scratch, b->asked, value + m->at.asked, tokens,
                      VT_EVENT_NUMBERS, d);
    float *dx = b->u;
    if ((m->use & VT_USE_ATTENTION) != 0) {
        vt_nn_encoder_back(nn, dx, gradient, scratch, &m->encoder, value, b->x, &b->nn, key, b->buffers);
    } else {
        prefix_back(dx, b, scratch, 0, d);
    }
    vt_nn_drop(nn, dx, dx, drop_of(m, true, key, DROP_INPUT), all);
    vt_nn_scatter(nn, dz, dx, b->item, 1.0F, tokens, d);
    for (size_t s = 0; s < b->nn.sequences.n; s++) {
        for (size_t j = 0; j < d; j++) {
            gradient[m->at.nobody + j] += dx[b->begin[s] * d + j];
        }
    }
    vt_nn_scatter(nn, gradient + m->at.kind, dx, b->kind, 1.0F, tokens, d);
    vt_nn_scatter(nn, gradient + m->at.rating, dx, b->rating, 1.0F, tokens, d);
    vt_nn_scatter(nn, gradient + m->at.position, dx, b->back, 1.0F, tokens, d);
    vt_nn_linear_back(nn, NULL, gradient + m->at.time, NULL, dx, b->numbers, value + m->at.time, tokens,
                      VT_EVENT_NUMBERS, d);
}
