/*
 * Learning from stars: the head is first fitted without the newest fifth of its reviews, to say how well it reads what
 * it has not seen; then to all, with the same penalty and threshold.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "encode/run.h"
#include "encode/sentiment_run.h"

enum {
    HEAD_REVIEWS = 4000, /* of each side, that the head learns from */
    HELD_OUT_MIN = 5     /* of each side, to say anything */
};

static int by_turn(const void *a, const void *b)
{
    const vt_opinion *x = *(const vt_opinion *const *)a, *y = *(const vt_opinion *const *)b;
    return x->turn < y->turn ? -1 : x->turn > y->turn;
}

/* By time, in a second by the order of storing; without a time before all others. */
static int by_time(const void *a, const void *b)
{
    const vt_opinion *x = *(const vt_opinion *const *)a, *y = *(const vt_opinion *const *)b;
    if (x->time != y->time) {
        return x->time < y->time ? -1 : 1;
    }
    return x->place < y->place ? -1 : x->place > y->place;
}

/* The reviews that the head learns from, oldest first. */
static int choose_lesson(const vt_opinion ***out, size_t *n, const vt_opinions *opinions, vt_error *err)
{
    size_t taken[2] = {0, 0};
    const vt_opinion **chosen = vt_alloc(opinions->n, sizeof(const vt_opinion *), err);
    if (chosen == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < opinions->n; i++) {
        chosen[i] = &opinions->opinion[i];
    }
    if (opinions->n > 0) {
        qsort(chosen, opinions->n, sizeof *chosen, by_turn);
    }
    *n = 0;
    for (size_t i = 0; i < opinions->n; i++) {
        if (taken[chosen[i]->stance]++ < HEAD_REVIEWS) {
            chosen[(*n)++] = chosen[i];
        }
    }
    if (*n > 0) {
        qsort(chosen, *n, sizeof *chosen, by_time);
    }
    *out = chosen;
    return VT_OK;
}

int vt_sentiment_tell(void *context, size_t done, vt_error *err)
{
    const vt_sentiment_telling *t = context;
    const vt_progress_state state = {
        .stage = "encoding reviews", .unit = "reviews", .done = (double)(t->before + done), .total = (double)t->total};
    return vt_progress_report(t->progress, &state, err);
}

static int encode_lesson(float *x, uint8_t *label, vt_sentiment_run *s, const vt_opinion *const *lesson, size_t n,
                         vt_error *err)
{
    vt_sentiment_telling told = {s->options->progress, 0, n};
    int status = VT_OK;
    for (size_t i = 0; i < n && status == VT_OK; i += VT_SENTIMENT_CHUNK) {
        vt_str texts[VT_SENTIMENT_CHUNK];
        size_t m = n - i < VT_SENTIMENT_CHUNK ? n - i : VT_SENTIMENT_CHUNK;
        for (size_t k = 0; k < m; k++) {
            texts[k] = (vt_str){lesson[i + k]->text, lesson[i + k]->len};
            label[i + k] = lesson[i + k]->stance == VT_FOR;
        }
        told.before = i;
        status = vt_encoder_texts_told(s->encoder, texts, m, x + i * s->d, vt_sentiment_tell, &told, err);
    }
    return status;
}

static int add_quality(vt_sentiment_run *s, int64_t rank, const char *name, double value, double low, double high,
                       vt_error *err)
{
    vt_result row = {.subject = vt_str_of(""),
                     .rank = rank,
                     .object = vt_str_of(name),
                     .value = value,
                     .low = low,
                     .high = high,
                     .count = s->report.held_out};
    return vt_sentiment_rows_add(&s->rows, VT_SET_QUALITY, &row, err);
}

/* How well the head, fitted to the rows before `begin`, reads those from there on. */
static int measure(vt_sentiment_run *s, const vt_sentiment_head *head, const float *x, const uint8_t *label,
                   size_t begin, size_t n, const double share[2], vt_error *err)
{
    vt_sentiment_quality q;
    double *score = vt_alloc(n - begin, sizeof *score, err);
    if (score == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = begin; i < n; i++) {
        score[i - begin] = vt_sentiment_score(head, x + i * s->d);
    }
    int status = vt_sentiment_measure(&q, score, label + begin, n - begin, head->threshold, share, err);
    vt_free(score);
    if (status != VT_OK) {
        return status;
    }
    s->report.held_out = (int64_t)(n - begin);
    s->report.auc = q.auc;
    s->report.auc_low = q.auc_low;
    s->report.auc_high = q.auc_high;
    s->report.share_read = q.read;
    s->report.share_stars = q.stars;
    status = add_quality(s, 1, "auc", q.auc, q.auc_low, q.auc_high, err);
    status = status == VT_OK ? add_quality(s, 2, "share_read", q.read, NAN, NAN, err) : status;
    return status == VT_OK ? add_quality(s, 3, "share_stars", q.stars, NAN, NAN, err) : status;
}

static size_t fewest(const uint8_t *label, size_t n)
{
    size_t count[2] = {0, 0};
    for (size_t i = 0; i < n; i++) {
        count[label[i]]++;
    }
    return count[0] < count[1] ? count[0] : count[1];
}

static int fit_head(vt_sentiment_run *s, const float *x, const uint8_t *label, size_t n, vt_error *err)
{
    const vt_opinions *o = &s->opinions;
    size_t begin = n - n / 5;
    double of[2], share[2];
    for (int side = 0; side < 2; side++) {
        of[side] = fmin((double)o->kept[side], HEAD_REVIEWS);
        share[side] = (double)o->count[side] / of[side];
    }
    const vt_progress_state state = {.stage = "learning from stars"};
    int status = vt_progress_report(s->options->progress, &state, err);
    if (status != VT_OK) {
        return status;
    }
    if (fewest(label, begin) < VT_HEAD_CLASS_MIN || fewest(label + begin, n - begin) < HELD_OUT_MIN) {
        return vt_sentiment_head_fit(&s->head, x, label, n, s->d, share, s->options->seed, s->options->threads, err);
    }
    vt_sentiment_head earlier = {0};
    status = vt_sentiment_head_fit(&earlier, x, label, begin, s->d, share, s->options->seed, s->options->threads, err);
    if (status == VT_OK) {
        status = measure(s, &earlier, x, label, begin, n, share, err);
    }
    if (status == VT_OK) {
        status = vt_sentiment_head_refit(&s->head, &earlier, x, label, n, s->options->threads, err);
    }
    vt_sentiment_head_done(&earlier);
    return status;
}

static int open_encoder(vt_sentiment_run *s, vt_error *err)
{
    vt_manifest *manifest = NULL;
    int status = vt_encode_open_manifest(&manifest, vt_shop_path(s->shop), VT_ENCODER_TEXT, s->options->text, err);
    if (status == VT_OK) {
        const vt_encoder_info *info = vt_manifest_info(manifest);
        s->d = (size_t)info->dimensions;
        snprintf(s->report.encoder, sizeof s->report.encoder, "%s", info->name);
        status = vt_encoder_open(&s->encoder, info->folder, s->options->threads, err);
    }
    vt_manifest_close(manifest);
    return status;
}

int vt_sentiment_learn(vt_sentiment_run *s, vt_error *err)
{
    const vt_opinion **lesson = NULL;
    float *x = NULL;
    uint8_t *label = NULL;
    size_t n = 0;
    if (s->opinions.kept[0] < VT_HEAD_CLASS_MIN || s->opinions.kept[1] < VT_HEAD_CLASS_MIN) {
        return VT_OK;
    }
    int status = open_encoder(s, err);
    status = status == VT_OK ? choose_lesson(&lesson, &n, &s->opinions, err) : status;
    if (status == VT_OK) {
        x = vt_alloc_aligned(n * s->d, sizeof *x, err);
        label = vt_alloc(n, 1, err);
        status = x == NULL || label == NULL ? VT_ERR_NO_MEMORY : encode_lesson(x, label, s, lesson, n, err);
    }
    if (status == VT_OK) {
        status = fit_head(s, x, label, n, err);
    }
    if (status == VT_OK) {
        s->report.learned = (int64_t)n;
    }
    vt_free(label);
    vt_free(x);
    vt_free(lesson);
    return status;
}
