/*
 * Answers that one file carries: JSON by key. What several answers have alike stands once, as a numbered part: their
 * figures, their tables, and each column of a table, which is a list of values. What is said of items wherever they are
 * named, such as titles, stands once an item. Parts of one kind stand side by side,
 * so that the whole packs small. Numbers with more than two decimals are kept to six digits, two decimals at least.
 */
#ifndef VT_REPORT_COLLECTED_H
#define VT_REPORT_COLLECTED_H

#include "base/json.h"

typedef struct vt_collected vt_collected;

int vt_collected_create(vt_collected **out, vt_error *err);
void vt_collected_free(vt_collected *collected);

/**
 * Adds an answer of insight, as vt_insight_json() has it; texts are copied. `is_new` (may be NULL) is called with
 * each table that no answer before had alike, parsed, while it is read.
 */
int vt_collected_insight(vt_collected *collected, vt_str key, vt_str json,
                         int (*is_new)(void *context, yyjson_val *table, vt_error *err), void *context, vt_error *err);

/** Adds any other answer as it is. */
int vt_collected_add(vt_collected *collected, vt_str key, vt_str json, vt_error *err);

size_t vt_collected_answers(const vt_collected *collected);
size_t vt_collected_parts(const vt_collected *collected);

/** Appends `{"meta": META, "answers": {...}, "parts": [...], "things": {...}}`; answers in the order of adding. */
int vt_collected_write(vt_buf *out, const vt_collected *collected, vt_str meta, vt_error *err);

#endif
