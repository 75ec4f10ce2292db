/* The queries of a step of the fit: users, a window of their events, how old their news is, which items are cold. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "model/fusion/fit.h"

#define LAG_DAYS_MAX 365.0
#define DAY 86400.0
#define SINGLE 0.25 /* share of users whose signals are hidden in a step */

unsigned vt_fusion_groups_of(const vt_fusion *m, const vt_interactions *signals)
{
    unsigned groups = 1U << VT_GROUP_TAKEN;
    bool used = m->timed && (m->use & VT_USE_SIGNALS) != 0 && signals != NULL;
    for (int64_t e = 0; used && e < signals->n; e++) {
        bool counts = signals->time[e] != VT_NONE && (size_t)m->place[signals->item[e]] < m->n_known;
        groups |= counts ? 1U << vt_fusion_group(signals->kind[e]) | 1U << VT_GROUP_SINGLE : 0U;
    }
    return groups;
}

/* The events of `user` among interactions. */
static vt_user_state state_of(const vt_interactions *all, int32_t user)
{
    int64_t begin = all->ptr[user];
    return (vt_user_state){
        .user = user,
        .n = (size_t)(all->ptr[user + 1] - begin),
        .item = all->item + begin,
        .time = all->time + begin,
        .value = all->value + begin,
        .kind = all->kind + begin,
    };
}

/* All rows once more without signals. */
static int list_single(vt_fusion_work *w, vt_error *err)
{
    const vt_interactions *train = w->fit->train;
    w->single = vt_alloc((size_t)train->n, sizeof *w->single, err);
    for (int32_t u = 0; w->single != NULL && u < train->n_users; u++) {
        vt_user_state state = state_of(train, u);
        vt_fusion_merge(w->single + train->ptr[u], w->m, &state);
    }
    return w->single == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

int vt_fusion_merge_all(vt_fusion_work *w, vt_error *err)
{
    const vt_interactions *train = w->fit->train, *signals = train->signals;
    size_t n = (size_t)train->n + (signals == NULL ? 0 : (size_t)signals->n);
    w->event = vt_alloc(n, sizeof *w->event, err);
    w->event_ptr = w->event == NULL ? NULL : vt_alloc((size_t)train->n_users + 1, sizeof *w->event_ptr, err);
    if (w->event_ptr == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int64_t at = 0;
    for (int32_t u = 0; u < train->n_users; u++) {
        vt_user_state state = state_of(train, u), more = {0};
        if (signals != NULL) {
            more = state_of(signals, u);
            state.signals = &more;
        }
        w->event_ptr[u] = at;
        at += (int64_t)vt_fusion_merge(w->event + at, w->m, &state);
    }
    w->event_ptr[train->n_users] = at;
    return (w->m->groups >> VT_GROUP_SINGLE & 1U) != 0 ? list_single(w, err) : VT_OK;
}

double vt_fusion_draw_lag(bool *stale, const vt_fusion_work *w, vt_rng *rng)
{
    const double *value = w->fit->params->value;
    if (!w->m->timed || vt_rng_unit(rng) >= value[VT_FUSION_LAG]) {
        return 0.0;
    }
    double days = exp(vt_rng_unit(rng) * log(LAG_DAYS_MAX));
    *stale = vt_rng_unit(rng) < value[VT_FUSION_STALE];
    return days;
}

const vt_fusion_event *vt_fusion_draw_row(size_t *n, const vt_fusion_work *w, int32_t user, vt_rng *rng)
{
    if (w->single != NULL && !w->ratings && vt_rng_unit(rng) < SINGLE) {
        *n = (size_t)(w->train.ptr[user + 1] - w->train.ptr[user]);
        return w->single + w->train.ptr[user];
    }
    *n = (size_t)(w->event_ptr[user + 1] - w->event_ptr[user]);
    return w->event + w->event_ptr[user];
}

size_t vt_fusion_known_events(const vt_fusion_event *row, size_t at, double lag_days)
{
    size_t known = at;
    while (lag_days > 0.0 && known > 0 && (double)(row[at].time - row[known - 1].time) < lag_days * DAY) {
        known--;
    }
    return known;
}

/* Whether an event is a target: a positive one on an item that is new, or a rating. */
static bool is_target(const vt_fusion_work *w, int32_t user, const vt_fusion_event *event)
{
    if (w->ratings) {
        return isfinite(event->value);
    }
    return vt_fusion_is_positive(event->group) && w->rows.fresh[w->train.ptr[user] + event->index];
}

/*
 * The queries of a user in this step: one for each positive event that is new, or for those of a window of them. What
 * the network reads goes to `read`, and so many events are read. The newest are hidden where the history is stale.
 */
static size_t lay_out_user(vt_fusion_work *w, size_t s, int32_t user, vt_fusion_event *read, vt_rng *rng)
{
    const vt_fusion *m = w->m;
    size_t n = 0, begin = 0, end = 0;
    const vt_fusion_event *row = vt_fusion_draw_row(&n, w, user, rng);
    int64_t positives = w->train.ptr[user + 1] - w->train.ptr[user], longest = (int64_t)m->length + 1;
    int64_t from = positives > longest ? (int64_t)vt_rng_below(rng, (uint64_t)(positives - longest + 1)) : 0;
    int64_t to = positives > longest ? from + longest : positives;
    bool stale = false;
    w->lag[s] = w->ratings ? 0.0 : vt_fusion_draw_lag(&stale, w, rng);
    for (size_t e = 0; e < n; e++) {
        bool positive = vt_fusion_is_positive(row[e].group), first = positive && row[e].index == from;
        begin = first && from > 0 ? e : begin;
        end = positive && row[e].index + 1 == to ? e : end;
    }
    size_t n_read = vt_fusion_choose_read(read, row + begin, end - begin, m->length), known = 0;
    w->row[s] = row;
    w->sequence[s] = (vt_fusion_sequence){.event = read, .n = n_read, .user = user};
    for (size_t e = begin; e <= end; e++) {
        if (!is_target(w, user, &row[e])) {
            continue;
        }
        size_t passed = vt_fusion_known_events(row, e, stale ? w->lag[s] : 0.0);
        while (known < n_read && read[known].place < passed) {
            known++;
        }
        w->query[w->queries] = (vt_fusion_query){known, row[e].time};
        w->target[w->queries++] = (vt_fusion_target){
            .item = vt_fusion_step_item(w, row[e].item),
            .seen = row[e].index,
            .passed = passed,
            .value = row[e].value,
            .event = w->event_ptr[user] + (int64_t)e,
        };
    }
    w->sequence[s].n_queries = w->queries - w->first[s];
    return n_read;
}

int vt_fusion_lay_out(vt_fusion_work *w, const vt_batch *batch, vt_error *err)
{
    vt_rng rng = vt_rng_at(w->fit->seed, "fusion-step", (uint64_t)batch->epoch, (uint64_t)batch->step);
    size_t n = batch->n, most = 0, at = 0;
    for (size_t s = 0; s < n; s++) {
        int32_t user = w->user[batch->example[s]];
        most += (size_t)(w->event_ptr[user + 1] - w->event_ptr[user]);
    }
    int status = vt_alloc_grow(&w->read, &w->read_capacity, most, sizeof *w->read, err);
    if (status == VT_OK) {
        status = vt_alloc_grow(&w->query, &w->query_capacity, most, sizeof *w->query, err);
    }
    if (status == VT_OK) {
        status = vt_alloc_grow(&w->target, &w->target_capacity, most, sizeof *w->target, err);
    }
    if (status != VT_OK) {
        return status;
    }
    w->active = w->m;
    if (w->sample.most > 0 && !w->ratings) {
        status = vt_fusion_sample_draw(w, batch, &rng, err);
        if (status != VT_OK) {
            return status;
        }
    }
    w->queries = 0;
    for (size_t s = 0; s < n; s++) {
        w->first[s] = w->queries;
        at += lay_out_user(w, s, w->user[batch->example[s]], w->read + at, &rng);
    }
    w->first[n] = w->queries;
    for (size_t s = 0; s < n; s++) {
        w->sequence[s].query = w->query + w->first[s];
    }
    for (size_t e = 0; e < at; e++) {
        w->read[e].item = vt_fusion_step_item(w, w->read[e].item);
    }
    double cold = w->fit->params->value[VT_FUSION_COLD];
    for (size_t i = 0; i < w->active->n; i++) {
        w->cold[i] = vt_rng_unit(&rng) < cold;
        w->mask[i] = w->cold[i] ? 0.0F : 1.0F;
    }
    if (!w->ratings) {
        status = vt_alloc_grow(&w->logits, &w->logits_capacity, w->queries * w->active->n, sizeof *w->logits, err);
    }
    if (status == VT_OK && !w->ratings) {
        status = vt_alloc_grow(&w->du, &w->du_capacity, 3 * w->queries * w->m->d, sizeof *w->du, err);
    }
    if (status == VT_OK && !w->ratings) {
        status = vt_fusion_take_moments(w, n, err);
    }
    if (status == VT_OK) {
        status = vt_fusion_batch_fill(&w->batch, w->m, w->sequence, n, !w->ratings, err);
    }
    return status == VT_OK && !w->ratings ? vt_fusion_reserve(w, err) : status;
}
