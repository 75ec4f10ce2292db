/*
 * One order and the visits around it. The old recommender shows the category's bestsellers; in one session of five
 * their order is shuffled, so that the pull of a position can be told from that of a product.
 */
#include "synth/session.h"

#include <math.h>

#include "base/alloc.h"

enum { LOOKED_MAX = 4 };

static int add(synth_session *out, synth_event event, vt_error *err)
{
    int status = vt_alloc_next(&out->event, &out->capacity, out->n, sizeof *out->event, err);
    if (status == VT_OK) {
        out->event[out->n++] = event;
    }
    return status;
}

/* Shops sleep at night: the day's fraction runs from seven in the morning to eleven at night. */
static int64_t second_of(double day)
{
    double whole = floor(day);
    return SYNTH_FIRST_SECOND + (int64_t)(whole * 86400 + (7 + 16 * (day - whole)) * 3600);
}

static int show_bestsellers(synth_session *out, const synth_visit *visit, int category, int64_t time, bool browsing,
                            vt_rng *rng, vt_error *err)
{
    const synth_day *state = visit->state;
    const synth_truth *truth = &state->world->truth;
    int32_t list[SYNTH_BEST];
    int n = 0;
    while (n < SYNTH_BEST && state->best[category][n] >= 0) {
        list[n] = state->best[category][n];
        n++;
    }
    if (vt_rng_below(rng, 5) == 0) {
        for (int i = n - 1; i > 0; i--) {
            int j = (int)vt_rng_below(rng, (uint64_t)i + 1);
            int32_t swap = list[i];
            list[i] = list[j];
            list[j] = swap;
        }
    }
    int status = VT_OK;
    for (int slot = 0; slot < SYNTH_SLOTS && slot < n && status == VT_OK; slot++) {
        synth_event event = {.time = time,
                             .item = list[slot],
                             .slot = (uint8_t)(slot + 1),
                             .browsing = browsing,
                             .kind = VT_EVENT_IMPRESSION,
                             .unit_price = VT_NONE,
                             .discount = VT_NONE};
        status = add(out, event, err);
        double attraction = 0.6 / (1 + exp(0.5 - synth_match(visit, list[slot])));
        if (status == VT_OK && vt_rng_unit(rng) < truth->examination[slot] * attraction) {
            event.kind = VT_EVENT_CLICK;
            event.time = time + 5 + 3 * slot;
            status = add(out, event, err);
        }
    }
    return status;
}

static int look(synth_session *out, int32_t item, int64_t time, bool browsing, vt_event_kind kind, vt_error *err)
{
    return add(out,
               (synth_event){.time = time,
                             .item = item,
                             .kind = (uint8_t)kind,
                             .browsing = browsing,
                             .unit_price = VT_NONE,
                             .discount = VT_NONE},
               err);
}

/* Views of what was considered, with a cart now and then. */
static int look_around(synth_session *out, synth_visit *visit, int sub, int64_t time, bool browsing, vt_rng *rng,
                       vt_error *err)
{
    int looks = (int)vt_rng_below(rng, LOOKED_MAX);
    int status = VT_OK;
    for (int i = 0; i < looks && status == VT_OK; i++) {
        int32_t item = synth_choose_item(visit, sub, rng);
        if (item < 0) {
            break;
        }
        status = look(out, item, time + 20 * i, browsing, VT_EVENT_VIEW, err);
        if (status == VT_OK && vt_rng_below(rng, 7) == 0) {
            status = look(out, item, time + 20 * i + 9, browsing, VT_EVENT_CART, err);
        }
    }
    return status;
}

static int buy(synth_session *out, const synth_visit *visit, int32_t item, int64_t time, bool logged, vt_rng *rng,
               vt_error *err)
{
    const synth_day *state = visit->state;
    double match = synth_match(visit, item);
    int status = logged ? look(out, item, time, false, VT_EVENT_VIEW, err) : VT_OK;
    if (status == VT_OK && logged) {
        status = look(out, item, time + 15, false, VT_EVENT_CART, err);
    }
    int64_t discount = state->regular[item] - state->price[item];
    synth_event event = {.time = time + 120,
                         .item = item,
                         .kind = VT_EVENT_PURCHASE,
                         .quantity = 1,
                         .unit_price = state->regular[item],
                         .discount = discount,
                         .match = (float)match};
    if (status == VT_OK) {
        status = add(out, event, err);
    }
    /* What disappoints comes back. */
    double chance = state->world->truth.return_base * exp(-0.7 * match - state->world->items[item].quality);
    if (status == VT_OK && vt_rng_unit(rng) < chance) {
        event.kind = VT_EVENT_RETURN;
        event.time += (3 + (int64_t)vt_rng_below(rng, 18)) * 86400;
        if (event.time < SYNTH_FIRST_SECOND + (int64_t)SYNTH_DAYS * 86400) {
            status = add(out, event, err);
        }
    }
    return status;
}

/* Fills the basket up to the value that the customer has in mind; the last product is taken with the chance that keeps
 * the mean of the total right. */
static int fill_basket(synth_session *out, synth_visit *visit, int first_sub, double value, int64_t time, bool logged,
                       vt_rng *rng, vt_error *err)
{
    const synth_world *world = visit->state->world;
    int sub = first_sub;
    int32_t next = -1;
    int32_t line[SYNTH_LINES_MAX];
    int n = 0;
    int status = VT_OK;
    while (n < SYNTH_LINES_MAX && status == VT_OK) {
        int32_t item = next >= 0 ? next : synth_choose_item(visit, sub, rng);
        next = -1;
        for (int i = 0; i < n && item >= 0; i++) {
            item = line[i] == item ? -1 : item; /* two of one kind are not what this shop sells */
        }
        if (item < 0) {
            break;
        }
        double price = (double)visit->state->price[item];
        if (n > 0 && price > value && vt_rng_unit(rng) >= value / price) {
            break;
        }
        status = buy(out, visit, item, time + 60 * n, logged, rng, err);
        line[n++] = item;
        value -= price;
        if (value <= 0) {
            break;
        }
        int32_t partner = world->items[item].partner;
        if (partner >= 0 && !isinf(visit->state->base[partner]) && vt_rng_unit(rng) < world->truth.complement_rate) {
            next = partner;
        } else {
            sub = synth_choose_sub(visit, rng);
        }
    }
    return status;
}

int synth_simulate_order(synth_session *out, synth_visit *visit, const synth_day *state, const synth_order *order,
                         double logged_share, vt_error *err)
{
    const synth_world *world = state->world;
    const synth_customer *customer = &world->customers[order->customer];
    vt_rng rng = vt_rng_at(world->options.seed, "synth-session", (uint64_t)order->customer, (uint64_t)order->number);
    double value = vt_rng_gamma(&rng, world->truth.gg_p) / (world->truth.gg_p / customer->spend);
    bool logged = vt_rng_unit(&rng) < logged_share;
    visit->state = state;
    visit->customer = order->customer;
    visit->budget = value;
    visit->sub = -1;
    synth_taste_of(&visit->taste, world, order->customer, state->day);
    int sub = synth_choose_sub(visit, &rng);
    int64_t time = second_of(order->day);
    int status = VT_OK;
    if (logged && vt_rng_below(&rng, 5) < 3) { /* a visit on an earlier day, without an order */
        int64_t before = time - (1 + (int64_t)vt_rng_below(&rng, 5)) * 86400 + (int64_t)vt_rng_below(&rng, 3600);
        int other = vt_rng_below(&rng, 2) == 0 ? sub : synth_choose_sub(visit, &rng);
        if (before >= SYNTH_FIRST_SECOND) {
            status = show_bestsellers(out, visit, other / 5, before, true, &rng, err);
            if (status == VT_OK) {
                status = look_around(out, visit, other, before + 60, true, &rng, err);
            }
        }
    }
    if (logged && status == VT_OK) {
        status = show_bestsellers(out, visit, sub / 5, time, false, &rng, err);
        if (status == VT_OK) {
            status = look_around(out, visit, sub, time + 60, false, &rng, err);
        }
    }
    return status != VT_OK ? status : fill_basket(out, visit, sub, value, time + 200, logged, &rng, err);
}
