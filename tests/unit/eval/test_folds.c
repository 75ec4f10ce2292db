/* Fitting and evaluating a kind of model, fold by fold, and the joining of folds by hand. */
#include "eval_data.h"

#include <math.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "fault.h"
#include "vitrine/tuning.h"

static void check_near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-12)) {
        fail_msg("%.15g is not %.15g", value, expected);
    }
}

/* An evaluation at one K in which each user has all per-user metrics at `value`, others at `other`. */
static void hand_made(vt_evaluation *e, const int32_t *user, const double *value, size_t n, double other)
{
    *e = (vt_evaluation){.protocol = "kfold:2 fold=0 positive=rating seed=1",
                         .queries = (int64_t)n,
                         .users = (int64_t)n,
                         .candidates = (int64_t)(10 + n),
                         .positives = 5,
                         .skipped = 1,
                         .n_cutoffs = 1,
                         .cutoff = {5},
                         .fit_seconds = 1};
    e->user = vt_alloc(n, sizeof *e->user, NULL);
    e->per_user = vt_alloc(n, VT_METRICS * sizeof *e->per_user, NULL);
    for (size_t u = 0; u < n; u++) {
        e->user[u] = user[u];
        for (size_t m = 0; m < VT_METRICS; m++) {
            e->per_user[u * VT_METRICS + m] = m < VT_METRIC_COVERAGE ? value[u] : (double)NAN;
        }
    }
    for (size_t m = 0; m < VT_METRICS; m++) {
        e->figure[0][m].value = other;
    }
}

/* User 3 is evaluated in both folds, at 1 and 0.5; 7 at 0 in the first, 5 at 0.5 in the second. */
static void joined_by_hand(void **state)
{
    (void)state;
    vt_evaluation folds[2];
    vt_evaluation e = {0};
    vt_protocol protocol;
    vt_error err = VT_ERROR_INIT;
    vt_protocol_init(&protocol);
    protocol.resamples = 20;
    hand_made(&folds[0], (int32_t[]){3, 7}, (double[]){1, 0}, 2, 0.2);
    hand_made(&folds[1], (int32_t[]){3, 5}, (double[]){0.5, 0.5}, 2, 0.4);
    check_ok(vt_evaluation_join(&e, folds, 2, &protocol, &err));
    assert_string_equal(e.protocol, "kfold:2 folds=2 positive=rating seed=1");
    assert_int_equal(e.users, 3);
    assert_int_equal(e.queries, 4);
    assert_int_equal(e.positives, 10);
    assert_int_equal(e.skipped, 2);
    assert_int_equal(e.candidates, 12);
    assert_int_equal(e.user[0], 3);
    assert_int_equal(e.user[1], 5);
    assert_int_equal(e.user[2], 7);
    check_near(e.per_user[VT_METRIC_NDCG], 0.75);
    check_near(e.figure[0][VT_METRIC_NDCG].value, (0.75 + 0.5 + 0) / 3);
    assert_true(e.figure[0][VT_METRIC_NDCG].low < e.figure[0][VT_METRIC_NDCG].high);
    check_near(e.figure[0][VT_METRIC_COVERAGE].value, 0.3);
    check_near(e.fit_seconds, 2);
    vt_evaluation_done(&e);

    folds[1].cutoff[0] = 6;
    assert_int_equal(vt_evaluation_join(&e, folds, 2, &protocol, &err), VT_ERR_USAGE);
    assert_int_equal(vt_evaluation_join(&e, folds, 0, &protocol, &err), VT_ERR_USAGE);
    vt_evaluation_done(&folds[0]);
    vt_evaluation_done(&folds[1]);
}

/* Five users, each with the same four items: whichever is left out of a fold is what the others buy. */
static const event_row rows[] = {
    {"u1", "a", 1, 5, 0, 0}, {"u1", "b", 2, 5, 0, 0}, {"u1", "c", 3, 5, 0, 0}, {"u1", "d", 4, 5, 0, 0},
    {"u2", "a", 1, 5, 0, 0}, {"u2", "b", 2, 5, 0, 0}, {"u2", "c", 3, 5, 0, 0}, {"u2", "d", 4, 5, 0, 0},
    {"u3", "a", 1, 5, 0, 0}, {"u3", "b", 2, 5, 0, 0}, {"u3", "c", 3, 5, 0, 0}, {"u3", "d", 4, 5, 0, 0},
    {"u4", "a", 1, 5, 0, 0}, {"u4", "b", 2, 5, 0, 0}, {"u4", "c", 3, 5, 0, 0}, {"u4", "d", 4, 5, 0, 0},
    {"u5", "a", 1, 5, 0, 0}, {"u5", "b", 2, 5, 0, 0}, {"u5", "c", 3, 5, 0, 0}, {"u5", "d", 4, 5, 0, 0},
};

typedef struct folds_case {
    vt_snapshot *snapshot;
    vt_split_spec spec;
    vt_protocol protocol;
    vt_fit_options fit;
    vt_evaluation e;
} folds_case;

static void folds_case_init(folds_case *c)
{
    vt_error err = VT_ERROR_INIT;
    *c = (folds_case){0};
    check_ok(snapshot_of(&c->snapshot, rows, sizeof rows / sizeof *rows, NULL, &err));
    check_ok(vt_split_parse(&c->spec, "kfold:4", &err));
    vt_protocol_init(&c->protocol);
    vt_fit_options_init(&c->fit);
    c->protocol.cutoff[0] = 4;
    c->protocol.n_cutoffs = 1;
    c->protocol.threads = 1;
    c->protocol.resamples = 10;
    c->fit.threads = 1;
}

static int run_folds(void *context, vt_error *err)
{
    folds_case *c = context;
    vt_evaluation_done(&c->e);
    return vt_evaluate_folds(&c->e, "popularity", &c->fit, c->snapshot, &c->spec, 42, false, &c->protocol, err);
}

static void every_fold_is_the_test_once(void **state)
{
    (void)state;
    folds_case c;
    vt_error err = VT_ERROR_INIT;
    folds_case_init(&c);
    check_ok(run_folds(&c, &err));
    assert_non_null(strstr(c.e.protocol, "kfold:4 folds=4 positive="));
    assert_int_equal(c.e.positives, 20);
    assert_int_equal(c.e.users, 5);
    /* a list of four without the history holds all that was left out */
    check_near(c.e.figure[0][VT_METRIC_RECALL].value, 1);
    assert_true(c.e.fit_seconds > 0);
    c.spec.kind = VT_SPLIT_LEAVE_LAST_OUT;
    assert_int_equal(run_folds(&c, &err), VT_ERR_USAGE);
    assert_non_null(strstr(err.message, "has no folds"));
    vt_snapshot_free(c.snapshot);
}

/* With one trial a search keeps what it began with, and figures are those without a search. */
static void tuned_in_each_fold(void **state)
{
    (void)state;
    folds_case c;
    vt_tuning tuning;
    vt_evaluation tuned = {0};
    vt_error err = VT_ERROR_INIT;
    static event_row many[600];
    static char names[60][8];
    folds_case_init(&c);
    vt_snapshot_free(c.snapshot);
    for (int r = 0; r < 600; r++) {
        vt_rng rng = vt_rng_at(5, "folds-test", (uint64_t)r, 0);
        snprintf(names[r / 10], sizeof names[0], "u%02d", r / 10);
        static const char *const items[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"};
        many[r] = (event_row){names[r / 10], items[(r / 10 % 2) * 6 + (int)vt_rng_below(&rng, 6)], r, 5, 0, 0};
    }
    check_ok(snapshot_of(&c.snapshot, many, 600, NULL, &err));
    check_ok(vt_evaluate_folds(&c.e, "itemknn", &c.fit, c.snapshot, &c.spec, 42, false, &c.protocol, &err));
    vt_tuning_init(&tuning);
    tuning.kind = "itemknn";
    tuning.fit = c.fit;
    tuning.spec = c.spec;
    tuning.protocol = c.protocol;
    tuning.trials = 1;
    check_ok(vt_evaluate_tuned_folds(&tuned, c.snapshot, &tuning, &err));
    assert_string_equal(tuned.protocol, c.e.protocol);
    assert_memory_equal(tuned.figure, c.e.figure, sizeof tuned.figure);
    vt_evaluation_done(&tuned);
    tuning.trials = 4;
    check_ok(vt_evaluate_tuned_folds(&tuned, c.snapshot, &tuning, &err));
    assert_int_equal(tuned.users, c.e.users);
    assert_true(tuned.figure[0][VT_METRIC_NDCG].value > 0);
    vt_evaluation_done(&tuned);
    tuning.spec.kind = VT_SPLIT_LEAVE_LAST_OUT;
    assert_int_equal(vt_evaluate_tuned_folds(&tuned, c.snapshot, &tuning, &err), VT_ERR_USAGE);
    vt_evaluation_done(&c.e);
    vt_snapshot_free(c.snapshot);
}

/* Lifted, items never sold take places from the others; unlifted, the curve begins at the figure without it. */
static void cold_items_are_lifted(void **state)
{
    (void)state;
    folds_case c;
    vt_split *split = NULL;
    vt_error err = VT_ERROR_INIT;
    const char *settings[] = {"epochs=1", "dimensions=8"};
    static event_row many[600];
    static char names[60][8], items[40][8];
    folds_case_init(&c);
    vt_snapshot_free(c.snapshot);
    for (int r = 0; r < 600; r++) {
        vt_rng rng = vt_rng_at(6, "cold-test", (uint64_t)r, 0);
        int item = (int)vt_rng_below(&rng, 20) + (r >= 400 && r % 2 == 0 ? 20 : 0); /* later half of them are new */
        snprintf(names[r % 60], sizeof names[0], "u%02d", r % 60);
        snprintf(items[item], sizeof items[0], "i%02d", item);
        many[r] = (event_row){names[r % 60], items[item], r, 5, 0, 0};
    }
    check_ok(snapshot_of(&c.snapshot, many, 600, NULL, &err));
    check_ok(vt_split_parse(&c.spec, "time:0.66,0,0.34", &err));
    check_ok(vt_split_create(&split, c.snapshot, &c.spec, 42, 0, false, &err));
    c.fit.settings = settings;
    c.fit.n_settings = 2;
    c.protocol.cold_curve = true;
    check_ok(vt_evaluate_model(&c.e, "fusion", &c.fit, c.snapshot, split, &c.protocol, &err));
    assert_int_equal(c.e.n_cold, VT_COLD_POINTS);
    check_near(c.e.cold[0].offset, 0);
    check_near(c.e.cold[0].all, c.e.figure[0][VT_METRIC_NDCG].value);
    for (size_t p = 1; p < VT_COLD_POINTS; p++) {
        assert_true(c.e.cold[p].offset > c.e.cold[p - 1].offset);
        assert_true(c.e.cold[p].cold >= c.e.cold[p - 1].cold && c.e.cold[p].warm <= c.e.cold[p - 1].warm);
    }
    assert_true(c.e.cold[VT_COLD_POINTS - 1].cold > c.e.cold[0].cold);
    assert_true(c.e.cold[VT_COLD_POINTS - 1].warm < c.e.cold[0].warm);
    vt_evaluation_done(&c.e);
    vt_split_free(split);
    vt_snapshot_free(c.snapshot);
}

static void memory_runs_out(void **state)
{
    (void)state;
    folds_case c;
    folds_case_init(&c);
    assert_true(fault_allocations(run_folds, &c) > 40);
    vt_evaluation_done(&c.e);
    vt_snapshot_free(c.snapshot);
}

/* What will be refused is refused before a model is fitted: the unknown kind is never looked at. */
static void refused_before_fitting(void **state)
{
    (void)state;
    folds_case c;
    vt_split *split = NULL;
    vt_error err = VT_ERROR_INIT;
    folds_case_init(&c);
    check_ok(vt_split_parse(&c.spec, "none", &err));
    check_ok(vt_split_create(&split, c.snapshot, &c.spec, 42, 0, false, &err));
    assert_int_equal(vt_evaluate_model(&c.e, "no-such-kind", &c.fit, c.snapshot, split, &c.protocol, &err),
                     VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "split none leaves no test events"));
    vt_split_free(split);
    vt_snapshot_free(c.snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joined_by_hand),         cmocka_unit_test(every_fold_is_the_test_once),
        cmocka_unit_test(refused_before_fitting), cmocka_unit_test(tuned_in_each_fold),
        cmocka_unit_test(cold_items_are_lifted),  cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
