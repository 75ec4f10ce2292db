/* The items behind a set of vectors, out of the store: titles, categories and where their photos are. */
#include <stdio.h>

#include "base/alloc.h"
#include "base/file.h"
#include "base/map.h"
#include "encode/project.h"
#include "store/store.h"

/* A pass over the store. */
typedef struct reading {
    vt_project_items *items;
    const vt_item_vectors *vectors;
    const char *folder; /* of the shop */
    vt_map *groups;
    vt_error *err;
} reading;

static int keep(vt_str *to, vt_arena *texts, vt_str from, vt_error *err)
{
    if (from.ptr != NULL) {
        *to = vt_arena_str(texts, from, err);
        return to->ptr == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    return VT_OK;
}

/* The number of the first level of a category's path. */
static int find_group(int32_t *group, reading *r, vt_str category)
{
    const char *end = memmem(category.ptr, category.len, " > ", 3);
    vt_str top = {category.ptr, end == NULL ? category.len : (size_t)(end - category.ptr)};
    int64_t number = 0;
    if (!vt_map_get(r->groups, top, &number)) {
        number = (int64_t)vt_map_count(r->groups);
        int status = vt_map_set(r->groups, top, number, r->err);
        if (status != VT_OK) {
            return status;
        }
    }
    *group = (int32_t)number;
    return VT_OK;
}

/* The first image that is a file on this machine. */
static int find_photo(vt_str *photo, const reading *r, const vt_item *item)
{
    char path[4096];
    for (size_t i = 0; i < item->n_images; i++) {
        vt_str image = item->images[i];
        bool absolute = image.len > 0 && image.ptr[0] == '/';
        int len =
            snprintf(path, sizeof path, "%s%s%.*s", absolute ? "" : r->folder, absolute ? "" : "/", VT_STR_ARGS(image));
        if (len > 0 && (size_t)len < sizeof path && vt_file_exists(path)) {
            return keep(photo, r->items->texts, vt_str_of(path), r->err);
        }
    }
    return VT_OK;
}

static int on_item(void *context, int64_t row, const vt_item *item)
{
    reading *r = context;
    (void)row;
    int32_t at = vt_ids_find(&r->vectors->ids, item->id);
    if (at < 0) {
        return VT_OK;
    }
    int status = keep(&r->items->title[at], r->items->texts, item->title, r->err);
    if (status == VT_OK) {
        status = keep(&r->items->category[at], r->items->texts, item->category, r->err);
    }
    if (status == VT_OK && item->category.len > 0) {
        status = find_group(&r->items->group[at], r, item->category);
    }
    return status == VT_OK ? find_photo(&r->items->photo[at], r, item) : status;
}

/* The groups' names, out of the map. */
static int name_groups(reading *r)
{
    size_t n = vt_map_count(r->groups);
    int status = VT_OK;
    r->items->groups = vt_alloc_zero(n, sizeof *r->items->groups, r->err);
    if (r->items->groups == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    r->items->n_groups = n;
    for (size_t g = 0; status == VT_OK && g < n; g++) {
        vt_str name;
        int64_t number = 0;
        vt_map_entry(r->groups, g, &name, &number);
        status = keep(&r->items->groups[number], r->items->texts, name, r->err);
    }
    return status;
}

int vt_project_items_read(vt_project_items *out, vt_shop *shop, const vt_item_vectors *vectors, vt_error *err)
{
    size_t n = (size_t)vectors->n;
    vt_project_items items = {0};
    vt_store *store = vt_shop_store(shop);
    reading r = {.items = &items, .vectors = vectors, .folder = vt_shop_path(shop), .err = err};
    items.title = vt_alloc_zero(n, sizeof *items.title, err);
    items.category = vt_alloc_zero(n, sizeof *items.category, err);
    items.photo = vt_alloc_zero(n, sizeof *items.photo, err);
    items.group = vt_alloc(n, sizeof *items.group, err);
    int status = VT_ERR_NO_MEMORY;
    if (items.title != NULL && items.category != NULL && items.photo != NULL && items.group != NULL) {
        status = vt_arena_create(&items.texts, 0, err);
    }
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        items.group[i] = -1;
    }
    if (status == VT_OK) {
        status = vt_map_create(&r.groups, 0, err);
    }
    if (status == VT_OK) {
        status = vt_store_each_item_after(store, 0, on_item, &r, err);
    }
    if (status == VT_OK) {
        status = name_groups(&r);
    }
    vt_map_free(r.groups);
    if (status == VT_OK) {
        *out = items;
    } else {
        vt_project_items_done(&items);
    }
    return status;
}

void vt_project_items_done(vt_project_items *items)
{
    vt_arena_free(items->texts);
    vt_free(items->title);
    vt_free(items->category);
    vt_free(items->photo);
    vt_free(items->group);
    vt_free(items->groups);
    *items = (vt_project_items){0};
}
