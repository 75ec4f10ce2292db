/* Rules of merchandisers: put whole, kept in their order, refused with a sentence, seen by who follows the store. */
#include "check.h"

#include <math.h>

#include "store_fixture.h"

static vt_error err;

static vt_shop_rule rule_of(const char *id, vt_rule_action action, vt_rule_what what, const char *name)
{
    vt_shop_rule rule;
    vt_shop_rule_init(&rule);
    rule.id = vt_str_of(id);
    rule.action = (int)action;
    rule.what = (int)what;
    rule.name = vt_str_of(name);
    return rule;
}

static int note(void *context, const vt_shop_rule *rule)
{
    char *text = context, what[128];
    size_t n = strlen(text);
    vt_shop_rule_text(what, sizeof what, rule);
    snprintf(text + n, 1024 - n, "%.*s %s %.*s %.*s %.*s|", VT_STR_ARGS(rule->id), what, VT_STR_ARGS(rule->segment),
             VT_STR_ARGS(rule->page), VT_STR_ARGS(rule->note));
    assert_true(rule->made_at > 0 && rule->changed_at >= rule->made_at);
    return VT_OK;
}

static void check_rules(vt_shop *shop, const char *want)
{
    char text[1024] = "";
    check_ok(vt_shop_rules_each(shop, note, text, &err));
    assert_string_equal(text, want);
}

static int64_t catalogue_of(vt_store *store)
{
    vt_store_mark mark;
    check_ok(vt_store_mark_get(store, &mark, &err));
    return mark.catalogue;
}

static void kept_whole_and_in_order(void **state)
{
    fixture *f = *state;
    vt_put done;
    vt_shop_rule pin = rule_of("z", VT_RULE_PIN, VT_RULE_ITEM, "tea"),
                 boost = rule_of("a", VT_RULE_BOOST, VT_RULE_BRAND, "Acme");
    check_rules(f->shop, "");
    int64_t before = catalogue_of(f->store);
    pin.position = 3;
    pin.note = vt_str_of("spring");
    boost.factor = 1.5;
    boost.addition = 0.25;
    boost.segment = vt_str_of("gold");
    check_ok(vt_shop_rule_put(&done, f->shop, &pin, &err));
    assert_int_equal(done, VT_PUT_ADDED);
    check_ok(vt_shop_rule_put(&done, f->shop, &boost, &err));
    check_rules(f->shop, "z pin item=tea:3   spring|a boost brand=Acme:1.5+0.25 gold  |");
    assert_int_equal(catalogue_of(f->store), before + 2);
    check_ok(vt_shop_rule_put(&done, f->shop, &boost, &err));
    assert_int_equal(done, VT_PUT_SAME);
    assert_int_equal(catalogue_of(f->store), before + 2);
    pin = rule_of("z", VT_RULE_BLOCK, VT_RULE_CATEGORY,
                  "Tea"); /* what is not given is gone; its place in the order stays */
    pin.page = vt_str_of("Kitchen");
    check_ok(vt_shop_rule_put(&done, f->shop, &pin, &err));
    assert_int_equal(done, VT_PUT_CHANGED);
    check_rules(f->shop, "z block category=Tea  Kitchen |a boost brand=Acme:1.5+0.25 gold  |");
    vt_shop_close(f->shop);
    open_shop(f);
    char one[1024] = "";
    check_ok(vt_shop_rule_find(f->shop, vt_str_of("a"), note, one, &err));
    assert_string_equal(one, "a boost brand=Acme:1.5+0.25 gold  |");
    check_ok(vt_shop_rule_remove(f->shop, vt_str_of("z"), &err));
    check_rules(f->shop, "a boost brand=Acme:1.5+0.25 gold  |");
    assert_int_equal(catalogue_of(f->store), before + 4);
    assert_int_equal(vt_shop_rule_remove(f->shop, vt_str_of("z"), &err), VT_ERR_NOT_FOUND);
    assert_string_equal(err.message, "there is no rule \"z\"; \"vitrine rule list\" shows them");
    assert_int_equal(vt_shop_rule_find(f->shop, vt_str_of("z"), note, one, &err), VT_ERR_NOT_FOUND);
}

static void check_refused(const fixture *f, const vt_shop_rule *rule, int code, const char *why)
{
    vt_put done;
    vt_error own = VT_ERROR_INIT;
    assert_int_equal(vt_shop_rule_put(&done, f->shop, rule, &own), code);
    assert_string_equal(own.message, why);
}

static void what_cannot_be_is_said(void **state)
{
    fixture *f = *state;
    vt_shop_rule rule = rule_of("r", VT_RULE_BOOST, VT_RULE_BRAND, "Acme");
    rule.action = -1;
    check_refused(f, &rule, VT_ERR_FORMAT, "a rule needs an action: boost, bury, pin or block");
    rule.action = VT_RULE_PIN;
    check_refused(f, &rule, VT_ERR_FORMAT, "a pin puts an item at a place; a brand cannot be pinned, but boosted");
    rule.what = -1;
    check_refused(f, &rule, VT_ERR_FORMAT, "a rule needs what it acts on: an item, a brand or a category");
    rule = rule_of("r", VT_RULE_PIN, VT_RULE_ITEM, "tea");
    rule.position = 1001;
    check_refused(f, &rule, VT_ERR_FORMAT, "the position of a pin is 1001; 1 to 1000 is expected");
    rule.position = VT_NONE;
    rule.factor = 2;
    check_refused(f, &rule, VT_ERR_FORMAT, "a pin has no factor and no addition; a boost or a bury has");
    rule.action = VT_RULE_BURY;
    rule.factor = 0.5;
    check_refused(f, &rule, VT_ERR_FORMAT,
                  "the factor of a rule is 0.5; 1 to 100 is expected: a boost multiplies by it, a bury divides");
    rule.factor = (double)INFINITY;
    assert_int_equal(vt_shop_rule_check(&rule, &err), VT_ERR_FORMAT);
    rule.factor = 2;
    rule.addition = -1;
    check_refused(f, &rule, VT_ERR_FORMAT,
                  "the addition of a rule is -1; 0 to 10 is expected: a boost adds it, a bury takes it away");
    rule.addition = (double)NAN;
    rule.position = 2;
    check_refused(f, &rule, VT_ERR_FORMAT, "a bury has no position; a pin has");
    rule.position = VT_NONE;
    rule.from = 100;
    rule.until = 100;
    check_refused(f, &rule, VT_ERR_FORMAT, "a rule ends before it begins; \"until\" comes after \"from\"");
    rule.until = INT64_MAX;
    assert_int_equal(vt_shop_rule_check(&rule, &err), VT_ERR_FORMAT);
    rule.until = VT_NONE;
    rule.name = vt_str_of("");
    check_refused(f, &rule, VT_ERR_FORMAT, "the name of what the rule acts on is missing; every row needs one");
    check_rules(f->shop, "");
}

/* Of a thousand, none is too many; the shop stays as it is, and one can be changed. */
static void at_most_a_thousand(void **state)
{
    fixture *f = *state;
    vt_put done;
    check_ok(vt_store_begin(f->store, NULL, NULL, NULL, &err));
    for (int i = 0; i < VT_SHOP_RULES_MAX; i++) {
        char id[VT_RULE_ID_BYTES];
        vt_shop_rule_make_id(id);
        vt_shop_rule rule = rule_of(id, VT_RULE_BLOCK, VT_RULE_ITEM, "tea");
        check_ok(vt_store_put_rule(f->store, &rule, &done, &err));
        assert_int_equal(done, VT_PUT_ADDED);
    }
    vt_shop_rule last = rule_of("last", VT_RULE_BLOCK, VT_RULE_ITEM, "tea");
    check_ok(vt_store_commit(f->store, 0, &err));
    check_refused(f, &last, VT_ERR_LIMIT, "a shop has at most 1000 rules; remove one that is over");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(kept_whole_and_in_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_cannot_be_is_said, set_up, tear_down),
        cmocka_unit_test_setup_teardown(at_most_a_thousand, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
