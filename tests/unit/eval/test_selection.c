/* Model selection: a planted order of models, the same again, rounds, no look beyond a named split's test, a budget. */
#include "eval_data.h"

#include <math.h>

#include "base/rng.h"
#include "fault.h"
#include "vitrine/selection.h"

enum { USERS = 300, EVENTS = 6, TRIALS_MAX = 64 };

/* Users of two tastes: item i of 40 is liked by those of the same parity, whom only a model of persons tells apart. */
static void two_tastes(vt_snapshot **out, bool timed)
{
    static event_row rows[USERS * EVENTS];
    static char names[USERS][8];
    static char items[40][8];
    vt_error err = VT_ERROR_INIT;
    for (int i = 0; i < 40; i++) {
        snprintf(items[i], sizeof items[i], "i%02d", i);
    }
    for (int u = 0; u < USERS; u++) {
        vt_rng rng = vt_rng_at(3, "selection-data", (uint64_t)u, 0);
        snprintf(names[u], sizeof names[u], "u%03d", u);
        for (int e = 0; e < EVENTS; e++) {
            int item = 2 * (int)vt_rng_below(&rng, 20) + u % 2;
            rows[u * EVENTS + e] = (event_row){names[u], items[item], timed ? 100000 * e + 7 * u : VT_NONE, 5, 0, 0};
        }
    }
    check_ok(snapshot_of(out, rows, USERS * EVENTS, NULL, &err));
}

typedef struct watch {
    vt_selection_trial trial[TRIALS_MAX];
    size_t n;
} watch;

static void told(void *context, const vt_selection_trial *trial)
{
    watch *w = context;
    assert_true(w->n < TRIALS_MAX);
    w->trial[w->n++] = *trial;
}

static vt_selection selection_of(watch *w)
{
    vt_selection s;
    vt_selection_init(&s);
    s.fit.threads = 1;
    s.protocol.resamples = 20;
    s.told = told;
    s.context = w;
    return s;
}

static const vt_selection_trial *find(const vt_selection_result *r, const char *kind, double share)
{
    for (size_t i = 0; i < r->n; i++) {
        if (strcmp(r->trial[i].kind, kind) == 0 && (r->trial[i].share < 1) == (share < 1)) {
            return &r->trial[i];
        }
    }
    return NULL;
}

static void tastes_are_found(void **state)
{
    (void)state;
    for (int timed = 0; timed < 2; timed++) {
        vt_snapshot *snapshot = NULL;
        vt_selection_result r = {.n = 0}, again = {.n = 0};
        watch w = {.n = 0}, other = {.n = 0};
        vt_error err = VT_ERROR_INIT;
        two_tastes(&snapshot, timed != 0);
        vt_selection s = selection_of(&w), twice = selection_of(&other);
        twice.fit.threads = 2;
        check_ok(vt_select_model(&r, snapshot, &s, &err));
        assert_non_null(strstr(r.protocol, timed ? "time:0.9,0,0.1" : "leave-last-out"));
        assert_non_null(strstr(r.protocol, timed ? "state=visits candidates=alive" : "state=frozen"));
        assert_int_equal(w.n, r.n);
        assert_true(r.best < r.n && strcmp(r.trial[r.best].kind, "popularity") != 0);
        assert_true(r.trial[r.best].value > 1.5 * find(&r, "popularity", 1)->value);
        assert_true(r.trial[r.best].low <= r.trial[r.best].value && r.trial[r.best].value <= r.trial[r.best].high);
        assert_true((find(&r, "hybrid", 1) != NULL) && find(&r, "slim", 1) == NULL);
        for (size_t i = 0; i < r.n; i++) {
            assert_true(r.trial[i].share == 1 || r.trial[i].share < 0.5);
            assert_true(r.trial[i].share < 1 || !(r.trial[i].value > r.trial[r.best].value));
        }
        check_ok(vt_select_model(&again, snapshot, &twice, &err));
        assert_int_equal(again.n, r.n);
        assert_int_equal(again.best, r.best);
        for (size_t i = 0; i < r.n; i++) {
            if (again.trial[i].value != r.trial[i].value) {
                fail_msg("%s: %.17g is not %.17g (%s)", r.trial[i].kind, again.trial[i].value, r.trial[i].value,
                         r.trial[i].error);
            }
        }
        vt_selection_result_done(&r);
        vt_selection_result_done(&again);
        vt_snapshot_free(snapshot);
    }
}

/* What only the test part tells does not count: the choice with a split is the same whatever is in its test part. */
static void the_test_part_is_not_looked_at(void **state)
{
    (void)state;
    vt_snapshot *snapshot = NULL;
    vt_selection_result r = {.n = 0};
    watch w = {.n = 0};
    vt_error err = VT_ERROR_INIT;
    two_tastes(&snapshot, true);
    vt_selection s = selection_of(&w);
    check_ok(vt_split_parse(&s.spec, "time:0.7,0.15,0.15", &err));
    check_ok(vt_select_model(&r, snapshot, &s, &err));
    assert_non_null(strstr(r.protocol, "time:0.7,0.15,0.15"));
    assert_non_null(strstr(r.protocol, "evaluated=valid state=frozen"));
    vt_selection_result_done(&r);
    check_ok(vt_split_parse(&s.spec, "kfold:3", &err));
    assert_int_equal(vt_select_model(&r, snapshot, &s, &err), VT_ERR_USAGE);
    vt_snapshot_free(snapshot);
}

/* However short the time, one model is there. */
static void a_budget_leaves_one(void **state)
{
    (void)state;
    vt_snapshot *snapshot = NULL;
    vt_selection_result r = {.n = 0};
    watch w = {.n = 0};
    vt_error err = VT_ERROR_INIT;
    two_tastes(&snapshot, true);
    vt_selection s = selection_of(&w);
    s.budget = 1e-9;
    check_ok(vt_select_model(&r, snapshot, &s, &err));
    assert_true(r.out_of_time);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.best, 0);
    assert_string_equal(r.trial[0].kind, "popularity");
    vt_selection_result_done(&r);
    vt_snapshot_free(snapshot);
}

static void nothing_to_choose_by(void **state)
{
    (void)state;
    const event_row rows[] = {{"u", "a", 1, 5, 0, 0}};
    vt_snapshot *snapshot = NULL;
    vt_selection_result r = {.n = 0};
    watch w = {.n = 0};
    vt_error err = VT_ERROR_INIT;
    check_ok(snapshot_of(&snapshot, rows, 1, NULL, &err));
    vt_selection s = selection_of(&w);
    assert_int_equal(vt_select_model(&r, snapshot, &s, &err), VT_ERR_UNSUPPORTED);
    vt_snapshot_free(snapshot);
}

static int stop(void *context, const vt_progress_state *progress)
{
    (void)context;
    (void)progress;
    return 1;
}

static void a_stop_ends_it(void **state)
{
    (void)state;
    const vt_progress progress = {stop, NULL};
    vt_snapshot *snapshot = NULL;
    vt_selection_result r = {.n = 0};
    watch w = {.n = 0};
    vt_error err = VT_ERROR_INIT;
    two_tastes(&snapshot, true);
    vt_selection s = selection_of(&w);
    s.fit.progress = &progress;
    assert_int_equal(vt_select_model(&r, snapshot, &s, &err), VT_ERR_CANCELLED);
    vt_snapshot_free(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tastes_are_found),    cmocka_unit_test(the_test_part_is_not_looked_at),
        cmocka_unit_test(a_budget_leaves_one), cmocka_unit_test(nothing_to_choose_by),
        cmocka_unit_test(a_stop_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
