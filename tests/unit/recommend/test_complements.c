/* What goes with an item: lifts worked by hand, what stands for it, categories where sales are few, orders by time. */
#include "tea_shop.h"

#include "engine.h"
#include "fault.h"
#include "hand_vectors.h"
#include "recommend/complements.h"
#include "recommend/recommender.h"

enum { DAY = 86400 };

/* A shop of items and nothing else; events are put by hand. */
typedef struct fixture {
    scratch files;
    vt_shop *shop;
    int events; /* makes every event a different one */
} fixture;

static const char *const catalogue[][2] = {
    {"camera", "Photo > Cameras"},
    {"camera2", "Photo > Cameras"},
    {"lens", "Photo > Lenses"},
    {"lens2", "Photo > Lenses"},
    {"soap", "Bath"},
    {"towel", "Bath"},
    {"new", "Photo > Cameras"},
    {"odd", NULL},
};

enum { ITEMS = sizeof catalogue / sizeof *catalogue };

static void put(fixture *f, vt_event_kind kind, const char *user, const char *order, const char *item, int64_t time)
{
    vt_error err = VT_ERROR_INIT;
    vt_store *store = vt_shop_store(f->shop);
    vt_put done;
    vt_event event;
    char id[16];
    snprintf(id, sizeof id, "e%d", f->events++);
    vt_event_init(&event);
    event.id = vt_str_of(id);
    event.kind = kind;
    event.item = vt_str_of(item);
    event.time = time;
    if (kind == VT_EVENT_VIEW) {
        event.session = vt_str_of(user);
    } else {
        event.user = vt_str_of(user);
        event.order_id = vt_str_of(order);
    }
    event.value = kind == VT_EVENT_RATING ? 5 : (double)NAN;
    check_ok(vt_store_begin(store, NULL, NULL, NULL, &err));
    check_ok(vt_store_put_event(store, &event, &done, &err));
    check_ok(vt_store_commit(store, 0, &err));
}

/* An order of two items. */
static void order(fixture *f, const char *id, const char *a, const char *b)
{
    put(f, VT_EVENT_PURCHASE, id, id, a, 1000);
    put(f, VT_EVENT_PURCHASE, id, id, b, 1000);
}

static int setup(void **state)
{
    static fixture f;
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    f = (fixture){0};
    scratch_init(&f.files);
    check_ok(vt_shop_open(&f.shop, scratch_path(&f.files, "shop"), VT_SHOP_CREATE, &err));
    vt_store *store = vt_shop_store(f.shop);
    check_ok(vt_store_begin(store, NULL, NULL, NULL, &err));
    for (size_t i = 0; i < ITEMS; i++) {
        vt_item item;
        vt_item_init(&item);
        item.id = vt_str_of(catalogue[i][0]);
        item.category = vt_str_of(catalogue[i][1]);
        check_ok(vt_store_put_item(store, &item, &done, &err));
    }
    check_ok(vt_store_commit(store, 0, &err));
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    vt_shop_close(f->shop);
    scratch_done(&f->files);
    return 0;
}

/* Ten orders of two: camera with lens 3 times, with lens2 once, camera with camera2 twice, soap with towel 4 times. */
static void ten_orders(fixture *f)
{
    const char *const rows[][2] = {
        {"camera", "lens"},    {"camera", "lens"}, {"camera", "lens"}, {"camera", "lens2"}, {"camera", "camera2"},
        {"camera", "camera2"}, {"soap", "towel"},  {"soap", "towel"},  {"soap", "towel"},   {"soap", "towel"}};
    for (size_t i = 0; i < 10; i++) {
        char id[8];
        snprintf(id, sizeof id, "o%zu", i);
        order(f, id, rows[i][0], rows[i][1]);
    }
    put(f, VT_EVENT_PURCHASE, "alone", "alone", "odd", 1000); /* one item: no evidence of anything */
}

static vt_complements complements(fixture *f, const char *item, int32_t days)
{
    vt_complements found = {.evidence = NULL};
    vt_error err = VT_ERROR_INIT;
    vt_request request;
    vt_request_init(&request);
    request.item = item;
    check_ok(ask_complement(&found, f->shop, &request, days, &err));
    return found;
}

static void check_items(const vt_complements *found, const char *expected)
{
    char text[128] = "";
    for (size_t i = 0; i < found->answer.n; i++) {
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, "%s:%s ", found->answer.items[i].item,
                 found->answer.items[i].source);
    }
    assert_string_equal(text, expected);
}

static void near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-6)) {
        fail_msg("%.9f instead of %.9f", value, expected);
    }
}

/*
 * Cameras are in 6 of 10 orders, lenses in 4, both in 4: 2.4 by chance, lift (4 + 10) / (2.4 + 10). camera and lens:
 * 3 of 6 x 3 / 10 = 1.8 by chance, lift (3 + 2 x 14 / 12.4) / (1.8 + 2). lens2: once, (1 + 2 x 14 / 12.4)
 * / (.6 + 2).
 * camera2 is of the same category: (2 + 2) / (1.2 + 2), and one log unit off.
 */
static void lifts_by_hand(void **state)
{
    fixture *f = *state;
    ten_orders(f);
    vt_complements found = complements(f, "camera", 1);
    check_items(&found, "lens:orders lens2:orders ");
    assert_int_equal(found.orders, 10);
    assert_int_equal(found.with_item, 6);
    assert_string_equal(found.answer.degraded, "");
    const vt_evidence *e = found.evidence;
    assert_int_equal(e[0].orders, 3);
    assert_int_equal(e[0].together, 3);
    near(e[0].expected, 1.8);
    near(e[0].lift, (3 + 2 * 14 / 12.4) / 3.8);
    near(e[0].substitutes, 0);
    near(found.answer.items[0].score, log((3 + 2 * 14 / 12.4) / 3.8));
    assert_int_equal(e[1].together, 1);
    near(e[1].lift, (1 + 2 * 14 / 12.4) / 2.6);
    vt_complements_done(&found);
    found = complements(f, "soap", 1); /* of one category: bought together, but one stands for the other */
    check_items(&found, "");
    vt_complements_done(&found);
    vt_complements_done(&found);
    vt_complements_done(NULL);
}

/* new was never bought: its category goes with lenses, the better sold first. */
static void few_sales_answer_by_category(void **state)
{
    fixture *f = *state;
    ten_orders(f);
    vt_complements found = complements(f, "new", 1);
    check_items(&found, "lens:categories lens2:categories ");
    assert_string_equal(found.answer.degraded,
                        "item \"new\" is in 0 orders of two items or more: its category speaks for it");
    assert_true(found.answer.items[0].score == found.answer.items[1].score);
    vt_complements_done(&found);
    found = complements(f, "odd", 1); /* without a category either, nothing is known */
    check_items(&found, "");
    vt_complements_done(&found);
}

/*
 * lens is looked at with camera in all four visits of either, 4 x 4 / 40 by chance: a lift of (4 + 2) / (.4 + 2), above
 * that in orders; half of what is above it in log units is taken off.
 */
static void what_is_looked_at_in_its_place(void **state)
{
    fixture *f = *state;
    ten_orders(f);
    for (int i = 0; i < 40; i++) {
        char visit[8];
        snprintf(visit, sizeof visit, "s%d", i);
        put(f, VT_EVENT_VIEW, visit, NULL, i < 4 ? "camera" : "soap", 1000);
        put(f, VT_EVENT_VIEW, visit, NULL, i < 4 ? "lens" : "towel", 1000);
    }
    double lift = (3 + 2 * 14 / 12.4) / 3.8, visits = (4 + 2) / (4 * 4 / 40.0 + 2);
    vt_complements found = complements(f, "camera", 1);
    check_items(&found, "lens2:orders lens:orders ");
    near(found.evidence[1].substitutes, 0.5 * (log(visits) - log(lift)));
    assert_true(found.evidence[1].substitutes > 0.2);
    vt_complements_done(&found);
}

/* Texts that say the same take up to one log unit: a cosine of .8 takes half of it. */
static void what_says_the_same(void **state)
{
    fixture *f = *state;
    const char *const ids[] = {"camera", "lens"};
    const float vectors[] = {1, 0, 0.8F, 0.6F};
    char hash[65];
    memset(hash, 'a', 64);
    hash[64] = '\0';
    ten_orders(f);
    put_vectors(vt_shop_path(f->shop), VT_ENCODER_TEXT, "hand", hash, vectors, ids, 2, 2);
    vt_complements found = complements(f, "camera", 1);
    for (size_t i = 0; i < found.answer.n; i++) {
        if (strcmp(found.answer.items[i].item, "lens") == 0) {
            fail_msg("its score is below 0");
        }
    }
    vt_complements_done(&found);
    for (int i = 0; i < 20; i++) { /* soap alone with towel: camera and lens become rarer, their lift higher */
        char id[8];
        snprintf(id, sizeof id, "p%d", i);
        order(f, id, "soap", "towel");
    }
    found = complements(f, "camera", 1);
    check_items(&found, "lens2:orders lens:orders ");
    if (fabs(found.evidence[1].substitutes - 0.5) > 1e-5) {
        fail_msg("%f", found.evidence[1].substitutes);
    }
    vt_complements_done(&found);
}

/* Without order ids: what one user bought within the days after the first of it. */
static void orders_by_time(void **state)
{
    fixture *f = *state;
    for (int u = 0; u < 3; u++) {
        char user[8];
        snprintf(user, sizeof user, "u%d", u);
        put(f, VT_EVENT_PURCHASE, user, NULL, "camera", 100 * DAY);
        put(f, VT_EVENT_PURCHASE, user, NULL, "lens", 101 * DAY);
        put(f, VT_EVENT_PURCHASE, user, NULL, "soap", 102 * DAY);
        put(f, VT_EVENT_PURCHASE, user, NULL, "odd", 103 * DAY);
    }
    vt_complements found = complements(f, "camera", 1);
    assert_int_equal(found.orders, 6); /* camera and lens, soap and odd */
    assert_int_equal(found.with_item, 3);
    check_items(&found, "lens:orders lens2:categories "); /* of 3 x 3 / 6 by chance: lift (3 + 10) / (1.5 + 10) */
    near(found.evidence[1].lift, 13 / 11.5);
    vt_complements_done(&found);
    found = complements(f, "camera", 0);
    assert_int_equal(found.orders, 0);
    vt_complements_done(&found);
    found = complements(f, "camera", 3);
    assert_int_equal(found.orders, 3);
    vt_complements_done(&found);
}

/*
 * Of 60 orders 10 hold camera and 10 lens, never both: 10 x 10 / 60 = 1.67 by chance. Their categories have a lift of
 * (10 + 10) / (20 x 20 / 60 + 10) = 1.2, of which 2 / (.67 + 2) is left: .9, no reason to list it.
 */
static void what_is_never_bought_together(void **state)
{
    fixture *f = *state;
    const char *const rows[][2] = {{"camera", "soap"}, {"lens", "towel"}, {"camera2", "lens2"},
                                   {"soap", "towel"},  {"soap", "towel"}, {"soap", "towel"}};
    for (int i = 0; i < 60; i++) {
        char id[8];
        snprintf(id, sizeof id, "o%d", i);
        order(f, id, rows[i % 6][0], rows[i % 6][1]);
    }
    vt_complements found = complements(f, "camera", 1);
    check_items(&found, "soap:orders "); /* ten times, of 10 x 40 / 60 */
    vt_complements_done(&found);
    found = complements(f, "new", 1); /* nothing is to be expected of what was never sold */
    check_items(&found, "lens:categories lens2:categories ");
    near(found.evidence[0].lift, 1.2);
    vt_complements_done(&found);
}

/* A shop of reviews alone: what one user rated within a day. */
static void ratings_stand_for_purchases(void **state)
{
    fixture *f = *state;
    for (int u = 0; u < 3; u++) {
        char user[8];
        snprintf(user, sizeof user, "u%d", u);
        put(f, VT_EVENT_RATING, user, NULL, "camera", 100 * DAY);
        put(f, VT_EVENT_RATING, user, NULL, "lens", 100 * DAY + 5);
        put(f, VT_EVENT_RATING, user, NULL, "soap", 300 * DAY);
        put(f, VT_EVENT_RATING, user, NULL, "odd", 300 * DAY);
    }
    vt_complements found = complements(f, "lens", 1);
    check_items(&found, "camera:orders camera2:categories new:categories ");
    vt_complements_done(&found);
}

static void what_cannot_be_is_said(void **state)
{
    fixture *f = *state;
    vt_complements found = {.evidence = NULL};
    vt_error err = VT_ERROR_INIT;
    vt_request request;
    vt_request_init(&request);
    assert_int_equal(ask_complement(&found, f->shop, &request, 1, &err), VT_ERR_USAGE);
    assert_string_equal(err.message, "no item is named to find complements of; name one");
    request.item = "tripod";
    assert_int_equal(ask_complement(&found, f->shop, &request, 1, &err), VT_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "no item \"tripod\" in shop"));
    request.item = "lens";
    assert_int_equal(ask_complement(&found, f->shop, &request, 366, &err), VT_ERR_USAGE);
    assert_string_equal(err.message, "orders within 366 days are not possible; give 0 to 365");
}

/* Orders that come while a cart is looked at, item by item, are in none of its rows. */
static void one_base_is_one_view(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    vt_live_state live;
    vt_request request;
    vt_complements found = {.evidence = NULL};
    engine a;
    ten_orders(f);
    check_ok(engine_open(&a, f->shop, NULL, NULL, &err));
    vt_request_init(&request);
    request.item = "camera";
    vt_complement_base base = {.serving = vt_recommender_take(a.recommender)};
    check_ok(vt_complement_on(&found, a.recommender, &base, &request, 1, &err));
    check_items(&found, "lens:orders lens2:orders ");
    vt_complements_done(&found);
    for (int i = 0; i < 5; i++) {
        char id[8];
        snprintf(id, sizeof id, "late%d", i);
        order(f, id, "camera", "odd");
    }
    check_ok(vt_live_refresh(a.live, &live, &err));
    check_ok(vt_recommender_refresh(a.recommender, &err));
    check_ok(vt_complement(&found, a.recommender, &request, 1, &err));
    check_items(&found, "odd:orders lens:orders lens2:orders ");
    vt_complements_done(&found);
    check_ok(vt_complement_on(&found, a.recommender, &base, &request, 1, &err));
    check_items(&found, "lens:orders lens2:orders ");
    vt_complements_done(&found);
    vt_complement_base_done(&base);
    engine_close(&a);
}

static int run_cart(void *context, vt_error *err)
{
    fixture *f = context;
    static const char *const cart[] = {"camera", "camera2"};
    vt_complements found = {.evidence = NULL};
    vt_request request;
    engine a;
    vt_request_init(&request);
    int status = engine_open(&a, f->shop, NULL, NULL, err);
    status = status != VT_OK ? status : vt_complete_cart(&found, a.recommender, &request, cart, 2, 1, err);
    if (status == VT_OK) {
        check_items(&found, "lens:orders lens2:orders ");
    }
    vt_complements_done(&found);
    engine_close(&a);
    return status;
}

static int run(void *context, vt_error *err)
{
    fixture *f = context;
    vt_complements found = {.evidence = NULL};
    vt_request request;
    vt_request_init(&request);
    request.item = "camera";
    int status = ask_complement(&found, f->shop, &request, 1, err);
    vt_complements_done(&found);
    return status;
}

static void memory_runs_out(void **state)
{
    fixture *f = *state;
    ten_orders(f);
    put(f, VT_EVENT_VIEW, "s", NULL, "camera", 1);
    assert_true(fault_allocations(run, f) > 30);
    assert_true(fault_allocations(run_cart, f) > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lifts_by_hand, setup, teardown),
        cmocka_unit_test_setup_teardown(few_sales_answer_by_category, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_looked_at_in_its_place, setup, teardown),
        cmocka_unit_test_setup_teardown(what_says_the_same, setup, teardown),
        cmocka_unit_test_setup_teardown(orders_by_time, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_never_bought_together, setup, teardown),
        cmocka_unit_test_setup_teardown(ratings_stand_for_purchases, setup, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_is_said, setup, teardown),
        cmocka_unit_test_setup_teardown(one_base_is_one_view, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_runs_out, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
