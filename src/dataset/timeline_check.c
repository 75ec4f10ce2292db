/*
 * Checking lines and visits of a file. Numbers of events that ascend strictly in the order by time are all different
 * ones; when there are as many as the events have, none is missing.
 */
#include "dataset/timeline.h"

typedef bool (*belongs)(uint8_t kind, int64_t time);

/* Numbers in range, each event of the right kind and time, strictly behind the one before. */
static bool places_hold(const vt_snapshot *s, const uint32_t *at, const int64_t *time, const uint8_t *kind, int64_t n,
                        belongs is_one)
{
    int64_t events = 0;
    for (int64_t e = 0; e < s->n_all; e++) {
        events += is_one(s->kind[e], s->time[e]);
    }
    bool holds = events == n;
    for (int64_t i = 0; i < n && holds; i++) {
        uint32_t e = at[i];
        holds = e < s->n_all && is_one(kind[i], time[i]) && s->kind[e] == kind[i] && s->time[e] == time[i];
        if (holds && i > 0) {
            uint32_t before = at[i - 1];
            holds = time[i - 1] != time[i]      ? time[i - 1] < time[i]
                    : s->id[before] != s->id[e] ? s->id[before] < s->id[e]
                                                : before < e;
        }
    }
    return holds;
}

static bool columns_hold(const vt_snapshot *s)
{
    bool holds = true;
    for (int64_t i = 0; i < s->n_lines; i++) {
        uint32_t e = s->line_at[i];
        int32_t user = s->line_user[i];
        holds = holds && s->line_item[i] == s->item[e] && s->line_order[i] == s->order[e] &&
                s->line_session[i] == s->session[e] && s->line_state[i] == s->state[e] && user >= -1 &&
                user < s->n_users;
    }
    for (int64_t i = 0; i < s->n_visits; i++) {
        uint32_t e = s->visit_at[i];
        int32_t user = s->visit_user[i];
        holds = holds && s->visit_item[i] == s->item[e] && s->visit_session[i] == s->session[e] && user >= -1 &&
                user < s->n_users;
    }
    return holds;
}

static bool first_orders_hold(const vt_snapshot *s)
{
    for (int32_t u = 0; u < s->n_users; u++) {
        int64_t first = VT_NONE;
        for (int64_t e = s->user_ptr[u]; e < s->user_ptr[u + 1] && first == VT_NONE; e++) {
            first = vt_timeline_is_order(s->kind[e], s->state[e], s->time[e]) ? s->time[e] : VT_NONE;
        }
        if (s->user_first_order[u] != first) {
            return false;
        }
    }
    return true;
}

bool vt_timeline_holds(const vt_snapshot *s)
{
    return places_hold(s, s->line_at, s->line_time, s->line_kind, s->n_lines, vt_timeline_is_line) &&
           places_hold(s, s->visit_at, s->visit_time, s->visit_kind, s->n_visits, vt_timeline_is_visit) &&
           columns_hold(s) && first_orders_hold(s);
}
