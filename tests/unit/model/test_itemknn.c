/* Item-kNN by hand on a small shop, and against plain loops over all pairs on random ones. */
#include "fitting.h"

#include <math.h>

#define DAY ((int64_t)86400)

/* Users: ann a b, bob a b c, cat b c, dan c. */
static const event_row rows[] = {
    {"ann", "a", 0, 5, 0, 0},        {"ann", "b", 1 * DAY, 5, 0, 0}, {"bob", "a", 0, 5, 0, 0},
    {"bob", "b", 2 * DAY, 5, 0, 0},  {"bob", "c", 6 * DAY, 5, 0, 0}, {"cat", "b", 0, 5, 0, 0},
    {"cat", "c", 20 * DAY, 5, 0, 0}, {"dan", "c", 0, 5, 0, 0},       {"ann", "a", 9 * DAY, 5, 0, 0},
};
enum { ROWS = sizeof rows / sizeof *rows };

static void check_similar(const data *d, const char *settings, const char *item, const char *other, double expected)
{
    vt_error err = VT_ERROR_INIT;
    float scores[3];
    vt_model *model = fitted(d, "itemknn", settings);
    check_ok(vt_model_similar(model, item_of(d, item), scores, &err));
    double got = (double)scores[item_of(d, other)];
    if (isinf(expected) ? got > -1e30 : !(fabs(got - expected) < 1e-6)) {
        fail_msg("%s: similarity of %s and %s is %.9g instead of %.9g", settings, item, other, got, expected);
    }
    assert_true(isinf(scores[item_of(d, item)]));
    vt_model_free(model);
}

static void similarities_by_hand(void **state)
{
    (void)state;
    data d = data_of(rows, ROWS);
    /* a has 2 users, b 3, c 3; a and b share 2, b and c 2, a and c 1; ann's second a counts once */
    check_similar(&d, "similarity=cosine", "a", "b", 2.0 / sqrt(6.0));
    check_similar(&d, "similarity=cosine", "a", "c", 1.0 / sqrt(6.0));
    check_similar(&d, "similarity=cosine,shrink=2", "b", "c", 2.0 / 5.0);
    check_similar(&d, "similarity=jaccard", "a", "b", 2.0 / 3.0);
    check_similar(&d, "similarity=jaccard", "c", "a", 1.0 / 4.0);
    check_similar(&d, "similarity=cosine,k=1", "a", "c", -(double)INFINITY);
    check_similar(&d, "similarity=cosine,k=1", "a", "b", 2.0 / sqrt(6.0));
    /* weights of users: (log 3 - log(1 + n))^2 of n items: ann and cat have 2, bob 3, dan 1 */
    double two = 0.0, three = pow(log(3.0) - log(4.0), 2.0), one = pow(log(3.0) - log(2.0), 2.0);
    check_similar(&d, "similarity=tfidf", "a", "b", (two + three) / (sqrt(two + three) * sqrt(two + three + two)));
    check_similar(&d, "similarity=tfidf", "b", "c", (three + two) / (sqrt(three) * sqrt(three + one)));
    /* BM25: length of a is 2 of 8 / 3 on average */
    double of_a = 2.2 / (1.2 * (0.25 + 0.75 * 2.0 * 3.0 / 8.0) + 1.0);
    double of_b = 2.2 / (1.2 * (0.25 + 0.75 * 3.0 * 3.0 / 8.0) + 1.0);
    check_similar(&d, "similarity=bm25", "a", "b", three * of_a * of_b);
    /* pairs fade: ann's a and b are 1 day apart, bob's 2; b and c 4 and 20 */
    check_similar(&d, "similarity=cosine,pair_half_life=2", "a", "b", (exp2(-0.5) + exp2(-1.0)) / sqrt(6.0));
    check_similar(&d, "similarity=cosine,pair_half_life=2", "c", "b", (exp2(-2.0) + exp2(-10.0)) / 3.0);
    data_done(&d);
}

static void scores_add_up_the_history(void **state)
{
    (void)state;
    data d = data_of(rows, ROWS);
    int32_t a = item_of(&d, "a"), b = item_of(&d, "b"), c = item_of(&d, "c");
    const int32_t history[] = {a, b, a};
    const int64_t times[] = {0, 4 * DAY, 4 * DAY};
    vt_user_state query = {.user = -1, .n = 3, .item = history, .time = times, .now = VT_NONE};
    vt_model *model = fitted(&d, "itemknn", "similarity=cosine");
    float *scores = scores_of(&d, model, &query);
    assert_float_equal(scores[c], (float)(1.0 / sqrt(6.0) + 2.0 / 3.0), 1e-6F);
    vt_free(scores);
    vt_model_free(model);
    /* with a half-life of 4 days the first a, four days older than the last event, counts half */
    model = fitted(&d, "itemknn", "similarity=cosine,half_life=4");
    scores = scores_of(&d, model, &query);
    assert_float_equal(scores[c], (float)(0.5 / sqrt(6.0) + 2.0 / 3.0), 1e-6F);
    vt_free(scores);
    query.time = NULL; /* by rank: a is one event before b */
    scores = scores_of(&d, model, &query);
    assert_float_equal(scores[c], (float)(exp2(-0.25) / sqrt(6.0) + 2.0 / 3.0), 1e-6F);
    vt_free(scores);
    vt_model_free(model);
    data_done(&d);
}

/* The similarity of items i and j by definition, over the (U, I) matrix of zeros and ones. */
static double by_definition(const uint8_t *has, int32_t n_users, int32_t n_items, int32_t i, int32_t j, int kind)
{
    double shared = 0.0, weighted = 0.0, of_i = 0.0, of_j = 0.0, square_i = 0.0, square_j = 0.0, all = 0.0;
    for (int32_t u = 0; u < n_users; u++) {
        const uint8_t *row = has + (size_t)u * (size_t)n_items;
        double n = 0.0;
        for (int32_t k = 0; k < n_items; k++) {
            n += row[k];
        }
        all += n;
        double idf = log((double)n_items) - log1p(n);
        of_i += row[i];
        of_j += row[j];
        square_i += row[i] * idf * idf;
        square_j += row[j] * idf * idf;
        shared += row[i] * row[j];
        weighted += row[i] * row[j] * idf * idf;
    }
    double mean = all / (double)n_items;
    double length_i = 2.2 / (1.2 * (0.25 + 0.75 * of_i / mean) + 1.0);
    double length_j = 2.2 / (1.2 * (0.25 + 0.75 * of_j / mean) + 1.0);
    return kind == 0   ? shared / sqrt(of_i * of_j)
           : kind == 1 ? weighted * length_i * length_j
           : kind == 2 ? weighted / sqrt(square_i * square_j)
                       : shared / (of_i + of_j - shared);
}

static void equals_the_definition(void **state)
{
    (void)state;
    static rows_of_chance chance;
    static const char *const settings[] = {"similarity=cosine", "similarity=bm25", "similarity=tfidf",
                                           "similarity=jaccard"};
    for (uint64_t seed = 0; seed < 3; seed++) {
        make_random(&chance, seed);
        data d = data_of(chance.rows, seed == 2 ? 40 : RANDOM_ROWS);
        int32_t n_users = d.train->n_users, n_items = d.train->n_items;
        uint8_t *has = vt_alloc_zero((size_t)n_users, (size_t)n_items, NULL);
        float *scores = vt_alloc((size_t)n_items, sizeof *scores, NULL);
        for (int32_t u = 0; u < n_users; u++) {
            for (int64_t e = d.train->ptr[u]; e < d.train->ptr[u + 1]; e++) {
                has[u * n_items + d.train->item[e]] = 1;
            }
        }
        for (int kind = 0; kind < 4; kind++) {
            vt_error err = VT_ERROR_INIT;
            vt_model *model = fitted(&d, "itemknn", settings[kind]);
            for (int32_t i = 0; i < n_items; i++) {
                check_ok(vt_model_similar(model, i, scores, &err));
                for (int32_t j = 0; j < n_items; j++) {
                    double expected = i == j ? 0.0 : by_definition(has, n_users, n_items, i, j, kind);
                    double got = isinf(scores[j]) ? 0.0 : (double)scores[j];
                    if (!(fabs(got - (isnan(expected) ? 0.0 : expected)) < 1e-5)) {
                        fail_msg("seed %d %s: %d and %d are %g instead of %g", (int)seed, settings[kind], (int)i,
                                 (int)j, got, expected);
                    }
                }
            }
            vt_model_free(model);
        }
        vt_free(scores);
        vt_free(has);
        data_done(&d);
    }
}

static void pairs_by_time_need_times(void **state)
{
    (void)state;
    event_row without[] = {{"ann", "tea", VT_NONE, 5, 0, 0}, {"ann", "pot", VT_NONE, 4, 0, 0}};
    data d = data_of(without, 2);
    vt_model *model = NULL;
    vt_error err = VT_ERROR_INIT;
    assert_int_equal(fit_with(&model, &d, "itemknn", "pair_half_life=7", 1, &err), VT_ERR_UNSUPPORTED);
    assert_null(model);
    check_ok(fit_with(&model, &d, "itemknn", NULL, 1, &err));
    vt_model_free(model);
    data_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(similarities_by_hand),
        cmocka_unit_test(scores_add_up_the_history),
        cmocka_unit_test(equals_the_definition),
        cmocka_unit_test(pairs_by_time_need_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
