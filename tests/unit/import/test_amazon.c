/* Amazon's three editions: reviews, products, Python lines, and every reason to reject a row. */
#include "importing.h"

static void reviews_of_2014(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_run(&t, "amazon", importing_data("amazon/reviews_2014.json"));
    assert_int_equal(t.report.rows, 2);
    assert_int_equal(t.report.rejected, 0);
    check_counts(t.report.events, 2, 0, 0);
    assert_string_equal(t.report.note, "Amazon reviews, 2014 edition");
    assert_string_equal(importing_text(&t, "events"),
                        "A1 rating 0001 value=5 time=1252800000 title=Heavenly body=I bought this for my husband.\n"
                        "A2 rating 0002 value=3 time=1252886400 title=Caf\xC3\xA9 body=It's \"fine\"\n");
    importing_done(&t);
}

static void reviews_of_2018(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_run(&t, "amazon", importing_data("amazon/reviews_2018.json"));
    assert_int_equal(t.report.rows, 3); /* a blank line is no row */
    check_counts(t.report.events, 2, 0, 1);
    assert_string_equal(t.report.note, "Amazon reviews, 2018 edition");
    assert_string_equal(importing_text(&t, "events"),
                        "A1 rating B001 value=5 time=1529193600 title=Five Stars body=Another great gift.\n"
                        "A2 rating B001 value=4 time=1528934400\n");
    importing_done(&t);
}

static void reviews_of_2023(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    t.options.part = VT_PART_TRAIN;
    importing_run(&t, "amazon", importing_data("amazon/reviews_2023.jsonl"));
    assert_string_equal(t.report.note, "Amazon reviews, 2023 edition");
    assert_string_equal(importing_text(&t, "events"),
                        "AEU1 rating B0PARENT value=4 time=1588687728 title=Works body=As described. part=1\n"
                        "AEU2 rating B0ONLY value=1 time=1588687728 part=1\n");
    importing_done(&t);
}

static void every_bad_review_says_why(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_run(&t, "amazon", importing_data("amazon/reviews_bad.json"));
    assert_int_equal(t.report.rows, 16);
    assert_int_equal(t.report.rejected, 15);
    check_counts(t.report.events, 1, 0, 0);
    assert_int_equal(t.n_rejects, 15);
    check_reject(&t, 0, 2, "not JSON", "at byte");
    check_reject(&t, 1, 3, "rating out of range",
                 "reviews_bad.json:3: \"overall\" is 9; a number from 1 to 5 is expected (row skipped)");
    check_reject(&t, 2, 4, "rating is no number",
                 "reviews_bad.json:4: \"overall\" is \"five\"; a number from 1 to 5 is expected (row skipped)");
    check_reject(&t, 3, 5, "rating missing", "is missing; a number from 1 to 5 is expected");
    check_reject(&t, 4, 6, "id missing", "the item id is missing");
    check_reject(&t, 5, 7, "id missing", "the user id is missing");
    check_reject(&t, 6, 8, "time before 1990", "\"unixReviewTime\" is 1970-01-01 00:00:01, before 1990");
    check_reject(&t, 7, 9, "time in the future", "\"unixReviewTime\" is 2030-03-17 17:46:40, in the future");
    check_reject(&t, 8, 10, "time is no time", "\"unixReviewTime\" is \"yesterday\"");
    check_reject(&t, 9, 11, "not JSON", "no object");
    check_reject(&t, 10, 12, "not JSON", "no Python value");
    check_reject(&t, 11, 13, "not JSON", "the key \"overall\" occurs twice");
    check_reject(&t, 12, 14, "rating is no number", "\"overall\" is \"true\"");
    check_reject(&t, 13, 15, "time is no time", "\"reviewTime\" is \"06 31, 2018\"");
    check_reject(&t, 14, 16, "control character in an id", "0x00");
    /* the most frequent reason comes first, equal ones by name */
    assert_string_equal(t.report.reasons[0].reason, "not JSON");
    assert_int_equal(t.report.reasons[0].count, 4);
    assert_string_equal(t.report.reasons[1].reason, "id missing");
    assert_int_equal(t.report.reasons[1].count, 2);
    int64_t sum = 0;
    for (size_t i = 0; i < VT_IMPORT_REASONS; i++) {
        sum += t.report.reasons[i].count;
    }
    assert_int_equal(sum, 15);
    importing_done(&t);
}

static void products_of_2014(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_run(&t, "amazon", importing_data("amazon/meta_2014.json"));
    check_counts(t.report.items, 2, 0, 0);
    check_counts(t.report.links, 4, 0, 0);
    assert_string_equal(t.report.note, "Amazon metadata, 2014 edition");
    assert_string_equal(importing_text(&t, "items"),
                        "0001: title=Girls Ballet Tutu description=A pretty tutu & more brand=Coxlures"
                        " category=Sports & Outdoors > Other Sports > Dance image=http://x/I/51fAm.jpg price=317\n"
                        "0002: category=Books\n");
    assert_string_equal(importing_text(&t, "item-links"), "0001 also_bought 0002 1\n0001 also_bought 0003 1\n"
                                                          "0001 also_viewed 0004 1\n0001 bought_together 0002 1\n");
    importing_done(&t);
}

static void products_of_2018(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_run(&t, "amazon", importing_data("amazon/meta_2018.json"));
    assert_int_equal(t.report.rows, 7);
    check_counts(t.report.items, 4, 0, 1); /* B4 stands there twice alike, and a third time with another price */
    assert_int_equal(t.n_rejects, 2);
    check_reject(&t, 0, 6, "given twice", "the item B4 came before with other values");
    check_reject(&t, 1, 7, "id missing", "the item id is missing");
    check_counts(t.report.links, 3, 0, 0); /* no link of B1 to itself */
    assert_string_equal(t.report.note, "Amazon metadata, 2018 edition; 1 price was no amount and left out");
    assert_string_equal(
        importing_text(&t, "items"),
        "B1: title=Amazon 'a' Card description=First.\nSecond brand=Microsoft"
        " category=Gift Cards > Gift Card Accessories"
        " attributes={\"features\":[\"No fees\"],\"details\":{\"Product Dimensions\":\"3.4 x 2.1 inches\","
        "\"Shipping Weight\":\"3 ounces\"}} image=https://x/1._SX38_SY50_CR,0,0,38,50_.jpg image=https://x/2.jpg"
        " price=102500\n"
        "B2: title=No price category=Grocery\n"
        "B3: title=Nothing said\n"
        "B4: title=A range price=500\n");
    vt_shop_info info;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_shop_describe(t.shop, &info, &err));
    assert_string_equal(info.currency, "USD");
    importing_done(&t);
}

static void products_of_2023(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_run(&t, "amazon", importing_data("amazon/meta_2023.jsonl"));
    assert_string_equal(t.report.note, "Amazon metadata, 2023 edition");
    assert_string_equal(importing_text(&t, "items"),
                        "B01: title=Howard LC0008 description=Use it. brand=Howard Products category=All Beauty"
                        " attributes={\"features\":[\"Cleans\",\"Polishes\"],\"details\":{\"Brand\":\"Howard\"}}"
                        " image=https://x/h.jpg image=https://x/l2.jpg price=1499\n"
                        "B02: title=Yes to Tomatoes brand=Yes To category=Beauty > Skin"
                        " attributes={\"details\":{\"Brand\":\"Yes To\"}}\n");
    assert_string_equal(importing_text(&t, "item-links"), "B02 bought_together B01 1\n");
    importing_done(&t);
}

static void files_of_all_kinds_together_and_again(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    const char *reviews = importing_data("amazon/reviews_2018.json");
    const char *meta = importing_data("amazon/meta_2018.json");
    importing_run(&t, "amazon", meta, reviews);
    assert_int_equal(t.report.rows, 10);
    assert_true(t.report.import_id > 0);
    char *before = importing_whole(&t);
    importing_run(&t, "amazon", meta, reviews);
    assert_int_equal(t.report.import_id, 0);
    check_counts(t.report.events, 0, 0, 3);
    check_counts(t.report.items, 0, 0, 5);
    check_counts(t.report.links, 0, 0, 3);
    char *after = importing_whole(&t);
    assert_string_equal(before, after);
    free(before);
    free(after);
    importing_done(&t);
}

static void broken_utf8_is_repaired_in_texts_and_refused_in_ids(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_file(&t, path, "reviews.json",
                   "{\"overall\": 5, \"reviewerID\": \"A1\", \"asin\": \"B1\", \"summary\": \"caf\xE9\"}\n"
                   "{\"overall\": 5, \"reviewerID\": \"A\xE9\", \"asin\": \"B1\"}\n"
                   "{'overall': 4, 'reviewerID': 'A2', 'asin': 'B1', 'summary': 'caf\xE9'}\n"
                   "{\"overall\": 3, \"reviewerID\": \"A3\", \"asin\": \"B1\", \"summary\": \"a\\u0000b\"}\n");
    importing_run(&t, "amazon", path);
    assert_int_equal(t.n_rejects, 1);
    check_reject(&t, 0, 2, "invalid UTF-8 in an id", "the user id is not valid UTF-8");
    assert_string_equal(importing_text(&t, "events"), "A1 rating B1 value=5 title=caf\xEF\xBF\xBD\n"
                                                      "A2 rating B1 value=4 title=caf\xEF\xBF\xBD\n"
                                                      "A3 rating B1 value=3 title=a\xEF\xBF\xBD"
                                                      "b\n");
    importing_done(&t);
}

static void a_scale_can_be_asked_for(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_file(&t, path, "reviews.json",
                   "{\"overall\": 9, \"reviewerID\": \"A1\", \"asin\": \"B1\"}\n"
                   "{\"overall\": 0, \"reviewerID\": \"A2\", \"asin\": \"B1\"}\n");
    t.options.rating_min = 1;
    t.options.rating_max = 10;
    importing_run(&t, "amazon", path);
    assert_string_equal(importing_text(&t, "events"), "A1 rating B1 value=9\n");
    check_reject(&t, 0, 2, "rating out of range", "\"overall\" is 0; a number from 1 to 10 is expected");
    importing_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reviews_of_2014),
        cmocka_unit_test(reviews_of_2018),
        cmocka_unit_test(reviews_of_2023),
        cmocka_unit_test(every_bad_review_says_why),
        cmocka_unit_test(products_of_2014),
        cmocka_unit_test(products_of_2018),
        cmocka_unit_test(products_of_2023),
        cmocka_unit_test(files_of_all_kinds_together_and_again),
        cmocka_unit_test(broken_utf8_is_repaired_in_texts_and_refused_in_ids),
        cmocka_unit_test(a_scale_can_be_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
