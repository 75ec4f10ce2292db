/* One sort with the places the values came from, then one pass from the largest down. */
#include "math/false_discovery.h"

#include <stdlib.h>

#include "base/alloc.h"

typedef struct placed {
    double p;
    size_t place;
} placed;

static int by_value(const void *a, const void *b)
{
    const placed *x = a, *y = b;
    if (x->p != y->p) {
        return x->p < y->p ? -1 : 1;
    }
    return (x->place > y->place) - (x->place < y->place);
}

int vt_benjamini_hochberg(double *adjusted, const double *p, size_t n, vt_error *err)
{
    placed *order = vt_alloc(n, sizeof *order, err);
    if (order == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        order[i] = (placed){p[i], i};
    }
    qsort(order, n, sizeof *order, by_value);
    double least = 1.0;
    for (size_t rank = n; rank > 0; rank--) {
        double scaled = order[rank - 1].p * (double)n / (double)rank;
        least = scaled < least ? scaled : least;
        adjusted[order[rank - 1].place] = least;
    }
    vt_free(order);
    return VT_OK;
}
