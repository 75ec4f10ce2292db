/* Growing lists of texts: capacity doubles, a failed growth leaves what is there. */
#include "dataset/texts.h"

#include <string.h>

#include "base/alloc.h"
#include "dataset/columns.h"

int vt_text_list_add(vt_text_list *list, vt_str text, vt_error *err)
{
    size_t used = list->n == 0 ? 0 : (size_t)list->end[list->n - 1];
    int status = VT_OK;
    if (list->n == INT32_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "more than %d users or items; a shop can hold no more", INT32_MAX);
    }
    if ((size_t)list->n == list->capacity) {
        status = vt_column_grow(&list->end, &list->capacity, list->capacity + 1, sizeof *list->end, err);
    }
    if (status == VT_OK && list->text_capacity - used < text.len) {
        status = vt_column_grow(&list->text, &list->text_capacity, used + text.len, 1, err);
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
            return vt_fail(err, VT_ERR_LIMIT, "more than %d different names of one kind; leave some out", INT32_MAX);
        }
        int status = vt_map_set(names, text, number, err);
        if (status != VT_OK) {
            return status;
        }
    }
    *out = (int32_t)number;
    return VT_OK;
}
