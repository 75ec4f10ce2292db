/* One walk over the items of the store. Texts are kept once each: shops have few categories and brands. */
#include "recommend/catalogue.h"

#include "base/alloc.h"

typedef struct load {
    vt_catalogue *catalogue;
    const vt_ids *items;
    vt_error *err;
} load;

/* The number of a text in `map`, which learns it; -1 for none. */
static int intern(vt_map *map, vt_str text, int32_t *number, vt_error *err)
{
    int64_t value = -1;
    if (text.len > 0 && !vt_map_get(map, text, &value)) {
        value = (int64_t)vt_map_count(map);
        int status = vt_map_set(map, text, value, err);
        if (status != VT_OK) {
            return status;
        }
    }
    *number = (int32_t)value;
    return VT_OK;
}

static int take_item(void *context, int64_t row, const vt_item *item)
{
    load *l = context;
    vt_catalogue *c = l->catalogue;
    int32_t at = vt_ids_find(l->items, item->id);
    (void)row;
    if (at < 0) {
        return VT_OK; /* came after the model was fitted */
    }
    c->n_stored += !c->stored[at];
    c->stored[at] = 1;
    c->price[at] = item->price;
    c->stock[at] = item->stock;
    c->available_from[at] = item->available_from;
    c->available_until[at] = item->available_until;
    int status = intern(c->categories, item->category, &c->category[at], l->err);
    return status != VT_OK ? status : intern(c->brands, item->brand, &c->brand[at], l->err);
}

static int make_room(vt_catalogue *c, size_t n, vt_error *err)
{
    c->stored = vt_alloc_zero(n, sizeof *c->stored, err);
    c->price = vt_alloc(n, sizeof *c->price, err);
    c->stock = vt_alloc(n, sizeof *c->stock, err);
    c->available_from = vt_alloc(n, sizeof *c->available_from, err);
    c->available_until = vt_alloc(n, sizeof *c->available_until, err);
    c->category = vt_alloc(n, sizeof *c->category, err);
    c->brand = vt_alloc(n, sizeof *c->brand, err);
    if (c->stored == NULL || c->price == NULL || c->stock == NULL || c->available_from == NULL ||
        c->available_until == NULL || c->category == NULL || c->brand == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    int status = vt_map_create(&c->categories, 0, err);
    return status != VT_OK ? status : vt_map_create(&c->brands, 0, err);
}

int vt_catalogue_load(vt_catalogue **out, vt_store *store, const vt_ids *items, vt_error *err)
{
    vt_catalogue *c = vt_alloc_zero(1, sizeof *c, err);
    if (c == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    load l = {c, items, err};
    c->n_items = items->n;
    int status = make_room(c, (size_t)items->n, err);
    if (status == VT_OK) {
        status = vt_store_each_item_after(store, 0, take_item, &l, err);
    }
    if (status != VT_OK) {
        vt_catalogue_free(c);
        return status;
    }
    *out = c;
    return VT_OK;
}

void vt_catalogue_free(vt_catalogue *c)
{
    if (c != NULL) {
        vt_free(c->stored);
        vt_free(c->price);
        vt_free(c->stock);
        vt_free(c->available_from);
        vt_free(c->available_until);
        vt_free(c->category);
        vt_free(c->brand);
        vt_map_free(c->categories);
        vt_map_free(c->brands);
        vt_free(c);
    }
}
