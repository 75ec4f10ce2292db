/* What all kinds have in common: whole or not at all, undo, dry runs, progress, cancelling, currencies, memory. */
#include "importing.h"

#include <zlib.h>

#include "base/file.h"
#include "fault.h"

static void the_kinds_are_listed(void **state)
{
    (void)state;
    static const char *const names[] = {"amazon",     "csv",    "movielens", "sequences",  "baskets",
                                        "attributes", "images", "shopify",   "woocommerce"};
    size_t count = 0;
    const vt_import_kind *kinds = vt_import_kinds(&count);
    assert_int_equal(count, sizeof names / sizeof names[0]);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(kinds[i].name, names[i]);
        assert_true(strlen(kinds[i].summary) > 20);
        assert_true(strlen(kinds[i].paths) > 3);
    }
}

static void wrong_options_say_what_is_right(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    const char *path = importing_data("sequences/seq.txt");
    importing_fails(&t, VT_ERR_USAGE,
                    "there is no kind of source \"amazone\"; the kinds are amazon, csv, movielens, sequences, "
                    "baskets, attributes, images, shopify, woocommerce",
                    "amazone", path);
    const char *const none[] = {NULL};
    assert_int_equal(importing_status(&t, "amazon", none), VT_ERR_USAGE);
    assert_non_null(strstr(t.err.message, "no file to import"));
    t.options.currency = "euro";
    importing_fails(&t, VT_ERR_USAGE, "the currency \"euro\" is no three capitals", "sequences", path);
    t.options.rating_min = 5;
    t.options.rating_max = 1;
    importing_fails(&t, VT_ERR_USAGE, "a rating scale from 5 to 1 is empty", "sequences", path);
    importing_fails(&t, VT_ERR_NOT_FOUND, "cannot open nowhere.txt", "sequences", "nowhere.txt");
    importing_fails(&t, VT_ERR_FORMAT, "is a folder; a file is expected", "sequences", importing_data("csv"));
    importing_done(&t);
}

/* A reviews file of `n` rows, packed. */
static void write_gz(importing *t, char path[PATH_MAX], int n)
{
    snprintf(path, PATH_MAX, "%s", scratch_path(&t->scratch, "reviews.json.gz"));
    gzFile file = gzopen(path, "wb");
    assert_non_null(file);
    for (int i = 0; i < n; i++) {
        gzprintf(file, "{\"overall\": %d, \"reviewerID\": \"U%d\", \"asin\": \"I%d\", \"unixReviewTime\": %d}\n",
                 i % 5 + 1, i % 97, i % 31, 1400000000 + i);
    }
    assert_int_equal(gzclose(file), Z_OK);
}

static void a_file_cut_off_leaves_the_shop_as_it_was(void **state)
{
    (void)state;
    importing t;
    char path[PATH_MAX];
    char *bytes = NULL;
    size_t size = 0;
    vt_error err = VT_ERROR_INIT;
    importing_init(&t);
    importing_run(&t, "amazon", importing_data("amazon/reviews_2018.json"), importing_data("amazon/meta_2018.json"));
    char *before = importing_whole(&t);
    write_gz(&t, path, 20000);
    check_ok(vt_file_read(&bytes, &size, path, 10 << 20, &err));
    const size_t cuts[] = {1, 5, 30, size / 2, size - 9, size - 1};
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        scratch_write(&t.scratch, "reviews.json.gz", bytes, cuts[i]);
        importing_fails(&t, VT_ERR_CORRUPT, "reviews.json.gz ends too early, at byte", "amazon",
                        importing_data("amazon/reviews_2023.jsonl"), path);
        char *after = importing_whole(&t);
        assert_string_equal(before, after);
        free(after);
    }
    bytes[size / 2] ^= 0x55; /* damaged in the middle */
    scratch_write(&t.scratch, "reviews.json.gz", bytes, size);
    importing_fails(&t, VT_ERR_CORRUPT, "reviews.json.gz is damaged near byte", "amazon", path);
    char *after = importing_whole(&t);
    assert_string_equal(before, after);
    free(after);
    free(before);
    vt_free(bytes);
    importing_done(&t);
}

static void undo_takes_back_what_an_import_did(void **state)
{
    (void)state;
    importing t;
    vt_error err = VT_ERROR_INIT;
    vt_import_report report;
    importing_init(&t);
    importing_run(&t, "amazon", importing_data("amazon/meta_2018.json"));
    char *before = importing_whole(&t);
    importing_file(&t, path, "items.csv", "id,title,price\nB1,Renamed,1.00\nNEW,New,2.00\n");
    t.options.table = "items";
    importing_run(&t, "csv", path);
    int64_t id = t.report.import_id;
    assert_true(id > 0);
    check_counts(t.report.items, 1, 1, 0);
    char *between = importing_whole(&t);
    assert_non_null(strstr(between, "B1: title=Renamed"));
    check_ok(vt_import_undo(t.shop, id, &report, &err));
    char *after = importing_whole(&t);
    assert_string_equal(before, after);
    assert_int_equal(vt_import_undo(t.shop, id, &report, &err), VT_ERR_NOT_FOUND);
    free(before);
    free(between);
    free(after);
    importing_done(&t);
}

static void check_currency(importing *t, const char *expected)
{
    vt_error err = VT_ERROR_INIT;
    vt_shop_info info;
    check_ok(vt_shop_describe(t->shop, &info, &err));
    assert_string_equal(info.currency, expected);
}

static void undo(importing *t, int64_t import_id)
{
    vt_import_report report;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_import_undo(t->shop, import_id, &report, &err));
}

/* A currency that an import set stays as long as money counts in it, whoever's money that is. */
static void undo_gives_back_the_currency(void **state)
{
    (void)state;
    importing t;
    vt_error err = VT_ERROR_INIT;
    importing_init(&t);
    importing_file(&t, usual, "items.csv", "id,title,price\nA,Tea,1.00\n");
    importing_file(&t, euro, "euro.csv", "id,title,price,currency\nB,Pot,2.00,EUR\n");
    importing_file(&t, orders, "orders.csv", "user,item,unit_price\nu,A,1.00\n");
    t.options.table = "items";
    importing_run(&t, "csv", usual);
    check_currency(&t, "USD");
    undo(&t, t.report.import_id);
    check_currency(&t, "");

    t.options.table = "items";
    importing_run(&t, "csv", euro); /* the shop is free to count in another one */
    check_currency(&t, "EUR");
    int64_t first = t.report.import_id;
    t.options.table = "events";
    importing_run(&t, "csv", orders);
    undo(&t, first);
    check_currency(&t, "EUR");
    undo(&t, t.report.import_id);
    check_currency(&t, "");

    t.options.table = "items";
    importing_run(&t, "csv", euro);
    check_ok(vt_shop_set(t.shop, "currency", "EUR", &err)); /* what somebody says is no guess any more */
    undo(&t, t.report.import_id);
    check_currency(&t, "EUR");
    t.options.table = "items";
    importing_run(&t, "csv", usual);
    undo(&t, t.report.import_id);
    check_currency(&t, "EUR");
    importing_done(&t);
}

static void check_scale(importing *t, const char *expected)
{
    char scale[64];
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_store_get(vt_shop_store(t->shop), "rating_scale", scale, sizeof scale, &err));
    assert_string_equal(scale, expected);
}

/* The scale that an import found stays as long as a rating needs it. */
static void undo_gives_back_the_scale(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_file(&t, usual, "ten.csv", "user,item,rating\nu,A,8\nv,A,10\nw,A,3\n");
    importing_file(&t, euro, "five.csv", "user,item,rating\nx,A,5\n");
    importing_file(&t, orders, "nine.csv", "user,item,rating\ny,A,9\n");
    t.options.table = "events";
    importing_run(&t, "csv", usual);
    check_scale(&t, "1:10");
    int64_t first = t.report.import_id;
    t.options.table = "events";
    importing_run(&t, "csv", orders); /* read in the shop's scale */
    assert_int_equal(t.report.rejected, 0);
    undo(&t, first);
    check_scale(&t, "1:10");
    undo(&t, t.report.import_id);
    check_scale(&t, "");
    t.options.table = "events";
    importing_run(&t, "csv", euro);
    check_scale(&t, "");
    importing_done(&t);
}

static void a_dry_run_checks_all_and_stores_nothing(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    t.options.dry_run = true;
    importing_run(&t, "amazon", importing_data("amazon/reviews_bad.json"));
    assert_int_equal(t.report.rows, 16);
    assert_int_equal(t.report.rejected, 15);
    assert_int_equal(t.n_rejects, 15);
    assert_int_equal(t.report.import_id, 0);
    check_counts(t.report.events, 1, 0, 0);
    assert_string_equal(importing_text(&t, "events"), "");
    /* no shop is needed */
    vt_shop *shop = t.shop;
    t.shop = NULL;
    t.options.dry_run = true;
    importing_run(&t, "amazon", importing_data("amazon/meta_2018.json"));
    assert_int_equal(t.report.rows, 7);
    importing_fails(&t, VT_ERR_USAGE, "no shop to import into", "amazon", importing_data("amazon/meta_2018.json"));
    t.shop = shop;
    importing_done(&t);
}

typedef struct watcher {
    int calls;
    int stop_at; /* call on which to stop; -1: never */
    double done, total;
    bool backwards;
    bool past_the_end;
} watcher;

static int watch(void *context, const vt_progress_state *state)
{
    watcher *w = context;
    assert_string_equal(state->unit, "bytes");
    assert_int_equal(strncmp(state->stage, "reading", 7), 0);
    assert_non_null(strstr(state->detail, " rows"));
    w->backwards = w->backwards || state->done < w->done;
    w->past_the_end = w->past_the_end || state->done > state->total;
    w->done = state->done;
    w->total = state->total;
    return w->calls++ == w->stop_at;
}

static void progress_goes_from_nothing_to_all(void **state)
{
    (void)state;
    importing t;
    char path[PATH_MAX];
    watcher w = {.stop_at = -1};
    vt_progress progress = {watch, &w};
    importing_init(&t);
    write_gz(&t, path, 20000);
    t.options.progress = &progress;
    importing_run(&t, "amazon", path);
    assert_int_equal(t.report.rows, 20000);
    assert_true(w.calls > 20);
    assert_false(w.backwards);
    assert_false(w.past_the_end);
    assert_true(w.done == w.total);
    assert_int_equal(t.report.bytes, (int64_t)w.total);
    importing_done(&t);
}

static void cancelling_leaves_the_shop_as_it_was(void **state)
{
    (void)state;
    importing t;
    char path[PATH_MAX];
    importing_init(&t);
    importing_run(&t, "sequences", importing_data("sequences/seq.txt"));
    char *before = importing_whole(&t);
    write_gz(&t, path, 20000);
    const int stops[] = {0, 1, 2, 10, 30};
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++) {
        watcher w = {.stop_at = stops[i]};
        vt_progress progress = {watch, &w};
        t.options.progress = &progress;
        importing_fails(&t, VT_ERR_CANCELLED, "stopped while reading", "amazon", path);
        assert_int_equal(w.calls, stops[i] + 1);
        char *after = importing_whole(&t);
        assert_string_equal(before, after);
        free(after);
    }
    importing_run(&t, "amazon", path); /* and the shop works on */
    check_counts(t.report.events, 20000, 0, 0);
    free(before);
    importing_done(&t);
}

static const char *currency_of(importing *t)
{
    static vt_shop_info info;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_shop_describe(t->shop, &info, &err));
    return info.currency;
}

static void the_first_price_settles_the_currency(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_file(&t, plain, "plain.csv", "id,title\na,A\n");
    importing_file(&t, priced, "priced.csv", "id,price\na,1500\n");
    t.options.table = "items";
    importing_run(&t, "csv", plain);
    assert_string_equal(currency_of(&t), "");
    t.options.table = "items";
    t.options.currency = "JPY"; /* no minor units */
    importing_run(&t, "csv", priced);
    assert_string_equal(currency_of(&t), "JPY");
    assert_string_equal(importing_text(&t, "items"), "a: title=A price=1500\n");
    t.options.table = "items"; /* from now on the shop's currency is what prices are in */
    importing_run(&t, "csv", priced);
    assert_string_equal(importing_text(&t, "items"), "a: title=A price=1500\n");
    importing_done(&t);

    importing_init(&t);
    importing_file(&t, euros, "euros.csv", "id,price_eur\na,15\n");
    t.options.table = "items";
    importing_run(&t, "csv", euros);
    assert_string_equal(currency_of(&t), "EUR");
    assert_string_equal(importing_text(&t, "items"), "a: price=1500\n");
    importing_done(&t);

    importing_init(&t);
    importing_file(&t, none, "none.csv", "id,price\na,15\n");
    t.options.table = "items";
    importing_run(&t, "csv", none);
    assert_string_equal(currency_of(&t), "USD");
    importing_done(&t);
}

static void the_same_sale_is_one_with_its_currency_said_or_not(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_file(&t, said, "said.csv", "user,item,price,currency\nu,i,1.50,EUR\nu,j,,EUR\n");
    importing_file(&t, unsaid, "unsaid.csv", "user,item,price\nu,i,1.50\nu,j,\n");
    importing_file(&t, other, "other.csv", "user,item,price,currency\nu,i,1.50,USD\n");
    t.options.table = "events";
    importing_run(&t, "csv", said);
    check_counts(t.report.events, 2, 0, 0);
    t.options.table = "events";
    importing_run(&t, "csv", unsaid);
    check_counts(t.report.events, 0, 0, 2);
    t.options.table = "events";
    t.options.currency = "EUR";
    importing_run(&t, "csv", unsaid);
    check_counts(t.report.events, 0, 0, 2);
    t.options.table = "events";
    importing_run(&t, "csv", other);
    check_counts(t.report.events, 1, 0, 0);
    assert_string_equal(importing_text(&t, "events"),
                        "u purchase i price=150\nu purchase j\nu purchase i price=150 currency=USD\n");
    importing_done(&t);
}

static void what_events_bring_into_being_is_added(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_run(&t, "amazon", importing_data("amazon/reviews_2014.json"));
    check_counts(t.report.events, 2, 0, 0);
    check_counts(t.report.users, 2, 0, 0);
    check_counts(t.report.items, 2, 0, 0);
    importing_run(&t, "amazon", importing_data("amazon/meta_2014.json")); /* now they get their titles */
    check_counts(t.report.items, 0, 2, 0);
    importing_done(&t);

    importing_init(&t); /* in one import they are added once, in whichever order */
    importing_run(&t, "amazon", importing_data("amazon/reviews_2014.json"), importing_data("amazon/meta_2014.json"));
    check_counts(t.report.items, 2, 0, 0);
    check_counts(t.report.users, 2, 0, 0);
    importing_done(&t);
}

static void most_rows_may_be_bad(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    char text[6000];
    size_t len = 0;
    for (int i = 0; i < 200; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len, i % 10 == 0 ? "u%d a\n" : "u%d\n", i);
    }
    importing_file(&t, path, "s.txt", text);
    importing_run(&t, "sequences", path);
    assert_int_equal(t.report.rows, 200);
    assert_int_equal(t.report.rejected, 180);
    assert_int_equal(t.report.reasons[0].count, 180);
    check_counts(t.report.events, 20, 0, 0);
    importing_done(&t);
}

static void an_overlong_line_costs_one_row(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    size_t len = (size_t)9 << 20;
    char *text = malloc(len + 64);
    assert_non_null(text);
    memset(text, 'x', len);
    memcpy(text, "u1 a\n", 5);
    memcpy(text + len, "\nu2 b\n", 7);
    importing_file(&t, path, "s.txt", text);
    free(text);
    importing_run(&t, "sequences", path);
    assert_int_equal(t.report.rows, 3);
    check_reject(&t, 0, 2, "line too long", "s.txt:2: the line has more than");
    assert_string_equal(importing_text(&t, "events"), "u1 purchase a\nu2 purchase b\n");
    importing_done(&t);
}

/* One import into a shop that stays open; what fails must leave the shop as it was. */
typedef struct attempt {
    importing *t;
    const char *kind;
    const char *table;
    const char *paths[3];
    size_t n;
    char *before;
} attempt;

static int try_import(void *context, vt_error *err)
{
    attempt *a = context;
    vt_import_options options;
    vt_import_report report;
    vt_import_options_init(&options);
    options.kind = a->kind;
    options.table = a->table;
    options.paths = a->paths;
    options.n_paths = a->n;
    int status = vt_import(a->t->shop, &options, &report, err);
    vt_alloc_fail_after(-1);
    if (status != VT_OK) {
        char *after = importing_whole(a->t);
        assert_string_equal(a->before, after);
        free(after);
    }
    return status;
}

static void memory_may_run_out_anywhere(void **state)
{
    (void)state;
    attempt attempts[] = {
        {.kind = "amazon",
         .paths = {importing_data("amazon/reviews_2014.json"), importing_data("amazon/meta_2018.json")},
         .n = 2},
        {.kind = "csv", .table = "items", .paths = {importing_data("csv/items.csv")}, .n = 1},
        {.kind = "movielens", .paths = {importing_data("ml-100k")}, .n = 1},
    };
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        importing t;
        importing_init(&t);
        attempts[i].t = &t;
        attempts[i].before = importing_whole(&t);
        assert_in_range(fault_allocations(try_import, &attempts[i]), 30, 2000);
        assert_string_not_equal(importing_text(&t, "items"), "");
        free(attempts[i].before);
        importing_done(&t);
    }
}

static void memory_may_run_out_in_the_other_kinds(void **state)
{
    (void)state;
    char paths[6][PATH_MAX];
    static const char *const names[] = {"sequences/seq.txt",    "attributes/attributes.json", "shopify/orders.csv",
                                        "shopify/products.csv", "woocommerce/products.csv",   "woocommerce/orders.csv"};
    for (size_t i = 0; i < 6; i++) {
        snprintf(paths[i], sizeof paths[i], "%s", importing_data(names[i]));
    }
    attempt attempts[] = {
        {.kind = "sequences", .paths = {paths[0]}, .n = 1},
        {.kind = "attributes", .paths = {paths[1]}, .n = 1},
        {.kind = "shopify", .paths = {paths[2], paths[3]}, .n = 2},
        {.kind = "woocommerce", .paths = {paths[4], paths[5]}, .n = 2},
    };
    for (size_t i = 0; i < sizeof attempts / sizeof attempts[0]; i++) {
        importing t;
        importing_init(&t);
        attempts[i].t = &t;
        attempts[i].before = importing_whole(&t);
        assert_in_range(fault_allocations(try_import, &attempts[i]), 20, 2000);
        assert_string_not_equal(importing_text(&t, "items"), "");
        free(attempts[i].before);
        importing_done(&t);
    }
}

static void what_was_imported_is_listed(void **state)
{
    (void)state;
    importing t;
    importing_init(&t);
    importing_run(&t, "amazon", importing_data("amazon/reviews_2014.json"), importing_data("amazon/meta_2014.json"));
    vt_error err = VT_ERROR_INIT;
    vt_shop_info info;
    check_ok(vt_shop_describe(t.shop, &info, &err));
    assert_int_equal(info.imports, 1);
    assert_int_equal(info.events, 2);
    assert_int_equal(info.users, 2);
    assert_int_equal(info.items, 2);
    check_ok(vt_shop_check(t.shop, &err));
    importing_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_kinds_are_listed),
        cmocka_unit_test(wrong_options_say_what_is_right),
        cmocka_unit_test(a_file_cut_off_leaves_the_shop_as_it_was),
        cmocka_unit_test(undo_takes_back_what_an_import_did),
        cmocka_unit_test(undo_gives_back_the_currency),
        cmocka_unit_test(undo_gives_back_the_scale),
        cmocka_unit_test(a_dry_run_checks_all_and_stores_nothing),
        cmocka_unit_test(progress_goes_from_nothing_to_all),
        cmocka_unit_test(cancelling_leaves_the_shop_as_it_was),
        cmocka_unit_test(the_first_price_settles_the_currency),
        cmocka_unit_test(the_same_sale_is_one_with_its_currency_said_or_not),
        cmocka_unit_test(what_events_bring_into_being_is_added),
        cmocka_unit_test(most_rows_may_be_bad),
        cmocka_unit_test(an_overlong_line_costs_one_row),
        cmocka_unit_test(memory_may_run_out_anywhere),
        cmocka_unit_test(memory_may_run_out_in_the_other_kinds),
        cmocka_unit_test(what_was_imported_is_listed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
