/** What a rule of a merchandiser does to a list: the list without it and with it, side by side. */
#ifndef VITRINE_RULE_PREVIEW_H
#define VITRINE_RULE_PREVIEW_H

#include "vitrine/recommend.h"
#include "vitrine/shop_rule.h"
#include "vitrine/text.h"

#ifdef __cplusplus
extern "C" {
#endif

/** An item whose place differs. */
typedef struct vt_rule_move {
    const char *item; /**< lives as long as the preview */
    int32_t before;   /**< place in the list without the rule, from 1; 0: it is not in it */
    int32_t after;    /**< likewise with the rule */
} vt_rule_move;

/** Done with vt_rule_preview_done(). */
typedef struct vt_rule_preview {
    vt_answer before, after;
    vt_rule_move *moves; /**< (n_moves) in the order of the list with the rule, then what left it */
    size_t n_moves;
    char idle[160]; /**< why the rule does not act on this list; "" where it acts */
} vt_rule_preview;

/**
 * The list of `request`, as vt_recommend() makes it, without and with `rule`, beside the shop's other rules (those of
 * the request where it has any); a rule of the same id is left out of both. Errors are those of vt_shop_rule_check()
 * and vt_recommend(). Any thread.
 */
VT_API int vt_rule_preview_make(vt_rule_preview *out, vt_recommender *recommender, const vt_request *request,
                                const vt_shop_rule *rule, vt_error *err);
VT_API void vt_rule_preview_done(vt_rule_preview *preview);

/** As JSON: both lists, the moves, and why the rule does not act, null where it does. */
VT_API int vt_rule_preview_json(vt_text *out, const vt_rule_preview *preview, const vt_request *request, bool pretty,
                                vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
