/* What is sent back more than its category: shares of pieces with intervals. */
#ifndef VT_INSIGHT_COMEBACKS_H
#define VT_INSIGHT_COMEBACKS_H

#include "insight/scope.h"
#include "insight/sums.h"

/** The table "returns" of `rows` products at most, the least due to chance first; `sums` (I) are of the items. */
int vt_comebacks_add(vt_document *document, const vt_scope *scope, const vt_sums *sums, size_t rows, vt_error *err);

#endif
