/*
 * Sampled candidates: items beside which the relevant ones of a user are ranked, drawn by seed or read from a file
 * that a published protocol comes with.
 */
#ifndef VT_EVAL_NEGATIVES_H
#define VT_EVAL_NEGATIVES_H

#include "base/stream.h"
#include "eval/queries.h"

/** Negatives from a file. Owned by vt_negatives_read / vt_negatives_free. */
typedef struct vt_negatives {
    int64_t *ptr;  /* (U + 1) by number in the plan */
    int32_t *item; /* ascending per user */
} vt_negatives;

/**
 * Reads lines "user item item ..." (white space between, plain or packed). Users that are not evaluated are passed
 * over. VT_ERR_FORMAT with the line: an item that the snapshot does not hold, a user twice; VT_ERR_NOT_FOUND names the
 * first evaluated user without a line.
 */
int vt_negatives_read(vt_negatives **out, const char *path, const vt_plan *plan, vt_error *err);

/** The same from an open stream, which stays the caller's. */
int vt_negatives_parse(vt_negatives **out, vt_stream *stream, const vt_plan *plan, vt_error *err);
void vt_negatives_free(vt_negatives *negatives);

/**
 * Draws `n` candidates, uniformly and without replacement, that are neither in the history of user number `at` nor
 * relevant for any of its queries; fewer when there are fewer. They depend on the seed and the user's dense id alone.
 * `drawn` has room for n; `pool` and `taken` (both (I)) are scratch, `taken` all zero before and after. Returns how
 * many, ascending.
 */
size_t vt_negatives_draw(int32_t *drawn, const vt_plan *plan, size_t at, size_t n, uint64_t seed, int32_t *pool,
                         uint8_t *taken);

#endif
