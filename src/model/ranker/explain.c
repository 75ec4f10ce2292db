/*
 * The sum of a ranker taken apart. What a member brings is split over the events as the member splits its own score;
 * what was viewed or put into a cart stands with the event that counts.
 */
#include <math.h>

#include "base/alloc.h"
#include "model/explanation.h"
#include "model/ranker/ranker.h"

typedef struct explaining {
    const vt_ranker *m;
    const vt_user_state *user;
    const vt_ranker_workspace *w;
    vt_explanation *of; /* (M, n) what members say that explain; zeroed for the others */
    size_t n;
    double *by_event; /* (events) */
    size_t events;
} explaining;

/* Splits `value` as explanation `of` is split; false where it says nothing by event. */
static bool split_as(explaining *x, const vt_explanation *of, double value)
{
    double sum = 0.0;
    for (size_t h = 0; h < x->events; h++) {
        x->by_event[h] = h < of->n_events ? vt_explanation_of_event(of, h) : 0.0;
        sum += x->by_event[h];
    }
    for (size_t h = 0; h < x->events; h++) {
        x->by_event[h] *= value / sum;
    }
    return fabs(sum) > 1e-9;
}

/* All of `value` to the newest signal on `item` of one of `kinds`; false where there is none. */
static bool give_newest(explaining *x, int32_t item, unsigned kinds, double value)
{
    const vt_user_state *signals = x->user->signals;
    size_t newest = signals == NULL ? 0 : signals->n;
    while (newest > 0 && (signals->item[newest - 1] != item ||
                          (signals->kind != NULL && (kinds >> signals->kind[newest - 1] & 1U) == 0))) {
        newest--;
    }
    for (size_t h = 0; newest > 0 && h < x->events; h++) {
        x->by_event[h] = h == x->user->n + newest - 1 ? value : 0.0;
    }
    return newest > 0;
}

/* The features of a member are one part. */
static int add_members(vt_explaining *e, explaining *x, const double *part, size_t at, vt_error *err)
{
    int status = VT_OK;
    for (size_t k = 0; k < x->m->members.n && status == VT_OK; k++) {
        char name[64];
        double value = 0.0;
        for (size_t f = 0; f < VT_RANKER_OF_MEMBER; f++) {
            value += part[k * VT_RANKER_OF_MEMBER + f];
        }
        vt_members_name(name, sizeof name, &x->m->members, k);
        if (split_as(x, &x->of[k * x->n + at], value)) {
            status = vt_explaining_add_split(e, VT_REASON_MODEL, name, x->by_event, err);
        } else {
            vt_explaining_add(e, VT_REASON_MODEL, name, value);
        }
    }
    return status;
}

static int add_feature(vt_explaining *e, explaining *x, size_t feature, double value, int32_t item, vt_error *err)
{
    static const unsigned kinds[VT_RANKER_FIXED] = {
        [VT_RANKER_VIEWED] = 1U << VT_EVENT_VIEW | 1U << VT_EVENT_CLICK,
        [VT_RANKER_CARTED] = 1U << VT_EVENT_CART,
        [VT_RANKER_REFUSED] = 1U << VT_EVENT_RETURN | 1U << VT_EVENT_DISLIKE,
    };
    char name[64];
    vt_ranker_feature_name(name, sizeof name, x->m, feature);
    vt_reason_kind kind = vt_ranker_feature_kind(x->m, feature);
    unsigned of = kinds[feature - x->m->members.n * VT_RANKER_OF_MEMBER];
    if (of != 0 && give_newest(x, item, of, value)) {
        return vt_explaining_add_split(e, kind, name, x->by_event, err);
    }
    if (value > 0.0 || value < 0.0) {
        vt_explaining_add(e, kind, name, value);
    }
    return VT_OK;
}

static int explain_item(vt_explanation *out, explaining *x, size_t at, int32_t item, vt_error *err)
{
    size_t k = vt_ranker_features(x->m);
    const vt_ranker_weights *learned = &x->m->learned[vt_ranker_audience(x->user)];
    double part[VT_RANKER_FEATURES_MAX];
    vt_explaining e;
    int32_t place = x->w->place[item];
    int status = vt_explaining_begin(&e, k + 1, x->events, err);
    if (status == VT_OK && place < 0) {
        vt_explaining_end_without(out, &e);
        return VT_OK;
    }
    if (status == VT_OK) {
        vt_ranker_sum(learned, x->w->row + (size_t)place * k, k, part);
        vt_explaining_add(&e, VT_REASON_BIAS, "any candidate", learned->weight[k]);
        status = add_members(&e, x, part, at, err);
    }
    for (size_t f = x->m->members.n * VT_RANKER_OF_MEMBER; f < k && status == VT_OK; f++) {
        status = add_feature(&e, x, f, part[f], item, err);
    }
    if (status != VT_OK) {
        vt_explanation_done(&e.made);
        return status;
    }
    vt_explaining_end(out, &e);
    return VT_OK;
}

/* What the members say of these items, of those that explain. */
static int explain_members(explaining *x, const int32_t *items, vt_error *err)
{
    int status = VT_OK;
    for (size_t k = 0; k < x->m->members.n && status == VT_OK; k++) {
        const vt_model *member = x->m->members.model[k];
        if (member->ops->explain != NULL) {
            status = member->ops->explain(x->of + k * x->n, member->state, x->user, items, x->n, err);
        }
    }
    return status;
}

int vt_ranker_explain(vt_explanation *out, const void *state, const vt_user_state *user, const int32_t *items, size_t n,
                      vt_error *err)
{
    const vt_ranker *m = state;
    vt_ranker_workspace w;
    explaining x = {.m = m, .user = user, .w = &w, .n = n};
    x.events = user->n + (user->signals == NULL ? 0 : user->signals->n);
    int status = vt_ranker_workspace_init(&w, m, err);
    if (status != VT_OK) {
        return status;
    }
    x.by_event = vt_alloc(x.events, sizeof *x.by_event, err);
    x.of = x.by_event == NULL ? NULL : vt_alloc_zero(m->members.n * n, sizeof *x.of, err);
    status = x.of == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK) {
        status = vt_members_score(w.member, &m->members, (size_t)m->n_items, VT_RANKER_BATCH, user, 1, err);
    }
    if (status == VT_OK) {
        status = vt_ranker_look(&w, m, user, 0, err);
    }
    if (status == VT_OK) {
        status = explain_members(&x, items, err);
    }
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        status = explain_item(&out[i], &x, i, items[i], err);
    }
    for (size_t i = 0; x.of != NULL && i < m->members.n * n; i++) {
        vt_explanation_done(&x.of[i]);
    }
    vt_free(x.of);
    vt_free(x.by_event);
    vt_ranker_workspace_done(&w);
    return status;
}
