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

int vt_text_level(vt_buf *out, size_t start, vt_str level, vt_error *err)
{
    vt_str trimmed = vt_trim(level);
    if (trimmed.len == 0) {
        return VT_OK;
    }
    size_t before = out->len;
    int status = before > start ? vt_buf_add(out, " > ", 3, err) : VT_OK;
    size_t begin = out->len;
    status = status == VT_OK ? vt_text_marked(out, trimmed, err) : status;
    out->len = status == VT_OK && out->len > begin ? out->len : before; /* a level of tags and blanks alone is none */
    return status;
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

/* What numpy prints around a list: array([...], dtype=object). */
static vt_str without_array(vt_str cell)
{
    static const char before[] = "array(";
    size_t len = sizeof before - 1;
    if (cell.len <= len || memcmp(cell.ptr, before, len) != 0 || cell.ptr[cell.len - 1] != ')') {
        return cell;
    }
    const char *end = memrchr(cell.ptr, ']', cell.len);
    return end == NULL ? cell : (vt_str){cell.ptr + len, (size_t)(end + 1 - cell.ptr) - len};
}

/* "['A', 'B']", "{'a': ...}", "[{'a': ...}]", "[]": what a program prints of a list or a dict; no words in brackets. */
static bool printed(vt_str *cell)
{
    *cell = without_array(cell->len == 0 ? *cell : vt_trim(*cell));
    if (cell->len < 2) {
        return false;
    }
    char close = cell->ptr[0] == '[' ? ']' : cell->ptr[0] == '{' ? '}' : '\0';
    char second = cell->ptr[1];
    return close != '\0' && cell->ptr[cell->len - 1] == close &&
           (second == '\'' || second == '"' || second == close || (second == '{' && close == ']'));
}

/* True for a printed list of texts. */
static bool of_texts(vt_str cell)
{
    return cell.ptr[0] == '[' && cell.ptr[1] != '{';
}

/* The next text in quotes, behind which `rest` begins; "not given" when there is none. */
static vt_str next_quoted(vt_str *rest)
{
    for (size_t i = 0; i < rest->len; i++) {
        char quote = rest->ptr[i];
        if (quote != '\'' && quote != '"') {
            continue;
        }
        size_t end = i + 1;
        while (end < rest->len && rest->ptr[end] != quote) {
            end += rest->ptr[end] == '\\' ? 2 : 1;
        }
        if (end >= rest->len) {
            break;
        }
        vt_str text = {rest->ptr + i + 1, end - i - 1};
        *rest = (vt_str){rest->ptr + end + 1, rest->len - end - 1};
        return text;
    }
    *rest = (vt_str){NULL, 0};
    return *rest;
}

int vt_text_plain(vt_buf *out, vt_str text, vt_error *err)
{
    vt_str trimmed = text;
    size_t start = out->len;
    int status = VT_OK;
    if (!printed(&trimmed)) {
        return vt_text_marked(out, text, err);
    }
    vt_str rest = of_texts(trimmed) ? trimmed : (vt_str){NULL, 0};
    for (vt_str one = next_quoted(&rest); status == VT_OK && one.ptr != NULL; one = next_quoted(&rest)) {
        status = out->len > start ? vt_buf_add(out, "\n", 1, err) : VT_OK;
        status = status == VT_OK ? vt_text_marked(out, one, err) : status;
    }
    return status;
}

static int printed_path(vt_buf *out, vt_str cell, vt_error *err)
{
    size_t start = out->len;
    int status = VT_OK;
    for (vt_str level = next_quoted(&cell); status == VT_OK && level.ptr != NULL; level = next_quoted(&cell)) {
        status = vt_text_level(out, start, level, err);
    }
    return status;
}

int vt_text_category(vt_buf *out, vt_str cell, bool commas, vt_error *err)
{
    if (printed(&cell)) {
        return of_texts(cell) ? printed_path(out, cell, err) : VT_OK;
    }
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

/* The addresses in a printed list or dict: those of its first size that has any. */
static size_t printed_images(vt_str *out, vt_str cell)
{
    size_t n = 0;
    bool keyed = cell.ptr[0] == '{';
    bool any = !keyed;
    for (vt_str text = next_quoted(&cell); text.ptr != NULL; text = next_quoted(&cell)) {
        bool address = text.len > 8 && memmem(text.ptr, text.len, "://", 3) != NULL;
        if (keyed && !address && any) {
            break; /* the next size */
        }
        if (address && n < VT_TEXT_IMAGES_MAX) {
            out[n++] = text;
            any = true;
        }
    }
    return n;
}

/* The largest of the sizes that a dict of one picture has. */
static vt_str largest_of(vt_str dict)
{
    static const char *const sizes[] = {"thumb", "large", "hi_res"};
    vt_str best = {NULL, 0};
    int rank = -2;
    int size = -1;
    for (vt_str text = next_quoted(&dict); text.ptr != NULL; text = next_quoted(&dict)) {
        bool address = text.len > 8 && memmem(text.ptr, text.len, "://", 3) != NULL;
        if (address && size > rank) {
            best = text;
            rank = size;
        }
        size = address ? size : -1;
        for (int i = 0; !address && i < 3; i++) {
            size = vt_text_same(text, sizes[i]) ? i : size;
        }
    }
    return best;
}

/* A printed list of dicts: a picture each. */
static size_t printed_dicts(vt_str *out, vt_str cell)
{
    size_t n = 0;
    while (cell.len > 0 && n < VT_TEXT_IMAGES_MAX) {
        vt_str image = largest_of(cut(&cell, '}'));
        out[n] = image;
        n += image.ptr != NULL;
    }
    return n;
}

size_t vt_text_images(vt_str *out, vt_str cell)
{
    size_t n = 0;
    if (printed(&cell)) {
        return cell.ptr[1] == '{' ? printed_dicts(out, cell) : printed_images(out, cell);
    }
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
