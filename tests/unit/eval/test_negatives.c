/* Sampled candidates: drawn without repeats and evenly, or read from a file whose mistakes are named. */
#include "eval_data.h"

#include <math.h>

#include "eval/negatives.h"
#include "fault.h"
#include "scratch.h"

typedef struct fixture {
    eval_data data;
    vt_protocol protocol;
    vt_plan *plan;
    scratch files;
} fixture;

static int setup(void **state)
{
    static fixture f;
    vt_error err = VT_ERROR_INIT;
    f = (fixture){0};
    eval_data_tiny(&f.data);
    vt_protocol_init(&f.protocol);
    f.protocol.threads = 1;
    f.protocol.resamples = 0;
    check_ok(vt_plan_create(&f.plan, f.data.snapshot, f.data.split, &f.protocol, &err));
    scratch_init(&f.files);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    vt_plan_free(f->plan);
    eval_data_done(&f->data);
    scratch_done(&f->files);
    return 0;
}

/* u1 has a b and wants c d: e and f are left. u2 has a and wants a e: b c d f are left. */
static void drawn_by_seed(void **state)
{
    fixture *f = *state;
    int32_t drawn[6];
    int32_t pool[6];
    uint8_t taken[6] = {0};
    int times[6] = {0};
    assert_int_equal(vt_negatives_draw(drawn, f->plan, 0, 6, 1, pool, taken), 2);
    assert_int_equal(drawn[0], 4);
    assert_int_equal(drawn[1], 5);
    for (uint64_t seed = 0; seed < 4000; seed++) {
        int32_t again[6];
        assert_int_equal(vt_negatives_draw(drawn, f->plan, 1, 2, seed, pool, taken), 2);
        assert_true(drawn[0] < drawn[1]);
        assert_int_equal(vt_negatives_draw(again, f->plan, 1, 2, seed, pool, taken), 2);
        assert_memory_equal(drawn, again, 2 * sizeof *drawn);
        times[drawn[0]]++;
        times[drawn[1]]++;
    }
    /* each of four is drawn with probability 1/2: 2000 with a deviation of 32 */
    assert_int_equal(times[0] + times[4], 0);
    for (int i = 1; i < 6; i += i == 3 ? 2 : 1) {
        assert_in_range(times[i], 1850, 2150);
    }
    for (int i = 0; i < 6; i++) {
        assert_int_equal(taken[i], 0);
    }
}

static const char *write_file(fixture *f, const char *text)
{
    return scratch_write(&f->files, "negatives.txt", text, strlen(text));
}

static void read_from_a_file(void **state)
{
    fixture *f = *state;
    vt_negatives *negatives = NULL;
    vt_error err = VT_ERROR_INIT;
    const char *path = write_file(f, "u3 a\r\nstranger x y\n\nu1\tf  e f\nu2\n");
    check_ok(vt_negatives_read(&negatives, path, f->plan, &err));
    assert_int_equal(negatives->ptr[1], 2); /* u1: e f, once each */
    assert_int_equal(negatives->item[0], 4);
    assert_int_equal(negatives->item[1], 5);
    assert_int_equal(negatives->ptr[2], 2);
    assert_int_equal(negatives->ptr[3], 3);
    assert_int_equal(negatives->item[2], 0);
    vt_negatives_free(negatives);
}

/* u1: c d f, u2: b e (a is in the history), u3: a f. By id at K = 2: u1 two hits, u2 one at 2, u3 one at 2. */
static void only_those_are_ranked(void **state)
{
    fixture *f = *state;
    vt_evaluation e = {0};
    vt_error err = VT_ERROR_INIT;
    char path[300];
    snprintf(path, sizeof path, "%s", write_file(f, "u1 f\nu2 b\nu3 a\n"));
    f->protocol.negatives_file = path;
    f->protocol.cutoff[0] = 2;
    f->protocol.n_cutoffs = 1;
    check_ok(vt_evaluate(&e, f->data.snapshot, f->data.split, &f->protocol, rank_by_id, f->data.snapshot, &err));
    assert_non_null(strstr(e.protocol, "ranking=sampled:negatives.txt"));
    assert_true(fabs(e.figure[0][VT_METRIC_PRECISION].value - 2.0 / 3) < 1e-12);
    assert_true(fabs(e.figure[0][VT_METRIC_MRR].value - 2.0 / 3) < 1e-12);
    vt_evaluation_done(&e);
}

static void check_refused(fixture *f, const char *text, int code, int64_t line, const char *why)
{
    vt_negatives *negatives = NULL;
    vt_error err = VT_ERROR_INIT;
    assert_int_equal(vt_negatives_read(&negatives, write_file(f, text), f->plan, &err), code);
    assert_null(negatives);
    assert_int_equal(err.position, line);
    if (strstr(err.message, why) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", err.message, why);
    }
}

static void mistakes_are_named(void **state)
{
    fixture *f = *state;
    vt_negatives *negatives = NULL;
    vt_error err = VT_ERROR_INIT;
    check_refused(f, "u1 e\nu2 b zz\n", VT_ERR_FORMAT, 2, "negatives.txt:2: item \"zz\" is not among the items");
    check_refused(f, "u1 e\nu1 f\n", VT_ERR_FORMAT, 2, "negatives.txt:2: user \"u1\" has a line already");
    check_refused(f, "u1 e\nu3 a\n", VT_ERR_NOT_FOUND, -1, "has no line for user \"u2\"");
    assert_int_equal(vt_negatives_read(&negatives, scratch_path(&f->files, "none"), f->plan, &err), VT_ERR_NOT_FOUND);
}

static int run(void *context, vt_error *err)
{
    fixture *f = context;
    vt_negatives *negatives = NULL;
    int status = vt_negatives_read(&negatives, scratch_path(&f->files, "negatives.txt"), f->plan, err);
    vt_negatives_free(negatives);
    return status;
}

static void memory_runs_out(void **state)
{
    fixture *f = *state;
    write_file(f, "u1 e\nu2 b\nu3 a\n");
    assert_true(fault_allocations(run, f) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(drawn_by_seed, setup, teardown),
        cmocka_unit_test_setup_teardown(read_from_a_file, setup, teardown),
        cmocka_unit_test_setup_teardown(only_those_are_ranked, setup, teardown),
        cmocka_unit_test_setup_teardown(mistakes_are_named, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_runs_out, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
