/* xoshiro256++ seeded through the table hash of what the stream is for. */
#include "base/rng.h"

#include <math.h>
#include <string.h>

#include "base/hash.h"

static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15U);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

vt_rng vt_rng_at(uint64_t seed, const char *purpose, uint64_t a, uint64_t b)
{
    uint64_t state = vt_hash64(purpose, strlen(purpose), seed);
    state = vt_hash_mix(vt_hash_mix(state, a), b);
    vt_rng rng;
    for (int i = 0; i < 4; i++) {
        rng.word[i] = splitmix(&state);
    }
    return rng;
}

static uint64_t rotate(uint64_t x, int bits)
{
    return (x << bits) | (x >> (64 - bits));
}

uint64_t vt_rng_u64(vt_rng *rng)
{
    uint64_t *s = rng->word;
    uint64_t result = rotate(s[0] + s[3], 23) + s[0];
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

uint64_t vt_rng_below(vt_rng *rng, uint64_t bound)
{
    /* Lemire's multiplication with rejection of the short remainder. */
    unsigned __int128 product = (unsigned __int128)vt_rng_u64(rng) * bound;
    if ((uint64_t)product < bound) {
        uint64_t threshold = (0 - bound) % bound;
        while ((uint64_t)product < threshold) {
            product = (unsigned __int128)vt_rng_u64(rng) * bound;
        }
    }
    return (uint64_t)(product >> 64);
}

double vt_rng_unit(vt_rng *rng)
{
    return (double)(vt_rng_u64(rng) >> 11) * 0x1.0p-53;
}

double vt_rng_normal(vt_rng *rng)
{
    double u = 1.0 - vt_rng_unit(rng); /* (0, 1]: the logarithm is finite */
    double v = vt_rng_unit(rng);
    return sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
}

double vt_rng_gamma(vt_rng *rng, double shape)
{
    double boost = 1;
    if (shape < 1) {
        boost = pow(1.0 - vt_rng_unit(rng), 1.0 / shape);
        shape += 1;
    }
    double d = shape - 1.0 / 3.0;
    double c = 1.0 / sqrt(9.0 * d);
    for (;;) {
        double x = vt_rng_normal(rng);
        double v = 1 + c * x;
        if (v <= 0) {
            continue;
        }
        v = v * v * v;
        double u = 1.0 - vt_rng_unit(rng);
        if (log(u) < 0.5 * x * x + d - d * v + d * log(v)) {
            return boost * d * v;
        }
    }
}

/* Counts how many uniform numbers keep their product over exp(-mean); in pieces, as that is 0 for large means. */
int64_t vt_rng_poisson(vt_rng *rng, double mean)
{
    const double piece = 500;
    int64_t n = 0;
    for (; mean > 0; mean -= piece) {
        double least = exp(-(mean < piece ? mean : piece)), product = 1.0 - vt_rng_unit(rng);
        for (; product > least; n++) {
            product *= 1.0 - vt_rng_unit(rng);
        }
    }
    return n;
}

void vt_rng_order(vt_rng *rng, int32_t *order, size_t n)
{
    for (size_t i = 0; i < n; i++) { /* Fisher and Yates, inside out */
        size_t j = (size_t)vt_rng_below(rng, i + 1);
        if (j < i) {
            order[i] = order[j];
        }
        order[j] = (int32_t)i;
    }
}
