/*
 * Slices. One of users takes their queries as they are; one of items takes, of each query, the relevant items that
 * belong to it, as if the others had never been evaluated. Users without a held-out item in a slice have no part in it.
 */
#include "eval/slices.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "dataset/item_clock.h"

enum { CATEGORIES = 10, FIXED = 16, SLICES_MAX = FIXED + CATEGORIES };

/* What slices are cut by. */
typedef struct cut {
    const vt_plan *plan;
    const uint8_t *head; /* (I) 1 in the most bought fifth */
} cut;

/* One slice: a query and an item of it belong to it, or not. */
typedef struct cutter {
    const char *group;
    char name[sizeof((vt_slice *)NULL)->name];
    bool (*holds)(const cut *c, size_t user, const vt_plan_query *query, int32_t item, int64_t low, int64_t high);
    int64_t low, high; /* of lengths inclusive; of a category its number */
} cutter;

static bool user_is_warm(const cut *c, size_t user, const vt_plan_query *query, int32_t item, int64_t low, int64_t high)
{
    (void)query;
    (void)item;
    (void)high;
    return c->plan->fitted[user] == (low == 1);
}

static bool history_between(const cut *c, size_t user, const vt_plan_query *query, int32_t item, int64_t low,
                            int64_t high)
{
    (void)c;
    (void)user;
    (void)item;
    return (int64_t)query->history >= low && (int64_t)query->history <= high;
}

static bool item_is_warm(const cut *c, size_t user, const vt_plan_query *query, int32_t item, int64_t low, int64_t high)
{
    (void)user;
    (void)query;
    (void)high;
    return (c->plan->train_events[item] > 0) == (low == 1);
}

static bool item_is_head(const cut *c, size_t user, const vt_plan_query *query, int32_t item, int64_t low, int64_t high)
{
    (void)user;
    (void)query;
    (void)high;
    return c->plan->train_events[item] > 0 && c->head[item] == (low == 1);
}

/* As of the query: who cuts data to items with some sales knows from the future which these are. */
static bool item_sold_between(const cut *c, size_t user, const vt_plan_query *query, int32_t item, int64_t low,
                              int64_t high)
{
    const vt_plan *plan = c->plan;
    int64_t sold = plan->known.n_items > 0 ? vt_item_times_before(&plan->known, item, query->now) : plan->sold[item];
    (void)user;
    return sold >= low && sold <= high;
}

static bool item_is_of_category(const cut *c, size_t user, const vt_plan_query *query, int32_t item, int64_t low,
                                int64_t high)
{
    (void)user;
    (void)query;
    (void)high;
    return c->plan->snapshot->item_category[item] == low;
}

static const cutter fixed[FIXED] = {
    {"user", "warm", user_is_warm, 1, 0},
    {"user", "cold", user_is_warm, 0, 0},
    {"history", "0", history_between, 0, 0},
    {"history", "1-2", history_between, 1, 2},
    {"history", "3-5", history_between, 3, 5},
    {"history", "6-10", history_between, 6, 10},
    {"history", "11-20", history_between, 11, 20},
    {"history", "21+", history_between, 21, INT64_MAX},
    {"item", "warm", item_is_warm, 1, 0},
    {"item", "cold", item_is_warm, 0, 0},
    {"item", "head", item_is_head, 1, 0},
    {"item", "tail", item_is_head, 0, 0},
    {"item sold", "never before", item_sold_between, 0, 0},
    {"item sold", "1-2 times before", item_sold_between, 1, 2},
    {"item sold", "3+ times before", item_sold_between, 3, INT64_MAX},
    {"item sold", "10+ times before", item_sold_between, 10, INT64_MAX},
};

typedef struct sized {
    int64_t events;
    int32_t category;
} sized;

static int by_size(const void *a, const void *b)
{
    const sized *x = a;
    const sized *y = b;
    if (x->events != y->events) {
        return x->events > y->events ? -1 : 1;
    }
    return (x->category > y->category) - (x->category < y->category);
}

/* The categories with the most positive events of all parts, so that folds of a split have the same. */
static int add_categories(cutter *cutters, size_t *n, const vt_snapshot *snapshot, vt_error *err)
{
    size_t n_categories = (size_t)snapshot->categories.n;
    sized *by = vt_alloc_zero(n_categories, sizeof *by, err);
    if (by == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n_categories; i++) {
        by[i].category = (int32_t)i;
    }
    for (int64_t e = 0; e < snapshot->n_events; e++) {
        int32_t category = snapshot->item_category[snapshot->item[e]];
        if (snapshot->positive[e] && category >= 0) {
            by[category].events++;
        }
    }
    if (n_categories > 0) {
        qsort(by, n_categories, sizeof *by, by_size);
    }
    for (size_t i = 0; i < n_categories && i < CATEGORIES && by[i].events > 0; i++) {
        cutter *row = &cutters[(*n)++];
        *row = (cutter){.group = "category", .holds = item_is_of_category, .low = by[i].category};
        snprintf(row->name, sizeof row->name, "%.*s", VT_STR_ARGS(vt_ids_get(&snapshot->categories, by[i].category)));
    }
    vt_free(by);
    return VT_OK;
}

/* HR, NDCG and Recall of one query for the relevant items of the slice; gives how many there are. */
static size_t evaluate_query(double value[][VT_SLICE_METRICS], const cut *c, const cutter *row, size_t user,
                             const vt_plan_query *query, const int32_t *position, const vt_protocol *protocol,
                             const vt_discounts *discounts)
{
    size_t n = 0;
    size_t hits[VT_CUTOFFS_MAX] = {0};
    double gain[VT_CUTOFFS_MAX] = {0};
    for (size_t i = 0; i < query->n_relevant; i++) {
        int64_t at = query->relevant + (int64_t)i;
        if (!row->holds(c, user, query, c->plan->relevant[at], row->low, row->high)) {
            continue;
        }
        n++;
        for (size_t k = 0; k < protocol->n_cutoffs; k++) {
            if (position[at] > 0 && position[at] <= protocol->cutoff[k]) {
                hits[k]++;
                gain[k] += discounts->gain[position[at] - 1];
            }
        }
    }
    for (size_t k = 0; k < protocol->n_cutoffs && n > 0; k++) {
        size_t reachable = n < (size_t)protocol->cutoff[k] ? n : (size_t)protocol->cutoff[k];
        value[k][0] += hits[k] > 0 ? 1 : 0;
        value[k][1] += gain[k] / discounts->ideal[reachable];
        value[k][2] += (double)hits[k] / (double)n;
    }
    return n;
}

static int allocate(vt_slice *slice, size_t n_users, size_t columns, vt_error *err)
{
    slice->user = vt_alloc(n_users, sizeof *slice->user, err);
    slice->per_user = vt_alloc_zero(n_users, columns * sizeof *slice->per_user, err);
    return slice->user == NULL || slice->per_user == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* Means over users, and their bounds. */
static int fill_figures(vt_slice *slice, size_t n_cutoffs, const vt_resampling *resampling, vt_error *err)
{
    size_t n_users = (size_t)slice->users;
    size_t columns = n_cutoffs * VT_SLICE_METRICS;
    double low[VT_CUTOFFS_MAX * VT_SLICE_METRICS];
    double high[VT_CUTOFFS_MAX * VT_SLICE_METRICS];
    int status = vt_bootstrap(low, high, slice->per_user, n_users, columns, resampling->resamples, resampling->seed,
                              resampling->threads, err);
    for (size_t f = 0; status == VT_OK && f < columns; f++) {
        double sum = 0;
        for (size_t u = 0; u < n_users; u++) {
            sum += slice->per_user[u * columns + f];
        }
        slice->figure[f / VT_SLICE_METRICS][f % VT_SLICE_METRICS] = (vt_figure){sum / (double)n_users, low[f], high[f]};
    }
    return status;
}

static int fill_slice(vt_slice *slice, const cut *c, const cutter *row, const int32_t *position,
                      const vt_protocol *protocol, const vt_discounts *discounts, vt_error *err)
{
    const vt_plan *plan = c->plan;
    size_t columns = protocol->n_cutoffs * VT_SLICE_METRICS;
    int status = allocate(slice, plan->n_users, columns, err);
    slice->group = row->group;
    snprintf(slice->name, sizeof slice->name, "%s", row->name);
    for (size_t u = 0; status == VT_OK && u < plan->n_users; u++) {
        double value[VT_CUTOFFS_MAX][VT_SLICE_METRICS] = {0};
        double queries = 0;
        for (int64_t q = plan->query_ptr[u]; q < plan->query_ptr[u + 1]; q++) {
            size_t n = evaluate_query(value, c, row, u, &plan->query[q], position, protocol, discounts);
            slice->positives += (int64_t)n;
            queries += n > 0;
        }
        if (queries > 0) {
            for (size_t f = 0; f < columns; f++) {
                slice->per_user[(size_t)slice->users * columns + f] =
                    value[f / VT_SLICE_METRICS][f % VT_SLICE_METRICS] / queries;
            }
            slice->user[slice->users++] = plan->user[u];
        }
    }
    return status;
}

static void slice_done(vt_slice *slice)
{
    vt_free(slice->user);
    vt_free(slice->per_user);
    *slice = (vt_slice){.group = NULL};
}

void vt_slices_free(vt_slice *slices, size_t n)
{
    for (size_t i = 0; slices != NULL && i < n; i++) {
        slice_done(&slices[i]);
    }
    vt_free(slices);
}

int vt_slices_create(vt_slice **out, size_t *n, const vt_plan *plan, const int32_t *position,
                     const vt_protocol *protocol, const vt_discounts *discounts, const vt_resampling *resampling,
                     vt_error *err)
{
    cutter cutters[SLICES_MAX];
    size_t n_cutters = FIXED;
    size_t kept = 0;
    uint8_t *head = vt_alloc_zero((size_t)plan->snapshot->n_items, 1, err);
    vt_slice *slices = vt_alloc_zero(SLICES_MAX, sizeof *slices, err);
    int status = head == NULL || slices == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    memcpy(cutters, fixed, sizeof fixed);
    if (status == VT_OK) {
        status = vt_head_items(head, plan->snapshot->n_items, plan->allowed, plan->train_events, err);
    }
    if (status == VT_OK) {
        status = add_categories(cutters, &n_cutters, plan->snapshot, err);
    }
    cut c = {plan, head};
    for (size_t i = 0; status == VT_OK && i < n_cutters; i++) {
        vt_slice *slice = &slices[kept];
        status = fill_slice(slice, &c, &cutters[i], position, protocol, discounts, err);
        if (status == VT_OK && slice->users > 0) {
            status = fill_figures(slice, protocol->n_cutoffs, resampling, err);
            kept++;
        } else {
            slice_done(slice);
        }
    }
    if (status == VT_OK) {
        *out = slices;
        *n = kept;
        slices = NULL;
    }
    vt_free(head);
    vt_slices_free(slices, SLICES_MAX);
    return status;
}

/* ---- folds ------------------------------------------------------------------------------------------------------- */

static const vt_slice *find_slice(const vt_evaluation *fold, const char *group, const char *name)
{
    for (size_t i = 0; i < fold->n_slices; i++) {
        if (strcmp(fold->slices[i].group, group) == 0 && strcmp(fold->slices[i].name, name) == 0) {
            return &fold->slices[i];
        }
    }
    return NULL;
}

static int join_slice(vt_slice *out, const vt_evaluation *folds, size_t n_folds, const char *group, const char *name,
                      vt_error *err)
{
    size_t columns = folds[0].n_cutoffs * VT_SLICE_METRICS;
    size_t total = 0;
    for (size_t f = 0; f < n_folds; f++) {
        const vt_slice *slice = find_slice(&folds[f], group, name);
        total += slice == NULL ? 0 : (size_t)slice->users;
    }
    int status = allocate(out, total, columns, err);
    int32_t *times = status == VT_OK ? vt_alloc_zero(total, sizeof *times, err) : NULL;
    if (times == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    size_t n = 0;
    for (size_t f = 0; f < n_folds; f++) {
        const vt_slice *slice = find_slice(&folds[f], group, name);
        for (size_t u = 0; slice != NULL && u < (size_t)slice->users; u++) {
            out->user[n++] = slice->user[u];
        }
    }
    out->users = (int64_t)vt_ids_distinct(out->user, n);
    out->group = group;
    snprintf(out->name, sizeof out->name, "%s", name);
    for (size_t f = 0; f < n_folds; f++) {
        const vt_slice *slice = find_slice(&folds[f], group, name);
        size_t at = 0; /* both lists of users ascend */
        for (size_t u = 0; slice != NULL && u < (size_t)slice->users; u++) {
            while (out->user[at] != slice->user[u]) {
                at++;
            }
            times[at]++;
            for (size_t c = 0; c < columns; c++) {
                out->per_user[at * columns + c] += slice->per_user[u * columns + c];
            }
        }
        out->positives += slice == NULL ? 0 : slice->positives;
    }
    for (size_t i = 0; i < (size_t)out->users * columns; i++) {
        out->per_user[i] /= (double)times[i / columns];
    }
    vt_free(times);
    return VT_OK;
}

/* Appends the slices of one fold that earlier folds did not have. */
static int join_new(vt_slice *slices, size_t *kept, const vt_evaluation *folds, size_t n_folds, size_t fold,
                    const vt_resampling *resampling, vt_error *err)
{
    for (size_t i = 0; i < folds[fold].n_slices; i++) {
        const vt_slice *slice = &folds[fold].slices[i];
        bool known = false;
        for (size_t f = 0; f < fold; f++) {
            known = known || find_slice(&folds[f], slice->group, slice->name) != NULL;
        }
        if (known) {
            continue;
        }
        int status = join_slice(&slices[*kept], folds, n_folds, slice->group, slice->name, err);
        if (status == VT_OK) {
            status = fill_figures(&slices[*kept], folds[0].n_cutoffs, resampling, err);
        }
        (*kept)++;
        if (status != VT_OK) {
            return status;
        }
    }
    return VT_OK;
}

int vt_slices_join(vt_slice **out, size_t *n, const vt_evaluation *folds, size_t n_folds,
                   const vt_resampling *resampling, vt_error *err)
{
    size_t kept = 0;
    vt_slice *slices = vt_alloc_zero(SLICES_MAX, sizeof *slices, err);
    int status = slices == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t f = 0; f < n_folds && status == VT_OK; f++) {
        status = join_new(slices, &kept, folds, n_folds, f, resampling, err);
    }
    if (status == VT_OK) {
        *out = slices;
        *n = kept;
        slices = NULL;
    }
    vt_slices_free(slices, SLICES_MAX);
    return status;
}
