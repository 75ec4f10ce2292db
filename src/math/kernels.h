/*
 * The hottest loops, compiled once for each level of x86-64 and chosen by the processor at run time. kernels.c is the
 * one source of all levels; kernels_reference.c says the same in plain loops and is their test. Every level sums in the
 * same order, so levels differ only by the rounding of fused multiply-add.
 *
 * Vectors of factors are padded with zeros to a multiple of VT_LANES and stand on 64-byte boundaries: `d` below is the
 * padded length.
 */
#ifndef VT_MATH_KERNELS_H
#define VT_MATH_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "math/topk.h"

#define VT_LANES ((size_t)16)

/** Rows of a factor matrix that a weighted least squares problem is made of. N of them; the matrix is (rows, d). */
typedef struct vt_gather {
    const float *matrix;
    const int32_t *row;  /* (N) */
    const float *weight; /* (N) w > 0 */
    const float *target; /* (N) c */
    size_t n;
    size_t d;
} vt_gather;

/** A rating: row `user` of one matrix and row `item` of another should have the product `value`. */
typedef struct vt_rating {
    int32_t user;
    int32_t item;
    float value;
} vt_rating;
/**
 * Steps of pairwise ranking: of a user, an item that they chose and one that they did not. Score of item i for user u:
 * bias_i + users_u.items_i. The first `learnt` columns of the items move; of the others, which follow from something
 * else, the gradient is summed up. `learnt` 0: the items stay as they are, their biases too.
 */
typedef struct vt_pairs {
    float *users;         /* (U, d) */
    float *items;         /* (I, d) */
    float *bias;          /* (I), `bias_step` floats apart: threads that share items by lines of memory spread them */
    float *gradient;      /* (I, d - learnt) of the loss, added to; NULL when all columns are learnt or none is */
    float *bias_gradient; /* (I) likewise, beside the step that the bias takes; NULL: nobody asks */
    size_t d, learnt, bias_step;
    const int32_t *user, *chosen, *other; /* (N); chosen and other of a step are never the same item */
    size_t n;
    float rate;
    float l2_user, l2_chosen, l2_other, l2_bias; /* weights of half the squared length */
} vt_pairs;

/** The two matrices (rows, d) that ratings are of, with each row's share in the decay of its numbers. */
typedef struct vt_sides {
    float *users;
    float *items;
    const float *user_share; /* (U) */
    const float *item_share; /* (I) */
} vt_sides;

/** Classes of indices, by their rest, that vt_kernels.maxima looks at. */
#define VT_MAXIMA ((size_t)64)

typedef struct vt_kernels {
    const char *level; /* "v4", "v3" (of x86-64), "baseline", "reference" */

    /** The highest of the scores (n) whose index leaves rest r, for each r below VT_MAXIMA; NaN is passed over. */
    void (*maxima)(float *highest, const float *scores, size_t n);

    /** out (n): the scores where `allowed` (n) is not 0, -INFINITY elsewhere. May be the scores themselves. */
    void (*mask)(float *out, const float *scores, const uint8_t *allowed, size_t n);

    /** How many of the marks (n), each 0 or 1, are 1. */
    size_t (*count)(const uint8_t *marks, size_t n);

    /**
     * Keys (vt_topk_key) of the scores above `threshold` from index `*at` on, in order, until `n` or until fewer than
     * VT_LANES places are left of `capacity`; `*at` is where it stopped. Gives their number.
     */
    size_t (*collect)(uint64_t *keys, size_t capacity, const float *scores, size_t *at, size_t n, float threshold);

    /**
     * out += sum over j of (c_j + sign w_j y_j.p) y_j, with 0 for c_j when `targets` is false. `dots` (N) receives
     * y_j.p.
     */
    void (*apply)(float *out, const float *p, const vt_gather *gather, bool targets, float sign, float *dots);

    /**
     * Solves (diag(D) + sum w_j y_j y_j') x = sum c_j y_j by conjugate gradient preconditioned with D, from the x that
     * is there: at most `steps`, fewer once the squared residual has fallen to `enough` of what it was. `scratch`
     * (aligned as vectors are) holds 5 d + N floats. Gives x'Ax - 2 b'x for the x it leaves.
     */
    double (*solve_cg)(float *x, const float *diagonal, const vt_gather *gather, int steps, float enough,
                       float *scratch);

    /**
     * The same exactly through the N x N system (W^-1 + Y D^-1 Y') z = W^-1 c, x = D^-1 Y' z (the push-through
     * identity): cheap while N is small against d. `scratch` holds N d + N N + N + d floats.
     */
    double (*solve_dual)(float *x, const float *diagonal, const vt_gather *gather, float *scratch);

    /** dots (n) of rows (n, d) with a query (d). Neither needs padding or a boundary; a row's dot is its own. */
    void (*dots)(float *dots, const float *rows, size_t n, const float *query, size_t d);

    /** The same of bytes up to 127, exactly: 127 d times the largest of the query stays under 2^31. */
    void (*dots_int8)(int32_t *dots, const int8_t *rows, size_t n, const int16_t *query, size_t d);

    /**
     * Steps of stochastic gradient descent, one a rating in order: with e = value - x.y, a user's row x becomes
     * (1 - share decay_x) x + step_x e y with the user's share, and an item's row y likewise, lane by lane, out of the
     * rows as they were. `rates` (4, d) is decay_x, step_x, decay_y, step_y. Gives the sum of e^2.
     */
    double (*sgd)(const vt_sides *sides, const vt_rating *rating, size_t n, const float *rates, size_t d);

    /**
     * One step of gradient descent a triple on -ln sigmoid(score of chosen - score of other) plus the L2 terms, one
     * after the other (BPR, Rendle and others 2009). Gives the sum of the losses, without those terms.
     */
    double (*pairwise)(const vt_pairs *pairs);

    /** out (d) = sum over j of weight_j times row row_j of `matrix` (rows, d): sparse times dense, a row of it. */
    void (*combine)(float *out, const float *matrix, const int32_t *row, const float *weight, size_t n, size_t d);

    /**
     * The step of one rating where a user is the sum of two rows: with e = value - (x + z).y, delta becomes
     * step_y e (x + z), x becomes keep_x x + step_x e y and z becomes keep_z z + step_z e y; y stays. `rates` (5, d) is
     * keep_x, step_x, keep_z, step_z, step_y. Gives e.
     */
    float (*sgd_implicit)(float *x, float *z, float *delta, const float *y, float value, const float *rates, size_t d);
} vt_kernels;

/**
 * The best level that this processor can run; `$VITRINE_KERNELS` (a level's name) asks for a lower one. It is read
 * once, at the first call of the process.
 */
const vt_kernels *vt_kernels_best(void);

/** The level of that name, the best one when the processor cannot run it, there is none or `level` is NULL. */
const vt_kernels *vt_kernels_level(const char *level);

/** All levels that this processor can run, the reference first. Static storage. */
const vt_kernels *const *vt_kernels_all(size_t *count);

/** `d` padded to whole lanes. */
static inline size_t vt_pad(size_t d)
{
    return (d + VT_LANES - 1) / VT_LANES * VT_LANES;
}

#endif
