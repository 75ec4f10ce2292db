/*
 * Counting sort by group keeps the order of storing; then each group's few events are sorted by time, if they are not
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

static void order_group(uint32_t *order, size_t n, slot *slots, const vt_event_columns *events)
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

size_t vt_event_groups_count(const vt_event_groups *groups)
{
    size_t users = (size_t)groups->users->n;
    return groups->sessions == NULL ? users : users + 1 + (size_t)groups->sessions->n;
}

int64_t vt_event_group(const vt_event_groups *groups, const vt_event_columns *events, int64_t e)
{
    int32_t user = events->user[e];
    if (groups->items->rank[events->item[e]] < 0) {
        return -1;
    }
    if (user >= 0) {
        return groups->users->rank[user];
    }
    if (groups->sessions == NULL) {
        return -1;
    }
    int32_t session = events->session[e];
    return (int64_t)groups->users->n + 1 + (session < 0 ? -1 : groups->sessions->rank[session]);
}

int vt_order_events(uint32_t **out, int64_t *ptr, const vt_event_columns *events, const vt_event_groups *groups,
                    vt_error *err)
{
    int status = VT_ERR_NO_MEMORY;
    uint32_t *order = NULL;
    slot *slots = NULL;
    size_t n = vt_event_groups_count(groups);
    memset(ptr, 0, (n + 1) * sizeof *ptr);
    for (int64_t e = 0; e < events->n; e++) {
        int64_t group = vt_event_group(groups, events, e);
        if (group >= 0) {
            ptr[group + 1]++;
        }
    }
    int64_t longest = 0;
    for (size_t g = 0; g < n; g++) {
        longest = ptr[g + 1] > longest ? ptr[g + 1] : longest;
        ptr[g + 1] += ptr[g];
    }
    order = vt_alloc((size_t)ptr[n], sizeof *order, err);
    slots = order == NULL ? NULL : vt_alloc((size_t)longest, sizeof *slots, err);
    if (slots == NULL) {
        goto out;
    }
    /* ptr[g] runs from the beginning of g to that of g + 1, and is moved back afterwards */
    for (int64_t e = 0; e < events->n; e++) {
        int64_t group = vt_event_group(groups, events, e);
        if (group >= 0) {
            order[ptr[group]++] = (uint32_t)e;
        }
    }
    memmove(ptr + 1, ptr, n * sizeof *ptr);
    ptr[0] = 0;
    for (size_t g = 0; g < n; g++) {
        order_group(order + ptr[g], (size_t)(ptr[g + 1] - ptr[g]), slots, events);
    }
    *out = order;
    order = NULL;
    status = VT_OK;
out:
    vt_free(slots);
    vt_free(order);
    return status;
}
