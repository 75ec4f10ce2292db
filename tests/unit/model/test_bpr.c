/* BPR: two worlds told apart, the steps against finite differences, strangers, popularity as the source of others. */
#include "fitting.h"

#include <math.h>

#include "math/kernels.h"
#include "model/bpr.h"

/* Three people buy tea things and three buy tools, each all but one; the wall stays unsold. */
static size_t two_worlds(event_row *rows)
{
    static const char *const things[] = {"t0", "t1", "t2", "w0", "w1", "w2"};
    static const char *const people[] = {"a", "b", "c", "d", "e", "f"};
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
    return n;
}

/* The one that a user lacks of their world stands before all of the other world. */
static void check_worlds(const data *d, const vt_model *model, bool stranger)
{
    static const char *const things[] = {"t0", "t1", "t2", "w0", "w1", "w2"};
    static const char *const people[] = {"a", "b", "c", "d", "e", "f"};
    for (int u = 0; u < 6; u++) {
        vt_user_state query = state_of(d, vt_ids_find(&d->snapshot->users, vt_str_of(people[u])));
        if (stranger) {
            query.user = -1;
            query.as_fitted = false;
        }
        float *scores = scores_of(d, model, &query);
        float lacking = scores[item_of(d, things[u % 3 + (u < 3 ? 0 : 3)])];
        for (int i = 0; i < 3; i++) {
            assert_true(lacking > scores[item_of(d, things[i + (u < 3 ? 3 : 0)])] + 0.3F);
        }
        assert_true(isinf(scores[item_of(d, "x")]));
        vt_free(scores);
    }
}

static void tells_two_worlds_apart(void **state)
{
    (void)state;
    event_row rows[16];
    data d = data_of(rows, two_worlds(rows));
    static const char *const settings[] = {"factors=2,epochs=300,learning_rate=0.1",
                                           "factors=20,epochs=300,learning_rate=0.1,negatives=popularity"};
    for (int s = 0; s < 2; s++) {
        vt_model *model = fitted(&d, "bpr", settings[s]);
        check_worlds(&d, model, false);
        check_worlds(&d, model, true);
        vt_error err = VT_ERROR_INIT;
        float similar[7];
        check_ok(vt_model_similar(model, item_of(&d, "t0"), similar, &err));
        for (int i = 0; i < 3; i++) {
            char tool[] = {'w', (char)('0' + i), '\0'};
            assert_true(similar[item_of(&d, "t1")] > similar[item_of(&d, tool)]);
        }
        assert_true(isinf(similar[item_of(&d, "t0")]) && isinf(similar[item_of(&d, "x")]));
        vt_model_free(model);
    }
    data_done(&d);
}

/* Whoever did nothing is told what most chose; a repeat or another order of the same history changes nothing. */
static void strangers_are_learnt_from_their_history(void **state)
{
    (void)state;
    static const event_row rows[] = {{"a", "t", 1, 5, 0, 0}, {"b", "t", 2, 5, 0, 0}, {"c", "t", 3, 5, 0, 0},
                                     {"d", "u", 4, 5, 0, 0}, {"a", "v", 5, 5, 0, 0}, {"b", "v", 6, 5, 0, 0}};
    data d = data_of(rows, 6);
    vt_model *model = fitted(&d, "bpr", "factors=4,epochs=200");
    vt_user_state nobody = {.user = -1, .now = VT_NONE};
    float *scores = scores_of(&d, model, &nobody);
    assert_true(scores[item_of(&d, "t")] > scores[item_of(&d, "v")]);
    assert_true(scores[item_of(&d, "v")] > scores[item_of(&d, "u")]);
    vt_free(scores);
    int32_t once[] = {item_of(&d, "t"), item_of(&d, "v")}, more[] = {once[1], once[0], once[1]};
    vt_user_state a = {.user = -1, .n = 2, .item = once, .now = VT_NONE};
    vt_user_state b = {.user = -1, .n = 3, .item = more, .now = VT_NONE};
    float *of_a = scores_of(&d, model, &a), *of_b = scores_of(&d, model, &b);
    assert_memory_equal(of_a, of_b, 3 * sizeof *of_a);
    vt_free(of_a);
    vt_free(of_b);
    vt_model_free(model);
    data_done(&d);
}

enum { D = 16 };

typedef struct triple {
    double p[D], a[D], b[D], bias_a, bias_b;
} triple;

/* The objective of one step in double. */
static double objective(const triple *t, const vt_pairs *g)
{
    double x = t->bias_a - t->bias_b, squares = 0.0;
    for (int k = 0; k < D; k++) {
        x += t->p[k] * (t->a[k] - t->b[k]);
        squares += (double)g->l2_user * t->p[k] * t->p[k] + (double)g->l2_chosen * t->a[k] * t->a[k] +
                   (double)g->l2_other * t->b[k] * t->b[k];
    }
    squares += (double)g->l2_bias * (t->bias_a * t->bias_a + t->bias_b * t->bias_b);
    return log1p(exp(-x)) + squares / 2.0;
}

/* A step is the rate times the gradient of the objective, which finite differences give too. */
static void steps_follow_the_gradient(void **state)
{
    (void)state;
    float users[D], items[2 * D], bias[2];
    float aligned[3 * D] __attribute__((aligned(64)));
    int32_t user = 0, chosen = 1, other = 0;
    vt_rng rng = vt_rng_at(11, "test", 0, 0);
    triple t;
    for (int k = 0; k < D; k++) {
        t.p[k] = (double)(users[k] = (float)vt_rng_normal(&rng));
        t.b[k] = (double)(items[k] = (float)vt_rng_normal(&rng));
        t.a[k] = (double)(items[D + k] = (float)vt_rng_normal(&rng));
    }
    t.bias_b = (double)(bias[0] = 0.3F);
    t.bias_a = (double)(bias[1] = -0.7F);
    memcpy(aligned, users, sizeof users);
    memcpy(aligned + D, items, sizeof items);
    vt_pairs g = {aligned, aligned + D, bias, NULL,  NULL, D,    D,    1,   &user,
                  &chosen, &other,      1,    0.01F, 0.1F, 0.2F, 0.3F, 0.4F};
    double before = objective(&t, &g), squares = 0.0;
    for (int k = 0; k < D; k++) {
        squares += 0.1 * t.p[k] * t.p[k] + 0.2 * t.a[k] * t.a[k] + 0.3 * t.b[k] * t.b[k];
    }
    squares += 0.4 * (t.bias_a * t.bias_a + t.bias_b * t.bias_b);
    double loss = vt_kernels_best()->pairwise(&g);
    assert_true(fabs(loss + squares / 2.0 - before) < 1e-4 * before);
    double *const where[] = {t.p, t.b, t.a};
    for (int part = 0; part < 3; part++) {
        for (int k = 0; k < D; k++) {
            double was = where[part][k], h = 1e-5;
            where[part][k] = was + h;
            double up = objective(&t, &g);
            where[part][k] = was - h;
            double slope = (up - objective(&t, &g)) / (2.0 * h);
            where[part][k] = was;
            double step = ((double)aligned[part * D + k] - was) / -0.01;
            assert_true(fabs(step - slope) < 1e-3 * (0.1 + fabs(slope)));
        }
    }
    assert_true(bias[1] > -0.7F && bias[0] < 0.3F);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_two_worlds_apart),
        cmocka_unit_test(strangers_are_learnt_from_their_history),
        cmocka_unit_test(steps_follow_the_gradient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
