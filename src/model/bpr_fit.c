/*
 * Bayesian personalised ranking (Rendle, Freudenthaler, Gantner, Schmidt-Thieme 2009): stochastic gradient descent on
 *     sum over users, chosen i, other j of -ln sigmoid(score(u, i) - score(u, j)) + L2 terms,   score = b_i + p_u.q_i
 *
 * Threads never write the same row (Gemulla and others 2011, DSGD): in each epoch users and items are dealt anew, by
 * chance, into `blocks` groups each, and an epoch is `blocks` rounds of as many strata (a group of users with a group
 * of items) that share neither users nor items. The other item of a step is drawn from the same group of items; as
 * groups are new in each epoch, any item meets any. The grid depends on the data alone and each stratum has its own
 * stream of chance, so bytes do not depend on the threads.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "math/kernels.h"
#include "model/bpr.h"
#include "model/matrix.h"

enum {
    ROWS_A_BLOCK = 128, /* users and items that a group has at least */
    PAIRS_A_ROW = 8,    /* with fewer, handing rows from one thread's cache to the other's costs what threads gain */
    BLOCKS_MAX = 16,
    STEPS_AT_ONCE = 256, /* drawn before the kernel is called */
    TRIES = 16,          /* for an item that the user did not choose */
    BITS_MAX = 1 << 28,  /* 32 MiB */
    BIAS_STEP = 16       /* a line of memory for each item, so that no two threads write the same */
};

typedef struct pair {
    int32_t user, item;
} pair;

typedef struct work {
    vt_bpr *model;
    const vt_fit *fit;
    const vt_bpr_rounds *rounds;
    const vt_kernels *kernels;
    vt_csr *chosen;       /* (U, I) */
    uint64_t *bits;       /* (U I) the same, a bit a cell, where that is little; else NULL */
    int32_t *user;        /* (n_users) with events, in the order dealt */
    int32_t *item;        /* (n_items) likewise */
    uint8_t *user_block;  /* (U) */
    uint8_t *item_block;  /* (I) */
    int32_t *count;       /* (I) users of each item */
    int32_t *pool;        /* what others are drawn from, by block of items */
    int64_t *pool_ptr;    /* (B + 1) */
    pair *pairs;          /* (N) by stratum */
    int64_t *stratum_ptr; /* (B B + 1) */
    float *bias;          /* (I, BIAS_STEP) the model's, in the first of each row, during a round */
    double *loss;         /* (B B) */
    int64_t *steps;       /* (B B) */
    int32_t n_users, n_items;
    int64_t n;
    size_t blocks; /* B */
    int threads;
    bool popular;
} work;

static void work_done(work *w)
{
    vt_csr_free(w->chosen);
    vt_free(w->bits);
    vt_free(w->user);
    vt_free(w->item);
    vt_free(w->user_block);
    vt_free(w->item_block);
    vt_free(w->count);
    vt_free(w->pool);
    vt_free(w->pool_ptr);
    vt_free(w->pairs);
    vt_free(w->stratum_ptr);
    vt_free(w->bias);
    vt_free(w->loss);
    vt_free(w->steps);
}

/* The pairs as bits, where these take little memory. */
static int mark_chosen(work *w, size_t users, size_t items, vt_error *err)
{
    if (users > BITS_MAX / items) {
        return VT_OK;
    }
    w->bits = vt_alloc_zero(users * items / 64 + 1, sizeof *w->bits, err);
    if (w->bits == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t u = 0; u < users; u++) {
        for (int64_t e = w->chosen->ptr[u]; e < w->chosen->ptr[u + 1]; e++) {
            size_t cell = u * items + (size_t)w->chosen->column[e];
            w->bits[cell / 64] |= (uint64_t)1 << (cell % 64);
        }
    }
    return VT_OK;
}

static int work_init(work *w, vt_bpr *model, const vt_fit *fit, const vt_bpr_rounds *rounds, vt_error *err)
{
    w->model = model;
    w->fit = fit;
    w->rounds = rounds;
    w->kernels = vt_kernels_best();
    w->popular = (int)fit->params->value[VT_BPR_NEGATIVES] == VT_BPR_POPULARITY;
    int status = vt_matrix_create(&w->chosen, NULL, fit->train, VT_ENTRY_ONE, err);
    if (status != VT_OK) {
        return status;
    }
    size_t users = (size_t)model->f.n_users, items = (size_t)model->f.n_items;
    w->n = w->chosen->ptr[users];
    w->user = vt_alloc(users, sizeof *w->user, err);
    w->item = w->user == NULL ? NULL : vt_alloc(items, sizeof *w->item, err);
    w->user_block = w->item == NULL ? NULL : vt_alloc_zero(users, 1, err);
    w->item_block = w->user_block == NULL ? NULL : vt_alloc_zero(items, 1, err);
    w->count = w->item_block == NULL ? NULL : vt_alloc_zero(items, sizeof *w->count, err);
    if (w->count == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int64_t e = 0; e < w->n; e++) {
        w->count[w->chosen->column[e]]++;
    }
    for (int32_t u = 0; u < model->f.n_users; u++) {
        w->user[w->n_users] = u;
        w->n_users += w->chosen->ptr[u + 1] > w->chosen->ptr[u];
    }
    for (int32_t i = 0; i < model->f.n_items; i++) {
        w->item[w->n_items] = i;
        w->n_items += w->count[i] > 0;
    }
    status = mark_chosen(w, users, items, err);
    if (status != VT_OK) {
        return status;
    }
    int32_t least = w->n_users < w->n_items ? w->n_users : w->n_items;
    w->blocks = least / ROWS_A_BLOCK < 1            ? 1
                : least / ROWS_A_BLOCK > BLOCKS_MAX ? BLOCKS_MAX
                                                    : (size_t)(least / ROWS_A_BLOCK);
    w->threads = w->n < PAIRS_A_ROW * ((int64_t)w->n_users + w->n_items) ? 1 : fit->threads;
    size_t strata = w->blocks * w->blocks;
    w->pool = vt_alloc(w->popular ? (size_t)w->n : (size_t)w->n_items, sizeof *w->pool, err);
    w->pool_ptr = w->pool == NULL ? NULL : vt_alloc(w->blocks + 1, sizeof *w->pool_ptr, err);
    w->pairs = w->pool_ptr == NULL ? NULL : vt_alloc((size_t)w->n, sizeof *w->pairs, err);
    w->stratum_ptr = w->pairs == NULL ? NULL : vt_alloc(strata + 2, sizeof *w->stratum_ptr, err);
    w->bias = w->stratum_ptr == NULL ? NULL : vt_alloc_aligned(items * BIAS_STEP, sizeof *w->bias, err);
    w->loss = w->bias == NULL ? NULL : vt_alloc(strata, sizeof *w->loss, err);
    w->steps = w->loss == NULL ? NULL : vt_alloc(strata, sizeof *w->steps, err);
    return w->steps == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* Users and items with events start by chance, all others stay zero. */
static void start(work *w)
{
    vt_bpr *m = w->model;
    size_t factors = (size_t)w->fit->params->value[VT_BPR_FACTORS];
    double deviation = w->fit->params->value[VT_BPR_STDEV] / sqrt((double)factors);
    for (int32_t at = 0; at < w->n_users; at++) {
        vt_rng rng = vt_rng_at(w->fit->seed, "bpr-user", (uint64_t)w->user[at], 0);
        for (size_t k = 0; k < factors; k++) {
            m->f.users[(size_t)w->user[at] * m->f.d + k] = (float)(deviation * vt_rng_normal(&rng));
        }
    }
    for (int32_t at = 0; at < w->n_items; at++) {
        vt_rng rng = vt_rng_at(w->fit->seed, "bpr-item", (uint64_t)w->item[at], 0);
        for (size_t k = 0; k < factors; k++) {
            m->f.items[(size_t)w->item[at] * m->f.d + k] = (float)(deviation * vt_rng_normal(&rng));
        }
    }
}

static void shuffle(int32_t *row, int32_t n, vt_rng *rng)
{
    for (int32_t i = n; i > 1; i--) {
        uint64_t j = vt_rng_below(rng, (uint64_t)i);
        int32_t other = row[j];
        row[j] = row[i - 1];
        row[i - 1] = other;
    }
}

/* Writes the block of each of `n` dealt rows. */
static void split_rows(uint8_t *block, const int32_t *row, int32_t n, size_t blocks)
{
    for (int32_t at = 0; at < n; at++) {
        block[row[at]] = (uint8_t)((size_t)at * blocks / (size_t)n);
    }
}

static void fill_pool(work *w)
{
    int64_t n = 0;
    size_t block = 0;
    w->pool_ptr[0] = 0;
    for (int32_t at = 0; at < w->n_items; at++) {
        int32_t item = w->item[at];
        for (; block < w->item_block[item]; block++) {
            w->pool_ptr[block + 1] = n;
        }
        for (int32_t c = w->popular ? w->count[item] : 1; c > 0; c--) {
            w->pool[n++] = item;
        }
    }
    for (; block < w->blocks; block++) {
        w->pool_ptr[block + 1] = n;
    }
}

/* Deals users and items into blocks, and the pairs into strata, for one epoch. Starts from ascending rows, so that the
 * deal depends on the epoch alone. */
static void deal(work *w, int epoch)
{
    vt_rng rng = vt_rng_at(w->fit->seed, "bpr-deal", (uint64_t)epoch, 0);
    int32_t n = 0;
    for (int32_t u = 0; u < w->model->f.n_users; u++) {
        if (w->chosen->ptr[u + 1] > w->chosen->ptr[u]) {
            w->user[n++] = u;
        }
    }
    n = 0;
    for (int32_t i = 0; i < w->model->f.n_items; i++) {
        if (w->count[i] > 0) {
            w->item[n++] = i;
        }
    }
    shuffle(w->user, w->n_users, &rng);
    shuffle(w->item, w->n_items, &rng);
    split_rows(w->user_block, w->user, w->n_users, w->blocks);
    split_rows(w->item_block, w->item, w->n_items, w->blocks);
    fill_pool(w);
    /* ptr[s + 1] first counts stratum s - 1, then is the place of the next pair of stratum s, one ahead. */
    size_t strata = w->blocks * w->blocks;
    int64_t *ptr = w->stratum_ptr;
    memset(ptr, 0, (strata + 2) * sizeof *ptr);
    for (int32_t u = 0; u < w->model->f.n_users; u++) {
        size_t first = w->user_block[u] * w->blocks + 2;
        for (int64_t e = w->chosen->ptr[u]; e < w->chosen->ptr[u + 1]; e++) {
            ptr[first + w->item_block[w->chosen->column[e]]]++;
        }
    }
    for (size_t s = 0; s < strata; s++) {
        ptr[s + 2] += ptr[s + 1];
    }
    for (int32_t u = 0; u < w->model->f.n_users; u++) {
        size_t first = w->user_block[u] * w->blocks + 1;
        for (int64_t e = w->chosen->ptr[u]; e < w->chosen->ptr[u + 1]; e++) {
            int32_t item = w->chosen->column[e];
            w->pairs[ptr[first + w->item_block[item]]++] = (pair){u, item};
        }
    }
}

static bool has(const work *w, int32_t user, int32_t item)
{
    if (w->bits != NULL) {
        size_t cell = (size_t)user * (size_t)w->model->f.n_items + (size_t)item;
        return (w->bits[cell / 64] >> (cell % 64) & 1) != 0;
    }
    const vt_csr *chosen = w->chosen;
    const int32_t *row = chosen->column + chosen->ptr[user];
    int64_t n = chosen->ptr[user + 1] - chosen->ptr[user];
    while (n > 1) {
        int64_t half = n / 2;
        row += row[half] <= item ? half : 0;
        n -= half;
    }
    return *row == item;
}

/* Asks for the bit of a cell ahead of its use: the whole table is larger than a near cache. */
static void fetch(const work *w, int32_t user, int32_t item)
{
    if (w->bits != NULL) {
        __builtin_prefetch(w->bits + ((size_t)user * (size_t)w->model->f.n_items + (size_t)item) / 64);
    }
}

/* What the steps of a stratum draw from: `left` pairs, and items beside them. */
typedef struct drawing {
    pair *pairs;
    size_t left;
    const int32_t *pool;
    uint64_t pool_n;
    vt_rng rng;
} drawing;

/* The next pairs in an order of chance, each with an item drawn beside it that the user may have chosen. */
static size_t draw_steps(const work *w, drawing *s, int32_t *user, int32_t *chosen, int32_t *other)
{
    size_t n = s->left < STEPS_AT_ONCE ? s->left : STEPS_AT_ONCE;
    for (size_t k = 0; k < n; k++) {
        size_t at = (size_t)vt_rng_below(&s->rng, s->left);
        pair p = s->pairs[at];
        s->pairs[at] = s->pairs[--s->left];
        user[k] = p.user;
        chosen[k] = p.item;
        other[k] = s->pool[vt_rng_below(&s->rng, s->pool_n)];
        fetch(w, user[k], other[k]);
    }
    return n;
}

/* Draws again where the user chose the other item; leaves out steps for which no other item was met, and gives how many
 * are left. */
static size_t keep_steps(const work *w, drawing *s, size_t n, int32_t *user, int32_t *chosen, int32_t *other)
{
    size_t kept = 0;
    for (size_t k = 0; k < n; k++) {
        int32_t item = other[k];
        bool found = !has(w, user[k], item);
        for (int t = 1; t < TRIES && !found; t++) {
            item = s->pool[vt_rng_below(&s->rng, s->pool_n)];
            found = !has(w, user[k], item);
        }
        user[kept] = user[k];
        chosen[kept] = chosen[k];
        other[kept] = item;
        kept += found;
    }
    return kept;
}

/* One stratum: its pairs in an order of chance, each with an item drawn beside it. */
static void run_stratum(const work *w, int epoch, size_t user_block, size_t item_block, float rate)
{
    const double *value = w->fit->params->value;
    size_t number = user_block * w->blocks + item_block;
    drawing s = {.pairs = w->pairs + w->stratum_ptr[number],
                 .left = (size_t)(w->stratum_ptr[number + 1] - w->stratum_ptr[number]),
                 .pool = w->pool + w->pool_ptr[item_block],
                 .pool_n = (uint64_t)(w->pool_ptr[item_block + 1] - w->pool_ptr[item_block]),
                 .rng = vt_rng_at(w->fit->seed, "bpr-stratum", (uint64_t)epoch, number)};
    int32_t user[STEPS_AT_ONCE], chosen[STEPS_AT_ONCE], other[STEPS_AT_ONCE];
    vt_pairs steps = {.users = w->model->f.users,
                      .items = w->model->f.items,
                      .bias = w->bias,
                      .bias_step = BIAS_STEP,
                      .gradient = w->rounds == NULL ? NULL : w->rounds->gradient,
                      .bias_gradient = w->rounds == NULL ? NULL : w->rounds->bias_gradient,
                      .d = w->model->f.d,
                      .learnt = w->model->learnt,
                      .user = user,
                      .chosen = chosen,
                      .other = other,
                      .rate = rate,
                      .l2_user = (float)value[VT_BPR_L2_USER],
                      .l2_chosen = (float)value[VT_BPR_L2_ITEM],
                      .l2_other = (float)value[VT_BPR_L2_NEGATIVE],
                      .l2_bias = (float)value[VT_BPR_L2_BIAS]};
    double loss = 0.0;
    int64_t done = 0;
    while (s.left > 0) {
        steps.n = keep_steps(w, &s, draw_steps(w, &s, user, chosen, other), user, chosen, other);
        loss += w->kernels->pairwise(&steps);
        done += (int64_t)steps.n;
    }
    w->loss[number] = loss;
    w->steps[number] = done;
}

static void spread_bias(const work *w)
{
    for (int32_t i = 0; i < w->model->f.n_items; i++) {
        w->bias[(size_t)i * BIAS_STEP] = w->model->bias[i];
    }
}

static void gather_bias(const work *w)
{
    for (int32_t i = 0; i < w->model->f.n_items; i++) {
        w->model->bias[i] = w->bias[(size_t)i * BIAS_STEP];
    }
}

static int run_epoch(void *context, vt_trainer *trainer, int epoch, double *loss, vt_error *err)
{
    work *w = context;
    float rate = w->model->rate * (float)pow(w->fit->params->value[VT_BPR_DECAY], (double)epoch);
    double sum = 0.0;
    int64_t steps = 0;
    deal(w, epoch);
    spread_bias(w);
    for (size_t round = 0; round < w->blocks; round++) {
        /* A thread keeps its users, and most of its items, from round to round: rows stay in the cache they are in. */
#pragma omp parallel for schedule(static) num_threads(w->threads) if (w->threads > 1)
        for (size_t b = 0; b < w->blocks; b++) {
            run_stratum(w, epoch, b, (b + round) % w->blocks, rate);
        }
        for (size_t b = 0; b < w->blocks; b++) {
            size_t stratum = b * w->blocks + (b + round) % w->blocks;
            sum += w->loss[stratum];
            steps += w->steps[stratum];
        }
        if (w->rounds != NULL) {
            gather_bias(w);
            w->rounds->after(w->rounds->context, (int64_t)epoch * (int64_t)w->blocks + (int64_t)round);
            spread_bias(w);
        }
        *loss = steps > 0 ? sum / (double)steps : 0.0;
        int status = vt_trainer_report(trainer, (double)(round + 1) / (double)w->blocks, *loss, err);
        if (status != VT_OK) {
            return status;
        }
    }
    gather_bias(w);
    return VT_OK;
}

static int prepare(void *context, vt_error *err)
{
    work *w = context;
    (void)err;
    if (w->rounds != NULL) {
        w->rounds->follow(w->rounds->context);
    }
    vt_bpr_find_known(w->model);
    return VT_OK;
}

int vt_bpr_train(vt_bpr *model, const vt_fit *fit, const vt_bpr_rounds *rounds, vt_error *err)
{
    enum { OWN = 3, ARRAYS = 8 };
    work w = {0};
    int status = work_init(&w, model, fit, rounds, err);
    if (status == VT_OK) {
        size_t users = (size_t)model->f.n_users, items = (size_t)model->f.n_items;
        vt_train_array array[ARRAYS] = {
            {"users.factors", VT_F32, model->f.users, users * model->f.d, true},
            {"items.factors", VT_F32, model->f.items, items * model->f.d, true},
            {"items.bias", VT_F32, model->bias, items, true},
        };
        size_t more = rounds == NULL ? 0 : rounds->n_arrays;
        if (more > 0) {
            memcpy(array + OWN, rounds->array, more * sizeof *array);
        }
        start(&w);
        vt_training training = {.array = array,
                                .n_arrays = OWN + more,
                                .epochs = (int)fit->params->value[VT_BPR_EPOCHS],
                                .patience = (int)fit->params->value[VT_BPR_PATIENCE],
                                .every = (int)fit->params->value[VT_BPR_EVERY],
                                .epoch = run_epoch,
                                .prepare = prepare,
                                .context = &w};
        status = vt_train(&training, fit, err);
    }
    work_done(&w);
    return status;
}
