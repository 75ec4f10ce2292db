/*
 * The core is cut by sweeps over the distinct (user, item) pairs of positive events: real data settles in a dozen
 * sweeps, and a sweep is one pass over an array.
 */
#include <string.h>

#include "base/alloc.h"
#include "dataset/order.h"

/* Distinct positive pairs by user: items of user u are item[ptr[u]] to item[ptr[u] + count[u]]. */
typedef struct pairs {
    int64_t *ptr;
    int64_t *count;
    int32_t *item;
    int64_t *degree; /* (I) distinct users among the kept */
} pairs;

static void pairs_done(pairs *p)
{
    vt_free(p->ptr);
    vt_free(p->count);
    vt_free(p->item);
    vt_free(p->degree);
}

static int pairs_alloc(pairs *p, int32_t n_users, int32_t n_items, vt_error *err)
{
    p->ptr = vt_alloc_zero((size_t)n_users + 1, sizeof *p->ptr, err);
    p->count = p->ptr == NULL ? NULL : vt_alloc_zero((size_t)n_users, sizeof *p->count, err);
    p->degree = p->count == NULL ? NULL : vt_alloc_zero((size_t)n_items, sizeof *p->degree, err);
    return p->degree == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* Positive events of users; guests are in no core. */
static bool counts(const vt_event_columns *events, int64_t e)
{
    return events->user[e] >= 0 && VT_TAG_POSITIVE(events->tag[e]);
}

static int pairs_make(pairs *p, const vt_event_columns *events, int32_t n_users, int32_t n_items, vt_error *err)
{
    int status = pairs_alloc(p, n_users, n_items, err);
    if (status != VT_OK) {
        return status;
    }
    for (int64_t e = 0; e < events->n; e++) {
        if (counts(events, e)) {
            p->ptr[events->user[e] + 1]++;
        }
    }
    for (int32_t u = 0; u < n_users; u++) {
        p->ptr[u + 1] += p->ptr[u];
    }
    int32_t *last = vt_alloc((size_t)n_items, sizeof *last, err); /* last user seen with an item */
    p->item = last == NULL ? NULL : vt_alloc((size_t)p->ptr[n_users], sizeof *p->item, err);
    if (p->item == NULL) {
        vt_free(last);
        return VT_ERR_NO_MEMORY;
    }
    for (int64_t e = 0; e < events->n; e++) {
        if (counts(events, e)) {
            int32_t user = events->user[e];
            p->item[p->ptr[user] + p->count[user]++] = events->item[e];
        }
    }
    memset(last, 0xff, (size_t)n_items * sizeof *last); /* -1 */
    for (int32_t u = 0; u < n_users; u++) {
        int32_t *item = p->item + p->ptr[u];
        int64_t kept = 0;
        for (int64_t i = 0; i < p->count[u]; i++) {
            if (last[item[i]] != u) {
                last[item[i]] = u;
                item[kept++] = item[i];
                p->degree[item[i]]++;
            }
        }
        p->count[u] = kept;
    }
    vt_free(last);
    return VT_OK;
}

/* Drops the items of user `u` that are gone; when too few are left, the user goes too. True when the user went. */
static bool sweep_user(pairs *p, int32_t u, const uint8_t *keep_item, int32_t min_user)
{
    int32_t *item = p->item + p->ptr[u];
    int64_t kept = 0;
    for (int64_t i = 0; i < p->count[u]; i++) {
        if (keep_item[item[i]]) {
            item[kept++] = item[i];
        }
    }
    p->count[u] = kept;
    if (kept >= min_user) {
        return false;
    }
    for (int64_t i = 0; i < kept; i++) {
        p->degree[item[i]]--;
    }
    return true;
}

int vt_core_cut(uint8_t *keep_user, int32_t n_users, uint8_t *keep_item, int32_t n_items,
                const vt_event_columns *events, int32_t min_user, int32_t min_item, vt_error *err)
{
    pairs p = {0};
    int status = pairs_make(&p, events, n_users, n_items, err);
    bool changed = status == VT_OK;
    while (changed) {
        changed = false;
        for (int32_t u = 0; u < n_users; u++) {
            if (keep_user[u] && sweep_user(&p, u, keep_item, min_user)) {
                keep_user[u] = 0;
                changed = true;
            }
        }
        for (int32_t i = 0; i < n_items; i++) {
            if (keep_item[i] && p.degree[i] < min_item) {
                keep_item[i] = 0;
                changed = true;
            }
        }
    }
    pairs_done(&p);
    return status;
}
