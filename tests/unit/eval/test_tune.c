/* Tuning: the same trials again, from the log where it has them, never a look at the test part, halving, a stop. */
#include "eval_data.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/rng.h"
#include "fault.h"
#include "scratch.h"
#include "vitrine/tuning.h"

enum { USERS = 400, EVENTS = 6, TRIALS_MAX = 200 };

/* Users of two tastes: item i of 40 is liked by those of the same parity. The last event of each is test. */
static void make_data(vt_snapshot **out, const char *last)
{
    static event_row rows[USERS * EVENTS];
    static char names[USERS][8];
    static char items[40][8];
    vt_error err = VT_ERROR_INIT;
    for (int i = 0; i < 40; i++) {
        snprintf(items[i], sizeof items[i], "i%02d", i);
    }
    for (int u = 0; u < USERS; u++) {
        vt_rng rng = vt_rng_at(3, "tune-data", (uint64_t)u, 0);
        snprintf(names[u], sizeof names[u], "u%03d", u);
        for (int e = 0; e < EVENTS; e++) {
            int item = 2 * (int)vt_rng_below(&rng, 20) + u % 2;
            rows[u * EVENTS + e] = (event_row){names[u], items[item], 1000 * e + u, 5, 0, 0};
        }
        if (last != NULL) {
            rows[u * EVENTS + EVENTS - 1].item = last;
        }
    }
    check_ok(snapshot_of(out, rows, USERS * EVENTS, NULL, &err));
}

typedef struct watch {
    vt_trial trial[TRIALS_MAX];
    int n;
} watch;

static void told(void *context, const vt_trial *trial)
{
    watch *w = context;
    assert_true(w->n < TRIALS_MAX);
    w->trial[w->n++] = *trial;
}

typedef struct fixture {
    vt_snapshot *snapshot;
    vt_tuning tuning;
    vt_tuning_result result;
    watch watched;
    scratch files;
    char log[PATH_MAX];
} fixture;

static int setup(void **state)
{
    static fixture f;
    vt_error err = VT_ERROR_INIT;
    memset(&f, 0, sizeof f);
    make_data(&f.snapshot, NULL);
    scratch_init(&f.files);
    snprintf(f.log, sizeof f.log, "%s", scratch_path(&f.files, "trials.jsonl"));
    vt_tuning_init(&f.tuning);
    f.tuning.kind = "itemknn";
    f.tuning.trials = 10;
    f.tuning.fit.threads = 1;
    f.tuning.protocol.threads = 1;
    f.tuning.protocol.resamples = 20;
    f.tuning.protocol.cutoff[0] = 5;
    f.tuning.protocol.n_cutoffs = 1;
    f.tuning.log = f.log;
    f.tuning.told = told;
    f.tuning.context = &f.watched;
    check_ok(vt_split_parse(&f.tuning.spec, "leave-last-out", &err));
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    vt_snapshot_free(f->snapshot);
    scratch_done(&f->files);
    return 0;
}

static void tune(fixture *f)
{
    vt_error err = VT_ERROR_INIT;
    f->watched.n = 0;
    check_ok(vt_tune(&f->result, f->snapshot, &f->tuning, &err));
}

static void check_same(const vt_trial *a, const vt_trial *b)
{
    assert_int_equal(a->number, b->number);
    assert_string_equal(a->settings, b->settings);
    assert_true(fabs(a->share - b->share) < 1e-12);
    assert_true(fabs(a->value - b->value) < 1e-15);
}

/* Trial 0, then nine with... 400 evaluated users leave one rung only, so all have the whole budget. */
static void the_same_again_from_the_log(void **state)
{
    fixture *f = *state;
    static watch before;
    tune(f);
    before = f->watched;
    assert_int_equal(before.n, 10);
    assert_int_equal(f->result.trials, 10);
    assert_int_equal(f->result.whole, 10);
    assert_non_null(strstr(f->result.protocol, "evaluated=valid"));
    assert_string_equal(f->result.metric, "NDCG@5");
    for (int i = 0; i < 10; i++) {
        assert_int_equal(before.trial[i].number, i);
        assert_false(before.trial[i].kept);
        assert_true(f->result.best.value >= before.trial[i].value);
    }
    assert_string_equal(before.trial[0].settings, "");
    f->tuning.trials = 12; /* more trials go on from those */
    tune(f);
    assert_int_equal(f->watched.n, 12);
    for (int i = 0; i < 12; i++) {
        assert_int_equal(f->watched.trial[i].kept, i < 10);
    }
    for (int i = 0; i < 10; i++) {
        check_same(&before.trial[i], &f->watched.trial[i]);
    }
    /* without the log, and on threads */
    f->tuning.log = NULL;
    f->tuning.fit.threads = 3;
    f->tuning.protocol.threads = 3;
    f->tuning.trials = 10;
    tune(f);
    for (int i = 0; i < 10; i++) {
        assert_false(f->watched.trial[i].kept);
        check_same(&before.trial[i], &f->watched.trial[i]);
    }
}

/* What users did last has no part in it: other test events, the same trials. */
static void never_looks_at_the_test_part(void **state)
{
    fixture *f = *state;
    static watch before;
    f->tuning.log = NULL;
    tune(f);
    before = f->watched;
    vt_snapshot_free(f->snapshot);
    make_data(&f->snapshot, "i00");
    tune(f);
    for (int i = 0; i < 10; i++) {
        check_same(&before.trial[i], &f->watched.trial[i]);
    }
}

/* A line that a kill cut off: its trial is run again. Trials of another seed or search do not count. */
static void logs_that_do_not_fit(void **state)
{
    fixture *f = *state;
    f->tuning.trials = 3;
    tune(f);
    FILE *file = fopen(f->log, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, -20, SEEK_END), 0);
    assert_int_equal(ftruncate(fileno(file), ftell(file)), 0);
    fclose(file);
    tune(f);
    assert_true(f->watched.trial[1].kept);
    assert_false(f->watched.trial[2].kept);
    tune(f); /* the line behind the cut one is whole */
    assert_true(f->watched.trial[2].kept);
    f->tuning.fit.seed = 7;
    tune(f);
    assert_false(f->watched.trial[0].kept);
    const char *row = "k=5:9";
    f->tuning.fit.seed = 42;
    f->tuning.search = &row;
    f->tuning.n_search = 1;
    tune(f);
    assert_false(f->watched.trial[1].kept);
}

/* With rungs: nine begin with a third of a third... here two rungs, three begin and the best of them goes on. */
static void the_best_third_goes_on(void **state)
{
    fixture *f = *state;
    vt_snapshot_free(f->snapshot);
    static event_row rows[1000 * 3];
    static char names[1000][8];
    vt_error err = VT_ERROR_INIT;
    for (int u = 0; u < 1000; u++) {
        const char *items[] = {u % 2 ? "a" : "b", u % 3 ? "c" : "d", u % 5 ? "e" : "f"};
        snprintf(names[u], sizeof names[u], "u%03d", u);
        for (int e = 0; e < 3; e++) {
            rows[u * 3 + e] = (event_row){names[u], items[(u + e) % 3], 1000 * e + u, 5, 0, 0};
        }
    }
    check_ok(snapshot_of(&f->snapshot, rows, 3000, NULL, &err));
    f->tuning.trials = 8;
    tune(f);
    /* 0 | 1 2 3 and one of them | 4 5 6 and one | 7 and 7 */
    assert_int_equal(f->watched.n, 1 + 4 + 4 + 2);
    assert_int_equal(f->result.trials, 8);
    assert_int_equal(f->result.whole, 4);
    for (int bracket = 0; bracket < 2; bracket++) {
        const vt_trial *t = &f->watched.trial[1 + 4 * bracket];
        const vt_trial *on = &t[3];
        assert_true(on->share > 0.999 && on->rung == 1);
        for (int i = 0; i < 3; i++) {
            assert_true(t[i].share < 0.34 && t[i].rung == 0);
            assert_true(isnan(t[i].low));
            if (t[i].number == on->number) {
                for (int j = 0; j < 3; j++) {
                    assert_true(t[i].value >= t[j].value);
                }
            }
        }
    }
}

static int stop(void *context, const vt_progress_state *progress)
{
    int *left = context;
    assert_string_equal(progress->stage, "tuning itemknn");
    assert_string_equal(progress->unit, "trials");
    return --*left < 0;
}

static void stopped_and_going_on(void **state)
{
    fixture *f = *state;
    int left = 60;
    vt_progress progress = {stop, &left};
    vt_error err = VT_ERROR_INIT;
    f->tuning.fit.progress = &progress;
    assert_int_equal(vt_tune(&f->result, f->snapshot, &f->tuning, &err), VT_ERR_CANCELLED);
    int done = f->watched.n;
    assert_true(done > 0 && done < 10);
    f->tuning.fit.progress = NULL;
    tune(f);
    for (int i = 0; i < 10; i++) {
        assert_int_equal(f->watched.trial[i].kept, i < done);
    }
    f->tuning.budget = 1e-9; /* time is up at once: only where it begins is known */
    tune(f);
    assert_true(f->result.out_of_time);
    assert_int_equal(f->watched.n, 1);
    assert_int_equal(f->result.best.number, 0);
}

static void nothing_to_search(void **state)
{
    fixture *f = *state;
    const char *settings = "window=0,half_life=0,counts=events";
    vt_error err = VT_ERROR_INIT;
    f->tuning.kind = "popularity";
    f->tuning.fit.settings = &settings;
    f->tuning.fit.n_settings = 1;
    assert_int_equal(vt_tune(&f->result, f->snapshot, &f->tuning, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "nothing of popularity is searched unless you say so"));
}

static int small(void *context, vt_error *err)
{
    fixture *f = context;
    f->watched.n = 0;
    return vt_tune(&f->result, f->snapshot, &f->tuning, err);
}

static void memory_runs_out(void **state)
{
    fixture *f = *state;
    eval_data data = {0};
    vt_snapshot *large = f->snapshot;
    eval_data_tiny(&data);
    f->snapshot = data.snapshot;
    f->tuning.log = NULL;
    f->tuning.trials = 1;
    f->tuning.kind = "popularity";
    assert_true(fault_allocations(small, f) > 20);
    f->snapshot = large;
    eval_data_done(&data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_same_again_from_the_log, setup, teardown),
        cmocka_unit_test_setup_teardown(never_looks_at_the_test_part, setup, teardown),
        cmocka_unit_test_setup_teardown(logs_that_do_not_fit, setup, teardown),
        cmocka_unit_test_setup_teardown(the_best_third_goes_on, setup, teardown),
        cmocka_unit_test_setup_teardown(stopped_and_going_on, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_to_search, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_runs_out, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
