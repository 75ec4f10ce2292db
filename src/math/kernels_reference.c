/* The kernels in plain loops and double precision: what the fast levels are tested against. Also picks the level. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "math/kernels.h"

static void maxima(float *highest, const float *scores, size_t n)
{
    for (size_t r = 0; r < VT_MAXIMA; r++) {
        highest[r] = -INFINITY;
    }
    for (size_t i = 0; i < n; i++) {
        float *high = &highest[i % VT_MAXIMA];
        *high = scores[i] > *high ? scores[i] : *high;
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
    size_t found = 0;
    for (; *at < n && found + VT_LANES <= capacity; ++*at) {
        if (scores[*at] > threshold) {
            keys[found++] = vt_topk_key(scores[*at], (uint32_t)*at);
        }
    }
    return found;
}

static double dot(const float *a, const float *b, size_t d)
{
    double sum = 0.0;
    for (size_t k = 0; k < d; k++) {
        sum += (double)a[k] * (double)b[k];
    }
    return sum;
}

static void apply(float *out, const float *p, const vt_gather *g, bool targets, float sign, float *dots)
{
    for (size_t j = 0; j < g->n; j++) {
        const float *y = g->matrix + (size_t)g->row[j] * g->d;
        dots[j] = (float)dot(y, p, g->d);
        float t = (targets ? g->target[j] : 0.0F) + sign * g->weight[j] * dots[j];
        for (size_t k = 0; k < g->d; k++) {
            out[k] += t * y[k];
        }
    }
}

/* x'Ax - 2 b'x as it is written. */
static double value_at(const float *x, const float *diagonal, const vt_gather *g)
{
    double value = 0.0;
    for (size_t k = 0; k < g->d; k++) {
        value += (double)diagonal[k] * (double)x[k] * (double)x[k];
    }
    for (size_t j = 0; j < g->n; j++) {
        double s = dot(g->matrix + (size_t)g->row[j] * g->d, x, g->d);
        value += s * ((double)g->weight[j] * s - 2.0 * (double)g->target[j]);
    }
    return value;
}

static double solve_cg(float *x, const float *diagonal, const vt_gather *g, int steps, float enough, float *scratch)
{
    size_t d = g->d;
    float *r = scratch, *z = r + d, *p = z + d, *q = p + d, *dots = q + d;
    for (size_t k = 0; k < d; k++) {
        r[k] = -diagonal[k] * x[k];
    }
    apply(r, x, g, true, -1.0F, dots);
    for (size_t k = 0; k < d; k++) {
        p[k] = z[k] = r[k] / diagonal[k];
    }
    double rz = dot(r, z, d), stop = rz * (double)enough;
    for (int step = 0; step < steps && rz > stop && rz > 1e-30; step++) {
        for (size_t k = 0; k < d; k++) {
            q[k] = diagonal[k] * p[k];
        }
        apply(q, p, g, false, 1.0F, dots);
        double along = rz / dot(p, q, d);
        for (size_t k = 0; k < d; k++) {
            x[k] += (float)along * p[k];
            r[k] -= (float)along * q[k];
            z[k] = r[k] / diagonal[k];
        }
        double next = dot(r, z, d);
        for (size_t k = 0; k < d; k++) {
            p[k] = z[k] + (float)(next / rz) * p[k];
        }
        rz = next;
    }
    return value_at(x, diagonal, g);
}

static double solve_dual(float *x, const float *diagonal, const vt_gather *g, float *scratch)
{
    size_t d = g->d, n = g->n;
    float *m = scratch, *z = m + n * n;
    memset(x, 0, d * sizeof *x);
    for (size_t i = 0; i < n; i++) {
        const float *yi = g->matrix + (size_t)g->row[i] * d;
        z[i] = g->target[i] / g->weight[i];
        for (size_t j = 0; j <= i; j++) {
            const float *yj = g->matrix + (size_t)g->row[j] * d;
            double sum = i == j ? 1.0 / (double)g->weight[i] : 0.0;
            for (size_t k = 0; k < d; k++) {
                sum += (double)yi[k] * (double)yj[k] / (double)diagonal[k];
            }
            for (size_t k = 0; k < j; k++) {
                sum -= (double)m[i * n + k] * (double)m[j * n + k];
            }
            m[i * n + j] = (float)(j < i ? sum / (double)m[j * n + j] : sqrt(sum));
        }
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            z[i] -= m[i * n + j] * z[j];
        }
        z[i] /= m[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t j = i + 1; j < n; j++) {
            z[i] -= m[j * n + i] * z[j];
        }
        z[i] /= m[i * n + i];
        for (size_t k = 0; k < d; k++) {
            x[k] += z[i] * g->matrix[(size_t)g->row[i] * d + k] / diagonal[k];
        }
    }
    return value_at(x, diagonal, g);
}

static void dots(float *out, const float *rows, size_t n, const float *query, size_t d)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = (float)dot(rows + i * d, query, d);
    }
}

static double pairwise(const vt_pairs *g)
{
    double loss = 0.0;
    for (size_t s = 0; s < g->n; s++) {
        float *p = g->users + (size_t)g->user[s] * g->d;
        float *a = g->items + (size_t)g->chosen[s] * g->d, *b = g->items + (size_t)g->other[s] * g->d;
        float *bias_a = g->bias + (size_t)g->chosen[s] * g->bias_step,
              *bias_b = g->bias + (size_t)g->other[s] * g->bias_step;
        double x = dot(p, a, g->d) - dot(p, b, g->d) + (double)(*bias_a - *bias_b);
        float wrong = (float)(1.0 / (1.0 + exp(x)));
        loss += log1p(exp(-x));
        for (size_t k = 0; k < g->d; k++) {
            float pk = p[k], ak = a[k], bk = b[k];
            p[k] += g->rate * (wrong * (ak - bk) - g->l2_user * pk);
            if (k < g->learnt) {
                a[k] += g->rate * (wrong * pk - g->l2_chosen * ak);
                b[k] += g->rate * (-wrong * pk - g->l2_other * bk);
            } else if (g->gradient != NULL) {
                g->gradient[(size_t)g->chosen[s] * (g->d - g->learnt) + k - g->learnt] -= wrong * pk;
                g->gradient[(size_t)g->other[s] * (g->d - g->learnt) + k - g->learnt] += wrong * pk;
            }
        }
        if (g->learnt > 0) {
            *bias_a += g->rate * (wrong - g->l2_bias * *bias_a);
            *bias_b += g->rate * (-wrong - g->l2_bias * *bias_b);
        }
        if (g->bias_gradient != NULL) {
            g->bias_gradient[g->chosen[s]] -= wrong;
            g->bias_gradient[g->other[s]] += wrong;
        }
    }
    return loss;
}

static void combine(float *out, const float *matrix, const int32_t *row, const float *weight, size_t n, size_t d)
{
    for (size_t k = 0; k < d; k++) {
        double sum = 0.0;
        for (size_t j = 0; j < n; j++) {
            sum += (double)weight[j] * (double)matrix[(size_t)row[j] * d + k];
        }
        out[k] = (float)sum;
    }
}

static void dots_int8(int32_t *out, const int8_t *rows, size_t n, const int16_t *query, size_t d)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = 0;
        for (size_t k = 0; k < d; k++) {
            out[i] += (int32_t)rows[i * d + k] * (int32_t)query[k];
        }
    }
}

static double sgd(const vt_sides *sides, const vt_rating *rating, size_t n, const float *rates, size_t d)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        size_t u = (size_t)rating[i].user, v = (size_t)rating[i].item;
        float *x = sides->users + u * d, *y = sides->items + v * d;
        double of_x = (double)sides->user_share[u], of_y = (double)sides->item_share[v];
        double error = (double)rating[i].value - dot(x, y, d);
        for (size_t k = 0; k < d; k++) {
            double a = (double)x[k], b = (double)y[k];
            x[k] = (float)((1.0 - of_x * (double)rates[k]) * a + (double)rates[d + k] * error * b);
            y[k] = (float)((1.0 - of_y * (double)rates[2 * d + k]) * b + (double)rates[3 * d + k] * error * a);
        }
        sum += error * error;
    }
    return sum;
}

static float sgd_implicit(float *x, float *z, float *delta, const float *y, float value, const float *rates, size_t d)
{
    double error = (double)value - dot(x, y, d) - dot(z, y, d);
    for (size_t k = 0; k < d; k++) {
        double step = error * (double)y[k];
        delta[k] = (float)((double)rates[4 * d + k] * error * ((double)x[k] + (double)z[k]));
        x[k] = (float)((double)rates[k] * (double)x[k] + (double)rates[d + k] * step);
        z[k] = (float)((double)rates[2 * d + k] * (double)z[k] + (double)rates[3 * d + k] * step);
    }
    return (float)error;
}

static const vt_kernels reference = {"reference", maxima, mask_scores, count, collect,  apply,   solve_cg,
                                     solve_dual,  dots,   dots_int8,   sgd,   pairwise, combine, sgd_implicit};

extern const vt_kernels vt_kernels_baseline;
#if defined(__x86_64__)
extern const vt_kernels vt_kernels_v3;
extern const vt_kernels vt_kernels_v4;
#endif

const vt_kernels *const *vt_kernels_all(size_t *count)
{
    static const vt_kernels *const levels[] = {
        &reference,
        &vt_kernels_baseline,
#if defined(__x86_64__)
        &vt_kernels_v3,
        &vt_kernels_v4,
#endif
    };
    *count = 2;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2")) {
        *count = 3;
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
            __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
            __builtin_cpu_supports("avx512vl")) {
            *count = 4;
        }
    }
#endif
    return levels;
}

const vt_kernels *vt_kernels_level(const char *level)
{
    size_t count = 0;
    const vt_kernels *const *levels = vt_kernels_all(&count);
    for (size_t i = 0; level != NULL && i < count; i++) {
        if (strcmp(levels[i]->level, level) == 0) {
            return levels[i];
        }
    }
    return levels[count - 1];
}

static const vt_kernels *best;

static void choose_best(void)
{
    best = vt_kernels_level(getenv("VITRINE_KERNELS"));
}

const vt_kernels *vt_kernels_best(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, choose_best);
    return best;
}
