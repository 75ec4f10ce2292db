/* Popularity by hand: all time, windows and fading as of a moment, from stored times and from times given. */
#include "fitting.h"

#include <math.h>

#define DAY ((int64_t)86400)

/* tea: days 0, 10, 20 (20 again by the same user); pot: day 15; cup: only viewed. */
static const event_row rows[] = {
    {"ann", "tea", 0, 5, 0, 0},        {"bob", "tea", 10 * DAY, 4, 0, 0}, {"cat", "tea", 20 * DAY, 4, 0, 0},
    {"cat", "tea", 20 * DAY, 3, 0, 0}, {"bob", "pot", 15 * DAY, 4, 0, 0}, {"ann", "cup", 3 * DAY, 0, VIEW_ROW, 0},
};
enum { ROWS = sizeof rows / sizeof *rows };

static void check_scores(const data *d, const vt_model *model, int64_t now, double tea, double pot)
{
    vt_user_state query = {.user = -1, .now = now};
    float *scores = scores_of(d, model, &query);
    double got[] = {(double)scores[item_of(d, "tea")], (double)scores[item_of(d, "pot")]};
    double expected[] = {tea, pot};
    for (int i = 0; i < 2; i++) {
        if (isinf(expected[i]) ? got[i] > -1e30 : !(fabs(got[i] - expected[i]) < 1e-6)) {
            fail_msg("item %d as of %.1f days: %g instead of %g", i, (double)now / (double)DAY, got[i], expected[i]);
        }
    }
    assert_true(isinf(scores[item_of(d, "cup")]));
    vt_free(scores);
}

static void counts_all_time(void **state)
{
    (void)state;
    data d = data_of(rows, ROWS);
    vt_model *model = fitted(&d, "popularity", NULL);
    check_scores(&d, model, VT_NONE, 4, 1);
    check_scores(&d, model, 5 * DAY, 4, 1); /* timeless: the moment changes nothing */
    vt_model_free(model);
    model = fitted(&d, "popularity", "counts=users");
    check_scores(&d, model, VT_NONE, 3, 1);
    vt_model_free(model);
    data_done(&d);
}

static void counts_in_a_window(void **state)
{
    (void)state;
    data d = data_of(rows, ROWS);
    vt_model *model = fitted(&d, "popularity", "window=10");
    check_scores(&d, model, VT_NONE, 2, 1);                  /* just after day 20: from day 10 and a second on */
    check_scores(&d, model, 20 * DAY, 1, 1);                 /* strictly before day 20, from day 10 on */
    check_scores(&d, model, 10 * DAY, 1, -(double)INFINITY); /* day 0 on; pot was not sold before */
    check_scores(&d, model, 0, -(double)INFINITY, -(double)INFINITY);
    check_scores(&d, model, 31 * DAY, 2, 1); /* nothing is known of the days since: as just after the last event */
    vt_model_free(model);
    model = fitted(&d, "popularity", "window=10,counts=users");
    check_scores(&d, model, VT_NONE, 1, 1);
    vt_model_free(model);
    data_done(&d);
}

static void fades_by_half_life(void **state)
{
    (void)state;
    data d = data_of(rows, ROWS);
    vt_model *model = fitted(&d, "popularity", "half_life=10");
    const double a_second = exp2(-1.0 / (double)(10 * DAY));
    check_scores(&d, model, 20 * DAY, 0.5 + 0.25, exp2(-0.5));
    check_scores(&d, model, 30 * DAY, (0.25 + 0.5 + 1 + 1) * a_second,
                 exp2(-0.5) * a_second); /* as just after the last event, on day 20 */
    vt_model_free(model);
    model = fitted(&d, "popularity", "half_life=10,window=15");
    check_scores(&d, model, 20 * DAY, 0.5, exp2(-0.5)); /* from day 5 on */
    vt_model_free(model);
    data_done(&d);
}

/* The times a live evaluation hands in take the place of the stored ones. */
static void given_times_take_over(void **state)
{
    (void)state;
    data d = data_of(rows, ROWS);
    int64_t ptr[4] = {0, 0, 0, 0}, time[] = {18 * DAY, 19 * DAY, 25 * DAY};
    int32_t pot = item_of(&d, "pot");
    for (int32_t i = pot; i < 3; i++) {
        ptr[i + 1] = 3;
    }
    vt_item_times known = {3, ptr, time};
    vt_user_state query = {.user = -1, .now = 20 * DAY, .known = &known};
    const char *const settings[] = {"window=10", "half_life=1"};
    const double expected[] = {2.0, 0.5 + 0.25};
    for (int i = 0; i < 2; i++) {
        vt_model *model = fitted(&d, "popularity", settings[i]);
        float *scores = scores_of(&d, model, &query);
        assert_true(fabs((double)scores[pot] - expected[i]) < 1e-6);
        assert_true(isinf(scores[item_of(&d, "tea")]));
        vt_free(scores);
        vt_error err = VT_ERROR_INIT;
        vt_item_times other = {2, ptr, time};
        vt_user_state wrong = {.user = -1, .now = 20 * DAY, .known = &other};
        float scratch[3];
        assert_int_equal(vt_model_score(model, &wrong, 1, scratch, &err), VT_ERR_USAGE);
        vt_model_free(model);
    }
    data_done(&d);
}

static void data_without_times_are_refused(void **state)
{
    (void)state;
    event_row without[] = {{"ann", "tea", VT_NONE, 5, 0, 0}, {"bob", "pot", 5, 4, 0, 0}};
    data d = data_of(without, 2);
    vt_model *model = NULL;
    vt_error err = VT_ERROR_INIT;
    assert_int_equal(fit_with(&model, &d, "popularity", "window=7", 1, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "time"));
    assert_null(model);
    check_ok(fit_with(&model, &d, "popularity", NULL, 1, &err));
    float scores[2];
    assert_int_equal(vt_model_similar(model, 0, scores, &err), VT_ERR_UNSUPPORTED);
    vt_model_free(model);
    data_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_all_time),
        cmocka_unit_test(counts_in_a_window),
        cmocka_unit_test(fades_by_half_life),
        cmocka_unit_test(given_times_take_over),
        cmocka_unit_test(data_without_times_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
