/*
 * Goes with it, or stands for it? Both are looked at together; only what goes with it is bought together. The lift of
 * a pair of items starts from that of their categories and leaves it as orders come in, so that an item with few sales
 * answers by its category.
 */
#include "recommend/complements.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "math/topk.h"
#include "recommend/context.h"

#define PAIR_PRIOR 2.0      /* orders that the lift of the categories counts for */
#define CATEGORY_PRIOR 10.0 /* orders that no lift at all counts for, between categories */
#define INSTEAD_ALIKE 1.0   /* log units off for the same category, or for saying the same */
#define INSTEAD_VIEWED 0.5  /* for each log unit that the lift in visits is above that in orders */
#define SAYS_THE_SAME 0.6F  /* cosine of texts from which on two items say the same */

enum { FEW_ORDERS = 2, DAYS_MAX = 365, STALE_PART = 100 /* of the events may be missing */ };

typedef struct complementing {
    vt_context *c;
    vt_likeness likeness;
    vt_together *baskets; /* the base's */
    vt_pair_counts items, categories, visits;
    int32_t item;
    int32_t *chosen;       /* (I) */
    vt_evidence *evidence; /* (I) */
    float *keys;           /* (I) what is ordered by, -INFINITY for what is not listed */
} complementing;

/* ---- counting ---------------------------------------------------------------------------------------------------- */

/* What is together is counted anew when a hundredth part of the events has come since. */
static bool is_fresh(const vt_together *t, const vt_view *view, int32_t days)
{
    return t != NULL && t->generation == view->generation->number && t->days == days && t->n_items == view->n_items &&
           t->n_categories == view->n_categories && view->n_events - t->n_events <= view->n_events / STALE_PART;
}

static int take_together(vt_together **out, vt_recommender *r, const vt_view *view, int32_t days, vt_error *err)
{
    int status = VT_OK;
    pthread_mutex_lock(&r->comparing);
    if (!is_fresh(r->together, view, days)) {
        vt_together *made = NULL;
        status = vt_together_create(&made, view, days, err);
        if (status == VT_OK) {
            vt_together_release(r->together);
            r->together = made;
        }
    }
    *out = status == VT_OK ? vt_together_hold(r->together) : NULL;
    pthread_mutex_unlock(&r->comparing);
    return status;
}

static int count_all(complementing *c, vt_complement_base *base, int32_t days, vt_error *err)
{
    const vt_view *view = c->c->view;
    vt_arena *arena = c->c->scratch->arena;
    size_t n_items = (size_t)view->n_items;
    int status = base->baskets != NULL ? VT_OK : take_together(&base->baskets, c->c->recommender, view, days, err);
    int64_t *bought = vt_arena_alloc(arena, n_items, sizeof *bought, err);
    int64_t *viewed = vt_arena_alloc(arena, n_items, sizeof *viewed, err);
    if (status != VT_OK || bought == NULL || viewed == NULL) {
        return status != VT_OK ? status : VT_ERR_NO_MEMORY;
    }
    c->baskets = base->baskets;
    memset(bought, 0, n_items * sizeof *bought);
    memset(viewed, 0, n_items * sizeof *viewed);
    vt_baskets_count(&c->items, bought, &c->baskets->bought, c->item);
    vt_baskets_count(&c->visits, viewed, &c->baskets->viewed, c->item);
    int32_t category = c->baskets->category[c->item];
    return category < 0 ? VT_OK : vt_together_categories(&c->categories, c->baskets, category, err);
}

/* ---- the statistic ----------------------------------------------------------------------------------------------- */

/* By chance, of something that is in `alone` baskets. */
static double expected(const vt_pair_counts *counts, int64_t alone)
{
    return counts->baskets == 0 ? 0 : (double)counts->with_item * (double)alone / (double)counts->baskets;
}

/* Observed over expected, both with `prior` more orders of the lift `from`. */
static double shrunk(const vt_pair_counts *counts, int32_t other, int64_t alone, double prior, double from)
{
    return ((double)counts->together[other] + prior * from) / (expected(counts, alone) + prior);
}

/* How far two items stand for each other, in log units. */
static double substitutes(const complementing *c, int32_t other, double lift)
{
    const int32_t *category = c->baskets->category;
    const vt_like_rows *text = c->likeness.text;
    double alike = category[c->item] >= 0 && category[c->item] == category[other];
    int64_t alone = vt_baskets_of(&c->baskets->viewed, other);
    double viewed = log(shrunk(&c->visits, other, alone, PAIR_PRIOR, 1)) - log(lift);
    if (alike == 0 && text != NULL && text->row[c->item] >= 0 && text->row[other] >= 0) {
        double cosine = (double)vt_like(&c->likeness, other, c->item);
        alike = fmax(0, cosine - (double)SAYS_THE_SAME) / (1 - (double)SAYS_THE_SAME);
    }
    return INSTEAD_ALIKE * alike + INSTEAD_VIEWED * (c->visits.together[other] > 0 ? fmax(0, viewed) : 0);
}

static void weigh(complementing *c, int32_t other)
{
    const vt_together *b = c->baskets;
    const int32_t *category = b->category;
    vt_evidence *e = &c->evidence[other];
    bool known = category[c->item] >= 0 && category[other] >= 0 && category[c->item] != category[other];
    double of_categories = 1;
    if (known) {
        int64_t alone = b->of_category[category[other]];
        of_categories = shrunk(&c->categories, category[other], alone, CATEGORY_PRIOR, 1);
    }
    e->orders = vt_baskets_of(&b->bought, other);
    e->together = c->items.together[other];
    e->expected = expected(&c->items, e->orders);
    e->lift = shrunk(&c->items, other, e->orders, PAIR_PRIOR, of_categories);
    if (e->together == 0) { /* until one was to be expected by chance, nothing is read from there being none */
        e->lift = of_categories * PAIR_PRIOR / (fmax(0, e->expected - 1) + PAIR_PRIOR);
    }
    /* what is not bought together more often than by chance is not listed anyway, and needs no vector to be read */
    e->substitutes = e->lift > 1 ? substitutes(c, other, e->lift) : 0;
}

/* ---- the list ---------------------------------------------------------------------------------------------------- */

/* Takes what scores above 0; of those that are alike in it, the better sold. */
static void take(complementing *c)
{
    vt_context *a = c->c;
    size_t n_items = (size_t)a->view->n_items;
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
    vt_context *a = c->c;
    vt_arena *arena = a->scratch->arena;
    size_t n = (size_t)a->view->n_items;
    int status = vt_context_item(&c->item, a, a->request->item, err);
    if (status != VT_OK) {
        return status;
    }
    a->allowed[c->item] = 0;
    c->chosen = vt_arena_alloc(arena, n, sizeof *c->chosen, err);
    c->keys = vt_arena_alloc(arena, n, sizeof *c->keys, err);
    c->evidence = vt_arena_alloc(arena, n, sizeof *c->evidence, err);
    if (c->chosen == NULL || c->keys == NULL || c->evidence == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    c->likeness.view = a->view;
    c->likeness.cache = a->scratch->like;
    return vt_recommender_rows(&c->likeness.text, a->recommender, a->serving, VT_ENCODER_TEXT, err);
}

static int answer(vt_complements *out, complementing *c, vt_error *err)
{
    vt_context *a = c->c;
    vt_complements found = {.orders = c->items.baskets, .with_item = c->items.with_item};
    if (c->items.with_item < FEW_ORDERS) {
        snprintf(a->degraded, sizeof a->degraded,
                 "item \"%s\" is in %lld orders of two items or more: its category speaks for it", a->request->item,
                 (long long)c->items.with_item);
    }
    int status = vt_context_answer(&found.answer, a, err);
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

int vt_complement(vt_complements *out, vt_recommender *recommender, const vt_request *request, int32_t days,
                  vt_error *err)
{
    vt_complement_base base = {.serving = vt_recommender_take(recommender)};
    int status = vt_complement_on(out, recommender, &base, request, days, err);
    vt_complement_base_done(&base);
    return status;
}

void vt_complement_base_done(vt_complement_base *base)
{
    vt_together_release(base->baskets);
    vt_serving_release(base->serving);
    *base = (vt_complement_base){NULL, NULL};
}

int vt_complement_on(vt_complements *out, vt_recommender *recommender, vt_complement_base *base,
                     const vt_request *request, int32_t days, vt_error *err)
{
    vt_context context = {0};
    complementing c = {.c = &context};
    if (request->item == NULL) {
        return vt_fail(err, VT_ERR_USAGE, "no item is named to find complements of; name one");
    }
    if (days < 0 || days > DAYS_MAX) {
        return vt_fail(err, VT_ERR_USAGE, "orders within %d days are not possible; give 0 to %d", (int)days, DAYS_MAX);
    }
    int status = vt_context_begin_on(&context, recommender, base->serving, request, err);
    status = status != VT_OK ? status : prepare(&c, err);
    status = status != VT_OK ? status : count_all(&c, base, days, err);
    if (status == VT_OK) {
        for (int32_t i = 0; i < context.view->n_items; i++) {
            weigh(&c, i);
        }
        take(&c);
        status = answer(out, &c, err);
    }
    vt_context_done(&context);
    return status;
}

void vt_complements_done(vt_complements *complements)
{
    if (complements != NULL) {
        vt_answer_done(&complements->answer);
        *complements = (vt_complements){0};
    }
}
