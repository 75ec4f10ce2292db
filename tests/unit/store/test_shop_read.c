/* Reading a shop as a program does: settings, items, users, events, links, at one revision where that is asked for. */
#include "scratch.h"

#include <stdarg.h>

#include "store/store.h"
#include "vitrine/read.h"

typedef struct fixture {
    scratch folder;
    vt_shop *shop;
} fixture;

static void put_event(vt_store *store, const char *user, const char *item, int64_t time, vt_event_kind kind)
{
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    vt_event event;
    vt_event_init(&event);
    event.user = vt_str_of(user);
    event.item = vt_str_of(item);
    event.time = time;
    event.kind = kind;
    event.placement = vt_str_of("home");
    check_ok(vt_store_put_event(store, &event, &done, &err));
}

static void fill(vt_shop *shop)
{
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    vt_store *store = vt_shop_store(shop);
    vt_item item;
    vt_user user;
    check_ok(vt_store_begin(store, NULL, NULL, NULL, &err));
    check_ok(vt_store_set(store, "currency", "EUR", &err));
    vt_item_init(&item);
    item.id = vt_str_of("pot");
    item.title = vt_str_of("Pot");
    item.price = 4900;
    item.stock = 7;
    item.as_of = 10;
    check_ok(vt_store_put_item(store, &item, &done, &err));
    item.price = 3900;
    item.stock = 5;
    item.as_of = 20;
    check_ok(vt_store_put_item(store, &item, &done, &err));
    vt_user_init(&user);
    user.id = vt_str_of("ann");
    user.tier = vt_str_of("premium");
    check_ok(vt_store_put_user(store, &user, &done, &err));
    put_event(store, "ann", "pot", 30, VT_EVENT_PURCHASE);
    put_event(store, "ann", "cup", 20, VT_EVENT_VIEW);
    put_event(store, "bob", "pot", 10, VT_EVENT_LIKE);
    const vt_link follows = {vt_str_of("ann"), vt_str_of("bob"), vt_str_of("follows"), 2};
    check_ok(vt_store_put_user_link(store, &follows, &done, &err));
    const vt_link along = {vt_str_of("pot"), vt_str_of("cup"), vt_str_of("also_buy"), 1};
    check_ok(vt_store_put_item_link(store, &along, &done, &err));
    check_ok(vt_store_commit(store, 0, &err));
}

static int setup(void **state)
{
    static fixture f;
    vt_error err = VT_ERROR_INIT;
    f = (fixture){.shop = NULL};
    scratch_init(&f.folder);
    check_ok(vt_shop_open(&f.shop, f.folder.dir, VT_SHOP_CREATE, &err));
    fill(f.shop);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    vt_shop_close(f->shop);
    scratch_done(&f->folder);
    return 0;
}

/* What was read, as one line. */
typedef struct line {
    char text[512];
    int stop; /* to stop with */
} line;

static int VT_PRINTF(2, 3) say(line *l, const char *format, ...)
{
    size_t used = strlen(l->text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(l->text + used, sizeof l->text - used, format, arguments);
    va_end(arguments);
    return l->stop;
}

static int on_item(void *context, const vt_item *item)
{
    return say(context, "%.*s:%.*s:%lld ", VT_STR_ARGS(item->id), VT_STR_ARGS(item->title),
               (long long)(item->price == VT_NONE ? -1 : item->price));
}

static int on_stock(void *context, int64_t time, int64_t stock)
{
    return say(context, "%lld:%lld ", (long long)time, (long long)stock);
}

static int on_user(void *context, const vt_user *user)
{
    return say(context, "%.*s:%.*s ", VT_STR_ARGS(user->id), VT_STR_ARGS(user->tier));
}

static int on_event(void *context, const vt_event *event)
{
    return say(context, "%.*s:%.*s:%s:%lld:%.*s ", VT_STR_ARGS(event->user), VT_STR_ARGS(event->item),
               vt_event_kind_name((int)event->kind), (long long)event->time, VT_STR_ARGS(event->placement));
}

static int on_link(void *context, const vt_link *link)
{
    return say(context, "%.*s-%.*s:%.*s:%g ", VT_STR_ARGS(link->from), VT_STR_ARGS(link->to), VT_STR_ARGS(link->kind),
               link->weight);
}

static int on_price(void *context, int64_t time, int64_t price, int64_t cost)
{
    return say(context, "%lld:%lld:%s ", (long long)time, (long long)price, cost == VT_NONE ? "-" : "cost");
}

static void settings_are_read(void **state)
{
    const fixture *f = *state;
    char value[16];
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_shop_get(f->shop, "currency", value, sizeof value, &err));
    assert_string_equal(value, "EUR");
    check_ok(vt_shop_get(f->shop, "recommend.brand_cap", value, sizeof value, &err));
    assert_string_equal(value, "");
}

static void rows_are_read(void **state)
{
    const fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    line l = {"", 0};
    check_ok(vt_shop_each_item(f->shop, on_item, &l, &err));
    assert_string_equal(l.text, "pot:Pot:3900 cup::-1 ");
    l = (line){"", 0};
    check_ok(vt_shop_item(f->shop, vt_str_of("cup"), on_item, &l, &err));
    assert_string_equal(l.text, "cup::-1 ");
    assert_int_equal(vt_shop_item(f->shop, vt_str_of("pan"), on_item, &l, &err), VT_ERR_NOT_FOUND);
    l = (line){"", 0};
    check_ok(vt_shop_each_user(f->shop, on_user, &l, &err));
    assert_string_equal(l.text, "ann:premium bob: ");
    l = (line){"", 0};
    check_ok(vt_shop_user(f->shop, vt_str_of("bob"), on_user, &l, &err));
    assert_string_equal(l.text, "bob: ");
    assert_int_equal(vt_shop_user(f->shop, vt_str_of("zoe"), on_user, &l, &err), VT_ERR_NOT_FOUND);
    l = (line){"", 0};
    check_ok(vt_shop_prices(f->shop, vt_str_of("pot"), on_price, &l, &err));
    assert_string_equal(l.text, "10:4900:- 20:3900:- ");
    l = (line){"", 0};
    check_ok(vt_shop_stocks(f->shop, vt_str_of("pot"), on_stock, &l, &err));
    assert_string_equal(l.text, "10:7 20:5 ");
    l = (line){"", 0};
    check_ok(vt_shop_stocks(f->shop, vt_str_of("cup"), on_stock, &l, &err));
    assert_string_equal(l.text, "");
}

static void events_are_read(void **state)
{
    const fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    line l = {"", 0};
    check_ok(vt_shop_each_event(f->shop, on_event, &l, &err));
    assert_string_equal(l.text, "ann:pot:purchase:30:home ann:cup:view:20:home bob:pot:like:10:home ");
    l = (line){"", 0};
    check_ok(vt_shop_history(f->shop, vt_str_of("ann"), on_event, &l, &err));
    assert_string_equal(l.text, "ann:cup:view:20: ann:pot:purchase:30: "); /* by time */
    l = (line){"", 0};
    assert_int_equal(vt_shop_history(f->shop, vt_str_of("zoe"), on_event, &l, &err), VT_ERR_NOT_FOUND);
    assert_string_equal(l.text, "");
}

static void links_are_read(void **state)
{
    const fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    line l = {"", 0};
    check_ok(vt_shop_each_user_link(f->shop, on_link, &l, &err));
    check_ok(vt_shop_each_item_link(f->shop, on_link, &l, &err));
    assert_string_equal(l.text, "ann-bob:follows:2 pot-cup:also_buy:1 ");
}

static void a_callback_ends_the_walk(void **state)
{
    const fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    line l = {"", 77};
    assert_int_equal(vt_shop_each_item(f->shop, on_item, &l, &err), 77);
    assert_string_equal(l.text, "pot:Pot:3900 ");
}

static void one_revision_while_it_is_held(void **state)
{
    const fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    vt_shop *reader = NULL;
    line before = {"", 0}, after = {"", 0};
    check_ok(vt_shop_open(&reader, f->folder.dir, VT_SHOP_READ, &err));
    check_ok(vt_shop_read_begin(reader, &err));
    check_ok(vt_shop_each_user(reader, on_user, &before, &err));
    check_ok(vt_store_begin(vt_shop_store(f->shop), NULL, NULL, NULL, &err));
    put_event(vt_shop_store(f->shop), "cid", "pot", 40, VT_EVENT_VIEW);
    check_ok(vt_store_commit(vt_shop_store(f->shop), 0, &err));
    check_ok(vt_shop_each_user(reader, on_user, &after, &err));
    assert_string_equal(after.text, before.text);
    vt_shop_read_end(reader);
    after = (line){"", 0};
    check_ok(vt_shop_each_user(reader, on_user, &after, &err));
    assert_non_null(strstr(after.text, "cid"));
    vt_shop_close(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_read),        cmocka_unit_test(rows_are_read),
        cmocka_unit_test(events_are_read),          cmocka_unit_test(links_are_read),
        cmocka_unit_test(a_callback_ends_the_walk), cmocka_unit_test(one_revision_while_it_is_held),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
