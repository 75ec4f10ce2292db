/* Platt's two numbers by Newton's method; isotonic steps by pooling adjacent violators. */
#include "insight/churn/calibrate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

enum { STEPS = 100, HALVINGS = 40, ISOTONIC_FROM = 2000 };

typedef struct pair {
    double score, label, weight;
} pair;

static int ascending(const void *a, const void *b)
{
    const pair *x = a, *y = b;
    return x->score < y->score ? -1 : x->score > y->score;
}

static double logistic(double z)
{
    return z >= 0.0 ? 1.0 / (1.0 + exp(-z)) : exp(z) / (1.0 + exp(z));
}

/* ln(1 + exp(z)) */
static double softplus(double z)
{
    return z > 0.0 ? z + log1p(exp(-z)) : log1p(exp(z));
}

static double platt_loss(const double *z, const uint8_t *label, size_t n, const double target[2], double a, double b)
{
    double loss = 0.0;
    for (size_t i = 0; i < n; i++) {
        double at = a * z[i] + b;
        loss += softplus(at) - target[label[i] != 0] * at;
    }
    return loss;
}

static void fit_platt(vt_calibration *out, const double *z, const uint8_t *label, size_t n, size_t yes)
{
    double target[2] = {1.0 / ((double)(n - yes) + 2.0), ((double)yes + 1.0) / ((double)yes + 2.0)};
    double a = 0.0, b = log(((double)yes + 1.0) / ((double)(n - yes) + 1.0));
    double now = platt_loss(z, label, n, target, a, b);
    for (int s = 0; s < STEPS; s++) {
        double ga = 0.0, gb = 0.0, aa = 1e-10, ab = 0.0, bb = 1e-10;
        for (size_t i = 0; i < n; i++) {
            double p = logistic(a * z[i] + b), rest = target[label[i] != 0] - p, w = p * (1.0 - p);
            ga += rest * z[i];
            gb += rest;
            aa += w * z[i] * z[i];
            ab += w * z[i];
            bb += w;
        }
        double determinant = aa * bb - ab * ab;
        if (!(determinant > 0.0)) {
            break;
        }
        double da = (bb * ga - ab * gb) / determinant, db = (aa * gb - ab * ga) / determinant, share = 1.0, then = now;
        for (int h = 0; h < HALVINGS; h++, share *= 0.5) {
            then = platt_loss(z, label, n, target, a + share * da, b + share * db);
            if (then <= now) {
                break;
            }
        }
        if (!(then <= now)) {
            break;
        }
        a += share * da;
        b += share * db;
        if (now - then < 1e-12 * (1.0 + now)) {
            break;
        }
        now = then;
    }
    out->a = fmax(a, 0.0); /* a higher score is never a lower chance */
    out->b = a >= 0.0 ? b : log(((double)yes + 1.0) / ((double)(n - yes) + 1.0));
}

/* Merges neighbours until their means rise; gives the number of steps. */
static size_t pool_violators(pair *p, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        pair next = p[i];
        while (count > 0 && (p[count - 1].label >= next.label || p[count - 1].score == next.score)) {
            double weight = p[count - 1].weight + next.weight;
            next.label = (p[count - 1].label * p[count - 1].weight + next.label * next.weight) / weight;
            next.score = (p[count - 1].score * p[count - 1].weight + next.score * next.weight) / weight;
            next.weight = weight;
            count--;
        }
        p[count++] = next;
    }
    return count;
}

static int fit_isotonic(vt_calibration *out, const double *score, const uint8_t *label, size_t n, vt_error *err)
{
    pair *pairs = vt_alloc(n, sizeof *pairs, err);
    double *knots = pairs == NULL ? NULL : vt_alloc(2 * n, sizeof *knots, err);
    if (knots == NULL) {
        vt_free(pairs);
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        pairs[i] = (pair){score[i], label[i] != 0 ? 1.0 : 0.0, 1.0};
    }
    qsort(pairs, n, sizeof *pairs, ascending);
    size_t same = 0; /* equal scores are one point */
    for (size_t i = 0; i < n; i++) {
        if (same > 0 && pairs[same - 1].score == pairs[i].score) {
            pair *to = &pairs[same - 1];
            to->label = (to->label * to->weight + pairs[i].label) / (to->weight + 1.0);
            to->weight += 1.0;
        } else {
            pairs[same++] = pairs[i];
        }
    }
    out->n_knots = pool_violators(pairs, same);
    out->score = knots;
    out->chance = knots + n;
    double least = 1.0 / ((double)n + 2.0);
    for (size_t k = 0; k < out->n_knots; k++) {
        out->score[k] = pairs[k].score;
        out->chance[k] = fmin(fmax(pairs[k].label, least), 1.0 - least);
    }
    vt_free(pairs);
    return VT_OK;
}

int vt_calibration_fit(vt_calibration *out, vt_calibration_kind kind, const double *score, const uint8_t *label,
                       size_t n, vt_error *err)
{
    vt_calibration c = {.kind = kind};
    size_t yes = 0;
    for (size_t i = 0; i < n; i++) {
        yes += label[i] != 0;
    }
    size_t rarer = yes < n - yes ? yes : n - yes;
    if (kind == VT_CALIBRATE_AUTO) {
        c.kind = rarer >= ISOTONIC_FROM ? VT_CALIBRATE_ISOTONIC : VT_CALIBRATE_PLATT;
    }
    if (c.kind == VT_CALIBRATE_ISOTONIC && n > 0) {
        int status = fit_isotonic(&c, score, label, n, err);
        if (status != VT_OK) {
            return status;
        }
    } else {
        c.kind = VT_CALIBRATE_PLATT;
        fit_platt(&c, score, label, n, yes);
    }
    *out = c;
    return VT_OK;
}

void vt_calibration_done(vt_calibration *calibration)
{
    vt_free(calibration->score);
    memset(calibration, 0, sizeof *calibration);
}

double vt_calibrate(const vt_calibration *c, double score)
{
    if (c->kind != VT_CALIBRATE_ISOTONIC) {
        return logistic(c->a * score + c->b);
    }
    size_t low = 0, high = c->n_knots; /* the first knot beyond the score is in [low, high] */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->score[middle] <= score) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0) {
        return c->chance[0];
    }
    if (low == c->n_knots) {
        return c->chance[c->n_knots - 1];
    }
    double share = (score - c->score[low - 1]) / (c->score[low] - c->score[low - 1]);
    return c->chance[low - 1] + share * (c->chance[low] - c->chance[low - 1]);
}
