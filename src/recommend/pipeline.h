/*
 * From scores to a list: rules, caps, diversity, places for new items, and what is popular where the scores end. One
 * code for questions and for evaluation. Legend: I items, known under one set of dense ids.
 */
#ifndef VT_RECOMMEND_PIPELINE_H
#define VT_RECOMMEND_PIPELINE_H

#include "base/arena.h"
#include "recommend/fitted.h"
#include "recommend/likeness.h"

/** What rules have done to a row. */
enum {
    VT_CHANGED_BOOST = 1 << 0,
    VT_CHANGED_FEWER = 1 << 1,
    VT_CHANGED_DIVERSITY = 1 << 2, /* taken before what is more relevant */
    VT_CHANGED_EXPLORE = 1 << 3,
    VT_CHANGED_PIN = 1 << 4
};

/** Where a row's score is from. */
typedef enum vt_placed_by {
    VT_PLACED_BY_MODEL,
    VT_PLACED_BY_LIKENESS,
    VT_PLACED_BY_POPULARITY,
    VT_PLACED_BY_ORDERS,     /* complements */
    VT_PLACED_BY_CATEGORIES, /* likewise */
    VT_PLACED_BY_ATTRIBUTES  /* similar items */
} vt_placed_by;

/** One place of a list. */
typedef struct vt_placed {
    int32_t item;
    float score;  /* untouched by rules */
    float change; /* of the relevance, by boosts and dislikes */
    int32_t rank; /* place by score alone among the candidates, from 1; 0 while no rule acts */
    vt_placed_by by;
    uint8_t changed;
} vt_placed;

/** Made once for many lists; only read while they are made: any thread. */
typedef struct vt_pipeline {
    const vt_rules *rules; /* borrowed, like the next three and what is in `likeness` */
    const vt_fitted *fitted;
    const vt_view *view;
    const int64_t *item_count; /* (I) interactions; NULL: those of the view */
    vt_likeness likeness;
    bool compares;                 /* a rule compares items */
    const vt_fitted_rule **acting; /* (n_acting) rules that act on the occasion, in their order */
    size_t n_acting;
    const vt_fitted_rule **pins; /* (n_pins) those of them that pin an item of the shop, by their places */
    size_t n_pins;
    bool blocks;       /* one of them blocks */
    float *factor;     /* (I) of boosts, NULL without */
    float *addition;   /* (I) */
    int32_t *brand;    /* (I) numbers for caps, letters of any case being one; NULL without a cap */
    int32_t *category; /* (I) likewise */
    size_t n_brands, n_categories;
} vt_pipeline;

/** Whether rules compare items with each other, so that vectors are of use. */
bool vt_rules_compare(const vt_rules *rules);

/**
 * Init, O(I) where there are boosts or caps; done with vt_pipeline_done(). `fitted` is of these rules and the view of
 * `likeness`, which is copied.
 */
int vt_pipeline_init(vt_pipeline *p, const vt_rules *rules, const vt_fitted *fitted, const vt_occasion *occasion,
                     const vt_likeness *likeness, vt_error *err);
void vt_pipeline_done(vt_pipeline *p);

/** Takes from `allowed` (I) what the rules block. */
void vt_pipeline_block(uint8_t *allowed, const vt_pipeline *p);

/** Interactions of an item: how popular it is. */
static inline int64_t vt_pipeline_count(const vt_pipeline *p, int32_t item)
{
    return p->item_count != NULL ? p->item_count[item] : vt_view_item_count(p->view, item);
}

/** One list to be made; arrays are borrowed. */
typedef struct vt_listing {
    const float *scores;    /* (I) of the model, -INFINITY without evidence; NULL: the user has no history */
    const uint8_t *allowed; /* (I) candidates */
    const int32_t *history; /* (n_history) what the user had, in time order */
    size_t n_history;
    const int32_t *disliked; /* (n_disliked) */
    size_t n_disliked;
    int64_t now;
    size_t n;          /* places */
    vt_arena *scratch; /* for what lives as long as the making */
} vt_listing;

/**
 * Makes the list into `out` (listing->n); `*n` gets its length. Shorter lists are prefixes of longer ones.
 * O(I log I), with diversity + O(n P) and one comparison of each candidate with each place, P = VT_DIVERSITY_POOL.
 */
int vt_pipeline_list(vt_placed *out, size_t *n, const vt_pipeline *p, const vt_listing *listing, vt_error *err);

#endif
