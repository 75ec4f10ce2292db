/*
 * Plain byte work on texts of source files. Nothing here knows what a field means; the sources say which of these a
 * field needs.
 */
#include "import/text.h"

#include <string.h>
#include <strings.h>
#include <utf8proc.h>

#include "base/number.h"

bool vt_text_same(vt_str a, const char *b)
{
    return a.ptr != NULL && strlen(b) == a.len && (a.len == 0 || strncasecmp(a.ptr, b, a.len) == 0);
}

bool vt_text_missing(vt_str text)
{
    static const char *const words[] = {"", "n/a", "na", "null", "none", "nan", "-", "\xE2\x80\x94"};
    if (text.ptr == NULL) {
        return true;
    }
    vt_str trimmed = vt_trim(text);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (vt_text_same(trimmed, words[i])) {
            return true;
        }
    }
    return false;
}

int vt_text_repair(vt_buf *out, vt_str text, vt_error *err)
{
    const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)text.ptr;
    size_t left = text.len;
    int status = vt_buf_reserve(out, left, err);
    while (status == VT_OK && left > 0) {
        utf8proc_int32_t code = 0;
        utf8proc_ssize_t used = *p == 0 ? 0 : utf8proc_iterate(p, (utf8proc_ssize_t)left, &code);
        if (used > 0) {
            status = vt_buf_add(out, p, (size_t)used, err);
        } else {
            status = vt_buf_add(out, "\xEF\xBF\xBD", 3, err);
            used = 1;
        }
        p += used;
        left -= (size_t)used;
    }
    return status;
}

int vt_text_code_point(vt_buf *out, unsigned code, vt_error *err)
{
    utf8proc_uint8_t bytes[4];
    bool valid = code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
    utf8proc_ssize_t n = utf8proc_encode_char(valid ? (utf8proc_int32_t)code : 0xFFFD, bytes);
    return vt_buf_add(out, bytes, (size_t)n, err);
}

int vt_text_latin1(vt_buf *out, vt_str text, vt_error *err)
{
    if (vt_utf8_valid(text)) {
        return vt_buf_add(out, text.ptr, text.len, err);
    }
    int status = vt_buf_reserve(out, text.len, err);
    for (size_t i = 0; status == VT_OK && i < text.len; i++) {
        status = vt_text_code_point(out, (unsigned char)text.ptr[i], err);
    }
    return status;
}

int vt_text_level(vt_buf *out, size_t start, vt_str level, vt_error *err)
{
    vt_str trimmed = vt_trim(level);
    if (trimmed.len == 0) {
        return VT_OK;
    }
    int status = out->len > start ? vt_buf_add(out, " > ", 3, err) : VT_OK;
    return status == VT_OK ? vt_buf_add(out, trimmed.ptr, trimmed.len, err) : status;
}

/* The part before the first `mark`; the rest, or "not given", stays in `text`. */
static vt_str cut(vt_str *text, char mark)
{
    const char *at = text->len == 0 ? NULL : memchr(text->ptr, mark, text->len);
    vt_str part = *text;
    if (at == NULL) {
        *text = (vt_str){NULL, 0};
        return part;
    }
    part.len = (size_t)(at - part.ptr);
    *text = (vt_str){at + 1, text->len - part.len - 1};
    return part;
}

int vt_text_category(vt_buf *out, vt_str cell, bool commas, vt_error *err)
{
    size_t start = out->len;
    vt_str rest = cell;
    vt_str path = vt_trim(cut(&rest, '|'));
    if (commas) {
        rest = path;
        path = vt_trim(cut(&rest, ','));
    }
    char mark = path.len > 0 && memchr(path.ptr, '>', path.len) != NULL ? '>' : '/';
    int status = VT_OK;
    while (status == VT_OK && path.ptr != NULL) {
        status = vt_text_level(out, start, cut(&path, mark), err);
    }
    return status;
}

int vt_text_handle(vt_buf *out, vt_str title, vt_error *err)
{
    size_t start = out->len;
    bool gap = false;
    int status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < title.len; i++) {
        char c = title.ptr[i];
        if (c >= 'A' && c <= 'Z') {
            c = (char)(c - 'A' + 'a');
        }
        bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || ((unsigned char)c & 0x80U) != 0;
        if (c == '\'') {
            continue;
        }
        if (!word) {
            gap = out->len > start;
            continue;
        }
        if (gap) {
            status = vt_buf_add(out, "-", 1, err);
            gap = false;
        }
        status = status == VT_OK ? vt_buf_add(out, &c, 1, err) : status;
    }
    return status;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool starts_address(const char *p, const char *end)
{
    while (p < end && is_blank(*p)) {
        p++;
    }
    vt_str rest = {p, (size_t)(end - p)};
    return p == end || *p == '/' || (rest.len >= 4 && memcmp(rest.ptr, "http", 4) == 0);
}

size_t vt_text_images(vt_str *out, vt_str cell)
{
    size_t n = 0;
    const char *p = cell.ptr;
    const char *end = cell.ptr == NULL ? NULL : cell.ptr + cell.len;
    while (p < end && n < VT_TEXT_IMAGES_MAX) {
        const char *begin = p;
        bool address = false; /* inside "scheme://" */
        for (; p < end && *p != '|' && !is_blank(*p); p++) {
            address = address || (end - p >= 3 && memcmp(p, "://", 3) == 0);
            if (*p == ',' && (!address || starts_address(p + 1, end))) {
                break;
            }
        }
        if (p > begin) {
            out[n++] = (vt_str){begin, (size_t)(p - begin)};
        }
        p += p < end;
    }
    return n;
}

void vt_text_list(vt_json_writer *writer, const char *key, vt_str cell, char mark)
{
    vt_json_array(writer, key);
    while (cell.len > 0) {
        vt_str part = vt_trim(cut(&cell, mark));
        if (part.len > 0) {
            vt_json_text(writer, NULL, part);
        }
    }
    vt_json_array_end(writer);
}

const char *vt_text_age_band(vt_str age)
{
    static const struct {
        double below;
        const char *band;
    } bands[] = {{18, "0-17"}, {25, "18-24"}, {35, "25-34"}, {45, "35-44"}, {55, "45-54"}, {65, "55-64"}, {150, "65+"}};
    double years = 0;
    if (!vt_parse_real(&years, vt_trim(age)) || years < 0) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof bands / sizeof bands[0]; i++) {
        if (years < bands[i].below) {
            return bands[i].band;
        }
    }
    return NULL;
}
