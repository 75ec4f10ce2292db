/* The slab and its table, AdamW against its formulas, clipping, the schedule. */
#include "fault.h"
#include "nn_reference.h"

#include "math/nn/params.h"

static void make(vt_nn_params *p, size_t *a, size_t *b)
{
    *p = (vt_nn_params){0};
    assert_int_equal(vt_nn_params_add(a, p, "first", 3, 7, true, NULL), VT_OK);
    assert_int_equal(vt_nn_params_add(b, p, "second", 2000, 30, false, NULL), VT_OK);
    assert_int_equal(vt_nn_params_alloc(p, NULL), VT_OK);
    assert_int_equal(vt_nn_params_train(p, NULL), VT_OK);
}

static void table_says_where_things_stand(void **state)
{
    (void)state;
    vt_nn_params p;
    size_t a = 99, b = 99;
    make(&p, &a, &b);
    assert_int_equal(a, 0);
    assert_int_equal(b, 32); /* 21 floats, padded */
    assert_int_equal(p.floats, 32 + 60000);
    assert_int_equal(vt_nn_params_find(&p, "second")->rows, 2000);
    assert_null(vt_nn_params_find(&p, "third"));
    vt_nn_params_normal(&p, "second", 0.5, 7);
    vt_nn_params_fill(&p, "first", 3.0F);
    double sum = 0.0, square = 0.0;
    for (size_t i = 0; i < 60000; i++) {
        double x = (double)p.value[b + i];
        assert_true(fabs(x) <= 1.0);
        sum += x / 60000.0;
        square += x * x / 60000.0;
    }
    assert_true(fabs(sum) < 0.01 && fabs(sqrt(square) - 0.44) < 0.01); /* .88 of a normal's is left of cutting */
    assert_true(fabsf(p.value[20] - 3.0F) < 1e-6F && !(fabsf(p.value[21]) > 0.0F));
    vt_nn_params_done(&p);
}

static void steps_as_the_paper(void **state)
{
    (void)state;
    vt_nn_params p;
    size_t a = 0, b = 0;
    vt_nn nn = vt_nn_with(2);
    make(&p, &a, &b);
    vt_nn_params_fill(&p, "first", 1.0F);
    vt_nn_params_fill(&p, "second", 1.0F);
    double value = 1.0, other = 1.0, m = 0.0, v = 0.0;
    const vt_nn_adamw adamw = {0.1, 0.9, 0.999, 1e-8, 0.01, 5.0};
    for (int64_t step = 1; step <= 4; step++) {
        double g = (double)step - 2.5, length = sqrt(60021.0) * fabs(g);
        for (size_t i = 0; i < 60000; i++) {
            p.gradient[i < 21 ? a + i : b + i] = (float)g;
            p.gradient[b + i] = (float)g;
        }
        assert_true(fabs(vt_nn_params_step(&nn, &p, &adamw, step) - length) < 1e-3 * length);
        g *= 5.0 / length;
        m = 0.9 * m + 0.1 * g;
        v = 0.999 * v + 0.001 * g * g;
        double move = 0.1 * m / (1.0 - pow(0.9, (double)step)) / (sqrt(v / (1.0 - pow(0.999, (double)step))) + 1e-8);
        value -= 0.1 * 0.01 * value + move;
        other -= move;
        assert_true(fabs((double)p.value[a + 20] - value) < 1e-5);
        assert_true(fabs((double)p.value[b + 59999] - other) < 1e-5);
        assert_false(fabsf(p.gradient[b + 5]) > 0.0F);
    }
    vt_nn_params_done(&p);
}

static void same_steps_for_any_threads(void **state)
{
    (void)state;
    vt_nn_params p[2];
    for (int i = 0; i < 2; i++) {
        size_t a = 0, b = 0;
        make(&p[i], &a, &b);
        vt_nn nn = vt_nn_with(i == 0 ? 1 : 3);
        vt_rng rng = vt_rng_at(1, "nn", 0, 0);
        const vt_nn_adamw adamw = {0.1, 0.9, 0.999, 1e-8, 0.01, 1.0};
        for (int64_t step = 1; step <= 3; step++) {
            for (size_t k = 0; k < 60000; k++) {
                p[i].gradient[b + k] = (float)vt_rng_normal(&rng);
            }
            vt_nn_params_step(&nn, &p[i], &adamw, step);
        }
    }
    assert_memory_equal(p[0].value, p[1].value, p[0].floats * sizeof(float));
    vt_nn_params_done(&p[0]);
    vt_nn_params_done(&p[1]);
}

static void schedule(void **state)
{
    (void)state;
    assert_true(fabs(vt_nn_rate(2.0, 1, 100, 10, 0.0) - 0.2) < 1e-12);
    assert_true(fabs(vt_nn_rate(2.0, 10, 100, 10, 0.0) - 2.0) < 1e-12);
    assert_true(fabs(vt_nn_rate(2.0, 55, 100, 10, 0.5) - 1.5) < 1e-12);
    assert_true(fabs(vt_nn_rate(2.0, 100, 100, 10, 0.1) - 0.2) < 1e-12);
    assert_true(fabs(vt_nn_rate(2.0, 900, 100, 10, 0.1) - 0.2) < 1e-12);
    assert_true(fabs(vt_nn_rate(2.0, 1, 1, 0, 0.1) - 0.2) < 1e-12);
}

static int make_and_free(void *context, vt_error *err)
{
    (void)context;
    vt_nn_params p = {0};
    size_t offset = 0;
    int status = vt_nn_params_add(&offset, &p, "a", 5, 5, true, err);
    status = status == VT_OK ? vt_nn_params_alloc(&p, err) : status;
    status = status == VT_OK ? vt_nn_params_train(&p, err) : status;
    vt_nn_params_done(&p);
    return status;
}

static void fails_whole(void **state)
{
    (void)state;
    assert_int_equal(fault_allocations(make_and_free, NULL), 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_says_where_things_stand),
        cmocka_unit_test(steps_as_the_paper),
        cmocka_unit_test(same_steps_for_any_threads),
        cmocka_unit_test(schedule),
        cmocka_unit_test(fails_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
