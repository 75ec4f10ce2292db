/* LightGCN: the spread by hand and by definition, its gradient by finite differences, two worlds, strangers. */
#include "fitting.h"

#include <math.h>

#include "math/kernels.h"
#include "model/lightgcn.h"
#include "model/model.h"

enum { D = 16, LAYERS = 3 };

/* x after the layers, in double by the definition: the mean of x, A x, A A x, ... */
static void spread_by_definition(double *out, const double *x, const vt_csr *graph, int layers)
{
    size_t n = (size_t)graph->n_rows * D;
    double *now = vt_alloc(n, sizeof *now, NULL), *next = vt_alloc(n, sizeof *next, NULL);
    memcpy(now, x, n * sizeof *now);
    memcpy(out, x, n * sizeof *out);
    for (int l = 0; l < layers; l++) {
        for (size_t r = 0; r < (size_t)graph->n_rows; r++) {
            for (size_t k = 0; k < D; k++) {
                double sum = 0.0;
                for (int64_t e = graph->ptr[r]; e < graph->ptr[r + 1]; e++) {
                    sum += (double)graph->value[e] * now[(size_t)graph->column[e] * D + k];
                }
                next[r * D + k] = sum;
                out[r * D + k] += sum;
            }
        }
        memcpy(now, next, n * sizeof *now);
    }
    for (size_t i = 0; i < n; i++) {
        out[i] /= layers + 1;
    }
    vt_free(now);
    vt_free(next);
}

/* ann - tea, ann - mug, bob - mug: degrees 2, 1 and 1, 2. */
static void the_graph_is_normalised_by_degrees(void **state)
{
    (void)state;
    static const event_row rows[] = {
        {"ann", "mug", 1, 5, 0, 0}, {"ann", "tea", 2, 5, 0, 0}, {"ann", "tea", 3, 4, 0, 0}, {"bob", "mug", 4, 5, 0, 0}};
    vt_error err = VT_ERROR_INIT;
    data d = data_of(rows, 4);
    vt_csr *graph = NULL;
    check_ok(vt_lightgcn_graph(&graph, d.train, NULL, &err));
    /* nodes: ann 0, bob 1, mug 2, tea 3 */
    static const int64_t ptr[] = {0, 2, 3, 5, 6};
    static const int32_t column[] = {2, 3, 2, 0, 1, 0};
    static const double value[] = {0.5, 0.70710678, 0.70710678, 0.5, 0.70710678, 0.70710678};
    assert_int_equal(graph->n_rows, 4);
    assert_memory_equal(graph->ptr, ptr, sizeof ptr);
    assert_memory_equal(graph->column, column, sizeof column);
    for (int e = 0; e < 6; e++) {
        assert_true(fabs((double)graph->value[e] - value[e]) < 1e-6);
    }
    vt_csr_free(graph);
    data_done(&d);
}

/* The same, and ann - bob: who has no item is linked to nobody. */
static void linked_users_are_neighbours(void **state)
{
    (void)state;
    static const event_row rows[] = {
        {"ann", "mug", 1, 5, 0, 0}, {"ann", "tea", 2, 5, 0, 0}, {"bob", "mug", 4, 5, 0, 0}};
    static const int32_t pair[] = {0, 1};
    const vt_user_links links = {1, pair};
    vt_error err = VT_ERROR_INIT;
    data d = data_of(rows, 3);
    vt_csr *graph = NULL;
    check_ok(vt_lightgcn_graph(&graph, d.train, &links, &err));
    static const int64_t ptr[] = {0, 3, 5, 7, 8};
    static const int32_t column[] = {1, 2, 3, 0, 2, 0, 1, 0};
    static const double value[] = {0.40824829, 0.40824829, 0.57735027, 0.40824829, 0.5, 0.40824829, 0.5, 0.57735027};
    assert_memory_equal(graph->ptr, ptr, sizeof ptr);
    assert_memory_equal(graph->column, column, sizeof column);
    for (int e = 0; e < 8; e++) {
        assert_true(fabs((double)graph->value[e] - value[e]) < 1e-6);
    }
    vt_csr_free(graph);
    vt_fit_options options = options_of(&d);
    const char *settings = "links=yes,epochs=1";
    vt_model *model = NULL;
    options.settings = &settings;
    options.n_settings = 1;
    assert_int_equal(vt_model_fit(&model, "lightgcn", d.train, &options, &err), VT_ERR_USAGE);
    vt_error_reset(&err);
    options.links = &links;
    check_ok(vt_model_fit(&model, "lightgcn", d.train, &options, &err));
    vt_model_free(model);
    data_done(&d);
}

static void spreads_as_defined(void **state)
{
    (void)state;
    static rows_of_chance chance;
    vt_error err = VT_ERROR_INIT;
    make_random(&chance, 3);
    data d = data_of(chance.rows, RANDOM_ROWS);
    vt_csr *graph = NULL;
    check_ok(vt_lightgcn_graph(&graph, d.train, NULL, &err));
    size_t n = (size_t)graph->n_rows * D;
    float *x = vt_alloc_aligned(n, sizeof *x, NULL), *out = vt_alloc_aligned(n, sizeof *out, NULL);
    float *scratch = vt_alloc_aligned(n, sizeof *scratch, NULL);
    double *exact = vt_alloc(n, sizeof *exact, NULL), *expected = vt_alloc(n, sizeof *expected, NULL);
    vt_rng rng = vt_rng_at(4, "test", 0, 0);
    for (size_t i = 0; i < n; i++) {
        exact[i] = (double)(x[i] = (float)vt_rng_normal(&rng));
    }
    for (int layers = 0; layers <= 4; layers++) {
        vt_lightgcn_spread(out, scratch, x, graph, layers, D, 2);
        spread_by_definition(expected, exact, graph, layers);
        for (size_t i = 0; i < n; i++) {
            assert_true(fabs((double)out[i] - expected[i]) < 1e-5);
        }
    }
    vt_free(x);
    vt_free(out);
    vt_free(scratch);
    vt_free(exact);
    vt_free(expected);
    vt_csr_free(graph);
    data_done(&d);
}

/* -ln sigmoid of a difference of scores after the layers, as a function of the vectors before them. */
static double loss_at(const double *x, const vt_csr *graph, size_t u, size_t i, size_t j)
{
    size_t n = (size_t)graph->n_rows * D;
    double *f = vt_alloc(n, sizeof *f, NULL), difference = 0.0;
    spread_by_definition(f, x, graph, LAYERS);
    for (size_t k = 0; k < D; k++) {
        difference += f[u * D + k] * (f[i * D + k] - f[j * D + k]);
    }
    vt_free(f);
    return log1p(exp(-difference));
}

/* The way back is the spread of the gradient: against finite differences. */
static void the_gradient_spreads_back(void **state)
{
    (void)state;
    static rows_of_chance chance;
    vt_error err = VT_ERROR_INIT;
    make_random(&chance, 6);
    data d = data_of(chance.rows, RANDOM_ROWS);
    vt_csr *graph = NULL;
    check_ok(vt_lightgcn_graph(&graph, d.train, NULL, &err));
    size_t n = (size_t)graph->n_rows * D, u = 1, i = (size_t)d.train->n_users + 2, j = i + 3;
    float *x = vt_alloc_aligned(n, sizeof *x, NULL), *f = vt_alloc_aligned(n, sizeof *f, NULL);
    float *scratch = vt_alloc_aligned(n, sizeof *scratch, NULL), *g = vt_alloc_aligned(n, sizeof *g, NULL);
    float *slope = vt_alloc_aligned(n, sizeof *slope, NULL);
    double *exact = vt_alloc(n, sizeof *exact, NULL);
    vt_rng rng = vt_rng_at(9, "test", 0, 0);
    for (size_t e = 0; e < n; e++) {
        exact[e] = (double)(x[e] = (float)vt_rng_normal(&rng));
        g[e] = 0.0F;
    }
    vt_lightgcn_spread(f, scratch, x, graph, LAYERS, D, 1);
    double difference = 0.0;
    for (size_t k = 0; k < D; k++) {
        difference += (double)(f[u * D + k] * (f[i * D + k] - f[j * D + k]));
    }
    float wrong = (float)(1.0 / (1.0 + exp(difference)));
    for (size_t k = 0; k < D; k++) {
        g[u * D + k] = -wrong * (f[i * D + k] - f[j * D + k]);
        g[i * D + k] = -wrong * f[u * D + k];
        g[j * D + k] = wrong * f[u * D + k];
    }
    vt_lightgcn_spread(slope, scratch, g, graph, LAYERS, D, 1);
    double largest = 0.0, off = 0.0;
    for (size_t e = 0; e < n; e += 7) {
        double was = exact[e], h = 1e-5;
        exact[e] = was + h;
        double up = loss_at(exact, graph, u, i, j);
        exact[e] = was - h;
        double finite = (up - loss_at(exact, graph, u, i, j)) / (2.0 * h);
        exact[e] = was;
        largest = fmax(largest, fabs(finite));
        off = fmax(off, fabs(finite - (double)slope[e]));
    }
    assert_true(largest > 1e-4);
    assert_true(off < 1e-4 * largest + 1e-6);
    vt_free(x);
    vt_free(f);
    vt_free(scratch);
    vt_free(g);
    vt_free(slope);
    vt_free(exact);
    vt_csr_free(graph);
    data_done(&d);
}

/* Three people buy tea things and three buy tools, each all but one; who did as they did is told the same. */
static void tells_two_worlds_apart(void **state)
{
    (void)state;
    static const char *const things[] = {"t0", "t1", "t2", "w0", "w1", "w2"};
    static const char *const people[] = {"a", "b", "c", "d", "e", "f"};
    static const char *const settings[] = {"epochs=100,learning_rate=0.05,dimensions=8",
                                           "epochs=20,learning_rate=0.05,dimensions=8,loss=softmax",
                                           "epochs=20,learning_rate=0.05,dimensions=8,loss=sampled,sample=4"};
    event_row rows[16];
    size_t n = 0;
    for (int u = 0; u < 6; u++) {
        for (int i = 0; i < 3; i++) {
            if (i != u % 3) {
                rows[n] = (event_row){people[u], things[i + (u < 3 ? 0 : 3)], (int64_t)n, 5, 0, 0};
                n++;
            }
        }
    }
    rows[n++] = (event_row){"a", "x", 1, 0, VIEW_ROW, 0};
    data d = data_of(rows, n);
    for (int s = 0; s < 3; s++) {
        vt_model *model = fitted(&d, "lightgcn", settings[s]);
        for (int u = 0; u < 12; u++) {
            vt_user_state query = state_of(&d, vt_ids_find(&d.snapshot->users, vt_str_of(people[u % 6])));
            query.as_fitted = u < 6;
            query.user = u < 6 ? query.user : -1;
            float *scores = scores_of(&d, model, &query);
            float lacking = scores[item_of(&d, things[u % 3 + (u % 6 < 3 ? 0 : 3)])];
            for (int i = 0; i < 3; i++) {
                assert_true(lacking > scores[item_of(&d, things[i + (u % 6 < 3 ? 3 : 0)])]);
            }
            assert_true(isinf(scores[item_of(&d, "x")]));
            vt_free(scores);
        }
        vt_user_state nobody = {.user = -1, .now = VT_NONE};
        float *scores = scores_of(&d, model, &nobody);
        for (int i = 0; i < 7; i++) {
            assert_true(isinf(scores[i]));
        }
        vt_free(scores);
        vt_model_free(model);
    }
    data_done(&d);
}

/*
 * With one layer F = (E + A E) / 2, and of a user half of E is left when what the items hand on (half of theirs) is
 * taken away: so an item's F less what it hands on is what its users' rests bring by A. A known user is folded in to
 * the vector of the fit, a stranger to the part that the items tell.
 */
static void users_are_folded_in_through_all_layers(void **state)
{
    (void)state;
    static rows_of_chance chance;
    vt_error err = VT_ERROR_INIT;
    vt_csr *graph = NULL;
    make_random(&chance, 8);
    data d = data_of(chance.rows, RANDOM_ROWS);
    vt_model *model = fitted(&d, "lightgcn", "dimensions=16,layers=1,epochs=3");
    const vt_lightgcn *m = model->state;
    check_ok(vt_lightgcn_graph(&graph, d.train, NULL, &err));
    for (int32_t i = 0; i < m->f.n_items; i++) {
        for (size_t k = 0; k < D; k++) {
            double sum = 0.0;
            for (int64_t e = graph->ptr[m->f.n_users + i]; e < graph->ptr[m->f.n_users + i + 1]; e++) {
                sum += (double)graph->value[e] * (double)m->f.users[(size_t)graph->column[e] * D + k];
            }
            double rest = (double)m->f.items[(size_t)i * D + k] - (double)m->handed[(size_t)i * D + k];
            assert_true(fabs(rest - sum) < 1e-5);
        }
    }
    for (int32_t u = 0; u < m->f.n_users; u++) {
        int64_t first = d.train->ptr[u], n = d.train->ptr[u + 1] - first;
        vt_user_state query = {.user = u, .n = (size_t)n, .item = d.train->item + first, .now = VT_NONE};
        float known[D], stranger[D];
        check_ok(vt_factors_vector(known, m, &query, &err));
        query.user = -1;
        check_ok(vt_factors_vector(stranger, m, &query, &err));
        for (size_t k = 0; k < D; k++) {
            double own = (double)m->f.users[(size_t)u * D + k];
            assert_true(fabs((double)known[k] - (double)stranger[k] - own) < 1e-5);
        }
    }
    vt_csr_free(graph);
    vt_model_free(model);
    data_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_graph_is_normalised_by_degrees),
        cmocka_unit_test(linked_users_are_neighbours),
        cmocka_unit_test(spreads_as_defined),
        cmocka_unit_test(the_gradient_spreads_back),
        cmocka_unit_test(tells_two_worlds_apart),
        cmocka_unit_test(users_are_folded_in_through_all_layers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
