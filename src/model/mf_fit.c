/*
 * Fits of mf. Stochastic gradient descent runs over a grid of 8 x 8 blocks of users and items (DSGD: Gemulla, Nijkamp,
 * Haas, Sismanis 2011): the blocks of a stratum share no row, so they run at the same time, and since the grid does not
 * depend on the threads, neither do the bytes. In the end each user is solved against the items, as someone unknown
 * is: that is better than what the descent left of them, and both get the same predictions for the same ratings.
 * Alternating least squares solves each row exactly.
 */
#include <math.h>
#include <omp.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "math/kernels.h"
#include "math/solve.h"
#include "model/mf.h"
#include "model/rating_loop.h"

/* Sides of the grid, and rows that a thread takes. */
enum { GRID = 8, CHUNK_ROWS = 16 };

typedef struct work {
    vt_mf *model;
    const vt_fit *fit;
    const double *value; /* of the parameters */
    float *users;        /* (U, L) that are descended on; the model's are solved against the items in the end */
    int threads;         /* 1 where there is little to do */

    /* sgd: the ratings block by block */
    vt_rating *rating;   /* (N) */
    vt_rating *shuffled; /* (N) in the order of the epoch */
    int64_t *block;      /* (GRID * GRID + 1) */
    float *rates;        /* (4, L) */
    float *user_share;   /* (U) of a row in the decay: its ratings to the power of -frequency */
    float *item_share;   /* (I) */
    float *masks;        /* (threads, L) of dropout */

    /* the ratings by user and by item */
    int64_t *user_ptr, *item_ptr; /* (U + 1), (I + 1) */
    int32_t *user_of, *item_of;   /* (N) by item, by user */
    float *by_user, *by_item;     /* (N) */
    double *squares;              /* (U) of the errors of an epoch */
    float *scratch;               /* (threads, scratch_floats) */
    size_t scratch_floats;
} work;

/* `n` rows dealt to the groups of one side of the grid. */
static int draw_groups(int32_t **out, size_t n, uint64_t seed, const char *purpose, vt_error *err)
{
    int32_t *group = vt_alloc(n, sizeof *group, err);
    if (group == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_rng rng = vt_rng_at(seed, purpose, 0, 0);
    vt_rng_order(&rng, group, n);
    for (size_t i = 0; i < n; i++) {
        group[i] %= GRID;
    }
    *out = group;
    return VT_OK;
}

/* The ratings by block of the grid. */
static int make_blocks(work *w, const vt_pair_set *set, vt_error *err)
{
    const vt_mf *m = w->model;
    int32_t *of_user = NULL, *of_item = NULL;
    int64_t at[GRID * GRID + 1] = {0};
    w->rating = vt_alloc((size_t)set->n_rated, sizeof *w->rating, err);
    w->shuffled = w->rating == NULL ? NULL : vt_alloc((size_t)set->n_rated, sizeof *w->shuffled, err);
    w->block = w->shuffled == NULL ? NULL : vt_alloc(GRID * GRID + 1, sizeof *w->block, err);
    int status = w->block == NULL ? VT_ERR_NO_MEMORY
                                  : draw_groups(&of_user, (size_t)m->r.f.n_users, w->fit->seed, "mf-users", err);
    if (status == VT_OK) {
        status = draw_groups(&of_item, (size_t)m->r.f.n_items, w->fit->seed, "mf-items", err);
    }
    for (int pass = 0; status == VT_OK && pass < 2; pass++) {
        for (int32_t u = 0; u < m->r.f.n_users; u++) {
            for (int64_t p = set->ptr[u]; p < set->ptr[u + 1]; p++) {
                const vt_pair *pair = &set->pair[p];
                if (isnan(pair->value)) {
                    continue;
                }
                int64_t *place = &at[of_user[u] * GRID + of_item[pair->item] + (pass == 0)];
                if (pass == 1) {
                    w->rating[*place] = (vt_rating){u, pair->item, (float)((double)pair->value - m->r.scale[0])};
                }
                ++*place;
            }
        }
        for (int b = 0; pass == 0 && b < GRID * GRID; b++) {
            at[b + 1] += at[b];
        }
        if (pass == 0) {
            memcpy(w->block, at, sizeof at);
        }
    }
    vt_free(of_user);
    vt_free(of_item);
    return status;
}

/* Factors kept (1 / (1 - dropout)) or left out (0) in one step; the biases are always kept. */
static void draw_mask(float *mask, vt_rng *rng, size_t d, double dropout)
{
    float kept = (float)(1.0 / (1.0 - dropout));
    uint64_t limit = (uint64_t)(dropout * 65536.0), bits = 0;
    for (size_t k = 0; k < d; k++) {
        bits = k % 4 == 0 ? vt_rng_u64(rng) : bits >> 16;
        mask[k] = (bits & 0xFFFF) < limit ? 0.0F : kept;
    }
}

/* One step on a rating with some factors left out; gives the squared error. */
static double step_masked(const work *w, const vt_rating *rating, const float *mask)
{
    size_t ld = w->model->r.f.ld;
    float *x = w->users + (size_t)rating->user * ld, *y = w->model->r.f.items + (size_t)rating->item * ld;
    float of_x = w->user_share[rating->user], of_y = w->item_share[rating->item], product = 0.0F;
    const float *rates = w->rates;
    for (size_t k = 0; k < ld; k++) {
        product += mask[k] * x[k] * y[k];
    }
    float error = rating->value - product;
    for (size_t k = 0; k < ld; k++) {
        float was = x[k];
        x[k] = (1.0F - of_x * rates[k]) * was + rates[ld + k] * error * mask[k] * y[k];
        y[k] = (1.0F - of_y * rates[2 * ld + k]) * y[k] + rates[3 * ld + k] * error * mask[k] * was;
    }
    return (double)error * (double)error;
}

/* Runs the ratings of a block in an order of the epoch's own; gives the sum of squared errors. */
static double run_block(work *w, size_t block, int epoch, float *mask)
{
    const vt_mf *m = w->model;
    const vt_rating *from = w->rating + w->block[block];
    vt_rating *to = w->shuffled + w->block[block];
    size_t n = (size_t)(w->block[block + 1] - w->block[block]);
    double dropout = w->value[VT_MF_DROPOUT];
    vt_rng rng = vt_rng_at(w->fit->seed, "mf-block", (uint64_t)epoch, block);
    for (size_t i = 0; i < n; i++) {
        size_t j = (size_t)vt_rng_below(&rng, i + 1);
        to[i] = to[j];
        to[j] = from[i];
    }
    if (!(dropout > 0.0)) {
        const vt_sides sides = {w->users, m->r.f.items, w->user_share, w->item_share};
        return vt_kernels_best()->sgd(&sides, to, n, w->rates, m->r.f.ld);
    }
    double sum = 0.0;
    for (size_t k = 0; k < m->r.f.ld; k++) {
        mask[k] = 1.0F;
    }
    for (size_t i = 0; i < n; i++) {
        draw_mask(mask, &rng, m->r.f.d, dropout);
        sum += step_masked(w, &to[i], mask);
    }
    return sum;
}

/* What a step takes off each number and what it adds; the lane that is 1 does not move. */
static void set_rates(void *context, int epoch)
{
    work *w = context;
    const vt_mf *m = w->model;
    double rate = w->value[VT_MF_RATE] * pow(w->value[VT_MF_DECAY], epoch);
    for (size_t k = 0; k < m->r.f.ld; k++) {
        bool factor = k < m->r.f.d;
        double user = factor ? w->value[VT_MF_REG_USER] : w->value[VT_MF_REG_USER_BIAS];
        double item = factor ? w->value[VT_MF_REG_ITEM] : w->value[VT_MF_REG_ITEM_BIAS];
        bool of_user = factor || k == m->r.f.d, of_item = factor || k == m->r.f.d + 1;
        w->rates[k] = of_user ? (float)(rate * user) : 0.0F;
        w->rates[m->r.f.ld + k] = of_user ? (float)rate : 0.0F;
        w->rates[2 * m->r.f.ld + k] = of_item ? (float)(rate * item) : 0.0F;
        w->rates[3 * m->r.f.ld + k] = of_item ? (float)rate : 0.0F;
    }
}

/* One stratum: the blocks of a diagonal of the grid. */
static void run_stratum(void *context, size_t stratum, int epoch, double *sum, size_t *n)
{
    work *w = context;
    double squares[GRID];
#pragma omp parallel for schedule(dynamic, 1) num_threads(w->threads) if (w->threads > 1)
    for (size_t b = 0; b < GRID; b++) {
        size_t block = b * GRID + (b + stratum) % GRID;
        squares[b] = run_block(w, block, epoch, w->masks + (size_t)omp_get_thread_num() * w->model->r.f.ld);
    }
    for (size_t b = 0; b < GRID; b++) {
        size_t block = b * GRID + (b + stratum) % GRID;
        *sum += squares[b];
        *n += (size_t)(w->block[block + 1] - w->block[block]);
    }
}

size_t vt_mf_solve_scratch(size_t n, size_t ld)
{
    return ld + vt_pad(n) + vt_solve_scratch(n, ld);
}

void vt_mf_solve_row(float *x, const vt_mf_solve *solve, const int32_t *row, float *value, size_t n, size_t ld,
                     float *scratch)
{
    size_t d = (solve->own < solve->other ? solve->own : solve->other);
    float *diagonal = scratch, *weight = diagonal + ld;
    double share = pow((double)n, 1.0 - solve->frequency);
    /* Never quite 0: a row may have fewer ratings than factors. The other side's bias is no unknown: it is held at 0
       by its weight, as its share is taken off the ratings. */
    for (size_t k = 0; k < ld; k++) {
        diagonal[k] = (float)(share * fmax(k < d ? solve->reg : solve->reg_bias, 1e-6));
    }
    diagonal[solve->other] = 1e20F;
    for (size_t j = 0; j < n; j++) {
        weight[j] = 1.0F;
        value[j] = (float)((double)value[j] - solve->mean - (double)solve->fixed[(size_t)row[j] * ld + solve->other]);
    }
    memset(x, 0, ld * sizeof *x);
    vt_gather gather = {solve->fixed, row, weight, value, n, ld};
    vt_solve_exact(vt_kernels_best(), x, diagonal, &gather, weight + vt_pad(n));
    x[solve->other] = 1.0F;
}

/* Ratings by user, and by item. */
static int make_sides(work *w, const vt_pair_set *set, vt_error *err)
{
    const vt_mf *m = w->model;
    size_t n = (size_t)set->n_rated, users = (size_t)m->r.f.n_users, items = (size_t)m->r.f.n_items;
    w->user_ptr = vt_alloc_zero(users + 1, sizeof *w->user_ptr, err);
    w->item_ptr = w->user_ptr == NULL ? NULL : vt_alloc_zero(items + 2, sizeof *w->item_ptr, err);
    w->user_of = w->item_ptr == NULL ? NULL : vt_alloc(n, sizeof *w->user_of, err);
    w->item_of = w->user_of == NULL ? NULL : vt_alloc(n, sizeof *w->item_of, err);
    w->by_user = w->item_of == NULL ? NULL : vt_alloc(n, sizeof *w->by_user, err);
    w->by_item = w->by_user == NULL ? NULL : vt_alloc(n, sizeof *w->by_item, err);
    w->squares = w->by_item == NULL ? NULL : vt_alloc(users, sizeof *w->squares, err);
    if (w->squares == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int64_t at = 0, longest = 0;
    for (size_t i = 0; i < items; i++) {
        w->item_ptr[i + 2] = w->item_ptr[i + 1] + m->r.count[i];
        longest = m->r.count[i] > longest ? m->r.count[i] : longest;
    }
    for (size_t u = 0; u < users; u++) {
        for (int64_t p = set->ptr[u]; p < set->ptr[u + 1]; p++) {
            const vt_pair *pair = &set->pair[p];
            if (!isnan(pair->value)) {
                int64_t place = w->item_ptr[pair->item + 1]++;
                w->user_of[place] = (int32_t)u;
                w->by_item[place] = pair->value;
                w->item_of[at] = pair->item;
                w->by_user[at++] = pair->value;
            }
        }
        w->user_ptr[u + 1] = at;
        longest = at - w->user_ptr[u] > longest ? at - w->user_ptr[u] : longest;
    }
    w->scratch_floats = vt_pad(vt_mf_solve_scratch((size_t)longest, m->r.f.ld) + vt_pad((size_t)longest));
    w->scratch = vt_alloc_aligned((size_t)w->threads, w->scratch_floats * sizeof *w->scratch, err);
    return w->scratch == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* Solves every row of one side. */
static void solve_side(const work *w, float *rows, int32_t n_rows, const vt_mf_solve *solve, const int64_t *ptr,
                       const int32_t *other, const float *value)
{
    size_t ld = w->model->r.f.ld;
#pragma omp parallel for schedule(dynamic, CHUNK_ROWS) num_threads(w->threads) if (w->threads > 1)
    for (int32_t r = 0; r < n_rows; r++) {
        size_t n = (size_t)(ptr[r + 1] - ptr[r]);
        float *copy = w->scratch + (size_t)omp_get_thread_num() * w->scratch_floats;
        if (n > 0) {
            memcpy(copy, value + ptr[r], n * sizeof *copy);
            vt_mf_solve_row(rows + (size_t)r * ld, solve, other + ptr[r], copy, n, ld, copy + vt_pad(n));
        }
    }
}

/* The users of the model out of its items, as folding in does for those who come later. */
static int solve_users(void *context, vt_error *err)
{
    const work *w = context;
    const vt_mf *m = w->model;
    vt_mf_solve solve = {m->r.f.items,     m->r.f.d,     m->r.f.d + 1, m->reg_user,
                         m->reg_user_bias, m->frequency, m->r.scale[0]};
    (void)err;
    solve_side(w, m->r.f.users, m->r.f.n_users, &solve, w->user_ptr, w->item_of, w->by_user);
    return VT_OK;
}

enum { ALS_ITEMS, ALS_USERS, ALS_PARTS };

/* One side, solved against the other; with the users, the mean squared error, as that of one. */
static void run_side(void *context, size_t part, int epoch, double *sum, size_t *n)
{
    work *w = context;
    const vt_mf *m = w->model;
    const vt_factors *f = &m->r.f;
    const vt_kernels *kernels = vt_kernels_best();
    (void)epoch;
    if (part == ALS_ITEMS) {
        vt_mf_solve items = {f->users,     f->d + 1,     f->d, w->value[VT_MF_REG_ITEM], w->value[VT_MF_REG_ITEM_BIAS],
                             m->frequency, m->r.scale[0]};
        solve_side(w, f->items, f->n_items, &items, w->item_ptr, w->user_of, w->by_item);
        return;
    }
    solve_users(w, NULL);
#pragma omp parallel for schedule(static) num_threads(w->threads) if (w->threads > 1)
    for (int32_t u = 0; u < f->n_users; u++) {
        double square = 0.0;
        for (int64_t e = w->user_ptr[u]; e < w->user_ptr[u + 1]; e++) {
            float product = 0.0F;
            kernels->dots(&product, f->items + (size_t)w->item_of[e] * f->ld, 1, f->users + (size_t)u * f->ld, f->ld);
            double error = (double)w->by_user[e] - m->r.scale[0] - (double)product;
            square += error * error;
        }
        w->squares[u] = square;
    }
    for (int32_t u = 0; u < f->n_users; u++) {
        *sum += w->squares[u] / (double)w->user_ptr[f->n_users];
    }
    *n += 1;
}

static int start(work *w, vt_error *err)
{
    vt_rating_factors *r = &w->model->r;
    double stdev = w->value[VT_MF_STDEV];
    size_t users = (size_t)r->f.n_users, items = (size_t)r->f.n_items, d = r->f.d;
    int32_t *count = vt_alloc(users, sizeof *count, err);
    if (count == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t u = 0; u < users; u++) {
        count[u] = (int32_t)(w->user_ptr[u + 1] - w->user_ptr[u]);
    }
    vt_rating_factors_start(r->f.users, r, users, count, d + 1, stdev, w->fit->seed, "mf-start-users");
    vt_rating_factors_start(r->f.items, r, items, r->count, d, stdev, w->fit->seed, "mf-start-items");
    vt_free(count);
    return VT_OK;
}

static void work_done(work *w)
{
    vt_free(w->users);
    vt_free(w->rating);
    vt_free(w->shuffled);
    vt_free(w->block);
    vt_free(w->rates);
    vt_free(w->masks);
    vt_free(w->user_share);
    vt_free(w->item_share);
    vt_free(w->user_ptr);
    vt_free(w->item_ptr);
    vt_free(w->user_of);
    vt_free(w->item_of);
    vt_free(w->by_user);
    vt_free(w->by_item);
    vt_free(w->squares);
    vt_free(w->scratch);
}

static void share_out(float *share, const int64_t *ptr, size_t n, double frequency)
{
    for (size_t r = 0; r < n; r++) {
        share[r] = (float)pow(fmax((double)(ptr[r + 1] - ptr[r]), 1.0), -frequency);
    }
}

/* What descent needs beside the ratings by side. */
static int descent_init(work *w, const vt_pair_set *set, vt_error *err)
{
    const vt_factors *f = &w->model->r.f;
    size_t users = (size_t)f->n_users, items = (size_t)f->n_items;
    w->users = vt_alloc_aligned(users, f->ld * sizeof *w->users, err);
    w->rates = w->users == NULL ? NULL : vt_alloc_aligned(4 * f->ld, sizeof *w->rates, err);
    w->user_share = w->rates == NULL ? NULL : vt_alloc(users, sizeof *w->user_share, err);
    w->item_share = w->user_share == NULL ? NULL : vt_alloc(items, sizeof *w->item_share, err);
    w->masks = w->item_share == NULL ? NULL : vt_alloc_aligned((size_t)w->threads * f->ld, sizeof *w->masks, err);
    if (w->masks == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memcpy(w->users, f->users, users * f->ld * sizeof *w->users);
    share_out(w->user_share, w->user_ptr, users, w->model->frequency);
    share_out(w->item_share, w->item_ptr, items, w->model->frequency);
    return make_blocks(w, set, err);
}

int vt_mf_fit(vt_mf *m, const vt_fit *fit, const vt_pair_set *set, vt_error *err)
{
    const double *value = fit->params->value;
    const vt_factors *f = &m->r.f;
    bool als = (int)value[VT_MF_OPTIMISER] == VT_MF_ALS;
    work w = {.model = m, .fit = fit, .value = value, .threads = vt_rating_threads(fit, set->n_rated)};
    vt_rating_factors_count(&m->r, set);
    int status = make_sides(&w, set, err);
    if (status == VT_OK) {
        status = start(&w, err);
    }
    if (status == VT_OK && !als) {
        status = descent_init(&w, set, err);
    }
    if (status == VT_OK) {
        const vt_train_array arrays[] = {
            {"users", VT_F32, als ? f->users : w.users, (size_t)f->n_users * f->ld, true},
            {"items", VT_F32, f->items, (size_t)f->n_items * f->ld, true},
        };
        const vt_rating_loop loop = {
            .array = arrays,
            .n_arrays = sizeof arrays / sizeof *arrays,
            .epochs = (int)value[VT_MF_EPOCHS],
            .patience = (int)value[VT_MF_PATIENCE],
            .parts = als ? ALS_PARTS : GRID,
            .order = als ? NULL : "mf-strata",
            .begin = als ? NULL : set_rates,
            .run = als ? run_side : run_stratum,
            .prepare = als ? NULL : solve_users,
            .work = &w,
        };
        status = vt_rating_train(&loop, fit, err);
    }
    work_done(&w);
    return status;
}
