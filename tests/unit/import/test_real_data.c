/* The published files, with the counts that their READMEs state. Each test is left out where its file is not there. */
#include "importing.h"

#include "base/csv.h"
#include "real_data.h"

static void gift_cards(void **state)
{
    (void)state;
    importing t;
    char reviews[512];
    char meta[512];
    if (data_file(reviews, "amazon2018_gift_cards/Gift_Cards_5.json.gz") == NULL ||
        data_file(meta, "amazon2018_gift_cards/meta_Gift_Cards.json.gz") == NULL) {
        skip();
    }
    importing_init(&t);
    importing_run(&t, "amazon", reviews, meta);
    assert_int_equal(t.report.rows, 2972 + 1547);
    assert_int_equal(t.report.rejected, 0);
    check_counts(t.report.events, 2972, 0, 0);
    check_counts(t.report.users, 458, 0, 0);
    check_counts(t.report.items, 1547, 0, 0);
    assert_int_equal(t.report.links.added, 21681 + 34098);
    vt_shop_info info;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_shop_describe(t.shop, &info, &err));
    assert_int_equal(info.users, 458);
    assert_int_equal(info.items, 1547);
    assert_int_equal(info.events_by_kind[VT_EVENT_RATING], 2972);
    assert_int_equal(info.reviews, 2972);
    assert_string_equal(info.currency, "USD");
    /* links stand in order of item, so a new item is a new line's first word */
    static const char *const kinds[] = {" also_buy ", " also_view "};
    static const int wanted[] = {336, 880};
    for (int kind = 0; kind < 2; kind++) {
        const char *last = "";
        size_t last_len = 0;
        int items = 0;
        for (const char *line = importing_text(&t, "item-links"); *line != '\0'; line = strchr(line, '\n') + 1) {
            size_t len = strcspn(line, " ");
            if (strncmp(line + len, kinds[kind], strlen(kinds[kind])) == 0 &&
                (len != last_len || memcmp(line, last, len) != 0)) {
                items++;
                last = line;
                last_len = len;
            }
        }
        assert_int_equal(items, wanted[kind]);
    }
    const char *items = importing_text(&t, "items");
    int with_price = 0;
    for (const char *p = strstr(items, " price="); p != NULL; p = strstr(p + 1, " price=")) {
        with_price++;
    }
    assert_int_equal(with_price, 358); /* of 362 that are not empty, 2 are blank and 2 are pieces of a style sheet */
    assert_non_null(strstr(items, "title=Serendipity 3 $100.00 Gift Card"));
    check_ok(vt_shop_check(t.shop, &err));
    importing_run(&t, "amazon", reviews, meta);
    check_counts(t.report.events, 0, 0, 2972);
    check_counts(t.report.items, 0, 0, 1547);
    check_counts(t.report.links, 0, 0, 55779);
    assert_int_equal(t.report.import_id, 0);
    importing_done(&t);
}

static void beauty_and_health(void **state)
{
    (void)state;
    importing t;
    char events[512];
    char items[512];
    if (data_file(events, "amazon2023_beauty_health_handmade/interactions.csv.gz") == NULL ||
        data_file(items, "amazon2023_beauty_health_handmade/items.csv.gz") == NULL) {
        skip();
    }
    importing_init(&t);
    t.options.table = "events";
    importing_run(&t, "csv", events);
    assert_int_equal(t.report.rejected, 0);
    check_counts(t.report.events, 25023, 0, 0);
    t.options.table = "items";
    importing_run(&t, "csv", items);
    assert_int_equal(t.report.rejected, 0);
    vt_shop_info info;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_shop_describe(t.shop, &info, &err));
    assert_int_equal(info.events, 25023);
    assert_int_equal(info.users, 3744);
    assert_int_equal(info.items, 10000);
    importing_done(&t);
}

static void movielens_100k(void **state)
{
    (void)state;
    importing t;
    char inter[512];
    char folder[512];
    if (data_file(inter, "movielens/ml-100k.inter.gz") == NULL) {
        skip();
    }
    snprintf(folder, sizeof folder, "%.*s", (int)(strrchr(inter, '/') - inter), inter);
    importing_init(&t);
    importing_run(&t, "movielens", folder);
    assert_int_equal(t.report.rejected, 0);
    check_counts(t.report.events, 100000, 0, 0);
    check_counts(t.report.items, 1682, 0, 0);
    check_counts(t.report.users, 943, 0, 0);
    importing_done(&t);
}

static void beauty_sequences_and_attributes(void **state)
{
    (void)state;
    importing t;
    char sequences[512];
    char attributes[512];
    if (data_file(sequences, "amazon2014_seqrec/Beauty.txt.gz") == NULL ||
        data_file(attributes, "amazon2014_seqrec/Beauty_item2attributes.json.gz") == NULL) {
        skip();
    }
    importing_init(&t);
    importing_run(&t, "sequences", sequences);
    assert_int_equal(t.report.rows, 22363);
    check_counts(t.report.events, 198502, 0, 0);
    importing_run(&t, "attributes", attributes);
    assert_int_equal(t.report.items.added, 0);
    assert_int_equal(t.report.rows, 12101);
    vt_shop_info info;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_shop_describe(t.shop, &info, &err));
    assert_int_equal(info.users, 22363);
    assert_int_equal(info.items, 12101);
    assert_int_equal(info.time_min, VT_NONE);
    importing_done(&t);
}

static void luma_products_and_photos(void **state)
{
    (void)state;
    importing t;
    char products[512];
    char photos[512];
    if (data_file(products, "images_magento_luma/products.csv") == NULL ||
        data_file(photos, "images_magento_luma/images_224px.zip") == NULL) {
        skip();
    }
    importing_init(&t);
    t.options.table = "items";
    importing_run(&t, "csv", products);
    check_counts(t.report.items, 197, 0, 0);
    importing_run(&t, "images", photos);
    assert_int_equal(t.report.rows, 725);
    check_counts(t.report.items, 0, 177, 0); /* those that have images */
    const char *text = importing_text(&t, "items");
    assert_non_null(strstr(text, "MH01: title=Chaz Kangeroo Hoodie"));
    assert_non_null(strstr(text, "category=Men > Tops > Hoodies & Sweatshirts"));
    assert_null(strstr(text, "image=mh01")); /* every photo that an item names is in the ZIP */
    assert_non_null(strstr(text, "/mh01-gray_main.jpg"));
    assert_non_null(strstr(text, "price=5200"));
    importing_done(&t);
}

static void posters_through_a_map(void **state)
{
    (void)state;
    importing t;
    char items[512];
    char links[512];
    char photos[512];
    if (data_file(items, "movielens/ml-100k.item.gz") == NULL ||
        data_file(links, "movielens/ml-100k_item_to_movieId.csv") == NULL ||
        data_file(photos, "movielens/ml1m_posters_138px.zip") == NULL) {
        skip();
    }
    vt_error err = VT_ERROR_INIT;
    vt_stream *stream = NULL;
    vt_csv *csv = NULL;
    const vt_str *row = NULL;
    size_t n = 0;
    vt_buf map;
    vt_buf_init(&map, 1 << 20);
    check_ok(vt_buf_add_text(&map, "file,item\n", &err));
    check_ok(vt_stream_open(&stream, links, &err));
    check_ok(vt_csv_create(&csv, stream, ',', &err));
    check_ok(vt_csv_row(csv, &row, &n, &err));
    check_ok(vt_csv_row(csv, &row, &n, &err));
    while (n > 0) {
        check_ok(vt_buf_printf(&map, &err, "%.*s.jpg,%.*s\n", VT_STR_ARGS(row[3]), VT_STR_ARGS(row[0])));
        check_ok(vt_csv_row(csv, &row, &n, &err));
    }
    vt_csv_free(csv);
    vt_stream_close(stream);
    importing_init(&t);
    importing_file(&t, path, "map.csv", map.data);
    vt_buf_done(&map);
    importing_run(&t, "movielens", items);
    t.options.map = path;
    t.options.dry_run = true;
    importing_run(&t, "images", photos);
    assert_int_equal(t.report.items.added, 1315);
    assert_int_equal(t.report.rows, 1682 + 3256);
    importing_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gift_cards),
        cmocka_unit_test(beauty_and_health),
        cmocka_unit_test(movielens_100k),
        cmocka_unit_test(beauty_sequences_and_attributes),
        cmocka_unit_test(luma_products_and_photos),
        cmocka_unit_test(posters_through_a_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
