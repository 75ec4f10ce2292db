/*
 * HTML to text, as far as product descriptions need it: tags go, block tags end a line, entities are decoded, white
 * space runs together. No parser of documents: what is not well formed stays as text.
 */
#include <string.h>
#include <strings.h>

#include "import/text.h"

typedef struct entity {
    const char *name;
    unsigned code;
} entity;

static const entity entities[] = {
    {"amp", '&'},      {"lt", '<'},       {"gt", '>'},       {"quot", '"'},     {"apos", '\''},    {"nbsp", ' '},
    {"copy", 0xA9},    {"reg", 0xAE},     {"trade", 0x2122}, {"ndash", 0x2013}, {"mdash", 0x2014}, {"hellip", 0x2026},
    {"lsquo", 0x2018}, {"rsquo", 0x2019}, {"ldquo", 0x201C}, {"rdquo", 0x201D}, {"bull", 0x2022},  {"middot", 0xB7},
    {"deg", 0xB0},     {"times", 0xD7},   {"frac12", 0xBD},  {"frac14", 0xBC},  {"euro", 0x20AC},  {"pound", 0xA3},
    {"eacute", 0xE9},  {"egrave", 0xE8},  {"ecirc", 0xEA},   {"agrave", 0xE0},  {"acirc", 0xE2},   {"ccedil", 0xE7},
    {"auml", 0xE4},    {"ouml", 0xF6},    {"uuml", 0xFC},    {"Auml", 0xC4},    {"Ouml", 0xD6},    {"Uuml", 0xDC},
    {"szlig", 0xDF},   {"ntilde", 0xF1},  {"oacute", 0xF3},  {"aacute", 0xE1},  {"iacute", 0xED},  {"uacute", 0xFA},
};

enum { ENTITY_MAX = 10, TAG_MAX = 4096 };

static int digit_of(char c, int base)
{
    int digit = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : 99;
    return digit < base ? digit : -1;
}

/* "#39", "#x27": the code, or 0. */
static unsigned numeric(vt_str name)
{
    int base = name.len > 1 && (name.ptr[1] == 'x' || name.ptr[1] == 'X') ? 16 : 10;
    size_t i = base == 16 ? 2 : 1;
    unsigned code = 0;
    for (; i < name.len; i++) {
        int digit = digit_of(name.ptr[i], base);
        if (digit < 0 || code > 0x10FFFF) {
            return 0;
        }
        code = code * (unsigned)base + (unsigned)digit;
    }
    return code > 0x10FFFF ? 0 : code;
}

/* Bytes of the entity at `p` ("&amp;"), 0 when there is none. */
static size_t read_entity(unsigned *code, const char *p, const char *end)
{
    size_t most = (size_t)(end - p) < ENTITY_MAX + 2 ? (size_t)(end - p) : ENTITY_MAX + 2;
    const char *stop = memchr(p, ';', most);
    if (stop == NULL || stop - p < 3) {
        return 0;
    }
    vt_str name = {p + 1, (size_t)(stop - p - 1)};
    unsigned found = name.ptr[0] == '#' ? numeric(name) : 0;
    for (size_t i = 0; found == 0 && i < sizeof entities / sizeof entities[0]; i++) {
        if (vt_str_equal(name, vt_str_of(entities[i].name))) {
            found = entities[i].code;
        }
    }
    *code = found;
    return found == 0 ? 0 : name.len + 2;
}

/* Bytes of the tag or comment at `p` ("<br/>"), 0 when "<" begins none. */
static size_t read_tag(bool *block, const char *p, const char *end)
{
    static const char *const blocks[] = {"p", "br", "div", "li", "tr", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6"};
    *block = false;
    size_t most = (size_t)(end - p) < TAG_MAX ? (size_t)(end - p) : TAG_MAX;
    const char *stop = memchr(p, '>', most);
    if (stop == NULL || stop - p < 2) {
        return 0;
    }
    const char *name = p + 1 + (p[1] == '/');
    bool letter = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z');
    if (!letter && p[1] != '!' && p[1] != '/') {
        return 0;
    }
    size_t len = 0;
    while (name + len < stop && name[len] != ' ' && name[len] != '/') {
        len++;
    }
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        *block = *block || vt_text_same((vt_str){name, len}, blocks[i]);
    }
    return (size_t)(stop - p) + 1;
}

/* Pieces of text with the white space between them held back until the next piece comes. */
typedef struct html_writer {
    vt_buf *out;
    size_t start;
    char gap; /* '\0', ' ' or '\n' */
} html_writer;

static int put(html_writer *w, const void *bytes, size_t len, vt_error *err)
{
    int status = VT_OK;
    if (w->gap != '\0' && w->out->len > w->start) {
        status = vt_buf_add(w->out, &w->gap, 1, err);
    }
    w->gap = '\0';
    return status == VT_OK ? vt_buf_add(w->out, bytes, len, err) : status;
}

static void hold(html_writer *w, char gap)
{
    w->gap = w->gap == '\n' ? '\n' : gap;
}

int vt_text_html(vt_buf *out, vt_str text, vt_error *err)
{
    html_writer w = {out, out->len, '\0'};
    const char *p = text.ptr;
    const char *end = text.len == 0 ? p : p + text.len;
    int status = VT_OK;
    while (status == VT_OK && p < end) {
        unsigned code = 0;
        bool block = false;
        size_t used = *p == '<' ? read_tag(&block, p, end) : *p == '&' ? read_entity(&code, p, end) : 0;
        if (used > 0 && code == 0) {
            if (block) {
                hold(&w, '\n');
            }
        } else if (used > 0 && code > ' ' && code != 0x7F && code != 0xA0) {
            status = put(&w, "", 0, err);
            status = status == VT_OK ? vt_text_code_point(out, code, err) : status;
        } else if (used > 0 || *p == ' ' || (*p >= '\t' && *p <= '\r')) {
            hold(&w, ' ');
            used = used == 0 ? 1 : used;
        } else {
            const char *from = p++;
            while (p < end && *p != '<' && *p != '&' && *p != ' ' && !(*p >= '\t' && *p <= '\r')) {
                p++;
            }
            status = put(&w, from, (size_t)(p - from), err);
        }
        p += used;
    }
    return status;
}
