/* Association rules: who has all items of the left set also has those of the right one (Agrawal and Srikant 1994). */
#ifndef VT_INSIGHT_BASKETS_RULES_H
#define VT_INSIGHT_BASKETS_RULES_H

#include <stdbool.h>

#include "insight/baskets/association.h"
#include "insight/baskets/itemsets.h"

typedef enum vt_rule_order { VT_RULES_BY_LIFT, VT_RULES_BY_CONFIDENCE, VT_RULES_BY_SUPPORT } vt_rule_order;

typedef struct vt_rule_options {
    double min_confidence; /* 0 to 1; default .5 */
    double min_lift;       /* from 0; default 0 */
    bool all_splits;       /* every split of a set in two; default false: one item on the right */
    vt_rule_order order;   /* default by lift; equal ones by lift, confidence, support, then the shorter left side, then
                              item numbers */
    int64_t max_tested;    /* more splits than this are refused; from 1; default 5,000,000 */
} vt_rule_options;

typedef struct vt_rule {
    const int32_t *left;  /* (n_left) ascending */
    const int32_t *right; /* (n_right) ascending */
    int32_t n_left, n_right;
    vt_association a;
} vt_rule;

typedef struct vt_rules {
    vt_rule *rule; /* (n) in the order asked for */
    size_t n;
    int64_t tested;    /* splits of frequent sets that were tested for chance; p-values are adjusted for all of them */
    int64_t by_chance; /* rules whose adjusted p-value is over VT_CHANCE_LEVEL */
    int32_t *items;    /* private */
} vt_rules;

void vt_rule_options_init(vt_rule_options *options);

/** Names the first option that cannot be as a sentence (VT_ERR_USAGE). */
int vt_rule_options_check(const vt_rule_options *options, vt_error *err);

/**
 * All rules of the frequent sets that reach the confidence and lift; both sides have items. The caller frees them.
 * VT_ERR_USAGE for wrong options, VT_ERR_LIMIT with more than `max_tested` splits.
 */
int vt_rules_find(vt_rules **out, const vt_itemsets *itemsets, const vt_rule_options *options, vt_error *err);
void vt_rules_free(vt_rules *rules);

/** True for a rule that chance may have made. */
static inline bool vt_by_chance(const vt_association *a)
{
    return a->adjusted > VT_CHANCE_LEVEL;
}

#endif
