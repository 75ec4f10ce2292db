/** Search: items of a shop by words, by a photo, or beside one of them; and products that are there twice. */
#ifndef VITRINE_SEARCH_H
#define VITRINE_SEARCH_H

#include "vitrine/encoder.h"
#include "vitrine/recommend.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What an item is compared by. */
typedef enum vt_search_by { VT_SEARCH_TEXT = 1, VT_SEARCH_IMAGE = 2, VT_SEARCH_BOTH = 3 } vt_search_by;

/**
 * What is asked: one of `text`, `photo` and `request.item`. Init with vt_search_query_init(): 10 items, unavailable
 * ones left out, compared by both. Of the request, n, the filters and `now` count.
 */
typedef struct vt_search_query {
    size_t size;       /**< set by vt_search_query_init() */
    const char *text;  /**< what a person types */
    const char *photo; /**< path of a JPEG, PNG or WebP file */
    vt_search_by by;   /**< of items beside one */
    vt_request request;
} vt_search_query;

VT_SIZED_INIT(vt_search_query)

/** An answer. Free with vt_found_done(). */
typedef struct vt_found {
    vt_answer answer;    /**< `source` says what found an item: "words", "text", "image", "words+text", "text+image" */
    char degraded[1100]; /**< "" or what is missing for the whole answer, and the command that brings it */
} vt_found;

/**
 * Answers. Texts find items by BM25 over their words and by the cosine of text vectors, photos by that of image
 * vectors. Where two lists answer, they are fused by reciprocal rank (Cormack 2009): score = sum of 1 / (60 + rank)
 * over the first 1,000 of each; where one does, the score is its own. While text vectors, or the encoder that made
 * them, are not there, words answer alone and `degraded` says so; likewise one of text and image for VT_SEARCH_BOTH.
 * VT_ERR_NOT_FOUND: no such item or file, or nothing to answer with, with the command to run. VT_ERR_FORMAT,
 * VT_ERR_CORRUPT and VT_ERR_LIMIT for photos that cannot be read.
 * Unless the recommender is for one question, of more than 1,000 vectors the 200 nearest are found through an index (a
 * first pass over bytes; their scores are exact), so that fused lists have 200 places, unless more than 200 items are
 * asked for. Vectors are those of the first question of their kind: after an encoding, make another recommender.
 */
VT_API int vt_search(vt_found *out, vt_recommender *recommender, const vt_search_query *query, vt_error *err);

/** Frees what it holds; NULL is allowed. */
VT_API void vt_found_done(vt_found *found);

/** Items whose words a search would miss, because a large import left them for later. */
VT_API int vt_search_waiting(vt_shop *shop, int64_t *items, vt_error *err);

/** Takes those words in: seconds for 100,000 items. The shop must be open for writing. */
VT_API int vt_search_prepare(vt_shop *shop, vt_error *err);

/** Items that say or show the same. */
typedef struct vt_duplicates {
    size_t n;      /**< groups, ordered by their first item */
    size_t *ptr;   /**< (n + 1): members of group g are ptr[g] to ptr[g + 1] */
    int32_t *item; /**< rows of the vectors, ascending in a group */
    float *cosine; /**< with the group's first item; 1 for itself */
} vt_duplicates;

/**
 * Groups of items that pairs with a cosine of at least `least` join; chains count as one group. Of each item the 200
 * nearest are looked at. The same for any number of `threads` (0: all processors). VT_ERR_USAGE unless 0 < least <= 1.
 */
VT_API int vt_duplicates_find(vt_duplicates **out, const vt_item_vectors *vectors, double least, int threads,
                              vt_error *err);
VT_API void vt_duplicates_free(vt_duplicates *duplicates);

#ifdef __cplusplus
}
#endif

#endif
