/* The pipeline behind the callback of evaluation: the same lists as the model's without rules, others with them. */
#include "tea_shop.h"

#include "base/alloc.h"
#include "fault.h"
#include "vitrine/evaluation.h"

typedef struct fixture {
    tea_shop tea;
    vt_model *model;
    vt_split *split;
    vt_rules rules;
    vt_protocol protocol;
} fixture;

static int setup(void **state)
{
    static fixture f;
    vt_error err = VT_ERROR_INIT;
    vt_fit_options options;
    vt_split_spec spec;
    f = (fixture){0};
    tea_shop_init(&f.tea, NULL);
    vt_fit_options_init(&options);
    options.threads = 1;
    check_ok(vt_model_fit(&f.model, "popularity", f.tea.train, &options, &err));
    check_ok(vt_split_parse(&spec, "leave-last-out", &err));
    check_ok(vt_split_create(&f.split, f.tea.snapshot, &spec, 42, 0, false, &err));
    vt_rules_init(&f.rules);
    vt_protocol_init(&f.protocol);
    f.protocol.cutoff[0] = 2;
    f.protocol.n_cutoffs = 1;
    f.protocol.resamples = 0;
    f.protocol.threads = 1;
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    vt_rules_done(&f->rules);
    vt_model_free(f->model);
    vt_split_free(f->split);
    tea_shop_done(&f->tea);
    return 0;
}

static const vt_lister *open_lister(fixture *f)
{
    const vt_lister *lister = NULL;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_shop_lister_open(&lister, vt_shop_path(f->tea.shop), &f->rules, f->tea.snapshot, &err));
    return lister;
}

/* The ids of one list for a user with that history, k of them. */
static void check_list(fixture *f, const vt_query *query, size_t k, const char *expected)
{
    char text[128] = "";
    int32_t items[TEA_ITEMS + 1];
    vt_error err = VT_ERROR_INIT;
    const vt_lister *lister = open_lister(f);
    check_ok(lister->list(lister->context, f->model, query, 1, k, items, &err));
    for (size_t i = 0; i < k && items[i] != -1; i++) {
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, "%.*s ",
                 VT_STR_ARGS(vt_ids_get(&f->tea.snapshot->items, items[i])));
    }
    assert_string_equal(text, expected);
    vt_shop_lister_close(lister);
}

/* Sold: green 4, black 3, mint and pot 2, cup, gone and later 1, bare 0. Stock and times of sale are of today. */
static void candidates_come_from_the_query(void **state)
{
    fixture *f = *state;
    const int32_t green = vt_ids_find(&f->tea.snapshot->items, vt_str_of("green"));
    const int32_t only[] = {0, 1, 2, 4}; /* bare, black, cup, green */
    uint8_t allowed[TEA_ITEMS];
    memset(allowed, 1, sizeof allowed);
    vt_query query = {.allowed = allowed};
    query.state = (vt_user_state){.user = -1, .n = 1, .item = &green, .now = VT_NONE};
    check_list(f, &query, TEA_ITEMS, "green black mint pot cup gone later bare ");
    check_list(f, &query, 2, "green black ");
    query.exclude = &green;
    query.n_exclude = 1;
    allowed[1] = 0; /* black */
    check_list(f, &query, TEA_ITEMS, "mint pot cup gone later bare ");
    query.only = only;
    query.n_only = 4;
    check_list(f, &query, TEA_ITEMS, "cup bare ");
    query.state.n = 0; /* nothing to score from: filled in */
    check_list(f, &query, TEA_ITEMS, "cup bare ");
    query.only = NULL;
    f->rules.brand_cap = 1;
    check_list(f, &query, TEA_ITEMS, "mint pot later bare ");
}

/* Of merchandisers' rules those act that always do; the name says what they do, whatever their ids. */
static void rules_of_merchandisers(void **state)
{
    fixture *f = *state;
    const int32_t green = vt_ids_find(&f->tea.snapshot->items, vt_str_of("green"));
    uint8_t allowed[TEA_ITEMS];
    vt_shop_rule rows[3];
    memset(allowed, 1, sizeof allowed);
    vt_query query = {.allowed = allowed};
    query.state = (vt_user_state){.user = -1, .n = 1, .item = &green, .now = TEA_NOW};
    for (size_t r = 0; r < 3; r++) {
        vt_shop_rule_init(&rows[r]);
        rows[r].id = vt_str_of("r");
        rows[r].action = VT_RULE_PIN;
        rows[r].what = VT_RULE_ITEM;
    }
    rows[0].name = vt_str_of("cup");
    rows[1].name = vt_str_of("pot");
    rows[1].from = TEA_NOW - 1; /* an evaluation has many moments */
    rows[2].action = VT_RULE_BLOCK;
    rows[2].what = VT_RULE_BRAND;
    rows[2].name = vt_str_of("hillmist");
    f->rules.shop_rules = rows;
    f->rules.n_shop_rules = 3;
    check_list(f, &query, TEA_ITEMS, "cup pot later bare ");
    assert_true(allowed[1] == 1); /* the query's own */
    const vt_lister *lister = open_lister(f);
    assert_string_equal(lister->name, "pipeline(pin item=cup:1,block brand=hillmist)");
    vt_shop_lister_close(lister);
}

static double novelty_of(fixture *f, const vt_lister *lister, const char *name)
{
    vt_evaluation e = {0};
    vt_error err = VT_ERROR_INIT;
    f->protocol.lister = lister;
    check_ok(vt_evaluate_fitted(&e, f->model, f->tea.snapshot, f->split, &f->protocol, &err));
    if (name == NULL) {
        assert_null(strstr(e.protocol, "lists="));
    } else {
        assert_non_null(strstr(e.protocol, name));
    }
    double novelty = e.figure[0][VT_METRIC_NOVELTY].value;
    vt_evaluation_done(&e);
    return novelty;
}

/* What is boosted is in every list of two; the protocol's name says by which rules. */
static void evaluated_as_shown(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    const vt_lister *plain = open_lister(f);
    double without = novelty_of(f, NULL, NULL);
    assert_true(novelty_of(f, plain, " lists=pipeline(none)") == without);
    vt_shop_lister_close(plain);
    check_ok(vt_rules_set(&f->rules, "boost", "item=gone:+5", &err));
    const vt_lister *boosted = open_lister(f);
    assert_true(novelty_of(f, boosted, " lists=pipeline(boost=item=gone:+5)") != without);
    vt_shop_lister_close(boosted);
    vt_shop_lister_close(NULL);
    /* what does not act is not named; what items are compared by is */
    check_ok(vt_rules_set(&f->rules, "boost", "none", &err));
    f->rules.replenish = true;
    f->rules.diversity = 0.5;
    const vt_lister *diverse = open_lister(f);
    assert_string_equal(diverse->name, "pipeline(diversity=0.5 by attributes)");
    vt_shop_lister_close(diverse);
}

/* Rules that differ behind the end of the name's buffer have different names all the same. */
static void long_names(void **state)
{
    fixture *f = *state;
    char names[2][256];
    vt_error err = VT_ERROR_INIT;
    for (size_t r = 0; r < 2; r++) {
        char boosts[256] = "";
        for (int i = 0; i < 12; i++) {
            size_t length = strlen(boosts);
            snprintf(boosts + length, sizeof boosts - length, "item=number-%d:%d;", i, i == 11 ? 2 + (int)r : 3);
        }
        check_ok(vt_rules_set(&f->rules, "boost", boosts, &err));
        const vt_lister *lister = open_lister(f);
        snprintf(names[r], sizeof names[r], "%s", lister->name);
        vt_shop_lister_close(lister);
        assert_int_equal(strlen(names[r]), 120 + strlen("pipeline()"));
        assert_non_null(strstr(names[r], "...#"));
    }
    assert_string_not_equal(names[0], names[1]);
}

static int run(void *context, vt_error *err)
{
    fixture *f = context;
    const vt_lister *lister = NULL;
    vt_evaluation e = {0};
    int status = vt_shop_lister_open(&lister, vt_shop_path(f->tea.shop), &f->rules, f->tea.snapshot, err);
    if (status == VT_OK) {
        f->protocol.lister = lister;
        status = vt_evaluate_fitted(&e, f->model, f->tea.snapshot, f->split, &f->protocol, err);
    }
    vt_evaluation_done(&e);
    vt_shop_lister_close(lister);
    return status;
}

static void memory_runs_out(void **state)
{
    assert_true(fault_allocations(run, *state) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(candidates_come_from_the_query, setup, teardown),
        cmocka_unit_test_setup_teardown(evaluated_as_shown, setup, teardown),
        cmocka_unit_test_setup_teardown(rules_of_merchandisers, setup, teardown),
        cmocka_unit_test_setup_teardown(long_names, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_runs_out, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
