/* Answers as JSON: what a program reads of each kind of answer, on one line or over several. */
#include "fault.h"

#include <math.h>

#include "base/json.h"
#include "vitrine/json.h"

static const char *const moved_by[] = {"boost brand=Acme:1.2"};

static vt_recommendation rows[] = {
    {"A", "Tea \"green\"", "Tea > Green", "Acme", 1290, 0.5, "itemknn", moved_by, 1, 0.1, NULL, 2},
    {"B", "", "", "", VT_NONE, -INFINITY, "popularity", NULL, 0, 0.0, NULL, 0},
};

static vt_answer answer_of(void)
{
    return (vt_answer){.items = rows, .n = 2, .history = 3, .candidates = 7, .currency = "EUR", .rules = "boost=..."};
}

typedef struct read {
    vt_json_reader *reader;
    yyjson_val *root;
} read_back;

static read_back read_text(const vt_text *text)
{
    vt_error err = VT_ERROR_INIT;
    read_back r = {NULL, NULL};
    assert_int_equal(text->data[text->len - 1], '\n');
    check_ok(vt_json_reader_create(&r.reader, &err));
    check_ok(vt_json_read(r.reader, (vt_str){text->data, text->len}, &r.root, &err));
    return r;
}

static void recommendations(void **state)
{
    (void)state;
    const vt_answer answer = answer_of();
    vt_text text = {NULL, 0};
    vt_error err = VT_ERROR_INIT;
    vt_request request;
    vt_request_init(&request);
    request.user = "ann";
    check_ok(vt_answer_json(&text, &answer, &request, "", false, &err));
    assert_non_null(strstr(text.data, "{\"user\":\"ann\",\"model\":null,\"history\":3,\"rules\":\"boost=...\","
                                      "\"degraded\":null,\"candidates\":7,\"currency\":\"EUR\",\"items\":["));
    read_back r = read_text(&text);
    yyjson_val *first = yyjson_ptr_get(r.root, "/items/0"), *second = yyjson_ptr_get(r.root, "/items/1");
    assert_string_equal(yyjson_get_str(yyjson_obj_get(first, "title")), "Tea \"green\"");
    assert_true(fabs(yyjson_get_num(yyjson_obj_get(first, "price")) - 12.9) < 1e-12);
    assert_string_equal(yyjson_get_str(yyjson_ptr_get(first, "/rules/0")), moved_by[0]);
    assert_int_equal(yyjson_get_int(yyjson_obj_get(first, "rank_by_score")), 2);
    assert_true(yyjson_is_null(yyjson_obj_get(second, "price")));
    assert_true(yyjson_is_null(yyjson_obj_get(second, "score"))); /* JSON has no infinity */
    assert_true(yyjson_is_null(yyjson_obj_get(second, "rank_by_score")));
    assert_null(yyjson_obj_get(first, "reason"));
    vt_json_reader_free(r.reader);
    vt_text_free(&text);
}

static void similar_items_have_no_history(void **state)
{
    (void)state;
    vt_answer answer = answer_of();
    vt_text text = {NULL, 0};
    vt_error err = VT_ERROR_INIT;
    vt_request request;
    vt_request_init(&request);
    request.item = "C";
    answer.rules[0] = '\0';
    snprintf(answer.degraded, sizeof answer.degraded, "by likeness");
    check_ok(vt_answer_json(&text, &answer, &request, "ease", true, &err));
    assert_non_null(
        strstr(text.data, "{\n  \"item\": \"C\",\n  \"model\": \"ease\",\n  \"degraded\": \"by likeness\""));
    assert_null(strstr(text.data, "history"));
    assert_null(strstr(text.data, "rank_by_score"));
    vt_text_free(&text);
}

static void what_is_found_names_the_question(void **state)
{
    (void)state;
    const vt_found found = {.answer = answer_of()};
    vt_text text = {NULL, 0};
    vt_error err = VT_ERROR_INIT;
    vt_search_query query;
    vt_search_query_init(&query);
    query.text = "tea";
    check_ok(vt_found_json(&text, &found, &query, false, &err));
    assert_ptr_equal(strstr(text.data, "{\"text\":\"tea\",\"degraded\":null,"), text.data);
    vt_text_free(&text);
    query.text = NULL;
    query.photo = "a.jpg";
    check_ok(vt_found_json(&text, &found, &query, false, &err));
    assert_ptr_equal(strstr(text.data, "{\"photo\":\"a.jpg\""), text.data);
    vt_text_free(&text);
}

static void complements_have_their_evidence(void **state)
{
    (void)state;
    static vt_evidence evidence[] = {{10, 4, 1.5, 2.5, 0.0}, {5, 1, 0.5, 1.5, 0.25}};
    const vt_complements found = {.answer = answer_of(), .evidence = evidence, .orders = 100, .with_item = 20};
    vt_text text = {NULL, 0};
    vt_error err = VT_ERROR_INIT;
    vt_request request;
    vt_request_init(&request);
    request.item = "C";
    check_ok(vt_complements_json(&text, &found, &request, false, &err));
    read_back r = read_text(&text);
    assert_int_equal(yyjson_get_int(yyjson_obj_get(r.root, "orders_with_item")), 20);
    assert_int_equal(yyjson_get_int(yyjson_ptr_get(r.root, "/items/0/together")), 4);
    assert_true(fabs(yyjson_get_num(yyjson_ptr_get(r.root, "/items/1/substitutes")) - 0.25) < 1e-12);
    vt_json_reader_free(r.reader);
    vt_text_free(&text);
}

static void explanations(void **state)
{
    (void)state;
    static const double by_event[] = {0.5};
    static const vt_score_part part = {VT_REASON_RELATION, "together", 0.5, NAN, by_event};
    static vt_why_event event = {"A", "Tea", 0, VT_EVENT_PURCHASE, NAN, 0.5, NAN, INFINITY, 0};
    const vt_why why = {.item = "C",
                        .title = "Pot",
                        .sentence = "You bought Tea.",
                        .barred = "you have it",
                        .score = 0.5,
                        .rating = NAN,
                        .rank = 3,
                        .explanation = {.parts = &part, .n_parts = 1, .n_events = 1},
                        .events = &event,
                        .n_events = 1,
                        .lifted_without = -1};
    vt_text text = {NULL, 0};
    vt_error err = VT_ERROR_INIT;
    vt_request request;
    vt_request_init(&request);
    request.user = "ann";
    check_ok(vt_why_json(&text, &why, &request, "ease", false, &err));
    read_back r = read_text(&text);
    assert_string_equal(yyjson_get_str(yyjson_obj_get(r.root, "barred")), "you have it");
    assert_true(yyjson_is_null(yyjson_obj_get(r.root, "rating")));
    assert_true(yyjson_is_null(yyjson_obj_get(r.root, "listed")));
    assert_true(yyjson_is_null(yyjson_obj_get(r.root, "lifted_without")));
    assert_true(yyjson_is_null(yyjson_obj_get(r.root, "above")));
    assert_true(yyjson_get_bool(yyjson_ptr_get(r.root, "/events/0/only_evidence")));
    assert_true(fabs(yyjson_get_num(yyjson_ptr_get(r.root, "/parts/0/by_event/0")) - 0.5) < 1e-12);
    vt_json_reader_free(r.reader);
    vt_text_free(&text);
}

static int write_answer(void *context, vt_error *err)
{
    const vt_answer answer = answer_of();
    vt_text text = {NULL, 0};
    int status = vt_answer_json(&text, &answer, context, "m", true, err);
    vt_text_free(&text);
    return status;
}

static void memory_that_runs_out_is_said(void **state)
{
    (void)state;
    vt_request request;
    vt_request_init(&request);
    request.user = "ann";
    assert_true(fault_allocations(write_answer, &request) > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(recommendations),
        cmocka_unit_test(similar_items_have_no_history),
        cmocka_unit_test(what_is_found_names_the_question),
        cmocka_unit_test(complements_have_their_evidence),
        cmocka_unit_test(explanations),
        cmocka_unit_test(memory_that_runs_out_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
