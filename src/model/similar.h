/* Similar items by the cosine of their rows. Private to model. */
#ifndef VT_MODEL_SIMILAR_H
#define VT_MODEL_SIMILAR_H

#include <stddef.h>
#include <stdint.h>

/** scores (I): cosine of each row of `items` (I, D) with row `item`; -INFINITY for itself and rows of zeros. */
void vt_row_cosines(float *scores, const float *items, size_t n_items, size_t d, int32_t item);

#endif
