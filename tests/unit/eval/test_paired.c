/* The paired test: differences by hand, p-values that are right as often as they say, ratings, unlike evaluations. */
#include "check.h"

#include <math.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "fault.h"
#include "vitrine/evaluation.h"

enum { USERS = 120 };

/* An evaluation at K = 5 whose per-user metrics are all `value` (USERS); traits are NaN for odd users. */
static void hand_made(vt_evaluation *e, const double *value)
{
    *e = (vt_evaluation){.users = USERS, .n_cutoffs = 1, .cutoff = {5}};
    e->user = vt_alloc(USERS, sizeof *e->user, NULL);
    e->per_user = vt_alloc(USERS, VT_METRICS * sizeof *e->per_user, NULL);
    for (int32_t u = 0; u < USERS; u++) {
        e->user[u] = 3 * u;
        for (size_t m = 0; m < VT_METRICS; m++) {
            bool has = m <= VT_METRIC_MRR || (m == VT_METRIC_CALIBRATION && u % 2 == 0);
            e->per_user[(size_t)u * VT_METRICS + m] = has ? value[u] : (double)NAN;
        }
    }
}

static vt_protocol protocol_of(int32_t resamples, uint64_t seed, int threads)
{
    vt_protocol protocol;
    vt_protocol_init(&protocol);
    protocol.resamples = resamples;
    protocol.seed = seed;
    protocol.threads = threads;
    return protocol;
}

static void compare(vt_comparison *out, const double *a, const double *b, const vt_protocol *protocol)
{
    vt_evaluation one;
    vt_evaluation other;
    vt_error err = VT_ERROR_INIT;
    hand_made(&one, a);
    hand_made(&other, b);
    check_ok(vt_evaluation_compare(out, &one, &other, protocol, &err));
    vt_evaluation_done(&one);
    vt_evaluation_done(&other);
}

/* The same distance for everybody is sure; no distance is none at all. */
static void sure_and_none(void **state)
{
    (void)state;
    double a[USERS];
    double b[USERS];
    vt_comparison c;
    vt_protocol protocol = protocol_of(99, 1, 1);
    for (size_t u = 0; u < USERS; u++) {
        b[u] = (double)(u % 4) / 4;
        a[u] = b[u] + 0.25;
    }
    compare(&c, a, b, &protocol);
    const vt_difference *ndcg = &c.metric[0][VT_METRIC_NDCG];
    assert_true(ndcg->value.value == 0.25 && ndcg->value.low == 0.25 && ndcg->value.high == 0.25);
    assert_true(ndcg->p == 0.01);
    assert_true(c.metric[0][VT_METRIC_CALIBRATION].value.value == 0.25);
    assert_true(isnan(c.metric[0][VT_METRIC_GINI].value.value) && isnan(c.metric[0][VT_METRIC_GINI].p));
    assert_false(c.rated);
    compare(&c, a, a, &protocol);
    assert_true(c.metric[0][VT_METRIC_HR].value.value == 0 && c.metric[0][VT_METRIC_HR].p == 1);
}

/* Two models of the same quality: p <= .1 in about a tenth of the trials; one better by .3 deviations: mostly. */
static void says_no_more_than_it_knows(void **state)
{
    (void)state;
    enum { TRIALS = 300 };
    double a[USERS];
    double b[USERS];
    double c[USERS];
    int false_alarms = 0;
    int found = 0;
    for (uint64_t t = 0; t < TRIALS; t++) {
        vt_rng rng = vt_rng_at(20240501, "paired-test", t, 0);
        vt_protocol protocol = protocol_of(199, t, 1);
        vt_comparison none;
        vt_comparison better;
        for (size_t u = 0; u < USERS; u++) {
            double hard = 5 * vt_rng_normal(&rng); /* for both models alike */
            a[u] = hard + vt_rng_normal(&rng);
            b[u] = hard + vt_rng_normal(&rng);
            c[u] = a[u] + 0.6;
        }
        compare(&none, a, b, &protocol);
        compare(&better, c, b, &protocol);
        false_alarms += none.metric[0][VT_METRIC_NDCG].p <= 0.1;
        found += better.metric[0][VT_METRIC_NDCG].p <= 0.1;
    }
    /* 30 with a deviation of 5.2; the other is found with a chance above .99 */
    assert_in_range(false_alarms, 12, 55);
    assert_in_range(found, 285, 300);
}

static void same_on_many_threads(void **state)
{
    (void)state;
    double a[USERS];
    double b[USERS];
    vt_comparison one;
    vt_comparison many;
    vt_rng rng = vt_rng_at(1, "threads", 0, 0);
    for (size_t u = 0; u < USERS; u++) {
        a[u] = vt_rng_unit(&rng);
        b[u] = vt_rng_unit(&rng);
    }
    vt_protocol protocol = protocol_of(101, 5, 1);
    compare(&one, a, b, &protocol);
    protocol.threads = 7;
    compare(&many, a, b, &protocol);
    assert_memory_equal(&one.metric, &many.metric, sizeof one.metric);
}

static double *copy_of(const double *x, size_t n)
{
    double *copy = vt_alloc(n, sizeof *copy, NULL);
    memcpy(copy, x, n * sizeof *copy);
    return copy;
}

/* Each user rates once in each of two folds: the one is off by 1, the other by 3. */
static void errors_of_ratings(void **state)
{
    (void)state;
    const double ones[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    const double threes[] = {1, 9, 3, 1, 9, 3, 1, 9, 3, 1, 9, 3};
    double value[USERS] = {0};
    vt_evaluation e[2];
    vt_comparison c;
    vt_error err = VT_ERROR_INIT;
    vt_protocol protocol = protocol_of(49, 1, 1);
    for (int i = 0; i < 2; i++) {
        double off = i == 0 ? 1 : 3;
        hand_made(&e[i], value);
        e[i].ratings = (vt_ratings){.n = 4, .rmse = {off, off, off}, .mae = {off, off, off}, .users = 2, .folds = 2};
        e[i].ratings.sum = copy_of(i == 0 ? ones : threes, 12);
        e[i].ratings.user = vt_alloc(2, sizeof(int32_t), NULL);
        e[i].ratings.user[0] = 4;
        e[i].ratings.user[1] = 9;
    }
    check_ok(vt_evaluation_compare(&c, &e[0], &e[1], &protocol, &err));
    assert_true(c.rated);
    assert_true(c.rmse.value.value == -2 && c.rmse.value.low == -2 && c.rmse.value.high == -2 && c.rmse.p == 0.02);
    assert_true(c.mae.value.value == -2 && c.mae.p == 0.02);
    e[1].ratings.user[1] = 8; /* somebody else */
    check_ok(vt_evaluation_compare(&c, &e[0], &e[1], &protocol, &err));
    assert_false(c.rated);
    e[1].user[7] = 22;
    assert_int_equal(vt_evaluation_compare(&c, &e[0], &e[1], &protocol, &err), VT_ERR_USAGE);
    e[1].user[7] = 21;
    e[1].cutoff[0] = 6;
    assert_int_equal(vt_evaluation_compare(&c, &e[0], &e[1], &protocol, &err), VT_ERR_USAGE);
    vt_evaluation_done(&e[0]);
    vt_evaluation_done(&e[1]);
}

/* One is ahead by .25 in every metric for both users of a slice; other users are no fair pair. */
static void slices_by_hand(void **state)
{
    (void)state;
    int32_t users[] = {4, 9};
    double ahead[] = {0.25, 0.5, 0.75, 1, 0.75, 0.5};
    double behind[] = {0, 0.25, 0.5, 0.75, 0.5, 0.25};
    vt_slice one = {.group = "item", .name = "cold", .users = 2, .user = users, .per_user = ahead};
    vt_slice other = {.group = "item", .name = "cold", .users = 2, .user = users, .per_user = behind};
    vt_slice_comparison c;
    vt_error err = VT_ERROR_INIT;
    vt_protocol protocol = protocol_of(49, 1, 1);
    protocol.n_cutoffs = 1;
    check_ok(vt_slice_compare(&c, &one, &other, &protocol, &err));
    for (size_t m = 0; m < VT_SLICE_METRICS; m++) {
        const vt_difference *d = &c.metric[0][m];
        assert_true(d->value.value == 0.25 && d->value.low == 0.25 && d->value.high == 0.25 && d->p == 0.02);
    }
    other.user = (int32_t[]){4, 8};
    assert_int_equal(vt_slice_compare(&c, &one, &other, &protocol, &err), VT_ERR_USAGE);
    other.user = users;
    snprintf(other.name, sizeof other.name, "warm");
    assert_int_equal(vt_slice_compare(&c, &one, &other, &protocol, &err), VT_ERR_USAGE);
}

static int run(void *context, vt_error *err)
{
    vt_evaluation *e = context;
    vt_comparison c;
    vt_protocol protocol = protocol_of(9, 1, 1);
    return vt_evaluation_compare(&c, &e[0], &e[1], &protocol, err);
}

static void memory_runs_out(void **state)
{
    (void)state;
    double value[USERS] = {1};
    vt_evaluation e[2];
    hand_made(&e[0], value);
    hand_made(&e[1], value);
    assert_true(fault_allocations(run, e) > 1);
    vt_evaluation_done(&e[0]);
    vt_evaluation_done(&e[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sure_and_none),        cmocka_unit_test(says_no_more_than_it_knows),
        cmocka_unit_test(same_on_many_threads), cmocka_unit_test(errors_of_ratings),
        cmocka_unit_test(slices_by_hand),       cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
