/*
 * Undo of an import, field by field. Every change of a field was noted with the value before it, in order; a row that
 * an import made begins with all fields empty. So taking an import back means, for each of its notes: when a later note
 * on the same field exists, that one's "before" becomes this one's; else the field itself does.
 *
 * The currency of the shop goes with the import that set it, as soon as nothing counts in it any more: until then it
 * stays, and the undo of the last import that needs it takes it back.
 *
 * Rows that the import made go, unless events, changes or prices of others need them: then they keep what others said
 * and belong to the earliest of those others, so that undoing that one as well leaves nothing behind.
 */
#include <stddef.h>
#include <string.h>

#include "store/sqlite.h"
#include "store/sqlite_history.h"
#include "store/sqlite_order.h"

#define SAME_FIELD "n.row_table = f.row_table AND n.row_id = f.row_id AND n.field = f.field AND n.id > f.id"
#define SAME_LINK                                                                                                      \
    "n.from_key = f.from_key AND n.kind = f.kind AND n.to_key = f.to_key AND n.row_table = f.row_table AND n.id > "    \
    "f.id"

/* A field whose last change is the import's gets back what stood there before. */
#define RESTORE(table, number, field, column)                                                                          \
    "UPDATE " table " SET " column " = f.before FROM changes f WHERE f.import_id = ?1 AND f.row_table = " number       \
    " AND f.field = " field " AND " table ".id = f.row_id AND NOT EXISTS (SELECT 1 FROM changes n WHERE " SAME_FIELD   \
    ")"

/* Order lines, known by their keys: content, state and refund each with the values before. */
#define SAME_LINE "n.key = f.key AND n.field = f.field AND n.id > f.id"
#define LINE_CONTENT "user, session, item, time, value, quantity, unit_price, discount, currency, part"
#define RESTORE_LINE(field, column)                                                                                    \
    "UPDATE events SET " column " = f." column " FROM line_changes f WHERE f.import_id = ?1 AND f.field = " field      \
    " AND events.key = f.key AND NOT EXISTS (SELECT 1 FROM line_changes n WHERE " SAME_LINE ")"
#define CLEAR_LINE(field, column, nothing)                                                                             \
    column " = CASE WHEN EXISTS (SELECT 1 FROM line_changes c WHERE c.key = events.key AND c.field = " field           \
           ") THEN " column " ELSE " nothing " END"
#define LINE_FROM_NOTHING(field, nothing)                                                                              \
    "UPDATE line_changes SET " nothing " WHERE id IN (SELECT min(c.id) FROM events e JOIN line_changes c"              \
    " ON c.key = e.key AND c.field = " field " WHERE e.import_id = ?1 GROUP BY e.key)"

/* Who said what events and former lines say: the last that replaced it by then, else who made it. */
#define LINE_SAYERS(column)                                                                                            \
    "SELECT e." column ", coalesce((SELECT c.import_id FROM line_changes c WHERE c.key = e.key AND c.field = 0"        \
    " ORDER BY c.id DESC LIMIT 1), e.import_id) AS import_id FROM events e WHERE e." column " IS NOT NULL"             \
    " UNION ALL SELECT f." column ", coalesce((SELECT c.import_id FROM line_changes c WHERE c.key = f.key"             \
    " AND c.field = 0 AND c.id < f.id ORDER BY c.id DESC LIMIT 1), (SELECT e.import_id FROM events e"                  \
    " WHERE e.key = f.key)) FROM line_changes f WHERE f.field = 0 AND f." column " IS NOT NULL"

#define RESTORE_LINK(table, number)                                                                                    \
    "UPDATE " table " SET weight = f.before FROM link_changes f WHERE f.import_id = ?1 AND f.row_table = " number      \
    " AND " table ".from_key = f.from_key AND " table ".kind = f.kind AND " table ".to_key = f.to_key"                 \
    " AND NOT EXISTS (SELECT 1 FROM link_changes n WHERE " SAME_LINK ")"

/* A field of a row that the import made, unless somebody else wrote it since. */
#define CLEAR(table, number, field, column)                                                                            \
    column " = CASE WHEN EXISTS (SELECT 1 FROM changes c WHERE c.row_table = " number " AND c.row_id = " table         \
           ".id AND c.field = " field ") THEN " column " END"

/* The first change of each field of rows that the import made now begins from nothing. */
#define FROM_NOTHING(table, number)                                                                                    \
    "UPDATE changes SET before = NULL WHERE id IN (SELECT min(c.id) FROM " table                                       \
    " r JOIN changes c ON c.row_table = " number                                                                       \
    " AND c.row_id = r.id WHERE r.import_id = ?1 GROUP BY c.row_id, c.field)"

/* Links that the import made: they go, or belong to the first that changed them, whose note is then the making. */
#define LINK_KEYS(table) "e.from_key = " table ".from_key AND e.kind = " table ".kind AND e.to_key = " table ".to_key"
#define LINKS_GO(table, number)                                                                                        \
    "DELETE FROM " table " WHERE import_id = ?1 AND NOT EXISTS (SELECT 1 FROM link_changes e WHERE " LINK_KEYS(        \
        table) " AND e.row_table = " number ")"
#define LINKS_NOTE(table, number)                                                                                      \
    "INSERT INTO temp.reassigned SELECT min(e.id) FROM " table                                                         \
    " JOIN link_changes e ON " LINK_KEYS(table) " AND e.row_table = " number " WHERE " table                           \
                                                ".import_id = ?1 GROUP BY e.from_key, e.kind, e.to_key"
#define LINKS_STAY(table, number)                                                                                      \
    "UPDATE " table " SET import_id = e.import_id FROM link_changes e WHERE " table ".import_id = ?1"                  \
    " AND e.row_table = " number " AND e.id IN (SELECT id FROM temp.reassigned) AND " LINK_KEYS(table)

/* Who still needs rows that the import made, and the first import of those (0: none, which never goes). */
#define NEEDED(table, number, sources)                                                                                 \
    "INSERT INTO temp.needed SELECT row, min(import_id) FROM (SELECT row_id AS row, import_id FROM changes"            \
    " WHERE row_table = " number " UNION ALL " sources ") WHERE row IN (SELECT id FROM " table                         \
    " WHERE import_id = ?1) GROUP BY row"
#define ROWS_GO(table) "DELETE FROM " table " WHERE import_id = ?1 AND id NOT IN (SELECT row FROM temp.needed)"
#define ROWS_STAY(table)                                                                                               \
    "UPDATE " table " SET import_id = n.import_id FROM temp.needed n WHERE n.row = " table ".id AND " table            \
    ".import_id = ?1"

typedef struct undo_step {
    const char *sql; /* ?1 is the import */
    size_t counts;   /* of the table in the report, 0 for none */
    bool removed;    /* rows that go count as `added`, rows that change as `changed` */
} undo_step;

#define AT(table) offsetof(vt_import_report, table)

/* clang-format off */

#define ITEM_CLEAR(field, column) CLEAR("items", "1", field, column)
#define USER_CLEAR(field, column) CLEAR("users", "0", field, column)
#define ITEM_RESTORE(field, column) {RESTORE("items", "1", field, column), 0, false}
#define USER_RESTORE(field, column) {RESTORE("users", "0", field, column), 0, false}
#define QUIET(sql) {sql, 0, false}

static const undo_step steps[] = {
    QUIET("DELETE FROM temp.priced"),
    QUIET("DELETE FROM temp.reassigned"),
    QUIET("DELETE FROM temp.restored"),
    /* order lines that the import replaced or changed */
    QUIET("UPDATE line_changes SET (" VT_LINE_COLUMNS ") = (SELECT " VT_LINE_COLUMNS " FROM line_changes o"
          " WHERE o.id = f.id) FROM line_changes f WHERE f.import_id = ?1 AND line_changes.id ="
          " (SELECT min(n.id) FROM line_changes n WHERE " SAME_LINE ")"),
    QUIET("INSERT INTO temp.restored SELECT e.id, f.id FROM line_changes f JOIN events e ON e.key = f.key"
          " WHERE f.import_id = ?1 AND f.field = 0 AND NOT EXISTS (SELECT 1 FROM line_changes n WHERE " SAME_LINE ")"),
    QUIET("UPDATE events SET (" LINE_CONTENT ") = (SELECT " LINE_CONTENT " FROM line_changes o WHERE o.id = r.change)"
          " FROM temp.restored r WHERE r.event = events.id"),
    QUIET("DELETE FROM reviews WHERE event IN (SELECT event FROM temp.restored)"),
    QUIET("DELETE FROM exposures WHERE event IN (SELECT event FROM temp.restored)"),
    QUIET("INSERT INTO reviews SELECT r.event, f.title, f.body FROM temp.restored r JOIN line_changes f"
          " ON f.id = r.change WHERE f.title IS NOT NULL OR f.body IS NOT NULL"),
    QUIET("INSERT INTO exposures SELECT r.event, f.placement, f.model, f.request FROM temp.restored r"
          " JOIN line_changes f ON f.id = r.change"
          " WHERE f.placement IS NOT NULL OR f.model IS NOT NULL OR f.request IS NOT NULL"),
    QUIET(RESTORE_LINE("1", "state")),
    QUIET(RESTORE_LINE("2", "refunded")),
    /* Changes nothing; counts the lines of others that were put back. */
    {"UPDATE events SET import_id = import_id WHERE import_id <> ?1"
     " AND key IN (SELECT key FROM line_changes WHERE import_id = ?1)", AT(events), false},
    QUIET("DELETE FROM line_changes WHERE import_id = ?1"),
    /* order lines that the import made and another replaced: they are that other's */
    QUIET("INSERT INTO temp.reassigned SELECT min(c.id) FROM events e"
          " JOIN line_changes c ON c.key = e.key AND c.field = 0"
          " WHERE e.import_id = ?1 GROUP BY e.key"),
    QUIET("UPDATE events SET " CLEAR_LINE("1", "state", "0") ", " CLEAR_LINE("2", "refunded", "NULL")
          " WHERE import_id = ?1"),
    QUIET(LINE_FROM_NOTHING("1", "state = 0")),
    QUIET(LINE_FROM_NOTHING("2", "refunded = NULL")),
    {"UPDATE events SET import_id = c.import_id FROM line_changes c WHERE events.import_id = ?1"
     " AND c.key = events.key AND c.id IN (SELECT id FROM temp.reassigned)", AT(events), false},
    QUIET("DELETE FROM line_changes WHERE id IN (SELECT id FROM temp.reassigned)"),
    QUIET("DELETE FROM temp.reassigned"),
    /* events */
    QUIET("DELETE FROM line_changes WHERE key IN (SELECT key FROM events WHERE import_id = ?1)"),
    QUIET("DELETE FROM reviews WHERE event IN (SELECT id FROM events WHERE import_id = ?1)"),
    QUIET("DELETE FROM exposures WHERE event IN (SELECT id FROM events WHERE import_id = ?1)"),
    {"DELETE FROM events WHERE import_id = ?1", AT(events), true},
    /* links */
    QUIET("UPDATE link_changes SET before = f.before FROM link_changes f WHERE f.import_id = ?1 AND link_changes.id ="
          " (SELECT min(n.id) FROM link_changes n WHERE " SAME_LINK ")"),
    {RESTORE_LINK("user_links", "2"), AT(links), false},
    {RESTORE_LINK("item_links", "3"), AT(links), false},
    QUIET("DELETE FROM link_changes WHERE import_id = ?1"),
    {LINKS_GO("user_links", "2"), AT(links), true},
    {LINKS_GO("item_links", "3"), AT(links), true},
    QUIET(LINKS_NOTE("user_links", "2")),
    QUIET(LINKS_NOTE("item_links", "3")),
    QUIET(LINKS_STAY("user_links", "2")),
    QUIET(LINKS_STAY("item_links", "3")),
    QUIET("DELETE FROM link_changes WHERE id IN (SELECT id FROM temp.reassigned)"),
    /* fields that the import changed */
    QUIET("UPDATE changes SET before = f.before FROM changes f WHERE f.import_id = ?1 AND changes.id ="
          " (SELECT min(n.id) FROM changes n WHERE " SAME_FIELD ")"),
    USER_RESTORE("0", "age_band"),
    USER_RESTORE("1", "segment"),
    USER_RESTORE("2", "region"),
    USER_RESTORE("3", "tier"),
    USER_RESTORE("4", "attributes"),
    ITEM_RESTORE("0", "title"),
    ITEM_RESTORE("1", "description"),
    ITEM_RESTORE("2", "brand"),
    ITEM_RESTORE("3", "category"),
    ITEM_RESTORE("4", "attributes"),
    ITEM_RESTORE("5", "images"),
    ITEM_RESTORE("6", "currency"),
    ITEM_RESTORE("7", "available_from"),
    ITEM_RESTORE("8", "available_until"),
    /* prices and stocks that the import told */
    QUIET("INSERT INTO temp.priced SELECT item FROM price_history WHERE import_id = ?1"
          " UNION SELECT item FROM stock_history WHERE import_id = ?1"),
    QUIET("DELETE FROM price_history WHERE import_id = ?1"),
    QUIET("DELETE FROM stock_history WHERE import_id = ?1"),
    QUIET("UPDATE items SET " VT_ITEM_NEWEST " WHERE id IN (SELECT item FROM temp.priced)"),
    /* Changes nothing; counts the rows of others that were put back. */
    {"UPDATE users SET import_id = import_id WHERE import_id <> ?1"
     " AND id IN (SELECT row_id FROM changes WHERE import_id = ?1 AND row_table = 0)", AT(users), false},
    {"UPDATE items SET import_id = import_id WHERE import_id <> ?1"
     " AND (id IN (SELECT row_id FROM changes WHERE import_id = ?1 AND row_table = 1)"
     " OR id IN (SELECT item FROM temp.priced))", AT(items), false},
    QUIET("DELETE FROM changes WHERE import_id = ?1"),
    /* items that the import made */
    QUIET("DELETE FROM temp.needed"),
    QUIET(NEEDED("items", "1", LINE_SAYERS("item") " UNION ALL SELECT item, import_id FROM price_history"
                               " UNION ALL SELECT item, import_id FROM stock_history")),
    {ROWS_GO("items"), AT(items), true},
    QUIET(FROM_NOTHING("items", "1")),
    {"UPDATE items SET " ITEM_CLEAR("0", "title") ", " ITEM_CLEAR("1", "description") ", " ITEM_CLEAR("2", "brand") ", "
     ITEM_CLEAR("3", "category") ", " ITEM_CLEAR("4", "attributes") ", " ITEM_CLEAR("5", "images") ", "
     ITEM_CLEAR("6", "currency") ", " ITEM_CLEAR("7", "available_from") ", " ITEM_CLEAR("8", "available_until")
     " WHERE import_id = ?1", AT(items), false},
    QUIET(ROWS_STAY("items")),
    /* users that the import made */
    QUIET("DELETE FROM temp.needed"),
    QUIET(NEEDED("users", "0", LINE_SAYERS("user"))),
    {ROWS_GO("users"), AT(users), true},
    QUIET(FROM_NOTHING("users", "0")),
    {"UPDATE users SET " USER_CLEAR("0", "age_band") ", " USER_CLEAR("1", "segment") ", " USER_CLEAR("2", "region") ", "
     USER_CLEAR("3", "tier") ", " USER_CLEAR("4", "attributes") " WHERE import_id = ?1", AT(users), false},
    QUIET(ROWS_STAY("users")),
    QUIET("DELETE FROM imports WHERE id = ?1"),
    /* The currency that an import set, once that one is gone and no money is left that counts in it. */
    QUIET("DELETE FROM meta WHERE name = 'currency' AND EXISTS (SELECT 1 FROM meta m WHERE m.name = 'currency_import'"
          " AND m.value <> '0' AND CAST(m.value AS INTEGER) NOT IN (SELECT id FROM imports))"
          " AND NOT EXISTS (SELECT 1 FROM items WHERE currency IS NULL AND (price IS NOT NULL OR cost IS NOT NULL))"
          " AND NOT EXISTS (SELECT 1 FROM price_history p JOIN items i ON i.id = p.item WHERE i.currency IS NULL"
          " AND (p.price IS NOT NULL OR p.cost IS NOT NULL))"
          " AND NOT EXISTS (SELECT 1 FROM events WHERE currency IS NULL"
          " AND (unit_price IS NOT NULL OR discount IS NOT NULL OR refunded IS NOT NULL))"
          " AND NOT EXISTS (SELECT 1 FROM line_changes WHERE currency IS NULL"
          " AND (unit_price IS NOT NULL OR discount IS NOT NULL OR refunded IS NOT NULL))"),
    QUIET("DELETE FROM meta WHERE name = 'currency_import'"
          " AND NOT EXISTS (SELECT 1 FROM meta m WHERE m.name = 'currency')"),
    /* The same of the scale of ratings, once none is left that the usual one has no place for. */
    QUIET("DELETE FROM meta WHERE name = 'rating_scale' AND EXISTS (SELECT 1 FROM meta m"
          " WHERE m.name = 'rating_scale_import' AND m.value <> '0'"
          " AND CAST(m.value AS INTEGER) NOT IN (SELECT id FROM imports))"
          " AND NOT EXISTS (SELECT 1 FROM events WHERE value < 0.5 OR value > 5)"),
    QUIET("DELETE FROM meta WHERE name = 'rating_scale_import'"
          " AND NOT EXISTS (SELECT 1 FROM meta m WHERE m.name = 'rating_scale')"),
};
/* clang-format on */

static int run_step(vt_sqlite *s, const char *sql, int64_t import_id, int64_t *rows, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(s->db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK) {
        if (sqlite3_bind_parameter_count(statement) > 0) {
            sqlite3_bind_int64(statement, 1, import_id);
        }
        code = sqlite3_step(statement);
    }
    int status = code == SQLITE_DONE ? VT_OK : vt_sqlite_fail(s, code, "undo the import", err);
    *rows = status == VT_OK ? sqlite3_changes64(s->db) : 0;
    sqlite3_finalize(statement);
    return status;
}

static int import_exists(vt_sqlite *s, int64_t import_id, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(s->db, "SELECT 1 FROM imports WHERE id = ?1", -1, &statement, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_int64(statement, 1, import_id);
        code = sqlite3_step(statement);
    }
    int status = VT_OK;
    if (code == SQLITE_DONE) {
        status = vt_fail(err, VT_ERR_NOT_FOUND,
                         "there is no import %lld, or it was undone before; \"vitrine shop info\" lists the imports",
                         (long long)import_id);
    } else if (code != SQLITE_ROW) {
        status = vt_sqlite_fail(s, code, "read the imports", err);
    }
    sqlite3_finalize(statement);
    return status;
}

int vt_sqlite_prepare_undo(vt_sqlite *s, vt_error *err)
{
    return vt_sqlite_script(s,
                            "CREATE TEMP TABLE priced(item INTEGER PRIMARY KEY);"
                            "CREATE TEMP TABLE reassigned(id INTEGER PRIMARY KEY);"
                            "CREATE TEMP TABLE restored(event INTEGER PRIMARY KEY, change INTEGER NOT NULL);"
                            "CREATE TEMP TABLE moved(event INTEGER PRIMARY KEY, row INTEGER NOT NULL);"
                            "CREATE TEMP TABLE needed(row INTEGER PRIMARY KEY, import_id INTEGER NOT NULL)",
                            "open the store", err);
}

int vt_sqlite_undo(vt_store *store, int64_t import_id, vt_import_report *report, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    vt_import_report done = {.import_id = import_id};
    int status = vt_sqlite_begin(store, NULL, NULL, NULL, err);
    if (status != VT_OK) {
        return status;
    }
    status = import_exists(s, import_id, err);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0] && status == VT_OK; i++) {
        int64_t rows = 0;
        status = run_step(s, steps[i].sql, import_id, &rows, err);
        if (steps[i].counts != 0) {
            vt_import_counts *counts = (vt_import_counts *)(void *)((char *)&done + steps[i].counts);
            *(steps[i].removed ? &counts->added : &counts->changed) += rows;
        }
    }
    if (status == VT_OK) {
        status = vt_sqlite_drop_lost_results(s, err);
    }
    if (status != VT_OK) {
        vt_sqlite_rollback(store);
        return status;
    }
    s->changed = true;
    s->mark.epoch = s->before.epoch + 1;
    s->told = true;
    status = vt_sqlite_commit(store, 0, err);
    if (status == VT_OK) {
        vt_sqlite_forget_ids(s); /* row ids may be used again */
        *report = done;
    }
    return status;
}
