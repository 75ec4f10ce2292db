/* The shop in memory by hand: what a refresh brings, what a held view shows, and what goes wrong around it. */
#include "live_shop.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "fault.h"

static int setup(void **state)
{
    static live_shop s;
    vt_error err = VT_ERROR_INIT;
    live_shop_init(&s);
    vt_store *store = live_begin(&s);
    live_put_item(store, "cup", "Kitchen > Cups", 1500, 4);
    live_put_item(store, "pot", "Kitchen > Pots", 4900, VT_NONE);
    vt_event bought = live_event("ann", "cup", VT_EVENT_PURCHASE, 1000);
    bought.unit_price = 1500;
    bought.quantity = 2;
    live_put(store, &bought);
    vt_event looked = live_event(NULL, "pot", VT_EVENT_VIEW, 900);
    looked.session = vt_str_of("guest-1");
    live_put(store, &looked);
    live_commit(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    *state = &s;
    return 0;
}

static int teardown(void **state)
{
    live_shop_done(*state);
    return 0;
}

static void an_event_and_a_person_come(void **state)
{
    live_shop *s = *state;
    vt_view *before = vt_live_view(s->live);
    vt_event event = live_event("bob", "pot", VT_EVENT_PURCHASE, 2000);
    live_put_one(s, &event);
    vt_live_state now = live_refresh(s);
    assert_int_equal(now.added, 1);
    assert_int_equal(now.tail, 1);
    assert_int_equal(now.users, 2);
    assert_false(now.rebuilt);
    vt_view *after = vt_live_view(s->live);
    int32_t bob = vt_view_find_user(after, vt_str_of("bob"));
    assert_int_equal(bob, 1);
    assert_int_equal(vt_view_find_user(before, vt_str_of("bob")), -1);
    int32_t pot = vt_view_find_item(after, vt_str_of("pot"));
    assert_int_equal(vt_view_item_count(after, pot), 1);
    assert_int_equal(vt_view_item_count(before, pot), 0); /* what is held does not change */
    assert_int_equal(before->n_events, 2);
    assert_int_equal(after->n_events, 3);
    vt_view_release(before);
    vt_view_release(after);
    live_check(s);
}

static void nothing_new_is_the_same_view(void **state)
{
    live_shop *s = *state;
    vt_view *before = vt_live_view(s->live);
    assert_int_equal(live_refresh(s).added, 0);
    vt_view *after = vt_live_view(s->live);
    assert_ptr_equal(before, after);
    vt_view_release(before);
    vt_view_release(after);
}

static void a_price_a_stock_and_a_new_item(void **state)
{
    live_shop *s = *state;
    vt_store *store = live_begin(s);
    live_put_item(store, "cup", NULL, 1290, 0);
    live_put_item(store, "tray", "Kitchen > Trays", 2500, 1);
    live_commit(s);
    vt_view *before = vt_live_view(s->live);
    vt_live_state now = live_refresh(s);
    assert_int_equal(now.items, 3);
    vt_view *after = vt_live_view(s->live);
    int32_t cup = vt_view_find_item(after, vt_str_of("cup")), tray = vt_view_find_item(after, vt_str_of("tray"));
    assert_int_equal(vt_view_item_price(before, cup), 1500);
    assert_int_equal(vt_view_item_price(after, cup), 1290);
    assert_int_equal(vt_view_block(after, cup)->stock[cup & VT_BLOCK_MASK], 0);
    assert_int_equal(tray, 2);
    vt_str category = vt_view_category(after, vt_view_item_category(after, tray));
    assert_true(vt_str_equal(category, vt_str_of("Kitchen > Trays")));
    assert_int_equal(vt_view_find_item(before, vt_str_of("tray")), -1);
    vt_view_release(before);
    vt_view_release(after);
    live_check(s);
}

/* Another connection opens the file of the snapshot and reads the same tail. */
static void a_second_reader_maps_and_follows(void **state)
{
    live_shop *s = *state;
    vt_error err = VT_ERROR_INIT;
    vt_live *second = NULL;
    vt_live_state first_state, second_state;
    for (int i = 0; i < 5; i++) {
        vt_event event = live_event("ann", i % 2 == 0 ? "cup" : "pot", VT_EVENT_VIEW, 3000 + i);
        live_put_one(s, &event);
    }
    first_state = live_refresh(s);
    check_ok(live_open(&second, s, 0, &err));
    vt_live_describe(second, &second_state);
    assert_int_equal(second_state.tail, 5);
    assert_string_equal(first_state.snapshot, second_state.snapshot);
    vt_view *a = vt_live_view(s->live), *b = vt_live_view(second);
    char *x = view_dump(a), *y = view_dump(b);
    assert_string_equal(x, y);
    free(x);
    free(y);
    vt_view_release(a);
    vt_view_release(b);
    vt_live_close(second);
}

static void an_import_is_taken_back(void **state)
{
    live_shop *s = *state;
    vt_error err = VT_ERROR_INIT;
    vt_import_report report;
    int64_t import = 0;
    vt_store *store = vt_shop_store(s->shop);
    check_ok(vt_store_begin(store, "csv", "x.csv", &import, &err));
    vt_event event = live_event("eve", "cup", VT_EVENT_PURCHASE, 5000);
    live_put(store, &event);
    live_commit(s);
    assert_int_equal(live_refresh(s).users, 2);
    vt_view *held = vt_live_view(s->live);
    check_ok(vt_store_undo(store, import, &report, &err));
    vt_live_state now = live_refresh(s);
    assert_true(now.rebuilt);
    assert_int_equal(now.users, 1);
    assert_int_equal(held->n_users, 2); /* whoever holds the old view still sees it whole */
    char *text = view_dump(held);
    assert_non_null(strstr(text, "event eve cup"));
    free(text);
    vt_view_release(held);
    live_check(s);
}

/* A tail that is too long becomes a snapshot, and the view is the same. */
static void a_long_tail_is_frozen(void **state)
{
    live_shop *s = *state;
    vt_error err = VT_ERROR_INIT;
    vt_live_close(s->live);
    check_ok(live_open(&s->live, s, 10, &err));
    vt_live_state now;
    for (int i = 0; i < 11; i++) {
        vt_event event = live_event("ann", "cup", VT_EVENT_VIEW, 4000 + i);
        live_put_one(s, &event);
        now = live_refresh(s);
    }
    assert_true(now.rebuilt);
    assert_int_equal(now.tail, 0);
    assert_int_equal(now.events, 13);
    live_check(s);
}

/* The thread makes the file; a later refresh moves to it with what came meanwhile. */
static void a_snapshot_in_the_background(void **state)
{
    live_shop *s = *state;
    vt_error err = VT_ERROR_INIT;
    vt_live_options options;
    vt_live_options_init(&options);
    options.tail_max = 10;
    options.background = true;
    vt_live_close(s->live);
    check_ok(vt_live_open(&s->live, vt_shop_path(s->shop), &options, &err));
    vt_live_state now = {.tail = 99};
    for (int i = 0; i < 2000 && now.tail > 0; i++) {
        if (i < 15) {
            vt_event event = live_event("ann", "cup", VT_EVENT_VIEW, 4000 + i);
            live_put_one(s, &event);
        } else {
            usleep(5000);
        }
        now = live_refresh(s);
        now.tail = i < 15 ? 99 : now.tail > 10 ? 99 : 0;
    }
    assert_int_equal(now.tail, 0);
    live_check(s);
}

static void damaged_and_old_files_are_made_anew(void **state)
{
    live_shop *s = *state;
    vt_error err = VT_ERROR_INIT;
    char folder[4096], command[5000];
    vt_live_close(s->live);
    s->live = NULL;
    snprintf(folder, sizeof folder, "%s/snapshots", vt_shop_path(s->shop));
    static const char *const harm[] = {
        "for f in %s/*.vsnap; do printf '\\001' | dd of=$f bs=1 seek=8 conv=notrunc status=none; done", /* version 1 */
        "for f in %s/*.vsnap; do printf 'x' | dd of=$f bs=1 seek=200 conv=notrunc status=none; done",   /* a bit */
        "for f in %s/*.vsnap; do truncate -s 100 $f; done",
        "rm -f %s/*.vsnap",
    };
    for (size_t i = 0; i < sizeof harm / sizeof *harm; i++) {
        snprintf(command, sizeof command, harm[i], folder);
        assert_int_equal(system(command), 0);
        check_ok(live_open(&s->live, s, 0, &err));
        live_check(s);
        vt_live_close(s->live);
        s->live = NULL;
    }
}

static void what_cannot_be_is_said(void **state)
{
    live_shop *s = *state;
    vt_error err = VT_ERROR_INIT;
    vt_live *live = NULL;
    vt_live_options options;
    vt_live_options_init(&options);
    assert_int_equal(vt_live_open(&live, scratch_path(&s->files, "nowhere"), &options, &err), VT_ERR_NOT_FOUND);
    options.tail_max = 0;
    assert_int_equal(vt_live_open(&live, vt_shop_path(s->shop), &options, &err), VT_ERR_USAGE);
    assert_non_null(strstr(err.message, "give 1 to 4000000"));
    options = (vt_live_options){.tail_max = 5};
    assert_int_equal(vt_live_open(&live, vt_shop_path(s->shop), &options, &err), VT_ERR_USAGE);
    assert_null(live);
}

static vt_str tier_of(const vt_view *view, const char *user)
{
    return vt_view_user_attribute(view, vt_view_find_user(view, vt_str_of(user)), vt_str_of("tier"));
}

/* Who a user is and what an item is like is as of the view's mark, also of those whom the snapshot has. */
static void attributes_are_live(void **state)
{
    live_shop *s = *state;
    vt_view *before = vt_live_view(s->live);
    vt_store *store = live_begin(s);
    live_put_user(store, "ann", "gold", NULL);
    live_put_user(store, "bob", "basic", "{\"likes\":[\"tea\",\"cake\"]}");
    live_put_attributes(store, "pot", "{\"colour\":\"blue\"}");
    live_commit(s);
    vt_live_state now = live_refresh(s);
    assert_false(now.rebuilt);
    assert_int_equal(now.changed, 2); /* ann and the pot; bob is new */
    vt_view *after = vt_live_view(s->live);
    assert_null(tier_of(before, "ann").ptr);
    assert_true(vt_str_equal(tier_of(after, "ann"), vt_str_of("gold")));
    assert_true(vt_str_equal(tier_of(after, "bob"), vt_str_of("basic")));
    vt_attributes bob = vt_view_user_attributes(after, vt_view_find_user(after, vt_str_of("bob")));
    assert_int_equal(bob.n, 3);
    assert_true(vt_str_equal(vt_view_user_attribute_text(after, bob.number[0]), vt_str_of("likes=cake")));
    int32_t pot = vt_view_find_item(after, vt_str_of("pot"));
    assert_true(vt_str_equal(vt_view_item_attribute(after, pot, vt_str_of("colour")), vt_str_of("blue")));
    assert_int_equal(vt_view_item_attributes(before, pot).n, 0);
    vt_view_release(before);
    vt_view_release(after);
    live_check(s);
}

/* The last event of a view, by where, by which model and for which request it was shown, and whether it has a text. */
static void check_last(const vt_view *view, int64_t at, const char *expected)
{
    char text[128];
    vt_span e;
    vt_view_event(&e, view, at);
    snprintf(text, sizeof text, "%.*s %.*s %.*s %d", VT_STR_ARGS(vt_view_placement(view, e.placement[0])),
             VT_STR_ARGS(vt_view_model(view, e.model[0])), VT_STR_ARGS(vt_view_request(view, e.request[0])),
             e.has_text[0]);
    assert_string_equal(text, expected);
}

static void put_shown_and_told(const live_shop *s, int64_t time)
{
    vt_event shown = live_event("ann", "pot", VT_EVENT_IMPRESSION, time);
    shown.placement = vt_str_of("home");
    shown.model = vt_str_of("hybrid");
    shown.request = vt_str_of("q-17");
    live_put_one(s, &shown);
    vt_event told = live_event("ann", "cup", VT_EVENT_RATING, time + 1);
    told.value = 4;
    told.body = vt_str_of("Keeps tea warm.");
    live_put_one(s, &told);
    vt_event mute = live_event("ann", "cup", VT_EVENT_RATING, time + 2);
    mute.value = 4;
    live_put_one(s, &mute);
}

static void what_was_shown_and_told(void **state)
{
    live_shop *s = *state;
    vt_error err = VT_ERROR_INIT;
    put_shown_and_told(s, 3000);
    live_refresh(s);
    for (int frozen = 0; frozen < 2; frozen++) {
        vt_view *view = vt_live_view(s->live);
        int64_t last = frozen ? view->snapshot->n_events - 1 : view->n_events - 1; /* ann is the only user */
        check_last(view, last - 2, "home hybrid q-17 0");
        check_last(view, last - 1, "   1");
        check_last(view, last, "   0");
        vt_view_release(view);
        check_ok(vt_live_freeze(s->live, &err));
    }
}

static void the_first_image_of_an_item(void **state)
{
    live_shop *s = *state;
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    vt_item item;
    const vt_str images[] = {vt_str_of("photos/cup.jpg"), vt_str_of("photos/cup-2.jpg")};
    vt_item_init(&item);
    item.id = vt_str_of("cup");
    item.images = images;
    item.n_images = 2;
    check_ok(vt_store_put_item(live_begin(s), &item, &done, &err));
    live_commit(s);
    live_refresh(s);
    vt_view *view = vt_live_view(s->live);
    assert_true(vt_str_equal(vt_view_item_image(view, vt_view_find_item(view, vt_str_of("cup"))), images[0]));
    assert_int_equal(vt_view_item_image(view, vt_view_find_item(view, vt_str_of("pot"))).len, 0);
    vt_view_release(view);
    live_check(s);
}

static int open_and_close(void *context, vt_error *err)
{
    vt_live *live = NULL;
    int status = live_open(&live, context, 0, err);
    vt_live_close(live);
    return status;
}

static int follow_once(void *context, vt_error *err)
{
    return vt_live_refresh(context, NULL, err);
}

static void memory_runs_out(void **state)
{
    live_shop *s = *state;
    assert_true(fault_allocations(open_and_close, s) > 20);
    vt_store *store = live_begin(s);
    live_put_item(store, "tray", "Kitchen > Trays", 2500, 1);
    live_put_attributes(store, "cup", "{\"colour\":[\"red\",\"blue\"]}");
    live_put_user(store, "ann", "gold", "{\"likes\":\"tea\"}");
    vt_event event = live_event("bob", "tray", VT_EVENT_PURCHASE, 2000);
    event.order_id = vt_str_of("o-1");
    event.session = vt_str_of("s-1");
    live_put(store, &event);
    live_commit(s);
    assert_true(fault_allocations(follow_once, s->live) > 5);
    live_check(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_event_and_a_person_come, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_new_is_the_same_view, setup, teardown),
        cmocka_unit_test_setup_teardown(a_price_a_stock_and_a_new_item, setup, teardown),
        cmocka_unit_test_setup_teardown(attributes_are_live, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_shown_and_told, setup, teardown),
        cmocka_unit_test_setup_teardown(the_first_image_of_an_item, setup, teardown),
        cmocka_unit_test_setup_teardown(a_second_reader_maps_and_follows, setup, teardown),
        cmocka_unit_test_setup_teardown(an_import_is_taken_back, setup, teardown),
        cmocka_unit_test_setup_teardown(a_long_tail_is_frozen, setup, teardown),
        cmocka_unit_test_setup_teardown(a_snapshot_in_the_background, setup, teardown),
        cmocka_unit_test_setup_teardown(damaged_and_old_files_are_made_anew, setup, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_is_said, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_runs_out, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
