/*
 * vt_parse_money() skips what stands around a number; here it is made sure that this is a currency and no other text.
 */
#include "import/money.h"

#include "base/number.h"
#include "import/text.h"

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

bool vt_money_cell(vt_source *source, const vt_columns *columns, size_t field, const vt_str *row, vt_str currency,
                   int64_t *out, int *status, vt_error *err)
{
    vt_str cell = vt_columns_get(columns, field, row);
    char code[4] = "";
    memcpy(code, currency.len == 3 ? currency.ptr : source->currency, 3);
    if (vt_text_missing(cell) || vt_money_read(out, cell, vt_currency_digits(code))) {
        return true;
    }
    *status = vt_sink_reject(source->sink, err, "amount is no amount",
                             "\"%s\" is \"%.*s\"; an amount such as 12.50 is expected", vt_columns_name(columns, field),
                             VT_SHOWN(cell));
    return false;
}
