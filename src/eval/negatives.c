/* Sampled candidates. A draw goes through all candidates of a user, which costs no more than scoring them does. */
#include "eval/negatives.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "eval/words.h"

typedef struct reader {
    const vt_plan *plan;
    vt_stream *stream;
    int64_t *begin; /* (U) first item of the user, -1 before its line came */
    int64_t *count; /* (U) */
    int32_t *item;
    int64_t n;
    int64_t capacity;
} reader;

/* Number of a dense user id in the plan, -1 when it is not evaluated. */
static int64_t number_of(const vt_plan *plan, int32_t user)
{
    size_t low = 0;
    size_t high = plan->n_users;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (plan->user[middle] < user) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < plan->n_users && plan->user[low] == user ? (int64_t)low : -1;
}

static int add_item(reader *r, int32_t item, vt_error *err)
{
    if (r->n == r->capacity) {
        int64_t capacity = r->capacity == 0 ? 1024 : r->capacity * 2;
        int32_t *grown = vt_realloc(r->item, (size_t)capacity, sizeof *grown, err);
        if (grown == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        r->item = grown;
        r->capacity = capacity;
    }
    r->item[r->n++] = item;
    return VT_OK;
}

static int read_line(reader *r, vt_str line, vt_error *err)
{
    const vt_snapshot *snapshot = r->plan->snapshot;
    int64_t number = vt_stream_line_number(r->stream);
    const char *name = vt_stream_name(r->stream);
    vt_str user = vt_next_word(&line);
    int32_t dense = user.len == 0 ? -1 : vt_ids_find(&snapshot->users, user);
    int64_t at = dense < 0 ? -1 : number_of(r->plan, dense);
    if (at < 0) {
        return VT_OK;
    }
    if (r->begin[at] >= 0) {
        return vt_fail_at(err, VT_ERR_FORMAT, number,
                          "%s:%" PRId64 ": user \"%.*s\" has a line already; one line a user is expected", name, number,
                          VT_STR_ARGS(user));
    }
    r->begin[at] = r->n;
    for (vt_str word = vt_next_word(&line); word.len > 0; word = vt_next_word(&line)) {
        int32_t item = vt_ids_find(&snapshot->items, word);
        if (item < 0) {
            return vt_fail_at(err, VT_ERR_FORMAT, number,
                              "%s:%" PRId64
                              ": item \"%.*s\" is not among the items that are evaluated; sampled negatives "
                              "must be items of the shop",
                              name, number, VT_STR_ARGS(word));
        }
        int status = add_item(r, item, err);
        if (status != VT_OK) {
            return status;
        }
    }
    r->count[at] = (int64_t)vt_ids_distinct(r->item + r->begin[at], (size_t)(r->n - r->begin[at]));
    r->n = r->begin[at] + r->count[at];
    return VT_OK;
}

static int read_all(reader *r, vt_error *err)
{
    for (;;) {
        vt_str line;
        int status = vt_stream_line(r->stream, &line, err);
        if (status != VT_OK || line.ptr == NULL) {
            return status;
        }
        status = read_line(r, line, err);
        if (status != VT_OK) {
            return status;
        }
    }
}

/* Puts the lists in the order of the plan. */
static int order_by_user(vt_negatives *negatives, const reader *r, vt_error *err)
{
    size_t n_users = r->plan->n_users;
    negatives->ptr = vt_alloc(n_users + 1, sizeof *negatives->ptr, err);
    negatives->item = vt_alloc((size_t)r->n, sizeof *negatives->item, err);
    if (negatives->ptr == NULL || negatives->item == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    negatives->ptr[0] = 0;
    for (size_t u = 0; u < n_users; u++) {
        if (r->begin[u] < 0) {
            vt_str id = vt_ids_get(&r->plan->snapshot->users, r->plan->user[u]);
            return vt_fail(
                err, VT_ERR_NOT_FOUND,
                "%s has no line for user \"%.*s\", who has events to evaluate; give negatives for every such user",
                vt_stream_name(r->stream), VT_STR_ARGS(id));
        }
        for (int64_t i = 0; i < r->count[u]; i++) {
            negatives->item[negatives->ptr[u] + i] = r->item[r->begin[u] + i];
        }
        negatives->ptr[u + 1] = negatives->ptr[u] + r->count[u];
    }
    return VT_OK;
}

int vt_negatives_parse(vt_negatives **out, vt_stream *stream, const vt_plan *plan, vt_error *err)
{
    reader r = {.plan = plan, .stream = stream};
    vt_negatives *negatives = vt_alloc_zero(1, sizeof *negatives, err);
    r.begin = vt_alloc(plan->n_users, sizeof *r.begin, err);
    r.count = vt_alloc_zero(plan->n_users, sizeof *r.count, err);
    int status = VT_ERR_NO_MEMORY;
    if (negatives == NULL || r.begin == NULL || r.count == NULL) {
        goto out;
    }
    for (size_t u = 0; u < plan->n_users; u++) {
        r.begin[u] = -1;
    }
    status = read_all(&r, err);
    if (status == VT_OK) {
        status = order_by_user(negatives, &r, err);
    }
    if (status == VT_OK) {
        *out = negatives;
        negatives = NULL;
    }
out:
    vt_negatives_free(negatives);
    vt_free(r.begin);
    vt_free(r.count);
    vt_free(r.item);
    return status;
}

int vt_negatives_read(vt_negatives **out, const char *path, const vt_plan *plan, vt_error *err)
{
    vt_stream *stream = NULL;
    int status = vt_stream_open(&stream, path, err);
    if (status == VT_OK) {
        status = vt_negatives_parse(out, stream, plan, err);
    }
    vt_stream_close(stream);
    return status;
}

void vt_negatives_free(vt_negatives *negatives)
{
    if (negatives != NULL) {
        vt_free(negatives->ptr);
        vt_free(negatives->item);
        vt_free(negatives);
    }
}

static void mark(uint8_t *taken, const vt_plan *plan, size_t at, uint8_t value)
{
    for (int64_t e = plan->events.ptr[at]; e < plan->events.ptr[at + 1]; e++) {
        taken[plan->events.item[e]] = value;
    }
    for (int64_t q = plan->query_ptr[at]; q < plan->query_ptr[at + 1]; q++) {
        const vt_plan_query *query = &plan->query[q];
        for (size_t i = 0; i < query->n_relevant; i++) {
            taken[plan->relevant[query->relevant + (int64_t)i]] = value;
        }
    }
}

size_t vt_negatives_draw(int32_t *drawn, const vt_plan *plan, size_t at, size_t n, uint64_t seed, int32_t *pool,
                         uint8_t *taken)
{
    size_t left = 0;
    mark(taken, plan, at, 1);
    for (int32_t i = 0; i < plan->snapshot->n_items; i++) {
        if (plan->allowed[i] && !taken[i]) {
            pool[left++] = i;
        }
    }
    mark(taken, plan, at, 0);
    vt_rng rng = vt_rng_at(seed, "negatives", (uint64_t)plan->user[at], 0);
    size_t k = 0;
    for (; k < n && left > 0; k++) {
        size_t pick = (size_t)vt_rng_below(&rng, left);
        drawn[k] = pool[pick];
        pool[pick] = pool[--left];
    }
    return vt_ids_distinct(drawn, k);
}
