/* Churn: golden values of scikit-learn and LightGBM, figures by hand, calibration, reasons that sum up, faults. */
#include "check.h"
#include "fault.h"
#include "numbers.h"

#include <math.h>

#include "base/rng.h"
#include "insight/churn/churn.h"
#include "insight/churn/logistic.h"

enum { N = 160, F = 3, MANY = 3000, WIDE = 5 };

static double golden_x[N * F];
static uint8_t golden_label[N];
static const int32_t golden_levels[F] = {0, 0, 3};
static const char *const names[WIDE] = {"a", "b", "c", "d", "e"};
static const vt_features golden_features = {golden_x, names, golden_levels, N, F};

static void near(const char *what, double got, double wanted, double within)
{
    if (!(fabs(got - wanted) <= within * (1.0 + fabs(wanted)))) {
        fail_msg("%s: %.15g instead of %.15g", what, got, wanted);
    }
}

static void read_data(FILE *file)
{
    double column[N];
    for (int f = 0; f < F; f++) {
        read_numbers(file, column, N);
        for (int i = 0; i < N; i++) {
            golden_x[i * F + f] = column[i] == -999.0 ? NAN : column[i];
        }
    }
    read_numbers(file, column, N);
    for (int i = 0; i < N; i++) {
        golden_label[i] = column[i] > 0.5;
    }
}

static void check_logistic(FILE *file, double *score)
{
    double wanted[N], contribution[N * (F + 1)];
    int32_t row[N];
    vt_logistic *model = NULL;
    vt_error err = VT_ERROR_INIT;
    for (int i = 0; i < N; i++) {
        row[i] = i;
    }
    check_ok(vt_logistic_fit(&model, &golden_features, golden_label, row, N, 0.01, 1, &err));
    vt_logistic_score(score, model, &golden_features, row, N);
    vt_logistic_explain(contribution, model, &golden_features, row, N);
    read_numbers(file, wanted, N);
    for (int i = 0; i < N; i++) {
        double sum = 0.0;
        near("score", score[i], wanted[i], 1e-4); /* the conditional logit stops at a loss that is right to 1e-7 */
        for (int f = 0; f <= F; f++) {
            sum += contribution[i * (F + 1) + f];
        }
        near("sum of contributions", sum, score[i], 1e-12);
        score[i] = wanted[i];
    }
    vt_logistic_free(model);
}

static void check_platt(FILE *file, const double *score, double *chance)
{
    vt_calibration calibration;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_calibration_fit(&calibration, VT_CALIBRATE_AUTO, score, golden_label, N, &err));
    assert_int_equal(calibration.kind, VT_CALIBRATE_PLATT);
    read_numbers(file, chance, N);
    for (int i = 0; i < N; i++) {
        near("probability", vt_calibrate(&calibration, score[i]), chance[i], 1e-5);
    }
    vt_calibration_done(&calibration);
}

static void check_figures(FILE *file, const double *chance)
{
    double wanted[3];
    vt_churn_quality q;
    vt_error err = VT_ERROR_INIT;
    read_numbers(file, wanted, 3);
    check_ok(vt_churn_quality_of(&q, chance, golden_label, N, &err));
    near("AUC", q.auc, wanted[0], 1e-12);
    near("Brier", q.brier, wanted[1], 1e-12);
    near("loss", q.log_loss, wanted[2], 1e-12);
    assert_true(q.auc_low < q.auc && q.auc < q.auc_high && q.auc_high <= 1.0);
}

static bool check_trees(FILE *file)
{
    double wanted[N], contributions[N * (F + 1)], score[N], got[N * (F + 1)];
    float label[N];
    vt_tree_options options;
    vt_trees *trees = NULL;
    vt_error err = VT_ERROR_INIT;
    read_numbers(file, wanted, N);
    read_numbers(file, contributions, (size_t)N * (F + 1));
    if (vt_trees_available(&err) != VT_OK) {
        print_message("skipped: %s\n", err.message);
        return false;
    }
    for (int i = 0; i < N; i++) {
        label[i] = golden_label[i];
    }
    vt_tree_rows rows = {golden_x, label, golden_levels, N, F};
    vt_tree_options_init(&options);
    options.trees = 40;
    options.leaves = 7;
    options.leaf_rows = 5;
    options.rate = 0.1;
    check_ok(vt_trees_fit(&trees, NULL, &rows, NULL, &options, &err));
    check_ok(vt_trees_score(score, trees, &rows, 0, &err));
    check_ok(vt_trees_explain(got, trees, &rows, 0, &err));
    for (int i = 0; i < N; i++) {
        near("score of trees", score[i], wanted[i], 1e-9);
        double sum = 0.0;
        for (int f = 0; f <= F; f++) {
            near("contribution", got[i * (F + 1) + f], contributions[i * (F + 1) + f], 1e-9);
            sum += got[i * (F + 1) + f];
        }
        near("sum of contributions", sum, score[i], 1e-9);
    }
    vt_trees_free(trees);
    return true;
}

static void as_scikit_learn_and_lightgbm(void **state)
{
    (void)state;
    double score[N], chance[N];
    FILE *file = open_golden("churn.txt");
    char word[32];
    int n = 0, records = 0;
    for (; next_record(file, word, &n); records++) {
        assert_int_equal(n, N);
        if (strcmp(word, "data") == 0) {
            read_data(file);
        } else if (strcmp(word, "logistic") == 0) {
            check_logistic(file, score);
        } else if (strcmp(word, "platt") == 0) {
            check_platt(file, score, chance);
        } else if (strcmp(word, "figures") == 0) {
            check_figures(file, chance);
        } else {
            assert_string_equal(word, "trees");
            check_trees(file);
        }
    }
    fclose(file);
    assert_int_equal(records, 5);
}

/* Ten customers, worked by hand. */
static void figures_by_hand(void **state)
{
    (void)state;
    static const double chance[] = {.9, .8, .8, .6, .5, .4, .3, .2, .1, .1};
    static const uint8_t lost[] = {1, 1, 0, 0, 1, 0, 0, 0, 0, 0};
    vt_churn_quality q;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_churn_quality_of(&q, chance, lost, 10, &err));
    /* Pairs of a lost and a kept one: 7 + 6.5 + 5 of 21. */
    near("AUC", q.auc, 18.5 / 21.0, 1e-12);
    near("Brier", q.brier, (.01 + .04 + .64 + .36 + .25 + .16 + .09 + .04 + .01 + .01) / 10.0, 1e-12);
    near("Brier of the rate", q.brier_of_rate, 0.21, 1e-12);
    near("lift", q.lift, 1.0 / 0.3, 1e-12);
    near("found", q.found, 1.0 / 3.0, 1e-12);
    assert_int_equal(q.n_bins, 8); /* two pairs of equal probabilities stay together */
    assert_int_equal(q.bin[0].n, 2);
    near("first bin", q.bin[0].foretold, 0.1, 1e-12);
    assert_int_equal(vt_churn_quality_of(&q, chance, lost, 2, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "2 of 2 customers are lost: "));
    vt_error_reset(&err);
    assert_int_equal(vt_churn_quality_of(&q, chance, lost, 0, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "no customer's outcome is known: "));
    vt_error_reset(&err);
    /* All alike: no better than chance, and the best tenth is a mean one. */
    static const double same[] = {.3, .3, .3, .3, .3, .3, .3, .3, .3, .3};
    check_ok(vt_churn_quality_of(&q, same, lost, 10, &err));
    near("AUC of nothing", q.auc, 0.5, 1e-12);
    near("lift of nothing", q.lift, 1.0, 1e-12);
    assert_int_equal(q.n_bins, 1);
}

static void isotonic_steps_by_hand(void **state)
{
    (void)state;
    static const double score[] = {1, 2, 3, 4, 5, 6};
    static const uint8_t label[] = {0, 1, 0, 0, 1, 1};
    vt_calibration c;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_calibration_fit(&c, VT_CALIBRATE_ISOTONIC, score, label, 6, &err));
    /* Steps: 0 | 1 0 0 -> 1/3 at 3 | 1 1 -> 1 at 5.5, kept off 0 and 1 by 1/8. */
    assert_int_equal(c.n_knots, 3);
    near("below", vt_calibrate(&c, -5.0), 0.125, 1e-12);
    near("middle", vt_calibrate(&c, 3.0), 1.0 / 3.0, 1e-12);
    near("between", vt_calibrate(&c, 2.0), 0.5 * (0.125 + 1.0 / 3.0), 1e-12);
    near("above", vt_calibrate(&c, 9.0), 0.875, 1e-12);
    vt_calibration_done(&c);
}

/* Customers whose true chance is known. */
typedef struct crowd {
    double x[MANY * WIDE], chance[MANY];
    uint8_t outcome[MANY], test[MANY];
    int64_t time[MANY];
    vt_features features;
} crowd;

static const int32_t crowd_levels[WIDE] = {0, 0, 4, 0, 0};

static void make(crowd *c, uint64_t seed, bool curved)
{
    vt_rng rng = vt_rng_at(seed, "crowd", 0, 0);
    for (int i = 0; i < MANY; i++) {
        double *x = c->x + i * WIDE;
        x[0] = vt_rng_normal(&rng);
        x[1] = vt_rng_unit(&rng) < 0.15 ? NAN : -log(1.0 - vt_rng_unit(&rng));
        x[2] = (double)vt_rng_below(&rng, 4);
        x[3] = vt_rng_normal(&rng);
        x[4] = 7.0; /* says nothing */
        double z = -1.2 + (curved ? 1.6 * (x[0] * x[3] > 0.0 ? 1.0 : -1.0) : 0.9 * x[0]) +
                   (isnan(x[1]) ? 0.8 : 0.5 * x[1]) + 0.4 * (x[2] - 1.5);
        c->chance[i] = 1.0 / (1.0 + exp(-z));
        c->outcome[i] = vt_rng_unit(&rng) < c->chance[i] ? VT_OUTCOME_LOST : VT_OUTCOME_KEPT;
        c->time[i] = i;
    }
    c->features = (vt_features){c->x, names, crowd_levels, MANY, WIDE};
}

static void fit(vt_churn **churn, vt_churn_summary *summary, crowd *c, const vt_churn_options *options)
{
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_churn_split(c->test, c->outcome, c->time, MANY, options, &err));
    check_ok(vt_churn_fit(churn, summary, &c->features, c->outcome, c->test, options, &err));
}

static void finds_known_chances(void **state)
{
    (void)state;
    crowd *c = calloc(1, sizeof *c);
    vt_error err = VT_ERROR_INIT;
    for (int kind = VT_CHURN_LOGISTIC; kind <= VT_CHURN_TREES; kind++) {
        if (kind == VT_CHURN_TREES && vt_trees_available(&err) != VT_OK) {
            print_message("skipped: %s\n", err.message);
            continue;
        }
        double chance[MANY], error = 0.0;
        vt_churn_options options;
        vt_churn *churn = NULL;
        vt_churn_summary s;
        vt_churn_options_init(&options);
        options.kind = (vt_churn_model_kind)kind;
        make(c, 1, false);
        fit(&churn, &s, c, &options);
        check_ok(vt_churn_score(chance, churn, &c->features, &err));
        vt_churn_quality ideal;
        for (int i = 0; i < MANY; i++) {
            error += fabs(chance[i] - c->chance[i]) / MANY;
        }
        check_ok(vt_churn_quality_of(&ideal, c->chance + 2250, c->outcome + 2250, 750, &err));
        print_message("%s: AUC %.3f (the truth has %.3f), Brier %.4f (%.4f), calibration error %.3f, lift %.2f; mean "
                      "error of probabilities %.3f\n",
                      kind == VT_CHURN_TREES ? "trees" : "logistic", s.quality.auc, ideal.auc, s.quality.brier,
                      ideal.brier, s.quality.calibration_error, s.quality.lift, error);
        assert_int_equal(s.kind, kind);
        assert_int_equal(s.fitted, 2250);
        assert_int_equal(s.tested, 750);
        assert_true(c->test[2249] == 0 && c->test[2250] == 1); /* the last ones by time */
        assert_true(s.evaluated && s.quality.auc > ideal.auc - 0.03 && s.quality.auc <= ideal.auc + 0.01);
        assert_true(s.quality.brier < ideal.brier + 0.01 && s.quality.brier < s.quality.brier_of_rate);
        assert_true(s.quality.calibration_error < 0.06 && s.quality.lift > 1.5);
        assert_true(error < (kind == VT_CHURN_TREES ? 0.08 : 0.04));
        vt_churn_free(churn);
    }
    free(c);
}

/* Where the log odds are no sum of the features, trees win, and win on the folds that choose. */
static void the_better_kind_is_taken(void **state)
{
    (void)state;
    crowd *c = calloc(1, sizeof *c);
    vt_error err = VT_ERROR_INIT;
    vt_churn_options options;
    vt_churn_options_init(&options);
    for (int curved = 0; curved < 2; curved++) {
        vt_churn *churn = NULL;
        vt_churn_summary s;
        make(c, 2, curved == 1);
        fit(&churn, &s, c, &options);
        bool trees = vt_trees_available(&err) == VT_OK;
        assert_true(s.trees_missing == !trees && (s.note[0] != '\0') == !trees);
        if (trees) {
            print_message("losses of unseen folds: logistic %.4f, %d trees %.4f\n", s.loss_logistic, s.trees,
                          s.loss_trees);
            assert_int_equal(s.kind, curved == 1 ? VT_CHURN_TREES : VT_CHURN_LOGISTIC);
        } else {
            assert_int_equal(s.kind, VT_CHURN_LOGISTIC);
        }
        vt_churn_free(churn);
    }
    free(c);
}

static void same_bytes_again(void **state)
{
    (void)state;
    crowd *c = calloc(1, sizeof *c);
    double first[MANY], second[MANY];
    vt_error err = VT_ERROR_INIT;
    make(c, 3, true);
    for (int kind = VT_CHURN_LOGISTIC; kind <= VT_CHURN_TREES; kind++) {
        if (kind == VT_CHURN_TREES && vt_trees_available(&err) != VT_OK) {
            print_message("skipped: %s\n", err.message);
            continue;
        }
        for (int threads = 1; threads <= 2; threads++) {
            vt_churn_options options;
            vt_churn *churn = NULL;
            vt_churn_summary s;
            vt_churn_options_init(&options);
            options.kind = (vt_churn_model_kind)kind;
            options.threads = threads;
            fit(&churn, &s, c, &options);
            check_ok(vt_churn_score(threads == 1 ? first : second, churn, &c->features, &err));
            vt_churn_free(churn);
        }
        assert_memory_equal(first, second, sizeof first);
    }
    free(c);
}

static void reasons_are_the_largest(void **state)
{
    (void)state;
    static const double contribution[] = {0.2, -3.0, 0.9, 0.0, 0.5, 7.0};
    vt_churn_reason reason[3];
    assert_int_equal(vt_churn_reasons(reason, 2, contribution, 5), 2); /* the sixth is the mean customer's */
    assert_true(reason[0].feature == 2 && reason[1].feature == 4);
    assert_int_equal(vt_churn_reasons(reason, 3, contribution, 5), 3);
    assert_true(reason[2].feature == 0 && reason[2].contribution == 0.2);
    assert_int_equal(vt_churn_reasons(reason, 3, contribution + 1, 1), 0);
    near("worth", vt_winback_worth(0.4, 200.0, 0.1), 8.0, 1e-12);
    assert_true(vt_winback_worth(0.4, INFINITY, 0.1) == 0.0);
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    crowd *c = calloc(1, sizeof *c);
    vt_churn_options options;
    vt_churn *churn = NULL;
    vt_churn_summary s;
    vt_error err = VT_ERROR_INIT;
    vt_churn_options_init(&options);
    make(c, 4, false);
    for (int outcome = 0; outcome < 3; outcome++) { /* all kept, all lost, nothing known */
        memset(c->outcome, outcome, sizeof c->outcome);
        check_ok(vt_churn_split(c->test, c->outcome, NULL, MANY, &options, &err));
        assert_int_equal(vt_churn_fit(&churn, &s, &c->features, c->outcome, c->test, &options, &err),
                         VT_ERR_UNSUPPORTED);
        assert_non_null(strstr(err.message, "at least 20 customers"));
    }
    options.test_share = 0.95;
    assert_int_equal(vt_churn_split(c->test, c->outcome, NULL, MANY, &options, &err), VT_ERR_USAGE);
    vt_features none = {c->x, names, NULL, 0, WIDE};
    vt_churn_options_init(&options);
    assert_int_equal(vt_churn_fit(&churn, &s, &none, c->outcome, c->test, &options, &err), VT_ERR_UNSUPPORTED);
    free(c);
}

typedef struct little {
    vt_features features;
    uint8_t outcome[60], test[60];
    vt_churn_options options;
} little;

static int fit_once(void *context, vt_error *err)
{
    little *l = context;
    vt_churn *churn = NULL;
    vt_churn_summary s;
    int status = vt_churn_fit(&churn, &s, &l->features, l->outcome, l->test, &l->options, err);
    vt_churn_free(churn);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    crowd *c = calloc(1, sizeof *c);
    little l;
    make(c, 5, false);
    l.features = c->features;
    l.features.n = 60;
    memcpy(l.outcome, c->outcome, sizeof l.outcome);
    memset(l.test, 0, sizeof l.test);
    l.test[3] = l.test[4] = l.test[5] = 1;
    vt_churn_options_init(&l.options);
    l.options.trees.trees = 5;
    vt_trees_available(NULL); /* loads before memory runs out */
    assert_true(fault_allocations(fit_once, &l) > 20);
    free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_scikit_learn_and_lightgbm),
        cmocka_unit_test(figures_by_hand),
        cmocka_unit_test(isotonic_steps_by_hand),
        cmocka_unit_test(finds_known_chances),
        cmocka_unit_test(the_better_kind_is_taken),
        cmocka_unit_test(same_bytes_again),
        cmocka_unit_test(reasons_are_the_largest),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
