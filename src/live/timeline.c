/* Pieces of the snapshot are found by bisection; the tail, which is short, is handed out whole. */
#include "live/timeline.h"

/* The first of `n` ascending times that is not below `least`. */
static int64_t lower_bound(const int64_t *time, int64_t n, int64_t least)
{
    int64_t low = 0, high = n;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (time[middle] < least) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static vt_timeline begin(const vt_view *v, const int64_t *time, int64_t n, int64_t from, int64_t until)
{
    vt_timeline t = {.view = v, .from = from, .until = until, .tail = v->n_frozen};
    if (from < until) {
        t.next = lower_bound(time, n, from);
        t.end = lower_bound(time, n, until);
    }
    return t;
}

/* The next piece of the snapshot: `*n` from `*first` on. */
static bool next_piece(vt_timeline *t, int64_t *first, int64_t *n)
{
    if (t->next >= t->end) {
        return false;
    }
    *first = t->next;
    *n = t->end - t->next < VT_TIMELINE_PIECE ? t->end - t->next : VT_TIMELINE_PIECE;
    t->next += *n;
    return true;
}

/* The next chunk of the tail. */
static bool next_chunk(vt_timeline *t, vt_span *chunk)
{
    if (!vt_view_span(chunk, t->view, t->tail)) {
        return false;
    }
    t->tail += chunk->n;
    return true;
}

void vt_lines_begin(vt_lines *lines, const vt_view *view, int64_t from, int64_t until)
{
    lines->timeline = begin(view, view->snapshot->line_time, view->snapshot->n_lines, from, until);
    lines->told = NULL;
}

bool vt_lines_next(vt_lines *lines, vt_line_span *span)
{
    const vt_snapshot *s = lines->timeline.view->snapshot;
    int64_t at = 0, n = 0;
    vt_span tail;
    if (next_piece(&lines->timeline, &at, &n)) {
        *span = (vt_line_span){
            .n = n,
            .time = s->line_time + at,
            .user = s->line_user + at,
            .item = s->line_item + at,
            .order = s->line_order + at,
            .session = s->line_session + at,
            .quantity = s->line_quantity + at,
            .unit_price = s->line_unit_price + at,
            .discount = s->line_discount + at,
            .cost = s->line_cost + at,
            .refunded = s->line_refunded + at,
            .kind = s->line_kind + at,
            .state = s->line_state + at,
            .at = s->line_at + at,
            .told = lines->told,
        };
        return true;
    }
    if (!next_chunk(&lines->timeline, &tail)) {
        return false;
    }
    *span = (vt_line_span){
        .n = tail.n,
        .time = tail.time,
        .user = tail.user,
        .item = tail.item,
        .order = tail.order,
        .session = tail.session,
        .quantity = tail.quantity,
        .unit_price = tail.unit_price,
        .discount = tail.discount,
        .cost = tail.cost,
        .refunded = tail.refunded,
        .kind = tail.kind,
        .state = tail.state,
        .begin = tail.begin,
        .told = lines->told,
    };
    return true;
}

void vt_visits_begin(vt_visits *visits, const vt_view *view, int64_t from, int64_t until)
{
    visits->timeline = begin(view, view->snapshot->visit_time, view->snapshot->n_visits, from, until);
}

bool vt_visits_next(vt_visits *visits, vt_visit_span *span)
{
    const vt_snapshot *s = visits->timeline.view->snapshot;
    int64_t at = 0, n = 0;
    vt_span tail;
    if (next_piece(&visits->timeline, &at, &n)) {
        *span = (vt_visit_span){
            .n = n,
            .time = s->visit_time + at,
            .user = s->visit_user + at,
            .item = s->visit_item + at,
            .session = s->visit_session + at,
            .kind = s->visit_kind + at,
            .at = s->visit_at + at,
        };
        return true;
    }
    if (!next_chunk(&visits->timeline, &tail)) {
        return false;
    }
    *span = (vt_visit_span){
        .n = tail.n,
        .time = tail.time,
        .user = tail.user,
        .item = tail.item,
        .session = tail.session,
        .kind = tail.kind,
        .begin = tail.begin,
    };
    return true;
}

/* The first order in the snapshot that still counts. */
static int64_t first_frozen(const vt_view *v, int32_t user)
{
    const vt_snapshot *s = v->snapshot;
    int64_t first = s->user_first_order[user];
    int64_t e = s->user_ptr[user], end = s->user_ptr[user + 1];
    if (first == VT_NONE || !vt_marks_any(&v->generation->marks, e, end)) {
        return first;
    }
    for (; e < end; e++) {
        if (vt_timeline_is_order(s->kind[e], s->state[e], s->time[e]) && vt_view_shows(v, e)) {
            return s->time[e];
        }
    }
    return VT_NONE;
}

int64_t vt_view_first_order(const vt_view *v, int32_t user)
{
    const vt_tail *tail = &v->generation->tail;
    if (user < 0) {
        return VT_NONE;
    }
    int64_t first = user < v->snapshot->n_users ? first_frozen(v, user) : VT_NONE;
    for (int64_t t = vt_tail_newest(tail, user, v->n_events - v->n_frozen); t >= 0; t = vt_tail_before(tail, t)) {
        const vt_tail_chunk *chunk = tail->chunk[t >> VT_TAIL_BITS];
        size_t k = (size_t)t & VT_TAIL_MASK;
        int64_t time = chunk->time[k];
        if (vt_timeline_is_order(chunk->kind[k], chunk->state[k], time) && (first == VT_NONE || time < first) &&
            vt_view_shows(v, v->n_frozen + t)) {
            first = time;
        }
    }
    return first;
}

int64_t vt_view_last_time(const vt_view *v)
{
    const vt_snapshot *s = v->snapshot;
    int64_t last = VT_NONE;
    vt_span span;
    for (int64_t i = s->n_all; i > 0 && last == VT_NONE; i--) {
        uint32_t e = s->by_time[i - 1];
        if (s->time[e] == VT_NONE) {
            break;
        }
        last = vt_view_shows(v, e) ? s->time[e] : VT_NONE;
    }
    for (int64_t from = v->n_frozen; vt_view_span(&span, v, from); from = span.begin + span.n) {
        for (int64_t k = 0; k < span.n; k++) {
            if (span.time[k] > last && vt_view_shows(v, from + k)) {
                last = span.time[k];
            }
        }
    }
    return last;
}
