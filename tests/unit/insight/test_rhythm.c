/*
 * The rhythm of orders: gaps by hand, quantiles of the next order against the closed form, intervals against drawn
 * customers whose truth is known and against CDNOW, the answer for a shop and for one customer.
 */
#include "answers.h"
#include "buyers.h"
#include "live_shop.h"
#include "real_data.h"

#include "base/clock.h"
#include "insight/clv/transactions.h"
#include "insight/rhythm/rhythm.h"

enum { DAY = 86400, FIRST = 19723 /* 2024-01-01 */ };

static void gaps_by_hand(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    const int32_t customer[] = {1, 0, 0, 0, 0, 2, 0, 1};
    const int64_t day[] = {5, 10, 3, 10, 40, 7, 12, 9};
    const double amount[] = {100, 200, 300, 50, 10, -5, 20, 70};
    vt_clv_purchases purchases = {customer, day, amount, 8, 4, NULL};
    vt_order_days days = {0};
    double gaps[8];
    check_ok(vt_order_days_find(&days, &purchases, &err));
    assert_int_equal(days.ptr[4], 6); /* two of one day are one, and what is below 0 is none */
    assert_true(days.amount[1] == 250);
    assert_int_equal(vt_order_days_gaps(gaps, &days, 0), 3); /* 7, 2, 28 */
    vt_gap_quartiles q = vt_gap_quartiles_of(gaps, 3);
    assert_true(q.median == 7 && q.low == 4.5 && q.high == 17.5);
    assert_int_equal(vt_order_days_gaps(gaps, &days, 1), 1);
    q = vt_gap_quartiles_of(gaps, 1);
    assert_true(q.median == 4 && isnan(q.low) && isnan(q.high));
    assert_int_equal(vt_order_days_gaps(gaps, &days, 2), 0);
    assert_true(isnan(vt_gap_quartiles_of(gaps, 0).median));
    vt_order_days_done(&days);
}

/* BG/NBD: the wait of a customer who still buys is Lomax distributed, shape r + x and scale alpha + T. */
static void next_by_closed_form(void **state)
{
    (void)state;
    vt_repeat_model bg = {.kind = &vt_bg_nbd, .parameter = {.9, 6, .8, 2.4}};
    vt_repeat_model pareto = {.kind = &vt_pareto_nbd, .parameter = {.9, 6, .9, 14}};
    const vt_repeat_customer c = {4, 20, 26}, once = {0, 0, 26};
    double ahead = 40, within = 1 - pow(32. / 72, 4.9);
    vt_next_purchase next = vt_next_purchase_of(&bg, &c, ahead, .8);
    const double levels[] = {.1, .5, .9}, found[] = {next.low, next.median, next.high};
    for (int k = 0; k < 3; k++) {
        double wanted = 32 * (pow(1 - levels[k] * within, -1 / 4.9) - 1);
        assert_true(fabs(found[k] - wanted) < 1e-6);
    }
    assert_true(fabs(next.chance - vt_bg_nbd.alive(bg.parameter, &c) * within) < 1e-12);
    assert_true(fabs(vt_silence_chance(&bg, &c) - pow(26. / 32, 4.9)) < 1e-12);
    const vt_repeat_model *models[] = {&bg, &pareto};
    for (int m = 0; m < 2; m++) {
        vt_next_purchase often = vt_next_purchase_of(models[m], &c, ahead, .8);
        vt_next_purchase seldom = vt_next_purchase_of(models[m], &once, ahead, .8);
        assert_true(0 < often.low && often.low < often.median && often.median < often.high && often.high <= ahead);
        assert_true(often.median < seldom.median); /* who buys more often comes sooner, if at all */
    }
    assert_true(vt_next_day(.2, 7) == 2 && vt_next_day(0, 7) == 1 && vt_next_day(1, 7) == 7);
}

/* Customers by chance as purchases, so that the interval can be held against what they did. */
static vt_clv_purchases draw_purchases(const double *p, size_t customers, int days, int32_t *customer, int64_t *day,
                                       size_t most)
{
    vt_rng rng = vt_rng_at(3, "rhythm", 0, 0);
    vt_clv_purchases out = {customer, day, NULL, 0, customers, NULL};
    for (size_t c = 0; c < customers; c++) {
        double rate = draw_gamma(&rng, p[0]) / p[1], go = draw_gamma(&rng, p[2]), stay = draw_gamma(&rng, p[3]);
        double leave = go / (go + stay), t = (double)vt_rng_below(&rng, 100);
        do {
            assert_true(out.n < most);
            customer[out.n] = (int32_t)c;
            day[out.n++] = FIRST + (int64_t)t;
            t += draw_wait(&rng, rate);
        } while (t < days && vt_rng_unit(&rng) >= leave);
    }
    return out;
}

static void intervals_hold_what_comes(void **state)
{
    (void)state;
    enum { CUSTOMERS = 3000, MOST = 120000 };
    static const double p[] = {.9, 40, .8, 3.2}; /* days */
    static int32_t customer[MOST];
    static int64_t day[MOST];
    vt_error err = VT_ERROR_INIT;
    vt_rhythm r = {0};
    vt_clv_purchases purchases = draw_purchases(p, CUSTOMERS, 500, customer, day, MOST);
    check_ok(vt_rhythm_find(&r, &purchases, FIRST + 499, 6, &err));
    double share = (double)r.held_out.inside / (double)r.held_out.customers;
    assert_int_equal(r.tested, FIRST + 499 - 182);
    if (!(r.held_out.customers > 800 && share > .77 && share < .84)) {
        fail_msg("%zu of %zu inside", r.held_out.inside, r.held_out.customers);
    }
    size_t late = 0;
    for (size_t i = 0; i < r.summary.n; i++) {
        vt_repeat_customer c = vt_rhythm_customer(&r, i);
        bool is_late = vt_rhythm_late(&r, i);
        vt_next_purchase next = vt_rhythm_next(&r, i);
        late += is_late;
        assert_true(!is_late || c.x > 0);
        assert_true(next.low > FIRST + 499 && next.low <= next.median && next.median <= next.high);
        assert_int_equal(vt_rhythm_place(&r, r.summary.customer[i]), i);
    }
    assert_true(late > 0 && late < r.summary.n / 2);
    assert_int_equal(vt_rhythm_place(&r, CUSTOMERS), r.summary.n);
    vt_rhythm_done(&r);
}

/* Of the 2,357 customers of CDNOW, as of 39 weeks before the end. */
static void intervals_of_cdnow(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    char path[512];
    vt_transactions transactions;
    vt_transactions_options options;
    vt_rhythm r = {0};
    if (data_file(path, "cdnow/CDNOW_sample.txt") == NULL) {
        skip();
    }
    vt_transactions_options_init(&options);
    check_ok(vt_transactions_read(&transactions, path, &options, &err));
    vt_clv_purchases purchases = vt_transactions_purchases(&transactions);
    check_ok(vt_rhythm_find(&r, &purchases, VT_NONE, 12, &err));
    assert_int_equal(r.held_out.customers, 682);
    assert_int_equal(r.held_out.inside, 548); /* 80.4 % */
    vt_rhythm_done(&r);
    vt_transactions_done(&transactions);
}

/* Regular customers, one of them silent since long; guests and a return do not count. */
static void fill_shop(live_shop *s)
{
    vt_store *store = live_begin(s);
    int n = 0;
    live_put_item(store, "tea", "Tea", 1000, VT_NONE);
    for (int c = 0; c < 40; c++) {
        char user[16], order[24];
        snprintf(user, sizeof user, "c%02d", c);
        int step = 5 + c % 7 * 3, until = c == 0 ? 120 : c % 3 == 0 ? 60 + 4 * c : 300;
        for (int day = c; day < until; day += step) {
            vt_event e = live_event(user, "tea", VT_EVENT_PURCHASE, (FIRST + day) * (int64_t)DAY + 43200);
            snprintf(order, sizeof order, "o%d", n++);
            e.order_id = vt_str_of(order);
            e.quantity = 1;
            e.unit_price = c == 0 ? 5000 : 1000;
            live_put(store, &e);
        }
    }
    live_commit(s);
}

static void a_shop(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    vt_insight_options o;
    vt_insight *a = NULL;
    live_shop_init(&s);
    fill_shop(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_insight_options_init(&o);
    o.now = (FIRST + 300) * (int64_t)DAY - 1;
    o.n = 100;
    check_ok(vt_insight_ask(&a, s.live, "rhythm", &o, &err));
    const vt_insight_table *t = answer_table(a, "customers"), *g = answer_table(a, "gaps");
    assert_int_equal(t->n_rows, 40);
    double gaps = 0, orders = 0;
    for (size_t r = 0; r < t->n_rows; r++) {
        orders += answer_number(t, r, "orders");
    }
    for (size_t r = 0; r < g->n_rows; r++) {
        gaps += answer_number(g, r, "gaps");
    }
    assert_true(gaps == orders - 40);
    assert_true(answer_number(t, 0, "silence") <= .1 &&
                answer_number(t, 0, "silent_days") > 30); /* the silent ones come first */
    vt_insight_free(a);
    a = NULL;
    o.user = "c00"; /* every fifth day up to day 115 */
    check_ok(vt_insight_ask(&a, s.live, "rhythm", &o, &err));
    t = answer_table(a, "orders");
    assert_int_equal(t->n_rows, 24);
    assert_true(isnan(answer_number(t, 0, "gap")) && answer_number(t, 1, "gap") == 5 &&
                answer_number(t, 1, "amount") == 5000);
    t = answer_table(a, "customers");
    assert_int_equal(t->n_rows, 1);
    assert_true(answer_number(t, 0, "gap") == 5 && answer_number(t, 0, "silent_days") == 184 &&
                answer_number(t, 0, "brought") == 120000);
    assert_true(answer_number(t, 0, "last") == FIRST + 115 && answer_number(t, 0, "next_order") > FIRST + 299);
    assert_non_null(strstr(a->lead, "c00 ordered on 24 days and has been silent for 184 days, longer than"));
    vt_insight_free(a);
    a = NULL;
    o.user = "nobody";
    assert_int_equal(vt_insight_ask(&a, s.live, "rhythm", &o, &err), VT_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "no customer \"nobody\""));
    live_shop_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaps_by_hand),
        cmocka_unit_test(next_by_closed_form),
        cmocka_unit_test(intervals_hold_what_comes),
        cmocka_unit_test(intervals_of_cdnow),
        cmocka_unit_test(a_shop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
