/* Rows are read, sorted by product and time, and laid out as a panel. */
#include "insight/price/price_table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/number.h"

#define SECONDS_OF_YEAR (365.25 * 86400.0)

/* A row as it was read. */
typedef struct row {
    vt_str product, category;
    int64_t time;
    double units, price, promotion, days, cost; /* cost 0: none */
    size_t place;
} row;

struct vt_price_table_storage {
    double *numbers; /* units, price, promotion, days (N each), year (T), cost (I) */
    int64_t *ptr;
    int32_t *whole; /* period (N), category (I) */
    vt_str *texts;  /* products (I), categories (C) */
};

/* Columns by their place; `there` where the file has them. */
typedef struct places {
    size_t quantity, price, by, date, category, promotion, days, cost;
    bool has_by, has_date, has_category, has_promotion, has_days, has_cost;
} places;

void vt_price_table_free(vt_price_table *table)
{
    if (table != NULL) {
        if (table->storage != NULL) {
            vt_free(table->storage->numbers);
            vt_free(table->storage->ptr);
            vt_free(table->storage->whole);
            vt_free(table->storage->texts);
            vt_free(table->storage);
        }
        vt_free(table);
    }
}

static int find_places(places *out, const vt_plain_file *file, const vt_price_columns *columns, vt_error *err)
{
    const char *quantity = columns->quantity != NULL ? columns->quantity : "quantity";
    const char *price = columns->price != NULL ? columns->price : "price";
    int status = vt_plain_file_column(&out->quantity, file, quantity, "the quantities", err);
    status = status == VT_OK ? vt_plain_file_column(&out->price, file, price, "the prices", err) : status;
    out->has_by = columns->by != NULL;
    if (status == VT_OK && out->has_by) {
        status = vt_plain_file_column(&out->by, file, columns->by, "the products", err);
    }
    out->has_date = vt_plain_file_find(&out->date, file, "date");
    out->has_category = vt_plain_file_find(&out->category, file, "category");
    out->has_promotion = vt_plain_file_find(&out->promotion, file, "promotion");
    out->has_days = vt_plain_file_find(&out->days, file, "days");
    out->has_cost = vt_plain_file_find(&out->cost, file, "cost");
    out->has_category = out->has_category && !(out->has_by && out->category == out->by);
    return status;
}

static bool parse_amount(double *out, vt_str cell)
{
    int64_t hundredths = 0;
    if (vt_parse_real(out, cell)) {
        return true;
    }
    if (cell.len > 0 && vt_parse_money(&hundredths, cell, 2)) {
        *out = (double)hundredths / 100.0;
        return true;
    }
    return false;
}

static bool parse_promotion(double *out, vt_str cell)
{
    static const char *const yes[] = {"yes", "true", "y"}, *const no[] = {"", "no", "false", "n"};
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
        if (cell.len == strlen(no[i]) && strncasecmp(cell.ptr, no[i], cell.len) == 0) {
            *out = 0.0;
            return true;
        }
    }
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        if (cell.len == strlen(yes[i]) && strncasecmp(cell.ptr, yes[i], cell.len) == 0) {
            *out = 1.0;
            return true;
        }
    }
    return vt_parse_real(out, cell) && *out >= 0.0 && *out <= 1.0;
}

/* A day, a month ("2026-10": its middle) or a moment. */
static bool parse_date(int64_t *out, vt_str cell)
{
    char text[16];
    if (cell.len == 7 && cell.ptr[4] == '-') {
        snprintf(text, sizeof text, "%.7s-15", cell.ptr);
        cell = vt_str_of(text);
    }
    return vt_parse_time(out, cell, NULL, NULL) == VT_OK;
}

/* Reads one row; NULL or why it cannot be used. */
static const char *read_row(row *out, const vt_plain_file *file, size_t r, const places *at)
{
    *out = (row){.place = r, .product = {"", 0}, .category = {"", 0}};
    if (!parse_amount(&out->price, vt_plain_cell(file, r, at->price)) || !(out->price >= 1e-9 && out->price <= 1e15)) {
        return "has no price above 0";
    }
    if (!vt_parse_real(&out->units, vt_plain_cell(file, r, at->quantity)) ||
        !(out->units >= 0.0 && out->units <= 1e15)) {
        return "has no quantity of 0 or more";
    }
    if (at->has_by) {
        out->product = vt_plain_cell(file, r, at->by);
        if (out->product.len == 0) {
            return "does not say which product it is of";
        }
    }
    if (at->has_date && !parse_date(&out->time, vt_plain_cell(file, r, at->date))) {
        return "has no date such as 2026-10-31";
    }
    if (at->has_promotion && !parse_promotion(&out->promotion, vt_plain_cell(file, r, at->promotion))) {
        return "has a promotion that is no number from 0 to 1, yes or no";
    }
    if (at->has_days &&
        (!vt_parse_real(&out->days, vt_plain_cell(file, r, at->days)) || !(out->days >= 1e-9 && out->days <= 1e9))) {
        return "has no number of days above 0";
    }
    if (at->has_cost && (!parse_amount(&out->cost, vt_plain_cell(file, r, at->cost)) || !(out->cost >= 0.0))) {
        out->cost = 0.0;
    }
    if (at->has_category) {
        out->category = vt_plain_cell(file, r, at->category);
    }
    return NULL;
}

static int by_product(const void *a, const void *b)
{
    const row *x = a, *y = b;
    int order = vt_str_compare(x->product, y->product);
    if (order == 0 && x->time != y->time) {
        return x->time < y->time ? -1 : 1;
    }
    return order != 0 ? order : x->place < y->place ? -1 : x->place > y->place;
}

static int by_text(const void *a, const void *b)
{
    return vt_str_compare(*(const vt_str *)a, *(const vt_str *)b);
}

static int by_time(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

/* Periods: the different times of the rows, in order. `times` (N) is scratch. */
static size_t lay_periods(double *year, int32_t *period, int64_t *times, const row *rows, size_t n)
{
    for (size_t r = 0; r < n; r++) {
        times[r] = rows[r].time;
    }
    qsort(times, n, sizeof *times, by_time);
    size_t count = 0;
    for (size_t r = 0; r < n; r++) {
        if (count == 0 || times[count - 1] != times[r]) {
            times[count++] = times[r];
        }
    }
    for (size_t t = 0; t < count; t++) {
        year[t] = 1970.0 + (double)times[t] / SECONDS_OF_YEAR;
    }
    for (size_t r = 0; r < n; r++) {
        const int64_t *found = bsearch(&rows[r].time, times, count, sizeof *times, by_time);
        period[r] = (int32_t)(found - times);
    }
    return count;
}

/* Categories: that of a product is the one of its first row. */
static size_t lay_categories(vt_str *texts, int32_t *category, const row *rows, const int64_t *ptr, size_t n_products)
{
    for (size_t i = 0; i < n_products; i++) {
        texts[i] = rows[ptr[i]].category;
    }
    qsort(texts, n_products, sizeof *texts, by_text);
    size_t count = 0;
    for (size_t i = 0; i < n_products; i++) {
        if (count == 0 || !vt_str_equal(texts[count - 1], texts[i])) {
            texts[count++] = texts[i];
        }
    }
    for (size_t i = 0; i < n_products; i++) {
        const vt_str *found = bsearch(&rows[ptr[i]].category, texts, count, sizeof *texts, by_text);
        category[i] = (int32_t)(found - texts);
    }
    return count;
}

/* Room for a panel of n rows, which has at most as many products and periods. */
static int make_room(vt_price_table *t, size_t n, vt_error *err)
{
    struct vt_price_table_storage *s = vt_alloc_zero(1, sizeof *s, err);
    if (s == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    t->storage = s;
    s->numbers = vt_alloc_zero(6 * n, sizeof *s->numbers, err);
    s->ptr = s->numbers == NULL ? NULL : vt_alloc_zero(n + 1, sizeof *s->ptr, err);
    s->whole = s->ptr == NULL ? NULL : vt_alloc_zero(2 * n, sizeof *s->whole, err);
    s->texts = s->whole == NULL ? NULL : vt_alloc_zero(2 * n, sizeof *s->texts, err);
    return s->texts == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* Lays sorted rows out. */
static void lay_out(vt_price_table *t, const row *rows, size_t n, int64_t *times)
{
    struct vt_price_table_storage *s = t->storage;
    double *units = s->numbers, *price = units + n, *promotion = price + n, *days = promotion + n, *year = days + n,
           *cost = year + n;
    size_t n_products = 0;
    for (size_t r = 0; r < n; r++) {
        units[r] = rows[r].units;
        price[r] = rows[r].price;
        promotion[r] = rows[r].promotion;
        days[r] = rows[r].days;
        if (r == 0 || !vt_str_equal(rows[r].product, rows[r - 1].product)) {
            s->ptr[n_products] = (int64_t)r;
            s->texts[n_products++] = rows[r].product;
        }
        cost[n_products - 1] = rows[r].cost > 0.0 ? rows[r].cost : cost[n_products - 1];
    }
    s->ptr[n_products] = (int64_t)n;
    t->product = s->texts;
    t->category = s->texts + n;
    t->cost = cost;
    t->panel = (vt_price_panel){.n = n,
                                .n_products = n_products,
                                .ptr = s->ptr,
                                .units = units,
                                .price = price,
                                .promotion = t->has_promotion ? promotion : NULL,
                                .exposure = t->has_days ? days : NULL,
                                .category = s->whole + n};
    t->panel.n_categories = lay_categories(t->category, s->whole + n, rows, s->ptr, n_products);
    if (t->by_date) {
        t->panel.n_periods = lay_periods(year, s->whole, times, rows, n);
        t->panel.period = s->whole;
        t->panel.year = year;
    }
}

static int read_into(vt_price_table *t, const vt_plain_file *file, const places *at, vt_error *err)
{
    size_t n = 0;
    row *rows = vt_alloc(file->n, sizeof *rows, err);
    int64_t *times = rows == NULL ? NULL : vt_alloc(file->n, sizeof *times, err);
    int status = times == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    t->skipped = file->skipped;
    snprintf(t->why, sizeof t->why, "%s", file->why);
    for (size_t r = 0; status == VT_OK && r < file->n; r++) {
        const char *why = read_row(&rows[n], file, r, at);
        if (why == NULL) {
            n++;
        } else if (t->skipped++ == 0) {
            snprintf(t->why, sizeof t->why, "line %lld %s", (long long)file->line[r], why);
        }
    }
    if (status == VT_OK && n == 0) {
        status = vt_fail(err, VT_ERR_FORMAT, "%s has no row that can be used%s%s", file->path,
                         t->why[0] != '\0' ? ": " : "", t->why);
    }
    status = status == VT_OK ? make_room(t, n, err) : status;
    if (status == VT_OK) {
        qsort(rows, n, sizeof *rows, by_product);
        lay_out(t, rows, n, times);
    }
    vt_free(times);
    vt_free(rows);
    return status;
}

int vt_price_table_read(vt_price_table **out, const vt_plain_file *file, const vt_price_columns *columns, vt_error *err)
{
    places at = {0};
    int status = find_places(&at, file, columns, err);
    vt_price_table *t = status == VT_OK ? vt_alloc_zero(1, sizeof *t, err) : NULL;
    if (t == NULL) {
        return status == VT_OK ? VT_ERR_NO_MEMORY : status;
    }
    t->by_date = at.has_date;
    t->by_category = at.has_category;
    t->has_cost = at.has_cost;
    t->has_promotion = at.has_promotion;
    t->has_days = at.has_days;
    status = read_into(t, file, &at, err);
    if (status != VT_OK) {
        vt_price_table_free(t);
        return status;
    }
    *out = t;
    return VT_OK;
}
