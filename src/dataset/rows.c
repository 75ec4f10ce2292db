/* Growing columns: capacity doubles, a failed growth leaves what is there. */
#include "dataset/rows.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/limits.h"

/* Makes room for `need` elements of `size` bytes in `*column`, given that `capacity` fit now and `next` will. */
static int grow(void *column, size_t next, size_t size, vt_error *err)
{
    void *old;
    memcpy(&old, column, sizeof old);
    void *fresh = vt_realloc(old, next, size, err);
    if (fresh == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memcpy(column, &fresh, sizeof fresh);
    return VT_OK;
}

static size_t next_capacity(size_t capacity, size_t need)
{
    size_t next = capacity < 64 ? 64 : capacity;
    while (next < need) {
        next += next < SIZE_MAX / 4 ? next : need - next;
    }
    return next;
}

int vt_text_list_add(vt_text_list *list, vt_str text, vt_error *err)
{
    size_t used = list->n == 0 ? 0 : (size_t)list->end[list->n - 1];
    int status = VT_OK;
    if (list->n == INT32_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "more than %d users or items; a shop can hold no more", INT32_MAX);
    }
    if ((size_t)list->n == list->capacity) {
        size_t next = next_capacity(list->capacity, list->capacity + 1);
        status = grow(&list->end, next, sizeof *list->end, err);
        list->capacity = status == VT_OK ? next : list->capacity;
    }
    if (status == VT_OK && list->text_capacity - used < text.len) {
        size_t next = next_capacity(list->text_capacity, used + text.len);
        status = grow(&list->text, next, 1, err);
        list->text_capacity = status == VT_OK ? next : list->text_capacity;
    }
    if (status != VT_OK) {
        return status;
    }
    if (text.len > 0) {
        memcpy(list->text + used, text.ptr, text.len);
    }
    list->end[list->n++] = (int64_t)(used + text.len);
    return VT_OK;
}

vt_str vt_text_list_at(const void *source, int32_t index)
{
    const vt_text_list *list = source;
    int64_t begin = index == 0 ? 0 : list->end[index - 1];
    return (vt_str){list->text == NULL ? "" : list->text + begin, (size_t)(list->end[index] - begin)};
}

void vt_text_list_done(vt_text_list *list)
{
    vt_free(list->text);
    vt_free(list->end);
    *list = (vt_text_list){0};
}

vt_str vt_map_text_at(const void *map, int32_t index)
{
    vt_str key;
    int64_t value;
    vt_map_entry(map, (size_t)index, &key, &value);
    return key;
}

int vt_intern(int32_t *out, vt_map *names, vt_str text, vt_error *err)
{
    int64_t number = 0;
    if (!vt_map_get(names, text, &number)) {
        number = (int64_t)vt_map_count(names);
        if (number >= INT32_MAX) {
            return vt_fail(err, VT_ERR_LIMIT, "more than %d different attributes; leave some out", INT32_MAX);
        }
        int status = vt_map_set(names, text, number, err);
        if (status != VT_OK) {
            return status;
        }
    }
    *out = (int32_t)number;
    return VT_OK;
}

int vt_attribute_list_init(vt_attribute_list *list, vt_error *err)
{
    *list = (vt_attribute_list){0};
    return vt_map_create(&list->names, 0, err);
}

void vt_attribute_list_done(vt_attribute_list *list)
{
    vt_map_free(list->names);
    vt_free(list->end);
    vt_free(list->name);
    *list = (vt_attribute_list){0};
}

int vt_attribute_list_add(vt_attribute_list *list, vt_str name, vt_str value, vt_error *err)
{
    char text[VT_ID_BYTES_MAX];
    if (value.len == 0 || name.len == 0 || name.len >= sizeof text || value.len > sizeof text - name.len - 1) {
        return VT_OK;
    }
    memcpy(text, name.ptr, name.len);
    text[name.len] = '=';
    memcpy(text + name.len + 1, value.ptr, value.len);
    int32_t number = 0;
    int status = vt_intern(&number, list->names, (vt_str){text, name.len + 1 + value.len}, err);
    if (status == VT_OK && (size_t)list->n == list->capacity) {
        size_t next = next_capacity(list->capacity, list->capacity + 1);
        status = grow(&list->name, next, sizeof *list->name, err);
        list->capacity = status == VT_OK ? next : list->capacity;
    }
    if (status == VT_OK) {
        list->name[list->n++] = number;
    }
    return status;
}

static int by_number(const void *left, const void *right)
{
    int32_t a = *(const int32_t *)left;
    int32_t b = *(const int32_t *)right;
    return (a > b) - (a < b);
}

void vt_sort_numbers(int32_t *numbers, size_t n)
{
    qsort(numbers, n, sizeof *numbers, by_number);
}

int vt_attribute_list_end_row(vt_attribute_list *list, vt_error *err)
{
    if ((size_t)list->rows == list->row_capacity) {
        size_t next = next_capacity(list->row_capacity, list->row_capacity + 1);
        if (grow(&list->end, next, sizeof *list->end, err) != VT_OK) {
            return VT_ERR_NO_MEMORY;
        }
        list->row_capacity = next;
    }
    int64_t begin = vt_attribute_list_begin(list, list->rows);
    if (list->n > begin) {
        vt_sort_numbers(list->name + begin, (size_t)(list->n - begin));
        int64_t kept = begin + 1;
        for (int64_t i = begin + 1; i < list->n; i++) {
            if (list->name[i] != list->name[i - 1]) {
                list->name[kept++] = list->name[i];
            }
        }
        list->n = kept;
    }
    list->end[list->rows++] = list->n;
    return VT_OK;
}

int64_t vt_attribute_list_begin(const vt_attribute_list *list, int32_t row)
{
    return row == 0 ? 0 : list->end[row - 1];
}

static int grow_columns(vt_event_columns *columns, vt_error *err)
{
    size_t next = next_capacity(columns->capacity, columns->capacity + 1);
    int status = grow(&columns->id, next, sizeof *columns->id, err);
    status = status != VT_OK ? status : grow(&columns->time, next, sizeof *columns->time, err);
    status = status != VT_OK ? status : grow(&columns->user, next, sizeof *columns->user, err);
    status = status != VT_OK ? status : grow(&columns->item, next, sizeof *columns->item, err);
    status = status != VT_OK ? status : grow(&columns->value, next, sizeof *columns->value, err);
    status = status != VT_OK ? status : grow(&columns->quantity, next, sizeof *columns->quantity, err);
    status = status != VT_OK ? status : grow(&columns->tag, next, sizeof *columns->tag, err);
    columns->capacity = status == VT_OK ? next : columns->capacity;
    return status;
}

int vt_event_columns_add(vt_event_columns *columns, const vt_event_row *row, bool positive, vt_error *err)
{
    int64_t n = columns->n;
    if (n == UINT32_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "more than %u events; a snapshot can hold no more", UINT32_MAX);
    }
    if ((size_t)n == columns->capacity && grow_columns(columns, err) != VT_OK) {
        return VT_ERR_NO_MEMORY;
    }
    columns->ascending = n == 0 || (columns->ascending && row->id > columns->id[n - 1]);
    columns->id[n] = row->id;
    columns->time[n] = row->time;
    columns->user[n] = (int32_t)row->user;
    columns->item[n] = (int32_t)row->item;
    columns->value[n] = (float)row->value;
    columns->quantity[n] = row->quantity == VT_NONE ? 1.0F : (float)row->quantity;
    columns->tag[n] = VT_TAG(row->kind, row->part, positive);
    columns->n++;
    return VT_OK;
}

void vt_event_columns_done(vt_event_columns *columns)
{
    vt_free(columns->id);
    vt_free(columns->time);
    vt_free(columns->user);
    vt_free(columns->item);
    vt_free(columns->value);
    vt_free(columns->quantity);
    vt_free(columns->tag);
    *columns = (vt_event_columns){0};
}
