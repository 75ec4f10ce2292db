/* Every column is looked at twice: once for what it is, once for its values. */
#include "insight/churn/churn_table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "base/map.h"
#include "base/number.h"

#define NUMBERS_SHARE 0.9 /* of a column's values that are numbers, to be a column of numbers */

struct vt_churn_table_storage {
    double *x; /* (N, F), then value (N) */
    const char **name;
    int32_t *levels;
    size_t *column;
};

/* What the columns are. */
typedef struct roles {
    size_t target, date, value;
    bool has_date, has_value;
} roles;

void vt_churn_table_free(vt_churn_table *table)
{
    if (table != NULL) {
        if (table->storage != NULL) {
            vt_free(table->storage->x);
            vt_free(table->storage->name);
            vt_free(table->storage->levels);
            vt_free(table->storage->column);
            vt_free(table->storage);
        }
        vt_free(table->outcome);
        vt_free(table->time);
        vt_free(table->value);
        vt_free(table);
    }
}

static bool one_of(vt_str cell, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (cell.len == strlen(words[i]) && strncasecmp(cell.ptr, words[i], cell.len) == 0) {
            return true;
        }
    }
    return false;
}

static bool parse_outcome(uint8_t *out, vt_str cell)
{
    static const char *const yes[] = {"1", "1.0", "yes", "y", "true", "t", "lost", "churned", "left"};
    static const char *const no[] = {"0", "0.0", "no", "n", "false", "f", "kept", "active", "stayed"};
    if (vt_plain_missing(cell)) {
        *out = VT_OUTCOME_UNKNOWN;
    } else if (one_of(cell, yes, sizeof yes / sizeof yes[0])) {
        *out = VT_OUTCOME_LOST;
    } else if (one_of(cell, no, sizeof no / sizeof no[0])) {
        *out = VT_OUTCOME_KEPT;
    } else {
        return false;
    }
    return true;
}

static int read_outcomes(vt_churn_table *t, const vt_plain_file *file, const roles *at, vt_error *err)
{
    t->outcome = vt_alloc(file->n, sizeof *t->outcome, err);
    if (t->outcome == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t r = 0; r < file->n; r++) {
        vt_str cell = vt_plain_cell(file, r, at->target);
        if (!parse_outcome(&t->outcome[r], cell)) {
            return vt_fail_at(
                err, VT_ERR_FORMAT, file->line[r],
                "%s:%lld: \"%.60s\" is \"%.60s\"; yes or no, 1 or 0 is expected, or nothing for customers "
                "to foretell",
                file->path, (long long)file->line[r], file->column[at->target].ptr, cell.ptr);
        }
        t->lost += t->outcome[r] == VT_OUTCOME_LOST;
        t->kept += t->outcome[r] == VT_OUTCOME_KEPT;
        t->unknown += t->outcome[r] == VT_OUTCOME_UNKNOWN;
    }
    return VT_OK;
}

/* Times of customers, when every one has one. */
static int read_times(vt_churn_table *t, const vt_plain_file *file, const roles *at, vt_error *err)
{
    t->time = vt_alloc(file->n, sizeof *t->time, err);
    if (t->time == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t r = 0; r < file->n; r++) {
        if (vt_parse_time(&t->time[r], vt_plain_cell(file, r, at->date), NULL, NULL) != VT_OK) {
            return vt_fail_at(err, VT_ERR_FORMAT, file->line[r],
                              "%s:%lld: \"date\" is \"%.60s\"; a day such as 2026-10-31 "
                              "is expected",
                              file->path, (long long)file->line[r], vt_plain_cell(file, r, at->date).ptr);
        }
    }
    return VT_OK;
}

static int read_values(vt_churn_table *t, const vt_plain_file *file, const roles *at, vt_error *err)
{
    t->value = vt_alloc_zero(file->n, sizeof *t->value, err);
    for (size_t r = 0; t->value != NULL && r < file->n; r++) {
        double value = 0.0;
        bool good = vt_parse_real(&value, vt_plain_cell(file, r, at->value)) && value > 0.0 && value < 1e15;
        t->value[r] = good ? value : 0.0;
    }
    return t->value == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* Does a column name customers? "id", "customer", "customer_id", "customerID". */
static bool names_customers(vt_str name)
{
    static const char *const words[] = {"id", "customer", "user", "name"};
    return one_of(name, words, sizeof words / sizeof words[0]) ||
           (name.len > 2 && strncasecmp(name.ptr + name.len - 2, "id", 2) == 0 &&
            (name.ptr[name.len - 3] == '_' || name.ptr[name.len - 3] == ' ' || name.ptr[name.len - 2] == 'I'));
}

/* How many values a column has, how many of them are numbers, and the different texts into `texts`. */
static int look(size_t *values, size_t *numbers, vt_map *texts, const vt_plain_file *file, size_t column, vt_error *err)
{
    vt_map_clear(texts);
    *values = *numbers = 0;
    for (size_t r = 0; r < file->n; r++) {
        vt_str cell = vt_plain_cell(file, r, column);
        double number = 0.0;
        int64_t count = 0;
        if (vt_plain_missing(cell)) {
            continue;
        }
        ++*values;
        *numbers += vt_parse_real(&number, cell);
        vt_map_get(texts, cell, &count);
        int status = vt_map_set(texts, cell, count + 1, err);
        if (status != VT_OK) {
            return status;
        }
    }
    return VT_OK;
}

static void fill_numbers(vt_churn_table *t, const vt_plain_file *file, size_t column, size_t f)
{
    for (size_t r = 0; r < file->n; r++) {
        vt_str cell = vt_plain_cell(file, r, column);
        double *to = &t->storage->x[r * t->features.f + f];
        if (!vt_parse_real(to, cell)) {
            t->n_unread += !vt_plain_missing(cell);
            *to = NAN;
        }
    }
}

typedef struct level {
    vt_str text;
    int64_t count;
} level;

static int by_count(const void *a, const void *b)
{
    const level *x = a, *y = b;
    return x->count != y->count ? (x->count > y->count ? -1 : 1) : vt_str_compare(x->text, y->text);
}

/* Codes of categories by falling frequency; what is rarer than VT_CHURN_LEVELS_MAX others shares the last code. */
static int fill_categories(vt_churn_table *t, vt_map *texts, const vt_plain_file *file, size_t column, size_t f,
                           vt_error *err)
{
    size_t n = vt_map_count(texts);
    level *levels = vt_alloc(n, sizeof *levels, err);
    if (levels == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        vt_map_entry(texts, i, &levels[i].text, &levels[i].count);
    }
    qsort(levels, n, sizeof *levels, by_count);
    int status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        status = vt_map_set(texts, levels[i].text, (int64_t)(i < VT_CHURN_LEVELS_MAX ? i : VT_CHURN_LEVELS_MAX), err);
    }
    for (size_t r = 0; status == VT_OK && r < file->n; r++) {
        int64_t code = 0;
        vt_str cell = vt_plain_cell(file, r, column);
        bool known = !vt_plain_missing(cell) && vt_map_get(texts, cell, &code);
        t->storage->x[r * t->features.f + f] = known ? (double)code : NAN;
    }
    t->storage->levels[f] = (int32_t)(n < VT_CHURN_LEVELS_MAX ? n : VT_CHURN_LEVELS_MAX + 1);
    vt_free(levels);
    return status;
}

static void leave_out(vt_churn_table *t, vt_str name)
{
    size_t len = strlen(t->left_out);
    snprintf(t->left_out + len, sizeof t->left_out - len, "%s\"%.40s\"", len > 0 ? ", " : "", name.ptr);
}

/* Which columns are features; categories of nothing but different texts say nothing of the next customer. */
static int find_features(vt_churn_table *t, vt_map *texts, const vt_plain_file *file, const roles *at, vt_error *err)
{
    size_t f = 0;
    for (size_t c = 0; c < file->n_columns; c++) {
        size_t values = 0, numbers = 0;
        if (c == at->target || (at->has_date && c == at->date)) {
            continue;
        }
        int status = look(&values, &numbers, texts, file, c, err);
        if (status != VT_OK) {
            return status;
        }
        bool number = values > 0 && (double)numbers >= NUMBERS_SHARE * (double)values;
        bool different = values > 1 && vt_map_count(texts) == values;
        if (!t->has_name && names_customers(file->column[c]) && (different || file->n < 2)) {
            t->has_name = true;
            t->name = c;
        } else if (values == 0 || (!number && different)) {
            leave_out(t, file->column[c]);
        } else {
            t->storage->levels[f] = number ? 0 : 1;
            t->storage->name[f] = file->column[c].ptr;
            t->storage->column[f++] = c;
        }
    }
    t->features.f = f;
    return f > 0 ? VT_OK : vt_fail(err, VT_ERR_FORMAT, "%s has no column that could foretell the outcome", file->path);
}

static int read_features(vt_churn_table *t, vt_map *texts, const vt_plain_file *file, const roles *at, vt_error *err)
{
    struct vt_churn_table_storage *s = vt_alloc_zero(1, sizeof *s, err);
    if (s == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    t->storage = s;
    s->name = vt_alloc(file->n_columns, sizeof *s->name, err);
    s->levels = s->name == NULL ? NULL : vt_alloc_zero(file->n_columns, sizeof *s->levels, err);
    s->column = s->levels == NULL ? NULL : vt_alloc(file->n_columns, sizeof *s->column, err);
    int status = s->column == NULL ? VT_ERR_NO_MEMORY : find_features(t, texts, file, at, err);
    if (status == VT_OK) {
        s->x = vt_alloc(file->n * t->features.f, sizeof *s->x, err);
        status = s->x == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    for (size_t f = 0; status == VT_OK && f < t->features.f; f++) {
        size_t values = 0, numbers = 0;
        if (s->levels[f] == 0) {
            fill_numbers(t, file, s->column[f], f);
            continue;
        }
        status = look(&values, &numbers, texts, file, s->column[f], err);
        status = status == VT_OK ? fill_categories(t, texts, file, s->column[f], f, err) : status;
    }
    t->column = s->column;
    t->features = (vt_features){s->x, s->name, s->levels, file->n, t->features.f};
    return status;
}

int vt_churn_table_read(vt_churn_table **out, const vt_plain_file *file, const char *target, vt_error *err)
{
    roles at = {0};
    vt_map *texts = NULL;
    int status = vt_plain_file_column(&at.target, file, target == NULL ? "churned" : target, "the outcomes", err);
    at.has_date = vt_plain_file_find(&at.date, file, "date");
    at.has_value = vt_plain_file_find(&at.value, file, "value");
    if (status == VT_OK && file->n == 0) {
        status = vt_fail(err, VT_ERR_FORMAT, "%s has no rows", file->path);
    }
    vt_churn_table *t = status == VT_OK ? vt_alloc_zero(1, sizeof *t, err) : NULL;
    if (t == NULL) {
        return status == VT_OK ? VT_ERR_NO_MEMORY : status;
    }
    status = vt_map_create(&texts, 64, err);
    status = status == VT_OK ? read_outcomes(t, file, &at, err) : status;
    status = status == VT_OK && at.has_date ? read_times(t, file, &at, err) : status;
    status = status == VT_OK && at.has_value ? read_values(t, file, &at, err) : status;
    status = status == VT_OK ? read_features(t, texts, file, &at, err) : status;
    vt_map_free(texts);
    if (status != VT_OK) {
        vt_churn_table_free(t);
        return status;
    }
    *out = t;
    return VT_OK;
}
