/**
 * What reviews say: which way they lean where no stars tell, and which words speak for and against each product. Read
 * once from the texts by an encoder and kept as rows of the shop (docs/formats/results.md), which insight shows.
 * Experimental: may still change.
 */
#ifndef VITRINE_SENTIMENT_H
#define VITRINE_SENTIMENT_H

#include "vitrine/encoder.h"
#include "vitrine/results.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How to read reviews. Init with vt_sentiment_options_init(). */
typedef struct vt_sentiment_options {
    size_t size;      /**< set by vt_sentiment_options_init() */
    const char *text; /**< name or folder of the encoder; NULL: the one used last in this shop, else "minilm" */
    uint64_t seed;    /**< of the sample of reviews and of folds; default 42 */
    int threads;      /**< 0: all processors */
    const vt_progress *progress;
} vt_sentiment_options;

VT_SIZED_INIT(vt_sentiment_options)

/** What was read and learned. */
typedef struct vt_sentiment_report {
    char encoder[256];
    int64_t reviews;  /**< with words */
    int64_t positive; /**< of them with 4 or 5 stars */
    int64_t negative; /**< with 1 or 2 stars */
    int64_t unrated;  /**< without stars */
    int64_t learned;  /**< reviews that the head was fitted to; 0: there was too little to learn from */
    int64_t read;     /**< of those without stars, read by the head */
    int64_t held_out; /**< the newest fifth of `learned`, of which a head fitted without them was measured */
    double auc;       /**< on those: chance that one for scores above one against; NaN without */
    double auc_low;   /**< 95 % interval */
    double auc_high;
    double share_read;  /**< of those, read as for, as the shop's reviews are shared out; NaN without */
    double share_stars; /**< for by their stars, counted in the same way; NaN without */
    int64_t phrases;    /**< rows of phrases, for and against */
    int64_t items;      /**< products with any */
    double seconds;
} vt_sentiment_report;

/**
 * Reads the reviews of `shop` and puts what they say in place of the earlier rows, through a connection of its own
 * that is open for writing for that moment alone. Phrases come from a uniform sample of up to 100,000 reviews for and
 * as many against, the head from up to 4,000 of each, so that memory does not grow with the shop's reviews; reviews
 * without stars are all read, by parts. VT_ERR_UNSUPPORTED, in a sentence: the shop has no reviews with words, none of
 * them has stars, or OpenVINO is not there; VT_ERR_BUSY when another process writes to the shop; VT_ERR_CANCELLED. The
 * earlier rows stay on any failure.
 */
VT_API int vt_sentiment_record(vt_sentiment_report *out, vt_shop *shop, const vt_sentiment_options *options,
                               vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
