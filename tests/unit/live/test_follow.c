/* Any sequence of changes of the store, followed piece by piece, shows what a new snapshot shows. Seeds are printed. */
#include "live_shop.h"

#include "base/rng.h"

enum { SEEDS = 6, STEPS = 60 };

typedef struct workload {
    live_shop shop;
    vt_rng rng;
    int64_t clock;
} workload;

static int below(workload *p, int n)
{
    return (int)vt_rng_below(&p->rng, (uint64_t)n);
}

static const char *name(char out[16], const char *prefix, int n)
{
    snprintf(out, 16, "%s%d", prefix, n);
    return out;
}

/* An event of somebody on something, both maybe new, maybe a line of an order that is told again. */
static void put_random_event(workload *p, vt_store *store)
{
    char user[16], item[16], order[16], session[16], line[16], placement[16], model[16], request[16], id[16];
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    bool guest = below(p, 4) == 0, sale = below(p, 2) == 0;
    vt_event event = live_event(guest ? NULL : name(user, "u", below(p, 20)), name(item, "i", below(p, 25)),
                                sale ? VT_EVENT_PURCHASE : (vt_event_kind)below(p, VT_EVENT_KINDS), p->clock++);
    if (guest || below(p, 3) == 0) {
        event.session = vt_str_of(name(session, "s", below(p, 9)));
    }
    if (event.kind == VT_EVENT_RATING) {
        event.value = 1 + below(p, 5);
        event.title = vt_str_of(below(p, 2) == 0 ? "Good" : NULL);
    }
    if (event.kind == VT_EVENT_IMPRESSION || event.kind == VT_EVENT_CLICK) {
        event.placement = vt_str_of(below(p, 3) == 0 ? NULL : name(placement, "place", below(p, 3)));
        event.model = vt_str_of(below(p, 3) == 0 ? NULL : name(model, "model", below(p, 3)));
        event.request = vt_str_of(below(p, 3) == 0 ? NULL : name(request, "r", below(p, 30)));
    }
    if (event.kind == VT_EVENT_PURCHASE || event.kind == VT_EVENT_RETURN) {
        event.quantity = 1 + below(p, 3);
        event.unit_price = 100 * below(p, 50);
        event.discount = below(p, 2) == 0 ? VT_NONE : below(p, 99);
        if (below(p, 2) == 0) {
            event.order_id = vt_str_of(name(order, "o", below(p, 12)));
            event.line = vt_str_of(name(line, "", below(p, 3)));
            event.state = (vt_line_state)below(p, 3);
        }
    }
    if (event.order_id.ptr == NULL && below(p, 2) == 0) {
        event.id = vt_str_of(name(id, "e", below(p, 60)));
    }
    check_ok(vt_store_put_event(store, &event, &done, &err));
}

static void put_random_item(workload *p, vt_store *store)
{
    static const char *const categories[] = {NULL, "Tea", "Tea > Green", "Cups", "Cups > Blue", "Pots"};
    static const char *const free_ones[] = {"{}", "{\"colour\":\"red\"}", "{\"colour\":[\"red\",\"blue\"],\"cm\":9}",
                                            "{\"style\":\"old\",\"colour\":\"amber\"}"};
    char item[16];
    if (below(p, 2) == 0) {
        live_put_attributes(store, name(item, "i", below(p, 30)), free_ones[below(p, 4)]);
        return;
    }
    live_put_item(store, name(item, "i", below(p, 30)), categories[below(p, 6)],
                  below(p, 3) == 0 ? VT_NONE : below(p, 5000), below(p, 3) == 0 ? VT_NONE : below(p, 9));
}

static void put_random_user(workload *p, vt_store *store)
{
    static const char *const tiers[] = {NULL, "basic", "gold", "premium", "zinc"};
    static const char *const free_ones[] = {NULL, "{}", "{\"likes\":[\"tea\",\"cake\"]}", "{\"tier\":\"aaa\",\"n\":1}",
                                            "{\"likes\":\"tea\",\"zone\":true}"};
    char id[16];
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    vt_user user;
    vt_user_init(&user);
    user.id = vt_str_of(name(id, "u", below(p, 30)));
    user.region = vt_str_of(below(p, 2) == 0 ? "north" : "south");
    user.tier = vt_str_of(tiers[below(p, 5)]);
    user.attributes = vt_str_of(free_ones[below(p, 5)]);
    check_ok(vt_store_put_user(store, &user, &done, &err));
}

/* A guest logs in: what was done in a visit, or as a user of its own, is somebody's. */
static void merge_random(workload *p, vt_store *store)
{
    char from[16], into[16];
    vt_error err = VT_ERROR_INIT;
    bool visit = below(p, 2) == 0;
    vt_user_merge merge = {.into = vt_str_of(name(into, "u", below(p, 40)))};
    *(visit ? &merge.session : &merge.from) = vt_str_of(name(from, visit ? "s" : "u", below(p, visit ? 9 : 20)));
    int status = vt_store_merge_users(store, &merge, &err);
    assert_true(status == VT_OK || status == VT_ERR_NOT_FOUND || status == VT_ERR_USAGE);
}

/* An order is cancelled, returned or refunded, an event is taken back, or somebody wants to be forgotten. */
static void change_random(workload *p, vt_store *store)
{
    char name_of[16], line[16];
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    int status = VT_OK;
    if (below(p, 6) == 0) {
        status = vt_store_erase_user(store, vt_str_of(name(name_of, "u", below(p, 30))), &err);
    } else if (below(p, 3) == 0) {
        status = vt_store_remove_event(store, vt_str_of(name(name_of, "e", below(p, 60))), &err);
    } else {
        vt_str one = below(p, 2) == 0 ? (vt_str){NULL, 0} : vt_str_of(name(line, "", below(p, 3)));
        status = vt_store_set_order(store, vt_str_of(name(name_of, "o", below(p, 12))), one, (vt_line_state)below(p, 3),
                                    below(p, 2) == 0 ? VT_NONE : below(p, 500), &done, &err);
    }
    assert_true(status == VT_OK || status == VT_ERR_NOT_FOUND || status == VT_ERR_USAGE); /* the last in an import */
}

static void write_something(workload *p)
{
    vt_error err = VT_ERROR_INIT;
    vt_store *store = vt_shop_store(p->shop.shop);
    int64_t import = 0;
    bool imports = below(p, 3) == 0;
    check_ok(vt_store_begin(store, imports ? "csv" : NULL, "x", imports ? &import : NULL, &err));
    for (int n = below(p, 8); n >= 0; n--) {
        switch (below(p, 7)) {
        case 0:
            put_random_item(p, store);
            break;
        case 1:
            put_random_user(p, store);
            break;
        case 2:
            change_random(p, store);
            break;
        case 3:
            merge_random(p, store); /* refused in an import */
            break;
        default:
            put_random_event(p, store);
        }
    }
    check_ok(vt_store_commit(store, 0, &err));
    if (import != 0 && below(p, 4) == 0) {
        vt_import_report report;
        int status = vt_store_undo(store, import, &report, &err);
        assert_true(status == VT_OK || status == VT_ERR_NOT_FOUND); /* an import that changed nothing is none */
    }
}

static void follow(int64_t tail_max)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        vt_error err = VT_ERROR_INIT;
        workload p = {.rng = vt_rng_at(seed, "live-follow", 0, 0), .clock = 1000000};
        print_message("seed %llu\n", (unsigned long long)seed);
        live_shop_init(&p.shop);
        check_ok(live_open(&p.shop.live, &p.shop, tail_max, &err));
        for (int step = 0; step < STEPS; step++) {
            write_something(&p);
            if (below(&p, 3) > 0) {
                live_refresh(&p.shop);
                if (below(&p, 4) == 0) {
                    live_check(&p.shop);
                }
            }
        }
        live_refresh(&p.shop);
        live_check(&p.shop);
        live_shop_done(&p.shop);
    }
}

static void a_long_tail(void **state)
{
    (void)state;
    follow(0);
}

static void often_frozen(void **state)
{
    (void)state;
    follow(17);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_tail),
        cmocka_unit_test(often_frozen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
