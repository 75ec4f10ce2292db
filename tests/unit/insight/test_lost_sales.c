/*
 * What being sold out has cost: by hand where demand is constant, beside the truth of a synthetic shop, and what stock
 * and demand make of it.
 */
#include "fault.h"
#include "shop_days.h"

#include "base/alloc.h"
#include "base/file.h"
#include "base/json.h"
#include "vitrine/generator.h"

static double cell(const vt_insight_table *t, size_t row, const char *column)
{
    return answer_cell(t, row, column)->number;
}

static void tell(vt_store *store, const char *id, int day, int64_t stock)
{
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    vt_item item;
    vt_item_init(&item);
    item.id = vt_str_of(id);
    item.stock = stock;
    item.category = vt_str_of("All");
    item.as_of = START + (int64_t)day * DAY;
    check_ok(vt_store_put_item(store, &item, &done, &err));
}

/*
 * 70 days: tea sells 4 a day and is out on days 50 to 59, cup sells 3 a day and never runs out, pin sells 2 a day also
 * where its stock is told as 0, pot is out from day 65 on.
 */
static void make_shop(live_shop *s)
{
    vt_error err = VT_ERROR_INIT;
    live_shop_init(s);
    vt_store *store = live_begin(s);
    static const char *const names[] = {"tea", "cup", "pin", "pot"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        tell(store, names[i], 0, 300);
    }
    tell(store, "tea", 50, 0);
    tell(store, "tea", 60, 80);
    tell(store, "pin", 20, 0);
    tell(store, "pot", 65, 0);
    for (int day = 0; day < 70; day++) {
        days_sell(store, "tea", day, day >= 50 && day < 60 ? 0 : 4);
        days_sell(store, "cup", day, 3);
        days_sell(store, "pin", day, 2);
        days_sell(store, "pot", day, day >= 65 ? 0 : 1);
    }
    live_commit(s);
    check_ok(live_open(&s->live, s, 0, &err));
}

static void by_hand(void **state)
{
    (void)state;
    live_shop s;
    vt_insight_options o;
    make_shop(&s);
    vt_insight_options_init(&o);
    vt_insight *i = days_ask(&s, "stock", &o, 70); /* the last 30 days */
    const vt_insight_table *t = answer_table(i, "sold_out");
    const vt_insight_figure *units = answer_figure(i, "lost_units"), *revenue = answer_figure(i, "lost_revenue");
    assert_int_equal(t->n_rows, 2); /* not pin, whose stock is not to be believed */
    assert_string_equal(answer_cell(t, 0, "item")->text, "tea");
    assert_true(fabs(cell(t, 0, "days_out") - 10) < 1e-9 && answer_cell(t, 0, "now")->text == NULL);
    assert_true(fabs(cell(t, 0, "lost_units") - 40) < 3); /* a little less: days without tea are days of less sales */
    assert_true(cell(t, 0, "lost_units_low") < 40 && cell(t, 0, "lost_units_high") > 40);
    assert_true(fabs(cell(t, 0, "lost_revenue") - 1000 * cell(t, 0, "lost_units")) < 1e-6);
    assert_string_equal(answer_cell(t, 1, "item")->text, "pot");
    assert_true(fabs(cell(t, 1, "days_out") - 5) < 1e-9);
    assert_string_equal(answer_cell(t, 1, "now")->text, "yes");
    assert_true(fabs(cell(t, 1, "lost_units") - 5) < 1);
    assert_true(fabs(units->value - cell(t, 0, "lost_units") - cell(t, 1, "lost_units")) < 1e-9);
    assert_true(units->low < 45 && units->high > 45 && units->low > 0);
    assert_true(revenue->low < 45000 && revenue->high > 45000);
    assert_true(fabs(answer_figure(i, "out_share")->value - 15.0 / 120) < 1e-9);
    assert_non_null(strstr(i->lead, "2 products were sold out in the period, which lost about"));
    bool left_out = false;
    for (size_t k = 0; k < i->n_notes; k++) {
        left_out = left_out || strstr(i->notes[k], "1 time without stock is left out") != NULL;
    }
    assert_true(left_out);
    vt_insight_free(i);
    live_shop_done(&s);
}

/* What products say of being sold out is what stock says; of a product that never was, 0. */
static void products_have_the_same(void **state)
{
    (void)state;
    live_shop s;
    vt_insight_options o;
    make_shop(&s);
    vt_insight_options_init(&o);
    vt_insight *stock = days_ask(&s, "stock", &o, 70), *i = days_ask(&s, "products", &o, 70);
    const vt_insight_table *out = answer_table(stock, "sold_out"), *t = answer_table(i, "products");
    int found = 0;
    for (size_t r = 0; r < t->n_rows; r++) {
        double days = 0, lost = 0;
        for (size_t k = 0; k < out->n_rows; k++) {
            if (strcmp(answer_cell(out, k, "item")->text, answer_cell(t, r, "item")->text) == 0) {
                days = cell(out, k, "days_out");
                lost = cell(out, k, "lost_revenue");
                found++;
            }
        }
        assert_true(cell(t, r, "days_out") == days && cell(t, r, "lost_revenue") == lost);
    }
    assert_int_equal(found, 2);
    const vt_insight_table *days = answer_table(i, "courses"); /* 10 days without tea, 5 without pots */
    assert_float_equal(answer_sum(days, "sold_out"), 15, 0);
    assert_float_equal(answer_sum(days, "lost_revenue"), answer_figure(i, "lost_revenue")->value, 1e-6);
    assert_float_equal(answer_sum(days, "lost_revenue_before"), answer_figure(i, "lost_revenue")->before, 1e-6);
    vt_insight_free(stock);
    vt_insight_free(i);
    live_shop_done(&s);
}

/* Without a history of stocks, and with too few sales for losses, nothing is said of either. */
static void products_without_stock(void **state)
{
    (void)state;
    for (int told = 0; told < 2; told++) {
        vt_error err = VT_ERROR_INIT;
        live_shop s;
        vt_insight_options o;
        live_shop_init(&s);
        vt_store *store = live_begin(&s);
        live_put_item(store, "tea", "Drinks", 1000, told ? 0 : VT_NONE);
        days_sell(store, "tea", 0, 1);
        live_commit(&s);
        check_ok(live_open(&s.live, &s, 0, &err));
        vt_insight_options_init(&o);
        vt_insight *i = days_ask(&s, "products", &o, 1);
        const vt_insight_table *t = answer_table(i, "products");
        assert_int_equal(t->n_rows, 1);
        assert_true(isnan(cell(t, 0, "days_out")) && isnan(cell(t, 0, "lost_revenue")));
        vt_insight_free(i);
        live_shop_done(&s);
    }
}

/* The rate of tea and what is foreseen of it are of the days with tea. */
static void stock_and_demand_are_of_days_with_goods(void **state)
{
    (void)state;
    live_shop s;
    vt_insight_options o;
    make_shop(&s);
    vt_insight_options_init(&o);
    vt_insight *i = days_ask(&s, "stock", &o, 70);
    const vt_insight_table *t = answer_table(i, "stock");
    size_t tea = 0;
    while (strcmp(answer_cell(t, tea, "item")->text, "tea") != 0) {
        tea++;
    }
    assert_true(fabs(cell(t, tea, "lead_demand") - 56) < 3); /* 14 days of 4; by sales alone 48 or less */
    vt_insight_free(i);
    o.unit = "day";
    o.horizon = 7;
    i = days_ask(&s, "demand", &o, 63);
    const vt_insight_figure *forecast = answer_figure(i, "forecast");
    assert_true(fabs(forecast->value - 70) < 5);       /* 10 a day */
    assert_true(forecast->before < 4 * 3 + 7 * 6 + 1); /* what was sold, in four days of seven without tea */
    assert_true(cell(answer_table(i, "history"), 55, "units") == 6);
    const vt_insight_table *products = answer_table(i, "products");
    tea = 0;
    while (strcmp(answer_cell(products, tea, "item")->text, "tea") != 0) {
        tea++;
    }
    assert_true(fabs(cell(products, tea, "lead_demand") - 56) < 6); /* as insight stock has it: 14 days */
    bool said = false;
    for (size_t k = 0; k < i->n_notes; k++) {
        said = said || strstr(i->notes[k], "Products were out of stock at times") != NULL;
    }
    assert_true(said);
    vt_insight_free(i);
    o.lead_days = 28;
    o.service = .6;
    i = days_ask(&s, "demand", &o, 63);
    products = answer_table(i, "products");
    assert_true(fabs(cell(products, tea, "lead_demand") - 112) < 12);
    assert_true(cell(products, tea, "reorder_point") < cell(products, tea, "lead_demand") + 12);
    vt_insight_free(i);
    live_shop_done(&s);
}

/* What a synthetic shop lost between two days, of all products, from its truth. */
static void read_truth(const char *path, int64_t from, int64_t until, double *pieces, double *revenue)
{
    vt_error err = VT_ERROR_INIT;
    vt_json_reader *reader = NULL;
    yyjson_val *root = NULL, *one = NULL;
    char *text = NULL;
    size_t len = 0, i = 0, n = 0;
    *pieces = *revenue = 0;
    check_ok(vt_file_read(&text, &len, path, 1 << 26, &err));
    check_ok(vt_json_reader_create(&reader, &err));
    check_ok(vt_json_read(reader, (vt_str){text, len}, &root, &err));
    yyjson_arr_foreach(yyjson_obj_get(root, "lost_sales"), i, n, one)
    {
        int64_t time = yyjson_get_sint(yyjson_obj_get(one, "time"));
        bool inside = time >= from && time < until;
        *pieces += inside;
        *revenue += inside ? (double)yyjson_get_sint(yyjson_obj_get(one, "price")) : 0;
    }
    vt_json_reader_free(reader);
    vt_free(text);
}

/* Four shops: intervals of 95 % hold the truth in three at least. Twenty: script/bench insight lost_sales. */
static void intervals_hold_the_truth(void **state)
{
    (void)state;
    enum { SHOPS = 4 };
    vt_error err = VT_ERROR_INIT;
    int held = 0;
    for (uint64_t seed = 1; seed <= SHOPS; seed++) {
        scratch files;
        vt_live *live = NULL;
        vt_live_options of_live;
        vt_generate_options g;
        vt_generate_report report;
        vt_insight_options o;
        vt_insight *i = NULL;
        double pieces = 0, revenue = 0;
        char path[PATH_MAX];
        scratch_init(&files);
        vt_generate_options_init(&g);
        g.products = 100;
        g.users = 800;
        g.orders = 3000;
        g.reviews = 0;
        g.photos = 0;
        g.seed = seed;
        g.stock_outs = true;
        snprintf(path, sizeof path, "%s", scratch_path(&files, "shop"));
        check_ok(vt_generate(path, &g, &report, &err));
        vt_live_options_init(&of_live);
        check_ok(vt_live_open(&live, path, &of_live, &err));
        vt_insight_options_init(&o);
        o.period = "2024-07-01..2025-12-31";
        check_ok(vt_insight_ask(&i, live, "stock", &o, &err));
        read_truth(scratch_path(&files, "shop/truth.json"), 1719792000, 1767225600, &pieces, &revenue);
        const vt_insight_figure *units = answer_figure(i, "lost_units"), *money = answer_figure(i, "lost_revenue");
        assert_true(pieces > 100);
        assert_true(fabs(units->value - pieces) < .25 * pieces);
        assert_true(units->low > .6 * units->value && units->high < 1.4 * units->value); /* says something */
        held += units->low <= pieces && pieces <= units->high;
        held += money->low <= revenue && revenue <= money->high;
        vt_insight_free(i);
        vt_live_close(live);
        scratch_done(&files);
    }
    assert_true(held >= 2 * SHOPS - 2);
}

static int ask_stock(void *context, vt_error *err)
{
    live_shop *s = context;
    vt_insight *i = NULL;
    vt_insight_options o;
    vt_insight_options_init(&o);
    o.now = START + 70 * DAY - 1;
    int status = vt_insight_ask(&i, s->live, "stock", &o, err);
    vt_insight_free(i);
    return status;
}

static void no_memory(void **state)
{
    (void)state;
    live_shop s;
    make_shop(&s);
    assert_true(fault_allocations(ask_stock, &s) > 30);
    live_shop_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(products_have_the_same),
        cmocka_unit_test(products_without_stock),
        cmocka_unit_test(stock_and_demand_are_of_days_with_goods),
        cmocka_unit_test(intervals_hold_the_truth),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
