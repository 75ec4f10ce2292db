/* The steps that recommending and finding similar items share: open a reading, filter, choose the best, name them. */
#ifndef VT_RECOMMEND_ANSWER_H
#define VT_RECOMMEND_ANSWER_H

#include "recommend/pipeline.h"
#include "recommend/shop_items.h"
#include "vitrine/recommend.h"

#define NO_MODEL "there is no model" /* the reason while the caller gives no other */

/** One request at work. Legend: I items of the model. Done with vt_asking_done(). */
typedef struct vt_asking {
    vt_shop *shop; /* borrowed, as all above the line */
    vt_store *store;
    const vt_model *model; /* NULL: only what is popular is known */
    const vt_request *request;
    vt_model_info info; /* of the model, or of the shop itself as far as lists need it */
    int64_t now;
    /* owned */
    bool reading;
    vt_catalogue *catalogue;
    uint8_t *allowed;  /* (I) 1 where the item may be listed */
    float *scores;     /* (I) */
    vt_placed *placed; /* (request->n) */
    size_t n_placed;
    vt_shop_items items;   /* without a model */
    int64_t *counts;       /* (I) likewise */
    const vt_rules *rules; /* in force; NULL where none is asked about */
    vt_rules loaded;       /* the shop's, when they are asked for */
    vt_pipeline pipeline;
    int32_t *disliked; /* (n_disliked) */
    size_t n_disliked;
    int64_t *interval;   /* (I) seconds until an item is bought again; NULL: nobody asks */
    const uint8_t *seen; /* (I) borrowed with it: seen items in the list are due again */
    char degraded[1100];
    int64_t history;
    int64_t ignored; /* given events that the model's positive rule does not count */
} vt_asking;

/** An answer with room for `n` items and the shop's currency; ended with vt_answer_done(). */
int vt_answer_begin(vt_answer *out, vt_store *store, size_t n, vt_error *err);

/** Fills a row of the answer with what the store says of an item; score and source are the caller's. */
int vt_answer_name(vt_answer *answer, vt_recommendation *row, vt_store *store, vt_str id, vt_error *err);

/**
 * Checks the request, begins a reading of the store and filters its items; `model` may be NULL. On failure
 * vt_asking_done() is due too.
 */
int vt_asking_begin(vt_asking *asking, vt_shop *shop, const vt_model *model, const vt_request *request, vt_error *err);

/** Ends the reading and frees. */
void vt_asking_done(vt_asking *asking);

/** The best by `scores` among the allowed. */
int vt_asking_choose(vt_asking *asking, vt_error *err);

/** Writes into the rows of an answer what the rules did to them. */
int vt_asking_name_rules(vt_answer *answer, const vt_asking *asking, vt_error *err);

/** The chosen items with their texts as the store has them. */
int vt_asking_answer(vt_answer *out, vt_asking *asking, vt_error *err);

#endif
