/* A run that reads the reviews of a shop: what its parts share. Legend: D dimensions of the text vectors. */
#ifndef VT_ENCODE_SENTIMENT_RUN_H
#define VT_ENCODE_SENTIMENT_RUN_H

#include "encode/encoder.h"
#include "encode/sentiment_head.h"
#include "encode/sentiment_rows.h"

/** A run over a shop's reviews. */
typedef struct vt_sentiment_run {
    vt_shop *shop;
    vt_store *store;
    const vt_sentiment_options *options;
    vt_sentiment_report report;
    vt_opinions opinions;
    vt_sentiment_rows rows;
    vt_sentiment_head head; /* without weights: there was too little to learn from */
    vt_encoder *encoder;
    size_t d;
} vt_sentiment_run;

enum { VT_SENTIMENT_CHUNK = 512 }; /* texts that are encoded at once */

/** How far the encoding of `total` texts is, of which `before` were done before this chunk. */
typedef struct vt_sentiment_telling {
    const vt_progress *progress;
    size_t before, total;
} vt_sentiment_telling;

/** For vt_encoder_texts_told(). */
int vt_sentiment_tell(void *context, size_t done, vt_error *err);

/** Fits the head to a part of the sample, and measures it; without enough of both sides it stays without weights. */
int vt_sentiment_learn(vt_sentiment_run *s, vt_error *err);

/** Has the head read the reviews without stars; rows for each item and day. Memory of those rows and of a chunk. */
int vt_sentiment_read_unrated(vt_sentiment_run *s, vt_error *err);

#endif
