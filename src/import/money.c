/*
 * vt_parse_money() skips what stands around a number; here it is made sure that this is a currency and no other text.
 */
#include "import/money.h"

#include <string.h>

#include "base/number.h"

enum { LONGEST = 40, WORDS = 8 };

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Signs of currencies, short words and dots: what may stand before and behind a number. */
static bool fits(vt_str text)
{
    size_t letters = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        letters += is_letter(c);
        if (!is_letter(c) && ((unsigned char)c & 0x80U) == 0 && !is_digit(c) && strchr("., $'()+-", c) == NULL) {
            return false;
        }
    }
    return letters <= WORDS;
}

/*
 * Letters right behind the number are a code ("12EUR") or the name of a currency, and not the rest of something else.
 */
static bool code_behind(vt_str text)
{
    static const char *const names[] = {"kr", "zl", "Kc", "Ft", "lei", "TL", "Lt", "din", "euro", "euros"};
    size_t end = text.len;
    while (end > 0 && !is_digit(text.ptr[end - 1])) {
        end--;
    }
    vt_str behind = {text.ptr + end, text.len - end};
    if (behind.len == 0 || !is_letter(behind.ptr[0])) {
        return true;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (vt_str_equal(behind, vt_str_of(names[i]))) {
            return true;
        }
    }
    bool capitals = behind.len == 3;
    for (size_t i = 0; i < behind.len && capitals; i++) {
        capitals = behind.ptr[i] >= 'A' && behind.ptr[i] <= 'Z';
    }
    return capitals;
}

/* "12.-" and "12,-": a dash, also a long one, in the place of no cents. */
static vt_str without_dash(vt_str amount)
{
    static const char *const dashes[] = {"-", "\xE2\x80\x93", "\xE2\x80\x94"};
    for (size_t i = 0; i < sizeof dashes / sizeof dashes[0]; i++) {
        size_t len = strlen(dashes[i]);
        if (amount.len > len + 1 && memcmp(amount.ptr + amount.len - len, dashes[i], len) == 0) {
            char mark = amount.ptr[amount.len - len - 1];
            return mark == '.' || mark == ',' ? (vt_str){amount.ptr, amount.len - len - 1} : amount;
        }
    }
    return amount;
}

/* The amount, or the lower end of a range; empty when it can be none. */
static vt_str amount_of(vt_str text)
{
    vt_str amount = vt_trim(text);
    if (amount.len == 0 || amount.len > LONGEST) {
        return (vt_str){NULL, 0};
    }
    const char *dash = memmem(amount.ptr, amount.len, " - ", 3);
    if (dash != NULL) {
        amount = vt_trim((vt_str){amount.ptr, (size_t)(dash - amount.ptr)});
    }
    amount = without_dash(amount);
    return fits(amount) && code_behind(amount) ? amount : (vt_str){NULL, 0};
}

bool vt_money_read(int64_t *out, vt_mark *said, vt_str text, int digits, vt_mark assume)
{
    vt_str amount = amount_of(text);
    int64_t value = 0;
    *said = VT_MARK_NONE;
    if (amount.len == 0 || !vt_parse_money_marked(&value, amount, digits, said, assume) || value < 0) {
        return false;
    }
    if (*said == VT_MARK_UNCLEAR && assume == VT_MARK_UNCLEAR) {
        return false;
    }
    *said = VT_MARK_NONE;
    *out = value;
    return true;
}

vt_mark vt_money_mark(vt_str text)
{
    vt_str amount = amount_of(text);
    vt_mark said = VT_MARK_NONE;
    int64_t value = 0;
    return amount.len > 0 && vt_parse_money_marked(&value, amount, 2, &said, VT_MARK_NONE) ? said : VT_MARK_NONE;
}
