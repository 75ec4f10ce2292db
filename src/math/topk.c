/*
 * Scores above a threshold are collected as 64-bit keys that order by score and then by index; when the buffer is full,
 * the best k of it are selected and the worst of these is the new threshold. Most blocks of scores are then passed over
 * by one vector comparison. Lists longer than the buffer take a heap.
 */
#include "math/topk.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "math/kernels.h"

enum { BUFFER = 2560, SHORT = 16 };

/* Puts keys best first by insertion; for few. */
static void sort_few(uint64_t *keys, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        uint64_t key = keys[i];
        size_t hole = i;
        for (; hole > 0 && keys[hole - 1] < key; hole--) {
            keys[hole] = keys[hole - 1];
        }
        keys[hole] = key;
    }
}

/*
 * Moves the keys larger than a pivot before it and the others behind; gives its place. Without a branch on the keys:
 * half of such branches would be guessed wrong. n > 2.
 */
static size_t part(uint64_t *keys, size_t n)
{
    uint64_t a = keys[0], b = keys[n / 2], c = keys[n - 1];
    size_t middle = (a < b) == (b < c) ? n / 2 : (b < a) == (a < c) ? 0 : n - 1;
    uint64_t pivot = keys[middle];
    keys[middle] = a;
    size_t larger = 1;
    for (size_t i = 1; i < n; i++) {
        uint64_t key = keys[i];
        keys[i] = keys[larger];
        keys[larger] = key;
        larger += key > pivot;
    }
    keys[0] = keys[larger - 1];
    keys[larger - 1] = pivot;
    return larger - 1;
}

void vt_topk_select(uint64_t *keys, size_t n, size_t k)
{
    size_t begin = 0, end = n;
    while (k > begin && k < end) {
        if (end - begin <= SHORT) {
            sort_few(keys + begin, end - begin);
            return;
        }
        size_t pivot = begin + part(keys + begin, end - begin);
        if (pivot < k) {
            begin = pivot + 1;
        } else {
            end = pivot;
        }
    }
}

/* Best first. */
static void sort_keys(uint64_t *keys, size_t n)
{
    while (n > SHORT) {
        size_t pivot = part(keys, n), behind_it = n - pivot - 1;
        if (pivot < behind_it) { /* the recursion takes the smaller part: its depth is the logarithm */
            sort_keys(keys, pivot);
            keys += pivot + 1;
            n = behind_it;
        } else {
            sort_keys(keys + pivot + 1, behind_it);
            n = pivot;
        }
    }
    sort_few(keys, n);
}

/* The best k of n keys as indices, best first. */
static size_t finish(uint64_t *keys, size_t n, size_t k, int32_t *index)
{
    if (n > k) {
        vt_topk_select(keys, n, k);
        n = k;
    }
    sort_keys(keys, n);
    for (size_t i = 0; i < n; i++) {
        index[i] = vt_topk_index(keys[i]);
    }
    return n;
}

/* True when `a` ranks behind `b`: a lower score, or the same and a larger index. */
static bool behind(const float *scores, int32_t a, int32_t b)
{
    return scores[a] < scores[b] || (!(scores[a] > scores[b]) && a > b);
}

/* Puts `item` at `hole` of the heap (n) or below, so that no parent ranks before its child. */
static void sink(const float *scores, int32_t *heap, size_t n, size_t hole, int32_t item)
{
    for (;;) {
        size_t child = 2 * hole + 1;
        if (child >= n) {
            break;
        }
        if (child + 1 < n && behind(scores, heap[child + 1], heap[child])) {
            child++;
        }
        if (!behind(scores, heap[child], item)) {
            break;
        }
        heap[hole] = heap[child];
        hole = child;
    }
    heap[hole] = item;
}

/* For long lists: a heap whose root is the worst of the best so far. `candidate` NULL: all indices. */
static size_t by_heap(const float *scores, const int32_t *candidate, size_t n, size_t k, int32_t *index)
{
    size_t filled = 0, at = 0;
    for (; at < n && filled < k; at++) {
        int32_t item = candidate == NULL ? (int32_t)at : candidate[at];
        if (scores[item] > -INFINITY) {
            index[filled++] = item;
        }
    }
    for (size_t i = filled / 2; i-- > 0;) {
        sink(scores, index, filled, i, index[i]);
    }
    for (; filled > 0 && at < n; at++) {
        int32_t item = candidate == NULL ? (int32_t)at : candidate[at];
        /* the first half keeps NaN out */
        if (scores[item] >= scores[index[0]] && behind(scores, index[0], item)) {
            sink(scores, index, filled, 0, item);
        }
    }
    for (size_t left = filled; left > 1; left--) {
        int32_t worst = index[0];
        sink(scores, index, left - 1, 0, index[left - 1]);
        index[left - 1] = worst;
    }
    return filled;
}

/* Room for the keys of a list of k: enough that selecting is rare, little enough that it stays in the first cache. */
static size_t buffer_capacity(size_t k)
{
    size_t capacity = 4 * k + 4 * VT_LANES;
    return capacity < BUFFER ? capacity : BUFFER;
}

/* The few, for which a first look at all scores pays: one pass of comparisons finds a threshold that few are above. */
enum { FEW = VT_MAXIMA / 2, MANY_SCORES = 16 * VT_MAXIMA };

/*
 * A threshold, not below the given one, that at least k scores are above: the k-th of some maxima is one of the k-th
 * highest at the most; what equals it must still get in.
 */
static float raise(const vt_kernels *kernels, const float *scores, size_t n, float threshold, size_t k)
{
    float highest[VT_MAXIMA];
    uint64_t keys[VT_MAXIMA], worst = UINT64_MAX;
    kernels->maxima(highest, scores, n);
    for (size_t r = 0; r < VT_MAXIMA; r++) {
        keys[r] = vt_topk_key(highest[r], (uint32_t)r);
    }
    vt_topk_select(keys, VT_MAXIMA, k);
    for (size_t i = 0; i < k; i++) {
        worst = keys[i] < worst ? keys[i] : worst;
    }
    float below = nextafterf(highest[vt_topk_index(worst)], -INFINITY);
    return below > threshold ? below : threshold;
}

size_t vt_topk(const float *scores, size_t n, size_t k, int32_t *index)
{
    return vt_topk_above(scores, n, -INFINITY, k, index);
}

size_t vt_topk_above(const float *scores, size_t n, float threshold, size_t k, int32_t *index)
{
    if (k == 0) {
        return 0;
    }
    if (k > BUFFER / 2) {
        size_t found = by_heap(scores, NULL, n, k, index);
        while (found > 0 && !(scores[index[found - 1]] > threshold)) {
            found--;
        }
        return found;
    }
    const vt_kernels *kernels = vt_kernels_best();
    uint64_t keys[BUFFER];
    size_t capacity = buffer_capacity(k), filled = 0, at = 0;
    if (k <= FEW && n >= MANY_SCORES) {
        threshold = raise(kernels, scores, n, threshold, k);
    }
    while (at < n) {
        filled += kernels->collect(keys + filled, capacity - filled, scores, &at, n, threshold);
        if (at < n) {
            /* Full. What comes later with the score of the worst ranks behind it, so "above" is enough. */
            vt_topk_select(keys, filled, k);
            filled = k;
            uint64_t worst = keys[0];
            for (size_t i = 1; i < k; i++) {
                worst = keys[i] < worst ? keys[i] : worst;
            }
            threshold = scores[vt_topk_index(worst)];
        }
    }
    return finish(keys, filled, k, index);
}

size_t vt_topk_of(const float *scores, const int32_t *candidate, size_t n, size_t k, int32_t *index)
{
    if (k == 0) {
        return 0;
    }
    if (k > BUFFER / 2) {
        return by_heap(scores, candidate, n, k, index);
    }
    uint64_t keys[BUFFER], worst = 0;
    size_t capacity = buffer_capacity(k), filled = 0;
    for (size_t at = 0; at < n; at++) {
        float score = scores[candidate[at]];
        uint64_t key = vt_topk_key(score, (uint32_t)candidate[at]);
        if (!(score > -INFINITY) || key < worst) {
            continue;
        }
        if (filled == capacity) {
            vt_topk_select(keys, filled, k);
            filled = k;
            worst = keys[0];
            for (size_t i = 1; i < k; i++) {
                worst = keys[i] < worst ? keys[i] : worst;
            }
        }
        keys[filled++] = key;
    }
    return finish(keys, filled, k, index);
}

static int compare(const void *a, const void *b, void *scores)
{
    return behind(scores, *(const int32_t *)a, *(const int32_t *)b) ? 1 : -1;
}

size_t vt_topk_reference(const float *scores, size_t n, size_t k, int32_t *index, int32_t *scratch)
{
    size_t filled = 0;
    for (size_t i = 0; i < n; i++) {
        if (scores[i] > -INFINITY) {
            scratch[filled++] = (int32_t)i;
        }
    }
    qsort_r(scratch, filled, sizeof *scratch, compare, (void *)(uintptr_t)scores);
    size_t kept = filled < k ? filled : k;
    for (size_t i = 0; i < kept; i++) {
        index[i] = scratch[i];
    }
    return kept;
}
