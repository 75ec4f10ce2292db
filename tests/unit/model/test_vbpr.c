/* VBPR: items that nobody chose rank by their vectors, the gradient of what follows from them, what it refuses. */
#include "fitting.h"

#include <math.h>

#include "math/kernels.h"

enum { WIDE = 3, D = 32, LEARNT = 16 };

/* Three people buy tea things and three buy tools; a new thing of each world was only looked at. */
static data worlds(float vectors[9][WIDE], vt_item_vectors *given)
{
    static const char *const things[] = {"t0", "t1", "t2", "w0", "w1", "w2"};
    static const char *const people[] = {"a", "b", "c", "d", "e", "f"};
    event_row rows[20];
    size_t n = 0;
    for (int u = 0; u < 6; u++) {
        for (int i = 0; i < 3; i++) {
            if (i != u % 3) {
                rows[n] = (event_row){people[u], things[i + (u < 3 ? 0 : 3)], (int64_t)n, 5, 0, 0};
                n++;
            }
        }
    }
    rows[n++] = (event_row){"a", "t9", 1, 0, VIEW_ROW, 0};
    rows[n++] = (event_row){"a", "w9", 1, 0, VIEW_ROW, 0};
    rows[n++] = (event_row){"a", "z", 1, 0, VIEW_ROW, 0};
    data d = data_of(rows, n);
    /* ids in order: t0 t1 t2 t9 w0 w1 w2 w9 z; the last has no vector */
    for (int i = 0; i < 8; i++) {
        float x = i < 4 ? 0.9F : 0.1F, y = i < 4 ? 0.1F : 0.9F, z = 0.1F * (float)(i % 4);
        float length = sqrtf(x * x + y * y + z * z);
        vectors[i][0] = x / length;
        vectors[i][1] = y / length;
        vectors[i][2] = z / length;
    }
    *given =
        (vt_item_vectors){8, WIDE, vectors[0], {8, d.snapshot->items.offset, d.snapshot->items.text}, "hand", "", NULL};
    return d;
}

static void what_nobody_chose_ranks_by_its_vector(void **state)
{
    (void)state;
    static const char *const people[] = {"a", "b", "c", "d", "e", "f"};
    static const char *const settings[] = {
        "factors=4,visual_factors=5,epochs=300,learning_rate=0.1,projection_rate=0.02", "by=image"};
    float vectors[9][WIDE];
    vt_item_vectors given;
    data d = worlds(vectors, &given);
    vt_error err = VT_ERROR_INIT;
    vt_model *model = NULL;
    vt_fit_options options;
    vt_fit_options_init(&options);
    options.image = &given;
    options.settings = settings;
    options.n_settings = 2;
    check_ok(vt_model_fit(&model, "vbpr", d.train, &options, &err));
    for (int u = 0; u < 12; u++) {
        vt_user_state query = state_of(&d, vt_ids_find(&d.snapshot->users, vt_str_of(people[u % 6])));
        query.as_fitted = u < 6;
        query.user = u < 6 ? query.user : -1;
        float *scores = scores_of(&d, model, &query);
        float of_tea = scores[item_of(&d, "t9")], of_tools = scores[item_of(&d, "w9")];
        assert_true(u % 6 < 3 ? of_tea > of_tools + 0.3F : of_tools > of_tea + 0.3F);
        assert_true(isinf(scores[item_of(&d, "z")]));
        vt_free(scores);
    }
    vt_model_free(model);
    data_done(&d);
}

static void says_what_it_lacks(void **state)
{
    (void)state;
    float vectors[9][WIDE];
    vt_item_vectors given;
    data d = worlds(vectors, &given);
    vt_error err = VT_ERROR_INIT;
    vt_model *model = NULL;
    vt_fit_options options;
    vt_fit_options_init(&options);
    options.text = &given;
    assert_int_equal(vt_model_fit(&model, "vbpr", d.train, &options, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "photos"));
    assert_non_null(strstr(err.message, "by=text"));
    /* only the two that nobody chose have a vector */
    vt_item_vectors few = {1,      WIDE, vectors[3], {1, d.snapshot->items.offset + 3, d.snapshot->items.text},
                           "hand", "",   NULL};
    options.image = &few;
    assert_int_equal(vt_model_fit(&model, "vbpr", d.train, &options, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "vitrine encode"));
    assert_null(model);
    data_done(&d);
}

/* Score of an item whose last columns are E f: the loss of one step as a function of E, in double. */
static double loss_at(double e[LEARNT][WIDE], const float *user, const float *items, const float f[2][WIDE])
{
    double x = 0.0;
    for (int k = 0; k < LEARNT; k++) {
        x += (double)(user[k] * (items[D + k] - items[k]));
        for (int c = 0; c < WIDE; c++) {
            x += (double)user[LEARNT + k] * e[k][c] * (double)(f[1][c] - f[0][c]);
        }
    }
    return log1p(exp(-x));
}

/* The gradient that the kernel sums up for the items, carried to the projection, against finite differences. */
static void the_projection_follows_the_gradient(void **state)
{
    (void)state;
    float row[3 * D] __attribute__((aligned(64))), gradient[2 * LEARNT] __attribute__((aligned(64))) = {0};
    float kept[3 * D], bias[2] = {0}, of_bias[2] = {0}, f[2][WIDE];
    double e[LEARNT][WIDE];
    int32_t user = 0, chosen = 1, other = 0;
    vt_rng rng = vt_rng_at(2, "test", 0, 0);
    for (int k = 0; k < LEARNT; k++) {
        for (int c = 0; c < WIDE; c++) {
            e[k][c] = vt_rng_normal(&rng);
        }
    }
    for (int i = 0; i < 2; i++) {
        for (int c = 0; c < WIDE; c++) {
            f[i][c] = (float)vt_rng_normal(&rng);
        }
    }
    for (int k = 0; k < 3 * D; k++) {
        row[k] = (float)(0.3 * vt_rng_normal(&rng));
    }
    for (int i = 0; i < 2; i++) {
        for (int k = 0; k < LEARNT; k++) {
            double sum = 0.0;
            for (int c = 0; c < WIDE; c++) {
                sum += e[k][c] * (double)f[i][c];
            }
            row[(1 + i) * D + LEARNT + k] = (float)sum;
        }
    }
    memcpy(kept, row, sizeof row);
    vt_pairs step = {row, row + D, bias, gradient, of_bias, D, LEARNT, 1, &user, &chosen, &other, 1, 0.01F, 0, 0, 0, 0};
    vt_kernels_best()->pairwise(&step);
    for (int k = 0; k < LEARNT; k++) {
        for (int c = 0; c < WIDE; c++) {
            double was = e[k][c], h = 1e-5;
            e[k][c] = was + h;
            double up = loss_at(e, kept, kept + D, f);
            e[k][c] = was - h;
            double slope = (up - loss_at(e, kept, kept + D, f)) / (2.0 * h);
            e[k][c] = was;
            double carried = (double)(gradient[k] * f[0][c] + gradient[LEARNT + k] * f[1][c]);
            assert_true(fabs(carried - slope) < 1e-4 * (0.1 + fabs(slope)));
        }
    }
    assert_true(of_bias[1] < 0.0F && of_bias[0] > 0.0F && fabsf(of_bias[0] + of_bias[1]) < 1e-7F);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_nobody_chose_ranks_by_its_vector),
        cmocka_unit_test(says_what_it_lacks),
        cmocka_unit_test(the_projection_follows_the_gradient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
