/* The two logits and the daily state they read. Within a day nobody sees what others do on the same day. */
#include "synth/choice.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"

int synth_day_init(synth_day *state, const synth_world *world, vt_error *err)
{
    size_t items = (size_t)world->n_items;
    size_t customers = (size_t)world->n_customers;
    *state = (synth_day){.world = world};
    state->base = vt_alloc(items, sizeof *state->base, err);
    state->price = vt_alloc(items, sizeof *state->price, err);
    state->regular = vt_alloc(items, sizeof *state->regular, err);
    state->recent = vt_alloc(customers * SYNTH_RECENT, sizeof *state->recent, err);
    state->recent_day = vt_alloc_zero(customers * SYNTH_RECENT, sizeof *state->recent_day, err);
    state->sold = vt_alloc_zero(items * 30, sizeof *state->sold, err);
    state->sold_30 = vt_alloc_zero(items, sizeof *state->sold_30, err);
    if (state->base == NULL || state->price == NULL || state->regular == NULL || state->recent == NULL ||
        state->recent_day == NULL || state->sold == NULL || state->sold_30 == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < customers * SYNTH_RECENT; i++) {
        state->recent[i] = -1;
    }
    return VT_OK;
}

void synth_day_done(synth_day *state)
{
    vt_free(state->base);
    vt_free(state->price);
    vt_free(state->regular);
    vt_free(state->recent);
    vt_free(state->recent_day);
    vt_free(state->sold);
    vt_free(state->sold_30);
    *state = (synth_day){0};
}

/* The best of a category by pieces sold; new shops show their first products. */
static void find_best(synth_day *state, int category)
{
    const synth_world *world = state->world;
    int32_t *best = state->best[category];
    int n = 0;
    for (int32_t i = world->sub_first[category * 5]; i < world->sub_first[category * 5 + 5]; i++) {
        if (isinf(state->base[i]) || (n == SYNTH_BEST && state->sold_30[i] <= state->sold_30[best[n - 1]])) {
            continue;
        }
        int at = n < SYNTH_BEST ? n++ : n - 1;
        for (; at > 0 && state->sold_30[best[at - 1]] < state->sold_30[i]; at--) {
            best[at] = best[at - 1];
        }
        best[at] = i;
    }
    for (; n < SYNTH_BEST; n++) {
        best[n] = -1;
    }
}

int synth_day_begin(synth_day *state, int day, vt_error *err)
{
    const synth_world *world = state->world;
    (void)err;
    state->day = day;
    uint32_t *today = state->sold + (size_t)(day % 30) * (size_t)world->n_items;
    for (int32_t i = 0; i < world->n_items; i++) {
        const synth_item *item = &world->items[i];
        state->sold_30[i] -= today[i];
        today[i] = 0;
        state->regular[i] = synth_regular_price(item, day);
        state->price[i] = synth_price(item, day);
        state->base[i] = -INFINITY;
        if (item->launch_day <= day) {
            double relative = (double)state->price[i] / (double)item->price;
            state->base[i] = (float)(synth_demand(world, i, day) - item->elasticity * log(relative));
        }
    }
    for (int category = 0; category < SYNTH_CATEGORIES; category++) {
        find_best(state, category);
    }
    return VT_OK;
}

void synth_day_bought(synth_day *state, int32_t customer, int32_t item, bool here)
{
    int32_t *recent = state->recent + (size_t)customer * SYNTH_RECENT;
    int16_t *when = state->recent_day + (size_t)customer * SYNTH_RECENT;
    memmove(recent + 1, recent, (SYNTH_RECENT - 1) * sizeof *recent);
    memmove(when + 1, when, (SYNTH_RECENT - 1) * sizeof *when);
    recent[0] = item;
    when[0] = (int16_t)state->day;
    if (here) {
        state->sold[(size_t)(state->day % 30) * (size_t)state->world->n_items + (size_t)item]++;
        state->sold_30[item]++;
    }
}

/* Calls for each product that a friend bought in the last thirty days. */
static void each_friend_buy(const synth_visit *visit, double *by_sub, double *weight, int sub)
{
    const synth_day *state = visit->state;
    const synth_world *world = state->world;
    const synth_customer *c = &world->customers[visit->customer];
    double boost = world->truth.friend_boost;
    for (int f = 0; f < c->n_friends; f++) {
        size_t at = (size_t)c->friends[f] * SYNTH_RECENT;
        for (size_t i = at; i < at + SYNTH_RECENT; i++) {
            int32_t item = state->recent[i];
            if (item < 0 || state->day - state->recent_day[i] > 30) {
                continue;
            }
            if (by_sub != NULL) {
                by_sub[world->items[item].sub] += boost / 2;
            } else if (world->items[item].sub == sub) {
                weight[item - world->sub_first[sub]] += boost;
            }
        }
    }
}

static int draw_cumulative(const double *cumulative, int n, vt_rng *rng)
{
    double at = vt_rng_unit(rng) * cumulative[n - 1];
    int low = 0;
    int high = n - 1;
    while (low < high) {
        int middle = (low + high) / 2;
        if (cumulative[middle] > at) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

int synth_choose_sub(const synth_visit *visit, vt_rng *rng)
{
    const synth_truth *truth = &visit->state->world->truth;
    double scale = truth->taste_deviation * sqrt(truth->share_category);
    double utility[SYNTH_SUBS];
    double budget = log(visit->budget / 100);
    for (int sub = 0; sub < SYNTH_SUBS; sub++) {
        int category = sub / 5;
        utility[sub] = log(synth_categories[category].taste_share) + synth_season(category, visit->state->day) +
                       scale * (0.8 * visit->taste.category[category] + 0.6 * visit->taste.sub[sub]);
        double above = log(synth_subs[sub].price) - budget;
        utility[sub] -= above > 0 ? truth->budget_penalty * above * above : 0;
    }
    each_friend_buy(visit, utility, NULL, -1);
    double sum = 0;
    for (int sub = 0; sub < SYNTH_SUBS; sub++) {
        sum += exp(utility[sub]);
        utility[sub] = sum;
    }
    return draw_cumulative(utility, SYNTH_SUBS, rng);
}

double synth_match(const synth_visit *visit, int32_t index)
{
    const synth_truth *truth = &visit->state->world->truth;
    const synth_item *item = &visit->state->world->items[index];
    const synth_taste *t = &visit->taste;
    return sqrt(truth->share_category) * (0.8 * t->category[item->sub / 5] + 0.6 * t->sub[item->sub]) +
           sqrt(truth->share_brand) * t->brand[item->brand] +
           sqrt(truth->share_words / 2) * (t->material[item->sub][item->material] + t->use[item->sub][item->use]) +
           sqrt(truth->share_look / 2) * (t->colour[item->colour] + t->pattern[item->pattern]);
}

/* Cumulative weights of the products of a sub-category for this visitor. */
static void weigh(synth_visit *visit, int sub)
{
    const synth_day *state = visit->state;
    const synth_world *world = state->world;
    const synth_truth *truth = &world->truth;
    const synth_taste *t = &visit->taste;
    double brand = truth->taste_deviation * sqrt(truth->share_brand);
    double words = truth->taste_deviation * sqrt(truth->share_words / 2);
    double look = truth->taste_deviation * sqrt(truth->share_look / 2);
    int32_t first = world->sub_first[sub];
    int32_t n = world->sub_first[sub + 1] - first;
    for (int32_t i = 0; i < n; i++) {
        const synth_item *item = &world->items[first + i];
        double above = log((double)item->price / visit->budget);
        visit->weight[i] = (double)state->base[first + i] + brand * (double)t->brand[item->brand] +
                           words * (double)(t->material[sub][item->material] + t->use[sub][item->use]) +
                           look * (double)(t->colour[item->colour] + t->pattern[item->pattern]) -
                           (above > 0 ? truth->budget_penalty * above * above : 0);
    }
    each_friend_buy(visit, NULL, visit->weight, sub);
    for (int r = 0; r < SYNTH_RECENT; r++) {
        int32_t own = state->recent[(size_t)visit->customer * SYNTH_RECENT + (size_t)r];
        if (own >= 0 && world->items[own].sub == sub) {
            visit->weight[own - first] -= truth->repeat_penalty;
        }
    }
    double sum = 0;
    for (int32_t i = 0; i < n; i++) {
        sum += exp(visit->weight[i]);
        visit->weight[i] = sum;
    }
    visit->sub = sub;
}

int32_t synth_choose_item(synth_visit *visit, int sub, vt_rng *rng)
{
    const synth_world *world = visit->state->world;
    int32_t n = world->sub_first[sub + 1] - world->sub_first[sub];
    if (visit->sub != sub) {
        weigh(visit, sub);
    }
    if (n == 0 || !(visit->weight[n - 1] > 0)) {
        return -1;
    }
    return world->sub_first[sub] + draw_cumulative(visit->weight, n, rng);
}
