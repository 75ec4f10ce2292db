/* Parts are found again by their text. Numbers are given at the end, when parts are sorted by what they are. */
#include "report/collected.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/limits.h"
#include "base/map.h"

#define PLACE "\x01" /* before the place of a column in the text of a table: JSON has no such byte */

typedef struct part {
    vt_str what; /* "overview/days" */
    vt_str text;
    int32_t number; /* in the file */
} part;

/* An answer: `head` is all of its object but the last brace, figures and tables; -1: it has none, `head` is whole. */
typedef struct answer {
    vt_str key, head;
    int32_t figures;
    int32_t *tables;
    size_t n_tables;
} answer;

/* What is said of an item wherever it is named: "title", and the words. */
typedef struct thing {
    const char *as;
    vt_str item, words;
} thing;

struct vt_collected {
    vt_arena *texts;
    vt_map *known_things; /* "title", a byte that no id has, the id: the place among the things */
    thing *things;
    size_t n_things, things_capacity;
    vt_map *known; /* text of a part: its place */
    vt_json_reader *json;
    part *parts;
    answer *answers;
    size_t n_parts, parts_capacity, n_answers, answers_capacity;
};

int vt_collected_create(vt_collected **out, vt_error *err)
{
    vt_collected *c = vt_alloc_zero(1, sizeof *c, err);
    if (c == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = vt_arena_create(&c->texts, 0, err);
    status = status != VT_OK ? status : vt_map_create(&c->known, 1024, err);
    status = status != VT_OK ? status : vt_map_create(&c->known_things, 1024, err);
    status = status != VT_OK ? status : vt_json_reader_create(&c->json, err);
    if (status != VT_OK) {
        vt_collected_free(c);
        return status;
    }
    *out = c;
    return VT_OK;
}

void vt_collected_free(vt_collected *c)
{
    if (c != NULL) {
        vt_arena_free(c->texts);
        vt_map_free(c->known);
        vt_map_free(c->known_things);
        vt_free(c->things);
        vt_json_reader_free(c->json);
        vt_free(c->parts);
        vt_free(c->answers);
        vt_free(c);
    }
}

size_t vt_collected_answers(const vt_collected *c)
{
    return c->n_answers;
}

size_t vt_collected_parts(const vt_collected *c)
{
    return c->n_parts;
}

static int copy(vt_str *out, vt_collected *c, vt_str text, vt_error *err)
{
    *out = vt_arena_str(c->texts, text, err);
    return out->ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

static int new_answer(answer **out, vt_collected *c, vt_str key, vt_error *err)
{
    int status = vt_alloc_next(&c->answers, &c->answers_capacity, c->n_answers, sizeof *c->answers, err);
    if (status != VT_OK) {
        return status;
    }
    *out = &c->answers[c->n_answers];
    **out = (answer){.figures = -1};
    return copy(&(*out)->key, c, key, err);
}

int vt_collected_add(vt_collected *c, vt_str key, vt_str json, vt_error *err)
{
    answer *a = NULL;
    while (json.len > 0 && json.ptr[json.len - 1] == '\n') {
        json.len--;
    }
    int status = new_answer(&a, c, key, err);
    status = status != VT_OK ? status : copy(&a->head, c, json, err);
    c->n_answers += status == VT_OK;
    return status;
}

/* ---- parts ------------------------------------------------------------------------------------------------------- */

/* The place of a part with this text, a new one where it is met first; the text is ended. `status` is handed on. */
static int place_of(int32_t *out, bool *is_new, vt_collected *c, const char *what, const char *id, vt_buf *text,
                    int status, vt_error *err)
{
    int64_t place = (int64_t)c->n_parts;
    vt_str key = {text->data, text->len};
    *is_new = status == VT_OK && !vt_map_get(c->known, key, &place);
    if (*is_new) {
        char name[160];
        part p = {.number = 0};
        snprintf(name, sizeof name, "%.60s/%.60s", what, id);
        status = vt_alloc_next(&c->parts, &c->parts_capacity, c->n_parts, sizeof *c->parts, err);
        status = status != VT_OK ? status : copy(&p.what, c, vt_str_of(name), err);
        status = status != VT_OK ? status : copy(&p.text, c, key, err);
        status = status != VT_OK ? status : vt_map_set(c->known, p.text, place, err);
        if (status == VT_OK) {
            c->parts[c->n_parts++] = p;
        }
    }
    vt_buf_done(text);
    *out = (int32_t)place;
    return status;
}

/* A value of a column; digits that nobody sees would fill the file. */
static int put_value(vt_buf *out, yyjson_val *value, vt_error *err)
{
    double number = yyjson_get_num(value);
    if (yyjson_is_real(value) && fabs(number * 100 - round(number * 100)) > 1e-7) {
        return vt_buf_printf(out, err, fabs(number) >= 1000 ? "%.2f" : "%.6g", number);
    }
    return vt_json_write_value(out, value, err);
}

/* Figures as they are, but for the digits. */
static int put_figures(vt_buf *out, yyjson_val *figures, vt_error *err)
{
    size_t at, n, k, members;
    yyjson_val *figure, *key, *value;
    int status = vt_buf_add(out, "[", 1, err);
    yyjson_arr_foreach(figures, at, n, figure)
    {
        status = status != VT_OK ? status : vt_buf_add_text(out, at > 0 ? ",{" : "{", err);
        yyjson_obj_foreach(figure, k, members, key, value)
        {
            status =
                status != VT_OK ? status : vt_buf_printf(out, err, "%s\"%s\":", k > 0 ? "," : "", yyjson_get_str(key));
            status = status != VT_OK ? status : put_value(out, value, err);
        }
        status = status != VT_OK ? status : vt_buf_add(out, "}", 1, err);
    }
    return status != VT_OK ? status : vt_buf_add(out, "]", 1, err);
}

/* ---- what is said of items --------------------------------------------------------------------------------------- */

static const char *const said_of_items[] = {"title", "category", "brand", NULL};

/* The place of what is said of an item, -1: nothing yet. */
static int64_t find_thing(const vt_collected *c, const char *as, vt_str item, char key[512], size_t *len)
{
    int64_t place = -1;
    int n = snprintf(key, 512, "%s\x01%.*s", as, VT_STR_ARGS(item));
    *len = n > 0 && n < 512 ? (size_t)n : 0;
    return *len > 0 && vt_map_get(c->known_things, (vt_str){key, *len}, &place) ? place : -1;
}

/* Whether the column says of each item of its rows what is said of it elsewhere; what is new is kept. */
static int fits_items(bool *fits, vt_collected *c, yyjson_val *rows, const char *items, const char *id, vt_error *err)
{
    char key[512];
    size_t at, n, len;
    yyjson_val *row;
    *fits = true;
    for (int pass = 0; pass < 2 && *fits; pass++) { /* nothing is kept of a column that does not fit */
        yyjson_arr_foreach(rows, at, n, row)
        {
            vt_str item = vt_json_str(row, items), words = vt_json_str(row, id);
            int64_t place = item.ptr == NULL || words.ptr == NULL ? -1 : find_thing(c, id, item, key, &len);
            if (item.ptr == NULL || words.ptr == NULL || len == 0 ||
                (place >= 0 && !vt_str_equal(c->things[place].words, words))) {
                *fits = false;
                return VT_OK;
            }
            if (pass == 1 && place < 0) {
                thing t = {.as = id};
                int status = vt_alloc_next(&c->things, &c->things_capacity, c->n_things, sizeof t, err);
                status = status != VT_OK ? status : copy(&t.item, c, item, err);
                status = status != VT_OK ? status : copy(&t.words, c, words, err);
                vt_str name = vt_arena_str(c->texts, (vt_str){key, len}, err);
                status = status == VT_OK && name.ptr == NULL ? VT_ERR_NO_MEMORY : status;
                status = status != VT_OK ? status : vt_map_set(c->known_things, name, (int64_t)c->n_things, err);
                if (status != VT_OK) {
                    return status;
                }
                c->things[c->n_things++] = t;
            }
        }
    }
    return VT_OK;
}

/* A column that follows from that of the items: `{"of": ITEMS, "as": "title"}`. False in `done` where it does not. */
static int place_said(bool *done, int32_t *out, vt_collected *c, yyjson_val *rows, const char *items, int32_t of,
                      const char *id, vt_error *err)
{
    vt_buf text;
    bool is_new = false;
    const char *as = NULL;
    *done = false;
    for (size_t i = 0; said_of_items[i] != NULL && items != NULL && yyjson_arr_size(rows) > 0; i++) {
        as = strcmp(said_of_items[i], id) == 0 ? said_of_items[i] : as;
    }
    int status = as == NULL ? VT_OK : fits_items(done, c, rows, items, as, err);
    if (status != VT_OK || !*done) {
        return status;
    }
    vt_buf_init(&text, VT_REPLY_BYTES_MAX);
    status = vt_buf_printf(&text, err, "{\"of\":%s%d,\"as\":\"%s\"}", PLACE, of, as);
    return place_of(out, &is_new, c, "column", id, &text, status, err);
}

/* One column of the rows as a part. */
static int place_column(int32_t *out, vt_collected *c, yyjson_val *rows, const char *id, vt_error *err)
{
    vt_buf text;
    size_t at, n;
    yyjson_val *row;
    bool is_new = false;
    vt_buf_init(&text, VT_REPLY_BYTES_MAX);
    int status = vt_buf_add(&text, "[", 1, err);
    yyjson_arr_foreach(rows, at, n, row)
    {
        status = status != VT_OK || at == 0 ? status : vt_buf_add(&text, ",", 1, err);
        status = status != VT_OK ? status : put_value(&text, yyjson_obj_get(row, id), err);
    }
    status = status != VT_OK ? status : vt_buf_add(&text, "]", 1, err);
    return place_of(out, &is_new, c, "column", id, &text, status, err);
}

/* Writes all members but two, without the last brace. */
static int write_but(vt_buf *out, yyjson_val *object, const char *one, const char *other, vt_error *err)
{
    size_t at, n;
    yyjson_val *key, *value;
    int status = vt_buf_add(out, "{", 1, err);
    yyjson_obj_foreach(object, at, n, key, value)
    {
        const char *name = yyjson_get_str(key);
        if (strcmp(name, one) == 0 || strcmp(name, other) == 0 || status != VT_OK) {
            continue;
        }
        status = vt_buf_printf(out, err, "%s\"%s\":", out->len > 1 ? "," : "", name);
        status = status != VT_OK ? status : vt_json_write_value(out, value, err);
    }
    return status;
}

/* A table as a part: its members without the rows, and the places of its columns in their stead. */
static int place_table(int32_t *out, bool *is_new, vt_collected *c, const char *kind, yyjson_val *table, vt_error *err)
{
    vt_buf text;
    size_t at, n;
    yyjson_val *column, *rows = yyjson_obj_get(table, "rows");
    const char *items = NULL; /* the column of items, and its place */
    int32_t of = 0;
    vt_buf_init(&text, VT_REPLY_BYTES_MAX);
    int status = write_but(&text, table, "rows", "rows", err);
    status = status != VT_OK ? status : vt_buf_add_text(&text, ",\"cells\":[", err);
    yyjson_arr_foreach(yyjson_obj_get(table, "columns"), at, n, column)
    {
        int32_t place = 0;
        bool done = false;
        const char *id = yyjson_get_str(yyjson_obj_get(column, "id"));
        status = status != VT_OK ? status : place_said(&done, &place, c, rows, items, of, id, err);
        status = status != VT_OK || done ? status : place_column(&place, c, rows, id, err);
        if (strcmp(id, "item") == 0) {
            items = id;
            of = place;
        }
        status = status != VT_OK ? status : vt_buf_printf(&text, err, "%s%s%d", at > 0 ? "," : "", PLACE, place);
    }
    status = status != VT_OK ? status : vt_buf_add_text(&text, "]}", err);
    return place_of(out, is_new, c, kind, yyjson_get_str(yyjson_obj_get(table, "id")), &text, status, err);
}

int vt_collected_insight(vt_collected *c, vt_str key, vt_str json,
                         int (*is_new)(void *context, yyjson_val *table, vt_error *err), void *context, vt_error *err)
{
    yyjson_val *root = NULL, *table;
    answer *a = NULL;
    vt_buf head;
    bool first = false;
    int status = vt_json_read(c->json, json, &root, err);
    status = status != VT_OK ? status : new_answer(&a, c, key, err);
    if (status != VT_OK) {
        return status;
    }
    const char *kind = yyjson_get_str(yyjson_obj_get(root, "kind"));
    yyjson_val *tables = yyjson_obj_get(root, "tables");
    vt_buf_init(&head, VT_REPLY_BYTES_MAX);
    status = write_but(&head, root, "figures", "tables", err);
    status = status != VT_OK ? status : copy(&a->head, c, (vt_str){head.data, head.len}, err);
    vt_buf_done(&head);
    if (status == VT_OK) {
        vt_buf figures;
        vt_buf_init(&figures, VT_REPLY_BYTES_MAX);
        status = put_figures(&figures, yyjson_obj_get(root, "figures"), err);
        status = place_of(&a->figures, &first, c, kind, "figures", &figures, status, err);
    }
    a->tables = vt_arena_alloc(c->texts, yyjson_arr_size(tables) + 1, sizeof *a->tables, err);
    status = status == VT_OK && a->tables == NULL ? VT_ERR_NO_MEMORY : status;
    size_t at, n;
    yyjson_arr_foreach(tables, at, n, table)
    {
        status = status != VT_OK ? status : place_table(&a->tables[a->n_tables++], &first, c, kind, table, err);
        if (status == VT_OK && first && is_new != NULL) {
            status = is_new(context, table, err);
        }
    }
    c->n_answers += status == VT_OK;
    return status;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

typedef struct sorted {
    vt_str what;
    size_t place;
} sorted;

static int by_what(const void *a, const void *b)
{
    const sorted *x = a, *y = b;
    int order = vt_str_compare(x->what, y->what);
    return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

static int put_text(vt_buf *out, vt_str text, vt_error *err)
{
    int status = vt_buf_add(out, "\"", 1, err);
    for (size_t i = 0; i < text.len && status == VT_OK; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        status = c < 0x20                ? vt_buf_printf(out, err, "\\u%04x", c)
                 : c == '"' || c == '\\' ? vt_buf_printf(out, err, "\\%c", c)
                                         : vt_buf_add(out, &text.ptr[i], 1, err);
    }
    return status != VT_OK ? status : vt_buf_add(out, "\"", 1, err);
}

static int put_answer(vt_buf *out, const vt_collected *c, const answer *a, vt_error *err)
{
    int status = put_text(out, a->key, err);
    status = status != VT_OK ? status : vt_buf_add(out, ":", 1, err);
    status = status != VT_OK ? status : vt_buf_add(out, a->head.ptr, a->head.len, err);
    if (a->figures < 0 || status != VT_OK) {
        return status;
    }
    status = vt_buf_printf(out, err, ",\"figures\":%d,\"tables\":[", c->parts[a->figures].number);
    for (size_t t = 0; t < a->n_tables && status == VT_OK; t++) {
        status = vt_buf_printf(out, err, "%s%d", t > 0 ? "," : "", c->parts[a->tables[t]].number);
    }
    return status != VT_OK ? status : vt_buf_add_text(out, "]}", err);
}

/* A part, with the numbers of its columns in the stead of their places. */
static int put_part(vt_buf *out, const vt_collected *c, vt_str text, vt_error *err)
{
    const char *end = text.ptr + text.len, *mark;
    int status = VT_OK;
    while (status == VT_OK && (mark = memchr(text.ptr, PLACE[0], (size_t)(end - text.ptr))) != NULL) {
        char *behind = NULL;
        status = vt_buf_add(out, text.ptr, (size_t)(mark - text.ptr), err);
        long place = strtol(mark + 1, &behind, 10);
        status = status != VT_OK ? status : vt_buf_printf(out, err, "%d", c->parts[place].number);
        text.ptr = behind;
    }
    return status != VT_OK ? status : vt_buf_add(out, text.ptr, (size_t)(end - text.ptr), err);
}

static int put_parts(vt_buf *out, const vt_collected *c, const sorted *order, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = 0; i < c->n_parts && status == VT_OK; i++) {
        status = i > 0 ? vt_buf_add(out, ",\n", 2, err) : VT_OK;
        status = status != VT_OK ? status : put_part(out, c, c->parts[order[i].place].text, err);
    }
    return status;
}

/* `"title":{"ID":"words",...},...`. */
static int put_things(vt_buf *out, const vt_collected *c, vt_error *err)
{
    int status = VT_OK;
    for (size_t k = 0; said_of_items[k] != NULL && status == VT_OK; k++) {
        bool first = true;
        status = vt_buf_printf(out, err, "%s\"%s\":{", k > 0 ? "," : "", said_of_items[k]);
        for (size_t i = 0; i < c->n_things && status == VT_OK; i++) {
            const thing *t = &c->things[i];
            if (strcmp(t->as, said_of_items[k]) == 0) {
                status = first ? VT_OK : vt_buf_add(out, ",\n", 2, err);
                status = status != VT_OK ? status : put_text(out, t->item, err);
                status = status != VT_OK ? status : vt_buf_add(out, ":", 1, err);
                status = status != VT_OK ? status : put_text(out, t->words, err);
                first = false;
            }
        }
        status = status != VT_OK ? status : vt_buf_add(out, "}", 1, err);
    }
    return status;
}

int vt_collected_write(vt_buf *out, const vt_collected *c, vt_str meta, vt_error *err)
{
    sorted *order = vt_alloc(c->n_parts + 1, sizeof *order, err);
    if (order == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < c->n_parts; i++) {
        order[i] = (sorted){c->parts[i].what, i};
    }
    qsort(order, c->n_parts, sizeof *order, by_what);
    for (size_t i = 0; i < c->n_parts; i++) {
        c->parts[order[i].place].number = (int32_t)i;
    }
    int status = vt_buf_printf(out, err, "{\"meta\":%.*s,\"answers\":{", VT_STR_ARGS(meta));
    for (size_t i = 0; i < c->n_answers && status == VT_OK; i++) {
        status = i > 0 ? vt_buf_add(out, ",\n", 2, err) : VT_OK;
        status = status != VT_OK ? status : put_answer(out, c, &c->answers[i], err);
    }
    status = status != VT_OK ? status : vt_buf_add_text(out, "},\"parts\":[", err);
    status = status != VT_OK ? status : put_parts(out, c, order, err);
    vt_free(order);
    status = status != VT_OK ? status : vt_buf_add_text(out, "],\"things\":{", err);
    status = status != VT_OK ? status : put_things(out, c, err);
    return status != VT_OK ? status : vt_buf_add_text(out, "}}", err);
}
