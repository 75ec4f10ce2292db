/*
 * The steps that recommending, finding similar items and explaining share: take a serving, filter, score, choose the
 * best, name them. Legend: I items of the view, M items of the model.
 */
#ifndef VT_RECOMMEND_CONTEXT_H
#define VT_RECOMMEND_CONTEXT_H

#include "recommend/history.h"
#include "recommend/pipeline.h"
#include "vitrine/recommend.h"

/** One request at work. Done with vt_context_done(). What is made for it lives in the scratch. */
typedef struct vt_context {
    vt_recommender *recommender; /* borrowed, like the request */
    const vt_request *request;
    vt_serving *serving; /* held */
    vt_scratch *scratch; /* taken */
    const vt_view *view;
    const vt_bound *bound;
    int64_t now;
    uint8_t *allowed;  /* (I) 1 where the item may be listed */
    float *scores;     /* (I) */
    float *raw;        /* (M) of the model; the same array where numbers are the same */
    vt_placed *placed; /* (request->n) */
    size_t n_placed;
    const vt_rules *rules; /* in force; NULL where none is asked about */
    vt_fitted *fitted;     /* held: those rules over the view */
    vt_pipeline pipeline;
    vt_history history;
    int32_t user;      /* of the view, -1: nobody */
    int32_t *disliked; /* (n_disliked) */
    size_t n_disliked;
    struct vt_again *again;  /* held, where intervals are asked for */
    const int64_t *interval; /* (I) seconds until an item is bought again; NULL: nobody asks */
    char degraded[1100];
    int64_t ignored; /* given events that the model's positive rule does not count */
} vt_context;

/** Checks the request, takes a serving and filters its items. On failure vt_context_done() is due too. */
int vt_context_begin(vt_context *c, vt_recommender *recommender, const vt_request *request, vt_error *err);

/** The same over a serving that is given, which it holds for itself: for several that must see one view. */
int vt_context_begin_on(vt_context *c, vt_recommender *recommender, vt_serving *serving, const vt_request *request,
                        vt_error *err);

/** Gives all back. */
void vt_context_done(vt_context *c);

/** The item of the view. VT_ERR_NOT_FOUND says that the shop has no item of that id. */
int vt_context_item(int32_t *out, const vt_context *c, const char *id, vt_error *err);

/** As vt_context_item(), in the model's numbers. VT_ERR_UNSUPPORTED when the model does not know it. */
int vt_context_model_item(int32_t *out, const vt_context *c, const char *id, vt_error *err);

/**
 * Events of the request's user and those given with it, into c->history. VT_ERR_NOT_FOUND for a user or an item that
 * the shop does not have, VT_ERR_UNSUPPORTED for an item that the model does not know.
 */
int vt_context_history(vt_context *c, vt_error *err);

/** The state of the user with that history, in the model's numbers. */
vt_user_state vt_context_state(const vt_context *c);

/** Scores of the model, from c->raw into c->scores; -INFINITY for what it does not know. O(I). */
void vt_context_spread(vt_context *c);

/**
 * The pipeline of c->rules, those that act for the user now, with the vectors that it needs; `compares`: items will be
 * compared in any case.
 */
int vt_context_pipeline(vt_context *c, bool compares, vt_error *err);

/** The best by c->scores among the allowed. */
int vt_context_choose(vt_context *c, vt_error *err);

/** Writes into the rows of an answer what the rules did to them. */
int vt_context_name_rules(vt_answer *answer, const vt_context *c, vt_error *err);

/** The chosen items with their texts. */
int vt_context_answer(vt_answer *out, const vt_context *c, vt_error *err);

/** An answer with room for `n` items and the shop's currency; ended with vt_answer_done(). */
int vt_answer_begin(vt_answer *out, const vt_view *view, size_t n, vt_error *err);

/** Fills a row of the answer with what the view says of an item; score and source are the caller's. */
int vt_answer_name(vt_answer *answer, vt_recommendation *row, const vt_view *view, int32_t item, vt_error *err);

#endif
