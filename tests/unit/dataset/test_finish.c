/* What stands in a snapshot's columns: guests, order lines, the catalogue, where the rows came from. */
#include "snapshots.h"

#include "dataset/split_rules.h"
#include "vitrine/statistics.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define NONE VT_NONE

/* Users adam (row 11) and zoe (12), items milk (21) and tea (22), numbered in this order. */
static vt_builder *two_by_two(int32_t min_user)
{
    static const char *const users[] = {"adam", "zoe"}, *const items[] = {"milk", "tea"};
    static const char *const titles[] = {NULL, "Green tea"};
    vt_error err = VT_ERROR_INIT;
    vt_snapshot_options options;
    vt_builder *builder = NULL;
    vt_snapshot_options_init(&options);
    options.min_user = min_user;
    check_ok(vt_builder_create(&builder, &options, &err));
    for (int i = 0; i < 2; i++) {
        vt_user user;
        vt_item item;
        vt_user_init(&user);
        vt_item_init(&item);
        user.id = vt_str_of(users[i]);
        item.id = vt_str_of(items[i]);
        item.title = vt_str_of(titles[i]);
        check_ok(vt_builder_add_user(builder, 11 + i, &user, &err));
        check_ok(vt_builder_add_item(builder, 21 + i, &item, &err));
    }
    return builder;
}

/* Purchases of a fixed price unless the rows say otherwise. */
static const vt_event_row line = {.time = 100,
                                  .quantity = 2,
                                  .unit_price = 499,
                                  .discount = NONE,
                                  .refunded = NONE,
                                  .cost = 200,
                                  .value = (double)NAN,
                                  .kind = VT_EVENT_PURCHASE};

static void add_line(vt_builder *builder, int64_t id, int64_t user, int64_t item, int64_t time, const char *session)
{
    vt_error err = VT_ERROR_INIT;
    vt_event_row event = line;
    event.id = id;
    event.user = user;
    event.item = item;
    event.time = time;
    event.session = vt_str_of(session);
    check_ok(vt_builder_add_event(builder, &event, &err));
}

static vt_snapshot *finish(vt_builder *builder)
{
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    check_ok(vt_builder_finish(&s, builder, NULL, &err));
    vt_builder_free(builder);
    return s;
}

static void add_visits(vt_builder *builder)
{
    add_line(builder, 1, -1, 0, 50, "s2");
    add_line(builder, 2, 1, 1, 40, "s3");
    add_line(builder, 3, -1, 1, 20, "s1");
    add_line(builder, 4, -1, 1, 30, NULL);
    add_line(builder, 5, -1, 1, 10, "s2");
    add_line(builder, 6, 0, 1, 60, NULL);
    add_line(builder, 7, 0, 0, NONE, NULL);
}

static void guests_stand_behind_users(void **state)
{
    (void)state;
    vt_builder *builder = two_by_two(0);
    add_visits(builder);
    vt_snapshot *s = finish(builder);
    assert_int_equal(s->n_events, 3);
    assert_int_equal(s->n_all, 7);
    assert_int_equal(s->user_ptr[2], 3);
    /* adam in the order of storing, zoe; without a session, s1, s2 by time */
    const int64_t id[] = {6, 7, 2, 4, 3, 5, 1};
    const int32_t session[] = {-1, -1, 2, -1, 0, 1, 1};
    const uint32_t by_time[] = {1, 5, 4, 3, 2, 6, 0};
    assert_memory_equal(s->id, id, sizeof id);
    assert_memory_equal(s->session, session, sizeof session);
    assert_memory_equal(s->by_time, by_time, sizeof by_time);
    assert_int_equal(s->sessions.n, 3);
    assert_int_equal(vt_ids_find(&s->sessions, vt_str_of("s2")), 1);
    vt_snapshot_free(s);
}

static void figures_of_users_are_the_same_with_guests(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_statistics with, without;
    vt_builder *builder = two_by_two(0);
    add_visits(builder);
    vt_snapshot *guests = finish(builder);
    builder = two_by_two(0);
    add_line(builder, 2, 1, 1, 40, NULL);
    add_line(builder, 6, 0, 1, 60, NULL);
    add_line(builder, 7, 0, 0, NONE, NULL);
    vt_snapshot *alone = finish(builder);
    check_ok(vt_statistics_compute(&with, guests, &err));
    check_ok(vt_statistics_compute(&without, alone, &err));
    assert_int_equal(with.interactions, 3);
    assert_int_equal(with.interactions, without.interactions);
    assert_int_equal(with.events_by_kind[VT_EVENT_PURCHASE], 3);
    assert_int_equal(guests->time_min, alone->time_min);
    vt_interactions *of_guests = NULL, *of_users = NULL;
    check_ok(vt_interactions_create(&of_guests, guests, NULL, 0, &err));
    check_ok(vt_interactions_create(&of_users, alone, NULL, 0, &err));
    assert_int_equal(of_guests->n, of_users->n);
    assert_memory_equal(of_guests->item, of_users->item, (size_t)of_users->n * sizeof *of_users->item);
    vt_interactions_free(of_users);
    vt_interactions_free(of_guests);
    vt_snapshot_free(alone);
    vt_snapshot_free(guests);
}

static void a_core_leaves_guests_out(void **state)
{
    (void)state;
    vt_builder *builder = two_by_two(2); /* adam alone has two items */
    add_visits(builder);
    vt_snapshot *s = finish(builder);
    assert_int_equal(s->n_users, 1);
    assert_int_equal(s->n_events, 2);
    assert_int_equal(s->n_all, 2);
    assert_int_equal(s->sessions.n, 0);
    assert_int_equal(s->user_row[0], 11);
    vt_snapshot_free(s);
}

static void order_lines_keep_their_money(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_builder *builder = two_by_two(0);
    vt_event_row sold = line, cancelled = line, returned = line, plain = line;
    sold.id = 1;
    sold.order = vt_str_of("B-2");
    sold.discount = 50;
    cancelled.id = 2;
    cancelled.item = 1;
    cancelled.order = vt_str_of("A-1");
    cancelled.state = VT_LINE_CANCELLED;
    returned.id = 3;
    returned.order = vt_str_of("A-1");
    returned.state = VT_LINE_RETURNED;
    returned.refunded = 998;
    plain.id = 4;
    plain.kind = VT_EVENT_VIEW;
    plain.unit_price = plain.cost = plain.quantity = NONE;
    check_ok(vt_builder_add_event(builder, &sold, &err));
    check_ok(vt_builder_add_event(builder, &cancelled, &err));
    check_ok(vt_builder_add_event(builder, &returned, &err));
    check_ok(vt_builder_add_event(builder, &plain, &err));
    plain.state = VT_LINE_STATES;
    assert_int_equal(vt_builder_add_event(builder, &plain, &err), VT_ERR_CORRUPT);
    vt_snapshot *s = finish(builder);
    const int64_t price[] = {499, 499, 499, NONE}, discount[] = {50, NONE, NONE, NONE};
    const int64_t cost[] = {200, 200, 200, NONE}, refunded[] = {NONE, NONE, 998, NONE};
    const int32_t order[] = {1, 0, 0, -1};
    const uint8_t state_of[] = {VT_LINE_SOLD, VT_LINE_CANCELLED, VT_LINE_RETURNED, VT_LINE_SOLD};
    const uint8_t positive[] = {1, 0, 1, 0};
    assert_memory_equal(s->unit_price, price, sizeof price);
    assert_memory_equal(s->discount, discount, sizeof discount);
    assert_memory_equal(s->cost, cost, sizeof cost);
    assert_memory_equal(s->refunded, refunded, sizeof refunded);
    assert_memory_equal(s->order, order, sizeof order);
    assert_memory_equal(s->state, state_of, sizeof state_of);
    assert_memory_equal(s->positive, positive, sizeof positive);
    assert_true(s->quantity[0] == 2 && s->quantity[3] == 1);
    assert_true(vt_str_equal(vt_ids_get(&s->orders, 0), vt_str_of("A-1")));
    assert_false(vt_is_signal(s, 1)); /* cancelled: as if it had not been */
    assert_true(vt_is_signal(s, 3));
    vt_snapshot_free(s);
}

static void the_catalogue_stands_by_item(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_builder *builder = two_by_two(0);
    vt_item item;
    vt_item_init(&item);
    item.id = vt_str_of("bread");
    item.title = vt_str_of("Rye bread");
    item.price = 320;
    item.cost = 110;
    item.stock = 7;
    item.available_from = 1000;
    item.available_until = 2000;
    check_ok(vt_builder_add_item(builder, NONE, &item, &err));
    vt_snapshot *s = finish(builder);
    const int64_t row[] = {NONE, 21, 22}, price[] = {320, NONE, NONE}, cost[] = {110, NONE, NONE};
    const int64_t stock[] = {7, NONE, NONE}, from[] = {1000, NONE, NONE}, until[] = {2000, NONE, NONE};
    assert_memory_equal(s->item_row, row, sizeof row);
    assert_memory_equal(s->item_price, price, sizeof price);
    assert_memory_equal(s->item_cost, cost, sizeof cost);
    assert_memory_equal(s->item_stock, stock, sizeof stock);
    assert_memory_equal(s->item_available_from, from, sizeof from);
    assert_memory_equal(s->item_available_until, until, sizeof until);
    static const char *const titles[] = {"Rye bread", "", "Green tea"};
    for (int32_t i = 0; i < 3; i++) {
        assert_true(vt_str_equal(vt_ids_get(&s->titles, i), vt_str_of(titles[i])));
    }
    const int64_t users[] = {11, 12};
    assert_memory_equal(s->user_row, users, sizeof users);
    vt_snapshot_free(s);
}

/* Told in disorder, of one item twice at one time: by time, and at one time as they were told. */
static void stocks_stand_by_item_and_time(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_builder *builder = two_by_two(0);
    static const int64_t rows[][3] = {{1, 300, 5}, {0, 50, 4}, {1, 200, 9}, {1, 300, 0}, {1, 100, -2}, {0, 60, 3}};
    for (size_t k = 0; k < COUNT(rows); k++) {
        check_ok(vt_builder_add_stock(builder, rows[k][0], rows[k][1], rows[k][2], &err));
    }
    assert_int_equal(vt_builder_add_stock(builder, 2, 100, 1, &err), VT_ERR_CORRUPT);
    assert_int_equal(vt_builder_add_stock(builder, 0, INT64_MAX, 1, &err), VT_ERR_FORMAT);
    vt_error_reset(&err);
    vt_snapshot *s = finish(builder);
    const int64_t ptr[] = {0, 2, 6}, time[] = {50, 60, 100, 200, 300, 300}, pieces[] = {4, 3, -2, 9, 5, 0};
    assert_memory_equal(s->stock_ptr, ptr, sizeof ptr);
    assert_memory_equal(s->stock_time, time, sizeof time);
    assert_memory_equal(s->stock_pieces, pieces, sizeof pieces);
    vt_snapshot_free(s);
}

static void the_origin_is_kept(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    static const vt_builder_origin origin = {.revision = 9,
                                             .catalogue = 8,
                                             .epoch = 7,
                                             .last_event = 6,
                                             .last_user = 5,
                                             .last_item = 4,
                                             .last_stock = 2,
                                             .last_change = 3,
                                             .currency = "EUR",
                                             .time_zone = "Europe/Vienna"};
    vt_builder *builder = two_by_two(0);
    vt_snapshot *s = NULL;
    check_ok(vt_builder_finish(&s, builder, &origin, &err));
    vt_builder_free(builder);
    assert_int_equal(s->revision, 9);
    assert_int_equal(s->catalogue, 8);
    assert_int_equal(s->epoch, 7);
    assert_int_equal(s->last_event, 6);
    assert_int_equal(s->last_user, 5);
    assert_int_equal(s->last_item, 4);
    assert_int_equal(s->last_stock, 2);
    assert_int_equal(s->last_change, 3);
    assert_string_equal(s->currency, "EUR");
    assert_string_equal(s->time_zone, "Europe/Vienna");
    vt_snapshot_free(s);
    s = finish(two_by_two(0));
    assert_int_equal(s->revision, 0);
    assert_string_equal(s->currency, "");
    vt_snapshot_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guests_stand_behind_users),    cmocka_unit_test(figures_of_users_are_the_same_with_guests),
        cmocka_unit_test(a_core_leaves_guests_out),     cmocka_unit_test(order_lines_keep_their_money),
        cmocka_unit_test(the_catalogue_stands_by_item), cmocka_unit_test(stocks_stand_by_item_and_time),
        cmocka_unit_test(the_origin_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
