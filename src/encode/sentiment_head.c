/*
 * Penalty and threshold are chosen on folds that the head has not seen. The folds go by a hash of the row within its
 * class, so that each has its part of the rarer one.
 */
#include "encode/sentiment_head.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "math/binary_logit.h"

enum { FOLDS = 5 };

static const double ridges[] = {3e-2, 1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5};

enum { RIDGES = sizeof ridges / sizeof ridges[0] };

double vt_sentiment_score(const vt_sentiment_head *head, const float *vector)
{
    return vt_binary_logit_score(head->w, vector, head->d);
}

void vt_sentiment_head_done(vt_sentiment_head *head)
{
    vt_free(head->w);
    *head = (vt_sentiment_head){0};
}

/* Both classes have the same weight in all; rows of the fold `without` have none. `fold` NULL: all have. */
static void weigh(float *weight, const uint8_t *label, const uint8_t *fold, int without, size_t n)
{
    double count[2] = {0.0, 0.0};
    for (size_t i = 0; i < n; i++) {
        count[label[i]] += fold == NULL || fold[i] != without;
    }
    for (size_t i = 0; i < n; i++) {
        bool used = fold == NULL || fold[i] != without;
        weight[i] = used ? (float)((count[0] + count[1]) / (2.0 * count[label[i]])) : 0.0F;
    }
}

static int fit_at(double *w, const float *x, const uint8_t *label, const uint8_t *fold, int without, size_t n, size_t d,
                  double ridge, int threads, vt_error *err)
{
    float *weight = vt_alloc(n, sizeof *weight, err);
    if (weight == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    weigh(weight, label, fold, without, n);
    const vt_labelled rows = {x, label, weight, n, d};
    int status = vt_binary_logit_fit(w, &rows, ridge, threads, err);
    vt_free(weight);
    return status;
}

/* ---- choosing ---------------------------------------------------------------------------------------------------- */

typedef struct choosing {
    const float *x;
    const uint8_t *label;
    size_t n, d;
    int threads;
    uint8_t *fold; /* (N) */
    double *score; /* (N) of the fold that was left out */
    double *w;     /* (D + 1) */
} choosing;

/* Row k of a class in a drawn order goes to fold k mod FOLDS. */
static int draw_folds(choosing *c, uint64_t seed, vt_error *err)
{
    int32_t *order = vt_alloc(c->n, sizeof *order, err);
    int next[2] = {0, 0};
    if (order == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_rng rng = vt_rng_at(seed, "sentiment-folds", 0, 0);
    vt_rng_order(&rng, order, c->n);
    for (size_t i = 0; i < c->n; i++) {
        int class = c->label[order[i]];
        c->fold[order[i]] = (uint8_t)(next[class]++ % FOLDS);
    }
    vt_free(order);
    return VT_OK;
}

/* Scores of each fold by the head of the others; the loss with both classes of equal weight. */
static int score_folds(double *loss, choosing *c, double ridge, vt_error *err)
{
    double sum[2] = {0.0, 0.0}, count[2] = {0.0, 0.0};
    for (int fold = 0; fold < FOLDS; fold++) {
        int status = fit_at(c->w, c->x, c->label, c->fold, fold, c->n, c->d, ridge, c->threads, err);
        if (status != VT_OK) {
            return status;
        }
        for (size_t i = 0; i < c->n; i++) {
            if (c->fold[i] == fold) {
                double score = vt_binary_logit_score(c->w, c->x + i * c->d, c->d);
                double wrong = c->label[i] != 0 ? -score : score;
                c->score[i] = score;
                sum[c->label[i]] += (wrong > 0.0 ? wrong : 0.0) + log1p(exp(-fabs(wrong)));
                count[c->label[i]] += 1.0;
            }
        }
    }
    *loss = sum[0] / count[0] + sum[1] / count[1];
    return VT_OK;
}

typedef struct scored {
    double score;
    uint8_t label;
} scored;

static int by_score(const void *a, const void *b)
{
    const scored *x = a, *y = b;
    if (x->score != y->score) {
        return x->score < y->score ? -1 : 1;
    }
    return (int)x->label - (int)y->label;
}

static int sort_scores(scored **out, const double *score, const uint8_t *label, size_t n, vt_error *err)
{
    scored *rows = vt_alloc(n, sizeof *rows, err);
    if (rows == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        rows[i] = (scored){score[i], label[i]};
    }
    qsort(rows, n, sizeof *rows, by_score);
    *out = rows;
    return VT_OK;
}

/* Where as many are read as against as are: the share that is read is the share that is there. */
static int find_threshold(double *out, const choosing *c, const double share[2], vt_error *err)
{
    scored *rows = NULL;
    double against = 0.0, below = 0.0, nearest = INFINITY;
    int status = sort_scores(&rows, c->score, c->label, c->n, err);
    if (status != VT_OK) {
        return status;
    }
    for (size_t i = 0; i < c->n; i++) {
        against += rows[i].label == 0 ? share[0] : 0.0;
    }
    for (size_t i = 0; i + 1 < c->n; i++) { /* rows up to i are read as against */
        below += share[rows[i].label];
        if (rows[i].score < rows[i + 1].score && fabs(below - against) < nearest) {
            nearest = fabs(below - against);
            *out = (rows[i].score + rows[i + 1].score) / 2.0;
        }
    }
    vt_free(rows);
    return VT_OK;
}

static int choose(vt_sentiment_head *head, choosing *c, const double share[2], uint64_t seed, vt_error *err)
{
    double best = INFINITY;
    c->fold = vt_alloc(c->n, 1, err);
    c->score = vt_alloc_zero(c->n, sizeof *c->score, err);
    c->w = vt_alloc(c->d + 1, sizeof *c->w, err);
    int status = c->fold == NULL || c->score == NULL || c->w == NULL ? VT_ERR_NO_MEMORY : draw_folds(c, seed, err);
    for (size_t r = 0; r < RIDGES && status == VT_OK; r++) {
        double loss = 0.0;
        status = score_folds(&loss, c, ridges[r], err);
        if (status == VT_OK && loss < best) {
            best = loss;
            head->ridge = ridges[r];
        } else if (status == VT_OK) {
            break; /* the loss has one valley: smaller ones only fit more closely */
        }
    }
    double loss = 0.0;
    status = status == VT_OK ? score_folds(&loss, c, head->ridge, err) : status;
    status = status == VT_OK ? find_threshold(&head->threshold, c, share, err) : status;
    vt_free(c->w);
    vt_free(c->score);
    vt_free(c->fold);
    return status;
}

/* ---- the head ---------------------------------------------------------------------------------------------------- */

static int check_classes(const uint8_t *label, size_t n, vt_error *err)
{
    size_t count[2] = {0, 0};
    for (size_t i = 0; i < n; i++) {
        count[label[i] != 0]++;
    }
    if (count[0] >= VT_HEAD_CLASS_MIN && count[1] >= VT_HEAD_CLASS_MIN) {
        return VT_OK;
    }
    return vt_fail(err, VT_ERR_UNSUPPORTED,
                   "reading reviews without stars is learned from those with 4 or 5 stars (%zu are here) beside those "
                   "with 1 or 2 (%zu); %d of each are needed",
                   count[1], count[0], VT_HEAD_CLASS_MIN);
}

int vt_sentiment_head_refit(vt_sentiment_head *out, const vt_sentiment_head *like, const float *x, const uint8_t *label,
                            size_t n, int threads, vt_error *err)
{
    vt_sentiment_head head = *like;
    int status = check_classes(label, n, err);
    if (status != VT_OK) {
        return status;
    }
    head.w = vt_alloc(head.d + 1, sizeof *head.w, err);
    status = head.w == NULL ? VT_ERR_NO_MEMORY : fit_at(head.w, x, label, NULL, 0, n, head.d, head.ridge, threads, err);
    if (status != VT_OK) {
        vt_free(head.w);
        return status;
    }
    *out = head;
    return VT_OK;
}

int vt_sentiment_head_fit(vt_sentiment_head *out, const float *x, const uint8_t *label, size_t n, size_t d,
                          const double share[2], uint64_t seed, int threads, vt_error *err)
{
    vt_sentiment_head like = {.d = d};
    choosing c = {.x = x, .label = label, .n = n, .d = d, .threads = threads};
    int status = check_classes(label, n, err);
    status = status == VT_OK ? choose(&like, &c, share, seed, err) : status;
    return status == VT_OK ? vt_sentiment_head_refit(out, &like, x, label, n, threads, err) : status;
}

/* ---- quality ----------------------------------------------------------------------------------------------------- */

/* Sums over one class of the share of the other that each beats, and of its square; ties count half. */
typedef struct placements {
    double sum, square;
} placements;

static void place(placements p[2], const scored *rows, size_t n, const double count[2])
{
    double below[2] = {0.0, 0.0};
    for (size_t i = 0, next; i < n; i = next) {
        double tied[2] = {0.0, 0.0};
        for (next = i; next < n && rows[next].score == rows[i].score; next++) {
            tied[rows[next].label] += 1.0;
        }
        /* one for: those against below it; one against: those for above it */
        double beats = (below[0] + tied[0] / 2.0) / count[0];
        double beaten = (count[1] - below[1] - tied[1] / 2.0) / count[1];
        p[1].sum += tied[1] * beats;
        p[1].square += tied[1] * beats * beats;
        p[0].sum += tied[0] * beaten;
        p[0].square += tied[0] * beaten * beaten;
        below[0] += tied[0];
        below[1] += tied[1];
    }
}

int vt_sentiment_measure(vt_sentiment_quality *out, const double *score, const uint8_t *label, size_t n,
                         double threshold, const double share[2], vt_error *err)
{
    scored *rows = NULL;
    placements p[2] = {{0.0, 0.0}, {0.0, 0.0}};
    double count[2] = {0.0, 0.0}, read = 0.0, variance = 0.0;
    for (size_t i = 0; i < n; i++) {
        count[label[i]] += 1.0;
        read += score[i] >= threshold ? share[label[i]] : 0.0;
    }
    double all = count[0] * share[0] + count[1] * share[1];
    if (count[0] < 2.0 || count[1] < 2.0) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "fewer than two reviews of a class are held out");
    }
    int status = sort_scores(&rows, score, label, n, err);
    if (status != VT_OK) {
        return status;
    }
    place(p, rows, n, count);
    for (int c = 0; c < 2; c++) {
        double mean = p[c].sum / count[c];
        variance += (p[c].square - count[c] * mean * mean) / (count[c] - 1.0) / count[c];
    }
    double auc = p[1].sum / count[1], half = 1.959964 * sqrt(fmax(variance, 0.0));
    *out = (vt_sentiment_quality){.auc = auc,
                                  .auc_low = fmax(auc - half, 0.0),
                                  .auc_high = fmin(auc + half, 1.0),
                                  .read = read / all,
                                  .stars = count[1] * share[1] / all,
                                  .n_for = (int64_t)count[1],
                                  .n_against = (int64_t)count[0]};
    vt_free(rows);
    return VT_OK;
}
