/* Answers about plain files of prices and of customers: sentences by rules, tables, nothing that is not a number. */
#include "answers.h"
#include "check.h"
#include "fault.h"
#include "scratch.h"

#include <math.h>

#include "base/buf.h"
#include "base/rng.h"

static scratch folder;
static char path[256];

static void write_text(const char *text)
{
    scratch_write(&folder, "table.csv", text, strlen(text));
}

static vt_insight_options defaults(void)
{
    vt_insight_options options;
    vt_insight_options_init(&options);
    return options;
}

static vt_insight *ask(const char *kind, const vt_insight_options *options)
{
    vt_insight *insight = NULL;
    vt_text json = {NULL, 0};
    vt_error err = VT_ERROR_INIT;
    check_ok(vt_insight_file(&insight, path, kind, options, &err));
    check_ok(vt_insight_json(&json, insight, false, &err));
    assert_null(strstr(json.data, "nan"));
    assert_null(strstr(json.data, "inf"));
    vt_text_free(&json);
    assert_string_equal(insight->kind, kind);
    return insight;
}

static bool has_note(const vt_insight *insight, const char *part)
{
    for (size_t i = 0; i < insight->n_notes; i++) {
        if (strstr(insight->notes[i], part) != NULL) {
            return true;
        }
    }
    return false;
}

/* Brands whose sales are exactly price^-2 and price^-0.5. */
static void write_brands(const char *cost)
{
    vt_buf text;
    vt_buf_init(&text, 1 << 16);
    vt_buf_printf(&text, NULL, "brand,price,sales%s\n", cost == NULL ? "" : ",cost");
    for (int b = 0; b < 2; b++) {
        for (int i = 0; i < 20; i++) {
            double price = 8.0 + 0.25 * i, noise = 1.0 + 0.02 * ((i * 7) % 5 - 2);
            vt_buf_printf(&text, NULL, "%s,%.2f,%.3f%s%s\n", b == 0 ? "steep" : "flat", price,
                          1000.0 * noise * pow(price, b == 0 ? -2.0 : -0.5), cost == NULL ? "" : ",",
                          cost == NULL ? "" : cost);
        }
    }
    write_text(text.data);
    vt_buf_done(&text);
}

static void brands_are_told_apart(void **state)
{
    (void)state;
    vt_insight_options options = defaults();
    options.by = "brand";
    options.quantity = "sales";
    write_brands(NULL);
    vt_insight *insight = ask("elasticity", &options);
    const vt_insight_table *products = answer_table(insight, "products");
    assert_int_equal(products->n_rows, 2);
    for (size_t r = 0; r < 2; r++) {
        bool steep = strcmp(answer_cell(products, r, "product")->text, "steep") == 0;
        double truth = steep ? -2.0 : -0.5;
        assert_true(fabs(answer_cell(products, r, "elasticity")->number - truth) < 0.25);
        assert_true(answer_cell(products, r, "elasticity_low")->number < truth);
        assert_true(answer_cell(products, r, "elasticity_high")->number > truth);
        double suggested = answer_cell(products, r, "price_suggested")->number;
        assert_true(steep ? fabs(suggested - 720.0) < 1.0 : fabs(suggested - 1402.5) < 1.0); /* the bounds, in cents */
        assert_true(answer_cell(products, r, "price_effect")->number > 0.0);
    }
    assert_string_equal(answer_cell(products, 0, "product")->text,
                        "steep"); /* the gain of the other is larger, not sure */
    assert_true(answer_cell(products, 0, "price_effect_low")->number > 0.0);
    assert_true(answer_cell(products, 1, "price_effect_low")->number < 0.0);
    assert_non_null(strstr(insight->lead, "A price of 7.20 for steep instead of 10.27 should bring"));
    assert_true(has_note(insight, "Least squares") && has_note(insight, "no column \"date\""));
    assert_int_equal(answer_table(insight, "curve")->n_rows, 41);
    vt_insight_free(insight);
    /* With a cost the margin counts: at an elasticity e it is highest at cost e / (1 + e). */
    write_brands("5");
    insight = ask("elasticity", &options);
    products = answer_table(insight, "products");
    for (size_t r = 0; r < 2; r++) {
        if (strcmp(answer_cell(products, r, "product")->text, "steep") == 0) {
            double e = answer_cell(products, r, "elasticity")->number, best = 500.0 * e / (1.0 + e);
            assert_true(fabs(answer_cell(products, r, "price_suggested")->number / best - 1.0) < 0.1);
        }
    }
    vt_insight_free(insight);
}

static void sentences_follow_the_interval(void **state)
{
    (void)state;
    vt_insight_options options = defaults();
    write_text("price,quantity\n10,100\n11,83\n12,69\n13,59\n14,51\n15,44\n9,124\n8,157\n");
    vt_insight *insight = ask("elasticity", &options);
    assert_non_null(strstr(insight->lead, "Sales answer strongly"));
    vt_insight_free(insight);
    write_text("price,quantity\n10,100\n11,120\n12,30\n13,170\n14,65\n15,40\n9,205\n8,38\n");
    insight = ask("elasticity", &options);
    assert_non_null(strstr(insight->lead, "cannot be told"));
    assert_non_null(strstr(insight->lead, "No price is sure"));
    vt_insight_free(insight);
    write_text("price,quantity\n10,100\n10,120\n10,90\n");
    insight = ask("elasticity", &options);
    assert_non_null(strstr(insight->lead, "tell no elasticity"));
    assert_int_equal(insight->n_figures, 0);
    assert_true(isnan(answer_cell(answer_table(insight, "products"), 0, "elasticity")->number));
    assert_string_equal(answer_cell(answer_table(insight, "products"), 0, "warning")->text,
                        "few prices; price hardly moved; few sales");
    vt_insight_free(insight);
    write_text("price,quantity\n10,4\n11,3\n12,0\n13,1\n9,5\n8,7\nlow,5\n");
    insight = ask("elasticity", &options);
    assert_true(has_note(insight, "Poisson regression") && has_note(insight, "line 8 has no price above 0"));
    vt_insight_free(insight);
}

static void write_customers(bool value)
{
    vt_rng rng = vt_rng_at(1, "customers", 0, 0);
    vt_buf text;
    vt_buf_init(&text, 1 << 20);
    vt_buf_printf(&text, NULL, "customer,months,plan%s,churned\n", value ? ",value" : "");
    for (int i = 0; i < 800; i++) {
        double months = 1.0 + (double)vt_rng_below(&rng, 48);
        bool monthly = vt_rng_unit(&rng) < 0.5;
        double chance = 1.0 / (1.0 + exp(0.1 * (months - 15.0) - (monthly ? 1.0 : -1.0)));
        const char *outcome = i >= 780 ? "" : vt_rng_unit(&rng) < chance ? "yes" : "no";
        vt_buf_printf(&text, NULL, "c%d,%s%.0f,%s%s,%s\n", i, i % 50 == 3 ? "about " : "", months,
                      monthly ? "monthly" : "yearly", value ? ",100" : "", outcome);
    }
    write_text(text.data);
    vt_buf_done(&text);
}

static void customers_at_risk(void **state)
{
    (void)state;
    vt_insight_options options = defaults();
    options.n = 100;
    write_customers(true);
    vt_insight *insight = ask("churn", &options);
    const vt_insight_table *customers = answer_table(insight, "customers");
    assert_int_equal(customers->n_rows, 20); /* those whose outcome is not known */
    for (size_t r = 1; r < 20; r++) {
        double before = answer_cell(customers, r - 1, "churn_chance")->number;
        assert_true(before >= answer_cell(customers, r, "churn_chance")->number);
    }
    assert_non_null(strstr(answer_cell(customers, 0, "reasons")->text, "plan monthly"));
    double chance = answer_cell(customers, 0, "churn_chance")->number;
    assert_true(fabs(answer_cell(customers, 0, "winback")->number - 100.0 * chance * 100.0 * 0.1) < 1e-6);
    assert_string_equal(insight->figures[0].metric->id, "churn_auc");
    assert_true(insight->figures[0].value > 0.75 && insight->figures[0].low > 0.6);
    assert_non_null(strstr(insight->lead, "What tells most is \""));
    assert_true(has_note(insight, "16 cells of number columns hold text"));
    assert_true(answer_table(insight, "calibration")->n_rows > 4 && answer_table(insight, "drivers")->n_rows == 3);
    vt_insight_free(insight);
}

static void what_cannot_be_answered(void **state)
{
    (void)state;
    vt_insight *insight = NULL;
    vt_error err = VT_ERROR_INIT;
    vt_insight_options options = defaults();
    write_text("a,churned\n1,yes\n2,yes\n3,yes\n");
    assert_int_equal(vt_insight_file(&insight, path, "churn", &options, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "2 are lost"));
    options.by = "brand";
    write_text("price,quantity\n1,2\n");
    assert_int_equal(vt_insight_file(&insight, path, "elasticity", &options, &err), VT_ERR_USAGE);
    assert_int_equal(vt_insight_file(&insight, "/nowhere/x.csv", "churn", &options, &err), VT_ERR_NOT_FOUND);
}

static int ask_once(void *context, vt_error *err)
{
    vt_insight *insight = NULL;
    vt_insight_options options = defaults();
    int status = vt_insight_file(&insight, path, context, &options, err);
    vt_insight_free(insight);
    return status;
}

static void memory_runs_out(void **state)
{
    (void)state;
    char kind[] = "elasticity";
    write_text("price,quantity\n10,4\n11,3\n12,2\n");
    assert_true(fault_allocations(ask_once, kind) > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(brands_are_told_apart), cmocka_unit_test(sentences_follow_the_interval),
        cmocka_unit_test(customers_at_risk),     cmocka_unit_test(what_cannot_be_answered),
        cmocka_unit_test(memory_runs_out),
    };
    scratch_init(&folder);
    snprintf(path, sizeof path, "%s/table.csv", folder.dir);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    scratch_done(&folder);
    return failed;
}
