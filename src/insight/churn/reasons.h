/* Reasons of a chance to be lost, in words. */
#ifndef VT_INSIGHT_CHURN_REASONS_H
#define VT_INSIGHT_CHURN_REASONS_H

#include "insight/churn/behaviour.h"
#include "vitrine/insight.h"

enum { VT_REASON_TEXT = 200 };

/**
 * "3.1 times the usual gap since the last order; 1 visit in 30 days": the two features that raise a customer's chance
 * most, of different kinds. `x` (F) are the features, `contribution` (F) those to log odds; money is in minor units of
 * `currency`. "" where nothing raises it.
 */
void vt_behaviour_reasons(char out[VT_REASON_TEXT], const double *x, const double *contribution, const char *currency);

#endif
