/* The SQLite store: its connection, its prepared statements and what a write in progress knows. */
#ifndef VT_STORE_SQLITE_H
#define VT_STORE_SQLITE_H

#include <sqlite3.h>

#include "base/buf.h"
#include "base/map.h"
#include "store/ops.h"

enum { VT_BUSY_MS = 5000 }; /* how long a connection waits for another */

/* Statements that are prepared once and kept; their texts stand in sqlite_statements.c, one file for all SQL. */
typedef enum vt_sql {
    VT_SQL_BEGIN_WRITE,
    VT_SQL_BEGIN_READ,
    VT_SQL_COMMIT,
    VT_SQL_ROLLBACK,
    VT_SQL_META_GET,
    VT_SQL_META_SET,
    VT_SQL_CURRENCY_SETTLE_FORMER,
    VT_SQL_CURRENCY_SETTLE,
    VT_SQL_IMPORT_ADD,
    VT_SQL_IMPORT_FINISH,
    VT_SQL_IMPORT_LIST,
    VT_SQL_IMPORT_DELETE,
    VT_SQL_USER_ID,
    VT_SQL_USER_ADD,
    VT_SQL_USER_GET,
    VT_SQL_USER_UPDATE,
    VT_SQL_USER_REPLACE,
    VT_SQL_USER_MISSING,
    VT_SQL_ITEM_ID,
    VT_SQL_ITEM_ADD,
    VT_SQL_ITEM_GET,
    VT_SQL_ITEM_UPDATE,
    VT_SQL_ITEM_REPLACE,
    VT_SQL_PRICE_RECORDED,
    VT_SQL_PRICE_ADD,
    VT_SQL_STOCK_RECORDED,
    VT_SQL_STOCK_ADD,
    VT_SQL_ITEM_NEWEST,
    VT_SQL_EVENT_FIND,
    VT_SQL_EVENT_DELETE,
    VT_SQL_EVENT_ADD,
    VT_SQL_LINE_GET,
    VT_SQL_LINES_OF_ORDER,
    VT_SQL_LINE_REPLACE,
    VT_SQL_LINE_STATE,
    VT_SQL_REVIEW_MOVE,
    VT_SQL_EXPOSURE_MOVE,
    VT_SQL_REVIEW_DELETE,
    VT_SQL_EXPOSURE_DELETE,
    VT_SQL_LINE_CHANGE_NEWEST,
    VT_SQL_LINE_CHANGE_ADD,
    VT_SQL_REVIEW_ADD,
    VT_SQL_EXPOSURE_ADD,
    VT_SQL_USER_LINK_GET,
    VT_SQL_USER_LINK_ADD,
    VT_SQL_USER_LINK_UPDATE,
    VT_SQL_ITEM_LINK_GET,
    VT_SQL_ITEM_LINK_ADD,
    VT_SQL_ITEM_LINK_UPDATE,
    VT_SQL_CHANGE_NEWEST,
    VT_SQL_CHANGE_ADD,
    VT_SQL_LINK_CHANGE_NEWEST,
    VT_SQL_LINK_CHANGE_ADD,
    VT_SQL_COUNTS,
    VT_SQL_KIND_COUNTS,
    VT_SQL_MARK,
    VT_SQL_MARK_SET,
    VT_SQL_JOURNAL_ADD,
    VT_SQL_JOURNAL_TRIM,
    VT_SQL_CHANGES_AFTER,
    VT_SQL_ITEMS_AFTER,
    VT_SQL_ITEM_ROW,
    VT_SQL_ITEM_KEY,
    VT_SQL_USERS_AFTER,
    VT_SQL_USER_ROW,
    VT_SQL_USER_KEY,
    VT_SQL_COST_ANY,
    VT_SQL_COST_OF,
    VT_SQL_EVENTS_AFTER,
    VT_SQL_EVENTS_AFTER_COSTS,
    VT_SQL_EACH_FULL_EVENT,
    VT_SQL_FULL_EVENT,
    VT_SQL_EVENTS_PAGE,
    VT_SQL_EVENTS_PAGE_OF,
    VT_SQL_EVENTS_LOOKED_AT,
    VT_SQL_EACH_USER_LINK,
    VT_SQL_EACH_ITEM_LINK,
    VT_SQL_HISTORY,
    VT_SQL_PRICES,
    VT_SQL_STOCKS,
    VT_SQL_STOCKS_AFTER,
    VT_SQL_UNINDEXED,
    VT_SQL_INDEX,
    VT_SQL_INDEXED,
    VT_SQL_MATCH,
    VT_SQL_WEIGHTS_CLEAR,
    VT_SQL_WEIGHT_ADD,
    VT_SQL_EACH_WEIGHT,
    VT_SQL_RESULTS_CLEAR,
    VT_SQL_RESULTS_CLEAR_SUBJECT,
    VT_SQL_RESULTS_LOST_ITEMS,
    VT_SQL_RESULTS_LOST_USERS,
    VT_SQL_RESULTS_LOST_OBJECTS,
    VT_SQL_RESULT_ADD,
    VT_SQL_EACH_RESULT,
    VT_SQL_RESULTS_OF,
    VT_SQL_KEY_ADD,
    VT_SQL_KEY_REMOVE,
    VT_SQL_EACH_KEY,
    VT_SQL_RULE_PUT,
    VT_SQL_RULE_REMOVE,
    VT_SQL_RULE,
    VT_SQL_EACH_RULE,
    VT_SQL_RULE_COUNT,
    VT_SQLS
} vt_sql;

extern const char *const vt_sql_text[VT_SQLS];

/** Tables and fields that can change, as `changes` and `link_changes` keep them. Stored: never renumber. */
typedef enum vt_sqlite_table {
    VT_TABLE_USERS = 0,
    VT_TABLE_ITEMS = 1,
    VT_TABLE_USER_LINKS = 2,
    VT_TABLE_ITEM_LINKS = 3
} vt_sqlite_table;

enum {
    VT_USER_FIELDS = 5, /* age_band, segment, region, tier, attributes: columns 0 to 4 of VT_SQL_USER_GET */
    VT_ITEM_FIELDS = 9, /* title to available_until: columns 0 to 8 of VT_SQL_ITEM_GET */
    VT_ITEM_CURRENCY = 6
};

/* A file, as far as a change of it shows. */
typedef struct vt_sqlite_look {
    int64_t inode, size, seconds, nanoseconds;
} vt_sqlite_look;

typedef struct vt_sqlite {
    vt_store base;
    sqlite3 *db;
    char *path;
    bool fixed; /* a reader without write permission, while nobody writes: reads a file that does not change */
    vt_sqlite_look look;
    int lock;   /* descriptor of the lock file, -1 for readers */
    int lender; /* of the connection to a server that has lent the lock, -1 without */
    sqlite3_stmt *statement[VT_SQLS];
    bool writing;
    int reading;          /* depth of read_begin */
    int64_t import_id;    /* of the write, 0 for none */
    int64_t added;        /* rows of the write */
    bool changed;         /* anything at all */
    bool erased;          /* a user: the log must not keep what is gone */
    bool index_put_off;   /* of users' events: made at the commit */
    bool told;            /* anything of items, users, links or settings */
    vt_store_mark before; /* where the store stood when the write began */
    vt_store_mark mark;   /* where it stands now; written at the commit */
    int64_t sold;         /* time of the newest sale, VT_NONE before the first; likewise */
    vt_map *journaled;    /* items and users that the write has put into the journal; NULL while there are none */
    vt_map *users;        /* ids of the shop to row ids; complete when the flag is set, else filled as asked */
    vt_map *items;
    bool users_complete, items_complete;
    char currency[8]; /* of the shop, as of the write's beginning: events in it keep none of their own */
    vt_buf images;    /* scratch */
} vt_sqlite;

int vt_sqlite_open(vt_store **out, const char *where, vt_shop_mode mode, vt_error *err);

typedef int (*vt_sqlite_row)(void *context, sqlite3_stmt *statement, vt_error *err);

/** The kept statement, or one for this pass alone while a callback of another pass is running on the kept one. */
int vt_sqlite_open_pass(vt_sqlite *s, vt_sql which, sqlite3_stmt **out, vt_error *err);

/** Steps through a statement to its end, handing each row to `row`, which returns 0 to go on; then closes it. */
int vt_sqlite_pass(vt_sqlite *s, sqlite3_stmt *statement, vt_sqlite_row row, void *context, vt_error *err);

/* What followers are told (sqlite_mark.c): the row of an item or user that is changing, an event that goes. */
int vt_sqlite_load_mark(vt_sqlite *s, vt_error *err);
int vt_sqlite_journal_row(vt_sqlite *s, vt_change_kind kind, int64_t row, vt_error *err);
int vt_sqlite_journal_gone_user(vt_sqlite *s, int64_t row, vt_error *err);
int vt_sqlite_journal_event(vt_sqlite *s, int64_t row, int64_t user, vt_str session, vt_error *err);

/** Notes a sale: costs told of a time before it change rows that were read. */
void vt_sqlite_note_sale(vt_sqlite *s, int64_t time);

/** Writes the mark, before the commit, and takes the oldest of a long journal away. */
int vt_sqlite_keep_mark(vt_sqlite *s, vt_error *err);

/** Fills `err` from what SQLite says; `doing` completes "cannot ...". Returns the code. */
int vt_sqlite_fail(vt_sqlite *s, int code, const char *doing, vt_error *err);

/** The prepared statement, reset and without bindings. */
int vt_sqlite_prepare(vt_sqlite *s, vt_sql which, sqlite3_stmt **out, vt_error *err);

/** Runs a statement that gives no rows. */
int vt_sqlite_run(vt_sqlite *s, sqlite3_stmt *statement, const char *doing, vt_error *err);

/** Prepares and runs one without parameters. */
int vt_sqlite_do(vt_sqlite *s, vt_sql which, const char *doing, vt_error *err);

/** The event of a row of VT_SQL_FULL_EVENT and its like; texts are the statement's. */
vt_event vt_sqlite_full_event(sqlite3_stmt *statement);
enum { VT_FULL_EVENT_ROW = 20 }; /* its column with the row id */

/** Bindings in our terms: "not given" is NULL. Texts must live until the statement has run. */
void vt_bind_str(sqlite3_stmt *statement, int at, vt_str text);
void vt_bind_int(sqlite3_stmt *statement, int at, int64_t value);
void vt_bind_real(sqlite3_stmt *statement, int at, double value);
vt_str vt_column_str(sqlite3_stmt *statement, int at);
int64_t vt_column_int(sqlite3_stmt *statement, int at);
double vt_column_real(sqlite3_stmt *statement, int at); /* NULL: NaN */

/* Parts of the interface, one file each. */
int vt_sqlite_put_item(vt_store *store, const vt_item *item, vt_put *done, vt_error *err);
int vt_sqlite_put_user(vt_store *store, const vt_user *user, vt_put *done, vt_error *err);
int vt_sqlite_put_event(vt_store *store, const vt_event *event, const unsigned char key[VT_EVENT_KEY_BYTES],
                        vt_put *done, vt_error *err);
int vt_sqlite_put_user_link(vt_store *store, const vt_link *link, vt_put *done, vt_error *err);
int vt_sqlite_put_item_link(vt_store *store, const vt_link *link, vt_put *done, vt_error *err);
int vt_sqlite_set_order(vt_store *store, vt_str order, vt_str line, vt_line_state state, int64_t refunded, vt_put *done,
                        vt_error *err);
int vt_sqlite_cancel_others(vt_store *store, vt_str order, const unsigned char (*keep)[VT_EVENT_KEY_BYTES], size_t n,
                            int64_t *cancelled, vt_error *err);
int vt_sqlite_erase_user(vt_store *store, vt_str id, vt_error *err);
int vt_sqlite_merge_users(vt_store *store, const vt_user_merge *merge, vt_error *err);
int vt_sqlite_remove_event(vt_store *store, const unsigned char key[VT_EVENT_KEY_BYTES], bool *removed, vt_error *err);
int vt_sqlite_begin(vt_store *store, const char *kind, const char *source, int64_t *import_id, vt_error *err);
int vt_sqlite_commit(vt_store *store, int64_t rejected, vt_error *err);
void vt_sqlite_rollback(vt_store *store);
int vt_sqlite_set(vt_store *store, const char *name, const char *value, vt_error *err);
int vt_sqlite_get(vt_store *store, const char *name, char *value, size_t size, vt_error *err);
int vt_sqlite_undo(vt_store *store, int64_t import_id, vt_import_report *report, vt_error *err);
int vt_sqlite_describe(vt_store *store, vt_shop_info *info, vt_error *err);
int vt_sqlite_imports(vt_store *store, int (*each)(void *context, const vt_shop_import *row), void *context,
                      vt_error *err);
int vt_sqlite_check(vt_store *store, vt_error *err);
int vt_sqlite_copy(vt_store *store, const char *path, const vt_progress *progress, vt_error *err);
int vt_sqlite_mark(vt_store *store, vt_store_mark *out, vt_error *err);
int vt_sqlite_each_change(vt_store *store, int64_t after, vt_change_each each, void *context, vt_error *err);
int vt_sqlite_each_item(vt_store *store, vt_pick pick, vt_item_each each, void *context, vt_error *err);
int vt_sqlite_each_user(vt_store *store, vt_pick pick, vt_user_each each, void *context, vt_error *err);
int vt_sqlite_each_event(vt_store *store, int64_t after, vt_event_each each, void *context, vt_error *err);
int vt_sqlite_each_full_event(vt_store *store, vt_full_event_each each, void *context, vt_error *err);
int vt_sqlite_page_events(vt_store *store, const vt_event_page *page, vt_paged_event_each each, void *context,
                          int64_t *looked, vt_error *err);
int vt_sqlite_event(vt_store *store, const unsigned char key[VT_EVENT_KEY_BYTES], vt_paged_event_each each,
                    void *context, vt_error *err);
int vt_sqlite_each_user_link(vt_store *store, vt_link_each each, void *context, vt_error *err);
int vt_sqlite_each_item_link(vt_store *store, vt_link_each each, void *context, vt_error *err);
int vt_sqlite_history(vt_store *store, vt_str user, vt_history_each each, void *context, vt_error *err);
int vt_sqlite_prices(vt_store *store, vt_str item, vt_price_each each, void *context, vt_error *err);
int vt_sqlite_stocks(vt_store *store, vt_str item, vt_stock_each each, void *context, vt_error *err);
int vt_sqlite_each_stock(vt_store *store, int64_t after, vt_stock_row_each each, void *context, vt_error *err);
int vt_sqlite_unindexed(vt_store *store, int64_t *items, vt_error *err);
int vt_sqlite_index(vt_store *store, vt_error *err);
int vt_sqlite_match(vt_store *store, vt_str query, int64_t limit, vt_match_each each, void *context, vt_error *err);

int vt_sqlite_clear_weights(vt_store *store, vt_str model, vt_error *err);
int vt_sqlite_put_weight(vt_store *store, vt_str model, const vt_weight *weight, vt_error *err);
int vt_sqlite_each_weight(vt_store *store, vt_str model, vt_weight_each each, void *context, vt_error *err);

int vt_sqlite_put_key(vt_store *store, const vt_key *key, vt_error *err);
int vt_sqlite_remove_key(vt_store *store, vt_str id, vt_error *err);
int vt_sqlite_each_key(vt_store *store, vt_key_each each, void *context, vt_error *err);
int vt_sqlite_put_rule(vt_store *store, const vt_shop_rule *rule, vt_put *done, vt_error *err);
int vt_sqlite_remove_rule(vt_store *store, vt_str id, vt_error *err);
int vt_sqlite_each_rule(vt_store *store, vt_str id, vt_shop_rule_each each, void *context, vt_error *err);

int vt_sqlite_replace_results(vt_store *store, const vt_result_kind *kind, int64_t made_at, vt_result_next next,
                              void *context, vt_error *err);
int vt_sqlite_each_result(vt_store *store, const vt_result_kind *kind, const char *subject, vt_result_each each,
                          void *context, vt_error *err);

/** Computed rows about items and users that an undo has taken away, and those about a user who is erased. */
int vt_sqlite_drop_lost_results(vt_sqlite *s, vt_error *err);
int vt_sqlite_drop_results_of_user(vt_sqlite *s, vt_str id, vt_error *err);

/** In an import that has brought many events: drops the index of users' events until its commit. */
int vt_sqlite_put_off_index(vt_sqlite *s, vt_error *err);

/** Makes the index again, before the commit. */
int vt_sqlite_make_index(vt_sqlite *s, vt_error *err);

/** The words of what a write changed, before the commit, when they are few. */
int vt_sqlite_index_few(vt_sqlite *s, vt_error *err);

/** Whether a change must be kept for undo: see sqlite_put.c. */
int vt_sqlite_must_keep(vt_sqlite *s, sqlite3_stmt *newest, int64_t owner, bool *keep, vt_error *err);

/** Forgets the row ids of users and items that were met. */
void vt_sqlite_forget_ids(vt_sqlite *s);

/** At open: the SQL functions of keys, and for a writer the temporary tables of undo. */
int vt_sqlite_prepare_functions(vt_sqlite *s, vt_error *err);
int vt_sqlite_prepare_undo(vt_sqlite *s, vt_error *err);

/** Connects a fixed reader anew when the store was written since. */
int vt_sqlite_follow(vt_sqlite *s, vt_error *err);
bool vt_sqlite_fixed_changed(const vt_sqlite *s);

/** Finalizes the kept statements and closes the connection. */
void vt_sqlite_disconnect(vt_sqlite *s);

/** Ours, and of a schema that can be used; brought up to date when the mode allows it. */
int vt_sqlite_check_schema(vt_sqlite *s, vt_shop_mode mode, vt_error *err);

/** Makes the store where there is none; the connection is closed afterwards. */
int vt_sqlite_make(vt_sqlite *s, vt_error *err);

/** Runs fixed SQL with several statements. */
int vt_sqlite_script(vt_sqlite *s, const char *sql, const char *doing, vt_error *err);

#endif
