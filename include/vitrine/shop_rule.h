/**
 * Rules that a merchandiser gives a shop, each a row of its store: an item, a brand or a category is boosted, buried,
 * pinned to a place or blocked, for a time, for a segment of users, on the page of a category. What they do to a list:
 * docs/recommend.md.
 */
#ifndef VITRINE_SHOP_RULE_H
#define VITRINE_SHOP_RULE_H

#include "vitrine/events.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a rule does. Stored: never renumber. */
typedef enum vt_rule_action { VT_RULE_BOOST = 0, VT_RULE_BURY = 1, VT_RULE_PIN = 2, VT_RULE_BLOCK = 3 } vt_rule_action;

/** What it does it to. Stored: never renumber. */
typedef enum vt_rule_what { VT_RULE_ITEM = 0, VT_RULE_BRAND = 1, VT_RULE_CATEGORY = 2 } vt_rule_what;

#define VT_RULE_ACTIONS 4
#define VT_RULE_WHATS 3
#define VT_RULE_ID_BYTES 16    /**< of an id that the shop makes, with its NUL */
#define VT_SHOP_RULES_MAX 1000 /**< of a shop */
#define VT_RULE_POSITION_MAX 1000

/** A rule. Init with vt_shop_rule_init(): nothing is given. Texts are borrowed. */
typedef struct vt_shop_rule {
    vt_str id;
    int action;       /**< vt_rule_action; -1: not given */
    int what;         /**< vt_rule_what; -1: not given */
    vt_str name;      /**< the item's id, the brand, or the category, which counts with all below it */
    double factor;    /**< 1 to 100: a boost multiplies the relevance by it, a bury divides; NaN: not given */
    double addition;  /**< 0 to 10: a boost adds it to the relevance, a bury takes it away; NaN: not given. A boost or
                            bury without both has factor 2 */
    int64_t position; /**< of a pin: the place, 1 to VT_RULE_POSITION_MAX; VT_NONE: the first */
    int64_t from;     /**< first second at which it acts; VT_NONE: always */
    int64_t until;    /**< first second at which it acts no more; VT_NONE: for ever */
    vt_str segment;   /**< only for users of this segment; not given: for all, and for nobody in particular */
    vt_str page;      /**< only in lists of this category or of one below it; not given: in all lists */
    vt_str note;      /**< why, in the merchandiser's words */
    int64_t made_at;  /**< UTC seconds, as read; what a writer gives is not looked at */
    int64_t changed_at;
} vt_shop_rule;

VT_API void vt_shop_rule_init(vt_shop_rule *rule);

/** "boost", "bury", "pin", "block"; "item", "brand", "category"; NULL past the last. Static storage. */
VT_API const char *vt_rule_action_name(int action);
VT_API const char *vt_rule_what_name(int what);

/** VT_ERR_FORMAT or VT_ERR_LIMIT says in a sentence what in the rule cannot be. */
VT_API int vt_shop_rule_check(const vt_shop_rule *rule, vt_error *err);

/** An id that no rule has. */
VT_API void vt_shop_rule_make_id(char id[VT_RULE_ID_BYTES]);

/**
 * Puts the rule in the place of the one with its id, or adds it, in a durable write of its own: the shop is open for
 * writing. Errors: those of the check; VT_ERR_LIMIT where the shop has VT_SHOP_RULES_MAX others.
 */
VT_API int vt_shop_rule_put(vt_put *done, vt_shop *shop, const vt_shop_rule *rule, vt_error *err);

/** Takes a rule out, likewise. VT_ERR_NOT_FOUND: there is none with this id. */
VT_API int vt_shop_rule_remove(vt_shop *shop, vt_str id, vt_error *err);

/** VT_OK to go on; anything else ends the call, and is what it then gives. The rule is valid during the call. */
typedef int (*vt_shop_rule_each)(void *context, const vt_shop_rule *rule);

/** Every rule, the oldest first: the order in which they act. */
VT_API int vt_shop_rules_each(vt_shop *shop, vt_shop_rule_each each, void *context, vt_error *err);

/** One rule by its id. VT_ERR_NOT_FOUND names it. */
VT_API int vt_shop_rule_find(vt_shop *shop, vt_str id, vt_shop_rule_each each, void *context, vt_error *err);

/** What it does to the relevance: `*factor` under 1 and `*addition` under 0 for a bury; 1 and 0 for nothing. */
VT_API void vt_shop_rule_amounts(double *factor, double *addition, const vt_shop_rule *rule);

/** What it does, without when and for whom: "boost brand=Acme:1.2", "pin item=B00X:3", "block category=Tea". */
VT_API void vt_shop_rule_text(char *out, size_t size, const vt_shop_rule *rule);

#ifdef __cplusplus
}
#endif

#endif
