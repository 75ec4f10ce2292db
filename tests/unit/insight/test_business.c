/*
 * A shop of a dozen events worked by hand: every figure of the overview, filters, kinds of customers, what a return
 * and a cancelled line do, and that contributions add up to the change. Then shops that lack everything.
 */
#include "answers.h"
#include "fault.h"
#include "live_shop.h"

#include <math.h>

enum { DAY = 86400, START = 1790812800 }; /* 2026-10-01 00:00 UTC, a Thursday */

static vt_event line(const char *user, const char *item, int day, const char *order, int64_t quantity, int64_t price)
{
    vt_event e = live_event(user, item, VT_EVENT_PURCHASE, START + day * DAY + 12 * 3600);
    e.order_id = vt_str_of(order);
    e.quantity = quantity;
    e.unit_price = price;
    return e;
}

static void put_visit(vt_store *store, const char *user, const char *item, vt_event_kind kind, int day)
{
    vt_event e = live_event(user, item, kind, START + day * DAY + 11 * 3600);
    live_put(store, &e);
}

/*
 * Before (days 0 to 9): ann buys tea for 10.00 (o1). Now (days 10 to 19): ann two teas at 10.00 less 1.00 (o2), ben one
 * tea and one pot at 30.00 (o3), cid's order is cancelled, ben sends the pot back, which costs 20.00. Views: ann and
 * ben look, ben and dan put into the cart.
 */
static void fill(live_shop *s)
{
    vt_store *store = live_begin(s);
    vt_error err = VT_ERROR_INIT;
    live_put_item(store, "tea", "Drinks > Tea", 1000, 5);
    live_put_item(store, "pot", "Kitchen", 3000, VT_NONE);
    vt_put done;
    vt_item pot;
    vt_item_init(&pot);
    pot.id = vt_str_of("pot");
    pot.cost = 2000;
    pot.as_of = START - DAY;
    check_ok(vt_store_put_item(store, &pot, &done, &err));
    vt_event e = line("ann", "tea", 2, "o1", 1, 1000);
    live_put(store, &e);
    e = line("ann", "tea", 12, "o2", 2, 1000);
    e.discount = 100;
    live_put(store, &e);
    e = line("ben", "tea", 13, "o3", 1, 1000);
    live_put(store, &e);
    e = line("ben", "pot", 13, "o3", 1, 3000);
    live_put(store, &e);
    e = line("cid", "pot", 14, "o4", 1, 3000);
    e.state = VT_LINE_CANCELLED;
    live_put(store, &e);
    e = line("ben", "pot", 16, "o3", 1, 3000);
    e.kind = VT_EVENT_RETURN;
    live_put(store, &e);
    put_visit(store, "ann", "tea", VT_EVENT_VIEW, 12);
    put_visit(store, "ben", "tea", VT_EVENT_VIEW, 13);
    put_visit(store, "ben", "pot", VT_EVENT_CART, 13);
    put_visit(store, "dan", "pot", VT_EVENT_CART, 15);
    live_commit(s);
}

static vt_insight *ask(live_shop *s, const char *kind, vt_insight_options *o)
{
    vt_error err = VT_ERROR_INIT;
    vt_insight *insight = NULL;
    o->now = o->now == VT_NONE ? START + 20 * DAY - 1 : o->now;
    o->period = o->period == NULL ? "10d" : o->period;
    check_ok(vt_insight_ask(&insight, s->live, kind, o, &err));
    return insight;
}

static double figure(const vt_insight *insight, const char *id, bool before)
{
    for (size_t i = 0; i < insight->n_figures; i++) {
        if (strcmp(insight->figures[i].metric->id, id) == 0) {
            return before ? insight->figures[i].before : insight->figures[i].value;
        }
    }
    fail_msg("there is no figure %s", id);
    return NAN;
}

static void check(const vt_insight *insight, const char *id, double now, double before)
{
    double value = figure(insight, id, false), earlier = figure(insight, id, true);
    if (!(fabs(value - now) < 1e-9 || (isnan(value) && isnan(now))) ||
        !(fabs(earlier - before) < 1e-9 || (isnan(earlier) && isnan(before)))) {
        fail_msg("%s is %g, before %g; %g and %g are expected", id, value, earlier, now, before);
    }
}

/* Sum of a column; rows are those with this text in the first column, NULL: all. */
static double total(const vt_insight_table *t, const char *column, const char *row)
{
    double sum = 0;
    for (size_t c = 0; c < t->n_columns; c++) {
        for (size_t r = 0; r < t->n_rows && strcmp(t->columns[c].id, column) == 0; r++) {
            bool wanted = row == NULL || strcmp(t->cells[r * t->n_columns].text, row) == 0;
            double number = t->cells[r * t->n_columns + c].number;
            sum += wanted && !isnan(number) ? number : 0;
        }
    }
    return sum;
}

static void figures_by_hand(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    vt_insight_options o;
    live_shop_init(&s);
    fill(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_insight_options_init(&o);
    vt_insight *i = ask(&s, "overview", &o);
    check(i, "gross", 6000, 1000);
    check(i, "discounts", 100, 0);
    check(i, "returns", 3000, 0);
    check(i, "revenue", 2900, 1000);
    check(i, "orders", 2, 1);
    check(i, "units", 4, 1);
    check(i, "average_order", 2950, 1000);
    check(i, "cost", 0, NAN); /* the pot came back */
    check(i, "customers", 2, 1);
    check(i, "new_customers", 1, 1);
    check(i, "returning_customers", 1, 0);
    check(i, "repeat_rate", .5, 0);
    check(i, "visits", 2, 0);
    check(i, "conversion", 1, NAN);
    check(i, "visit_to_cart", .5, NAN);
    check(i, "cart_to_order", .5, NAN);
    check(i, "active", 3, 1);
    static const char *const tables[] = {"categories", "brands", "prices", "customers"};
    for (size_t t = 0; t < 3; t++) {
        double parts = total(answer_table(i, tables[t]), "contribution", NULL);
        assert_true(fabs(parts - 1900) < 1e-9);
    }
    assert_true(fabs(total(answer_table(i, "customers"), "contribution", NULL) - 1900) < 1e-9);
    assert_true(fabs(total(answer_table(i, "categories"), "revenue", "Kitchen")) < 1e-9);
    assert_true(fabs(total(answer_table(i, "categories"), "revenue", "Drinks") - 2900) < 1e-9);
    assert_true(fabs(total(answer_table(i, "days"), "revenue", NULL) - 2900) < 1e-9);
    assert_non_null(strstr(i->lead, "too few to call it up or down"));
    vt_insight_free(i);
    live_shop_done(&s);
}

/* The pot that ben sent back is an event already; the state of its line and money given back for it tell it again. */
static void a_return_told_twice(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    vt_insight_options o;
    live_shop_init(&s);
    fill(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_insight_options_init(&o);
    vt_event e = line("ben", "pot", 13, "o3", 1, 3000);
    e.id = vt_str_of("pot again");
    e.state = VT_LINE_RETURNED;
    e.refunded = 3000;
    e.order_id = vt_str_of("o5"); /* another order: its line's word counts */
    live_put_one(&s, &e);
    live_refresh(&s);
    vt_insight *i = ask(&s, "overview", &o);
    check(i, "gross", 9000, 1000);
    check(i, "returns", 6000, 0);
    vt_insight_free(i);
    e = line("ben", "pot", 18, "o5", 1, 3000);
    e.kind = VT_EVENT_RETURN;
    live_put_one(&s, &e);
    live_refresh(&s);
    i = ask(&s, "overview", &o);
    check(i, "returns", 6000, 0);
    check(i, "revenue", 2900, 1000);
    check(i, "cost", 0, NAN);
    vt_insight_free(i);
    o.period = "2026-10-14"; /* the day of both sales: what came back later is of later days */
    o.compare = "none";
    i = ask(&s, "overview", &o);
    check(i, "returns", 0, NAN);
    vt_insight_free(i);
    live_shop_done(&s);
}

static double weeks_of(const vt_insight_table *t, const char *row)
{
    double sum = 0;
    for (int k = 1; k <= 12; k++) {
        char week[8];
        snprintf(week, sizeof week, "w%02d", k);
        sum += total(t, week, row);
    }
    return sum;
}

/* The weeks end with day 19: ann is new with o1 and returning with o2; ben is new, and his pot comes back. */
static void weeks_and_what_comes_back(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    vt_insight_options o;
    live_shop_init(&s);
    fill(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_insight_options_init(&o);
    vt_insight *i = ask(&s, "customers", &o);
    const vt_insight_table *t = answer_table(i, "weeks");
    assert_true(weeks_of(t, "new") == 2000 && weeks_of(t, "returning") == 1900 && weeks_of(t, NULL) == 3900);
    assert_true(total(t, "w12", "new") == 1000 && total(t, "w11", "returning") == 1900);
    vt_insight_free(i);
    i = ask(&s, "sales", &o);
    assert_true(weeks_of(answer_table(i, "category_weeks"), "Drinks") == 3900);
    assert_true(total(answer_table(i, "categories"), "lines", NULL) == 3);
    assert_true(total(answer_table(i, "categories"), "share_before", "Drinks") == 1);
    vt_insight_free(i);
    i = ask(&s, "products", &o);
    assert_true(weeks_of(answer_table(i, "weeks"), "tea") == 3900 && weeks_of(answer_table(i, "weeks"), "pot") == 0);
    assert_true(weeks_of(answer_table(i, "mover_weeks"), "tea") == 3900);
    t = answer_table(i, "concentration");
    assert_int_equal(t->n_rows, 20);
    assert_true(answer_number(t, 0, "products") == 1 &&
                answer_number(t, 19, "share") == 1); /* tea alone brings money */
    t = answer_table(i, "returns");
    assert_int_equal(t->n_rows, 1);
    assert_true(total(t, "back", "pot") == 1 && total(t, "pieces_back", "pot") == 1);
    assert_true(total(t, "chance", "pot") == 1); /* all of its category came back: nothing beyond it */
    vt_insight_free(i);
    o.category = "Drinks";
    i = ask(&s, "products", &o);
    assert_int_equal(answer_table(i, "returns")->n_rows, 0);
    vt_insight_free(i);
    live_shop_done(&s);
}

/* "hit" is seen 20 times and bought at every second view, "look" 40 times and never; "rare" is seen too seldom. */
static void seen_and_bought(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    vt_insight_options o;
    char user[16], order[16];
    live_shop_init(&s);
    vt_store *store = live_begin(&s);
    live_put_item(store, "hit", "Drinks", 1000, 5);
    live_put_item(store, "look", "Drinks", 1000, 5);
    live_put_item(store, "rare", "Drinks", 1000, 5);
    for (int k = 0; k < 60; k++) {
        snprintf(user, sizeof user, "u%d", k);
        snprintf(order, sizeof order, "o%d", k);
        put_visit(store, user, k < 20 ? "hit" : "look", VT_EVENT_VIEW, 12);
        if (k < 10) {
            vt_event e = line(user, "hit", 13, order, 1, 1000);
            live_put(store, &e);
        }
    }
    put_visit(store, "u1", "rare", VT_EVENT_VIEW, 12);
    live_commit(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_insight_options_init(&o);
    vt_insight *i = ask(&s, "products", &o);
    const vt_insight_table *t = answer_table(i, "seen");
    assert_int_equal(t->n_rows, 2);
    assert_string_equal(answer_cell(t, 0, "item")->text, "hit");
    assert_string_equal(answer_cell(t, 0, "quarter")->text, "hidden gem");
    assert_string_equal(answer_cell(t, 0, "mark")->text, "more than others");
    assert_true(answer_number(t, 0, "views") == 20 && answer_number(t, 0, "views_that_buy") == .5);
    assert_string_equal(answer_cell(t, 1, "quarter")->text, "looked at and left");
    assert_string_equal(answer_cell(t, 1, "mark")->text, "less than others");
    t = answer_table(i, "seen_quarters");
    assert_true(total(t, "products", NULL) == 2 && total(t, "marked", "hidden gem") == 1);
    t = answer_table(i, "seen_middle");
    assert_true(answer_number(t, 0, "views") == 30 && answer_number(t, 0, "views_that_buy") == .25);
    vt_insight_free(i);
    live_shop_done(&s);
}

/* Orders of 19.00 and 40.00 now, of 10.00 before; a guest's lines without a number are an order a visit and day. */
static void sizes_of_orders(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    vt_insight_options o;
    live_shop_init(&s);
    fill(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_insight_options_init(&o);
    vt_insight *i = ask(&s, "sales", &o);
    check(i, "median_order", 2950, 1000);
    assert_true(total(answer_table(i, "order_sizes"), "orders", NULL) == 2);
    assert_true(fabs(total(answer_table(i, "order_sizes"), "money_share", NULL) - 1) < 1e-12);
    vt_insight_free(i);
    static const char *const visits[] = {"v1", "v1", "v2"};
    for (int k = 0; k < 3; k++) {
        vt_event e = line(NULL, "tea", 17, NULL, 1 + k, 1000);
        e.user = e.order_id = (vt_str){NULL, 0};
        e.session = vt_str_of(visits[k]);
        live_put_one(&s, &e);
    }
    live_refresh(&s);
    i = ask(&s, "sales", &o); /* 19.00, 30.00, 30.00, 40.00 */
    check(i, "orders", 4, 1);
    check(i, "median_order", 3000, 1000);
    assert_true(total(answer_table(i, "order_sizes"), "orders", NULL) == 4);
    vt_insight_free(i);
    live_shop_done(&s);
}

static void filters(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    live_shop_init(&s);
    fill(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    const struct {
        vt_insight_options with;
        double revenue, orders;
    } cases[] = {
        {{.category = "Drinks"}, 2900, 2},     {{.category = "Drinks > Tea"}, 2900, 2},
        {{.category = "Kitchen"}, 0, 1},       {{.price = "20:"}, 0, 1},
        {{.price = ":20"}, 2900, 2},           {{.customers = "new"}, 1000, 1},
        {{.customers = "returning"}, 1900, 1}, {{.customers = "new", .category = "Drinks"}, 1000, 1},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        vt_insight_options o;
        vt_insight_options_init(&o);
        o.category = cases[c].with.category;
        o.price = cases[c].with.price;
        o.customers = cases[c].with.customers;
        vt_insight *i = ask(&s, "overview", &o);
        assert_true(fabs(figure(i, "revenue", false) - cases[c].revenue) < 1e-9);
        assert_true(fabs(figure(i, "orders", false) - cases[c].orders) < 1e-9);
        vt_insight_free(i);
    }
    static const struct {
        vt_insight_options with;
        vt_code code;
        const char *says;
    } wrong[] = {
        {{.category = "Drinkz"}, VT_ERR_NOT_FOUND, "did you mean \"Drinks"},
        {{.category = "Drink"}, VT_ERR_NOT_FOUND, "has no category"},
        {{.brand = "Acme"}, VT_ERR_NOT_FOUND, "has no brand"},
        {{.price = "cheap"}, VT_ERR_USAGE, "25:100"},
        {{.price = "9:3"}, VT_ERR_USAGE, "25:100"},
        {{.customers = "rich"}, VT_ERR_USAGE, "premium"},
        {{.segment = "best"}, VT_ERR_USAGE, "champions"},
        {{.period = "soon"}, VT_ERR_USAGE, "30d"},
        {{.compare = "then"}, VT_ERR_USAGE, "weekdays"},
    };
    for (size_t c = 0; c < sizeof wrong / sizeof wrong[0]; c++) {
        vt_insight_options o;
        vt_insight *i = NULL;
        vt_insight_options_init(&o);
        o.category = wrong[c].with.category;
        o.brand = wrong[c].with.brand;
        o.price = wrong[c].with.price;
        o.customers = wrong[c].with.customers;
        o.segment = wrong[c].with.segment;
        o.period = wrong[c].with.period;
        o.compare = wrong[c].with.compare;
        assert_int_equal(vt_insight_ask(&i, s.live, "overview", &o, &err), wrong[c].code);
        assert_non_null(strstr(err.message, wrong[c].says));
        vt_error_reset(&err);
    }
    live_shop_done(&s);
}

/* Every kind answers a shop that lacks what it wants with a sentence, and never with NaN in JSON. */
static void answers_everything(live_shop *s)
{
    static const char *const periods[] = {"30d", "1y", "all", "2026-10-13"};
    vt_insight_info kind;
    vt_error err = VT_ERROR_INIT;
    for (size_t k = 0; vt_insight_kind_at(&kind, k); k++) {
        for (size_t p = 0; kind.shop && p < sizeof periods / sizeof periods[0]; p++) {
            vt_insight_options o;
            vt_insight *i = NULL;
            vt_text text = {NULL, 0};
            vt_insight_options_init(&o);
            o.period = periods[p];
            check_ok(vt_insight_ask(&i, s->live, kind.name, &o, &err));
            assert_true(i->lead[0] != '\0');
            assert_string_equal(i->kind, kind.name);
            check_ok(vt_insight_json(&text, i, false, &err));
            if (strstr(text.data, "nan") != NULL) {
                fail_msg("%s", text.data);
            }
            assert_null(strstr(text.data, "inf,"));
            vt_text_free(&text);
            for (size_t t = 0; t < i->n_tables; t++) {
                check_ok(vt_insight_csv(&text, i, i->tables[t].id, &err));
                vt_text_free(&text);
            }
            vt_insight_free(i);
        }
    }
}

static void shops_that_lack_things(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    live_shop_init(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    answers_everything(&s); /* nothing at all */
    vt_store *store = live_begin(&s);
    live_put_item(store, "tea", "Drinks", 1000, VT_NONE);
    live_commit(&s);
    live_refresh(&s);
    answers_everything(&s); /* no events */
    vt_event e = live_event("ann", "tea", VT_EVENT_PURCHASE, START);
    live_put_one(&s, &e);
    live_refresh(&s);
    answers_everything(&s); /* one sale without order and price */
    e = line("ben", "tea", -800, "", 1, 1000);
    e.order_id = (vt_str){NULL, 0};
    live_put_one(&s, &e);
    e = line("ben", "tea", 1, "o1", 1, 1000);
    e.kind = VT_EVENT_RETURN;
    e.refunded = 900000; /* more than was ever sold */
    live_put_one(&s, &e);
    live_refresh(&s);
    answers_everything(&s);
    live_shop_done(&s);
}

static int ask_all(void *context, vt_error *err)
{
    live_shop *s = context;
    vt_insight_info kind;
    int status = VT_OK;
    for (size_t k = 0; status == VT_OK && vt_insight_kind_at(&kind, k); k++) {
        if (kind.shop) {
            vt_insight_options o;
            vt_insight *i = NULL;
            vt_insight_options_init(&o);
            o.period = "20d";
            o.segment = "lost";
            status = vt_insight_ask(&i, s->live, kind.name, &o, err);
            vt_insight_free(i);
        }
    }
    return status;
}

static void no_memory(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    live_shop_init(&s);
    fill(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    assert_true(fault_allocations(ask_all, &s) > 20);
    live_shop_done(&s);
}

/* A sold line without a price passes no bound of a price, the upper one alone as little as the lower one. */
static void no_price_within_bounds(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    live_shop_init(&s);
    fill(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_event e = line("eve", "tea", 15, "o9", 4, VT_NONE);
    live_put_one(&s, &e);
    live_refresh(&s);
    static const struct {
        const char *price;
        double orders, units;
    } cases[] = {{NULL, 3, 8}, {":20", 2, 3}, {"5:20", 2, 3}, {"5:", 2, 4}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        vt_insight_options o;
        vt_insight_options_init(&o);
        o.price = cases[c].price;
        vt_insight *i = ask(&s, "overview", &o);
        assert_true(fabs(figure(i, "orders", false) - cases[c].orders) < 1e-9);
        assert_true(fabs(figure(i, "units", false) - cases[c].units) < 1e-9);
        vt_insight_free(i);
    }
    live_shop_done(&s);
}

/* Categories have as many weeks as there are sales for, from twelve to half a year with the year before it. */
static void weeks_as_far_back_as_sales(void **state)
{
    (void)state;
    const struct {
        int first; /* day of the first sale */
        int weeks;
        double in_first; /* that week brought */
    } rows[] = {{2, 12, 0}, {-204, 32, 500}, {-205, 32, 0}, {-1400, 78, 0}};
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        vt_error err = VT_ERROR_INIT;
        live_shop s;
        vt_insight_options o;
        char last[8];
        vt_event e = line("eva", "tea", rows[k].first, "o0", 1, 500);
        live_shop_init(&s);
        fill(&s);
        live_put_one(&s, &e);
        check_ok(live_open(&s.live, &s, 0, &err));
        vt_insight_options_init(&o);
        vt_insight *i = ask(&s, "sales", &o);
        const vt_insight_table *t = answer_table(i, "category_weeks");
        snprintf(last, sizeof last, "w%02d", rows[k].weeks);
        assert_int_equal(t->n_columns, 1 + rows[k].weeks);
        assert_true(total(t, last, "Drinks") == 1000 && total(t, "w01", "Drinks") == rows[k].in_first);
        vt_insight_free(i);
        live_shop_done(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(figures_by_hand),
        cmocka_unit_test(a_return_told_twice),
        cmocka_unit_test(weeks_and_what_comes_back),
        cmocka_unit_test(weeks_as_far_back_as_sales),
        cmocka_unit_test(seen_and_bought),
        cmocka_unit_test(sizes_of_orders),
        cmocka_unit_test(filters),
        cmocka_unit_test(no_price_within_bounds),
        cmocka_unit_test(shops_that_lack_things),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
