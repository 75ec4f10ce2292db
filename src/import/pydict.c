/*
 * One pass over the literal, writing JSON as it goes. Nothing is evaluated: what is no literal (a name, a call, an
 * operator) is an error.
 */
#include "import/pydict.h"

#include <string.h>

#include "base/limits.h"
#include "base/number.h"
#include "import/text.h"

typedef struct python {
    const char *begin;
    const char *p;
    const char *end;
    vt_buf *out;
    vt_error *err;
    int depth;
} python;

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip_blanks(python *py)
{
    while (py->p < py->end && is_blank(*py->p)) {
        py->p++;
    }
}

static int fail_here(const python *py, const char *what)
{
    return vt_fail_at(py->err, VT_ERR_FORMAT, py->p - py->begin, "%s at byte %td", what, py->p - py->begin + 1);
}

static int put(python *py, const char *text)
{
    return vt_buf_add_text(py->out, text, py->err);
}

bool vt_pydict_likely(vt_str line)
{
    size_t i = 0;
    while (i < line.len && is_blank(line.ptr[i])) {
        i++;
    }
    if (i == line.len || line.ptr[i] != '{') {
        return false;
    }
    for (i++; i < line.len && is_blank(line.ptr[i]); i++) {
    }
    return i < line.len && line.ptr[i] != '"' && line.ptr[i] != '}';
}

/* One code point into a JSON string. */
static int put_code(python *py, unsigned code)
{
    if (code == '"' || code == '\\') {
        char escaped[3] = {'\\', (char)code, '\0'};
        return put(py, escaped);
    }
    if (code < 0x20) {
        return vt_buf_printf(py->out, py->err, "\\u%04x", code);
    }
    return vt_text_code_point(py->out, code, py->err);
}

/* `count` hexadecimal digits at `p`. */
static bool hex_at(const python *py, const char *p, int count, unsigned *out)
{
    unsigned value = 0;
    if (py->end - p < count) {
        return false;
    }
    for (int i = 0; i < count; i++) {
        char c = p[i];
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
                                                : 16;
        if (digit == 16) {
            return false;
        }
        value = value << 4 | digit;
    }
    *out = value;
    return true;
}

/*
 * py->p stands behind "\x41"; `byte` is its value. In a string of bytes a run of escapes may spell one UTF-8
 * character.
 */
static int put_byte(python *py, unsigned byte, bool bytes)
{
    size_t want = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1;
    char run[4] = {(char)byte};
    const char *p = py->p;
    size_t have = 1;
    unsigned next = 0;
    while (bytes && have < want && py->end - p >= 4 && p[0] == '\\' && p[1] == 'x' && hex_at(py, p + 2, 2, &next)) {
        run[have++] = (char)next;
        p += 4;
    }
    if (want > 1 && have == want && vt_utf8_valid((vt_str){run, want})) {
        py->p = p;
        return vt_buf_add(py->out, run, want, py->err);
    }
    return put_code(py, byte);
}

/* \uXXXX, with its second half where it is a surrogate; py->p stands behind it. */
static int put_unicode(python *py, unsigned code)
{
    unsigned low = 0;
    if (code >= 0xD800 && code <= 0xDBFF && py->end - py->p >= 6 && py->p[0] == '\\' && py->p[1] == 'u' &&
        hex_at(py, py->p + 2, 4, &low) && low >= 0xDC00 && low <= 0xDFFF) {
        py->p += 6;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    return put_code(py, code);
}

static int put_octal(python *py)
{
    unsigned value = 0;
    for (int i = 0; i < 3 && py->p < py->end && *py->p >= '0' && *py->p <= '7'; i++) {
        value = value * 8 + (unsigned)(*py->p++ - '0');
    }
    return put_code(py, value);
}

/* py->p stands behind the backslash. */
static int put_escape(python *py, bool bytes)
{
    static const char letters[] = "nrtabfv\\'\"";
    static const char values[] = "\n\r\t\a\b\f\v\\'\"";
    if (py->p == py->end) {
        return fail_here(py, "a string without its end");
    }
    char c = *py->p;
    const char *simple = memchr(letters, c, sizeof letters - 1);
    unsigned code = 0;
    if (simple != NULL) {
        py->p++;
        return put_code(py, (unsigned char)values[simple - letters]);
    }
    if (c >= '0' && c <= '7') {
        return put_octal(py);
    }
    if (c == 'x' || c == 'u' || c == 'U') {
        int digits = c == 'x' ? 2 : c == 'u' ? 4 : 8;
        if (!hex_at(py, py->p + 1, digits, &code)) {
            return fail_here(py, "a broken escape");
        }
        py->p += 1 + digits;
        return c == 'x' ? put_byte(py, code, bytes) : put_unicode(py, code);
    }
    return put_code(py, '\\'); /* Python keeps the backslash of an unknown escape */
}

/* py->p stands on the quote. */
static int put_string(python *py, bool unicode, bool raw)
{
    char quote = *py->p++;
    int status = put(py, "\"");
    while (status == VT_OK) {
        const char *from = py->p;
        while (py->p < py->end && *py->p != quote && *py->p != '\\' && *py->p != '"' && (unsigned char)*py->p >= 0x20) {
            py->p++;
        }
        status = vt_buf_add(py->out, from, (size_t)(py->p - from), py->err);
        if (status != VT_OK) {
            break;
        }
        if (py->p == py->end) {
            return fail_here(py, "a string without its end");
        }
        char c = *py->p++;
        if (c == quote) {
            break;
        }
        status = c == '\\' && !raw ? put_escape(py, !unicode) : put_code(py, (unsigned char)c);
    }
    return status == VT_OK ? put(py, "\"") : status;
}

/* A number without a leading "+" or a trailing "L"; JSON wants a digit on both sides of the point. */
static int put_number(python *py)
{
    const char *from = py->p + (*py->p == '+');
    if (*py->p == '-' || *py->p == '+') {
        py->p++;
    }
    while (py->p < py->end && ((*py->p >= '0' && *py->p <= '9') || *py->p == '.' || *py->p == 'e' || *py->p == 'E' ||
                               ((*py->p == '-' || *py->p == '+') && (py->p[-1] == 'e' || py->p[-1] == 'E')))) {
        py->p++;
    }
    vt_str text = {from, (size_t)(py->p - from)};
    double value = 0;
    if (!vt_parse_real(&value, text)) {
        py->p = from;
        return fail_here(py, "no Python value");
    }
    if (py->p < py->end && (*py->p == 'L' || *py->p == 'l')) {
        py->p++;
    }
    int status = *from == '.' ? put(py, "0") : VT_OK;
    status = status == VT_OK ? vt_buf_add(py->out, text.ptr, text.len, py->err) : status;
    return status == VT_OK && text.ptr[text.len - 1] == '.' ? put(py, "0") : status;
}

static int put_word(python *py)
{
    static const struct {
        const char *python;
        const char *json;
    } words[] = {{"True", "true"}, {"False", "false"}, {"None", "null"}, {"nan", "null"}, {"inf", "null"}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t len = strlen(words[i].python);
        if ((size_t)(py->end - py->p) >= len && memcmp(py->p, words[i].python, len) == 0) {
            py->p += len;
            return put(py, words[i].json);
        }
    }
    return fail_here(py, "no Python value");
}

/* A string with its prefix, when one begins here. */
static bool string_begins(python *py, bool *unicode, bool *raw)
{
    const char *p = py->p;
    *unicode = false;
    *raw = false;
    for (int i = 0; i < 2 && p < py->end && strchr("uUbBrR", *p) != NULL && *p != '\0'; i++, p++) {
        *unicode = *unicode || *p == 'u' || *p == 'U';
        *raw = *raw || *p == 'r' || *p == 'R';
    }
    if (p == py->end || (*p != '\'' && *p != '"')) {
        return false;
    }
    py->p = p;
    return true;
}

static int put_key(python *py)
{
    bool unicode = false;
    bool raw = false;
    if (py->p == py->end || !string_begins(py, &unicode, &raw)) {
        return fail_here(py, "a key that is no string");
    }
    int status = put_string(py, unicode, raw);
    if (status != VT_OK) {
        return status;
    }
    skip_blanks(py);
    if (py->p == py->end || *py->p != ':') {
        return fail_here(py, "\":\" is missing");
    }
    py->p++;
    return put(py, ":");
}

static int put_value(python *py);

/* A dict, list or tuple; py->p stands on its first byte. */
static int put_group(python *py)
{
    char close = *py->p == '{' ? '}' : *py->p == '[' ? ']' : ')';
    if (++py->depth > VT_JSON_DEPTH_MAX) {
        return fail_here(py, "nesting that is too deep");
    }
    py->p++;
    int status = put(py, close == '}' ? "{" : "[");
    bool first = true;
    while (status == VT_OK) {
        skip_blanks(py);
        if (py->p < py->end && *py->p == close) {
            break;
        }
        if (!first) {
            status = put(py, ",");
        }
        first = false;
        if (status == VT_OK && close == '}') {
            status = put_key(py);
        }
        status = status == VT_OK ? put_value(py) : status;
        skip_blanks(py);
        if (status == VT_OK && py->p < py->end && *py->p == ',') {
            py->p++;
        } else if (status == VT_OK && (py->p == py->end || *py->p != close)) {
            status = fail_here(py, py->p == py->end ? "a line that ends too early" : "\",\" is missing");
        }
    }
    if (status != VT_OK) {
        return status;
    }
    py->p++;
    py->depth--;
    return put(py, close == '}' ? "}" : "]");
}

static int put_value(python *py)
{
    bool unicode = false;
    bool raw = false;
    skip_blanks(py);
    if (py->p == py->end) {
        return fail_here(py, "a line that ends too early");
    }
    char c = *py->p;
    if (c == '{' || c == '[' || c == '(') {
        return put_group(py);
    }
    if (string_begins(py, &unicode, &raw)) {
        return put_string(py, unicode, raw);
    }
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' ? put_number(py) : put_word(py);
}

int vt_pydict_to_json(vt_buf *out, vt_str line, vt_error *err)
{
    python py = {line.ptr, line.ptr, line.ptr + line.len, out, err, 0};
    int status = put_value(&py);
    if (status == VT_OK) {
        skip_blanks(&py);
        if (py.p < py.end) {
            status = fail_here(&py, "more behind the value");
        }
    }
    return status;
}
