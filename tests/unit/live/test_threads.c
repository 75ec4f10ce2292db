/* Four readers beside a writer: each view is one state of the shop, whatever is written and frozen meanwhile. */
#include "live_shop.h"

#include <pthread.h>
#include <stdatomic.h>

enum { READERS = 4, WRITES = 120 };

typedef struct reading {
    live_shop *shop;
    atomic_bool *stop;
    int64_t views;
    const char *wrong; /* NULL: nothing */
} reading;

/* The number at the end of an attribute, -1 without. */
static int64_t number_in(vt_str value)
{
    int64_t n = 0;
    for (size_t k = 0; k < value.len; k++) {
        n = n * 10 + (value.ptr[k] - '0');
    }
    return value.len == 0 ? -1 : n;
}

/* Every user has a level, the latest write's number is the level of the first one and the "lot" of cups. */
static const char *look_at_attributes(const vt_view *v, int32_t cup)
{
    vt_error err = VT_ERROR_INIT;
    vt_attribute_column levels;
    int64_t stock = vt_view_block(v, cup)->stock[cup & VT_BLOCK_MASK];
    if (vt_view_user_column(&levels, v, vt_str_of("level"), &err) != VT_OK) {
        return "no memory";
    }
    int32_t given = 0;
    for (int32_t u = 0; u < levels.n; u++) {
        given += levels.code[u] >= 0;
    }
    vt_attribute_column_done(&levels);
    int32_t first = vt_view_find_user(v, vt_str_of("u00000"));
    vt_str level = first < 0 ? (vt_str){NULL, 0} : vt_view_user_attribute(v, first, vt_str_of("level"));
    return given != v->n_users                       ? "a user has no level"
           : first >= 0 && number_in(level) != stock ? "the level is of another write"
           : first >= 0 && number_in(vt_view_item_attribute(v, cup, vt_str_of("lot"))) != stock
               ? "the lot is of another write"
               : NULL;
}

/*
 * Every write sells one cup and one pot to a new person, and gives the cup a price that is its stock times a hundred.
 * So in any view both are sold equally often, by as many people as there are pairs.
 */
static const char *look(const vt_view *v)
{
    int64_t sold[2] = {0, 0};
    vt_span span;
    int32_t item[2] = {vt_view_find_item(v, vt_str_of("cup")), vt_view_find_item(v, vt_str_of("pot"))};
    if (item[0] < 0 || item[1] < 0) {
        return "an item is not there";
    }
    for (int64_t from = 0; vt_view_span(&span, v, from); from = span.begin + span.n) {
        for (int64_t k = 0; k < span.n; k++) {
            if (vt_view_shows(v, span.begin + k)) {
                sold[0] += span.item[k] == item[0];
                sold[1] += span.item[k] == item[1];
            }
        }
    }
    int64_t cups = vt_view_item_count(v, item[0]), pots = vt_view_item_count(v, item[1]);
    const vt_item_block *b = vt_view_block(v, item[0]);
    size_t k = (size_t)item[0] & VT_BLOCK_MASK;
    vt_positions own = {0};
    const char *wrong = sold[0] != sold[1] || sold[0] != cups || cups != pots ? "half a write is shown"
                        : sold[0] != v->n_users                               ? "people and sales differ"
                        : b->price[k] != 100 * b->stock[k]                    ? "price and stock are of two writes"
                                                                              : NULL;
    if (wrong == NULL && v->n_users > 0) {
        vt_error err = VT_ERROR_INIT;
        int status = vt_view_user_events(&own, v, v->n_users - 1, &err);
        wrong = status != VT_OK || own.n != 2 ? "the last person has not two events" : NULL;
    }
    vt_positions_done(&own);
    return wrong != NULL ? wrong : look_at_attributes(v, item[0]);
}

static void *read_on(void *context)
{
    reading *r = context;
    while (!atomic_load(r->stop) && r->wrong == NULL) {
        vt_view *view = vt_live_view(r->shop->live);
        r->wrong = look(view);
        vt_view_release(view);
        r->views++;
    }
    return NULL;
}

static void sell(const live_shop *s, int n)
{
    char user[16], json[80];
    snprintf(user, sizeof user, "u%05d", (n * 7919) % 10007); /* ids come in no order */
    vt_store *store = live_begin(s);
    live_put_item(store, "cup", "Cups", 100 * (n + 1), n + 1);
    snprintf(json, sizeof json, "{\"lot\":%d}", n + 1);
    live_put_attributes(store, "cup", json);
    snprintf(json, sizeof json, "{\"level\":%d,\"name\":\"%s\"}", n + 1, user);
    live_put_user(store, "u00000", NULL, json);
    live_put_user(store, user, NULL, json);
    vt_event cup = live_event(user, "cup", VT_EVENT_PURCHASE, 1000 + n);
    vt_event pot = live_event(user, "pot", VT_EVENT_PURCHASE, 1000 + n);
    live_put(store, &cup);
    live_put(store, &pot);
    live_commit(s);
}

static void readers_beside_a_writer(void **state)
{
    (void)state;
    live_shop s;
    vt_error err = VT_ERROR_INIT;
    atomic_bool stop = false;
    pthread_t thread[READERS];
    reading work[READERS];
    live_shop_init(&s);
    vt_store *store = live_begin(&s);
    live_put_item(store, "cup", "Cups", 0, 0);
    live_put_item(store, "pot", "Pots", 100, VT_NONE);
    live_commit(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    for (int r = 0; r < READERS; r++) {
        work[r] = (reading){.shop = &s, .stop = &stop};
        assert_int_equal(pthread_create(&thread[r], NULL, read_on, &work[r]), 0);
    }
    for (int n = 0; n < WRITES; n++) {
        sell(&s, n);
        live_refresh(&s);
        if (n % 40 == 39) {
            check_ok(vt_live_freeze(s.live, &err));
        }
    }
    atomic_store(&stop, true);
    for (int r = 0; r < READERS; r++) {
        pthread_join(thread[r], NULL);
        assert_null(work[r].wrong);
        assert_true(work[r].views > 0);
    }
    live_check(&s);
    live_shop_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readers_beside_a_writer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
