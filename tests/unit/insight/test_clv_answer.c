/*
 * Customer value as an answer: one set of purchases as a plain file and as a shop gives the same figures, sentences and
 * tables follow from them, and CDNOW is answered as published.
 */
#include "answers.h"
#include "buyers.h"
#include "live_shop.h"
#include "real_data.h"

#include "base/clock.h"

#define FIRST 19723 /* 2024-01-01 */
#define LAST 20088  /* 2024-12-31 */
#define DAY INT64_C(86400)
enum { CUSTOMERS = 150 };

typedef struct made {
    FILE *file;
    vt_store *store;
    int64_t n;
} made;

static void add(made *m, int customer, int64_t day, int cents)
{
    char id[24], number[24];
    snprintf(id, sizeof id, "c%03d", customer);
    snprintf(number, sizeof number, "o%lld", (long long)m->n++);
    char date[16];
    vt_format_date(date, day * DAY);
    fprintf(m->file, "%s,%s,%d.%02d\n", id, date, cents / 100, cents % 100);
    vt_event event = live_event(id, "tea", VT_EVENT_PURCHASE, day * DAY + 43200);
    event.id = vt_str_of(number);
    event.order_id = vt_str_of(number);
    event.quantity = 1;
    event.unit_price = cents;
    live_put(m->store, &event);
}

/* Customers by chance, in a year; the first buys on its last day too. */
static void make(made *m)
{
    vt_rng rng = vt_rng_at(5, "answer", 0, 0);
    for (int c = 0; c < CUSTOMERS; c++) {
        double day = FIRST + (double)vt_rng_below(&rng, 200), rate = draw_gamma(&rng, 1.2) / 60.0;
        double spend = 2000.0 * draw_gamma(&rng, 3.0);
        do {
            add(m, c, (int64_t)day, 100 + (int)(spend * draw_gamma(&rng, 4.0) / 4.0));
            day += draw_wait(&rng, rate);
        } while (day < LAST && vt_rng_unit(&rng) > 0.15);
    }
    add(m, 0, LAST, 1999);
}

static void check_customers(const vt_insight *a, double total)
{
    const vt_insight_table *t = answer_table(a, "customers");
    double sum = 0.0, before = INFINITY;
    assert_non_null(t);
    assert_int_equal(t->n_rows, CUSTOMERS);
    assert_int_equal(t->n_columns, 15);
    for (size_t row = 0; row < t->n_rows; row++) {
        const vt_insight_cell *cell = t->cells + row * t->n_columns;
        assert_true(cell[0].text[0] == 'c' && cell[2].number >= FIRST && cell[2].number <= LAST);
        assert_true(cell[12].number <= before);
        before = cell[12].number;
        sum += before;
    }
    assert_true(fabs(sum - total) < 1e-6 * total);
}

/* A filter of customers chooses who is shown: models stay those of all, and all segments add up to the whole. */
static void check_segments(live_shop *shop, const vt_insight *all, vt_insight_options options)
{
    static const char *const segments[] = {"champions", "loyal", "promising", "newcomers", "fading", "at-risk", "lost"};
    static const char *const ids[] = {"future_revenue", "future_purchases", "customers_alive", "customers"};
    double sum[4] = {0};
    vt_error err = VT_ERROR_INIT;
    for (size_t s = 0; s < sizeof segments / sizeof *segments; s++) {
        vt_insight *part = NULL;
        options.segment = segments[s];
        check_ok(vt_insight_ask(&part, shop->live, "clv", &options, &err));
        if (part->n_tables == 0) { /* nobody is in it */
            assert_non_null(strstr(part->lead, "no purchases"));
            vt_insight_free(part);
            continue;
        }
        const vt_insight_table *a = answer_table(all, "parameters"), *b = answer_table(part, "parameters");
        for (size_t c = 0; c < a->n_rows * a->n_columns; c++) {
            assert_true(a->cells[c].number == b->cells[c].number || isnan(a->cells[c].number));
        }
        for (int k = 0; k < 4; k++) {
            sum[k] += answer_figure(part, ids[k])->value;
        }
        assert_true(answer_table(part, "customers")->n_rows == (size_t)answer_figure(part, "customers")->value);
        bool told = false;
        for (size_t i = 0; i < part->n_notes; i++) {
            told = told || strstr(part->notes[i], "The models are those of all 150 customers") != NULL;
        }
        assert_true(told);
        vt_insight_free(part);
    }
    for (int k = 0; k < 4; k++) {
        double whole = answer_figure(all, ids[k])->value;
        assert_true(fabs(sum[k] - whole) < 1e-9 * whole);
    }
}

static void file_and_shop_agree(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    vt_insight *of_file = NULL, *of_shop = NULL;
    vt_insight_options options;
    live_shop shop;
    char path[PATH_MAX];
    live_shop_init(&shop);
    snprintf(path, sizeof path, "%s", scratch_path(&shop.files, "sales.csv"));
    made m = {fopen(path, "w"), live_begin(&shop), 0};
    assert_non_null(m.file);
    fprintf(m.file, "customer,date,amount\n");
    live_put_item(m.store, "tea", "Drinks", 1000, 5);
    make(&m);
    fclose(m.file);
    live_commit(&shop);
    check_ok(live_open(&shop.live, &shop, 0, &err));
    vt_insight_options_init(&options);
    options.n = 1000;
    options.now = LAST * DAY + 80000;
    check_ok(vt_insight_file(&of_file, path, "clv", &options, &err));
    check_ok(vt_insight_ask(&of_shop, shop.live, "clv", &options, &err));
    static const char *const ids[] = {"future_revenue", "future_purchases", "customers_alive", "customers"};
    for (int k = 0; k < 4; k++) {
        const vt_insight_figure *a = answer_figure(of_file, ids[k]), *b = answer_figure(of_shop, ids[k]);
        assert_true(a->value > 0.0 && fabs(a->value - b->value) < 1e-9 * a->value);
        assert_true(k > 1 || (a->low < a->value && a->value < a->high && fabs(a->low - b->low) < 1e-6 * a->low));
    }
    assert_string_equal(of_shop->currency, "EUR");
    assert_int_equal(strncmp(of_file->lead, "In the next 12 months 150 customers will bring about ", 53), 0);
    assert_non_null(strstr(of_file->lead, " of them still buy. The most valuable tenth brings "));
    check_customers(of_file, answer_figure(of_file, "future_revenue")->value);
    assert_null(answer_find_table(of_file, "holdout"));
    assert_int_equal(answer_table(of_file, "parameters")->n_rows, 11);
    check_segments(&shop, of_shop, options);
    vt_insight_free(of_file);
    vt_insight_free(of_shop);
    options.until = "2024-09-30";
    options.unit = "day";
    options.horizon = 1;
    check_ok(vt_insight_ask(&of_shop, shop.live, "clv", &options, &err));
    assert_int_equal(strncmp(of_shop->lead, "In the 1 month after 2024-09-30 ", 32), 0);
    assert_non_null(strstr(of_shop->lead, "Since then they bought on "));
    assert_int_equal(answer_table(of_shop, "holdout")->n_rows, 8);
    assert_true(answer_table(of_shop, "weeks")->n_rows == 52 && answer_figure(of_shop, "holdout_error")->value > 0.0);
    vt_insight_free(of_shop);
    live_shop_done(&shop);
}

static void what_cannot_be_answered(void **state)
{
    (void)state;
    static const char few[] = "customer,date\nann,2024-01-01\nbob,2024-01-05\n";
    vt_error err = VT_ERROR_INIT;
    vt_insight *a = NULL;
    vt_insight_options options;
    scratch s;
    scratch_init(&s);
    const char *path = scratch_write(&s, "few.csv", few, strlen(few));
    vt_insight_options_init(&options);
    assert_int_equal(vt_insight_file(&a, path, "clv", &options, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "there are 2"));
    vt_error_reset(&err);
    options.unit = "year";
    assert_int_equal(vt_insight_file(&a, path, "clv", &options, &err), VT_ERR_USAGE);
    options.unit = "day";
    options.until = "soon";
    vt_error_reset(&err);
    assert_int_equal(vt_insight_file(&a, path, "clv", &options, &err), VT_ERR_USAGE);
    assert_non_null(strstr(err.message, "\"soon\" is no day"));
    options.until = "2025-01-01";
    vt_error_reset(&err);
    assert_int_equal(vt_insight_file(&a, path, "clv", &options, &err), VT_ERR_USAGE);
    assert_null(a);
    scratch_done(&s);
}

static void cdnow_is_answered(void **state)
{
    (void)state;
    char path[512];
    vt_error err = VT_ERROR_INIT;
    vt_insight *a = NULL;
    vt_insight_options options;
    if (data_file(path, "cdnow/CDNOW_sample.txt") == NULL) {
        skip();
    }
    vt_insight_options_init(&options);
    options.until = "1997-09-30";
    check_ok(vt_insight_file(&a, path, "clv", &options, &err));
    print_message("%s\n", a->lead);
    for (size_t i = 0; i < a->n_notes; i++) {
        print_message("  %s\n", a->notes[i]);
    }
    const vt_insight_table *t = answer_table(a, "parameters");
    assert_true(fabs(t->cells[2].number - 0.243) < 0.0006 && fabs(t->cells[10 * 7 + 2].number - 15.44) < 0.01);
    assert_true(answer_figure(a, "customers")->value == 2357.0);
    vt_insight_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(file_and_shop_agree),
        cmocka_unit_test(what_cannot_be_answered),
        cmocka_unit_test(cdnow_is_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
