/* Snapshots of files are those of a shop that the same files were imported into. */
#include "importing.h"

#include "vitrine/bulk.h"

typedef struct source {
    const char *kind;
    const char *like;
    const char *table;
    const char *files[4];
} source;

static void check_texts(const vt_ids *a, const vt_ids *b)
{
    assert_int_equal(a->n, b->n);
    assert_memory_equal(a->offset, b->offset, ((size_t)a->n + 1) * sizeof *a->offset);
    assert_memory_equal(a->text, b->text, (size_t)a->offset[a->n]);
}

static void check_same(const vt_snapshot *a, const vt_snapshot *b)
{
    size_t events = (size_t)a->n_events;
    size_t items = (size_t)a->n_items;
    assert_int_equal(a->n_users, b->n_users);
    assert_int_equal(a->n_items, b->n_items);
    assert_int_equal(a->n_events, b->n_events);
    assert_true(events > 0);
    assert_string_equal(a->currency, b->currency);
    check_texts(&a->users, &b->users);
    check_texts(&a->items, &b->items);
    check_texts(&a->titles, &b->titles);
    check_texts(&a->images, &b->images);
    check_texts(&a->categories, &b->categories);
    check_texts(&a->brands, &b->brands);
    check_texts(&a->item_attributes, &b->item_attributes);
    check_texts(&a->user_attributes, &b->user_attributes);
    assert_memory_equal(a->user_ptr, b->user_ptr, ((size_t)a->n_users + 1) * sizeof *a->user_ptr);
    assert_memory_equal(a->item, b->item, events * sizeof *a->item);
    assert_memory_equal(a->time, b->time, events * sizeof *a->time);
    assert_memory_equal(a->value, b->value, events * sizeof *a->value);
    assert_memory_equal(a->quantity, b->quantity, events * sizeof *a->quantity);
    assert_memory_equal(a->kind, b->kind, events);
    assert_memory_equal(a->state, b->state, events);
    assert_memory_equal(a->positive, b->positive, events);
    assert_memory_equal(a->has_text, b->has_text, events);
    assert_memory_equal(a->unit_price, b->unit_price, events * sizeof *a->unit_price);
    assert_memory_equal(a->discount, b->discount, events * sizeof *a->discount);
    assert_memory_equal(a->cost, b->cost, events * sizeof *a->cost);
    assert_memory_equal(a->by_time, b->by_time, events * sizeof *a->by_time);
    assert_memory_equal(a->item_price, b->item_price, items * sizeof *a->item_price);
    assert_memory_equal(a->item_stock, b->item_stock, items * sizeof *a->item_stock);
    assert_memory_equal(a->item_category, b->item_category, items * sizeof *a->item_category);
    assert_memory_equal(a->item_available_until, b->item_available_until, items * sizeof *a->item_available_until);
}

/* Both ways with the same options; the rows of the report agree too. */
static void check_source(const source *from)
{
    importing t;
    vt_error err = VT_ERROR_INIT;
    vt_snapshot_options options;
    vt_snapshot *by_shop = NULL;
    vt_snapshot *by_files = NULL;
    const char *paths[5] = {NULL};
    char places[4][PATH_MAX];
    size_t n = 0;
    vt_import_report *report = calloc(1, sizeof *report);
    assert_non_null(report);
    importing_init(&t);
    setenv("VITRINE_NOW", "1790000000", 1); /* 2026-09-21 */
    for (; n < 4 && from->files[n] != NULL; n++) {
        snprintf(places[n], PATH_MAX, "%s", importing_data(from->files[n]));
        paths[n] = places[n];
    }
    t.options.like = from->like;
    t.options.table = from->table;
    t.options.kind = from->kind;
    t.options.paths = paths;
    t.options.n_paths = n;
    const char *path = scratch_path(&t.scratch, "files.vsnap");
    check_ok(vt_snapshot_import(path, &t.options, NULL, report, &err));
    check_ok(vt_snapshot_open(&by_files, path, &err));
    assert_int_equal(importing_status(&t, from->kind, paths), VT_OK);
    vt_snapshot_options_init(&options);
    check_ok(vt_snapshot_take(&by_shop, t.shop, &options, &err));
    check_same(by_files, by_shop);
    assert_int_equal(report->rows, t.report.rows);
    assert_int_equal(report->rejected, t.report.rejected);
    assert_int_equal(report->events.added, t.report.events.added);
    assert_int_equal(report->events.same, t.report.events.same);
    assert_int_equal(report->users.added, t.report.users.added);
    assert_int_equal(report->items.added, t.report.items.added);
    vt_snapshot_free(by_shop);
    vt_snapshot_free(by_files);
    free(report);
    importing_done(&t);
}

static void files_are_as_the_shop(void **state)
{
    static const source sources[] = {
        {"amazon", NULL, NULL, {"amazon/reviews_2018.json", "amazon/meta_2018.json"}},
        {"amazon", NULL, NULL, {"amazon/reviews_2023.jsonl", "amazon/meta_2023.jsonl"}},
        {"movielens", NULL, NULL, {"ml-100k"}},
        {"csv", NULL, "events", {"csv/events.csv"}},
        {"csv", NULL, "events", {"csv/bad_events.csv"}},
        {"csv", NULL, "events", {"cases/equal_lines.csv"}},
        {"csv", NULL, "events", {"cases/currency_eur.csv", "cases/currency_usd.csv"}},
        {"csv",
         "olist",
         NULL,
         {"cases/like/olist_items.csv", "cases/like/olist_orders.csv", "cases/like/olist_products.csv",
          "cases/like/olist_customers.csv"}},
        {"shopify", NULL, NULL, {"cases/shopify_products.csv", "cases/shopify_orders.csv"}},
        {"woocommerce", NULL, NULL, {"cases/woo_products.csv", "cases/woo_orders_by_product_id.csv"}},
        {"sequences", NULL, NULL, {"sequences/seq.txt"}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++) {
        check_source(&sources[i]);
    }
}

static void what_cannot_be_read_twice_is_refused(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_import_options options;
    const char *paths[] = {"/dev/null"};
    vt_import_report *report = calloc(1, sizeof *report);
    assert_non_null(report);
    vt_import_options_init(&options);
    options.kind = "amazon";
    options.paths = paths;
    options.n_paths = 1;
    assert_int_equal(vt_snapshot_import("x.vsnap", &options, NULL, report, &err), VT_ERR_USAGE);
    assert_non_null(strstr(err.message, "/dev/null is no file that can be read twice"));
    options.kind = "images";
    assert_int_equal(vt_snapshot_import("x.vsnap", &options, NULL, report, &err), VT_ERR_USAGE);
    assert_non_null(strstr(err.message, "photos go into a shop"));
    free(report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_as_the_shop),
        cmocka_unit_test(what_cannot_be_read_twice_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
