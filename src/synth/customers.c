/*
 * Customers: who they are, what they like (an archetype's taste and their own), when they come, order and leave. Orders
 * follow BG/NBD (Fader, Hardie and Lee 2005): a Poisson process of rate lambda ~ Gamma(r, alpha) until, after a repeat
 * order, the customer leaves with chance p ~ Beta(a, b). Spend is gamma-gamma. Alpha is found so that the number of
 * orders comes out.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "base/rng.h"
#include "synth/world.h"

void synth_customer_id(char out[16], int32_t customer)
{
    snprintf(out, 16, "C%07d", customer + 1);
}

/* A standard normal number that belongs to a place: the same each time. */
static float normal_at(uint64_t seed, uint64_t who, uint64_t what)
{
    uint64_t word = vt_hash_mix(vt_hash_mix(seed, who), what);
    /* The sum of four uniform 16-bit numbers is close enough to normal for a taste, and cheap. */
    double sum = (double)(word & 0xFFFFU) + (double)(word >> 16 & 0xFFFFU) + (double)(word >> 32 & 0xFFFFU) +
                 (double)(word >> 48);
    return (float)((sum / 65536.0 - 2.0) * 1.7320508);
}

/* Fills all numbers of a taste; it is one block of floats. */
static void draw_taste(synth_taste *out, uint64_t seed, uint64_t who)
{
    float *number = (float *)(void *)out;
    for (size_t i = 0; i < sizeof *out / sizeof *number; i++) {
        number[i] = normal_at(seed, who, i);
    }
}

void synth_taste_of(synth_taste *out, const synth_world *world, int32_t index, int day)
{
    const synth_customer *customer = &world->customers[index];
    int archetype = day < customer->drift_day ? customer->archetype : customer->later_archetype;
    const float *common = (const float *)(const void *)&world->archetypes[archetype];
    float own_weight = (float)sqrt(world->truth.share_individual);
    float common_weight = (float)sqrt(1 - world->truth.share_individual);
    draw_taste(out, world->options.seed ^ 0x7a57e0U, (uint64_t)index + 1);
    float *number = (float *)(void *)out;
    for (size_t i = 0; i < sizeof *out / sizeof *number; i++) {
        number[i] = own_weight * number[i] + common_weight * common[i];
    }
}

static void draw_customer(synth_world *world, int32_t index)
{
    const synth_truth *truth = &world->truth;
    synth_customer *c = &world->customers[index];
    vt_rng rng = vt_rng_at(world->options.seed, "synth-customer", (uint64_t)index, 0);
    *c = (synth_customer){.drift_day = SYNTH_DAYS};
    c->archetype = (int)vt_rng_below(&rng, SYNTH_ARCHETYPES);
    c->later_archetype = c->archetype;
    if (vt_rng_unit(&rng) < truth->drift_share) {
        c->later_archetype = (c->archetype + 1 + (int)vt_rng_below(&rng, SYNTH_ARCHETYPES - 1)) % SYNTH_ARCHETYPES;
        c->drift_day = 180 + (int)vt_rng_below(&rng, 400);
    }
    /* A third was there on the first day; the others come evenly. */
    c->first_day = vt_rng_below(&rng, 3) == 0 ? 0 : (int)vt_rng_below(&rng, SYNTH_DAYS - 14);
    c->region = (int)vt_rng_below(&rng, SYNTH_REGIONS);
    /* The age band follows the archetype in two cases of three. */
    c->age = vt_rng_below(&rng, 3) > 0 ? c->archetype % SYNTH_AGES : (int)vt_rng_below(&rng, SYNTH_AGES);
    c->guest = vt_rng_unit(&rng) < truth->guest_share;
    c->rate = vt_rng_gamma(&rng, truth->bg_r); /* divided by alpha once that is known */
    double a = vt_rng_gamma(&rng, truth->bg_a);
    double b = vt_rng_gamma(&rng, truth->bg_b);
    c->dropout = a / (a + b);
    c->spend = truth->gg_p / (vt_rng_gamma(&rng, truth->gg_q) / truth->gg_v);
}

/* Friends are customers of the same archetype nearby; the link is mutual. */
static void draw_friends(synth_world *world, int32_t index)
{
    vt_rng rng = vt_rng_at(world->options.seed, "synth-friends", (uint64_t)index, 0);
    int tries = (int)vt_rng_below(&rng, 4) * 4;
    synth_customer *c = &world->customers[index];
    for (int i = 0; i < tries; i++) {
        int64_t other = index + 1 + (int64_t)vt_rng_below(&rng, 150);
        if (other >= world->n_customers) {
            continue;
        }
        synth_customer *f = &world->customers[other];
        bool known = false;
        for (int j = 0; j < c->n_friends; j++) {
            known = known || c->friends[j] == (int32_t)other;
        }
        bool alike = f->archetype == c->archetype || vt_rng_below(&rng, 12) == 0;
        if (alike && !known && c->n_friends < SYNTH_FRIENDS && f->n_friends < SYNTH_FRIENDS) {
            c->friends[c->n_friends++] = (int32_t)other;
            f->friends[f->n_friends++] = index;
        }
    }
}

int synth_customers(synth_world *world, vt_error *err)
{
    world->n_customers = (int32_t)world->options.users;
    world->customers = vt_alloc((size_t)world->n_customers, sizeof *world->customers, err);
    world->archetypes = vt_alloc(SYNTH_ARCHETYPES, sizeof *world->archetypes, err);
    if (world->customers == NULL || world->archetypes == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int i = 0; i < SYNTH_ARCHETYPES; i++) {
        draw_taste(&world->archetypes[i], world->options.seed ^ 0xa2c4e7U, (uint64_t)i + 1);
    }
    for (int32_t i = 0; i < world->n_customers; i++) {
        draw_customer(world, i);
    }
    for (int32_t i = 0; i < world->n_customers; i++) {
        draw_friends(world, i);
    }
    return VT_OK;
}

/* Draws one customer's orders with rates divided by alpha; stores them when `out` is given. Returns how many. */
static int64_t draw_orders(synth_world *world, int32_t index, double alpha, synth_order *out)
{
    synth_customer *c = &world->customers[index];
    vt_rng rng = vt_rng_at(world->options.seed, "synth-orders", (uint64_t)index, 0);
    double day = c->first_day + vt_rng_unit(&rng);
    int64_t count = 0;
    double death = SYNTH_DAYS;
    while (day < SYNTH_DAYS) {
        if (out != NULL) {
            out[count] = (synth_order){index, (int32_t)count, day};
        }
        count++;
        /* As in BG/NBD nobody leaves before the second order. */
        if (count > 1 && vt_rng_unit(&rng) < c->dropout) {
            death = day;
            break;
        }
        day += -log(1.0 - vt_rng_unit(&rng)) * alpha / c->rate;
    }
    if (out != NULL) {
        c->death = death;
        c->guest = c->guest && count > 1;
    }
    return count;
}

static int64_t count_orders(synth_world *world, double alpha)
{
    int64_t total = 0;
    for (int32_t i = 0; i < world->n_customers; i++) {
        total += draw_orders(world, i, alpha, NULL);
    }
    return total;
}

static int by_time(const void *a, const void *b)
{
    const synth_order *x = a;
    const synth_order *y = b;
    if (x->day != y->day) {
        return x->day < y->day ? -1 : 1;
    }
    return (x->customer > y->customer) - (x->customer < y->customer);
}

int synth_orders(synth_world *world, vt_error *err)
{
    /* More orders as alpha falls: bisect on its logarithm. Each customer's draws stay the same, so this is monotone but
     * for the customers who leave, which changes nothing. */
    double low = log(0.02);
    double high = log(1e7);
    for (int i = 0; i < 40; i++) {
        double middle = (low + high) / 2;
        if (count_orders(world, exp(middle)) > world->options.orders) {
            low = middle;
        } else {
            high = middle;
        }
    }
    world->alpha = exp(high);
    world->n_orders = count_orders(world, world->alpha);
    if (!world->orders_open && llabs(world->n_orders - world->options.orders) * 100 > world->options.orders + 100) {
        return vt_fail(err, VT_ERR_USAGE,
                       "%lld customers who come and leave as customers do make no %lld orders (nearest: %lld); change "
                       "--users or --orders",
                       (long long)world->n_customers, (long long)world->options.orders, (long long)world->n_orders);
    }
    world->orders = vt_alloc((size_t)world->n_orders, sizeof *world->orders, err);
    if (world->orders == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int64_t at = 0;
    double threshold = 0;
    for (int32_t i = 0; i < world->n_customers; i++) {
        at += draw_orders(world, i, world->alpha, world->orders + at);
        world->customers[i].rate /= world->alpha;
        threshold += world->customers[i].rate * world->customers[i].spend;
    }
    /* Premium is who is worth more than three times the mean: the shop's own tier. */
    threshold = 3 * threshold / world->n_customers;
    for (int32_t i = 0; i < world->n_customers; i++) {
        world->customers[i].premium = world->customers[i].rate * world->customers[i].spend > threshold;
    }
    qsort(world->orders, (size_t)world->n_orders, sizeof *world->orders, by_time);
    return VT_OK;
}
