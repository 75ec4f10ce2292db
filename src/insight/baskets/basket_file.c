/*
 * The first hundred rows are kept until the form is known, then fed like all others, so that a pipe can be read too.
 * Rows become (basket, item) in the order of the file; one counting sort brings them together by basket.
 */
#include "insight/baskets/basket_file.h"

#include <string.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "insight/plain_rows.h"

enum { FIRST_ROWS = 100 };

typedef struct row {
    vt_str *fields;
    size_t n;
    int64_t line;
} row;

typedef struct reading {
    vt_plain_rows rows;
    vt_arena *arena; /* of the first rows */
    row first[FIRST_ROWS];
    size_t n_first;
    size_t basket_column, item_column;
    vt_map *baskets; /* by name, in the form pairs */
    int32_t n_baskets;
    int32_t *basket, *item; /* (n) */
    size_t n, basket_capacity, item_capacity;
    vt_basket_file *file;
} reading;

/* ---- the form ---------------------------------------------------------------------------------------------------- */

static int keep_first_rows(reading *r, vt_error *err)
{
    while (r->n_first < FIRST_ROWS) {
        int status = vt_plain_rows_next(&r->rows, err);
        if (status != VT_OK || r->rows.n == 0) {
            return status;
        }
        row *kept = &r->first[r->n_first];
        *kept = (row){NULL, r->rows.n, r->rows.line};
        status = vt_plain_rows_keep(&kept->fields, &r->rows, r->arena, err);
        if (status != VT_OK) {
            return status;
        }
        r->n_first++;
    }
    return VT_OK;
}

static bool has_header(const reading *r)
{
    const row *header = &r->first[0];
    if (r->n_first < 2 || header->n < 2) {
        return false;
    }
    for (size_t i = 1; i < r->n_first; i++) {
        if (r->first[i].n != header->n) {
            return false;
        }
        for (size_t k = 0; k < header->n; k++) {
            if (header->fields[k].len > 0 && vt_str_equal(header->fields[k], r->first[i].fields[k])) {
                return false;
            }
        }
    }
    return true;
}

static int find_column(size_t *out, const reading *r, const char *name, size_t otherwise, vt_error *err)
{
    *out = otherwise;
    if (name == NULL) {
        return VT_OK;
    }
    for (size_t k = 0; r->n_first > 0 && k < r->first[0].n; k++) {
        if (vt_str_equal(r->first[0].fields[k], vt_str_of(name))) {
            *out = k;
            return VT_OK;
        }
    }
    return vt_fail(err, VT_ERR_NOT_FOUND, "%s has no column \"%s\"; the first line names the columns", r->rows.path,
                   name);
}

static int choose_form(reading *r, const char *basket, const char *item, vt_error *err)
{
    r->file->pairs = basket != NULL || item != NULL || has_header(r);
    if (!r->file->pairs) {
        return VT_OK;
    }
    int status = find_column(&r->basket_column, r, basket, 0, err);
    if (status == VT_OK) {
        status = find_column(&r->item_column, r, item, r->basket_column == 1 ? 0 : 1, err);
    }
    if (status == VT_OK && r->basket_column == r->item_column) {
        if (basket != NULL && item != NULL) {
            return vt_fail(err, VT_ERR_USAGE, "baskets and items are both in the column \"%s\"; name two", item);
        }
        r->basket_column = r->item_column == 0 ? 1 : 0; /* only the items' column was named */
    }
    return status;
}

/* ---- rows -------------------------------------------------------------------------------------------------------- */

/* The number of a text in a map, a new one when it is new. */
static int number_of(int32_t *out, vt_map *map, vt_str text, vt_error *err)
{
    int64_t number = (int64_t)vt_map_count(map);
    if (!vt_map_get(map, text, &number)) {
        if (number >= INT32_MAX) {
            return vt_fail(err, VT_ERR_LIMIT, "the file names 2^31 different baskets or items; fewer are expected");
        }
        int status = vt_map_set(map, text, number, err);
        if (status != VT_OK) {
            return status;
        }
    }
    *out = (int32_t)number;
    return VT_OK;
}

static int add_item(reading *r, int32_t basket, vt_str name, vt_error *err)
{
    int32_t item = 0;
    int status = number_of(&item, r->file->names, name, err);
    if (status == VT_OK && (vt_alloc_next(&r->basket, &r->basket_capacity, r->n, sizeof *r->basket, err) != VT_OK ||
                            vt_alloc_next(&r->item, &r->item_capacity, r->n, sizeof *r->item, err) != VT_OK)) {
        status = VT_ERR_NO_MEMORY;
    }
    if (status == VT_OK) {
        r->basket[r->n] = basket;
        r->item[r->n++] = item;
    }
    return status;
}

/* Why a text cannot be a name; NULL when it can. */
static const char *wrong_with(vt_str text)
{
    return text.len > VT_ID_BYTES_MAX ? "has a name of more than 512 bytes" : NULL;
}

static int feed_pair(reading *r, const vt_str *fields, size_t n, int64_t line, vt_error *err)
{
    size_t needed = (r->basket_column > r->item_column ? r->basket_column : r->item_column) + 1;
    if (n < needed) {
        vt_plain_rows_skip(&r->rows, line, "has too few columns");
        return VT_OK;
    }
    vt_str basket = fields[r->basket_column], item = fields[r->item_column];
    const char *wrong = basket.len == 0 ? "names no basket" : wrong_with(basket);
    wrong = wrong != NULL ? wrong : wrong_with(item);
    if (wrong != NULL) {
        vt_plain_rows_skip(&r->rows, line, wrong);
        return VT_OK;
    }
    int32_t number = 0;
    int status = number_of(&number, r->baskets, basket, err);
    if (status != VT_OK) {
        return status;
    }
    r->n_baskets = (int32_t)vt_map_count(r->baskets);
    return item.len == 0 ? VT_OK : add_item(r, number, item, err);
}

static int feed_line(reading *r, const vt_str *fields, size_t n, int64_t line, vt_error *err)
{
    for (size_t i = 0; i < n; i++) {
        const char *wrong = wrong_with(fields[i]);
        if (wrong != NULL) {
            vt_plain_rows_skip(&r->rows, line, wrong);
            return VT_OK;
        }
    }
    if (r->n_baskets == INT32_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "the file has 2^31 baskets; fewer are expected");
    }
    int32_t basket = r->n_baskets++;
    int status = VT_OK;
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        status = fields[i].len == 0 ? VT_OK : add_item(r, basket, fields[i], err);
    }
    return status;
}

static int feed(reading *r, const vt_str *fields, size_t n, int64_t line, vt_error *err)
{
    size_t skipped = r->rows.skipped;
    int status = r->file->pairs ? feed_pair(r, fields, n, line, err) : feed_line(r, fields, n, line, err);
    r->file->rows += r->rows.skipped == skipped;
    return status;
}

static int feed_all(reading *r, vt_error *err)
{
    int status = VT_OK;
    for (size_t i = r->file->pairs ? 1 : 0; i < r->n_first && status == VT_OK; i++) {
        status = feed(r, r->first[i].fields, r->first[i].n, r->first[i].line, err);
    }
    while (status == VT_OK && r->n_first == FIRST_ROWS) { /* fewer: the file is at its end */
        status = vt_plain_rows_next(&r->rows, err);
        if (status != VT_OK || r->rows.n == 0) {
            return status;
        }
        status = feed(r, r->rows.fields, r->rows.n, r->rows.line, err);
    }
    return status;
}

/* ---- the whole --------------------------------------------------------------------------------------------------- */

static int by_basket(reading *r, vt_error *err)
{
    vt_basket_file *f = r->file;
    size_t n_baskets = (size_t)r->n_baskets;
    f->offsets = vt_alloc_zero(n_baskets + 2, sizeof *f->offsets, err);
    f->items = f->offsets == NULL ? NULL : vt_alloc(r->n, sizeof *f->items, err);
    if (f->items == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int64_t *next = f->offsets + 1; /* next[b] counts basket b - 1, then is where b goes on; at the end it is b's end */
    for (size_t e = 0; e < r->n; e++) {
        next[r->basket[e] + 1]++;
    }
    for (size_t b = 1; b < n_baskets; b++) {
        next[b] += next[b - 1];
    }
    for (size_t e = 0; e < r->n; e++) {
        f->items[next[r->basket[e]]++] = r->item[e];
    }
    f->baskets = (vt_baskets){n_baskets, (int32_t)vt_map_count(f->names), f->offsets, f->items};
    return VT_OK;
}

int vt_basket_file_read(vt_basket_file **out, const char *path, const char *basket, const char *item, vt_error *err)
{
    reading *r = vt_alloc_zero(1, sizeof *r, err);
    if (r == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = VT_ERR_NO_MEMORY;
    r->file = vt_alloc_zero(1, sizeof *r->file, err);
    if (r->file == NULL || (status = vt_map_create(&r->file->names, 0, err)) != VT_OK ||
        (status = vt_map_create(&r->baskets, 0, err)) != VT_OK ||
        (status = vt_arena_create(&r->arena, 0, err)) != VT_OK ||
        (status = vt_plain_rows_open(&r->rows, path, err)) != VT_OK || (status = keep_first_rows(r, err)) != VT_OK ||
        (status = choose_form(r, basket, item, err)) != VT_OK || (status = feed_all(r, err)) != VT_OK ||
        (status = by_basket(r, err)) != VT_OK) {
        goto out;
    }
    r->file->skipped = r->rows.skipped;
    memcpy(r->file->why, r->rows.why, sizeof r->file->why);
    *out = r->file;
    r->file = NULL;
out:
    vt_plain_rows_close(&r->rows);
    vt_arena_free(r->arena);
    vt_map_free(r->baskets);
    vt_basket_file_free(r->file);
    vt_free(r->basket);
    vt_free(r->item);
    vt_free(r);
    return status;
}

void vt_basket_file_free(vt_basket_file *file)
{
    if (file != NULL) {
        vt_map_free(file->names);
        vt_free(file->offsets);
        vt_free(file->items);
        vt_free(file);
    }
}

vt_str vt_basket_file_name(const vt_basket_file *file, int32_t item)
{
    vt_str name = {NULL, 0};
    int64_t number = 0;
    vt_map_entry(file->names, (size_t)item, &name, &number);
    return name;
}
