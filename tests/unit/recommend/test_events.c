/* Events that are given with a request: visitors whom nobody has seen, and users who did more than the shop knows. */
#include "tea_shop.h"

#include "engine.h"
#include "fault.h"
#include "recommend/context.h"

typedef struct fixture {
    tea_shop tea;
    vt_model *model; /* itemknn */
} fixture;

static int setup_with(void **state, const char *positive)
{
    static fixture f;
    vt_error err = VT_ERROR_INIT;
    vt_fit_options options;
    f = (fixture){0};
    tea_shop_init(&f.tea, positive);
    vt_fit_options_init(&options);
    options.threads = 1;
    check_ok(vt_model_fit(&f.model, "itemknn", f.tea.train, &options, &err));
    *state = &f;
    return 0;
}

static int setup(void **state)
{
    return setup_with(state, NULL);
}

static int setup_ratings(void **state)
{
    return setup_with(state, "rating>=4");
}

static int teardown(void **state)
{
    fixture *f = *state;
    vt_model_free(f->model);
    tea_shop_done(&f->tea);
    return 0;
}

static vt_given_event given(const char *item, int64_t time, int kind)
{
    vt_given_event event;
    vt_given_event_init(&event);
    event.item = item;
    event.time = time;
    event.kind = kind;
    return event;
}

static vt_request request_of(const char *user, const vt_given_event *events, size_t n)
{
    vt_request request;
    vt_request_init(&request);
    request.user = user;
    request.events = events;
    request.n_events = n;
    request.now = TEA_NOW;
    return request;
}

/* "green:1.41 pot:0.58 " of the items that the model scored. */
static void scored(char text[256], const fixture *f, const vt_request *request, int64_t *ignored)
{
    vt_answer answer = {0};
    vt_error err = VT_ERROR_INIT;
    text[0] = '\0';
    check_ok(ask_recommend(&answer, f->tea.shop, f->model, request, &err));
    for (size_t i = 0; i < answer.n; i++) {
        size_t length = strlen(text);
        if (strcmp(answer.items[i].source, "itemknn") == 0) {
            snprintf(text + length, 256 - length, "%s:%.4f ", answer.items[i].item, answer.items[i].score);
        }
    }
    if (ignored != NULL) {
        *ignored = answer.ignored;
    }
    vt_answer_done(&answer);
}

/* dan bought black and mint: a stranger who says the same gets the same. */
static void a_visitor_is_what_they_did(void **state)
{
    const fixture *f = *state;
    char known[256], stranger[256];
    const vt_given_event events[] = {given("mint", 190, -1), given("black", 180, VT_EVENT_PURCHASE)};
    vt_request request = request_of("dan", NULL, 0);
    scored(known, f, &request, NULL);
    request = request_of(NULL, events, 2);
    scored(stranger, f, &request, NULL);
    assert_string_equal(stranger, known);
    assert_non_null(strstr(known, "green:"));
    /* and what is given is not recommended */
    assert_null(strstr(stranger, "black:"));
}

/* eve has no mint; with it she is someone else, and mint is no longer for her. */
static void a_user_with_more(void **state)
{
    const fixture *f = *state;
    char before[256], after[256];
    const vt_given_event events[] = {given("mint", VT_NONE, -1)};
    vt_request request = request_of("eve", NULL, 0);
    scored(before, f, &request, NULL);
    request = request_of("eve", events, 1);
    scored(after, f, &request, NULL);
    assert_string_not_equal(before, after);
    assert_null(strstr(after, "mint:"));
}

static void in_time_order_whatever_the_order_given(void **state)
{
    const fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    const vt_given_event events[] = {given("pot", 185, -1), given("cup", VT_NONE, -1), given("green", 5, -1),
                                     given("bare", 190, -1)};
    vt_request request = request_of("dan", events, 4);
    engine a;
    vt_context c = {0};
    check_ok(engine_open(&a, f->tea.shop, f->model, NULL, &err));
    check_ok(vt_context_begin(&c, a.recommender, &request, &err));
    check_ok(vt_context_history(&c, &err));
    const vt_history *history = &c.history;
    static const char *const order[] = {"green", "black", "pot", "mint", "bare", "cup"};
    assert_int_equal(history->n, 6);
    for (size_t h = 0; h < 6; h++) {
        assert_true(vt_str_equal(vt_ids_get(&c.bound->info.items, history->item[h]), vt_str_of(order[h])));
        assert_true(h == 0 || history->time[h] >= history->time[h - 1]);
        assert_int_equal(history->kind[h], VT_EVENT_PURCHASE);
    }
    assert_true(history->time[5] == TEA_NOW);
    vt_user_state state_of_dan = vt_context_state(&c);
    assert_int_equal(state_of_dan.user, vt_ids_find(&c.bound->info.users, vt_str_of("dan")));
    vt_context_done(&c);
    engine_close(&a);
}

static void types_that_do_not_count(void **state)
{
    const fixture *f = *state;
    char text[256], other[256];
    int64_t ignored = 0;
    const vt_given_event events[] = {given("mint", VT_NONE, VT_EVENT_VIEW), given("black", VT_NONE, -1)};
    vt_request request = request_of(NULL, events, 2);
    scored(text, f, &request, &ignored);
    assert_int_equal(ignored, 1);
    request = request_of(NULL, events + 1, 1);
    scored(other, f, &request, &ignored);
    assert_int_equal(ignored, 0);
    assert_string_equal(text, other);
    assert_non_null(strstr(text, "mint:")); /* looked at, not had */
}

/* A model of ratings of 4 and more: an event without a type is one of those. */
static void without_a_type_it_is_one_that_counts(void **state)
{
    const fixture *f = *state;
    char text[256];
    int64_t ignored = 0;
    vt_given_event events[] = {given("mint", VT_NONE, -1)};
    vt_request request = request_of(NULL, events, 1);
    scored(text, f, &request, &ignored);
    assert_int_equal(ignored, 0);
    assert_string_equal(text, "green:1.0000 ");
    events[0].kind = VT_EVENT_RATING;
    events[0].value = 2;
    scored(text, f, &request, &ignored);
    assert_int_equal(ignored, 1);
    assert_string_equal(text, "");
    vt_event_kind kind = VT_EVENT_VIEW;
    double value = 0;
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_event_counted(&kind, &value, "view|like", &err));
    assert_int_equal(kind, VT_EVENT_VIEW);
    check_ok(vt_event_counted(&kind, &value, "cart|purchase", &err));
    assert_int_equal(kind, VT_EVENT_PURCHASE);
    check_ok(vt_event_counted(&kind, &value, "rating<=2", &err));
    assert_true(kind == VT_EVENT_RATING && value <= 2.0 && value >= 2.0);
    assert_int_equal(vt_event_counted(&kind, &value, "rating>7", &err), VT_ERR_UNSUPPORTED);
    assert_int_equal(vt_event_counted(&kind, &value, "nonsense", &err), VT_ERR_USAGE);
}

static void what_cannot_be_is_said(void **state)
{
    fixture *f = *state;
    vt_answer answer = {.n = 77};
    vt_error err = VT_ERROR_INIT;
    const vt_given_event events[] = {given("mint", VT_NONE, -1), given("Mint", VT_NONE, -1)};
    vt_request request = request_of("dan", events, 2);
    assert_int_equal(ask_recommend(&answer, f->tea.shop, f->model, &request, &err), VT_ERR_NOT_FOUND);
    assert_non_null(strstr(err.message, "no item \"Mint\" in shop "));
    const event_row rows[] = {{"ann", "newcomer", 400, 0, VT_EVENT_PURCHASE, 0}};
    const vt_given_event late[] = {given("newcomer", VT_NONE, -1)};
    tea_shop_add(&f->tea, rows, 1);
    request = request_of(NULL, late, 1);
    assert_int_equal(ask_recommend(&answer, f->tea.shop, f->model, &request, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "item \"newcomer\" is not in the model"));
    request = request_of(NULL, NULL, 0);
    assert_int_equal(ask_recommend(&answer, f->tea.shop, f->model, &request, &err), VT_ERR_USAGE);
    assert_non_null(strstr(err.message, "name one, or give events of a visitor"));
    assert_int_equal(answer.n, 77);
}

static int run(void *context, vt_error *err)
{
    fixture *f = context;
    vt_answer answer = {0};
    const vt_given_event events[] = {given("mint", VT_NONE, -1), given("pot", 3, -1)};
    vt_request request = request_of("dan", events, 2);
    int status = ask_recommend(&answer, f->tea.shop, f->model, &request, err);
    vt_answer_done(&answer);
    return status;
}

static void memory_runs_out(void **state)
{
    assert_true(fault_allocations(run, *state) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_visitor_is_what_they_did, setup, teardown),
        cmocka_unit_test_setup_teardown(a_user_with_more, setup, teardown),
        cmocka_unit_test_setup_teardown(in_time_order_whatever_the_order_given, setup, teardown),
        cmocka_unit_test_setup_teardown(types_that_do_not_count, setup, teardown),
        cmocka_unit_test_setup_teardown(without_a_type_it_is_one_that_counts, setup_ratings, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_is_said, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_runs_out, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
