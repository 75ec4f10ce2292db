/* Lists without a shop: those of an evaluation, on the data of the fit and on other data with the same ids. */
#include "eval_data.h"
#include "fault.h"

#include <math.h>

#include "vitrine/history_ranker.h"

/* Items a to f; u4 has what the others have and one item more, u5 has nothing that counts. */
static const event_row rows[] = {
    {"u1", "a", 1, 5, 0, 0}, {"u1", "b", 2, 4, 0, 0}, {"u1", "c", 3, 5, 0, 0}, {"u2", "a", 1, 3, 0, 0},
    {"u2", "b", 5, 5, 0, 0}, {"u2", "e", 6, 5, 0, 0}, {"u3", "b", 1, 2, 0, 0}, {"u3", "c", 2, 5, 0, 0},
    {"u3", "f", 7, 5, 0, 0}, {"u4", "a", 8, 5, 0, 0}, {"u4", "d", 9, 5, 0, 0}, {"u5", "a", 3, 0, VIEW_ROW, 0},
};
enum { ROWS = sizeof rows / sizeof *rows, K = 4 };

typedef struct fixture {
    vt_snapshot *snapshot;
    vt_interactions *all;
    vt_model *model;
    vt_model_info info;
} fixture;

static int setup(void **state)
{
    static fixture f;
    vt_error err = VT_ERROR_INIT;
    vt_fit_options options;
    f = (fixture){0};
    vt_fit_options_init(&options);
    options.threads = 1;
    check_ok(snapshot_of(&f.snapshot, rows, ROWS, NULL, &err));
    check_ok(vt_interactions_create(&f.all, f.snapshot, NULL, VT_PARTS_SIGNALS, &err));
    check_ok(vt_model_fit(&f.model, "itemknn", f.all, &options, &err));
    vt_model_describe(f.model, &f.info);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    vt_model_free(f->model);
    vt_interactions_free(f->all);
    vt_snapshot_free(f->snapshot);
    return 0;
}

static vt_history_ranker_options defaults(void)
{
    vt_history_ranker_options options;
    vt_history_ranker_options_init(&options);
    options.threads = 1;
    return options;
}

/* The list and scores of one user of `history`. */
static void list_of(const fixture *f, const vt_interactions *history, const char *user, bool keep_seen, int32_t *items,
                    float *scores)
{
    vt_error err = VT_ERROR_INIT;
    vt_history_ranker *ranker = NULL;
    vt_history_ranker_options options = defaults();
    int32_t number = vt_ids_find(&history->snapshot->users, vt_str_of(user));
    options.keep_seen = keep_seen;
    check_ok(vt_history_ranker_create(&ranker, f->model, history, &err));
    check_ok(vt_history_ranker_list(ranker, &number, 1, K, &options, items, scores, &err));
    vt_history_ranker_free(ranker);
}

static void lists_are_the_best_scores(void **state)
{
    const fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    float all[6], scores[K];
    int32_t items[K];
    int64_t first = f->all->ptr[0];
    vt_user_state u1 = {.user = 0,
                        .n = 3,
                        .item = f->all->item + first,
                        .value = f->all->value + first,
                        .time = f->all->time + first,
                        .kind = f->all->kind + first,
                        .now = VT_NONE,
                        .as_fitted = true};
    assert_int_equal(f->info.n_items, 6);
    check_ok(vt_model_score(f->model, &u1, 1, all, &err));
    list_of(f, f->all, "u1", false, items, scores);
    for (size_t i = 0; i < K && items[i] >= 0; i++) {
        assert_true(items[i] > 2); /* a, b and c are u1's own */
        assert_true(scores[i] == all[items[i]]);
        assert_true(i == 0 || scores[i] <= scores[i - 1]);
    }
    list_of(f, f->all, "u1", true, items, scores);
    assert_true(items[0] <= 2);
}

static void nobody_knows_the_one_without_events(void **state)
{
    const fixture *f = *state;
    float scores[K];
    int32_t items[K];
    list_of(f, f->all, "u5", false, items, scores);
    assert_int_equal(items[0], -1);
}

/* Other data: "0" comes before all items, so that numbers differ, and is none of the model's. */
static void other_data_with_the_same_ids(void **state)
{
    const fixture *f = *state;
    static const event_row others[] = {
        {"u1", "a", 1, 5, 0, 0},  {"u1", "b", 2, 4, 0, 0},  {"u1", "c", 3, 5, 0, 0},
        {"new", "0", 1, 5, 0, 0}, {"new", "a", 2, 5, 0, 0}, {"new", "d", 9, 5, 0, 0},
    };
    static const event_row strange[] = {{"u1", "zebra", 1, 5, 0, 0}};
    vt_error err = VT_ERROR_INIT;
    vt_snapshot *snapshot = NULL, *unknown = NULL;
    vt_interactions *history = NULL, *none = NULL;
    vt_history_ranker *ranker = NULL;
    float scores[K], expected_scores[K];
    int32_t items[K], expected[K];
    check_ok(snapshot_of(&snapshot, others, sizeof others / sizeof *others, NULL, &err));
    check_ok(vt_interactions_create(&history, snapshot, NULL, VT_PARTS_SIGNALS, &err));
    static const char *const pairs[][2] = {{"u1", "u1"}, {"new", "u4"}}; /* here and in the data of the fit */
    for (size_t p = 0; p < 2; p++) {
        list_of(f, history, pairs[p][0], false, items, scores);
        list_of(f, f->all, pairs[p][1], false, expected, expected_scores);
        for (size_t i = 0; i < K && expected[i] >= 0; i++) {
            assert_int_equal(items[i], expected[i]);
            assert_true(fabsf(scores[i] - expected_scores[i]) <= 1e-6F);
        }
    }
    check_ok(snapshot_of(&unknown, strange, 1, NULL, &err));
    check_ok(vt_interactions_create(&none, unknown, NULL, 0, &err));
    assert_int_equal(vt_history_ranker_create(&ranker, f->model, none, &err), VT_ERR_UNSUPPORTED);
    assert_null(ranker);
    vt_interactions_free(none);
    vt_snapshot_free(unknown);
    vt_interactions_free(history);
    vt_snapshot_free(snapshot);
}

static void parts_sum_to_the_score(void **state)
{
    const fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    vt_history_ranker *ranker = NULL;
    vt_history_ranker_options options = defaults();
    vt_explanation why;
    float scores[K];
    int32_t items[K];
    list_of(f, f->all, "u1", false, items, scores);
    check_ok(vt_history_ranker_create(&ranker, f->model, f->all, &err));
    check_ok(vt_history_ranker_explain(&why, ranker, 0, items, 1, &options, &err));
    assert_true(fabs(why.score - (double)scores[0]) <= 1e-4);
    assert_int_equal(why.n_events, 3);
    vt_explanation_done(&why);
    float rating;
    assert_int_equal(vt_history_ranker_predict(&rating, ranker, 0, items, 1, &options, &err), VT_ERR_UNSUPPORTED);
    assert_int_equal(vt_history_ranker_explain(&why, ranker, 99, items, 1, &options, &err), VT_ERR_USAGE);
    assert_int_equal(vt_history_ranker_list(ranker, items, 1, 0, &options, items, scores, &err), VT_ERR_USAGE);
    vt_history_ranker_free(ranker);
}

static int list_everybody(void *context, vt_error *err)
{
    const fixture *f = context;
    static const int32_t users[] = {0, 1, 2, 3, 4};
    int32_t items[5 * K];
    float scores[5 * K];
    vt_history_ranker *ranker = NULL;
    vt_history_ranker_options options = defaults();
    int status = vt_history_ranker_create(&ranker, f->model, f->all, err);
    status = status != VT_OK ? status : vt_history_ranker_list(ranker, users, 5, K, &options, items, scores, err);
    vt_history_ranker_free(ranker);
    return status;
}

static void memory_runs_out(void **state)
{
    assert_true(fault_allocations(list_everybody, *state) > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lists_are_the_best_scores, setup, teardown),
        cmocka_unit_test_setup_teardown(nobody_knows_the_one_without_events, setup, teardown),
        cmocka_unit_test_setup_teardown(other_data_with_the_same_ids, setup, teardown),
        cmocka_unit_test_setup_teardown(parts_sum_to_the_score, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_runs_out, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
