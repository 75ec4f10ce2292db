/*
 * Makes a large shop quickly, for measurements where size matters and truth does not: items with titles, categories,
 * prices and costs, users, and visits of users and guests with views, carts, orders of several lines, returns and
 * ratings over two years, in the order of time. The same arguments give the same rows.
 *
 *     bench_shop DIR ITEMS USERS EVENTS [SEED]
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/number.h"
#include "base/rng.h"
#include "store/store.h"

enum { GUEST_PERCENT = 15, LINES_MAX = 5, CATEGORIES = 60, BRANDS = 200, BEGIN = 1600000000, SPAN = 730 * 86400 };

typedef struct making {
    vt_store *store;
    vt_rng rng;
    int64_t items, users, events; /* wanted */
    int64_t made;
    int64_t visits, orders;
    vt_error *err;
} making;

/* 0 to n - 1, small numbers more often: log-uniform ranks, as sales have them. */
static int64_t tail(vt_rng *rng, int64_t n)
{
    int64_t rank = (int64_t)(exp(vt_rng_unit(rng) * log((double)n + 1)) - 1);
    return rank < n ? rank : n - 1;
}

static int64_t price_of(int64_t item)
{
    return 199 + item * 7919 % 20000;
}

static int put_items(making *m)
{
    static const char *const words[] = {"green",  "tea", "soap", "cotton", "shirt",
                                        "kettle", "oil", "lamp", "travel", "set"};
    int status = VT_OK;
    for (int64_t i = 0; i < m->items && status == VT_OK; i++) {
        char id[32], title[96], category[48], brand[32], attributes[64];
        vt_put done;
        vt_item item;
        vt_item_init(&item);
        snprintf(id, sizeof id, "item-%07" PRId64, i);
        snprintf(title, sizeof title, "%s %s %s no. %" PRId64, words[i % 10], words[i / 10 % 10], words[i / 100 % 10],
                 i);
        snprintf(category, sizeof category, "department %d > shelf %d", (int)(i % 7), (int)(i % CATEGORIES));
        snprintf(brand, sizeof brand, "brand %d", (int)(i * 31 % BRANDS));
        snprintf(attributes, sizeof attributes, "{\"colour\": %d, \"size\": %d}", (int)(i % 12), (int)(i % 5));
        item.id = vt_str_of(id);
        item.title = vt_str_of(title);
        item.category = vt_str_of(category);
        item.brand = vt_str_of(brand);
        item.attributes = vt_str_of(attributes);
        item.price = price_of(i);
        item.cost = item.price * 6 / 10;
        item.stock = i % 500;
        item.available_from = BEGIN;
        item.as_of = BEGIN;
        status = vt_store_put_item(m->store, &item, &done, m->err);
    }
    return status;
}

static int put_users(making *m)
{
    static const char *const bands[] = {"18-24", "25-34", "35-44", "45-54", "55+"};
    int status = VT_OK;
    for (int64_t u = 0; u < m->users && status == VT_OK; u++) {
        char id[32], region[32];
        vt_put done;
        vt_user user;
        vt_user_init(&user);
        snprintf(id, sizeof id, "user-%07" PRId64, u);
        snprintf(region, sizeof region, "region %d", (int)(u % 16));
        user.id = vt_str_of(id);
        user.age_band = vt_str_of(bands[u % 5]);
        user.region = vt_str_of(region);
        user.tier = vt_str_of(u % 20 == 0 ? "premium" : "basic");
        status = vt_store_put_user(m->store, &user, &done, m->err);
    }
    return status;
}

/* One event of a visit; `visit` has what all of its events share. */
static int put_event(making *m, const vt_event *visit, int64_t item, vt_event_kind kind, int64_t time)
{
    char id[32], name[32];
    vt_put done;
    vt_event event = *visit;
    snprintf(id, sizeof id, "e%" PRId64, m->made);
    snprintf(name, sizeof name, "item-%07" PRId64, item);
    event.id = vt_str_of(id);
    event.item = vt_str_of(name);
    event.kind = kind;
    event.time = time;
    if (kind == VT_EVENT_PURCHASE || kind == VT_EVENT_RETURN) {
        event.quantity = 1 + (int64_t)vt_rng_below(&m->rng, 3);
        event.unit_price = price_of(item);
        event.discount = vt_rng_below(&m->rng, 4) == 0 ? event.unit_price / 10 : 0;
    } else {
        event.order_id = event.line = (vt_str){NULL, 0};
    }
    event.value = kind == VT_EVENT_RATING ? (double)(1 + vt_rng_below(&m->rng, 5)) : (double)NAN;
    int status = vt_store_put_event(m->store, &event, &done, m->err);
    m->made += status == VT_OK;
    return status;
}

/* Views, some carts, and in one of four visits an order. */
static int put_visit(making *m, int64_t time)
{
    char user[32], session[48], order[32], number[16];
    vt_event visit;
    vt_event_init(&visit);
    snprintf(session, sizeof session, "%016" PRIx64 "-%08" PRIx64, vt_rng_u64(&m->rng), (uint64_t)m->visits++);
    visit.session = vt_str_of(session);
    if (vt_rng_below(&m->rng, 100) >= GUEST_PERCENT) {
        int64_t u = vt_rng_below(&m->rng, 2) == 0 ? tail(&m->rng, m->users)
                                                  : (int64_t)vt_rng_below(&m->rng, (uint64_t)m->users);
        snprintf(user, sizeof user, "user-%07" PRId64, u);
        visit.user = vt_str_of(user);
    }
    int status = VT_OK;
    int64_t item = 0;
    for (uint64_t views = 1 + vt_rng_below(&m->rng, 6); views > 0 && status == VT_OK; views--) {
        item = tail(&m->rng, m->items);
        status = put_event(m, &visit, item, VT_EVENT_VIEW, time += (int64_t)vt_rng_below(&m->rng, 90));
        if (status == VT_OK && vt_rng_below(&m->rng, 4) == 0) {
            status = put_event(m, &visit, item, VT_EVENT_CART, time);
        }
    }
    if (status != VT_OK || vt_rng_below(&m->rng, 4) != 0) {
        return status;
    }
    snprintf(order, sizeof order, "A-%09" PRId64, ++m->orders);
    visit.order_id = vt_str_of(order);
    int64_t lines = 1 + (int64_t)vt_rng_below(&m->rng, LINES_MAX);
    for (int64_t l = 0; l < lines && status == VT_OK; l++) {
        item = l == 0 ? item : tail(&m->rng, m->items);
        snprintf(number, sizeof number, "%d", (int)l + 1);
        visit.line = vt_str_of(number);
        status = put_event(m, &visit, item, VT_EVENT_PURCHASE, time);
        if (status == VT_OK && vt_rng_below(&m->rng, 20) == 0) {
            status = put_event(m, &visit, item, VT_EVENT_RETURN, time + 5 * 86400);
        }
        if (status == VT_OK && visit.user.ptr != NULL && vt_rng_below(&m->rng, 5) == 0) {
            status = put_event(m, &visit, item, VT_EVENT_RATING, time + 9 * 86400);
        }
    }
    return status;
}

static int fill(making *m)
{
    int status = vt_store_begin(m->store, NULL, NULL, NULL, m->err);
    status = status != VT_OK ? status : vt_store_set(m->store, "currency", "EUR", m->err);
    status = status != VT_OK ? status : put_items(m);
    status = status != VT_OK ? status : put_users(m);
    while (status == VT_OK && m->made < m->events) {
        double done = (double)m->made / (double)m->events;
        status = put_visit(m, BEGIN + (int64_t)(done * SPAN));
    }
    return status != VT_OK ? status : vt_store_commit(m->store, 0, m->err);
}

int main(int argc, char **argv)
{
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = NULL;
    making m = {.err = &err};
    int64_t seed = 42;
    if (argc < 5 || argc > 6 || !vt_parse_int(&m.items, vt_str_of(argv[2])) ||
        !vt_parse_int(&m.users, vt_str_of(argv[3])) || !vt_parse_int(&m.events, vt_str_of(argv[4])) ||
        (argc == 6 && !vt_parse_int(&seed, vt_str_of(argv[5]))) || m.items < 1 || m.users < 1) {
        fprintf(stderr, "usage: bench_shop DIR ITEMS USERS EVENTS [SEED]\n");
        return 2;
    }
    m.rng = vt_rng_at((uint64_t)seed, "bench-shop", 0, 0);
    int status = vt_shop_open(&shop, argv[1], VT_SHOP_CREATE, &err);
    if (status == VT_OK) {
        m.store = vt_shop_store(shop);
        status = fill(&m);
    }
    vt_shop_close(shop);
    if (status != VT_OK) {
        fprintf(stderr, "bench_shop: %s\n", err.message);
        return 1;
    }
    printf("%" PRId64 " events, %" PRId64 " visits, %" PRId64 " orders\n", m.made, m.visits, m.orders);
    return 0;
}
