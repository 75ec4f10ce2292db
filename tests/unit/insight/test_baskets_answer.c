/* Baskets as an answer about a plain file: sentences, figures, tables, next to nothing, too much, faults. */
#include "answers.h"
#include "fault.h"
#include "real_data.h"
#include "scratch.h"

#include <math.h>

#include "insight/kind.h"

static scratch folder;

static int set_up(void **state)
{
    (void)state;
    scratch_init(&folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_done(&folder);
    return 0;
}

static vt_insight *ask(const char *path, double support, double confidence)
{
    vt_error err = VT_ERROR_INIT;
    vt_insight_options options;
    vt_insight_options_init(&options);
    options.support = support;
    options.confidence = confidence;
    vt_insight *insight = NULL;
    check_ok(vt_insight_file(&insight, path, "baskets", &options, &err));
    return insight;
}

static vt_insight *ask_text(const char *text, double support, double confidence)
{
    return ask(scratch_write(&folder, "baskets.csv", text, strlen(text)), support, confidence);
}

/* Twenty baskets: tea and cake eight times together, tea once alone, milk in eleven others. */
static void answers_by_hand(void **state)
{
    (void)state;
    char text[512] = "order,what\n";
    size_t len = strlen(text);
    for (int b = 0; b < 20; b++) {
        len += (size_t)snprintf(text + len, sizeof text - len, "%d,%s\n", b, b < 9 ? "tea" : "milk");
        if (b < 8) {
            len += (size_t)snprintf(text + len, sizeof text - len, "%d,cake\n", b);
        }
    }
    vt_insight *insight = ask_text(text, 0.1, 0.5);
    assert_string_equal(insight->kind, "baskets");
    assert_string_equal(insight->lead,
                        "Of 20 baskets, 2 rules hold in at least 2 with a confidence of 50 % or more. The "
                        "strongest: who buys cake also buys tea, 2.2 times as often as all buyers do.");
    assert_int_equal(insight->n_notes, 0);
    assert_int_equal(insight->n_figures, 3);
    assert_true(insight->figures[0].value == 20.0 && insight->figures[1].value == 3.0 &&
                insight->figures[2].value == 2.0);
    assert_int_equal(insight->n_tables, 2);
    assert_string_equal(insight->tables[0].id, "rules");
    assert_int_equal(insight->tables[0].n_rows, 2);
    assert_string_equal(answer_cell(&insight->tables[0], 0, "left")->text, "cake");
    assert_string_equal(answer_cell(&insight->tables[0], 0, "right")->text, "tea");
    assert_true(answer_cell(&insight->tables[0], 0, "rule_baskets")->number == 8.0);
    assert_true(answer_cell(&insight->tables[0], 0, "support")->number == 0.4);
    assert_true(answer_cell(&insight->tables[0], 0, "confidence")->number == 1.0);
    assert_true(isnan(answer_cell(&insight->tables[0], 0, "conviction")->number)); /* it never fails */
    assert_true(fabs(answer_cell(&insight->tables[0], 1, "conviction")->number - 0.6 / (1.0 / 9.0)) < 1e-12);
    assert_true(fabs(answer_cell(&insight->tables[0], 1, "rule_chance")->number - 9.0 / 125970.0) <
                1e-12); /* C(9,8) / C(20,8) */
    assert_string_equal(answer_cell(&insight->tables[0], 0, "mark")->text, "");
    assert_string_equal(insight->tables[1].id, "pairs");
    assert_int_equal(insight->tables[1].n_rows, 1);
    assert_string_equal(answer_cell(&insight->tables[1], 0, "item")->text, "cake");
    vt_insight_free(insight);
}

static void marks_what_chance_makes(void **state)
{
    (void)state;
    vt_insight *insight = ask_text("tea,cake\ntea,milk\ncake,milk\ntea\n", 0.001, 0.0);
    assert_string_equal(insight->lead,
                        "Of 4 baskets, 6 rules hold in at least 1 with a confidence of 0 % or more. Chance "
                        "may have made all of them.");
    assert_int_equal(insight->n_notes, 1);
    assert_string_equal(answer_cell(&insight->tables[0], 0, "mark")->text, "maybe chance");
    assert_int_equal(insight->tables[1].n_rows, 0);
    vt_insight_free(insight);
}

static void answers_next_to_nothing(void **state)
{
    (void)state;
    vt_insight *insight = ask_text("", 0.001, 0.5);
    assert_string_equal(insight->lead, "There are no baskets.");
    vt_insight_free(insight);
    insight = ask_text("tea\n\n\n", 1.0, 0.5);
    assert_string_equal(insight->lead, "Of 1 basket, no rule holds in at least 1 with a confidence of 50 %; ask for a "
                                       "lower support or confidence.");
    vt_insight_free(insight);
    insight = ask_text("order,what\n1,tea\n,cake\n1,cake\n", 1.0, 1.0);
    assert_int_equal(insight->n_notes, 2);
    assert_non_null(strstr(insight->notes[1], "1 row was skipped; the first: "));
    assert_non_null(strstr(insight->notes[1], "line 3 names no basket"));
    vt_insight_free(insight);
}

static void says_that_there_is_too_much(void **state)
{
    (void)state;
    char text[1024] = "";
    size_t len = 0;
    for (int i = 0; i < 60; i++) {
        len += (size_t)snprintf(text + len, sizeof text - len, "%si%d", i == 0 ? "" : ",", i);
    }
    vt_error err = VT_ERROR_INIT;
    vt_insight_options options;
    vt_insight_options_init(&options);
    vt_insight *insight = NULL;
    const char *path = scratch_write(&folder, "baskets.csv", text, len);
    assert_int_equal(vt_insight_file(&insight, path, "baskets", &options, &err), VT_ERR_LIMIT);
    assert_null(insight);
    assert_non_null(strstr(err.message, "raise the support"));
}

static void answers_on_groceries(void **state)
{
    (void)state;
    char path[512];
    if (data_file(path, "groceries/groceries.csv") == NULL) {
        skip();
    }
    vt_insight *insight = ask(path, 0.001, 0.5);
    const char *wanted = "Of 9,835 baskets, 5,668 rules hold in at least 10 with a confidence of 50 % or more. The "
                         "strongest: who buys ";
    assert_memory_equal(insight->lead, wanted, strlen(wanted));
    assert_non_null(strstr(insight->lead, " also buys hamburger meat, 19 times as often as all buyers do."));
    assert_int_equal(insight->tables[0].n_rows, 10);
    assert_int_equal(insight->tables[1].n_rows, 10);
    vt_insight_free(insight);
}

static int ask_again(void *context, vt_error *err)
{
    vt_insight_options options;
    vt_insight_options_init(&options);
    vt_insight *insight = NULL;
    int status = vt_insight_file(&insight, context, "baskets", &options, err);
    assert_true((status == VT_OK) == (insight != NULL));
    vt_insight_free(insight);
    return status;
}

static void fails_whole(void **state)
{
    (void)state;
    char path[PATH_MAX];
    const char *text = "tea,cake\ntea,cake,milk\ntea,cake\nmilk\nmilk\ntea,cake\n\xff\n";
    snprintf(path, sizeof path, "%s", scratch_write(&folder, "baskets.csv", text, strlen(text)));
    assert_true(fault_allocations(ask_again, path) > 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_by_hand),         cmocka_unit_test(marks_what_chance_makes),
        cmocka_unit_test(answers_next_to_nothing), cmocka_unit_test(says_that_there_is_too_much),
        cmocka_unit_test(answers_on_groceries),    cmocka_unit_test(fails_whole),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
