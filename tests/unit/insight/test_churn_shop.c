/*
 * A shop whose customers order at a steady pace until they leave: who left is told, figures agree with each other, what
 * comes after the period changes nothing, and shops that lack something say what.
 */
#include "answers.h"
#include "fault.h"
#include "live_shop.h"

#include <math.h>

#include "base/rng.h"

enum { DAY = 86400, START = 1767225600, CUSTOMERS = 400, DAYS = 300 }; /* 2026-01-01 00:00 UTC */

/* Orders every 8 to 17 days, each the last one in one case of six, mostly with a bad rating a minute later. */
static void fill(live_shop *s, int days, int customers)
{
    vt_rng rng = vt_rng_at(5, "shop", 0, 0);
    vt_store *store = live_begin(s);
    live_put_item(store, "tea", "Drinks", 1000, 5);
    live_put_item(store, "cup", "Kitchen", 3000, 5);
    for (int c = 0; c < customers; c++) {
        double gap = 8.0 + c % 10, day = 240.0 * vt_rng_unit(&rng);
        bool there = true;
        for (int n = 0; there && day < DAYS; n++) {
            char user[16], order[24];
            there = vt_rng_unit(&rng) > 1.0 / 6;
            double stars = there || vt_rng_unit(&rng) < .1 ? 5 : 1;
            snprintf(user, sizeof user, "c%d", c);
            snprintf(order, sizeof order, "o%d-%d", c, n);
            vt_event e = live_event(user, n % 3 == 0 ? "cup" : "tea", VT_EVENT_PURCHASE, START + (int64_t)(day * DAY));
            e.order_id = vt_str_of(order);
            e.quantity = 1;
            e.unit_price = n % 3 == 0 ? 3000 : 1000;
            if (day < days) {
                live_put(store, &e);
                e = live_event(user, "tea", VT_EVENT_VIEW, START + (int64_t)(day * DAY) - 600);
                live_put(store, &e);
                e = live_event(user, "tea", VT_EVENT_RATING, START + (int64_t)(day * DAY) + 60);
                e.value = stars;
                live_put(store, &e);
            }
            day += gap * (.8 + .4 * vt_rng_unit(&rng));
        }
    }
    live_commit(s);
}

static vt_insight *ask(const live_shop *s, const char *period, const char *segment, int64_t now)
{
    vt_error err = VT_ERROR_INIT;
    vt_insight *insight = NULL;
    vt_insight_options o;
    vt_insight_options_init(&o);
    o.period = period;
    o.segment = segment;
    o.now = now;
    o.n = 1000;
    check_ok(vt_insight_ask(&insight, s->live, "churn", &o, &err));
    return insight;
}

static void tells_who_left(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    live_shop_init(&s);
    fill(&s, DAYS, CUSTOMERS);
    check_ok(live_open(&s.live, &s, 0, &err));
    vt_insight *i = ask(&s, "30d", NULL, START + (int64_t)DAYS * DAY);
    const vt_insight_figure *auc = answer_figure(i, "churn_auc"), *brier = answer_figure(i, "churn_brier");
    print_message("AUC %.3f (%.3f to %.3f), Brier %.3f\n", auc->value, auc->low, auc->high, brier->value);
    assert_true(auc->value > .75 && auc->low < auc->value && auc->high > auc->value);
    assert_true(brier->low < brier->value && brier->high > brier->value && brier->low >= 0);
    double days = answer_figure(i, "lost_after")->value, worth = 0;
    assert_true(days >= 14 && days <= 20); /* nine of ten gaps are below 1.2 x 17 days */
    const vt_insight_table *t = &i->tables[0];
    assert_string_equal(t->id, "customers");
    assert_true(t->n_rows > 0 && (double)t->n_rows == answer_figure(i, "at_risk")->value);
    for (size_t r = 0; r < t->n_rows; r++) {
        double own = answer_number(t, r, "winback");
        assert_true(answer_number(t, r, "silent_days") <= days);
        assert_true(r == 0 || own <= answer_number(t, r - 1, "winback"));
        assert_true(fabs(own - answer_number(t, r, "churn_chance") * .1 * answer_number(t, r, "revenue")) < 1e-6);
        assert_true(t->cells[r * t->n_columns + 2].text[0] != '\0');
        worth += own;
    }
    assert_true(fabs(worth - answer_figure(i, "winback")->value) < 1e-6);
    assert_non_null(strstr(t->cells[2].text, "rating 1.0"));
    assert_non_null(strstr(i->lead, "Winning back is worth most with "));
    vt_insight *again = ask(&s, "30d", NULL, START + (int64_t)DAYS * DAY);
    assert_string_equal(i->lead, again->lead);
    vt_insight_free(again);
    vt_insight *some = ask(&s, "30d", "loyal", START + (int64_t)DAYS * DAY);
    assert_true(answer_figure(some, "churn_auc")->value == auc->value); /* learned from all, listed some */
    vt_insight_free(some);
    vt_insight_free(i);
    live_shop_done(&s);
}

/* The same answer whether the time after the period has happened or not. */
static void later_events_change_nothing(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_text csv[2];
    for (int k = 0; k < 2; k++) {
        live_shop s;
        live_shop_init(&s);
        fill(&s, k == 0 ? 243 : DAYS, CUSTOMERS);
        check_ok(live_open(&s.live, &s, 0, &err));
        vt_insight *i = ask(&s, "2026-08-01..2026-08-31", NULL, START + (int64_t)(k == 0 ? 243 : DAYS) * DAY);
        check_ok(vt_insight_csv(&csv[k], i, "customers", &err));
        vt_insight_free(i);
        live_shop_done(&s);
    }
    assert_string_equal(csv[0].data, csv[1].data);
    assert_true(csv[0].len > 200);
    vt_text_free(&csv[0]);
    vt_text_free(&csv[1]);
}

static void says_what_is_missing(void **state)
{
    (void)state;
    static const struct {
        int days, customers;
        const char *says;
    } cases[] = {
        {DAYS, 1, "20 orders of customers who had ordered before"},
        {100, CUSTOMERS, "Lost is"},
        {16, CUSTOMERS, "20 orders of customers who had ordered before"},
        {40, CUSTOMERS, "at least 42 days"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        vt_error err = VT_ERROR_INIT;
        live_shop s;
        live_shop_init(&s);
        fill(&s, cases[c].days, cases[c].customers);
        check_ok(live_open(&s.live, &s, 0, &err));
        vt_insight *i = ask(&s, "30d", NULL, START + (int64_t)cases[c].days * DAY);
        bool said = strstr(i->lead, cases[c].says) != NULL;
        for (size_t n = 0; n < i->n_notes; n++) {
            said |= strstr(i->notes[n], cases[c].says) != NULL;
        }
        if (!said) {
            fail_msg("\"%s\" is not in: %s", cases[c].says, i->lead);
        }
        vt_insight_free(i);
        live_shop_done(&s);
    }
}

static int ask_again(void *context, vt_error *err)
{
    const live_shop *s = context;
    vt_insight *insight = NULL;
    vt_insight_options o;
    vt_insight_options_init(&o);
    o.now = START + (int64_t)DAYS * DAY;
    int status = vt_insight_ask(&insight, s->live, "churn", &o, err);
    vt_insight_free(insight);
    return status;
}

static void no_memory(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    live_shop_init(&s);
    fill(&s, DAYS, 150);
    check_ok(live_open(&s.live, &s, 0, &err));
    assert_true(fault_allocations(ask_again, &s) > 40);
    live_shop_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_who_left),
        cmocka_unit_test(later_events_change_nothing),
        cmocka_unit_test(says_what_is_missing),
        cmocka_unit_test(no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
