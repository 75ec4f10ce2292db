/*
 * What a step of the fit looks at in a large shop. The softmax needs, for each query, the sum of exp(score) over all
 * items; here it is estimated from some of them by the rule of Horvitz and Thompson: an item that was there with chance
 * p counts 1 / p times, so on the mean the sum is that of all (sampled softmax with its correction for what was drawn,
 * Bengio and Senecal 2008). There are the items in the histories of the step's users, which the network needs anyway
 * and which favour what is popular, and a number of others, all with the same chance.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/fusion/fit.h"

enum { ITEMS_MANY = 200000, DRAWN = 10000 };

size_t vt_fusion_sampled(const vt_fusion *m, const vt_params *settings)
{
    size_t wanted = (size_t)settings->value[VT_FUSION_SAMPLED];
    wanted = wanted == 0 && m->n_known > ITEMS_MANY ? DRAWN : wanted;
    return wanted < m->n_known ? wanted : 0;
}

/* ---- workspace -------------------------------------------------------------------------------------------------- */

static int longest_first(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x < y) - (x > y);
}

/* The most items that the histories of one step hold together: the sum of the longest. O(U log U). */
static int most_of_users(size_t *most, const vt_fusion_work *w, vt_error *err)
{
    size_t n = (size_t)w->train.n_users;
    int64_t *length = vt_alloc(n, sizeof *length, err);
    if (length == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t u = 0; u < n; u++) {
        length[u] = w->event_ptr[u + 1] - w->event_ptr[u];
    }
    qsort(length, n, sizeof *length, longest_first);
    size_t batch = (size_t)w->fit->params->value[VT_FUSION_BATCH];
    for (size_t k = 0; k < n && k < batch; k++) {
        *most += (size_t)length[k];
    }
    vt_free(length);
    return VT_OK;
}

/* In how many histories an item is. */
static void count_users(vt_fusion_sample *s, const vt_fusion_work *w)
{
    int32_t *last = s->place; /* for now: who had it last */
    for (size_t i = 0; i < w->m->n_known; i++) {
        last[i] = -1;
    }
    for (int32_t u = 0; u < w->train.n_users; u++) {
        for (int64_t e = w->event_ptr[u]; e < w->event_ptr[u + 1]; e++) {
            int32_t item = w->event[e].item;
            s->users[item] += last[item] != u;
            last[item] = u;
        }
    }
    for (size_t i = 0; i < w->m->n_known; i++) {
        s->place[i] = -1;
    }
}

/* Room for what the items of a step are made of. */
static int make_items(vt_fusion_sample *s, const vt_fusion *m, vt_error *err)
{
    vt_fusion_items *items = &s->active.items;
    struct {
        void *array;
        size_t n, size;
    } wanted[] = {
        {&s->item, s->most, sizeof *s->item},
        {&s->log_weight, s->most, sizeof *s->log_weight},
        {&s->place, m->n_known, sizeof *s->place},
        {&s->by_chance, m->n_known, 1},
        {&s->users, m->n_known, sizeof *s->users},
        {&items->text, s->most * m->items.d_text, sizeof *items->text},
        {&items->image, s->most * m->items.d_image, sizeof *items->image},
        {&items->has, s->most * VT_MODALITIES, 1},
        {&items->brand, s->most, sizeof *items->brand},
        {&items->category, s->most, sizeof *items->category},
        {&items->token_ptr, s->most + 1, sizeof *items->token_ptr},
        {&s->words.ptr, s->most + 1, sizeof *s->words.ptr},
        {&s->looks.ptr, s->most + 1, sizeof *s->looks.ptr},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        void **at = wanted[i].array;
        *at = vt_alloc_zero(wanted[i].n, wanted[i].size, err);
        if (*at == NULL) {
            return VT_ERR_NO_MEMORY;
        }
    }
    return VT_OK;
}

/* What is the same for all items. */
static void take_sizes(vt_fusion_items *to, const vt_fusion_items *from)
{
    to->d_text = from->d_text;
    to->d_image = from->d_image;
    to->n_brands = from->n_brands;
    to->n_categories = from->n_categories;
    to->n_tokens = from->n_tokens;
}

int vt_fusion_sample_init(vt_fusion_work *w, vt_error *err)
{
    vt_fusion_sample *s = &w->sample;
    w->active = w->m;
    s->drawn = vt_fusion_sampled(w->m, w->fit->params);
    if (s->drawn == 0) {
        return VT_OK;
    }
    s->most = s->drawn;
    int status = most_of_users(&s->most, w, err);
    s->most = s->most < w->m->n_known ? s->most : w->m->n_known;
    s->active = *w->m;
    s->active.items = (vt_fusion_items){0};
    status = status == VT_OK ? make_items(s, w->m, err) : status;
    if (status == VT_OK) {
        count_users(s, w);
        take_sizes(&s->active.items, &w->m->items);
        s->active.n = s->active.n_known = s->most;
        w->active = &s->active;
    }
    return status;
}

void vt_fusion_sample_done(vt_fusion_sample *s)
{
    if (s->drawn == 0) {
        return;
    }
    vt_fusion_items *items = &s->active.items;
    void *arrays[] = {s->item,      s->log_weight,   s->place,       s->by_chance,    s->users,         items->text,
                      items->image, items->has,      items->brand,   items->category, items->token_ptr, items->token,
                      s->words.ptr, s->words.column, s->words.value, s->looks.ptr,    s->looks.column,  s->looks.value};
    for (size_t i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        vt_free(arrays[i]);
    }
}

/* ---- drawing ---------------------------------------------------------------------------------------------------- */

static void put(vt_fusion_sample *s, int32_t item)
{
    if (s->place[item] < 0) {
        s->place[item] = (int32_t)s->subset.n;
        s->item[s->subset.n++] = item;
    }
}

/* Which items there are: those of the users first. The others are drawn as Floyd has it: each set with one chance. */
static void choose(vt_fusion_sample *s, const vt_fusion_work *w, const vt_batch *batch, vt_rng *rng)
{
    size_t all = w->m->n_known;
    for (size_t i = 0; i < s->subset.n; i++) {
        s->place[s->item[i]] = -1;
    }
    s->subset = (vt_item_subset){0, s->item, all, s->place};
    for (size_t k = 0; k < batch->n; k++) {
        int32_t user = w->user[batch->example[k]];
        for (int64_t e = w->event_ptr[user]; e < w->event_ptr[user + 1]; e++) {
            put(s, w->event[e].item);
        }
    }
    s->of_users = s->subset.n;
    memset(s->by_chance, 0, all);
    for (size_t j = all - s->drawn; j < all; j++) {
        size_t at = (size_t)vt_rng_below(rng, j + 1);
        at = s->by_chance[at] ? j : at;
        s->by_chance[at] = 1;
        put(s, (int32_t)at);
    }
}

/* How many items each stands for, to a user of the step: the others of it are a draw of all others. */
static void weigh(vt_fusion_sample *s, const vt_fusion_work *w, size_t n)
{
    double others = (double)(w->n_users - 1), share = w->n_users > 1 ? (double)(n - 1) / others : 0.0;
    double missed = 1.0 - (double)s->drawn / (double)w->m->n_known; /* by chance */
    for (size_t i = 0; i < s->subset.n; i++) {
        double chance = 1.0 - missed * pow(1.0 - share, (double)s->users[s->item[i]]);
        s->log_weight[i] = (float)-log(chance);
    }
}

void vt_fusion_sample_log_weights(float *log_weight, const vt_fusion_work *w, int32_t user)
{
    memcpy(log_weight, w->sample.log_weight, w->sample.subset.n * sizeof *log_weight);
    for (int64_t e = w->event_ptr[user]; e < w->event_ptr[user + 1]; e++) {
        log_weight[w->sample.place[w->event[e].item]] = 0.0F; /* what this user had is there for certain */
    }
}

/* ---- what they are made of -------------------------------------------------------------------------------------- */

static int gather_tokens(vt_fusion_sample *s, const vt_fusion *m, vt_error *err)
{
    vt_fusion_items *to = &s->active.items;
    const vt_fusion_items *from = &m->items;
    int64_t n = 0;
    for (size_t i = 0; i < s->subset.n; i++) {
        to->token_ptr[i] = n;
        n += from->token_ptr[s->item[i] + 1] - from->token_ptr[s->item[i]];
    }
    to->token_ptr[s->subset.n] = n;
    int status = vt_alloc_grow(&to->token, &s->token_capacity, (size_t)n, sizeof *to->token, err);
    for (size_t i = 0; i < s->subset.n && status == VT_OK && n > 0; i++) {
        memcpy(to->token + to->token_ptr[i], from->token + from->token_ptr[s->item[i]],
               (size_t)(to->token_ptr[i + 1] - to->token_ptr[i]) * sizeof *to->token);
    }
    return status;
}

/* Neighbours within the step of what users had; nobody asks for those of others. */
static int gather_near(vt_csr *to, size_t capacity[2], const vt_csr *from, const vt_fusion_sample *s, vt_error *err)
{
    size_t most = 0;
    int64_t n = 0;
    for (size_t i = 0; i < s->of_users; i++) {
        most += (size_t)(from->ptr[s->item[i] + 1] - from->ptr[s->item[i]]);
    }
    int status = vt_alloc_grow(&to->column, &capacity[0], most, sizeof *to->column, err);
    if (status == VT_OK) {
        status = vt_alloc_grow(&to->value, &capacity[1], most, sizeof *to->value, err);
    }
    for (size_t i = 0; i < s->subset.n && status == VT_OK; i++) {
        to->ptr[i] = n;
        for (int64_t e = from->ptr[s->item[i]]; i < s->of_users && e < from->ptr[s->item[i] + 1]; e++) {
            int32_t at = s->place[from->column[e]];
            if (at >= 0 && from->value[e] > 0.0F) {
                to->column[n] = at;
                to->value[n++] = from->value[e];
            }
        }
    }
    to->ptr[s->subset.n] = n;
    to->n_rows = to->n_columns = (int32_t)s->subset.n;
    return status;
}

static void gather_items(vt_fusion_sample *s, const vt_fusion *m)
{
    vt_fusion_items *to = &s->active.items;
    const vt_fusion_items *from = &m->items;
    for (size_t i = 0; i < s->subset.n; i++) {
        size_t at = (size_t)s->item[i];
        memcpy(to->has + i * VT_MODALITIES, from->has + at * VT_MODALITIES, VT_MODALITIES);
        to->brand[i] = from->brand[at];
        to->category[i] = from->category[at];
        if (from->d_text > 0) {
            memcpy(to->text + i * from->d_text, from->text + at * from->d_text, from->d_text * sizeof *to->text);
        }
        if (from->d_image > 0) {
            memcpy(to->image + i * from->d_image, from->image + at * from->d_image, from->d_image * sizeof *to->image);
        }
    }
}

int vt_fusion_sample_draw(vt_fusion_work *w, const vt_batch *batch, vt_rng *rng, vt_error *err)
{
    vt_fusion_sample *s = &w->sample;
    vt_fusion_items items = s->active.items;
    choose(s, w, batch, rng);
    weigh(s, w, batch->n);
    s->active = *w->m;
    s->active.items = items;
    s->active.n = s->active.n_known = s->subset.n;
    s->active.subset = &s->subset;
    s->active.words = w->m->words == NULL ? NULL : &s->words;
    s->active.looks = w->m->looks == NULL ? NULL : &s->looks;
    w->active = &s->active;
    gather_items(s, w->m);
    int status = gather_tokens(s, w->m, err);
    if (status == VT_OK && w->m->words != NULL) {
        status = gather_near(&s->words, s->near_capacity[0], w->m->words, s, err);
    }
    if (status == VT_OK && w->m->looks != NULL) {
        status = gather_near(&s->looks, s->near_capacity[1], w->m->looks, s, err);
    }
    return status;
}
