/* CSV: columns found and mapped, all tables, and every reason to reject a row. */
#include "importing.h"

static void columns_are_found_by_their_names(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    t.options.table = "events";
    importing_run(&t, "csv", importing_data("csv/events.csv"));
    assert_int_equal(t.report.rows, 4);
    check_counts(t.report.events, 3, 0, 1);
    assert_string_equal(t.report.note, "rows taken as ratings");
    assert_string_equal(importing_text(&t, "events"), "u1 rating i1 value=5 time=1424615980\n"
                                                      "u1 rating i2 value=4.5 time=1431982094\n"
                                                      "u2 rating i1 value=1 time=1424615980\n");
    importing_done(&t);
}

static void a_map_comes_before_names(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    t.options.table = "events";
    t.options.map = "item=source, user=item_id,time=timestamp_ms";
    t.options.event_kind = VT_EVENT_VIEW;
    t.options.event_kind_given = true;
    importing_run(&t, "csv", importing_data("csv/events.csv"));
    assert_string_equal(t.report.note, "");
    assert_string_equal(importing_text(&t, "events"), "i1 view a value=5 time=1424615980\n"
                                                      "i2 view a value=4.5 time=1431982094\n"
                                                      "i1 view b value=1 time=1424615980\n");
    importing_done(&t);
}

static void wrong_maps_and_tables_say_what_there_is(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    const char *path = importing_data("csv/events.csv");
    t.options.table = "events";
    t.options.map = "item=Sauce";
    importing_fails(
        &t, VT_ERR_USAGE,
        "has no column \"Sauce\" (from the map); its columns are user_id, item_id, rating, timestamp_ms, source", "csv",
        path);
    t.options.table = "events";
    t.options.map = "thing=source";
    importing_fails(&t, VT_ERR_USAGE, "there is no field \"thing\" (from the map); the fields are id, user", "csv",
                    path);
    t.options.table = "events";
    t.options.map = "item";
    importing_fails(&t, VT_ERR_USAGE, "\"item\" is no field=column", "csv", path);
    t.options.table = "sales";
    importing_fails(&t, VT_ERR_USAGE, "there is no table \"sales\"; events, items", "csv", path);
    importing_fails(&t, VT_ERR_USAGE, "a CSV needs the name of its table (--table)", "csv", path);
    t.options.table = "events";
    importing_fails(&t, VT_ERR_FORMAT,
                    "has no column for \"item\"; map one with item=COLUMN (its columns are customer_id", "csv",
                    importing_data("csv/users.csv"));
    importing_file(&t, empty, "empty.csv", "");
    t.options.table = "events";
    importing_fails(&t, VT_ERR_FORMAT, "is empty", "csv", empty);
    assert_string_equal(importing_text(&t, "events"), "");
    importing_done(&t);
}

static void orders_with_money_in_minor_units(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    t.options.table = "events";
    importing_run(&t, "csv", importing_data("csv/orders.csv"));
    assert_string_equal(t.report.note, "rows taken as purchases");
    assert_int_equal(t.n_rejects, 0);
    assert_string_equal(
        importing_text(&t, "events"),
        "c1 purchase p1 time=1614834367 quantity=2 price=1250 discount=50 order=o1\n"
        "c1 purchase p2 time=1614830767 quantity=1 price=999 order=o1\n"
        "session o2 purchase p2 time=1614902400 quantity=1 price=999 order=o2\n" /* sold to nobody known */
        "c2 purchase p3 time=1614988800 quantity=1 order=o3\n");
    vt_shop_info info;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_shop_describe(t.shop, &info, &err));
    assert_string_equal(info.currency, "EUR");
    importing_done(&t);
}

static void kinds_of_events_go_by_many_names(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    t.options.table = "events";
    importing_run(&t, "csv", importing_data("csv/kinds.csv"));
    assert_string_equal(t.report.note, "");
    assert_string_equal(importing_text(&t, "events"),
                        "session s1 view i1 time=1600000000\nsession s1 cart i1 time=1600000001\n"
                        "session s1 purchase i1 time=1600000002\nsession s1 like i1 time=1600000003\n");
    check_reject(&t, 0, 6, "unknown kind of event", "\"event\" is \"teleport\"; view, cart");
    importing_done(&t);
}

/* Scales from half a star on (FilmTrust, MovieLens) are as common as those from one on. */
static void half_stars(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    t.options.table = "events";
    importing_file(&t, path, "half.csv", "user,item,rating\nu1,i1,0.5\nu1,i2,3.5\nu1,i3,0.4\n");
    importing_run(&t, "csv", path);
    assert_string_equal(importing_text(&t, "events"), "u1 rating i1 value=0.5\nu1 rating i2 value=3.5\n");
    check_reject(&t, 0, 4, "rating out of range", "\"rating\" is 0.4; a number from 0.5 to 5 is expected");
    importing_done(&t);
}

static void every_bad_event_says_why(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    t.options.table = "events";
    t.options.encoding = "utf-8";
    importing_run(&t, "csv", importing_data("csv/bad_events.csv"));
    assert_int_equal(t.report.rows, 17);
    assert_int_equal(t.report.rejected, 15);
    check_reject(&t, 0, 2, "rating out of range",
                 "bad_events.csv:2: \"rating\" is 9; a number from 0.5 to 5 is expected (row skipped)");
    check_reject(&t, 1, 3, "rating is no number", "\"rating\" is \"five\"; a number from 0.5 to 5 is expected");
    check_reject(&t, 2, 4, "id missing", "the item id is missing");
    check_reject(&t, 3, 5, "id missing", "the user id is missing");
    check_reject(&t, 4, 6, "time before 1990", "\"time\" is 1970-01-01 00:01:40");
    check_reject(&t, 5, 7, "time in the future", "\"time\" is 2027-01-15");
    check_reject(&t, 6, 8, "time is no time", "\"time\" is \"someday\"");
    check_reject(&t, 7, 9, "quantity out of range", "the quantity is 0");
    check_reject(&t, 8, 10, "not a whole number", "\"quantity\" is \"1.5\"");
    check_reject(&t, 9, 11, "amount is no amount", "\"price\" is \"cheap\"; an amount such as 12.50 is expected");
    check_reject(&t, 10, 12, "wrong number of fields", "3 fields; the header has 6 columns");
    check_reject(&t, 11, 14, "wrong number of fields", "7 fields");
    check_reject(&t, 12, 15, "not CSV", "bad_events.csv:15: a quote stands inside a field");
    check_reject(&t, 13, 16, "invalid UTF-8 in an id", "the user id is not valid UTF-8");
    check_reject(&t, 14, 17, "rating missing", "\"rating\" is missing");
    /* empty cells too many are let pass, and of what is not required none is missed */
    assert_string_equal(importing_text(&t, "events"), "u1 rating i1 value=5 time=1600000000 quantity=1 price=100\n"
                                                      "u1 rating i1 value=4\n");
    importing_done(&t);
}

static void items_with_all_they_have(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    t.options.table = "items";
    t.options.map = "attributes.color=Colour,attributes.sizes=Size,attributes=extra";
    importing_run(&t, "csv", importing_data("csv/items.csv"));
    assert_int_equal(t.report.rows, 8);
    check_counts(t.report.items, 2, 0, 0);
    check_reject(&t, 0, 4, "amount is no amount", "\"price_usd\" is \"twelve\"");
    check_reject(&t, 1, 5, "not a whole number", "\"stock\" is \"many\"");
    check_reject(&t, 2, 6, "availability ends before it begins", "\"available_until\"");
    check_reject(&t, 3, 7, "attributes are no JSON object", "\"extra\": ");
    check_reject(&t, 4, 8, "given twice", "the item i1 came before");
    check_reject(&t, 5, 9, "id missing", "the item id is missing");
    assert_string_equal(
        importing_text(&t, "items"),
        "i1: title=Chaz Hoodie brand=Luma category=Men > Tops > Hoodies"
        " attributes={\"material\":\"Wool\",\"n\":[1,2.5],\"color\":\"Red\",\"sizes\":[\"S\",\"M\",\"L\"]}"
        " image=a.jpg image=b.jpg price=5200 cost=2010 stock=7 from=1577836800"
        " until=1893456000\n"
        "i2: title=Tea, green category=Tea image=https://x/I/3._CR,0,0,38,50_.jpg image=https://x/b.jpg"
        " stock=0\n");
    importing_done(&t);
}

static void attributes_are_merged_by_key(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_file(&t, first, "a.csv", "id,color,size\ni1,red,L\n");
    importing_file(&t, second, "b.csv", "id,color,cut\ni1,blue,slim\n");
    t.options.table = "items";
    t.options.map = "attributes.color=color,attributes.size=size";
    importing_run(&t, "csv", first);
    t.options.table = "items";
    t.options.map = "attributes.color=color,attributes.cut=cut";
    importing_run(&t, "csv", second);
    check_counts(t.report.items, 0, 1, 0);
    assert_string_equal(importing_text(&t, "items"),
                        "i1: attributes={\"color\":\"blue\",\"size\":\"L\",\"cut\":\"slim\"}\n");
    t.options.table = "items";
    t.options.map = "attributes.color=color,attributes.cut=cut";
    importing_run(&t, "csv", second);
    check_counts(t.report.items, 0, 0, 1);
    importing_done(&t);
}

static void users_with_bands_of_age(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    t.options.table = "users";
    t.options.map = "attributes.job=job";
    importing_run(&t, "csv", importing_data("csv/users.csv"));
    check_counts(t.report.users, 3, 0, 0);
    check_reject(&t, 0, 4, "age is no age", "\"age\" is \"old\"; years from 0 to 149 are expected");
    assert_string_equal(importing_text(&t, "users"),
                        "c1: age=25-34 segment=b2b region=DE tier=premium attributes={\"job\":\"baker\"}\n"
                        "c2: region=FR\nc4:\n");
    importing_done(&t);
}

static void links_of_items_and_users(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    t.options.table = "links";
    importing_run(&t, "csv", importing_data("csv/links.csv"));
    check_counts(t.report.links, 2, 0, 1);
    check_reject(&t, 0, 5, "id missing", "the id that the link goes to is missing");
    check_reject(&t, 1, 6, "weight is no number", "\"weight\" is \"heavy\"");
    assert_string_equal(importing_text(&t, "item-links"), "a crosssell b 1\na upsell c 2.5\n");
    t.options.table = "user-links";
    importing_run(&t, "csv", importing_data("csv/trust.csv"));
    assert_string_equal(importing_text(&t, "user-links"), "1 follows 2 1\n2 follows 1 1\n");
    importing_done(&t);
}

static void the_unit_of_times_can_be_given(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_file(&t, path, "a.csv", "user,item,time\nu,i,800000000000\n");
    t.options.table = "events";
    t.options.time_unit = "ms";
    importing_run(&t, "csv", path);
    assert_string_equal(importing_text(&t, "events"), "u purchase i time=800000000\n");
    t.options.table = "events";
    t.options.time_unit = "days";
    importing_fails(&t, VT_ERR_USAGE, "the time unit \"days\" is neither s nor ms", "csv", path);
    importing_done(&t);
}

static void a_column_may_hold_a_comma_in_its_name(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_file(&t, path, "a.csv", "\"who, exactly\",what\nu,i\n");
    t.options.table = "events";
    t.options.map = "user=who, exactly,item=what";
    importing_run(&t, "csv", path);
    assert_string_equal(importing_text(&t, "events"), "u purchase i\n");
    importing_done(&t);
}

/* The cells of a file, and as many cells as `width` says. */
typedef struct cells {
    size_t width;
    const char *const *text;
} cells;

static void give_cells(void *context, int64_t row, vt_str *out)
{
    const cells *c = context;
    for (size_t i = 0; i < c->width; i++) {
        out[i] = vt_str_of(c->text[(size_t)row * c->width + i]);
    }
}

static void a_table_in_memory_is_as_its_file(void **state)
{
    static const char *const names[] = {"user", "item", "rating", "time"};
    static const char *const text[] = {"u1", "i1", "5", "1600000000", "",   "i1", "4",  "1600000001",
                                       "u2", "i2", "",  "",           "u2", "i1", "77", "1600000002"};
    const char *const none[] = {NULL};
    const cells c = {4, text};
    vt_import_rows rows = {"t.csv", names, 4, 4, give_cells, (void *)(uintptr_t)&c};
    (void)state;
    importing t;
    importing_init(&t);
    t.options.table = "events";
    t.options.rows = &rows;
    t.options.rating_max = 5;
    assert_int_equal(importing_status(&t, "csv", none), VT_OK);
    assert_int_equal(t.report.rows, 4);
    check_counts(t.report.events, 1, 0, 0);
    assert_int_equal(t.n_rejects, 3);
    char messages[3][512];
    for (size_t i = 0; i < 3; i++) {
        snprintf(messages[i], sizeof messages[i], "%s", strstr(t.rejects[i].message, "t.csv:"));
    }
    importing_file(&t, path, "t.csv",
                   "user,item,rating,time\nu1,i1,5,1600000000\n,i1,4,1600000001\nu2,i2,,\nu2,i1,77,1600000002\n");
    t.options.table = "events";
    t.options.rating_max = 5;
    importing_run(&t, "csv", path);
    check_counts(t.report.events, 0, 0, 1);
    assert_int_equal(t.n_rejects, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(strstr(t.rejects[i].message, "t.csv:"), messages[i]);
    }
    t.options.table = "events";
    t.options.rows = &rows;
    importing_fails(&t, VT_ERR_USAGE, "without files", "csv", path);
    t.options.rows = &rows;
    assert_int_equal(importing_status(&t, "movielens", none), VT_ERR_USAGE);
    rows.n_columns = 1;
    t.options.table = "events";
    t.options.rows = &rows;
    assert_int_equal(importing_status(&t, "csv", none), VT_ERR_FORMAT);
    assert_non_null(strstr(t.err.message, "t.csv has no column for \"item\""));
    importing_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_found_by_their_names),
        cmocka_unit_test(a_map_comes_before_names),
        cmocka_unit_test(wrong_maps_and_tables_say_what_there_is),
        cmocka_unit_test(orders_with_money_in_minor_units),
        cmocka_unit_test(kinds_of_events_go_by_many_names),
        cmocka_unit_test(half_stars),
        cmocka_unit_test(every_bad_event_says_why),
        cmocka_unit_test(items_with_all_they_have),
        cmocka_unit_test(attributes_are_merged_by_key),
        cmocka_unit_test(users_with_bands_of_age),
        cmocka_unit_test(links_of_items_and_users),
        cmocka_unit_test(the_unit_of_times_can_be_given),
        cmocka_unit_test(a_column_may_hold_a_comma_in_its_name),
        cmocka_unit_test(a_table_in_memory_is_as_its_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
