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

int vt_interactions_create(vt_interactions **out, const vt_snapshot *snapshot, const vt_split *split, unsigned parts,
                           vt_error *err)
{
    int64_t n = 0;
    for (int64_t e = 0; e < snapshot->n_events; e++) {
        n += chosen(snapshot, split, parts, e);
    }
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
