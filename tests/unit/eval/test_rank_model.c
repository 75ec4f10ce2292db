/*
 * Lists from fitted models: best first, ties to the smaller id, prefixes, what may not be ranked; files that may be
 * evaluated.
 */
#include "eval_data.h"

#include "base/rng.h"
#include "fault.h"

enum { USERS = 80, ITEMS = 50, EVENTS = 6 };

typedef struct fixture {
    eval_data data;
    vt_interactions *train;
    vt_model *model;
    uint8_t allowed[ITEMS];
} fixture;

/* Users with six random items of fifty, low numbers more often; the last event is test. */
static void many(eval_data *data, const char *split)
{
    static event_row rows[USERS * EVENTS];
    static char names[USERS + ITEMS][8];
    vt_rng rng = vt_rng_at(4, "rank-model-test", 0, 0);
    for (int i = 0; i < USERS + ITEMS; i++) {
        snprintf(names[i], sizeof names[i], "%c%03d", i < USERS ? 'u' : 'i', i);
    }
    for (int r = 0; r < USERS * EVENTS; r++) {
        double at = vt_rng_unit(&rng);
        rows[r] = (event_row){names[r / EVENTS], names[USERS + (int)(at * at * ITEMS)], 100 + r, 5, 0, 0};
    }
    eval_data_split(data, rows, USERS * EVENTS, split);
}

static int setup(void **state)
{
    static fixture f;
    vt_error err = VT_ERROR_INIT;
    vt_fit_options fit;
    char trained_on[VT_TRAINED_ON_BYTES];
    const char *settings[] = {"factors=8", "iterations=3"};
    f = (fixture){0};
    many(&f.data, "leave-last-out");
    vt_fit_options_init(&fit);
    vt_evaluation_trained_on(trained_on, f.data.split);
    fit.trained_on = trained_on;
    fit.settings = settings;
    fit.n_settings = 2;
    check_ok(vt_interactions_create(&f.train, f.data.snapshot, f.data.split, 1u << VT_PART_TRAIN, &err));
    check_ok(vt_model_fit(&f.model, "ials", f.train, &fit, &err));
    memset(f.allowed, 1, sizeof f.allowed);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    vt_model_free(f->model);
    vt_interactions_free(f->train);
    eval_data_done(&f->data);
    return 0;
}

static vt_query query_of(const fixture *f, int32_t user)
{
    int64_t at = f->train->ptr[user];
    return (vt_query){
        .allowed = f->allowed,
        .state = {.user = user,
                  .n = (size_t)(f->train->ptr[user + 1] - at),
                  .item = f->train->item + at,
                  .time = f->train->time + at,
                  .value = f->train->value + at,
                  .kind = f->train->kind + at,
                  .now = VT_NONE,
                  .as_fitted = true},
    };
}

/* Against the scores: descending, ties by id, everything left out scores no higher than the last. */
static void lists_follow_the_scores(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    const int32_t exclude[] = {0, 3};
    f->allowed[1] = 0;
    for (int32_t user = 0; user < USERS; user++) {
        float scores[ITEMS];
        int32_t items[ITEMS];
        bool listed[ITEMS] = {false};
        vt_query query = query_of(f, user);
        query.exclude = exclude;
        query.n_exclude = 2;
        check_ok(vt_model_score(f->model, &query.state, 1, scores, &err));
        check_ok(vt_rank_model(f->model, &query, 1, ITEMS, items, &err));
        size_t n = 0;
        for (; n < ITEMS && items[n] != -1; n++) {
            listed[items[n]] = true;
            if (n > 0) {
                float before = scores[items[n - 1]];
                assert_true(before > scores[items[n]] || (before == scores[items[n]] && items[n - 1] < items[n]));
            }
        }
        assert_false(listed[0] || listed[1] || listed[3]);
        int32_t possible = 0;
        for (int32_t i = 0; i < ITEMS; i++) {
            possible += i != 0 && i != 1 && i != 3 && scores[i] > -1e30f;
        }
        assert_int_equal(n, possible);
    }
}

static void first_five_of_twenty(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    vt_query queries[USERS];
    int32_t twenty[USERS * 20];
    int32_t five[USERS * 5];
    for (int32_t user = 0; user < USERS; user++) {
        queries[user] = query_of(f, user);
    }
    check_ok(vt_rank_model(f->model, queries, USERS, 20, twenty, &err));
    check_ok(vt_rank_model(f->model, queries, USERS, 5, five, &err));
    for (size_t user = 0; user < USERS; user++) {
        assert_memory_equal(twenty + user * 20, five + user * 5, 5 * sizeof *five);
    }
}

static void only_named_items_are_ranked(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    const int32_t only[] = {2, 7, 11, 30};
    const int32_t exclude[] = {7};
    vt_query query = query_of(f, 5);
    int32_t all[ITEMS];
    int32_t items[10];
    check_ok(vt_rank_model(f->model, &query, 1, ITEMS, all, &err));
    query.only = only;
    query.n_only = 4;
    query.exclude = exclude;
    query.n_exclude = 1;
    f->allowed[30] = 0;
    check_ok(vt_rank_model(f->model, &query, 1, 10, items, &err));
    /* 2 and 11 are left, in the order they have among all */
    size_t at = 0;
    for (size_t i = 0; i < ITEMS && all[i] != -1; i++) {
        if (all[i] == 2 || all[i] == 11) {
            assert_int_equal(items[at++], all[i]);
        }
    }
    assert_int_equal(at, 2);
    assert_int_equal(items[2], -1);
}

static void same_on_many_threads(void **state)
{
    fixture *f = *state;
    vt_evaluation one = {0};
    vt_evaluation many_threads = {0};
    vt_protocol protocol;
    vt_error err = VT_ERROR_INIT;
    vt_protocol_init(&protocol);
    protocol.resamples = 100;
    protocol.threads = 1;
    check_ok(vt_evaluate(&one, f->data.snapshot, f->data.split, &protocol, vt_rank_model, f->model, &err));
    protocol.threads = 5;
    check_ok(vt_evaluate(&many_threads, f->data.snapshot, f->data.split, &protocol, vt_rank_model, f->model, &err));
    assert_memory_equal(one.figure, many_threads.figure, sizeof one.figure);
    assert_memory_equal(one.per_user, many_threads.per_user,
                        (size_t)one.users * one.n_cutoffs * VT_METRICS * sizeof *one.per_user);
    assert_int_equal(one.users, USERS);
    vt_evaluation_done(&one);
    vt_evaluation_done(&many_threads);
}

static void check_accepts(const fixture *f, const vt_snapshot *snapshot, const char *split, const char *why)
{
    vt_split_spec spec;
    vt_split *other = NULL;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_split_parse(&spec, split, &err));
    check_ok(vt_split_create(&other, snapshot, &spec, 43, 0, false, &err));
    int status = vt_evaluation_accepts(f->model, snapshot, other, &err);
    if (why == NULL) {
        check_ok(status);
    } else {
        assert_int_equal(status, VT_ERR_UNSUPPORTED);
        if (strstr(err.message, why) == NULL) {
            fail_msg("\"%s\" does not say \"%s\"", err.message, why);
        }
    }
    vt_split_free(other);
}

static void models_that_know_the_test_are_refused(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    vt_fit_options fit;
    vt_split_spec spec;
    vt_split *inner = NULL;
    vt_snapshot *other = NULL;
    vt_interactions *everything = NULL;
    fixture all = *f;
    check_accepts(f, f->data.snapshot, "leave-last-out", NULL); /* no seed in it */
    check_accepts(f, f->data.snapshot, "leave-one-out",
                  "was fitted on split \"leave-last-out\", and \"leave-one-out\"");
    check_accepts(f, f->data.snapshot, "ratio:0.5", "and \"ratio:0.5 seed=43\" is to be evaluated");
    check_ok(vt_split_parse(&spec, "leave-last-out", &err));
    check_ok(vt_split_create(&inner, f->data.snapshot, &spec, 42, 0, true, &err));
    assert_int_equal(vt_evaluation_accepts(f->model, f->data.snapshot, inner, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "inner validation part"));
    vt_split_free(inner);

    const event_row rows[] = {{"u", "a", 1, 5, 0, 0}, {"u", "b", 2, 5, 0, 0}};
    check_ok(snapshot_of(&other, rows, 2, NULL, &err));
    check_accepts(f, other, "leave-last-out", "was fitted on other data");
    vt_snapshot_free(other);

    vt_fit_options_init(&fit);
    check_ok(vt_interactions_create(&everything, f->data.snapshot, NULL, 0, &err));
    check_ok(vt_model_fit(&all.model, "popularity", everything, &fit, &err));
    check_accepts(&all, f->data.snapshot, "leave-last-out", "was fitted on all events");
    vt_model_free(all.model);
    vt_interactions_free(everything);
}

/*
 * At fitting x has 2 (t1, t2) and y 1 (t3). t1 and t2 turn to y before s comes: live, y has 3 by then and s is served
 * right; frozen, s is shown x. t1 and t2 have x already and are shown y in both.
 */
static void popularity_moves_on_when_live(void **state)
{
    (void)state;
    const event_row rows[] = {
        {"t1", "x", 1, 5, 0, VT_PART_TRAIN}, {"t1", "y", 10, 5, 0, TEST_PART}, {"t2", "x", 2, 5, 0, VT_PART_TRAIN},
        {"t2", "y", 11, 5, 0, TEST_PART},    {"s", "y", 12, 5, 0, TEST_PART},  {"t3", "y", 3, 5, 0, VT_PART_TRAIN},
    };
    eval_data data = {0};
    vt_error err = VT_ERROR_INIT;
    vt_fit_options fit;
    vt_fit_options_init(&fit);
    eval_data_split(&data, rows, 6, "given");
    for (int live = 0; live < 2; live++) {
        vt_evaluation e = {0};
        vt_protocol protocol;
        vt_protocol_init(&protocol);
        protocol.state = live ? VT_STATE_LIVE : VT_STATE_FROZEN;
        protocol.cutoff[0] = 1;
        protocol.n_cutoffs = 1;
        protocol.resamples = 0;
        check_ok(vt_evaluate_model(&e, "popularity", &fit, data.snapshot, data.split, &protocol, &err));
        assert_int_equal(e.users, 3);
        assert_true(e.figure[0][VT_METRIC_HR].value == (live ? 1.0 : 2.0 / 3));
        vt_evaluation_done(&e);
    }
    eval_data_done(&data);
}

static int run(void *context, vt_error *err)
{
    fixture *f = context;
    int32_t items[3];
    vt_query query = query_of(f, 0);
    return vt_rank_model(f->model, &query, 1, 3, items, err);
}

static void memory_runs_out(void **state)
{
    assert_true(fault_allocations(run, *state) >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lists_follow_the_scores, setup, teardown),
        cmocka_unit_test_setup_teardown(first_five_of_twenty, setup, teardown),
        cmocka_unit_test_setup_teardown(only_named_items_are_ranked, setup, teardown),
        cmocka_unit_test_setup_teardown(same_on_many_threads, setup, teardown),
        cmocka_unit_test_setup_teardown(models_that_know_the_test_are_refused, setup, teardown),
        cmocka_unit_test(popularity_moves_on_when_live),
        cmocka_unit_test_setup_teardown(memory_runs_out, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
