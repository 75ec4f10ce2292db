/*
 * vt_parse_money() skips what stands around a number; here it is made sure that this is a currency and no other text.
 */
#include "import/money.h"

#include "base/number.h"

enum { LONGEST = 40, WORDS = 8 };

/* Bytes that may stand in a price: digits, separators, letters of a code or a short word, signs of currencies. */
static bool fits(vt_str text)
{
    size_t letters = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        letters += letter;
        if (!letter && c < 0x80 && !(c >= '0' && c <= '9') && c != '.' && c != ',' && c != ' ' && c != '$' &&
            c != '\'') {
            return false;
        }
    }
    return letters <= WORDS;
}

bool vt_money_read(int64_t *out, vt_str text, int digits)
{
    vt_str amount = vt_trim(text);
    int64_t value = 0;
    if (amount.len == 0 || amount.len > LONGEST) {
        return false;
    }
    const char *dash = memmem(amount.ptr, amount.len, " - ", 3);
    if (dash != NULL) {
        amount = vt_trim((vt_str){amount.ptr, (size_t)(dash - amount.ptr)});
    }
    if (!fits(amount) || !vt_parse_money(&value, amount, digits) || value < 0) {
        return false;
    }
    *out = value;
    return true;
}
