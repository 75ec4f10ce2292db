/*
 * RecBole's atomic files: TAB between fields, a header of name:type, types token, token_seq, float and float_seq.
 * Fields that items and users of a shop have go there, all others become free attributes under their own names.
 */
#include <sys/stat.h>

#include "base/limits.h"
#include "base/number.h"
#include "import/look.h"
#include "import/money.h"
#include "import/movielens.h"
#include "import/text.h"
#include "import/words.h"

enum { COLUMNS = 64 };

typedef struct recbole_file recbole_file;
typedef int put_row(recbole_file *file, const vt_str *row, vt_error *err);

typedef enum column_type { TYPE_TOKEN, TYPE_TOKENS, TYPE_FLOAT, TYPE_FLOATS } column_type;

struct recbole_file {
    vt_movielens *ml;
    char written[COLUMNS][48]; /* the names as JSON keys */
    column_type types[COLUMNS];
    const char *mark; /* between fields */
    size_t n;
};

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

/* What separates the fields of a header without tabs: names with types have none of these in them. */
static const char *other_mark(vt_str line)
{
    static const char *const marks[] = {",", ";", "|", " "};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (memchr(line.ptr, marks[i][0], line.len) != NULL) {
            return marks[i];
        }
    }
    return "\t";
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
    if (file->n == 1) { /* no tab: what else stands between names? */
        file->mark = other_mark(line);
        file->n = vt_movielens_cut(fields, COLUMNS, line, file->mark);
        vt_sink_remark(file->ml->source->sink, "%s: fields are separated by %s, not by tabs", path,
                       file->mark[0] == ' ' ? "blanks" : file->mark);
    }
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
        vt_word_key(file->written[i], sizeof file->written[i], name);
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
    return vt_word_nothing(text) ? (vt_str){NULL, 0} : text;
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
    if (memchr(text.ptr, ',', text.len) != NULL) {
        vt_text_list(writer, key, text, ',');
        return;
    }
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
    int label = find(file, "label");
    double given = 0;
    if (label >= 0 && cell(row, label).ptr != NULL && vt_parse_real(&given, cell(row, label)) && given == 0) {
        vt_sink_count(file->ml->source->sink, "rows with the label 0, which are no purchases and were left out", 1,
                      "item \"%.*s\"", VT_SHOWN(item));
        return VT_OK;
    }
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
        /* "Beauty, Hands" are two with a comma between them; without one each word is one. */
        char mark = memchr(item.category.ptr, ',', item.category.len) != NULL ? ',' : ' ';
        const char *end = memchr(item.category.ptr, mark, item.category.len);
        item.category.len = end == NULL ? item.category.len : (size_t)(end - item.category.ptr);
    }
    vt_str amount = cell(row, price);
    vt_mark said = VT_MARK_NONE;
    int digits = vt_currency_digits(file->ml->source->currency);
    if (amount.ptr != NULL && !vt_money_read(&item.price, &said, amount, digits, VT_MARK_POINT)) {
        item.price = VT_NONE;
        vt_sink_count(file->ml->source->sink, "prices that are no amount, left out", 1, "\"%.*s\"", VT_SHOWN(amount));
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

static const char *use_of(const recbole_file *file, int column, put_row *put)
{
    static const struct {
        put_row *put;
        const char *names;
        const char *field;
    } uses[] = {
        {put_inter, "user_id session_id user", "user"},
        {put_inter, "item_id item", "item"},
        {put_inter, "timestamp time", "time"},
        {put_inter, "rating", "value"},
        {put_inter, "label", "label"},
        {put_item, "item_id item", "id"},
        {put_item, "movie_title title name item_name product_title", "title"},
        {put_item, "brand", "brand"},
        {put_item, "price", "price"},
        {put_item, "genres genre class categories category", "category"},
        {put_user, "user_id user", "id"},
        {put_user, "age", "age"},
    };
    for (size_t i = 0; i < sizeof uses / sizeof uses[0]; i++) {
        if (uses[i].put == put && find(file, uses[i].names) == column) {
            return uses[i].field;
        }
    }
    return put == put_inter ? NULL : "attributes";
}

enum { LOOKED_AT = 2000 /* rows */ };

/* The scale of the ratings, from the first rows: not every such file counts to five. */
static int look_at_ratings(const recbole_file *file, const char *path, vt_error *err)
{
    vt_stream *stream = NULL;
    vt_scale_look look = {0};
    vt_str row[COLUMNS];
    vt_str line = {"", 0};
    struct stat info;
    int rating = find(file, "rating");
    if (rating < 0 || stat(path, &info) != 0 || !S_ISREG(info.st_mode)) {
        return VT_OK;
    }
    int status = vt_source_stream(file->ml->source, &stream, path, err);
    status = status == VT_OK ? vt_stream_line(stream, &line, err) : status;
    for (int i = 0; status == VT_OK && line.ptr != NULL && i < LOOKED_AT; i++) {
        double value = 0;
        status = vt_stream_line(stream, &line, err);
        if (status == VT_OK && line.ptr != NULL && vt_movielens_cut(row, COLUMNS, line, file->mark) == file->n &&
            vt_parse_real(&value, vt_trim(row[rating]))) {
            vt_scale_see(&look, value);
        }
    }
    vt_stream_close(stream);
    if (status == VT_OK || status == VT_ERR_LIMIT) { /* a line that is too long is told of when it is read */
        vt_scale_settle(file->ml->source, &look);
        return VT_OK;
    }
    return status;
}

static int read_recbole(vt_movielens *ml, const char *path, const char *key, put_row *put, vt_error *err)
{
    recbole_file file = {.ml = ml, .mark = "\t"};
    vt_str row[COLUMNS];
    vt_stream *stream = NULL;
    int status = vt_source_open(ml->source, &stream, path, err);
    if (status == VT_OK) {
        status = read_header(&file, path, stream, err);
    }
    if (status == VT_OK && find(&file, key) < 0) {
        status = vt_fail_at(err, VT_ERR_FORMAT, 1, "%s:1: the header has no field %s:token", path, key);
    }
    for (size_t i = 0; status == VT_OK && i < file.n; i++) {
        vt_telling_column(vt_sink_telling(ml->source->sink), vt_str_of(file.written[i]), use_of(&file, (int)i, put));
    }
    if (status == VT_OK && put == put_inter) {
        status = look_at_ratings(&file, path, err);
    }
    while (status == VT_OK) {
        vt_str line;
        status = vt_source_line(ml->source, stream, &line, err);
        if (status != VT_OK || line.ptr == NULL) {
            break;
        }
        size_t n = vt_movielens_cut(row, COLUMNS, line, file.mark);
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
