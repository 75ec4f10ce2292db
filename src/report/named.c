/* Goods stand in tables under several names of columns: any text that is the id of an item counts as one. */
#include "report/named.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/number.h"

int vt_named_init(vt_named *out, const vt_view *view, bool masked, vt_error *err)
{
    vt_named n = {.view = view, .masked = masked};
    n.items = vt_alloc_zero((size_t)view->n_items + 1, sizeof *n.items, err);
    n.users = vt_alloc_zero((size_t)view->n_users + 1, sizeof *n.users, err);
    n.top_items = vt_alloc((size_t)view->n_items + 1, sizeof *n.top_items, err);
    n.top_users = vt_alloc((size_t)view->n_users + 1, sizeof *n.top_users, err);
    if (n.items == NULL || n.users == NULL || n.top_items == NULL || n.top_users == NULL) {
        vt_named_done(&n);
        return VT_ERR_NO_MEMORY;
    }
    *out = n;
    return VT_OK;
}

void vt_named_done(vt_named *n)
{
    vt_free(n->items);
    vt_free(n->users);
    vt_free(n->top_items);
    vt_free(n->top_users);
    *n = (vt_named){0};
}

static int32_t find_user(const vt_named *n, vt_str text)
{
    static const char prefix[] = "customer ";
    int64_t number = 0;
    if (!n->masked) {
        return vt_view_find_user(n->view, text);
    }
    size_t len = sizeof prefix - 1;
    bool good = text.len > len && memcmp(text.ptr, prefix, len) == 0 &&
                vt_parse_int(&number, (vt_str){text.ptr + len, text.len - len}) && number >= 1 &&
                number <= n->view->n_users;
    return good ? (int32_t)number - 1 : -1;
}

int vt_named_table(void *named, yyjson_val *table, vt_error *err)
{
    vt_named *n = named;
    size_t at, rows, k, cells;
    yyjson_val *row, *key, *value;
    (void)err;
    yyjson_arr_foreach(yyjson_obj_get(table, "rows"), at, rows, row)
    {
        yyjson_obj_foreach(row, k, cells, key, value)
        {
            vt_str text = {yyjson_get_str(value), yyjson_get_len(value)};
            if (text.ptr == NULL) {
                continue;
            }
            bool of_user = yyjson_equals_str(key, "customer") || yyjson_equals_str(key, "user");
            int32_t found = of_user ? find_user(n, text) : vt_view_find_item(n->view, text);
            if (found >= 0) {
                (of_user ? n->users : n->items)[found]++;
            }
        }
    }
    return VT_OK;
}

int vt_named_list(vt_named *n, vt_str json, bool first, vt_error *err)
{
    enum { FIRST = 1 << 20 }; /* more tables than there are */
    vt_json_reader *reader = NULL;
    yyjson_val *root = NULL, *row;
    size_t at, rows;
    int status = vt_json_reader_create(&reader, err);
    status = status != VT_OK ? status : vt_json_read(reader, json, &root, err);
    if (status == VT_OK) {
        yyjson_arr_foreach(yyjson_obj_get(root, "items"), at, rows, row)
        {
            vt_str id = vt_json_str(row, "item");
            int32_t found = id.ptr == NULL ? -1 : vt_view_find_item(n->view, id);
            if (found >= 0) {
                n->items[found] += first && n->items[found] < FIRST ? FIRST : 1;
            }
        }
    }
    vt_json_reader_free(reader);
    return status;
}

/* ---- orders ------------------------------------------------------------------------------------------------------ */

typedef struct counted {
    int32_t count, number;
} counted;

static int by_count(const void *a, const void *b)
{
    const counted *x = a, *y = b;
    int order = (x->count < y->count) - (x->count > y->count);
    return order != 0 ? order : (x->number > y->number) - (x->number < y->number);
}

static int sort(int32_t *top, size_t *n_top, const int32_t *counts, int32_t n, vt_error *err)
{
    counted *rows = vt_alloc((size_t)n + 1, sizeof *rows, err);
    size_t found = 0;
    if (rows == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (int32_t i = 0; i < n; i++) {
        if (counts[i] > 0) {
            rows[found++] = (counted){counts[i], i};
        }
    }
    qsort(rows, found, sizeof *rows, by_count);
    for (size_t i = 0; i < found; i++) {
        top[i] = rows[i].number;
    }
    *n_top = found;
    vt_free(rows);
    return VT_OK;
}

int vt_named_sort(vt_named *n, vt_error *err)
{
    int status = sort(n->top_items, &n->n_items, n->items, n->view->n_items, err);
    return status != VT_OK ? status : sort(n->top_users, &n->n_users, n->users, n->view->n_users, err);
}
