/* Rules of merchandisers over lists of eight products: what they do, when and for whom, and that prefixes stay. */
#include "list_fixture.h"

#include "base/rng.h"
#include "fault.h"

/* The next rule of the fixture. */
static vt_shop_rule *add(fixture *f, vt_rule_action action, vt_rule_what what, const char *name)
{
    static char ids[4][4];
    size_t at = f->rules.n_shop_rules++;
    vt_shop_rule *rule = &f->row[at];
    vt_shop_rule_init(rule);
    snprintf(ids[at], sizeof ids[at], "r%zu", at);
    rule->id = vt_str_of(ids[at]);
    rule->action = (int)action;
    rule->what = (int)what;
    rule->name = vt_str_of(name);
    return rule;
}

/* Relevances: green 1, black .9, gone .8, mint .6, pot .5, cup 0. */
static void boosts_and_buries(void **state)
{
    fixture *f = *state;
    vt_shop_rule *rule = add(f, VT_RULE_BOOST, VT_RULE_ITEM, "pot");
    check_list(f, "green pot black gone mint cup | later bare "); /* twice .5, where nothing else is said */
    near(f->placed[1].change, 0.5);
    assert_int_equal(f->placed[1].changed, VT_CHANGED_BOOST);
    assert_int_equal(f->placed[1].rank, 5);
    rule->factor = 2.5;
    check_list(f, "pot green black gone mint cup | later bare ");
    rule->factor = (double)NAN;
    rule->addition = 0.2; /* .7 */
    check_list(f, "green black gone pot mint cup | later bare ");
    rule->action = VT_RULE_BURY; /* .3 */
    check_list(f, "green black gone mint pot cup | later bare ");
    near(f->placed[4].change, -0.2);
    rule->what = VT_RULE_BRAND;
    rule->name = vt_str_of("HILLMIST"); /* .8, .7, .6, .4 */
    check_list(f, "green black gone pot mint cup | later bare ");
    add(f, VT_RULE_BURY, VT_RULE_CATEGORY, "tea & coffee > green tea"); /* green .3, gone .2: halved first, then less */
    check_list(f, "black pot mint green gone cup | later bare ");
    set(f, "boost", "item=black:0.1"); /* the settings and the rows are one thing */
    check_list(f, "pot mint green gone cup black | later bare ");
}

static void pins(void **state)
{
    fixture *f = *state;
    vt_shop_rule *rule = add(f, VT_RULE_PIN, VT_RULE_ITEM, "cup");
    check_list(f, "cup green black gone mint pot | later bare ");
    assert_int_equal(f->placed[0].changed, VT_CHANGED_PIN);
    assert_int_equal(f->placed[0].rank, 6);
    near(f->placed[0].change, 0);
    near(f->placed[0].score, 10);
    rule->position = 3;
    check_list(f, "green black cup gone mint pot | later bare ");
    add(f, VT_RULE_PIN, VT_RULE_ITEM, "green")->position = 3; /* the older one first, then the next place */
    check_list(f, "black gone cup green mint pot | later bare ");
    add(f, VT_RULE_PIN, VT_RULE_ITEM, "cup")->position = 5; /* has its place */
    check_list(f, "black gone cup green mint pot | later bare ");
    f->rules.n_shop_rules = 0;
    add(f, VT_RULE_PIN, VT_RULE_ITEM, "later")->position = 2; /* without a score: by what was sold */
    check_list(f, "green | later black gone mint pot cup | bare ");
    near(f->placed[1].score, 20);
    f->row[0].position = 100; /* behind the end: the last */
    check_list(f, "green black gone mint pot cup | bare later ");
    f->listing.n = 7;
    check_list(f, "green black gone mint pot cup | bare ");
    f->row[0].position = 1;
    f->allowed[LATER] = 0; /* not on sale, or bought already: no place */
    check_list(f, "green black gone mint pot cup | bare ");
    f->listing.scores = NULL;
    f->allowed[LATER] = 1;
    check_list(f, "| later green black mint pot cup gone ");
    f->row[0].name = vt_str_of("nothing");
    check_list(f, "| green black later mint pot cup gone ");
}

/* A pin stands whatever caps and diversity say, and counts for what comes after it. */
static void pins_and_caps(void **state)
{
    fixture *f = *state;
    set(f, "brand_cap", "1");
    add(f, VT_RULE_PIN, VT_RULE_ITEM, "mint")->position = 2; /* green is hillmist's too */
    check_list(f, "green mint pot | later bare ");
    f->row[0].position = 1;
    check_list(f, "mint pot | later bare ");
}

static void blocks(void **state)
{
    fixture *f = *state;
    vt_shop_rule *rule = add(f, VT_RULE_BLOCK, VT_RULE_BRAND, "hillmist");
    check_list(f, "pot cup | later bare ");
    assert_int_equal(f->placed[0].changed, 0);
    rule->what = VT_RULE_CATEGORY;
    rule->name = vt_str_of("Tea & Coffee");
    check_list(f, "pot cup | bare ");
    rule->what = VT_RULE_ITEM;
    rule->name = vt_str_of("green");
    add(f, VT_RULE_PIN, VT_RULE_ITEM, "green"); /* what is blocked is not pinned */
    check_list(f, "black gone mint pot cup | later bare ");
}

static void dates_segments_and_pages(void **state)
{
    static const char *const with = "cup green black gone mint pot | later bare ";
    static const char *const without = "green black gone mint pot cup | later bare ";
    fixture *f = *state;
    vt_shop_rule *rule = add(f, VT_RULE_PIN, VT_RULE_ITEM, "cup");
    rule->from = TEA_NOW;
    rule->until = TEA_NOW + 1;
    check_list(f, with);
    f->occasion.now = TEA_NOW + 1;
    check_list(f, without);
    f->occasion.now = TEA_NOW - 1;
    check_list(f, without);
    f->occasion.now = VT_NONE; /* an evaluation, which has many moments */
    check_list(f, without);
    rule->from = rule->until = VT_NONE;
    check_list(f, with);
    rule->segment = vt_str_of(" Gold ");
    check_list(f, without); /* nobody's list */
    f->occasion.segment = "silver";
    check_list(f, without);
    f->occasion.segment = "gold";
    check_list(f, with);
    rule->page = vt_str_of("Kitchen");
    check_list(f, without);
    f->occasion.page = "kitchen > cups";
    check_list(f, with);
    f->occasion.page = "kitchenware";
    check_list(f, without);
}

/* 300 random sets of rules: the first places of the longest list are each shorter one, and blocks and pins hold. */
static void shorter_lists_are_prefixes(void **state)
{
    fixture *f = *state;
    vt_placed all[TEA_ITEMS];
    vt_error err = VT_ERROR_INIT;
    vt_rng rng = vt_rng_at(20261130, "rules", 0, 0);
    set(f, "explore", "0.3");
    set(f, "brand_cap", "3");
    for (int round = 0; round < 300; round++) {
        f->rules.n_shop_rules = 0;
        for (int r = 0; r < 4; r++) {
            vt_rule_action action = (vt_rule_action)vt_rng_below(&rng, VT_RULE_ACTIONS);
            bool brand = action != VT_RULE_PIN && vt_rng_below(&rng, 3) == 0;
            const tea_item *item = &tea_items[vt_rng_below(&rng, TEA_ITEMS)];
            vt_shop_rule *rule = add(f, action, brand ? VT_RULE_BRAND : VT_RULE_ITEM, brand ? "hillmist" : item->id);
            rule->position = action == VT_RULE_PIN ? 1 + (int64_t)vt_rng_below(&rng, 9) : VT_NONE;
        }
        f->listing.n = TEA_ITEMS;
        check_ok(make_list(f, &err));
        size_t n = f->n;
        memcpy(all, f->placed, sizeof all);
        for (f->listing.n = 1; f->listing.n < TEA_ITEMS; f->listing.n++) {
            check_ok(make_list(f, &err));
            assert_int_equal(f->n, f->listing.n < n ? f->listing.n : n);
            for (size_t i = 0; i < f->n; i++) {
                assert_int_equal(f->placed[i].item, all[i].item);
                assert_int_equal(f->placed[i].changed, all[i].changed);
            }
        }
    }
}

static void memory_runs_out(void **state)
{
    fixture *f = *state;
    add(f, VT_RULE_BOOST, VT_RULE_BRAND, "brook");
    add(f, VT_RULE_PIN, VT_RULE_ITEM, "cup")->page = vt_str_of("Kitchen");
    add(f, VT_RULE_BLOCK, VT_RULE_CATEGORY, "kitchen")->segment = vt_str_of("gold");
    f->occasion = (vt_occasion){TEA_NOW, "gold", "kitchen"};
    assert_true(fault_allocations(make_list, f) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(boosts_and_buries, setup, teardown),
        cmocka_unit_test_setup_teardown(pins, setup, teardown),
        cmocka_unit_test_setup_teardown(pins_and_caps, setup, teardown),
        cmocka_unit_test_setup_teardown(blocks, setup, teardown),
        cmocka_unit_test_setup_teardown(dates_segments_and_pages, setup, teardown),
        cmocka_unit_test_setup_teardown(shorter_lists_are_prefixes, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_runs_out, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
