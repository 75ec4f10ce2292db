/* Purchases are sorted by user, item and time, so that gaps stand side by side; gaps by item, then by category. */
#include "recommend/replenish.h"

#include <stdlib.h>

#include "base/alloc.h"

enum { DAY = 86400, ITEM_GAPS = 5, CATEGORY_GAPS = 20, ONE_OF = 5, STALE_PART = 100 };

typedef struct purchase {
    int64_t user, time;
    int32_t item;
} purchase;

typedef struct gap {
    int64_t seconds;
    int32_t group; /* item, then category */
} gap;

typedef struct buyers {
    int64_t all, again;
} buyers;

typedef struct gather {
    purchase *purchases;
    size_t n, capacity;
} gather;

static int add(gather *g, purchase added, vt_error *err)
{
    if (g->n == g->capacity) {
        size_t capacity = g->capacity * 2 + 256;
        purchase *grown = vt_realloc(g->purchases, capacity, sizeof *grown, err);
        if (grown == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        g->purchases = grown;
        g->capacity = capacity;
    }
    g->purchases[g->n++] = added;
    return VT_OK;
}

static int gather_purchases(gather *g, const vt_view *view, vt_error *err)
{
    vt_view_events events;
    int status = VT_OK;
    vt_view_events_begin(&events, view);
    while (status == VT_OK && vt_view_events_next(&events)) {
        const vt_span *e = &events.span;
        int64_t k = events.k;
        if (events.user >= 0 && e->kind[k] == VT_EVENT_PURCHASE && e->time[k] != VT_NONE &&
            e->state[k] != VT_LINE_CANCELLED) {
            status = add(g, (purchase){events.user, e->time[k], e->item[k]}, err);
        }
    }
    return status;
}

static int by_user_item_time(const void *a, const void *b)
{
    const purchase *x = a, *y = b;
    if (x->user != y->user) {
        return x->user < y->user ? -1 : 1;
    }
    if (x->item != y->item) {
        return x->item < y->item ? -1 : 1;
    }
    return (x->time > y->time) - (x->time < y->time);
}

static int by_group_length(const void *a, const void *b)
{
    const gap *x = a, *y = b;
    if (x->group != y->group) {
        return x->group < y->group ? -1 : 1;
    }
    return (x->seconds > y->seconds) - (x->seconds < y->seconds);
}

/* The gaps of at least a day, with who bought at all and who again; `gaps` has room for as many as purchases. */
static size_t find_gaps(gap *gaps, buyers *of_item, const purchase *p, size_t n)
{
    size_t found = 0, first = 0;
    for (size_t begin = 0; begin < n; begin = first) {
        size_t before = found;
        int64_t last = p[begin].time;
        for (first = begin + 1; first < n && p[first].user == p[begin].user && p[first].item == p[begin].item;
             first++) {
            if (p[first].time - last >= DAY) {
                gaps[found++] = (gap){p[first].time - last, p[begin].item};
                last = p[first].time;
            }
        }
        of_item[p[begin].item].all++;
        of_item[p[begin].item].again += found > before;
    }
    return found;
}

/* The median gap of each group with evidence into `median`, VT_NONE for the others. */
static void medians(int64_t *median, size_t n_groups, gap *gaps, size_t n, const buyers *of_group, size_t least)
{
    qsort(gaps, n, sizeof *gaps, by_group_length);
    for (size_t g = 0; g < n_groups; g++) {
        median[g] = VT_NONE;
    }
    for (size_t begin = 0, end = 0; begin < n; begin = end) {
        int32_t group = gaps[begin].group;
        while (end < n && gaps[end].group == group) {
            end++;
        }
        if (group >= 0 && end - begin >= least && of_group[group].again * ONE_OF >= of_group[group].all) {
            median[group] = gaps[begin + (end - begin - 1) / 2].seconds;
        }
    }
}

/* Items without evidence of their own take what their category has. */
static int ask_categories(int64_t *interval, const vt_view *view, gap *gaps, size_t n, const buyers *of_item,
                          vt_error *err)
{
    size_t n_categories = (size_t)view->n_categories;
    buyers *of_category = vt_alloc_zero(n_categories, sizeof *of_category, err);
    int64_t *median = vt_alloc(n_categories, sizeof *median, err);
    if (of_category != NULL && median != NULL) {
        for (int32_t i = 0; i < view->n_items; i++) {
            int32_t category = vt_view_item_category(view, i);
            if (category >= 0) {
                of_category[category].all += of_item[i].all;
                of_category[category].again += of_item[i].again;
            }
        }
        for (size_t i = 0; i < n; i++) {
            gaps[i].group = vt_view_item_category(view, gaps[i].group);
        }
        medians(median, n_categories, gaps, n, of_category, CATEGORY_GAPS);
        for (int32_t i = 0; i < view->n_items; i++) {
            int32_t category = vt_view_item_category(view, i);
            interval[i] = interval[i] == VT_NONE && category >= 0 ? median[category] : interval[i];
        }
    }
    int status = of_category == NULL || median == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    vt_free(of_category);
    vt_free(median);
    return status;
}

static int count(int64_t *interval, const vt_view *view, vt_error *err)
{
    gather g = {0};
    gap *gaps = NULL;
    buyers *of_item = vt_alloc_zero((size_t)view->n_items, sizeof *of_item, err);
    int status = of_item == NULL ? VT_ERR_NO_MEMORY : gather_purchases(&g, view, err);
    if (status == VT_OK) {
        gaps = vt_alloc(g.n, sizeof *gaps, err);
        status = gaps == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    if (status == VT_OK) {
        if (g.n > 0) {
            qsort(g.purchases, g.n, sizeof *g.purchases, by_user_item_time);
        }
        size_t n = find_gaps(gaps, of_item, g.purchases, g.n);
        medians(interval, (size_t)view->n_items, gaps, n, of_item, ITEM_GAPS);
        status = ask_categories(interval, view, gaps, n, of_item, err);
    }
    vt_free(of_item);
    vt_free(gaps);
    vt_free(g.purchases);
    return status;
}

int vt_again_create(vt_again **out, const vt_view *view, vt_error *err)
{
    vt_again *again = vt_alloc(1, sizeof *again + (size_t)view->n_items * sizeof *again->interval, err);
    if (again == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    atomic_init(&again->refs, 1);
    again->generation = view->generation->number;
    again->n_events = view->n_events;
    again->n_items = view->n_items;
    int status = count(again->interval, view, err);
    if (status != VT_OK) {
        vt_free(again);
        return status;
    }
    *out = again;
    return VT_OK;
}

void vt_again_release(vt_again *again)
{
    if (again != NULL && atomic_fetch_sub_explicit(&again->refs, 1, memory_order_acq_rel) == 1) {
        vt_free(again);
    }
}

int vt_replenish_intervals(const int64_t **interval, vt_context *c, vt_error *err)
{
    vt_recommender *r = c->recommender;
    const vt_view *view = c->view;
    int status = VT_OK;
    pthread_mutex_lock(&r->comparing);
    const vt_again *there = r->again;
    bool fresh = there != NULL && there->generation == view->generation->number && there->n_items == view->n_items &&
                 view->n_events - there->n_events <= view->n_events / STALE_PART;
    if (!fresh) {
        vt_again *made = NULL;
        status = vt_again_create(&made, view, err);
        if (status == VT_OK) {
            vt_again_release(r->again);
            r->again = made;
        }
    }
    if (status == VT_OK) {
        atomic_fetch_add_explicit(&r->again->refs, 1, memory_order_relaxed);
        c->again = r->again;
        *interval = c->again->interval;
    }
    pthread_mutex_unlock(&r->comparing);
    return status;
}
