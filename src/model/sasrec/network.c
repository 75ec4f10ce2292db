/*
 * Batches of histories, and the network over them: item vectors times sqrt(D) plus learned positions, dropout, encoder.
 * Positions are counted from the last event back, so that what is most recent has the same place in every history.
 *
 * time=relative is TiSASRec (Li, Wang, McAuley 2020): the time between two events, in units of the shortest pause of
 * that user and cut off at the last class, chooses vectors that are added to keys and to values.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "model/sasrec/sasrec.h"

/* The kind of dropout of what goes in, beside those of the encoder. */
enum { DROP_INPUT = 1000 };

void vt_sas_batch_done(vt_sas_batch *b)
{
    vt_free(b->begin);
    vt_free(b->square);
    vt_free(b->item);
    vt_free(b->back);
    vt_free(b->bucket);
    vt_free(b->floats);
    *b = (vt_sas_batch){0};
}

static int grow(vt_sas_batch *b, const vt_sasrec *m, size_t n, size_t tokens, size_t squares, bool training,
                vt_error *err)
{
    bool classes = m->encoder.shape.buckets > 0;
    struct {
        void *array;
        size_t *capacity, n, size;
    } wanted[] = {
        {&b->begin, &b->capacity[0], n + 1, sizeof *b->begin},
        {&b->square, &b->capacity[1], n + 1, sizeof *b->square},
        {&b->item, &b->capacity[2], tokens, sizeof *b->item},
        {&b->back, &b->capacity[3], tokens, sizeof *b->back},
        {&b->bucket, &b->capacity[4], classes ? squares : 0, 1},
        {&b->floats, &b->capacity[5], 2 * tokens * m->d + vt_nn_encoder_floats(&m->encoder, tokens, squares, training),
         sizeof *b->floats},
    };
    int status = VT_OK;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted && status == VT_OK; i++) {
        status = vt_alloc_grow(wanted[i].array, wanted[i].capacity, wanted[i].n, wanted[i].size, err);
    }
    return status;
}

/* Classes of the pairs of one history; all 0 where times are not known. */
static void classify(uint8_t *bucket, const vt_sas_events *e, size_t classes)
{
    int64_t shortest = INT64_MAX;
    bool known = e->time != NULL;
    for (size_t i = 0; known && i < e->n; i++) {
        known = e->time[i] != VT_NONE;
        if (known && i > 0 && e->time[i] - e->time[i - 1] > 0) {
            int64_t pause = e->time[i] - e->time[i - 1];
            shortest = pause < shortest ? pause : shortest;
        }
    }
    memset(bucket, 0, e->n * e->n);
    for (size_t i = 0; known && i < e->n; i++) {
        for (size_t j = 0; j < i; j++) {
            int64_t class = (e->time[i] - e->time[j]) / shortest, last = (int64_t)classes - 1;
            bucket[i * e->n + j] = (uint8_t)(class < 0 ? 0 : class > last ? last : class);
        }
    }
}

int vt_sas_batch_fill(vt_sas_batch *b, const vt_sasrec *m, const vt_sas_events *events, size_t n, bool training,
                      vt_error *err)
{
    size_t tokens = 0, squares = 0, classes = m->encoder.shape.buckets;
    for (size_t s = 0; s < n; s++) {
        tokens += events[s].n;
        squares += events[s].n * events[s].n;
    }
    int status = grow(b, m, n, tokens, squares, training, err);
    if (status != VT_OK) {
        return status;
    }
    b->begin[0] = b->square[0] = 0;
    for (size_t s = 0; s < n; s++) {
        const vt_sas_events *e = &events[s];
        size_t at = b->begin[s];
        for (size_t i = 0; i < e->n; i++) {
            b->item[at + i] = e->item[i];
            b->back[at + i] = (int32_t)(e->n - 1 - i);
        }
        if (classes > 0 && e->n > 0) {
            classify(b->bucket + b->square[s], e, classes);
        }
        b->begin[s + 1] = at + e->n;
        b->square[s + 1] = b->square[s] + e->n * e->n;
    }
    b->x = b->floats;
    b->out = b->x + tokens * m->d;
    b->buffers = b->out + tokens * m->d;
    b->nn = (vt_nn_batch){{n, b->begin, b->square}, tokens, squares, b->bucket};
    return VT_OK;
}

static vt_nn_mask input_mask(const vt_sasrec *m, bool training, uint64_t key)
{
    return (vt_nn_mask){vt_nn_key(key, DROP_INPUT, 0, 0), training ? m->dropout : 0.0F};
}

void vt_sasrec_forward(const vt_nn *nn, const vt_sasrec *m, vt_sas_batch *b, bool training, uint64_t key)
{
    const float *value = m->params.value;
    size_t tokens = b->nn.tokens;
    if (tokens == 0) {
        return; /* nobody did anything, and there are no arrays either */
    }
    const vt_nn_mask none = {0, 0.0F};
    vt_nn_gather(nn, b->x, value + m->items, b->item, sqrtf((float)m->d), tokens, m->d);
    vt_nn_gather(nn, b->out, value + m->positions, b->back, 1.0F, tokens, m->d);
    vt_nn_add_dropped(nn, b->x, b->out, none, tokens * m->d);
    vt_nn_drop(nn, b->x, b->x, input_mask(m, training, key), tokens * m->d);
    vt_nn_encoder_forward(nn, b->out, &m->encoder, value, b->x, &b->nn, training, key, b->buffers);
}

void vt_sasrec_back(const vt_nn *nn, vt_sasrec *m, vt_sas_batch *b, float *dout, uint64_t key)
{
    float *gradient = m->params.gradient, *dx = b->out;
    size_t tokens = b->nn.tokens;
    vt_nn_encoder_back(nn, dx, gradient, dout, &m->encoder, m->params.value, b->x, &b->nn, key, b->buffers);
    vt_nn_drop(nn, dx, dx, input_mask(m, true, key), tokens * m->d);
    vt_nn_scatter(nn, gradient + m->items, dx, b->item, sqrtf((float)m->d), tokens, m->d);
    vt_nn_scatter(nn, gradient + m->positions, dx, b->back, 1.0F, tokens, m->d);
}
