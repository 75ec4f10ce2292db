/*
 * Returns that events tell: found by order and item as of a view, whatever their number; cancelled ones, those without
 * an order and those of a later view are not among them.
 */
#include "fault.h"
#include "live_shop.h"

#include "live/told_returns.h"

#define START ((int64_t)1767225600)

enum { ORDERS = 300 };

static void put(vt_store *store, vt_event_kind kind, const char *order, const char *item, vt_line_state state)
{
    vt_event e = live_event("ann", item, kind, START);
    e.order_id = order == NULL ? (vt_str){NULL, 0} : vt_str_of(order);
    e.quantity = 1;
    e.unit_price = 100;
    e.state = state;
    live_put(store, &e);
}

/* Number of the order with that id, among those of the view. */
static int32_t order_of(const vt_view *view, const char *id)
{
    for (int32_t o = 0; o < view->n_orders; o++) {
        if (vt_str_equal(vt_view_order(view, o), vt_str_of(id))) {
            return o;
        }
    }
    return -1;
}

static bool has(const vt_view *view, const vt_memo *told, const char *order, const char *item)
{
    return vt_told_returns_has(told, order_of(view, order), vt_view_find_item(view, vt_str_of(item)));
}

/* Every third order is sent back, tea and not the pot. */
static void fill(live_shop *s)
{
    char order[16];
    vt_error err = VT_ERROR_INIT;
    live_shop_init(s);
    vt_store *store = live_begin(s);
    for (int o = 0; o < ORDERS; o++) {
        snprintf(order, sizeof order, "o%d", o);
        put(store, VT_EVENT_PURCHASE, order, "tea", VT_LINE_SOLD);
        put(store, VT_EVENT_PURCHASE, order, "pot", VT_LINE_SOLD);
        if (o % 3 == 0) {
            put(store, VT_EVENT_RETURN, order, "tea", VT_LINE_SOLD);
        }
    }
    put(store, VT_EVENT_RETURN, NULL, "pot", VT_LINE_SOLD);
    live_commit(s);
    check_ok(live_open(&s->live, s, 0, &err));
}

static void by_order_and_item(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    vt_memo *told = NULL, *again = NULL, *later = NULL;
    char order[16];
    fill(&s);
    vt_view *view = vt_live_view(s.live);
    check_ok(vt_told_returns_find(&told, view, &err));
    for (int o = 0; o < ORDERS; o++) {
        snprintf(order, sizeof order, "o%d", o);
        assert_true(has(view, told, order, "tea") == (o % 3 == 0));
        assert_false(has(view, told, order, "pot"));
    }
    assert_false(vt_told_returns_has(told, -1, 0) || vt_told_returns_has(NULL, 0, 0));
    check_ok(vt_told_returns_find(&again, view, &err));
    assert_ptr_equal(again, told); /* worked out once for a view */
    vt_store *store = live_begin(&s);
    put(store, VT_EVENT_RETURN, "o1", "pot", VT_LINE_SOLD);
    live_commit(&s);
    live_refresh(&s);
    vt_view *fresh = vt_live_view(s.live);
    check_ok(vt_told_returns_find(&later, fresh, &err));
    assert_true(has(fresh, later, "o1", "pot") && has(fresh, later, "o3", "tea"));
    assert_false(has(view, told, "o1", "pot"));
    vt_memo_release(told);
    vt_memo_release(again);
    vt_memo_release(later);
    vt_view_release(fresh);
    vt_view_release(view);
    live_shop_done(&s);
}

static int find(void *context, vt_error *err)
{
    vt_memo *told = NULL;
    int status = vt_told_returns_find(&told, context, err);
    vt_memo_release(told);
    return status;
}

static void none_and_no_memory(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    vt_memo *told = NULL;
    live_shop_init(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_view *view = vt_live_view(s.live);
    assert_true(fault_allocations(find, view) > 0);
    check_ok(vt_told_returns_find(&told, view, &err));
    assert_false(vt_told_returns_has(told, 0, 0));
    vt_memo_release(told);
    vt_view_release(view);
    live_shop_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_order_and_item), cmocka_unit_test(none_and_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
