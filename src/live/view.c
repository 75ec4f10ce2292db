/* Looking into a view: what is below n_frozen is the snapshot's, what is behind it the tail's. */
#include "live/view.h"

#include "base/alloc.h"

static vt_str text_at(const vt_ids *frozen, const vt_texts *fresh, int32_t at)
{
    return at < frozen->n ? vt_ids_get(frozen, at) : vt_texts_at(fresh, at - frozen->n);
}

vt_str vt_view_user_id(const vt_view *v, int32_t user)
{
    return text_at(&v->snapshot->users, &v->generation->users, user);
}

vt_str vt_view_item_id(const vt_view *v, int32_t item)
{
    return text_at(&v->snapshot->items, &v->generation->items, item);
}

static int32_t find(const vt_ids *frozen, const vt_texts *fresh, const vt_sorted *sorted, vt_str id)
{
    int32_t at = vt_ids_find(frozen, id);
    int32_t low = 0, high = sorted->n;
    while (at < 0 && low < high) {
        int32_t middle = low + (high - low) / 2;
        int order = vt_str_compare(vt_texts_at(fresh, sorted->at[middle]), id);
        if (order == 0) {
            return frozen->n + sorted->at[middle];
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return at;
}

int32_t vt_view_find_user(const vt_view *v, vt_str id)
{
    return find(&v->snapshot->users, &v->generation->users, v->new_users, id);
}

int32_t vt_view_find_item(const vt_view *v, vt_str id)
{
    return find(&v->snapshot->items, &v->generation->items, v->new_items, id);
}

static vt_str name_at(const vt_names *names, int32_t number)
{
    return number < 0 ? vt_str_of("") : vt_names_at(names, number);
}

vt_str vt_view_category(const vt_view *v, int32_t category)
{
    return name_at(&v->generation->categories, category);
}

vt_str vt_view_brand(const vt_view *v, int32_t brand)
{
    return name_at(&v->generation->brands, brand);
}

vt_str vt_view_order(const vt_view *v, int32_t order)
{
    return name_at(&v->generation->orders, order);
}

vt_str vt_view_session(const vt_view *v, int32_t session)
{
    return name_at(&v->generation->sessions, session);
}

vt_str vt_view_placement(const vt_view *v, int32_t placement)
{
    return name_at(&v->generation->placements, placement);
}

vt_str vt_view_model(const vt_view *v, int32_t model)
{
    return name_at(&v->generation->models, model);
}

vt_str vt_view_request(const vt_view *v, int32_t request)
{
    return name_at(&v->generation->requests, request);
}

static void frozen_span(vt_span *out, const vt_snapshot *s, int64_t at, int64_t n)
{
    *out = (vt_span){
        .begin = at,
        .n = n,
        .id = s->id + at,
        .time = s->time + at,
        .unit_price = s->unit_price + at,
        .discount = s->discount + at,
        .cost = s->cost + at,
        .refunded = s->refunded + at,
        .item = s->item + at,
        .order = s->order + at,
        .session = s->session + at,
        .placement = s->placement + at,
        .model = s->model + at,
        .request = s->request + at,
        .has_text = s->has_text + at,
        .value = s->value + at,
        .quantity = s->quantity + at,
        .kind = s->kind + at,
        .part = s->part + at,
        .state = s->state + at,
        .positive = s->positive + at,
    };
}

static void tail_span(vt_span *out, const vt_view *v, int64_t at, int64_t n)
{
    int64_t place = at - v->n_frozen;
    const vt_tail_chunk *t = v->generation->tail.chunk[place >> VT_TAIL_BITS];
    size_t k = (size_t)place & VT_TAIL_MASK;
    *out = (vt_span){
        .begin = at,
        .n = n,
        .id = t->id + k,
        .time = t->time + k,
        .unit_price = t->unit_price + k,
        .discount = t->discount + k,
        .cost = t->cost + k,
        .refunded = t->refunded + k,
        .user = t->user + k,
        .item = t->item + k,
        .order = t->order + k,
        .session = t->session + k,
        .placement = t->placement + k,
        .model = t->model + k,
        .request = t->request + k,
        .has_text = t->has_text + k,
        .value = t->value + k,
        .quantity = t->quantity + k,
        .kind = t->kind + k,
        .part = t->part + k,
        .state = t->state + k,
        .positive = t->positive + k,
    };
}

bool vt_view_span(vt_span *out, const vt_view *v, int64_t from)
{
    if (from >= v->n_events) {
        return false;
    }
    if (from < v->n_frozen) {
        frozen_span(out, v->snapshot, from, v->n_frozen - from);
        return true;
    }
    int64_t left = v->n_events - from, in_chunk = VT_TAIL_CHUNK - ((from - v->n_frozen) & VT_TAIL_MASK);
    tail_span(out, v, from, left < in_chunk ? left : in_chunk);
    return true;
}

void vt_view_event(vt_span *out, const vt_view *v, int64_t at)
{
    if (at < v->n_frozen) {
        frozen_span(out, v->snapshot, at, 1);
    } else {
        tail_span(out, v, at, 1);
    }
}

int32_t vt_view_user_of(const vt_view *v, int64_t at)
{
    const vt_snapshot *s = v->snapshot;
    if (at >= v->n_frozen) {
        int64_t place = at - v->n_frozen;
        return v->generation->tail.chunk[place >> VT_TAIL_BITS]->user[place & VT_TAIL_MASK];
    }
    if (at >= s->n_events) {
        return -1;
    }
    int32_t low = 0, high = s->n_users - 1;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (s->user_ptr[middle + 1] <= at) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

void vt_view_events_begin(vt_view_events *events, const vt_view *view)
{
    *events = (vt_view_events){.view = view, .k = -1};
}

/* Events of the snapshot stand user by user, so their users are met in order. */
static void find_user(vt_view_events *e)
{
    const vt_snapshot *s = e->view->snapshot;
    int64_t at = e->span.begin + e->k;
    if (e->span.user != NULL || at >= s->n_events) {
        e->user = e->span.user != NULL ? e->span.user[e->k] : -1;
        return;
    }
    while (at >= s->user_ptr[e->user + 1]) {
        e->user++;
    }
}

bool vt_view_events_next(vt_view_events *e)
{
    do {
        if (++e->k >= e->span.n) {
            e->k = 0;
            if (!vt_view_span(&e->span, e->view, e->span.begin + e->span.n)) {
                return false;
            }
        }
    } while (!vt_view_shows(e->view, e->span.begin + e->k));
    find_user(e);
    return true;
}

static int add_position(vt_positions *p, int64_t at, vt_error *err)
{
    if (p->n == p->capacity) {
        size_t capacity = p->capacity == 0 ? 64 : p->capacity * 2;
        int64_t *grown = vt_realloc(p->at, capacity, sizeof *grown, err);
        if (grown == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        p->at = grown;
        p->capacity = capacity;
    }
    p->at[p->n++] = at;
    return VT_OK;
}

int vt_view_user_events(vt_positions *out, const vt_view *v, int32_t user, vt_error *err)
{
    const vt_snapshot *s = v->snapshot;
    const vt_tail *tail = &v->generation->tail;
    int status = VT_OK;
    out->n = 0;
    if (user < 0) {
        return VT_OK;
    }
    for (int64_t e = user < s->n_users ? s->user_ptr[user] : 0, end = user < s->n_users ? s->user_ptr[user + 1] : 0;
         e < end && status == VT_OK; e++) {
        status = vt_view_shows(v, e) ? add_position(out, e, err) : VT_OK;
    }
    size_t first = out->n;
    for (int64_t t = vt_tail_newest(tail, user, v->n_events - v->n_frozen); t >= 0 && status == VT_OK;
         t = vt_tail_before(tail, t)) {
        status = vt_view_shows(v, v->n_frozen + t) ? add_position(out, v->n_frozen + t, err) : VT_OK;
    }
    for (size_t a = first, b = out->n; a + 1 < b; a++) { /* the chain goes from the newest to the oldest */
        int64_t swapped = out->at[a];
        out->at[a] = out->at[--b];
        out->at[b] = swapped;
    }
    return status;
}

void vt_positions_done(vt_positions *positions)
{
    vt_free(positions->at);
    *positions = (vt_positions){0};
}
