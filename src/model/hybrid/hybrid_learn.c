/*
 * How much each feature is worth: the last event of many users is held out, the members are fitted on the rest, and
 * the conditional logit is fitted to which item was chosen among others by chance. That the others are a sample,
 * drawn evenly, does not bias it (McFadden 1978).
 */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "model/hybrid/hybrid.h"

typedef struct lesson {
    const vt_hybrid *m;
    const vt_fit *fit;
    const vt_interactions *rest, *held;
    int32_t *user;       /* (Q) */
    size_t n;            /* Q */
    bool timed;          /* events have times */
    int32_t *sold;       /* (S) items with events: what nobody ever bought was no choice */
    size_t n_sold;       /* S */
    size_t alternatives; /* rows of a choice, the chosen one included */
    float *x;            /* (Q, alternatives, K) */
} lesson;

/* The users whose held-out event is learned from: all, or a sample. */
static int choose_users(lesson *l, vt_error *err)
{
    size_t most = (size_t)l->fit->params->value[VT_HYBRID_CHOICES];
    l->user = vt_alloc((size_t)l->held->n, sizeof *l->user, err);
    if (l->user == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t u = 0; u < l->held->n_users; u++) {
        if (l->held->ptr[u + 1] > l->held->ptr[u]) {
            l->user[l->n++] = u;
        }
    }
    vt_rng rng = vt_rng_at(l->fit->seed, "hybrid-users", 0, 0);
    for (size_t q = 0; l->n > most && q < most; q++) { /* the first of a shuffle */
        size_t other = q + (size_t)vt_rng_below(&rng, l->n - q);
        int32_t user = l->user[q];
        l->user[q] = l->user[other];
        l->user[other] = user;
    }
    l->n = l->n > most ? most : l->n;
    return VT_OK;
}

/* Items that were sold, in what is fitted on or held out. */
static int list_sold(lesson *l, vt_error *err)
{
    size_t n = (size_t)l->m->n_items;
    uint8_t *seen = vt_alloc_zero(n, 1, err);
    l->sold = seen == NULL ? NULL : vt_alloc(n, sizeof *l->sold, err);
    for (int64_t e = 0; l->sold != NULL && e < l->rest->n; e++) {
        seen[l->rest->item[e]] = 1;
    }
    for (int64_t e = 0; l->sold != NULL && e < l->held->n; e++) {
        seen[l->held->item[e]] = 1;
    }
    for (size_t i = 0; l->sold != NULL && i < n; i++) {
        l->sold[l->n_sold] = (int32_t)i;
        l->n_sold += seen[i];
    }
    vt_free(seen);
    return l->sold == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* Copies the features of one item out of the planes. */
static void put_row(float *row, const vt_hybrid_workspace *workspace, const vt_hybrid *m, int32_t item)
{
    for (size_t k = 0; k < vt_hybrid_features(m); k++) {
        row[k] = workspace->planes[k * (size_t)m->n_items + (size_t)item];
    }
}

/* The rows of choice q: what was chosen, then others that are not in the history. */
static void put_choice(lesson *l, size_t q, const vt_hybrid_workspace *workspace, uint8_t *taken,
                       const vt_user_state *state)
{
    size_t k = vt_hybrid_features(l->m);
    float *row = l->x + q * l->alternatives * k;
    int32_t chosen = l->held->item[l->held->ptr[l->user[q]]];
    vt_rng rng = vt_rng_at(l->fit->seed, "hybrid-others", (uint64_t)l->user[q], 0);
    for (size_t h = 0; h < state->n; h++) {
        taken[state->item[h]] = 1;
    }
    put_row(row, workspace, l->m, chosen);
    for (size_t a = 1; a < l->alternatives; a++) {
        int32_t item = chosen;
        for (int tries = 0; tries < 1000 && (item == chosen || taken[item]); tries++) {
            item = l->sold[vt_rng_below(&rng, (uint64_t)l->n_sold)];
        }
        put_row(row + a * k, workspace, l->m, item);
    }
    for (size_t h = 0; h < state->n; h++) {
        taken[state->item[h]] = 0;
    }
}

static vt_user_state state_of(const lesson *l, size_t q)
{
    int32_t u = l->user[q];
    int64_t begin = l->rest->ptr[u];
    int64_t now = l->held->time[l->held->ptr[u]];
    return (vt_user_state){.user = u,
                           .n = (size_t)(l->rest->ptr[u + 1] - begin),
                           .item = l->rest->item + begin,
                           .time = l->timed ? l->rest->time + begin : NULL,
                           .value = l->rest->value + begin,
                           .kind = l->rest->kind + begin,
                           .now = now,
                           .as_fitted = true};
}

/* The choices of one batch, which may be the last and short one. */
static int describe_batch(lesson *l, size_t begin, size_t end, vt_hybrid_workspace *workspace, uint8_t *taken,
                          vt_error *err)
{
    vt_user_state state[VT_HYBRID_BATCH];
    for (size_t q = begin; q < end; q++) {
        state[q - begin] = state_of(l, q);
    }
    int status = vt_members_score(workspace->member, &l->m->members, (size_t)l->m->n_items, VT_HYBRID_BATCH, state,
                                  end - begin, err);
    for (size_t q = begin; q < end && status == VT_OK; q++) {
        status = vt_hybrid_fill_features(workspace, l->m, &state[q - begin], q - begin, err);
        if (status == VT_OK) {
            put_choice(l, q, workspace, taken, &state[q - begin]);
        }
    }
    return status;
}

/* Fills choices from `begin` to `end`; each thread has its workspace. */
static int describe_choices(lesson *l, size_t begin, size_t end, vt_error *err)
{
    int failed = VT_OK;
#pragma omp parallel num_threads(l->fit->threads)
    {
        vt_hybrid_workspace workspace = {NULL, NULL, NULL, NULL, NULL};
        vt_error why = VT_ERROR_INIT;
        uint8_t *taken = vt_alloc_zero((size_t)l->m->n_items, 1, &why);
        int status = taken == NULL ? VT_ERR_NO_MEMORY : vt_hybrid_workspace_init(&workspace, l->m, &why);
#pragma omp for schedule(dynamic)
        for (size_t q = begin; q < end; q += VT_HYBRID_BATCH) {
            if (status == VT_OK) {
                size_t stop = q + VT_HYBRID_BATCH < end ? q + VT_HYBRID_BATCH : end;
                status = describe_batch(l, q, stop, &workspace, taken, &why);
            }
        }
        if (status != VT_OK) {
#pragma omp critical(vt_hybrid_failed)
            {
                failed = status;
                vt_fail(err, why.code, "%s", why.message);
            }
        }
        vt_hybrid_workspace_done(&workspace);
        vt_free(taken);
    }
    return failed;
}

int vt_hybrid_learn(vt_hybrid *m, const vt_fit *fit, const vt_interactions *rest, const vt_interactions *held,
                    vt_error *err)
{
    enum { REPORT = 256 };
    size_t k = vt_hybrid_features(m);
    bool timed = rest->snapshot->time_min != VT_NONE;
    lesson l = {.m = m, .fit = fit, .rest = rest, .held = held, .timed = timed};
    l.alternatives = (size_t)fit->params->value[VT_HYBRID_ALTERNATIVES];
    int status = list_sold(&l, err);
    l.alternatives = l.alternatives < l.n_sold ? l.alternatives : l.n_sold;
    status = status == VT_OK ? choose_users(&l, err) : status;
    int64_t *ptr = status == VT_OK ? vt_alloc(l.n + 1, sizeof *ptr, err) : NULL;
    l.x = ptr == NULL ? NULL : vt_alloc(l.n * l.alternatives, k * sizeof *l.x, err);
    if (l.x == NULL) {
        status = VT_ERR_NO_MEMORY;
    }
    for (size_t q = 0; status == VT_OK && q < l.n; q += REPORT) {
        const vt_progress_state progress = {"weighing members", "choices", (double)q, (double)l.n, NULL};
        status = vt_progress_report(fit->progress, &progress, err);
        if (status == VT_OK) {
            status = describe_choices(&l, q, q + REPORT < l.n ? q + REPORT : l.n, err);
        }
    }
    if (status == VT_OK) {
        double loss = 0.0;
        for (size_t q = 0; q <= l.n; q++) {
            ptr[q] = (int64_t)(q * l.alternatives);
        }
        vt_choices choices = {.x = l.x, .ptr = ptr, .n = l.n, .k = k};
        status =
            vt_logit_fit(m->weight, m->spread, &loss, &choices, fit->params->value[VT_HYBRID_RIDGE], fit->threads, err);
        m->n_weights = k;
    }
    vt_free(l.x);
    vt_free(ptr);
    vt_free(l.user);
    vt_free(l.sold);
    return status;
}
