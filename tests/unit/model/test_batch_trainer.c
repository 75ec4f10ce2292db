/*
 * Training in batches, with a model of one number that is drawn towards the mean of its examples: which examples a step
 * gets, which steps are left out, what is reported, and that the optimiser arrives.
 */
#include "check.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "model/batch_trainer.h"
#include "model/model.h"

enum { EXAMPLES = 10, BATCH = 4, STEPS = 3, EPOCHS_MOST = 400 };

typedef struct toy {
    vt_model *model;
    vt_fit_options options;
    vt_fit_report report;
    vt_progress progress;
    vt_fit fit;
    vt_nn nn;
    vt_nn_params params;
    size_t at;
    float gradient;
    int32_t met[EPOCHS_MOST][EXAMPLES]; /* examples in the order in which they came */
    int64_t numbers;                    /* of the steps, added up */
    int forwards, left_out, reports, stop_in;
    int skip; /* step of each epoch without a term; -1: none */
    uint64_t last_key;
} toy;

static float wanted(int32_t example)
{
    return (float)example - 2.0F; /* 2.5 on the mean */
}

static int lay_out(void *work, const vt_batch *batch, size_t *terms, vt_error *err)
{
    toy *t = work;
    (void)err;
    assert_int_equal(batch->first, (size_t)batch->step * BATCH);
    assert_int_equal(batch->n, batch->step == STEPS - 1 ? EXAMPLES - 2 * BATCH : BATCH);
    assert_true(batch->key != t->last_key);
    t->last_key = batch->key;
    memcpy(t->met[batch->epoch] + batch->first, batch->example, batch->n * sizeof *batch->example);
    t->numbers += batch->number;
    t->left_out += batch->step == t->skip;
    *terms = batch->step == t->skip ? 0 : batch->n;
    return VT_OK;
}

static void forward(void *work, const vt_batch *batch)
{
    toy *t = work;
    assert_true(batch->step != t->skip);
    t->forwards++;
}

static double loss(void *work, const vt_batch *batch)
{
    toy *t = work;
    double sum = 0.0;
    t->gradient = 0.0F;
    for (size_t k = 0; k < batch->n; k++) {
        float error = t->params.value[t->at] - wanted(batch->example[k]);
        sum += (double)error * (double)error;
        t->gradient += 2.0F * error / (float)batch->n;
    }
    return sum;
}

static void backward(void *work, const vt_batch *batch)
{
    toy *t = work;
    (void)batch;
    t->params.gradient[t->at] += t->gradient;
}

static const vt_batch_ops ops = {lay_out, forward, loss, backward};

static int count_reports(void *context, const vt_progress_state *state)
{
    toy *t = context;
    assert_true(state->done <= state->total);
    return ++t->reports == t->stop_in;
}

static vt_batch_training training_of(toy *t, int epochs, double rate)
{
    return (vt_batch_training){.nn = &t->nn,
                               .params = &t->params,
                               .ops = &ops,
                               .work = t,
                               .order = "toy",
                               .examples = EXAMPLES,
                               .batch = BATCH,
                               .schedule = {.rate = rate, .least = 0.0},
                               .epochs = epochs,
                               .every = 1};
}

static void toy_init(toy *t)
{
    vt_error err = VT_ERROR_INIT;
    memset(t, 0, sizeof *t);
    t->skip = -1;
    t->nn = vt_nn_with(1);
    vt_fit_options_init(&t->options);
    t->options.report = &t->report;
    check_ok(vt_model_create(&t->model, &vt_model_popularity, &err));
    check_ok(vt_nn_params_add(&t->at, &t->params, "number", 1, 1, false, &err));
    check_ok(vt_nn_params_alloc(&t->params, &err));
    check_ok(vt_nn_params_train(&t->params, &err));
    t->progress = (vt_progress){count_reports, t};
    t->fit = (vt_fit){.params = &t->model->params,
                      .seed = 1,
                      .threads = 1,
                      .options = &t->options,
                      .model = t->model,
                      .progress = &t->progress};
}

static void toy_done(toy *t)
{
    vt_nn_params_done(&t->params);
    vt_model_free(t->model);
}

static void epochs_take_all_examples_in_their_own_order(void **state)
{
    (void)state;
    toy t;
    vt_error err = VT_ERROR_INIT;
    toy_init(&t);
    vt_batch_training training = training_of(&t, 3, 0.01);
    check_ok(vt_batch_train(&training, &t.fit, &err));
    for (int epoch = 0; epoch < 3; epoch++) {
        int seen = 0;
        int32_t order[EXAMPLES];
        for (int k = 0; k < EXAMPLES; k++) {
            seen |= 1 << t.met[epoch][k];
        }
        assert_int_equal(seen, (1 << EXAMPLES) - 1);
        vt_batch_order(order, EXAMPLES, 1, "toy", epoch);
        assert_memory_equal(order, t.met[epoch], sizeof order);
    }
    assert_true(memcmp(t.met[0], t.met[1], sizeof t.met[0]) != 0);
    assert_int_equal(t.forwards, 3 * STEPS);
    assert_int_equal(t.numbers, 9 * 8 / 2);
    assert_int_equal(t.reports, 1 + 3 * STEPS); /* one at the start */
    toy_done(&t);
}

static void arrives_and_reports_the_mean(void **state)
{
    (void)state;
    static toy t;
    vt_error err = VT_ERROR_INIT;
    toy_init(&t);
    vt_batch_training training = training_of(&t, EPOCHS_MOST, 0.05);
    check_ok(vt_batch_train(&training, &t.fit, &err));
    assert_true(fabsf(t.params.value[t.at] - 2.5F) < 0.1F);
    assert_true(fabs(t.report.loss - 8.25) < 0.01); /* the variance of ten numbers in a row */
    toy_done(&t);
}

/* A batch of which nothing is learned changes nothing, and counts in the schedule. */
static void leaves_out_steps_without_terms(void **state)
{
    (void)state;
    toy t;
    vt_error err = VT_ERROR_INIT;
    toy_init(&t);
    t.skip = 1;
    vt_batch_training training = training_of(&t, 2, 0.01);
    check_ok(vt_batch_train(&training, &t.fit, &err));
    assert_int_equal(t.left_out, 2);
    assert_int_equal(t.forwards, 2 * (STEPS - 1));
    assert_int_equal(t.numbers, 15);
    toy_done(&t);
    /* nothing at all */
    toy_init(&t);
    t.skip = 0;
    training = training_of(&t, 2, 0.01);
    training.examples = BATCH;
    check_ok(vt_batch_train(&training, &t.fit, &err));
    assert_true(fabsf(t.params.value[t.at]) <= 0.0F);
    assert_true(fabs(t.report.loss) <= 0.0);
    toy_done(&t);
}

static void gives_a_gradient_without_a_step(void **state)
{
    (void)state;
    toy t;
    vt_error err = VT_ERROR_INIT;
    toy_init(&t);
    t.params.value[t.at] = 1.0F;
    t.params.gradient[t.at] = 99.0F; /* of something before */
    vt_batch_training training = training_of(&t, 1, 0.01);
    double mean = 0.0, expected = 0.0, slope = 0.0;
    check_ok(vt_batch_gradient(&mean, &training, &t.fit, &err));
    for (int k = 0; k < BATCH; k++) {
        double error = 1.0 - (double)wanted(t.met[0][k]);
        expected += error * error / BATCH;
        slope += 2.0 * error / BATCH;
    }
    assert_true(fabs(mean - expected) < 1e-6);
    assert_true(fabs((double)t.params.gradient[t.at] - slope) < 1e-6);
    assert_true(fabsf(t.params.value[t.at] - 1.0F) <= 0.0F);
    toy_done(&t);
}

static void stops_when_asked(void **state)
{
    (void)state;
    toy t;
    vt_error err = VT_ERROR_INIT;
    toy_init(&t);
    t.stop_in = 1 + STEPS + 1; /* after the first step of the second epoch */
    vt_batch_training training = training_of(&t, 5, 0.01);
    assert_int_equal(vt_batch_train(&training, &t.fit, &err), VT_ERR_CANCELLED);
    assert_int_equal(t.forwards, STEPS + 1);
    toy_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(epochs_take_all_examples_in_their_own_order),
        cmocka_unit_test(arrives_and_reports_the_mean),
        cmocka_unit_test(leaves_out_steps_without_terms),
        cmocka_unit_test(gives_a_gradient_without_a_step),
        cmocka_unit_test(stops_when_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
