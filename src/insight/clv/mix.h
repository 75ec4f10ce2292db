/* Forecasts of two models that explain the purchases about as well, as one. */
#ifndef VT_INSIGHT_CLV_MIX_H
#define VT_INSIGHT_CLV_MIX_H

#include "insight/clv/forecast.h"

#define VT_CLV_WEIGHT_LEAST 0.01 /* a model of less is left out */

/** The share of the likelihood that the first of two models has; both have as many parameters. */
double vt_clv_weight(double log_likelihood, double other);

/**
 * Makes `out` the mean of itself (`weight`) and `other`, of the same customers at the same `level`. Variances are those
 * within the models and between them (Buckland, Burnham and Augustin 1997, Biometrics 53): an interval tells that the
 * data do not choose. Counts ("at least", "at most") become the wider ones.
 */
void vt_clv_forecast_mix(vt_clv_forecast *out, const vt_clv_forecast *other, double weight, double level);

#endif
