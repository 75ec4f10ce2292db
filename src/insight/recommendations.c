/*
 * What recommendations are followed by: how often they were shown, looked at and bought, by place and by model. Money
 * after a click is not money because of it: an experiment tells that.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"
#include "insight/baskets/association.h"
#include "insight/courses.h"
#include "insight/kind.h"
#include "insight/methods.h"
#include "insight/position.h"
#include "insight/sums.h"

enum {
    DAY = 86400,
    WINDOW = 7 * DAY, /* from a click to an order that is counted as following it */
    PLACES_MAX = 64,
    PARTS = 4
};

/* A click on something shown. */
typedef struct click {
    int64_t actor; /* the user, or behind all users the session */
    int64_t time;
    int32_t item, placement, model;
} click;

typedef struct clicks {
    click *row;
    size_t n, capacity;
} clicks;

/* What a place or a model did. */
typedef struct effect {
    int64_t impressions, clicks, orders;
    double revenue;
} effect;

typedef struct effects {
    effect total;
    effect *placement, *model; /* one more than there are: the last for what tells none */
    int32_t n_placements, n_models;
    uint8_t *shown; /* (I) 1: the item was shown */
    int64_t items_shown;
    int32_t *impressions_at, *clicks_at; /* (placements, I) NULL where there are too many places */
    int64_t *by_model;                   /* (models + 1, placements + 1) impressions */
    vt_courses courses;
    effect *slot;   /* (slots of the course + 1) the last for the days before the first whole week */
    double *looked; /* (placements + 1) how often a place is looked at against the first of its list; NaN: not known */
} effects;

static int64_t actor_of(const vt_view *view, int32_t user, int32_t session)
{
    return user >= 0 ? user : (int64_t)view->n_users + session;
}

static effect *of_placement(const effects *e, int32_t placement)
{
    return &e->placement[placement < 0 ? e->n_placements : placement];
}

static effect *of_model(const effects *e, int32_t model)
{
    return &e->model[model < 0 ? e->n_models : model];
}

/* Where something that happened at `time` counts: in the whole, in its place, its model and its day or week. */
static void find_parts(effect *parts[PARTS], effects *e, const vt_scope *scope, int32_t placement, int32_t model,
                       int64_t time)
{
    int32_t slot = e->courses.now.of_day[vt_zone_day(scope->zone, time) - scope->period.first];
    parts[0] = &e->total;
    parts[1] = of_placement(e, placement);
    parts[2] = of_model(e, model);
    parts[3] = &e->slot[slot < 0 ? e->courses.now.sums.n : slot];
}

static void count_place(effects *e, const vt_view *view, int32_t placement, int32_t model, int32_t item,
                        bool impression)
{
    int32_t place = placement < 0 ? e->n_placements : placement, by = model < 0 ? e->n_models : model;
    e->by_model[(int64_t)by * (e->n_placements + 1) + place] += impression;
    if (e->impressions_at != NULL && placement >= 0) {
        int64_t cell = (int64_t)placement * view->n_items + item;
        e->impressions_at[cell] += impression;
        e->clicks_at[cell] += !impression;
    }
}

static int collect(clicks *out, effects *e, const vt_scope *scope, vt_error *err)
{
    vt_visits visits;
    vt_visit_span span;
    int status = VT_OK;
    vt_visits_begin(&visits, scope->view, scope->period.from, scope->period.until);
    while (status == VT_OK && vt_visits_next(&visits, &span)) {
        for (int64_t i = 0; i < span.n && status == VT_OK; i++) {
            bool impression = span.kind[i] == VT_EVENT_IMPRESSION;
            if ((!impression && span.kind[i] != VT_EVENT_CLICK) || !vt_visits_counts(&visits, &span, i) ||
                !vt_scope_passes(scope, &scope->period, span.item[i], span.user[i])) {
                continue;
            }
            vt_span event;
            vt_view_event(&event, scope->view, vt_visit_span_at(&span, i));
            effect *parts[PARTS];
            find_parts(parts, e, scope, event.placement[0], event.model[0], span.time[i]);
            for (size_t k = 0; k < PARTS; k++) {
                parts[k]->impressions += impression;
                parts[k]->clicks += !impression;
            }
            count_place(e, scope->view, event.placement[0], event.model[0], span.item[i], impression);
            e->items_shown += impression && !e->shown[span.item[i]];
            e->shown[span.item[i]] |= impression;
            if (!impression) {
                status = vt_alloc_next(&out->row, &out->capacity, out->n, sizeof *out->row, err);
                if (status == VT_OK) {
                    out->row[out->n++] = (click){actor_of(scope->view, span.user[i], span.session[i]), span.time[i],
                                                 span.item[i], event.placement[0], event.model[0]};
                }
            }
        }
    }
    return status;
}

static int compare(const void *a, const void *b)
{
    const click *x = a, *y = b;
    if (x->actor != y->actor) {
        return x->actor < y->actor ? -1 : 1;
    }
    return x->item != y->item ? (x->item < y->item ? -1 : 1) : (x->time > y->time) - (x->time < y->time);
}

/* The last click by `actor` on `item` up to `time`, NULL: none within the window. */
static const click *find(const clicks *c, int64_t actor, int32_t item, int64_t time)
{
    const click wanted = {.actor = actor, .item = item, .time = time};
    size_t low = 0, high = c->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&c->row[middle], &wanted) <= 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    const click *last = low == 0 ? NULL : &c->row[low - 1];
    return last != NULL && last->actor == actor && last->item == item && time - last->time <= WINDOW ? last : NULL;
}

static void follow(effects *e, const clicks *c, const vt_scope *scope)
{
    vt_lines lines;
    vt_line_span span;
    vt_lines_begin(&lines, scope->view, scope->period.from, scope->period.until);
    while (vt_lines_next(&lines, &span)) {
        for (int64_t i = 0; i < span.n; i++) {
            if (!vt_lines_counts(&lines, &span, i) || span.kind[i] != VT_EVENT_PURCHASE ||
                span.state[i] == VT_LINE_CANCELLED) {
                continue;
            }
            const click *last =
                find(c, actor_of(scope->view, span.user[i], span.session[i]), span.item[i], span.time[i]);
            if (last != NULL) {
                vt_sums sums = {0};
                vt_sums_add(&sums, &span, i);
                effect *parts[PARTS];
                find_parts(parts, e, scope, last->placement, last->model, span.time[i]);
                for (size_t k = 0; k < PARTS; k++) {
                    parts[k]->orders++;
                    parts[k]->revenue += vt_sums_revenue(&sums);
                }
            }
        }
    }
}

/* ---- places ------------------------------------------------------------------------------------------------------ */

/* "home:3" is place 3 of the list "home"; false for a place without a number. */
static bool read_place(vt_str *list, int64_t *slot, vt_str placement)
{
    const char *colon = placement.len == 0 ? NULL : memrchr(placement.ptr, ':', placement.len);
    if (colon == NULL) {
        return false;
    }
    *list = (vt_str){placement.ptr, (size_t)(colon - placement.ptr)};
    return vt_parse_int(slot, (vt_str){colon + 1, placement.len - list->len - 1});
}

typedef struct place {
    int64_t slot;
    int32_t placement;
} place;

static int by_slot(const void *a, const void *b)
{
    const place *x = a, *y = b;
    return (x->slot > y->slot) - (x->slot < y->slot);
}

/* The places of the list that `first` is one of; those before it were of other lists. */
static size_t places_of_list(place *out, const vt_view *view, int32_t first)
{
    vt_str list, other;
    int64_t slot;
    size_t n = 0;
    if (!read_place(&list, &slot, vt_view_placement(view, first))) {
        return 0;
    }
    for (int32_t p = 0; p < view->n_placements; p++) {
        if (read_place(&other, &slot, vt_view_placement(view, p)) && vt_str_equal(list, other)) {
            if (p < first) {
                return 0; /* looked at before */
            }
            out[n++] = (place){slot, p};
        }
    }
    qsort(out, n, sizeof *out, by_slot);
    return n;
}

static void add_places(vt_document *d, const effects *e, const vt_view *view, const place *places,
                       const vt_examined *rates, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        const effect *at = &e->placement[places[k].placement];
        vt_document_text(d, vt_view_placement(view, places[k].placement));
        vt_document_number(d, (double)at->impressions);
        vt_document_number(d, vt_ratio((double)at->clicks, (double)at->impressions));
        vt_document_number(d, rates[k].rate);
        vt_document_number(d, rates[k].low);
        vt_document_number(d, rates[k].high);
        vt_document_number(d, vt_ratio((double)at->clicks, (double)at->impressions * rates[k].rate));
    }
}

/* Rates of all lists whose places have numbers, as a table and for the models. */
static int add_positions(vt_document *d, effects *e, const vt_view *view, vt_error *err)
{
    size_t items = (size_t)view->n_items;
    if (e->impressions_at == NULL) {
        vt_document_note(d, "There are more than %d places, so how often each is looked at is not estimated.",
                         PLACES_MAX);
        return VT_OK;
    }
    place places[PLACES_MAX];
    vt_examined rates[PLACES_MAX];
    int32_t *n = vt_alloc((size_t)e->n_placements, items * sizeof *n, err);
    int32_t *c = vt_alloc((size_t)e->n_placements, items * sizeof *c, err);
    int status = n == NULL || c == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    vt_document_table(d, "positions", "How often is a place looked at");
    vt_document_column(d, "place", "Place", VT_UNIT_TEXT);
    vt_document_metric(d, "impressions");
    vt_document_metric(d, "click_rate");
    vt_document_metric(d, "looked_at");
    vt_document_metric_interval(d, "looked_at");
    vt_document_metric(d, "clicks_per_look");
    for (int32_t first = 0; status == VT_OK && first < e->n_placements; first++) {
        size_t found = places_of_list(places, view, first);
        for (size_t k = 0; k < found; k++) {
            size_t from = (size_t)places[k].placement * items;
            memcpy(n + k * items, e->impressions_at + from, items * sizeof *n);
            memcpy(c + k * items, e->clicks_at + from, items * sizeof *c);
        }
        status = found == 0 ? VT_OK : vt_position_fit(rates, n, c, found, items, err);
        for (size_t k = 0; status == VT_OK && k < found; k++) {
            e->looked[places[k].placement] = rates[k].rate;
        }
        if (status == VT_OK) {
            add_places(d, e, view, places, rates, found);
        }
    }
    vt_free(n);
    vt_free(c);
    return status;
}

/* Clicks of a model over the looks that its impressions had; NaN where not all of its places are known. */
static double clicks_per_look(const effects *e, int32_t model)
{
    double looks = 0;
    for (int32_t p = 0; p <= e->n_placements; p++) {
        int64_t shown = e->by_model[(int64_t)model * (e->n_placements + 1) + p];
        looks += shown > 0 ? (double)shown * e->looked[p] : 0;
    }
    return vt_ratio((double)e->model[model].clicks, looks);
}

/* ---- showing ----------------------------------------------------------------------------------------------------- */

static void add_table(vt_document *d, const char *id, const char *title, const char *column, const effect *rows,
                      int32_t n, vt_str (*name)(const vt_view *, int32_t), const vt_view *view, const effects *models)
{
    vt_document_table(d, id, title);
    vt_document_column(d, "name", column, VT_UNIT_TEXT);
    vt_document_metric(d, "impressions");
    vt_document_metric(d, "clicks");
    vt_document_metric(d, "click_rate");
    vt_document_metric(d, "orders_after_click");
    vt_document_metric(d, "bought_after_click");
    vt_document_metric(d, "revenue_after_click");
    if (models != NULL) {
        vt_document_metric(d, "clicks_per_look");
    }
    for (int32_t k = 0; k <= n; k++) {
        const effect *e = &rows[k];
        if (e->impressions + e->clicks == 0) {
            continue;
        }
        vt_document_text(d, k < n ? name(view, k) : vt_str_of("not told"));
        vt_document_number(d, (double)e->impressions);
        vt_document_number(d, (double)e->clicks);
        vt_document_number(d, vt_ratio((double)e->clicks, (double)e->impressions));
        vt_document_number(d, (double)e->orders);
        vt_document_number(d, vt_ratio((double)e->orders, (double)e->clicks));
        vt_document_number(d, e->revenue);
        if (models != NULL) {
            vt_document_number(d, clicks_per_look(models, k));
        }
    }
}

/* Of the share that was added last; none where one click is followed by more than one line. */
static void add_interval(vt_document *d, int64_t of, int64_t all)
{
    double low, high;
    if (all > 0 && of <= all) {
        vt_wilson(&low, &high, of, all);
        vt_document_interval(d, low, high);
    }
}

static void add_figures(vt_document *d, const effects *e, const vt_scope *scope)
{
    const effect *t = &e->total;
    vt_document_figure(d, "impressions", (double)t->impressions);
    vt_document_figure(d, "clicks", (double)t->clicks);
    vt_document_figure(d, "click_rate", vt_ratio((double)t->clicks, (double)t->impressions));
    add_interval(d, t->clicks, t->impressions);
    vt_document_figure(d, "orders_after_click", (double)t->orders);
    vt_document_figure(d, "bought_after_click", vt_ratio((double)t->orders, (double)t->clicks));
    add_interval(d, t->orders, t->clicks);
    vt_document_figure(d, "revenue_after_click", t->revenue);
    vt_document_figure(d, "catalogue_shown", vt_ratio((double)e->items_shown, (double)scope->view->n_items));
}

/* The figures day by day, or week by week; orders stand where they were made. */
static void add_courses(vt_document *d, const effects *e, const vt_scope *scope)
{
    vt_document_table(d, "courses", e->courses.weeks ? "Figures week by week" : "Figures day by day");
    vt_document_column(d, "day", e->courses.weeks ? "Week from" : "Day", VT_UNIT_DATE);
    vt_document_metric(d, "impressions");
    vt_document_metric(d, "clicks");
    vt_document_metric(d, "click_rate");
    vt_document_metric(d, "orders_after_click");
    vt_document_metric(d, "bought_after_click");
    vt_document_metric(d, "revenue_after_click");
    for (int32_t s = 0; s < e->courses.now.sums.n; s++) {
        const effect *at = &e->slot[s];
        vt_document_number(d, (double)vt_course_day(&e->courses.now, scope, &scope->period, s));
        vt_document_number(d, (double)at->impressions);
        vt_document_number(d, (double)at->clicks);
        vt_document_number(d, vt_ratio((double)at->clicks, (double)at->impressions));
        vt_document_number(d, (double)at->orders);
        vt_document_number(d, vt_ratio((double)at->orders, (double)at->clicks));
        vt_document_number(d, at->revenue);
    }
}

static int effects_init(effects *e, const vt_scope *scope, vt_error *err)
{
    const vt_view *view = scope->view;
    int status = vt_courses_make(&e->courses, scope, err);
    if (status != VT_OK) {
        return status;
    }
    e->slot = vt_alloc_zero((size_t)e->courses.now.sums.n + 1, sizeof *e->slot, err);
    e->n_placements = view->n_placements;
    e->n_models = view->n_models;
    e->placement = vt_alloc_zero((size_t)e->n_placements + 1, sizeof *e->placement, err);
    e->model = vt_alloc_zero((size_t)e->n_models + 1, sizeof *e->model, err);
    e->shown = vt_alloc_zero((size_t)view->n_items, sizeof *e->shown, err);
    e->by_model = vt_alloc_zero((size_t)e->n_models + 1, ((size_t)e->n_placements + 1) * sizeof *e->by_model, err);
    e->looked = vt_alloc((size_t)e->n_placements + 1, sizeof *e->looked, err);
    if (e->slot == NULL || e->placement == NULL || e->model == NULL || e->shown == NULL || e->by_model == NULL ||
        e->looked == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t p = 0; p <= e->n_placements; p++) {
        e->looked[p] = NAN;
    }
    if (e->n_placements <= PLACES_MAX) {
        size_t cells = (size_t)e->n_placements * (size_t)view->n_items;
        e->impressions_at = vt_alloc_zero(cells, sizeof *e->impressions_at, err);
        e->clicks_at = vt_alloc_zero(cells, sizeof *e->clicks_at, err);
        return e->impressions_at == NULL || e->clicks_at == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    return VT_OK;
}

int vt_recommendations_of_shop(vt_document *d, vt_scope *scope, const vt_insight_options *options, vt_error *err)
{
    (void)options;
    effects e = {0};
    clicks c = {0};
    int status = effects_init(&e, scope, err);
    status = status == VT_OK ? collect(&c, &e, scope, err) : status;
    if (status == VT_OK && e.total.impressions + e.total.clicks == 0) {
        vt_document_lead(d, "The shop tells no impressions and no clicks in the period, so nothing can be said of what "
                            "recommendations bring. Send them as events with their placement and model.");
    } else if (status == VT_OK) {
        if (c.n > 0) {
            qsort(c.row, c.n, sizeof *c.row, compare);
        }
        follow(&e, &c, scope);
        vt_document_lead(d,
                         "%lld impressions were followed by %lld clicks, and %lld sold lines within 7 days of a click.",
                         (long long)e.total.impressions, (long long)e.total.clicks, (long long)e.total.orders);
        vt_document_lead(d, "Money after a click is not money because of it: only an experiment tells that.");
        add_figures(d, &e, scope);
        add_courses(d, &e, scope);
        add_table(d, "placements", "By place", "Place", e.placement, e.n_placements, vt_view_placement, scope->view,
                  NULL);
        status = add_positions(d, &e, scope->view, err);
        add_table(d, "models", "By model", "Model", e.model, e.n_models, vt_view_model, scope->view, &e);
    }
    status = status == VT_OK ? vt_methods_show(d, scope, err) : status;
    vt_free(c.row);
    vt_courses_done(&e.courses);
    vt_free(e.slot);
    vt_free(e.placement);
    vt_free(e.model);
    vt_free(e.shown);
    vt_free(e.by_model);
    vt_free(e.looked);
    vt_free(e.impressions_at);
    vt_free(e.clicks_at);
    return status;
}
