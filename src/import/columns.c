/*
 * Names are compared as vt_column_name() writes them, so that "Order ID", "order_id" and "ORDER-ID" are one. A column
 * that the map uses is not found a second time by its name.
 */
#include "import/columns.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/number.h"

enum { NAME_MAX_BYTES = 64, LIST_MAX = 600 };

void vt_column_name(char *out, size_t size, vt_str name)
{
    size_t n = 0;
    for (size_t i = 0; i < name.len && n + 1 < size; i++) {
        char c = name.ptr[i];
        if (c >= 'A' && c <= 'Z') {
            c = (char)(c - 'A' + 'a');
        }
        bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || ((unsigned char)c & 0x80U) != 0;
        if (word) {
            out[n++] = c;
        } else if (n > 0 && out[n - 1] != '_') {
            out[n++] = '_';
        }
    }
    while (n > 0 && out[n - 1] == '_') {
        n--;
    }
    out[n] = '\0';
}

bool vt_column_exists(const vt_str *header, size_t n, const char *name)
{
    char written[NAME_MAX_BYTES];
    for (size_t i = 0; i < n; i++) {
        vt_column_name(written, sizeof written, header[i]);
        if (strcmp(written, name) == 0) {
            return true;
        }
    }
    return false;
}

static int copy_header(vt_columns *columns, const vt_str *header, size_t n, vt_error *err)
{
    size_t total = 0;
    for (size_t i = 0; i < n; i++) {
        total += header[i].len + 1;
    }
    columns->header = vt_alloc(n, sizeof *columns->header, err);
    columns->texts = columns->header == NULL ? NULL : vt_alloc(total, 1, err);
    if (columns->texts == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    char *place = columns->texts;
    for (size_t i = 0; i < n; i++) {
        vt_str name = vt_trim(header[i]);
        memcpy(place, name.ptr, name.len);
        place[name.len] = '\0';
        columns->header[i] = (vt_str){place, name.len};
        place += name.len + 1;
    }
    columns->n = n;
    return VT_OK;
}

/* The columns of the file in one line. */
static void list_columns(char out[LIST_MAX], const vt_columns *columns)
{
    size_t len = 0;
    out[0] = '\0';
    for (size_t i = 0; i < columns->n && len < LIST_MAX; i++) {
        int n = snprintf(out + len, LIST_MAX - len, "%s%.*s", i == 0 ? "" : ", ", VT_STR_ARGS(columns->header[i]));
        len += n < 0 ? LIST_MAX : (size_t)n;
    }
}

static void list_fields(char out[LIST_MAX], const vt_columns *columns)
{
    size_t len = 0;
    out[0] = '\0';
    for (size_t i = 0; i < columns->n_fields && len < LIST_MAX; i++) {
        int n = snprintf(out + len, LIST_MAX - len, "%s%s", i == 0 ? "" : ", ", columns->fields[i].name);
        len += n < 0 ? LIST_MAX : (size_t)n;
    }
}

/* The column of exactly that name, else of a name that is written alike; -1. */
static int find_column(const vt_columns *columns, vt_str name)
{
    char wanted[NAME_MAX_BYTES];
    char written[NAME_MAX_BYTES];
    for (size_t i = 0; i < columns->n; i++) {
        if (vt_str_equal(columns->header[i], name)) {
            return (int)i;
        }
    }
    vt_column_name(wanted, sizeof wanted, name);
    for (size_t i = 0; i < columns->n; i++) {
        vt_column_name(written, sizeof written, columns->header[i]);
        if (strcmp(written, wanted) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* Where the entry at `p` ends: a comma belongs to the column's name when no "field=" follows it. */
static const char *entry_end(const char *p)
{
    for (const char *comma = strchr(p, ','); comma != NULL; comma = strchr(comma + 1, ',')) {
        const char *next = strchr(comma + 1, ',');
        const char *equals = strchr(comma + 1, '=');
        if (equals != NULL && (next == NULL || equals < next)) {
            return comma;
        }
    }
    return p + strlen(p);
}

static int map_entry(vt_columns *columns, const char *file, vt_str field, vt_str column, vt_error *err)
{
    static const char prefix[] = "attributes.";
    char list[LIST_MAX];
    int at = find_column(columns, column);
    if (at < 0) {
        list_columns(list, columns);
        return vt_fail(err, VT_ERR_USAGE, "%s has no column \"%.*s\" (from the map); its columns are %s", file,
                       VT_STR_ARGS(column), list);
    }
    if (field.len > sizeof prefix - 1 && memcmp(field.ptr, prefix, sizeof prefix - 1) == 0) {
        if (columns->n_attributes == VT_COLUMNS_ATTRIBUTES) {
            return vt_fail(err, VT_ERR_LIMIT, "the map has more than %d attributes", VT_COLUMNS_ATTRIBUTES);
        }
        columns->attributes[columns->n_attributes].name =
            (vt_str){field.ptr + sizeof prefix - 1, field.len - sizeof prefix + 1};
        columns->attributes[columns->n_attributes++].column = at;
        return VT_OK;
    }
    for (size_t i = 0; i < columns->n_fields; i++) {
        if (vt_str_equal(field, vt_str_of(columns->fields[i].name))) {
            columns->column[i] = at;
            return VT_OK;
        }
    }
    list_fields(list, columns);
    return vt_fail(err, VT_ERR_USAGE, "there is no field \"%.*s\" (from the map); the fields are %s",
                   VT_STR_ARGS(field), list);
}

static int read_map(vt_columns *columns, const char *file, const char *map, vt_error *err)
{
    for (const char *p = map; *p != '\0';) {
        const char *end = entry_end(p);
        const char *equals = memchr(p, '=', (size_t)(end - p));
        if (equals == NULL) {
            return vt_fail(err, VT_ERR_USAGE, "the map entry \"%.*s\" is no field=column", (int)(end - p), p);
        }
        int status = map_entry(columns, file, vt_trim((vt_str){p, (size_t)(equals - p)}),
                               vt_trim((vt_str){equals + 1, (size_t)(end - equals - 1)}), err);
        if (status != VT_OK) {
            return status;
        }
        p = *end == ',' ? end + 1 : end;
    }
    return VT_OK;
}

static bool taken(const vt_columns *columns, int column)
{
    for (size_t i = 0; i < columns->n_fields; i++) {
        if (columns->column[i] == column) {
            return true;
        }
    }
    for (size_t i = 0; i < columns->n_attributes; i++) {
        if (columns->attributes[i].column == column) {
            return true;
        }
    }
    return false;
}

/* A free column whose name is one of the blank-separated `names`, in their order. */
static int find_free(const vt_columns *columns, const char *names)
{
    char written[NAME_MAX_BYTES];
    while (*names != '\0') {
        size_t len = strcspn(names, " ");
        for (size_t i = 0; i < columns->n; i++) {
            vt_column_name(written, sizeof written, columns->header[i]);
            if (strlen(written) == len && memcmp(written, names, len) == 0 && !taken(columns, (int)i)) {
                return (int)i;
            }
        }
        names += len + (names[len] == ' ');
    }
    return -1;
}

int vt_columns_match(vt_columns *out, const char *file, const vt_column_field *fields, size_t n_fields,
                     const vt_str *header, size_t n, const char *map, vt_error *err)
{
    vt_columns columns = {.fields = fields, .n_fields = n_fields};
    for (size_t i = 0; i < VT_COLUMNS_FIELDS; i++) {
        columns.column[i] = -1;
    }
    int status = copy_header(&columns, header, n, err);
    if (status == VT_OK && map != NULL) {
        status = read_map(&columns, file, map, err);
    }
    if (status != VT_OK) {
        vt_columns_done(&columns);
        return status;
    }
    /* All exact names before any alias: "title" is not lost to a field that also goes by it. */
    for (size_t i = 0; i < n_fields; i++) {
        columns.column[i] = columns.column[i] >= 0 ? columns.column[i] : find_free(&columns, fields[i].name);
    }
    for (size_t i = 0; i < n_fields; i++) {
        columns.column[i] = columns.column[i] >= 0 ? columns.column[i] : find_free(&columns, fields[i].aliases);
    }
    *out = columns;
    return VT_OK;
}

void vt_columns_done(vt_columns *columns)
{
    vt_free(columns->header);
    vt_free(columns->texts);
    columns->header = NULL;
    columns->texts = NULL;
}

vt_str vt_columns_get(const vt_columns *columns, size_t field, const vt_str *row)
{
    int at = columns->column[field];
    vt_str text = at < 0 ? (vt_str){NULL, 0} : vt_trim(row[at]);
    return text.len == 0 ? (vt_str){NULL, 0} : text;
}

const char *vt_columns_name(const vt_columns *columns, size_t field)
{
    int at = columns->column[field];
    return at < 0 ? columns->fields[field].name : columns->header[at].ptr;
}

int vt_columns_require(const vt_columns *columns, const char *file, size_t field, vt_error *err)
{
    if (columns->column[field] >= 0) {
        return VT_OK;
    }
    char list[LIST_MAX];
    const char *name = columns->fields[field].name;
    list_columns(list, columns);
    return vt_fail(err, VT_ERR_FORMAT, "%s has no column for \"%s\"; map one with %s=COLUMN (its columns are %s)", file,
                   name, name, list);
}
