/* Lists of other programs: evaluated by hand, with what they must not be credited for dropped and counted. */
#include "eval_data.h"

#include <math.h>

#include "fault.h"
#include "scratch.h"

static void check_near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-12)) {
        fail_msg("%.15g is not %.15g", value, expected);
    }
}

typedef struct fixture {
    eval_data data;
    vt_protocol protocol;
    vt_evaluation e;
    vt_lists_counts counts;
    scratch files;
    const char *path;
} fixture;

static int setup(void **state)
{
    static fixture f;
    f = (fixture){0};
    eval_data_tiny(&f.data);
    vt_protocol_init(&f.protocol);
    f.protocol.threads = 1;
    f.protocol.fallback = false;
    f.protocol.resamples = 10;
    f.protocol.n_cutoffs = 2;
    f.protocol.cutoff[0] = 1;
    f.protocol.cutoff[1] = 4;
    scratch_init(&f.files);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    vt_evaluation_done(&f->e);
    eval_data_done(&f->data);
    scratch_done(&f->files);
    return 0;
}

static int evaluate(void *context, vt_error *err)
{
    fixture *f = context;
    vt_evaluation_done(&f->e);
    return vt_evaluate_lists(&f->e, &f->counts, f->path, f->data.snapshot, f->data.split, &f->protocol, err);
}

static int evaluate_text(fixture *f, const char *text, vt_error *err)
{
    f->path = scratch_write(&f->files, "lists.txt", text, strlen(text));
    return evaluate(f, err);
}

/* Left of u1: c d, both wanted, a is its own. Of u2: b e, e is one of two wanted. u3 has no line. */
static void evaluated_by_hand(void **state)
{
    fixture *f = *state;
    const double second = 1 / log2(3);
    vt_error err = VT_ERROR_INIT;
    check_ok(evaluate_text(f, "u1 -1 a c c\td\n\nu2 b e -1 -1\nstranger nothing\n", &err));
    assert_int_equal(f->counts.lines, 3);
    assert_int_equal(f->counts.strangers, 1);
    assert_int_equal(f->counts.missing, 1);
    assert_int_equal(f->counts.padding, 3);
    assert_int_equal(f->counts.repeated, 1);
    assert_int_equal(f->counts.seen, 1);
    assert_int_equal(f->counts.foreign, 0);
    assert_int_equal(f->e.users, 3);
    check_near(f->e.figure[0][VT_METRIC_HR].value, 1.0 / 3);
    check_near(f->e.figure[1][VT_METRIC_RECALL].value, (1 + 0.5) / 3);
    check_near(f->e.figure[1][VT_METRIC_NDCG].value, (1 + second / (1 + second)) / 3);
}

/* d is no candidate, having no training event: the list of u1 is c. */
static void no_candidates_are_dropped(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    f->protocol.candidates = VT_CANDIDATES_TRAIN;
    check_ok(evaluate_text(f, "u1 d c\n", &err));
    assert_int_equal(f->counts.foreign, 1);
    assert_int_equal(f->counts.missing, 2);
    check_near(f->e.figure[0][VT_METRIC_HR].value, 1.0 / 3);
}

static void refused(void **state)
{
    fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    assert_int_equal(evaluate_text(f, "u1 c\nu2 b zebra\n", &err), VT_ERR_FORMAT);
    assert_non_null(strstr(err.message, "lists.txt:2: item \"zebra\" is none of the shop's"));
    assert_int_equal(evaluate_text(f, "u1 c\nu1 d\n", &err), VT_ERR_FORMAT);
    assert_non_null(strstr(err.message, "lists.txt:2: user \"u1\" has a list already"));
    assert_int_equal(evaluate_text(f, "1 c\n2 d\n", &err), VT_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "no list for any of the 3 evaluated users"));
    f->protocol.state = VT_STATE_LIVE;
    assert_int_equal(evaluate_text(f, "u1 c\n", &err), VT_ERR_UNSUPPORTED);
    f->path = "/nowhere/lists.txt";
    f->protocol.state = VT_STATE_FROZEN;
    assert_int_equal(evaluate(f, &err), VT_ERR_NOT_FOUND);
}

/* The lists of evaluated_by_hand() in memory: items a to f are 0 to 5, users u1 to u3 are 0 to 2. */
static void lists_in_memory(void **state)
{
    fixture *f = *state;
    static const int32_t user[] = {0, 1, -1}, twice[] = {0, 0, -1}, item[] = {-1, 0, 2, 2, 3, 1, 4, -1, -1, 0};
    static const int64_t ptr[] = {0, 5, 9, 10};
    vt_given_lists given = {3, user, ptr, item};
    vt_error err = VT_ERROR_INIT;
    check_ok(evaluate_text(f, "u1 -1 a c c\td\n\nu2 b e -1 -1\nstranger nothing\n", &err));
    const double recall = f->e.figure[1][VT_METRIC_RECALL].value, ndcg = f->e.figure[1][VT_METRIC_NDCG].value;
    const vt_lists_counts of_file = f->counts;
    vt_evaluation_done(&f->e);
    check_ok(vt_evaluate_given(&f->e, &f->counts, &given, "mine", f->data.snapshot, f->data.split, &f->protocol, &err));
    assert_memory_equal(&f->counts, &of_file, sizeof of_file);
    assert_true(f->e.figure[1][VT_METRIC_RECALL].value == recall && f->e.figure[1][VT_METRIC_NDCG].value == ndcg);
    vt_evaluation none = {0};
    given.user = twice;
    assert_int_equal(
        vt_evaluate_given(&none, &f->counts, &given, "mine", f->data.snapshot, f->data.split, &f->protocol, &err),
        VT_ERR_USAGE);
    given.n = 0;
    assert_int_equal(
        vt_evaluate_given(&none, &f->counts, &given, "mine", f->data.snapshot, f->data.split, &f->protocol, &err),
        VT_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "mine has no list"));
}

static void memory_runs_out(void **state)
{
    fixture *f = *state;
    f->path = scratch_write(&f->files, "lists.txt", "u1 c d\nu2 b e\n", 15);
    assert_true(fault_allocations(evaluate, f) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(evaluated_by_hand, setup, teardown),
        cmocka_unit_test_setup_teardown(no_candidates_are_dropped, setup, teardown),
        cmocka_unit_test_setup_teardown(refused, setup, teardown),
        cmocka_unit_test_setup_teardown(lists_in_memory, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_runs_out, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
