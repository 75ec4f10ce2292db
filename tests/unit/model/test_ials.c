/* iALS: golden products, an objective that only falls, stored vectors equal to folded-in ones. */
#include "fitting.h"

#include <math.h>

#include "model/ials.h"
#include "model/params.h"

enum { GOLDEN_PAIRS = 100, GOLDEN_IDS = 32 };

/* The data and the products that tests/golden/ials.py printed. */
typedef struct golden {
    char settings[256];
    char users[GOLDEN_IDS][8], items[GOLDEN_IDS][8];
    event_row rows[GOLDEN_PAIRS];
    int n_users, n_items, n;
    double product[GOLDEN_IDS][GOLDEN_IDS];
} golden;

static void read_golden(golden *g)
{
    const char *source = getenv("VITRINE_SOURCE");
    char path[512];
    snprintf(path, sizeof path, "%s/tests/golden/ials.txt", source == NULL ? "." : source);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%255s %d %d %d", g->settings, &g->n_users, &g->n_items, &g->n), 4);
    assert_in_range(g->n, 1, GOLDEN_PAIRS);
    for (int i = 0; i < GOLDEN_IDS; i++) {
        snprintf(g->users[i], sizeof g->users[i], "u%02d", i);
        snprintf(g->items[i], sizeof g->items[i], "i%02d", i);
    }
    for (int e = 0; e < g->n; e++) {
        int user = 0, item = 0;
        double value = 0.0;
        assert_int_equal(fscanf(file, "%d %d %lf", &user, &item, &value), 3);
        g->rows[e] = (event_row){g->users[user], g->items[item], e, value, 0, 0};
    }
    for (int u = 0; u < g->n_users; u++) {
        for (int i = 0; i < g->n_items; i++) {
            assert_int_equal(fscanf(file, "%lf", &g->product[u][i]), 1);
        }
    }
    fclose(file);
}

static void check_golden(const golden *g, const data *d, const char *settings)
{
    vt_model *model = fitted(d, "ials", settings);
    for (int32_t u = 0; u < d->train->n_users; u++) {
        vt_user_state query = state_of(d, u);
        float *scores = scores_of(d, model, &query);
        for (int32_t i = 0; i < d->train->n_items; i++) {
            if (!(fabs((double)scores[i] - g->product[u][i]) < 2e-4)) {
                fail_msg("%s: user %d item %d: %g instead of %g", settings, (int)u, (int)i, (double)scores[i],
                         g->product[u][i]);
            }
        }
        vt_free(scores);
    }
    vt_model_free(model);
}

static void equals_the_golden_products(void **state)
{
    (void)state;
    golden g;
    char settings[300];
    read_golden(&g);
    data d = data_of(g.rows, (size_t)g.n);
    assert_int_equal(d.train->n_users, g.n_users);
    assert_int_equal(d.train->n_items, g.n_items);
    snprintf(settings, sizeof settings, "%s,solver=cholesky", g.settings);
    check_golden(&g, &d, settings);
    snprintf(settings, sizeof settings, "%s,solver=cg,cg_steps=20", g.settings);
    check_golden(&g, &d, settings);
    data_done(&d);
}

/* The objective of the papers over every cell, from the vectors of a model. */
static double by_definition(const vt_ials *m, const data *d)
{
    double sum = 0.0;
    int64_t *bought = vt_alloc_zero((size_t)m->f.n_items, sizeof *bought, NULL);
    for (int32_t u = 0; u < m->f.n_users; u++) {
        int64_t n = 0;
        uint8_t *has = vt_alloc_zero((size_t)m->f.n_items, 1, NULL);
        for (int64_t e = d->train->ptr[u]; e < d->train->ptr[u + 1]; e++) {
            n += !has[d->train->item[e]];
            has[d->train->item[e]] = 1;
        }
        double square = 0.0;
        for (size_t k = 0; k < m->f.d; k++) {
            square += pow((double)m->f.users[(size_t)u * m->f.d + k], 2.0);
        }
        sum += square * vt_ials_lambda(m, n, m->f.n_items);
        for (int32_t i = 0; i < m->f.n_items; i++) {
            double product = 0.0;
            for (size_t k = 0; k < m->f.d; k++) {
                product += (double)m->f.users[(size_t)u * m->f.d + k] * (double)m->f.items[(size_t)i * m->f.d + k];
            }
            double c = has[i] ? 1.0 + m->alpha : m->unobserved;
            sum += c * pow((has[i] ? 1.0 : 0.0) - product, 2.0);
            bought[i] += has[i];
        }
        vt_free(has);
    }
    for (int32_t i = 0; i < m->f.n_items; i++) {
        for (size_t k = 0; k < m->f.d; k++) {
            sum += pow((double)m->f.items[(size_t)i * m->f.d + k], 2.0) * vt_ials_lambda(m, bought[i], m->f.n_users);
        }
    }
    vt_free(bought);
    return sum;
}

static void the_objective_only_falls(void **state)
{
    (void)state;
    static rows_of_chance chance;
    static const char *const settings[] = {
        "factors=7,iterations=12,alpha=5,regularization=0.1,solver=cholesky",
        "factors=16,iterations=12,alpha=1,regularization=0.01,cg_steps=1",
        "factors=33,iterations=12,alpha=20,regularization=0.05,nu=1,unobserved_weight=0.2,cg_steps=2",
    };
    for (size_t s = 0; s < 3; s++) {
        vt_error err = VT_ERROR_INIT;
        make_random(&chance, s);
        data d = data_of(chance.rows, RANDOM_ROWS);
        vt_params params;
        vt_ials *m = NULL;
        double loss[24];
        check_ok(vt_params_init(&params, &vt_model_ials.kind, &err));
        check_ok(vt_params_set(&params, settings[s], &err));
        vt_fit fit = {.train = d.train, .params = &params, .seed = 7, .threads = 2};
        check_ok(vt_ials_create(&m, &params, d.train->n_users, d.train->n_items, &err));
        check_ok(vt_ials_fit(m, &fit, loss, &err));
        for (int half = 1; half < 24; half++) {
            if (!(loss[half] <= loss[half - 1] * (1.0 + 1e-6))) {
                fail_msg("%s: half step %d went from %g to %g", settings[s], half, loss[half - 1], loss[half]);
            }
        }
        double expected = by_definition(m, &d);
        if (!(fabs(loss[23] - expected) < 1e-4 * expected)) {
            fail_msg("%s: the objective is told as %g and is %g", settings[s], loss[23], expected);
        }
        assert_true(loss[23] < 0.7 * loss[0]);
        vt_ials_free(m);
        vt_params_done(&params);
        data_done(&d);
    }
}

static void stored_vectors_are_folded_in_ones(void **state)
{
    (void)state;
    static rows_of_chance chance;
    static const char *const settings[] = {"factors=8", "factors=20,confidence=value,alpha=3,nu=1",
                                           "factors=3,cg_steps=1"};
    make_random(&chance, 5);
    data d = data_of(chance.rows, RANDOM_ROWS);
    for (size_t s = 0; s < 3; s++) {
        vt_model *model = fitted(&d, "ials", settings[s]);
        for (int32_t u = 0; u < d.train->n_users; u++) {
            vt_error err = VT_ERROR_INIT;
            vt_user_state query = state_of(&d, u);
            float *stored = NULL, *folded = NULL;
            size_t n = 0, m = 0;
            check_ok(vt_model_user_vector(&stored, &n, model, &query, &err));
            query.as_fitted = false;
            query.user = -1;
            check_ok(vt_model_user_vector(&folded, &m, model, &query, &err));
            assert_int_equal(n, m);
            assert_memory_equal(stored, folded, n * sizeof *stored);
            vt_model_vector_free(stored);
            vt_model_vector_free(folded);
        }
        vt_model_free(model);
    }
    data_done(&d);
}

/* Who buys tea is told tea things, who buys tools tools; the wall stays unsold, so nothing is known of it. */
static void tells_two_worlds_apart(void **state)
{
    (void)state;
    static const char *const things[] = {"t0", "t1", "t2", "w0", "w1", "w2"};
    static const char *const people[] = {"a", "b", "c", "d", "e", "f"};
    event_row rows[15];
    size_t n = 0;
    for (int u = 0; u < 6; u++) {
        for (int i = 0; i < 3; i++) {
            if (i != u % 3) { /* each lacks one of the three */
                rows[n++] = (event_row){people[u], things[i + (u < 3 ? 0 : 3)], (int64_t)n, 5, 0, 0};
            }
        }
    }
    rows[n++] = (event_row){"a", "x", 1, 0, VIEW_ROW, 0};
    data d = data_of(rows, n);
    vt_model *model = fitted(&d, "ials", "factors=2,alpha=10,regularization=0.1");
    vt_error err = VT_ERROR_INIT;
    float similar[7];
    check_ok(vt_model_similar(model, item_of(&d, "t0"), similar, &err));
    for (int u = 0; u < 6; u++) {
        vt_user_state query = state_of(&d, vt_ids_find(&d.snapshot->users, vt_str_of(people[u])));
        float *scores = scores_of(&d, model, &query);
        float lacking = scores[item_of(&d, things[u % 3 + (u < 3 ? 0 : 3)])];
        for (int i = 0; i < 3; i++) {
            assert_true(lacking > scores[item_of(&d, things[i + (u < 3 ? 3 : 0)])] + 0.3F);
            assert_true(similar[item_of(&d, "t1")] > similar[item_of(&d, things[i + 3])]);
        }
        assert_true(isinf(scores[item_of(&d, "x")]));
        vt_free(scores);
    }
    assert_true(isinf(similar[item_of(&d, "t0")]) && isinf(similar[item_of(&d, "x")]));
    vt_model_free(model);
    data_done(&d);
}

/* With confidence by value, a pair of value 0 is no interaction, at fitting and when folded in. */
static void worthless_pairs_are_left_out(void **state)
{
    (void)state;
    static const event_row with[] = {
        {"a", "t", 1, 5, 0, 0}, {"a", "p", 2, 0, 0, 0}, {"b", "t", 3, 2, 0, 0}, {"b", "p", 4, 3, 0, 0}};
    data d = data_of(with, 4);
    vt_model *model = fitted(&d, "ials", "factors=2,confidence=value");
    vt_error err = VT_ERROR_INIT;
    int32_t history[] = {item_of(&d, "t"), item_of(&d, "p")};
    float value[] = {5, 0};
    vt_user_state one = {.user = -1, .n = 1, .item = history, .value = value, .now = VT_NONE}, two = one;
    two.n = 2;
    float *a = NULL, *b = NULL;
    size_t n = 0;
    check_ok(vt_model_user_vector(&a, &n, model, &one, &err));
    check_ok(vt_model_user_vector(&b, &n, model, &two, &err));
    assert_memory_equal(a, b, n * sizeof *a);
    vt_model_vector_free(a);
    vt_model_vector_free(b);
    vt_model_free(model);
    data_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_the_golden_products),        cmocka_unit_test(the_objective_only_falls),
        cmocka_unit_test(stored_vectors_are_folded_in_ones), cmocka_unit_test(tells_two_worlds_apart),
        cmocka_unit_test(worthless_pairs_are_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
