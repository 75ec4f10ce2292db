/* What an answer shows of days that are known beforehand. */
#ifndef VT_INSIGHT_DEMAND_KNOWN_SHOW_H
#define VT_INSIGHT_DEMAND_KNOWN_SHOW_H

#include "insight/demand/known_days.h"
#include "insight/document.h"

/** Adds a table of the effects, and notes of names whose past tells none. */
void vt_known_show(vt_document *document, const vt_known_effects *effects);

#endif
