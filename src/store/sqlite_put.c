/* Puts of items and users. What a field was before it changed is kept where an undo may ask for it. */
#include <string.h>

#include "base/clock.h"
#include "store/sqlite.h"
#include "store/sqlite_history.h"
#include "store/sqlite_ids.h"

/* Row id from the map, else from the table, else of a new row. */
static int intern(vt_sqlite *s, vt_map *map, bool complete, vt_sql find, vt_sql add, int64_t *last, vt_str id,
                  int64_t *row, bool *fresh, vt_error *err)
{
    *fresh = false;
    if (vt_map_get(map, id, row)) {
        return VT_OK;
    }
    sqlite3_stmt *statement = NULL;
    int status = VT_OK;
    if (!complete) {
        status = vt_sqlite_prepare(s, find, &statement, err);
        if (status != VT_OK) {
            return status;
        }
        vt_bind_str(statement, 1, id);
        int code = sqlite3_step(statement);
        if (code == SQLITE_ROW) {
            *row = sqlite3_column_int64(statement, 0);
            sqlite3_reset(statement);
            return vt_map_set(map, id, *row, err);
        }
        sqlite3_reset(statement);
        if (code != SQLITE_DONE) {
            return vt_sqlite_fail(s, code, "look an id up", err);
        }
    }
    status = vt_sqlite_prepare(s, add, &statement, err);
    if (status == VT_OK) {
        vt_bind_int(statement, 1, *last + 1);
        vt_bind_str(statement, 2, id);
        vt_bind_int(statement, 3, s->import_id);
        status = vt_sqlite_run(s, statement, "add an id", err);
    }
    if (status == VT_OK) {
        *row = ++*last;
        *fresh = true;
        s->added++;
        s->changed = true;
        status = vt_map_set(map, id, *row, err);
    }
    return status;
}

int vt_sqlite_user_row(vt_sqlite *s, vt_str id, int64_t *row, bool *fresh, vt_error *err)
{
    int status =
        intern(s, s->users, s->users_complete, VT_SQL_USER_ID, VT_SQL_USER_ADD, &s->mark.user, id, row, fresh, err);
    s->base.fresh_users += status == VT_OK && *fresh;
    return status;
}

int vt_sqlite_item_row(vt_sqlite *s, vt_str id, int64_t *row, bool *fresh, vt_error *err)
{
    int status =
        intern(s, s->items, s->items_complete, VT_SQL_ITEM_ID, VT_SQL_ITEM_ADD, &s->mark.item, id, row, fresh, err);
    s->base.fresh_items += status == VT_OK && *fresh;
    return status;
}

/* `whole`: what is not given is cleared. */
static bool text_differs(sqlite3_stmt *row, int at, vt_str fresh, bool whole)
{
    return (whole || fresh.ptr != NULL) && !vt_str_equal(vt_column_str(row, at), fresh);
}

static bool number_differs(sqlite3_stmt *row, int at, int64_t fresh, bool whole)
{
    return (whole || fresh != VT_NONE) && vt_column_int(row, at) != fresh;
}

/*
 * Whether the value before a change must be kept: not when the undo of the write's import takes the row away anyway,
 * not twice in one import, and outside an import only when an undo of an earlier one may come upon this change.
 * `newest` has its keys bound and gives the import of the newest value kept for the same field.
 */
int vt_sqlite_must_keep(vt_sqlite *s, sqlite3_stmt *newest, int64_t owner, bool *keep, vt_error *err)
{
    int code = sqlite3_step(newest);
    int64_t kept_by = code == SQLITE_ROW ? sqlite3_column_int64(newest, 0) : -1;
    int status = code == SQLITE_ROW || code == SQLITE_DONE ? VT_OK : vt_sqlite_fail(s, code, "read a change", err);
    sqlite3_reset(newest);
    *keep = kept_by != s->import_id && !(s->import_id == 0 && owner == 0 && kept_by == -1);
    return status;
}

/* Keeps field `at` of the row that `get` stands on, before it changes. `owner`: the import that made the row. */
static int keep_field(vt_sqlite *s, vt_sqlite_table table, int64_t row, int64_t owner, sqlite3_stmt *get, int at,
                      vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    bool keep = false;
    if (s->import_id != 0 && owner == s->import_id) {
        return VT_OK;
    }
    int status = vt_sqlite_prepare(s, VT_SQL_CHANGE_NEWEST, &statement, err);
    if (status == VT_OK) {
        vt_bind_int(statement, 1, table);
        vt_bind_int(statement, 2, row);
        vt_bind_int(statement, 3, at);
        status = vt_sqlite_must_keep(s, statement, owner, &keep, err);
    }
    if (status == VT_OK && keep) {
        status = vt_sqlite_prepare(s, VT_SQL_CHANGE_ADD, &statement, err);
    }
    if (status != VT_OK || !keep) {
        return status;
    }
    vt_bind_int(statement, 1, table);
    vt_bind_int(statement, 2, row);
    vt_bind_int(statement, 3, at);
    vt_bind_int(statement, 4, s->import_id);
    int code = sqlite3_bind_value(statement, 5, sqlite3_column_value(get, at));
    return code == SQLITE_OK ? vt_sqlite_run(s, statement, "keep a former value", err)
                             : vt_sqlite_fail(s, code, "keep a former value", err);
}

/* The paths of the images, one a line. */
static int join_images(vt_sqlite *s, const vt_item *item, vt_str *out, vt_error *err)
{
    vt_buf_clear(&s->images);
    int status = VT_OK;
    for (size_t i = 0; i < item->n_images && status == VT_OK; i++) {
        status = i == 0 ? VT_OK : vt_buf_add(&s->images, "\n", 1, err);
        if (status == VT_OK) {
            status = vt_buf_add(&s->images, item->images[i].ptr, item->images[i].len, err);
        }
    }
    *out = item->n_images == 0 ? (vt_str){NULL, 0} : (vt_str){s->images.data, s->images.len};
    return status;
}

typedef struct item_change {
    bool row;          /* any column but price, cost and stock */
    bool price, stock; /* something new for the histories */
    int cleared;       /* VT_CLEARED_... bits: what is told no longer */
} item_change;

/*
 * Whether the record says something new about price or stock: for a given time, when that was not recorded for this
 * time yet (so a file of old prices can be put again in any order); for now, when it differs from what holds now.
 */
static int is_news(vt_sqlite *s, vt_sql recorded, int64_t row, int64_t as_of, int64_t first, int64_t second, bool *news,
                   vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, recorded, &statement, err);
    if (status != VT_OK) {
        return status;
    }
    vt_bind_int(statement, 1, row);
    vt_bind_int(statement, 2, as_of);
    vt_bind_int(statement, 3, first);
    if (recorded == VT_SQL_PRICE_RECORDED) {
        vt_bind_int(statement, 4, second);
    }
    int code = sqlite3_step(statement);
    status = code == SQLITE_ROW || code == SQLITE_DONE ? VT_OK : vt_sqlite_fail(s, code, "read an item", err);
    *news = code == SQLITE_DONE;
    sqlite3_reset(statement);
    return status;
}

/* Field `at` (0 to VT_ITEM_FIELDS - 1) of the record is not what the row that `get` stands on has. */
static bool field_differs(const vt_sqlite *s, sqlite3_stmt *get, int at, const vt_item *item, vt_str images)
{
    const vt_str texts[] = {item->title, item->description, item->brand, item->category, item->attributes,
                            images,      item->currency};
    if (at == VT_ITEM_CURRENCY && vt_column_str(get, at).ptr == NULL &&
        vt_str_equal(item->currency, vt_str_of(s->currency))) {
        return false; /* NULL says the shop's currency */
    }
    return at <= VT_ITEM_CURRENCY
               ? text_differs(get, at, texts[at], item->whole)
               : number_differs(get, at, at == VT_ITEM_CURRENCY + 1 ? item->available_from : item->available_until,
                                item->whole);
}

/* What the record changes; the values of columns that will change are kept for an undo. */
static int compare_item(vt_sqlite *s, int64_t row, const vt_item *item, vt_str images, item_change *change,
                        vt_error *err)
{
    sqlite3_stmt *get = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_ITEM_GET, &get, err);
    if (status != VT_OK) {
        return status;
    }
    vt_bind_int(get, 1, row);
    int code = sqlite3_step(get);
    if (code != SQLITE_ROW) {
        return vt_sqlite_fail(s, code, "read an item", err);
    }
    for (int at = 0; at < VT_ITEM_FIELDS && status == VT_OK; at++) {
        if (field_differs(s, get, at, item, images)) {
            change->row = true;
            if (at == VT_ITEM_CURRENCY && s->sold != VT_NONE && row <= s->before.item) {
                s->mark.epoch = s->before.epoch + 1; /* its costs begin or cease to count */
            }
            status = keep_field(s, VT_TABLE_ITEMS, row, sqlite3_column_int64(get, 12), get, at, err);
        }
    }
    bool price = number_differs(get, 9, item->price, item->whole);
    bool cost = number_differs(get, 10, item->cost, item->whole);
    change->price = price || cost;
    change->stock = number_differs(get, 11, item->stock, item->whole || item->untracked);
    change->cleared = (price && item->price == VT_NONE ? VT_CLEARED_PRICE : 0) |
                      (cost && item->cost == VT_NONE ? VT_CLEARED_COST : 0);
    sqlite3_reset(get);
    if (status == VT_OK && item->as_of != VT_NONE && (item->price != VT_NONE || item->cost != VT_NONE)) {
        status = is_news(s, VT_SQL_PRICE_RECORDED, row, item->as_of, item->price, item->cost, &change->price, err);
    }
    if (status == VT_OK && item->as_of != VT_NONE && item->stock != VT_NONE) {
        status = is_news(s, VT_SQL_STOCK_RECORDED, row, item->as_of, item->stock, VT_NONE, &change->stock, err);
    }
    return status;
}

/* One row of a history; `second` is the cost, for prices, and `cleared` what is told no longer. */
static int add_history(vt_sqlite *s, vt_sql which, int64_t row, int64_t as_of, int64_t first, int64_t second,
                       int cleared, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, which, &statement, err);
    if (status == VT_OK) {
        vt_bind_int(statement, 1, row);
        vt_bind_int(statement, 2, as_of == VT_NONE ? vt_now() : as_of);
        vt_bind_int(statement, 3, first);
        if (which == VT_SQL_PRICE_ADD) {
            vt_bind_int(statement, 4, second);
            vt_bind_int(statement, 7, cleared);
        }
        vt_bind_int(statement, 5, s->import_id);
        vt_bind_int(statement, 6, as_of == VT_NONE);
        status = vt_sqlite_run(s, statement, "keep a price", err);
    }
    return status;
}

static int is_first_cost(vt_sqlite *s, int64_t row, bool *first, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_COST_OF, &statement, err);
    if (status != VT_OK) {
        return status;
    }
    vt_bind_int(statement, 1, row);
    int code = sqlite3_step(statement);
    *first = code == SQLITE_DONE;
    sqlite3_reset(statement);
    return code == SQLITE_ROW || code == SQLITE_DONE ? VT_OK : vt_sqlite_fail(s, code, "read the costs", err);
}

/*
 * A cost changes what was read of earlier sales when it is told of a time before one of them, or when it is the item's
 * first. Which items were sold no index tells, so any sale counts.
 */
static int note_cost(vt_sqlite *s, int64_t row, int64_t as_of, vt_error *err)
{
    if (s->sold == VT_NONE || row > s->before.item) {
        return VT_OK;
    }
    bool first = false;
    int status = is_first_cost(s, row, &first, err);
    if (status == VT_OK && (first || (as_of == VT_NONE ? vt_now() : as_of) <= s->sold)) {
        s->mark.epoch = s->before.epoch + 1;
    }
    return status;
}

/* What the record has of price and stock goes to the histories, and the newest of it to the item. */
static int change_history(vt_sqlite *s, int64_t row, const vt_item *item, const item_change *change, vt_error *err)
{
    int status = VT_OK;
    if (change->price && (item->cost != VT_NONE || (change->cleared & VT_CLEARED_COST) != 0)) {
        status = note_cost(s, row, item->as_of, err);
    }
    if (status == VT_OK && change->price) {
        status = add_history(s, VT_SQL_PRICE_ADD, row, item->as_of, item->price, item->cost, change->cleared, err);
    }
    if (status == VT_OK && change->stock) {
        status = add_history(s, VT_SQL_STOCK_ADD, row, item->as_of, item->stock, VT_NONE, 0, err);
    }
    sqlite3_stmt *newest = NULL;
    if (status == VT_OK && (change->price || change->stock)) {
        status = vt_sqlite_prepare(s, VT_SQL_ITEM_NEWEST, &newest, err);
        if (status == VT_OK) {
            vt_bind_int(newest, 1, row);
            status = vt_sqlite_run(s, newest, "change an item", err);
        }
    }
    return status;
}

static int update_item(vt_sqlite *s, int64_t row, const vt_item *item, vt_str images, vt_error *err)
{
    sqlite3_stmt *update = NULL;
    int status = vt_sqlite_prepare(s, item->whole ? VT_SQL_ITEM_REPLACE : VT_SQL_ITEM_UPDATE, &update, err);
    if (status == VT_OK) {
        vt_bind_int(update, 1, row);
        vt_bind_str(update, 2, item->title);
        vt_bind_str(update, 3, item->description);
        vt_bind_str(update, 4, item->brand);
        vt_bind_str(update, 5, item->category);
        vt_bind_str(update, 6, item->attributes);
        vt_bind_str(update, 7, images);
        vt_bind_str(update, 8, item->currency);
        vt_bind_int(update, 9, item->available_from);
        vt_bind_int(update, 10, item->available_until);
        status = vt_sqlite_run(s, update, "change an item", err);
    }
    return status;
}

int vt_sqlite_put_item(vt_store *store, const vt_item *item, vt_put *done, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    int64_t row = 0;
    bool fresh = false;
    vt_str images = {NULL, 0};
    item_change change = {.row = false};
    int status = vt_sqlite_item_row(s, item->id, &row, &fresh, err);
    if (status == VT_OK) {
        status = join_images(s, item, &images, err);
    }
    if (status == VT_OK) {
        status = compare_item(s, row, item, images, &change, err);
    }
    if (status == VT_OK && change.row) {
        status = update_item(s, row, item, images, err);
    }
    if (status == VT_OK) {
        status = change_history(s, row, item, &change, err);
    }
    if (status == VT_OK) {
        bool any = change.row || change.price || change.stock;
        s->changed = s->changed || any;
        s->told = s->told || fresh || any;
        status = any ? vt_sqlite_journal_row(s, VT_CHANGE_ITEM, row, err) : VT_OK;
        *done = status != VT_OK ? *done : fresh ? VT_PUT_ADDED : any ? VT_PUT_CHANGED : VT_PUT_SAME;
    }
    return status;
}

/* What the record changes, likewise. */
static int compare_user(vt_sqlite *s, int64_t row, const vt_user *user, bool *differs, vt_error *err)
{
    const vt_str texts[VT_USER_FIELDS] = {user->age_band, user->segment, user->region, user->tier, user->attributes};
    sqlite3_stmt *get = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_USER_GET, &get, err);
    if (status != VT_OK) {
        return status;
    }
    vt_bind_int(get, 1, row);
    int code = sqlite3_step(get);
    if (code != SQLITE_ROW) {
        return vt_sqlite_fail(s, code, "read a user", err);
    }
    for (int at = 0; at < VT_USER_FIELDS && status == VT_OK; at++) {
        if (text_differs(get, at, texts[at], user->whole)) {
            *differs = true;
            status = keep_field(s, VT_TABLE_USERS, row, sqlite3_column_int64(get, 5), get, at, err);
        }
    }
    sqlite3_reset(get);
    return status;
}

static int update_user(vt_sqlite *s, int64_t row, const vt_user *user, vt_error *err)
{
    sqlite3_stmt *update = NULL;
    int status = vt_sqlite_prepare(s, user->whole ? VT_SQL_USER_REPLACE : VT_SQL_USER_UPDATE, &update, err);
    if (status == VT_OK) {
        vt_bind_int(update, 1, row);
        vt_bind_str(update, 2, user->age_band);
        vt_bind_str(update, 3, user->segment);
        vt_bind_str(update, 4, user->region);
        vt_bind_str(update, 5, user->tier);
        vt_bind_str(update, 6, user->attributes);
        status = vt_sqlite_run(s, update, "change a user", err);
        s->changed = true;
    }
    return status;
}

int vt_sqlite_put_user(vt_store *store, const vt_user *user, vt_put *done, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    int64_t row = 0;
    bool fresh = false;
    bool differs = false;
    int status = vt_sqlite_user_row(s, user->id, &row, &fresh, err);
    if (status == VT_OK) {
        status = compare_user(s, row, user, &differs, err);
    }
    if (status == VT_OK && differs) {
        status = update_user(s, row, user, err);
    }
    if (status == VT_OK && differs) {
        status = vt_sqlite_journal_row(s, VT_CHANGE_USER, row, err);
    }
    if (status == VT_OK) {
        s->told = s->told || fresh || differs;
        *done = fresh ? VT_PUT_ADDED : differs ? VT_PUT_CHANGED : VT_PUT_SAME;
    }
    return status;
}
