/*
 * Each user's events become one row an item: when it was first met and first bought. Rows of one category are compared
 * with each other; what was accepted is counted in a list that is sorted and summed whenever it is full.
 */
#include "insight/baskets/upsell.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "insight/baskets/association.h"
#include "vitrine/record.h"

enum { LIST_FIRST = 4096 };

/* One item of one user. */
typedef struct met {
    int32_t category, item;
    int64_t first;  /* event */
    int64_t bought; /* event of the first purchase, INT64_MAX: none */
} met;

typedef struct accepted {
    int32_t item, dearer;
    int32_t instead, later;
} accepted;

typedef struct counting {
    const vt_purchase_paths *paths;
    const vt_upsell_options *options;
    met *rows; /* of one user */
    size_t n_rows, rows_capacity;
    int64_t *users, *buyers; /* (I) */
    int64_t *category_users; /* (C) */
    accepted *list;
    size_t n, capacity;
} counting;

void vt_upsell_options_init(vt_upsell_options *options)
{
    *options = (vt_upsell_options){.min_rise = 0.10, .max_rise = 0.60, .min_users = 3};
}

int vt_upsell_options_check(const vt_upsell_options *o, vt_error *err)
{
    if (!(o->min_rise > 0.0 && isfinite(o->max_rise) && o->max_rise >= o->min_rise)) {
        return vt_fail(err, VT_ERR_USAGE, "prices %g to %g higher are asked for; a range of shares above 0 is expected",
                       o->min_rise, o->max_rise);
    }
    if (o->min_users < 1) {
        return vt_fail(err, VT_ERR_USAGE, "at least %lld users are asked for; 1 or more is expected",
                       (long long)o->min_users);
    }
    return VT_OK;
}

static int check_paths(const vt_purchase_paths *p, vt_error *err)
{
    for (int32_t i = 0; i < p->n_items; i++) {
        if (p->category[i] < -1 || p->category[i] >= p->n_categories) {
            return vt_fail(err, VT_ERR_FORMAT, "item %d has category number %d; below %d is expected", (int)i,
                           (int)p->category[i], (int)p->n_categories);
        }
    }
    for (int64_t e = p->offsets[0]; e < p->offsets[p->n_users]; e++) {
        if (p->items[e] < 0 || p->items[e] >= p->n_items) {
            return vt_fail(err, VT_ERR_FORMAT, "an event is of item number %d; below %d is expected", (int)p->items[e],
                           (int)p->n_items);
        }
    }
    return VT_OK;
}

/* ---- one user ---------------------------------------------------------------------------------------------------- */

static int by_category(const void *a, const void *b)
{
    const met *x = a, *y = b;
    if (x->category != y->category) {
        return x->category < y->category ? -1 : 1;
    }
    if (x->item != y->item) {
        return x->item < y->item ? -1 : 1;
    }
    return (x->first > y->first) - (x->first < y->first);
}

/* One row an item, by category. */
static int rows_of_user(counting *c, size_t user, vt_error *err)
{
    const vt_purchase_paths *p = c->paths;
    c->n_rows = 0;
    size_t most = (size_t)(p->offsets[user + 1] - p->offsets[user]);
    if (vt_alloc_grow(&c->rows, &c->rows_capacity, most, sizeof *c->rows, err) != VT_OK) {
        return VT_ERR_NO_MEMORY;
    }
    size_t n = 0;
    for (int64_t e = p->offsets[user]; e < p->offsets[user + 1]; e++) {
        int32_t item = p->items[e];
        if (p->category[item] >= 0) {
            c->rows[n++] = (met){p->category[item], item, e, p->bought[e] != 0 ? e : INT64_MAX};
        }
    }
    qsort(c->rows, n, sizeof *c->rows, by_category);
    for (size_t i = 0; i < n; i++) {
        met *last = c->n_rows == 0 ? NULL : &c->rows[c->n_rows - 1];
        if (last == NULL || last->item != c->rows[i].item) {
            c->rows[c->n_rows++] = c->rows[i];
        } else if (c->rows[i].bought < last->bought) {
            last->bought = c->rows[i].bought;
        }
    }
    return VT_OK;
}

static int by_pair(const void *a, const void *b)
{
    const accepted *x = a, *y = b;
    if (x->item != y->item) {
        return x->item < y->item ? -1 : 1;
    }
    return (x->dearer > y->dearer) - (x->dearer < y->dearer);
}

static void sum_list(counting *c)
{
    qsort(c->list, c->n, sizeof *c->list, by_pair);
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (n > 0 && by_pair(&c->list[n - 1], &c->list[i]) == 0) {
            c->list[n - 1].instead += c->list[i].instead;
            c->list[n - 1].later += c->list[i].later;
        } else {
            c->list[n++] = c->list[i];
        }
    }
    c->n = n;
}

static int count_accepted(counting *c, const met *item, const met *dearer, vt_error *err)
{
    if (c->n == c->capacity) {
        if (c->n > 0) {
            sum_list(c);
        }
        if (c->n > c->capacity / 2 || c->capacity == 0) {
            size_t wanted = c->capacity == 0 ? LIST_FIRST : 2 * c->capacity;
            accepted *grown = vt_realloc(c->list, wanted, sizeof *grown, err);
            if (grown == NULL) {
                return VT_ERR_NO_MEMORY;
            }
            c->list = grown;
            c->capacity = wanted;
        }
    }
    int32_t later = item->bought < dearer->bought;
    c->list[c->n++] = (accepted){item->item, dearer->item, 1 - later, later};
    return VT_OK;
}

static bool is_dearer(const counting *c, int32_t item, int32_t other)
{
    int64_t price = c->paths->price[item], higher = c->paths->price[other];
    if (price <= 0 || higher <= price) { /* VT_NONE is below 0 */
        return false;
    }
    double rise = (double)(higher - price) / (double)price;
    return rise >= c->options->min_rise && rise <= c->options->max_rise;
}

/* Compares the rows of one category. */
static int compare_rows(counting *c, const met *rows, size_t n, vt_error *err)
{
    c->category_users[rows[0].category]++;
    int status = VT_OK;
    for (size_t j = 0; j < n && status == VT_OK; j++) {
        c->users[rows[j].item]++;
        if (rows[j].bought == INT64_MAX) {
            continue;
        }
        c->buyers[rows[j].item]++;
        for (size_t i = 0; i < n && status == VT_OK; i++) {
            if (rows[i].first < rows[j].bought && is_dearer(c, rows[i].item, rows[j].item)) {
                status = count_accepted(c, &rows[i], &rows[j], err);
            }
        }
    }
    return status;
}

static int count_all(counting *c, vt_error *err)
{
    int status = VT_OK;
    for (size_t user = 0; user < c->paths->n_users && status == VT_OK; user++) {
        status = rows_of_user(c, user, err);
        for (size_t i = 0; i < c->n_rows && status == VT_OK;) {
            size_t end = i + 1;
            while (end < c->n_rows && c->rows[end].category == c->rows[i].category) {
                end++;
            }
            status = compare_rows(c, c->rows + i, end - i, err);
            i = end;
        }
    }
    return status;
}

/* ---- the result -------------------------------------------------------------------------------------------------- */

static int surest_first(const void *a, const void *b)
{
    const vt_upsell *x = a, *y = b;
    if (x->item != y->item) {
        return x->item < y->item ? -1 : 1;
    }
    if (x->low != y->low) {
        return x->low > y->low ? -1 : 1;
    }
    if (x->rise != y->rise) {
        return x->rise > y->rise ? -1 : 1;
    }
    return (x->dearer > y->dearer) - (x->dearer < y->dearer);
}

static int finish(vt_upsell **out, size_t *n, counting *c, vt_error *err)
{
    if (c->n > 0) {
        sum_list(c);
    }
    vt_upsell *found = vt_alloc(c->n, sizeof *found, err);
    if (found == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    size_t kept = 0;
    for (size_t i = 0; i < c->n; i++) {
        const accepted *a = &c->list[i];
        int64_t took = (int64_t)a->instead + a->later;
        if (took < c->options->min_users) {
            continue;
        }
        vt_upsell *u = &found[kept++];
        *u = (vt_upsell){.item = a->item, .dearer = a->dearer, .instead = a->instead, .later = a->later};
        u->rise = c->paths->price[a->dearer] - c->paths->price[a->item];
        u->users = c->users[a->item];
        u->share = (double)took / (double)u->users;
        u->usual = (double)c->buyers[a->dearer] / (double)c->category_users[c->paths->category[a->item]];
        vt_wilson(&u->low, &u->high, took, u->users);
    }
    qsort(found, kept, sizeof *found, surest_first);
    *out = found;
    *n = kept;
    return VT_OK;
}

int vt_upsell_find(vt_upsell **out, size_t *n, const vt_purchase_paths *paths, const vt_upsell_options *options,
                   vt_error *err)
{
    int status = vt_upsell_options_check(options, err);
    if (status != VT_OK || (status = check_paths(paths, err)) != VT_OK) {
        return status;
    }
    counting c = {.paths = paths, .options = options};
    size_t items = (size_t)paths->n_items;
    c.users = vt_alloc_zero(items, sizeof *c.users, err);
    c.buyers = c.users == NULL ? NULL : vt_alloc_zero(items, sizeof *c.buyers, err);
    c.category_users =
        c.buyers == NULL ? NULL : vt_alloc_zero((size_t)paths->n_categories, sizeof *c.category_users, err);
    status = c.category_users == NULL ? VT_ERR_NO_MEMORY : count_all(&c, err);
    if (status == VT_OK) {
        status = finish(out, n, &c, err);
    }
    vt_free(c.users);
    vt_free(c.buyers);
    vt_free(c.category_users);
    vt_free(c.rows);
    vt_free(c.list);
    return status;
}

const vt_upsell *vt_upsell_of(const vt_upsell *all, size_t n, int32_t item, size_t *count)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (all[middle].item < item) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    size_t end = low;
    while (end < n && all[end].item == item) {
        end++;
    }
    *count = end - low;
    return all + low;
}
