/* The parts of a score as a sentence for a person. */
#ifndef VT_RECOMMEND_REASON_H
#define VT_RECOMMEND_REASON_H

#include "base/buf.h"
#include "recommend/context.h"
#include "vitrine/explanation.h"

/**
 * Appends a sentence: the past events that speak for the item, which are those with the largest `weight` (N) above 0
 * (NULL: no event is named), and what counts most: shares of all that lifts the score. Titles are the shop's. Says
 * nothing that the numbers do not say. `parts` may have none.
 */
int vt_reason_write(vt_buf *out, const vt_context *c, const vt_explanation *parts, const double *weight, vt_error *err);

/** Reasons of the items of an answer, and their parts. */
int vt_reasons_add(vt_answer *answer, const vt_context *c, vt_error *err);

/** "today", "3 days ago", "5 weeks ago", "in March 2023"; "" where the time is not known or yet to come. */
void vt_format_ago(char out[32], int64_t now, int64_t time);

#endif
