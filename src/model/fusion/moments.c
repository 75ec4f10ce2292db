/*
 * The items of a step as of the moments of its queries. How often an item was bought is an input of its gate, and must
 * not count the target itself: so queries are put in order of what is known to them and fall into groups, and each
 * group counts what was bought strictly before the earliest of it. Where data have no times, what the users of the step
 * bought does not count.
 */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "model/fusion/fit.h"

/* Up to when a query knows what was bought. */
typedef struct vt_fusion_known_until {
    int64_t time;
    size_t query;
} vt_fusion_known_until;

int vt_fusion_moments_init(vt_fusion_work *w, vt_error *err)
{
    vt_fusion_moments *t = &w->moments;
    size_t n = VT_FUSION_MOMENTS * w->active->n;
    t->log_count = vt_alloc(n, sizeof *t->log_count, err);
    t->alpha = t->log_count == NULL ? NULL : vt_alloc_aligned(n * VT_MODALITIES, sizeof *t->alpha, err);
    t->dalpha = t->alpha == NULL ? NULL : vt_alloc_aligned(n, sizeof *t->dalpha, err);
    t->sold = t->dalpha == NULL ? NULL : vt_alloc_zero(w->m->n_known, sizeof *t->sold, err);
    if (t->sold == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int64_t e = 0; e < w->train.n; e++) {
        t->sold[w->train.item[e]]++;
    }
    return VT_OK;
}

void vt_fusion_moments_done(vt_fusion_moments *t)
{
    vt_free(t->log_count);
    vt_free(t->alpha);
    vt_free(t->dalpha);
    vt_free(t->order);
    vt_free(t->sold);
}

static int earlier_first(const void *a, const void *b)
{
    const vt_fusion_known_until *x = a, *y = b;
    if (x->time != y->time) {
        return x->time < y->time ? -1 : 1;
    }
    return (x->query > y->query) - (x->query < y->query);
}

/* Takes off what the users of the step bought, or puts it back. */
static void count_users(vt_fusion_work *w, size_t n, int32_t by)
{
    for (size_t s = 0; s < n; s++) {
        int32_t user = w->sequence[s].user;
        for (int64_t e = w->train.ptr[user]; e < w->train.ptr[user + 1]; e++) {
            w->moments.sold[w->train.item[e]] += by;
        }
    }
}

static void count_others(vt_fusion_work *w, size_t n)
{
    const vt_item_subset *subset = w->active->subset;
    count_users(w, n, -1);
    for (size_t i = 0; i < w->active->n; i++) {
        w->moments.log_count[i] = log1pf((float)w->moments.sold[subset == NULL ? i : (size_t)subset->item[i]]);
    }
    count_users(w, n, 1);
}

int vt_fusion_take_moments(vt_fusion_work *w, size_t n, vt_error *err)
{
    vt_fusion_moments *t = &w->moments;
    const vt_fusion *m = w->active;
    size_t all = w->queries;
    bool timed = vt_fusion_has_sales(m);
    int status = vt_alloc_grow(&t->order, &t->order_capacity, all, sizeof *t->order, err);
    if (status != VT_OK) {
        return status;
    }
    for (size_t s = 0; s < n; s++) {
        for (size_t q = w->first[s]; q < w->first[s + 1]; q++) {
            t->order[q] =
                (vt_fusion_known_until){timed ? vt_fusion_sales_until(m->clock, w->query[q].now, w->lag[s]) : 0, q};
        }
    }
    qsort(t->order, all, sizeof *t->order, earlier_first);
    t->n = !timed ? 1 : all < VT_FUSION_MOMENTS ? all : VT_FUSION_MOMENTS;
    for (size_t k = 0; k < t->n; k++) {
        t->begin[k] = all * k / t->n;
        t->begin[k + 1] = all * (k + 1) / t->n;
        for (size_t row = t->begin[k]; row < t->begin[k + 1]; row++) {
            w->target[t->order[row].query].row = row;
            w->target[t->order[row].query].moment = k;
        }
        if (timed) {
            vt_item_clock_log_counts(m->clock, m->n_known, m->subset, t->order[t->begin[k]].time,
                                     t->log_count + k * m->n);
        }
    }
    if (!timed) {
        count_others(w, n);
    }
    return VT_OK;
}
