/*
 * Actions: effects that concern the same goods are not counted twice, what is bought together becomes an action with
 * its effect by hand, goods that another action takes are not cleared, and an order of the list.
 */
#include "answers.h"
#include "live_shop.h"

#include <math.h>

#include "base/alloc.h"
#include "insight/actions/actions.h"
#include "insight/baskets/association.h"

enum { DAY = 86400, START = 1767225600 /* 2026-01-01 00:00 UTC */, DAYS = 100 };

static void put(vt_actions *a, vt_action_kind kind, int32_t item, int32_t other, double money)
{
    vt_error err = VT_ERROR_INIT;
    vt_action *row = vt_actions_add(a, kind, item, &err);
    assert_non_null(row);
    row->other = other;
    row->money = money;
}

/* Item 1 may be shown more, repriced or bundled with 2, which may be ordered; item 3 brings nothing. */
static void same_goods_count_once(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_actions a = {0};
    a.taken = vt_alloc_zero(6, sizeof *a.taken, &err);
    put(&a, VT_ACTION_REPRICE, 1, -1, 50);
    put(&a, VT_ACTION_BUNDLE, 1, 2, 60);
    put(&a, VT_ACTION_PROMOTE, 1, -1, 80);
    put(&a, VT_ACTION_REORDER, 2, -1, 40);
    put(&a, VT_ACTION_REORDER, 3, -1, 0);
    put(&a, VT_ACTION_BUNDLE, 4, 5, 30);
    put(&a, VT_ACTION_REPRICE, 5, -1, 30); /* as much as the bundle: the earlier kind stays */
    put(&a, VT_ACTION_WIN_BACK, -1, -1, 70);
    vt_actions_keep(&a);
    const struct {
        vt_action_kind kind;
        int32_t item;
        double money;
    } wanted[] = {{VT_ACTION_PROMOTE, 1, 80},
                  {VT_ACTION_WIN_BACK, -1, 70},
                  {VT_ACTION_REORDER, 2, 40},
                  {VT_ACTION_REPRICE, 5, 30}};
    assert_int_equal(a.n, 4);
    for (size_t i = 0; i < a.n; i++) {
        assert_int_equal(a.row[i].kind, wanted[i].kind);
        assert_int_equal(a.row[i].item, wanted[i].item);
        assert_true(a.row[i].money == wanted[i].money);
    }
    assert_true(a.taken[1] && a.taken[2] && a.taken[5] && !a.taken[3] && !a.taken[4]);
    vt_actions_done(&a);
}

static void sell(vt_store *store, const char *item, int day, int order, int64_t price)
{
    char user[16], number[16];
    snprintf(user, sizeof user, "u%d", order);
    snprintf(number, sizeof number, "o%d", order);
    vt_event e = live_event(user, item, VT_EVENT_PURCHASE, START + day * (int64_t)DAY + 43200);
    e.order_id = vt_str_of(number);
    e.quantity = 1;
    e.unit_price = price;
    live_put(store, &e);
}

/* In the last 90 days 20 orders of tea, 12 of them with a pot; 60 of bread alone; jam and salt lie. */
static void fill(live_shop *s)
{
    vt_store *store = live_begin(s);
    int order = 0;
    live_put_item(store, "tea", "Drinks", 500, VT_NONE);
    live_put_item(store, "pot", "Kitchen", 3000, VT_NONE);
    live_put_item(store, "bread", "Food", 200, VT_NONE);
    live_put_item(store, "jam", "Food", 400, 7);
    live_put_item(store, "salt", "Food", 100, 9);
    for (int k = 0; k < 80; k++, order++) {
        int day = 12 + k % 80;
        sell(store, k < 20 ? "tea" : "bread", day, order, k < 20 ? 500 : 200);
        if (k < 12) {
            sell(store, "pot", day, order, 3000);
        }
    }
    live_commit(s);
}

/* Pots are in fewer orders: of 12 orders of a pot in 90 days all hold tea, which brings 5.00. */
static void bought_together(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    vt_insight_options o;
    vt_insight *i = NULL;
    live_shop_init(&s);
    fill(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_insight_options_init(&o);
    o.now = START + DAYS * (int64_t)DAY - 1;
    check_ok(vt_insight_ask(&i, s.live, "actions", &o, &err));
    const vt_insight_table *t = &i->tables[0];
    size_t row = 0;
    while (row < t->n_rows && strcmp(answer_cell(t, row, "kind")->text, "bundle") != 0) {
        row++;
    }
    double low, high, month = 12.0 / 90 * 30;
    vt_wilson(&low, &high, 12, 12);
    assert_string_equal(answer_cell(t, row, "item")->text, "pot");
    assert_string_equal(answer_cell(t, row, "other")->text, "tea");
    assert_true(fabs(answer_cell(t, row, "action_effect")->number - month * .1 * 500) < 1e-9);
    assert_true(fabs(answer_cell(t, row, "action_effect_low")->number - month * low * .05 * 500) < 1e-9);
    assert_true(fabs(answer_cell(t, row, "action_effect_high")->number - month * high * .15 * 500) < 1e-9);
    assert_true(answer_cell(t, row, "evidence")->number == 12);
    assert_non_null(strstr(answer_cell(t, row, "reason")->text, "100 % of those with the second hold the first"));
    for (size_t r = 0; r < t->n_rows; r++) { /* a merchant reads them */
        assert_null(strstr(answer_cell(t, r, "reason")->text, "insight "));
        assert_null(strstr(answer_cell(t, r, "reason")->text, "--"));
    }
    double before = INFINITY;
    for (size_t r = 0; r < t->n_rows; r++) {
        double money = answer_cell(t, r, "action_effect")->number;
        assert_true(isnan(money) || money <= before);
        before = isnan(money) ? -INFINITY : money; /* what has no money comes behind */
    }
    vt_insight_free(i);
    live_shop_done(&s);
}

static void taken_goods_are_not_cleared(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    vt_insight_options o;
    vt_scope scope;
    vt_actions a = {0};
    live_shop_init(&s);
    fill(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_view *view = vt_live_view(s.live);
    vt_insight_options_init(&o);
    o.now = START + DAYS * (int64_t)DAY - 1;
    check_ok(vt_scope_open(&scope, view, &o, &err));
    size_t n = (size_t)view->n_items;
    a.scope = &scope;
    a.options = &o;
    a.days = 90;
    a.sold = vt_alloc_zero(n, sizeof *a.sold, &err);
    a.taken = vt_alloc_zero(n, sizeof *a.taken, &err);
    check_ok(vt_actions_find_clear(&a, &err));
    assert_string_equal(a.row[0].what, "Clear 2 products that lie");
    a.taken[vt_view_find_item(view, vt_str_of("jam"))] = 1;
    check_ok(vt_actions_find_clear(&a, &err));
    assert_int_equal(a.n, 2);
    assert_string_equal(a.row[1].what, "Clear 1 product that lies");
    a.taken[vt_view_find_item(view, vt_str_of("salt"))] = 1;
    check_ok(vt_actions_find_clear(&a, &err));
    assert_int_equal(a.n, 2);
    vt_actions_done(&a);
    vt_scope_close(&scope);
    vt_view_release(view);
    live_shop_done(&s);
}

/* Titles of any length are cut at whole characters, so that what is said stays UTF-8. */
static void long_names(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    vt_insight_options o;
    vt_scope scope;
    live_shop_init(&s);
    vt_store *store = live_begin(&s);
    vt_put done;
    vt_item item;
    vt_item_init(&item);
    item.id = vt_str_of("long");
    char title[202];
    for (int k = 0; k < 100; k++) {
        memcpy(title + 2 * k + 1, "\xC3\xA4", 2);
    }
    title[0] = 'x';
    title[201] = '\0';
    item.title = vt_str_of(title);
    check_ok(vt_store_put_item(store, &item, &done, &err));
    live_commit(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_view *view = vt_live_view(s.live);
    vt_insight_options_init(&o);
    check_ok(vt_scope_open(&scope, view, &o, &err));
    char name[VT_ACTION_NAME];
    vt_actions_name(name, &(vt_actions){.scope = &scope}, 0);
    assert_int_equal(strlen(name), 67 + 3); /* whole letters and the dots */
    assert_string_equal(name + 65, "\xC3\xA4\xE2\x80\xA6");
    vt_scope_close(&scope);
    vt_view_release(view);
    live_shop_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_goods_count_once),
        cmocka_unit_test(bought_together),
        cmocka_unit_test(taken_goods_are_not_cleared),
        cmocka_unit_test(long_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
