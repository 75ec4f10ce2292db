/* What every store must do, whatever database stands behind it: by the interface alone. */
#include "check.h"

#include <math.h>

#include "base/limits.h"
#include "dump.h"
#include "scratch.h"

/* For check_ok: the error that the calls fill. */
#define err f->error

typedef struct fixture {
    scratch dir;
    vt_shop *shop;
    vt_store *store;
    vt_put done;
    vt_error error;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    f = (fixture){.error = VT_ERROR_INIT};
    scratch_init(&f.dir);
    f.error = (vt_error)VT_ERROR_INIT;
    if (vt_shop_open(&f.shop, scratch_path(&f.dir, "shop"), VT_SHOP_CREATE, &f.error) != VT_OK) {
        return -1;
    }
    f.store = vt_shop_store(f.shop);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    vt_shop_close(f->shop);
    scratch_done(&f->dir);
    return 0;
}

static void begin(fixture *f)
{
    check_ok(vt_store_begin(f->store, "test", "test", NULL, &err));
}

static void put_event(fixture *f, const vt_event *event, vt_put want)
{
    check_ok(vt_store_put_event(f->store, event, &f->done, &err));
    assert_int_equal(f->done, want);
}

static void put_item(fixture *f, const vt_item *item, vt_put want)
{
    check_ok(vt_store_put_item(f->store, item, &f->done, &err));
    assert_int_equal(f->done, want);
}

static void check_dump(fixture *f, const char *want)
{
    char *text = dump_store(f->store);
    assert_string_equal(text, want);
    free(text);
}

static void all_fields_come_back(void **state)
{
    fixture *f = *state;
    check_ok(vt_store_begin(f->store, NULL, NULL, NULL, &err));
    check_ok(vt_store_set(f->store, "currency", "EUR", &err));
    vt_event e = event_of("ann", "tea", VT_EVENT_PURCHASE, 86400 * 3 + 5);
    e.session = vt_str_of("s1");
    e.order_id = vt_str_of("o1");
    e.title = vt_str_of("Good");
    e.body = vt_str_of("Grün\nund gut");
    e.placement = vt_str_of("home");
    e.model = vt_str_of("ials");
    e.request = vt_str_of("r9");
    e.currency = vt_str_of("EUR");
    e.quantity = 3;
    e.unit_price = 250;
    e.discount = 50;
    e.part = VT_PART_TEST;
    put_event(f, &e, VT_PUT_ADDED);
    vt_item item = item_of("tea");
    vt_str images[] = {vt_str_of("a.jpg"), vt_str_of("b.jpg")};
    item.title = vt_str_of("Green tea");
    item.description = vt_str_of("");
    item.brand = vt_str_of("Leaf");
    item.category = vt_str_of("Food > Tea");
    item.attributes = vt_str_of("{\"organic\":true}");
    item.currency = vt_str_of("USD");
    item.images = images;
    item.n_images = 2;
    item.price = 450;
    item.cost = 200;
    item.stock = 7;
    item.available_from = 10;
    item.available_until = 20;
    item.as_of = 1000;
    put_item(f, &item, VT_PUT_CHANGED); /* the event made it */
    put_item(f, &item, VT_PUT_SAME);
    vt_user user = user_of("ann");
    user.age_band = vt_str_of("25-34");
    user.segment = vt_str_of("gold");
    user.region = vt_str_of("DE");
    user.tier = vt_str_of("premium");
    user.attributes = vt_str_of("{}");
    check_ok(vt_store_put_user(f->store, &user, &f->done, &err));
    assert_int_equal(f->done, VT_PUT_CHANGED);
    vt_link link = link_of("tea", "nowhere", "also_buy", .5);
    check_ok(vt_store_put_item_link(f->store, &link, &f->done, &err));
    link = link_of("ann", "bob", "follows", 1);
    check_ok(vt_store_put_user_link(f->store, &link, &f->done, &err));
    assert_int_equal(f->done, VT_PUT_ADDED);
    check_ok(vt_store_put_user_link(f->store, &link, &f->done, &err));
    assert_int_equal(f->done, VT_PUT_SAME);
    link.weight = 2;
    check_ok(vt_store_put_user_link(f->store, &link, &f->done, &err));
    assert_int_equal(f->done, VT_PUT_CHANGED);
    check_ok(vt_store_commit(f->store, 0, &err));
    check_dump(f,
               "event ann|s1|tea|2|3|259205|-1|3|250|50||o1|Good|Grün\nund gut|home|ials|r9\n"
               "item tea|Green tea||Leaf|Food > Tea|{\"organic\":true}|USD|450|200|7|10|20|1000:450/200 | a.jpg b.jpg\n"
               "link ann>bob follows 2\n"
               "link tea>nowhere also_buy 0.5\n"
               "user ann|25-34|gold|DE|premium|{}\n");
    check_ok(vt_store_check(f->store, &err));
}

static void what_is_not_given_stays(void **state)
{
    fixture *f = *state;
    begin(f);
    vt_item item = item_of("i");
    item.title = vt_str_of("title");
    item.brand = vt_str_of("brand");
    item.price = 5;
    item.as_of = 100;
    put_item(f, &item, VT_PUT_ADDED);
    item = item_of("i");
    put_item(f, &item, VT_PUT_SAME);
    item.brand = vt_str_of(""); /* given, and empty */
    put_item(f, &item, VT_PUT_CHANGED);
    check_ok(vt_store_commit(f->store, 0, &err));
    check_dump(f, "item i|title||||||5|-|-|-|-|100:5/- |\n");
}

/* A file of old prices can be put in any order and again: the newest holds, and nothing changes the second time. */
static void prices_of_the_past(void **state)
{
    fixture *f = *state;
    static const int64_t rows[][2] = {{300, 30}, {100, 10}, {200, 10}, {250, 30}};
    for (int round = 0; round < 2; round++) {
        begin(f);
        for (size_t i = 0; i < 4; i++) {
            vt_item item = item_of("i");
            item.as_of = rows[i][0];
            item.price = rows[i][1];
            put_item(f, &item, round == 1 ? VT_PUT_SAME : i == 0 ? VT_PUT_ADDED : VT_PUT_CHANGED);
        }
        vt_item item = item_of("i");
        item.cost = 3;
        item.as_of = 150;
        put_item(f, &item, round == 1 ? VT_PUT_SAME : VT_PUT_CHANGED);
        check_ok(vt_store_commit(f->store, 0, &err));
        check_dump(f, "item i|||||||30|3|-|-|-|100:10/- 150:10/3 200:10/3 250:30/3 300:30/3 |\n");
    }
}

static void same_event_once(void **state)
{
    fixture *f = *state;
    begin(f);
    vt_event e = event_of("u", "i", VT_EVENT_VIEW, 5);
    put_event(f, &e, VT_PUT_ADDED);
    put_event(f, &e, VT_PUT_SAME);
    e.occurrence = 1; /* the second of its kind in the file */
    put_event(f, &e, VT_PUT_ADDED);
    e.occurrence = 0;
    e.part = VT_PART_TEST; /* the pair stands in train and in test */
    put_event(f, &e, VT_PUT_ADDED);
    e = event_of("u", "i", VT_EVENT_VIEW, 5);
    e.id = vt_str_of("client-1");
    put_event(f, &e, VT_PUT_ADDED);
    e.time = 6; /* the client says that it is the same */
    put_event(f, &e, VT_PUT_SAME);
    check_ok(vt_store_commit(f->store, 0, &err));
    begin(f);
    put_event(f, &e, VT_PUT_SAME);
    check_ok(vt_store_commit(f->store, 0, &err));
    vt_shop_info info;
    check_ok(vt_shop_describe(f->shop, &info, &err));
    assert_int_equal(info.events, 4);
    assert_int_equal(info.users, 1);
    assert_int_equal(info.imports, 1);
}

static void refused_items_and_links(fixture *f)
{
    vt_item item = item_of("new item");
    item.attributes = vt_str_of("[1]");
    assert_int_equal(vt_store_put_item(f->store, &item, &f->done, &err), VT_ERR_FORMAT);
    item.attributes = vt_str_of("{\"a\":1,\"a\":2}");
    assert_int_equal(vt_store_put_item(f->store, &item, &f->done, &err), VT_ERR_FORMAT);
    item = item_of("new item");
    item.title = vt_str_of("\xFE");
    assert_int_equal(vt_store_put_item(f->store, &item, &f->done, &err), VT_ERR_FORMAT);
    item = item_of("new item");
    item.price = -1;
    assert_int_equal(vt_store_put_item(f->store, &item, &f->done, &err), VT_ERR_FORMAT);
    vt_link link = link_of("a", "b", "follows", NAN);
    assert_int_equal(vt_store_put_user_link(f->store, &link, &f->done, &err), VT_ERR_FORMAT);
    link = link_of("a", "", "follows", 1);
    assert_int_equal(vt_store_put_user_link(f->store, &link, &f->done, &err), VT_ERR_FORMAT);
}

/* A refused record leaves nothing behind and the write goes on. */
static void refusals(void **state)
{
    fixture *f = *state;
    static char longest[VT_ID_BYTES_MAX + 2];
    static char text[VT_TEXT_BYTES_MAX + 2];
    memset(longest, 'x', sizeof longest - 1);
    memset(text, 'x', sizeof text - 1);
    vt_event good = event_of("u", "i", VT_EVENT_RATING, 5);
    begin(f);
    put_event(f, &good, VT_PUT_ADDED);
    struct {
        const char *says;
        vt_event event;
        int status;
    } cases[14];
    for (size_t i = 0; i < 14; i++) {
        cases[i].event = event_of("new user", "new item", VT_EVENT_RATING, 5);
        cases[i].status = VT_ERR_FORMAT;
    }
    cases[0].event.item = vt_str_of("");
    cases[0].says = "item id is missing";
    cases[1].event.item = vt_str_of(longest);
    cases[1].says = "513 bytes; at most 512";
    cases[1].status = VT_ERR_LIMIT;
    cases[2].event.item = vt_str_of("\xFFx");
    cases[2].says = "item id is not valid UTF-8";
    cases[3].event.user = (vt_str){NULL, 0};
    cases[3].says = "the user id is missing; every row needs one or a session id";
    cases[4].event.user = (vt_str){"a\0b", 3};
    cases[4].says = "user id holds the control character 0x00";
    cases[5].event.kind = (vt_event_kind)9;
    cases[5].says = "9 is no kind of event";
    cases[6].event.part = (vt_part)5;
    cases[6].says = "5 is no part";
    cases[7].event.value = NAN;
    cases[7].says = "\"value\" is missing; a number from -1e+06 to 1e+06";
    cases[8].event.value = INFINITY;
    cases[8].says = "\"value\" is inf";
    cases[9].event.currency = vt_str_of("usd");
    cases[9].says = "currency is \"usd\"";
    cases[10].event.quantity = 1000000;
    cases[10].event.unit_price = 1000000000;
    cases[10].says = "is the price right?";
    cases[11].event.body = vt_str_of(text);
    cases[11].says = "the text has 1048577 bytes";
    cases[11].status = VT_ERR_LIMIT;
    cases[12].event.time = 253402300801;
    cases[12].says = "time in seconds is 253402300801";
    cases[13].event.title = vt_str_of("\xC3");
    cases[13].says = "title";
    for (size_t i = 0; i < 14; i++) {
        err = (vt_error)VT_ERROR_INIT;
        assert_int_equal(vt_store_put_event(f->store, &cases[i].event, &f->done, &err), cases[i].status);
        if (strstr(err.message, cases[i].says) == NULL) {
            fail_msg("case %zu says \"%s\", not \"%s\"", i, err.message, cases[i].says);
        }
    }
    refused_items_and_links(f);
    good = event_of("u", "j", VT_EVENT_VIEW, 5);
    put_event(f, &good, VT_PUT_ADDED);
    longest[VT_ID_BYTES_MAX] = '\0';
    good = event_of(longest, "j", VT_EVENT_VIEW, 5);
    put_event(f, &good, VT_PUT_ADDED);
    check_ok(vt_store_commit(f->store, 23, &err));
    vt_shop_info info;
    check_ok(vt_shop_describe(f->shop, &info, &err));
    assert_int_equal(info.users, 2);
    assert_int_equal(info.items, 2);
    assert_int_equal(info.events, 3);
    assert_int_equal(info.user_links, 0);
}

static void order_of_calls(void **state)
{
    fixture *f = *state;
    vt_event e = event_of("u", "i", VT_EVENT_VIEW, 5);
    vt_import_report report;
    assert_int_equal(vt_store_put_event(f->store, &e, &f->done, &err), VT_ERR_USAGE);
    assert_int_equal(vt_store_commit(f->store, 0, &err), VT_ERR_USAGE);
    vt_store_rollback(f->store);
    begin(f);
    assert_int_equal(vt_store_begin(f->store, NULL, NULL, NULL, &err), VT_ERR_USAGE);
    assert_int_equal(vt_store_undo(f->store, 1, &report, &err), VT_ERR_USAGE);
    put_event(f, &e, VT_PUT_ADDED);
    vt_store_rollback(f->store);
    check_dump(f, "");
    check_ok(vt_store_read_begin(f->store, &err));
    assert_int_equal(vt_store_begin(f->store, NULL, NULL, NULL, &err), VT_ERR_USAGE);
    check_ok(vt_store_read_begin(f->store, &err)); /* may be nested */
    vt_store_read_end(f->store);
    vt_store_read_end(f->store);
    begin(f);
    put_event(f, &e, VT_PUT_ADDED); /* row ids of the write that was rolled back are forgotten */
    check_ok(vt_store_commit(f->store, 0, &err));
    check_ok(vt_store_check(f->store, &err));
    vt_shop *reader = NULL;
    check_ok(vt_shop_open(&reader, scratch_path(&f->dir, "shop"), VT_SHOP_READ, &err));
    assert_int_equal(vt_store_begin(vt_shop_store(reader), NULL, NULL, NULL, &err), VT_ERR_USAGE);
    assert_int_equal(vt_store_undo(vt_shop_store(reader), 1, &report, &err), VT_ERR_USAGE);
    vt_shop_close(reader);
}

static int note_import(void *context, const vt_shop_import *row)
{
    snprintf(context, 128, "%lld %s %s %lld %lld", (long long)row->id, row->kind, row->source, (long long)row->added,
             (long long)row->rejected);
    return 0;
}

static void a_write_without_change_leaves_no_trace(void **state)
{
    fixture *f = *state;
    char text[128] = "";
    vt_shop_info before;
    vt_shop_info after;
    vt_event e = event_of("u", "i", VT_EVENT_VIEW, 5);
    begin(f);
    put_event(f, &e, VT_PUT_ADDED);
    check_ok(vt_store_commit(f->store, 2, &err));
    check_ok(vt_shop_imports(f->shop, note_import, text, &err));
    assert_string_equal(text, "1 test test 3 2"); /* the event, its user, its item */
    check_ok(vt_shop_describe(f->shop, &before, &err));
    begin(f);
    put_event(f, &e, VT_PUT_SAME);
    check_ok(vt_store_set(f->store, "time_zone", "UTC", &err));
    check_ok(vt_store_commit(f->store, 0, &err));
    check_ok(vt_shop_describe(f->shop, &after, &err));
    assert_int_equal(after.revision, before.revision);
    assert_int_equal(after.imports, 1);
    e.time = 6;
    begin(f);
    put_event(f, &e, VT_PUT_ADDED);
    check_ok(vt_store_commit(f->store, 0, &err));
    check_ok(vt_shop_describe(f->shop, &after, &err));
    assert_int_equal(after.revision, before.revision + 1);
    assert_int_equal(after.time_min, 5);
    assert_int_equal(after.time_max, 6);
}

static int note_event(void *context, const vt_event_row *event, vt_str item)
{
    char *text = context;
    size_t len = strlen(text);
    snprintf(text + len, 256 - len, "%.*s@%lld ", VT_STR_ARGS(item),
             event->time == VT_NONE ? -1LL : (long long)event->time);
    return 0;
}

static int stop_at_once(void *context, const vt_event_row *event, vt_str item)
{
    (void)event;
    (void)item;
    ++*(int *)context;
    return 42;
}

static void history_in_time_order(void **state)
{
    fixture *f = *state;
    static const int64_t times[] = {50, 20, VT_NONE, 50, 10};
    char text[256] = "";
    char item[8];
    int calls = 0;
    begin(f);
    for (int i = 0; i < 5; i++) {
        snprintf(item, sizeof item, "i%d", i);
        vt_event e = event_of("u", item, VT_EVENT_VIEW, times[i]);
        put_event(f, &e, VT_PUT_ADDED);
    }
    check_ok(vt_store_commit(f->store, 0, &err));
    check_ok(vt_store_history(f->store, vt_str_of("u"), note_event, text, &err));
    assert_string_equal(text, "i2@-1 i4@10 i1@20 i0@50 i3@50 ");
    assert_int_equal(vt_store_history(f->store, vt_str_of("u"), stop_at_once, &calls, &err), 42);
    assert_int_equal(calls, 1);
    assert_int_equal(vt_store_history(f->store, vt_str_of("v"), note_event, text, &err), VT_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "\"v\""));
}

/* A pass over the events inside another. */
static int count_inner(void *context, const vt_event_row *event)
{
    (void)event;
    ++((int *)context)[1];
    return 0;
}

typedef struct nested {
    vt_store *store;
    int counts[2];
} nested;

static int read_again(void *context, const vt_event_row *event)
{
    nested *n = context;
    (void)event;
    n->counts[0]++;
    return vt_store_each_event_after(n->store, 0, count_inner, n->counts, NULL);
}

static void passes_can_be_nested(void **state)
{
    fixture *f = *state;
    begin(f);
    for (int i = 0; i < 4; i++) {
        vt_event e = event_of("u", "i", VT_EVENT_VIEW, i);
        put_event(f, &e, VT_PUT_ADDED);
    }
    check_ok(vt_store_commit(f->store, 0, &err));
    nested n = {.store = f->store};
    check_ok(vt_store_each_event_after(f->store, 0, read_again, &n, &err));
    assert_int_equal(n.counts[0], 4);
    assert_int_equal(n.counts[1], 16);
}

/* Money in another currency is no revenue; a currency that is set later makes what named it count. */
static int last_price(void *context, int64_t time, int64_t price, int64_t cost)
{
    (void)price;
    (void)cost;
    *(int64_t *)context = time;
    return VT_OK;
}

/* The last stock, and how many there were. */
static int last_stock(void *context, int64_t time, int64_t stock)
{
    int64_t *last = context;
    (void)time;
    last[1] = stock;
    last[2]++;
    return VT_OK;
}

/* A whole record clears what it does not give, from now on; put again it is the same. What was told before stays. */
static void whole_records(void **state)
{
    fixture *f = *state;
    const vt_str images[] = {vt_str_of("a.png")};
    vt_item item = item_of("i");
    vt_user user = user_of("u");
    item.title = item.description = item.brand = item.category = vt_str_of("told");
    item.attributes = user.attributes = vt_str_of("{\"a\":1}");
    item.currency = vt_str_of("EUR");
    item.images = images;
    item.n_images = 1;
    item.price = item.cost = item.stock = 5;
    item.available_from = item.as_of = 1000;
    item.available_until = 2000;
    user.age_band = user.segment = user.region = user.tier = vt_str_of("told");
    check_ok(vt_store_begin(f->store, NULL, NULL, NULL, &err));
    check_ok(vt_store_put_item(f->store, &item, &f->done, &err));
    check_ok(vt_store_put_user(f->store, &user, &f->done, &err));
    item = item_of("i");
    user = user_of("u");
    item.title = vt_str_of("new");
    user.tier = vt_str_of("new");
    item.whole = user.whole = true;
    for (int again = 0; again < 2; again++) {
        check_ok(vt_store_put_item(f->store, &item, &f->done, &err));
        assert_int_equal(f->done, again ? VT_PUT_SAME : VT_PUT_CHANGED);
        check_ok(vt_store_put_user(f->store, &user, &f->done, &err));
        assert_int_equal(f->done, again ? VT_PUT_SAME : VT_PUT_CHANGED);
    }
    check_ok(vt_store_commit(f->store, 0, &err));
    char *text = dump_store(f->store), want[200];
    int64_t times[3] = {0};
    check_ok(vt_store_prices(f->store, item.id, last_price, times, &err));
    snprintf(want, sizeof want, "item i|new||||||-|-|-|-|-|1000:5/5 %lld:-/- |\nuser u||||new|\n", (long long)times[0]);
    assert_string_equal(text, want);
    free(text);
    check_ok(vt_store_stocks(f->store, item.id, last_stock, times, &err));
    assert_int_equal(times[1], VT_NONE);
    assert_int_equal(times[2], 2);
    item.price = 7; /* a price alone is told again: cost and stock stay unknown */
    check_ok(vt_store_begin(f->store, NULL, NULL, NULL, &err));
    check_ok(vt_store_put_item(f->store, &item, &f->done, &err));
    check_ok(vt_store_commit(f->store, 0, &err));
    text = dump_store(f->store);
    assert_non_null(strstr(text, "item i|new||||||7|-|-|-|-|"));
    free(text);
    check_ok(vt_store_check(f->store, &err));
}

static void currencies(void **state)
{
    fixture *f = *state;
    vt_event e = event_of("u", "i", VT_EVENT_PURCHASE, 5);
    e.unit_price = 100;
    e.currency = vt_str_of("USD");
    begin(f);
    put_event(f, &e, VT_PUT_ADDED);
    e.currency = vt_str_of("EUR");
    put_event(f, &e, VT_PUT_ADDED);
    check_ok(vt_store_commit(f->store, 0, &err));
    check_ok(vt_shop_set(f->shop, "currency", "EUR", &err));
    check_ok(vt_shop_set(f->shop, "currency", "EUR", &err));
    assert_int_equal(vt_shop_set(f->shop, "currency", "USD", &err), VT_ERR_USAGE);
    assert_int_equal(vt_shop_set(f->shop, "currency", "euro", &err), VT_ERR_USAGE);
    check_dump(f, "event u||i|2|0|5|-1|-|100|-|USD||||||\n"
                  "event u||i|2|0|5|-1|-|100|-|||||||\n"
                  "item i|||||||-|-|-|-|-||\n"
                  "user u|||||\n");
    check_ok(vt_store_check(f->store, &err));
}

static void time_zone_of_the_shop(void **state)
{
    fixture *f = *state;
    vt_shop_info info;
    begin(f);
    assert_int_equal(vt_store_set(f->store, "time_zone", "Europe/Nowhere", &err), VT_ERR_NOT_FOUND);
    int status = vt_store_set(f->store, "time_zone", "Europe/Berlin", &err);
    if (status == VT_ERR_NOT_FOUND) {
        vt_store_rollback(f->store);
        print_message("skipped: this system has no time zones\n");
        return;
    }
    check_ok(vt_store_commit(f->store, 0, &err));
    begin(f);
    check_ok(vt_store_set(f->store, "time_zone", "America/New_York", &err));
    vt_store_rollback(f->store); /* and Berlin it is again */
    check_ok(vt_shop_describe(f->shop, &info, &err));
    assert_string_equal(info.time_zone, "Europe/Berlin");
}

/* A reader sees one revision from begin to end, whatever is committed meanwhile. */
static void readers_see_one_revision(void **state)
{
    fixture *f = *state;
    vt_shop *reader = NULL;
    vt_shop_info info;
    vt_event e = event_of("u", "i", VT_EVENT_VIEW, 1);
    begin(f);
    put_event(f, &e, VT_PUT_ADDED);
    check_ok(vt_store_commit(f->store, 0, &err));
    check_ok(vt_shop_open(&reader, scratch_path(&f->dir, "shop"), VT_SHOP_READ, &err));
    vt_store *store = vt_shop_store(reader);
    check_ok(vt_store_read_begin(store, &err));
    begin(f); /* before the reader has looked at anything */
    e.time = 2;
    put_event(f, &e, VT_PUT_ADDED);
    check_ok(vt_store_commit(f->store, 0, &err));
    check_ok(vt_shop_describe(reader, &info, &err));
    assert_int_equal(info.events, 1);
    vt_store_read_end(store);
    check_ok(vt_shop_describe(reader, &info, &err));
    assert_int_equal(info.events, 2);
    vt_shop_close(reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_fields_come_back, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_not_given_stays, set_up, tear_down),
        cmocka_unit_test_setup_teardown(prices_of_the_past, set_up, tear_down),
        cmocka_unit_test_setup_teardown(same_event_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refusals, set_up, tear_down),
        cmocka_unit_test_setup_teardown(order_of_calls, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_write_without_change_leaves_no_trace, set_up, tear_down),
        cmocka_unit_test_setup_teardown(history_in_time_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(passes_can_be_nested, set_up, tear_down),
        cmocka_unit_test_setup_teardown(whole_records, set_up, tear_down),
        cmocka_unit_test_setup_teardown(currencies, set_up, tear_down),
        cmocka_unit_test_setup_teardown(time_zone_of_the_shop, set_up, tear_down),
        cmocka_unit_test_setup_teardown(readers_see_one_revision, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
