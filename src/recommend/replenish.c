/* Purchases are sorted by user, item and time, so that gaps stand side by side; gaps by item, then by category. */
#include "recommend/replenish.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "recommend/item_rows.h"

enum { DAY = 86400, ITEM_GAPS = 5, CATEGORY_GAPS = 20, ONE_OF = 5 };

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
    vt_item_rows rows;
    purchase *purchases;
    size_t n, capacity;
    vt_error *err;
} gather;

static int take_line(void *context, const vt_event_line *event)
{
    gather *g = context;
    int32_t item = vt_item_rows_find(&g->rows, event->item);
    if (event->user == 0 || event->time == VT_NONE || item < 0) {
        return VT_OK;
    }
    if (g->n == g->capacity) {
        size_t capacity = g->capacity * 2 + 256;
        purchase *grown = vt_realloc(g->purchases, capacity, sizeof *grown, g->err);
        if (grown == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        g->purchases = grown;
        g->capacity = capacity;
    }
    g->purchases[g->n++] = (purchase){event->user, event->time, item};
    return VT_OK;
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
static int ask_categories(int64_t *interval, const vt_catalogue *c, gap *gaps, size_t n, const buyers *of_item,
                          vt_error *err)
{
    size_t n_categories = vt_map_count(c->categories);
    buyers *of_category = vt_alloc_zero(n_categories, sizeof *of_category, err);
    int64_t *median = vt_alloc(n_categories, sizeof *median, err);
    if (of_category != NULL && median != NULL) {
        for (int32_t i = 0; i < c->n_items; i++) {
            if (c->category[i] >= 0) {
                of_category[c->category[i]].all += of_item[i].all;
                of_category[c->category[i]].again += of_item[i].again;
            }
        }
        for (size_t i = 0; i < n; i++) {
            gaps[i].group = c->category[gaps[i].group];
        }
        medians(median, n_categories, gaps, n, of_category, CATEGORY_GAPS);
        for (int32_t i = 0; i < c->n_items; i++) {
            bool asks = interval[i] == VT_NONE && c->category[i] >= 0;
            interval[i] = asks ? median[c->category[i]] : interval[i];
        }
    }
    int status = of_category == NULL || median == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    vt_free(of_category);
    vt_free(median);
    return status;
}

int vt_replenish_load(int64_t *interval, vt_store *store, const vt_catalogue *catalogue, const vt_ids *items,
                      vt_error *err)
{
    gather g = {.err = err};
    buyers *of_item = vt_alloc_zero((size_t)items->n, sizeof *of_item, err);
    gap *gaps = NULL;
    int status = of_item == NULL ? VT_ERR_NO_MEMORY : vt_item_rows_load(&g.rows, store, items, err);
    if (status == VT_OK) {
        status = vt_store_each_line(store, 1U << VT_EVENT_PURCHASE, take_line, &g, err);
    }
    if (status == VT_OK) {
        gaps = vt_alloc(g.n, sizeof *gaps, err);
        status = gaps == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    if (status == VT_OK) {
        if (g.n > 0) {
            qsort(g.purchases, g.n, sizeof *g.purchases, by_user_item_time);
        }
        size_t n = find_gaps(gaps, of_item, g.purchases, g.n);
        medians(interval, (size_t)items->n, gaps, n, of_item, ITEM_GAPS);
        status = ask_categories(interval, catalogue, gaps, n, of_item, err);
    }
    vt_free(of_item);
    vt_free(gaps);
    vt_free(g.purchases);
    vt_item_rows_done(&g.rows);
    return status;
}
