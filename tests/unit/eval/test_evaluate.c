/* Evaluations worked by hand on six items and three users: variants of the protocol, state, threads, wrong lists. */
#include "eval_data.h"

#include <math.h>

#include "base/rng.h"
#include "fault.h"

static void check_near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-12)) {
        fail_msg("%.15g is not %.15g", value, expected);
    }
}

static void protocol_at(vt_protocol *protocol, int32_t first, int32_t second)
{
    vt_protocol_init(protocol);
    protocol->cutoff[0] = first;
    protocol->cutoff[1] = second;
    protocol->n_cutoffs = 2;
    protocol->resamples = 50;
    protocol->threads = 1;
    protocol->fallback = false;
}

static void check_figures(const vt_evaluation *e, size_t c, const double expected[VT_METRIC_POPULARITY + 1])
{
    for (size_t m = 0; m <= VT_METRIC_POPULARITY; m++) {
        double value = e->figure[c][m].value;
        if (!(fabs(value - expected[m]) <= 1e-12)) {
            fail_msg("%s@%d is %.15g, not %.15g", vt_metrics()[m].name, (int)e->cutoff[c], value, expected[m]);
        }
    }
}

/*
 * Lists by id, history left out: u1 c d e f (relevant c d), u2 b c d e f (relevant a e; a is in the history and
 * cannot be reached), u3 a d e f (relevant f).
 */
static void catalogue_by_hand(void **state)
{
    (void)state;
    eval_data data = {0};
    vt_protocol protocol;
    vt_evaluation e = {0};
    vt_error err = VT_ERROR_INIT;
    const double second = 1 / log2(3);
    const double fourth = 1 / log2(5);
    eval_data_tiny(&data);
    protocol_at(&protocol, 1, 4);
    check_ok(vt_evaluate(&e, data.snapshot, data.split, &protocol, rank_by_id, data.snapshot, &err));
    assert_string_equal(e.protocol,
                        "given positive=purchase|like|rating evaluated=test state=frozen candidates=catalogue "
                        "test-items=all seen=exclude users=served fallback=none ranking=full seed=42");
    assert_int_equal(e.users, 3);
    assert_int_equal(e.queries, 3);
    assert_int_equal(e.candidates, 6);
    assert_int_equal(e.positives, 5);
    assert_int_equal(e.skipped, 0);
    /* K = 1: c | b | a. Bits of c: share (1+1)/(3+1); of a and b: 3/4. Fifth of {a, b, c}: a. */
    check_figures(&e, 0,
                  (double[]){1.0 / 3, 0.5 / 3, 1.0 / 3, 1.0 / 3, 1.0 / 3, 1.0 / 3, 3.0 / 6, (1 - 2 * log2(0.75)) / 3,
                             (1 + 3 + 5) / 18.0, 1.0 / 3});
    /* K = 4: c d e f | b c d e | a d e f: counts a1 b1 c2 d3 e3 f2. Bits of d e f: 2. Gini over 1 1 2 2 3 3. */
    check_figures(&e, 1,
                  (double[]){(0.5 + 0.25 + 0.25) / 3, (1 + 0.5 + 1) / 3, 1, (1 + fourth / (1 + second) + fourth) / 3,
                             (1 + 0.25 / 2 + 0.25) / 3, (1 + 0.25 + 0.25) / 3, 1,
                             (2 * -log2(0.75) + 2 * 1 + 8 * 2) / 12, (-5 - 3 - 2 + 2 + 9 + 15) / 72.0, 1.0 / 12});
    assert_true(isnan(e.figure[1][VT_METRIC_COVERAGE].low));
    assert_true(e.figure[0][VT_METRIC_HR].low <= 1.0 / 3 && 1.0 / 3 <= e.figure[0][VT_METRIC_HR].high);
    /* rows of users: u2 at K = 4 */
    assert_int_equal(e.user[1], 1);
    check_near(e.per_user[(1 * 2 + 1) * VT_METRICS + VT_METRIC_NDCG], fourth / (1 + second));
    assert_true(isnan(e.per_user[VT_METRIC_GINI]));
    vt_evaluation_done(&e);
    eval_data_done(&data);
}

static void evaluate_tiny(vt_evaluation *e, vt_candidates candidates, vt_test_items test_items, vt_seen seen)
{
    eval_data data = {0};
    vt_protocol protocol;
    vt_error err = VT_ERROR_INIT;
    eval_data_tiny(&data);
    protocol_at(&protocol, 1, 4);
    protocol.candidates = candidates;
    protocol.test_items = test_items;
    protocol.seen = seen;
    check_ok(vt_evaluate(e, data.snapshot, data.split, &protocol, rank_by_id, data.snapshot, &err));
    eval_data_done(&data);
}

static void variants_by_hand(void **state)
{
    (void)state;
    vt_evaluation e = {0};
    const double second = 1 / log2(3);
    /* candidates a b c: u1 lists c and finds one of c d; u2 lists b c; u3 lists a */
    evaluate_tiny(&e, VT_CANDIDATES_TRAIN, VT_TEST_ITEMS_ALL, VT_SEEN_EXCLUDE);
    assert_int_equal(e.users, 3);
    assert_int_equal(e.candidates, 3);
    check_near(e.figure[1][VT_METRIC_PRECISION].value, 0.25 / 3);
    check_near(e.figure[1][VT_METRIC_RECALL].value, 0.5 / 3);
    check_near(e.figure[1][VT_METRIC_NDCG].value, 1 / (1 + second) / 3);
    check_near(e.figure[1][VT_METRIC_COVERAGE].value, 1);
    vt_evaluation_done(&e);
    /* d, e and f are left out with their three events, u3 with its only one; u2's a stays out of reach */
    evaluate_tiny(&e, VT_CANDIDATES_TRAIN, VT_TEST_ITEMS_SEEN, VT_SEEN_EXCLUDE);
    assert_int_equal(e.users, 2);
    assert_int_equal(e.positives, 2);
    assert_int_equal(e.skipped, 3);
    assert_int_equal(e.user[0], 0);
    assert_int_equal(e.user[1], 1);
    check_near(e.figure[0][VT_METRIC_HR].value, 0.5);
    check_near(e.figure[1][VT_METRIC_NDCG].value, 0.5);
    vt_evaluation_done(&e);
    /* with the history kept both list a b c: c at 3, a at 1 */
    evaluate_tiny(&e, VT_CANDIDATES_TRAIN, VT_TEST_ITEMS_SEEN, VT_SEEN_KEEP);
    check_near(e.figure[0][VT_METRIC_HR].value, 0.5);
    check_near(e.figure[1][VT_METRIC_NDCG].value, (0.5 + 1) / 2);
    check_near(e.figure[1][VT_METRIC_MRR].value, (1.0 / 3 + 1) / 2);
    assert_non_null(
        strstr(e.protocol, "candidates=train test-items=seen seen=keep users=served fallback=none ranking=full"));
    vt_evaluation_done(&e);
}

/* Ranks by the number of events before the moment, ties by id; remembers what it was asked. */
typedef struct witness {
    int n;
    size_t history[8];
    bool as_fitted[8];
    int64_t now[8];
    int32_t user[8];
} witness;

static int64_t known_before(const vt_item_times *known, int32_t item, int64_t now)
{
    int64_t n = 0;
    for (int64_t t = known == NULL ? 0 : known->ptr[item]; known != NULL && t < known->ptr[item + 1]; t++) {
        assert_true(t == known->ptr[item] || known->time[t - 1] <= known->time[t]);
        n += known->time[t] < now;
    }
    return n;
}

static int rank_by_known(void *context, const vt_query *queries, size_t n, size_t k, int32_t *items, vt_error *err)
{
    (void)err;
    witness *w = context;
    assert_int_equal(k, 1);
    for (size_t q = 0; q < n; q++) {
        const vt_user_state *s = &queries[q].state;
        int64_t best = -1;
        w->history[w->n] = s->n;
        w->as_fitted[w->n] = s->as_fitted;
        w->user[w->n] = s->user;
        w->now[w->n++] = s->now;
        for (int32_t i = 0; i < 3; i++) {
            int64_t count = known_before(s->known, i, s->now);
            if (may_rank(&queries[q], i) && count > best) {
                best = count;
                items[q] = i;
            }
        }
    }
    return VT_OK;
}

/* u1: a at 1 | b at 5, c at 9. u2: b at 2 | a at 6. v: nothing | b at 3, and no training. */
static void live_moves_on_and_frozen_stops(void **state)
{
    (void)state;
    const event_row rows[] = {
        {"u1", "a", 1, 5, 0, VT_PART_TRAIN}, {"u1", "b", 5, 5, 0, TEST_PART}, {"u1", "c", 9, 5, 0, TEST_PART},
        {"u2", "b", 2, 5, 0, VT_PART_TRAIN}, {"u2", "a", 6, 5, 0, TEST_PART}, {"v", "b", 3, 5, 0, TEST_PART},
    };
    eval_data data = {0};
    vt_protocol protocol;
    vt_evaluation e = {0};
    vt_error err = VT_ERROR_INIT;
    witness frozen = {0};
    witness live = {0};
    eval_data_split(&data, rows, 6, "given");
    vt_protocol_init(&protocol);
    protocol.cutoff[0] = 1;
    protocol.n_cutoffs = 1;
    protocol.threads = 1;
    protocol.users = VT_USERS_STORED;
    check_ok(vt_evaluate(&e, data.snapshot, data.split, &protocol, rank_by_known, &frozen, &err));
    assert_int_equal(e.queries, 3);
    /* nothing is known: u1 lists b (one of b c), u2 lists a, v lists a and wants b */
    check_near(e.figure[0][VT_METRIC_RECALL].value, (0.5 + 1 + 0) / 3);
    check_near(e.figure[0][VT_METRIC_HR].value, 2.0 / 3);
    vt_evaluation_done(&e);
    assert_int_equal(frozen.n, 3);
    assert_true(frozen.as_fitted[0] && frozen.as_fitted[1] && !frozen.as_fitted[2]);
    assert_int_equal(frozen.now[0], 5);
    assert_int_equal(frozen.history[0], 1);
    assert_int_equal(frozen.user[0], 0);
    assert_int_equal(frozen.user[2], -1);

    protocol.state = VT_STATE_LIVE;
    check_ok(vt_evaluate(&e, data.snapshot, data.split, &protocol, rank_by_known, &live, &err));
    assert_non_null(strstr(e.protocol, "state=live"));
    assert_int_equal(e.queries, 4);
    assert_int_equal(e.users, 3);
    /*
     * u1 at 5: known a1 b2 (u2, v): b, right. u1 at 9: history a b, only c is left: right. u2 at 6: a: right.
     * v at 3: known a at 1, b at 2: one each, a comes first: wrong.
     */
    check_near(e.figure[0][VT_METRIC_RECALL].value, (1 + 1 + 0) / 3.0);
    check_near(e.per_user[VT_METRIC_PRECISION], 1);
    vt_evaluation_done(&e);
    assert_int_equal(live.n, 4);
    assert_int_equal(live.history[1], 2);
    assert_int_equal(live.now[1], 9);
    assert_true(live.as_fitted[0] && !live.as_fitted[1] && live.as_fitted[2] && !live.as_fitted[3]);
    eval_data_done(&data);
}

/*
 * u buys c in a visit that began with a look at a, and d in the same one; b an hour later. One list for the first
 * visit, which knows what was before the look, with c and d relevant, and one for the second.
 */
static void visits_are_asked_once(void **state)
{
    (void)state;
    const event_row rows[] = {
        {"u", "a", 10, 5, 0, VT_PART_TRAIN}, {"u", "a", 5000, 0, VIEW_ROW, 0},  {"u", "c", 6000, 5, 0, TEST_PART},
        {"u", "d", 7800, 5, 0, TEST_PART},   {"u", "c", 7801, 5, 0, TEST_PART}, {"u", "b", 9602, 5, 0, TEST_PART},
    };
    eval_data data = {0};
    vt_protocol protocol;
    vt_evaluation e = {0};
    vt_error err = VT_ERROR_INIT;
    witness w = {0};
    eval_data_split(&data, rows, 6, "given");
    vt_protocol_init(&protocol);
    protocol.cutoff[0] = 1;
    protocol.n_cutoffs = 1;
    protocol.threads = 1;
    protocol.state = VT_STATE_VISITS;
    check_ok(vt_evaluate(&e, data.snapshot, data.split, &protocol, rank_by_known, &w, &err));
    assert_non_null(strstr(e.protocol, "state=visits"));
    assert_int_equal(e.queries, 2);
    assert_int_equal(w.n, 2);
    assert_int_equal(w.now[0], 5000);
    assert_int_equal(w.history[0], 1);
    assert_int_equal(w.now[1], 9602);
    assert_int_equal(w.history[1], 4);
    /* the first list is b, since a was had: no hit of c and d; the second is b too: right */
    check_near(e.figure[0][VT_METRIC_RECALL].value, 0.5);
    vt_evaluation_done(&e);
    eval_data_done(&data);
}

/* Validation is evaluated as if the test part did not exist; in the test, validation stands in the history. */
static void validation_does_not_see_the_test(void **state)
{
    (void)state;
    const event_row rows[] = {
        {"u", "a", 1, 5, 0, VT_PART_TRAIN},
        {"u", "c", 2, 5, 0, TEST_PART},
        {"u", "b", 3, 5, 0, VT_PART_VALID},
        {"w", "a", 2, 5, 0, TEST_PART},
    };
    eval_data data = {0};
    vt_protocol protocol;
    vt_evaluation e = {0};
    vt_error err = VT_ERROR_INIT;
    witness w = {0};
    eval_data_split(&data, rows, 4, "given");
    vt_protocol_init(&protocol);
    protocol.cutoff[0] = 1;
    protocol.n_cutoffs = 1;
    protocol.threads = 1;
    protocol.part = VT_PART_VALID;
    protocol.state = VT_STATE_LIVE;
    check_ok(vt_evaluate(&e, data.snapshot, data.split, &protocol, rank_by_known, &w, &err));
    assert_non_null(strstr(e.protocol, "evaluated=valid"));
    assert_int_equal(w.n, 1);
    assert_int_equal(w.history[0], 1); /* not the test event at 2 */
    vt_evaluation_done(&e);
    w = (witness){0};
    protocol.part = VT_PART_TEST;
    protocol.state = VT_STATE_FROZEN;
    check_ok(vt_evaluate(&e, data.snapshot, data.split, &protocol, rank_by_known, &w, &err));
    assert_int_equal(w.n, 2);
    assert_int_equal(w.history[0], 2);
    assert_false(w.as_fitted[0]);
    vt_evaluation_done(&e);
    eval_data_done(&data);
}

enum { MANY_USERS = 300, MANY_ITEMS = 40 };

/* Every user has six events on random items, the last two held out. */
static void eval_data_many(eval_data *data)
{
    static event_row rows[MANY_USERS * 6];
    static char names[MANY_USERS + MANY_ITEMS][8];
    vt_rng rng = vt_rng_at(9, "eval-data-many", 0, 0);
    for (int i = 0; i < MANY_USERS + MANY_ITEMS; i++) {
        snprintf(names[i], sizeof names[i], "%c%03d", i < MANY_USERS ? 'u' : 'i', i);
    }
    for (int r = 0; r < MANY_USERS * 6; r++) {
        const char *item = names[MANY_USERS + (int)vt_rng_below(&rng, MANY_ITEMS)];
        rows[r] = (event_row){names[r / 6], item, 100 + r, 5, 0, r % 6 < 4 ? VT_PART_TRAIN : VT_PART_TEST};
    }
    eval_data_split(data, rows, MANY_USERS * 6, "given");
}

/* A list that depends on the user alone: ids from a start that differs by user. */
static int rank_rotated(void *context, const vt_query *queries, size_t n, size_t k, int32_t *items, vt_error *err)
{
    (void)err;
    const vt_snapshot *snapshot = context;
    for (size_t q = 0; q < n; q++) {
        size_t length = 0;
        for (int32_t i = 0; i < snapshot->n_items && length < k; i++) {
            int32_t item = (i * 7 + queries[q].state.user * 13) % snapshot->n_items;
            if (may_rank(&queries[q], item)) {
                items[q * k + length++] = item;
            }
        }
        if (length < k) {
            items[q * k + length] = -1;
        }
    }
    return VT_OK;
}

static void same_on_many_threads(void **state)
{
    (void)state;
    eval_data data = {0};
    vt_error err = VT_ERROR_INIT;
    eval_data_many(&data);
    for (int variant = 0; variant < 4; variant++) {
        vt_protocol protocol;
        vt_evaluation one = {0};
        vt_evaluation many = {0};
        protocol_at(&protocol, 3, 10);
        protocol.state = (variant & 1) != 0 ? VT_STATE_LIVE : VT_STATE_FROZEN;
        protocol.negatives = (variant & 2) != 0 ? 9 : 0;
        check_ok(vt_evaluate(&one, data.snapshot, data.split, &protocol, rank_rotated, data.snapshot, &err));
        protocol.threads = 6;
        check_ok(vt_evaluate(&many, data.snapshot, data.split, &protocol, rank_rotated, data.snapshot, &err));
        assert_int_equal(one.users, MANY_USERS);
        assert_int_equal(many.queries, (variant & 1) != 0 ? 2 * MANY_USERS : MANY_USERS);
        assert_memory_equal(one.figure, many.figure, sizeof one.figure);
        assert_memory_equal(one.user, many.user, MANY_USERS * sizeof *one.user);
        assert_memory_equal(one.per_user, many.per_user, MANY_USERS * 2 * VT_METRICS * sizeof *one.per_user);
        assert_true(one.figure[1][VT_METRIC_NDCG].value > 0);
        vt_evaluation_done(&one);
        vt_evaluation_done(&many);
    }
    eval_data_done(&data);
}

/* Gives `context` (one item, then the end) as every list. */
static int rank_fixed(void *context, const vt_query *queries, size_t n, size_t k, int32_t *items, vt_error *err)
{
    (void)err;
    (void)queries;
    const int32_t *list = context;
    for (size_t q = 0; q < n; q++) {
        items[q * k] = list[0];
        items[q * k + 1] = list[1];
    }
    return VT_OK;
}

static void wrong_lists_are_refused(void **state)
{
    (void)state;
    const struct {
        int32_t list[2];
        vt_candidates candidates;
        const char *why;
    } rows[] = {
        {{0, -1},
         VT_CANDIDATES_CATALOGUE,
         "\"u1\" is not valid: item number 0 at position 1 is an item of the user's history"},
        {{4, 4}, VT_CANDIDATES_CATALOGUE, "position 2 is listed twice"},
        {{6, -1}, VT_CANDIDATES_CATALOGUE, "item number 6 at position 1 is no item of the data"},
        {{-2, -1}, VT_CANDIDATES_CATALOGUE, "item number -2 at position 1 is no item of the data"},
        {{4, -1}, VT_CANDIDATES_TRAIN, "item number 4 at position 1 is no candidate"},
    };
    eval_data data = {0};
    eval_data_tiny(&data);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        vt_protocol protocol;
        vt_evaluation e = {.users = -7};
        vt_error err = VT_ERROR_INIT;
        int32_t list[2] = {rows[i].list[0], rows[i].list[1]};
        protocol_at(&protocol, 1, 2);
        protocol.candidates = rows[i].candidates;
        assert_int_equal(vt_evaluate(&e, data.snapshot, data.split, &protocol, rank_fixed, list, &err), VT_ERR_FAILED);
        if (strstr(err.message, rows[i].why) == NULL) {
            fail_msg("\"%s\" does not say \"%s\"", err.message, rows[i].why);
        }
        assert_int_equal(e.users, -7);
    }
    eval_data_done(&data);
}

static int refuse(void *context, const vt_query *queries, size_t n, size_t k, int32_t *items, vt_error *err)
{
    (void)context;
    (void)queries;
    (void)n;
    (void)k;
    (void)items;
    return vt_fail(err, VT_ERR_UNSUPPORTED, "no lists today");
}

static int stop(void *context, const vt_progress_state *progress)
{
    int *calls = context;
    assert_string_equal(progress->unit, "users");
    return ++*calls > 0;
}

static void failures_reach_the_caller(void **state)
{
    (void)state;
    eval_data data = {0};
    vt_protocol protocol;
    vt_evaluation e = {0};
    vt_error err = VT_ERROR_INIT;
    int calls = 0;
    const vt_progress progress = {stop, &calls};
    eval_data_tiny(&data);
    protocol_at(&protocol, 1, 2);
    assert_int_equal(vt_evaluate(&e, data.snapshot, data.split, &protocol, refuse, NULL, &err), VT_ERR_UNSUPPORTED);
    assert_string_equal(err.message, "no lists today");
    protocol.progress = &progress;
    assert_int_equal(vt_evaluate(&e, data.snapshot, data.split, &protocol, rank_by_id, data.snapshot, &err),
                     VT_ERR_CANCELLED);
    assert_int_equal(calls, 1);
    eval_data_done(&data);
}

static void nothing_to_evaluate(void **state)
{
    (void)state;
    const event_row rows[] = {{"u", "a", 1, 5, 0, VT_PART_TRAIN}, {"u", "b", 2, 5, 0, TEST_PART}};
    eval_data data = {0};
    vt_protocol protocol;
    vt_evaluation e = {0};
    vt_error err = VT_ERROR_INIT;
    eval_data_split(&data, rows, 2, "given");
    protocol_at(&protocol, 1, 2);
    protocol.test_items = VT_TEST_ITEMS_SEEN;
    assert_int_equal(vt_evaluate(&e, data.snapshot, data.split, &protocol, rank_by_id, data.snapshot, &err),
                     VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "none of the 1 test events of split given is on an item with training events"));
    protocol.part = VT_PART_VALID;
    protocol.test_items = VT_TEST_ITEMS_ALL;
    assert_int_equal(vt_evaluate(&e, data.snapshot, data.split, &protocol, rank_by_id, data.snapshot, &err),
                     VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "split given leaves no validation events in this data (1 users, 2 items)"));
    eval_data_done(&data);

    eval_data empty = {0};
    eval_data_split(&empty, rows, 0, "leave-last-out");
    protocol.part = VT_PART_TEST;
    assert_int_equal(vt_evaluate(&e, empty.snapshot, empty.split, &protocol, rank_by_id, empty.snapshot, &err),
                     VT_ERR_UNSUPPORTED);
    eval_data_done(&empty);
}

static void live_needs_times(void **state)
{
    (void)state;
    const event_row rows[] = {{"u", "a", VT_NONE, 5, 0, VT_PART_TRAIN}, {"u", "b", VT_NONE, 5, 0, TEST_PART}};
    eval_data data = {0};
    vt_protocol protocol;
    vt_evaluation e = {0};
    vt_error err = VT_ERROR_INIT;
    eval_data_split(&data, rows, 2, "given");
    protocol_at(&protocol, 1, 2);
    check_ok(vt_evaluate(&e, data.snapshot, data.split, &protocol, rank_by_id, data.snapshot, &err));
    check_near(e.figure[0][VT_METRIC_HR].value, 1);
    vt_evaluation_done(&e);
    protocol.state = VT_STATE_LIVE;
    assert_int_equal(vt_evaluate(&e, data.snapshot, data.split, &protocol, rank_by_id, data.snapshot, &err),
                     VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "have no time"));
    eval_data_done(&data);
}

/* Notes for the first item which queries may rank. */
static int rank_allowed(void *context, const vt_query *queries, size_t n, size_t k, int32_t *items, vt_error *err)
{
    char *seen = context;
    (void)err;
    for (size_t q = 0; q < n; q++) {
        items[q * k] = -1;
        for (int32_t i = 0; i < 6; i++) {
            seen[queries[q].state.now * 6 + i] = queries[q].allowed[i] ? 'y' : 'n';
        }
    }
    return VT_OK;
}

/*
 * a is sold at 1, b at 2, c viewed at 3 and sold at 4, d sold at 5 for the first time, f never. As of 4 a, b and c are
 * alive; as of 5 d is not yet; as of 6 it is. Frozen at 4, d never is.
 */
static void alive_is_what_was_there_by_then(void **state)
{
    (void)state;
    const event_row rows[] = {
        {"u", "a", 1, 5, 0, VT_PART_TRAIN}, {"v", "b", 2, 5, 0, VT_PART_TRAIN}, {"v", "c", 3, 0, VIEW_ROW, 0},
        {"u", "c", 4, 5, 0, TEST_PART},     {"v", "d", 5, 5, 0, TEST_PART},     {"u", "d", 6, 5, 0, TEST_PART},
        {"w", "e", 0, 0, VIEW_ROW, 0},      {"w", "f", 9, 0, VIEW_ROW, 0},
    };
    eval_data data = {0};
    vt_protocol protocol;
    vt_evaluation e = {0};
    vt_error err = VT_ERROR_INIT;
    char seen[10 * 6] = {0};
    eval_data_split(&data, rows, 8, "given");
    protocol_at(&protocol, 1, 2);
    protocol.candidates = VT_CANDIDATES_ALIVE;
    protocol.state = VT_STATE_LIVE;
    check_ok(vt_evaluate(&e, data.snapshot, data.split, &protocol, rank_allowed, seen, &err));
    assert_non_null(strstr(e.protocol, "candidates=alive"));
    assert_memory_equal(seen + 4 * 6, "yyynyn", 6);
    assert_memory_equal(seen + 5 * 6, "yyynyn", 6);
    assert_memory_equal(seen + 6 * 6, "yyyyyn", 6);
    vt_evaluation_done(&e);
    protocol.state = VT_STATE_FROZEN;
    memset(seen, 0, sizeof seen);
    check_ok(vt_evaluate(&e, data.snapshot, data.split, &protocol, rank_allowed, seen, &err));
    assert_memory_equal(seen + 4 * 6, "yyynyn", 6); /* u at the first of its two */
    assert_memory_equal(seen + 5 * 6, "yyynyn", 6);
    vt_evaluation_done(&e);
    eval_data_done(&data);
}

/* Of the tiny data d, e and f have no training event: u1 lists d e f and finds d, u2 e of a and e, u3 f. */
static void cold_items_among_themselves(void **state)
{
    (void)state;
    vt_evaluation e = {0};
    evaluate_tiny(&e, VT_CANDIDATES_COLD, VT_TEST_ITEMS_ALL, VT_SEEN_EXCLUDE);
    assert_int_equal(e.candidates, 3);
    assert_non_null(strstr(e.protocol, "candidates=cold"));
    check_near(e.figure[0][VT_METRIC_HR].value, 1.0 / 3);
    check_near(e.figure[1][VT_METRIC_RECALL].value, (0.5 + 0.5 + 1) / 3);
    vt_evaluation_done(&e);
}

static void rolling_is_live(void **state)
{
    (void)state;
    eval_data data = {0};
    vt_protocol protocol;
    vt_split_spec spec;
    vt_evaluation e = {0};
    vt_error err = VT_ERROR_INIT;
    event_row rows[20];
    for (int r = 0; r < 20; r++) {
        rows[r] = (event_row){r % 2 == 0 ? "u" : "v", (const char *[]){"a", "b", "c"}[r % 3], r, 5, 0, 0};
    }
    eval_data_split(&data, rows, 20, "rolling:2");
    protocol_at(&protocol, 1, 2);
    protocol.seen = VT_SEEN_KEEP;
    assert_int_equal(vt_evaluate(&e, data.snapshot, data.split, &protocol, rank_by_id, data.snapshot, &err),
                     VT_ERR_USAGE);
    check_ok(vt_split_parse(&spec, "rolling:2", &err));
    vt_protocol_suit(&protocol, &spec);
    check_ok(vt_evaluate(&e, data.snapshot, data.split, &protocol, rank_by_id, data.snapshot, &err));
    assert_non_null(strstr(e.protocol, "rolling:2 fold=0"));
    assert_non_null(strstr(e.protocol, "state=live candidates=alive"));
    assert_int_equal(e.queries, 2); /* events 16 and 17 */
    vt_evaluation_done(&e);
    eval_data_done(&data);
}

typedef struct fault_case {
    eval_data data;
    vt_protocol protocol;
} fault_case;

static int run(void *context, vt_error *err)
{
    fault_case *c = context;
    vt_evaluation e = {0};
    int status = vt_evaluate(&e, c->data.snapshot, c->data.split, &c->protocol, rank_by_id, c->data.snapshot, err);
    vt_evaluation_done(&e);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    fault_case c = {0};
    eval_data_tiny(&c.data);
    protocol_at(&c.protocol, 1, 3);
    c.protocol.state = VT_STATE_LIVE;
    c.protocol.negatives = 2;
    assert_true(fault_allocations(run, &c) > 20);
    eval_data_done(&c.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(catalogue_by_hand),
        cmocka_unit_test(variants_by_hand),
        cmocka_unit_test(live_moves_on_and_frozen_stops),
        cmocka_unit_test(visits_are_asked_once),
        cmocka_unit_test(validation_does_not_see_the_test),
        cmocka_unit_test(same_on_many_threads),
        cmocka_unit_test(wrong_lists_are_refused),
        cmocka_unit_test(failures_reach_the_caller),
        cmocka_unit_test(nothing_to_evaluate),
        cmocka_unit_test(live_needs_times),
        cmocka_unit_test(alive_is_what_was_there_by_then),
        cmocka_unit_test(cold_items_among_themselves),
        cmocka_unit_test(rolling_is_live),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
