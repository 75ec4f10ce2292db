/*
 * What the questions to one shop have in common: its items, what filters ask of them, and of each kind the vectors, the
 * encoder and an index. Each is opened when a question first needs it. Legend: I items of the shop, N with a vector.
 */
#ifndef VT_RECOMMEND_SEARCHER_H
#define VT_RECOMMEND_SEARCHER_H

#include "encode/encoder.h"
#include "index/flat.h"
#include "recommend/catalogue.h"
#include "recommend/shop_items.h"
#include "vitrine/search.h"

/** One kind of vectors. */
typedef struct vt_compared {
    vt_item_vectors *vectors;
    vt_encoder *encoder; /* NULL until a text or a photo is asked for */
    vt_flat *flat;       /* NULL: the vectors are scanned */
    int32_t *item;       /* (N) dense id of the item, -1 when the shop has it no more; NULL until asked for */
} vt_compared;

struct vt_searcher {
    vt_shop *shop;
    int threads;
    bool once;         /* one question is asked: an index would not pay */
    char revision[32]; /* of the store when the items were read; "" before */
    vt_shop_items items;
    vt_catalogue *catalogue; /* (I) */
    vt_compared kinds[2];    /* VT_ENCODER_TEXT, VT_ENCODER_IMAGE */
};

void vt_searcher_init(vt_searcher *searcher, vt_shop *shop, int threads, bool once);
void vt_searcher_done(vt_searcher *searcher);

/** Reads the items, inside a reading, unless the store is as it was. */
int vt_searcher_refresh(vt_searcher *searcher, vt_error *err);

/** The vectors of a kind, with their items. VT_ERR_NOT_FOUND when there are none. After vt_searcher_refresh(). */
int vt_searcher_compared(vt_compared **out, vt_searcher *searcher, vt_encoder_kind kind, vt_error *err);

#endif
