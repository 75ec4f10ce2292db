/* Why an item stands where it stands: parts, places, events left out, what would change it, sentences, messages. */
#include "tea_shop.h"

#include "base/alloc.h"
#include "engine.h"
#include "fault.h"
#include "vitrine/why.h"

typedef struct fixture {
    tea_shop tea;
    vt_model *knn, *fusion, *popularity;
} fixture;

static void fit(const fixture *f, vt_model **out, const char *kind, const char *settings)
{
    vt_error err = VT_ERROR_INIT;
    vt_fit_options options;
    vt_fit_options_init(&options);
    options.threads = 1;
    options.settings = &settings;
    options.n_settings = settings == NULL ? 0 : 1;
    check_ok(vt_model_fit(out, kind, f->tea.train, &options, &err));
}

static int setup(void **state)
{
    static fixture f;
    f = (fixture){0};
    tea_shop_init(&f.tea, NULL);
    fit(&f, &f.knn, "itemknn", NULL);
    fit(&f, &f.fusion, "fusion", "epochs=2,dimensions=8,batch=3");
    fit(&f, &f.popularity, "popularity", NULL);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    vt_model_free(f->knn);
    vt_model_free(f->fusion);
    vt_model_free(f->popularity);
    tea_shop_done(&f->tea);
    return 0;
}

static vt_request request_of(const char *user, const char *item)
{
    vt_request request;
    vt_request_init(&request);
    request.user = user;
    request.item = item;
    request.now = TEA_NOW;
    return request;
}

static vt_why why_of(const fixture *f, const vt_model *model, const char *user, const char *item)
{
    vt_error err = VT_ERROR_INIT;
    vt_why why = {0};
    vt_request request = request_of(user, item);
    check_ok(ask_explain(&why, f->tea.shop, model, &request, &err));
    assert_string_equal(why.item, item);
    return why;
}

static const char *const users[] = {"ann", "bob", "cat", "dan", "eve", "zoe"};

static double sum_of(const vt_explanation *e)
{
    double sum = 0.0;
    for (size_t p = 0; p < e->n_parts; p++) {
        sum += e->parts[p].value;
    }
    return sum;
}

static void parts_sum_for_everyone(void **state)
{
    const fixture *f = *state;
    for (size_t u = 0; u < 6; u++) {
        for (size_t i = 0; i < TEA_ITEMS; i++) {
            vt_why why = why_of(f, f->fusion, users[u], tea_items[i].id);
            assert_true(fabs(sum_of(&why.explanation) - why.score) < 1e-4);
            assert_true(why.rank >= 1 && why.rank <= why.candidates);
            vt_why_done(&why);
        }
    }
}

/* What item-kNN adds up falls away by just that when an event is left out. */
static void leaving_out_a_sum_is_exact(void **state)
{
    const fixture *f = *state;
    size_t all = 0;
    for (size_t u = 0; u < 5; u++) {
        for (size_t i = 0; i < TEA_ITEMS; i++) {
            vt_why why = why_of(f, f->knn, users[u], tea_items[i].id);
            for (size_t e = 0; e < why.n_events && why.rank > 0; e++) {
                const vt_why_event *event = &why.events[e];
                bool alone = isinf(event->difference);
                all += alone;
                assert_true(alone ? event->rank == 0 && fabs(event->relations - why.score) < 1e-5
                                  : fabs(event->difference - event->relations) < 1e-5);
                assert_true(isnan(event->attention));
            }
            vt_why_done(&why);
        }
    }
    assert_true(all > 0); /* some scores hang on one event alone */
}

/* Place by score is the place in the list, which no rule touches here. */
static void places_are_those_of_the_list(void **state)
{
    const fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    const vt_model *models[] = {f->knn, f->fusion};
    for (size_t m = 0; m < 2; m++) {
        for (size_t u = 0; u < 5; u++) {
            vt_answer answer = {0};
            vt_request request = request_of(users[u], NULL);
            check_ok(ask_recommend(&answer, f->tea.shop, models[m], &request, &err));
            for (size_t i = 0; i < answer.n && strcmp(answer.items[i].source, "popularity") != 0; i++) {
                vt_why why = why_of(f, models[m], users[u], answer.items[i].item);
                assert_int_equal(why.rank, i + 1);
                assert_int_equal(why.listed, i + 1);
                assert_true(fabs(why.score - answer.items[i].score) < 1e-6);
                assert_string_equal(why.barred, "");
                if (i > 0) {
                    assert_string_equal(why.above.item, answer.items[0].item);
                    assert_int_equal(why.above.rank, 1);
                    double ahead = 0.0;
                    for (size_t g = 0; g < why.n_gaps; g++) {
                        assert_true(why.gaps[g].other > why.gaps[g].own);
                        ahead += why.gaps[g].other - why.gaps[g].own;
                    }
                    assert_true(ahead >= why.above.score - why.score - 1e-4);
                } else {
                    assert_null(why.above.item);
                    assert_int_equal(why.lifted_without, -1);
                    assert_null(why.next.item);
                }
                vt_why_done(&why);
            }
            vt_answer_done(&answer);
        }
    }
}

/* The events that are named as changes do change the place as is said, when the history really is another. */
/* A rule that turns the list about moves the place in the list, not the one by score. */
static void rules_move_the_listed_place(void **state)
{
    const fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    vt_answer answer = {0};
    vt_rules rules;
    vt_rules_init(&rules);
    vt_request request = request_of("dan", NULL);
    check_ok(ask_recommend(&answer, f->tea.shop, f->fusion, &request, &err));
    assert_true(answer.n > 1);
    char last[64];
    snprintf(last, sizeof last, "%s", answer.items[answer.n - 1].item);
    char rule[96];
    snprintf(rule, sizeof rule, "item=%s:+2", last);
    check_ok(vt_rules_set(&rules, "boost", rule, &err));
    request.rules = &rules;
    request.item = last;
    vt_why why = {0};
    check_ok(ask_explain(&why, f->tea.shop, f->fusion, &request, &err));
    assert_int_equal(why.rank, answer.n);
    assert_int_equal(why.listed, 1);
    vt_why_done(&why);
    vt_answer_done(&answer);
    vt_rules_done(&rules);
}

static void changes_come_true(void **state)
{
    const fixture *f = *state;
    size_t lifted = 0;
    for (size_t u = 0; u < 5; u++) {
        for (size_t i = 0; i < TEA_ITEMS; i++) {
            vt_why why = why_of(f, f->fusion, users[u], tea_items[i].id);
            if (why.next.item != NULL) {
                assert_true(why.next.rank < why.rank);
                vt_error err = VT_ERROR_INIT;
                vt_given_event event;
                vt_given_event_init(&event);
                event.item = why.next.item;
                vt_request request = request_of(users[u], tea_items[i].id);
                request.events = &event;
                request.n_events = 1;
                vt_why then = {0};
                check_ok(ask_explain(&then, f->tea.shop, f->fusion, &request, &err));
                assert_true(fabs(then.score - why.next.score) < 1e-5);
                /* the item of the event is no candidate any more */
                assert_true(then.rank == why.next.rank || then.rank == why.next.rank - 1);
                vt_why_done(&then);
                lifted++;
            }
            if (why.lifted_without >= 0) {
                assert_true(why.events[why.lifted_without].rank < why.rank);
            }
            vt_why_done(&why);
        }
    }
    assert_true(lifted > 0);
}

static void sentences(void **state)
{
    const fixture *f = *state;
    vt_why why = why_of(f, f->knn, "dan", "green");
    assert_string_equal(why.sentence, "Because you bought \"The black\" and \"The mint\" in January 1970.");
    assert_string_equal(why.title, "The green");
    vt_why_done(&why);
    why = why_of(f, f->knn, "cat", "black");
    assert_string_equal(why.sentence, "Because you rated \"The green\" and \"The mint\" in January 1970.");
    vt_why_done(&why);
    why = why_of(f, f->knn, "zoe", "green");
    assert_string_equal(why.sentence, "The model knows nothing that speaks for it or against it.");
    assert_true(isinf(why.score) && why.rank == 0 && why.n_events == 0 && why.explanation.n_parts == 0);
    vt_why_done(&why);
    why = why_of(f, f->fusion, "zoe", "green");
    assert_int_equal(strncmp(why.sentence, "Nothing is known of you yet", 27), 0);
    assert_true(why.rank > 0 && why.n_events == 0 && why.explanation.n_parts > 0);
    vt_why_done(&why);
    why = why_of(f, f->popularity, "dan", "green"); /* what one does changes nothing */
    assert_string_equal(why.sentence, "Nothing that you did speaks for it.");
    assert_int_equal(why.explanation.n_parts, 0);
    assert_int_equal(why.n_events, 2);
    assert_true(fabs(why.events[0].difference) <= 0.0 && isnan(why.events[0].relations));
    vt_why_done(&why);
}

static void what_is_not_recommended(void **state)
{
    const fixture *f = *state;
    vt_why why = why_of(f, f->fusion, "dan", "mint");
    assert_string_equal(why.barred, "you have it");
    vt_why_done(&why);
    why = why_of(f, f->fusion, "dan", "gone"); /* out of stock */
    assert_string_equal(why.barred, "the filters leave it out, or it is not on sale");
    vt_why_done(&why);
    why = why_of(f, f->fusion, "dan", "bare"); /* nothing is known of it but its id */
    assert_string_equal(why.title, "");
    assert_string_equal(why.category, "");
    assert_true(why.rank > 0);
    assert_true(fabs(sum_of(&why.explanation) - why.score) < 1e-4);
    vt_why_done(&why);
}

static void reasons_of_a_list(void **state)
{
    const fixture *f = *state;
    vt_error err = VT_ERROR_INIT;
    vt_answer answer = {0};
    vt_request request = request_of("dan", NULL);
    request.explain = true;
    check_ok(ask_recommend(&answer, f->tea.shop, f->knn, &request, &err));
    assert_int_equal(answer.n, 4); /* two by item-kNN, two by popularity */
    assert_string_equal(answer.items[0].reason, "Because you bought \"The black\" and \"The mint\" in January 1970.");
    assert_true(fabs(sum_of(&answer.explanations[0]) - answer.items[0].score) < 1e-5);
    assert_string_equal(answer.items[2].item, "cup");
    assert_string_equal(answer.items[2].reason, "Nothing that you did leads to it; 1 event of all users is on it.");
    assert_int_equal(answer.explanations[2].n_parts, 0);
    vt_answer_done(&answer);
    request.user = "zoe";
    check_ok(ask_recommend(&answer, f->tea.shop, f->fusion, &request, &err));
    assert_string_equal(answer.items[0].source, "fusion"); /* knows what to say to someone without any event */
    assert_string_equal(answer.items[0].reason, "Nothing is known of you yet.");
    assert_true(fabs(sum_of(&answer.explanations[0]) - answer.items[0].score) < 1e-4);
    vt_answer_done(&answer);
    request.user = "ann";
    check_ok(ask_recommend(&answer, f->tea.shop, f->fusion, &request, &err));
    for (size_t i = 0; i < answer.n; i++) {
        assert_true(answer.items[i].reason[0] != '\0');
        assert_true(fabs(sum_of(&answer.explanations[i]) - answer.items[i].score) < 1e-4);
    }
    vt_answer_done(&answer);
    request.explain = false;
    check_ok(ask_recommend(&answer, f->tea.shop, f->fusion, &request, &err));
    assert_null(answer.explanations);
    assert_null(answer.items[0].reason);
    vt_answer_done(&answer);
    /* models that cannot say */
    vt_model *bpr = NULL;
    fit(f, &bpr, "bpr", "epochs=1,factors=4");
    request.explain = true;
    assert_int_equal(ask_recommend(&answer, f->tea.shop, bpr, &request, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "a model of kind bpr cannot take its scores apart; these kinds can: itemknn"));
    vt_why why = why_of(f, bpr, "dan", "green"); /* leaving events out works for all */
    assert_int_equal(why.explanation.n_parts, 0);
    assert_true(fabs(why.events[0].difference) > 0.0);
    vt_why_done(&why);
    vt_model_free(bpr);
}

static void check_message(const fixture *f, const vt_request *request, int code, const char *message)
{
    vt_error err = VT_ERROR_INIT;
    vt_why why = {.rank = 77};
    assert_int_equal(ask_explain(&why, f->tea.shop, f->fusion, request, &err), code);
    if (strstr(err.message, message) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", err.message, message);
    }
    assert_int_equal(why.rank, 77);
}

static void what_cannot_be_is_said(void **state)
{
    fixture *f = *state;
    vt_request request = request_of("dan", NULL);
    check_message(f, &request, VT_ERR_USAGE, "no item is named to explain; name one");
    request = request_of(NULL, "green");
    check_message(f, &request, VT_ERR_USAGE, "no user is named to explain for; name one, or give events of a visitor");
    request = request_of("Dan", "green");
    check_message(f, &request, VT_ERR_NOT_FOUND, "no user \"Dan\" in shop ");
    request = request_of("dan", "Green");
    check_message(f, &request, VT_ERR_NOT_FOUND, "no item \"Green\" in shop ");
    const event_row rows[] = {{"ann", "newcomer", 400, 0, VT_EVENT_PURCHASE, 0}};
    tea_shop_add(&f->tea, rows, 1);
    request = request_of("dan", "newcomer");
    check_message(f, &request, VT_ERR_UNSUPPORTED, "item \"newcomer\" is not in the model");
}

static int run_explain(void *context, vt_error *err)
{
    fixture *f = context;
    vt_why why = {0};
    vt_request request = request_of("dan", "pot");
    int status = ask_explain(&why, f->tea.shop, f->fusion, &request, err);
    vt_why_done(&why);
    return status;
}

static int run_recommend(void *context, vt_error *err)
{
    fixture *f = context;
    vt_answer answer = {0};
    vt_request request = request_of("dan", NULL);
    request.explain = true;
    int status = ask_recommend(&answer, f->tea.shop, f->knn, &request, err);
    vt_answer_done(&answer);
    return status;
}

static void memory_runs_out(void **state)
{
    assert_true(fault_allocations(run_explain, *state) > 30);
    assert_true(fault_allocations(run_recommend, *state) > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(parts_sum_for_everyone, setup, teardown),
        cmocka_unit_test_setup_teardown(leaving_out_a_sum_is_exact, setup, teardown),
        cmocka_unit_test_setup_teardown(places_are_those_of_the_list, setup, teardown),
        cmocka_unit_test_setup_teardown(rules_move_the_listed_place, setup, teardown),
        cmocka_unit_test_setup_teardown(changes_come_true, setup, teardown),
        cmocka_unit_test_setup_teardown(sentences, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_not_recommended, setup, teardown),
        cmocka_unit_test_setup_teardown(reasons_of_a_list, setup, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_is_said, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_runs_out, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
