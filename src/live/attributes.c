/*
 * Rows that nothing came for stand in the snapshot, the others as lists in the blocks. In the snapshot the values of
 * one attribute are a range of numbers, since names are sorted; what came later is few and looked at one by one.
 */
#include "live/attributes.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

/* The attributes of users, or of items. */
typedef struct side {
    const vt_names *names;
    const vt_block_table *table;
    size_t lists;       /* where the lists stand in a block */
    const int64_t *ptr; /* (n_frozen + 1) of the snapshot */
    const int32_t *number;
    int32_t n_names, n_rows, n_frozen;
} side;

static side users_of(const vt_view *v)
{
    return (side){.names = &v->generation->user_attributes,
                  .table = v->users,
                  .lists = offsetof(vt_user_block, attributes),
                  .ptr = v->snapshot->user_attribute_ptr,
                  .number = v->snapshot->user_attribute,
                  .n_names = v->n_user_attributes,
                  .n_rows = v->n_users,
                  .n_frozen = v->snapshot->n_users};
}

static side items_of(const vt_view *v)
{
    return (side){.names = &v->generation->item_attributes,
                  .table = v->items,
                  .lists = offsetof(vt_item_block, attributes),
                  .ptr = v->snapshot->item_attribute_ptr,
                  .number = v->snapshot->item_attribute,
                  .n_names = v->n_item_attributes,
                  .n_rows = v->n_items,
                  .n_frozen = v->snapshot->n_items};
}

static vt_attributes row_of(const side *s, int32_t row)
{
    const char *block = s->table->block[row >> VT_BLOCK_BITS];
    if (block != NULL) {
        const vt_number_list *const *lists = (const vt_number_list *const *)(const void *)(block + s->lists);
        const vt_number_list *list = lists[row & VT_BLOCK_MASK];
        if (list != NULL) {
            return (vt_attributes){list->number, list->n};
        }
    }
    if (row >= s->n_frozen) {
        return (vt_attributes){NULL, 0};
    }
    return (vt_attributes){s->number + s->ptr[row], (int32_t)(s->ptr[row + 1] - s->ptr[row])};
}

/* Whether `text` is "name=..."; the value. */
static bool value_of(vt_str *value, vt_str text, vt_str name)
{
    if (name.len == 0 || text.len <= name.len || text.ptr[name.len] != '=' ||
        memcmp(text.ptr, name.ptr, name.len) != 0) {
        return false;
    }
    *value = (vt_str){text.ptr + name.len + 1, text.len - name.len - 1};
    return true;
}

static vt_str first_value(const side *s, int32_t row, vt_str name)
{
    vt_attributes a = row_of(s, row);
    vt_str value = {NULL, 0};
    for (int32_t i = 0; i < a.n && !value_of(&value, vt_names_at(s->names, a.number[i]), name); i++) {
    }
    return value;
}

vt_attributes vt_view_user_attributes(const vt_view *view, int32_t user)
{
    side s = users_of(view);
    return row_of(&s, user);
}

vt_attributes vt_view_item_attributes(const vt_view *view, int32_t item)
{
    side s = items_of(view);
    return row_of(&s, item);
}

vt_str vt_view_user_attribute_text(const vt_view *view, int32_t number)
{
    return vt_names_at(&view->generation->user_attributes, number);
}

vt_str vt_view_item_attribute_text(const vt_view *view, int32_t number)
{
    return vt_names_at(&view->generation->item_attributes, number);
}

vt_str vt_view_user_attribute(const vt_view *view, int32_t user, vt_str name)
{
    side s = users_of(view);
    return first_value(&s, user, name);
}

vt_str vt_view_item_attribute(const vt_view *view, int32_t item, vt_str name)
{
    side s = items_of(view);
    return first_value(&s, item, name);
}

/* ---- one attribute of all rows ----------------------------------------------------------------------------------- */

/* A value on its way to a code. */
typedef struct candidate {
    vt_str value;
    int32_t number; /* of the name */
    int32_t rows;
} candidate;

/* The numbers of one attribute: a range of the snapshot's, and some that came later. */
typedef struct numbers {
    const side *s;
    int32_t low, high;
    int32_t *place; /* (all names of the tail, then high - low) place among the candidates, -1: of another attribute */
    candidate *candidate;
    int32_t n;
} numbers;

/* The first name of the snapshot that is not before `name` and the byte `next`, by which all its values are found. */
static int32_t first_behind(const vt_ids *ids, vt_str name, unsigned char next)
{
    int32_t low = 0, high = ids->n;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        vt_str text = vt_ids_get(ids, middle);
        int order = memcmp(text.ptr, name.ptr, text.len < name.len ? text.len : name.len);
        bool before = order != 0 ? order < 0 : text.len <= name.len || (unsigned char)text.ptr[name.len] < next;
        low = before ? middle + 1 : low;
        high = before ? high : middle;
    }
    return low;
}

static int32_t place_of(const numbers *m, int32_t number)
{
    int32_t fresh = m->s->names->frozen->n;
    if (number >= fresh) {
        return m->place[number - fresh];
    }
    return number >= m->low && number < m->high ? m->place[m->s->n_names - fresh + number - m->low] : -1;
}

static void add_candidate(numbers *m, int32_t place, int32_t number, vt_str name)
{
    vt_str value = {NULL, 0};
    m->place[place] = -1;
    if (value_of(&value, vt_names_at(m->s->names, number), name)) {
        m->candidate[m->n] = (candidate){.value = value, .number = number};
        m->place[place] = m->n++;
    }
}

static int find_numbers(numbers *m, const side *s, vt_str name, vt_error *err)
{
    int32_t fresh = s->n_names - s->names->frozen->n;
    *m = (numbers){.s = s,
                   .low = first_behind(s->names->frozen, name, '='),
                   .high = first_behind(s->names->frozen, name, '=' + 1)};
    size_t most = (size_t)(fresh + m->high - m->low);
    m->place = vt_alloc(most, sizeof *m->place, err);
    m->candidate = vt_alloc(most, sizeof *m->candidate, err);
    if (m->place == NULL || m->candidate == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t k = 0; k < fresh; k++) {
        add_candidate(m, k, s->names->frozen->n + k, name);
    }
    for (int32_t k = m->low; k < m->high; k++) {
        add_candidate(m, fresh + k - m->low, k, name);
    }
    return VT_OK;
}

static int by_value(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    return vt_str_compare(x->value, y->value);
}

/* Candidates that occur, in order, become the values; `code` has places and gets codes. */
static int give_codes(vt_attribute_column *out, numbers *m, vt_error *err)
{
    int32_t n = 0;
    for (int32_t k = 0; k < m->n; k++) {
        if (m->candidate[k].rows > 0) {
            m->candidate[n] = m->candidate[k];
            m->candidate[n++].number = k;
        }
    }
    if (n > 0) {
        qsort(m->candidate, (size_t)n, sizeof *m->candidate, by_value);
    }
    out->value = vt_alloc((size_t)n, sizeof *out->value, err);
    out->rows = vt_alloc((size_t)n, sizeof *out->rows, err);
    if (out->value == NULL || out->rows == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    out->n_values = n;
    for (int32_t k = 0; k < n; k++) {
        out->value[k] = m->candidate[k].value;
        out->rows[k] = m->candidate[k].rows;
        m->place[m->candidate[k].number] = k;
    }
    for (int32_t r = 0; r < out->n; r++) {
        out->code[r] = out->code[r] < 0 ? -1 : m->place[out->code[r]];
    }
    return VT_OK;
}

static int make_column(vt_attribute_column *out, const side *s, vt_str name, vt_error *err)
{
    numbers m;
    vt_attribute_column column = {.n = s->n_rows};
    int status = find_numbers(&m, s, name.ptr == NULL ? vt_str_of("") : name, err);
    column.code = status != VT_OK ? NULL : vt_alloc((size_t)s->n_rows, sizeof *column.code, err);
    status = status == VT_OK && column.code == NULL ? VT_ERR_NO_MEMORY : status;
    for (int32_t r = 0; r < s->n_rows && status == VT_OK; r++) {
        vt_attributes a = row_of(s, r);
        int32_t place = -1;
        for (int32_t k = 0; k < a.n && place < 0; k++) {
            place = place_of(&m, a.number[k]);
        }
        column.code[r] = place;
        if (place >= 0) {
            m.candidate[place].rows++;
        }
    }
    status = status != VT_OK ? status : give_codes(&column, &m, err);
    vt_free(m.place);
    vt_free(m.candidate);
    if (status != VT_OK) {
        vt_attribute_column_done(&column);
        return status;
    }
    *out = column;
    return VT_OK;
}

int vt_view_user_column(vt_attribute_column *out, const vt_view *view, vt_str name, vt_error *err)
{
    side s = users_of(view);
    return make_column(out, &s, name, err);
}

int vt_view_item_column(vt_attribute_column *out, const vt_view *view, vt_str name, vt_error *err)
{
    side s = items_of(view);
    return make_column(out, &s, name, err);
}

void vt_attribute_column_done(vt_attribute_column *column)
{
    vt_free(column->code);
    vt_free(column->value);
    vt_free(column->rows);
    *column = (vt_attribute_column){0};
}

static void mark_rows(uint8_t *mask, const side *s, vt_str text)
{
    int32_t number = vt_ids_find(s->names->frozen, text);
    for (int32_t k = s->names->frozen->n; k < s->n_names && number < 0; k++) {
        number = vt_str_equal(vt_names_at(s->names, k), text) ? k : -1;
    }
    for (int32_t r = 0; r < s->n_rows; r++) {
        vt_attributes a = row_of(s, r);
        bool has = false;
        for (int32_t k = 0; k < a.n && number >= 0 && !has; k++) {
            has = a.number[k] == number;
        }
        mask[r] = has;
    }
}

void vt_view_users_with(uint8_t *mask, const vt_view *view, vt_str text)
{
    side s = users_of(view);
    mark_rows(mask, &s, text);
}

void vt_view_items_with(uint8_t *mask, const vt_view *view, vt_str text)
{
    side s = items_of(view);
    mark_rows(mask, &s, text);
}
