/* Opening what searches need, once for many of them; what the store has changed since is read again. */
#include "recommend/searcher.h"

#include <string.h>

#include "base/alloc.h"
#include "base/pool.h"
#include "recommend/ranked.h"

void vt_searcher_init(vt_searcher *searcher, vt_shop *shop, int threads, bool once)
{
    *searcher = (vt_searcher){.shop = shop, .threads = threads, .once = once};
}

static void forget_items(vt_searcher *searcher)
{
    for (size_t k = 0; k < 2; k++) {
        vt_free(searcher->kinds[k].item);
        searcher->kinds[k].item = NULL;
    }
    vt_catalogue_free(searcher->catalogue);
    searcher->catalogue = NULL;
    vt_shop_items_done(&searcher->items);
    searcher->revision[0] = '\0';
}

static void compared_done(vt_compared *compared)
{
    vt_flat_free(compared->flat);
    vt_encoder_close(compared->encoder);
    vt_item_vectors_free(compared->vectors);
    *compared = (vt_compared){0};
}

void vt_searcher_done(vt_searcher *searcher)
{
    forget_items(searcher);
    compared_done(&searcher->kinds[VT_ENCODER_TEXT]);
    compared_done(&searcher->kinds[VT_ENCODER_IMAGE]);
}

int vt_searcher_refresh(vt_searcher *searcher, vt_error *err)
{
    char revision[sizeof searcher->revision];
    vt_store *store = vt_shop_store(searcher->shop);
    int status = vt_store_get(store, "revision", revision, sizeof revision, err);
    if (status != VT_OK || (searcher->catalogue != NULL && strcmp(revision, searcher->revision) == 0)) {
        return status;
    }
    forget_items(searcher);
    status = vt_shop_items_load(&searcher->items, store, err);
    if (status == VT_OK) {
        status = vt_catalogue_load(&searcher->catalogue, store, &searcher->items.ids, err);
    }
    if (status == VT_OK) {
        memcpy(searcher->revision, revision, sizeof revision);
    } else {
        forget_items(searcher);
    }
    return status;
}

/* Vectors, and an index where more of them are ranked than a list has places. */
static int open_vectors(vt_compared *compared, const vt_searcher *searcher, vt_encoder_kind kind, vt_error *err)
{
    vt_compared made = {0};
    int status = vt_item_vectors_open(&made.vectors, vt_shop_path(searcher->shop), kind, err);
    if (status == VT_OK && !searcher->once && made.vectors->n > VT_RANKED_MAX &&
        made.vectors->d <= VT_FLAT_DIMENSIONS_MAX) {
        status = vt_flat_create(&made.flat, made.vectors->data, (size_t)made.vectors->n, made.vectors->d,
                                vt_threads(searcher->threads), err);
    }
    if (status != VT_OK) {
        compared_done(&made);
        return status;
    }
    *compared = made;
    return VT_OK;
}

int vt_searcher_compared(vt_compared **out, vt_searcher *searcher, vt_encoder_kind kind, vt_error *err)
{
    vt_compared *compared = &searcher->kinds[kind];
    int status = compared->vectors == NULL ? open_vectors(compared, searcher, kind, err) : VT_OK;
    if (status != VT_OK) {
        return status;
    }
    const vt_item_vectors *vectors = compared->vectors;
    if (compared->item == NULL) {
        compared->item = vt_alloc((size_t)vectors->n, sizeof *compared->item, err);
        for (int32_t i = 0; compared->item != NULL && i < vectors->n; i++) {
            compared->item[i] = vt_ids_find(&searcher->items.ids, vt_ids_get(&vectors->ids, i));
        }
    }
    *out = compared;
    return compared->item == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

int vt_searcher_open(vt_searcher **out, vt_shop *shop, int threads, vt_error *err)
{
    vt_searcher *searcher = vt_alloc(1, sizeof *searcher, err);
    if (searcher == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    vt_searcher_init(searcher, shop, threads, false);
    *out = searcher;
    return VT_OK;
}

void vt_searcher_close(vt_searcher *searcher)
{
    if (searcher != NULL) {
        vt_searcher_done(searcher);
        vt_free(searcher);
    }
}
