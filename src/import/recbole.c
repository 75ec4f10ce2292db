/*
 * RecBole's atomic files: TAB between fields, a header of name:type, types token, token_seq, float and float_seq.
 * Fields that items and users of a shop have go there, all others become free attributes under their own names.
 */
#include "base/limits.h"
#include "base/number.h"
#include "import/columns.h"
#include "import/money.h"
#include "import/movielens.h"
#include "import/text.h"

enum { COLUMNS = 64 };

typedef enum column_type { TYPE_TOKEN, TYPE_TOKENS, TYPE_FLOAT, TYPE_FLOATS } column_type;

typedef struct recbole_file {
    vt_movielens *ml;
    char written[COLUMNS][48]; /* the names as JSON keys */
    column_type types[COLUMNS];
    size_t n;
} recbole_file;

static bool set_type(column_type *type, vt_str name)
{
    static const char *const names[] = {"token", "token_seq", "float", "float_seq"};
    for (size_t i = 0; i < 4; i++) {
        if (vt_text_same(name, names[i])) {
            *type = (column_type)i;
            return true;
        }
    }
    return false;
}

static int read_header(recbole_file *file, const char *path, vt_stream *stream, vt_error *err)
{
    vt_str fields[COLUMNS];
    vt_str line;
    int status = vt_stream_line(stream, &line, err);
    if (status != VT_OK) {
        return status;
    }
    file->n = line.ptr == NULL ? 0 : vt_movielens_cut(fields, COLUMNS, line, "\t");
    if (file->n == 0 || file->n > COLUMNS) {
        return vt_fail_at(err, VT_ERR_FORMAT, 1, "%s:1: a header of 1 to %d fields such as user_id:token is expected",
                          path, COLUMNS);
    }
    for (size_t i = 0; i < file->n; i++) {
        const char *colon = memrchr(fields[i].ptr, ':', fields[i].len);
        vt_str name = {fields[i].ptr, colon == NULL ? 0 : (size_t)(colon - fields[i].ptr)};
        vt_str type = colon == NULL ? name : vt_trim((vt_str){colon + 1, fields[i].len - name.len - 1});
        if (name.len == 0 || name.len >= sizeof file->written[0] || !set_type(&file->types[i], type)) {
            return vt_fail_at(
                err, VT_ERR_FORMAT, 1,
                "%s:1: the field \"%.*s\" is no name:type; the types are token, token_seq, float and float_seq", path,
                VT_SHOWN(fields[i]));
        }
        vt_column_name(file->written[i], sizeof file->written[i], name);
    }
    return VT_OK;
}

/* The column of the first of the blank-separated names, -1 when none is there. */
static int find(const recbole_file *file, const char *names)
{
    while (*names != '\0') {
        size_t len = strcspn(names, " ");
        for (size_t i = 0; i < file->n; i++) {
            if (strlen(file->written[i]) == len && memcmp(file->written[i], names, len) == 0) {
                return (int)i;
            }
        }
        names += len + (names[len] == ' ');
    }
    return -1;
}

static vt_str cell(const vt_str *row, int column)
{
    vt_str text = column < 0 ? (vt_str){NULL, 0} : vt_trim(row[column]);
    return text.len == 0 ? (vt_str){NULL, 0} : text;
}

static void write_one(vt_json_writer *writer, const char *key, vt_str text, bool number)
{
    double value = 0;
    if (number && vt_parse_real(&value, text)) {
        vt_json_number(writer, key, value);
    } else {
        vt_json_text(writer, key, text);
    }
}

/* The words of a cell as a list; of genres whose names hold no blanks this is exact. */
static void write_list(vt_json_writer *writer, const char *key, vt_str text, bool numbers)
{
    vt_json_array(writer, key);
    for (size_t i = 0; i < text.len;) {
        size_t end = i;
        while (end < text.len && text.ptr[end] != ' ') {
            end++;
        }
        if (end > i) {
            write_one(writer, NULL, (vt_str){text.ptr + i, end - i}, numbers);
        }
        i = end + 1;
    }
    vt_json_array_end(writer);
}

/* All columns but the `n` used ones as an object; the genres are called so whatever the file calls them. */
static int write_attributes(const recbole_file *file, const vt_str *row, const int *used, size_t n, int genres,
                            vt_error *err)
{
    vt_json_writer writer;
    vt_buf_clear(&file->ml->attributes);
    vt_json_writer_init(&writer, &file->ml->attributes, false);
    vt_json_object(&writer, NULL);
    for (size_t i = 0; i < file->n; i++) {
        bool free_column = true;
        for (size_t k = 0; k < n; k++) {
            free_column = free_column && used[k] != (int)i;
        }
        vt_str text = cell(row, (int)i);
        if (!free_column || text.ptr == NULL) {
            continue;
        }
        const char *key = genres == (int)i ? "genres" : file->written[i];
        bool number = file->types[i] == TYPE_FLOAT || file->types[i] == TYPE_FLOATS;
        if (file->types[i] == TYPE_TOKENS || file->types[i] == TYPE_FLOATS) {
            write_list(&writer, key, text, number);
        } else {
            write_one(&writer, key, text, number);
        }
    }
    vt_json_object_end(&writer);
    return vt_json_writer_done(&writer, err);
}

static int put_inter(recbole_file *file, const vt_str *row, vt_error *err)
{
    vt_str user = cell(row, find(file, "user_id session_id user"));
    vt_str item = cell(row, find(file, "item_id item"));
    vt_str time = cell(row, find(file, "timestamp time"));
    int rating = find(file, "rating");
    if (rating >= 0) {
        return vt_movielens_rating(file->ml, user, item, row[rating], time.ptr == NULL ? (vt_str){"", 0} : time, err);
    }
    vt_event event;
    vt_event_init(&event);
    event.user = user;
    event.item = item;
    event.kind = VT_EVENT_PURCHASE;
    double seconds = 0;
    if (time.ptr != NULL) {
        if (!vt_parse_real(&seconds, time) || seconds < -1e15 || seconds > 1e15) {
            return vt_sink_reject(file->ml->source->sink, err, "time is no time",
                                  "\"timestamp\" is \"%.*s\"; seconds since 1970 are expected", VT_SHOWN(time));
        }
        event.time = (int64_t)seconds;
    }
    return vt_sink_event(file->ml->source->sink, &event, err);
}

static int put_item(recbole_file *file, const vt_str *row, vt_error *err)
{
    int id = find(file, "item_id item");
    int title = find(file, "movie_title title name item_name product_title");
    int brand = find(file, "brand");
    int price = find(file, "price");
    int genres = find(file, "genres genre class categories category");
    const int used[] = {id, title, brand, price};
    vt_item item;
    vt_item_init(&item);
    int status = write_attributes(file, row, used, sizeof used / sizeof used[0], genres, err);
    if (status != VT_OK) {
        return status;
    }
    item.id = cell(row, id);
    item.title = cell(row, title);
    item.brand = cell(row, brand);
    item.category = cell(row, genres);
    if (genres >= 0 && file->types[genres] == TYPE_TOKENS && item.category.ptr != NULL) {
        const char *blank = memchr(item.category.ptr, ' ', item.category.len);
        item.category.len = blank == NULL ? item.category.len : (size_t)(blank - item.category.ptr);
    }
    vt_str amount = cell(row, price);
    if (!vt_text_missing(amount) &&
        !vt_money_read(&item.price, amount, vt_currency_digits(file->ml->source->currency))) {
        item.price = VT_NONE;
    }
    if (file->ml->attributes.len > 2) {
        item.attributes = (vt_str){file->ml->attributes.data, file->ml->attributes.len};
    }
    return vt_sink_item(file->ml->source->sink, &item, err);
}

static int put_user(recbole_file *file, const vt_str *row, vt_error *err)
{
    int id = find(file, "user_id user");
    int age = find(file, "age");
    const char *band = age < 0 ? NULL : vt_text_age_band(row[age]);
    const int used[] = {id, band == NULL ? -2 : age};
    vt_user user;
    vt_user_init(&user);
    int status = write_attributes(file, row, used, sizeof used / sizeof used[0], -1, err);
    if (status != VT_OK) {
        return status;
    }
    user.id = cell(row, id);
    user.age_band = vt_str_of(band);
    if (file->ml->attributes.len > 2) {
        user.attributes = (vt_str){file->ml->attributes.data, file->ml->attributes.len};
    }
    return vt_sink_user(file->ml->source->sink, &user, err);
}

static int read_recbole(vt_movielens *ml, const char *path, const char *key,
                        int (*put)(recbole_file *file, const vt_str *row, vt_error *err), vt_error *err)
{
    recbole_file file = {.ml = ml};
    vt_str row[COLUMNS];
    vt_stream *stream = NULL;
    int status = vt_source_open(ml->source, &stream, path, err);
    if (status == VT_OK) {
        status = read_header(&file, path, stream, err);
    }
    if (status == VT_OK && find(&file, key) < 0) {
        status = vt_fail_at(err, VT_ERR_FORMAT, 1, "%s:1: the header has no field %s:token", path, key);
    }
    while (status == VT_OK) {
        vt_str line;
        status = vt_source_line(ml->source, stream, &line, err);
        if (status != VT_OK || line.ptr == NULL) {
            break;
        }
        size_t n = vt_movielens_cut(row, COLUMNS, line, "\t");
        status = n == file.n ? put(&file, row, err)
                             : vt_sink_reject(ml->source->sink, err, "wrong number of fields",
                                              "%zu fields; the header has %zu", n, file.n);
    }
    vt_source_close(ml->source, stream);
    return status;
}

int vt_recbole_inter(vt_movielens *ml, const char *path, vt_error *err)
{
    return read_recbole(ml, path, "item_id", put_inter, err);
}

int vt_recbole_item(vt_movielens *ml, const char *path, vt_error *err)
{
    return read_recbole(ml, path, "item_id", put_item, err);
}

int vt_recbole_user(vt_movielens *ml, const char *path, vt_error *err)
{
    return read_recbole(ml, path, "user_id", put_user, err);
}
