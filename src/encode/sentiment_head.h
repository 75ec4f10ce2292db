/*
 * The head that reads a text's vector as for or against: logistic regression over the vectors of reviews whose stars
 * are known, both classes of equal weight. Legend: N reviews, D dimensions.
 */
#ifndef VT_ENCODE_SENTIMENT_HEAD_H
#define VT_ENCODE_SENTIMENT_HEAD_H

#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

/** Owned by whoever fitted it: vt_sentiment_head_done(). */
typedef struct vt_sentiment_head {
    double *w; /* (D + 1) */
    size_t d;
    double ridge;     /* the penalty that was chosen */
    double threshold; /* log odds from which a text is read as for */
} vt_sentiment_head;

/** Reviews of one class that a head needs at least, to be fitted at all. */
enum { VT_HEAD_CLASS_MIN = 10 };

/**
 * Fits a head to `x` (N, D) and `label` (N; 1 for, 0 against). The ridge is the one of seven whose five-fold
 * cross-validated loss is smallest; the threshold is where, over the held-out folds, as many are read as against as
 * are, a review of class c counting `share[c]` times: how many of the shop's it stands for. Folds go by `seed`.
 * VT_ERR_UNSUPPORTED when a class has fewer than VT_HEAD_CLASS_MIN. Same bytes for any number of threads.
 */
int vt_sentiment_head_fit(vt_sentiment_head *out, const float *x, const uint8_t *label, size_t n, size_t d,
                          const double share[2], uint64_t seed, int threads, vt_error *err);

/** The same with ridge and threshold as given by `like`: for rows that it was chosen on and some more. */
int vt_sentiment_head_refit(vt_sentiment_head *out, const vt_sentiment_head *like, const float *x, const uint8_t *label,
                            size_t n, int threads, vt_error *err);
void vt_sentiment_head_done(vt_sentiment_head *head);

/** Log odds of a vector (D). */
double vt_sentiment_score(const vt_sentiment_head *head, const float *vector);

/** How well scores tell two classes apart. */
typedef struct vt_sentiment_quality {
    double auc;      /* chance that a review for scores above one against */
    double auc_low;  /* 95 % interval (DeLong, DeLong and Clarke-Pearson 1988) */
    double auc_high; /* cut to 0 to 1 */
    double read;     /* share that the threshold reads as for, a review of class c counting share[c] times */
    double stars;    /* share that is for by its stars, counted in the same way */
    int64_t n_for, n_against;
} vt_sentiment_quality;

/** Of `score` (N) with `label` (N), both of which must have both classes. O(N log N). */
int vt_sentiment_measure(vt_sentiment_quality *out, const double *score, const uint8_t *label, size_t n,
                         double threshold, const double share[2], vt_error *err);

#endif
