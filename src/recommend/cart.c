/*
 * What completes a cart: the complements of each of its items, all by one view of the shop, whose scores are summed, so
 * that what goes with several of them comes first. The evidence beside an item is that of the cart's item it goes with
 * best.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/map.h"
#include "recommend/complements.h"
#include "recommend/recommender.h"

enum { ITEMS_MAX = 50, CANDIDATES = 200 /* of each item of the cart */ };

typedef struct candidate {
    vt_recommendation row; /* of the complements that are named by `of` */
    vt_evidence evidence;
    double best, sum;
    size_t of; /* place in the cart */
} candidate;

typedef struct completing {
    vt_complements of[ITEMS_MAX];
    size_t n_of;
    candidate *candidates;
    size_t n, capacity;
    vt_map *places;
} completing;

static int add(completing *c, const vt_recommendation *row, const vt_evidence *evidence, size_t of, vt_error *err)
{
    int64_t place = (int64_t)c->n;
    if (!vt_map_get(c->places, vt_str_of(row->item), &place)) {
        if (c->n == c->capacity) {
            size_t capacity = 2 * c->capacity + CANDIDATES;
            candidate *grown = vt_realloc(c->candidates, capacity, sizeof *grown, err);
            if (grown == NULL) {
                return VT_ERR_NO_MEMORY;
            }
            c->candidates = grown;
            c->capacity = capacity;
        }
        int status = vt_map_set(c->places, vt_str_of(row->item), place, err);
        if (status != VT_OK) {
            return status;
        }
        c->candidates[c->n++] = (candidate){*row, *evidence, row->score, row->score, of};
        return VT_OK;
    }
    candidate *there = &c->candidates[place];
    there->sum += row->score;
    if (row->score > there->best) {
        double sum = there->sum;
        *there = (candidate){*row, *evidence, row->score, sum, of};
    }
    return VT_OK;
}

/* By score, then by id, so that the first of many are those of few. */
static int by_sum(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    if (x->sum != y->sum) {
        return x->sum > y->sum ? -1 : 1;
    }
    return strcmp(x->row.item, y->row.item);
}

static bool in_cart(const char *const *items, size_t n, const char *item)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(items[i], item) == 0) {
            return true;
        }
    }
    return false;
}

static int gather(completing *c, vt_recommender *recommender, vt_complement_base *base, const vt_request *request,
                  const char *const *items, size_t n, int32_t days, vt_error *err)
{
    int64_t now = request->now == VT_NONE ? vt_now() : request->now;
    for (size_t i = 0; i < n; i++) {
        vt_request each = *request;
        vt_error why = VT_ERROR_INIT;
        each.item = items[i];
        each.now = now;
        each.n = CANDIDATES;
        vt_complements *found = &c->of[c->n_of];
        int status = vt_complement_on(found, recommender, base, &each, days, &why);
        if (status == VT_ERR_NOT_FOUND && request->visitor) {
            continue;
        }
        if (status != VT_OK) {
            return vt_fail(err, why.code, "%s", why.message);
        }
        c->n_of++;
        for (size_t r = 0; r < found->answer.n && status == VT_OK; r++) {
            if (!in_cart(items, n, found->answer.items[r].item)) {
                status = add(c, &found->answer.items[r], &found->evidence[r], i, err);
            }
        }
        if (status != VT_OK) {
            return status;
        }
    }
    return VT_OK;
}

static const char *kept(vt_arena *arena, const char *text, int *status, vt_error *err)
{
    vt_str copy = vt_arena_str(arena, vt_str_of(text), err);
    *status = copy.ptr == NULL ? VT_ERR_NO_MEMORY : *status;
    return copy.ptr;
}

/* The first rows, with texts of their own. */
static int answer(vt_complements *out, const completing *c, const vt_request *request, vt_error *err)
{
    vt_complements made = {.orders = c->n_of > 0 ? c->of[0].orders : 0};
    size_t n = c->n < (size_t)request->n ? c->n : (size_t)request->n;
    int status = vt_arena_create(&made.answer.storage, 0, err);
    vt_arena *arena = made.answer.storage;
    if (status == VT_OK) {
        made.answer.items = vt_arena_alloc(arena, n, sizeof *made.answer.items, err);
        made.evidence = vt_arena_alloc(arena, n, sizeof *made.evidence, err);
        status = made.answer.items == NULL || made.evidence == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        const candidate *from = &c->candidates[i];
        vt_recommendation *row = &made.answer.items[i];
        *row = from->row;
        row->score = from->sum;
        row->item = kept(arena, row->item, &status, err);
        row->title = kept(arena, row->title, &status, err);
        row->category = kept(arena, row->category, &status, err);
        row->brand = kept(arena, row->brand, &status, err);
        row->rules = NULL;
        row->n_rules = 0;
        made.evidence[i] = from->evidence;
    }
    if (status != VT_OK) {
        vt_complements_done(&made);
        return status;
    }
    made.answer.n = n;
    made.answer.candidates = (int64_t)c->n;
    if (c->n_of > 0) {
        memcpy(made.answer.currency, c->of[0].answer.currency, sizeof made.answer.currency);
    }
    *out = made;
    return VT_OK;
}

int vt_complete_cart(vt_complements *out, vt_recommender *recommender, const vt_request *request,
                     const char *const *items, size_t n, int32_t days, vt_error *err)
{
    if (n < 1 || n > ITEMS_MAX) {
        return vt_fail(err, VT_ERR_USAGE, "a cart to complete has 1 to %d items", ITEMS_MAX);
    }
    completing *c = vt_alloc_zero(1, sizeof *c, err);
    int status = c == NULL ? VT_ERR_NO_MEMORY : vt_map_create(&c->places, CANDIDATES, err);
    if (status == VT_OK) {
        vt_complement_base base = {.serving = vt_recommender_take(recommender)};
        status = gather(c, recommender, &base, request, items, n, days, err);
        vt_complement_base_done(&base);
    }
    if (status == VT_OK) {
        if (c->n > 1) {
            qsort(c->candidates, c->n, sizeof *c->candidates, by_sum);
        }
        status = answer(out, c, request, err);
    }
    if (c != NULL) {
        for (size_t i = 0; i < c->n_of; i++) {
            vt_complements_done(&c->of[i]);
        }
        vt_map_free(c->places);
        vt_free(c->candidates);
        vt_free(c);
    }
    return status;
}
