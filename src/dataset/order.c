/*
 * Counting sort by user keeps the order of storing; then each user's few events are sorted by time, if they are not
 * yet.
 */
#include "dataset/order.h"

#include <stdlib.h>

#include "base/alloc.h"

typedef struct slot {
    int64_t key;
    uint32_t place; /* before sorting: equal keys keep it */
    uint32_t event;
} slot;

static int by_key(const void *left, const void *right)
{
    const slot *a = left;
    const slot *b = right;
    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }
    return (a->place > b->place) - (a->place < b->place);
}

/* Sorts by key unless it is sorted already; places are numbered anew. */
static void sort_slots(slot *slots, size_t n)
{
    bool sorted = true;
    for (size_t i = 0; i < n; i++) {
        slots[i].place = (uint32_t)i;
        sorted = sorted && (i == 0 || slots[i - 1].key <= slots[i].key);
    }
    if (!sorted) {
        qsort(slots, n, sizeof *slots, by_key);
    }
}

static void order_user(uint32_t *order, size_t n, slot *slots, const vt_event_columns *events)
{
    for (size_t i = 0; i < n; i++) {
        slots[i] = (slot){.event = order[i], .key = events->ascending ? 0 : events->id[order[i]]};
    }
    if (!events->ascending) {
        sort_slots(slots, n);
    }
    int64_t known = VT_NONE; /* the least number: before all times */
    for (size_t i = 0; i < n; i++) {
        int64_t time = events->time[slots[i].event];
        known = time == VT_NONE ? known : time;
        slots[i].key = known;
    }
    sort_slots(slots, n);
    for (size_t i = 0; i < n; i++) {
        order[i] = slots[i].event;
    }
}

/* Rank of the user of event `e`, -1 when the event does not stand in the snapshot. */
static int32_t place_of(const vt_event_columns *events, const vt_ranking *users, const vt_ranking *items, int64_t e)
{
    return items->rank[events->item[e]] < 0 ? -1 : users->rank[events->user[e]];
}

int vt_order_events(uint32_t **out, int64_t *ptr, const vt_event_columns *events, const vt_ranking *users,
                    const vt_ranking *items, vt_error *err)
{
    int status = VT_ERR_NO_MEMORY;
    uint32_t *order = NULL;
    slot *slots = NULL;
    memset(ptr, 0, ((size_t)users->n + 1) * sizeof *ptr);
    for (int64_t e = 0; e < events->n; e++) {
        int32_t place = place_of(events, users, items, e);
        if (place >= 0) {
            ptr[place + 1]++;
        }
    }
    int64_t longest = 0;
    for (int32_t u = 0; u < users->n; u++) {
        longest = ptr[u + 1] > longest ? ptr[u + 1] : longest;
        ptr[u + 1] += ptr[u];
    }
    order = vt_alloc((size_t)ptr[users->n], sizeof *order, err);
    slots = order == NULL ? NULL : vt_alloc((size_t)longest, sizeof *slots, err);
    if (slots == NULL) {
        goto out;
    }
    /* ptr[u] runs from the beginning of u to that of u + 1, and is moved back afterwards */
    for (int64_t e = 0; e < events->n; e++) {
        int32_t place = place_of(events, users, items, e);
        if (place >= 0) {
            order[ptr[place]++] = (uint32_t)e;
        }
    }
    memmove(ptr + 1, ptr, (size_t)users->n * sizeof *ptr);
    ptr[0] = 0;
    for (int32_t u = 0; u < users->n; u++) {
        order_user(order + ptr[u], (size_t)(ptr[u + 1] - ptr[u]), slots, events);
    }
    *out = order;
    order = NULL;
    status = VT_OK;
out:
    vt_free(slots);
    vt_free(order);
    return status;
}
