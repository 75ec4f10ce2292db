/*
 * Where lists end: lists without an item, filled with what sold most, are those of the model `popularity`, whose code
 * is another; and lists that end early keep their items in front.
 */
#include "eval_data.h"

#include "base/rng.h"
#include "fault.h"

enum { USERS = 120, ITEMS = 50, EVENTS = 6 };

static void many(eval_data *data)
{
    static event_row rows[USERS * EVENTS];
    static char names[USERS + ITEMS][8];
    vt_rng rng = vt_rng_at(4, "popular-test", 0, 0);
    for (int i = 0; i < USERS + ITEMS; i++) {
        snprintf(names[i], sizeof names[i], "%c%03d", i < USERS ? 'u' : 'i', i);
    }
    for (int r = 0; r < USERS * EVENTS; r++) {
        double at = vt_rng_unit(&rng);
        rows[r] = (event_row){
            names[r / EVENTS], names[USERS + (int)(at * at * ITEMS)], 100 + (int64_t)vt_rng_below(&rng, 500), 5, 0, 0};
    }
    eval_data_split(data, rows, USERS * EVENTS, "time:0.6,0,0.4");
}

static int rank_nothing(void *context, const vt_query *queries, size_t n, size_t k, int32_t *items, vt_error *err)
{
    (void)context;
    (void)queries;
    (void)err;
    for (size_t q = 0; q < n; q++) {
        items[q * k] = -1;
    }
    return VT_OK;
}

static vt_protocol protocol_of(vt_state_mode state, int32_t negatives)
{
    vt_protocol protocol;
    vt_protocol_init(&protocol);
    protocol.state = state;
    protocol.candidates = VT_CANDIDATES_TRAIN; /* popularity has no score for others */
    protocol.negatives = negatives;
    protocol.resamples = 0;
    protocol.threads = 2;
    return protocol;
}

static void filled_lists_are_those_of_popularity(void **state)
{
    (void)state;
    eval_data data = {0};
    vt_error err = VT_ERROR_INIT;
    many(&data);
    for (int variant = 0; variant < 4; variant++) {
        const vt_protocol protocol =
            protocol_of((variant & 1) != 0 ? VT_STATE_LIVE : VT_STATE_FROZEN, (variant & 2) != 0 ? 15 : 0);
        vt_evaluation empty = {0}, model = {0};
        vt_fit_options fit;
        vt_fit_options_init(&fit);
        check_ok(vt_evaluate(&empty, data.snapshot, data.split, &protocol, rank_nothing, NULL, &err));
        check_ok(vt_evaluate_model(&model, "popularity", &fit, data.snapshot, data.split, &protocol, &err));
        assert_true(model.figure[1][VT_METRIC_NDCG].value > 0);
        assert_memory_equal(empty.figure, model.figure, sizeof empty.figure);
        vt_evaluation_done(&empty);
        vt_evaluation_done(&model);
    }
    eval_data_done(&data);
}

static void without_it_lists_end(void **state)
{
    (void)state;
    eval_data data = {0};
    vt_error err = VT_ERROR_INIT;
    vt_evaluation e = {0};
    many(&data);
    vt_protocol protocol = protocol_of(VT_STATE_FROZEN, 0);
    protocol.fallback = false;
    check_ok(vt_evaluate(&e, data.snapshot, data.split, &protocol, rank_nothing, NULL, &err));
    assert_true(e.figure[0][VT_METRIC_HR].value == 0);
    assert_non_null(strstr(e.protocol, "fallback=none"));
    vt_evaluation_done(&e);
    eval_data_done(&data);
}

/* The item of `context`, if it may stand there, and then nothing. */
static int rank_one(void *context, const vt_query *queries, size_t n, size_t k, int32_t *items, vt_error *err)
{
    (void)err;
    for (size_t q = 0; q < n; q++) {
        int32_t item = *(const int32_t *)context;
        bool may = may_rank(&queries[q], item);
        items[q * k] = may ? item : -1;
        if (may && k > 1) {
            items[q * k + 1] = -1;
        }
    }
    return VT_OK;
}

/* a sold 2, b 2, c 1: u1 has a and b, u2 has a, u3 has b and c; f comes first, since the ranker gives it. */
static void goes_on_behind_what_there_is(void **state)
{
    (void)state;
    eval_data data = {0};
    vt_error err = VT_ERROR_INIT;
    vt_evaluation e = {0};
    vt_protocol protocol = protocol_of(VT_STATE_FROZEN, 0);
    int32_t first = 5; /* f */
    eval_data_tiny(&data);
    protocol.candidates = VT_CANDIDATES_CATALOGUE;
    protocol.n_cutoffs = 2;
    protocol.cutoff[0] = 1;
    protocol.cutoff[1] = 2;
    check_ok(vt_evaluate(&e, data.snapshot, data.split, &protocol, rank_one, &first, &err));
    assert_true(e.per_user[(2 * 2 + 0) * VT_METRICS + VT_METRIC_HR] == 1); /* u3 wants f */
    assert_true(e.per_user[(0 * 2 + 0) * VT_METRICS + VT_METRIC_HR] == 0);
    assert_true(e.per_user[(0 * 2 + 1) * VT_METRICS + VT_METRIC_HR] == 1); /* u1: f, then c, the only sold one left */
    assert_true(e.per_user[(1 * 2 + 1) * VT_METRICS + VT_METRIC_HR] == 0); /* u2: f, then b; wants e */
    vt_evaluation_done(&e);
    eval_data_done(&data);
}

static int evaluate(void *context, vt_error *err)
{
    const eval_data *data = context;
    vt_evaluation e = {0};
    const vt_protocol protocol = protocol_of(VT_STATE_LIVE, 0);
    int status = vt_evaluate(&e, data->snapshot, data->split, &protocol, rank_nothing, NULL, err);
    vt_evaluation_done(&e);
    return status;
}

static void nothing_is_lost_when_memory_ends(void **state)
{
    (void)state;
    eval_data data = {0};
    many(&data);
    assert_true(fault_allocations(evaluate, &data) > 20);
    eval_data_done(&data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filled_lists_are_those_of_popularity),
        cmocka_unit_test(without_it_lists_end),
        cmocka_unit_test(goes_on_behind_what_there_is),
        cmocka_unit_test(nothing_is_lost_when_memory_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
