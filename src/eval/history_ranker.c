/*
 * Queries out of interactions, as an evaluation makes them of its training part: the same history, the same items left
 * out, the same ranking.
 */
#include "vitrine/history_ranker.h"

#include <string.h>

#include "base/alloc.h"
#include "base/options.h"
#include "base/pool.h"
#include "eval/match.h"
#include "eval/queries.h"

enum { BLOCK_USERS = 64 };

struct vt_history_ranker {
    const vt_model *model;
    const vt_interactions *history;
    vt_model_info info;
    int32_t *to_model; /* (I) NULL: the model was fitted on this snapshot and has its numbers */
    uint8_t *allowed;  /* (items of the model) all 1 */
    bool as_fitted;    /* these very interactions */
};

void vt_history_ranker_options_init_sized(vt_history_ranker_options *options, size_t size)
{
    const vt_history_ranker_options defaults = {.now = VT_NONE};
    vt_options_init(options, size, &defaults, sizeof defaults);
}

int vt_history_ranker_create(vt_history_ranker **out, const vt_model *model, const vt_interactions *history,
                             vt_error *err)
{
    vt_history_ranker *r = vt_alloc_zero(1, sizeof *r, err);
    if (r == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    r->model = model;
    r->history = history;
    vt_model_describe(model, &r->info);
    bool same = strcmp(r->info.snapshot, history->snapshot->hash) == 0;
    int status = same ? VT_OK : vt_match_items(&r->to_model, history->snapshot, &r->info, err);
    if (status == VT_OK) {
        r->as_fitted = same && history->n == r->info.n_interactions;
        r->allowed = vt_alloc((size_t)r->info.n_items, 1, err);
        status = r->allowed == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    if (status != VT_OK) {
        vt_history_ranker_free(r);
        return status;
    }
    memset(r->allowed, 1, (size_t)r->info.n_items);
    *out = r;
    return VT_OK;
}

void vt_history_ranker_free(vt_history_ranker *ranker)
{
    if (ranker != NULL) {
        vt_free(ranker->to_model);
        vt_free(ranker->allowed);
        vt_free(ranker);
    }
}

/* The events of a user in the numbers of the snapshot. */
static vt_user_state state_of(const vt_interactions *events, int32_t user, int64_t now)
{
    int64_t first = events->ptr[user];
    size_t n = (size_t)(events->ptr[user + 1] - first);
    return (vt_user_state){
        .user = n > 0 ? user : -1,
        .n = n,
        .item = events->item + first,
        .time = events->snapshot->time_min != VT_NONE ? events->time + first : NULL,
        .value = events->value + first,
        .kind = events->kind + first,
        .now = now,
    };
}

/* In the model's numbers. */
static int match(vt_user_state *state, const vt_history_ranker *r, int32_t user, vt_arena *arena, vt_error *err)
{
    vt_user_state own = *state;
    if (r->to_model == NULL) {
        return VT_OK;
    }
    int status = vt_match_state(state, r->to_model, &own, arena, err);
    state->user = vt_ids_find(&r->info.users, vt_ids_get(&r->history->snapshot->users, user));
    return status;
}

/* What is known of a user; `signals` is room for what else there is. */
static int make_state(vt_user_state *state, vt_user_state *signals, const vt_history_ranker *r, int32_t user,
                      const vt_history_ranker_options *options, vt_arena *arena, vt_error *err)
{
    if (user < 0 || user >= r->history->n_users) {
        return vt_fail(err, VT_ERR_USAGE, "there is no user number %d", user);
    }
    *state = state_of(r->history, user, options->now);
    state->as_fitted = r->as_fitted && state->n > 0;
    int status = match(state, r, user, arena, err);
    if (status == VT_OK && r->history->signals != NULL) {
        *signals = state_of(r->history->signals, user, options->now);
        status = match(signals, r, user, arena, err);
        state->signals = signals->n > 0 ? signals : NULL;
    }
    return status;
}

/* ---- lists ------------------------------------------------------------------------------------------------------- */

typedef struct listing {
    const vt_history_ranker *ranker;
    const vt_history_ranker_options *options;
    const int32_t *users;
    size_t k;
    int32_t *items;
    float *scores;
} listing;

/* Distinct items of the history, ascending. */
static int exclude_seen(vt_query *query, vt_arena *arena, vt_error *err)
{
    size_t n = query->state.n;
    int32_t *seen = vt_arena_alloc(arena, n + 1, sizeof *seen, err);
    if (seen == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    if (n > 0) {
        memcpy(seen, query->state.item, n * sizeof *seen);
    }
    query->exclude = seen;
    query->n_exclude = vt_ids_distinct(seen, n);
    return VT_OK;
}

static int list_block(void *context, int worker, size_t begin, size_t end, vt_error *err)
{
    const listing *l = context;
    const vt_history_ranker *r = l->ranker;
    size_t n = end - begin;
    vt_arena *arena = NULL;
    (void)worker;
    int status = vt_arena_create(&arena, 0, err);
    vt_query *queries = status == VT_OK ? vt_arena_alloc(arena, n, sizeof *queries, err) : NULL;
    vt_user_state *signals = queries == NULL ? NULL : vt_arena_alloc(arena, n, sizeof *signals, err);
    status = signals == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        vt_query *query = &queries[i];
        *query = (vt_query){.allowed = r->allowed, .user = l->users[begin + i]};
        status = make_state(&query->state, &signals[i], r, query->user, l->options, arena, err);
        if (status == VT_OK && !l->options->keep_seen) {
            status = exclude_seen(query, arena, err);
        }
    }
    if (status == VT_OK) {
        status = vt_rank_scored(r->model, queries, n, l->k, l->items + begin * l->k, l->scores + begin * l->k, err);
    }
    vt_arena_free(arena);
    return status;
}

static int report(void *context, size_t done, vt_error *err)
{
    const listing *l = context;
    const vt_progress_state state = {.stage = "ranking", .unit = "users", .done = (double)done};
    return vt_progress_report(l->options->progress, &state, err);
}

int vt_history_ranker_list(const vt_history_ranker *ranker, const int32_t *users, size_t n, size_t k,
                           const vt_history_ranker_options *options, int32_t *items, float *scores, vt_error *err)
{
    listing l = {ranker, options, users, k, items, scores};
    int status = vt_options_check(options->size, sizeof *options, "vt_history_ranker_options", err);
    if (status == VT_OK && k == 0) {
        status = vt_fail(err, VT_ERR_USAGE, "a list of no items is asked for; 1 or more is expected");
    }
    return status != VT_OK ? status
                           : vt_parallel_for(vt_threads(options->threads), n, BLOCK_USERS, list_block, report, &l, err);
}

/* ---- one user ---------------------------------------------------------------------------------------------------- */

typedef struct one_user {
    vt_arena *arena;
    vt_user_state state, signals;
} one_user;

static int find_user(one_user *one, const vt_history_ranker *r, int32_t user, const vt_history_ranker_options *options,
                     vt_error *err)
{
    int status = vt_options_check(options->size, sizeof *options, "vt_history_ranker_options", err);
    status = status != VT_OK ? status : vt_arena_create(&one->arena, 0, err);
    return status != VT_OK ? status : make_state(&one->state, &one->signals, r, user, options, one->arena, err);
}

int vt_history_ranker_explain(vt_explanation *out, const vt_history_ranker *ranker, int32_t user, const int32_t *items,
                              size_t n, const vt_history_ranker_options *options, vt_error *err)
{
    one_user one = {0};
    int status = find_user(&one, ranker, user, options, err);
    status = status != VT_OK ? status : vt_model_explain(out, ranker->model, &one.state, items, n, err);
    vt_arena_free(one.arena);
    return status;
}

int vt_history_ranker_predict(float *ratings, const vt_history_ranker *ranker, int32_t user, const int32_t *items,
                              size_t n, const vt_history_ranker_options *options, vt_error *err)
{
    one_user one = {0};
    int status = find_user(&one, ranker, user, options, err);
    status = status != VT_OK ? status : vt_model_predict(ranker->model, &one.state, items, n, ratings, err);
    vt_arena_free(one.arena);
    return status;
}
