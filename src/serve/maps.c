/*
 * Routes of what models and encoders have learned: a map of the items, and what a model weighs by category. A map takes
 * seconds, so it is made once and kept for an hour.
 */
#include "serve/maps.h"

#include <pthread.h>
#include <string.h>

#include "base/alloc.h"
#include "base/clock.h"
#include "report/item_map.h"
#include "serve/handlers.h"
#include "serve/served_shop.h"
#include "vitrine/weights.h"

enum { KEPT_SECONDS = 3600 };

/* ---- maps kept --------------------------------------------------------------------------------------------------- */

typedef struct kept {
    vt_text json;
    double made; /* vt_seconds() */
} kept;

struct vt_maps {
    pthread_mutex_t lock; /* held while a map is made: who asks for it meanwhile waits for it */
    kept by[2];           /* text, image */
};

int vt_maps_open(vt_maps **out, vt_error *err)
{
    vt_maps *maps = vt_alloc_zero(1, sizeof *maps, err);
    *out = maps;
    if (maps == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    pthread_mutex_init(&maps->lock, NULL);
    return VT_OK;
}

void vt_maps_close(vt_maps *maps)
{
    if (maps != NULL) {
        vt_text_free(&maps->by[0].json);
        vt_text_free(&maps->by[1].json);
        pthread_mutex_destroy(&maps->lock);
        vt_free(maps);
    }
}

/* ---- a map ------------------------------------------------------------------------------------------------------- */

static int make_map(kept *k, vt_served_shop *served, vt_encoder_kind by, vt_error *err)
{
    vt_shop *shop = NULL;
    vt_text json = {NULL, 0};
    int status = vt_served_shop_reader(&shop, served, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_item_map_json(&json, shop, by, 1, err); /* lists go before */
    vt_served_shop_reader_back(served, shop);
    if (status == VT_OK) {
        vt_text_free(&k->json);
        *k = (kept){json, vt_seconds()};
    }
    return status;
}

static int get_map(vt_call *call, vt_error *err)
{
    vt_maps *maps = call->shop->maps;
    bool image = strcmp(vt_given_text(call, "by"), "image") == 0;
    kept *k = &maps->by[image];
    vt_buf copy;
    vt_text body = {NULL, 0};
    vt_buf_init(&copy, VT_ITEM_MAP_BYTES_MAX);
    int status = VT_OK;
    pthread_mutex_lock(&maps->lock);
    if (k->json.data == NULL || vt_seconds() - k->made > KEPT_SECONDS) {
        status = make_map(k, call->shop, image ? VT_ENCODER_IMAGE : VT_ENCODER_TEXT, err);
    }
    status = status == VT_OK ? vt_buf_add(&copy, k->json.data, k->json.len, err) : status;
    pthread_mutex_unlock(&maps->lock);
    status = vt_text_finish(&body, &copy, status, err);
    if (status == VT_OK) {
        vt_reply_json(call, 200, &body);
    }
    return status;
}

/* ---- weights ----------------------------------------------------------------------------------------------------- */

static int get_weights(vt_call *call, vt_error *err)
{
    vt_shop *shop = NULL;
    vt_text body = {NULL, 0};
    int status = vt_served_shop_reader(&shop, call->shop, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_weights_json(&body, shop, call->path_value[0].ptr, false, err);
    vt_served_shop_reader_back(call->shop, shop);
    if (status == VT_OK) {
        vt_reply_json(call, 200, &body);
    }
    return status;
}

static const vt_query_param map_params[] = {
    {"by", VT_QUERY_CHOICE, false, 0, 0, "image", "text|image", "near are items with like photos, or like words"},
    {NULL, 0, false, 0, 0, NULL, NULL, NULL},
};

static const vt_query_param *const map_tables[] = {map_params, NULL};

const vt_route vt_routes_maps[] = {
    {
        .method = "GET",
        .path = "/v1/map",
        .name = "getMap",
        .slow = true,
        .group = "Models",
        .scope = VT_SCOPE_REPORT | VT_SCOPE_VIEW,
        .summary = "The items as points of a map",
        .details = "Near each other where their photos or words are alike, by the vectors of the encoders: t-SNE up to "
                   "5,000 items, principal components above. At most 2,000 points, spread evenly. Made at the first "
                   "call, which takes seconds, and kept for an hour.",
        .params = map_tables,
        .answer = "Map",
        .handle = get_map,
    },
    {
        .method = "GET",
        .path = "/v1/models/{model}/weights",
        .name = "getWeights",
        .group = "Models",
        .scope = VT_SCOPE_REPORT | VT_SCOPE_VIEW,
        .summary = "What a model weighs by category",
        .details = "Rows of docs/formats/weights.md; none for kinds of models that weigh nothing by category.",
        .answer = "Weights",
        .handle = get_weights,
    },
    {.method = NULL},
};
