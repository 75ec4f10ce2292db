/* Interactions: events of chosen parts, copied out of a snapshot, so that models read plain arrays. */
#include "vitrine/split.h"

#include "base/alloc.h"
#include "base/rng.h"
#include "dataset/split_rules.h"

/* Which events are copied, by what the snapshot and the split know of them. */
typedef struct choice {
    const vt_snapshot *snapshot;
    const uint8_t *part; /* (E) NULL: every part */
    unsigned parts;
    bool signals; /* in place of positive events */
} choice;

static bool chosen(const choice *c, int64_t event)
{
    bool of_kind = c->signals ? vt_is_signal(c->snapshot, event) : c->snapshot->positive[event] != 0;
    return of_kind && (c->part == NULL || (c->parts >> c->part[event] & 1U) != 0);
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

static int choose(vt_interactions **out, const choice *c, vt_error *err)
{
    const vt_snapshot *snapshot = c->snapshot;
    int64_t n = 0;
    for (int64_t e = 0; e < snapshot->n_events; e++) {
        n += chosen(c, e);
    }
    vt_interactions *made = NULL;
    int status = create(&made, snapshot, n, err);
    if (status != VT_OK) {
        return status;
    }
    for (int32_t user = 0; user < snapshot->n_users; user++) {
        made->ptr[user] = made->n;
        for (int64_t e = snapshot->user_ptr[user]; e < snapshot->user_ptr[user + 1]; e++) {
            if (chosen(c, e)) {
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

int vt_interactions_create(vt_interactions **out, const vt_snapshot *snapshot, const vt_split *split, unsigned parts,
                           vt_error *err)
{
    vt_interactions *made = NULL, *signals = NULL;
    choice c = {snapshot, split == NULL ? NULL : split->label, parts, false};
    int status = choose(&made, &c, err);
    if (status == VT_OK && (parts & VT_PARTS_SIGNALS) != 0) {
        c.part = split == NULL ? NULL : split->signal;
        c.signals = true;
        status = choose(&signals, &c, err);
    }
    if (status != VT_OK) {
        vt_interactions_free(made);
        return status;
    }
    if (signals != NULL && signals->n > 0) {
        made->signals = signals;
        signals = NULL;
    }
    vt_interactions_free(signals);
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

/* The event of a user that is held out, VT_NONE when there is only one. */
static int64_t held_of(const vt_interactions *all, int32_t user, vt_hold_out which, uint64_t seed)
{
    int64_t begin = all->ptr[user], n = all->ptr[user + 1] - begin;
    if (n < 2 || which == VT_HOLD_OUT_LAST) {
        return n < 2 ? VT_NONE : begin + n - 1;
    }
    vt_rng rng = vt_rng_at(seed, "hold-out", (uint64_t)user, 0);
    return begin + (int64_t)vt_rng_below(&rng, (uint64_t)n);
}

int vt_interactions_hold_out(vt_interactions **rest, vt_interactions **held, const vt_interactions *all,
                             vt_hold_out which, uint64_t seed, vt_error *err)
{
    int64_t n = 0;
    for (int32_t u = 0; u < all->n_users; u++) {
        n += all->ptr[u + 1] - all->ptr[u] >= 2;
    }
    vt_interactions *most = NULL, *one = NULL;
    int status = create(&most, all->snapshot, all->n - n, err);
    if (status == VT_OK) {
        status = create(&one, all->snapshot, n, err);
    }
    if (status != VT_OK) {
        vt_interactions_free(most);
        return status;
    }
    for (int32_t u = 0; u < all->n_users; u++) {
        most->ptr[u] = most->n;
        one->ptr[u] = one->n;
        int64_t out = held_of(all, u, which, seed);
        for (int64_t e = all->ptr[u]; e < all->ptr[u + 1]; e++) {
            append(e == out ? one : most, all, e);
        }
    }
    most->ptr[all->n_users] = most->n;
    one->ptr[all->n_users] = one->n;
    *rest = most;
    *held = one;
    return VT_OK;
}

static bool is_before(const vt_interactions *all, int64_t event, int64_t moment)
{
    return all->time[event] == VT_NONE || all->time[event] < moment;
}

int vt_interactions_before(vt_interactions **out, const vt_interactions *all, int64_t moment, vt_error *err)
{
    int64_t n = 0;
    for (int64_t e = 0; e < all->n; e++) {
        n += is_before(all, e, moment);
    }
    vt_interactions *made = NULL;
    int status = create(&made, all->snapshot, n, err);
    if (status != VT_OK) {
        return status;
    }
    for (int32_t u = 0; u < all->n_users; u++) {
        made->ptr[u] = made->n;
        for (int64_t e = all->ptr[u]; e < all->ptr[u + 1]; e++) {
            if (is_before(all, e, moment)) {
                append(made, all, e);
            }
        }
    }
    made->ptr[all->n_users] = made->n;
    if (all->signals != NULL) {
        status = vt_interactions_before(&made->signals, all->signals, moment, err);
    }
    if (status != VT_OK) {
        vt_interactions_free(made);
        return status;
    }
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
        vt_interactions_free(interactions->signals);
        vt_free(interactions);
    }
}
