/* Cosines of rows, for models that keep a vector an item and not its length. */
#include "model/similar.h"

#include <math.h>

#include "math/kernels.h"

void vt_row_cosines(float *scores, const float *items, size_t n_items, size_t d, int32_t item)
{
    const vt_kernels *kernels = vt_kernels_best();
    const float *row = items + (size_t)item * d;
    kernels->dots(scores, items, n_items, row, d);
    double own = sqrt((double)scores[item]);
    for (size_t i = 0; i < n_items; i++) {
        const float *other = items + i * d;
        float square = 0.0F;
        kernels->dots(&square, other, 1, other, d);
        double lengths = own * sqrt((double)square);
        scores[i] = i != (size_t)item && lengths > 0.0 ? (float)((double)scores[i] / lengths) : -INFINITY;
    }
}
