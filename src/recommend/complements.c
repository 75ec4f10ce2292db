/*
 * Goes with it, or stands for it? Both are looked at together; only what goes with it is bought together. The lift of
 * a pair of items starts from that of their categories and leaves it as orders come in, so that an item with few sales
 * answers by its category.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "math/topk.h"
#include "recommend/answer.h"
#include "recommend/baskets.h"

#define PAIR_PRIOR 2.0      /* orders that the lift of the categories counts for */
#define CATEGORY_PRIOR 10.0 /* orders that no lift at all counts for, between categories */
#define INSTEAD_ALIKE 1.0   /* log units off for the same category, or for saying the same */
#define INSTEAD_VIEWED 0.5  /* for each log unit that the lift in visits is above that in orders */
#define SAYS_THE_SAME 0.6F  /* cosine of texts from which on two items say the same */

enum { FEW_ORDERS = 2, DAYS_MAX = 365 };

typedef struct complementing {
    vt_asking *a;
    vt_likeness likeness;
    vt_item_vectors *text;
    vt_shop_baskets baskets;
    vt_pair_counts items, categories, visits;
    int32_t item;
    int32_t *chosen;       /* (I) */
    vt_evidence *evidence; /* (I) */
    float *keys;           /* (I) what is ordered by, -INFINITY for what is not listed */
} complementing;

/* ---- counting ---------------------------------------------------------------------------------------------------- */

static int make_counts(vt_pair_counts *counts, size_t n, vt_error *err)
{
    counts->alone = vt_alloc_zero(n, sizeof *counts->alone, err);
    counts->together = vt_alloc_zero(n, sizeof *counts->together, err);
    return counts->alone == NULL || counts->together == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

static void counts_done(vt_pair_counts *counts)
{
    vt_free(counts->alone);
    vt_free(counts->together);
}

static int count_all(complementing *c, int32_t days, vt_error *err)
{
    const vt_catalogue *catalogue = c->a->catalogue;
    size_t n_items = (size_t)catalogue->n_items, n_categories = vt_map_count(catalogue->categories);
    int status = vt_shop_baskets_load(&c->baskets, c->a->store, &c->a->info.items, days, err);
    if (status == VT_OK) {
        status = make_counts(&c->items, n_items, err);
    }
    if (status == VT_OK) {
        status = make_counts(&c->visits, n_items, err);
    }
    if (status == VT_OK) {
        status = make_counts(&c->categories, n_categories, err);
    }
    if (status == VT_OK) {
        status = vt_baskets_count(&c->items, &c->baskets.bought, NULL, n_items, c->item, err);
    }
    if (status == VT_OK) {
        status = vt_baskets_count(&c->visits, &c->baskets.viewed, NULL, n_items, c->item, err);
    }
    int32_t category = catalogue->category[c->item];
    if (status == VT_OK && category >= 0) {
        status = vt_baskets_count(&c->categories, &c->baskets.bought, catalogue->category, n_categories, category, err);
    }
    return status;
}

/* ---- the statistic ----------------------------------------------------------------------------------------------- */

static double expected(const vt_pair_counts *counts, int32_t other)
{
    return counts->baskets == 0 ? 0
                                : (double)counts->with_item * (double)counts->alone[other] / (double)counts->baskets;
}

/* Observed over expected, both with `prior` more orders of the lift `from`. */
static double shrunk(const vt_pair_counts *counts, int32_t other, double prior, double from)
{
    return ((double)counts->together[other] + prior * from) / (expected(counts, other) + prior);
}

/* How far two items stand for each other, in log units. */
static double substitutes(const complementing *c, int32_t other, double lift)
{
    const int32_t *category = c->a->catalogue->category;
    double alike = category[c->item] >= 0 && category[c->item] == category[other];
    double viewed = log(shrunk(&c->visits, other, PAIR_PRIOR, 1)) - log(lift);
    if (alike == 0 && c->text != NULL && c->likeness.text.row[c->item] >= 0 && c->likeness.text.row[other] >= 0) {
        double cosine = (double)vt_like(&c->likeness, c->item, other);
        alike = fmax(0, cosine - (double)SAYS_THE_SAME) / (1 - (double)SAYS_THE_SAME);
    }
    return INSTEAD_ALIKE * alike + INSTEAD_VIEWED * (c->visits.together[other] > 0 ? fmax(0, viewed) : 0);
}

static void weigh(complementing *c, int32_t other)
{
    const int32_t *category = c->a->catalogue->category;
    vt_evidence *e = &c->evidence[other];
    bool known = category[c->item] >= 0 && category[other] >= 0 && category[c->item] != category[other];
    double of_categories = known ? shrunk(&c->categories, category[other], CATEGORY_PRIOR, 1) : 1;
    e->orders = c->items.alone[other];
    e->together = c->items.together[other];
    e->expected = expected(&c->items, other);
    e->lift = shrunk(&c->items, other, PAIR_PRIOR, of_categories);
    if (e->together == 0) { /* until one was to be expected by chance, nothing is read from there being none */
        e->lift = of_categories * PAIR_PRIOR / (fmax(0, e->expected - 1) + PAIR_PRIOR);
    }
    e->substitutes = substitutes(c, other, e->lift);
}

/* ---- the list ---------------------------------------------------------------------------------------------------- */

/* Takes what scores above 0; of those that are alike in it, the better sold. */
static void take(complementing *c)
{
    vt_asking *a = c->a;
    size_t n_items = (size_t)a->info.n_items;
    double most = 1;
    for (size_t i = 0; i < n_items; i++) {
        most = fmax(most, (double)c->evidence[i].orders);
    }
    for (size_t i = 0; i < n_items; i++) {
        const vt_evidence *e = &c->evidence[i];
        double score = log(e->lift) - e->substitutes;
        a->scores[i] = (float)score;
        c->keys[i] = a->allowed[i] && score > 1e-6 ? (float)(score + 1e-3 * (double)e->orders / most) : -INFINITY;
    }
    a->n_placed = vt_topk(c->keys, n_items, (size_t)a->request->n, c->chosen);
    for (size_t i = 0; i < a->n_placed; i++) {
        int32_t item = c->chosen[i];
        bool together = c->evidence[item].together > 0;
        a->placed[i] = (vt_placed){
            .item = item, .score = a->scores[item], .by = together ? VT_PLACED_BY_ORDERS : VT_PLACED_BY_CATEGORIES};
    }
}

static int prepare(complementing *c, vt_error *err)
{
    vt_asking *a = c->a;
    size_t n = (size_t)a->info.n_items;
    int status = vt_find_item(a->store, a->request->item, vt_shop_path(a->shop), err);
    if (status != VT_OK) {
        return status;
    }
    c->item = vt_ids_find(&a->info.items, vt_str_of(a->request->item));
    a->allowed[c->item] = 0;
    c->chosen = vt_alloc(n, sizeof *c->chosen, err);
    c->keys = vt_alloc_aligned(n, sizeof *c->keys, err);
    c->evidence = vt_alloc_zero(n, sizeof *c->evidence, err);
    if (c->chosen == NULL || c->keys == NULL || c->evidence == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_error none = VT_ERROR_INIT;
    status = vt_item_vectors_open(&c->text, vt_shop_path(a->shop), VT_ENCODER_TEXT, &none);
    if (status != VT_OK && status != VT_ERR_NOT_FOUND) {
        return vt_fail(err, none.code, "%s", none.message);
    }
    return vt_likeness_init(&c->likeness, a->catalogue, &a->info.items, c->text, NULL, err);
}

static int answer(vt_complements *out, complementing *c, vt_error *err)
{
    vt_asking *a = c->a;
    vt_complements found = {.orders = c->items.baskets, .with_item = c->items.with_item};
    if (c->items.with_item < FEW_ORDERS) {
        snprintf(a->degraded, sizeof a->degraded,
                 "item \"%s\" is in %lld orders of two items or more: its category speaks for it", a->request->item,
                 (long long)c->items.with_item);
    }
    int status = vt_asking_answer(&found.answer, a, err);
    if (status != VT_OK) {
        return status;
    }
    found.evidence = vt_arena_alloc(found.answer.storage, a->n_placed, sizeof *found.evidence, err);
    if (found.evidence == NULL) {
        vt_complements_done(&found);
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < a->n_placed; i++) {
        found.evidence[i] = c->evidence[a->placed[i].item];
    }
    *out = found;
    return VT_OK;
}

int vt_complement(vt_complements *out, vt_shop *shop, const vt_request *request, int32_t days, vt_error *err)
{
    vt_asking asking = {0};
    complementing c = {.a = &asking};
    if (request->item == NULL) {
        return vt_fail(err, VT_ERR_USAGE, "no item is named to find complements of; name one");
    }
    if (days < 0 || days > DAYS_MAX) {
        return vt_fail(err, VT_ERR_USAGE, "orders within %d days are not possible; give 0 to %d", (int)days, DAYS_MAX);
    }
    int status = vt_asking_begin(&asking, shop, NULL, request, err);
    if (status == VT_OK) {
        status = prepare(&c, err);
    }
    if (status == VT_OK) {
        status = count_all(&c, days, err);
    }
    if (status == VT_OK) {
        for (int32_t i = 0; i < asking.info.n_items; i++) {
            weigh(&c, i);
        }
        take(&c);
        status = answer(out, &c, err);
    }
    vt_likeness_done(&c.likeness);
    vt_item_vectors_free(c.text);
    vt_shop_baskets_done(&c.baskets);
    counts_done(&c.items);
    counts_done(&c.categories);
    counts_done(&c.visits);
    vt_free(c.chosen);
    vt_free(c.keys);
    vt_free(c.evidence);
    vt_asking_done(&asking);
    return status;
}

void vt_complements_done(vt_complements *complements)
{
    if (complements != NULL) {
        vt_answer_done(&complements->answer);
        *complements = (vt_complements){0};
    }
}
