/* Numbers, money and UTF-8, parsed by hand where the C library would depend on the locale. */
#include "base/number.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

bool vt_parse_int(int64_t *out, vt_str text)
{
    size_t i = 0;
    bool negative = text.len > 0 && text.ptr[0] == '-';
    if (text.len > 0 && (text.ptr[0] == '-' || text.ptr[0] == '+')) {
        i = 1;
    }
    if (i == text.len) {
        return false;
    }
    int64_t value = 0;
    for (; i < text.len; i++) {
        int digit = text.ptr[i] - '0';
        if (digit < 0 || digit > 9 || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value)) {
            return false;
        }
    }
    if (!negative && value == INT64_MIN) {
        return false;
    }
    *out = negative ? value : -value;
    return true;
}

static locale_t c_locale;

static void make_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

bool vt_parse_real(double *out, vt_str text)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    char copy[64];
    if (text.len == 0 || text.len >= sizeof copy) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        /* Keeps out what strtod also takes: hexadecimal, "inf", "nan", leading blanks. */
        if (!((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.' || c == 'e' || c == 'E')) {
            return false;
        }
    }
    pthread_once(&once, make_c_locale);
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    char *end = NULL;
    double value = c_locale == (locale_t)0 ? strtod(copy, &end) : strtod_l(copy, &end, c_locale);
    if (end != copy + text.len || !isfinite(value)) {
        return false;
    }
    *out = value;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* What stands around a number, symbols and codes, goes; signs and parentheses stay with it. */
static vt_str money_core(vt_str text)
{
    const char *p = text.ptr;
    const char *end = text.ptr + text.len;
    while (p < end && !is_digit(*p) && !(*p == '.' && end - p > 1 && is_digit(p[1]))) {
        p++;
    }
    while (end > p && !is_digit(end[-1])) {
        end--;
    }
    return (vt_str){p, (size_t)(end - p)};
}

/* Of a currency with three decimals "1,234" is no group. */
static vt_mark single_mark(vt_str core)
{
    return core.len > 0 && memchr(core.ptr, ',', core.len) != NULL ? VT_MARK_COMMA : VT_MARK_POINT;
}

static bool has_sign(const char *begin, const char *end, const char *sign)
{
    return begin < end && memmem(begin, (size_t)(end - begin), sign, strlen(sign)) != NULL;
}

bool vt_parse_money_marked(int64_t *out, vt_str text, int digits, vt_mark *said, vt_mark assume)
{
    vt_str core = text.ptr == NULL ? text : money_core(text);
    vt_decimal number;
    if (core.len == 0 ||
        !vt_decimal_read(&number, said, core, digits == 3 && assume == VT_MARK_NONE ? single_mark(core) : assume)) {
        return false;
    }
    const char *end = text.ptr + text.len;
    const char *behind = core.ptr + core.len;
    number.negative = has_sign(text.ptr, core.ptr, "-") || has_sign(text.ptr, core.ptr, "\xE2\x88\x92") ||
                      has_sign(behind, end, "-") || has_sign(behind, end, "\xE2\x88\x92") ||
                      (has_sign(text.ptr, core.ptr, "(") && has_sign(behind, end, ")"));
    return vt_decimal_scaled(out, &number, digits);
}

bool vt_parse_money(int64_t *out, vt_str text, int digits)
{
    vt_mark said = VT_MARK_NONE;
    return vt_parse_money_marked(out, text, digits, &said, VT_MARK_NONE);
}

/* Four bytes at once: a price is written by this for each item of each answer. */
static bool holds(const char (*codes)[4], size_t n, const char code[4])
{
    for (size_t i = 0; i < n; i++) {
        if (memcmp(codes[i], code, 4) == 0) {
            return true;
        }
    }
    return false;
}

int vt_currency_digits(const char *currency)
{
    static const char none[][4] = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW",
                                   "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"};
    static const char three[][4] = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
    if (strlen(currency) != 3) {
        return 2;
    }
    return holds(none, sizeof none / sizeof none[0], currency)      ? 0
           : holds(three, sizeof three / sizeof three[0], currency) ? 3
                                                                    : 2;
}

int64_t vt_currency_units(const char *currency)
{
    static const int64_t units[] = {1, 10, 100, 1000};
    return units[vt_currency_digits(currency)];
}

/* The high bit of a byte is set in what is past ASCII, or borrowed into by a NUL. */
static uint64_t not_plain_word(uint64_t word)
{
    return (word | (word - 0x0101010101010101U)) & 0x8080808080808080U;
}

static uint64_t not_plain(const utf8proc_uint8_t *p)
{
    uint64_t word = 0;
    memcpy(&word, p, sizeof word);
    return not_plain_word(word);
}

/* Of a text of 4 to 8 bytes, by its first and last four. */
static uint64_t not_plain_short(const utf8proc_uint8_t *p, size_t len)
{
    uint32_t half[2];
    memcpy(&half[0], p, sizeof half[0]);
    memcpy(&half[1], p + len - sizeof half[1], sizeof half[1]);
    return not_plain_word((uint64_t)half[1] << 32U | half[0]);
}

/* How many bytes are ASCII and not NUL, the common case, by whole steps of 32 and 8. */
static size_t plain_bytes(const utf8proc_uint8_t *p, size_t len)
{
    size_t n = 0;
    while (len - n >= 32 &&
           (not_plain(p + n) | not_plain(p + n + 8) | not_plain(p + n + 16) | not_plain(p + n + 24)) == 0) {
        n += 32;
    }
    while (len - n >= 8 && not_plain(p + n) == 0) {
        n += 8;
    }
    return n;
}

bool vt_ascii(vt_str text)
{
    const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)text.ptr;
    size_t n = text.len == 0 ? 0 : plain_bytes(p, text.len);
    while (n < text.len && p[n] != 0 && p[n] < 0x80U) {
        n++;
    }
    return n == text.len;
}

bool vt_utf8_valid(vt_str text)
{
    const utf8proc_uint8_t *p = (const utf8proc_uint8_t *)text.ptr;
    size_t left = text.len;
    if (left >= 4 && left <= 8 && not_plain_short(p, left) == 0) {
        return true; /* most keys of JSON, and many ids */
    }
    while (left > 0) {
        if (left >= 8) {
            size_t plain = plain_bytes(p, left);
            if (left - plain < 8 && not_plain(p + left - 8) == 0) {
                return true; /* the last step lies over the one before */
            }
            p += plain;
            left -= plain;
        }
        /* What is in the way, or less than a step. */
        for (size_t i = 0; left > 0 && i < 8; i++) {
            utf8proc_int32_t code = 0;
            utf8proc_ssize_t used = *p < 0x80U ? *p != 0 : utf8proc_iterate(p, (utf8proc_ssize_t)left, &code);
            if (used <= 0) {
                return false;
            }
            p += used;
            left -= (size_t)used;
        }
    }
    return true;
}

void vt_make_printable(char *text)
{
    size_t len = strlen(text);
    for (size_t i = 0; i < len;) {
        size_t want = 1;
        unsigned char c = (unsigned char)text[i];
        if (c >= 0xC0) {
            want = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
        }
        bool good = c >= 0x20 && c != 0x7F && want <= len - i && vt_utf8_valid((vt_str){text + i, want});
        if (!good) {
            text[i] = '?';
            want = 1;
        }
        i += want;
    }
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

vt_str vt_trim(vt_str text)
{
    while (text.len > 0 && is_space(text.ptr[0])) {
        text.ptr++;
        text.len--;
    }
    while (text.len > 0 && is_space(text.ptr[text.len - 1])) {
        text.len--;
    }
    return text;
}
