/* Rows of results that reading reviews makes, collected before they are written in one piece. */
#ifndef VT_ENCODE_SENTIMENT_ROWS_H
#define VT_ENCODE_SENTIMENT_ROWS_H

#include "base/arena.h"
#include "encode/opinions.h"
#include "encode/phrases.h"
#include "vitrine/sentiment.h"

typedef enum vt_sentiment_set {
    VT_SET_SENTIMENT,
    VT_SET_QUALITY,
    VT_SET_FOR,
    VT_SET_AGAINST,
    VT_SETS
} vt_sentiment_set;

/** All rows; the caller's, all zero is empty. */
typedef struct vt_sentiment_rows {
    vt_arena *texts;
    struct {
        vt_result *row;
        size_t n, capacity;
    } set[VT_SETS];
} vt_sentiment_rows;

/** Adds a row, whose texts are copied. */
int vt_sentiment_rows_add(vt_sentiment_rows *rows, vt_sentiment_set set, const vt_result *row, vt_error *err);

/** Puts all in place of what the shop, open for writing, has of the four kinds. */
int vt_sentiment_rows_write(const vt_sentiment_rows *rows, vt_shop *shop, vt_error *err);
void vt_sentiment_rows_done(vt_sentiment_rows *rows);

/** The phrases of the shop and of each of its items, from the sample; `*items`: how many items have any. */
int vt_sentiment_rows_phrases(vt_sentiment_rows *rows, const vt_opinions *opinions, vt_store *store, int64_t *items,
                              const vt_progress *progress, vt_error *err);

#endif
