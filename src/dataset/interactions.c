/* Interactions: the positive events of chosen parts, copied out of a snapshot, so that models walk plain arrays. */
#include "vitrine/split.h"

#include "base/alloc.h"

static bool chosen(const vt_snapshot *snapshot, const vt_split *split, unsigned parts, int64_t event)
{
    return snapshot->positive[event] && (split == NULL || (parts >> split->label[event] & 1U) != 0);
}

static int allocate(vt_interactions *made, int64_t n, vt_error *err)
{
    size_t count = (size_t)n;
    made->ptr = vt_alloc((size_t)made->n_users + 1, sizeof *made->ptr, err);
    made->item = made->ptr == NULL ? NULL : vt_alloc(count, sizeof *made->item, err);
    made->time = made->item == NULL ? NULL : vt_alloc(count, sizeof *made->time, err);
    made->value = made->time == NULL ? NULL : vt_alloc(count, sizeof *made->value, err);
    made->kind = made->value == NULL ? NULL : vt_alloc(count, sizeof *made->kind, err);
    return made->kind == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* Empty ones with room for `n` events. */
static int create(vt_interactions **out, const vt_snapshot *snapshot, int64_t n, vt_error *err)
{
    vt_interactions *made = vt_alloc_zero(1, sizeof *made, err);
    if (made == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    made->snapshot = snapshot;
    made->n_users = snapshot->n_users;
    made->n_items = snapshot->n_items;
    int status = allocate(made, n, err);
    if (status != VT_OK) {
        vt_interactions_free(made);
        return status;
    }
    *out = made;
    return VT_OK;
}

int vt_interactions_create(vt_interactions **out, const vt_snapshot *snapshot, const vt_split *split, unsigned parts,
                           vt_error *err)
{
    int64_t n = 0;
    for (int64_t e = 0; e < snapshot->n_events; e++) {
        n += chosen(snapshot, split, parts, e);
    }
    vt_interactions *made = NULL;
    int status = create(&made, snapshot, n, err);
    if (status != VT_OK) {
        return status;
    }
    for (int32_t user = 0; user < snapshot->n_users; user++) {
        made->ptr[user] = made->n;
        for (int64_t e = snapshot->user_ptr[user]; e < snapshot->user_ptr[user + 1]; e++) {
            if (chosen(snapshot, split, parts, e)) {
                made->item[made->n] = snapshot->item[e];
                made->time[made->n] = snapshot->time[e];
                made->value[made->n] = snapshot->value[e];
                made->kind[made->n] = snapshot->kind[e];
                made->n++;
            }
        }
    }
    made->ptr[snapshot->n_users] = made->n;
    *out = made;
    return VT_OK;
}

static void append(vt_interactions *to, const vt_interactions *from, int64_t event)
{
    to->item[to->n] = from->item[event];
    to->time[to->n] = from->time[event];
    to->value[to->n] = from->value[event];
    to->kind[to->n] = from->kind[event];
    to->n++;
}

int vt_interactions_hold_out(vt_interactions **rest, vt_interactions **held, const vt_interactions *all, vt_error *err)
{
    int64_t n = 0;
    for (int32_t u = 0; u < all->n_users; u++) {
        n += all->ptr[u + 1] - all->ptr[u] >= 2;
    }
    vt_interactions *most = NULL, *last = NULL;
    int status = create(&most, all->snapshot, all->n - n, err);
    if (status == VT_OK) {
        status = create(&last, all->snapshot, n, err);
    }
    if (status != VT_OK) {
        vt_interactions_free(most);
        return status;
    }
    for (int32_t u = 0; u < all->n_users; u++) {
        most->ptr[u] = most->n;
        last->ptr[u] = last->n;
        int64_t begin = all->ptr[u], end = all->ptr[u + 1];
        for (int64_t e = begin; e < end; e++) {
            append(end - begin >= 2 && e == end - 1 ? last : most, all, e);
        }
    }
    most->ptr[all->n_users] = most->n;
    last->ptr[all->n_users] = last->n;
    *rest = most;
    *held = last;
    return VT_OK;
}

void vt_interactions_free(vt_interactions *interactions)
{
    if (interactions != NULL) {
        vt_free(interactions->ptr);
        vt_free(interactions->item);
        vt_free(interactions->time);
        vt_free(interactions->value);
        vt_free(interactions->kind);
        vt_free(interactions);
    }
}
