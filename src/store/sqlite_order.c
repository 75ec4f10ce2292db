/*
 * Order lines that are there already: replaced by a later put, cancelled, returned, refunded. Rows of events never
 * change under a reader, so the line goes on in a new row, and the journal tells of the old one. A put replaces what it
 * says of the line; its state and refund stay unless they are given, since an export of sales that is sent again must
 * not take a cancellation back.
 */
#include "store/sqlite_order.h"

#include "base/alloc.h"
#include "store/event_key.h"

/* Columns of VT_SQL_LINE_GET. */
enum {
    AT_ROW,
    AT_USER,
    AT_SESSION,
    AT_ITEM,
    AT_TIME,
    AT_VALUE,
    AT_QUANTITY,
    AT_PRICE,
    AT_DISCOUNT,
    AT_CURRENCY,
    AT_PART,
    AT_TITLE,
    AT_BODY,
    AT_PLACEMENT,
    AT_MODEL,
    AT_REQUEST,
    AT_REFUNDED,
    AT_STATE,
    AT_IMPORT
};

/* The stored line, as far as replacing it needs. */
typedef struct stored_line {
    const unsigned char *key;
    int64_t row;
    int64_t user;
    int64_t owner; /* the import that made it */
    int64_t refunded;
    vt_line_state state;
} stored_line;

static int get_line(vt_sqlite *s, const unsigned char *key, sqlite3_stmt **out, stored_line *line, vt_error *err)
{
    sqlite3_stmt *get = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_LINE_GET, &get, err);
    if (status != VT_OK) {
        return status;
    }
    sqlite3_bind_blob(get, 1, key, VT_EVENT_KEY_BYTES, SQLITE_STATIC);
    int code = sqlite3_step(get);
    if (code != SQLITE_ROW) {
        return vt_sqlite_fail(s, code, "read an order line", err);
    }
    *line = (stored_line){
        .key = key,
        .row = sqlite3_column_int64(get, AT_ROW),
        .user = vt_column_int(get, AT_USER),
        .owner = sqlite3_column_int64(get, AT_IMPORT),
        .refunded = vt_column_int(get, AT_REFUNDED),
        .state = (vt_line_state)sqlite3_column_int(get, AT_STATE),
    };
    *out = get;
    return VT_OK;
}

static bool same_text(sqlite3_stmt *get, int at, vt_str text)
{
    vt_str stored = vt_column_str(get, at);
    return (stored.ptr == NULL) == (text.ptr == NULL) && vt_str_equal(stored, text);
}

static bool same_content(sqlite3_stmt *get, const vt_sqlite_line *line)
{
    const vt_event *e = line->event;
    const struct {
        int at;
        vt_str text;
    } texts[] = {{AT_SESSION, e->session}, {AT_CURRENCY, line->currency}, {AT_TITLE, e->title},    {AT_BODY, e->body},
                 {AT_MODEL, e->model},     {AT_PLACEMENT, e->placement},  {AT_REQUEST, e->request}};
    const struct {
        int at;
        int64_t number;
    } numbers[] = {{AT_USER, line->user},      {AT_ITEM, line->item},     {AT_TIME, e->time},
                   {AT_QUANTITY, e->quantity}, {AT_PRICE, e->unit_price}, {AT_DISCOUNT, e->discount},
                   {AT_PART, (int64_t)e->part}};
    bool same = true;
    for (size_t i = 0; i < sizeof texts / sizeof *texts && same; i++) {
        same = same_text(get, texts[i].at, texts[i].text);
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers && same; i++) {
        same = vt_column_int(get, numbers[i].at) == numbers[i].number;
    }
    bool valued = sqlite3_column_type(get, AT_VALUE) != SQLITE_NULL;
    return same && valued == (e->value == e->value) && (!valued || sqlite3_column_double(get, AT_VALUE) == e->value);
}

/* Keeps what the line holds before `field` of it changes, by the rules of vt_sqlite_must_keep. */
static int keep_line(vt_sqlite *s, const stored_line *line, int field, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    bool keep = false;
    if (s->import_id != 0 && line->owner == s->import_id) {
        return VT_OK;
    }
    int status = vt_sqlite_prepare(s, VT_SQL_LINE_CHANGE_NEWEST, &statement, err);
    if (status == VT_OK) {
        sqlite3_bind_blob(statement, 1, line->key, VT_EVENT_KEY_BYTES, SQLITE_STATIC);
        vt_bind_int(statement, 2, field);
        status = vt_sqlite_must_keep(s, statement, line->owner, &keep, err);
    }
    if (status == VT_OK && keep) {
        status = vt_sqlite_prepare(s, VT_SQL_LINE_CHANGE_ADD, &statement, err);
    }
    if (status != VT_OK || !keep) {
        return status;
    }
    sqlite3_bind_blob(statement, 1, line->key, VT_EVENT_KEY_BYTES, SQLITE_STATIC);
    vt_bind_int(statement, 2, field);
    vt_bind_int(statement, 3, s->import_id);
    return vt_sqlite_run(s, statement, "keep an order line", err);
}

/* Runs a statement with a row and another. */
static int run_rows(vt_sqlite *s, vt_sql which, int64_t first, int64_t second, vt_error *err)
{
    sqlite3_stmt *statement = NULL;
    int status = vt_sqlite_prepare(s, which, &statement, err);
    if (status == VT_OK) {
        vt_bind_int(statement, 1, first);
        vt_bind_int(statement, 2, second);
        status = vt_sqlite_run(s, statement, "change an order line", err);
    }
    return status;
}

/* The row in which a line goes on: a new one when a reader may have seen the old one, which is then told. */
static int next_row(vt_sqlite *s, const stored_line *line, vt_str session, int64_t *row, vt_error *err)
{
    *row = line->row;
    if (line->row > s->before.event) {
        return VT_OK;
    }
    *row = ++s->mark.event;
    return vt_sqlite_journal_event(s, line->row, line->user, session, err);
}

static int write_content(vt_sqlite *s, const vt_sqlite_line *line, int64_t from, int64_t to, vt_line_state state,
                         int64_t refunded, vt_error *err)
{
    const vt_event *e = line->event;
    sqlite3_stmt *replace = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_LINE_REPLACE, &replace, err);
    if (status == VT_OK) {
        vt_bind_int(replace, 1, to);
        vt_bind_int(replace, 2, line->user);
        vt_bind_str(replace, 3, e->session);
        vt_bind_int(replace, 4, line->item);
        vt_bind_int(replace, 5, e->time);
        vt_bind_real(replace, 6, e->value);
        vt_bind_int(replace, 7, e->quantity);
        vt_bind_int(replace, 8, e->unit_price);
        vt_bind_int(replace, 9, e->discount);
        vt_bind_str(replace, 10, line->currency);
        vt_bind_int(replace, 11, e->part);
        vt_bind_int(replace, 12, refunded);
        vt_bind_int(replace, 13, state);
        vt_bind_int(replace, 14, from);
        status = vt_sqlite_run(s, replace, "replace an order line", err);
    }
    if (status == VT_OK) {
        status = run_rows(s, VT_SQL_REVIEW_DELETE, from, VT_NONE, err);
    }
    if (status == VT_OK) {
        status = run_rows(s, VT_SQL_EXPOSURE_DELETE, from, VT_NONE, err);
    }
    return status == VT_OK ? vt_sqlite_add_texts(s, to, e, err) : status;
}

static int write_state(vt_sqlite *s, int64_t from, int64_t to, vt_line_state state, int64_t refunded, vt_error *err)
{
    sqlite3_stmt *change = NULL;
    int status = vt_sqlite_prepare(s, VT_SQL_LINE_STATE, &change, err);
    if (status == VT_OK) {
        vt_bind_int(change, 1, to);
        vt_bind_int(change, 2, refunded);
        vt_bind_int(change, 3, state);
        vt_bind_int(change, 4, from);
        status = vt_sqlite_run(s, change, "change an order line", err);
    }
    if (status == VT_OK && to != from) {
        status = run_rows(s, VT_SQL_REVIEW_MOVE, to, from, err);
    }
    if (status == VT_OK && to != from) {
        status = run_rows(s, VT_SQL_EXPOSURE_MOVE, to, from, err);
    }
    return status;
}

/* Gives a line new content (NULL: it stays), state and refund, as far as they differ. */
static int change_line(vt_sqlite *s, const unsigned char *key, const vt_sqlite_line *content, vt_line_state state,
                       int64_t refunded, vt_put *done, vt_error *err)
{
    sqlite3_stmt *get = NULL;
    stored_line line = {.row = 0};
    int64_t row = 0;
    int status = get_line(s, key, &get, &line, err);
    if (status != VT_OK) {
        return status;
    }
    const bool changes[] = {
        [VT_LINE_CONTENT] = content != NULL && !same_content(get, content),
        [VT_LINE_CHANGES_STATE] = state != line.state,
        [VT_LINE_CHANGES_REFUND] = refunded != VT_NONE && refunded != line.refunded,
    };
    if (!changes[VT_LINE_CONTENT] && !changes[VT_LINE_CHANGES_STATE] && !changes[VT_LINE_CHANGES_REFUND]) {
        sqlite3_reset(get);
        *done = VT_PUT_SAME;
        return VT_OK;
    }
    for (int field = VT_LINE_CONTENT; field <= VT_LINE_CHANGES_REFUND && status == VT_OK; field++) {
        status = changes[field] ? keep_line(s, &line, field, err) : VT_OK;
    }
    status = status != VT_OK ? status : next_row(s, &line, vt_column_str(get, AT_SESSION), &row, err);
    sqlite3_reset(get);
    refunded = refunded == VT_NONE ? line.refunded : refunded;
    if (status == VT_OK) {
        status = changes[VT_LINE_CONTENT] ? write_content(s, content, line.row, row, state, refunded, err)
                                          : write_state(s, line.row, row, state, refunded, err);
    }
    if (status == VT_OK) {
        s->changed = true;
        *done = VT_PUT_CHANGED;
    }
    return status;
}

int vt_sqlite_replace_line(vt_sqlite *s, const vt_sqlite_line *line, vt_put *done, vt_error *err)
{
    sqlite3_stmt *get = NULL;
    stored_line stored = {.row = 0};
    int status = get_line(s, line->key, &get, &stored, err);
    if (status != VT_OK) {
        return status;
    }
    sqlite3_reset(get);
    vt_line_state state = line->event->state == VT_LINE_SOLD ? stored.state : line->event->state;
    return change_line(s, line->key, line, state, line->event->refunded, done, err);
}

typedef struct order_line {
    unsigned char key[VT_EVENT_KEY_BYTES];
    int64_t value; /* quantity x unit price - discount, 0 at least */
    vt_line_state state;
} order_line;

/* The lines first: changing them moves their rows. */
static int find_lines(vt_sqlite *s, vt_str order, vt_str line, order_line **out, size_t *n, vt_error *err)
{
    sqlite3_stmt *find = NULL;
    order_line *lines = NULL;
    size_t count = 0;
    size_t capacity = 0;
    int status = vt_sqlite_prepare(s, VT_SQL_LINES_OF_ORDER, &find, err);
    if (status != VT_OK) {
        return status;
    }
    vt_bind_str(find, 1, order);
    vt_bind_str(find, 2, line);
    int code = sqlite3_step(find);
    for (; code == SQLITE_ROW && status == VT_OK; code = sqlite3_step(find)) {
        if (count == capacity) {
            capacity = capacity * 2 + 16;
            order_line *grown = vt_realloc(lines, capacity, sizeof *grown, err);
            if (grown == NULL) {
                status = VT_ERR_NO_MEMORY;
                break;
            }
            lines = grown;
        }
        int64_t quantity = vt_column_int(find, 1);
        int64_t price = sqlite3_column_int64(find, 2); /* 0 when not given; the product is within bounds */
        int64_t value = (quantity == VT_NONE ? 1 : quantity) * price - sqlite3_column_int64(find, 3);
        lines[count].value = value > 0 ? value : 0;
        lines[count].state = (vt_line_state)sqlite3_column_int(find, 4);
        memcpy(lines[count++].key, sqlite3_column_blob(find, 0), VT_EVENT_KEY_BYTES);
    }
    if (status == VT_OK && code != SQLITE_DONE) {
        status = vt_sqlite_fail(s, code, "read an order", err);
    }
    sqlite3_reset(find);
    if (status != VT_OK) {
        vt_free(lines);
        return status;
    }
    *out = lines;
    *n = count;
    return VT_OK;
}

/* What line `at` gets of an amount given back for all, by value; rounding is made good by the lines that follow. */
static int64_t share_of(const order_line *lines, size_t n, size_t at, int64_t left)
{
    __int128 value = 0;
    for (size_t i = at; i < n; i++) {
        value += lines[i].value;
    }
    if (at + 1 == n || value == 0) {
        return at + 1 == n ? left : 0;
    }
    return (int64_t)((__int128)left * lines[at].value / value);
}

int vt_sqlite_set_order(vt_store *store, vt_str order, vt_str line, vt_line_state state, int64_t refunded, vt_put *done,
                        vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    order_line *lines = NULL;
    size_t n = 0;
    vt_put all = VT_PUT_SAME;
    int64_t left = refunded;
    int status = find_lines(s, order, line, &lines, &n, err);
    if (status != VT_OK) {
        return status;
    }
    if (n == 0) {
        return line.ptr == NULL
                   ? vt_fail(err, VT_ERR_NOT_FOUND, "no line of the order \"%.*s\" is stored", VT_STR_ARGS(order))
                   : vt_fail(err, VT_ERR_NOT_FOUND, "no line \"%.*s\" of the order \"%.*s\" is stored",
                             VT_STR_ARGS(line), VT_STR_ARGS(order));
    }
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        vt_put one = VT_PUT_SAME;
        int64_t share = refunded == VT_NONE ? VT_NONE : share_of(lines, n, i, left);
        left -= refunded == VT_NONE ? 0 : share;
        status = change_line(s, lines[i].key, NULL, state, share, &one, err);
        all = one == VT_PUT_CHANGED ? VT_PUT_CHANGED : all;
    }
    vt_free(lines);
    if (status == VT_OK) {
        *done = all;
    }
    return status;
}

static bool is_kept(const unsigned char (*keep)[VT_EVENT_KEY_BYTES], size_t n, const order_line *line)
{
    for (size_t i = 0; i < n; i++) {
        if (memcmp(keep[i], line->key, VT_EVENT_KEY_BYTES) == 0) {
            return true;
        }
    }
    return false;
}

int vt_sqlite_cancel_others(vt_store *store, vt_str order, const unsigned char (*keep)[VT_EVENT_KEY_BYTES], size_t n,
                            int64_t *cancelled, vt_error *err)
{
    vt_sqlite *s = (vt_sqlite *)store;
    order_line *lines = NULL;
    size_t n_lines = 0;
    int64_t count = 0;
    int status = find_lines(s, order, (vt_str){NULL, 0}, &lines, &n_lines, err);
    for (size_t i = 0; i < n_lines && status == VT_OK; i++) {
        vt_put one = VT_PUT_SAME;
        if (lines[i].state == VT_LINE_SOLD && !is_kept(keep, n, &lines[i])) {
            status = change_line(s, lines[i].key, NULL, VT_LINE_CANCELLED, VT_NONE, &one, err);
            count++;
        }
    }
    vt_free(lines);
    if (status == VT_OK) {
        *cancelled = count;
    }
    return status;
}
