/*
 * Events as texts: ITEM, ITEM@TIME, ITEM:TYPE, ITEM:rating=4@TIME. Ids may hold ":" and "@" themselves, so these are
 * looked for from the end, and what does not read as a time or a type belongs to the id.
 */
#include "vitrine/given.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/number.h"
#include "import/columns.h"
#include "import/text.h"

static vt_given_event *add(vt_given_events *e, vt_error *err)
{
    if (e->texts == NULL && vt_arena_create(&e->texts, 0, err) != VT_OK) {
        return NULL;
    }
    if (vt_alloc_next(&e->event, &e->capacity, e->n, sizeof *e->event, err) != VT_OK) {
        return NULL;
    }
    vt_given_event_init(&e->event[e->n]);
    return &e->event[e->n];
}

void vt_given_events_done(vt_given_events *e)
{
    vt_free(e->event);
    vt_arena_free(e->texts);
    *e = (vt_given_events){0};
}

/* A date or a time; a short number is none, so that ids such as "mug@2" stay whole. */
static bool read_time(int64_t *out, vt_str text)
{
    vt_error none = VT_ERROR_INIT;
    bool date = memchr(text.ptr, '-', text.len) != NULL;
    return (date || text.len >= 9) && vt_parse_time(out, text, NULL, &none) == VT_OK;
}

/* "view", "rating=4". */
static bool read_type(vt_given_event *event, vt_str text)
{
    const char *equals = memchr(text.ptr, '=', text.len);
    size_t len = equals == NULL ? text.len : (size_t)(equals - text.ptr);
    int kind = vt_event_kind_find((vt_str){text.ptr, len});
    double value = (double)NAN;
    if (kind < 0 || (equals != NULL && !vt_parse_real(&value, (vt_str){equals + 1, text.len - len - 1}))) {
        return false;
    }
    event->kind = kind;
    event->value = value;
    return true;
}

/* Where the last `mark` of a text is, NULL without one inside it. */
static const char *last_of(vt_str text, char mark)
{
    for (size_t i = text.len; i-- > 1;) {
        if (text.ptr[i] == mark && i + 1 < text.len) {
            return text.ptr + i;
        }
    }
    return NULL;
}

int vt_given_events_add(vt_given_events *e, const char *given, vt_error *err)
{
    vt_given_event *event = add(e, err);
    vt_str text = vt_str_of(given);
    if (event == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    const char *at = last_of(text, '@');
    if (at != NULL && read_time(&event->time, (vt_str){at + 1, text.len - (size_t)(at + 1 - text.ptr)})) {
        text.len = (size_t)(at - text.ptr);
    }
    const char *colon = last_of(text, ':');
    if (colon != NULL && read_type(event, (vt_str){colon + 1, text.len - (size_t)(colon + 1 - text.ptr)})) {
        text.len = (size_t)(colon - text.ptr);
    }
    event->item = vt_arena_str(e->texts, text, err).ptr;
    e->n += event->item != NULL;
    return event->item == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

enum { ITEM, TIME, TYPE, VALUE, FIELDS };

static const vt_column_field fields[FIELDS] = {
    [ITEM] = {"item", "item_id itemid product product_id productid asin parent_asin sku"},
    [TIME] = {"time", "timestamp timestamp_ms time_ms date datetime created_at event_time"},
    [TYPE] = {"type", "kind event event_type action"},
    [VALUE] = {"value", "rating score stars"},
};

static int bad_cell(const vt_columns *columns, size_t field, vt_str cell, const char *expected, const char *path,
                    int64_t line, vt_error *err)
{
    return vt_fail(err, VT_ERR_FORMAT, "%s:%" PRId64 ": \"%s\" is \"%.*s\"; %s is expected", path, line,
                   vt_columns_name(columns, field), VT_SHOWN(cell), expected);
}

static int add_row(vt_given_events *e, const vt_columns *columns, const vt_str *row, const char *path, int64_t line,
                   vt_error *err)
{
    vt_error none = VT_ERROR_INIT;
    vt_str item = vt_columns_get(columns, ITEM, row), time = vt_columns_get(columns, TIME, row);
    vt_str type = vt_columns_get(columns, TYPE, row), value = vt_columns_get(columns, VALUE, row);
    vt_given_event *event = add(e, err);
    if (event == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    if (item.ptr == NULL) {
        return vt_fail(err, VT_ERR_FORMAT, "%s:%" PRId64 ": there is no item; its id is expected", path, line);
    }
    if (time.ptr != NULL && vt_parse_time(&event->time, time, NULL, &none) != VT_OK) {
        return bad_cell(columns, TIME, time, "a date such as 2026-11-01 or seconds since 1970", path, line, err);
    }
    if (type.ptr != NULL) {
        event->kind = vt_event_kind_find(type);
        if (event->kind < 0) {
            return bad_cell(columns, TYPE, type, "a type such as purchase, view or rating", path, line, err);
        }
    }
    if (value.ptr != NULL && !vt_parse_real(&event->value, value)) {
        return bad_cell(columns, VALUE, value, "a number", path, line, err);
    }
    event->kind = type.ptr == NULL && value.ptr != NULL ? VT_EVENT_RATING : event->kind;
    event->item = vt_arena_str(e->texts, item, err).ptr;
    e->n += event->item != NULL;
    return event->item == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

static int add_rows(vt_given_events *e, vt_csv *csv, const char *path, vt_error *err)
{
    vt_columns columns = {0};
    const vt_columns_spec spec = {.file = path, .fields = fields, .n_fields = FIELDS};
    const vt_str *row = NULL;
    size_t n = 0;
    int status = vt_csv_row(csv, &row, &n, err);
    if (status == VT_OK && n == 0) {
        return vt_fail(err, VT_ERR_FORMAT, "%s is empty; a line with the names of the columns is expected first", path);
    }
    status = status == VT_OK ? vt_columns_match(&columns, &spec, row, n, err) : status;
    if (status != VT_OK) {
        return status;
    }
    if (columns.column[ITEM] < 0) {
        status = vt_fail(err, VT_ERR_FORMAT,
                         "%s has no column \"item\"; a first line with names such as item,time,type,value is expected",
                         path);
    }
    while (status == VT_OK) {
        status = vt_csv_row(csv, &row, &n, err);
        if (status != VT_OK || n == 0) {
            break;
        }
        if (n != columns.n) {
            status = vt_fail(err, VT_ERR_FORMAT, "%s:%" PRId64 ": the row has %zu cells; %zu are expected", path,
                             vt_csv_line(csv), n, columns.n);
            break;
        }
        status = add_row(e, &columns, row, path, vt_csv_line(csv), err);
    }
    vt_columns_done(&columns);
    return status;
}

int vt_given_events_read(vt_given_events *e, const char *path, vt_error *err)
{
    vt_stream *stream = NULL;
    vt_csv *csv = NULL;
    int status = vt_stream_open(&stream, path, err);
    if (status == VT_OK) {
        status = vt_csv_create(&csv, stream, 0, err);
    }
    if (status == VT_OK) {
        status = add_rows(e, csv, path, err);
    }
    vt_csv_free(csv);
    vt_stream_close(stream);
    return status;
}
