/* Numbers of an answer in the units of a reader. */
#ifndef VT_INSIGHT_NUMBER_TEXT_H
#define VT_INSIGHT_NUMBER_TEXT_H

#include "vitrine/insight.h"

/** "money", "share", ...; static storage. */
const char *vt_unit_name(vt_unit unit);

/** Money in major units. */
double vt_insight_major(double minor, const char *currency);

/** The change as a share of what it was before, of a share the difference; NaN where nothing can be said. */
double vt_insight_change(double value, double before, vt_unit unit);

#endif
