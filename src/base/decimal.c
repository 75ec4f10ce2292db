/*
 * Digits and groups are taken first, the mark is decided on what was seen, and only then the digits are put together.
 */
#include "base/decimal.h"

#include <stdlib.h>
#include <string.h>

#include "base/number.h"

/* What may stand between groups of three: the marks, and signs that are never decimal. */
static const char *const spaces[] = {" ", "'", "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x89", "\xE2\x80\x99"};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool take_front(vt_str *text, const char *sign)
{
    size_t len = strlen(sign);
    if (text->len < len || memcmp(text->ptr, sign, len) != 0) {
        return false;
    }
    *text = vt_trim((vt_str){text->ptr + len, text->len - len});
    return true;
}

static bool take_back(vt_str *text, const char *sign)
{
    size_t len = strlen(sign);
    if (text->len < len || memcmp(text->ptr + text->len - len, sign, len) != 0) {
        return false;
    }
    *text = vt_trim((vt_str){text->ptr, text->len - len});
    return true;
}

bool vt_decimal_sign(vt_str *text)
{
    static const char *const minus[] = {"-", "\xE2\x88\x92", "\xE2\x80\x93"};
    *text = vt_trim(*text);
    if (text->len > 2 && text->ptr[0] == '(' && text->ptr[text->len - 1] == ')') {
        *text = vt_trim((vt_str){text->ptr + 1, text->len - 2});
        return true;
    }
    for (size_t i = 0; i < sizeof minus / sizeof minus[0]; i++) {
        if (take_front(text, minus[i]) || take_back(text, minus[i])) {
            return true;
        }
    }
    take_front(text, "+");
    return false;
}

/* One separator seen between digits. */
typedef struct group_mark {
    char kind; /* '.', ',' or ' ' for all others */
    int at;    /* digits before it */
} group_mark;

enum { MARKS = 16 };

typedef struct reading {
    vt_decimal number;
    group_mark marks[MARKS];
    int n_marks;
    int count[2]; /* of points, of commas */
} reading;

static size_t separator(vt_str rest, char *kind)
{
    if (rest.ptr[0] == '.' || rest.ptr[0] == ',') {
        *kind = rest.ptr[0];
        return 1;
    }
    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++) {
        size_t len = strlen(spaces[i]);
        if (rest.len >= len && memcmp(rest.ptr, spaces[i], len) == 0) {
            *kind = ' ';
            return len;
        }
    }
    return 0;
}

static bool take_all(reading *r, vt_str text)
{
    for (size_t i = 0; i < text.len;) {
        if (is_digit(text.ptr[i])) {
            if (r->number.n == VT_DECIMAL_DIGITS) {
                return false;
            }
            r->number.digits[r->number.n++] = text.ptr[i++];
            continue;
        }
        char kind = '\0';
        size_t len = separator((vt_str){text.ptr + i, text.len - i}, &kind);
        if (len == 0 || r->n_marks == MARKS) {
            return false;
        }
        r->marks[r->n_marks++] = (group_mark){kind, r->number.n};
        r->count[0] += kind == '.';
        r->count[1] += kind == ',';
        i += len;
    }
    return r->number.n > 0;
}

/* Marks up to `last` (not included) separate groups: all the same, three digits between them, India's two as well. */
static bool grouped(const reading *r, int last, int whole)
{
    int begin = r->n_marks == 0 || last == 0 ? 0 : r->marks[0].at;
    if (last > 0 && (begin < 1 || begin > 3)) {
        return false;
    }
    for (int i = 0; i < last; i++) {
        bool final = i + 1 == last;
        int digits = (final ? whole : r->marks[i + 1].at) - r->marks[i].at;
        bool short_group = digits == 2 && !final && r->marks[i].kind == ',';
        if (r->marks[i].kind != r->marks[0].kind || (digits != 3 && !short_group)) {
            return false;
        }
    }
    return true;
}

/* A single mark: the beginning of decimals where three digits behind it cannot be a group. */
static vt_mark single(const reading *r)
{
    const group_mark *mark = &r->marks[r->n_marks - 1];
    int behind = r->number.n - mark->at;
    bool alone = r->n_marks == 1;
    bool group = behind == 3 && alone && mark->at >= 1 && mark->at <= 3 && r->number.digits[0] != '0';
    return group ? VT_MARK_UNCLEAR : mark->kind == '.' ? VT_MARK_POINT : VT_MARK_COMMA;
}

/* What the marks say; `*decimals` becomes the number of the mark that begins them, -1 for none. */
static vt_mark decide(const reading *r, vt_mark assume, int *decimals)
{
    int last = r->n_marks - 1;
    *decimals = -1;
    if (r->count[0] + r->count[1] == 0) {
        return VT_MARK_NONE;
    }
    if (r->count[0] > 0 && r->count[1] > 0) {
        *decimals = last;
        return r->marks[last].kind == '.' ? VT_MARK_POINT : VT_MARK_COMMA;
    }
    if (r->count[0] + r->count[1] > 1) { /* groups: the other mark is the decimal one */
        return r->count[0] > 0 ? VT_MARK_COMMA : VT_MARK_POINT;
    }
    if (r->marks[last].kind == ' ') { /* "1,234 567" */
        *decimals = last;
        return VT_MARK_NONE;
    }
    vt_mark said = single(r);
    vt_mark mark = said != VT_MARK_UNCLEAR ? said : assume == VT_MARK_COMMA ? VT_MARK_COMMA : VT_MARK_POINT;
    *decimals = (mark == VT_MARK_POINT) == (r->marks[last].kind == '.') ? last : -1;
    return said;
}

bool vt_decimal_read(vt_decimal *out, vt_mark *said, vt_str text, vt_mark assume)
{
    reading r = {0};
    int decimals = -1;
    r.number.negative = vt_decimal_sign(&text);
    if (!take_all(&r, text)) {
        return false;
    }
    *said = decide(&r, assume, &decimals);
    r.number.whole = decimals >= 0 ? r.marks[decimals].at : r.number.n;
    if (decimals >= 0 && (decimals != r.n_marks - 1 || r.marks[decimals].kind == ' ')) {
        return false;
    }
    if (!grouped(&r, decimals >= 0 ? decimals : r.n_marks, r.number.whole)) {
        return false;
    }
    *out = r.number;
    return true;
}

bool vt_decimal_scaled(int64_t *out, const vt_decimal *decimal, int digits)
{
    int64_t value = 0;
    for (int i = 0; i < decimal->whole + digits; i++) {
        int digit = i < decimal->n ? decimal->digits[i] - '0' : 0;
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, digit, &value)) {
            return false;
        }
    }
    if (value > INT64_MAX / 2) {
        return false;
    }
    int next = decimal->whole + digits;
    value += next < decimal->n && decimal->digits[next] >= '5';
    *out = decimal->negative ? -value : value;
    return true;
}

double vt_decimal_real(const vt_decimal *decimal)
{
    char text[VT_DECIMAL_DIGITS + 4];
    size_t len = 0;
    double value = 0;
    if (decimal->negative) {
        text[len++] = '-';
    }
    for (int i = 0; i < decimal->n; i++) {
        if (i == decimal->whole) {
            text[len++] = '.';
        }
        text[len++] = decimal->digits[i];
    }
    vt_parse_real(&value, (vt_str){text, len});
    return value;
}
