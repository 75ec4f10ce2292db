/*
 * An answer being made: sentences, figures and tables, whose texts live in one arena. Calls that add never fail on the
 * spot: the first error sticks, what follows is dropped, and vt_document_finish() gives it.
 */
#ifndef VT_INSIGHT_DOCUMENT_H
#define VT_INSIGHT_DOCUMENT_H

#include <math.h>

#include "vitrine/insight.h"
#include "vitrine/record.h"

typedef struct vt_document vt_document;

/** An empty answer to a question of kind `kind` (static storage). The caller finishes or frees it. */
int vt_document_create(vt_document **out, const char *kind, vt_error *err);
void vt_document_free(vt_document *document);

/** Hands the answer over and frees the document, also on failure. */
int vt_document_finish(vt_insight **out, vt_document *document, vt_error *err);

/** The first error of what was added so far. */
int vt_document_status(const vt_document *document, vt_error *err);

/** Of all money and days; "" when there is none. */
void vt_document_setting(vt_document *document, const char *currency, const char *time_zone);

/** Of what the figures are, and what they are compared with; texts are copied. */
void vt_document_period(vt_document *document, const vt_insight_period *period, const vt_insight_period *compared);

/** Adds a sentence to the lead, a space between. Ends in a full stop as all sentences. */
void vt_document_lead(vt_document *document, const char *format, ...) VT_PRINTF(2, 3);

/** Adds a note about the data. */
void vt_document_note(vt_document *document, const char *format, ...) VT_PRINTF(2, 3);

/** Adds a figure of the metric with this id, which must be in the table. Numbers that are not finite become NaN. */
void vt_document_figure(vt_document *document, const char *metric, double value);

/** The same beside the value of the compared period. */
void vt_document_compared(vt_document *document, const char *metric, double value, double before);

/** Of the figure that was added last: its interval; a note. */
void vt_document_interval(vt_document *document, double low, double high);
void vt_document_remark(vt_document *document, const char *format, ...) VT_PRINTF(2, 3);

/** Begins a table; columns and then cells, row by row, go to the table begun last. `id` and `title` are copied. */
void vt_document_table(vt_document *document, const char *id, const char *title);

/** A column of its own: what rows are named by, parameters. */
void vt_document_column(vt_document *document, const char *id, const char *name, vt_unit unit);

/** A column of a metric. */
void vt_document_metric(vt_document *document, const char *metric);

/** Columns of a metric's interval, as "revenue_low" and "revenue_high". */
void vt_document_metric_interval(vt_document *document, const char *metric);

/** The next cell of the table; texts are copied. A row must be filled before the answer is finished. */
void vt_document_text(vt_document *document, vt_str text);
void vt_document_number(vt_document *document, double number);

/** Customers have numbers in place of their ids from here on. */
void vt_document_mask(vt_document *document);
bool vt_document_masked(const vt_document *document);

/** A copy of a text that lives as long as the answer; "" after an error. */
const char *vt_document_copy(vt_document *document, vt_str text);

#endif
