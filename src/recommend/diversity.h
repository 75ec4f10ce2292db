/*
 * What a place in a list is worth beside what stands above it: unlike the others (maximal marginal relevance, Carbonell
 * and Goldstein 1998) and as the user's own shares of categories have it (calibration, Steck 2018).
 * Legend: I items, P candidates in the order of their relevance, H categories of the user.
 */
#ifndef VT_RECOMMEND_DIVERSITY_H
#define VT_RECOMMEND_DIVERSITY_H

#include "recommend/likeness.h"

/** The best so many candidates are weighed for a place; those behind wait until one of these is taken. */
#define VT_DIVERSITY_POOL 500

/** One list in the making. Init with vt_diversity_init(), done with vt_diversity_done(). One thread. */
typedef struct vt_diversity {
    const vt_likeness *likeness; /* borrowed */
    double diversity, calibration;
    int32_t *chosen; /* (capacity) items of the list so far */
    size_t n_chosen;
    float *nearest;    /* (I) highest likeness of candidate p with what it was compared with */
    int32_t *compared; /* (I) how many of the list that is */
    int32_t *own;      /* (categories) number among the user's own, -1 */
    double *share;     /* (H) of the history */
    int32_t *listed;   /* (H) items of the list */
    double *after;     /* (H + 1) divergence when the next item is of that category; the last: of none of them */
    size_t n_own;
    int32_t n_listed; /* items of the list with a category */
} vt_diversity;

/**
 * `history` (n_history) are items the user had, repeats included. `capacity`: places of the list. O(I + n_history).
 * Nothing is allocated when both weights are 0.
 */
int vt_diversity_init(vt_diversity *d, const vt_likeness *likeness, double diversity, double calibration,
                      const int32_t *history, size_t n_history, size_t capacity, vt_error *err);
void vt_diversity_done(vt_diversity *d);

/** True when a weight is above 0. */
bool vt_diversity_acts(const vt_diversity *d);

/** Forgets the candidates, because others come; the list stays. O(I). */
void vt_diversity_begin(vt_diversity *d);

/**
 * Worth of `item`, candidate number `p`, in the next place:
 *   (1 - diversity) (1 - calibration) relevance - diversity max_j like(item, j) - calibration KL(user, list + item),
 * j over the list. Each pair of items is compared once: O(D) amortised for each item of the list.
 */
double vt_diversity_worth(vt_diversity *d, size_t p, int32_t item, double relevance);

/** Puts `item` into the next place. O(H). */
void vt_diversity_choose(vt_diversity *d, int32_t item);

#endif
