/* What the writers of answers as JSON share. */
#ifndef VT_RECOMMEND_ANSWER_JSON_H
#define VT_RECOMMEND_ANSWER_JSON_H

#include "base/json.h"
#include "vitrine/json.h"

/** What an answer may have at most. */
enum { VT_ANSWER_BYTES_MAX = 256 << 20 };

/** A text, null for "". */
void vt_json_optional(vt_json_writer *writer, const char *key, const char *text);

/** The array "parts" of an open object. */
void vt_json_parts(vt_json_writer *writer, const vt_explanation *explanation);

/** Ends the root object and hands the text over; `text` is what the writer wrote to, and is ended in any case. */
int vt_json_hand_over(vt_text *out, vt_json_writer *writer, vt_buf *text, vt_error *err);

#endif
