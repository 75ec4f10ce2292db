/* Reading: every pass is one prepared statement and one callback. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "store/sqlite.h"
#include "store/sqlite_history.h"

int vt_sqlite_open_pass(vt_sqlite *s, vt_sql which, sqlite3_stmt **out, vt_error *err)
{
    if (s->statement[which] == NULL || !sqlite3_stmt_busy(s->statement[which])) {
        return vt_sqlite_prepare(s, which, out, err);
    }
    int code = sqlite3_prepare_v2(s->db, vt_sql_text[which], -1, out, NULL);
    return code == SQLITE_OK ? VT_OK : vt_sqlite_fail(s, code, "prepare a statement", err);
}

static void close_pass(vt_sqlite *s, sqlite3_stmt *statement)
{
    for (int i = 0; i < VT_SQLS; i++) {
        if (s->statement[i] == statement) {
            sqlite3_reset(statement);
            return;
        }
    }
    sqlite3_finalize(statement);
}

int vt_sqlite_pass(vt_sqlite *s, sqlite3_stmt *statement, vt_sqlite_row row, void *context, vt_error *err)
{
    int status = VT_OK;
    int code = sqlite3_step(statement);
    while (code == SQLITE_ROW && status == VT_OK) {
        status = row(context, statement, err);
        code = status == VT_OK ? sqlite3_step(statement) : code;
    }
    if (status == VT_OK && code != SQLITE_DONE) {
        status = vt_sqlite_fail(s, code, "read", err);
    }
    close_pass(s, statement);
    return status;
}

int vt_sqlite_describe(vt_store *store, vt_shop_info *info, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    vt_shop_info out = {.time_min = VT_NONE, .time_max = VT_NONE};
    char revision[32];
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_COUNTS, &statement, err);
    if (status != VT_OK) {
        return status;
    }
    int code = sqlite3_step(statement);
    if (code != SQLITE_ROW) {
        return vt_sqlite_fail(s, code, "count", err);
    }
    int64_t *counts[] = {&out.users, &out.items, &out.reviews, &out.user_links, &out.item_links, &out.imports};
    for (int i = 0; i < 6; i++) {
        *counts[i] = sqlite3_column_int64(statement, i);
    }
    sqlite3_reset(statement);
    status = vt_sqlite_prepare(s, VT_SQL_KIND_COUNTS, &statement, err);
    if (status != VT_OK) {
        return status;
    }
    for (code = sqlite3_step(statement); code == SQLITE_ROW; code = sqlite3_step(statement)) {
        int64_t kind = sqlite3_column_int64(statement, 0);
        int64_t n = sqlite3_column_int64(statement, 1);
        int64_t first = vt_column_int(statement, 2);
        int64_t last = vt_column_int(statement, 3);
        if (kind >= 0 && kind < VT_EVENT_KINDS) {
            out.events_by_kind[kind] = n;
        }
        out.events += n;
        out.time_min = first != VT_NONE && (out.time_min == VT_NONE || first < out.time_min) ? first : out.time_min;
        out.time_max = last != VT_NONE && (out.time_max == VT_NONE || last > out.time_max) ? last : out.time_max;
    }
    sqlite3_reset(statement);
    if (code != SQLITE_DONE) {
        return vt_sqlite_fail(s, code, "count", err);
    }
    status = vt_sqlite_get(store, "currency", out.currency, sizeof out.currency, err);
    if (status == VT_OK) {
        status = vt_sqlite_get(store, "time_zone", out.time_zone, sizeof out.time_zone, err);
    }
    if (status == VT_OK) {
        status = vt_sqlite_get(store, "id", out.id, sizeof out.id, err);
    }
    if (status == VT_OK) {
        status = vt_sqlite_get(store, "revision", revision, sizeof revision, err);
    }
    if (status == VT_OK) {
        out.revision = strtoll(revision, NULL, 10);
        *info = out;
    }
    return status;
}

typedef struct imports_pass {
    int (*each)(void *context, const vt_shop_import *row);
    void *context;
} imports_pass;

static int import_row(void *context, sqlite3_stmt *statement, vt_error *err)
{
    (void)err;
    const imports_pass *w = context;
    vt_shop_import row = {
        .id = sqlite3_column_int64(statement, 0),
        .time = sqlite3_column_int64(statement, 1),
        .kind = (const char *)sqlite3_column_text(statement, 2),
        .source = (const char *)sqlite3_column_text(statement, 3),
        .added = sqlite3_column_int64(statement, 4),
        .rejected = sqlite3_column_int64(statement, 5),
    };
    return w->each(w->context, &row);
}

int vt_sqlite_imports(vt_store *store, int (*each)(void *context, const vt_shop_import *row), void *context,
                      vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    imports_pass w = {each, context};
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_open_pass(s, VT_SQL_IMPORT_LIST, &statement, err);
    return status == VT_OK ? vt_sqlite_pass(s, statement, import_row, &w, err) : status;
}

typedef struct item_pass {
    vt_item_each each;
    void *context;
    vt_str *images; /* room for `capacity` paths of one item */
    size_t capacity;
    int64_t rows;
} item_pass;

/* Paths stand one a line. */
static int split_images(item_pass *w, vt_item *item, vt_str text, vt_error *err)
{
    size_t n = 0;
    while (text.ptr != NULL && text.len > 0) {
        const char *end = memchr(text.ptr, '\n', text.len);
        size_t len = end == NULL ? text.len : (size_t)(end - text.ptr);
        if (n == w->capacity) {
            size_t capacity = w->capacity * 2 + 8;
            vt_str *grown = vt_realloc(w->images, capacity, sizeof *grown, err);
            if (grown == NULL) {
                return VT_ERR_NO_MEMORY;
            }
            w->images = grown;
            w->capacity = capacity;
        }
        w->images[n++] = (vt_str){text.ptr, len};
        text.ptr += end == NULL ? len : len + 1;
        text.len -= end == NULL ? len : len + 1;
    }
    item->images = w->images;
    item->n_images = n;
    return VT_OK;
}

static int item_row(void *context, sqlite3_stmt *statement, vt_error *err)
{
    item_pass *w = context;
    vt_item item;
    vt_item_init(&item);
    item.id = vt_column_str(statement, 1);
    item.title = vt_column_str(statement, 2);
    item.description = vt_column_str(statement, 3);
    item.brand = vt_column_str(statement, 4);
    item.category = vt_column_str(statement, 5);
    item.attributes = vt_column_str(statement, 6);
    item.price = vt_column_int(statement, 8);
    item.cost = vt_column_int(statement, 9);
    item.currency = vt_column_str(statement, 10);
    item.stock = vt_column_int(statement, 11);
    item.available_from = vt_column_int(statement, 12);
    item.available_until = vt_column_int(statement, 13);
    w->rows++;
    int status = split_images(w, &item, vt_column_str(statement, 7), err);
    return status == VT_OK ? w->each(w->context, sqlite3_column_int64(statement, 0), &item) : status;
}

static int pass_picked(vt_sqlite *s, vt_sql which, const vt_pick *pick, vt_sqlite_row row, void *context, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_open_pass(s, which, &statement, err);
    if (status == VT_OK && pick->by == VT_PICK_ID) {
        vt_bind_str(statement, 1, pick->id.ptr == NULL ? vt_str_of("") : pick->id);
    } else if (status == VT_OK) {
        vt_bind_int(statement, 1, pick->row);
    }
    return status == VT_OK ? vt_sqlite_pass(s, statement, row, context, err) : status;
}

/* No row is a finding where one was asked for, and none where all were. */
static int nothing_picked(const vt_pick *pick, const char *what, vt_error *err)
{
    switch (pick->by) {
    case VT_PICK_ID:
        return vt_fail(err, VT_ERR_NOT_FOUND, "there is no %s \"%.*s\" in this shop; ids are case-sensitive", what,
                       VT_STR_ARGS(pick->id));
    case VT_PICK_ROW:
        return vt_fail(err, VT_ERR_NOT_FOUND, "there is no %s in row %lld of this shop (any more)", what,
                       (long long)pick->row);
    default:
        return VT_OK;
    }
}

int vt_sqlite_each_item(vt_store *store, vt_pick pick, vt_item_each each, void *context, vt_error *err)
{
    static const vt_sql ways[] = {VT_SQL_ITEMS_AFTER, VT_SQL_ITEM_ROW, VT_SQL_ITEM_KEY};
    item_pass w = {.each = each, .context = context};
    int status = pass_picked((vt_sqlite *)store, ways[pick.by], &pick, item_row, &w, err);
    vt_free(w.images);
    return status == VT_OK && w.rows == 0 ? nothing_picked(&pick, "item", err) : status;
}

typedef struct user_pass {
    vt_user_each each;
    void *context;
    int64_t rows;
} user_pass;

static int user_row(void *context, sqlite3_stmt *statement, vt_error *err)
{
    (void)err;
    user_pass *w = context;
    vt_user user;
    vt_user_init(&user);
    user.id = vt_column_str(statement, 1);
    user.age_band = vt_column_str(statement, 2);
    user.segment = vt_column_str(statement, 3);
    user.region = vt_column_str(statement, 4);
    user.tier = vt_column_str(statement, 5);
    user.attributes = vt_column_str(statement, 6);
    w->rows++;
    return w->each(w->context, sqlite3_column_int64(statement, 0), &user);
}

int vt_sqlite_each_user(vt_store *store, vt_pick pick, vt_user_each each, void *context, vt_error *err)
{
    static const vt_sql ways[] = {VT_SQL_USERS_AFTER, VT_SQL_USER_ROW, VT_SQL_USER_KEY};
    user_pass w = {.each = each, .context = context};
    int status = pass_picked((vt_sqlite *)store, ways[pick.by], &pick, user_row, &w, err);
    return status == VT_OK && w.rows == 0 ? nothing_picked(&pick, "user", err) : status;
}

typedef struct link_pass {
    vt_link_each each;
    void *context;
} link_pass;

static int link_row(void *context, sqlite3_stmt *statement, vt_error *err)
{
    (void)err;
    const link_pass *w = context;
    vt_link link = {
        .from = vt_column_str(statement, 0),
        .to = vt_column_str(statement, 1),
        .kind = vt_column_str(statement, 2),
        .weight = sqlite3_column_double(statement, 3),
    };
    return w->each(w->context, &link);
}

static int each_link(vt_store *store, vt_sql which, vt_link_each each, void *context, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    link_pass w = {each, context};
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_open_pass(s, which, &statement, err);
    return status == VT_OK ? vt_sqlite_pass(s, statement, link_row, &w, err) : status;
}

int vt_sqlite_each_user_link(vt_store *store, vt_link_each each, void *context, vt_error *err)
{
    return each_link(store, VT_SQL_EACH_USER_LINK, each, context, err);
}

int vt_sqlite_each_item_link(vt_store *store, vt_link_each each, void *context, vt_error *err)
{
    return each_link(store, VT_SQL_EACH_ITEM_LINK, each, context, err);
}

typedef struct weight_pass {
    vt_weight_each each;
    void *context;
} weight_pass;

static int weight_row(void *context, sqlite3_stmt *statement, vt_error *err)
{
    (void)err;
    const weight_pass *w = context;
    vt_weight weight = {
        .topic = vt_column_str(statement, 0),
        .place = vt_column_str(statement, 1),
        .name = vt_column_str(statement, 2),
        .value = sqlite3_column_double(statement, 3),
        .n = sqlite3_column_int64(statement, 4),
    };
    return w->each(w->context, &weight);
}

int vt_sqlite_each_weight(vt_store *store, vt_str model, vt_weight_each each, void *context, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    weight_pass w = {each, context};
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_open_pass(s, VT_SQL_EACH_WEIGHT, &statement, err);
    if (status == VT_OK) {
        vt_bind_str(statement, 1, model);
        status = vt_sqlite_pass(s, statement, weight_row, &w, err);
    }
    return status;
}

typedef struct price_pass {
    vt_price_each each;
    void *context;
    int64_t price, cost; /* in effect */
} price_pass;

/* A row has what was said; what it does not speak of stays as it was. */
static int price_row(void *context, sqlite3_stmt *statement, vt_error *err)
{
    (void)err;
    price_pass *w = context;
    int64_t price = vt_column_int(statement, 1);
    int64_t cost = vt_column_int(statement, 2);
    int cleared = sqlite3_column_int(statement, 3);
    w->price = price != VT_NONE || (cleared & VT_CLEARED_PRICE) != 0 ? price : w->price;
    w->cost = cost != VT_NONE || (cleared & VT_CLEARED_COST) != 0 ? cost : w->cost;
    return w->each(w->context, sqlite3_column_int64(statement, 0), w->price, w->cost);
}

int vt_sqlite_prices(vt_store *store, vt_str item, vt_price_each each, void *context, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    price_pass w = {each, context, VT_NONE, VT_NONE};
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_open_pass(s, VT_SQL_PRICES, &statement, err);
    if (status == VT_OK) {
        vt_bind_str(statement, 1, item);
        status = vt_sqlite_pass(s, statement, price_row, &w, err);
    }
    return status;
}

typedef struct stock_pass {
    vt_stock_each each;
    void *context;
} stock_pass;

static int stock_row(void *context, sqlite3_stmt *statement, vt_error *err)
{
    (void)err;
    const stock_pass *w = context;
    return w->each(w->context, sqlite3_column_int64(statement, 0), vt_column_int(statement, 1));
}

int vt_sqlite_stocks(vt_store *store, vt_str item, vt_stock_each each, void *context, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    stock_pass w = {each, context};
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_open_pass(s, VT_SQL_STOCKS, &statement, err);
    if (status == VT_OK) {
        vt_bind_str(statement, 1, item);
        status = vt_sqlite_pass(s, statement, stock_row, &w, err);
    }
    return status;
}

typedef struct stocks_pass {
    vt_stock_row_each each;
    void *context;
} stocks_pass;

static int stocks_row(void *context, sqlite3_stmt *statement, vt_error *err)
{
    (void)err;
    const stocks_pass *w = context;
    return w->each(w->context, sqlite3_column_int64(statement, 1), sqlite3_column_int64(statement, 2),
                   vt_column_int(statement, 3));
}

int vt_sqlite_each_stock(vt_store *store, int64_t after, vt_stock_row_each each, void *context, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    stocks_pass w = {each, context};
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_open_pass(s, VT_SQL_STOCKS_AFTER, &statement, err);
    if (status == VT_OK) {
        vt_bind_int(statement, 1, after);
        status = vt_sqlite_pass(s, statement, stocks_row, &w, err);
    }
    return status;
}
