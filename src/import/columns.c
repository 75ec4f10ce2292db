/*
 * Names are compared as vt_word_key() writes them, so that "Order ID", "order_id" and "ORDER-ID" are one. A column
 * that the map uses is not found a second time by its name.
 */
#include "import/columns.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/number.h"
#include "import/words.h"

bool vt_column_exists(const vt_str *header, size_t n, const char *name)
{
    char written[VT_WORD_BYTES];
    for (size_t i = 0; i < n; i++) {
        vt_word_key(written, sizeof written, header[i]);
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

void vt_columns_list(char out[VT_COLUMNS_LIST], const vt_columns *columns)
{
    size_t len = 0;
    out[0] = '\0';
    for (size_t i = 0; i < columns->n && len < VT_COLUMNS_LIST; i++) {
        int n =
            snprintf(out + len, VT_COLUMNS_LIST - len, "%s%.*s", i == 0 ? "" : ", ", VT_STR_ARGS(columns->header[i]));
        len += n < 0 ? VT_COLUMNS_LIST : (size_t)n;
    }
}

static void list_fields(char out[VT_COLUMNS_LIST], const vt_columns *columns)
{
    size_t len = 0;
    out[0] = '\0';
    for (size_t i = 0; i < columns->n_fields && len < VT_COLUMNS_LIST; i++) {
        int n = snprintf(out + len, VT_COLUMNS_LIST - len, "%s%s", i == 0 ? "" : ", ", columns->fields[i].name);
        len += n < 0 ? VT_COLUMNS_LIST : (size_t)n;
    }
}

/* The column "#2", or of exactly that name, else of a name that is written alike; -1. */
static int find_column(const vt_columns *columns, vt_str name)
{
    char wanted[VT_WORD_BYTES];
    char written[VT_WORD_BYTES];
    int64_t number = 0;
    if (name.len > 1 && name.ptr[0] == '#' && vt_parse_int(&number, (vt_str){name.ptr + 1, name.len - 1})) {
        return number >= 1 && number <= (int64_t)columns->n ? (int)number - 1 : -1;
    }
    for (size_t i = 0; i < columns->n; i++) {
        if (vt_str_equal(columns->header[i], name)) {
            return (int)i;
        }
    }
    vt_word_key(wanted, sizeof wanted, name);
    for (size_t i = 0; i < columns->n; i++) {
        vt_word_key(written, sizeof written, columns->header[i]);
        if (strcmp(written, wanted) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* Where the entry at `p` ends: a comma belongs to the column's name when no "field=" follows it, or within quotes. */
static const char *entry_end(const char *p)
{
    const char *equals = strchr(p, '=');
    const char *quote = equals != NULL && equals[1] == '"' ? strchr(equals + 2, '"') : NULL;
    for (const char *comma = strchr(quote == NULL ? p : quote, ','); comma != NULL; comma = strchr(comma + 1, ',')) {
        const char *next = strchr(comma + 1, ',');
        const char *follows = strchr(comma + 1, '=');
        if (follows != NULL && (next == NULL || follows < next)) {
            return comma;
        }
    }
    return p + strlen(p);
}

static int find_field(const vt_column_field *fields, size_t n, vt_str name)
{
    for (size_t i = 0; i < n; i++) {
        if (vt_str_equal(name, vt_str_of(fields[i].name))) {
            return (int)i;
        }
    }
    return -1;
}

static int add_attribute(vt_columns *columns, vt_str name, int column, vt_error *err)
{
    if (columns->n_attributes == VT_COLUMNS_ATTRIBUTES) {
        return vt_fail(err, VT_ERR_LIMIT, "the map has more than %d attributes", VT_COLUMNS_ATTRIBUTES);
    }
    columns->attributes[columns->n_attributes].name = name;
    columns->attributes[columns->n_attributes++].column = column;
    return VT_OK;
}

static bool quoted(vt_str text)
{
    return text.len >= 2 && text.ptr[0] == '"' && text.ptr[text.len - 1] == '"';
}

/* `strict`: the caller's own map, in which every name must be one. */
static int map_entry(vt_columns *columns, const vt_columns_spec *spec, vt_str field, vt_str column, bool strict,
                     vt_error *err)
{
    static const char prefix[] = "attributes.";
    char list[VT_COLUMNS_LIST];
    int to = find_field(columns->fields, columns->n_fields, field);
    bool free_field = field.len > sizeof prefix - 1 && memcmp(field.ptr, prefix, sizeof prefix - 1) == 0;
    if (to < 0 && !free_field) {
        if (!strict || find_field(spec->others, spec->n_others, field) >= 0) {
            return VT_OK;
        }
        list_fields(list, columns);
        return vt_fail(err, VT_ERR_USAGE, "there is no field \"%.*s\" (from the map); the fields are %s",
                       VT_STR_ARGS(field), list);
    }
    if (quoted(column) && to >= 0) {
        columns->constant[to] = (vt_str){column.ptr + 1, column.len - 2};
        return VT_OK;
    }
    int at = find_column(columns, column);
    if (at < 0) {
        if (!strict || find_field(spec->others, spec->n_others, field) >= 0) {
            return VT_OK;
        }
        vt_columns_list(list, columns);
        return vt_fail(err, VT_ERR_USAGE, "%s has no column \"%.*s\" (from the map); its columns are %s", spec->file,
                       VT_STR_ARGS(column), list);
    }
    if (free_field) {
        return add_attribute(columns, (vt_str){field.ptr + sizeof prefix - 1, field.len - sizeof prefix + 1}, at, err);
    }
    if (strict || columns->column[to] < 0) {
        columns->column[to] = at;
    }
    return VT_OK;
}

static int read_map(vt_columns *columns, const vt_columns_spec *spec, const char *map, bool strict, vt_error *err)
{
    for (const char *p = map; *p != '\0';) {
        const char *end = entry_end(p);
        const char *equals = memchr(p, '=', (size_t)(end - p));
        if (equals == NULL) {
            return vt_fail(err, VT_ERR_USAGE, "the map entry \"%.*s\" is no field=column", (int)(end - p), p);
        }
        int status = map_entry(columns, spec, vt_trim((vt_str){p, (size_t)(equals - p)}),
                               vt_trim((vt_str){equals + 1, (size_t)(end - equals - 1)}), strict, err);
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
    char written[VT_WORD_BYTES];
    while (*names != '\0') {
        size_t len = strcspn(names, " ");
        for (size_t i = 0; i < columns->n; i++) {
            vt_word_key(written, sizeof written, columns->header[i]);
            if (strlen(written) == len && memcmp(written, names, len) == 0 && !taken(columns, (int)i)) {
                return (int)i;
            }
        }
        names += len + (names[len] == ' ');
    }
    return -1;
}

/* All exact names before any alias: "title" is not lost to a field that also goes by it. */
static void match_names(vt_columns *columns)
{
    for (size_t i = 0; i < columns->n_fields; i++) {
        const vt_column_field *field = &columns->fields[i];
        if (!vt_columns_has(columns, i) && !field->by_alias) {
            columns->column[i] = find_free(columns, field->name);
        }
    }
    for (size_t i = 0; i < columns->n_fields; i++) {
        if (!vt_columns_has(columns, i)) {
            columns->column[i] = find_free(columns, columns->fields[i].aliases);
        }
    }
}

int vt_columns_match(vt_columns *out, const vt_columns_spec *spec, const vt_str *header, size_t n, vt_error *err)
{
    vt_columns columns = {.fields = spec->fields, .n_fields = spec->n_fields};
    for (size_t i = 0; i < VT_COLUMNS_FIELDS; i++) {
        columns.column[i] = -1;
    }
    int status = copy_header(&columns, header, n, err);
    if (status == VT_OK && spec->map != NULL) {
        status = read_map(&columns, spec, spec->map, true, err);
    }
    if (status == VT_OK && spec->like != NULL) {
        status = read_map(&columns, spec, spec->like, false, err);
    }
    if (status == VT_OK) {
        columns.nothing = vt_alloc_zero(1, sizeof *columns.nothing, err);
        status = columns.nothing == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    if (status != VT_OK) {
        vt_columns_done(&columns);
        return status;
    }
    match_names(&columns);
    *out = columns;
    return VT_OK;
}

void vt_columns_done(vt_columns *columns)
{
    vt_free(columns->header);
    vt_free(columns->texts);
    vt_free(columns->nothing);
    columns->header = NULL;
    columns->texts = NULL;
    columns->nothing = NULL;
}

bool vt_columns_has(const vt_columns *columns, size_t field)
{
    return columns->column[field] >= 0 || columns->constant[field].ptr != NULL;
}

/* The 0012 of ="0012", as a spreadsheet writes what must stay a text. */
static vt_str without_formula(vt_str text)
{
    bool formula = text.len >= 3 && text.ptr[0] == '=' && text.ptr[1] == '"' && text.ptr[text.len - 1] == '"';
    return formula ? vt_trim((vt_str){text.ptr + 2, text.len - 3}) : text;
}

/* "'-20% Mug" and, of ids, "'00012": how exporters keep a spreadsheet from reading a formula or a number. */
static vt_str without_escape(vt_str text, vt_cell_type type)
{
    if (text.len > 1 && text.ptr[0] == '\'') {
        char next = text.ptr[1];
        bool formula = next == '=' || next == '+' || next == '-' || next == '@';
        if (formula || (type != VT_CELL_TEXT && type != VT_CELL_EVENT && next >= '0' && next <= '9')) {
            return (vt_str){text.ptr + 1, text.len - 1};
        }
    }
    return text;
}

static void count_nothing(vt_columns_nothing *nothing, int column, vt_str word)
{
    if (nothing->count++ == 0) {
        nothing->column = column;
        snprintf(nothing->word, sizeof nothing->word, "%.*s", VT_STR_ARGS(word));
    }
}

vt_str vt_columns_peek(const vt_columns *columns, size_t field, const vt_str *row)
{
    return without_escape(without_formula(vt_trim(row[columns->column[field]])), columns->fields[field].type);
}

vt_str vt_columns_get(const vt_columns *columns, size_t field, const vt_str *row)
{
    static const vt_str none = {NULL, 0};
    int at = columns->column[field];
    if (at < 0) {
        return columns->constant[field];
    }
    vt_cell_type type = columns->fields[field].type;
    vt_str text = without_formula(vt_trim(row[at]));
    if (text.len == 0) {
        return none;
    }
    bool country = type == VT_CELL_CODE && text.len == 2;
    if (text.len < 15 && !country && vt_word_nothing(text)) {
        count_nothing(columns->nothing, at, text);
        return none;
    }
    return without_escape(text, type);
}

const char *vt_columns_name(const vt_columns *columns, size_t field)
{
    int at = columns->column[field];
    return at < 0 ? columns->fields[field].name : columns->header[at].ptr;
}

int vt_columns_require(const vt_columns *columns, const char *file, size_t field, vt_error *err)
{
    if (vt_columns_has(columns, field)) {
        return VT_OK;
    }
    char list[VT_COLUMNS_LIST];
    const char *name = columns->fields[field].name;
    vt_columns_list(list, columns);
    return vt_fail(err, VT_ERR_FORMAT, "%s has no column for \"%s\"; map one with %s=COLUMN (its columns are %s)", file,
                   name, name, list);
}

const char *vt_columns_use(const vt_columns *columns, size_t column, char buffer[64])
{
    for (size_t i = 0; i < columns->n_fields; i++) {
        if (columns->column[i] == (int)column) {
            return columns->fields[i].name;
        }
    }
    for (size_t i = 0; i < columns->n_attributes; i++) {
        if (columns->attributes[i].column == (int)column) {
            snprintf(buffer, 64, "attributes.%.*s", VT_STR_ARGS(columns->attributes[i].name));
            return buffer;
        }
    }
    return NULL;
}

int vt_columns_twice(const vt_columns *columns)
{
    char name[VT_WORD_BYTES];
    char other[VT_WORD_BYTES];
    for (size_t i = 1; i < columns->n; i++) {
        vt_word_key(name, sizeof name, columns->header[i]);
        for (size_t k = 0; k < i && name[0] != '\0'; k++) {
            vt_word_key(other, sizeof other, columns->header[k]);
            if (strcmp(name, other) == 0) {
                return (int)i;
            }
        }
    }
    return -1;
}
