/**
 * Rules of recommending: what a shop does to a list after the scores. Each may stand in the shop's settings
 * (`vitrine shop set recommend.brand_cap 2`) and be given anew for a question; those of merchandisers are rows of the
 * shop (shop_rule.h). Definitions: docs/recommend.md.
 */
#ifndef VITRINE_RULES_H
#define VITRINE_RULES_H

#include "vitrine/shop_rule.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Lifts or lowers an item, a brand, or a category with all below it. */
typedef struct vt_boost {
    vt_rule_what what;
    char *name;      /**< owned by the rules */
    double factor;   /**< of the relevance, 0.01 to 100; 1 for none */
    double addition; /**< to the relevance, -10 to 10; 0 for none */
} vt_boost;

/** Init with vt_rules_init() (no rule acts), done with vt_rules_done(). */
typedef struct vt_rules {
    int32_t brand_cap;     /**< at most so many items of a brand in a list; 0: any number */
    int32_t category_cap;  /**< likewise of a category, whole path */
    bool replenish;        /**< what was bought comes back when it is usually bought again */
    double fewer_like;     /**< how far what is like a disliked item falls, 0 to 2, default 1 */
    double diversity;      /**< 0 (off) to 1: weight of being unlike what stands above */
    double calibration;    /**< 0 (off) to 1: weight of the user's own shares of categories */
    double explore;        /**< 0 (off) to 1: share of places for new items */
    int32_t explore_days;  /**< new: on sale for fewer days, default 30 */
    int32_t explore_sales; /**< or with fewer interactions, default 5 */
    vt_boost *boosts;
    size_t n_boosts;
    const vt_shop_rule *shop_rules; /**< (n_shop_rules) those of merchandisers, in the order in which they act */
    size_t n_shop_rules;
    struct vt_arena *storage; /**< private: their texts */
} vt_rules;

VT_API void vt_rules_init(vt_rules *rules);

/** Frees what the rules hold; NULL is allowed. */
VT_API void vt_rules_done(vt_rules *rules);

/** Name and meaning of setting number `at`, without "recommend."; false past the last. Static storage. */
VT_API bool vt_rules_name(size_t at, const char **name, const char **help);

/**
 * Sets a rule from text. "boost" takes parts joined by ";", each KIND=NAME:AMOUNT with KIND item, brand or category and
 * AMOUNT a factor (1.2), +0.1 or -0.1; a part for the same thing replaces the former one, "none" forgets all. Other
 * rules take a number, or on and off. VT_ERR_USAGE says what is expected.
 */
VT_API int vt_rules_set(vt_rules *rules, const char *name, const char *value, vt_error *err);

/** A boost as vt_rules_set() reads it: "brand=Acme:1.2". Cut at `size`. */
VT_API void vt_boost_text(char *out, size_t size, const vt_boost *boost);

/** The shop's rules, settings and rows, into `rules` (initialised here). VT_ERR_USAGE: a setting that cannot be. */
VT_API int vt_rules_load(vt_rules *rules, vt_shop *shop, vt_error *err);

/** Keeps a rule in the shop, open for writing; "" goes back to the default. Checked as by vt_rules_set(). */
VT_API int vt_rules_save(vt_shop *shop, const char *name, const char *value, vt_error *err);

/** The settings that differ from the defaults as "brand_cap=2,diversity=0.3"; "none" when all are. Cut at `size`. */
VT_API void vt_rules_text(char *out, size_t size, const vt_rules *rules);

#ifdef __cplusplus
}
#endif

#endif
