/* Where the fit of exponential smoothing begins (Hyndman 2002, section 3.1). Legend as in ets.h. */
#ifndef VT_INSIGHT_DEMAND_ETS_START_H
#define VT_INSIGHT_DEMAND_ETS_START_H

#include "insight/demand/ets_recursion.h"

/**
 * Smoothing parameters of small size (beta and gamma as shares, see ets_fit.c) and initial states of the trace's series
 * and form: a classical season (of a line's remainders with fewer than three seasons), and the line or the mean of the
 * first values without it.
 */
void vt_ets_start(vt_ets_parameters *out, const vt_ets_trace *trace);

#endif
