/*
 * Lists of all customers in the store: each is the list that the customer is answered with, whatever the threads; a cap
 * takes those with most order lines; a later run replaces an earlier one; a writer that holds the shop, and a stop in
 * the middle, leave the rows as they were; insight reads them.
 */
#include "answers.h"
#include "live_shop.h"

#include <string.h>

#include "vitrine/next_items.h"
#include "vitrine/results.h"

#define NOW ((int64_t)1700000000)

enum { ITEMS = 12, USERS = 80, DAY = 86400 };

/* User u buys 1 + u % 4 items near the own number, and one more who only looks. */
static void fill(live_shop *s)
{
    char user[16], item[16];
    vt_error err = VT_ERROR_INIT;
    live_shop_init(s);
    vt_store *store = live_begin(s);
    for (int i = 0; i < ITEMS; i++) {
        snprintf(item, sizeof item, "i%02d", i);
        live_put_item(store, item, "Tea", 100 + i, VT_NONE);
    }
    for (int u = 0; u < USERS; u++) {
        snprintf(user, sizeof user, "u%02d", u);
        for (int k = 0; k <= u % 4; k++) {
            snprintf(item, sizeof item, "i%02d", (u + k) % ITEMS);
            vt_event e = live_event(user, item, VT_EVENT_PURCHASE, NOW - (int64_t)(1 + k * 9 + u % 7) * DAY);
            e.quantity = 1;
            e.unit_price = 500;
            live_put(store, &e);
        }
    }
    vt_event look = live_event("looker", "i00", VT_EVENT_VIEW, NOW - DAY);
    live_put(store, &look);
    live_commit(s);
    check_ok(live_open(&s->live, s, 0, &err));
}

static vt_recommender *open_over(live_shop *s)
{
    vt_error err = VT_ERROR_INIT;
    vt_recommender *r = NULL;
    vt_recommender_options options;
    vt_recommender_options_init(&options);
    options.threads = 1;
    check_ok(vt_recommender_create(&r, s->live, NULL, &options, &err));
    return r;
}

typedef struct rows {
    int64_t n, users;
    char last[16], text[65536];
} rows;

static int note(void *context, const vt_result *row)
{
    rows *r = context;
    size_t len = strlen(r->text);
    snprintf(r->text + len, sizeof r->text - len, "%.*s %lld %.*s %g\n", VT_STR_ARGS(row->subject),
             (long long)row->rank, VT_STR_ARGS(row->object), row->value);
    r->users += !vt_str_equal(row->subject, vt_str_of(r->last));
    snprintf(r->last, sizeof r->last, "%.*s", VT_STR_ARGS(row->subject));
    r->n++;
    return VT_OK;
}

static void read_rows(rows *out, const char *path, const char *user)
{
    vt_error err = VT_ERROR_INIT;
    vt_shop *shop = NULL;
    memset(out, 0, sizeof *out);
    check_ok(vt_shop_open(&shop, path, VT_SHOP_READ, &err));
    check_ok(vt_results_each(shop, "next_item", user, note, out, &err));
    vt_shop_close(shop);
}

static int stop(void *context, const vt_progress_state *state)
{
    (void)context;
    assert_string_equal(state->unit, "customers");
    return state->done < state->total;
}

static void lists_of_all(void **state)
{
    (void)state;
    static rows found, again;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    vt_request request;
    vt_answer answer;
    vt_next_items done;
    vt_next_items_options o;
    fill(&s);
    const char *path = vt_live_path(s.live);
    vt_recommender *r = open_over(&s);
    vt_next_items_options_init(&o);
    vt_request_init(&request);
    request.n = 3;
    request.now = NOW;
    o.request = &request;
    assert_int_equal(vt_next_items_store(&done, r, &o, &err), VT_ERR_BUSY); /* the fixture writes */
    read_rows(&found, path, NULL);
    assert_int_equal(found.n, 0);
    vt_shop_close(s.shop);
    s.shop = NULL;
    vt_error_reset(&err);
    check_ok(vt_next_items_store(&done, r, &o, &err));
    assert_true(done.customers == USERS && done.buyers == USERS && done.rows == 3 * USERS);
    assert_non_null(strstr(done.degraded, "no model"));
    read_rows(&found, path, NULL);
    assert_int_equal(found.users, USERS);
    request.user = "u07";
    check_ok(vt_recommend(&answer, r, &request, &err));
    char wanted[256] = "";
    for (size_t i = 0; i < answer.n; i++) {
        size_t len = strlen(wanted);
        snprintf(wanted + len, sizeof wanted - len, "u07 %zu %s %g\n", i + 1, answer.items[i].item,
                 answer.items[i].score);
    }
    vt_answer_done(&answer);
    read_rows(&again, path, "u07");
    assert_string_equal(again.text, wanted);
    const vt_progress stopping = {stop, NULL};
    o.threads = 3;
    check_ok(vt_next_items_store(&done, r, &o, &err));
    read_rows(&again, path, NULL);
    assert_string_equal(again.text, found.text);
    o.progress = &stopping;
    o.threads = 1;
    request.n = 2;
    assert_int_equal(vt_next_items_store(&done, r, &o, &err), VT_ERR_CANCELLED);
    vt_error_reset(&err);
    read_rows(&again, path, NULL);
    assert_string_equal(again.text, found.text);
    request.n = 3;
    o.customers = 7;
    o.progress = NULL;
    check_ok(vt_next_items_store(&done, r, &o, &err));
    read_rows(&again, path, NULL);
    assert_true(again.users == 7 && again.n == 21 && done.buyers == USERS);
    assert_non_null(strstr(again.text, "u23 1 ")); /* four lines each, the latest first: two days ago */
    assert_null(strstr(again.text, "u51 1 "));     /* likewise, but behind u23 */
    o.customers = 0;
    assert_int_equal(vt_next_items_store(&done, r, &o, &err), VT_ERR_USAGE);
    vt_error_reset(&err);
    o.customers = 5;
    request.n = 0;
    assert_int_equal(vt_next_items_store(&done, r, &o, &err), VT_ERR_USAGE);
    assert_non_null(strstr(err.message, "1 to 1,000"));
    read_rows(&again, path, NULL);
    assert_int_equal(again.users, 7);
    vt_recommender_free(r);
    live_shop_done(&s);
}

static void insight_reads_them(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    live_shop s;
    vt_insight *a = NULL;
    vt_insight_options o;
    fill(&s);
    vt_insight_options_init(&o);
    o.now = NOW;
    o.user = "u07";
    check_ok(vt_insight_ask(&a, s.live, "rhythm", &o, &err));
    assert_int_equal(answer_table(a, "next_items")->n_rows, 0);
    assert_string_equal(a->notes[a->n_notes - 1], "What customers may buy next has not been worked out.");
    vt_insight_free(a);
    const vt_result row[] = {{.subject = vt_str_of("u07"), .rank = 1, .object = vt_str_of("i03"), .value = .5},
                             {.subject = vt_str_of("u07"), .rank = 2, .object = vt_str_of("i01"), .value = .25},
                             {.subject = vt_str_of("u11"), .rank = 1, .object = vt_str_of("i02"), .value = .5}};
    const vt_result_rows kind = {"next_item", row, 3};
    check_ok(vt_results_replace(s.shop, &kind, 1, &err));
    check_ok(vt_insight_ask(&a, s.live, "rhythm", &o, &err));
    const vt_insight_table *t = answer_table(a, "next_items");
    assert_int_equal(t->n_rows, 2);
    assert_string_equal(t->cells[0].text, "i03");
    assert_true(t->cells[2].number == .5 && t->cells[5].number == .25);
    t = answer_table(a, "customers");
    assert_string_equal(t->cells[t->n_columns - 1].text, "The i03; The i01");
    assert_non_null(strstr(a->notes[a->n_notes - 1], "was worked out on "));
    vt_insight_free(a);
    live_shop_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lists_of_all), cmocka_unit_test(insight_reads_them)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
