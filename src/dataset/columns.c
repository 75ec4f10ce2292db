/* Growing columns: capacity doubles, a failed growth leaves what is there. */
#include "dataset/columns.h"

#include <string.h>

#include "base/alloc.h"

/* One array of a struct of columns. */
typedef struct column {
    size_t field; /* offset of its pointer */
    size_t size;  /* of an element */
} column;

#define COLUMN(type, name)                                                                                             \
    {                                                                                                                  \
        offsetof(type, name), sizeof *((type *)0)->name                                                                \
    }

static const column user_columns[] = {COLUMN(vt_user_columns, row)};

static const column item_columns[] = {
    COLUMN(vt_item_columns, row),
    COLUMN(vt_item_columns, category),
    COLUMN(vt_item_columns, brand),
    COLUMN(vt_item_columns, price),
    COLUMN(vt_item_columns, cost),
    COLUMN(vt_item_columns, stock),
    COLUMN(vt_item_columns, available_from),
    COLUMN(vt_item_columns, available_until),
};

static const column stock_columns[] = {
    COLUMN(vt_stock_columns, item),
    COLUMN(vt_stock_columns, time),
    COLUMN(vt_stock_columns, pieces),
};

static const column event_columns[] = {
    COLUMN(vt_event_columns, id),       COLUMN(vt_event_columns, time),    COLUMN(vt_event_columns, unit_price),
    COLUMN(vt_event_columns, discount), COLUMN(vt_event_columns, cost),    COLUMN(vt_event_columns, refunded),
    COLUMN(vt_event_columns, user),     COLUMN(vt_event_columns, item),    COLUMN(vt_event_columns, order),
    COLUMN(vt_event_columns, session),  COLUMN(vt_event_columns, value),   COLUMN(vt_event_columns, quantity),
    COLUMN(vt_event_columns, state),    COLUMN(vt_event_columns, tag),     COLUMN(vt_event_columns, placement),
    COLUMN(vt_event_columns, model),    COLUMN(vt_event_columns, request), COLUMN(vt_event_columns, has_text),
};

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static size_t next_capacity(size_t capacity, size_t need)
{
    size_t next = capacity < 64 ? 64 : capacity;
    while (next < need) {
        next += next < SIZE_MAX / 4 ? next : need - next;
    }
    return next;
}

static int resize(void *at, size_t capacity, size_t size, vt_error *err)
{
    void *old;
    memcpy(&old, at, sizeof old);
    void *fresh = vt_realloc(old, capacity, size, err);
    if (fresh == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memcpy(at, &fresh, sizeof fresh);
    return VT_OK;
}

int vt_column_grow(void *at, size_t *capacity, size_t need, size_t size, vt_error *err)
{
    size_t next = next_capacity(*capacity, need);
    int status = resize(at, next, size, err);
    *capacity = status == VT_OK ? next : *capacity;
    return status;
}

/* Room for row `n` in all columns of a struct. */
static int make_room(void *columns, const column *table, size_t count, int64_t n, size_t *capacity, vt_error *err)
{
    if ((size_t)n < *capacity) {
        return VT_OK;
    }
    size_t next = next_capacity(*capacity, *capacity + 1);
    for (size_t i = 0; i < count; i++) {
        if (resize((char *)columns + table[i].field, next, table[i].size, err) != VT_OK) {
            return VT_ERR_NO_MEMORY;
        }
    }
    *capacity = next;
    return VT_OK;
}

static void free_columns(void *columns, const column *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        void *old;
        memcpy(&old, (char *)columns + table[i].field, sizeof old);
        vt_free(old);
    }
}

int vt_user_columns_add(vt_user_columns *columns, int64_t row, vt_error *err)
{
    int status = make_room(columns, user_columns, COUNT(user_columns), columns->n, &columns->capacity, err);
    if (status == VT_OK) {
        columns->row[columns->n++] = row;
    }
    return status;
}

void vt_user_columns_done(vt_user_columns *columns)
{
    free_columns(columns, user_columns, COUNT(user_columns));
    *columns = (vt_user_columns){0};
}

int vt_item_columns_add(vt_item_columns *columns, int64_t row, const vt_item *item, int32_t category, int32_t brand,
                        vt_error *err)
{
    int64_t n = columns->n;
    int status = make_room(columns, item_columns, COUNT(item_columns), n, &columns->capacity, err);
    if (status != VT_OK) {
        return status;
    }
    columns->row[n] = row;
    columns->category[n] = category;
    columns->brand[n] = brand;
    columns->price[n] = item->price;
    columns->cost[n] = item->cost;
    columns->stock[n] = item->stock;
    columns->available_from[n] = item->available_from;
    columns->available_until[n] = item->available_until;
    columns->n++;
    return VT_OK;
}

void vt_item_columns_done(vt_item_columns *columns)
{
    free_columns(columns, item_columns, COUNT(item_columns));
    *columns = (vt_item_columns){0};
}

int vt_stock_columns_add(vt_stock_columns *columns, int32_t item, int64_t time, int64_t pieces, vt_error *err)
{
    int64_t n = columns->n;
    int status = make_room(columns, stock_columns, COUNT(stock_columns), n, &columns->capacity, err);
    if (status == VT_OK) {
        columns->item[n] = item;
        columns->time[n] = time;
        columns->pieces[n] = pieces;
        columns->n++;
    }
    return status;
}

void vt_stock_columns_done(vt_stock_columns *columns)
{
    free_columns(columns, stock_columns, COUNT(stock_columns));
    *columns = (vt_stock_columns){0};
}

int vt_event_columns_add(vt_event_columns *columns, const vt_event_row *row, const vt_event_names *names, bool positive,
                         vt_error *err)
{
    int64_t n = columns->n;
    if (n == UINT32_MAX) {
        return vt_fail(err, VT_ERR_LIMIT, "more than %u events; a snapshot can hold no more", UINT32_MAX);
    }
    int status = make_room(columns, event_columns, COUNT(event_columns), n, &columns->capacity, err);
    if (status != VT_OK) {
        return status;
    }
    columns->ascending = n == 0 || (columns->ascending && row->id > columns->id[n - 1]);
    columns->id[n] = row->id;
    columns->time[n] = row->time;
    columns->unit_price[n] = row->unit_price;
    columns->discount[n] = row->discount;
    columns->cost[n] = row->cost;
    columns->refunded[n] = row->refunded;
    columns->user[n] = (int32_t)row->user;
    columns->item[n] = (int32_t)row->item;
    columns->order[n] = names->order;
    columns->session[n] = names->session;
    columns->placement[n] = names->placement;
    columns->model[n] = names->model;
    columns->request[n] = names->request;
    columns->has_text[n] = row->has_text;
    columns->value[n] = (float)row->value;
    columns->quantity[n] = row->quantity == VT_NONE ? 1.0F : (float)row->quantity;
    columns->state[n] = row->state;
    columns->tag[n] = VT_TAG(row->kind, row->part, positive);
    columns->n++;
    return VT_OK;
}

void vt_event_columns_done(vt_event_columns *columns)
{
    free_columns(columns, event_columns, COUNT(event_columns));
    *columns = (vt_event_columns){0};
}
