/*
 * Blocks of the encoder, forward and backward. With the norm first:
 *     a = norm1(x), r1 = x + drop(attend(a)), n2 = norm2(r1), r2 = r1 + drop(feed(n2)), the next x is r2
 * and with the norm last:
 *     r1 = x + drop(attend(x)), n2 = norm1(r1), r2 = n2 + drop(feed(n2)), a = norm2(r2), the next x is a
 * where feed(n) = drop(f(n W_up)) W_down. Buffers have the same names in both.
 */
#include "math/nn/encoder.h"

#include <math.h>
#include <string.h>

/* Kinds of dropout in a block. */
enum { DROP_WEIGHTS, DROP_ATTENDED, DROP_HIDDEN, DROP_FED, DROPS };

/* What a block's forward pass leaves. */
typedef struct buffers {
    float *a;       /* (T, D) */
    float *qkv;     /* (T, 3 D) */
    float *weights; /* (H Q) */
    float *o;       /* (T, D) out of the heads */
    float *r1;      /* (T, D) */
    float *n2;      /* (T, D) */
    float *u;       /* (T, F) */
    float *g;       /* (T, F) f(u), dropped */
    float *r2;      /* (T, D) */
    float *stats;   /* (4, T) of both norms */
    float *mass;    /* (T, H, C) */
} buffers;

/* Everything a pass works with. */
typedef struct pass {
    const vt_nn *nn;
    const vt_nn_encoder *e;
    const float *value;
    const vt_nn_batch *batch;
    uint64_t key;
    bool training;
    float *kept;   /* buffers of the blocks */
    float *work;   /* (H Q) */
    float *wide;   /* (T, max(3 D, F)) */
    float *narrow; /* (T, D) */
    float *logits; /* (T, H, C) */
    float *dmass;  /* (T, H, C) */
    float *stats;  /* (2, T) of the last norm */
} pass;

static size_t class_floats(const vt_nn_encoder_shape *s, size_t tokens)
{
    return tokens * s->heads * s->buckets;
}

static size_t block_floats(const vt_nn_encoder_shape *s, size_t tokens, size_t squares)
{
    return tokens * (8 * s->d + 2 * s->hidden + 4) + squares * s->heads + class_floats(s, tokens);
}

static size_t wide_of(const vt_nn_encoder_shape *s)
{
    return 3 * s->d > s->hidden ? 3 * s->d : s->hidden;
}

size_t vt_nn_encoder_floats(const vt_nn_encoder *e, size_t tokens, size_t squares, bool training)
{
    const vt_nn_encoder_shape *s = &e->shape;
    /* Without a way back two sets of buffers take turns: a block reads what the one before left. */
    size_t kept = training || s->layers < 2 ? s->layers : 2;
    return kept * block_floats(s, tokens, squares) + squares * s->heads + tokens * (wide_of(s) + s->d + 2) +
           2 * class_floats(s, tokens);
}

static pass pass_of(const vt_nn *nn, const vt_nn_encoder *e, const float *value, const vt_nn_batch *batch,
                    bool training, uint64_t key, float *floats)
{
    const vt_nn_encoder_shape *s = &e->shape;
    size_t classes = class_floats(s, batch->tokens);
    pass p = {.nn = nn, .e = e, .value = value, .batch = batch, .key = key, .training = training};
    p.work = floats;
    p.wide = p.work + batch->squares * s->heads;
    p.narrow = p.wide + batch->tokens * wide_of(s);
    p.logits = p.narrow + batch->tokens * s->d;
    p.dmass = p.logits + classes;
    p.stats = p.dmass + classes;
    p.kept = p.stats + 2 * batch->tokens;
    return p;
}

static buffers buffers_of(const pass *p, size_t layer)
{
    const vt_nn_encoder_shape *s = &p->e->shape;
    size_t t = p->batch->tokens, at = p->training ? layer : layer % 2;
    buffers b;
    b.a = p->kept + at * block_floats(s, t, p->batch->squares);
    b.qkv = b.a + t * s->d;
    b.o = b.qkv + t * 3 * s->d;
    b.r1 = b.o + t * s->d;
    b.n2 = b.r1 + t * s->d;
    b.r2 = b.n2 + t * s->d;
    b.u = b.r2 + t * s->d;
    b.g = b.u + t * s->hidden;
    b.stats = b.g + t * s->hidden;
    b.mass = b.stats + 4 * t;
    b.weights = b.mass + class_floats(s, t);
    return b;
}

static vt_nn_mask mask_of(const pass *p, size_t layer, size_t kind)
{
    float rate = p->training ? p->e->shape.dropout : 0.0F;
    return (vt_nn_mask){vt_nn_key(p->key, layer, kind, DROPS), rate};
}

static vt_nn_classes classes_of(const pass *p, float alpha)
{
    const vt_nn_encoder_shape *s = &p->e->shape;
    return (vt_nn_classes){p->batch->tokens, s->heads, s->d, s->buckets, alpha};
}

static float root_of_width(const pass *p)
{
    return 1.0F / sqrtf((float)(p->e->shape.d / p->e->shape.heads));
}

static vt_nn_attention attention_of(const pass *p, size_t layer, vt_nn_relative *relative)
{
    const vt_nn_encoder_shape *s = &p->e->shape;
    return (vt_nn_attention){p->batch->sequences, s->heads, s->d, mask_of(p, layer, DROP_WEIGHTS),
                             s->buckets > 0 ? relative : NULL};
}

/* o = heads of qkv, with the vectors of classes beside keys and values. */
static void attend(const pass *p, const buffers *b, size_t layer)
{
    const vt_nn_encoder_shape *s = &p->e->shape;
    const vt_nn_block *at = &p->e->block[layer];
    vt_nn_relative relative = {p->batch->bucket, s->buckets, p->logits, NULL, b->mass, NULL};
    vt_nn_attention a = attention_of(p, layer, &relative);
    if (s->buckets > 0) {
        vt_nn_classes c = classes_of(p, root_of_width(p));
        vt_nn_class_logits(p->nn, p->logits, b->qkv, 3 * s->d, p->value + at->key_class, &c);
    }
    vt_nn_attend(p->nn, b->o, b->weights, p->work, b->qkv, &a);
    if (s->buckets > 0) {
        vt_nn_classes c = classes_of(p, 1.0F);
        vt_nn_class_sums(p->nn, b->o, s->d, b->mass, p->value + at->value_class, &c);
    }
}

/* One block; gives what the next one reads. */
static const float *block_forward(const pass *p, const float *x, size_t layer)
{
    const vt_nn_encoder_shape *s = &p->e->shape;
    const vt_nn_block *at = &p->e->block[layer];
    const vt_nn *nn = p->nn;
    const float *v = p->value;
    buffers b = buffers_of(p, layer);
    size_t t = p->batch->tokens, d = s->d, f = s->hidden, bytes = t * d * sizeof(float);
    if (s->pre_norm) {
        vt_nn_norm(nn, b.a, b.stats, x, v + at->gain1, v + at->shift1, t, d);
    }
    vt_nn_linear(nn, b.qkv, s->pre_norm ? b.a : x, v + at->qkv, v + at->qkv_bias, t, d, 3 * d);
    attend(p, &b, layer);
    vt_nn_linear(nn, p->narrow, b.o, v + at->out, v + at->out_bias, t, d, d);
    memcpy(b.r1, x, bytes);
    vt_nn_add_dropped(nn, b.r1, p->narrow, mask_of(p, layer, DROP_ATTENDED), t * d);
    size_t gain = s->pre_norm ? at->gain2 : at->gain1, shift = s->pre_norm ? at->shift2 : at->shift1;
    vt_nn_norm(nn, b.n2, b.stats + 2 * t, b.r1, v + gain, v + shift, t, d);
    vt_nn_linear(nn, b.u, b.n2, v + at->up, v + at->up_bias, t, d, f);
    vt_nn_activate(nn, b.g, b.u, s->activation, t * f);
    vt_nn_drop(nn, b.g, b.g, mask_of(p, layer, DROP_HIDDEN), t * f);
    vt_nn_linear(nn, p->narrow, b.g, v + at->down, v + at->down_bias, t, f, d);
    memcpy(b.r2, s->pre_norm ? b.r1 : b.n2, bytes);
    vt_nn_add_dropped(nn, b.r2, p->narrow, mask_of(p, layer, DROP_FED), t * d);
    if (!s->pre_norm) {
        vt_nn_norm(nn, b.a, b.stats, b.r2, v + at->gain2, v + at->shift2, t, d);
    }
    return s->pre_norm ? b.r2 : b.a;
}

void vt_nn_encoder_forward(const vt_nn *nn, float *out, const vt_nn_encoder *e, const float *value, const float *x,
                           const vt_nn_batch *batch, bool training, uint64_t key, float *floats)
{
    pass p = pass_of(nn, e, value, batch, training, key, floats);
    for (size_t layer = 0; layer < e->shape.layers; layer++) {
        x = block_forward(&p, x, layer);
    }
    if (e->shape.pre_norm) {
        vt_nn_norm(nn, out, p.stats, x, value + e->gain, value + e->shift, batch->tokens, e->shape.d);
    } else {
        memcpy(out, x, batch->tokens * e->shape.d * sizeof *out);
    }
}

const float *vt_nn_encoder_weights(const vt_nn_encoder *e, const vt_nn_batch *batch, size_t layer, float *floats)
{
    pass p = pass_of(NULL, e, NULL, batch, true, 0, floats);
    return buffers_of(&p, layer).weights;
}

/* dqkv into `wide` from the gradient of o. */
static void attend_back(const pass *p, float *gradient, const float *d_o, const buffers *b, size_t layer)
{
    const vt_nn_encoder_shape *s = &p->e->shape;
    const vt_nn_block *at = &p->e->block[layer];
    vt_nn_relative relative = {p->batch->bucket, s->buckets, p->logits, p->logits, b->mass, p->dmass};
    vt_nn_attention a = attention_of(p, layer, &relative);
    vt_nn_classes one = classes_of(p, 1.0F), scaled = classes_of(p, root_of_width(p));
    if (s->buckets > 0) {
        vt_nn_class_back(p->nn, gradient + at->value_class, b->mass, d_o, s->d, &one);
        vt_nn_class_logits(p->nn, p->dmass, d_o, s->d, p->value + at->value_class, &one);
    }
    vt_nn_attend_back(p->nn, p->wide, p->work, d_o, b->weights, b->qkv, &a);
    if (s->buckets > 0) {
        vt_nn_class_sums(p->nn, p->wide, 3 * s->d, p->logits, p->value + at->key_class, &scaled);
        vt_nn_class_back(p->nn, gradient + at->key_class, p->logits, b->qkv, 3 * s->d, &scaled);
    }
}

/* d (T, D) is the gradient of the block's result on the way in and of its x on the way out; `spare` is (T, D). */
static void block_back(const pass *p, float *gradient, float *d, float *spare, const float *x, size_t layer)
{
    const vt_nn_encoder_shape *s = &p->e->shape;
    const vt_nn_block *at = &p->e->block[layer];
    const vt_nn *nn = p->nn;
    const float *v = p->value;
    float *g = gradient;
    buffers b = buffers_of(p, layer);
    size_t t = p->batch->tokens, n = s->d, f = s->hidden, bytes = t * n * sizeof(float);
    if (!s->pre_norm) { /* d of a becomes d of r2 */
        memset(spare, 0, bytes);
        vt_nn_norm_back(nn, spare, g + at->gain2, g + at->shift2, d, b.r2, v + at->gain2, b.stats, t, n);
        memcpy(d, spare, bytes);
    }
    /* The feed-forward part: d stays that of the residual, narrow becomes that of n2. */
    vt_nn_drop(nn, spare, d, mask_of(p, layer, DROP_FED), t * n);
    vt_nn_linear_back(nn, p->wide, g + at->down, g + at->down_bias, spare, b.g, v + at->down, t, f, n);
    vt_nn_drop(nn, p->wide, p->wide, mask_of(p, layer, DROP_HIDDEN), t * f);
    vt_nn_activate_back(nn, p->wide, p->wide, b.u, s->activation, t * f);
    vt_nn_linear_back(nn, p->narrow, g + at->up, g + at->up_bias, p->wide, b.n2, v + at->up, t, n, f);
    if (s->pre_norm) {
        vt_nn_norm_back(nn, d, g + at->gain2, g + at->shift2, p->narrow, b.r1, v + at->gain2, b.stats + 2 * t, t, n);
    } else {
        const vt_nn_mask none = {0, 0.0F};
        vt_nn_add_dropped(nn, d, p->narrow, none, t * n);
        memset(spare, 0, bytes);
        vt_nn_norm_back(nn, spare, g + at->gain1, g + at->shift1, d, b.r1, v + at->gain1, b.stats + 2 * t, t, n);
        memcpy(d, spare, bytes);
    }
    /* The attention: d is that of r1 and of x beside it. */
    vt_nn_drop(nn, spare, d, mask_of(p, layer, DROP_ATTENDED), t * n);
    vt_nn_linear_back(nn, p->narrow, g + at->out, g + at->out_bias, spare, b.o, v + at->out, t, n, n);
    attend_back(p, g, p->narrow, &b, layer);
    vt_nn_linear_back(nn, spare, g + at->qkv, g + at->qkv_bias, p->wide, s->pre_norm ? b.a : x, v + at->qkv, t, n,
                      3 * n);
    if (s->pre_norm) {
        vt_nn_norm_back(nn, d, g + at->gain1, g + at->shift1, spare, x, v + at->gain1, b.stats, t, n);
    } else {
        const vt_nn_mask none = {0, 0.0F};
        vt_nn_add_dropped(nn, d, spare, none, t * n);
    }
}

void vt_nn_encoder_back(const vt_nn *nn, float *dx, float *gradient, float *dout, const vt_nn_encoder *e,
                        const float *value, const float *x, const vt_nn_batch *batch, uint64_t key, float *floats)
{
    const vt_nn_encoder_shape *s = &e->shape;
    pass p = pass_of(nn, e, value, batch, true, key, floats);
    size_t bytes = batch->tokens * s->d * sizeof *dx;
    buffers last = buffers_of(&p, s->layers - 1);
    if (s->pre_norm) {
        memset(dx, 0, bytes);
        vt_nn_norm_back(nn, dx, gradient + e->gain, gradient + e->shift, dout, last.r2, value + e->gain, p.stats,
                        batch->tokens, s->d);
    } else {
        memcpy(dx, dout, bytes);
    }
    for (size_t layer = s->layers; layer-- > 0;) {
        const float *from = x;
        if (layer > 0) {
            buffers before = buffers_of(&p, layer - 1);
            from = s->pre_norm ? before.r2 : before.a;
        }
        block_back(&p, gradient, dx, dout, from, layer);
    }
}
