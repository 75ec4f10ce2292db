/*
 * One source, three objects: meson.build compiles this file for x86-64-v4, -v3 and the baseline with VT_KERNELS set to
 * the name of the table. Vectors are GCC's portable ones, 16 lanes wide whatever the machine has, so that the order of
 * every sum is written here and not left to the compiler.
 */
#include "math/kernels.h"

#include <math.h>
#include <string.h>

typedef float lanes __attribute__((vector_size(64), aligned(64)));
typedef float loose __attribute__((vector_size(64), aligned(4)));
typedef float quad __attribute__((vector_size(16)));
typedef float loose_quad __attribute__((vector_size(16), aligned(4)));
typedef int32_t mask __attribute__((vector_size(64)));

enum { LANES = 16 };

/* A squared residual that is rounding alone. */
#define NOTHING 1e-30F

/* Four lanes left of sixteen. */
static inline quad fold(const lanes *v)
{
    quad q[4];
    memcpy(q, v, sizeof q);
    return (q[0] + q[1]) + (q[2] + q[3]);
}

static inline float total(const lanes *v)
{
    quad q = fold(v);
    return (q[0] + q[2]) + (q[1] + q[3]);
}

/* The totals of four vectors, each summed as total() does. */
static inline quad totals(const lanes *a, const lanes *b, const lanes *c, const lanes *d)
{
    quad qa = fold(a), qb = fold(b), qc = fold(c), qd = fold(d);
    quad ab = __builtin_shufflevector(qa, qb, 0, 4, 1, 5) + __builtin_shufflevector(qa, qb, 2, 6, 3, 7);
    quad cd = __builtin_shufflevector(qc, qd, 0, 4, 1, 5) + __builtin_shufflevector(qc, qd, 2, 6, 3, 7);
    return __builtin_shufflevector(ab, cd, 0, 1, 4, 5) + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
}

static inline float dot(const float *a, const float *b, size_t d)
{
    lanes sum = {0};
    for (size_t k = 0; k < d; k += LANES) {
        sum += *(const lanes *)(a + k) * *(const lanes *)(b + k);
    }
    return total(&sum);
}

static void maxima(float *highest, const float *scores, size_t n)
{
    enum { PARTS = VT_MAXIMA / LANES };
    lanes high[PARTS];
    for (int p = 0; p < PARTS; p++) {
        high[p] = (lanes){0} - INFINITY;
    }
    size_t i = 0;
    for (; i + VT_MAXIMA <= n; i += VT_MAXIMA) {
        for (int p = 0; p < PARTS; p++) {
            lanes some = *(const loose *)(scores + i + p * LANES);
            mask above = (mask)(some > high[p]);
            high[p] = (lanes)((above & (mask)some) | (~above & (mask)high[p]));
        }
    }
    memcpy(highest, high, sizeof high);
    for (; i < n; i++) {
        float *at = &highest[i % VT_MAXIMA];
        *at = scores[i] > *at ? scores[i] : *at;
    }
}

static void mask_scores(float *out, const float *scores, const uint8_t *allowed, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = allowed[i] != 0 ? scores[i] : -INFINITY;
    }
}

static size_t count(const uint8_t *marks, size_t n)
{
    size_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += marks[i];
    }
    return sum;
}

static size_t collect(uint64_t *keys, size_t capacity, const float *scores, size_t *at, size_t n, float threshold)
{
    size_t found = 0, i = *at;
    lanes bound = (lanes){0} + threshold;
    for (; i + LANES <= n && found + LANES <= capacity; i += LANES) {
        mask above = (mask)(*(const loose *)(scores + i) > bound);
        int64_t pair[LANES / 2]; /* the masks of two lanes each */
        memcpy(pair, &above, sizeof pair);
        if ((pair[0] | pair[1] | pair[2] | pair[3] | pair[4] | pair[5] | pair[6] | pair[7]) == 0) {
            continue;
        }
        for (size_t p = 0; p < LANES / 2; p++) {
            for (size_t j = i + 2 * p; pair[p] != 0 && j < i + 2 * p + 2; j++) {
                keys[found] = vt_topk_key(scores[j], (uint32_t)j);
                found += scores[j] > threshold;
            }
        }
    }
    for (; i < n && n - i < LANES && found + LANES <= capacity; i++) {
        keys[found] = vt_topk_key(scores[i], (uint32_t)i);
        found += scores[i] > threshold;
    }
    *at = i;
    return found;
}

/* Four rows at a time: p and out are then read once for four rows, and the rows are still in the first cache. */
static inline __attribute__((always_inline)) void apply_four(float *out, const float *p, const vt_gather *g, size_t j,
                                                             size_t d, bool targets, float sign, float *dots)
{
    const float *y0 = g->matrix + (size_t)g->row[j] * d;
    const float *y1 = g->matrix + (size_t)g->row[j + 1] * d;
    const float *y2 = g->matrix + (size_t)g->row[j + 2] * d;
    const float *y3 = g->matrix + (size_t)g->row[j + 3] * d;
    lanes s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
    for (size_t k = 0; k < d; k += LANES) {
        lanes pk = *(const lanes *)(p + k);
        s0 += *(const lanes *)(y0 + k) * pk;
        s1 += *(const lanes *)(y1 + k) * pk;
        s2 += *(const lanes *)(y2 + k) * pk;
        s3 += *(const lanes *)(y3 + k) * pk;
    }
    quad dot4 = totals(&s0, &s1, &s2, &s3);
    *(loose_quad *)(dots + j) = dot4;
    quad t = sign * *(const loose_quad *)(g->weight + j) * dot4;
    if (targets) {
        t += *(const loose_quad *)(g->target + j);
    }
    for (size_t k = 0; k < d; k += LANES) {
        lanes sum = *(const lanes *)(out + k);
        sum += t[0] * *(const lanes *)(y0 + k);
        sum += t[1] * *(const lanes *)(y1 + k);
        sum += t[2] * *(const lanes *)(y2 + k);
        sum += t[3] * *(const lanes *)(y3 + k);
        *(lanes *)(out + k) = sum;
    }
}

static inline __attribute__((always_inline)) void apply_d(float *out, const float *p, const vt_gather *g, size_t d,
                                                          bool targets, float sign, float *dots)
{
    size_t j = 0;
    for (; j + 4 <= g->n; j += 4) {
        apply_four(out, p, g, j, d, targets, sign, dots);
    }
    for (; j < g->n; j++) {
        const float *y = g->matrix + (size_t)g->row[j] * d;
        dots[j] = dot(y, p, d);
        float t = (targets ? g->target[j] : 0.0F) + sign * g->weight[j] * dots[j];
        for (size_t k = 0; k < d; k += LANES) {
            *(lanes *)(out + k) += t * *(const lanes *)(y + k);
        }
    }
}

/* Lengths up to 128 are compiled for themselves, so that their loops unroll: a quarter faster. */
static void apply(float *out, const float *p, const vt_gather *g, bool targets, float sign, float *dots)
{
#define APPLY(count)                                                                                                   \
    case count:                                                                                                        \
        apply_d(out, p, g, (size_t)(count)*LANES, targets, sign, dots);                                                \
        break
    switch (g->d / LANES) {
        APPLY(1);
        APPLY(2);
        APPLY(3);
        APPLY(4);
        APPLY(5);
        APPLY(6);
        APPLY(7);
        APPLY(8);
    default:
        apply_d(out, p, g, g->d, targets, sign, dots);
    }
#undef APPLY
}

#define AT(vector, k) (*(lanes *)((vector) + (k)))
#define CONST_AT(vector, k) (*(const lanes *)((vector) + (k)))

/* sum over j of s_j (w_j s_j - 2 c_j). */
static double value_of(const float *dots, const vt_gather *g)
{
    lanes sum = {0};
    size_t j = 0;
    for (; j + LANES <= g->n; j += LANES) {
        lanes s = *(const loose *)(dots + j);
        sum += s * (*(const loose *)(g->weight + j) * s - 2.0F * *(const loose *)(g->target + j));
    }
    double value = (double)total(&sum);
    for (; j < g->n; j++) {
        value += (double)(dots[j] * (g->weight[j] * dots[j] - 2.0F * g->target[j]));
    }
    return value;
}

static double solve_cg(float *x, const float *diagonal, const vt_gather *g, int steps, float enough, float *scratch)
{
    size_t d = g->d;
    float *r = scratch, *p = r + d, *q = p + d, *inverse = q + d, *dots = inverse + d;
    lanes lengths = {0}, square = {0};
    for (size_t k = 0; k < d; k += LANES) {
        lanes bent = CONST_AT(diagonal, k) * CONST_AT(x, k);
        AT(r, k) = -bent;
        AT(inverse, k) = 1.0F / CONST_AT(diagonal, k);
        square += bent * CONST_AT(x, k);
    }
    apply(r, x, g, true, -1.0F, dots); /* r = b - A x, and x'Ax - 2 b'x out of the same products */
    double value = value_of(dots, g) + (double)total(&square);
    for (size_t k = 0; k < d; k += LANES) {
        AT(p, k) = CONST_AT(r, k) * CONST_AT(inverse, k);
        lengths += CONST_AT(r, k) * CONST_AT(p, k);
    }
    float rz = total(&lengths);
    const float stop = rz * enough;
    for (int step = 0; step < steps && rz > stop && rz > NOTHING; step++) {
        for (size_t k = 0; k < d; k += LANES) {
            AT(q, k) = CONST_AT(diagonal, k) * CONST_AT(p, k);
        }
        apply(q, p, g, false, 1.0F, dots);
        float along = rz / dot(p, q, d);
        value -= (double)along * (double)rz;
        lengths = (lanes){0};
        for (size_t k = 0; k < d; k += LANES) {
            AT(x, k) += along * CONST_AT(p, k);
            lanes left = CONST_AT(r, k) - along * CONST_AT(q, k);
            AT(r, k) = left;
            lengths += left * left * CONST_AT(inverse, k);
        }
        float next = total(&lengths), turn = next / rz;
        rz = next;
        for (size_t k = 0; k < d; k += LANES) {
            AT(p, k) = CONST_AT(r, k) * CONST_AT(inverse, k) + turn * CONST_AT(p, k);
        }
    }
    return value;
}

/* Lower Cholesky factor of the n x n matrix in place, by rows. False when it is not positive definite. */
static bool factor(float *m, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            float sum = m[i * n + j];
            for (size_t k = 0; k < j; k++) {
                sum -= m[i * n + k] * m[j * n + k];
            }
            if (j < i) {
                m[i * n + j] = sum * m[j * n + j];
            } else if (sum > 0.0F) {
                m[i * n + i] = 1.0F / sqrtf(sum); /* the inverse: it is only divided by */
            } else {
                return false;
            }
        }
    }
    return true;
}

static double solve_dual(float *x, const float *diagonal, const vt_gather *g, float *scratch)
{
    size_t d = g->d, n = g->n;
    float *inverse = scratch, *scaled = inverse + d, *m = scaled + n * d, *z = m + n * n;
    for (size_t k = 0; k < d; k++) {
        inverse[k] = 1.0F / diagonal[k];
    }
    for (size_t i = 0; i < n; i++) {
        const float *y = g->matrix + (size_t)g->row[i] * d;
        for (size_t k = 0; k < d; k += LANES) {
            *(lanes *)(scaled + i * d + k) = *(const lanes *)(y + k) * *(const lanes *)(inverse + k);
        }
        for (size_t j = 0; j <= i; j++) {
            m[i * n + j] = dot(scaled + i * d, g->matrix + (size_t)g->row[j] * d, d);
        }
        m[i * n + i] += 1.0F / g->weight[i];
        z[i] = g->target[i] / g->weight[i];
    }
    memset(x, 0, d * sizeof *x);
    if (!factor(m, n)) {
        return 0.0;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            z[i] -= m[i * n + j] * z[j];
        }
        z[i] *= m[i * n + i];
    }
    double value = 0.0;
    for (size_t i = n; i-- > 0;) {
        for (size_t j = i + 1; j < n; j++) {
            z[i] -= m[j * n + i] * z[j];
        }
        z[i] *= m[i * n + i];
        for (size_t k = 0; k < d; k += LANES) {
            *(lanes *)(x + k) += z[i] * *(const lanes *)(scaled + i * d + k);
        }
        /* At the solution the value is -b'x, and y_i.x = (c_i - z_i) / w_i. */
        value -= (double)g->target[i] * (double)((g->target[i] - z[i]) / g->weight[i]);
    }
    return value;
}

/* Four sums at a time, as one would wait for itself. */
static void dots(float *out, const float *rows, size_t n, const float *query, size_t d)
{
    for (size_t i = 0; i < n; i++) {
        const float *row = rows + i * d;
        lanes sum[4] = {{0}};
        size_t k = 0;
        for (; k + 4 * LANES <= d; k += 4 * LANES) {
            for (size_t part = 0; part < 4; part++) {
                size_t at = k + part * LANES;
                sum[part] += *(const loose *)(row + at) * *(const loose *)(query + at);
            }
        }
        for (; k + LANES <= d; k += LANES) {
            sum[0] += *(const loose *)(row + k) * *(const loose *)(query + k);
        }
        lanes all = (sum[0] + sum[1]) + (sum[2] + sum[3]);
        float rest = total(&all);
        for (; k < d; k++) {
            rest += row[k] * query[k];
        }
        out[i] = rest;
    }
}

/* Half as wide: what is multiplied with one number is fastest in the widest registers that most machines have. */
typedef float eight __attribute__((vector_size(32), aligned(32)));

enum { EIGHT = 8 };

#define EIGHT_AT(vector, k) (*(eight *)((vector) + (k)))
#define CONST_EIGHT_AT(vector, k) (*(const eight *)((vector) + (k)))

/* Differences of scores beyond this are as good as certain; it keeps the exponential in range. */
#define CERTAIN 30.0F

/* Losses whose factors are multiplied before a logarithm is taken of the product. */
enum { LOSSES = 16 };

/* Steps by which rows are asked for before they are used. */
enum { AHEAD = 2 };

/* One step; gives 1 + exp(-x), whose logarithm is the loss. */
static inline __attribute__((always_inline)) float pair_step(const vt_pairs *g, size_t s, size_t d, size_t learnt)
{
    float *p = g->users + (size_t)g->user[s] * d;
    float *a = g->items + (size_t)g->chosen[s] * d, *b = g->items + (size_t)g->other[s] * d;
    float *bias_a = g->bias + (size_t)g->chosen[s] * g->bias_step,
          *bias_b = g->bias + (size_t)g->other[s] * g->bias_step;
    eight sum[2] = {{0}};
    for (size_t k = 0; k < d; k += LANES) {
        for (size_t half = 0; half < 2; half++) {
            size_t at = k + half * EIGHT;
            sum[half] += CONST_EIGHT_AT(p, at) * (CONST_EIGHT_AT(a, at) - CONST_EIGHT_AT(b, at));
        }
    }
    lanes all;
    memcpy(&all, sum, sizeof all);
    float x = total(&all) + (*bias_a - *bias_b);
    x = x > CERTAIN ? CERTAIN : x < -CERTAIN ? -CERTAIN : x;
    float z = expf(-x), wrong = z / (1.0F + z), step = g->rate * wrong;
    float keep_p = 1.0F - g->rate * g->l2_user, keep_a = 1.0F - g->rate * g->l2_chosen;
    float keep_b = 1.0F - g->rate * g->l2_other;
    for (size_t k = 0; k < learnt; k += EIGHT) {
        eight pk = CONST_EIGHT_AT(p, k), ak = CONST_EIGHT_AT(a, k), bk = CONST_EIGHT_AT(b, k);
        EIGHT_AT(p, k) = keep_p * pk + step * (ak - bk);
        EIGHT_AT(a, k) = keep_a * ak + step * pk;
        EIGHT_AT(b, k) = keep_b * bk - step * pk;
    }
    for (size_t k = learnt; k < d; k += EIGHT) {
        eight pk = CONST_EIGHT_AT(p, k);
        EIGHT_AT(p, k) = keep_p * pk + step * (CONST_EIGHT_AT(a, k) - CONST_EIGHT_AT(b, k));
        if (g->gradient != NULL) {
            EIGHT_AT(g->gradient + (size_t)g->chosen[s] * (d - learnt), k - learnt) -= wrong * pk;
            EIGHT_AT(g->gradient + (size_t)g->other[s] * (d - learnt), k - learnt) += wrong * pk;
        }
    }
    if (learnt > 0) {
        float keep = 1.0F - g->rate * g->l2_bias;
        *bias_a = keep * *bias_a + step;
        *bias_b = keep * *bias_b - step;
    }
    if (g->bias_gradient != NULL) {
        g->bias_gradient[g->chosen[s]] -= wrong;
        g->bias_gradient[g->other[s]] += wrong;
    }
    return 1.0F + z;
}

/* Rows of a step to come are asked for ahead: another thread may have written them last. */
static inline __attribute__((always_inline)) void fetch_pair(const vt_pairs *g, size_t s, size_t d)
{
    const float *rows[] = {g->users + (size_t)g->user[s] * d, g->items + (size_t)g->chosen[s] * d,
                           g->items + (size_t)g->other[s] * d};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        for (size_t k = 0; k < d; k += LANES) {
            __builtin_prefetch(rows[r] + k, 1);
        }
    }
    __builtin_prefetch(g->bias + (size_t)g->chosen[s] * g->bias_step, 1);
    __builtin_prefetch(g->bias + (size_t)g->other[s] * g->bias_step, 1);
}

static inline __attribute__((always_inline)) double pairs_d(const vt_pairs *g, size_t d, size_t learnt)
{
    double loss = 0.0, product = 1.0;
    for (size_t s = 0; s < g->n; s++) {
        if (s + AHEAD < g->n) {
            fetch_pair(g, s + AHEAD, d);
        }
        product *= (double)pair_step(g, s, d, learnt);
        if (s % LOSSES == LOSSES - 1) {
            loss += log(product);
            product = 1.0;
        }
    }
    return loss + log(product);
}

/* Usual lengths are compiled for themselves, so that their loops unroll. */
static double pairwise(const vt_pairs *g)
{
#define PAIRS(count)                                                                                                   \
    case count:                                                                                                        \
        return pairs_d(g, (size_t)(count)*LANES, (size_t)(count)*LANES)
    if (g->learnt == g->d) {
        switch (g->d / LANES) {
            PAIRS(1);
            PAIRS(2);
            PAIRS(3);
            PAIRS(4);
            PAIRS(8);
        default:
            break;
        }
    }
#undef PAIRS
    return pairs_d(g, g->d, g->learnt);
}

/* 64 columns at a time stay in registers while the rows go by. */
static void combine(float *out, const float *matrix, const int32_t *row, const float *weight, size_t n, size_t d)
{
    enum { PARTS = 8 };
    size_t k = 0;
    for (; k + PARTS * EIGHT <= d; k += PARTS * EIGHT) {
        eight sum[PARTS] = {{0}};
        for (size_t j = 0; j < n; j++) {
            const float *y = matrix + (size_t)row[j] * d + k;
            for (size_t part = 0; part < PARTS; part++) {
                sum[part] += weight[j] * CONST_EIGHT_AT(y, part * EIGHT);
            }
        }
        for (size_t part = 0; part < PARTS; part++) {
            EIGHT_AT(out, k + part * EIGHT) = sum[part];
        }
    }
    for (; k < d; k += EIGHT) {
        eight sum = {0};
        for (size_t j = 0; j < n; j++) {
            sum += weight[j] * CONST_EIGHT_AT(matrix + (size_t)row[j] * d, k);
        }
        EIGHT_AT(out, k) = sum;
    }
}

/* The compiler makes multiply-and-add-pairs of this; four rows at a time keep it waiting for memory alone. */
static void dots_int8(int32_t *out, const int8_t *rows, size_t n, const int16_t *query, size_t d)
{
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        const int8_t *a = rows + i * d, *b = a + d, *c = b + d, *e = c + d;
        int32_t sum[4] = {0};
        for (size_t k = 0; k < d; k++) {
            int16_t ak = a[k], bk = b[k], ck = c[k], ek = e[k];
            sum[0] += (int32_t)ak * (int32_t)query[k];
            sum[1] += (int32_t)bk * (int32_t)query[k];
            sum[2] += (int32_t)ck * (int32_t)query[k];
            sum[3] += (int32_t)ek * (int32_t)query[k];
        }
        memcpy(out + i, sum, sizeof sum);
    }
    for (; i < n; i++) {
        int32_t sum = 0;
        for (size_t k = 0; k < d; k++) {
            int16_t value = rows[i * d + k];
            sum += (int32_t)value * (int32_t)query[k];
        }
        out[i] = sum;
    }
}

static double sgd(const vt_sides *sides, const vt_rating *rating, size_t n, const float *rates, size_t d)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        size_t u = (size_t)rating[i].user, v = (size_t)rating[i].item;
        float *x = sides->users + u * d, *y = sides->items + v * d;
        float of_x = sides->user_share[u], of_y = sides->item_share[v], error = rating[i].value - dot(x, y, d);
        for (size_t k = 0; k < d; k += LANES) {
            lanes a = AT(x, k), b = AT(y, k);
            AT(x, k) = a - (of_x * CONST_AT(rates, k)) * a + (error * CONST_AT(rates, d + k)) * b;
            AT(y, k) = b - (of_y * CONST_AT(rates, 2 * d + k)) * b + (error * CONST_AT(rates, 3 * d + k)) * a;
        }
        sum += (double)error * (double)error;
    }
    return sum;
}

static float sgd_implicit(float *x, float *z, float *delta, const float *y, float value, const float *rates, size_t d)
{
    lanes sum = {0};
    for (size_t k = 0; k < d; k += LANES) {
        sum += (AT(x, k) + AT(z, k)) * CONST_AT(y, k);
    }
    float error = value - total(&sum);
    for (size_t k = 0; k < d; k += LANES) {
        lanes a = AT(x, k), b = AT(z, k), step = error * CONST_AT(y, k);
        AT(delta, k) = (error * CONST_AT(rates, 4 * d + k)) * (a + b);
        AT(x, k) = CONST_AT(rates, k) * a + CONST_AT(rates, d + k) * step;
        AT(z, k) = CONST_AT(rates, 2 * d + k) * b + CONST_AT(rates, 3 * d + k) * step;
    }
    return error;
}

extern const vt_kernels VT_KERNELS;
const vt_kernels VT_KERNELS = {VT_KERNELS_LEVEL, maxima, mask_scores, count, collect,  apply,   solve_cg,
                               solve_dual,       dots,   dots_int8,   sgd,   pairwise, combine, sgd_implicit};
