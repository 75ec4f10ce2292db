/* SLIM by hand for two items, and against the conditions that its optimum meets on random data. */
#include "fitting.h"

#include <math.h>

/* Users: ann a b, bob a b, cat a. */
static const event_row rows[] = {
    {"ann", "a", 0, 5, 0, 0}, {"ann", "b", 1, 5, 0, 0}, {"bob", "b", 2, 5, 0, 0},
    {"bob", "a", 3, 5, 0, 0}, {"cat", "a", 4, 5, 0, 0}, {"ann", "a", 5, 5, 0, 0},
};

static void weights_by_hand(void **state)
{
    (void)state;
    data d = data_of(rows, sizeof rows / sizeof *rows);
    int32_t a = item_of(&d, "a"), b = item_of(&d, "b");
    vt_error err = VT_ERROR_INIT;
    float scores[2];
    /* they share 2 users: from a to b (2 - l1) / (3 + l2), from b to a (2 - l1) / (2 + l2) */
    vt_model *model = fitted(&d, "slim", "l1=0.5,l2=2");
    check_ok(vt_model_similar(model, a, scores, &err));
    assert_float_equal(scores[b], 1.5F / 5.0F, 1e-6F);
    check_ok(vt_model_similar(model, b, scores, &err));
    assert_float_equal(scores[a], 1.5F / 4.0F, 1e-6F);
    assert_true(isinf(scores[b]));
    vt_user_state cat = state_of(&d, vt_ids_find(&d.snapshot->users, vt_str_of("cat")));
    float *of_cat = scores_of(&d, model, &cat);
    assert_float_equal(of_cat[b], 1.5F / 5.0F, 1e-6F);
    assert_true(isinf(of_cat[a]));
    vt_free(of_cat);
    vt_model_free(model);
    model = fitted(&d, "slim", "l1=2"); /* no weight is worth its penalty */
    check_ok(vt_model_similar(model, a, scores, &err));
    assert_true(isinf(scores[b]));
    vt_model_free(model);
    data_done(&d);
}

/* Room for one random shop. */
typedef struct dense {
    uint8_t has[RANDOM_USERS][RANDOM_ITEMS];
    float weight[RANDOM_ITEMS][RANDOM_ITEMS]; /* from, to */
} dense;

/* x_i'(x_j - X w_j) for every i and j: at the optimum l1 + l2 w where w > 0, and at most l1 where it is 0. */
static void check_optimum(const dense *m, int n_users, int n_items, double l1, double l2)
{
    int above = 0;
    for (int j = 0; j < n_items; j++) {
        double residual[RANDOM_USERS];
        for (int u = 0; u < n_users; u++) {
            residual[u] = m->has[u][j];
            for (int i = 0; i < n_items; i++) {
                residual[u] -= m->has[u][i] * (double)m->weight[i][j];
            }
        }
        for (int i = 0; i < n_items; i++) {
            double product = 0.0, w = (double)m->weight[i][j];
            for (int u = 0; u < n_users; u++) {
                product += m->has[u][i] * residual[u];
            }
            bool good = w > 0.0 ? fabs(product - l1 - l2 * w) < 5e-3 : product < l1 + 5e-3;
            if (i != j && !good) {
                fail_msg("weight %g from %d to %d: the derivative is off by %g", w, i, j, product - l1 - l2 * w);
            }
            above += w > 0.0;
        }
    }
    assert_true(above > n_items);
}

static void is_the_optimum(void **state)
{
    (void)state;
    static rows_of_chance chance;
    static dense m;
    static const struct {
        const char *text;
        double l1, l2;
    } settings[] = {{"k=10000,l1=0.3,l2=1,sweeps=1000", 0.3, 1.0}, {"k=10000,l1=1,l2=5,sweeps=1000", 1.0, 5.0}};
    for (uint64_t seed = 0; seed < 3; seed++) {
        vt_error err = VT_ERROR_INIT;
        make_random(&chance, seed);
        data d = data_of(chance.rows, RANDOM_ROWS);
        int n_users = d.train->n_users, n_items = d.train->n_items;
        memset(&m, 0, sizeof m);
        for (int u = 0; u < n_users; u++) {
            for (int64_t e = d.train->ptr[u]; e < d.train->ptr[u + 1]; e++) {
                m.has[u][d.train->item[e]] = 1;
            }
        }
        for (size_t s = 0; s < sizeof settings / sizeof *settings; s++) {
            vt_model *model = fitted(&d, "slim", settings[s].text);
            for (int i = 0; i < n_items; i++) {
                check_ok(vt_model_similar(model, i, m.weight[i], &err));
                for (int j = 0; j < n_items; j++) {
                    m.weight[i][j] = isinf(m.weight[i][j]) ? 0.0F : m.weight[i][j];
                }
            }
            check_optimum(&m, n_users, n_items, settings[s].l1, settings[s].l2);
            vt_model_free(model);
        }
        data_done(&d);
    }
}

/* With k = 1 each item is predicted by its most similar one alone. */
static void only_candidates_have_weights(void **state)
{
    (void)state;
    static rows_of_chance chance;
    vt_error err = VT_ERROR_INIT;
    make_random(&chance, 1);
    data d = data_of(chance.rows, RANDOM_ROWS);
    vt_model *slim = fitted(&d, "slim", "k=1,l1=0,l2=1"), *knn = fitted(&d, "itemknn", "k=1,similarity=cosine");
    float weight[RANDOM_ITEMS], likeness[RANDOM_ITEMS];
    static int predictors[RANDOM_ITEMS];
    memset(predictors, 0, sizeof predictors);
    for (int i = 0; i < d.train->n_items; i++) {
        check_ok(vt_model_similar(slim, i, weight, &err));
        for (int j = 0; j < d.train->n_items; j++) {
            if (!isinf(weight[j])) {
                check_ok(vt_model_similar(knn, j, likeness, &err));
                assert_true(likeness[i] > 0.0F);
                predictors[j]++;
            }
        }
    }
    int predicted = 0;
    for (int j = 0; j < d.train->n_items; j++) {
        assert_in_range(predictors[j], 0, 1);
        predicted += predictors[j];
    }
    assert_true(predicted > 1);
    vt_model_free(slim);
    vt_model_free(knn);
    data_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_by_hand),
        cmocka_unit_test(is_the_optimum),
        cmocka_unit_test(only_candidates_have_weights),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
