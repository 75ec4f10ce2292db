/*
 * Files of a named mapping that other files refer to: orders whose lines stand elsewhere, and names of ids. Both are
 * kept whole until the import ends.
 */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/limits.h"
#include "base/map.h"
#include "import/csv_tables.h"

struct vt_csv_lookups {
    vt_map *orders; /* id -> place in `rows` */
    vt_csv_order *rows;
    size_t n, capacity;
    vt_map *names; /* what, "\n", id -> place in `values` */
    vt_str *values;
    size_t n_values, values_capacity;
    vt_arena *texts;
    vt_buf key;
};

int vt_csv_lookups_create(vt_csv_lookups **out, vt_error *err)
{
    vt_csv_lookups *l = vt_alloc_zero(1, sizeof *l, err);
    if (l == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_buf_init(&l->key, VT_LINE_BYTES_MAX * 2);
    int status = vt_map_create(&l->orders, 0, err);
    if (status == VT_OK) {
        status = vt_map_create(&l->names, 0, err);
    }
    if (status == VT_OK) {
        status = vt_arena_create(&l->texts, 0, err);
    }
    if (status != VT_OK) {
        vt_csv_lookups_free(l);
        return status;
    }
    *out = l;
    return VT_OK;
}

void vt_csv_lookups_free(vt_csv_lookups *l)
{
    if (l != NULL) {
        vt_map_free(l->orders);
        vt_map_free(l->names);
        vt_free(l->rows);
        vt_free(l->values);
        vt_arena_free(l->texts);
        vt_buf_done(&l->key);
        vt_free(l);
    }
}

const vt_csv_order *vt_csv_find_order(const vt_csv_lookups *l, vt_str id)
{
    int64_t place = 0;
    return id.ptr != NULL && vt_map_get(l->orders, id, &place) ? &l->rows[place] : NULL;
}

static int write_key(vt_csv_lookups *l, vt_str what, vt_str id, vt_error *err)
{
    vt_buf_clear(&l->key);
    int status = vt_buf_add(&l->key, what.ptr, what.len, err);
    status = status == VT_OK ? vt_buf_add(&l->key, "\n", 1, err) : status;
    return status == VT_OK ? vt_buf_add(&l->key, id.ptr, id.len, err) : status;
}

vt_str vt_csv_find_name(const vt_csv_lookups *l, const char *what, vt_str id)
{
    char key[600];
    int64_t place = 0;
    size_t len = strlen(what);
    if (l->n_values == 0 || id.ptr == NULL || len + 1 + id.len > sizeof key) {
        return id;
    }
    memcpy(key, what, len);
    key[len] = '\n';
    memcpy(key + len + 1, id.ptr, id.len);
    return vt_map_get(l->names, (vt_str){key, len + 1 + id.len}, &place) ? l->values[place] : id;
}

static int keep(vt_csv_lookups *l, vt_str *to, vt_str from, vt_error *err)
{
    *to = from.ptr == NULL ? from : vt_arena_str(l->texts, from, err);
    return from.ptr != NULL && to->ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

/* ---- orders ------------------------------------------------------------------------------------------------------ */

enum { R_ORDER, R_USER, R_TIME, R_STATE, R_CURRENCY, R_NUMBER, ORDER_FIELDS };

static const vt_column_field order_fields[ORDER_FIELDS] = {
    [R_ORDER] = {"order_id", "", VT_CELL_ID, false},
    [R_USER] = {"user", "user_id customer_id", VT_CELL_ID, false},
    [R_TIME] = {"time", "created_at", VT_CELL_TIME, false},
    [R_STATE] = {"state", "order_status", VT_CELL_TEXT, false},
    [R_CURRENCY] = {"currency", "", VT_CELL_ID, false},
    [R_NUMBER] = {"number", "", VT_CELL_NUMBER, false},
};

static int put_order(vt_csv_work *work, const vt_str *row, vt_error *err)
{
    vt_csv_lookups *l = work->lookups;
    const vt_columns *columns = &work->columns;
    vt_csv_order order = {.time = VT_NONE, .state = VT_ORDER_SOLD};
    vt_str id = vt_columns_get(columns, R_ORDER, row);
    vt_str user = vt_csv_find_name(l, "user", vt_columns_get(columns, R_USER, row));
    vt_str state = vt_columns_get(columns, R_STATE, row);
    int64_t place = 0;
    int status = VT_OK;
    if (id.ptr == NULL) {
        return vt_sink_reject(work->source->sink, err, "id missing", "the order's id is missing; every row needs it");
    }
    if (!vt_cell_time(work->source, columns, R_TIME, row, &order.time, &status, err)) {
        return status;
    }
    if (state.ptr != NULL) {
        order.state = vt_word_order(state, work->source->options->status_map);
    }
    if (vt_map_get(l->orders, id, &place)) {
        return VT_OK;
    }
    status = vt_alloc_next(&l->rows, &l->capacity, l->n, sizeof *l->rows, err);
    status = status == VT_OK ? keep(l, &order.user, user, err) : status;
    status = status == VT_OK ? keep(l, &order.currency, vt_columns_get(columns, R_CURRENCY, row), err) : status;
    if (status != VT_OK) {
        return status;
    }
    l->rows[l->n] = order;
    return vt_map_set(l->orders, id, (int64_t)l->n++, err);
}

const vt_csv_table vt_csv_orders = {"orders", order_fields, ORDER_FIELDS, {R_ORDER}, 1, NULL, put_order};

/* ---- names ------------------------------------------------------------------------------------------------------- */

enum { N_WHAT, N_ID, N_NAME, N_ONCE, NAME_FIELDS };

static const vt_column_field name_fields[NAME_FIELDS] = {
    [N_WHAT] = {"what", "", VT_CELL_TEXT, false},
    [N_ID] = {"id", "", VT_CELL_ID, false},
    [N_NAME] = {"name", "", VT_CELL_TEXT, false},
    [N_ONCE] = {"once", "", VT_CELL_TEXT, false},
};

static int put_name(vt_csv_work *work, const vt_str *row, vt_error *err)
{
    vt_csv_lookups *l = work->lookups;
    vt_str id = vt_columns_get(&work->columns, N_ID, row);
    vt_str name = vt_columns_get(&work->columns, N_NAME, row);
    if (id.ptr == NULL || name.ptr == NULL) {
        return VT_OK;
    }
    int64_t before = 0;
    int status = write_key(l, vt_columns_get(&work->columns, N_WHAT, row), id, err);
    bool once = vt_columns_get(&work->columns, N_ONCE, row).ptr != NULL;
    if (status == VT_OK && once && vt_map_get(l->names, (vt_str){l->key.data, l->key.len}, &before)) {
        if (!vt_str_equal(l->values[before], name)) {
            l->values[before] = (vt_str){NULL, 0}; /* it stands for several */
        }
        return VT_OK;
    }
    status =
        status == VT_OK ? vt_alloc_next(&l->values, &l->values_capacity, l->n_values, sizeof *l->values, err) : status;
    status = status == VT_OK ? keep(l, &l->values[l->n_values], name, err) : status;
    if (status != VT_OK) {
        return status;
    }
    return vt_map_set(l->names, (vt_str){l->key.data, l->key.len}, (int64_t)l->n_values++, err);
}

const vt_csv_table vt_csv_names = {"names", name_fields, NAME_FIELDS, {N_WHAT, N_ID}, 2, NULL, put_name};
