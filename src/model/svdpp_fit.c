/*
 * Stochastic gradient descent for SVD++. Users go one after another in a batch's first half, each through their
 * ratings: the sum of implicit factors is one vector z that takes the steps of all its terms at once, and what it
 * gained is dealt out to them at the end of the user (Chen, Zhang, Lu and others 2012), so a rating costs O(D) and
 * not O(D |N|), and the steps are Koren's. Users of a batch run at the same time against items as they were at its
 * start; the second half applies their steps item by item, in order. Batches do not depend on the threads, so neither
 * do the bytes.
 */
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "math/kernels.h"
#include "model/rating_loop.h"
#include "model/svdpp.h"
#include "vitrine/record.h"

/* A batch ends with so many users or pairs; users that a thread takes at a time. */
enum { BATCH_USERS = 16, BATCH_PAIRS = 2048, CHUNK_ROWS = 8 };

/* A pair of a batch as its item sees it. */
typedef struct entry {
    int32_t item;
    int32_t slot; /* of the pair in the batch */
    int32_t user; /* of the batch */
    float value;  /* NaN: not rated */
} entry;

typedef struct work {
    vt_svdpp *model;
    const vt_fit *fit;
    const vt_pair_set *set;
    const double *value; /* of the parameters */
    int threads;
    float *users;       /* (U, L) that are descended on; the model's are folded in */
    float *days;        /* (cells) bias of a user on a day */
    int64_t *cell;      /* (P) of a pair, -1 without time */
    float *day_share;   /* (cells) 1 / ratings */
    float *bin_share;   /* (I, B) likewise */
    float *drift_share; /* (U) likewise */
    float *deviation;   /* (P) */
    int64_t n_cells;
    int32_t *order; /* (U) users batch by batch */
    int32_t *batch; /* (n_batches + 1) into order */
    int64_t *ptr;   /* (n_batches + 1) into entry */
    entry *entry;   /* (P) by batch, item, user */
    size_t n_batches;
    float *delta;              /* (most pairs of a batch, L) steps of items */
    float *gain;               /* (BATCH_USERS, L) what each implicit factor of a user gains */
    float *error;              /* (most pairs of a batch) */
    float shrink[BATCH_USERS]; /* of the implicit factors */
    double squares[BATCH_USERS];
    float *lanes;      /* (threads, 8 L) rows and rates of a user */
    float *scratch;    /* (threads, scratch_floats) for folding in */
    int32_t *shuffled; /* (threads, longest) the ratings of a user */
    size_t scratch_floats;
    size_t longest; /* pairs of a user */
    size_t fattest; /* pairs of a batch */
    double rate, bias_rate;
} work;

static int by_item_then_user(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    if (x->item != y->item) {
        return x->item < y->item ? -1 : 1;
    }
    return (x->slot > y->slot) - (x->slot < y->slot);
}

/* Users in random order, cut into batches. */
static int cut_batches(work *w, vt_error *err)
{
    size_t n = (size_t)w->model->r.f.n_users;
    w->order = vt_alloc(n, sizeof *w->order, err);
    w->batch = w->order == NULL ? NULL : vt_alloc(n + 1, sizeof *w->batch, err);
    w->ptr = w->batch == NULL ? NULL : vt_alloc(n + 1, sizeof *w->ptr, err);
    w->entry = w->ptr == NULL ? NULL : vt_alloc((size_t)w->set->ptr[n], sizeof *w->entry, err);
    if (w->entry == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_rng rng = vt_rng_at(w->fit->seed, "svdpp-users", 0, 0);
    vt_rng_order(&rng, w->order, n);
    int64_t at = 0;
    w->batch[0] = 0;
    w->ptr[0] = 0;
    for (size_t o = 0; o < n; o++) {
        int32_t user = w->order[o];
        int64_t first = w->ptr[w->n_batches];
        for (int64_t p = w->set->ptr[user]; p < w->set->ptr[user + 1]; p++, at++) {
            w->entry[at] = (entry){w->set->pair[p].item, (int32_t)(at - first), (int32_t)o - w->batch[w->n_batches],
                                   w->set->pair[p].value};
        }
        size_t pairs = (size_t)(w->set->ptr[user + 1] - w->set->ptr[user]);
        w->longest = pairs > w->longest ? pairs : w->longest;
        if ((int32_t)o + 1 - w->batch[w->n_batches] == BATCH_USERS || at - first >= BATCH_PAIRS || o + 1 == n) {
            w->fattest = (size_t)(at - first) > w->fattest ? (size_t)(at - first) : w->fattest;
            if (at > first) {
                qsort(w->entry + first, (size_t)(at - first), sizeof *w->entry, by_item_then_user);
            }
            w->n_batches++;
            w->batch[w->n_batches] = (int32_t)o + 1;
            w->ptr[w->n_batches] = at;
        }
    }
    return VT_OK;
}

/* One over the ratings of each cell, bin and user: what is drawn towards 0 by so many ratings is drawn by this share of
   them in each step. */
static int share_out(work *w, vt_error *err)
{
    const vt_svdpp *m = w->model;
    size_t bins = (size_t)m->r.f.n_items * m->n_bins, users = (size_t)m->r.f.n_users;
    w->day_share = vt_alloc_zero((size_t)w->n_cells, sizeof *w->day_share, err);
    w->bin_share = w->day_share == NULL ? NULL : vt_alloc_zero(bins, sizeof *w->bin_share, err);
    w->drift_share = w->bin_share == NULL ? NULL : vt_alloc_zero(users, sizeof *w->drift_share, err);
    if (w->drift_share == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t u = 0; u < users; u++) {
        for (int64_t p = w->set->ptr[u]; p < w->set->ptr[u + 1]; p++) {
            const vt_pair *pair = &w->set->pair[p];
            if (!isnan(pair->value) && w->cell[p] >= 0) {
                w->day_share[w->cell[p]] += 1.0F;
                w->bin_share[vt_svdpp_bin(m, pair->item, pair->time)] += 1.0F;
                w->drift_share[u] += 1.0F;
            }
        }
    }
    for (int64_t c = 0; c < w->n_cells; c++) {
        w->day_share[c] = 1.0F / fmaxf(w->day_share[c], 1.0F);
    }
    for (size_t b = 0; b < bins; b++) {
        w->bin_share[b] = 1.0F / fmaxf(w->bin_share[b], 1.0F);
    }
    for (size_t u = 0; u < users; u++) {
        w->drift_share[u] = 1.0F / fmaxf(w->drift_share[u], 1.0F);
    }
    return VT_OK;
}

/* The day of each pair of a user as a cell, and its distance from the user's mean time. */
static int place_in_time(work *w, vt_error *err)
{
    const vt_pair_set *set = w->set;
    size_t n = (size_t)set->ptr[w->model->r.f.n_users];
    w->cell = vt_alloc(n, sizeof *w->cell, err);
    w->deviation = w->cell == NULL ? NULL : vt_alloc_zero(n, sizeof *w->deviation, err);
    if (w->deviation == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t u = 0; u < w->model->r.f.n_users; u++) {
        const vt_pair *pairs = set->pair + set->ptr[u];
        size_t count = (size_t)(set->ptr[u + 1] - set->ptr[u]);
        int64_t *cell = w->cell + set->ptr[u];
        float mean_day = vt_svdpp_mean_day(w->model, pairs, count);
        for (size_t p = 0; p < count; p++) {
            cell[p] = -1;
            if (w->model->n_bins == 0 || pairs[p].time == VT_NONE) {
                continue;
            }
            w->deviation[set->ptr[u] + (int64_t)p] = vt_svdpp_deviation(w->model, mean_day, pairs[p].time);
            for (size_t q = 0; q < p && cell[p] < 0; q++) {
                if (cell[q] >= 0 && pairs[q].time / 86400 == pairs[p].time / 86400) {
                    cell[p] = cell[q];
                }
            }
            cell[p] = cell[p] < 0 ? w->n_cells++ : cell[p];
        }
    }
    w->days = vt_alloc_zero((size_t)w->n_cells, sizeof *w->days, err);
    return w->days == NULL ? VT_ERR_NO_MEMORY : share_out(w, err);
}

/* Rates of the lanes for a user: what is kept of x and z, what a step adds to x, z and the item. */
enum { KEEP_X, STEP_X, KEEP_Z, STEP_Z, STEP_Y, ROW_Z, START_Z, LANES_OF };

static void set_rates(const work *w, float *lanes, size_t rated)
{
    const vt_svdpp *m = w->model;
    double share = pow((double)(rated > 0 ? rated : 1), -m->frequency);
    for (size_t k = 0; k < m->r.f.ld; k++) {
        bool factor = k < m->r.f.d, own = k == m->r.f.d;
        double reg = factor ? m->reg_user : m->reg_user_bias;
        double rate = factor ? w->rate : own ? w->bias_rate : 0.0;
        lanes[KEEP_X * m->r.f.ld + k] = (float)(1.0 - rate * reg * share);
        lanes[STEP_X * m->r.f.ld + k] = (float)rate;
        lanes[KEEP_Z * m->r.f.ld + k] = factor ? (float)(1.0 - rate * w->value[VT_SVD_REG_IMPLICIT] * share) : 1.0F;
        lanes[STEP_Z * m->r.f.ld + k] = factor ? (float)rate : 0.0F;
        lanes[STEP_Y * m->r.f.ld + k] = (float)(factor ? w->rate : k == m->r.f.d + 1 ? w->bias_rate : 0.0);
    }
}

/* Takes a user through their ratings in random order; the batch's `slot` on is theirs. */
static double run_user(work *w, int32_t user, size_t of_batch, size_t slot, int epoch)
{
    vt_svdpp *m = w->model;
    const vt_kernels *kernels = vt_kernels_best();
    size_t ld = m->r.f.ld, n = (size_t)(w->set->ptr[user + 1] - w->set->ptr[user]), rated = 0;
    const vt_pair *pairs = w->set->pair + w->set->ptr[user];
    float *lanes = w->lanes + (size_t)omp_get_thread_num() * LANES_OF * ld;
    int32_t *order = w->shuffled + (size_t)omp_get_thread_num() * w->longest;
    float *x = w->users + (size_t)user * ld, *z = lanes + ROW_Z * ld, *start = lanes + START_Z * ld;
    double sum = 0.0, drift_rate = w->bias_rate * 0.1;
    vt_rng rng = vt_rng_at(w->fit->seed, "svdpp-ratings", (uint64_t)epoch, (uint64_t)user);
    for (size_t p = 0; p < n; p++) {
        if (!isnan(pairs[p].value)) {
            size_t j = (size_t)vt_rng_below(&rng, rated + 1);
            order[rated] = order[j];
            order[j] = (int32_t)p;
            rated++;
        }
    }
    set_rates(w, lanes, rated);
    vt_svdpp_implicit_sum(z, m, pairs, n);
    memcpy(start, z, ld * sizeof *z);
    for (size_t r = 0; r < rated; r++) {
        size_t p = (size_t)order[r];
        int64_t at = w->set->ptr[user] + (int64_t)p, bin = vt_svdpp_bin(m, pairs[p].item, pairs[p].time);
        float *day = w->cell[at] < 0 ? NULL : &w->days[w->cell[at]];
        float drift = x[m->r.f.d + 2], target = pairs[p].value - (float)m->r.scale[0];
        target -= (bin < 0 ? 0.0F : m->bins[bin]) + drift * w->deviation[at] + (day == NULL ? 0.0F : *day);
        float error = kernels->sgd_implicit(x, z, w->delta + (slot + p) * ld, m->r.f.items + (size_t)pairs[p].item * ld,
                                            target, lanes, ld);
        if (day != NULL) {
            *day += (float)w->bias_rate * (error - (float)m->reg_day * w->day_share[w->cell[at]] * *day);
            x[m->r.f.d + 2] = drift + (float)drift_rate * (error * w->deviation[at] -
                                                           (float)m->reg_time * w->drift_share[user] * drift);
        }
        w->error[slot + p] = error;
        sum += (double)error * (double)error;
    }
    double shrink = pow((double)lanes[KEEP_Z * ld], (double)rated);
    float *gain = w->gain + of_batch * ld, share = n == 0 ? 0.0F : (float)(1.0 / sqrt((double)n));
    w->shrink[of_batch] = (float)shrink;
    for (size_t k = 0; k < ld; k++) {
        gain[k] = share * (z[k] - (float)shrink * start[k]);
    }
    return sum;
}

/* Applies the steps of a batch to the item of entry `first`, which begins its run. */
static void run_item(work *w, const int32_t *users, const entry *entries, size_t first, size_t end)
{
    vt_svdpp *m = w->model;
    int32_t item = entries[first].item;
    float *q = m->r.f.items + (size_t)item * m->r.f.ld, *y = m->implicit + (size_t)item * m->r.f.ld;
    double share = pow((double)(m->r.count[item] > 0 ? m->r.count[item] : 1), -m->frequency);
    float keep = (float)(1.0 - w->rate * w->value[VT_SVD_REG_ITEM] * share);
    float keep_bias = (float)(1.0 - w->bias_rate * w->value[VT_SVD_REG_ITEM_BIAS] * share);
    for (size_t e = first; e < end && entries[e].item == item; e++) {
        const float *gain = w->gain + (size_t)entries[e].user * m->r.f.ld;
        float shrink = w->shrink[entries[e].user];
        for (size_t k = 0; k < m->r.f.d; k++) {
            y[k] = shrink * y[k] + gain[k];
        }
        if (isnan(entries[e].value)) {
            continue;
        }
        const float *delta = w->delta + (size_t)entries[e].slot * m->r.f.ld;
        float bias = q[m->r.f.d + 1];
        for (size_t k = 0; k < m->r.f.d; k++) {
            q[k] = keep * q[k] + delta[k];
        }
        q[m->r.f.d + 1] = keep_bias * bias + delta[m->r.f.d + 1];
        if (m->n_bins > 0) {
            int32_t user = users[entries[e].user];
            const vt_pair *pairs = w->set->pair + w->set->ptr[user];
            size_t n = (size_t)(w->set->ptr[user + 1] - w->set->ptr[user]), low = 0;
            while (low + 1 < n) { /* the pair by its item */
                size_t middle = (low + n) / 2;
                if (pairs[middle].item <= item) {
                    low = middle;
                } else {
                    n = middle;
                }
            }
            int64_t bin = vt_svdpp_bin(m, item, pairs[low].time);
            if (bin >= 0) {
                float draw = (float)m->reg_time * w->bin_share[bin] * m->bins[bin];
                m->bins[bin] += (float)w->bias_rate * (w->error[entries[e].slot] - draw);
            }
        }
    }
}

static void run_batch(void *context, size_t batch, int epoch, double *sum, size_t *n_rated)
{
    work *w = context;
    const int32_t *users = w->order + w->batch[batch];
    size_t n_users = (size_t)(w->batch[batch + 1] - w->batch[batch]), slot[BATCH_USERS + 1] = {0};
    const entry *entries = w->entry + w->ptr[batch];
    size_t n = (size_t)(w->ptr[batch + 1] - w->ptr[batch]);
    double squares = 0.0;
    for (size_t u = 0; u < n_users; u++) {
        slot[u + 1] = slot[u] + (size_t)(w->set->ptr[users[u] + 1] - w->set->ptr[users[u]]);
    }
#pragma omp parallel num_threads(w->threads) if (w->threads > 1)
    {
#pragma omp for schedule(dynamic, 1)
        for (size_t u = 0; u < n_users; u++) {
            w->squares[u] = run_user(w, users[u], u, slot[u], epoch);
        }
#pragma omp for schedule(static)
        for (size_t e = 0; e < n; e++) {
            if (e == 0 || entries[e].item != entries[e - 1].item) {
                run_item(w, users, entries, e, n);
            }
        }
    }
    for (size_t u = 0; u < n_users; u++) {
        squares += w->squares[u];
    }
    for (size_t e = 0; e < n; e++) {
        *n_rated += isnan(entries[e].value) ? 0 : 1;
    }
    *sum += squares;
}

static void begin_epoch(void *context, int epoch)
{
    work *w = context;
    double decay = pow(w->value[VT_SVD_DECAY], epoch);
    w->rate = w->value[VT_SVD_RATE] * decay;
    w->bias_rate = w->value[VT_SVD_BIAS_RATE] * decay;
}

/* The users of the model out of its items, as for somebody who comes later. */
static int fold_users(void *context, vt_error *err)
{
    const work *w = context;
    vt_svdpp *m = w->model;
    (void)err;
#pragma omp parallel for schedule(dynamic, CHUNK_ROWS) num_threads(w->threads) if (w->threads > 1)
    for (int32_t u = 0; u < m->r.f.n_users; u++) {
        int64_t first = w->set->ptr[u];
        vt_svdpp_fold_in(m->r.f.users + (size_t)u * m->r.f.ld, m, w->set->pair + first,
                         (size_t)(w->set->ptr[u + 1] - first),
                         w->scratch + (size_t)omp_get_thread_num() * w->scratch_floats);
    }
    return VT_OK;
}

/* When the first and the last rating were made. */
static void find_span(vt_svdpp *m, const vt_pair_set *set)
{
    bool timed = false;
    for (int64_t p = 0; p < set->ptr[m->r.f.n_users]; p++) {
        const vt_pair *pair = &set->pair[p];
        if (!isnan(pair->value) && pair->time != VT_NONE) {
            m->span[0] = !timed || pair->time < m->span[0] ? pair->time : m->span[0];
            m->span[1] = !timed || pair->time > m->span[1] ? pair->time : m->span[1];
            timed = true;
        }
    }
}

/* Random factors where there is a rating; implicit ones begin at 0. */
static void start(work *w)
{
    vt_rating_factors *r = &w->model->r;
    double stdev = w->value[VT_SVD_STDEV];
    size_t users = (size_t)r->f.n_users, items = (size_t)r->f.n_items, d = r->f.d;
    vt_rating_factors_start(w->users, r, users, NULL, d + 1, stdev, w->fit->seed, "svdpp-start-users");
    vt_rating_factors_start(r->f.items, r, items, r->count, d, stdev, w->fit->seed, "svdpp-start-items");
    memset(w->model->implicit, 0, items * r->f.ld * sizeof *w->model->implicit);
}

static int alloc_workspace(work *w, vt_error *err)
{
    size_t ld = w->model->r.f.ld, threads = (size_t)w->threads;
    w->scratch_floats = vt_pad(vt_svdpp_scratch(w->longest, ld));
    w->users = vt_alloc_aligned((size_t)w->model->r.f.n_users, ld * sizeof *w->users, err);
    w->delta = w->users == NULL ? NULL : vt_alloc_aligned(w->fattest, ld * sizeof *w->delta, err);
    w->error = w->delta == NULL ? NULL : vt_alloc(w->fattest, sizeof *w->error, err);
    w->gain = w->error == NULL ? NULL : vt_alloc_aligned(BATCH_USERS, ld * sizeof *w->gain, err);
    w->lanes = w->gain == NULL ? NULL : vt_alloc_aligned(threads * LANES_OF, ld * sizeof *w->lanes, err);
    w->scratch = w->lanes == NULL ? NULL : vt_alloc_aligned(threads, w->scratch_floats * sizeof *w->scratch, err);
    w->shuffled = w->scratch == NULL ? NULL : vt_alloc(threads * w->longest, sizeof *w->shuffled, err);
    return w->shuffled == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

static void work_done(work *w)
{
    vt_free(w->users);
    vt_free(w->days);
    vt_free(w->cell);
    vt_free(w->deviation);
    vt_free(w->day_share);
    vt_free(w->bin_share);
    vt_free(w->drift_share);
    vt_free(w->order);
    vt_free(w->batch);
    vt_free(w->ptr);
    vt_free(w->entry);
    vt_free(w->delta);
    vt_free(w->gain);
    vt_free(w->error);
    vt_free(w->lanes);
    vt_free(w->scratch);
    vt_free(w->shuffled);
}

int vt_svdpp_fit(vt_svdpp *m, const vt_fit *fit, const vt_pair_set *set, vt_error *err)
{
    const double *value = fit->params->value;
    work w = {.model = m, .fit = fit, .set = set, .value = value, .threads = vt_rating_threads(fit, set->n_rated)};
    vt_rating_factors_count(&m->r, set);
    find_span(m, set);
    int status = cut_batches(&w, err);
    if (status == VT_OK) {
        status = place_in_time(&w, err);
    }
    if (status == VT_OK) {
        status = alloc_workspace(&w, err);
    }
    if (status == VT_OK) {
        size_t items = (size_t)m->r.f.n_items;
        start(&w);
        const vt_train_array arrays[] = {
            {"users", VT_F32, w.users, (size_t)m->r.f.n_users * m->r.f.ld, false},
            {"days", VT_F32, w.days, (size_t)w.n_cells, false},
            {"items", VT_F32, m->r.f.items, items * m->r.f.ld, true},
            {"implicit", VT_F32, m->implicit, items * m->r.f.ld, true},
            {"bins", VT_F32, m->bins, items * m->n_bins, true},
        };
        const vt_rating_loop loop = {
            .array = arrays,
            .n_arrays = sizeof arrays / sizeof *arrays,
            .epochs = (int)value[VT_SVD_EPOCHS],
            .patience = (int)value[VT_SVD_PATIENCE],
            .parts = w.n_batches,
            .order = "svdpp-batches",
            .begin = begin_epoch,
            .run = run_batch,
            .prepare = fold_users,
            .work = &w,
        };
        status = vt_rating_train(&loop, fit, err);
    }
    work_done(&w);
    return status;
}
