/* The inside of a recommender: its servings, scratch for requests, and what is opened when somebody first asks. */
#ifndef VT_RECOMMEND_RECOMMENDER_H
#define VT_RECOMMEND_RECOMMENDER_H

#include <pthread.h>

#include "base/arena.h"
#include "encode/encoder.h"
#include "index/flat.h"
#include "recommend/serving.h"
#include "vitrine/recommender.h"

/** Scratch of one request: an arena, and slots that are all 0 between requests. */
typedef struct vt_scratch {
    vt_arena *arena;
    int32_t *slot; /* (n_slots) */
    size_t n_slots;
    vt_like_cache *like;
    struct vt_scratch *next;
} vt_scratch;

/** The vectors of one kind, and what compares with them. */
typedef struct vt_compared {
    vt_item_vectors *vectors; /* NULL: there are none, or they are not opened */
    bool opened;
    char missing[1024];  /* why there are none */
    vt_encoder *encoder; /* NULL until a text or a photo is asked for; one thread at a time */
    vt_flat *flat;       /* NULL: the vectors are scanned */
} vt_compared;

struct vt_recommender {
    uint64_t number; /* of this process's; none is given twice */
    vt_live *live;
    vt_recommender_options options;
    char *without_model;
    char *path;              /* of the model's file; NULL: the model is the caller's */
    vt_shop *shop;           /* a reader for settings, words and what a model grows by */
    pthread_mutex_t storing; /* around `shop` */
    pthread_mutex_t refreshing;
    pthread_mutex_t taking; /* around the next two, for a few instructions */
    vt_serving *current;
    vt_scratch *pool;
    pthread_mutex_t comparing;    /* around the next three */
    vt_compared kinds[2];         /* VT_ENCODER_TEXT, VT_ENCODER_IMAGE */
    struct vt_together *together; /* what is bought together, see baskets.h */
    struct vt_again *again;       /* when things are bought again, see replenish.h */
};

/** The newest serving; released by vt_serving_release(). */
vt_serving *vt_recommender_take(vt_recommender *r);

/** Scratch with `n_items` slots; goes back by vt_scratch_give(), its slots 0 again. */
int vt_scratch_take(vt_scratch **out, vt_recommender *r, int32_t n_items, vt_error *err);
void vt_scratch_give(vt_recommender *r, vt_scratch *scratch);

/** The vectors of a kind, opened at first use; `*out` stays NULL where the shop has none. Borrowed. */
int vt_recommender_vectors(vt_compared **out, vt_recommender *r, vt_encoder_kind kind, vt_error *err);

/** The vectors' rows by the items of a serving, made at first use; NULL without vectors. Borrowed from the serving. */
int vt_recommender_rows(const vt_like_rows **out, vt_recommender *r, vt_serving *serving, vt_encoder_kind kind,
                        vt_error *err);

#endif
