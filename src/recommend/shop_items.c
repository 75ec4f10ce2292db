/* One walk over the store, one sort. */
#include "recommend/shop_items.h"

#include "base/alloc.h"
#include "dataset/ranking.h"
#include "dataset/texts.h"

typedef struct gather {
    vt_text_list list;
    vt_error *err;
} gather;

static int take_id(void *context, int64_t row, const vt_item *item)
{
    gather *g = context;
    (void)row;
    return vt_text_list_add(&g->list, item->id, g->err);
}

int vt_shop_items_load(vt_shop_items *out, vt_store *store, vt_error *err)
{
    gather g = {.err = err};
    vt_ranking ranking = {0};
    vt_shop_items items = {0};
    int status = vt_store_each_item_after(store, 0, take_id, &g, err);
    if (status == VT_OK) {
        status = vt_ranking_make(&ranking, vt_text_list_at, &g.list, g.list.n, NULL, err);
    }
    if (status != VT_OK) {
        goto out;
    }
    items.offset = vt_alloc((size_t)ranking.n + 1, sizeof *items.offset, err);
    items.text = vt_alloc((size_t)ranking.bytes, sizeof *items.text, err);
    if (items.offset == NULL || items.text == NULL) {
        status = VT_ERR_NO_MEMORY;
        goto out;
    }
    vt_ranking_write(&ranking, vt_text_list_at, &g.list, items.offset, items.text);
    items.ids = (vt_ids){ranking.n, items.offset, items.text};
    *out = items;
    items = (vt_shop_items){0};
out:
    vt_shop_items_done(&items);
    vt_ranking_done(&ranking);
    vt_text_list_done(&g.list);
    return status;
}

void vt_shop_items_done(vt_shop_items *items)
{
    vt_free(items->offset);
    vt_free(items->text);
    *items = (vt_shop_items){0};
}

static int known_item(void *context, int64_t row, const vt_item *item)
{
    (void)context;
    (void)row;
    (void)item;
    return VT_OK;
}

int vt_find_item(vt_store *store, const char *id, const char *path, vt_error *err)
{
    int status = vt_store_item(store, vt_str_of(id), known_item, NULL, err);
    if (status == VT_ERR_NOT_FOUND) {
        return vt_fail(err, VT_ERR_NOT_FOUND,
                       "no item \"%s\" in shop %s; ids are case-sensitive and written as they were imported", id, path);
    }
    return status;
}
