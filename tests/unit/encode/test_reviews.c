/* Titles of reviews: the newest ones of each item, newest first, and what an item's text makes of them. */
#include "check.h"

#include "encode/clean.h"
#include "fault.h"
#include "scratch.h"

/* In the order of storing, which is not that of time. */
static const struct {
    const char *item, *title;
    int64_t time;
} rows[] = {
    {"tea", "Smells of hay", 1600000300},
    {"tea", "Too bitter for me", 1600000100},
    {"tea", "Five Stars", 1600000900},
    {"tea", "My morning tea", 1600000200},
    {"cap", "4 stars!", 1600000100},
    {"tea", "Stored later, as old as hay", 1600000300},
    {"hat", "Warm and <b>light</b>", 1600000100},
};

static vt_shop *filled(const char *path)
{
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = NULL;
    vt_put done;
    check_ok(vt_shop_open(&shop, path, VT_SHOP_CREATE, &err));
    vt_store *store = vt_shop_store(shop);
    check_ok(vt_store_begin(store, NULL, NULL, NULL, &err));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char user[8];
        vt_event event;
        vt_event_init(&event);
        snprintf(user, sizeof user, "u%zu", i);
        event.kind = VT_EVENT_RATING;
        event.value = 4.0;
        event.user = vt_str_of(user);
        event.item = vt_str_of(rows[i].item);
        event.title = vt_str_of(rows[i].title);
        event.time = rows[i].time;
        check_ok(vt_store_put_event(store, &event, &done, &err));
    }
    check_ok(vt_store_commit(store, 0, &err));
    return shop;
}

static const char *title(const vt_reviews *reviews, const char *item, int index)
{
    static char text[64];
    snprintf(text, sizeof text, "%.*s", VT_STR_ARGS(vt_reviews_title(reviews, vt_str_of(item), index)));
    return text;
}

static void the_newest_of_each_item(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_reviews *reviews = NULL;
    scratch dir;
    scratch_init(&dir);
    vt_shop *shop = filled(scratch_path(&dir, "shop"));
    check_ok(vt_reviews_read(&reviews, vt_shop_store(shop), 3, &err));
    assert_int_equal(vt_reviews_count(reviews, vt_str_of("tea")), 3);
    assert_string_equal(title(reviews, "tea", 0), "Stored later, as old as hay");
    assert_string_equal(title(reviews, "tea", 1), "Smells of hay");
    assert_string_equal(title(reviews, "tea", 2), "My morning tea");
    assert_int_equal(vt_reviews_count(reviews, vt_str_of("cap")), 0); /* stars alone say nothing */
    assert_int_equal(vt_reviews_count(reviews, vt_str_of("nothing")), 0);
    assert_int_equal(vt_reviews_count(NULL, vt_str_of("tea")), 0);

    vt_buf text;
    vt_item item;
    vt_buf_init(&text, 1 << 16);
    vt_item_init(&item);
    item.id = vt_str_of("hat");
    item.title = vt_str_of("Straw hat");
    check_ok(vt_item_text(&text, &item, reviews, &err));
    assert_string_equal(text.data, "Straw hat. Warm and light");
    vt_buf_done(&text);
    vt_reviews_free(reviews);
    vt_shop_close(shop);
    scratch_done(&dir);
}

static int run_read(void *context, vt_error *err)
{
    vt_reviews *reviews = NULL;
    int status = vt_reviews_read(&reviews, vt_shop_store(context), 2, err);
    vt_reviews_free(reviews);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    scratch dir;
    scratch_init(&dir);
    vt_shop *shop = filled(scratch_path(&dir, "shop"));
    assert_in_range(fault_allocations(run_read, shop), 4, 100);
    vt_shop_close(shop);
    scratch_done(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_of_each_item),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
