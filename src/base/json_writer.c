/*
 * Writing JSON: a mutable document of yyjson is built value by value and written as one text. The first error sticks
 * and the rest is dropped. yyjson refuses to write texts that are not UTF-8, so those are mended when they come in.
 */
#include <math.h>
#include <string.h>
#include <utf8proc.h>

#include "base/alloc.h"
#include "base/json.h"
#include "base/number.h"

static void *take_memory(void *context, size_t size)
{
    (void)context;
    return vt_alloc(size, 1, NULL);
}

static void *grow_memory(void *context, void *old, size_t old_size, size_t size)
{
    (void)context;
    (void)old_size;
    return vt_realloc(old, size, 1, NULL);
}

static void give_memory(void *context, void *memory)
{
    (void)context;
    vt_free(memory);
}

static const yyjson_alc checked_memory = {take_memory, grow_memory, give_memory, NULL};

static bool failed(const vt_json_writer *writer)
{
    return writer->error.code != VT_OK;
}

static void no_memory(vt_json_writer *writer)
{
    vt_fail(&writer->error, VT_ERR_NO_MEMORY, "not enough memory for a JSON text to write");
}

/* Where the first character that is not UTF-8 stands, from `i` on; the length of the text without one. */
static size_t first_bad(vt_str text, size_t i)
{
    utf8proc_int32_t code = 0;
    utf8proc_ssize_t n = 1;
    while (i < text.len && n > 0) {
        n = utf8proc_iterate((const utf8proc_uint8_t *)text.ptr + i, (utf8proc_ssize_t)(text.len - i), &code);
        i += n > 0 ? (size_t)n : 0;
    }
    return i;
}

/* The text with U+FFFD in place of each byte that belongs to no character. */
static yyjson_mut_val *mended(vt_json_writer *writer, vt_str text)
{
    yyjson_mut_val *value = NULL;
    vt_buf good;
    vt_buf_init(&good, SIZE_MAX / 4);
    int status = VT_OK;
    for (size_t begin = 0; begin < text.len && status == VT_OK;) {
        size_t bad = first_bad(text, begin);
        status = vt_buf_add(&good, text.ptr + begin, bad - begin, &writer->error);
        if (status == VT_OK && bad < text.len) {
            status = vt_buf_add_text(&good, "\xef\xbf\xbd", &writer->error);
        }
        begin = bad + 1;
    }
    if (status == VT_OK) {
        value = yyjson_mut_strncpy(writer->doc, good.data, good.len);
    }
    vt_buf_done(&good);
    return value;
}

/* A copy of a text, NULL when memory runs out. */
static yyjson_mut_val *copy_of(vt_json_writer *writer, vt_str text)
{
    return vt_utf8_valid(text) ? yyjson_mut_strncpy(writer->doc, text.ptr, text.len) : mended(writer, text);
}

/* Puts a value behind the last one; NULL: memory ran out. */
static void put(vt_json_writer *writer, const char *key, yyjson_mut_val *value)
{
    yyjson_mut_val *in = writer->depth > 0 ? writer->open[writer->depth - 1] : NULL;
    yyjson_mut_val *name = key == NULL ? NULL : copy_of(writer, vt_str_of(key));
    if (value == NULL || (key != NULL && name == NULL)) {
        no_memory(writer);
    } else if (yyjson_mut_is_obj(in) != (key != NULL)) {
        vt_fail(&writer->error, VT_ERR_FAILED, "JSON to write has a value %s a key", key == NULL ? "without" : "with");
    } else if (key != NULL) {
        yyjson_mut_obj_add(in, name, value);
    } else if (in != NULL) {
        yyjson_mut_arr_append(in, value);
    } else if (yyjson_mut_doc_get_root(writer->doc) == NULL) {
        yyjson_mut_doc_set_root(writer->doc, value);
    } else {
        vt_fail(&writer->error, VT_ERR_FAILED, "JSON to write has a value behind its end");
    }
}

/* Puts an object or an array in which the next values go. */
static void open_container(vt_json_writer *writer, const char *key, yyjson_mut_val *container)
{
    if (writer->depth == VT_JSON_WRITER_DEPTH) {
        vt_fail(&writer->error, VT_ERR_LIMIT, "JSON to write is nested deeper than %d levels", VT_JSON_WRITER_DEPTH);
        return;
    }
    put(writer, key, container);
    writer->open[writer->depth++] = container;
}

static void close_container(vt_json_writer *writer, bool object)
{
    if (failed(writer)) {
        return;
    }
    if (writer->depth == 0 || yyjson_mut_is_obj(writer->open[writer->depth - 1]) != object) {
        vt_fail(&writer->error, VT_ERR_FAILED, "JSON to write has a \"%s\" too many", object ? "}" : "]");
        return;
    }
    writer->depth--;
}

void vt_json_writer_init(vt_json_writer *writer, vt_buf *out, bool pretty)
{
    *writer = (vt_json_writer){.out = out, .error = VT_ERROR_INIT, .pretty = pretty};
    writer->doc = yyjson_mut_doc_new(&checked_memory);
    if (writer->doc == NULL) {
        no_memory(writer);
    }
}

void vt_json_object(vt_json_writer *writer, const char *key)
{
    if (!failed(writer)) {
        open_container(writer, key, yyjson_mut_obj(writer->doc));
    }
}

void vt_json_object_end(vt_json_writer *writer)
{
    close_container(writer, true);
}

void vt_json_array(vt_json_writer *writer, const char *key)
{
    if (!failed(writer)) {
        open_container(writer, key, yyjson_mut_arr(writer->doc));
    }
}

void vt_json_array_end(vt_json_writer *writer)
{
    close_container(writer, false);
}

void vt_json_text(vt_json_writer *writer, const char *key, vt_str text)
{
    if (!failed(writer)) {
        put(writer, key, text.ptr == NULL ? yyjson_mut_null(writer->doc) : copy_of(writer, text));
    }
}

void vt_json_int(vt_json_writer *writer, const char *key, int64_t number)
{
    if (!failed(writer)) {
        put(writer, key, yyjson_mut_sint(writer->doc, number));
    }
}

void vt_json_number(vt_json_writer *writer, const char *key, double number)
{
    if (!failed(writer)) {
        put(writer, key, isfinite(number) ? yyjson_mut_real(writer->doc, number) : yyjson_mut_null(writer->doc));
    }
}

void vt_json_bool(vt_json_writer *writer, const char *key, bool value)
{
    if (!failed(writer)) {
        put(writer, key, yyjson_mut_bool(writer->doc, value));
    }
}

void vt_json_null(vt_json_writer *writer, const char *key)
{
    if (!failed(writer)) {
        put(writer, key, yyjson_mut_null(writer->doc));
    }
}

/* A buffer that holds nothing yet takes the text over, so that a long one is there once; others get a copy. */
void vt_json_raw(vt_json_writer *writer, const char *key, vt_str json)
{
    if (!failed(writer)) {
        put(writer, key, yyjson_mut_rawncpy(writer->doc, json.ptr, json.len));
    }
}

static void hand_over(vt_buf *out, char *text, size_t len, vt_error *err)
{
    if (out->capacity == 0 && len <= out->cap) {
        *out = (vt_buf){.data = text, .len = len, .capacity = len + 1, .cap = out->cap};
        return;
    }
    vt_buf_add(out, text, len, err);
    vt_free(text);
}

static void write_text(vt_json_writer *writer)
{
    yyjson_write_err bad = {0};
    size_t len = 0;
    char *text = yyjson_mut_write_opts(writer->doc, writer->pretty ? YYJSON_WRITE_PRETTY_TWO_SPACES : 0,
                                       &checked_memory, &len, &bad);
    if (text != NULL) {
        hand_over(writer->out, text, len, &writer->error);
    } else if (bad.code == YYJSON_WRITE_ERROR_MEMORY_ALLOCATION) {
        no_memory(writer);
    } else {
        vt_fail(&writer->error, VT_ERR_FAILED, "cannot write JSON: %s", bad.msg);
    }
}

int vt_json_writer_done(vt_json_writer *writer, vt_error *err)
{
    if (!failed(writer) && writer->depth != 0) {
        vt_fail(&writer->error, VT_ERR_FAILED, "JSON to write ends with %d open objects or arrays", writer->depth);
    }
    if (!failed(writer)) {
        write_text(writer);
    }
    if (failed(writer) && err != NULL) {
        *err = writer->error;
    }
    vt_json_writer_abort(writer);
    return (int)writer->error.code;
}

void vt_json_writer_abort(vt_json_writer *writer)
{
    yyjson_mut_doc_free(writer->doc);
    writer->doc = NULL;
}

int vt_json_write_value(vt_buf *out, const yyjson_val *value, vt_error *err)
{
    size_t len = 0;
    char *text = yyjson_val_write_opts(value, 0, &checked_memory, &len, NULL);
    if (text == NULL) {
        return vt_fail(err, VT_ERR_NO_MEMORY, "memory ran out while JSON was written");
    }
    int status = vt_buf_add(out, text, len, err);
    vt_free(text);
    return status;
}
