/* The ranker: which lists a replay asks for, what its rows may know, and that they are the rows of serving. */
#include "fitting.h"

#include <math.h>

#include "dataset/item_clock.h"
#include "model/ranker/replay.h"
#include "vitrine/explanation.h"

#define DAY ((int64_t)86400)
#define MINUTE ((int64_t)60)

enum { ITEMS = 40, USERS = 300, EVENTS = 4 };

static event_row rows[4 * USERS * EVENTS];
static char users[USERS][8], items[ITEMS][8];

static void make_names(void)
{
    for (int i = 0; i < ITEMS; i++) {
        snprintf(items[i], sizeof items[i], "i%02d", i);
    }
    for (int u = 0; u < USERS; u++) {
        snprintf(users[u], sizeof users[u], "u%03d", u);
    }
}

/* Every user chooses any items, each on a day of its own. */
static size_t by_chance(void)
{
    vt_rng rng = vt_rng_at(11, "test", 0, 0);
    make_names();
    for (int u = 0; u < USERS; u++) {
        for (int e = 0; e < EVENTS; e++) {
            int64_t day = 100 * e + (int64_t)vt_rng_below(&rng, 100);
            rows[u * EVENTS + e] = (event_row){users[u], items[vt_rng_below(&rng, ITEMS)], day * DAY, 5, 0, 0};
        }
    }
    return USERS * EVENTS;
}

/* With signals, which data_of() leaves out. */
static data with_signals(size_t n)
{
    vt_error err = VT_ERROR_INIT;
    data d = data_of(rows, n);
    vt_interactions_free(d.train);
    d.train = NULL;
    check_ok(vt_interactions_create(&d.train, d.snapshot, NULL, VT_PARTS_SIGNALS, &err));
    return d;
}

static double term_named(const vt_model *model, const char *name)
{
    vt_model_term term;
    for (size_t k = 0; vt_model_term_at(&term, model, k); k++) {
        if (strcmp(term.name, name) == 0) {
            return term.value;
        }
    }
    fail_msg("there is no term %s", name);
    return 0.0;
}

static int better_than(const float *scores, int32_t item, int32_t n)
{
    int better = 0;
    for (int32_t i = 0; i < n; i++) {
        better += scores[i] > scores[item];
    }
    return better;
}

/* What was looked at in the visit itself gives the purchase away, and a basket is one list. */
static void a_replay_asks_when_a_visit_begins(void **state)
{
    (void)state;
    const event_row of_a[] = {
        {"a", "i0", 0, 5, 0, 0},
        {"a", "i3", 10 * DAY - 40 * MINUTE, 0, VIEW_ROW, 0}, /* half an hour before the next: a visit of its own */
        {"a", "i3", 10 * DAY - 9 * MINUTE, 0, VIEW_ROW, 0},
        {"a", "i2", 10 * DAY - 3 * MINUTE, 0, VIEW_ROW, 0},
        {"a", "i1", 10 * DAY, 5, 0, 0},
        {"a", "i2", 10 * DAY, 5, 0, 0},
        {"a", "i3", 10 * DAY + 5 * MINUTE, 5, 0, 0},
        {"a", "i1", 20 * DAY, 5, 0, 0}, /* again: nothing new to recommend */
        {"a", "i4", 20 * DAY + 120 * MINUTE, 5, 0, 0},
    };
    memcpy(rows, of_a, sizeof of_a);
    data d = with_signals(sizeof of_a / sizeof *of_a);
    vt_error err = VT_ERROR_INIT;
    vt_replay *replay = NULL;
    check_ok(vt_replay_create(&replay, d.train, 0.8, 1, 100, 42, &err));
    assert_int_equal(replay->n_blocks, 1);
    assert_true(replay->begin[0] > 0 && replay->begin[0] <= 10 * DAY);
    /* The block begins in the middle of the visit at day 10, of which the start lies before it. */
    assert_int_equal(replay->n, 1);
    assert_int_equal(replay->list[0].now, 20 * DAY + 120 * MINUTE);
    vt_replay_free(replay);

    check_ok(vt_replay_create(&replay, d.train, 0.95, 1, 100, 42, &err));
    assert_int_equal(replay->n_blocks, 0); /* nothing before it */
    assert_int_equal(replay->n, 0);
    vt_replay_free(replay);

    /* One more event between lets the block begin before the visit. */
    memcpy(rows, of_a, sizeof of_a);
    rows[sizeof of_a / sizeof *of_a] = (event_row){"b", "i0", 5 * DAY, 5, 0, 0};
    data_done(&d);
    d = with_signals(sizeof of_a / sizeof *of_a + 1);
    check_ok(vt_replay_create(&replay, d.train, 0.8, 1, 100, 42, &err));
    assert_int_equal(replay->n_blocks, 1);
    assert_int_equal(replay->begin[0], 5 * DAY);
    assert_int_equal(replay->n, 3);
    const vt_replay_list *visit = &replay->list[0], *later = &replay->list[1], *of_b = &replay->list[2];
    assert_int_equal(visit->now, 10 * DAY - 9 * MINUTE);
    assert_int_equal(visit->history - d.train->ptr[visit->user], 1);
    assert_int_equal(visit->signals - d.train->signals->ptr[visit->user], 1);
    assert_int_equal(visit->n_targets, 3);
    assert_int_equal(replay->target[visit->target], item_of(&d, "i1"));
    assert_int_equal(replay->target[visit->target + 2], item_of(&d, "i3"));
    assert_int_equal(later->history - d.train->ptr[later->user], 5);
    assert_int_equal(later->n_targets, 1);
    assert_int_equal(of_b->n_targets, 1);
    vt_replay_free(replay);
    data_done(&d);
}

/* Pairs are by chance: only a member that had seen what it is asked for would find it. */
static void members_know_nothing_of_what_they_are_asked(void **state)
{
    (void)state;
    data d = data_of(rows, by_chance());
    vt_model *model = fitted(&d, "ranker", "members=itemknn(k=200;shrink=0),replay=0.5");
    /* Score and rank tell nearly the same, so what counts is their sum. */
    assert_true(fabs(term_named(model, "itemknn") + term_named(model, "itemknn (rank)")) < 0.25);
    vt_model_free(model);
    data_done(&d);
}

/* In the end all take one item, then all another, then a third: nothing but what sells now can know. */
static void what_sells_now_counts_as_of_the_moment(void **state)
{
    (void)state;
    size_t n = by_chance();
    for (int u = 0; u < USERS; u++) {
        event_row *row = &rows[u * EVENTS];
        for (int e = 0; e < EVENTS - 1; e++) {
            row[e].time = (u + e) * DAY / 4;
        }
        row[EVENTS - 1].time = (USERS + u) * DAY / 4;
        row[EVENTS - 1].item = items[u / 100 * 12];
    }
    data d = data_of(rows, n);
    vt_model *model = fitted(&d, "ranker", "members=itemknn+popularity,replay=0.3,refits=2");
    vt_user_state query = state_of(&d, 3);
    query.as_fitted = false;
    query.n = 2;
    query.now = (USERS + 80) * DAY / 4;
    float *early = scores_of(&d, model, &query);
    query.now = (USERS + 280) * DAY / 4;
    float *late = scores_of(&d, model, &query);
    int32_t first = item_of(&d, items[0]), third = item_of(&d, items[24]);
    assert_true(early[first] > early[third] && late[third] > late[first]);
    vt_free(early);
    vt_free(late);
    vt_model_free(model);
    data_done(&d);
}

/* Everybody buys tomorrow what was looked at today. */
static void what_was_viewed_leads(void **state)
{
    (void)state;
    size_t n = by_chance();
    for (size_t e = 0; e < USERS * EVENTS; e++) {
        rows[n++] = (event_row){rows[e].user, rows[e].item, rows[e].time - DAY, 0, VIEW_ROW, 0};
    }
    data d = with_signals(n);
    vt_model *model = fitted(&d, "ranker", "members=popularity(half_life=14)+itemknn");
    assert_true(term_named(model, "viewed") > 0.5);
    const int32_t looked[] = {7};
    const int64_t at[] = {400 * DAY};
    const uint8_t kind[] = {VT_EVENT_VIEW};
    const vt_user_state signals = {.user = -1, .n = 1, .item = looked, .time = at, .kind = kind};
    const vt_user_state query = {.user = -1, .now = 401 * DAY, .signals = &signals};
    float *scores = scores_of(&d, model, &query);
    assert_int_equal(better_than(scores, 7, d.train->n_items), 0);
    vt_explanation why;
    const int32_t asked[] = {7};
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_model_explain(&why, model, &query, asked, 1, &err));
    const vt_score_part *viewed = vt_explanation_part(&why, "viewed");
    assert_true(viewed != NULL && viewed->by_event != NULL && viewed->by_event[0] > 0.0);
    assert_true(fabs(why.score - (double)scores[7]) < 1e-4);
    vt_explanation_done(&why);
    vt_free(scores);
    vt_model_info info;
    vt_model_describe(model, &info);
    assert_true((info.signals >> VT_EVENT_VIEW & info.signals >> VT_EVENT_CART & 1U) != 0);
    vt_model_free(model);
    data_done(&d);
}

/* A shop that counts on, and one that asks of all events: the same numbers to the last bit. */
static void rows_are_those_of_serving(void **state)
{
    (void)state;
    data d = data_of(rows, by_chance());
    vt_error err = VT_ERROR_INIT;
    vt_model *model = fitted(&d, "ranker", "members=itemknn+content(by=text)");
    vt_item_clock *clock = NULL;
    check_ok(vt_item_clock_create(&clock, d.train, &err));
    int64_t *time = NULL, ptr[ITEMS + 1] = {0}, by_item[USERS * EVENTS];
    int32_t *item = NULL;
    size_t n = 0, kept = 0;
    check_ok(vt_item_clock_events(&time, &item, &n, clock, &err));
    for (int32_t i = 0; i < ITEMS; i++) {
        for (size_t e = 0; e < n; e++) {
            if (item[e] == i) {
                by_item[kept++] = time[e];
            }
        }
        ptr[i + 1] = (int64_t)kept;
    }
    const vt_item_times times = {ITEMS, ptr, by_item};
    for (int32_t u = 0; u < USERS; u++) {
        vt_user_state query = state_of(&d, u);
        query.as_fitted = false;
        query.n = 1 + (size_t)u % EVENTS;
        query.now = (u + 90) * DAY;
        query.clock = clock;
        float *served = scores_of(&d, model, &query);
        query.clock = NULL;
        query.known = &times;
        float *evaluated = scores_of(&d, model, &query);
        query.known = NULL; /* the counts of the fit are of the same events */
        float *alone = scores_of(&d, model, &query);
        assert_memory_equal(served, evaluated, ITEMS * sizeof *served);
        assert_memory_equal(served, alone, ITEMS * sizeof *served);
        vt_free(served);
        vt_free(evaluated);
        vt_free(alone);
    }
    vt_free(time);
    vt_free(item);
    vt_item_clock_free(clock);
    vt_model_free(model);
    data_done(&d);
}

/* Nothing is known of them but the moment. */
static void strangers_get_what_sells(void **state)
{
    (void)state;
    size_t n = by_chance();
    for (size_t e = 0; e < n; e++) {
        rows[e].item = rows[e].time > 300 * DAY && e / EVENTS % 2 == 0 ? items[5] : rows[e].item;
    }
    data d = data_of(rows, n);
    vt_model *model = fitted(&d, "ranker", NULL);
    const vt_user_state nobody = {.user = -1, .now = VT_NONE};
    float *scores = scores_of(&d, model, &nobody);
    assert_int_equal(better_than(scores, item_of(&d, items[5]), d.train->n_items), 0);
    vt_free(scores);
    vt_model_free(model);
    data_done(&d);
}

/* Likenesses are those of the members that tell. */
static void what_is_alike_comes_from_members(void **state)
{
    (void)state;
    data d = data_of(rows, by_chance());
    vt_error err = VT_ERROR_INIT;
    vt_model *model = fitted(&d, "ranker", "members=popularity+itemknn"), *alone = fitted(&d, "itemknn", NULL);
    float joined[ITEMS], single[ITEMS];
    check_ok(vt_model_similar(model, 3, joined, &err));
    check_ok(vt_model_similar(alone, 3, single, &err));
    for (int32_t i = 0; i < ITEMS; i++) {
        assert_int_equal(isfinite(joined[i]), isfinite(single[i]));
        int better = better_than(single, i, ITEMS);
        assert_true(!isfinite(single[i]) || better_than(joined, i, ITEMS) >= better);
    }
    vt_model_free(model);
    vt_model_free(alone);
    data_done(&d);
}

static void data_without_times_are_refused(void **state)
{
    (void)state;
    size_t n = by_chance();
    rows[7].time = VT_NONE;
    data d = data_of(rows, n);
    vt_error err = VT_ERROR_INIT;
    vt_model *model = NULL;
    assert_int_equal(fit_with(&model, &d, "ranker", NULL, 1, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "these events have no times"));
    data_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_replay_asks_when_a_visit_begins),
        cmocka_unit_test(members_know_nothing_of_what_they_are_asked),
        cmocka_unit_test(what_sells_now_counts_as_of_the_moment),
        cmocka_unit_test(what_was_viewed_leads),
        cmocka_unit_test(rows_are_those_of_serving),
        cmocka_unit_test(strangers_get_what_sells),
        cmocka_unit_test(what_is_alike_comes_from_members),
        cmocka_unit_test(data_without_times_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
