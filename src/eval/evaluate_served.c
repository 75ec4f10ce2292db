/*
 * A model of an earlier state of the shop on the events of now, as a server would use it: users and items are matched
 * by their ids, and a user is what the history says, never a stored vector. Both tables of ids are in the order of
 * their bytes, so numbers of one in the other ascend too. Legend: I items of the snapshot, M items of the model.
 */
#include <pthread.h>
#include <string.h>

#include "base/alloc.h"
#include "eval/match.h"
#include "eval/tie.h"

typedef struct matched {
    const vt_model *model;
    const vt_snapshot *snapshot;
    vt_model_info info;
    int32_t *to_model;          /* (I) -1 where the model does not know the item */
    int32_t *to_snapshot;       /* (M) -1 where the shop has it no more */
    int32_t *tie;               /* (M) */
    pthread_mutex_t mutex;      /* around what follows */
    const vt_item_times *known; /* whose times were matched last; NULL: none yet */
    vt_item_times times;        /* the same in the model's numbers */
    int64_t *ptr, *time;
} matched;

static int match_items(matched *m, vt_error *err)
{
    int status = vt_match_items(&m->to_model, m->snapshot, &m->info, err);
    if (status != VT_OK) {
        return status;
    }
    m->to_snapshot = vt_alloc((size_t)m->info.n_items, sizeof *m->to_snapshot, err);
    if (m->to_snapshot == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t i = 0; i < m->info.n_items; i++) {
        m->to_snapshot[i] = -1;
    }
    for (int32_t i = 0; i < m->snapshot->n_items; i++) {
        if (m->to_model[i] >= 0) {
            m->to_snapshot[m->to_model[i]] = i;
        }
    }
    return VT_OK;
}

/* Times of items in the model's numbers. */
static int match_times(matched *m, const vt_item_times *known, vt_error *err)
{
    size_t n_items = (size_t)m->info.n_items;
    m->ptr = vt_alloc_zero(n_items + 1, sizeof *m->ptr, err);
    m->time = m->ptr == NULL ? NULL : vt_alloc((size_t)known->ptr[known->n_items] + 1, sizeof *m->time, err);
    if (m->time == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n_items; i++) {
        int32_t of = m->to_snapshot[i];
        size_t n = of < 0 ? 0 : (size_t)(known->ptr[of + 1] - known->ptr[of]);
        if (n > 0) {
            memcpy(m->time + m->ptr[i], known->time + known->ptr[of], n * sizeof *m->time);
        }
        m->ptr[i + 1] = m->ptr[i] + (int64_t)n;
    }
    m->times = (vt_item_times){m->info.n_items, m->ptr, m->time};
    m->known = known;
    return VT_OK;
}

/* All queries of an evaluation know the same times. */
static int times_of(const vt_item_times **out, matched *m, const vt_item_times *known, vt_error *err)
{
    if (known == NULL) {
        *out = NULL;
        return VT_OK;
    }
    pthread_mutex_lock(&m->mutex);
    int status = m->known == NULL ? match_times(m, known, err) : VT_OK;
    pthread_mutex_unlock(&m->mutex);
    *out = &m->times;
    return status;
}

/* ---- queries ----------------------------------------------------------------------------------------------------- */

/* Items that the model knows, in its numbers; ascending ones stay so. */
static int match_list(const int32_t **out, size_t *n_out, const matched *m, const int32_t *items, size_t n,
                      vt_arena *arena, vt_error *err)
{
    int32_t *to = vt_arena_alloc(arena, n + 1, sizeof *to, err);
    size_t kept = 0;
    if (to == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        to[kept] = m->to_model[items[i]];
        kept += to[kept] >= 0;
    }
    *out = to;
    *n_out = kept;
    return VT_OK;
}

/* Candidates in the model's numbers; queries mostly share one mask. */
static int match_mask(vt_query *out, const matched *m, const vt_query *query, const vt_query *before,
                      const vt_query *matched_before, vt_arena *arena, vt_error *err)
{
    if (before != NULL && before->allowed == query->allowed) {
        out->allowed = matched_before->allowed;
        return VT_OK;
    }
    uint8_t *allowed = vt_arena_alloc(arena, (size_t)m->info.n_items + 1, sizeof *allowed, err);
    if (allowed == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t i = 0; i < m->info.n_items; i++) {
        allowed[i] = m->to_snapshot[i] >= 0 && query->allowed[m->to_snapshot[i]];
    }
    out->allowed = allowed;
    return VT_OK;
}

static int match_query(vt_query *out, matched *m, const vt_query *query, vt_arena *arena, vt_error *err)
{
    vt_user_state *signals = NULL;
    int32_t user = vt_ids_find(&m->info.users, vt_ids_get(&m->snapshot->users, query->user));
    int status = vt_match_state(&out->state, m->to_model, &query->state, arena, err);
    if (status == VT_OK && query->state.signals != NULL) {
        signals = vt_arena_alloc(arena, 1, sizeof *signals, err);
        status =
            signals == NULL ? VT_ERR_NO_MEMORY : vt_match_state(signals, m->to_model, query->state.signals, arena, err);
    }
    if (status == VT_OK && signals != NULL) {
        signals->user = user;
    }
    out->state.signals = signals;
    out->state.user = user;
    status = status != VT_OK ? status : times_of(&out->state.known, m, query->state.known, err);
    if (status == VT_OK) {
        status = match_list(&out->exclude, &out->n_exclude, m, query->exclude, query->n_exclude, arena, err);
    }
    if (status == VT_OK && query->only != NULL) {
        status = match_list(&out->only, &out->n_only, m, query->only, query->n_only, arena, err);
    }
    out->user = query->user;
    out->tie = m->tie;
    return status;
}

static int rank_matched(void *context, const vt_query *queries, size_t n, size_t k, int32_t *items, vt_error *err)
{
    matched *m = context;
    vt_arena *arena = NULL;
    vt_query *matched_queries = vt_alloc_zero(n, sizeof *matched_queries, err);
    int status = matched_queries == NULL ? VT_ERR_NO_MEMORY : vt_arena_create(&arena, 0, err);
    for (size_t q = 0; q < n && status == VT_OK; q++) {
        status = match_query(&matched_queries[q], m, &queries[q], arena, err);
        if (status == VT_OK) {
            status = match_mask(&matched_queries[q], m, &queries[q], q > 0 ? &queries[q - 1] : NULL,
                                q > 0 ? &matched_queries[q - 1] : NULL, arena, err);
        }
    }
    if (status == VT_OK) {
        status = vt_rank_model((void *)(uintptr_t)m->model, matched_queries, n, k, items, err);
    }
    for (size_t q = 0; q < n && status == VT_OK; q++) {
        for (size_t i = 0; i < k && items[q * k + i] >= 0; i++) {
            items[q * k + i] = m->to_snapshot[items[q * k + i]];
        }
    }
    vt_arena_free(arena);
    vt_free(matched_queries);
    return status;
}

int vt_evaluate_served(vt_evaluation *out, const vt_model *model, const vt_snapshot *snapshot, const vt_split *split,
                       const vt_protocol *protocol, vt_error *err)
{
    matched m = {.model = model, .snapshot = snapshot};
    if (protocol->lister != NULL) {
        return vt_fail(err, VT_ERR_UNSUPPORTED, "a model is compared as it is served by its best scores, not by lists");
    }
    pthread_mutex_init(&m.mutex, NULL);
    vt_model_describe(model, &m.info);
    int status = match_items(&m, err);
    if (status == VT_OK) {
        status = vt_tie_order(&m.tie, &m.info.items, m.info.n_items, err);
    }
    if (status == VT_OK) {
        status = vt_evaluate(out, snapshot, split, protocol, rank_matched, &m, err);
    }
    pthread_mutex_destroy(&m.mutex);
    vt_free(m.to_model);
    vt_free(m.to_snapshot);
    vt_free(m.tie);
    vt_free(m.ptr);
    vt_free(m.time);
    return status;
}
