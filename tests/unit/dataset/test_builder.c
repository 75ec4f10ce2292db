/* Snapshots built by hand: order, dense ids, features, cores, and every failed allocation. */
#include "snapshots.h"

#include "base/alloc.h"
#include "base/rng.h"
#include "vitrine/split.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static void assert_text(const vt_ids *ids, int32_t index, const char *expected)
{
    vt_str text = vt_ids_get(ids, index);
    assert_int_equal(text.len, strlen(expected));
    assert_memory_equal(text.ptr, expected, text.len);
}

static void orders_users_items_and_time(void **state)
{
    (void)state;
    static const event_row rows[] = {
        {"zoe", "milk", 30, 5, 0, 0},           {"adam", "tea", 20, 3, 0, 0},
        {"zoe", "tea", 10, 4, 0, VT_PART_TEST}, {"zoe", "bread", 30, 1, VT_EVENT_PURCHASE, 0},
        {"adam", "milk", 20, 0, VIEW_ROW, 0},
    };
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    check_ok(snapshot_of(&s, rows, COUNT(rows), NULL, &err));
    assert_int_equal(s->n_users, 2);
    assert_int_equal(s->n_items, 3);
    assert_int_equal(s->n_events, 5);
    assert_text(&s->users, 0, "adam");
    assert_text(&s->users, 1, "zoe");
    assert_text(&s->items, 0, "bread");
    assert_text(&s->items, 2, "tea");
    const int32_t items[] = {2, 1, 2, 1, 0}; /* adam: tea, milk (stored later); zoe: tea, milk, bread */
    const int64_t times[] = {20, 20, 10, 30, 30};
    const uint8_t positive[] = {1, 0, 1, 1, 1};
    assert_memory_equal(s->item, items, sizeof items);
    assert_memory_equal(s->time, times, sizeof times);
    assert_memory_equal(s->positive, positive, sizeof positive);
    assert_int_equal(s->user_ptr[1], 2);
    assert_int_equal(s->user_ptr[2], 5);
    assert_int_equal(s->part[2], VT_PART_TEST);
    assert_int_equal(s->kind[1], VT_EVENT_VIEW);
    assert_true(isnan(s->value[1]));
    assert_true(s->value[2] == 4 && s->quantity[2] == 1);
    assert_int_equal(s->time_min, 10);
    assert_int_equal(s->time_max, 30);
    assert_string_equal(s->positive_rule, "purchase|like|rating");
    assert_int_equal(strlen(s->hash), 64);
    assert_int_equal(vt_ids_find(&s->items, vt_str_of("milk")), 1);
    assert_int_equal(vt_ids_find(&s->items, vt_str_of("mil")), -1);
    assert_int_equal(vt_ids_find(&s->items, vt_str_of("zzz")), -1);
    assert_int_equal(vt_ids_find(&s->items, vt_str_of(NULL)), -1);
    vt_snapshot_free(s);
}

static void missing_times_keep_the_order_of_storing(void **state)
{
    (void)state;
    static const event_row rows[] = {
        {"u", "a", VT_NONE, 1, 0, 0}, {"u", "b", 50, 1, 0, 0},      {"u", "c", VT_NONE, 1, 0, 0},
        {"u", "d", 40, 1, 0, 0},      {"u", "e", VT_NONE, 1, 0, 0}, {"v", "c", VT_NONE, 1, 0, 0},
        {"v", "a", VT_NONE, 1, 0, 0},
    };
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    check_ok(snapshot_of(&s, rows, COUNT(rows), NULL, &err));
    /* "c" was stored behind the one of 50, "e" behind the one of 40 */
    const int32_t items[] = {0, 3, 4, 1, 2, 2, 0};
    assert_memory_equal(s->item, items, sizeof items);
    assert_int_equal(s->time_min, VT_NONE);
    assert_int_equal(s->time_max, VT_NONE);
    vt_snapshot_free(s);
}

static void ids_of_events_decide_ties(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_snapshot_options options;
    vt_snapshot_options_init(&options);
    vt_builder *builder = NULL;
    check_ok(vt_builder_create(&builder, &options, &err));
    vt_user user;
    vt_user_init(&user);
    user.id = vt_str_of("u");
    check_ok(vt_builder_add_user(builder, VT_NONE, &user, &err));
    static const char *const names[] = {"a", "b", "c"};
    static const int64_t ids[] = {7, 5, 6};
    for (int i = 0; i < 3; i++) {
        vt_item item;
        vt_item_init(&item);
        item.id = vt_str_of(names[i]);
        check_ok(vt_builder_add_item(builder, VT_NONE, &item, &err));
        vt_event_row event = {.id = ids[i], .item = i, .time = 9, .quantity = 3, .value = NAN, .kind = VT_EVENT_LIKE};
        check_ok(vt_builder_add_event(builder, &event, &err));
    }
    vt_event_row foreign = {.id = 9, .item = 3};
    assert_int_equal(vt_builder_add_event(builder, &foreign, &err), VT_ERR_CORRUPT);
    foreign = (vt_event_row){.id = 9, .kind = VT_EVENT_KINDS};
    assert_int_equal(vt_builder_add_event(builder, &foreign, &err), VT_ERR_CORRUPT);
    foreign = (vt_event_row){.id = 9, .time = INT64_MAX};
    assert_int_equal(vt_builder_add_event(builder, &foreign, &err), VT_ERR_FORMAT);
    vt_snapshot *s = NULL;
    vt_builder_origin origin = {.revision = 77};
    check_ok(vt_builder_finish(&s, builder, &origin, &err));
    const int32_t items[] = {1, 2, 0};
    assert_memory_equal(s->item, items, sizeof items);
    assert_true(s->quantity[0] == 3);
    assert_int_equal(s->revision, 77);
    vt_snapshot_free(s);
    vt_builder_free(builder);
}

static void add_described(vt_builder *builder)
{
    vt_error err = VT_ERROR_INIT;
    static const struct {
        const char *id, *category, *brand;
        int64_t price;
    } items[] = {
        {"x", "Beauty > Soap", "Lush", 499},
        {"y", NULL, "Aveda", VT_NONE},
        {"w", "Beauty > Soap", "", 1},
        {"v", "Beauty", "Lush", 0},
    };
    for (size_t i = 0; i < COUNT(items); i++) {
        vt_item item;
        vt_item_init(&item);
        item.id = vt_str_of(items[i].id);
        item.category = vt_str_of(items[i].category);
        item.brand = vt_str_of(items[i].brand);
        item.price = items[i].price;
        check_ok(vt_builder_add_item(builder, VT_NONE, &item, &err));
    }
    vt_user user;
    vt_user_init(&user);
    user.id = vt_str_of("ben");
    user.tier = vt_str_of("premium");
    user.age_band = vt_str_of("25-34");
    check_ok(vt_builder_add_user(builder, VT_NONE, &user, &err));
    vt_user_init(&user);
    user.id = vt_str_of("ann");
    user.region = vt_str_of("north");
    user.tier = vt_str_of("premium");
    check_ok(vt_builder_add_user(builder, VT_NONE, &user, &err));
}

static void features_become_dense(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_snapshot_options options;
    vt_snapshot_options_init(&options);
    vt_builder *builder = NULL;
    check_ok(vt_builder_create(&builder, &options, &err));
    add_described(builder);
    vt_snapshot *s = NULL;
    check_ok(vt_builder_finish(&s, builder, NULL, &err));
    vt_builder_free(builder);
    assert_int_equal(s->categories.n, 2);
    assert_text(&s->categories, 0, "Beauty");
    assert_text(&s->categories, 1, "Beauty > Soap");
    assert_int_equal(s->brands.n, 2);
    assert_text(&s->brands, 0, "Aveda");
    const int32_t category[] = {0, 1, 1, -1}; /* v w x y */
    const int32_t brand[] = {1, -1, 1, 0};
    const int64_t price[] = {0, 1, 499, VT_NONE};
    assert_memory_equal(s->item_category, category, sizeof category);
    assert_memory_equal(s->item_brand, brand, sizeof brand);
    assert_memory_equal(s->item_price, price, sizeof price);
    assert_int_equal(s->user_attributes.n, 3);
    assert_text(&s->user_attributes, 0, "age_band=25-34");
    assert_text(&s->user_attributes, 1, "region=north");
    assert_text(&s->user_attributes, 2, "tier=premium");
    const int64_t ptr[] = {0, 2, 4};
    const int32_t attribute[] = {1, 2, 0, 2}; /* ann, ben */
    assert_memory_equal(s->user_attribute_ptr, ptr, sizeof ptr);
    assert_memory_equal(s->user_attribute, attribute, sizeof attribute);
    vt_snapshot_free(s);
}

static void empty_and_doubled(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    check_ok(snapshot_of(&s, NULL, 0, NULL, &err));
    assert_int_equal(s->n_users, 0);
    assert_int_equal(s->n_items, 0);
    assert_int_equal(s->n_events, 0);
    assert_int_equal(s->user_ptr[0], 0);
    assert_int_equal(s->time_min, VT_NONE);
    vt_snapshot_free(s);

    vt_snapshot_options options;
    vt_snapshot_options_init(&options);
    vt_builder *builder = NULL;
    check_ok(vt_builder_create(&builder, &options, &err));
    vt_user user;
    vt_user_init(&user);
    user.id = vt_str_of("twin");
    check_ok(vt_builder_add_user(builder, VT_NONE, &user, &err));
    check_ok(vt_builder_add_user(builder, VT_NONE, &user, &err));
    assert_int_equal(vt_builder_finish(&s, builder, NULL, &err), VT_ERR_CORRUPT);
    assert_non_null(strstr(err.message, "\"twin\""));
    vt_builder_free(builder);
}

static void core_is_cut_to_the_end(void **state)
{
    (void)state;
    /* c is held up by u3 alone besides u1; u3 goes (one item), so c goes, so u1 has a and b left */
    static const event_row rows[] = {
        {"u1", "a", 1, 5, 0, 0}, {"u1", "b", 2, 5, 0, 0}, {"u2", "a", 1, 5, 0, 0}, {"u2", "b", 2, 5, 0, 0},
        {"u1", "c", 3, 5, 0, 0}, {"u3", "c", 1, 5, 0, 0}, {"u3", "c", 2, 5, 0, 0}, {"u2", "d", 9, 0, VIEW_ROW, 0},
    };
    vt_error err = VT_ERROR_INIT;
    vt_snapshot_options options;
    vt_snapshot_options_init(&options);
    options.min_user = 2;
    options.min_item = 2;
    vt_snapshot *s = NULL;
    check_ok(snapshot_of(&s, rows, COUNT(rows), &options, &err));
    assert_int_equal(s->n_users, 2);
    assert_int_equal(s->n_items, 2);
    assert_int_equal(s->n_events, 4);
    assert_int_equal(s->min_user, 2);
    vt_snapshot_free(s);
    options.min_item = 0; /* d stays in the catalogue, u3 has one distinct item and goes */
    check_ok(snapshot_of(&s, rows, COUNT(rows), &options, &err));
    assert_int_equal(s->n_users, 2);
    assert_int_equal(s->n_items, 4);
    assert_int_equal(s->n_events, 6);
    vt_snapshot_free(s);
    options.min_user = 3;
    options.min_item = 3; /* nothing is left */
    check_ok(snapshot_of(&s, rows, COUNT(rows), &options, &err));
    assert_int_equal(s->n_users, 0);
    assert_int_equal(s->n_items, 0);
    vt_snapshot_free(s);
    options.min_user = -1;
    assert_int_equal(snapshot_of(&s, rows, COUNT(rows), &options, &err), VT_ERR_USAGE);
}

/* Distinct positive items of a user. */
static int64_t distinct_items(const vt_snapshot *s, int32_t user)
{
    int64_t n = 0;
    for (int64_t e = s->user_ptr[user]; e < s->user_ptr[user + 1]; e++) {
        bool first = s->positive[e];
        for (int64_t before = s->user_ptr[user]; first && before < e; before++) {
            first = !(s->positive[before] && s->item[before] == s->item[e]);
        }
        n += first;
    }
    return n;
}

static int64_t distinct_users(const vt_snapshot *s, int32_t item)
{
    int64_t n = 0;
    for (int32_t u = 0; u < s->n_users; u++) {
        bool has = false;
        for (int64_t e = s->user_ptr[u]; e < s->user_ptr[u + 1]; e++) {
            has = has || (s->positive[e] && s->item[e] == item);
        }
        n += has;
    }
    return n;
}

static void core_is_a_fixed_point(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        rows_of_chance data;
        make_random(&data, seed);
        vt_snapshot_options options;
        vt_snapshot_options_init(&options);
        options.min_user = 1 + (int32_t)(seed % 6);
        options.min_item = (int32_t)(seed % 7);
        vt_snapshot *s = NULL;
        check_ok(snapshot_of(&s, data.rows, RANDOM_ROWS, &options, &err));
        for (int32_t u = 0; u < s->n_users; u++) {
            if (distinct_items(s, u) < options.min_user) {
                fail_msg("seed %d: user %d is below the core", (int)seed, u);
            }
            for (int64_t e = s->user_ptr[u] + 1; e < s->user_ptr[u + 1]; e++) {
                assert_true(s->time[e - 1] <= s->time[e]);
            }
        }
        for (int32_t i = 0; i < s->n_items; i++) {
            if (distinct_users(s, i) < options.min_item) {
                fail_msg("seed %d: item %d is below the core", (int)seed, i);
            }
        }
        vt_snapshot_free(s);
    }
}

static void same_rows_same_hash(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    rows_of_chance data;
    make_random(&data, 5);
    vt_snapshot *a = NULL;
    vt_snapshot *b = NULL;
    check_ok(snapshot_of(&a, data.rows, RANDOM_ROWS, NULL, &err));
    check_ok(snapshot_of(&b, data.rows, RANDOM_ROWS, NULL, &err));
    assert_string_equal(a->hash, b->hash);
    vt_snapshot_free(b);
    data.rows[17].value = data.rows[17].value == 1 ? 2 : 1;
    data.rows[17].kind = 0;
    check_ok(snapshot_of(&b, data.rows, RANDOM_ROWS, NULL, &err));
    assert_string_not_equal(a->hash, b->hash);
    vt_snapshot_free(b);
    vt_snapshot_free(a);
}

static void interactions_are_the_positive_events(void **state)
{
    (void)state;
    static const event_row rows[] = {
        {"u", "a", 1, 2, 0, 0},
        {"u", "b", 2, 0, VIEW_ROW, 0},
        {"v", "b", 3, 4, 0, 0},
        {"v", "b", 4, 0, VT_EVENT_PURCHASE, 0},
    };
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *s = NULL;
    vt_interactions *all = NULL;
    check_ok(snapshot_of(&s, rows, COUNT(rows), NULL, &err));
    check_ok(vt_interactions_create(&all, s, NULL, 0, &err));
    assert_int_equal(all->n, 3);
    assert_int_equal(all->n_users, 2);
    assert_int_equal(all->n_items, 2);
    const int64_t ptr[] = {0, 1, 3};
    const int32_t item[] = {0, 1, 1};
    const int64_t time[] = {1, 3, 4};
    const uint8_t kind[] = {VT_EVENT_RATING, VT_EVENT_RATING, VT_EVENT_PURCHASE};
    assert_memory_equal(all->ptr, ptr, sizeof ptr);
    assert_memory_equal(all->item, item, sizeof item);
    assert_memory_equal(all->time, time, sizeof time);
    assert_memory_equal(all->kind, kind, sizeof kind);
    assert_true(all->value[1] == 4 && isnan(all->value[2]));
    vt_interactions_free(all);
    vt_interactions_free(NULL);
    vt_snapshot_free(s);
    vt_snapshot_free(NULL);
}

static int stop_at_three(void *context, const vt_progress_state *state)
{
    (void)context;
    return state->done >= 3;
}

static void stops_when_asked(void **state)
{
    (void)state;
    static const event_row rows[] = {{"u", "a", 1, 2, 0, 0}};
    vt_error err = VT_ERROR_INIT;
    vt_progress progress = {stop_at_three, NULL};
    vt_snapshot_options options;
    vt_snapshot_options_init(&options);
    options.progress = &progress;
    vt_snapshot *s = NULL;
    assert_int_equal(snapshot_of(&s, rows, 1, &options, &err), VT_ERR_CANCELLED);
    assert_null(s);
}

/* Builds all there is: features, core, interactions. */
static int build_everything(vt_snapshot **out, vt_interactions **all, const rows_of_chance *data, vt_error *err)
{
    vt_snapshot_options options;
    vt_snapshot_options_init(&options);
    options.min_user = 2;
    options.min_item = 2;
    int status = snapshot_of(out, data->rows, RANDOM_ROWS, &options, err);
    return status != VT_OK ? status : vt_interactions_create(all, *out, NULL, 0, err);
}

static void every_failed_allocation_is_an_error(void **state)
{
    (void)state;
    rows_of_chance data;
    make_random(&data, 3);
    int failures = 0;
    for (int64_t n = 0;; n++) {
        vt_error err = VT_ERROR_INIT;
        vt_snapshot *s = NULL;
        vt_interactions *all = NULL;
        vt_alloc_fail_after(n);
        int status = build_everything(&s, &all, &data, &err);
        vt_alloc_fail_after(-1);
        vt_interactions_free(all);
        vt_snapshot_free(s);
        if (status == VT_OK) {
            break;
        }
        assert_int_equal(status, VT_ERR_NO_MEMORY);
        assert_int_equal(err.code, VT_ERR_NO_MEMORY);
        failures++;
    }
    assert_in_range(failures, 30, 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_users_items_and_time),
        cmocka_unit_test(missing_times_keep_the_order_of_storing),
        cmocka_unit_test(ids_of_events_decide_ties),
        cmocka_unit_test(features_become_dense),
        cmocka_unit_test(empty_and_doubled),
        cmocka_unit_test(core_is_cut_to_the_end),
        cmocka_unit_test(core_is_a_fixed_point),
        cmocka_unit_test(same_rows_same_hash),
        cmocka_unit_test(interactions_are_the_positive_events),
        cmocka_unit_test(stops_when_asked),
        cmocka_unit_test(every_failed_allocation_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
