/* From one state of the shop to the next: what a refresh makes anew, and what servings share. */
#include "recommend/serving.h"

#include <string.h>

#include "base/alloc.h"

static bool last_hold(atomic_int *refs)
{
    return atomic_fetch_sub_explicit(refs, 1, memory_order_acq_rel) == 1;
}

/* ---- the model --------------------------------------------------------------------------------------------------- */

int vt_bound_create(vt_bound **out, const vt_model *model, vt_model *owned, vt_error *err)
{
    vt_bound *b = vt_alloc_zero(1, sizeof *b, err);
    if (b == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    atomic_init(&b->refs, 1);
    b->model = model;
    if (model != NULL) {
        vt_model_describe(model, &b->info);
    } else {
        b->info = (vt_model_info){.kind = vt_model_kind_find("popularity"), .positive = "purchase|like|rating"};
    }
    int status = vt_positive_parse(&b->positive, b->info.positive, err);
    if (status != VT_OK) {
        vt_free(b);
        return status;
    }
    b->owned = owned;
    *out = b;
    return VT_OK;
}

vt_bound *vt_bound_hold(vt_bound *bound)
{
    atomic_fetch_add_explicit(&bound->refs, 1, memory_order_relaxed);
    return bound;
}

void vt_bound_release(vt_bound *b)
{
    if (b != NULL && last_hold(&b->refs)) {
        vt_item_clock_free(b->clock);
        vt_model_free(b->owned);
        vt_free(b);
    }
}

/* ---- statistics as of now ---------------------------------------------------------------------------------------- */

/* Whether event `k` of a span counts in the model's statistics, as which of its items. */
static bool counts(int32_t *item, const vt_serving *s, const vt_span *span, int64_t k, int64_t at)
{
    const vt_bound *b = s->bound;
    bool guest = span->user != NULL ? span->user[k] < 0 : at >= s->view->snapshot->n_events;
    *item = guest ? -1 : vt_numbers_model(s->numbers, span->item[k]);
    return *item >= 0 && span->id[k] > b->clock_event && span->time[k] != VT_NONE &&
           span->state[k] != VT_LINE_CANCELLED &&
           vt_positive_holds(&b->positive, span->kind[k], (double)span->value[k]) && vt_view_shows(s->view, at);
}

/* The events of the snapshot by time, as a clock. */
static int make_clock(const vt_serving *s, vt_error *err)
{
    const vt_snapshot *frozen = s->view->snapshot;
    vt_bound *b = s->bound;
    vt_span span;
    size_t n = 0;
    int64_t *time = vt_alloc((size_t)frozen->n_all, sizeof *time, err);
    int32_t *item = vt_alloc((size_t)frozen->n_all, sizeof *item, err);
    bool any = time != NULL && item != NULL && vt_view_span(&span, s->view, 0);
    for (int64_t e = 0; any && e < s->view->n_frozen; e++) {
        uint32_t at = frozen->by_time[e];
        if (counts(&item[n], s, &span, at, at)) {
            time[n++] = frozen->time[at];
        }
    }
    int status = time == NULL || item == NULL ? VT_ERR_NO_MEMORY
                                              : vt_item_clock_of_events(&b->clock, b->info.n_items, time, item, n, err);
    vt_free(time);
    vt_free(item);
    b->clock_event = status == VT_OK ? frozen->last_event : b->clock_event;
    return status;
}

/* Events from position `from` on that the clock does not have. */
static int follow_clock(const vt_serving *s, int64_t from, vt_error *err)
{
    vt_bound *b = s->bound;
    vt_span span;
    int64_t newest = b->clock_event;
    int status = VT_OK;
    while (status == VT_OK && vt_view_span(&span, s->view, from)) {
        for (int64_t k = 0; k < span.n && status == VT_OK; k++) {
            int32_t item = -1;
            newest = span.id[k] > newest ? span.id[k] : newest;
            if (counts(&item, s, &span, k, span.begin + k)) {
                status = vt_item_clock_append(b->clock, span.time[k], item, err);
            }
        }
        from = span.begin + span.n;
    }
    b->clock_event = status == VT_OK ? newest : b->clock_event;
    return status;
}

static int keep_clock(const vt_serving *s, const vt_serving *before, vt_error *err)
{
    vt_bound *b = s->bound;
    if ((b->info.kind->abilities & VT_MODEL_STATISTICS) == 0 || b->model == NULL) {
        return VT_OK;
    }
    bool same = before != NULL && before->view->generation == s->view->generation && before->bound == b;
    /* After a new snapshot all events are looked at once more, by their rows. */
    int64_t from = same ? before->view->n_events : 0;
    if (b->clock == NULL) {
        int status = make_clock(s, err);
        if (status != VT_OK) {
            return status;
        }
        from = s->view->n_frozen;
    }
    return follow_clock(s, from, err);
}

/* ---- numbers ----------------------------------------------------------------------------------------------------- */

static void release_numbers(vt_numbers *n)
{
    if (n != NULL && last_hold(&n->refs)) {
        vt_free(n->to_model);
        vt_free(n->to_view);
        vt_free(n);
    }
}

static int map_items(vt_numbers *n, const vt_view *view, const vt_ids *items, vt_error *err)
{
    bool same = n->n_view == n->n_model;
    int32_t known = 0;
    n->to_model = vt_alloc((size_t)n->n_view, sizeof *n->to_model, err);
    n->to_view = vt_alloc((size_t)n->n_model, sizeof *n->to_view, err);
    if (n->to_model == NULL || n->to_view == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t i = 0; i < n->n_model; i++) {
        n->to_view[i] = -1;
    }
    for (int32_t i = 0; i < n->n_view; i++) {
        n->to_model[i] = vt_ids_find(items, vt_view_item_id(view, i));
        if (n->to_model[i] >= 0) {
            n->to_view[n->to_model[i]] = i;
            known++;
        }
        same = same && n->to_model[i] == i;
    }
    if (same) {
        vt_free(n->to_model);
        vt_free(n->to_view);
        n->to_model = n->to_view = NULL;
    }
    return known > 0 || n->n_view == 0
               ? VT_OK
               : vt_fail(err, VT_ERR_UNSUPPORTED,
                         "the model knows none of the shop's items; train a model on this shop");
}

static int make_numbers(vt_serving *s, const vt_serving *before, vt_error *err)
{
    bool kept = before != NULL && before->bound == s->bound && before->view->generation == s->view->generation &&
                before->view->n_items == s->view->n_items;
    if (kept) {
        s->numbers = before->numbers;
        atomic_fetch_add_explicit(&s->numbers->refs, 1, memory_order_relaxed);
        return VT_OK;
    }
    vt_numbers *n = vt_alloc_zero(1, sizeof *n, err);
    if (n == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    atomic_init(&n->refs, 1);
    s->numbers = n;
    n->n_view = s->view->n_items;
    n->n_model = s->bound->model == NULL ? n->n_view : s->bound->info.n_items;
    return s->bound->model == NULL ? VT_OK : map_items(n, s->view, &s->bound->info.items, err);
}

/* ---- what is on sale --------------------------------------------------------------------------------------------- */

void vt_on_sale_release(vt_on_sale *on_sale)
{
    if (on_sale != NULL && last_hold(&on_sale->refs)) {
        vt_free(on_sale);
    }
}

static vt_on_sale *hold_on_sale(vt_on_sale *on_sale)
{
    atomic_fetch_add_explicit(&on_sale->refs, 1, memory_order_relaxed);
    return on_sale;
}

static int make_on_sale(vt_on_sale **out, const vt_view *view, int64_t now, vt_error *err)
{
    vt_on_sale *s = vt_alloc(1, sizeof *s + (size_t)view->n_items, err);
    if (s == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    atomic_init(&s->refs, 1);
    s->from = INT64_MIN;
    s->until = INT64_MAX;
    for (int32_t i = 0; i < view->n_items; i++) {
        const vt_item_block *b = vt_view_block(view, i);
        size_t k = (size_t)i & VT_BLOCK_MASK;
        const int64_t bounds[2] = {b->available_from[k], b->available_until[k]};
        for (int side = 0; side < 2; side++) {
            if (bounds[side] != VT_NONE && bounds[side] > now) {
                s->until = bounds[side] < s->until ? bounds[side] : s->until;
            } else if (bounds[side] != VT_NONE) {
                s->from = bounds[side] > s->from ? bounds[side] : s->from;
            }
        }
        s->allowed[i] = (b->stock[k] == VT_NONE || b->stock[k] > 0) && (bounds[0] == VT_NONE || bounds[0] <= now) &&
                        (bounds[1] == VT_NONE || now < bounds[1]);
    }
    *out = s;
    return VT_OK;
}

int vt_serving_on_sale(vt_on_sale **out, vt_serving *serving, int64_t now, vt_error *err)
{
    vt_on_sale *there = atomic_load_explicit(&serving->on_sale, memory_order_acquire);
    if (there != NULL && there->from <= now && now < there->until) {
        *out = hold_on_sale(there);
        return VT_OK;
    }
    vt_on_sale *made = NULL;
    int status = make_on_sale(&made, serving->view, now, err);
    if (status != VT_OK) {
        return status;
    }
    vt_on_sale *none = NULL; /* the first one stays as long as the serving: whoever looks at it may be late */
    if (atomic_compare_exchange_strong(&serving->on_sale, &none, made)) {
        hold_on_sale(made);
    }
    *out = made;
    return VT_OK;
}

/* ---- rules ------------------------------------------------------------------------------------------------------- */

int vt_serving_fitted(vt_fitted **out, vt_serving *serving, vt_error *err)
{
    vt_fitted *there = atomic_load_explicit(&serving->fitted, memory_order_acquire);
    if (there == NULL) {
        vt_fitted *made = NULL;
        int status = vt_fitted_create(&made, &serving->rules->rules, serving->view, err);
        if (status != VT_OK) {
            return status;
        }
        if (atomic_compare_exchange_strong(&serving->fitted, &there, made)) {
            there = made;
        } else {
            vt_fitted_release(made); /* somebody else was as fast */
        }
    }
    *out = vt_fitted_hold(there);
    return VT_OK;
}

/* ---- all --------------------------------------------------------------------------------------------------------- */

static void release_rules(vt_shop_rules *rules)
{
    if (rules != NULL && last_hold(&rules->refs)) {
        vt_rules_done(&rules->rules);
        vt_free(rules);
    }
}

/* What a former serving has made on demand, and still holds. */
static void share(vt_serving *s, const vt_serving *before)
{
    if (before == NULL || before->view->generation != s->view->generation ||
        before->view->n_items != s->view->n_items) {
        return;
    }
    for (size_t k = 0; k < 2; k++) {
        vt_like_rows *rows = atomic_load_explicit(&before->rows[k], memory_order_acquire);
        atomic_store_explicit(&s->rows[k], rows == NULL ? NULL : vt_like_rows_hold(rows), memory_order_relaxed);
    }
    vt_on_sale *on_sale = atomic_load_explicit(&before->on_sale, memory_order_acquire);
    if (on_sale != NULL && before->view->mark.catalogue == s->view->mark.catalogue) {
        atomic_store_explicit(&s->on_sale, hold_on_sale(on_sale), memory_order_relaxed);
    }
    vt_fitted *fitted = atomic_load_explicit(&before->fitted, memory_order_acquire);
    if (fitted != NULL && before->rules == s->rules) {
        atomic_store_explicit(&s->fitted, vt_fitted_hold(fitted), memory_order_relaxed);
    }
}

int vt_serving_create(vt_serving **out, vt_view *view, vt_bound *bound, vt_shop_rules *rules, const vt_serving *before,
                      vt_error *err)
{
    vt_serving *s = vt_alloc_zero(1, sizeof *s, err);
    if (s == NULL) {
        release_rules(rules);
        vt_view_release(view);
        return VT_ERR_NO_MEMORY;
    }
    atomic_init(&s->refs, 1);
    s->view = view;
    s->bound = vt_bound_hold(bound);
    s->rules = rules != NULL ? rules : before->rules;
    if (rules == NULL) {
        atomic_fetch_add_explicit(&s->rules->refs, 1, memory_order_relaxed);
    }
    int status = make_numbers(s, before, err);
    status = status != VT_OK ? status : keep_clock(s, before, err);
    if (status != VT_OK) {
        vt_serving_release(s);
        return status;
    }
    share(s, before);
    *out = s;
    return VT_OK;
}

vt_serving *vt_serving_hold(vt_serving *serving)
{
    atomic_fetch_add_explicit(&serving->refs, 1, memory_order_relaxed);
    return serving;
}

void vt_serving_release(vt_serving *s)
{
    if (s == NULL || !last_hold(&s->refs)) {
        return;
    }
    vt_on_sale_release(atomic_load(&s->on_sale));
    vt_fitted_release(atomic_load(&s->fitted));
    for (size_t k = 0; k < 2; k++) {
        vt_like_rows_release(atomic_load(&s->rows[k]));
    }
    release_numbers(s->numbers);
    release_rules(s->rules);
    vt_bound_release(s->bound);
    vt_view_release(s->view);
    vt_free(s);
}
