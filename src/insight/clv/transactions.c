/*
 * The first line tells which of the two forms a file has. Both give rows of fields, and from there the way is one.
 */
#include "insight/clv/transactions.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/number.h"
#include "base/stream.h"
#include "insight/plain_file.h"

#define DAY 86400
enum { CUSTOMER, TIME, AMOUNT, COLUMNS, BLANK_FIELDS = 16 };

static const char *const usual[COLUMNS] = {
    "customer customer_id customerid user user_id userid client client_id buyer id",
    "date day time timestamp datetime order_date invoicedate invoice_date created_at",
    "amount value dollar_value total revenue sales spend price monetary_value order_value",
};
static const char *const expected[COLUMNS] = {"customer", "date", "amount"};
static const char *const role[COLUMNS] = {"the customers", "the dates", "the amounts"};

/* A file while it is read. */
typedef struct reading {
    vt_transactions to;
    const vt_transactions_options *options;
    const char *path;
    size_t capacity[COLUMNS];
    int place[COLUMNS]; /* of each column; -1: none */
} reading;

void vt_transactions_options_init(vt_transactions_options *options)
{
    *options = (vt_transactions_options){NULL, NULL, NULL, 2};
}

/* Finds the columns among the names of a header. */
static int find_columns(reading *r, const vt_plain_file *header, vt_error *err)
{
    const char *wanted[COLUMNS] = {r->options->customer, r->options->date, r->options->amount};
    for (int column = 0; column < COLUMNS; column++) {
        size_t at = vt_plain_find(header->column, header->n_columns, wanted[column] == NULL ? usual[column] : "");
        r->place[column] = -1;
        if (at == header->n_columns) { /* none that is usual, or one that was named */
            if (wanted[column] == NULL && column == AMOUNT) {
                continue;
            }
            const char *name = wanted[column] != NULL ? wanted[column] : expected[column];
            int status = vt_plain_file_column(&at, header, name, role[column], err);
            if (status != VT_OK) {
                return status;
            }
        }
        r->place[column] = (int)at;
    }
    return VT_OK;
}

/* "19970131" is a date here, not a number of seconds. */
static bool parse_day(int64_t *out, vt_str text)
{
    int64_t number = 0, time = 0;
    text = vt_trim(text);
    if (text.len == 8 && vt_parse_int(&number, text) && number >= 17000101) {
        int month = (int)(number / 100 % 100), day = (int)(number % 100);
        int64_t from = vt_days_from_civil(number / 10000, month, 1);
        int64_t next = vt_days_from_civil(number / 10000 + month / 12, month % 12 + 1, 1);
        if (month < 1 || month > 12 || day < 1 || day > next - from) {
            return false;
        }
        *out = from + day - 1;
        return true;
    }
    if (vt_parse_time(&time, text, NULL, NULL) != VT_OK) {
        return false;
    }
    *out = time >= 0 ? time / DAY : -((DAY - 1 - time) / DAY);
    return true;
}

static void skip(reading *r, int64_t line, const char *what, vt_str field)
{
    if (r->to.skipped++ == 0) {
        char value[80];
        snprintf(value, sizeof value, "%.*s", field.len > 60 ? 60 : (int)field.len, field.ptr == NULL ? "" : field.ptr);
        vt_make_printable(value);
        snprintf(r->to.reason, sizeof r->to.reason, "line %lld: %s \"%s\"", (long long)line, what, value);
    }
}

static int read_row(reading *r, const vt_str *field, size_t n, int64_t line, vt_error *err)
{
    vt_str cell[COLUMNS] = {{NULL, 0}};
    int64_t day = 0, money = 0, customer = 0;
    for (int column = 0; column < COLUMNS; column++) {
        if (r->place[column] >= (int)n) {
            skip(r, line, "the row is too short after", field[n - 1]);
            return VT_OK;
        }
        cell[column] = r->place[column] < 0 ? cell[column] : vt_trim(field[r->place[column]]);
    }
    if (cell[CUSTOMER].len == 0 || cell[CUSTOMER].len > 512 || !vt_utf8_valid(cell[CUSTOMER])) {
        skip(r, line, "a customer is expected, not", cell[CUSTOMER]);
        return VT_OK;
    }
    if (!parse_day(&day, cell[TIME])) {
        skip(r, line, "a date is expected, not", cell[TIME]);
        return VT_OK;
    }
    if (r->place[AMOUNT] >= 0 && !vt_parse_money(&money, cell[AMOUNT], r->options->digits)) {
        skip(r, line, "an amount is expected, not", cell[AMOUNT]);
        return VT_OK;
    }
    vt_transactions *to = &r->to;
    if (!vt_map_get(to->ids, cell[CUSTOMER], &customer)) {
        customer = (int64_t)vt_map_count(to->ids);
        int status = customer > INT32_MAX ? vt_fail(err, VT_ERR_LIMIT, "%s: too many customers", r->path)
                                          : vt_map_set(to->ids, cell[CUSTOMER], customer, err);
        if (status != VT_OK) {
            return status;
        }
    }
    int status = vt_alloc_next(&to->customer, &r->capacity[CUSTOMER], to->n, sizeof *to->customer, err);
    status = status != VT_OK ? status : vt_alloc_next(&to->day, &r->capacity[TIME], to->n, sizeof *to->day, err);
    if (status == VT_OK && r->place[AMOUNT] >= 0) {
        status = vt_alloc_next(&to->amount, &r->capacity[AMOUNT], to->n, sizeof *to->amount, err);
    }
    if (status != VT_OK) {
        return status;
    }
    to->customer[to->n] = (int32_t)customer;
    to->day[to->n] = day;
    if (to->amount != NULL) {
        to->amount[to->n] = (double)money;
    }
    to->n++;
    return VT_OK;
}

static int read_csv(reading *r, vt_error *err)
{
    vt_plain_file *file = NULL;
    int status = vt_plain_file_read(&file, r->path, err);
    status = status != VT_OK ? status : find_columns(r, file, err);
    if (status == VT_OK && file->skipped > 0) {
        r->to.skipped = file->skipped;
        snprintf(r->to.reason, sizeof r->to.reason, "%s", file->why);
    }
    for (size_t row = 0; status == VT_OK && row < file->n; row++) {
        status = read_row(r, file->cell + row * file->n_columns, file->n_columns, file->line[row], err);
    }
    vt_plain_file_free(file);
    return status;
}

static size_t split_blanks(vt_str *field, vt_str line)
{
    size_t n = 0;
    for (size_t i = 0; i < line.len && n < BLANK_FIELDS;) {
        size_t from = i;
        while (i < line.len && line.ptr[i] != ' ') {
            i++;
        }
        if (i > from) {
            field[n++] = (vt_str){line.ptr + from, i - from};
        } else {
            i++;
        }
    }
    return n;
}

/* Columns of a file whose first line is `field`: by its names, or as CDNOW has them. */
static int begin_blanks(bool *header, reading *r, const vt_str *field, size_t n, vt_error *err)
{
    int64_t day;
    r->place[CUSTOMER] = 0;
    r->place[TIME] = n == 4 ? 1 : 2;
    r->place[AMOUNT] = (int)n - 1;
    *header = (n != 4 && n != 5) || !parse_day(&day, field[r->place[TIME]]);
    vt_plain_file names = {.path = r->path, .n_columns = n, .column = field};
    return *header ? find_columns(r, &names, err) : VT_OK;
}

static int read_blanks(reading *r, vt_stream *stream, vt_error *err)
{
    vt_str line, field[BLANK_FIELDS];
    char first[512];
    for (bool begun = false;;) {
        int status = vt_stream_line(stream, &line, err);
        if (status != VT_OK || line.ptr == NULL) {
            return status;
        }
        bool header = false;
        size_t n = split_blanks(field, line);
        if (!begun && n > 0) { /* names of a header end in NUL, as those of a plain file do */
            snprintf(first, sizeof first, "%.*s", VT_STR_ARGS(line));
            n = split_blanks(field, vt_str_of(first));
            for (size_t i = 0; i < n; i++) {
                first[field[i].ptr + field[i].len - first] = '\0';
            }
            status = begin_blanks(&header, r, field, n, err);
            begun = true;
        }
        if (status == VT_OK && n > 0 && !header) {
            status = read_row(r, field, n, vt_stream_line_number(stream), err);
        }
        if (status != VT_OK) {
            return status;
        }
    }
}

/* Are the columns of the first line that holds anything separated by blanks alone? */
static int is_blank_form(bool *out, const char *path, vt_error *err)
{
    vt_stream *stream = NULL;
    vt_str line = {NULL, 0}, field[BLANK_FIELDS];
    int status = vt_stream_open(&stream, path, err);
    do {
        status = status != VT_OK ? status : vt_stream_line(stream, &line, err);
    } while (status == VT_OK && line.ptr != NULL && vt_trim(line).len == 0);
    if (status == VT_OK) {
        *out = line.ptr != NULL && memchr(line.ptr, ',', line.len) == NULL && memchr(line.ptr, ';', line.len) == NULL &&
               memchr(line.ptr, '\t', line.len) == NULL && split_blanks(field, line) >= 3;
    }
    vt_stream_close(stream);
    return status;
}

int vt_transactions_read(vt_transactions *out, const char *path, const vt_transactions_options *options, vt_error *err)
{
    reading r = {.options = options, .path = path};
    vt_stream *stream = NULL;
    bool blanks = false;
    int status = vt_map_create(&r.to.ids, 0, err);
    status = status != VT_OK ? status : is_blank_form(&blanks, path, err);
    if (status == VT_OK && blanks) {
        status = vt_stream_open(&stream, path, err);
        status = status != VT_OK ? status : read_blanks(&r, stream, err);
    } else if (status == VT_OK) {
        status = read_csv(&r, err);
    }
    if (status == VT_OK && r.to.n == 0) {
        status = r.to.skipped > 0 ? vt_fail(err, VT_ERR_FORMAT, "no row could be read: %s", r.to.reason)
                                  : vt_fail(err, VT_ERR_FORMAT, "%s has no transactions", path);
    }
    vt_stream_close(stream);
    if (status != VT_OK) {
        vt_transactions_done(&r.to);
        return status;
    }
    *out = r.to;
    return VT_OK;
}

vt_clv_purchases vt_transactions_purchases(const vt_transactions *t)
{
    return (vt_clv_purchases){t->customer, t->day, t->amount, t->n, vt_map_count(t->ids), NULL};
}

vt_str vt_transactions_id(const vt_transactions *transactions, int32_t customer)
{
    vt_str id;
    int64_t value;
    vt_map_entry(transactions->ids, (size_t)customer, &id, &value);
    return id;
}

void vt_transactions_done(vt_transactions *transactions)
{
    vt_free(transactions->customer);
    vt_free(transactions->day);
    vt_free(transactions->amount);
    vt_map_free(transactions->ids);
    *transactions = (vt_transactions){0};
}
