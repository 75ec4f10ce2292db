/* Items that came after the fit, told to the model out of the store. */
#include "base/alloc.h"
#include "dataset/builder.h"
#include "store/store.h"
#include "vitrine/recommend.h"

typedef struct newcomers {
    vt_ids known;
    vt_builder *builder;
    int64_t n;
    vt_error *err;
} newcomers;

static int take_item(void *context, int64_t row, const vt_item *item)
{
    newcomers *c = context;
    if (vt_ids_find(&c->known, item->id) >= 0) {
        return VT_OK;
    }
    c->n++;
    return vt_builder_add_item(c->builder, row, item, c->err);
}

int vt_model_follow_shop(int64_t *added, vt_model *model, vt_shop *shop, const struct vt_item_vectors *text,
                         const struct vt_item_vectors *image, int threads, vt_error *err)
{
    vt_model_info info;
    vt_snapshot_options options;
    vt_snapshot *items = NULL;
    newcomers c = {.err = err};
    *added = 0;
    vt_model_describe(model, &info);
    if ((info.kind->abilities & VT_MODEL_GROWS) == 0) {
        return VT_OK;
    }
    vt_snapshot_options_init(&options);
    c.known = info.items;
    int status = vt_builder_create(&c.builder, &options, err);
    if (status == VT_OK) {
        status = vt_store_each_item_after(vt_shop_store(shop), 0, take_item, &c, err);
    }
    if (status == VT_OK && c.n > 0) {
        status = vt_builder_finish(&items, c.builder, NULL, err);
    }
    if (status == VT_OK && c.n > 0) {
        status = vt_model_add_items(added, model, items, text, image, threads, err);
    }
    vt_snapshot_free(items);
    vt_builder_free(c.builder);
    return status;
}
