/*
 * Random streams keyed by what they are for: a stream depends on (seed, purpose, a, b) alone, so results do not depend
 * on the order or the number of threads in which streams are used.
 */
#ifndef VT_BASE_RNG_H
#define VT_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

/** State of xoshiro256++ (Blackman and Vigna 2019). */
typedef struct vt_rng {
    uint64_t word[4];
} vt_rng;

/** The stream of a purpose ("split", "als-init"), with up to two indices such as epoch and row. */
vt_rng vt_rng_at(uint64_t seed, const char *purpose, uint64_t a, uint64_t b);

uint64_t vt_rng_u64(vt_rng *rng);

/** Uniform in [0, bound), without bias; bound > 0. */
uint64_t vt_rng_below(vt_rng *rng, uint64_t bound);

/** Uniform in [0, 1). */
double vt_rng_unit(vt_rng *rng);

/** Standard normal. */
double vt_rng_normal(vt_rng *rng);

/** Gamma variate of `shape` over 0 and rate 1 (Marsaglia and Tsang 2000). */
double vt_rng_gamma(vt_rng *rng, double shape);

/** Poisson variate; `mean` from 0 on. O(mean). */
int64_t vt_rng_poisson(vt_rng *rng, double mean);

/** 0 to n - 1 into `order` (n), every order alike; n is below 2^31. */
void vt_rng_order(vt_rng *rng, int32_t *order, size_t n);

#endif
