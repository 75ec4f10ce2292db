/*
 * Elasticities and suggested prices of a made shop: toys that answer to prices by -2.2 and books by -1, over a year of
 * weekly prices. Then the panel by hand, where prices come from, and shops that lack something.
 */
#include "answers.h"
#include "fault.h"
#include "live_shop.h"

#include <math.h>

#include "base/rng.h"
#include "insight/price/shop_panel.h"

enum { DAY = 86400, WEEK = 7 * DAY, START = 1767225600, WEEKS = 40, PRODUCTS = 20 }; /* 2026-01-01 00:00 UTC */

static void put_price(vt_store *store, const char *id, const char *category, int64_t price, int64_t cost, int64_t time)
{
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    vt_item item;
    vt_item_init(&item);
    item.id = vt_str_of(id);
    item.category = vt_str_of(category);
    item.price = price;
    item.cost = cost;
    item.as_of = time;
    check_ok(vt_store_put_item(store, &item, &done, &err));
}

static void put_sale(vt_store *store, const char *id, int64_t time, int64_t pieces, int64_t price, int64_t discount)
{
    static int number;
    char order[24];
    snprintf(order, sizeof order, "o%d", ++number);
    vt_event e = live_event("ann", id, VT_EVENT_PURCHASE, time);
    e.order_id = vt_str_of(order);
    e.quantity = pieces;
    e.unit_price = price;
    e.discount = discount;
    live_put(store, &e);
}

/* A number of pieces whose mean is `mean` (Knuth's product of uniforms). */
static int64_t pieces_of(vt_rng *rng, double mean)
{
    int64_t n = 0;
    for (double left = exp(-mean), p = vt_rng_unit(rng); p > left; p *= vt_rng_unit(rng)) {
        n++;
    }
    return n;
}

/* Prices move every second week; the last six weeks keep one. `moves` false: they stay as they are. */
static void fill(live_shop *s, int weeks, int products, bool moves)
{
    vt_rng rng = vt_rng_at(9, "prices", 0, 0);
    vt_store *store = live_begin(s);
    for (int i = 0; i < products; i++) {
        bool toy = i % 2 == 0;
        char id[16];
        snprintf(id, sizeof id, "%s%d", toy ? "toy" : "book", i);
        double usual = 1000 + 100 * i, price = usual;
        for (int w = 0; w < weeks; w++) {
            if (moves && w % 2 == 0 && w < weeks - 6) {
                price = usual * exp(.15 * (2 * vt_rng_unit(&rng) - 1));
            }
            int64_t rounded = llround(price), time = START + (int64_t)w * WEEK;
            put_price(store, id, toy ? "Toys" : "Books", rounded, 500, time);
            int64_t pieces = pieces_of(&rng, 12 * pow(price / usual, toy ? -2.2 : -1));
            if (pieces > 0) {
                put_sale(store, id, time + 3 * DAY, pieces, rounded, VT_NONE);
            }
        }
    }
    live_commit(s);
}

static vt_insight *ask(const live_shop *s, const char *kind, int64_t now)
{
    vt_error err = VT_ERROR_INIT;
    vt_insight *insight = NULL;
    vt_insight_options o;
    vt_insight_options_init(&o);
    o.now = now;
    o.n = 100;
    check_ok(vt_insight_ask(&insight, s->live, kind, &o, &err));
    return insight;
}

static void finds_elasticities(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    live_shop_init(&s);
    fill(&s, WEEKS, PRODUCTS, true);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_insight *i = ask(&s, "elasticity", START + (int64_t)WEEKS * WEEK);
    print_message("%s\n", i->lead);
    assert_ptr_equal(strstr(i->lead, "Prices bite most in Toys: 1 % more costs "), i->lead);
    assert_non_null(strstr(i->lead, "They bite least in Books ("));
    const vt_insight_table *categories = &i->tables[0], *products = &i->tables[1];
    assert_int_equal(categories->n_rows, 2);
    assert_string_equal(answer_cell(categories, 0, "category")->text, "Toys");
    assert_true(answer_cell(categories, 0, "elasticity_low")->number <= -2.2 &&
                answer_cell(categories, 0, "elasticity_high")->number >= -2.2);
    assert_true(answer_cell(categories, 1, "elasticity_low")->number <= -1 &&
                answer_cell(categories, 1, "elasticity_high")->number >= -1);
    assert_int_equal(products->n_rows, PRODUCTS);
    int held = 0;
    for (size_t r = 0; r < products->n_rows; r++) {
        double truth = answer_cell(products, r, "item")->text[0] == 't' ? -2.2 : -1;
        held += answer_cell(products, r, "elasticity_low")->number <= truth &&
                answer_cell(products, r, "elasticity_high")->number >= truth;
    }
    assert_true(held >= PRODUCTS - 3);
    vt_insight_free(i);
    live_shop_done(&s);
}

/* Of a product of elasticity e below -1 and cost c the best price is c e / (e + 1); books ask for the highest. */
static void suggests_prices(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    live_shop_init(&s);
    fill(&s, WEEKS, PRODUCTS, true);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_insight *i = ask(&s, "prices", START + (int64_t)WEEKS * WEEK);
    print_message("%s\n", i->lead);
    assert_non_null(strstr(i->lead, "try one for 14 days"));
    const vt_insight_table *t = &i->tables[0];
    size_t n_sure = (size_t)i->figures[0].value;
    assert_string_equal(i->figures[0].metric->id, "prices_sure");
    assert_true(n_sure > 0 && t->n_rows == n_sure + (size_t)i->figures[1].value);
    for (size_t r = 0; r < t->n_rows; r++) {
        double price = answer_cell(t, r, "price_suggested")->number, now = answer_cell(t, r, "price_now")->number;
        assert_true(price >= answer_cell(t, r, "lowest")->number * .9 - 1 &&
                    price <= answer_cell(t, r, "highest")->number * 1.1 + 1);
        assert_true((answer_cell(t, r, "price_effect_month_low")->number > 0) == (r < n_sure));
        assert_string_equal(answer_cell(t, r, "of")->text, "margin");
        if (r < n_sure && answer_cell(t, r, "item")->text[0] == 'b') {
            assert_true(price > now); /* e = -1: margin rises with the price */
        }
    }
    vt_insight_free(i);
    live_shop_done(&s);
}

/* The curve of a product has its top at the suggested price, and the prices tried are those of its weeks. */
static void one_product(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    live_shop_init(&s);
    fill(&s, WEEKS, PRODUCTS, true);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_insight *all = ask(&s, "prices", START + (int64_t)WEEKS * WEEK), *one = NULL;
    vt_insight_options o;
    vt_insight_options_init(&o);
    o.now = START + (int64_t)WEEKS * WEEK;
    o.item = answer_cell(&all->tables[0], 0, "item")->text;
    check_ok(vt_insight_ask(&one, s.live, "prices", &o, &err));
    const vt_insight_table *curve = answer_table(one, "curve"), *tried = answer_table(one, "tried");
    size_t best = 0;
    double weeks = 0, now = -INFINITY;
    for (size_t r = 0; r < curve->n_rows; r++) {
        double value = answer_cell(curve, r, "price_value_month")->number;
        assert_true(answer_cell(curve, r, "price_value_month_low")->number <= value &&
                    value <= answer_cell(curve, r, "price_value_month_high")->number);
        best = value > answer_cell(curve, best, "price_value_month")->number ? r : best;
    }
    assert_true(answer_cell(curve, best, "price")->number ==
                answer_cell(&all->tables[0], 0, "price_suggested")->number);
    const vt_insight_table *first = answer_table(all, "curve"); /* the same product comes first among all */
    assert_int_equal(first->n_rows, curve->n_rows);
    assert_true(answer_number(first, best, "price_value_month_low") ==
                answer_number(curve, best, "price_value_month_low"));
    assert_int_equal(answer_table(all, "tried")->n_rows, tried->n_rows);
    for (size_t r = 0; r < tried->n_rows; r++) {
        weeks += answer_cell(tried, r, "weeks")->number;
        now = fmax(now, answer_cell(tried, r, "price")->number);
    }
    assert_true(weeks > WEEKS / 2 && weeks <= WEEKS); /* from its first sale on */
    assert_true(now == round(answer_cell(&all->tables[0], 0, "highest")->number));
    assert_non_null(strstr(one->lead, "Try it for 14 days"));
    vt_insight_free(one);
    one = NULL;
    o.item = "nothing";
    assert_int_equal(vt_insight_ask(&one, s.live, "prices", &o, &err), VT_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "no item \"nothing\""));
    vt_error_reset(&err);
    o.item = NULL;
    check_ok(vt_insight_ask(&one, s.live, "actions", &o, &err)); /* sure gains are actions too, for 30 days */
    size_t reprice = 0;
    for (size_t r = 0; r < answer_table(one, "actions")->n_rows; r++) {
        const vt_insight_table *t = answer_table(one, "actions");
        for (size_t k = 0; strcmp(answer_cell(t, r, "kind")->text, "reprice") == 0 && k < all->tables[0].n_rows; k++) {
            if (strcmp(answer_cell(t, r, "item")->text, answer_cell(&all->tables[0], k, "item")->text) == 0) {
                double month = answer_cell(&all->tables[0], k, "price_effect_month")->number;
                assert_true(fabs(answer_cell(t, r, "action_effect")->number - month * 30 / (365.25 / 12)) < 1e-6);
                assert_true(answer_cell(t, r, "action_effect_low")->number > 0);
                reprice++;
            }
        }
    }
    assert_true(reprice > 0);
    vt_insight_free(one);
    vt_insight_free(all);
    live_shop_done(&s);
}

/* Bounds of the price choose products by their price now, not sales; prices are for all customers. */
static void filters(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    live_shop_init(&s);
    fill(&s, WEEKS, PRODUCTS, true);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_insight *all = ask(&s, "prices", START + (int64_t)WEEKS * WEEK), *some = NULL;
    vt_insight_options o;
    vt_insight_options_init(&o);
    o.now = START + (int64_t)WEEKS * WEEK;
    o.n = 100;
    o.customers = "new"; /* ann, who is the only customer, is not */
    check_ok(vt_insight_ask(&some, s.live, "prices", &o, &err));
    assert_string_equal(some->lead, all->lead);
    assert_int_equal(some->n_notes, all->n_notes + 1);
    vt_insight_free(some);
    vt_insight_free(all);
    o.customers = NULL;
    o.price = ":15";
    check_ok(vt_insight_ask(&some, s.live, "elasticity", &o, &err));
    const vt_insight_table *products = &some->tables[1];
    double highest = 0;
    assert_true(products->n_rows > 0 && products->n_rows < PRODUCTS / 2);
    for (size_t r = 0; r < products->n_rows; r++) {
        highest = fmax(highest, answer_cell(products, r, "highest")->number);
    }
    assert_true(highest > 1500); /* sales at higher prices are still seen */
    vt_insight_free(some);
    live_shop_done(&s);
}

static void panel_of(vt_shop_panel **out, vt_scope *scope, const vt_view *view, const char *path)
{
    vt_error err = VT_ERROR_INIT;
    vt_insight_options o;
    vt_insight_options_init(&o);
    o.now = START + 10 * (int64_t)WEEK;
    check_ok(vt_scope_open(scope, view, &o, &err));
    scope->shop_path = path;
    check_ok(vt_shop_panel_make(out, scope, &err));
}

/*
 * "cup": 10.00 from week 0 on, 8.00 in weeks 4 and 5, then 10.00 again; sold in weeks 0, 4 and 9. "pot": no price is
 * recorded; sold at 30.00 in week 1, at 33.00 in week 7, with a discount in week 3.
 */
static void panel_by_hand(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    live_shop_init(&s);
    vt_store *store = live_begin(&s);
    put_price(store, "cup", "Kitchen", 1000, VT_NONE, START);
    put_price(store, "cup", "Kitchen", 800, VT_NONE, START + 4 * (int64_t)WEEK);
    put_price(store, "cup", "Kitchen", 1000, VT_NONE, START + 6 * (int64_t)WEEK);
    put_sale(store, "cup", START + 3600, 2, 1000, VT_NONE);
    put_sale(store, "cup", START + 4 * (int64_t)WEEK + DAY, 5, 1000, 1000);
    put_sale(store, "cup", START + 9 * (int64_t)WEEK + 6 * DAY, 1, 1000, VT_NONE);
    put_sale(store, "pot", START + WEEK + DAY, 1, 3000, VT_NONE);
    put_sale(store, "pot", START + 3 * (int64_t)WEEK + DAY, 4, 3000, 2000);
    put_sale(store, "pot", START + 7 * (int64_t)WEEK + DAY, 3, 3300, VT_NONE);
    live_commit(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_view *view = vt_live_view(s.live);
    vt_shop_panel *p = NULL;
    vt_scope scope;
    panel_of(&p, &scope, view, vt_live_path(s.live));
    assert_true(p->panel.n_products == 2 && p->panel.n_periods == 10 && p->recorded == 1);
    int cup = vt_str_equal(vt_view_item_id(view, p->item[0]), vt_str_of("cup")) ? 0 : 1, pot = 1 - cup;
    const int64_t *ptr = p->panel.ptr;
    assert_int_equal(ptr[cup + 1] - ptr[cup], 10);
    for (int w = 0; w < 10; w++) {
        int64_t r = ptr[cup] + w;
        bool promotion = w == 4 || w == 5;
        assert_true(p->panel.price[r] == (promotion ? 800 : 1000));
        assert_true(p->panel.promotion[r] == (promotion ? 1 : 0));
        assert_true(p->panel.units[r] == (w == 0 ? 2 : w == 4 ? 5 : w == 9 ? 1 : 0));
    }
    static const int weeks[] = {1, 2, 4, 5, 6, 7, 8, 9}; /* on sale since the first sale; week 3 had a discount */
    static const double prices[] = {3000, 3000, 3000, 3000, 3300, 3300, 3300, 3300};
    assert_int_equal(ptr[pot + 1] - ptr[pot], 8);
    for (int k = 0; k < 8; k++) {
        assert_int_equal(p->panel.period[ptr[pot] + k], weeks[k]);
        if (p->panel.price[ptr[pot] + k] != prices[k]) {
            fail_msg("week %d: %g, not %g", weeks[k], p->panel.price[ptr[pot] + k], prices[k]);
        }
    }
    vt_shop_panel_free(p);
    vt_scope_close(&scope);
    panel_of(&p, &scope, view, NULL); /* without the store nothing is recorded */
    assert_int_equal(p->recorded, 0);
    vt_shop_panel_free(p);
    vt_scope_close(&scope);
    vt_view_release(view);
    live_shop_done(&s);
}

static void says_what_is_missing(void **state)
{
    (void)state;
    static const struct {
        int weeks, products;
        bool moves;
        const char *kind, *says;
    } cases[] = {
        {0, 0, true, "elasticity", "at least 8 weeks"},
        {5, 4, true, "prices", "at least 8 weeks"},
        {20, 4, false, "elasticity", "the price of no product changed"},
        {20, 4, false, "prices", "the price of no product changed"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        vt_error err = VT_ERROR_INIT;
        live_shop s;
        live_shop_init(&s);
        fill(&s, cases[c].weeks, cases[c].products, cases[c].moves);
        check_ok(live_open(&s.live, &s, 0, &err));
        vt_insight *i = ask(&s, cases[c].kind, START + (int64_t)(cases[c].weeks + 1) * WEEK);
        if (strstr(i->lead, cases[c].says) == NULL || i->n_tables > 0) {
            fail_msg("\"%s\" is not in: %s", cases[c].says, i->lead);
        }
        vt_insight_free(i);
        live_shop_done(&s);
    }
}

static int ask_both(void *context, vt_error *err)
{
    const live_shop *s = context;
    static const char *const kinds[] = {"elasticity", "prices"};
    int status = VT_OK;
    for (int k = 0; status == VT_OK && k < 2; k++) {
        vt_insight *insight = NULL;
        vt_insight_options o;
        vt_insight_options_init(&o);
        o.now = START + 24 * (int64_t)WEEK;
        status = vt_insight_ask(&insight, s->live, kinds[k], &o, err);
        vt_insight_free(insight);
    }
    return status;
}

static void no_memory(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    live_shop_init(&s);
    fill(&s, 24, 6, true);
    check_ok(live_open(&s.live, &s, 0, &err));
    assert_true(fault_allocations(ask_both, &s) > 60);
    live_shop_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_elasticities), cmocka_unit_test(suggests_prices),
        cmocka_unit_test(one_product),        cmocka_unit_test(filters),
        cmocka_unit_test(panel_by_hand),      cmocka_unit_test(says_what_is_missing),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
