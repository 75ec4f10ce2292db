/*
 * SVD++ with biases that follow time: the model and its fit. Private to model. Legend: U users, I items, D factors,
 * L = D + 4 padded to whole lanes, B bins of time.
 *
 * A row of a user is (factors, bias, 1, drift, mean day, 0 ...), one of an item (factors, 1, bias, 0, 0, 0 ...): their
 * product is the prediction less the mean and less what depends on the time of the rating.
 */
#ifndef VT_MODEL_SVDPP_H
#define VT_MODEL_SVDPP_H

#include "model/rating_factors.h"

enum {
    VT_SVD_FACTORS,
    VT_SVD_EPOCHS,
    VT_SVD_RATE,
    VT_SVD_BIAS_RATE,
    VT_SVD_DECAY,
    VT_SVD_REG_USER,
    VT_SVD_REG_ITEM,
    VT_SVD_REG_IMPLICIT,
    VT_SVD_REG_USER_BIAS,
    VT_SVD_REG_ITEM_BIAS,
    VT_SVD_FREQUENCY,
    VT_SVD_TIME,
    VT_SVD_BINS,
    VT_SVD_REG_TIME,
    VT_SVD_REG_DAY,
    VT_SVD_STDEV,
    VT_SVD_PATIENCE,
    VT_SVD_PARAMS
};

enum { VT_SVD_TIME_OFF, VT_SVD_TIME_ON };

typedef struct vt_svdpp {
    vt_rating_factors r; /* users as folded in: implicit factors are in them */
    size_t n_bins;       /* 0: time plays no part */
    int64_t span[2];     /* first and last second of the ratings */
    double reg_user, reg_user_bias, reg_time, reg_day, frequency;
    float *implicit; /* (I, L) what having an item says of a user */
    float *bins;     /* (I, B) bias of an item in a bin of time */
} vt_svdpp;

/** Room for a model with the sizes and settings; freed by vt_svdpp_free(). */
int vt_svdpp_create(vt_svdpp **out, const vt_params *params, int32_t n_users, int32_t n_items, vt_error *err);
void vt_svdpp_free(void *model);

/** Fits on the pairs, but for what vt_rating_factors_measure() does. */
int vt_svdpp_fit(vt_svdpp *model, const vt_fit *fit, const vt_pair_set *set, vt_error *err);

/** The place of a moment in the bins of an item: an index into `bins`, or -1 where time plays no part. */
int64_t vt_svdpp_bin(const vt_svdpp *model, int32_t item, int64_t time);

/** Mean time of the rated pairs in days from the first rating of the fit; NaN where one has no time. */
float vt_svdpp_mean_day(const vt_svdpp *model, const vt_pair *pairs, size_t n);

/** sign(t) |t|^0.4 of the days from a user's mean time to `time`; 0 when one is unknown (Koren 2009). */
float vt_svdpp_deviation(const vt_svdpp *model, float mean_day, int64_t time);

/** sum of implicit factors (L) over a user's pairs, divided by the root of their number. */
void vt_svdpp_implicit_sum(float *z, const vt_svdpp *model, const vt_pair *pairs, size_t n);

/** Floats of scratch that vt_svdpp_fold_in() needs for `n` pairs. */
size_t vt_svdpp_scratch(size_t n, size_t ld);

/** The row (L) of the pairs of a user, by regularized least squares against the items. */
void vt_svdpp_fold_in(float *x, const vt_svdpp *model, const vt_pair *pairs, size_t n, float *scratch);

#endif
