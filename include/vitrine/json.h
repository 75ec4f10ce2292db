/**
 * Answers as JSON, as the program prints them and a server sends them: one object, ended by a line feed. `pretty`: over
 * several lines, indented. What is unknown is null; money is in major units of the answer's currency, times are UTC.
 */
#ifndef VITRINE_JSON_H
#define VITRINE_JSON_H

#include "vitrine/recommend.h"
#include "vitrine/search.h"
#include "vitrine/text.h"
#include "vitrine/why.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Of vt_recommend() or vt_similar(): the question, the items, what rules did. `model`: its name, "" or NULL: none. */
VT_API int vt_answer_json(vt_text *out, const vt_answer *answer, const vt_request *request, const char *model,
                          bool pretty, vt_error *err);

/** Of vt_search(). */
VT_API int vt_found_json(vt_text *out, const vt_found *found, const vt_search_query *query, bool pretty, vt_error *err);

/** Of vt_complement() or vt_complete_cart(), with the evidence beside each item. */
VT_API int vt_complements_json(vt_text *out, const vt_complements *complements, const vt_request *request, bool pretty,
                               vt_error *err);

/** Of vt_explain(). */
VT_API int vt_why_json(vt_text *out, const vt_why *why, const vt_request *request, const char *model, bool pretty,
                       vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
