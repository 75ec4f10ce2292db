/* A cosine of contents as models use it. Private to model. */
#ifndef VT_MODEL_LIKENESS_H
#define VT_MODEL_LIKENESS_H

/** x to a whole power, 0 for negative x: a few close neighbours count for more than many distant ones. */
static inline float vt_sharpen(float x, int power)
{
    float result = 1.0F;
    x = x > 0.0F ? x : 0.0F;
    for (; power > 0; power >>= 1) {
        result = (power & 1) != 0 ? result * x : result;
        x *= x;
    }
    return result;
}

#endif
