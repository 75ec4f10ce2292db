/* The head on vectors whose truth is known: direction, share and quality come out; bad input is refused. */
#include "check.h"

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "encode/sentiment_head.h"
#include "fault.h"

enum { N = 400, D = 8 };

typedef struct sample {
    float x[N * D];
    uint8_t label[N];
} sample;

/* A fifth against; the first column tells, with noise, the others tell nothing. */
static void draw(sample *s, uint64_t seed)
{
    vt_rng rng = vt_rng_at(seed, "sentiment-head", 0, 0);
    for (size_t i = 0; i < N; i++) {
        s->label[i] = i % 5 != 0;
        for (size_t k = 0; k < D; k++) {
            s->x[i * D + k] = (float)(.3 * vt_rng_normal(&rng));
        }
        s->x[i * D] += s->label[i] ? .4F : -.4F;
    }
}

static const double even[2] = {1.0, 1.0};

static void learns_what_tells(void **state)
{
    (void)state;
    static sample s, fresh;
    vt_error err = VT_ERROR_INIT;
    vt_sentiment_head head = {0}, other = {0};
    vt_sentiment_quality q;
    double score[N];
    draw(&s, 1);
    draw(&fresh, 2);
    check_ok(vt_sentiment_head_fit(&head, s.x, s.label, N, D, even, 42, 1, &err));
    check_ok(vt_sentiment_head_fit(&other, s.x, s.label, N, D, even, 42, 2, &err));
    assert_memory_equal(head.w, other.w, (D + 1) * sizeof *head.w); /* for any number of threads */
    for (size_t k = 1; k < D; k++) {
        assert_true(head.w[0] > 3.0 * fabs(head.w[k]));
    }
    for (size_t i = 0; i < N; i++) {
        score[i] = vt_sentiment_score(&head, fresh.x + i * D);
    }
    check_ok(vt_sentiment_measure(&q, score, fresh.label, N, head.threshold, even, &err));
    assert_true(q.auc > .94 && q.auc_low < q.auc && q.auc_high > q.auc && q.auc_high - q.auc_low < .08);
    assert_true(fabs(q.read - .8) < .05); /* as many are read as against as are */
    assert_true(fabs(q.stars - .8) < 1e-9);
    assert_int_equal(q.n_against, N / 5);
    vt_sentiment_head_done(&head);
    vt_sentiment_head_done(&other);
}

/* A sample that was thinned on one side stands for the whole. */
static void shares_of_the_whole(void **state)
{
    (void)state;
    static sample s;
    vt_error err = VT_ERROR_INIT;
    vt_sentiment_head plain = {0}, rare = {0};
    const double thinned[2] = {1.0, 10.0}; /* a review for stands for ten */
    draw(&s, 3);
    check_ok(vt_sentiment_head_fit(&plain, s.x, s.label, N, D, even, 42, 1, &err));
    check_ok(vt_sentiment_head_fit(&rare, s.x, s.label, N, D, thinned, 42, 1, &err));
    assert_memory_equal(plain.w, rare.w, (D + 1) * sizeof *plain.w);
    assert_true(rare.threshold < plain.threshold);
    vt_sentiment_head_done(&plain);
    vt_sentiment_head_done(&rare);
}

/*
 * Three for with 3, 2, 1 and two against with 2, 0: of six pairs four and a half are in order, .75 (a tie is half).
 * Placements of those for: 1, .75, .5; of those against: .5, 1. Variance (.0625 / 3) + (.125 / 2) = .08333.
 */
static void auc_as_worked_by_hand(void **state)
{
    (void)state;
    const double score[] = {3, 2, 1, 2, 0};
    const uint8_t label[] = {1, 1, 1, 0, 0};
    vt_error err = VT_ERROR_INIT;
    vt_sentiment_quality q;
    check_ok(vt_sentiment_measure(&q, score, label, 5, 1.5, even, &err));
    assert_true(fabs(q.auc - .75) < 1e-12);
    assert_true(fabs(q.auc_low - (.75 - 1.959964 * sqrt(.0625 / 3 + .125 / 2))) < 1e-9);
    assert_true(q.auc_high == 1.0);
    assert_true(fabs(q.read - .6) < 1e-12);
    assert_int_equal(vt_sentiment_measure(&q, score, label, 4, 1.5, even, &err), VT_ERR_UNSUPPORTED);
}

static void too_little_is_said(void **state)
{
    (void)state;
    static sample s;
    vt_error err = VT_ERROR_INIT;
    vt_sentiment_head head = {0};
    draw(&s, 1);
    assert_int_equal(vt_sentiment_head_fit(&head, s.x, s.label, 45, D, even, 42, 1, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "with 1 or 2 (9)"));
    assert_null(head.w);
    s.x[17] = NAN;
    assert_int_equal(vt_sentiment_head_fit(&head, s.x, s.label, N, D, even, 42, 1, &err), VT_ERR_FAILED);
    assert_null(head.w);
}

static int fit_again(void *context, vt_error *err)
{
    const sample *s = context;
    vt_sentiment_head head = {0};
    int status = vt_sentiment_head_fit(&head, s->x, s->label, 60, D, even, 42, 1, err);
    vt_sentiment_head_done(&head);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    static sample s;
    draw(&s, 1);
    assert_in_range(fault_allocations(fit_again, &s), 20, 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(learns_what_tells),     cmocka_unit_test(shares_of_the_whole),
        cmocka_unit_test(auc_as_worked_by_hand), cmocka_unit_test(too_little_is_said),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
