/*
 * A file is read whole and parsed from memory, since its first line tells which of the two forms it has. Both give rows
 * of fields, and from there the way is one.
 */
#include "insight/clv/transactions.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/csv.h"
#include "base/file.h"
#include "base/number.h"

#define DAY 86400
enum { CUSTOMER, TIME, AMOUNT, COLUMNS, BLANK_FIELDS = 16 };

static const char *const usual[COLUMNS][12] = {
    {"customer", "customer_id", "customerid", "user", "user_id", "userid", "client", "client_id", "buyer", "id"},
    {"date", "day", "time", "timestamp", "datetime", "order_date", "invoicedate", "invoice_date", "created_at"},
    {"amount", "value", "dollar_value", "total", "revenue", "sales", "spend", "price", "monetary_value", "order_value"},
};
static const char *const role[COLUMNS] = {"customers", "dates", "amounts"};

/* A file while it is read. */
typedef struct reading {
    vt_transactions to;
    const vt_transactions_options *options;
    const char *name;
    size_t capacity[COLUMNS];
    int place[COLUMNS]; /* of each column; -1: none */
} reading;

void vt_transactions_options_init(vt_transactions_options *options)
{
    *options = (vt_transactions_options){NULL, NULL, NULL, 2};
}

static bool named(vt_str field, const char *name)
{
    field = vt_trim(field);
    return field.len == strlen(name) && strncasecmp(field.ptr, name, field.len) == 0;
}

static int find_usual(const vt_str *field, size_t n, int column)
{
    for (size_t k = 0; k < sizeof usual[0] / sizeof *usual[0] && usual[column][k] != NULL; k++) {
        for (size_t i = 0; i < n; i++) {
            if (named(field[i], usual[column][k])) {
                return (int)i;
            }
        }
    }
    return -1;
}

static int missing(const reading *r, int column, const char *wanted, const vt_str *field, size_t n, vt_error *err)
{
    char there[512] = "";
    for (size_t i = 0, used = 0; i < n && used < sizeof there; i++) {
        int wrote = snprintf(there + used, sizeof there - used, "%s%.*s", i == 0 ? "" : ", ", VT_STR_ARGS(field[i]));
        used += wrote < 0 ? sizeof there : (size_t)wrote;
    }
    vt_make_printable(there);
    return vt_fail_at(err, VT_ERR_FORMAT, 1, "%s: there is no column %s%s of %s; name one of those that are there: %s",
                      r->name, wanted == NULL ? "with a usual name" : wanted, "", role[column], there);
}

/* Finds the columns in a header line. */
static int read_header(reading *r, const vt_str *field, size_t n, vt_error *err)
{
    const char *wanted[COLUMNS] = {r->options->customer, r->options->date, r->options->amount};
    for (int column = 0; column < COLUMNS; column++) {
        r->place[column] = wanted[column] == NULL ? find_usual(field, n, column) : -1;
        for (size_t i = 0; i < n && wanted[column] != NULL; i++) {
            r->place[column] = named(field[i], wanted[column]) ? (int)i : r->place[column];
        }
        if (r->place[column] < 0 && (column != AMOUNT || wanted[column] != NULL)) {
            return missing(r, column, wanted[column], field, n, err);
        }
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
        snprintf(r->to.reason, sizeof r->to.reason, "%s:%lld: %s \"%s\"", r->name, (long long)line, what, value);
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
    if (cell[CUSTOMER].len == 0 || cell[CUSTOMER].len > 512) {
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
        int status = customer > INT32_MAX ? vt_fail(err, VT_ERR_LIMIT, "%s: too many customers", r->name)
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

static int read_csv(reading *r, vt_stream *stream, vt_error *err)
{
    vt_csv *csv = NULL;
    const vt_str *field = NULL;
    size_t n = 0;
    bool header = true;
    int status = vt_csv_create(&csv, stream, 0, err);
    while (status == VT_OK) {
        status = vt_csv_row(csv, &field, &n, err);
        if (!header && (status == VT_ERR_FORMAT || status == VT_ERR_LIMIT)) {
            skip(r, vt_csv_line(csv), "the row cannot be read: it has a quote that does not close, or is too long",
                 vt_str_of(""));
            vt_error_reset(err);
            status = VT_OK;
            continue;
        }
        if (status != VT_OK || n == 0) {
            break;
        }
        status = header ? read_header(r, field, n, err) : read_row(r, field, n, vt_csv_line(csv), err);
        header = false;
    }
    vt_csv_free(csv);
    return status;
}

static size_t split_blanks(vt_str *field, vt_str line)
{
    size_t n = 0;
    for (size_t i = 0; i < line.len && n < BLANK_FIELDS;) {
        size_t from = i;
        for (; i < line.len && line.ptr[i] != ' ' && line.ptr[i] != '\t' && line.ptr[i] != '\r';) {
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

static int read_blanks(reading *r, vt_stream *stream, vt_error *err)
{
    vt_str line, field[BLANK_FIELDS];
    bool first = true;
    for (;;) {
        int status = vt_stream_line(stream, &line, err);
        if (status != VT_OK || line.ptr == NULL) {
            return status;
        }
        size_t n = split_blanks(field, line);
        int64_t day;
        if (n == 0) {
            continue;
        }
        if (first) {
            first = false;
            if (find_usual(field, n, CUSTOMER) >= 0 || r->options->customer != NULL) {
                status = read_header(r, field, n, err);
                if (status != VT_OK) {
                    return status;
                }
                continue;
            }
            r->place[TIME] = n == 4 ? 1 : 2;
            r->place[AMOUNT] = (int)n - 1;
            if ((n != 4 && n != 5) || !parse_day(&day, field[r->place[TIME]])) {
                return missing(r, CUSTOMER, NULL, field, n, err);
            }
        }
        status = read_row(r, field, n, vt_stream_line_number(stream), err);
        if (status != VT_OK) {
            return status;
        }
    }
}

/* Are the columns of the first line that holds anything separated by blanks alone? */
static int is_blank_form(bool *out, const void *bytes, size_t size, const char *name, vt_error *err)
{
    vt_stream *stream = NULL;
    vt_str line = {NULL, 0};
    int status = vt_stream_memory(&stream, bytes, size, name, err);
    do {
        status = status != VT_OK ? status : vt_stream_line(stream, &line, err);
    } while (status == VT_OK && line.ptr != NULL && vt_trim(line).len == 0);
    if (status == VT_OK) {
        vt_str field[BLANK_FIELDS];
        *out = line.ptr != NULL && memchr(line.ptr, ',', line.len) == NULL && memchr(line.ptr, ';', line.len) == NULL &&
               memchr(line.ptr, '\t', line.len) == NULL && split_blanks(field, line) >= 3;
    }
    vt_stream_close(stream);
    return status;
}

int vt_transactions_parse(vt_transactions *out, const void *bytes, size_t size, const char *name,
                          const vt_transactions_options *options, vt_error *err)
{
    reading r = {.options = options, .name = name};
    vt_stream *stream = NULL;
    bool blanks = false;
    int status = vt_map_create(&r.to.ids, 0, err);
    status = status != VT_OK ? status : is_blank_form(&blanks, bytes, size, name, err);
    status = status != VT_OK ? status : vt_stream_memory(&stream, bytes, size, name, err);
    status = status != VT_OK ? status : (blanks ? read_blanks : read_csv)(&r, stream, err);
    if (status == VT_OK && r.to.n == 0) {
        status = r.to.skipped > 0 ? vt_fail(err, VT_ERR_FORMAT, "no row could be read: %s", r.to.reason)
                                  : vt_fail(err, VT_ERR_FORMAT, "%s: there are no transactions", name);
    }
    vt_stream_close(stream);
    if (status != VT_OK) {
        vt_transactions_done(&r.to);
        return status;
    }
    *out = r.to;
    return VT_OK;
}

int vt_transactions_read(vt_transactions *out, const char *path, const vt_transactions_options *options, vt_error *err)
{
    char *bytes = NULL;
    size_t size = 0;
    int status = vt_file_read(&bytes, &size, path, VT_TRANSACTIONS_BYTES_MAX, err);
    const char *slash = strrchr(path, '/');
    if (status == VT_OK) {
        status = vt_transactions_parse(out, bytes, size, slash == NULL ? path : slash + 1, options, err);
    }
    vt_free(bytes);
    return status;
}

vt_clv_purchases vt_transactions_purchases(const vt_transactions *t)
{
    return (vt_clv_purchases){t->customer, t->day, t->amount, t->n, vt_map_count(t->ids)};
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
