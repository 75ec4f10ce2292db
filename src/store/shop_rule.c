/* Rules of merchandisers: what one must be, and how programs keep them. */
#include "vitrine/shop_rule.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/hash.h"
#include "base/number.h"
#include "store/record_check.h"

static const char *const actions[VT_RULE_ACTIONS] = {"boost", "bury", "pin", "block"};
static const char *const whats[VT_RULE_WHATS] = {"item", "brand", "category"};

void vt_shop_rule_init(vt_shop_rule *rule)
{
    *rule = (vt_shop_rule){
        .action = -1,
        .what = -1,
        .factor = (double)NAN,
        .addition = (double)NAN,
        .position = VT_NONE,
        .from = VT_NONE,
        .until = VT_NONE,
        .made_at = VT_NONE,
        .changed_at = VT_NONE,
    };
}

const char *vt_rule_action_name(int action)
{
    return action >= 0 && action < VT_RULE_ACTIONS ? actions[action] : NULL;
}

const char *vt_rule_what_name(int what)
{
    return what >= 0 && what < VT_RULE_WHATS ? whats[what] : NULL;
}

/* ---- what a rule must be ----------------------------------------------------------------------------------------- */

static int check_amount(const vt_shop_rule *rule, vt_error *err)
{
    bool moves = rule->action == VT_RULE_BOOST || rule->action == VT_RULE_BURY;
    if (!moves && (!isnan(rule->factor) || !isnan(rule->addition))) {
        return vt_fail(err, VT_ERR_FORMAT, "a %s has no factor and no addition; a boost or a bury has",
                       actions[rule->action]);
    }
    if (!isnan(rule->factor) && !(rule->factor >= 1 && rule->factor <= 100)) {
        return vt_fail(err, VT_ERR_FORMAT,
                       "the factor of a rule is %g; 1 to 100 is expected: a boost multiplies by it, a bury divides",
                       rule->factor);
    }
    if (!isnan(rule->addition) && !(rule->addition >= 0 && rule->addition <= 10)) {
        return vt_fail(err, VT_ERR_FORMAT,
                       "the addition of a rule is %g; 0 to 10 is expected: a boost adds it, a bury takes it away",
                       rule->addition);
    }
    if (rule->action != VT_RULE_PIN && rule->position != VT_NONE) {
        return vt_fail(err, VT_ERR_FORMAT, "a %s has no position; a pin has", actions[rule->action]);
    }
    if (rule->position != VT_NONE && (rule->position < 1 || rule->position > VT_RULE_POSITION_MAX)) {
        return vt_fail(err, VT_ERR_FORMAT, "the position of a pin is %" PRId64 "; 1 to %d is expected", rule->position,
                       VT_RULE_POSITION_MAX);
    }
    return VT_OK;
}

int vt_shop_rule_check(const vt_shop_rule *rule, vt_error *err)
{
    if (vt_rule_action_name(rule->action) == NULL) {
        return vt_fail(err, VT_ERR_FORMAT, "a rule needs an action: boost, bury, pin or block");
    }
    if (vt_rule_what_name(rule->what) == NULL) {
        return vt_fail(err, VT_ERR_FORMAT, "a rule needs what it acts on: an item, a brand or a category");
    }
    if (rule->action == VT_RULE_PIN && rule->what != VT_RULE_ITEM) {
        return vt_fail(err, VT_ERR_FORMAT, "a pin puts an item at a place; a %s cannot be pinned, but boosted",
                       whats[rule->what]);
    }
    int status = check_amount(rule, err);
    if (status == VT_OK && rule->from != VT_NONE && rule->until != VT_NONE && rule->until <= rule->from) {
        return vt_fail(err, VT_ERR_FORMAT, "a rule ends before it begins; \"until\" comes after \"from\"");
    }
    return status != VT_OK ? status : vt_rule_texts_check(rule, err);
}

void vt_shop_rule_make_id(char id[VT_RULE_ID_BYTES])
{
    unsigned char random[5];
    vt_random_bytes(random, sizeof random);
    id[0] = 'r';
    vt_hex(id + 1, random, sizeof random);
}

/* ---- keeping them ------------------------------------------------------------------------------------------------ */

/* Ends a write that consisted of one step. */
static int end(vt_store *store, int status, vt_error *err)
{
    if (status != VT_OK) {
        vt_store_rollback(store);
        return status;
    }
    return vt_store_commit(store, 0, err);
}

int vt_shop_rule_put(vt_put *done, vt_shop *shop, const vt_shop_rule *rule, vt_error *err)
{
    vt_store *store = vt_shop_store(shop);
    vt_put put = VT_PUT_SAME;
    int status = vt_store_begin(store, NULL, NULL, NULL, err);
    if (status == VT_OK) {
        status = end(store, vt_store_put_rule(store, rule, &put, err), err);
    }
    if (status == VT_OK) {
        *done = put;
    }
    return status;
}

int vt_shop_rule_remove(vt_shop *shop, vt_str id, vt_error *err)
{
    vt_store *store = vt_shop_store(shop);
    int status = vt_store_begin(store, NULL, NULL, NULL, err);
    return status == VT_OK ? end(store, vt_store_remove_rule(store, id, err), err) : status;
}

int vt_shop_rules_each(vt_shop *shop, vt_shop_rule_each each, void *context, vt_error *err)
{
    return vt_store_each_rule(vt_shop_store(shop), (vt_str){NULL, 0}, each, context, err);
}

int vt_shop_rule_find(vt_shop *shop, vt_str id, vt_shop_rule_each each, void *context, vt_error *err)
{
    return vt_store_each_rule(vt_shop_store(shop), id.ptr == NULL ? vt_str_of("") : id, each, context, err);
}

/* ---- as a text --------------------------------------------------------------------------------------------------- */

void vt_shop_rule_amounts(double *factor, double *addition, const vt_shop_rule *rule)
{
    bool buries = rule->action == VT_RULE_BURY, neither = isnan(rule->factor) && isnan(rule->addition);
    double by = !isnan(rule->factor) ? rule->factor
                : neither            ? 2
                                     : 1,
           more = isnan(rule->addition) ? 0 : rule->addition;
    bool moves = buries || rule->action == VT_RULE_BOOST;
    *factor = !moves ? 1 : buries ? 1 / by : by;
    *addition = !moves ? 0 : buries ? -more : more;
}

void vt_shop_rule_text(char *out, size_t size, const vt_shop_rule *rule)
{
    char amount[64] = "";
    double factor, addition;
    vt_shop_rule_amounts(&factor, &addition, rule);
    if (rule->action == VT_RULE_PIN) {
        snprintf(amount, sizeof amount, ":%" PRId64, rule->position == VT_NONE ? 1 : rule->position);
    } else if (factor != 1 && addition != 0) {
        snprintf(amount, sizeof amount, ":%.3g%+g", factor, addition);
    } else if (addition != 0) {
        snprintf(amount, sizeof amount, ":%+g", addition);
    } else if (rule->action != VT_RULE_BLOCK) {
        snprintf(amount, sizeof amount, ":%.3g", factor);
    }
    snprintf(out, size, "%s %s=%.*s%s", vt_rule_action_name(rule->action), vt_rule_what_name(rule->what),
             VT_STR_ARGS(rule->name), amount);
}
