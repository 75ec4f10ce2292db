/*
 * Rules as they fit a view: the boosts of the settings and the rules of merchandisers in one form, with the items,
 * brands and categories that they name as numbers. Made once for many lists. Legend: I items.
 */
#ifndef VT_RECOMMEND_FITTED_H
#define VT_RECOMMEND_FITTED_H

#include <stdatomic.h>

#include "base/arena.h"
#include "live/view.h"
#include "vitrine/recommend.h"

/** One rule. Texts are in the storage of all. */
typedef struct vt_fitted_rule {
    vt_rule_action action;
    vt_rule_what what;
    float factor, addition; /* of the relevance; 1 and 0 for none */
    int32_t item;           /* -1: the shop has it not, or it is no rule for an item */
    uint8_t *named;         /* (brands or categories) 1 for those that it fits; NULL for an item */
    int32_t position;       /* of a pin, from 1 */
    int64_t from, until;    /* VT_NONE for none */
    const char *segment;    /* folded, NULL for none */
    const char *page;       /* likewise */
    const char *id;         /* of a merchandiser's rule; NULL: of the settings */
    const char *line;       /* what a row says that it moved */
    const char *text;       /* the same without the id: the end of it */
} vt_fitted_rule;

/** All of them, in the order in which they act. Shared. */
typedef struct vt_fitted {
    atomic_int refs;
    vt_arena *storage;
    vt_fitted_rule *rule; /* (n) */
    size_t n;
    bool by_segment; /* any is for a segment */
} vt_fitted;

/** For whom, where and when a list is made: what decides which rules act. */
typedef struct vt_occasion {
    int64_t now;         /* VT_NONE: no rule with a date acts */
    const char *segment; /* of the user, folded; NULL: none */
    const char *page;    /* the category that is listed, folded; NULL: all */
} vt_occasion;

/** Each brand and category is folded once where rules name any. Released by vt_fitted_release(). */
int vt_fitted_create(vt_fitted **out, const vt_rules *rules, const vt_view *view, vt_error *err);
vt_fitted *vt_fitted_hold(vt_fitted *fitted);
void vt_fitted_release(vt_fitted *fitted);

/** That of a request: its category and moment, and the segment of `user` (of the view, -1: nobody). In `storage`. */
int vt_occasion_init(vt_occasion *out, const vt_fitted *fitted, const vt_view *view, int32_t user,
                     const vt_request *request, vt_arena *storage, vt_error *err);

/** Whether the rule acts there. */
bool vt_fitted_acts(const vt_fitted_rule *rule, const vt_occasion *occasion);

/** Whether it is for that item. */
static inline bool vt_fitted_fits(const vt_fitted_rule *rule, const vt_view *view, int32_t item)
{
    if (rule->named == NULL) {
        return rule->item == item;
    }
    int32_t number = rule->what == VT_RULE_BRAND ? vt_view_item_brand(view, item) : vt_view_item_category(view, item);
    return number >= 0 && rule->named[number];
}

#endif
