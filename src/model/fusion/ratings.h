/*
 * The rating head on the vectors of the ranking. Private to model. Legend: I items, D dimensions.
 */
#ifndef VT_MODEL_FUSION_RATINGS_H
#define VT_MODEL_FUSION_RATINGS_H

#include "model/fusion/fusion.h"

/** Room for a head. */
int vt_fusion_add_head(vt_fusion *m, vt_error *err);
bool vt_fusion_has_head(const vt_fusion *m);

/** Inputs of the head: what an item is made of, and the user. */
enum { VT_RATING_USER = VT_MODALITY_FIXED, VT_RATING_INPUTS };

/** Relations by which other ratings of a person tell about an item: the first ones of relations.h. */
enum { VT_RATED_BY = VT_RELATION_CATEGORY + 1 };

enum { VT_RATING_DRAW = 5 }; /* ratings of 0 difference that draw a mean towards 0 */

/** A rating that someone gave, less the mean and what its item is rated above it. */
typedef struct vt_fusion_given {
    int32_t item;
    double above;
} vt_fusion_given;

/** What is added up of the ratings of a user or an item: differences from what is expected without it. */
typedef struct vt_fusion_tally {
    double sum, n;
} vt_fusion_tally;

double vt_fusion_tally_mean(const vt_fusion_tally *tally);

/** The inputs of a rating, (VT_RATING_INPUTS, D): the parts of the item, then the user; `present` which there are. */
void vt_fusion_rating_row(float *x, uint8_t *present, const vt_fusion *m, int32_t item, bool cold, const float *u);

/**
 * What ratings of other items say of one, by relation: the mean of how much above what is usual these are, weighed by
 * how they go with it. `bias`: how much above others the person rates; `marks` (2, n_items) are zeros before and after.
 */
void vt_fusion_ratings_tell(float out[VT_RATED_BY], const vt_fusion *m, int32_t item, const vt_fusion_given *ratings,
                            size_t n, double bias, float *marks);

/** What that is worth, by the learned weights. */
double vt_fusion_ratings_weigh(const vt_fusion *m, const float others[VT_RATED_BY]);

#endif
