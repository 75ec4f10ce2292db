/* Review texts whose words fit the stars. */
#ifndef VT_SYNTH_REVIEWS_H
#define VT_SYNTH_REVIEWS_H

#include "base/buf.h"
#include "base/rng.h"
#include "synth/world.h"

/** Stars 1 to 5 for a product that matches a taste by `match` standard deviations. */
int synth_stars(const synth_truth *truth, const synth_item *item, double match, vt_rng *rng);

/** Title and text, appended. */
int synth_review(vt_buf *title, vt_buf *body, const synth_item *item, int stars, vt_rng *rng, vt_error *err);

#endif
