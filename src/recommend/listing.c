/*
 * Scores have no common scale, so rules act on the relevance: 0 for the candidate in place VT_DIVERSITY_POOL by score
 * (or the last, when there are fewer), 1 for the first. Places are given one after the other: whoever asks for fewer
 * gets the first ones.
 */
#include <math.h>
#include <string.h>

#include "math/kernels.h"
#include "math/topk.h"
#include "recommend/diversity.h"
#include "recommend/pipeline.h"

#define LIKE_FROM 0.4F /* likeness to what is disliked counts above this */

enum { FEWER_LOOKED_AT = 2000, TASTE = 20, DAY = 86400 };

typedef struct placing {
    const vt_pipeline *p;
    const vt_listing *listing;
    vt_placed *out;
    size_t n;
    bool plain; /* no rule acts: the best scores are the list */
    vt_placed_by by;
    const float *scores;   /* (I) of this turn */
    float *key;            /* (I) score, then relevance with the rules' changes; -INFINITY out of this turn */
    float *change;         /* (I) */
    uint8_t *fewer;        /* (I) 1 where a dislike has lowered the item */
    uint8_t *taken;        /* (I) also what is pinned to a place that is yet to come */
    uint8_t *pinned;       /* (n_pins) 1 where the pin is over: its item has its place, or cannot have one */
    int32_t *order;        /* (I) by key */
    size_t n_order, first; /* those before `first` are taken */
    int32_t *fresh;        /* (I) new items that the model has no score for, by likeness to the history */
    float *fresh_score;    /* (I) */
    size_t n_fresh;
    int32_t *of_brand, *of_category; /* items listed by number */
    vt_diversity diversity;
} placing;

static bool rules_act(const vt_pipeline *p, const vt_listing *l)
{
    const vt_rules *r = p->rules;
    return r->brand_cap > 0 || r->category_cap > 0 || p->factor != NULL || p->n_pins > 0 || r->diversity > 0 ||
           r->calibration > 0 || r->explore > 0 || (l->n_disliked > 0 && r->fewer_like > 0);
}

/* Pinned items wait for their places; of two pins of an item the first counts. */
static int reserve_pins(placing *s, vt_error *err)
{
    const vt_pipeline *p = s->p;
    s->pinned = vt_arena_alloc(s->listing->scratch, p->n_pins, sizeof *s->pinned, err);
    if (s->pinned == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < p->n_pins; i++) {
        int32_t item = p->pins[i]->item;
        s->pinned[i] = !s->listing->allowed[item] || s->taken[item];
        s->taken[item] = s->taken[item] || !s->pinned[i];
    }
    return VT_OK;
}

static int placing_init(placing *s, vt_error *err)
{
    const vt_rules *r = s->p->rules;
    size_t n = (size_t)s->p->view->n_items;
    vt_arena *scratch = s->listing->scratch;
    s->plain = !rules_act(s->p, s->listing);
    s->key = vt_arena_alloc(scratch, n, sizeof *s->key, err);
    s->order = vt_arena_alloc(scratch, s->plain ? s->listing->n : n, sizeof *s->order, err);
    if (s->key == NULL || s->order == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    if (s->plain) {
        return VT_OK;
    }
    s->taken = vt_arena_alloc(scratch, n, sizeof *s->taken, err);
    s->change = vt_arena_alloc(scratch, n, sizeof *s->change, err);
    s->fewer = vt_arena_alloc(scratch, n, sizeof *s->fewer, err);
    s->of_brand = vt_arena_alloc(scratch, s->p->n_brands, sizeof *s->of_brand, err);
    s->of_category = vt_arena_alloc(scratch, s->p->n_categories, sizeof *s->of_category, err);
    if (s->taken == NULL || s->change == NULL || s->fewer == NULL || s->of_brand == NULL || s->of_category == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memset(s->taken, 0, n * sizeof *s->taken);
    memset(s->change, 0, n * sizeof *s->change);
    memset(s->fewer, 0, n * sizeof *s->fewer);
    memset(s->of_brand, 0, s->p->n_brands * sizeof *s->of_brand);
    memset(s->of_category, 0, s->p->n_categories * sizeof *s->of_category);
    int status = reserve_pins(s, err);
    return status != VT_OK ? status
                           : vt_diversity_init(&s->diversity, &s->p->likeness, r->diversity, r->calibration,
                                               s->listing->history, s->listing->n_history, s->listing->n, err);
}

/* New by age where it is known, or by sales. */
static bool is_new(const placing *s, int32_t item)
{
    const vt_rules *r = s->p->rules;
    int64_t from = vt_view_block(s->p->view, item)->available_from[item & VT_BLOCK_MASK];
    int64_t now = s->listing->now;
    bool young = from != VT_NONE && now != VT_NONE && from <= now && now - from < (int64_t)r->explore_days * DAY;
    return young || vt_pipeline_count(s->p, item) < r->explore_sales;
}

static bool capped(const placing *s, int32_t item)
{
    const vt_pipeline *p = s->p;
    return (p->brand != NULL && p->brand[item] >= 0 && s->of_brand[p->brand[item]] >= p->rules->brand_cap) ||
           (p->category != NULL && p->category[item] >= 0 &&
            s->of_category[p->category[item]] >= p->rules->category_cap);
}

/* ---- relevance --------------------------------------------------------------------------------------------------- */

static float highest_likeness(const placing *s, int32_t item, const int32_t *with, size_t n)
{
    float highest = 0;
    for (size_t i = 0; i < n; i++) {
        highest = fmaxf(highest, vt_like(&s->p->likeness, item, with[i]));
    }
    return highest;
}

/* Scores become relevances; boosts act where they are meant to: a factor above 1 never lowers. */
static void relevances(placing *s, size_t n)
{
    const vt_pipeline *p = s->p;
    size_t pool = vt_topk(s->key, n, VT_DIVERSITY_POOL, s->order);
    float top = pool > 0 ? s->key[s->order[0]] : 0;
    float least = pool > 0 ? s->key[s->order[pool - 1]] : 0;
    for (size_t i = 0; i < n; i++) {
        if (s->key[i] == -INFINITY) {
            continue;
        }
        float relevance = top > least ? (s->key[i] - least) / (top - least) : s->key[i] < least ? 0.0F : 1.0F;
        s->key[i] = relevance;
        if (p->factor != NULL) {
            s->key[i] = relevance > 0 ? relevance * p->factor[i] : relevance / p->factor[i];
            s->key[i] += p->addition[i];
        }
        s->change[i] = s->key[i] - relevance;
    }
}

/* What is like something disliked falls; only what could come into a list is compared. */
static void lower_disliked(placing *s, size_t n)
{
    const vt_listing *l = s->listing;
    float strength = (float)s->p->rules->fewer_like;
    if (l->n_disliked == 0 || strength <= 0) {
        return;
    }
    size_t looked_at = vt_topk(s->key, n, FEWER_LOOKED_AT, s->order);
    for (size_t i = 0; i < looked_at; i++) {
        int32_t item = s->order[i];
        float like = highest_likeness(s, item, l->disliked, l->n_disliked);
        if (like > LIKE_FROM) {
            float fall = strength * (like - LIKE_FROM) / (1 - LIKE_FROM);
            s->key[item] -= fall;
            s->change[item] -= fall;
            s->fewer[item] = 1;
        }
    }
}

/* ---- places ------------------------------------------------------------------------------------------------------ */

/* Where an item stands by score alone; what the model has no score for stands behind all others. */
static int32_t rank_of(const placing *s, int32_t item, vt_placed_by by)
{
    const vt_listing *l = s->listing;
    int32_t rank = 1;
    for (int32_t i = 0; i < s->p->view->n_items; i++) {
        bool scored = l->scores != NULL && l->scores[i] > -INFINITY;
        if (!l->allowed[i] || i == item) {
            continue;
        }
        if (by == VT_PLACED_BY_MODEL) {
            rank += scored && (l->scores[i] > l->scores[item] || (l->scores[i] == l->scores[item] && i < item));
        } else {
            int64_t other = vt_pipeline_count(s->p, i), own = vt_pipeline_count(s->p, item);
            rank += scored || other > own || (other == own && i < item);
        }
    }
    return rank;
}

static void take(placing *s, int32_t item, float score, vt_placed_by by, int changed)
{
    const vt_pipeline *p = s->p;
    vt_placed *row = &s->out[s->n++];
    *row = (vt_placed){.item = item, .score = score, .by = by};
    if (s->plain) {
        return;
    }
    s->taken[item] = 1;
    bool fixed = by == VT_PLACED_BY_LIKENESS || (changed & VT_CHANGED_PIN) != 0; /* whatever it is worth */
    bool boosted = !fixed && p->factor != NULL && (p->factor[item] != 1 || p->addition[item] != 0);
    row->change = fixed ? 0 : s->change[item];
    row->rank = rank_of(s, item, by);
    row->changed =
        (uint8_t)(changed | (boosted ? VT_CHANGED_BOOST : 0) | (!fixed && s->fewer[item] ? VT_CHANGED_FEWER : 0));
    if (p->brand != NULL && p->brand[item] >= 0) {
        s->of_brand[p->brand[item]]++;
    }
    if (p->category != NULL && p->category[item] >= 0) {
        s->of_category[p->category[item]]++;
    }
    vt_diversity_choose(&s->diversity, item);
}

/* Gives the next place to what is pinned to it, or was to one above it (`late`: to any); false when nothing is. */
static bool take_pinned(placing *s, bool late)
{
    const vt_pipeline *p = s->p;
    for (size_t i = 0; i < p->n_pins && (late || (size_t)p->pins[i]->position <= s->n + 1); i++) {
        int32_t item = p->pins[i]->item;
        if (!s->pinned[i]) {
            bool scored = s->listing->scores != NULL && s->listing->scores[item] > -INFINITY;
            s->pinned[i] = 1;
            take(s, item, scored ? s->listing->scores[item] : (float)vt_pipeline_count(p, item),
                 scored ? VT_PLACED_BY_MODEL : VT_PLACED_BY_POPULARITY, VT_CHANGED_PIN);
            return true;
        }
    }
    return false;
}

/* The place in the order of what is worth most for the next place; n_order when there is nothing. */
static size_t pick(placing *s, bool exploring, bool *passed)
{
    size_t best = s->n_order, front = s->n_order, weighed = 0;
    double best_worth = 0;
    while (s->first < s->n_order && s->taken[s->order[s->first]]) {
        s->first++;
    }
    for (size_t at = s->first; at < s->n_order && weighed < VT_DIVERSITY_POOL; at++) {
        int32_t item = s->order[at];
        if (s->taken[item] || capped(s, item) || (exploring && !is_new(s, item))) {
            continue;
        }
        front = front == s->n_order ? at : front;
        if (!vt_diversity_acts(&s->diversity)) {
            best = at;
            break;
        }
        double worth = vt_diversity_worth(&s->diversity, at, item, (double)s->key[item]);
        if (best == s->n_order || worth > best_worth) {
            best = at;
            best_worth = worth;
        }
        weighed++;
    }
    *passed = best != front;
    return best;
}

/* New items without a score, by likeness to what the user had last. */
static int order_fresh(placing *s, vt_error *err)
{
    const vt_listing *l = s->listing;
    size_t n = (size_t)s->p->view->n_items;
    size_t n_taste = l->n_history < TASTE ? l->n_history : TASTE;
    s->fresh = vt_arena_alloc(l->scratch, n, sizeof *s->fresh, err);
    s->fresh_score = vt_arena_alloc(l->scratch, n, sizeof *s->fresh_score, err);
    if (s->fresh == NULL || s->fresh_score == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        bool asks = l->allowed[i] && l->scores[i] == -INFINITY && is_new(s, (int32_t)i);
        s->fresh_score[i] =
            asks ? highest_likeness(s, (int32_t)i, l->history + l->n_history - n_taste, n_taste) : -INFINITY;
    }
    s->n_fresh = vt_topk(s->fresh_score, n, n, s->fresh);
    return VT_OK;
}

/* A place for a new item that the model cannot score; false when there is none. */
static int explore_fresh(placing *s, bool *done, vt_error *err)
{
    int status = s->fresh == NULL ? order_fresh(s, err) : VT_OK;
    *done = false;
    for (size_t i = 0; status == VT_OK && i < s->n_fresh && !*done; i++) {
        int32_t item = s->fresh[i];
        if (!s->taken[item] && !capped(s, item)) {
            take(s, item, s->fresh_score[item], VT_PLACED_BY_LIKENESS, VT_CHANGED_EXPLORE);
            *done = true;
        }
    }
    return status;
}

/* True when the next place is one for new items: a share of all places, evenly. */
static bool explores(const placing *s)
{
    double share = s->p->rules->explore;
    double rounding = 1e-9; /* 0.1 * 10 is to be 1 */
    return floor(share * (double)(s->n + 1) + rounding) > floor(share * (double)s->n + rounding);
}

/* One place; `*done` false when this turn has nothing more. */
static int place(placing *s, bool *done, vt_error *err)
{
    *done = true;
    if (take_pinned(s, false)) {
        return VT_OK;
    }
    bool exploring = explores(s), passed = false;
    size_t at = exploring ? pick(s, true, &passed) : s->n_order;
    if (exploring && at == s->n_order && s->by == VT_PLACED_BY_MODEL) {
        int status = explore_fresh(s, done, err);
        if (status != VT_OK || *done) {
            return status;
        }
        *done = true;
    }
    int changed = at < s->n_order ? VT_CHANGED_EXPLORE : 0;
    at = at < s->n_order ? at : pick(s, false, &passed);
    if (at == s->n_order) {
        *done = false;
        return VT_OK;
    }
    int32_t item = s->order[at];
    take(s, item, s->scores[item], s->by, changed | (passed ? VT_CHANGED_DIVERSITY : 0));
    return VT_OK;
}

/* Gives places by one kind of scores. */
static int turn(placing *s, const float *scores, vt_placed_by by, vt_error *err)
{
    const vt_listing *l = s->listing;
    size_t n = (size_t)s->p->view->n_items;
    bool more = true;
    s->scores = scores;
    s->by = by;
    vt_kernels_best()->mask(s->key, scores, l->allowed, n);
    for (size_t i = 0; i < s->n; i++) {
        s->key[s->out[i].item] = -INFINITY; /* has its place */
    }
    for (size_t i = 0; i < s->p->n_pins; i++) {
        s->key[s->p->pins[i]->item] = -INFINITY; /* has one, or will have */
    }
    if (s->plain) {
        s->n_order = vt_topk(s->key, n, l->n - s->n, s->order);
        for (size_t i = 0; i < s->n_order; i++) {
            take(s, s->order[i], scores[s->order[i]], by, 0);
        }
        return VT_OK;
    }
    relevances(s, n);
    lower_disliked(s, n);
    s->n_order = vt_topk(s->key, n, n, s->order);
    s->first = 0;
    vt_diversity_begin(&s->diversity);
    int status = VT_OK;
    while (status == VT_OK && more && s->n < l->n) {
        status = place(s, &more, err);
    }
    return status;
}

/* The rest by what is bought most. */
static int fill(placing *s, vt_error *err)
{
    size_t n = (size_t)s->p->view->n_items;
    float *counts = vt_arena_alloc(s->listing->scratch, n, sizeof *counts, err);
    if (counts == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        counts[i] = (float)vt_pipeline_count(s->p, (int32_t)i);
    }
    return turn(s, counts, VT_PLACED_BY_POPULARITY, err);
}

int vt_pipeline_list(vt_placed *out, size_t *n, const vt_pipeline *p, const vt_listing *listing, vt_error *err)
{
    placing s = {.p = p, .listing = listing, .out = out};
    int status = placing_init(&s, err);
    if (status == VT_OK && listing->scores != NULL) {
        status = turn(&s, listing->scores, VT_PLACED_BY_MODEL, err);
    }
    if (status == VT_OK && s.n < listing->n) {
        status = fill(&s, err);
    }
    while (status == VT_OK && s.n < listing->n && take_pinned(&s, true)) {
        /* pinned to places that the list does not reach */
    }
    if (status == VT_OK) {
        *n = s.n;
    }
    vt_diversity_done(&s.diversity);
    return status;
}
