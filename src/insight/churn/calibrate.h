/*
 * From scores to probabilities that mean what they say: of those given 30 %, three in ten are lost. Legend: N scores, K
 * knots.
 */
#ifndef VT_INSIGHT_CHURN_CALIBRATE_H
#define VT_INSIGHT_CHURN_CALIBRATE_H

#include <stddef.h>
#include <stdint.h>

#include "vitrine/error.h"

typedef enum vt_calibration_kind {
    VT_CALIBRATE_AUTO,    /* isotonic from 2,000 of the rarer outcome on, else Platt */
    VT_CALIBRATE_PLATT,   /* 1 / (1 + exp(-(a score + b))) with Platt's targets (Platt 1999) */
    VT_CALIBRATE_ISOTONIC /* the best rising steps (Zadrozny and Elkan 2002), straight lines between */
} vt_calibration_kind;

/** A calibration. Init with vt_calibration_fit(), done with vt_calibration_done(). */
typedef struct vt_calibration {
    vt_calibration_kind kind; /* never AUTO */
    double a, b;              /* Platt */
    double *score, *chance;   /* (K) isotonic, both rising */
    size_t n_knots;
} vt_calibration;

/**
 * Fits to `score` (N), finite, and `label` (N, 0 or 1), which the model behind the scores has not seen. Probabilities
 * stay between 1 / (N + 2) and 1 less that. VT_ERR_NO_MEMORY only. O(N log N).
 */
int vt_calibration_fit(vt_calibration *out, vt_calibration_kind kind, const double *score, const uint8_t *label,
                       size_t n, vt_error *err);
void vt_calibration_done(vt_calibration *calibration);

/** The probability of a score. */
double vt_calibrate(const vt_calibration *calibration, double score);

#endif
