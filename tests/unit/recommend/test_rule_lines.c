/* Rules of merchandisers in the lists of a shop: what its rows say of them, for whom they act, and changes. */
#include "recommend_fixture.h"

static void put_rule(fixture *f, const vt_shop_rule *rule)
{
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    check_ok(vt_shop_rule_put(&done, f->tea.shop, rule, &err));
}

/* Those of merchandisers: a row says which moved it; what dan has, or what is not on sale, no pin brings back. */
static void rules_of_merchandisers(void **state)
{
    fixture *f = *state;
    vt_request request = request_of("dan", 10);
    vt_answer answer = {0};
    vt_error err = VT_ERROR_INIT;
    vt_shop_rule rule;
    vt_shop_rule_init(&rule);
    rule.id = vt_str_of("r1");
    rule.action = VT_RULE_PIN;
    rule.what = VT_RULE_ITEM;
    rule.name = vt_str_of("bare");
    put_rule(f, &rule);
    rule.id = vt_str_of("r2");
    rule.name = vt_str_of("black"); /* bought */
    put_rule(f, &rule);
    rule.id = vt_str_of("r3");
    rule.name = vt_str_of("later"); /* on sale tomorrow */
    put_rule(f, &rule);
    rule.id = vt_str_of("r4");
    rule.action = VT_RULE_BURY;
    rule.what = VT_RULE_CATEGORY;
    rule.name = vt_str_of("tea & coffee");
    rule.addition = 2;
    put_rule(f, &rule);
    rule.id = vt_str_of("r5");
    rule.segment = vt_str_of("gold");
    rule.action = VT_RULE_BLOCK;
    rule.addition = (double)NAN;
    put_rule(f, &rule);
    check_ok(vt_rules_save(f->tea.shop, "brand_cap", "3", &err));
    check_ok(ask_recommend(&answer, f->tea.shop, f->model, &request, &err));
    check_answer(&answer, "bare:popularity pot:itemknn green:itemknn cup:popularity ");
    assert_string_equal(answer.rules, "brand_cap=3,rules=r1+r2+r3+r4");
    check_rules(&answer.items[0], "rule r1: pin item=bare:1");
    check_rules(&answer.items[1], "");
    check_rules(&answer.items[2], "rule r4: bury category=tea & coffee:-2");
    assert_true(answer.items[2].change == -2 && answer.items[2].rank == 1 && answer.items[0].change == 0);
    assert_int_equal(answer.candidates, 4);
    vt_answer_done(&answer);
    vt_user gold;
    vt_put done;
    vt_user_init(&gold);
    gold.id = vt_str_of("dan");
    gold.segment = vt_str_of("Gold"); /* letters of any case */
    vt_store *store = vt_shop_store(f->tea.shop);
    check_ok(vt_store_begin(store, NULL, NULL, NULL, &err));
    check_ok(vt_store_put_user(store, &gold, &done, &err));
    check_ok(vt_store_commit(store, 0, &err));
    check_ok(ask_recommend(&answer, f->tea.shop, f->model, &request, &err));
    check_answer(&answer, "bare:popularity pot:itemknn cup:popularity ");
    assert_string_equal(answer.rules, "brand_cap=3,rules=r1+r2+r3+r4+r5");
    assert_int_equal(answer.candidates, 3);
    vt_answer_done(&answer);
}

/* A list after a change of the rules goes by them, without a new recommender. */
static void a_change_is_in_the_next_list(void **state)
{
    fixture *f = *state;
    engine e;
    vt_request request = request_of("dan", 2);
    vt_answer answer = {0};
    vt_error err = VT_ERROR_INIT;
    vt_shop_rule rule;
    check_ok(engine_open(&e, f->tea.shop, f->model, NULL, &err));
    check_ok(vt_recommend(&answer, e.recommender, &request, &err));
    check_answer(&answer, "green:itemknn pot:itemknn ");
    vt_answer_done(&answer);
    vt_shop_rule_init(&rule);
    rule.id = vt_str_of("r1");
    rule.action = VT_RULE_BLOCK;
    rule.what = VT_RULE_BRAND;
    rule.name = vt_str_of("hillmist");
    put_rule(f, &rule);
    check_ok(vt_live_refresh(e.live, NULL, &err));
    check_ok(vt_recommender_refresh(e.recommender, &err));
    check_ok(vt_recommend(&answer, e.recommender, &request, &err));
    check_answer(&answer, "pot:itemknn cup:popularity ");
    vt_answer_done(&answer);
    request.category = "Kitchen"; /* filters and rules together */
    check_ok(vt_shop_rule_remove(f->tea.shop, vt_str_of("r1"), &err));
    rule.action = VT_RULE_PIN;
    rule.what = VT_RULE_ITEM;
    rule.name = vt_str_of("green");
    put_rule(f, &rule);
    check_ok(vt_live_refresh(e.live, NULL, &err));
    check_ok(vt_recommender_refresh(e.recommender, &err));
    check_ok(vt_recommend(&answer, e.recommender, &request, &err));
    check_answer(&answer, "cup:popularity ");
    vt_answer_done(&answer);
    engine_close(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rules_of_merchandisers, setup, teardown),
        cmocka_unit_test_setup_teardown(a_change_is_in_the_next_list, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
