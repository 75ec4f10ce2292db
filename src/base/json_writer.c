/* The JSON writer: appends to a buffer; the first error sticks and the rest is dropped. */
#include <math.h>
#include <utf8proc.h>

#include "base/json.h"

static bool failed(const vt_json_writer *writer)
{
    return writer->error.code != VT_OK;
}

static void add(vt_json_writer *writer, const char *bytes, size_t len)
{
    if (!failed(writer)) {
        vt_buf_add(writer->out, bytes, len, &writer->error);
    }
}

static void add_text(vt_json_writer *writer, const char *text)
{
    add(writer, text, strlen(text));
}

static void new_line(vt_json_writer *writer, int depth)
{
    static const char blanks[] = "                                                                ";
    _Static_assert(sizeof blanks > 2 * VT_JSON_WRITER_DEPTH, "blanks for the deepest line");
    if (writer->pretty) {
        add(writer, "\n", 1);
        add(writer, blanks, 2 * (size_t)depth);
    }
}

/* What a byte becomes inside quotes, NULL: itself. */
static const char *escape(unsigned char c, char text[8])
{
    static const char digits[] = "0123456789abcdef";
    switch (c) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        if (c >= 0x20) {
            return NULL;
        }
        memcpy(text, "\\u00", 4);
        text[4] = digits[c >> 4];
        text[5] = digits[c & 15U];
        text[6] = '\0';
        return text;
    }
}

static void quoted(vt_json_writer *writer, vt_str text)
{
    char hex[8];
    size_t begin = 0; /* of the bytes that go out as they are */
    size_t i = 0;
    add(writer, "\"", 1);
    while (i < text.len) {
        unsigned char c = (unsigned char)text.ptr[i];
        size_t used = 1;
        const char *instead = NULL;
        if (c < 0x80) {
            instead = escape(c, hex);
        } else {
            utf8proc_int32_t code = 0;
            utf8proc_ssize_t n =
                utf8proc_iterate((const utf8proc_uint8_t *)text.ptr + i, (utf8proc_ssize_t)(text.len - i), &code);
            used = n > 0 ? (size_t)n : 1;
            instead = n > 0 ? NULL : "\xef\xbf\xbd";
        }
        if (instead != NULL) {
            add(writer, text.ptr + begin, i - begin);
            add_text(writer, instead);
            begin = i + used;
        }
        i += used;
    }
    add(writer, text.ptr + begin, i - begin);
    add(writer, "\"", 1);
}

/* What stands before every value: comma, line, key. */
static void open_value(vt_json_writer *writer, const char *key)
{
    int depth = writer->depth;
    if (depth > 0) {
        if (!writer->first[depth - 1]) {
            add(writer, ",", 1);
        }
        writer->first[depth - 1] = false;
        new_line(writer, depth);
    }
    if (key != NULL) {
        quoted(writer, vt_str_of(key));
        add_text(writer, writer->pretty ? ": " : ":");
    }
}

static void open_container(vt_json_writer *writer, const char *key, const char *mark)
{
    if (!failed(writer) && writer->depth == VT_JSON_WRITER_DEPTH) {
        vt_fail(&writer->error, VT_ERR_LIMIT, "JSON to write is nested deeper than %d levels", VT_JSON_WRITER_DEPTH);
    }
    if (!failed(writer)) {
        open_value(writer, key);
        add_text(writer, mark);
        writer->first[writer->depth++] = true;
    }
}

static void close_container(vt_json_writer *writer, const char *mark)
{
    if (!failed(writer) && writer->depth == 0) {
        vt_fail(&writer->error, VT_ERR_FAILED, "JSON to write has a \"%s\" too many", mark);
    }
    if (!failed(writer)) {
        writer->depth--;
        if (!writer->first[writer->depth]) {
            new_line(writer, writer->depth);
        }
        add_text(writer, mark);
    }
}

void vt_json_writer_init(vt_json_writer *writer, vt_buf *out, bool pretty)
{
    *writer = (vt_json_writer){.out = out, .error = VT_ERROR_INIT, .pretty = pretty};
}

void vt_json_object(vt_json_writer *writer, const char *key)
{
    open_container(writer, key, "{");
}

void vt_json_object_end(vt_json_writer *writer)
{
    close_container(writer, "}");
}

void vt_json_array(vt_json_writer *writer, const char *key)
{
    open_container(writer, key, "[");
}

void vt_json_array_end(vt_json_writer *writer)
{
    close_container(writer, "]");
}

void vt_json_text(vt_json_writer *writer, const char *key, vt_str text)
{
    if (text.ptr == NULL) {
        vt_json_null(writer, key);
        return;
    }
    open_value(writer, key);
    quoted(writer, text);
}

void vt_json_int(vt_json_writer *writer, const char *key, int64_t number)
{
    open_value(writer, key);
    if (!failed(writer)) {
        vt_buf_printf(writer->out, &writer->error, "%lld", (long long)number);
    }
}

void vt_json_number(vt_json_writer *writer, const char *key, double number)
{
    if (!isfinite(number)) {
        vt_json_null(writer, key);
        return;
    }
    /* yyjson writes the shortest text that reads back equal, whatever the locale; all on the stack. */
    char memory[1024];
    yyjson_alc stack;
    yyjson_val value = {.tag = YYJSON_TYPE_NUM | YYJSON_SUBTYPE_REAL, .uni = {.f64 = number}};
    size_t len = 0;
    yyjson_alc_pool_init(&stack, memory, sizeof memory);
    const char *text = yyjson_val_write_opts(&value, YYJSON_WRITE_NOFLAG, &stack, &len, NULL);
    open_value(writer, key);
    if (text != NULL) {
        add(writer, text, len);
    } else if (!failed(writer)) {
        vt_fail(&writer->error, VT_ERR_FAILED, "cannot write a number as JSON");
    }
}

void vt_json_bool(vt_json_writer *writer, const char *key, bool value)
{
    open_value(writer, key);
    add_text(writer, value ? "true" : "false");
}

void vt_json_null(vt_json_writer *writer, const char *key)
{
    open_value(writer, key);
    add_text(writer, "null");
}

int vt_json_writer_done(vt_json_writer *writer, vt_error *err)
{
    if (!failed(writer) && writer->depth != 0) {
        vt_fail(&writer->error, VT_ERR_FAILED, "JSON to write ends with %d open objects or arrays", writer->depth);
    }
    if (failed(writer) && err != NULL) {
        *err = writer->error;
    }
    return (int)writer->error.code;
}
