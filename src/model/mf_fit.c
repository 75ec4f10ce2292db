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
#include "model/trainer.h"

/* Sides of the grid, ratings below which waking a second thread costs more than it helps, and rows a thread takes. */
enum { GRID = 8, ALONE = 4000, ROWS_AT_ONCE = 16 };

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
    float **scratch;              /* per thread */
} work;

/* Numbers of `n` rows in random order, modulo the side of the grid. */
static int draw_groups(uint8_t **out, size_t n, uint64_t seed, const char *purpose, vt_error *err)
{
    uint8_t *group = vt_alloc(n, 1, err);
    if (group == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_rng rng = vt_rng_at(seed, purpose, 0, 0);
    for (size_t i = 0; i < n; i++) {
        size_t j = (size_t)vt_rng_below(&rng, i + 1); /* inside-out shuffle of 0, 1, 2 ... modulo GRID */
        group[i] = group[j];
        group[j] = (uint8_t)(i % GRID);
    }
    *out = group;
    return VT_OK;
}

/* The ratings by block of the grid. */
static int make_blocks(work *w, const vt_pair_set *set, vt_error *err)
{
    const vt_mf *m = w->model;
    uint8_t *of_user = NULL, *of_item = NULL;
    int64_t at[GRID * GRID + 1] = {0};
    w->rating = vt_alloc((size_t)set->n_rated, sizeof *w->rating, err);
    w->shuffled = w->rating == NULL ? NULL : vt_alloc((size_t)set->n_rated, sizeof *w->shuffled, err);
    w->block = w->shuffled == NULL ? NULL : vt_alloc(GRID * GRID + 1, sizeof *w->block, err);
    int status =
        w->block == NULL ? VT_ERR_NO_MEMORY : draw_groups(&of_user, (size_t)m->n_users, w->fit->seed, "mf-users", err);
    if (status == VT_OK) {
        status = draw_groups(&of_item, (size_t)m->n_items, w->fit->seed, "mf-items", err);
    }
    for (int pass = 0; status == VT_OK && pass < 2; pass++) {
        for (int32_t u = 0; u < m->n_users; u++) {
            for (int64_t p = set->ptr[u]; p < set->ptr[u + 1]; p++) {
                const vt_pair *pair = &set->pair[p];
                if (isnan(pair->value)) {
                    continue;
                }
                int64_t *place = &at[of_user[u] * GRID + of_item[pair->item] + (pass == 0)];
                if (pass == 1) {
                    w->rating[*place] = (vt_rating){u, pair->item, (float)((double)pair->value - m->scale[0])};
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
    size_t ld = w->model->ld;
    float *x = w->users + (size_t)rating->user * ld, *y = w->model->items + (size_t)rating->item * ld;
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
        const vt_sides sides = {w->users, m->items, w->user_share, w->item_share};
        return vt_kernels_best()->sgd(&sides, to, n, w->rates, m->ld);
    }
    double sum = 0.0;
    for (size_t k = 0; k < m->ld; k++) {
        mask[k] = 1.0F;
    }
    for (size_t i = 0; i < n; i++) {
        draw_mask(mask, &rng, m->d, dropout);
        sum += step_masked(w, &to[i], mask);
    }
    return sum;
}

/* What a step takes off each number and what it adds; the lane that is 1 stands still. */
static void set_rates(work *w, int epoch)
{
    const vt_mf *m = w->model;
    double rate = w->value[VT_MF_RATE] * pow(w->value[VT_MF_DECAY], epoch);
    for (size_t k = 0; k < m->ld; k++) {
        bool factor = k < m->d;
        double user = factor ? w->value[VT_MF_REG_USER] : w->value[VT_MF_REG_USER_BIAS];
        double item = factor ? w->value[VT_MF_REG_ITEM] : w->value[VT_MF_REG_ITEM_BIAS];
        bool of_user = factor || k == m->d, of_item = factor || k == m->d + 1;
        w->rates[k] = of_user ? (float)(rate * user) : 0.0F;
        w->rates[m->ld + k] = of_user ? (float)rate : 0.0F;
        w->rates[2 * m->ld + k] = of_item ? (float)(rate * item) : 0.0F;
        w->rates[3 * m->ld + k] = of_item ? (float)rate : 0.0F;
    }
}

static int sgd_epoch(void *context, vt_trainer *trainer, int epoch, double *loss, vt_error *err)
{
    work *w = context;
    double sum[GRID], total = 0.0;
    size_t order[GRID], n = 0;
    vt_rng rng = vt_rng_at(w->fit->seed, "mf-strata", (uint64_t)epoch, 0);
    set_rates(w, epoch);
    for (size_t s = 0; s < GRID; s++) {
        size_t j = (size_t)vt_rng_below(&rng, s + 1);
        order[s] = order[j];
        order[j] = s;
    }
    for (size_t s = 0; s < GRID; s++) {
#pragma omp parallel for schedule(dynamic, 1) num_threads(w->threads) if (w->threads > 1)
        for (size_t b = 0; b < GRID; b++) {
            size_t block = b * GRID + (b + order[s]) % GRID;
            sum[b] = run_block(w, block, epoch, w->masks + (size_t)omp_get_thread_num() * w->model->ld);
        }
        for (size_t b = 0; b < GRID; b++) {
            size_t block = b * GRID + (b + order[s]) % GRID;
            total += sum[b];
            n += (size_t)(w->block[block + 1] - w->block[block]);
        }
        int status = vt_trainer_report(trainer, (double)(s + 1) / GRID, n == 0 ? 0.0 : total / (double)n, err);
        if (status != VT_OK) {
            return status;
        }
    }
    *loss = total / (double)n;
    return VT_OK;
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
    size_t n = (size_t)set->n_rated, users = (size_t)m->n_users, items = (size_t)m->n_items;
    w->user_ptr = vt_alloc_zero(users + 1, sizeof *w->user_ptr, err);
    w->item_ptr = w->user_ptr == NULL ? NULL : vt_alloc_zero(items + 2, sizeof *w->item_ptr, err);
    w->user_of = w->item_ptr == NULL ? NULL : vt_alloc(n, sizeof *w->user_of, err);
    w->item_of = w->user_of == NULL ? NULL : vt_alloc(n, sizeof *w->item_of, err);
    w->by_user = w->item_of == NULL ? NULL : vt_alloc(n, sizeof *w->by_user, err);
    w->by_item = w->by_user == NULL ? NULL : vt_alloc(n, sizeof *w->by_item, err);
    w->squares = w->by_item == NULL ? NULL : vt_alloc(users, sizeof *w->squares, err);
    w->scratch = w->squares == NULL ? NULL : vt_alloc_zero((size_t)w->threads, sizeof *w->scratch, err);
    if (w->scratch == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int64_t at = 0, longest = 0;
    for (size_t i = 0; i < items; i++) {
        w->item_ptr[i + 2] = w->item_ptr[i + 1] + m->count[i];
        longest = m->count[i] > longest ? m->count[i] : longest;
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
    for (int t = 0; t < w->threads; t++) {
        size_t floats = vt_mf_solve_scratch((size_t)longest, m->ld) + vt_pad((size_t)longest);
        w->scratch[t] = vt_alloc_aligned(floats, sizeof **w->scratch, err);
        if (w->scratch[t] == NULL) {
            return VT_ERR_NO_MEMORY;
        }
    }
    return VT_OK;
}

/* Solves every row of one side. */
static void solve_side(const work *w, float *rows, int32_t n_rows, const vt_mf_solve *solve, const int64_t *ptr,
                       const int32_t *other, const float *value)
{
    size_t ld = w->model->ld;
#pragma omp parallel for schedule(dynamic, ROWS_AT_ONCE) num_threads(w->threads) if (w->threads > 1)
    for (int32_t r = 0; r < n_rows; r++) {
        size_t n = (size_t)(ptr[r + 1] - ptr[r]);
        float *copy = w->scratch[omp_get_thread_num()];
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
    vt_mf_solve solve = {m->items, m->d, m->d + 1, m->reg_user, m->reg_user_bias, m->frequency, m->scale[0]};
    (void)err;
    solve_side(w, m->users, m->n_users, &solve, w->user_ptr, w->item_of, w->by_user);
    return VT_OK;
}

static int als_epoch(void *context, vt_trainer *trainer, int epoch, double *loss, vt_error *err)
{
    work *w = context;
    const vt_mf *m = w->model;
    const vt_kernels *kernels = vt_kernels_best();
    (void)epoch;
    vt_mf_solve items = {m->users,     m->d + 1,   m->d, w->value[VT_MF_REG_ITEM], w->value[VT_MF_REG_ITEM_BIAS],
                         m->frequency, m->scale[0]};
    solve_side(w, m->items, m->n_items, &items, w->item_ptr, w->user_of, w->by_item);
    int status = vt_trainer_report(trainer, 0.5, 0.0, err);
    if (status != VT_OK) {
        return status;
    }
    status = solve_users(w, err);
#pragma omp parallel for schedule(static) num_threads(w->threads) if (w->threads > 1)
    for (int32_t u = 0; u < m->n_users; u++) {
        double sum = 0.0;
        for (int64_t e = w->user_ptr[u]; e < w->user_ptr[u + 1]; e++) {
            float product = 0.0F;
            kernels->dots(&product, m->items + (size_t)w->item_of[e] * m->ld, 1, m->users + (size_t)u * m->ld, m->ld);
            double error = (double)w->by_user[e] - m->scale[0] - (double)product;
            sum += error * error;
        }
        w->squares[u] = sum;
    }
    *loss = 0.0;
    for (int32_t u = 0; u < m->n_users; u++) {
        *loss += w->squares[u] / (double)w->user_ptr[m->n_users];
    }
    return vt_trainer_report(trainer, 1.0, *loss, err);
}

/* Rows without ratings have no factors: they predict the mean and the other side's bias. */
static void start(float *rows, size_t n_rows, const int32_t *count, size_t one, const work *w, const char *purpose)
{
    const vt_mf *m = w->model;
    memset(rows, 0, n_rows * m->ld * sizeof *rows);
    for (size_t r = 0; r < n_rows; r++) {
        vt_rng rng = vt_rng_at(w->fit->seed, purpose, r, 0);
        for (size_t k = 0; k < m->d && count[r] > 0; k++) {
            rows[r * m->ld + k] = (float)(w->value[VT_MF_STDEV] * vt_rng_normal(&rng));
        }
        rows[r * m->ld + one] = 1.0F;
    }
}

static int start_all(work *w, const vt_pair_set *set, vt_error *err)
{
    vt_mf *m = w->model;
    int32_t *count = vt_alloc_zero((size_t)m->n_users, sizeof *count, err);
    if (count == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t u = 0; u < m->n_users; u++) {
        for (int64_t p = set->ptr[u]; p < set->ptr[u + 1]; p++) {
            count[u] += !isnan(set->pair[p].value);
            m->count[set->pair[p].item] += !isnan(set->pair[p].value);
        }
    }
    start(m->users, (size_t)m->n_users, count, m->d + 1, w, "mf-start-users");
    start(m->items, (size_t)m->n_items, m->count, m->d, w, "mf-start-items");
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
    for (int t = 0; w->scratch != NULL && t < w->threads; t++) {
        vt_free(w->scratch[t]);
    }
    vt_free(w->scratch);
}

static void share_out(float *share, const int64_t *ptr, size_t n, double frequency)
{
    for (size_t r = 0; r < n; r++) {
        share[r] = (float)pow(fmax((double)(ptr[r + 1] - ptr[r]), 1.0), -frequency);
    }
}

int vt_mf_fit(vt_mf *m, const vt_fit *fit, const vt_pair_set *set, vt_error *err)
{
    const double *value = fit->params->value;
    bool als = (int)value[VT_MF_OPTIMISER] == VT_MF_ALS;
    work w = {.model = m, .fit = fit, .value = value, .threads = set->n_rated > ALONE ? fit->threads : 1};
    m->scale[0] = set->mean;
    m->scale[1] = (double)set->low;
    m->scale[2] = (double)set->high;
    int status = start_all(&w, set, err);
    if (status == VT_OK) {
        status = make_sides(&w, set, err);
    }
    if (status == VT_OK && !als) {
        status = make_blocks(&w, set, err);
    }
    if (status == VT_OK && !als) {
        size_t users = (size_t)m->n_users;
        w.users = vt_alloc_aligned(users, m->ld * sizeof *w.users, err);
        w.rates = w.users == NULL ? NULL : vt_alloc_aligned(4 * m->ld, sizeof *w.rates, err);
        w.user_share = w.rates == NULL ? NULL : vt_alloc(users, sizeof *w.user_share, err);
        w.item_share = w.user_share == NULL ? NULL : vt_alloc((size_t)m->n_items, sizeof *w.item_share, err);
        w.masks = w.item_share == NULL ? NULL : vt_alloc_aligned((size_t)w.threads * m->ld, sizeof *w.masks, err);
        status = w.masks == NULL ? VT_ERR_NO_MEMORY : VT_OK;
        if (status == VT_OK) {
            memcpy(w.users, m->users, users * m->ld * sizeof *w.users);
            share_out(w.user_share, w.user_ptr, users, m->frequency);
            share_out(w.item_share, w.item_ptr, (size_t)m->n_items, m->frequency);
        }
    }
    if (status == VT_OK) {
        const vt_train_array arrays[] = {
            {"users", VT_F32, als ? m->users : w.users, (size_t)m->n_users * m->ld, true},
            {"items", VT_F32, m->items, (size_t)m->n_items * m->ld, true},
        };
        const vt_training training = {
            .state = m,
            .array = arrays,
            .n_arrays = sizeof arrays / sizeof *arrays,
            .epochs = (int)value[VT_MF_EPOCHS],
            .patience = (int)value[VT_MF_PATIENCE],
            .every = 1,
            .epoch = als ? als_epoch : sgd_epoch,
            .prepare = als ? NULL : solve_users,
            .context = &w,
        };
        status = vt_train(&training, fit, err);
    }
    work_done(&w);
    return status;
}
