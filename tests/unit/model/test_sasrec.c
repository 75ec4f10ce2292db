/*
 * SASRec: it learns an order that sets do not have, and with time=relative a pause; the gradient of the whole network
 * is that of its loss.
 */
#include "fitting.h"

#include "math/nn/loss.h"
#include "model/params.h"
#include "model/registry.h"
#include "model/sasrec/sasrec.h"

enum { USERS = 60, EVENTS = 9, ITEMS = 7 };

/* Users go round a circle of items, one half of them forward from different starts, the other half backward. */
typedef struct circle {
    char user[USERS][8], item[ITEMS][8];
    event_row rows[USERS * EVENTS];
} circle;

static data circle_data(circle *w)
{
    for (int i = 0; i < ITEMS; i++) {
        snprintf(w->item[i], sizeof w->item[i], "i%d", i);
    }
    for (int u = 0; u < USERS; u++) {
        snprintf(w->user[u], sizeof w->user[u], "u%02d", u);
        for (int e = 0; e < EVENTS; e++) {
            int step = u % 2 == 0 ? e : ITEMS * EVENTS - e;
            w->rows[u * EVENTS + e] = (event_row){w->user[u], w->item[(u / 2 + step) % ITEMS], e * 60, 4, 0, 0};
        }
    }
    return data_of(w->rows, USERS * EVENTS);
}

static int32_t best_of(const data *d, const vt_model *model, const char *const *items, const int64_t *time, size_t n)
{
    int32_t item[8], best = 0;
    for (size_t i = 0; i < n; i++) {
        item[i] = item_of(d, items[i]);
    }
    const vt_user_state stranger = {.user = -1, .n = n, .item = item, .time = time, .now = VT_NONE};
    float *scores = scores_of(d, model, &stranger);
    for (int32_t i = 1; i < d->train->n_items; i++) {
        best = scores[i] > scores[best] ? i : best;
    }
    vt_free(scores);
    return best;
}

static void learns_an_order(void **state)
{
    (void)state;
    static circle w;
    static const char *const settings[] = {
        "epochs=30,batch=10,dimensions=16,rate=0.01,length=8,warmup=10",
        "epochs=30,batch=10,dimensions=16,rate=0.01,length=8,warmup=10,loss=sampled,negatives=30",
        "epochs=60,batch=10,dimensions=16,rate=0.01,length=8,warmup=10,loss=bce,negatives=3",
        "epochs=60,batch=10,dimensions=16,rate=0.003,length=3,warmup=50,norm=last,activation=gelu,smoothing=0.1",
    };
    static const char *const up[] = {"i1", "i2", "i3"}, *const down[] = {"i5", "i4", "i3"};
    data d = circle_data(&w);
    for (size_t s = 0; s < sizeof settings / sizeof *settings; s++) {
        vt_model *model = fitted(&d, "sasrec", settings[s]);
        assert_int_equal(best_of(&d, model, up, NULL, 3), item_of(&d, "i4"));
        assert_int_equal(best_of(&d, model, down, NULL, 3), item_of(&d, "i2"));
        vt_model_free(model);
    }
    data_done(&d);
}

/* After a short pause between "a" and "b" people buy "soon", after a long one "late". */
static void learns_a_pause(void **state)
{
    (void)state;
    static char user[USERS][8];
    static event_row rows[USERS * 4];
    for (int u = 0; u < USERS; u++) {
        int64_t pause = u % 2 == 0 ? 10 : 500;
        snprintf(user[u], sizeof user[u], "u%02d", u);
        rows[4 * u] = (event_row){user[u], "first", 0, 4, 0, 0};
        rows[4 * u + 1] = (event_row){user[u], "a", 10, 4, 0, 0};
        rows[4 * u + 2] = (event_row){user[u], "b", 10 + pause, 4, 0, 0};
        rows[4 * u + 3] = (event_row){user[u], u % 2 == 0 ? "soon" : "late", 20 + pause, 4, 0, 0};
    }
    data d = data_of(rows, USERS * 4);
    vt_model *model = fitted(
        &d, "sasrec",
        "epochs=60,batch=10,dimensions=16,rate=0.01,length=5,warmup=10,dropout=0.1,time=relative,time_classes=8");
    static const char *const items[] = {"first", "a", "b"};
    const int64_t soon[] = {100, 110, 120}, late[] = {100, 110, 600};
    assert_int_equal(best_of(&d, model, items, soon, 3), item_of(&d, "soon"));
    assert_int_equal(best_of(&d, model, items, late, 3), item_of(&d, "late"));
    vt_model_free(model);
    data_done(&d);
}

/* A history longer than what is read ends alike; one without events has no scores; strangers' items are passed over. */
static void reads_the_last_events(void **state)
{
    (void)state;
    static circle w;
    data d = circle_data(&w);
    vt_model *model = fitted(&d, "sasrec", "epochs=1,dimensions=8,length=4");
    vt_user_state all = state_of(&d, 0), last = all, none = {.user = 0, .now = VT_NONE};
    last.item += last.n - 4;
    last.time += last.n - 4;
    last.n = 4;
    float *a = scores_of(&d, model, &all), *b = scores_of(&d, model, &last), *c = scores_of(&d, model, &none);
    assert_memory_equal(a, b, (size_t)d.train->n_items * sizeof *a);
    assert_true(isinf(c[0]) && !isinf(a[0]));
    vt_free(a);
    vt_free(b);
    vt_free(c);
    vt_model_free(model);
    data_done(&d);
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    static const event_row once[] = {{"ann", "tea", 5, 3, 0, 0}, {"bob", "rye", 6, 4, 0, 0}};
    vt_error err = VT_ERROR_INIT;
    vt_model *model = NULL;
    data d = data_of(once, 2);
    assert_int_equal(fit_with(&model, &d, "sasrec", "dimensions=15,heads=2", 1, &err), VT_ERR_USAGE);
    assert_string_equal(err.message, "sasrec: dimensions is 15 and heads is 2; a multiple of heads is expected");
    assert_int_equal(fit_with(&model, &d, "sasrec", NULL, 1, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "no user has two events"));
    assert_null(model);
    data_done(&d);
}

/* The mean softmax loss of two histories, and the gradient of the slab when `back`. */
static double whole_loss(vt_sasrec *m, bool back)
{
    static const int32_t item[] = {0, 3, 1, 4, 2, 2, 0}, target[] = {3, 1, 4, 0, 2, 0, 1};
    static const int64_t time[] = {0, 5, 30, 31, 4, 6, 7};
    const vt_sas_events events[] = {{item, time, 4}, {item + 4, time + 4, 3}};
    vt_sas_batch batch = {0};
    vt_nn nn = vt_nn_with(1);
    float *scratch = vt_alloc(vt_nn_softmax_scratch(5), sizeof *scratch, NULL), dout[7 * 6];
    uint64_t key = vt_nn_key(1, 2, 3, 4);
    assert_int_equal(vt_sas_batch_fill(&batch, m, events, 2, true, NULL), VT_OK);
    vt_sasrec_forward(&nn, m, &batch, true, key);
    const vt_nn_targets targets = {batch.out, m->params.value + m->items, target, 7, 5, 6, 1.0F / 7.0F};
    float *de = back ? m->params.gradient + m->items : NULL;
    double loss = vt_nn_softmax(&nn, back ? dout : NULL, de, &targets, 0.0F, scratch) / 7.0;
    if (back) {
        vt_sasrec_back(&nn, m, &batch, dout, key);
    }
    vt_sas_batch_done(&batch);
    vt_free(scratch);
    return loss;
}

/* In single precision, so only to about one percent; what a term is missing from would be off by much more. */
static void gradient_of_the_whole(void **state)
{
    (void)state;
    vt_params settings;
    vt_sasrec *m = NULL;
    vt_error err = VT_ERROR_INIT;
    const vt_model_kind *kind = vt_model_kind_find("sasrec");
    check_ok(vt_params_init(&settings, kind, &err));
    check_ok(vt_params_set(
        &settings, "dimensions=6,layers=2,length=4,time=relative,time_classes=4,activation=gelu,dropout=0.2", &err));
    check_ok(vt_sasrec_create(&m, &settings, 5, &err));
    check_ok(vt_nn_params_train(&m->params, &err));
    vt_nn_encoder_start(&m->encoder, &m->params, 3);
    vt_nn_params_normal(&m->params, "items", 0.5, 3);
    vt_nn_params_normal(&m->params, "positions", 0.5, 3);
    whole_loss(m, true);
    for (size_t p = 0; p < m->params.n; p++) {
        const vt_nn_param *param = &m->params.param[p];
        double worst = 0.0, largest = 0.0;
        for (size_t i = param->offset; i < param->offset + param->rows * param->cols; i++) {
            float was = m->params.value[i];
            m->params.value[i] = was + 4e-3F;
            double high = whole_loss(m, false);
            m->params.value[i] = was - 4e-3F;
            double slope = (high - whole_loss(m, false)) / 8e-3;
            m->params.value[i] = was;
            worst = fmax(worst, fabs(slope - (double)m->params.gradient[i]));
            largest = fmax(largest, fabs(slope));
        }
        if (!(worst < 0.01 * largest + 2e-4)) {
            fail_msg("%s: off by %g of %g", param->name, worst, largest);
        }
    }
    vt_sasrec_free(m);
    vt_params_done(&settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(learns_an_order),       cmocka_unit_test(learns_a_pause),
        cmocka_unit_test(reads_the_last_events), cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(gradient_of_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
