/* Interpolated as R's type 7 and numpy do: quantile q lies at q (n - 1). */
#include "math/quantile.h"

#include <math.h>
#include <stdlib.h>

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void vt_sort_reals(double *x, size_t n)
{
    if (n > 0) {
        qsort(x, n, sizeof *x, ascending);
    }
}

double vt_quantile(const double *sorted, size_t n, double q)
{
    if (n == 0) {
        return NAN;
    }
    double at = q * (double)(n - 1), below = floor(at);
    size_t i = (size_t)below;
    return i + 1 < n ? sorted[i] + (at - below) * (sorted[i + 1] - sorted[i]) : sorted[n - 1];
}
