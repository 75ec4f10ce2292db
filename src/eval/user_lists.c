/*
 * Puts the queries of some users to the ranker, in batches, and evaluates the lists. A list that breaks the rules (an
 * item twice, one of the history, no candidate) is refused rather than evaluated: padding of that kind makes false
 * hits.
 */
#include "eval/user_lists.h"

#include <math.h>

#include "base/alloc.h"

#define BATCH 64 /* queries handed to the ranker at once */

/** Ids of many queries, one behind the other. */
typedef struct id_buffer {
    int32_t *id;
    size_t n;
    size_t capacity;
} id_buffer;

/** What one block of users works with. */
typedef struct batch {
    vt_query query[BATCH];
    vt_user_state signals[BATCH]; /* of the queries' states */
    size_t user[BATCH];           /* number in the plan */
    const vt_plan_query *planned[BATCH];
    size_t exclude_at[BATCH];
    size_t only_at[BATCH];
    size_t n;
    id_buffer exclude;
    id_buffer only;
    int32_t *items; /* (BATCH, k) */
    uint8_t *hit;   /* (k) */
    uint8_t *alive; /* (BATCH, I) candidates of each query; NULL: those of the plan */
    uint8_t *taken; /* (I) all zero between uses */
    int32_t *drawn; /* negatives of the user at hand */
    size_t n_drawn;
    int32_t *pool; /* (I) scratch of sampling */
    vt_trait_scratch traits;
} batch;

static bool samples(const vt_user_lists *lists)
{
    return lists->negatives != NULL || lists->protocol->negatives > 0;
}

static int batch_init(batch *b, const vt_user_lists *lists, vt_error *err)
{
    size_t n_items = (size_t)lists->plan->snapshot->n_items;
    bool draws = samples(lists) && lists->negatives == NULL;
    b->items = vt_alloc(BATCH * lists->k, sizeof *b->items, err);
    b->hit = vt_alloc(lists->k, sizeof *b->hit, err);
    b->taken = vt_alloc_zero(n_items, sizeof *b->taken, err);
    if (b->items == NULL || b->hit == NULL || b->taken == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    if (lists->plan->alive_from != NULL) {
        b->alive = vt_alloc(BATCH, n_items, err);
        if (b->alive == NULL) {
            return VT_ERR_NO_MEMORY;
        }
    }
    int status = vt_trait_scratch_init(&b->traits, &lists->traits, err);
    if (status == VT_OK && draws) {
        b->drawn = vt_alloc((size_t)lists->protocol->negatives, sizeof *b->drawn, err);
        b->pool = vt_alloc(n_items, sizeof *b->pool, err);
        return b->drawn == NULL || b->pool == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    return status;
}

static void batch_done(batch *b)
{
    vt_free(b->exclude.id);
    vt_free(b->only.id);
    vt_free(b->items);
    vt_free(b->hit);
    vt_free(b->taken);
    vt_free(b->alive);
    vt_free(b->drawn);
    vt_free(b->pool);
    vt_trait_scratch_done(&b->traits);
}

/* Room for `extra` more ids; the ids move. */
static int reserve(id_buffer *buffer, size_t extra, vt_error *err)
{
    if (buffer->capacity - buffer->n >= extra) {
        return VT_OK;
    }
    size_t capacity = buffer->capacity * 2 > buffer->n + extra ? buffer->capacity * 2 : buffer->n + extra;
    int32_t *grown = vt_realloc(buffer->id, capacity, sizeof *grown, err);
    if (grown == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    buffer->id = grown;
    buffer->capacity = capacity;
    return VT_OK;
}

/* Appends the distinct ids of two lists, ascending; gives how many. */
static int append(id_buffer *buffer, const int32_t *a, size_t n_a, const int32_t *b, size_t n_b, size_t *n,
                  vt_error *err)
{
    int status = reserve(buffer, n_a + n_b, err);
    if (status != VT_OK) {
        return status;
    }
    int32_t *to = buffer->id + buffer->n;
    for (size_t i = 0; i < n_a; i++) {
        to[i] = a[i];
    }
    for (size_t i = 0; i < n_b; i++) {
        to[n_a + i] = b[i];
    }
    *n = vt_ids_distinct(to, n_a + n_b);
    buffer->n += *n;
    return VT_OK;
}

/* Negatives of user number `at`, for all its queries. */
static const int32_t *negatives_of(const vt_user_lists *lists, batch *b, size_t at, size_t *n)
{
    if (lists->negatives != NULL) {
        *n = (size_t)(lists->negatives->ptr[at + 1] - lists->negatives->ptr[at]);
        return lists->negatives->item + lists->negatives->ptr[at];
    }
    *n = b->n_drawn;
    return b->drawn;
}

/* The first `n` events of user number `at`. */
static vt_user_state state_of(const vt_plan *plan, const vt_plan_events *events, size_t at, size_t n)
{
    int64_t first = events->ptr[at];
    return (vt_user_state){
        .user = plan->fitted[at] ? plan->user[at] : -1,
        .n = n,
        .item = events->item + first,
        .time = plan->timed ? events->time + first : NULL,
        .value = events->value + first,
        .kind = events->kind + first,
    };
}

static int add_query(const vt_user_lists *lists, batch *b, size_t at, const vt_plan_query *planned, vt_error *err)
{
    const vt_plan *plan = lists->plan;
    vt_query *query = &b->query[b->n];
    *query = (vt_query){.allowed = plan->allowed, .user = plan->user[at], .tie = plan->tie};
    if (b->alive != NULL) {
        uint8_t *allowed = b->alive + b->n * (size_t)plan->snapshot->n_items;
        vt_plan_alive(allowed, plan, planned->now);
        query->allowed = allowed;
    }
    query->state = state_of(plan, &plan->events, at, planned->history);
    query->state.now = planned->now;
    query->state.known = plan->known.n_items > 0 ? &plan->known : NULL;
    query->state.as_fitted = planned->as_fitted;
    if (planned->signals > 0) {
        b->signals[b->n] = state_of(plan, &plan->signals, at, planned->signals);
        query->state.signals = &b->signals[b->n];
    }
    b->user[b->n] = at;
    b->planned[b->n] = planned;
    b->exclude_at[b->n] = b->exclude.n;
    b->only_at[b->n] = b->only.n;
    int status = VT_OK;
    if (lists->protocol->seen == VT_SEEN_EXCLUDE) {
        status = append(&b->exclude, query->state.item, planned->history, NULL, 0, &query->n_exclude, err);
    }
    if (status == VT_OK && samples(lists)) {
        size_t n = 0;
        const int32_t *negative = negatives_of(lists, b, at, &n);
        status =
            append(&b->only, negative, n, plan->relevant + planned->relevant, planned->n_relevant, &query->n_only, err);
    }
    b->n += status == VT_OK;
    return status;
}

/* Why item `item` may not stand in the list of a query; NULL when it may. */
static const char *wrong_item(const vt_user_lists *lists, const batch *b, const vt_query *query, int32_t item)
{
    if (item < 0 || item >= lists->plan->snapshot->n_items) {
        return "no item of the data";
    }
    if (b->taken[item]) {
        return "listed twice";
    }
    if (!query->allowed[item]) {
        return "no candidate";
    }
    if (vt_ids_hold(query->exclude, query->n_exclude, item)) {
        return "an item of the user's history";
    }
    if (query->only != NULL && !vt_ids_hold(query->only, query->n_only, item)) {
        return "neither relevant nor sampled";
    }
    return NULL;
}

static void mark_hit(const vt_user_lists *lists, batch *b, size_t q, size_t at)
{
    const vt_plan_query *planned = b->planned[q];
    b->hit[at] =
        vt_ids_hold(lists->plan->relevant + planned->relevant, planned->n_relevant, b->items[q * lists->k + at]);
}

/* Checks the list of query `q`, goes on with what the shop would show, and marks hits; `*n` is its length. */
static int read_list(const vt_user_lists *lists, batch *b, size_t q, size_t *n, vt_error *err)
{
    int32_t *items = b->items + q * lists->k;
    const char *wrong = NULL;
    size_t length = 0;
    while (length < lists->k && items[length] != -1) {
        int32_t item = items[length];
        wrong = wrong_item(lists, b, &b->query[q], item);
        if (wrong != NULL) {
            break;
        }
        b->taken[item] = 1;
        length++;
    }
    size_t filled = wrong == NULL && lists->popular.order != NULL
                        ? vt_popular_fill(&lists->popular, &b->query[q], items, length, lists->k, b->taken)
                        : length;
    for (size_t i = 0; i < length; i++) {
        b->taken[items[i]] = 0;
    }
    if (wrong != NULL) {
        vt_str id = vt_ids_get(&lists->plan->snapshot->users, lists->plan->user[b->user[q]]);
        return vt_fail(
            err, VT_ERR_FAILED,
            "the list for user \"%.*s\" is not valid: item number %d at position %zu is %s; nothing was evaluated",
            VT_STR_ARGS(id), (int)items[length], length + 1, wrong);
    }
    for (size_t i = 0; i < filled; i++) {
        mark_hit(lists, b, q, i);
    }
    *n = filled;
    return VT_OK;
}

static void count_listed(const vt_user_lists *lists, const int32_t *items, size_t n)
{
    size_t n_items = (size_t)lists->plan->snapshot->n_items;
    size_t c = 0;
    for (size_t i = 0; i < n; i++) {
        while (i >= (size_t)lists->protocol->cutoff[c]) {
            c++;
        }
        __atomic_fetch_add(&lists->listed[c * n_items + (size_t)items[i]], 1, __ATOMIC_RELAXED);
    }
}

/* Adds the figures of query `q`, whose list has `n` items, to those of its user. */
static void add_figures(const vt_user_lists *lists, batch *b, size_t q, size_t n)
{
    size_t n_cutoffs = lists->protocol->n_cutoffs;
    const vt_plan_query *planned = b->planned[q];
    const int32_t *items = b->items + q * lists->k;
    double *row = lists->per_user + b->user[q] * n_cutoffs * VT_METRICS;
    int32_t *traited = lists->traited + b->user[q] * n_cutoffs * VT_TRAITS;
    double trait[VT_CUTOFFS_MAX][VT_TRAITS];
    vt_trait_list list = {items, n, b->query[q].state.item, b->query[q].state.n};
    vt_traits_of_list(trait, &lists->traits, &b->traits, &list, lists->protocol->cutoff, n_cutoffs);
    for (size_t c = 0; c < n_cutoffs; c++) {
        double value[VT_LIST_METRICS];
        vt_list_metrics(value, &lists->discounts, b->hit, n, planned->n_relevant, (size_t)lists->protocol->cutoff[c]);
        for (size_t m = 0; m < VT_LIST_METRICS; m++) {
            row[c * VT_METRICS + m] += value[m];
        }
        for (size_t t = 0; t < VT_TRAITS; t++) {
            bool has = !isnan(trait[c][t]);
            row[c * VT_METRICS + VT_TRAIT_FIRST + t] += has ? trait[c][t] : 0;
            traited[c * VT_TRAITS + t] += has;
        }
    }
}

/* Keeps where the relevant items of query `q` stand. */
static void keep_positions(const vt_user_lists *lists, const batch *b, size_t q, size_t n)
{
    const vt_plan_query *planned = b->planned[q];
    const int32_t *items = b->items + q * lists->k;
    for (size_t i = 0; lists->position != NULL && i < n; i++) {
        for (size_t r = 0; b->hit[i] && r < planned->n_relevant; r++) {
            if (lists->plan->relevant[planned->relevant + (int64_t)r] == items[i]) {
                lists->position[planned->relevant + (int64_t)r] = (int32_t)i + 1;
            }
        }
    }
}

/* Ranks and evaluates what was gathered. */
static int flush(const vt_user_lists *lists, batch *b, vt_error *err)
{
    for (size_t q = 0; q < b->n; q++) {
        b->query[q].exclude = b->query[q].n_exclude > 0 ? b->exclude.id + b->exclude_at[q] : NULL;
        b->query[q].only = samples(lists) ? b->only.id + b->only_at[q] : NULL;
    }
    for (size_t i = 0; i < b->n * lists->k; i++) {
        b->items[i] = -1;
    }
    int status = b->n == 0 ? VT_OK : lists->rank(lists->context, b->query, b->n, lists->k, b->items, err);
    for (size_t q = 0; status == VT_OK && q < b->n; q++) {
        size_t n = 0;
        status = read_list(lists, b, q, &n, err);
        if (status != VT_OK) {
            break;
        }
        add_figures(lists, b, q, n);
        keep_positions(lists, b, q, n);
        count_listed(lists, b->items + q * lists->k, n);
    }
    b->n = 0;
    b->exclude.n = 0;
    b->only.n = 0;
    return status;
}

/* Sums over the queries of a user become means; what is no figure of a user is NaN. */
static void finish_user(const vt_user_lists *lists, size_t at)
{
    double queries = (double)(lists->plan->query_ptr[at + 1] - lists->plan->query_ptr[at]);
    for (size_t c = 0; c < lists->protocol->n_cutoffs; c++) {
        double *row = lists->per_user + (at * lists->protocol->n_cutoffs + c) * VT_METRICS;
        const int32_t *traited = lists->traited + (at * lists->protocol->n_cutoffs + c) * VT_TRAITS;
        for (size_t m = 0; m < VT_TRAIT_FIRST; m++) {
            row[m] = m < VT_LIST_METRICS ? row[m] / queries : (double)NAN;
        }
        for (size_t t = 0; t < VT_TRAITS; t++) {
            row[VT_TRAIT_FIRST + t] = traited[t] > 0 ? row[VT_TRAIT_FIRST + t] / traited[t] : (double)NAN;
        }
    }
}

int vt_user_lists_evaluate(const vt_user_lists *lists, size_t begin, size_t end, vt_error *err)
{
    batch *b = vt_alloc_zero(1, sizeof *b, err);
    int status = b == NULL ? VT_ERR_NO_MEMORY : batch_init(b, lists, err);
    for (size_t at = begin; status == VT_OK && at < end; at++) {
        if (b->drawn != NULL) {
            b->n_drawn = vt_negatives_draw(b->drawn, lists->plan, at, (size_t)lists->protocol->negatives,
                                           lists->protocol->seed, b->pool, b->taken);
        }
        for (int64_t q = lists->plan->query_ptr[at]; status == VT_OK && q < lists->plan->query_ptr[at + 1]; q++) {
            status = add_query(lists, b, at, &lists->plan->query[q], err);
            if (status == VT_OK && b->n == BATCH) {
                status = flush(lists, b, err);
            }
        }
    }
    if (status == VT_OK) {
        status = flush(lists, b, err);
    }
    for (size_t at = begin; status == VT_OK && at < end; at++) {
        finish_user(lists, at);
    }
    if (b != NULL) {
        batch_done(b);
    }
    vt_free(b);
    return status;
}
