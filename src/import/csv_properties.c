/*
 * Items told property by property, each row as of a time (RetailRocket's item_properties). The newest of what a shop
 * has a place for counts: the category, with those above it, and whether the item is on sale. The rest is counted.
 */
#include "base/alloc.h"
#include "base/arena.h"
#include "base/limits.h"
#include "base/map.h"
#include "import/csv_tables.h"

enum { P_ITEM, P_PROPERTY, P_VALUE, P_TIME, FIELDS, LEVELS = 16 /* of a category */ };

static const vt_column_field fields[FIELDS] = {
    [P_ITEM] = {"item", "", VT_CELL_ID, false},
    [P_PROPERTY] = {"property", "", VT_CELL_TEXT, false},
    [P_VALUE] = {"value", "", VT_CELL_TEXT, false},
    [P_TIME] = {"time", "", VT_CELL_TIME, false},
};

typedef struct property_item {
    vt_str id;
    vt_str category; /* as the file has it; not given: none */
    int64_t category_time;
    bool told; /* whether it is on sale */
    bool sold;
    int64_t sold_time;
} property_item;

struct vt_csv_property_list {
    vt_map *numbers; /* id -> place in `items` */
    vt_arena *texts;
    property_item *items;
    size_t n, capacity;
    int64_t others; /* rows of properties that go nowhere */
    char other[32];
};

static int create(vt_csv_property_list **out, vt_error *err)
{
    vt_csv_property_list *list = vt_alloc_zero(1, sizeof *list, err);
    int status = list == NULL ? VT_ERR_NO_MEMORY : vt_map_create(&list->numbers, 0, err);
    status = status == VT_OK ? vt_arena_create(&list->texts, 0, err) : status;
    if (status != VT_OK) {
        vt_csv_properties_free(list);
        return status;
    }
    *out = list;
    return VT_OK;
}

void vt_csv_properties_free(vt_csv_property_list *list)
{
    if (list != NULL) {
        vt_map_free(list->numbers);
        vt_arena_free(list->texts);
        vt_free(list->items);
        vt_free(list);
    }
}

static int item_of(property_item **out, vt_csv_property_list *list, vt_str id, vt_error *err)
{
    int64_t place = 0;
    if (!vt_map_get(list->numbers, id, &place)) {
        int status = vt_alloc_next(&list->items, &list->capacity, list->n, sizeof *list->items, err);
        vt_str kept = status == VT_OK ? vt_arena_str(list->texts, id, err) : (vt_str){NULL, 0};
        if (kept.ptr == NULL) {
            return VT_ERR_NO_MEMORY;
        }
        place = (int64_t)list->n;
        list->items[list->n++] = (property_item){.id = kept, .category_time = VT_NONE, .sold_time = VT_NONE};
        status = vt_map_set(list->numbers, id, place, err);
        if (status != VT_OK) {
            return status;
        }
    }
    *out = &list->items[place];
    return VT_OK;
}

static int begin(vt_csv_work *work, vt_error *err)
{
    return work->properties == NULL ? create(&work->properties, err) : VT_OK;
}

static int put_row(vt_csv_work *work, const vt_str *row, vt_error *err)
{
    vt_csv_property_list *list = work->properties;
    vt_str id = vt_columns_get(&work->columns, P_ITEM, row);
    vt_str property = vt_columns_get(&work->columns, P_PROPERTY, row);
    vt_str value = vt_columns_get(&work->columns, P_VALUE, row);
    bool category = vt_text_same(property, "categoryid");
    int64_t time = VT_NONE;
    property_item *item = NULL;
    int status = VT_OK;
    if (!category && !vt_text_same(property, "available")) {
        if (list->others++ == 0) {
            snprintf(list->other, sizeof list->other, "%.*s", VT_SHOWN(property));
        }
        return VT_OK;
    }
    if (id.ptr == NULL) {
        return vt_sink_reject(work->source->sink, err, "id missing", "the item's id is missing; every row needs it");
    }
    if (!vt_cell_time(work->source, &work->columns, P_TIME, row, &time, &status, err)) {
        return status;
    }
    status = item_of(&item, list, id, err);
    if (status == VT_OK && category && value.ptr != NULL && time >= item->category_time) {
        vt_str kept = vt_arena_str(list->texts, value, err);
        status = kept.ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
        item->category = kept;
        item->category_time = time;
    } else if (status == VT_OK && !category && value.ptr != NULL && time >= item->sold_time) {
        item->told = true;
        item->sold = vt_word_yes(value);
        item->sold_time = time;
    }
    return status;
}

const vt_csv_table vt_csv_properties = {"properties", fields, FIELDS, {P_ITEM, P_PROPERTY}, 2, begin, put_row};

/* The category behind those above it. */
static int write_path(vt_csv_work *work, vt_str category, vt_error *err)
{
    vt_str levels[LEVELS];
    size_t n = 0;
    int status = VT_OK;
    while (category.ptr != NULL && n < LEVELS) {
        levels[n++] = category;
        vt_str above = vt_csv_find_name(work->lookups, "parent", category);
        category = above.ptr == category.ptr ? (vt_str){NULL, 0} : above;
    }
    vt_buf_clear(&work->category);
    while (status == VT_OK && n > 0) {
        status = vt_text_level(&work->category, 0, levels[--n], err);
    }
    return status;
}

int vt_csv_put_properties(vt_csv_work *work, vt_error *err)
{
    vt_csv_property_list *list = work->properties;
    vt_sink *sink = work->source->sink;
    int status = VT_OK;
    for (size_t i = 0; list != NULL && status == VT_OK && i < list->n; i++) {
        const property_item *from = &list->items[i];
        vt_item item;
        vt_item_init(&item);
        status = write_path(work, from->category, err);
        item.id = from->id;
        item.category = work->category.len > 0 ? (vt_str){work->category.data, work->category.len} : item.category;
        if (from->told) {
            item.available_until = from->sold ? VT_TIME_MAX : from->sold_time == VT_NONE ? 0 : from->sold_time;
        }
        vt_sink_at(sink, vt_sink_line(sink));
        status = status == VT_OK ? vt_sink_item(sink, &item, err) : status;
    }
    if (list != NULL && list->others > 0) {
        vt_sink_count(sink, "rows of other properties, left out", list->others, "\"%s\"", list->other);
    }
    return status;
}
