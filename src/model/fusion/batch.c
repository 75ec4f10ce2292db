/*
 * Sequences of events and the queries behind them, laid out for the network. An event is its item, its kind, its
 * rating, its place counted from the last one, and numbers of its time. Pairs of events fall in classes by the time
 * between them (TiSASRec, Li 2020), here by its logarithm, so that a day and a year differ.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "model/fusion/fusion.h"
#include "model/fusion/users.h"

#define DAY 86400.0
#define TURN 6.283185307179586

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

void vt_fusion_batch_done(vt_fusion_batch *b)
{
    void *arrays[] = {b->begin, b->square,  b->item,          b->back,   b->kind,   b->rating,   b->read,
                      b->user,  b->numbers, b->query_numbers, b->floats, b->bucket, b->log_count};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        vt_free(arrays[i]);
    }
    *b = (vt_fusion_batch){0};
}

static int grow(vt_fusion_batch *b, const vt_fusion *m, size_t n, size_t tokens, size_t squares, bool training,
                vt_error *err)
{
    size_t n_queries = b->queries, planes = (4 + VT_USER_SIDES) * m->d + VT_USER_SIDES;
    size_t floats =
        5 * tokens * m->d + n_queries * planes + vt_nn_encoder_floats(&m->encoder, tokens, squares, training);
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
        {&b->read, n_queries, sizeof *b->read},
        {&b->user, n_queries, sizeof *b->user},
        {&b->numbers, tokens * VT_EVENT_NUMBERS, sizeof *b->numbers},
        {&b->query_numbers, n_queries * VT_EVENT_NUMBERS, sizeof *b->query_numbers},
        {&b->floats, floats, sizeof *b->floats},
        {&b->bucket, m->encoder.shape.buckets > 0 ? squares : 0, 1},
        {&b->log_count, tokens, sizeof *b->log_count},
    };
    int status = VT_OK;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0] && status == VT_OK; i++) {
        status = vt_alloc_grow(wanted[i].array, &b->capacity[i], wanted[i].n, wanted[i].size, err);
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
    for (size_t q = 1; q < tokens; q++) {
        for (size_t k = 1; k < q; k++) {
            double at = (double)log_days(s->event[q - 1].time, s->event[k - 1].time);
            size_t class = at > 0.0 ? 1 + (size_t)(at * (double)(classes - 1)) : 0;
            bucket[q * tokens + k] = (uint8_t)(class < classes ? class : classes - 1);
        }
    }
}

static int32_t rating_step(float value)
{
    return isnan(value) ? 0 : value <= 1.0F ? 1 : value >= 5.0F ? 5 : (int32_t)lrintf(value);
}

/* The start, which stands for a user without any event, and the events behind it. */
static void lay_sequence(vt_fusion_batch *b, const vt_fusion *m, const vt_fusion_sequence *s, size_t at)
{
    bool timed = m->timed && (m->use & VT_USE_TIME) != 0;
    for (size_t o = 0; o <= s->n; o++, at++) {
        const vt_fusion_event *e = o == 0 ? NULL : &s->event[o - 1];
        int64_t before = o < 2 ? VT_NONE : s->event[o - 2].time;
        b->item[at] = e == NULL ? -1 : e->item;
        b->log_count[at] = e == NULL ? 0.0F : e->log_count;
        b->back[at] = (int32_t)(s->n - o < m->length ? s->n - o : m->length);
        b->kind[at] = e == NULL || e->kind >= VT_EVENT_KINDS ? -1 : e->kind;
        b->rating[at] = e == NULL ? 0 : rating_step(e->value);
        vt_fusion_moment(b->numbers + at * VT_EVENT_NUMBERS, timed && e != NULL ? e->time : VT_NONE, before);
    }
}

static void lay_queries(vt_fusion_batch *b, const vt_fusion *m, const vt_fusion_sequence *s, size_t begin, size_t at)
{
    bool timed = m->timed && (m->use & VT_USE_TIME) != 0;
    for (size_t k = 0; k < s->n_queries; k++, at++) {
        const vt_fusion_query *q = &s->query[k];
        b->read[at] = (int32_t)(begin + q->read);
        b->user[at] = s->user;
        vt_fusion_moment(b->query_numbers + at * VT_EVENT_NUMBERS, timed ? q->now : VT_NONE,
                         q->read == 0 ? VT_NONE : s->event[q->read - 1].time);
    }
}

int vt_fusion_batch_fill(vt_fusion_batch *b, const vt_fusion *m, const vt_fusion_sequence *sequences, size_t n,
                         bool training, vt_error *err)
{
    size_t tokens = 0, squares = 0, n_queries = 0;
    b->queries = 0;
    for (size_t s = 0; s < n; s++) {
        tokens += sequences[s].n + 1;
        b->queries += sequences[s].n_queries;
        squares += (sequences[s].n + 1) * (sequences[s].n + 1);
    }
    int status = grow(b, m, n, tokens, squares, training, err);
    if (status != VT_OK) {
        return status;
    }
    b->begin[0] = b->square[0] = 0;
    for (size_t s = 0; s < n; s++) {
        lay_sequence(b, m, &sequences[s], b->begin[s]);
        if (m->encoder.shape.buckets > 0) {
            classify(b->bucket + b->square[s], &sequences[s], m->encoder.shape.buckets);
        }
        lay_queries(b, m, &sequences[s], b->begin[s], n_queries);
        n_queries += sequences[s].n_queries;
        b->begin[s + 1] = b->begin[s] + sequences[s].n + 1;
        b->square[s + 1] = b->square[s] + (sequences[s].n + 1) * (sequences[s].n + 1);
    }
    float **of_tokens[] = {&b->z, &b->x, &b->h, &b->mean, &b->spare};
    float **of_queries[] = {&b->s, &b->u, &b->known, &b->q, &b->side[0], &b->side[1], &b->side[2]};
    float *at = b->floats;
    for (size_t k = 0; k < sizeof of_tokens / sizeof *of_tokens; k++, at += tokens * m->d) {
        *of_tokens[k] = at;
    }
    for (size_t k = 0; k < sizeof of_queries / sizeof *of_queries; k++, at += n_queries * m->d) {
        *of_queries[k] = at;
    }
    b->gate = at;
    b->buffers = at + n_queries * VT_USER_SIDES;
    b->nn = (vt_nn_batch){{n, b->begin, b->square}, tokens, squares, b->bucket};
    return VT_OK;
}

void vt_fusion_batch_items(const vt_nn *nn, vt_fusion_batch *b, const vt_fusion *m)
{
#pragma omp parallel for schedule(static, 16) num_threads(nn->threads)
    for (size_t t = 0; t < b->nn.tokens; t++) {
        float alpha[VT_MODALITIES];
        if (b->item[t] >= 0) {
            vt_fusion_item_at(b->z + t * m->d, alpha, m, b->item[t], b->log_count[t]);
        } else {
            memset(b->z + t * m->d, 0, m->d * sizeof *b->z);
        }
    }
}
