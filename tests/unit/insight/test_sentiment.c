/* What reviews say, of a shop worked by hand: shares, change, filters, rows of the store, and shops that lack them. */
#include "fault.h"
#include "shop_days.h"

#include "vitrine/results.h"

static vt_error err;

static void rate(vt_store *store, const char *user, const char *item, double stars, int day, const char *words)
{
    vt_event e = live_event(user, item, VT_EVENT_RATING, START + (int64_t)day * DAY + 3600);
    e.value = stars;
    e.body = vt_str_of(words);
    live_put(store, &e);
}

/*
 * Days 0 to 9: four for, none against. Days 10 to 19: of tea one for and three against, of the pot two for; one of
 * three stars; a rating without words.
 */
static void fill(live_shop *s)
{
    live_shop_init(s);
    vt_store *store = live_begin(s);
    live_put_item(store, "tea", "Drinks", 500, 5);
    live_put_item(store, "pot", "Kitchen", 3000, 5);
    live_put_user(store, "ann", "premium", NULL);
    const char *const early[] = {"ann", "ben", "cid", "dan"};
    for (int i = 0; i < 4; i++) {
        rate(store, early[i], "tea", 5, 2 + i, "lovely");
    }
    rate(store, "ann", "tea", 4, 12, "fine");
    rate(store, "ben", "tea", 1, 13, "stale");
    rate(store, "cid", "tea", 2, 13, "stale leaves");
    rate(store, "dan", "tea", 1, 14, "stale");
    rate(store, "ann", "pot", 5, 14, "pretty");
    rate(store, "ben", "pot", 4, 15, "pretty");
    rate(store, "cid", "pot", 3, 15, "so so");
    rate(store, "eve", "pot", 1, 15, NULL);
    live_commit(s);
    check_ok(live_open(&s->live, s, 0, &err));
}

static vt_result row_of(const char *subject, int64_t rank, const char *object, double value, int64_t count)
{
    return (vt_result){vt_str_of(subject), rank, vt_str_of(object), value, value - 1, value + 1, count, 0};
}

/* As encode --sentiment leaves them: on day 14 four of words alone about the pot, of which one is for; one on day 5. */
static void put_rows(live_shop *s)
{
    int64_t day = START / DAY;
    const vt_result words[] = {row_of("", 0, NULL, .7, 15), row_of("pot", day + 14, NULL, .25, 4),
                               row_of("pot", day + 5, NULL, 1, 1)};
    const vt_result in_favour[] = {row_of("pot", 1, "pretty", 2, 2), row_of("", 1, "lovely", 3, 4)};
    const vt_result against[] = {row_of("tea", 1, "stale", 3, 3), row_of("tea", 2, "old leaves", 2, 2),
                                 row_of("", 1, "stale", 3, 3)};
    const vt_result quality[] = {row_of("", 1, "auc", .9, 40)};
    const vt_result_rows sets[] = {{"sentiment", words, 3},
                                   {"phrase_for", in_favour, 2},
                                   {"phrase_against", against, 3},
                                   {"sentiment_quality", quality, 1}};
    check_ok(vt_results_replace(s->shop, sets, 4, &err));
}

static vt_insight *ask(live_shop *s, const char *category, const char *customers)
{
    vt_insight_options o;
    vt_insight_options_init(&o);
    o.period = "10d";
    o.category = category;
    o.customers = customers;
    return days_ask(s, "sentiment", &o, 20);
}

static void stars_and_words_are_counted(void **state)
{
    (void)state;
    live_shop s;
    fill(&s);
    put_rows(&s);
    vt_insight *insight = ask(&s, NULL, NULL);
    /* for: 3 by stars and 1 by words; against: 3 and 3 */
    assert_string_equal(insight->lead,
                        "40.0 % of the reviews that take a side speak for what they are about. That is less than the "
                        "100.0 % in the 10 days before. The tea has the most criticism: 3 of 4 reviews speak against "
                        "it, most of all \"stale\".");
    const vt_insight_figure *share = answer_figure(insight, "share_positive");
    assert_true(fabs(share->value - .4) < 1e-12 && share->before == 1);
    assert_true(fabs(share->low - .1682) < 1e-4 && fabs(share->high - .6873) < 1e-4); /* Wilson, 4 of 10 */
    assert_true(answer_figure(insight, "reviews")->value == 11);
    assert_true(answer_figure(insight, "reviews")->before == 5);
    assert_true(answer_figure(insight, "reviews_against")->value == 6);
    assert_true(answer_figure(insight, "rating")->value == 21.0 / 8); /* of all eight ratings */
    assert_true(answer_figure(insight, "sentiment_auc")->value == .9);
    const vt_insight_table *t = answer_table(insight, "products");
    assert_int_equal(t->n_rows, 2);
    assert_string_equal(answer_cell(t, 0, "item")->text, "tea"); /* as much criticism, a larger share */
    assert_string_equal(answer_cell(t, 0, "against")->text, "stale, old leaves");
    assert_true(answer_cell(t, 0, "share_positive")->number == .25);
    assert_string_equal(answer_cell(t, 1, "for")->text, "pretty");
    assert_null(answer_cell(t, 1, "against")->text);
    t = answer_table(insight, "stars");
    assert_int_equal(t->n_rows, 5);
    assert_true(answer_number(t, 0, "stars") == 5 && answer_number(t, 4, "stars") == 1);
    double all = 0, sum = 0;
    for (size_t i = 0; i < t->n_rows; i++) {
        all += answer_number(t, i, "ratings");
        sum += answer_number(t, i, "ratings") * answer_number(t, i, "stars");
    }
    assert_true(all == 8 && sum == 21);
    assert_int_equal(answer_table(insight, "phrases")->n_rows, 2);
    assert_int_equal(insight->n_notes, 2);
    assert_non_null(strstr(insight->notes[1], "4 of the reviews have no stars"));
    vt_insight_free(insight);
    live_shop_done(&s);
}

static void filters_go_with_the_stars(void **state)
{
    (void)state;
    live_shop s;
    fill(&s);
    put_rows(&s);
    vt_insight *insight = ask(&s, "Drinks", NULL);
    assert_true(answer_figure(insight, "share_positive")->value == .25);
    assert_non_null(strstr(insight->lead, "The tea has the most criticism: 3 of 4 reviews speak against it, most of "
                                          "all \"stale\"."));
    assert_int_equal(answer_table(insight, "products")->n_rows, 1);
    vt_insight_free(insight);
    insight = ask(&s, NULL, "premium"); /* who wrote words without stars is not kept */
    assert_true(answer_figure(insight, "share_positive")->value == 1);
    assert_true(answer_figure(insight, "reviews")->value == 2);
    assert_non_null(strstr(insight->notes[1], "Reviews without stars are left out"));
    vt_insight_free(insight);
    live_shop_done(&s);
}

static void what_is_missing_is_said(void **state)
{
    (void)state;
    live_shop s;
    char command[512];
    fill(&s);
    vt_insight *insight = ask(&s, NULL, NULL); /* stars alone */
    snprintf(command, sizeof command, "run \"vitrine --shop %s encode --sentiment\".", vt_shop_path(s.shop));
    assert_non_null(strstr(insight->lead, "50.0 % of the reviews"));
    assert_non_null(strstr(insight->lead, command));
    assert_int_equal(insight->n_tables, 2);
    vt_insight_free(insight);
    vt_insight_options o;
    vt_insight_options_init(&o);
    o.period = "all"; /* from the first event on, where there is no order */
    insight = days_ask(&s, "sentiment", &o, 40);
    assert_true(answer_figure(insight, "reviews")->value == 11);
    vt_insight_free(insight);
    o.period = "2d";
    insight = days_ask(&s, "sentiment", &o, 40); /* a quiet time */
    assert_non_null(strstr(insight->lead, "No review with words came in the period."));
    assert_true(isnan(answer_figure(insight, "share_positive")->value));
    vt_insight_free(insight);
    live_shop_done(&s);
    live_shop_init(&s);
    check_ok(live_open(&s.live, &s, 0, &err));
    insight = days_ask(&s, "sentiment", &o, 40); /* an empty shop */
    assert_non_null(strstr(insight->lead, "No review"));
    vt_insight_free(insight);
    live_shop_done(&s);
}

static int ask_again(void *context, vt_error *e)
{
    live_shop *s = context;
    vt_insight_options o;
    vt_insight *insight = NULL;
    vt_insight_options_init(&o);
    o.period = "10d";
    o.now = START + 20 * DAY - 1;
    int status = vt_insight_ask(&insight, s->live, "sentiment", &o, e);
    vt_insight_free(insight);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    live_shop s;
    fill(&s);
    put_rows(&s);
    assert_in_range(fault_allocations(ask_again, &s), 10, 1000);
    live_shop_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stars_and_words_are_counted),
        cmocka_unit_test(filters_go_with_the_stars),
        cmocka_unit_test(what_is_missing_is_said),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
