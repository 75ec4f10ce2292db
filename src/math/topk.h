/* The best k of many scores, ties to the smaller index; the first j of k are the best j. */
#ifndef VT_MATH_TOPK_H
#define VT_MATH_TOPK_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/**
 * Indices of the `k` highest of `scores` (n), best first, into `index` (k); returns how many: fewer than k when fewer
 * are above -INFINITY. NaN never gets in. O(n + k log k) expected.
 */
size_t vt_topk(const float *scores, size_t n, size_t k, int32_t *index);

/** The same of those above `threshold` only. */
size_t vt_topk_above(const float *scores, size_t n, float threshold, size_t k, int32_t *index);

/** vt_topk() among `n` candidates, indices into `scores` in any order without repeats. */
size_t vt_topk_of(const float *scores, const int32_t *candidate, size_t n, size_t k, int32_t *index);

/** Orders scores and, among equal ones, indices: the better of two has the larger key. Not for NaN. */
static inline uint64_t vt_topk_key(float score, uint32_t index)
{
    int32_t bits = 0;
    float one_zero = score + 0.0F; /* -0 equals 0 */
    memcpy(&bits, &one_zero, sizeof bits);
    uint32_t order = (uint32_t)bits ^ ((uint32_t)(bits >> 31) | 0x80000000U);
    return (uint64_t)order << 32 | (uint32_t)~index;
}

/** The index of a key. */
static inline int32_t vt_topk_index(uint64_t key)
{
    return (int32_t) ~(uint32_t)key;
}

/** Puts the largest k of n keys (vt_topk_key) first, in any order; all differ. */
void vt_topk_select(uint64_t *keys, size_t n, size_t k);

/** vt_topk() by sorting everything: the reference of the tests. Needs `scratch` (n). */
size_t vt_topk_reference(const float *scores, size_t n, size_t k, int32_t *index, int32_t *scratch);

#endif
