/* The tables of seasons by category and month: index, its interval, and the order lines behind it. */
#ifndef VT_INSIGHT_SEASONS_H
#define VT_INSIGHT_SEASONS_H

#include "insight/scope.h"

/**
 * Adds them, from whole months up to the end of the scope's period; with fewer than twelve a note instead. O(lines of
 * two years + months x categories).
 */
int vt_seasons_add(vt_document *document, const vt_scope *scope, const vt_insight_options *options, vt_error *err);

#endif
