/* The classical season: averages of what a centred moving average leaves. Legend: n values, m values in a season. */
#ifndef VT_INSIGHT_DEMAND_CLASSICAL_H
#define VT_INSIGHT_DEMAND_CLASSICAL_H

#include <stdbool.h>
#include <stddef.h>

/**
 * The season of `y` (n > m >= 2) into `season` (m), for places i % m: values less (over, when `multiplicative`) a
 * centred moving average of m, averaged by place, with sum 0 (mean 1). With fewer than two seasons a straight line
 * stands in for the moving average. As seasonal_decompose of statsmodels has it.
 */
void vt_classical_season(double *season, const double *y, size_t n, size_t m, bool multiplicative);

#endif
