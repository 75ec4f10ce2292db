/* Reading and writing records by their rows. */
#include "serve/fields.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/json_values.h"
#include "base/limits.h"
#include "base/number.h"
#include "base/suggest.h"

#define MONEY_MAX 9e15 /* minor units: what a double holds exactly */

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static int expect(const vt_field *f, const char *what, vt_error *err)
{
    return vt_fail(err, VT_ERR_FORMAT, "\"%s\" is not as expected: %s", f->name, what);
}

static int read_text(vt_str *out, const vt_field *f, yyjson_val *value, vt_error *err)
{
    if (!yyjson_is_str(value)) {
        return expect(f, "a text", err);
    }
    *out = (vt_str){yyjson_get_str(value), yyjson_get_len(value)};
    return memchr(out->ptr, '\0', out->len) == NULL ? VT_OK : expect(f, "a text without a NUL", err);
}

static int read_texts(void *at, vt_call *call, const vt_field *f, yyjson_val *value, vt_error *err)
{
    size_t n = yyjson_is_arr(value) ? yyjson_arr_size(value) : 0;
    if (!yyjson_is_arr(value)) {
        return expect(f, "an array of texts", err);
    }
    vt_str *texts = vt_arena_alloc(call->arena, n + 1, sizeof *texts, err);
    int status = texts == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        status = read_text(&texts[i], f, yyjson_arr_get(value, i), err);
    }
    *(const vt_str **)at = texts;
    *(size_t *)((char *)at + sizeof(vt_str *)) = n;
    return status;
}

static int read_object(vt_str *out, vt_call *call, const vt_field *f, yyjson_val *value, vt_error *err)
{
    if (!yyjson_is_obj(value)) {
        return expect(f, "a JSON object", err);
    }
    vt_buf text;
    vt_buf_init(&text, VT_TEXT_BYTES_MAX);
    int status = vt_json_write_value(&text, value, err);
    if (status == VT_OK) {
        *out = vt_arena_str(call->arena, (vt_str){text.data, text.len}, err);
        status = out->ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    vt_buf_done(&text);
    return status;
}

static int read_time(int64_t *out, const vt_field *f, yyjson_val *value, vt_error *err)
{
    if (yyjson_is_int(value)) {
        double seconds = yyjson_get_num(value); /* also one past 63 bits; year 10000 could not be read again as text */
        *out = yyjson_get_sint(value);
        return seconds >= (double)VT_TIME_MIN && seconds < (double)VT_TIME_MAX
                   ? VT_OK
                   : expect(f, "UTC seconds of the years 1 to 9999", err);
    }
    vt_str text = {NULL, 0};
    int status = yyjson_is_str(value) ? read_text(&text, f, value, err) : VT_ERR_FORMAT;
    if (status == VT_OK) {
        status = vt_parse_time(out, text, NULL, NULL);
    }
    return status == VT_OK ? VT_OK : expect(f, "a time such as \"2026-10-01T08:00:00Z\", or UTC seconds", err);
}

static int read_money(int64_t *out, const vt_field *f, yyjson_val *value, int digits, vt_error *err)
{
    double minor = yyjson_is_num(value) ? round(yyjson_get_num(value) * pow(10, digits)) : (double)NAN;
    if (!(minor >= 0 && minor <= MONEY_MAX)) {
        return expect(f, "a number of major units of money, such as 12.50", err);
    }
    *out = (int64_t)minor;
    return VT_OK;
}

static int read_number(double *out, const vt_field *f, yyjson_val *value, bool whole, vt_error *err)
{
    double number = yyjson_is_num(value) ? yyjson_get_num(value) : (double)NAN;
    if (!(number >= f->min && number <= f->max) || (whole && number != floor(number))) {
        return vt_fail(err, VT_ERR_FORMAT, "\"%s\" is not as expected: a %snumber from %.15g to %.15g", f->name,
                       whole ? "whole " : "", f->min, f->max);
    }
    *out = number;
    return VT_OK;
}

static int read_choice(int *out, const vt_field *f, yyjson_val *value, vt_error *err)
{
    vt_str text = {yyjson_get_str(value), yyjson_get_len(value)};
    int place = 0;
    for (const char *at = f->choices; text.ptr != NULL && *at != '\0'; place++) {
        size_t len = strcspn(at, "|");
        if (len == text.len && memcmp(at, text.ptr, len) == 0) {
            *out = place;
            return VT_OK;
        }
        at += len + (at[len] == '|');
    }
    return vt_fail(err, VT_ERR_FORMAT, "\"%s\" is not as expected: one of %s", f->name, f->choices);
}

static int read_value(void *at, vt_call *call, const vt_field *f, yyjson_val *value, int digits, vt_error *err)
{
    double number = 0;
    int status = VT_OK;
    switch (f->type) {
    case VT_FIELD_TEXT:
        return read_text(at, f, value, err);
    case VT_FIELD_TEXTS:
        return read_texts(at, call, f, value, err);
    case VT_FIELD_OBJECT:
        return read_object(at, call, f, value, err);
    case VT_FIELD_TIME:
        return read_time(at, f, value, err);
    case VT_FIELD_MONEY:
        return read_money(at, f, value, digits, err);
    case VT_FIELD_COUNT:
        status = read_number(&number, f, value, true, err);
        *(int64_t *)at = (int64_t)number;
        return status;
    case VT_FIELD_NUMBER:
        return read_number(at, f, value, false, err);
    case VT_FIELD_CHOICE:
        return read_choice(at, f, value, err);
    }
    return VT_OK;
}

static const vt_field *find(const vt_fields *fields, vt_str name)
{
    for (size_t i = 0; i < fields->n_rows; i++) {
        if (vt_str_equal(vt_str_of(fields->rows[i].name), name)) {
            return &fields->rows[i];
        }
    }
    return NULL;
}

static int unknown(const vt_fields *fields, vt_str name, vt_error *err)
{
    vt_suggestion nearest;
    vt_suggestion_init(&nearest, name.ptr, name.len);
    for (size_t i = 0; i < fields->n_rows; i++) {
        vt_suggestion_offer(&nearest, fields->rows[i].name, strlen(fields->rows[i].name));
    }
    return nearest.best == NULL
               ? vt_fail(err, VT_ERR_FORMAT, "there is no member \"%.*s\" in %s", VT_STR_ARGS(name), fields->name)
               : vt_fail(err, VT_ERR_FORMAT, "there is no member \"%.*s\" in %s; did you mean \"%s\"?",
                         VT_STR_ARGS(name), fields->name, nearest.best);
}

/* What is read besides the rows of a table: the id in the path, a member that is read elsewhere. */
typedef struct besides {
    vt_str id;
    vt_str member;
    bool over; /* what is not given stays as the record has it */
} besides;

static int read_members(void *record, vt_call *call, const vt_fields *fields, yyjson_val *object, int digits,
                        const besides *more, vt_error *err)
{
    yyjson_obj_iter iter;
    yyjson_val *key;
    yyjson_obj_iter_init(object, &iter);
    while ((key = yyjson_obj_iter_next(&iter)) != NULL) {
        vt_str name = {yyjson_get_str(key), yyjson_get_len(key)};
        yyjson_val *value = yyjson_obj_iter_get_val(key);
        const vt_field *f = find(fields, name);
        if (yyjson_is_null(value) || vt_str_equal(name, more->member)) {
            continue;
        }
        int status = f == NULL ? unknown(fields, name, err)
                               : read_value((char *)record + f->offset, call, f, value, digits, err);
        if (status != VT_OK) {
            return status;
        }
    }
    return VT_OK;
}

static int check_required(const vt_fields *fields, yyjson_val *object, const besides *more, vt_error *err)
{
    for (size_t i = 0; i < fields->n_rows; i++) {
        const vt_field *f = &fields->rows[i];
        yyjson_val *value = yyjson_obj_get(object, f->name);
        bool given = value != NULL ? !yyjson_is_null(value) : i == 0 && more->id.ptr != NULL;
        if (f->required && !given) {
            return vt_fail(err, VT_ERR_FORMAT, "\"%s\" is missing", f->name);
        }
        if (f->required && yyjson_is_str(value) && yyjson_get_len(value) == 0) {
            return vt_fail(err, VT_ERR_FORMAT, "\"%s\" is empty", f->name);
        }
    }
    return VT_OK;
}

static int read_object_of(void *record, vt_call *call, const vt_fields *fields, yyjson_val *object,
                          const char *currency, const besides *more, vt_error *err)
{
    if (!yyjson_is_obj(object)) {
        return vt_fail(err, VT_ERR_FORMAT, "a JSON object is expected: %s", fields->name);
    }
    if (!more->over) {
        fields->init(record);
    }
    yyjson_val *own = yyjson_obj_get(object, "currency");
    char code[4] = "";
    if (yyjson_is_str(own) && yyjson_get_len(own) == 3) {
        memcpy(code, yyjson_get_str(own), 3);
    }
    int digits = vt_currency_digits(code[0] != '\0' ? code : currency);
    int status = read_members(record, call, fields, object, digits, more, err);
    return status != VT_OK || more->over ? status : check_required(fields, object, more, err);
}

int vt_fields_read(void *record, vt_call *call, const vt_fields *fields, yyjson_val *object, const char *currency,
                   vt_error *err)
{
    const besides none = {.over = false};
    return read_object_of(record, call, fields, object, currency, &none, err);
}

/* With the id of the path in the first row. */
static int read_with_id(void *record, vt_call *call, const vt_fields *fields, yyjson_val *object, const char *currency,
                        const besides *more, vt_error *err)
{
    vt_str *own = (vt_str *)(void *)((char *)record + fields->rows[0].offset);
    int status = read_object_of(record, call, fields, object, currency, more, err);
    if (status == VT_OK && own->ptr != NULL && !vt_str_equal(*own, more->id)) {
        return vt_fail(err, VT_ERR_FORMAT, "\"id\" is \"%.*s\", but the address is that of \"%.*s\"", VT_STR_ARGS(*own),
                       VT_STR_ARGS(more->id));
    }
    if (status == VT_OK) {
        *own = more->id;
    }
    return status;
}

int vt_fields_read_named(void *record, vt_call *call, const vt_fields *fields, yyjson_val *object, const char *currency,
                         vt_str id, vt_error *err)
{
    const besides more = {.id = id};
    return read_with_id(record, call, fields, object, currency, &more, err);
}

int vt_fields_read_over(void *record, vt_call *call, const vt_fields *fields, yyjson_val *object, const char *currency,
                        vt_str id, vt_error *err)
{
    const besides more = {.id = id, .over = true};
    return read_with_id(record, call, fields, object, currency, &more, err);
}

int vt_fields_read_but(void *record, vt_call *call, const vt_fields *fields, yyjson_val *object, const char *currency,
                       const char *besides_name, vt_error *err)
{
    const besides more = {.member = vt_str_of(besides_name)};
    return read_object_of(record, call, fields, object, currency, &more, err);
}

int64_t vt_minor_units(double major, const char *currency)
{
    return (int64_t)round(major * (double)vt_currency_units(currency));
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static void write_choice(vt_json_writer *w, const vt_field *f, int place)
{
    const char *at = f->choices;
    for (int i = 0; i < place && *at != '\0'; i++) {
        size_t len = strcspn(at, "|");
        at += len + (at[len] == '|');
    }
    vt_json_text(w, f->name, (vt_str){at, strcspn(at, "|")});
}

static void write_texts(vt_json_writer *w, const char *name, const void *at)
{
    const vt_str *texts = *(const vt_str *const *)at;
    size_t n = *(const size_t *)((const char *)at + sizeof(vt_str *));
    if (n > 0) {
        vt_json_array(w, name);
        for (size_t i = 0; i < n; i++) {
            vt_json_text(w, NULL, texts[i]);
        }
        vt_json_array_end(w);
    }
}

static void write_value(vt_json_writer *w, const vt_field *f, const void *at, const char *currency)
{
    const vt_str *text = at;
    const int64_t *whole = at;
    switch (f->type) {
    case VT_FIELD_TEXT:
        if (text->ptr != NULL && text->len > 0) {
            vt_json_text(w, f->name, *text);
        }
        return;
    case VT_FIELD_OBJECT:
        if (text->ptr != NULL && text->len > 0) {
            vt_json_raw(w, f->name, *text);
        }
        return;
    case VT_FIELD_TEXTS:
        write_texts(w, f->name, at);
        return;
    case VT_FIELD_TIME:
        if (*whole != VT_NONE) {
            vt_json_time(w, f->name, *whole);
        }
        return;
    case VT_FIELD_MONEY:
        if (*whole != VT_NONE) {
            vt_json_money(w, f->name, *whole, currency);
        }
        return;
    case VT_FIELD_COUNT:
        if (*whole != VT_NONE) {
            vt_json_int(w, f->name, *whole);
        }
        return;
    case VT_FIELD_NUMBER:
        if (!isnan(*(const double *)at)) {
            vt_json_number(w, f->name, *(const double *)at);
        }
        return;
    case VT_FIELD_CHOICE:
        write_choice(w, f, *(const int *)at);
        return;
    }
}

void vt_fields_write(vt_json_writer *writer, const vt_fields *fields, const void *record, const char *currency)
{
    char code[4] = "";
    if (fields->has_currency) {
        const vt_str *own = (const vt_str *)(const void *)((const char *)record + fields->currency);
        if (own->ptr != NULL && own->len == 3) {
            memcpy(code, own->ptr, 3);
            currency = code;
        }
    }
    for (size_t i = 0; i < fields->n_rows; i++) {
        write_value(writer, &fields->rows[i], (const char *)record + fields->rows[i].offset, currency);
    }
}
