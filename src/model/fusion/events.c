/* What a user did in one row: positive events, and the signals between them. */
#include <math.h>

#include "model/fusion/fusion.h"

enum { SIGNALS_READ = 3 }; /* in a row */

int vt_fusion_group(int kind)
{
    switch (kind) {
    case VT_EVENT_CART:
    case VT_EVENT_PURCHASE: /* where the rule counts something else */
    case VT_EVENT_LIKE:
        return VT_GROUP_CARTED;
    case VT_EVENT_VIEW:
    case VT_EVENT_CLICK:
        return VT_GROUP_VIEWED;
    default: /* dislikes, returns, ratings below what counts */
        return VT_GROUP_DISLIKED;
    }
}

unsigned vt_fusion_signals(const void *state)
{
    const vt_fusion *m = state;
    unsigned kinds = 0;
    for (int kind = 0; kind < VT_EVENT_KINDS; kind++) {
        bool met = kind != VT_EVENT_IMPRESSION && (m->groups >> vt_fusion_group(kind) & 1U) != 0;
        kinds |= met ? 1U << kind : 0U;
    }
    return kinds;
}

/* Event `at` of a part of what a user did; counts are those that `whose` knows. */
static vt_fusion_event event_of(const vt_fusion *m, const vt_user_state *whose, const vt_user_state *s, size_t at,
                                size_t index, bool positive)
{
    int kind = s->kind == NULL ? UINT8_MAX : s->kind[at];
    int32_t item = m->place[s->item[at]];
    int64_t time = m->timed && s->time != NULL ? s->time[at] : VT_NONE;
    return (vt_fusion_event){
        .time = time,
        .item = item,
        .log_count = vt_fusion_log_count(m, whose, item, time),
        .value = s->value == NULL ? NAN : s->value[at],
        .kind = (uint8_t)kind,
        .group = (uint8_t)(positive ? VT_GROUP_TAKEN : vt_fusion_group(kind)),
        .index = (uint32_t)index,
    };
}

/* A signal counts where its place in time is known and the model met its kind. */
static bool counts(const vt_fusion *m, const vt_fusion_event *signal)
{
    return signal->time != VT_NONE && (size_t)signal->item < m->n && (m->groups >> signal->group & 1U) != 0;
}

size_t vt_fusion_merge(vt_fusion_event *out, const vt_fusion *m, const vt_user_state *state)
{
    const vt_user_state *signals = m->timed && state->time != NULL ? state->signals : NULL;
    size_t n = 0, at = 0, n_signals = signals == NULL || signals->time == NULL ? 0 : signals->n;
    for (size_t h = 0; h <= state->n; h++) {
        while (at < n_signals && (h == state->n || signals->time[at] <= state->time[h])) {
            out[n] = event_of(m, state, signals, at, state->n + at, false);
            out[n].place = (uint32_t)n;
            n += counts(m, &out[n]);
            at++;
        }
        if (h < state->n) {
            out[n] = event_of(m, state, state, h, h, true);
            out[n].place = (uint32_t)n;
            n++;
        }
    }
    bool single = n == state->n && (m->groups >> VT_GROUP_SINGLE & 1U) != 0;
    for (size_t e = 0; single && e < n; e++) {
        out[e].group = VT_GROUP_SINGLE;
    }
    return n;
}

size_t vt_fusion_choose_read(vt_fusion_event *out, const vt_fusion_event *event, size_t n, size_t length)
{
    size_t begin = n, taken = 0, chosen = 0, run = 0;
    while (begin > 0 && taken < length) {
        begin--;
        taken += vt_fusion_is_positive(event[begin].group);
    }
    for (size_t e = n; e-- > begin;) { /* from the end, where the newest of a run of signals are; then turned around */
        run = vt_fusion_is_positive(event[e].group) ? 0 : run + 1;
        if (run <= SIGNALS_READ) {
            out[chosen++] = event[e];
        }
    }
    for (size_t k = 0; k < chosen / 2; k++) {
        vt_fusion_event other = out[k];
        out[k] = out[chosen - 1 - k];
        out[chosen - 1 - k] = other;
    }
    return chosen;
}
