/*
 * Weights from a replay: the members are fitted on what lies before a block of time, the lists of the block are made as
 * they would have been served, and a logistic regression learns which of the candidates was bought. Others than those
 * that were bought are a sample, and count for all that they stand for.
 */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "math/binary_logit.h"
#include "model/ranker/ranker.h"
#include "model/ranker/replay.h"

/* Fewer lists with something bought than this tell nothing of an audience. */
enum { LISTS_LEAST = 30, REPORT = 512 };

typedef struct lesson {
    vt_ranker *m;
    const vt_fit *fit;
    const vt_replay *replay;
    size_t k, rows_of_list; /* K; rows that a list has room for */
    float *x;               /* (L, rows_of_list, K) */
    int32_t *n_rows;        /* (L) */
    int32_t *n_positive;    /* (L) they come first */
    float *negative;        /* (L) how many candidates each of the others stands for */
    uint8_t *audience;      /* (L) */
} lesson;

static vt_user_state state_of(vt_user_state *signals, const lesson *l, const vt_replay_list *list)
{
    const vt_interactions *all = l->fit->train, *looks = all->signals;
    int64_t begin = all->ptr[list->user];
    vt_user_state state = {.user = list->user,
                           .n = (size_t)(list->history - begin),
                           .item = all->item + begin,
                           .time = all->time + begin,
                           .value = all->value + begin,
                           .kind = all->kind + begin,
                           .now = list->now,
                           .clock = l->m->clock};
    if (looks != NULL && list->signals > looks->ptr[list->user]) {
        int64_t from = looks->ptr[list->user];
        *signals = (vt_user_state){.user = list->user,
                                   .n = (size_t)(list->signals - from),
                                   .item = looks->item + from,
                                   .time = looks->time + from,
                                   .value = looks->value + from,
                                   .kind = looks->kind + from,
                                   .now = list->now};
        state.signals = signals;
    }
    return state;
}

/* The rows of a list: what was bought of the candidates, then some of the others. */
static void put_rows(lesson *l, size_t q, vt_ranker_workspace *w, const vt_user_state *state)
{
    const vt_replay_list *list = &l->replay->list[q];
    float *x = l->x + q * l->rows_of_list * l->k;
    int32_t n = 0, wanted = (int32_t)l->fit->params->value[VT_RANKER_NEGATIVES];
    for (size_t h = 0; h < state->n; h++) {
        w->seen[state->item[h]] = 1;
    }
    for (int32_t t = 0; t < list->n_targets; t++) {
        int32_t place = w->place[l->replay->target[list->target + t]];
        if (place >= 0 && n < (int32_t)l->rows_of_list - wanted) {
            memcpy(x + (size_t)n++ * l->k, w->row + (size_t)place * l->k, l->k * sizeof *x);
        }
    }
    l->n_positive[q] = n;
    for (int32_t t = 0; t < list->n_targets; t++) { /* nor are they examples of what was not bought */
        w->seen[l->replay->target[list->target + t]] = 1;
    }
    vt_rng rng = vt_rng_at(l->fit->seed, "ranker-others", (uint64_t)list->user, (uint64_t)list->history);
    size_t others = 0, left = 0;
    for (size_t c = 0; c < w->n; c++) {
        others += !w->seen[w->item[c]];
    }
    left = others;
    int32_t still = n > 0 ? wanted : 0;
    for (size_t c = 0; c < w->n && still > 0; c++) {
        if (w->seen[w->item[c]]) {
            continue;
        }
        if (vt_rng_below(&rng, left--) < (uint64_t)still) { /* each set of them is as likely (Knuth, algorithm S) */
            memcpy(x + (size_t)n++ * l->k, w->row + c * l->k, l->k * sizeof *x);
            still--;
        }
    }
    l->n_rows[q] = n;
    l->negative[q] = n > l->n_positive[q] ? (float)others / (float)(n - l->n_positive[q]) : 0.0F;
    for (size_t h = 0; h < state->n; h++) {
        w->seen[state->item[h]] = 0;
    }
    for (int32_t t = 0; t < list->n_targets; t++) {
        w->seen[l->replay->target[list->target + t]] = 0;
    }
}

static int describe_batch(lesson *l, size_t begin, size_t end, vt_ranker_workspace *w, vt_error *err)
{
    vt_user_state state[VT_RANKER_BATCH], signals[VT_RANKER_BATCH];
    size_t n = end - begin;
    for (size_t q = 0; q < n; q++) {
        state[q] = state_of(&signals[q], l, &l->replay->list[begin + q]);
        l->audience[begin + q] = (uint8_t)vt_ranker_audience(&state[q]);
    }
    int status = vt_members_score(w->member, &l->m->members, (size_t)l->m->n_items, VT_RANKER_BATCH, state, n, err);
    for (size_t q = 0; q < n && status == VT_OK; q++) {
        status = vt_ranker_find(w, l->m, &state[q], q, err);
        if (status == VT_OK) {
            status = vt_ranker_describe(w, l->m, &state[q], q, err);
        }
        if (status == VT_OK) {
            put_rows(l, begin + q, w, &state[q]);
        }
        vt_ranker_forget(w);
    }
    return status;
}

/* The rows of lists `begin` to `end`; each thread has its workspace. */
static int describe(lesson *l, size_t begin, size_t end, vt_error *err)
{
    int failed = VT_OK;
#pragma omp parallel num_threads(l->fit->threads)
    {
        vt_ranker_workspace w;
        vt_error why = VT_ERROR_INIT;
        int status = vt_ranker_workspace_init(&w, l->m, &why);
#pragma omp for schedule(dynamic)
        for (size_t q = begin; q < end; q += VT_RANKER_BATCH) {
            if (status == VT_OK) {
                status = describe_batch(l, q, q + VT_RANKER_BATCH < end ? q + VT_RANKER_BATCH : end, &w, &why);
            }
        }
        if (status != VT_OK) {
#pragma omp critical(vt_ranker_failed)
            {
                failed = status;
                vt_fail(err, why.code, "%s", why.message);
            }
        }
        vt_ranker_workspace_done(&w);
    }
    return failed;
}

/* Block by block: members that know nothing of it, then its lists. */
static int replay_blocks(lesson *l, vt_error *err)
{
    int status = VT_OK;
    size_t q = 0;
    for (int32_t b = 0; b < l->replay->n_blocks && status == VT_OK; b++) {
        vt_interactions *past = NULL;
        status = vt_interactions_before(&past, l->fit->train, l->replay->begin[b], err);
        if (status == VT_OK) {
            status = vt_ranker_fit_members(l->m, l->fit, past, err);
        }
        vt_interactions_free(past);
        size_t end = q;
        while (end < l->replay->n && l->replay->list[end].block == b) {
            end++;
        }
        for (; q < end && status == VT_OK; q += REPORT) {
            const vt_progress_state progress = {"replaying", "lists", (double)q, (double)l->replay->n, NULL};
            status = vt_progress_report(l->fit->progress, &progress, err);
            if (status == VT_OK) {
                status = describe(l, q, q + REPORT < end ? q + REPORT : end, err);
            }
        }
        q = end;
    }
    return status;
}

/* Rows of an audience, one after the other. */
typedef struct pile {
    float *x;
    uint8_t *label;
    float *weight;
    size_t n, lists;
} pile;

static int gather(pile *p, const lesson *l, int audience, vt_error *err)
{
    size_t n = 0;
    *p = (pile){.n = 0};
    for (size_t q = 0; q < l->replay->n; q++) {
        bool of = l->audience[q] == audience && l->n_positive[q] > 0 && l->n_rows[q] > l->n_positive[q];
        n += of ? (size_t)l->n_rows[q] : 0;
        p->lists += of;
    }
    p->x = vt_alloc(n, l->k * sizeof *p->x, err);
    p->label = p->x == NULL ? NULL : vt_alloc_zero(n, 1, err);
    p->weight = p->label == NULL ? NULL : vt_alloc(n, sizeof *p->weight, err);
    if (p->weight == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t q = 0; q < l->replay->n; q++) {
        if (l->audience[q] != audience || l->n_positive[q] == 0 || l->n_rows[q] == l->n_positive[q]) {
            continue;
        }
        memcpy(p->x + p->n * l->k, l->x + q * l->rows_of_list * l->k, (size_t)l->n_rows[q] * l->k * sizeof *p->x);
        for (int32_t r = 0; r < l->n_rows[q]; r++, p->n++) {
            p->label[p->n] = r < l->n_positive[q];
            p->weight[p->n] = p->label[p->n] ? 1.0F : l->negative[q];
        }
    }
    return VT_OK;
}

/* Means and standard deviations over the rows, and the rows in these units. */
static void standardise(vt_ranker_weights *learned, pile *p, size_t k)
{
    for (size_t f = 0; f < k; f++) {
        double sum = 0.0, square = 0.0;
        for (size_t r = 0; r < p->n; r++) {
            sum += (double)p->x[r * k + f];
        }
        double mean = sum / (double)p->n;
        for (size_t r = 0; r < p->n; r++) {
            double off = (double)p->x[r * k + f] - mean;
            square += off * off;
        }
        double spread = sqrt(square / (double)p->n);
        learned->mean[f] = mean;
        learned->spread[f] = spread > 1e-6 * (1.0 + fabs(mean)) ? spread : 0.0;
    }
    vt_ranker_weights units = *learned;
    double parts[VT_RANKER_FEATURES_MAX];
    for (size_t f = 0; f < k; f++) {
        units.weight[f] = 1.0;
    }
    for (size_t r = 0; r < p->n; r++) {
        vt_ranker_sum(&units, p->x + r * k, k, parts);
        for (size_t f = 0; f < k; f++) {
            p->x[r * k + f] = (float)parts[f];
        }
    }
}

/* Without enough to learn from, what the members say counts alike: for a stranger that is what sells now. */
static void stand_in(vt_ranker_weights *learned, const vt_ranker *m)
{
    memset(learned, 0, sizeof *learned);
    for (size_t k = 0; k < m->members.n; k++) {
        learned->weight[k * VT_RANKER_OF_MEMBER + VT_RANKER_SCORE] = 1.0;
        learned->spread[k * VT_RANKER_OF_MEMBER + VT_RANKER_SCORE] = 1.0;
    }
}

static int learn_audience(lesson *l, int audience, vt_error *err)
{
    pile p;
    vt_ranker_weights *learned = &l->m->learned[audience];
    int status = gather(&p, l, audience, err);
    if (status == VT_OK && p.lists < LISTS_LEAST) {
        stand_in(learned, l->m);
    } else if (status == VT_OK) {
        memset(learned, 0, sizeof *learned);
        standardise(learned, &p, l->k);
        const vt_labelled rows = {p.x, p.label, p.weight, p.n, l->k};
        status =
            vt_binary_logit_fit(learned->weight, &rows, l->fit->params->value[VT_RANKER_RIDGE], l->fit->threads, err);
    }
    vt_free(p.x);
    vt_free(p.label);
    vt_free(p.weight);
    return status;
}

static int make_room(lesson *l, vt_error *err)
{
    size_t n = l->replay->n;
    l->x = vt_alloc(n * l->rows_of_list, l->k * sizeof *l->x, err);
    l->n_rows = l->x == NULL ? NULL : vt_alloc_zero(n, sizeof *l->n_rows, err);
    l->n_positive = l->n_rows == NULL ? NULL : vt_alloc_zero(n, sizeof *l->n_positive, err);
    l->negative = l->n_positive == NULL ? NULL : vt_alloc_zero(n, sizeof *l->negative, err);
    l->audience = l->negative == NULL ? NULL : vt_alloc_zero(n, 1, err);
    return l->audience == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

int vt_ranker_learn(vt_ranker *m, const vt_fit *fit, vt_error *err)
{
    enum { POSITIVES = 5 };
    const double *value = fit->params->value;
    vt_replay *replay = NULL;
    int status = vt_replay_create(&replay, fit->train, value[VT_RANKER_REPLAY], (int32_t)value[VT_RANKER_REFITS],
                                  (size_t)value[VT_RANKER_LISTS], fit->seed, err);
    lesson l = {.m = m, .fit = fit, .replay = replay};
    if (status == VT_OK) {
        l.k = vt_ranker_features(m);
        l.rows_of_list = (size_t)value[VT_RANKER_NEGATIVES] + POSITIVES;
        status = make_room(&l, err);
    }
    if (status == VT_OK) {
        status = replay_blocks(&l, err);
    }
    for (int audience = 0; audience < VT_RANKER_AUDIENCES && status == VT_OK; audience++) {
        status = learn_audience(&l, audience, err);
    }
    vt_free(l.x);
    vt_free(l.n_rows);
    vt_free(l.n_positive);
    vt_free(l.negative);
    vt_free(l.audience);
    vt_replay_free(replay);
    return status;
}
