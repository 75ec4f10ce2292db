/* Sorts texts by bytes and numbers them by rank: how ids, categories, brands and attributes become dense. */
#ifndef VT_DATASET_RANKING_H
#define VT_DATASET_RANKING_H

#include <stdint.h>

#include "vitrine/error.h"
#include "vitrine/str.h"

/** N texts, of which n are kept. Init with zeroes; freed with vt_ranking_done(). */
typedef struct vt_ranking {
    int32_t n;      /* kept */
    int32_t *order; /* (n) numbers of the kept texts, sorted by bytes */
    int32_t *rank;  /* (N) place in `order`, -1 for texts that are not kept */
    int64_t bytes;  /* of the kept texts together */
} vt_ranking;

/** Text number `index` of a source of texts, borrowed. */
typedef vt_str (*vt_text_at)(const void *source, int32_t index);

/**
 * Ranks texts 0 to `count` - 1 where `keep` (count, or NULL for all) is not 0. Equal texts keep their order. O(N log
 * N).
 */
int vt_ranking_make(vt_ranking *out, vt_text_at at, const void *source, int32_t count, const uint8_t *keep,
                    vt_error *err);
void vt_ranking_done(vt_ranking *ranking);

/** Writes the kept texts in order: `offset` (n + 1) and `text` (bytes). */
void vt_ranking_write(const vt_ranking *ranking, vt_text_at at, const void *source, int64_t *offset, char *text);

#endif
