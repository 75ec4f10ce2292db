/* What a rule would do to a list: both lists, the moves between them, and why it may do nothing. */
#include "recommend_fixture.h"

#include "fault.h"
#include "vitrine/rule_preview.h"

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

/* dan's list is green and pot by the model, cup and bare by sales. "pot 2>1 green 1>2 " or why nothing happens. */
static void check_moves(const engine *e, const vt_request *request, const vt_shop_rule *rule, const char *expected)
{
    char text[256] = "";
    vt_rule_preview p = {0};
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_rule_preview_make(&p, e->recommender, request, rule, &err));
    for (size_t i = 0; i < p.n_moves; i++) {
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, "%s %d>%d ", p.moves[i].item, p.moves[i].before,
                 p.moves[i].after);
    }
    size_t length = strlen(text);
    snprintf(text + length, sizeof text - length, "%s", p.idle);
    assert_string_equal(text, expected);
    vt_rule_preview_done(&p);
}

static void items_that_move(void **state)
{
    static const char *const nowhere =
        "the list does not have it: it is not on sale, filtered out, blocked, disliked or "
        "the user's already, or its place is behind the end";
    fixture *f = *state;
    engine e;
    vt_error err = VT_ERROR_INIT;
    vt_put done;
    vt_request request = request_of("dan", 3);
    check_ok(engine_open(&e, f->tea.shop, f->model, NULL, &err));
    vt_shop_rule rule = rule_of("new", VT_RULE_PIN, VT_RULE_ITEM, "bare");
    check_moves(&e, &request, &rule, "bare 0>1 green 1>2 pot 2>3 cup 3>0 ");
    rule.position = 4;
    check_moves(&e, &request, &rule, nowhere);
    rule = rule_of("new", VT_RULE_PIN, VT_RULE_ITEM, "black"); /* bought */
    check_moves(&e, &request, &rule, nowhere);
    rule = rule_of("new", VT_RULE_BLOCK, VT_RULE_BRAND, "töpferei");
    check_moves(&e, &request, &rule, "bare 0>2 pot 2>0 cup 3>0 ");
    /* as a change of a rule that the shop has: against the shop without it */
    vt_shop_rule there = rule_of("r1", VT_RULE_BLOCK, VT_RULE_ITEM, "green");
    check_ok(vt_shop_rule_put(&done, f->tea.shop, &there, &err));
    engine_close(&e);
    check_ok(engine_open(&e, f->tea.shop, f->model, NULL, &err));
    check_moves(&e, &request, &there, "pot 2>1 cup 3>2 bare 0>3 green 1>0 ");
    rule = rule_of("r2", VT_RULE_BOOST, VT_RULE_ITEM, "green"); /* is blocked */
    check_moves(&e, &request, &rule, "");
    rule = rule_of("r1", VT_RULE_PIN, VT_RULE_ITEM, "cup");
    check_moves(&e, &request, &rule, "cup 3>1 green 1>2 pot 2>3 ");
    engine_close(&e);
}

static void why_one_does_nothing(void **state)
{
    fixture *f = *state;
    engine e;
    vt_error err = VT_ERROR_INIT;
    vt_rule_preview p = {0};
    vt_request request = request_of("dan", 3);
    check_ok(engine_open(&e, f->tea.shop, f->model, NULL, &err));
    vt_shop_rule rule = rule_of("new", VT_RULE_BLOCK, VT_RULE_ITEM, "Green");
    check_moves(&e, &request, &rule, "the shop has no item \"Green\"");
    rule.what = VT_RULE_CATEGORY;
    rule.name = vt_str_of("Tea");
    check_moves(&e, &request, &rule, "the shop has no category \"Tea\"");
    rule.name = vt_str_of("Tea & Coffee");
    rule.until = TEA_NOW;
    check_moves(&e, &request, &rule, "it ended at 2023-11-14 22:13:20");
    rule.until = VT_NONE;
    rule.from = TEA_NOW + 1;
    check_moves(&e, &request, &rule, "it begins at 2023-11-14 22:13:21");
    rule.from = VT_NONE;
    rule.segment = vt_str_of("gold");
    check_moves(&e, &request, &rule, "it is for users of the segment \"gold\"");
    rule.segment = (vt_str){NULL, 0};
    rule.page = vt_str_of("Kitchen");
    check_moves(&e, &request, &rule, "it is for lists of the category \"Kitchen\"");
    rule.action = VT_RULE_PIN;
    assert_int_equal(vt_rule_preview_make(&p, e.recommender, &request, &rule, &err), VT_ERR_FORMAT);
    assert_string_equal(err.message, "a pin puts an item at a place; a category cannot be pinned, but boosted");
    rule.action = VT_RULE_BLOCK;
    request.user = "nobody";
    assert_int_equal(vt_rule_preview_make(&p, e.recommender, &request, &rule, &err), VT_ERR_NOT_FOUND);
    engine_close(&e);
}

static int make_preview(void *context, vt_error *err)
{
    engine *e = context;
    vt_text text = {NULL, 0};
    vt_rule_preview p = {0};
    vt_request request = request_of("dan", 3);
    vt_shop_rule rule = rule_of("new", VT_RULE_BOOST, VT_RULE_BRAND, "töpferei");
    int status = vt_rule_preview_make(&p, e->recommender, &request, &rule, err);
    status = status != VT_OK ? status : vt_rule_preview_json(&text, &p, &request, false, err);
    vt_text_free(&text);
    vt_rule_preview_done(&p);
    return status;
}

static void memory_runs_out(void **state)
{
    fixture *f = *state;
    engine e;
    vt_error err = VT_ERROR_INIT;
    check_ok(engine_open(&e, f->tea.shop, f->model, NULL, &err));
    assert_true(fault_allocations(make_preview, &e) > 30);
    engine_close(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(items_that_move, setup, teardown),
        cmocka_unit_test_setup_teardown(why_one_does_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_runs_out, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
