/* Ratings stand among all events; the snapshot's order of time leads to those of the period. */
#include "insight/ratings.h"

#include <math.h>

/* The first place in the order of time whose event is not before `time`. */
static int64_t place_of(const vt_snapshot *s, int64_t time)
{
    int64_t low = 0, high = s->n_all;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (s->time[s->by_time[middle]] < time) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void count(vt_ratings *to, double value, bool words)
{
    to->sum += value;
    to->n++;
    to->stars[(int)fmin(VT_STARS, fmax(1, floor(value + .5))) - 1]++;
    to->reviews += words;
    to->in_favour += words && value >= 4.0;
    to->against += words && value <= 2.0;
}

static void add_event(vt_ratings *total, vt_ratings *of_item, const vt_scope *scope, const vt_period *period,
                      int64_t at)
{
    vt_span event;
    if (!vt_view_shows(scope->view, at)) {
        return;
    }
    vt_view_event(&event, scope->view, at);
    double value = (double)event.value[0];
    int32_t item = event.item[0];
    if (event.kind[0] != VT_EVENT_RATING || isnan(value) || event.time[0] < period->from ||
        event.time[0] >= period->until || !vt_scope_passes(scope, period, item, vt_view_user_of(scope->view, at))) {
        return;
    }
    if (total != NULL) {
        count(total, value, event.has_text[0] != 0);
    }
    if (of_item != NULL) {
        count(&of_item[item], value, event.has_text[0] != 0);
    }
}

void vt_ratings_add(vt_ratings *total, vt_ratings *of_item, const vt_scope *scope, const vt_period *period)
{
    const vt_view *view = scope->view;
    const vt_snapshot *s = view->snapshot;
    for (int64_t i = place_of(s, period->from), end = place_of(s, period->until); i < end; i++) {
        int64_t at = s->by_time[i];
        if (s->kind[at] == VT_EVENT_RATING) {
            add_event(total, of_item, scope, period, at);
        }
    }
    for (int64_t at = view->n_frozen; at < view->n_events; at++) {
        add_event(total, of_item, scope, period, at);
    }
}
