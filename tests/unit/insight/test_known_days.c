/*
 * Days known beforehand: the file, effects worked by hand, intervals that hold known effects, and forecasts of files
 * and of a shop on days that come again.
 */
#include "fault.h"
#include "shop_days.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/rng.h"
#include "insight/demand/known_days.h"

enum { N = 120, H = 14 };

static char path[PATH_MAX];

static const char *put(const char *text)
{
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_file_put(path, text, strlen(text), false, &err));
    return path;
}

static void check_refused(const char *text, const char *why)
{
    vt_error err = VT_ERROR_INIT;
    vt_known_days known = {0};
    assert_int_not_equal(vt_known_days_read(&known, put(text), &err), VT_OK);
    if (strstr(err.message, why) == NULL) {
        fail_msg("\"%s\" is not in \"%s\"", why, err.message);
    }
}

static void files_say_what_is_wrong(void **state)
{
    (void)state;
    check_refused("date,name\nsoon,feast\n", ":2: \"soon\" is no day; write it as 2026-12-24");
    check_refused("date,name,until\n2026-01-05,feast,2026-01-04\n", ":2: the last day is before the first");
    check_refused("date,name\n2026-01-05,feast\n2026-01-06,\n", ":3: the day has no name");
    check_refused("date,what\n2026-01-05,feast\n", "name");
    char text[4096] = "date,name\n";
    for (size_t k = 0, used = strlen(text); k <= VT_KNOWN_NAMES_MAX; k++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "2026-01-05,n%zu\n", k);
    }
    check_refused(text, "more than 40 names");
}

/* Days of weekdays 100 to 106, with a feast on days 20, 50 and 125, closed on 33 and 130, and sales from 60 to 62. */
static const char file_of_days[] = "date,name,until\n2026-01-21,feast,\n2026-02-20,feast,\n2026-05-06,feast,\n"
                                   "2026-02-03,closed,\n2026-05-11,closed,\n2026-03-02,promotion,2026-03-04\n";

static double usual(size_t k)
{
    return 100 + (double)(k % 7);
}

static void fill(double *y, int64_t *day)
{
    for (size_t k = 0; k <= N + H; k++) {
        day[k] = START / DAY + (int64_t)k;
        if (k < N) {
            double times = k == 20 || k == 50 ? 1.8 : k == 33 ? 0 : k >= 60 && k <= 62 ? 1.3 : 1;
            y[k] = usual(k) * times;
        }
    }
}

static void by_hand(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_known_days known;
    vt_known_effects e;
    double y[N], mean[H], low[H], high[H];
    int64_t day[N + H + 1];
    fill(y, day);
    check_ok(vt_known_days_read(&known, put(file_of_days), &err));
    assert_int_equal(known.n_names, 3);
    assert_int_equal(known.n, 6);
    check_ok(vt_known_effects_find(&e, &known, y, N, H, day, 7, &err));
    static const double effects[] = {.8, -1, .3};
    static const size_t periods[] = {2, 1, 3};
    for (size_t j = 0; j < 3; j++) {
        assert_true(e.of[j].found && fabs(e.of[j].effect - effects[j]) < 1e-9 && e.of[j].error < 1e-9);
        assert_int_equal(e.of[j].periods, periods[j]);
    }
    vt_known_take(y, &e, 0);
    for (size_t k = 0; k < N; k++) {
        assert_true(fabs(y[k] - usual(k)) < 1e-9);
    }
    for (size_t h = 0; h < H; h++) {
        mean[h] = 100;
        low[h] = 90;
        high[h] = 115;
    }
    vt_known_put(mean, low, high, &e);
    for (size_t h = 0; h < H; h++) { /* day 125 is step 5, day 130 step 10 */
        double times = h == 5 ? 1.8 : h == 10 ? 0 : 1;
        assert_true(fabs(mean[h] - 100 * times) < 1e-9 && fabs(low[h] - 90 * times) < 1e-9 &&
                    fabs(high[h] - 115 * times) < 1e-9);
    }
    vt_known_effects_done(&e);
    check_ok(vt_known_effects_find(&e, &known, y, 30, H, day, 7, &err)); /* closed and promotion are not there yet */
    assert_true(e.of[0].found && !e.of[1].found && !e.of[2].found);
    assert_true(vt_known_factor(&e, 33) == 1);
    vt_known_effects_done(&e);
    vt_known_days_done(&known);
}

/* Weeks: three feast days are 3/7 of a week, whose sales rise by 3/7 of the effect. */
static void parts_of_periods_count_as_parts(void **state)
{
    (void)state;
    enum { WEEKS = 40 };
    vt_error err = VT_ERROR_INIT;
    vt_known_days known;
    vt_known_effects e;
    double y[WEEKS];
    int64_t day[WEEKS + 2];
    for (size_t k = 0; k <= WEEKS + 1; k++) {
        day[k] = START / DAY + 7 * (int64_t)k;
    }
    for (size_t k = 0; k < WEEKS; k++) {
        y[k] = 700 * (k == 10 ? 1 + .7 * 3 / 7 : 1);
    }
    check_ok(vt_known_days_read(&known, put("date,name,until\n2026-03-13,feast,2026-03-15\n"), &err));
    check_ok(vt_known_effects_find(&e, &known, y, WEEKS, 1, day, 52, &err));
    assert_true(fabs(e.of[0].effect - .7) < 1e-9);
    vt_known_effects_done(&e);
    vt_known_days_done(&known);
}

/*
 * Sales of Poisson's distribution around weekdays with a known effect of .6 on four days: intervals of 95 % hold it in
 * 90 to 99 % of 400 series, and those of 80 % of the day that comes hold its sales in 78 to 96 %.
 */
static void intervals_hold_known_effects(void **state)
{
    (void)state;
    enum { SERIES = 400 };
    vt_error err = VT_ERROR_INIT;
    vt_known_days known;
    int64_t day[N + H + 1];
    double y[N], held = 0, came = 0;
    check_ok(vt_known_days_read(&known,
                                put("date,name\n2026-01-15,feast\n2026-02-04,feast\n2026-03-07,feast\n"
                                    "2026-04-12,feast\n2026-05-06,feast\n"),
                                &err));
    fill(y, day);
    static const size_t feasts[] = {14, 34, 65, 101};
    for (uint64_t series = 0; series < SERIES; series++) {
        vt_rng rng = vt_rng_at(5, "known-days", series, 0);
        vt_known_effects e;
        for (size_t k = 0; k < N; k++) {
            bool feast = k == feasts[0] || k == feasts[1] || k == feasts[2] || k == feasts[3];
            y[k] = (double)vt_rng_poisson(&rng, usual(k) * (feast ? 1.6 : 1));
        }
        check_ok(vt_known_effects_find(&e, &known, y, N, H, day, 7, &err));
        double apart = fabs(e.of[0].effect - .6);
        held += apart <= 1.96 * e.of[0].error ? 1.0 / SERIES : 0;
        double mean[H], low[H], high[H];
        for (size_t h = 0; h < H; h++) { /* of a forecast that knows all but the effect */
            mean[h] = usual(N + h);
            low[h] = mean[h] - 1.2816 * sqrt(mean[h]);
            high[h] = mean[h] + 1.2816 * sqrt(mean[h]);
        }
        vt_known_put(mean, low, high, &e);
        double sold = (double)vt_rng_poisson(&rng, 1.6 * usual(125));
        came += sold >= low[5] && sold <= high[5] ? 1.0 / SERIES : 0;
        vt_known_effects_done(&e);
    }
    assert_true(held >= .90 && held <= .99);
    assert_true(came >= .78 && came <= .96);
    vt_known_days_done(&known);
}

/* A shop that sells 4 a day, 12 on feasts: the one that comes is foreseen, and the categories add up. */
static void a_shop_foresees_them(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_insight_options o;
    live_shop s;
    live_shop_init(&s);
    vt_store *store = live_begin(&s);
    live_put_item(store, "tea", "Drinks", 1000, VT_NONE);
    live_put_item(store, "cup", "Kitchen", 1000, VT_NONE);
    for (int day = 0; day < N; day++) {
        bool feast = day == 20 || day == 50 || day == 90;
        days_sell(store, "tea", day, feast ? 9 : 3);
        days_sell(store, "cup", day, feast ? 3 : 1);
    }
    live_commit(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_insight_options_init(&o);
    o.unit = "day";
    o.horizon = 7;
    o.n = 100;
    o.holidays =
        put("date,name\n2026-01-21,feast\n2026-02-20,feast\n2026-04-01,feast\n2026-05-04,feast\n2026-05-05,fair\n");
    vt_insight *i = days_ask(&s, "demand", &o, N);
    const vt_insight_table *t = answer_table(i, "forecast"), *known = answer_table(i, "known_days");
    for (size_t h = 0; h < 7; h++) { /* day 123 is step 3 */
        assert_true(fabs(answer_number(t, h, "forecast") - (h == 3 ? 12 : 4)) < .2);
    }
    assert_true(fabs(answer_figure(i, "forecast")->value - 36) < 1);
    assert_true(fabs(answer_sum(answer_table(i, "categories"), "forecast") - answer_figure(i, "forecast")->value) <
                1e-6);
    assert_int_equal(known->n_rows, 2);
    assert_true(fabs(answer_number(known, 0, "known_effect") - 2) < .05);
    assert_true(answer_number(known, 0, "periods") == 3 && answer_number(known, 0, "ahead") == 1);
    assert_true(isnan(answer_number(known, 1, "known_effect")) && answer_number(known, 1, "ahead") == 1);
    bool said = false;
    for (size_t k = 0; k < i->n_notes; k++) {
        said = said || strstr(i->notes[k], "\"fair\" has no days in the past") != NULL;
    }
    assert_true(said);
    vt_insight_free(i);
    live_shop_done(&s);
}

/* The past promotions that the file does not name are told by discounts; the one that is planned is foreseen so. */
static void promotions_are_told_by_discounts(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_insight_options o;
    live_shop s;
    live_shop_init(&s);
    vt_store *store = live_begin(&s);
    live_put_item(store, "tea", "Drinks", 1000, VT_NONE);
    for (int day = 0; day < N; day++) {
        bool promotion = day == 25 || day == 26 || day == 75 || day == 76;
        vt_event e = live_event("ann", "tea", VT_EVENT_PURCHASE, START + (int64_t)day * DAY + 12 * 3600);
        char order[32];
        snprintf(order, sizeof order, "o-%d", day);
        e.order_id = vt_str_of(order);
        e.quantity = promotion ? 8 : 4;
        e.unit_price = 1000;
        e.discount = promotion ? 1600 : 0;
        live_put(store, &e);
    }
    live_commit(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_insight_options_init(&o);
    o.unit = "day";
    o.horizon = 7;
    o.holidays = put("date,name,until\n2026-05-04,promotion,2026-05-05\n");
    vt_insight *i = days_ask(&s, "demand", &o, N);
    const vt_insight_table *t = answer_table(i, "forecast"), *known = answer_table(i, "known_days");
    for (size_t h = 0; h < 7; h++) { /* days 123 and 124 */
        assert_true(fabs(answer_number(t, h, "forecast") - (h == 3 || h == 4 ? 8 : 4)) < .2);
    }
    assert_true(fabs(answer_number(known, 0, "known_effect") - 1) < .05);
    assert_true(answer_number(known, 0, "periods") == 4);
    /* Revenue rises by less, as a piece brings less: 8 x 8.00 in place of 4 x 10.00. */
    assert_true(fabs(answer_number(t, 3, "forecast_revenue") - 6400) < 200);
    vt_insight_free(i);
    live_shop_done(&s);
}

/* The same of a file of series; numbers have no days. */
static void a_file_foresees_them(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_insight_options o;
    vt_insight *i = NULL;
    char series[PATH_MAX + 8], *text = malloc(1 << 16);
    assert_non_null(text);
    size_t used = (size_t)snprintf(text, 1 << 16, "period,tea,cup\n");
    for (size_t k = 0; k < N; k++) {
        char date[16];
        vt_format_date(date, START + (int64_t)k * DAY);
        double times = k == 20 || k == 50 || k == 90 ? 2 : 1;
        used += (size_t)snprintf(text + used, (1 << 16) - used, "%s,%g,%g\n", date, times * (50 + (double)(k % 7)),
                                 times * 20);
    }
    snprintf(series, sizeof series, "%s.series", path);
    check_ok(vt_file_put(series, text, used, false, &err));
    vt_insight_options_init(&o);
    o.horizon = 7;
    o.holidays = put("date,name\n2026-01-21,feast\n2026-02-20,feast\n2026-04-01,feast\n2026-05-04,feast\n");
    check_ok(vt_insight_file(&i, series, "demand", &o, &err));
    const vt_insight_table *t = answer_table(i, "forecast");
    double before = answer_number(t, 2, "forecast"), feast = answer_number(t, 3, "forecast");
    assert_true(feast > 1.8 * before && feast < 2.2 * before);
    vt_insight_free(i);
    static const char numbers[] = "period,tea\n1,4\n2,5\n3,4\n4,5\n5,4\n6,5\n7,6\n8,4\n";
    check_ok(vt_file_put(series, numbers, sizeof numbers - 1, false, &err));
    assert_int_equal(vt_insight_file(&i, series, "demand", &o, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "need periods that are dates"));
    free(text);
}

static int read_and_fit(void *context, vt_error *err)
{
    (void)context;
    vt_known_days known;
    vt_known_effects e;
    double y[N];
    int64_t day[N + H + 1];
    fill(y, day);
    int status = vt_known_days_read(&known, path, err);
    if (status == VT_OK) {
        status = vt_known_effects_find(&e, &known, y, N, H, day, 7, err);
        if (status == VT_OK) {
            vt_known_effects_done(&e);
        }
        vt_known_days_done(&known);
    }
    return status;
}

static void no_memory(void **state)
{
    (void)state;
    put(file_of_days);
    assert_true(fault_allocations(read_and_fit, NULL) > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_say_what_is_wrong),
        cmocka_unit_test(by_hand),
        cmocka_unit_test(parts_of_periods_count_as_parts),
        cmocka_unit_test(intervals_hold_known_effects),
        cmocka_unit_test(a_shop_foresees_them),
        cmocka_unit_test(a_file_foresees_them),
        cmocka_unit_test(promotions_are_told_by_discounts),
        cmocka_unit_test(no_memory),
    };
    scratch files;
    scratch_init(&files);
    snprintf(path, sizeof path, "%s", scratch_path(&files, "days.csv"));
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_done(&files);
    return failed;
}
