/* Retraining: the rule, what is compared with what, which files stay. */
#include "tea_shop.h"

#include "vitrine/choice.h"
#include "vitrine/retrain.h"

static vt_difference difference(double value, double low, double high)
{
    return (vt_difference){.value = {value, low, high}, .p = .5};
}

static void not_worse_is_accepted(void **state)
{
    (void)state;
    const struct {
        double old, value, low, high;
        bool accepted;
    } rows[] = {
        {.100, .010, .005, .015, true},      /* better */
        {.100, .000, .000, .000, true},      /* the same model */
        {.100, -.001, -.004, .002, true},    /* a little below, within chance */
        {.100, -.003, -.010, .004, false},   /* within chance, but 3 % below */
        {.100, -.001, -.002, -.0005, false}, /* a little below, and surely */
        {.000, .000, .000, .000, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const vt_difference d = difference(rows[i].value, rows[i].low, rows[i].high);
        assert_int_equal(vt_retrain_accepts(rows[i].old, &d), rows[i].accepted);
    }
}

static void names_of_automatic_models(void **state)
{
    (void)state;
    assert_true(vt_model_is_automatic("itemknn-20261130T221500"));
    assert_true(vt_model_is_automatic("mlp-fusion-20261130T221500"));
    static const char *const others[] = {"itemknn",          "itemknn-20261130",        "mine-20261130T221500",
                                         "-20261130T221500", "itemknn-20261130x221500", ""};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_false(vt_model_is_automatic(others[i]));
    }
}

enum { GROUPS = 3 };

/* Users who buy one of a pair first and the other one later, which itemknn learns, and popularity not. */
static void add_users(tea_shop *tea, int first, int n, int64_t time)
{
    static const char *const pairs[GROUPS][2] = {{"black", "pot"}, {"mint", "cup"}, {"bare", "gone"}};
    event_row *rows = calloc((size_t)n * 2, sizeof *rows);
    char(*names)[16] = calloc((size_t)n, sizeof *names);
    assert_true(rows != NULL && names != NULL);
    for (int i = 0; i < n; i++) {
        snprintf(names[i], sizeof names[i], "p%05d", first + i);
        rows[i] = (event_row){names[i], pairs[i % GROUPS][0], time + i, 0, VT_EVENT_PURCHASE, 0};
        rows[n + i] = (event_row){names[i], pairs[i % GROUPS][1], time + n + i, 0, VT_EVENT_PURCHASE, 0};
    }
    tea_shop_add(tea, rows, (size_t)n * 2);
    free(rows);
    free(names);
}

static vt_retraining retrain(tea_shop *tea, const char *kind, bool force)
{
    vt_error err = VT_ERROR_INIT;
    vt_retrain_options options;
    vt_retraining verdict;
    vt_retrain_options_init(&options);
    options.kind = kind;
    options.force = force;
    options.threads = 1;
    check_ok(vt_retrain(&verdict, tea->shop, &options, &err));
    return verdict;
}

static int count_model(void *context, const vt_model_file *file)
{
    *(int *)context += vt_model_is_automatic(file->name);
    return VT_OK;
}

static void a_better_model_answers_and_a_worse_one_does_not(void **state)
{
    (void)state;
    tea_shop tea;
    vt_error err = VT_ERROR_INIT;
    vt_active_model active;
    tea_shop_init(&tea, NULL);
    const char *shop = vt_shop_path(tea.shop);
    add_users(&tea, 0, 2400, 1000);

    const vt_retraining first = retrain(&tea, NULL, false);
    assert_string_equal(first.old, "popularity");
    assert_true(first.compared && first.accepted && first.users >= VT_RETRAIN_USERS_MIN);
    assert_true(first.difference.value.low > 0 && first.value.value > .9);
    assert_true(vt_model_is_automatic(first.name) && strncmp(first.name, "itemknn-", 8) == 0);
    check_ok(vt_model_active(&active, shop, &err));
    assert_string_equal(active.name, first.name);

    /* the model that is kept has not seen what was held out, so the same events serve again */
    const vt_retraining worse = retrain(&tea, "popularity", false);
    assert_string_equal(worse.old, first.name);
    assert_true(worse.compared && !worse.accepted && worse.difference.value.high < 0);
    assert_string_equal(worse.name, "");
    assert_int_equal(strncmp(worse.why, "worse than", 10), 0);
    check_ok(vt_model_active(&active, shop, &err));
    assert_string_equal(active.name, first.name);

    const vt_retraining forced = retrain(&tea, "popularity", true);
    assert_true(forced.accepted && strstr(forced.why, "forced") != NULL);
    check_ok(vt_model_active(&active, shop, &err));
    assert_string_equal(active.name, forced.name);
    assert_string_equal(active.previous, first.name);
    tea_shop_done(&tea);
}

static void a_model_that_has_seen_all_waits_for_new_events(void **state)
{
    (void)state;
    tea_shop tea;
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *snapshot = NULL;
    vt_interactions *train = NULL;
    vt_model *model = NULL;
    vt_fit_options fit;
    vt_snapshot_options options;
    tea_shop_init(&tea, NULL);
    add_users(&tea, 0, 2400, 1000);
    vt_fit_options_init(&fit);
    fit.threads = 1;
    vt_snapshot_options_init(&options);
    check_ok(vt_snapshot_take(&snapshot, tea.shop, &options, &err));
    check_ok(vt_interactions_create(&train, snapshot, NULL, 0, &err));
    check_ok(vt_model_fit(&model, "itemknn", train, &fit, &err));
    check_ok(vt_model_save_in(vt_shop_path(tea.shop), "mine", model, train, NULL, &err));

    const vt_retraining early = retrain(&tea, NULL, false);
    assert_true(!early.compared && !early.accepted && early.fitted_on == 0);
    assert_non_null(strstr(early.why, "not enough new events to compare with mine"));

    add_users(&tea, 3000, 100, 10000);
    const vt_retraining few = retrain(&tea, NULL, false);
    assert_true(!few.compared && !few.accepted);

    add_users(&tea, 4000, 230, 20000);
    const vt_retraining enough = retrain(&tea, NULL, false);
    assert_true(enough.compared && enough.accepted && enough.since > 5800);
    assert_string_equal(enough.old, "mine");
    assert_true(enough.users >= VT_RETRAIN_USERS_MIN);
    vt_model_free(model);
    vt_interactions_free(train);
    vt_snapshot_free(snapshot);
    tea_shop_done(&tea);
}

static void three_automatic_models_stay(void **state)
{
    (void)state;
    tea_shop tea;
    vt_error err = VT_ERROR_INIT;
    char last[256] = "";
    int n = 0;
    tea_shop_init(&tea, NULL);
    for (int i = 0; i < 6; i++) {
        const vt_retraining made = retrain(&tea, i % 2 == 0 ? "itemknn" : "popularity", true);
        assert_true(strcmp(made.name, last) != 0);
        snprintf(last, sizeof last, "%s", made.name);
    }
    check_ok(vt_model_files(vt_shop_path(tea.shop), count_model, &n, &err));
    assert_true(n >= 3 && n <= 5); /* besides the newest the active and the previous one, within one second */
    tea_shop_done(&tea);
}

static void what_cannot_be_done_is_said(void **state)
{
    (void)state;
    tea_shop tea;
    vt_error err = VT_ERROR_INIT;
    vt_retrain_options options;
    vt_retraining verdict;
    tea_shop_init(&tea, NULL);
    vt_retrain_options_init(&options);
    options.holdout = .7;
    assert_int_equal(vt_retrain(&verdict, tea.shop, &options, &err), VT_ERR_USAGE);
    vt_retrain_options_init(&options);
    options.old = "none";
    assert_int_equal(vt_retrain(&verdict, tea.shop, &options, &err), VT_ERR_NOT_FOUND);
    vt_retrain_options_init(&options);
    options.positive = "dislike";
    assert_int_equal(vt_retrain(&verdict, tea.shop, &options, &err), VT_ERR_UNSUPPORTED);
    tea_shop_done(&tea);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(not_worse_is_accepted),
        cmocka_unit_test(names_of_automatic_models),
        cmocka_unit_test(a_better_model_answers_and_a_worse_one_does_not),
        cmocka_unit_test(a_model_that_has_seen_all_waits_for_new_events),
        cmocka_unit_test(three_automatic_models_stay),
        cmocka_unit_test(what_cannot_be_done_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
