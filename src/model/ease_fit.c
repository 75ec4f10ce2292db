/*
 * The closed form of EASE. With X the (U, S) matrix of events and P the inverse of X'X plus a diagonal, the weights
 * that predict each item best from the others are -P_ij / P_jj (Steck 2019, equation 8). The diagonal may grow with the
 * frequency of items, by a power of it or by its share that a dropout of the input stands for (Steck 2020, EDLAE).
 *
 * Only items that some user has together with another enter: the rest have no weight in any case.
 */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "math/invert.h"
#include "model/ease.h"
#include "model/matrix.h"

typedef struct build {
    const vt_fit *fit;
    vt_csr *users;  /* (U, I) values of X */
    vt_csr *items;  /* (I, U) likewise */
    uint8_t *known; /* (I) 1 where the model has a place for it */
    int32_t *place; /* (I) number among the S, -1 without */
    int32_t *item;  /* (S) */
    int32_t n;      /* S */
    float *p;       /* (S, S) */
} build;

void vt_ease_weights_done(vt_ease_weights *weights)
{
    vt_free(weights->item);
    vt_free(weights->weight);
    *weights = (vt_ease_weights){0, NULL, NULL};
}

/* X by users: an event counts less with its distance from the user's last one, and each with the length of the row. */
static void weigh(vt_csr *users, const double *value)
{
    double half_life = value[VT_EASE_EVENT_HALF_LIFE], power = value[VT_EASE_USER_POWER];
    for (int32_t u = 0; u < users->n_rows; u++) {
        float *days = users->value, last = 0.0F;
        double n = (double)(users->ptr[u + 1] - users->ptr[u]), of_user = n > 0.0 ? pow(n, -0.5 * power) : 0.0;
        for (int64_t e = users->ptr[u]; e < users->ptr[u + 1]; e++) {
            last = days[e] > last ? days[e] : last;
        }
        for (int64_t e = users->ptr[u]; e < users->ptr[u + 1]; e++) {
            double fading = half_life > 0.0 ? exp2(-(double)(last - days[e]) / half_life) : 1.0;
            days[e] = (float)(of_user * fading);
        }
    }
}

/* The S items that some user has beside another one. */
static int number_items(build *b, vt_error *err)
{
    int32_t n_items = b->users->n_columns;
    b->known = vt_alloc_zero((size_t)n_items, 1, err);
    b->place = b->known == NULL ? NULL : vt_alloc((size_t)n_items, sizeof *b->place, err);
    b->item = b->place == NULL ? NULL : vt_alloc((size_t)n_items, sizeof *b->item, err);
    if (b->item == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t u = 0; u < b->users->n_rows; u++) {
        int64_t begin = b->users->ptr[u], end = b->users->ptr[u + 1];
        for (int64_t e = begin; end - begin > 1 && e < end; e++) {
            b->known[b->users->column[e]] = 1;
        }
    }
    for (int32_t i = 0; i < n_items; i++) {
        b->place[i] = b->known[i] ? b->n : -1;
        if (b->known[i]) {
            b->item[b->n++] = i;
        }
    }
    return VT_OK;
}

/* Row `row` of the lower triangle of X'X. */
static void gram_row(const build *b, int32_t row)
{
    float *to = b->p + (size_t)row * (size_t)b->n;
    int32_t item = b->item[row];
    memset(to, 0, ((size_t)row + 1) * sizeof *to);
    for (int64_t e = b->items->ptr[item]; e < b->items->ptr[item + 1]; e++) {
        int32_t u = b->items->column[e];
        float x = b->items->value[e];
        for (int64_t f = b->users->ptr[u]; f < b->users->ptr[u + 1] && b->users->column[f] <= item; f++) {
            int32_t place = b->place[b->users->column[f]];
            to[place] += x * b->users->value[f]; /* a neighbour of one that has a place has one too */
        }
    }
}

/* P, and what the weights that predict an item are multiplied by. */
static int invert(build *b, float *scale, vt_error *err)
{
    const double *value = b->fit->params->value;
    size_t n = (size_t)b->n;
    int threads = b->fit->threads;
#pragma omp parallel for schedule(dynamic, 16) num_threads(threads) if (n > 256)
    for (int32_t row = 0; row < b->n; row++) {
        gram_row(b, row);
    }
    double mean = 0.0, dropout = value[VT_EASE_DROPOUT];
    for (size_t i = 0; i < n; i++) {
        mean += (double)b->p[i * n + i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        double own = (double)b->p[i * n + i], relative = own / mean;
        scale[i] = (float)pow(relative, -value[VT_EASE_ITEM_POWER]);
        b->p[i * n + i] =
            (float)(own / (1.0 - dropout) + value[VT_EASE_REGULARIZATION] * pow(relative, value[VT_EASE_NU]));
    }
    int status = vt_invert(b->p, n, threads, b->fit->progress, "fitting ease", err);
    if (status == VT_ERR_FAILED) {
        return vt_fail(err, VT_ERR_FAILED, "ease: the items' matrix cannot be inverted; raise the regularization");
    }
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        scale[i] /= -b->p[i * n + i];
    }
    return status;
}

/* The weights out of P, which has room for them when the model knows these items only. */
static int place_weights(vt_ease_weights *out, build *b, const float *scale, vt_error *err)
{
    size_t n = (size_t)b->n, all = (size_t)out->n;
    float *weight = b->p;
    if (all > n) {
        weight = vt_alloc_aligned(all, all * sizeof *weight, err);
        if (weight == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        memset(weight, 0, all * all * sizeof *weight);
    } else {
        b->p = NULL;
    }
    const float *from = all > n ? b->p : weight;
    for (int32_t k = 0; k < out->n; k++) {
        int32_t own = b->place[out->item[k]];
        float *row = weight + (size_t)k * all;
        for (int32_t c = 0; own >= 0 && c < out->n; c++) {
            int32_t other = b->place[out->item[c]];
            if (other >= 0) {
                row[c] = own == other ? 0.0F : from[(size_t)own * n + (size_t)other] * scale[other];
            }
        }
    }
    out->weight = weight;
    return VT_OK;
}

/* The K items of the model: those with events, and those that the prior knows. */
static int choose_items(vt_ease_weights *out, build *b, vt_error *err)
{
    int32_t n_items = b->users->n_columns;
    vt_ease_prior_mark(b->known, b->fit);
    for (int32_t i = 0; i < n_items; i++) {
        out->n += b->known[i];
    }
    if (out->n > VT_EASE_ITEMS_MAX) {
        return vt_fail(err, VT_ERR_LIMIT,
                       "ease keeps a weight for every pair of items, and %d items are too many for that (%d at "
                       "most); use slim",
                       (int)out->n, VT_EASE_ITEMS_MAX);
    }
    out->item = vt_alloc((size_t)out->n, sizeof *out->item, err);
    if (out->item == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t i = 0, k = 0; i < n_items; i++) {
        if (b->known[i]) {
            out->item[k++] = i;
        }
    }
    return VT_OK;
}

int vt_ease_fit(vt_ease_weights *out, const vt_fit *fit, vt_error *err)
{
    build b = {.fit = fit};
    vt_ease_weights made = {0, NULL, NULL};
    float *scale = NULL;
    const vt_progress_state begins = {"fitting ease", "rows", 0.0, 0.0, NULL};
    int status = vt_progress_report(fit->progress, &begins, err);
    if (status == VT_OK) {
        status = vt_matrix_create(&b.users, NULL, fit->train, VT_ENTRY_DAYS, err);
    }
    if (status == VT_OK) {
        weigh(b.users, fit->params->value);
        status = vt_csr_transpose(&b.items, b.users, err);
    }
    if (status == VT_OK) {
        status = number_items(&b, err);
    }
    if (status == VT_OK) {
        status = choose_items(&made, &b, err);
    }
    if (status == VT_OK) {
        b.p = vt_alloc_aligned((size_t)b.n, (size_t)b.n * sizeof *b.p, err);
        scale = b.p == NULL ? NULL : vt_alloc((size_t)b.n, sizeof *scale, err);
        status = scale == NULL ? VT_ERR_NO_MEMORY : invert(&b, scale, err);
    }
    if (status == VT_OK) {
        status = place_weights(&made, &b, scale, err);
    }
    if (status == VT_OK) {
        status = vt_ease_prior_add(&made, fit, err);
    }
    if (status == VT_OK) {
        *out = made;
        made = (vt_ease_weights){0, NULL, NULL};
    }
    vt_ease_weights_done(&made);
    vt_csr_free(b.users);
    vt_csr_free(b.items);
    vt_free(b.known);
    vt_free(b.place);
    vt_free(b.item);
    vt_free(b.p);
    vt_free(scale);
    return status;
}
