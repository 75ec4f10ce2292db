/*
 * What runs once an event, an item or a commit looks rows up by an index: a commit of one event must not get slower as
 * the shop grows. SQLite is asked for its plans.
 */
#include "check.h"

#include <sqlite3.h>
#include <string.h>

#include "scratch.h"
#include "store/sqlite.h"
#include "store/store.h"

/* Statements that read a whole table, as their names say; nothing of a commit is among them. */
static const vt_sql whole[] = {
    VT_SQL_CURRENCY_SETTLE_FORMER, VT_SQL_CURRENCY_SETTLE, VT_SQL_IMPORT_LIST,   VT_SQL_COUNTS, VT_SQL_KIND_COUNTS,
    VT_SQL_EACH_FULL_EVENT,        VT_SQL_EACH_USER_LINK,  VT_SQL_EACH_ITEM_LINK};

static bool reads_all(vt_sql which)
{
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        if (whole[i] == which) {
            return true;
        }
    }
    return false;
}

/* A row of a plan that scans a table of the shop; "f" is what a statement itself has just made of few rows. */
static bool scans(const char *detail)
{
    static const char *const tables[] = {"users",   "items",   "events", "reviews", "exposures", "line_changes",
                                         "journal", "results", "e",      "h",       "u",         "i",
                                         "c"};
    if (strncmp(detail, "SCAN ", 5) != 0) {
        return false;
    }
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        size_t length = strlen(tables[i]);
        if (strncmp(detail + 5, tables[i], length) == 0 && (detail[5 + length] == '\0' || detail[5 + length] == ' ')) {
            return true;
        }
    }
    return false;
}

static void nothing_is_scanned(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = NULL;
    scratch dir;
    scratch_init(&dir);
    check_ok(vt_shop_open(&shop, scratch_path(&dir, "shop"), VT_SHOP_CREATE, &err));
    vt_shop_close(shop);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(scratch_path(&dir, "shop/store.db"), &db), SQLITE_OK);
    int scanned = 0, looked_at = 0;
    for (int which = 0; which < VT_SQLS; which++) {
        char text[8192];
        sqlite3_stmt *plan = NULL;
        assert_in_range(snprintf(text, sizeof text, "EXPLAIN QUERY PLAN %s", vt_sql_text[which]), 1, sizeof text - 1);
        if (sqlite3_prepare_v2(db, text, -1, &plan, NULL) != SQLITE_OK) {
            fail_msg("%s: %s", vt_sql_text[which], sqlite3_errmsg(db));
        }
        while (sqlite3_step(plan) == SQLITE_ROW) {
            const char *detail = (const char *)sqlite3_column_text(plan, 3);
            looked_at++;
            if (scans(detail)) {
                scanned++;
                if (!reads_all((vt_sql)which)) {
                    print_error("%s\n    %s\n", vt_sql_text[which], detail);
                    fail_msg("statement %d scans a whole table", which);
                }
            }
        }
        sqlite3_finalize(plan);
    }
    assert_true(scanned > 0 && looked_at > 20); /* plans do say SCAN, so its absence means something */
    sqlite3_close(db);
    scratch_done(&dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_scanned)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
