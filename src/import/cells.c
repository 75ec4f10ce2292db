/* The sentences of rejected cells stand here, and nowhere else. */
#include "import/cells.h"

#include <math.h>

#include "base/number.h"
#include "import/money.h"
#include "import/text.h"
#include "import/words.h"

static int reject(vt_source *source, const vt_columns *columns, size_t field, vt_str cell, const char *reason,
                  const char *expected, vt_error *err)
{
    return vt_sink_reject(source->sink, err, reason, "\"%s\" is \"%.*s\"; %s", vt_columns_name(columns, field),
                          VT_SHOWN(cell), expected);
}

static int reject_unclear(vt_source *source, const vt_columns *columns, size_t field, vt_str cell, vt_error *err)
{
    return reject(source, columns, field, cell, "decimal mark unclear",
                  "the file has decimal points and decimal commas; say with --decimal-mark which one this is", err);
}

bool vt_number_read(double *out, vt_mark *said, vt_str text, vt_mark assume)
{
    vt_decimal decimal;
    *said = VT_MARK_NONE;
    /* Four bytes hold no group of thousands, and a number of a program has an exponent or is long. */
    if (text.len < 5 && vt_parse_real(out, text)) {
        return true;
    }
    if (!vt_decimal_read(&decimal, said, text, assume)) {
        return vt_parse_real(out, text);
    }
    if (*said == VT_MARK_UNCLEAR && assume == VT_MARK_UNCLEAR) {
        return false;
    }
    *out = vt_decimal_real(&decimal);
    return true;
}

bool vt_cell_real(vt_source *source, const vt_columns *columns, size_t field, const vt_str *row, double *out,
                  int *status, vt_error *err)
{
    vt_str cell = vt_columns_get(columns, field, row);
    vt_mark said = VT_MARK_NONE;
    *status = VT_OK;
    if (cell.ptr == NULL || vt_number_read(out, &said, cell, vt_forms_mark(&source->forms, field))) {
        return true;
    }
    *status = said == VT_MARK_UNCLEAR
                  ? reject_unclear(source, columns, field, cell, err)
                  : reject(source, columns, field, cell, "not a number", "a number is expected", err);
    return false;
}

bool vt_cell_whole(vt_source *source, const vt_columns *columns, size_t field, const vt_str *row, int64_t *out,
                   int *status, vt_error *err)
{
    vt_str cell = vt_columns_get(columns, field, row);
    vt_mark said = VT_MARK_NONE;
    double number = 0;
    *status = VT_OK;
    if (cell.ptr == NULL || vt_parse_int(out, cell)) {
        return true;
    }
    if (vt_number_read(&number, &said, cell, vt_forms_mark(&source->forms, field)) && fabs(number) < 1e15 &&
        (double)(int64_t)number == number) {
        *out = (int64_t)number;
        return true;
    }
    *status = said == VT_MARK_UNCLEAR
                  ? reject_unclear(source, columns, field, cell, err)
                  : reject(source, columns, field, cell, "not a whole number", "a whole number is expected", err);
    return false;
}

/* The number in "10+", ">10" and "3 pcs". */
static vt_str pieces(vt_str cell)
{
    size_t from = cell.ptr[0] == '>' ? 1 : 0;
    size_t end = cell.len;
    bool letters = false;
    while (end > from && ((cell.ptr[end - 1] >= 'A' && cell.ptr[end - 1] <= 'Z') ||
                          (cell.ptr[end - 1] >= 'a' && cell.ptr[end - 1] <= 'z') ||
                          (cell.ptr[end - 1] == '.' && cell.len - end < 8))) {
        letters = true;
        end--;
    }
    bool apart = letters && end > from && cell.ptr[end - 1] == ' ' && cell.len - end <= 8;
    end = !letters && cell.ptr[end - 1] == '+' ? end - 1 : !letters || apart ? end : cell.len;
    return vt_trim((vt_str){cell.ptr + from, end - from});
}

bool vt_cell_stock(vt_source *source, const vt_columns *columns, size_t field, const vt_str *row, vt_item *item,
                   int *status, vt_error *err)
{
    vt_str cell = vt_columns_get(columns, field, row);
    vt_mark said = VT_MARK_NONE;
    double number = 0;
    *status = VT_OK;
    if (cell.ptr == NULL) {
        return true;
    }
    if (vt_number_read(&number, &said, pieces(cell), vt_forms_mark(&source->forms, field)) && fabs(number) < 1e12) {
        item->stock = number > 0 ? (int64_t)number : 0;
        return true;
    }
    vt_stock_word word = vt_word_stock(cell);
    if (word != VT_STOCK_NO_WORD) {
        item->stock = word == VT_STOCK_OUT ? 0 : VT_NONE;
        item->untracked = word != VT_STOCK_OUT;
        return true;
    }
    *status = said == VT_MARK_UNCLEAR ? reject_unclear(source, columns, field, cell, err)
                                      : reject(source, columns, field, cell, "not a whole number",
                                               "a number of pieces or a word such as \"in stock\" is expected", err);
    return false;
}

static bool ends_with_ms(const vt_columns *columns, size_t field)
{
    char name[VT_WORD_BYTES];
    vt_word_key(name, sizeof name, vt_str_of(vt_columns_name(columns, field)));
    size_t len = strlen(name);
    return len > 3 && strcmp(name + len - 3, "_ms") == 0;
}

bool vt_cell_time(vt_source *source, const vt_columns *columns, size_t field, const vt_str *row, int64_t *out,
                  int *status, vt_error *err)
{
    vt_str cell = vt_columns_get(columns, field, row);
    vt_time_form form = source->forms.time;
    *status = VT_OK;
    if (cell.ptr == NULL || vt_word_no_time(cell)) {
        return true;
    }
    bool digits = cell.ptr[0] >= '0' && cell.ptr[0] <= '9' && cell.len < 14 && memchr(cell.ptr, '-', cell.len) == NULL;
    if (digits && form.format == NULL && ends_with_ms(columns, field)) {
        form.unit = "ms";
    }
    switch (vt_time_text(out, cell, &form)) {
    case VT_TIME_READ:
        return true;
    case VT_TIME_UNCLEAR:
        *status = reject(source, columns, field, cell, "day and month unclear",
                         "nothing in the column says which is the month; say it with --time-format, such as "
                         "%d/%m/%Y or %m/%d/%Y",
                         err);
        return false;
    default:
        break;
    }
    *status = reject(source, columns, field, cell, "time is no time",
                     form.format != NULL ? "that is not of the form given by --time-format"
                                         : "seconds, milliseconds or a date such as YYYY-MM-DD HH:MM:SS is expected",
                     err);
    return false;
}

bool vt_cell_money(vt_source *source, const vt_columns *columns, size_t field, const vt_str *row, vt_str currency,
                   int64_t *out, int *status, vt_error *err)
{
    vt_str cell = vt_columns_get(columns, field, row);
    vt_mark said = VT_MARK_NONE;
    char code[4] = "";
    *status = VT_OK;
    memcpy(code, currency.len == 3 ? currency.ptr : source->currency, 3);
    if (cell.ptr == NULL ||
        vt_money_read(out, &said, cell, vt_currency_digits(code), vt_forms_mark(&source->forms, field))) {
        return true;
    }
    *status = said == VT_MARK_UNCLEAR ? reject_unclear(source, columns, field, cell, err)
                                      : reject(source, columns, field, cell, "amount is no amount",
                                               "an amount such as 12.50 is expected", err);
    return false;
}

void vt_line_of_sums(int64_t quantity, int64_t subtotal, int64_t total, int64_t *unit_price, int64_t *discount)
{
    int64_t gross = subtotal != VT_NONE ? subtotal : total;
    quantity = quantity == VT_NONE || quantity < 1 ? 1 : quantity;
    if (*unit_price == VT_NONE && gross != VT_NONE) {
        *unit_price = gross / quantity + (gross % quantity != 0); /* rounded up: the discount takes the rest back */
    }
    __int128 full = *unit_price == VT_NONE ? 0 : (__int128)*unit_price * quantity;
    if (*unit_price != VT_NONE && total != VT_NONE && full > total && full <= INT64_MAX) {
        *discount = (int64_t)full - total;
    }
}
