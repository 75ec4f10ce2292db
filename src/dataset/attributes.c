/* Free attributes are data, whatever their names: no member is special, and order does not matter. */
#include "dataset/attributes.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/limits.h"
#include "dataset/columns.h"

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

int vt_attribute_list_add(void *context, vt_str text, vt_error *err)
{
    vt_attribute_list *list = context;
    int32_t number = 0;
    int status = vt_intern(&number, list->names, text, err);
    if (status == VT_OK && (size_t)list->n == list->capacity) {
        status = vt_column_grow(&list->name, &list->capacity, list->capacity + 1, sizeof *list->name, err);
    }
    if (status == VT_OK) {
        list->name[list->n++] = number;
    }
    return status;
}

/* Where the attributes of one record go. */
typedef struct giving {
    vt_attribute_each each;
    void *context;
    vt_error *err;
} giving;

static int give(const giving *g, vt_str name, vt_str value)
{
    char text[VT_ID_BYTES_MAX];
    if (value.len == 0 || name.len == 0 || name.len >= sizeof text || value.len > sizeof text - name.len - 1) {
        return VT_OK;
    }
    memcpy(text, name.ptr, name.len);
    text[name.len] = '=';
    memcpy(text + name.len + 1, value.ptr, value.len);
    return g->each(g->context, (vt_str){text, name.len + 1 + value.len}, g->err);
}

/* The text of a string, number or boolean; "not given" for anything else. `scratch` holds numbers. */
static vt_str text_of(yyjson_val *value, char scratch[40])
{
    if (yyjson_is_str(value)) {
        return (vt_str){yyjson_get_str(value), yyjson_get_len(value)};
    }
    if (yyjson_is_bool(value)) {
        return vt_str_of(yyjson_get_bool(value) ? "true" : "false");
    }
    if (yyjson_is_uint(value)) {
        snprintf(scratch, 40, "%llu", (unsigned long long)yyjson_get_uint(value));
    } else if (yyjson_is_sint(value)) {
        snprintf(scratch, 40, "%lld", (long long)yyjson_get_sint(value));
    } else if (yyjson_is_real(value)) {
        snprintf(scratch, 40, "%.15g", yyjson_get_real(value)); /* 0.1 stays 0.1, and 2.0 is 2 */
    } else {
        return (vt_str){NULL, 0};
    }
    return vt_str_of(scratch);
}

static int give_member(const giving *g, vt_str name, yyjson_val *value)
{
    char scratch[40];
    if (!yyjson_is_arr(value)) {
        return give(g, name, text_of(value, scratch));
    }
    int status = VT_OK;
    yyjson_arr_iter each = yyjson_arr_iter_with(value);
    for (yyjson_val *one = yyjson_arr_iter_next(&each); status == VT_OK && one != NULL;
         one = yyjson_arr_iter_next(&each)) {
        status = give(g, name, text_of(one, scratch));
    }
    return status;
}

static int give_members(const giving *g, vt_json_reader *reader, vt_str json, const char *what, vt_str id)
{
    if (json.len == 0) {
        return VT_OK;
    }
    yyjson_val *root = NULL;
    vt_error cause = VT_ERROR_INIT;
    int status = vt_json_read(reader, json, &root, &cause);
    if (status != VT_OK && status != VT_ERR_FORMAT) {
        return vt_fail(g->err, cause.code, "%s", cause.message);
    }
    if (status != VT_OK || !yyjson_is_obj(root)) {
        return vt_fail(g->err, VT_ERR_FORMAT, "the attributes of %s \"%.*s\" are no JSON object: %s", what,
                       VT_STR_ARGS(id), status != VT_OK ? cause.message : "{\"name\": value, ...} is expected");
    }
    yyjson_obj_iter each = yyjson_obj_iter_with(root);
    for (yyjson_val *key = yyjson_obj_iter_next(&each); status == VT_OK && key != NULL;
         key = yyjson_obj_iter_next(&each)) {
        vt_str name = {yyjson_get_str(key), yyjson_get_len(key)};
        status = give_member(g, name, yyjson_obj_iter_get_val(key));
    }
    return status;
}

int vt_each_user_attribute(const vt_user *user, vt_json_reader *reader, vt_attribute_each each, void *context,
                           vt_error *err)
{
    const giving g = {each, context, err};
    const struct {
        const char *name;
        vt_str value;
    } fields[] = {
        {"age_band", user->age_band}, {"segment", user->segment}, {"region", user->region}, {"tier", user->tier}};
    int status = VT_OK;
    for (size_t i = 0; status == VT_OK && i < sizeof fields / sizeof fields[0]; i++) {
        status = give(&g, vt_str_of(fields[i].name), fields[i].value);
    }
    return status != VT_OK ? status : give_members(&g, reader, user->attributes, "user", user->id);
}

int vt_each_item_attribute(const vt_item *item, vt_json_reader *reader, vt_attribute_each each, void *context,
                           vt_error *err)
{
    const giving g = {each, context, err};
    return give_members(&g, reader, item->attributes, "item", item->id);
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
        int status = vt_column_grow(&list->end, &list->row_capacity, list->row_capacity + 1, sizeof *list->end, err);
        if (status != VT_OK) {
            return status;
        }
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
