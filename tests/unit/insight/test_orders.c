/* Orders of a shop: lines of one number are one, and so are those without a number of one customer or visit and day. */
#include "fault.h"
#include "live_shop.h"

#include "base/alloc.h"
#include "insight/orders.h"
#include "math/quantile.h"

enum { DAY = 86400, TODAY = 20500 };

static live_shop shop;
static vt_view *view;
static vt_scope scope;

static void sell(vt_store *store, const char *user, const char *session, const char *order, int day, int64_t price,
                 vt_line_state state)
{
    static int line = 0;
    char number[16];
    vt_event e = live_event(user, "cup", VT_EVENT_PURCHASE, (int64_t)(TODAY - day) * DAY + 36000 + line);
    snprintf(number, sizeof number, "%d", ++line);
    e.session = vt_str_of(session);
    e.order_id = vt_str_of(order);
    e.line = order == NULL ? e.line : vt_str_of(number);
    e.quantity = 1;
    e.unit_price = price;
    e.state = state;
    live_put(store, &e);
}

static int set_up(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_insight_options options;
    live_shop_init(&shop);
    vt_store *store = live_begin(&shop);
    live_put_item(store, "cup", "Home", 100, 1);
    sell(store, "ann", NULL, "A", 3, 100, VT_LINE_SOLD);
    sell(store, "ann", NULL, "A", 3, 50, VT_LINE_RETURNED);
    sell(store, "ann", NULL, "A", 3, 7, VT_LINE_CANCELLED);
    sell(store, "bob", NULL, "B", 40, 1000, VT_LINE_SOLD); /* before the period */
    sell(store, "bob", NULL, NULL, 2, 20, VT_LINE_SOLD);
    sell(store, "bob", NULL, NULL, 2, 30, VT_LINE_SOLD);
    sell(store, "bob", NULL, NULL, 1, 5, VT_LINE_SOLD);
    sell(store, NULL, "v1", NULL, 1, 11, VT_LINE_SOLD);
    sell(store, NULL, "v2", NULL, 1, 12, VT_LINE_SOLD);
    sell(store, NULL, "v2", NULL, 1, 13, VT_LINE_SOLD);
    sell(store, NULL, "v2", "G", 1, 70, VT_LINE_SOLD);
    live_commit(&shop);
    check_ok(live_open(&shop.live, &shop, 0, &err));
    view = vt_live_view(shop.live);
    vt_insight_options_init(&options);
    options.now = (int64_t)(TODAY + 1) * DAY - 1;
    check_ok(vt_scope_open(&scope, view, &options, &err));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    vt_scope_close(&scope);
    vt_view_release(view);
    live_shop_done(&shop);
    return 0;
}

static void what_was_paid(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    double *paid = NULL;
    size_t n = 0;
    static const double wanted[] = {5, 11, 25, 50, 70, 150};
    check_ok(vt_orders_paid(&paid, &n, &scope, scope.period.from, scope.period.until, &err));
    assert_int_equal(n, sizeof wanted / sizeof wanted[0]);
    vt_sort_reals(paid, n);
    for (size_t i = 0; i < n; i++) {
        assert_true(paid[i] == wanted[i]);
    }
    vt_free(paid);
    check_ok(vt_orders_paid(&paid, &n, &scope, scope.period.until, scope.period.until, &err));
    assert_int_equal(n, 0);
    vt_free(paid);
}

static void orders_of_customers(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_orders orders;
    check_ok(vt_orders_find(&orders, &scope, scope.period.from, scope.period.until, &err));
    int32_t ann = vt_view_find_user(view, vt_str_of("ann")), bob = vt_view_find_user(view, vt_str_of("bob"));
    assert_int_equal(orders.ptr[ann + 1] - orders.ptr[ann], 1);
    assert_int_equal(orders.row[orders.ptr[ann]].paid, 150);
    assert_int_equal(orders.row[orders.ptr[ann]].revenue, 100); /* the rest came back */
    assert_int_equal(orders.ptr[bob + 1] - orders.ptr[bob], 2);
    assert_int_equal(orders.row[orders.ptr[bob]].paid, 50);
    assert_int_equal(orders.ptr[orders.n_users + 1] - orders.ptr[orders.n_users], 3); /* of guests */
    vt_orders_done(&orders);
}

static int find_both(void *context, vt_error *err)
{
    (void)context;
    vt_orders orders;
    double *paid = NULL;
    size_t n = 0;
    int status = vt_orders_find(&orders, &scope, INT64_MIN, INT64_MAX, err);
    if (status == VT_OK) {
        vt_orders_done(&orders);
        status = vt_orders_paid(&paid, &n, &scope, INT64_MIN, INT64_MAX, err);
        vt_free(paid);
    }
    return status;
}

static void no_memory(void **state)
{
    (void)state;
    assert_true(fault_allocations(find_both, NULL) > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_paid),
        cmocka_unit_test(orders_of_customers),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
