/*
 * Words of items: what a person types finds them, whatever was put, changed, undone or rolled back before; the index
 * holds exactly the texts of the items, as SQLite's own check of it says.
 */
#include "dump.h"

#include <sqlite3.h>

#include "base/clock.h"
#include "old_store.h"
#include "scratch.h"
#include "store/migrations.h"
#include "vitrine/shop.h"

typedef struct hits {
    char text[4096]; /* ids, best first, a blank after each */
    double last;
    int n, stop_after;
} hits;

static int on_hit(void *context, int64_t row, vt_str item, double score)
{
    hits *h = context;
    assert_true(row > 0);
    assert_true(h->n == 0 || score <= h->last);
    h->last = score;
    size_t len = strlen(h->text);
    snprintf(h->text + len, sizeof h->text - len, "%.*s ", VT_STR_ARGS(item));
    return ++h->n == h->stop_after ? VT_ERR_CANCELLED : 0;
}

static void check_found(vt_store *store, const char *query, const char *expected)
{
    vt_error err = VT_ERROR_INIT;
    hits h = {.n = 0};
    check_ok(vt_store_match(store, vt_str_of(query), -1, on_hit, &h, &err));
    if (strcmp(h.text, expected) != 0) {
        fail_msg("\"%s\" finds \"%s\" instead of \"%s\"", query, h.text, expected);
    }
}

typedef struct nested {
    vt_store *store;
    char text[256]; /* each hit, and what its own search finds */
} nested;

static int search_again(void *context, int64_t row, vt_str item, double score)
{
    nested *outer = context;
    vt_error err = VT_ERROR_INIT;
    hits inner = {.n = 0};
    (void)row;
    (void)score;
    check_ok(vt_store_match(outer->store, vt_str_of("tea"), -1, on_hit, &inner, &err));
    size_t len = strlen(outer->text);
    snprintf(outer->text + len, sizeof outer->text - len, "%.*s[%s] ", VT_STR_ARGS(item), inner.text);
    return 0;
}

static void put(vt_store *store, const char *id, const char *title, const char *brand, const char *category,
                const char *description)
{
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    vt_item item = item_of(id);
    item.title = vt_str_of(title);
    item.brand = vt_str_of(brand);
    item.category = vt_str_of(category);
    item.description = vt_str_of(description);
    check_ok(vt_store_put_item(store, &item, &done, &err));
}

/* The index says what the items say: SQLite compares both. The shop must not be open for writing. */
static void check_index(const char *db_path)
{
    sqlite3 *db = NULL;
    char *message = NULL;
    assert_int_equal(sqlite3_open(db_path, &db), SQLITE_OK);
    if (sqlite3_exec(db, "INSERT INTO item_words(item_words, rank) VALUES('integrity-check', 1)", NULL, NULL,
                     &message) != SQLITE_OK) {
        fail_msg("the index of words: %s", message);
    }
    sqlite3_close(db);
}

typedef struct place {
    scratch dir;
    vt_shop *shop;
    vt_store *store;
} place;

static void place_init(place *p)
{
    vt_error err = VT_ERROR_INIT;
    scratch_init(&p->dir);
    check_ok(vt_shop_open(&p->shop, scratch_path(&p->dir, "shop"), VT_SHOP_CREATE, &err));
    p->store = vt_shop_store(p->shop);
}

static void place_done(place *p)
{
    vt_shop_close(p->shop);
    check_index(scratch_path(&p->dir, "shop/store.db"));
    scratch_done(&p->dir);
}

static void words_find_items(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    place p;
    place_init(&p);
    check_ok(vt_store_begin(p.store, NULL, NULL, NULL, &err));
    put(p.store, "rain", "Warm rain jacket", "Hillmist", "Clothing > Jackets", "Keeps you dry.");
    put(p.store, "tee", "Plain t-shirt", "Brook", "Clothing > Shirts", "Goes under any warm jacket.");
    put(p.store, "creme", "Crème brûlée torch", NULL, "Kitchen", NULL);
    put(p.store, "bare", NULL, NULL, NULL, NULL);
    put(p.store, "strange", "Straße, Москва, 東京", NULL, NULL, "O'Neill said \"AND\" * NEAR(x)");
    check_ok(vt_store_commit(p.store, 0, &err));
    check_found(p.store, "warm jacket", "rain tee "); /* a title counts for more than a description */
    check_found(p.store, "JACKETS", "rain tee ");     /* any case; English endings do not count */
    check_found(p.store, "hillmist", "rain ");
    check_found(p.store, "shirts", "tee ");
    check_found(p.store, "creme brulee", "creme ");
    check_found(p.store, "torch nobodysaysthis", "creme "); /* any word is enough */
    check_found(p.store, "t-shirt", "tee ");
    check_found(p.store, "москва", "strange ");
    check_found(p.store, "東京", "strange ");
    check_found(p.store, "o'neill", "strange ");
    check_found(p.store, "bicycle", "");
    /* what the query language of the index would take for operators, or choke on */
    check_found(p.store, "", "");
    check_found(p.store, "  \t\n", "");
    check_found(p.store, "\"", "");
    check_found(p.store, "*", "");
    check_found(p.store, "-", "");
    check_found(p.store, "'", "");
    check_found(p.store, "AND", "strange ");
    check_found(p.store, "OR NOT", "");
    check_found(p.store, "NEAR(warm, 3)", "strange rain tee "); /* the rarer word counts for more */
    check_found(p.store, "title:torch", "creme ");
    check_found(p.store, "^torch* + {title} : \"torch", "creme ");
    check_found(p.store, "\xff\xfetorch\xc3", "creme ");
    check_found(p.store, "\xf0\x9f\x94\xa5 torch \xf0\x9f\x94\xa5", "creme ");
    place_done(&p);
}

static void searches_can_stop(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    place p;
    place_init(&p);
    char id[16], *text = malloc(400000);
    check_ok(vt_store_begin(p.store, NULL, NULL, NULL, &err));
    for (int i = 0; i < 30; i++) {
        snprintf(id, sizeof id, "i%02d", i);
        put(p.store, id, "same words", NULL, NULL, NULL);
    }
    check_ok(vt_store_commit(p.store, 0, &err));
    hits h = {.n = 0};
    check_ok(vt_store_match(p.store, vt_str_of("words"), 3, on_hit, &h, &err));
    assert_string_equal(h.text, "i00 i01 i02 "); /* equal ones as they were stored */
    h = (hits){.stop_after = 2};
    assert_int_equal(vt_store_match(p.store, vt_str_of("words"), -1, on_hit, &h, &err), VT_ERR_CANCELLED);
    assert_int_equal(h.n, 2);
    /* the first 32 words count; a word of any length, and any number of words, are fine */
    size_t len = 0;
    for (int i = 0; i < 40000; i++) {
        len += (size_t)snprintf(text + len, 400000 - len, "x%d ", i);
    }
    snprintf(text + len, 400000 - len, "words");
    check_found(p.store, text, "");
    memset(text, 'a', 399999);
    text[399999] = '\0';
    check_found(p.store, text, "");
    text[399990] = ' ';
    snprintf(text + 399991, 9, "same");
    h = (hits){.n = 0};
    check_ok(vt_store_match(p.store, vt_str_of(text), -1, on_hit, &h, &err));
    assert_int_equal(h.n, 30);
    free(text);
    place_done(&p);
}

static void a_search_inside_a_search(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    place p;
    place_init(&p);
    check_ok(vt_store_begin(p.store, NULL, NULL, NULL, &err));
    put(p.store, "a", "red kettle", NULL, NULL, NULL);
    put(p.store, "b", "blue kettle", NULL, NULL, NULL);
    put(p.store, "c", "green tea", NULL, NULL, NULL);
    put(p.store, "d", "black tea", NULL, NULL, NULL);
    check_ok(vt_store_commit(p.store, 0, &err));
    nested outer = {.store = p.store};
    check_ok(vt_store_match(p.store, vt_str_of("kettle"), -1, search_again, &outer, &err));
    assert_string_equal(outer.text, "a[c d ] b[c d ] ");
    place_done(&p);
}

static void changes_and_rollback(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    place p;
    place_init(&p);
    check_ok(vt_store_begin(p.store, NULL, NULL, NULL, &err));
    put(p.store, "a", "red kettle", "Brook", "Kitchen", "boils");
    put(p.store, "b", "blue kettle", "Brook", "Kitchen", "boils");
    check_ok(vt_store_commit(p.store, 0, &err));
    check_ok(vt_store_begin(p.store, NULL, NULL, NULL, &err));
    put(p.store, "a", "green kettle", NULL, NULL, NULL);
    put(p.store, "a", "yellow kettle", NULL, NULL, "whistles");
    put(p.store, "b", "blue kettle", "Brook", "Kitchen", "boils");
    check_ok(vt_store_commit(p.store, 0, &err));
    check_found(p.store, "red green", "");
    check_found(p.store, "yellow", "a ");
    check_found(p.store, "whistles", "a ");
    check_found(p.store, "boils", "b ");
    check_found(p.store, "kettle", "a b ");
    check_ok(vt_store_begin(p.store, NULL, NULL, NULL, &err));
    put(p.store, "b", "purple kettle", NULL, NULL, NULL);
    put(p.store, "c", "purple cup", NULL, NULL, NULL);
    vt_store_rollback(p.store);
    check_found(p.store, "purple", "");
    check_found(p.store, "blue", "b ");
    place_done(&p);
}

static int64_t put_import(vt_store *store, const char *id, const char *title)
{
    vt_error err = VT_ERROR_INIT;
    int64_t import = 0;
    check_ok(vt_store_begin(store, "csv", "a file", &import, &err));
    put(store, id, title, NULL, NULL, NULL);
    put(store, "new", "newcomer", NULL, NULL, NULL);
    check_ok(vt_store_commit(store, 0, &err));
    return import;
}

static void undo_restores_words(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_import_report report;
    place p;
    place_init(&p);
    check_ok(vt_store_begin(p.store, NULL, NULL, NULL, &err));
    put(p.store, "a", "red kettle", NULL, NULL, NULL);
    check_ok(vt_store_commit(p.store, 0, &err));
    int64_t first = put_import(p.store, "a", "green kettle");
    check_found(p.store, "green", "a ");
    check_found(p.store, "newcomer", "new ");
    int64_t second = put_import(p.store, "a", "blue kettle");
    check_ok(vt_store_undo(p.store, first, &report, &err));
    check_found(p.store, "blue", "a ");
    check_found(p.store, "red green", "");
    check_ok(vt_store_undo(p.store, second, &report, &err));
    check_found(p.store, "red", "a ");
    check_found(p.store, "blue", "");
    check_found(p.store, "newcomer", "");
    place_done(&p);
}

/* A large import leaves its words for later; until then what it changed is not found, and nothing wrong is. */
static void many_wait(void **state)
{
    (void)state;
    enum { MANY = 700 };
    vt_error err = VT_ERROR_INIT;
    vt_import_report report;
    vt_shop_info before, after;
    int64_t waiting = -1, import = 0;
    char id[16];
    place p;
    place_init(&p);
    check_ok(vt_store_begin(p.store, NULL, NULL, NULL, &err));
    put(p.store, "old", "antique kettle", NULL, NULL, NULL);
    put(p.store, "i000", "early kettle", NULL, NULL, NULL);
    check_ok(vt_store_commit(p.store, 0, &err));
    check_ok(vt_store_begin(p.store, "csv", "a file", &import, &err));
    for (int i = 0; i < MANY; i++) {
        snprintf(id, sizeof id, "i%03d", i);
        put(p.store, id, i == 5 ? "special kettle" : "kettle", NULL, NULL, NULL);
    }
    check_ok(vt_store_commit(p.store, 0, &err));
    check_ok(vt_store_unindexed(p.store, &waiting, &err));
    assert_int_equal(waiting, MANY);
    check_found(p.store, "kettle", "old ");
    check_found(p.store, "early special", "");
    check_ok(vt_store_describe(p.store, &before, &err));
    check_ok(vt_store_index(p.store, &err));
    check_ok(vt_store_describe(p.store, &after, &err));
    assert_int_equal(before.revision, after.revision);
    check_ok(vt_store_unindexed(p.store, &waiting, &err));
    assert_int_equal(waiting, 0);
    check_found(p.store, "special", "i005 ");
    hits h = {.n = 0};
    check_ok(vt_store_match(p.store, vt_str_of("kettle"), 1000, on_hit, &h, &err));
    assert_int_equal(h.n, MANY + 1);
    check_ok(vt_store_undo(p.store, import, &report, &err));
    check_found(p.store, "kettle", "old i000 ");
    check_found(p.store, "early", "i000 ");
    place_done(&p);
}

/* A shop of schema 1 gets its words when it is first written to. */
static void old_shop(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = NULL;
    scratch dir;
    scratch_init(&dir);
    check_ok(vt_shop_open(&shop, scratch_path(&dir, "shop"), VT_SHOP_CREATE, &err));
    vt_shop_close(shop);
    old_store(scratch_path(&dir, "shop/store.db"), 1,
              "INSERT INTO items(key, title, import_id) VALUES('a', 'old kettle', 0)");
    assert_int_equal(vt_shop_open(&shop, scratch_path(&dir, "shop"), VT_SHOP_READ, &err), VT_ERR_VERSION);
    check_ok(vt_shop_open(&shop, scratch_path(&dir, "shop"), VT_SHOP_WRITE, &err));
    check_ok(vt_store_index(vt_shop_store(shop), &err));
    check_found(vt_shop_store(shop), "kettles", "a ");
    vt_shop_close(shop);
    check_index(scratch_path(&dir, "shop/store.db"));
    scratch_done(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_find_items),
        cmocka_unit_test(searches_can_stop),
        cmocka_unit_test(changes_and_rollback),
        cmocka_unit_test(undo_restores_words),
        cmocka_unit_test(many_wait),
        cmocka_unit_test(old_shop),
        cmocka_unit_test(a_search_inside_a_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
