/*
 * Tags and entities as product data has them: the names are those of Latin-1 in its own order and what shops write
 * besides. No parser of documents: what is not well formed is text.
 */
#include "base/html.h"

#include <strings.h>

#include "base/encoding.h"

/* U+00A0 to U+00FF. */
static const char *const latin[] = {
    "nbsp",   "iexcl",  "cent",   "pound",  "curren", "yen",    "brvbar", "sect",   "uml",    "copy",   "ordf",
    "laquo",  "not",    "shy",    "reg",    "macr",   "deg",    "plusmn", "sup2",   "sup3",   "acute",  "micro",
    "para",   "middot", "cedil",  "sup1",   "ordm",   "raquo",  "frac14", "frac12", "frac34", "iquest", "Agrave",
    "Aacute", "Acirc",  "Atilde", "Auml",   "Aring",  "AElig",  "Ccedil", "Egrave", "Eacute", "Ecirc",  "Euml",
    "Igrave", "Iacute", "Icirc",  "Iuml",   "ETH",    "Ntilde", "Ograve", "Oacute", "Ocirc",  "Otilde", "Ouml",
    "times",  "Oslash", "Ugrave", "Uacute", "Ucirc",  "Uuml",   "Yacute", "THORN",  "szlig",  "agrave", "aacute",
    "acirc",  "atilde", "auml",   "aring",  "aelig",  "ccedil", "egrave", "eacute", "ecirc",  "euml",   "igrave",
    "iacute", "icirc",  "iuml",   "eth",    "ntilde", "ograve", "oacute", "ocirc",  "otilde", "ouml",   "divide",
    "oslash", "ugrave", "uacute", "ucirc",  "uuml",   "yacute", "thorn",  "yuml",
};

static const struct {
    const char *name;
    uint32_t code;
} others[] = {
    {"amp", '&'},       {"lt", '<'},        {"gt", '>'},        {"quot", '"'},      {"apos", '\''},
    {"ndash", 0x2013},  {"mdash", 0x2014},  {"hellip", 0x2026}, {"lsquo", 0x2018},  {"rsquo", 0x2019},
    {"ldquo", 0x201C},  {"rdquo", 0x201D},  {"sbquo", 0x201A},  {"bdquo", 0x201E},  {"lsaquo", 0x2039},
    {"rsaquo", 0x203A}, {"bull", 0x2022},   {"trade", 0x2122},  {"euro", 0x20AC},   {"prime", 0x2032},
    {"Prime", 0x2033},  {"dagger", 0x2020}, {"Dagger", 0x2021}, {"permil", 0x2030}, {"minus", 0x2212},
    {"frasl", 0x2044},  {"le", 0x2264},     {"ge", 0x2265},     {"ne", 0x2260},     {"asymp", 0x2248},
    {"infin", 0x221E},  {"radic", 0x221A},  {"larr", 0x2190},   {"uarr", 0x2191},   {"rarr", 0x2192},
    {"darr", 0x2193},   {"hearts", 0x2665}, {"star", 0x2606},   {"starf", 0x2605},  {"check", 0x2713},
    {"ensp", 0x2002},   {"emsp", 0x2003},   {"thinsp", 0x2009}, {"zwnj", 0x200C},   {"zwj", 0x200D},
    {"lrm", 0x200E},    {"rlm", 0x200F},    {"OElig", 0x152},   {"oelig", 0x153},   {"Scaron", 0x160},
    {"scaron", 0x161},  {"Yuml", 0x178},    {"fnof", 0x192},    {"circ", 0x2C6},    {"tilde", 0x2DC},
    {"alpha", 0x3B1},   {"beta", 0x3B2},    {"gamma", 0x3B3},   {"delta", 0x3B4},   {"mu", 0x3BC},
    {"pi", 0x3C0},      {"omega", 0x3C9},   {"Delta", 0x394},   {"Omega", 0x3A9},   {"NewLine", '\n'},
    {"Tab", '\t'},      {"num", '#'},       {"percnt", '%'},    {"lpar", '('},      {"rpar", ')'},
    {"comma", ','},     {"period", '.'},    {"colon", ':'},     {"semi", ';'},      {"excl", '!'},
    {"quest", '?'},     {"sol", '/'},       {"commat", '@'},    {"dollar", '$'},    {"plus", '+'},
    {"equals", '='},    {"ast", '*'},       {"lowbar", '_'},    {"vert", '|'},      {"lsqb", '['},
    {"rsqb", ']'},      {"hyphen", 0x2010}, {"horbar", 0x2015},
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
static uint32_t numeric(vt_str name)
{
    int base = name.len > 1 && (name.ptr[1] == 'x' || name.ptr[1] == 'X') ? 16 : 10;
    uint32_t code = 0;
    for (size_t i = base == 16 ? 2 : 1; i < name.len; i++) {
        int digit = digit_of(name.ptr[i], base);
        if (digit < 0 || code > 0x10FFFF) {
            return 0;
        }
        code = code * (uint32_t)base + (uint32_t)digit;
    }
    if (code >= 0x80 && code < 0xA0) {
        return vt_windows_code((unsigned char)code);
    }
    return code > 0x10FFFF ? 0 : code;
}

static uint32_t named(vt_str name)
{
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (vt_str_equal(name, vt_str_of(others[i].name))) {
            return others[i].code;
        }
    }
    for (size_t i = 0; i < sizeof latin / sizeof latin[0]; i++) {
        if (vt_str_equal(name, vt_str_of(latin[i]))) {
            return 0xA0 + (uint32_t)i;
        }
    }
    return 0;
}

size_t vt_html_read_entity(uint32_t *code, vt_str text)
{
    size_t most = text.len < ENTITY_MAX + 2 ? text.len : ENTITY_MAX + 2;
    const char *stop = memchr(text.ptr, ';', most);
    if (stop == NULL || stop - text.ptr < 3) {
        return 0;
    }
    vt_str name = {text.ptr + 1, (size_t)(stop - text.ptr - 1)};
    uint32_t found = name.ptr[0] == '#' ? numeric(name) : named(name);
    if (found == 0) {
        return 0;
    }
    *code = found;
    return name.len + 2;
}

static bool is_block(vt_str name)
{
    static const char *const blocks[] = {
        "p",  "br", "div", "li", "tr", "td", "th",    "ul",      "ol",      "h1",     "h2",     "h3",        "h4",
        "h5", "h6", "hr",  "dl", "dt", "dd", "table", "section", "article", "header", "footer", "blockquote"};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        if (strlen(blocks[i]) == name.len && strncasecmp(name.ptr, blocks[i], name.len) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "<!-- ... -->" or "<!DOCTYPE ...>" */
static size_t read_declaration(vt_html_tag *tag, vt_str text)
{
    bool comment = text.len >= 4 && text.ptr[2] == '-' && text.ptr[3] == '-';
    const char *stop = comment ? memmem(text.ptr + 4, text.len - 4, "-->", 3) : memchr(text.ptr, '>', text.len);
    if (stop == NULL) {
        return 0;
    }
    *tag = (vt_html_tag){{text.ptr + 1, comment ? 3 : 1}, false, false};
    return (size_t)(stop - text.ptr) + (comment ? 3 : 1);
}

size_t vt_html_read_tag(vt_html_tag *tag, vt_str text)
{
    text.len = text.len < TAG_MAX ? text.len : TAG_MAX;
    if (text.len < 3) {
        return 0;
    }
    if (text.ptr[1] == '!') {
        return read_declaration(tag, text);
    }
    bool closing = text.ptr[1] == '/';
    const char *name = text.ptr + 1 + closing;
    const char *stop = memchr(text.ptr, '>', text.len);
    if (stop == NULL || (!is_letter(*name) && !(closing && name == stop))) {
        return 0;
    }
    size_t len = 0;
    while (name + len < stop && name[len] != '/' && (unsigned char)name[len] > ' ') {
        len++;
    }
    *tag = (vt_html_tag){{name, len}, closing, is_block((vt_str){name, len})};
    return (size_t)(stop - text.ptr) + 1;
}
