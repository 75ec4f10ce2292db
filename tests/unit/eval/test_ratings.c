/* Errors of predicted ratings, worked by hand: of one split, of joined folds, with intervals, on threads. */
#include "eval_data.h"

#include <math.h>

#include "base/alloc.h"
#include "eval/ratings.h"
#include "fault.h"
#include "model/model.h"

static void check_near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-12)) {
        fail_msg("%.15g is not %.15g", value, expected);
    }
}

/* Predicts the mean of the history's ratings, 3 without one, and half a star more from time 50 on. */
static int predict(const void *state, const vt_user_state *user, const int32_t *items, size_t n, float *ratings,
                   vt_error *err)
{
    float sum = 0;
    (void)state;
    (void)items;
    (void)err;
    for (size_t i = 0; i < user->n; i++) {
        sum += user->value[i];
    }
    for (size_t i = 0; i < n; i++) {
        ratings[i] = (user->n > 0 ? sum / (float)user->n : 3) + (user->now >= 50 ? 0.5F : 0);
    }
    return VT_OK;
}

/* u rates 4 and 2 (mean 3), then 5 and 2.5 at 50; v is a stranger and rates 3; w's test event has no rating. */
static const event_row rows[] = {
    {"u", "a", 1, 4, 0, VT_PART_TRAIN},   {"u", "b", 2, 2, 0, VT_PART_TRAIN}, {"u", "a", 3, 5, 0, VT_PART_TEST},
    {"u", "c", 50, 2.5, 0, VT_PART_TEST}, {"v", "b", 4, 3, 0, VT_PART_TEST},  {"w", "a", 1, 1, 0, VT_PART_TRAIN},
    {"w", "b", 2, NAN, 0, VT_PART_TEST},
};

typedef struct rated {
    eval_data data;
    vt_model_ops ops;
    vt_model model;
    vt_protocol protocol;
    vt_evaluation e;
} rated;

static void rated_init(rated *r)
{
    *r = (rated){0};
    eval_data_split(&r->data, rows, sizeof rows / sizeof *rows, "given");
    r->ops = (vt_model_ops){.kind = {.name = "mean", .abilities = VT_MODEL_RATES}, .predict = predict};
    r->model.ops = &r->ops;
    r->model.users.n = r->data.snapshot->n_users;
    r->model.items.n = r->data.snapshot->n_items;
    vt_protocol_init(&r->protocol);
    r->protocol.threads = 1;
    r->protocol.resamples = 100;
}

static int add(void *context, vt_error *err)
{
    rated *r = context;
    return vt_evaluation_add_ratings(&r->e, &r->model, r->data.snapshot, r->data.split, &r->protocol, err);
}

static void rated_done(rated *r)
{
    vt_evaluation_done(&r->e);
    eval_data_done(&r->data);
}

/* Errors: u 3 - 5 = -2 and 3.5 - 2.5 = 1, v 3 - 3 = 0. */
static void errors_by_hand(void **state)
{
    (void)state;
    rated r;
    vt_rating_errors errors;
    vt_error err = VT_ERROR_INIT;
    rated_init(&r);
    check_ok(vt_evaluate_ratings(&errors, &r.model, r.data.snapshot, r.data.split, &r.protocol, &err));
    assert_int_equal(errors.n, 3);
    check_near(errors.rmse, sqrt(5.0 / 3));
    check_near(errors.mae, 1);
    check_ok(add(&r, &err));
    assert_int_equal(r.e.ratings.n, 3);
    assert_int_equal(r.e.ratings.users, 2);
    assert_int_equal(r.e.ratings.user[1], 1);
    check_near(r.e.ratings.rmse.value, sqrt(5.0 / 3));
    check_near(r.e.ratings.mae.value, 1);
    /* both users drawn as u, or as v: the bounds of 100 resamples of two users */
    check_near(r.e.ratings.rmse.high, sqrt(2.5));
    check_near(r.e.ratings.rmse.low, 0);
    check_near(r.e.ratings.mae.high, 1.5);
    /* c has no training event */
    r.protocol.test_items = VT_TEST_ITEMS_SEEN;
    check_ok(vt_evaluate_ratings(&errors, &r.model, r.data.snapshot, r.data.split, &r.protocol, &err));
    assert_int_equal(errors.n, 2);
    check_near(errors.mae, 1);
    rated_done(&r);
}

static void same_on_many_threads(void **state)
{
    (void)state;
    rated one;
    rated many;
    vt_error err = VT_ERROR_INIT;
    rated_init(&one);
    rated_init(&many);
    many.protocol.threads = 5;
    check_ok(add(&one, &err));
    check_ok(add(&many, &err));
    assert_memory_equal(&one.e.ratings.rmse, &many.e.ratings.rmse, sizeof one.e.ratings.rmse);
    rated_done(&one);
    rated_done(&many);
}

static void models_that_rank_have_none(void **state)
{
    (void)state;
    rated r;
    vt_error err = VT_ERROR_INIT;
    rated_init(&r);
    r.ops.kind.abilities = 0;
    check_ok(add(&r, &err));
    assert_int_equal(r.e.ratings.n, 0);
    rated_done(&r);
}

/* A fold with errors 3 (u) and 1, 1 (v), another with errors 2, 2 (v) and 0 (w). */
static void folds_by_hand(void **state)
{
    (void)state;
    double first[] = {1, 9, 3, 2, 2, 2};
    double second[] = {2, 8, 4, 1, 0, 0};
    vt_evaluation folds[3] = {0};
    vt_ratings joined = {0};
    vt_resampling resampling = {50, 1, 1};
    vt_error err = VT_ERROR_INIT;
    folds[0].ratings = (vt_ratings){.users = 2, .user = (int32_t[]){0, 1}, .folds = 1, .sum = first};
    folds[1].ratings = (vt_ratings){.users = 2, .user = (int32_t[]){1, 2}, .folds = 1, .sum = second};
    check_ok(vt_ratings_join(&joined, folds, 3, &resampling, &err));
    assert_int_equal(joined.users, 3);
    assert_int_equal(joined.n, 6);
    check_near(joined.rmse.value, (sqrt(11.0 / 3) + sqrt(8.0 / 3)) / 2);
    check_near(joined.mae.value, (5.0 / 3 + 4.0 / 3) / 2);
    assert_true(joined.rmse.low < joined.rmse.value && joined.rmse.value < joined.rmse.high);
    vt_ratings_done(&joined);
    check_ok(vt_ratings_join(&joined, folds + 2, 1, &resampling, &err));
    assert_int_equal(joined.n, 0);
}

static void memory_runs_out(void **state)
{
    (void)state;
    rated r;
    rated_init(&r);
    assert_true(fault_allocations(add, &r) > 4);
    rated_done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_by_hand),
        cmocka_unit_test(same_on_many_threads),
        cmocka_unit_test(models_that_rank_have_none),
        cmocka_unit_test(folds_by_hand),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
