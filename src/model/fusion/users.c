/*
 * The users' side: events into a causal transformer, whose state after the last event is the short term; beside it
 * stand the mean of all items so far and the user's attributes. A gate that reads the state weighs the three. Forward
 * and backward side by side.
 *
 * An event is its item's z and what batch.c says of it; the state also hears as of which moment the query is.
 */
#include <math.h>
#include <string.h>

#include "math/blas.h"
#include "model/fusion/fusion.h"
#include "model/fusion/users.h"

enum { DROP_INPUT = 900 };

/*
 * ---- forward ------------------------------------------------------------------------------------------------------
 */

static vt_nn_mask input_mask(const vt_fusion *m, bool training, uint64_t key)
{
    return (vt_nn_mask){vt_nn_key(key, DROP_INPUT, 0, 0), training ? m->encoder.shape.dropout : 0.0F};
}

/*
 * What z is multiplied by on its way in: items are met now and then, kinds and places in each step, and without it
 * these grow far beyond the items and drown them. So items start at size 1.
 */
static const float ITEM_SCALE = (float)(1.0 / VT_FUSION_SMALL);

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
static void running_mean(const vt_nn *nn, float *mean, const vt_fusion_batch *b, size_t d)
{
#pragma omp parallel for schedule(dynamic, 4) num_threads(nn->threads)
    for (size_t s = 0; s < b->nn.sequences.n; s++) {
        size_t begin = b->begin[s];
        memset(mean + begin * d, 0, d * sizeof *mean);
        for (size_t t = begin + 1; t < b->begin[s + 1]; t++) {
            float keep = (float)(t - begin - 1) / (float)(t - begin);
            const float *row = b->z + t * d;
            for (size_t j = 0; j < d; j++) {
                mean[t * d + j] = keep * mean[(t - 1) * d + j] + (1.0F - keep) * row[j];
            }
        }
    }
}

/* Mean of the vectors of a user's attributes for all queries; zeros for strangers. */
static void user_attributes(float *side, const vt_fusion_batch *b, const vt_fusion *m)
{
    const float *table = m->params.value + m->at.user_token;
    memset(side, 0, b->queries * m->d * sizeof *side);
    for (size_t q = 0; q < b->queries; q++) {
        int32_t user = b->user[q];
        int64_t begin = user < 0 ? 0 : m->user_token_ptr[user], end = user < 0 ? 0 : m->user_token_ptr[user + 1];
        for (int64_t k = begin; k < end; k++) {
            for (size_t j = 0; j < m->d; j++) {
                side[q * m->d + j] += table[(size_t)m->user_token[k] * m->d + j] / (float)(end - begin);
            }
        }
    }
}

/* u = sum over sides of gate times side, where the gate reads the state. */
static void weigh_sides(vt_fusion_batch *b, const vt_fusion *m)
{
    const float *v = m->params.value + m->at.side, *bias = m->params.value + m->at.side_bias;
    size_t d = m->d;
    for (size_t t = 0; t < b->queries; t++) {
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

void vt_fusion_users_forward(const vt_nn *nn, vt_fusion_batch *b, const vt_fusion *m, bool training, uint64_t key)
{
    const float *value = m->params.value;
    size_t tokens = b->nn.tokens, n_queries = b->queries, d = m->d;
    for (size_t k = 0; k < tokens * d; k++) {
        b->x[k] = ITEM_SCALE * b->z[k];
    }
    for (size_t s = 0; s < b->nn.sequences.n; s++) {
        memcpy(b->x + b->begin[s] * d, value + m->at.nobody, d * sizeof *b->x);
    }
    add_rows(nn, b->x, b->spare, value + m->at.kind, b->kind, tokens, d);
    add_rows(nn, b->x, b->spare, value + m->at.rating, b->rating, tokens, d);
    add_rows(nn, b->x, b->spare, value + m->at.position, b->back, tokens, d);
    add_numbers(nn, b->x, b->spare, b->numbers, value + m->at.time, tokens, d);
    vt_nn_drop(nn, b->x, b->x, input_mask(m, training, key), tokens * d);
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
    vt_nn_gather(nn, b->s, b->h, b->read, 1.0F, n_queries, d);
    add_numbers(nn, b->s, b->q, b->query_numbers, value + m->at.query_time, n_queries, d);
    running_mean(nn, b->mean, b, d);
    vt_nn_gather(nn, b->known, b->mean, b->read, 1.0F, n_queries, d);
    memcpy(b->side[0], b->s, n_queries * d * sizeof *b->s);
    vt_nn_linear(nn, b->side[1], b->known, value + m->at.longterm, NULL, n_queries, d, d);
    user_attributes(b->side[2], b, m);
    weigh_sides(b, m);
}

/*
 * ---- backward -----------------------------------------------------------------------------------------------------
 */

/* From du to the sides (in place of them) and, through the gate, to the state: ds (Q, D) =. */
static void sides_back(vt_fusion_batch *b, vt_fusion *m, float *ds, const float *du)
{
    const float *v = m->params.value + m->at.side;
    float *dv = m->params.gradient + m->at.side, *dbias = m->params.gradient + m->at.side_bias;
    size_t d = m->d;
    for (size_t t = 0; t < b->queries; t++) {
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
    for (size_t q = 0; q < b->queries; q++) {
        int32_t user = b->user[q];
        int64_t begin = user < 0 ? 0 : m->user_token_ptr[user], end = user < 0 ? 0 : m->user_token_ptr[user + 1];
        for (int64_t k = begin; k < end; k++) {
            for (size_t j = 0; j < m->d; j++) {
                table[(size_t)m->user_token[k] * m->d + j] += dside[q * m->d + j] / (float)(end - begin);
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

void vt_fusion_users_back(const vt_nn *nn, vt_fusion_batch *b, vt_fusion *m, float *du, uint64_t key)
{
    const float *value = m->params.value;
    float *gradient = m->params.gradient, *ds = b->q, *dx = b->mean;
    const vt_nn_mask none = {0, 0.0F};
    size_t tokens = b->nn.tokens, n_queries = b->queries, d = m->d;
    sides_back(b, m, ds, du);
    attributes_back(b, m, b->side[2]);
    /* The long term: through its projection into the running mean, and from there to the items. */
    vt_nn_linear_back(nn, du, gradient + m->at.longterm, NULL, b->side[1], b->known, value + m->at.longterm, n_queries,
                      d, d);
    memset(b->spare, 0, tokens * d * sizeof *b->spare);
    vt_nn_scatter(nn, b->spare, du, b->read, 1.0F, n_queries, d);
    prefix_back(b->mean, b, b->spare, 1, d);
    memcpy(b->z, b->mean, tokens * d * sizeof *b->z); /* from here on its gradient */
    /* The short term. */
    vt_nn_add_dropped(nn, ds, b->side[0], none, n_queries * d);
    vt_nn_linear_back(nn, NULL, gradient + m->at.query_time, NULL, ds, b->query_numbers, value + m->at.query_time,
                      n_queries, VT_EVENT_NUMBERS, d);
    memset(b->spare, 0, tokens * d * sizeof *b->spare);
    vt_nn_scatter(nn, b->spare, ds, b->read, 1.0F, n_queries, d);
    if ((m->use & VT_USE_ATTENTION) != 0) {
        vt_nn_encoder_back(nn, dx, gradient, b->spare, &m->encoder, value, b->x, &b->nn, key, b->buffers);
    } else {
        prefix_back(dx, b, b->spare, 0, d);
    }
    vt_nn_drop(nn, dx, dx, input_mask(m, true, key), tokens * d);
    vt_add_row(b->z, ITEM_SCALE, dx, tokens * d);
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
