/* Slices by hand, on the tiny data: of users, of items, of categories, joined over folds. */
#include "eval_data.h"

#include <math.h>

#include "eval/slices.h"
#include "fault.h"

static void check_near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-12)) {
        fail_msg("%.15g is not %.15g", value, expected);
    }
}

typedef struct sliced {
    eval_data data;
    vt_snapshot snapshot; /* of `data`, with categories */
    vt_protocol protocol;
    vt_evaluation e;
} sliced;

/* a and c are tea, d and e are books, b and f are of no category. */
static const int32_t category[] = {1, -1, 1, 0, 0, -1};
static const int64_t name_at[] = {0, 5, 8};

static void sliced_init(sliced *s)
{
    *s = (sliced){0};
    eval_data_tiny(&s->data);
    s->snapshot = *s->data.snapshot;
    s->snapshot.item_category = category;
    s->snapshot.categories = (vt_ids){2, name_at, "bookstea"};
    vt_protocol_init(&s->protocol);
    s->protocol.slices = true;
    s->protocol.threads = 1;
    s->protocol.resamples = 20;
    s->protocol.n_cutoffs = 2;
    s->protocol.cutoff[0] = 1;
    s->protocol.cutoff[1] = 4;
}

static int run(void *context, vt_error *err)
{
    sliced *s = context;
    vt_evaluation_done(&s->e);
    return vt_evaluate(&s->e, &s->snapshot, s->data.split, &s->protocol, rank_by_id, &s->snapshot, err);
}

static void sliced_done(sliced *s)
{
    vt_evaluation_done(&s->e);
    eval_data_done(&s->data);
}

static const vt_slice *find(const vt_evaluation *e, const char *group, const char *name)
{
    for (size_t i = 0; i < e->n_slices; i++) {
        if (strcmp(e->slices[i].group, group) == 0 && strcmp(e->slices[i].name, name) == 0) {
            return &e->slices[i];
        }
    }
    return NULL;
}

static void check_slice(const vt_evaluation *e, const char *group, const char *name, int64_t users, int64_t positives,
                        const double expected[2][VT_SLICE_METRICS])
{
    const vt_slice *slice = find(e, group, name);
    if (slice == NULL) {
        fail_msg("there is no slice %s %s", group, name);
        return;
    }
    assert_int_equal(slice->users, users);
    assert_int_equal(slice->positives, positives);
    for (size_t k = 0; k < 2; k++) {
        for (size_t m = 0; m < VT_SLICE_METRICS; m++) {
            if (!(fabs(slice->figure[k][m].value - expected[k][m]) <= 1e-12)) {
                fail_msg("%s %s: metric %zu at cutoff %zu is %.15g, not %.15g", group, name, m, k,
                         slice->figure[k][m].value, expected[k][m]);
            }
        }
    }
}

/* u1 lists c d e f and wants c d; u2 lists b c d e and wants a e; u3 lists a d e f and wants f. Training: a2 b2 c1. */
static void by_hand(void **state)
{
    (void)state;
    sliced s;
    vt_error err = VT_ERROR_INIT;
    const double second = 1 / log2(3);
    const double fourth = 1 / log2(5);
    sliced_init(&s);
    check_ok(run(&s, &err));
    check_slice(&s.e, "user", "warm", 3, 5,
                (double[2][VT_SLICE_METRICS]){
                    {1.0 / 3, 1.0 / 3, 0.5 / 3},
                    {1, (1 + fourth / (1 + second) + fourth) / 3, (1 + 0.5 + 1) / 3},
                });
    /* of all lists together it is what the whole evaluation says */
    check_near(find(&s.e, "user", "warm")->figure[1][VT_SLICE_NDCG].value, s.e.figure[1][VT_METRIC_NDCG].value);
    assert_int_equal(find(&s.e, "history", "1-2")->users, 3);
    assert_null(find(&s.e, "history", "3-5"));
    assert_null(find(&s.e, "user", "cold"));
    check_slice(&s.e, "item", "warm", 2, 2, (double[2][VT_SLICE_METRICS]){{0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}});
    check_slice(&s.e, "item", "cold", 3, 3,
                (double[2][VT_SLICE_METRICS]){{0, 0, 0}, {1, (second + 2 * fourth) / 3, 1}});
    check_slice(&s.e, "item", "head", 1, 1, (double[2][VT_SLICE_METRICS]){{0, 0, 0}, {0, 0, 0}});
    check_slice(&s.e, "item", "tail", 1, 1, (double[2][VT_SLICE_METRICS]){{1, 1, 1}, {1, 1, 1}});
    check_slice(&s.e, "category", "tea", 2, 2, (double[2][VT_SLICE_METRICS]){{0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}});
    check_slice(&s.e, "category", "books", 2, 2,
                (double[2][VT_SLICE_METRICS]){{0, 0, 0}, {1, (second + fourth) / 2, 1}});
    /* a and b were sold twice, c once, the others never */
    check_slice(&s.e, "item sold", "1-2 times before", 2, 2,
                (double[2][VT_SLICE_METRICS]){{0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}});
    check_slice(&s.e, "item sold", "never before", 3, 3,
                (double[2][VT_SLICE_METRICS]){{0, 0, 0}, {1, (second + 2 * fourth) / 3, 1}});
    assert_null(find(&s.e, "item sold", "3+ times before"));
    const vt_figure *hr = &find(&s.e, "item", "warm")->figure[0][VT_SLICE_HR];
    assert_true(hr->low == 0 && hr->high == 1);
    sliced_done(&s);
}

/* In the second fold only u3's list is in it, and it is evaluated anew as cold: 1 there, and a mean of both for u3. */
static void joined_by_hand(void **state)
{
    (void)state;
    sliced s;
    vt_evaluation folds[2] = {0};
    vt_slice second = {.group = "item", .name = "cold", .users = 1, .positives = 1};
    vt_slice other = {.group = "user", .name = "cold", .users = 1, .positives = 4};
    double half[6] = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
    int32_t user[] = {2};
    vt_slice *joined = NULL;
    size_t n = 0;
    vt_resampling resampling = {10, 1, 1};
    vt_error err = VT_ERROR_INIT;
    sliced_init(&s);
    check_ok(run(&s, &err));
    second.user = user;
    second.per_user = half;
    other.user = user;
    other.per_user = half;
    folds[0] = s.e;
    folds[1].n_cutoffs = 2;
    folds[1].slices = (vt_slice[]){second, other};
    folds[1].n_slices = 2;
    check_ok(vt_slices_join(&joined, &n, folds, 2, &resampling, &err));
    assert_int_equal(n, s.e.n_slices + 1);
    vt_evaluation e = {.slices = joined, .n_slices = n};
    const vt_slice *cold = find(&e, "item", "cold");
    assert_int_equal(cold->users, 3);
    assert_int_equal(cold->positives, 4);
    check_near(cold->figure[0][VT_SLICE_HR].value, 0.25 / 3);
    check_near(cold->figure[1][VT_SLICE_HR].value, (1 + 1 + 0.75) / 3);
    check_near(find(&e, "user", "cold")->figure[0][VT_SLICE_HR].value, 0.5);
    vt_slices_free(joined, n);
    sliced_done(&s);
}

static void memory_runs_out(void **state)
{
    (void)state;
    sliced s;
    sliced_init(&s);
    assert_true(fault_allocations(run, &s) > 20);
    sliced_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),
        cmocka_unit_test(joined_by_hand),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
