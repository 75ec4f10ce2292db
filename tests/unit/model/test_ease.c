/* EASE by hand on a small shop, and against plain elimination in double precision on random ones. */
#include "fitting.h"
#include "scratch.h"

#include <math.h>

#include "math/safetensors.h"

#define DAY ((int64_t)86400)

/* Users: ann a b, bob a b c, cat b c, dan c, eve alone; nobody bought "new". */
static const event_row rows[] = {
    {"ann", "a", 0, 5, 0, 0},        {"ann", "b", 1 * DAY, 5, 0, 0},    {"bob", "a", 0, 5, 0, 0},
    {"bob", "b", 2 * DAY, 5, 0, 0},  {"bob", "c", 6 * DAY, 5, 0, 0},    {"cat", "b", 0, 5, 0, 0},
    {"cat", "c", 20 * DAY, 5, 0, 0}, {"dan", "c", 0, 5, 0, 0},          {"ann", "a", 9 * DAY, 5, 0, 0},
    {"eve", "alone", 0, 5, 0, 0},    {"eve", "new", 1, 5, VIEW_ROW, 0},
};
enum { ROWS = sizeof rows / sizeof *rows };

static float similarity(const vt_model *model, const data *d, const char *item, const char *other)
{
    vt_error err = VT_ERROR_INIT;
    float *scores = vt_alloc((size_t)d->train->n_items, sizeof *scores, &err);
    check_ok(vt_model_similar(model, item_of(d, item), scores, &err));
    float got = scores[item_of(d, other)];
    assert_true(isinf(scores[item_of(d, item)]));
    vt_free(scores);
    return got;
}

/* X'X + 1 is 3 2 1, 2 4 2, 1 2 4; 24 times its inverse is 12 -6 0, -6 11 -4, 0 -4 8. */
static void weights_by_hand(void **state)
{
    (void)state;
    data d = data_of(rows, ROWS);
    vt_model *model = fitted(&d, "ease", "regularization=1");
    assert_float_equal(similarity(model, &d, "a", "b"), 6.0F / 11.0F, 1e-5F);
    assert_float_equal(similarity(model, &d, "b", "a"), 0.5F, 1e-5F);
    assert_float_equal(similarity(model, &d, "b", "c"), 0.5F, 1e-5F);
    assert_float_equal(similarity(model, &d, "c", "b"), 4.0F / 11.0F, 1e-5F);
    float of_a = similarity(model, &d, "a", "c");
    assert_true(isinf(of_a) || fabsf(of_a) < 1e-5F);
    assert_true(isinf(similarity(model, &d, "a", "alone")));
    assert_true(isinf(similarity(model, &d, "alone", "a")));
    vt_model_free(model);
    data_done(&d);
}

static void scores_add_up_the_history(void **state)
{
    (void)state;
    data d = data_of(rows, ROWS);
    int32_t a = item_of(&d, "a"), b = item_of(&d, "b"), c = item_of(&d, "c");
    const int32_t history[] = {c, b, c, item_of(&d, "alone")};
    const int64_t times[] = {0, 4 * DAY, 4 * DAY, 8 * DAY};
    vt_user_state query = {.user = -1, .n = 4, .item = history, .time = times, .now = VT_NONE};
    vt_model *model = fitted(&d, "ease", "regularization=1,half_life=4");
    float *scores = scores_of(&d, model, &query);
    /* c is eight days old, b four; "alone" and "new" have no evidence */
    assert_float_equal(scores[a], 0.5F * 0.5F, 1e-5F);
    assert_float_equal(scores[b], 0.25F * 4.0F / 11.0F, 1e-5F);
    assert_float_equal(scores[c], 0.5F * 0.5F, 1e-5F);
    assert_true(isinf(scores[item_of(&d, "alone")]) && isinf(scores[item_of(&d, "new")]));
    vt_free(scores);
    query.item = history + 3; /* nothing the model knows */
    query.n = 1;
    scores = scores_of(&d, model, &query);
    for (int32_t i = 0; i < d.train->n_items; i++) {
        assert_true(isinf(scores[i]));
    }
    vt_free(scores);
    vt_model_free(model);
    data_done(&d);
}

/* Texts of "new" and b are alike, brands of "new" and a the same, categories of c and "alone". */
static void the_prior_scores_what_nobody_bought(void **state)
{
    (void)state;
    static const float plane[] = {1.0F, 0.0F, 0.0F, 1.0F, 0.6F, 0.8F}; /* a, b, new */
    static const int64_t offset[] = {0, 1, 2, 5};
    const vt_item_vectors vectors = {3, 2, plane, {3, offset, "abnew"}, "plane", "", NULL};
    data d = data_of(rows, ROWS);
    enum { ITEMS = 5 };
    assert_int_equal(d.train->n_items, ITEMS);
    int32_t brand[ITEMS], category[ITEMS], fresh = item_of(&d, "new"), alone = item_of(&d, "alone");
    for (int i = 0; i < ITEMS; i++) {
        brand[i] = category[i] = -1;
    }
    brand[item_of(&d, "a")] = brand[fresh] = 2;
    category[item_of(&d, "c")] = category[alone] = 0;
    d.snapshot->item_brand = brand;
    d.snapshot->item_category = category;
    const char *settings = "regularization=1,text=0.5,sharpness=3,brand=0.25,category=0.125";
    vt_fit_options options = options_of(&d);
    options.text = &vectors;
    options.settings = &settings;
    options.n_settings = 1;
    vt_error err = VT_ERROR_INIT;
    vt_model *model = NULL;
    check_ok(vt_model_fit(&model, "ease", d.train, &options, &err));
    assert_float_equal(similarity(model, &d, "b", "new"), 0.5F * 0.8F * 0.8F * 0.8F, 1e-5F);
    assert_float_equal(similarity(model, &d, "a", "new"), 0.5F * 0.6F * 0.6F * 0.6F + 0.25F, 1e-5F);
    assert_float_equal(similarity(model, &d, "a", "b"), 6.0F / 11.0F, 1e-5F);
    assert_float_equal(similarity(model, &d, "alone", "c"), 0.125F, 1e-5F);
    assert_true(isinf(similarity(model, &d, "alone", "new")));
    vt_user_state eve = state_of(&d, vt_ids_find(&d.snapshot->users, vt_str_of("eve")));
    float *scores = scores_of(&d, model, &eve);
    assert_float_equal(scores[item_of(&d, "c")], 0.125F, 1e-5F);
    assert_float_equal(scores[fresh], 0.0F, 1e-5F);
    vt_free(scores);
    vt_model_free(model);
    /* without vectors: a sentence where texts are asked for, no matter where not */
    model = NULL;
    options.text = NULL;
    assert_int_equal(vt_model_fit(&model, "ease", d.train, &options, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "vitrine encode"));
    settings = "brand=1";
    check_ok(vt_model_fit(&model, "ease", d.train, &options, &err));
    assert_float_equal(similarity(model, &d, "new", "a"), 1.0F, 1e-5F);
    vt_model_free(model);
    data_done(&d);
}

/* The inverse of m (n, n) by Gauss-Jordan, in place. */
static void invert(double *m, int n)
{
    for (int k = 0; k < n; k++) {
        double pivot = m[k * n + k];
        m[k * n + k] = 1.0;
        for (int j = 0; j < n; j++) {
            m[k * n + j] /= pivot;
        }
        for (int i = 0; i < n; i++) {
            double by = m[i * n + k];
            if (i != k) {
                m[i * n + k] = 0.0;
                for (int j = 0; j < n; j++) {
                    m[i * n + j] -= by * m[k * n + j];
                }
            }
        }
    }
}

typedef struct setting {
    const char *text;
    double regularization, nu, dropout, user_power, event_half_life, item_power;
} setting;

/* Weights by definition into b (I, I): from i to score j. */
static void by_definition(double *b, const data *d, const setting *s)
{
    int n = d->train->n_items;
    double *x = vt_alloc_zero((size_t)n, sizeof *x, NULL), *own = vt_alloc_zero((size_t)n, sizeof *own, NULL);
    memset(b, 0, (size_t)n * (size_t)n * sizeof *b);
    for (int32_t u = 0; u < d->train->n_users; u++) {
        double items = 0.0;
        int64_t last = 0;
        memset(x, 0, (size_t)n * sizeof *x);
        for (int64_t e = d->train->ptr[u]; e < d->train->ptr[u + 1]; e++) {
            last = x[d->train->item[e]] > 0.0 ? last : d->train->time[e]; /* repeats do not count */
            items += x[d->train->item[e]] > 0.0 ? 0.0 : 1.0;
            x[d->train->item[e]] = 1.0;
        }
        memset(x, 0, (size_t)n * sizeof *x);
        for (int64_t e = d->train->ptr[u]; e < d->train->ptr[u + 1]; e++) {
            double age = (double)(last - d->train->time[e]) / (double)DAY;
            if (!(x[d->train->item[e]] > 0.0)) {
                x[d->train->item[e]] = (s->event_half_life > 0.0 ? exp2(-age / s->event_half_life) : 1.0) *
                                       pow(items, -0.5 * s->user_power);
            }
        }
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                b[i * n + j] += x[i] * x[j];
            }
        }
    }
    double mean = 0.0, bought = 0.0;
    for (int i = 0; i < n; i++) {
        own[i] = b[i * n + i];
        mean += own[i];
        bought += own[i] > 0.0;
    }
    mean /= bought;
    for (int i = 0; i < n; i++) {
        own[i] = own[i] > 0.0 ? own[i] : mean; /* nobody's: its weights are 0 whatever stands here */
        b[i * n + i] =
            own[i] + own[i] * s->dropout / (1.0 - s->dropout) + s->regularization * pow(own[i] / mean, s->nu);
    }
    invert(b, n);
    for (int j = 0; j < n; j++) {
        double pivot = b[j * n + j];
        for (int i = 0; i < n; i++) {
            b[i * n + j] = i == j ? 0.0 : -b[i * n + j] / pivot * pow(own[j] / mean, -s->item_power);
        }
    }
    vt_free(x);
    vt_free(own);
}

static void equals_the_definition(void **state)
{
    (void)state;
    static rows_of_chance chance;
    static const setting settings[] = {
        {"regularization=5", 5.0, 0.0, 0.0, 0.0, 0.0, 0.0},
        {"regularization=2,nu=0.5,dropout=0.3", 2.0, 0.5, 0.3, 0.0, 0.0, 0.0},
        {"regularization=3,user_power=0.5,item_power=0.25", 3.0, 0.0, 0.0, 0.5, 0.0, 0.25},
        {"regularization=1,event_half_life=0.0005", 1.0, 0.0, 0.0, 0.0, 0.0005, 0.0},
    };
    for (uint64_t seed = 0; seed < 3; seed++) {
        make_random(&chance, seed);
        data d = data_of(chance.rows, RANDOM_ROWS);
        int n = d.train->n_items;
        double *b = vt_alloc((size_t)n * (size_t)n, sizeof *b, NULL);
        float *scores = vt_alloc((size_t)n, sizeof *scores, NULL);
        for (size_t s = 0; s < sizeof settings / sizeof *settings; s++) {
            vt_error err = VT_ERROR_INIT;
            vt_model *model = fitted(&d, "ease", settings[s].text);
            by_definition(b, &d, &settings[s]);
            for (int i = 0; i < n; i++) {
                check_ok(vt_model_similar(model, i, scores, &err));
                for (int j = 0; j < n; j++) {
                    double got = isinf(scores[j]) ? 0.0 : (double)scores[j];
                    if (!(fabs(got - b[i * n + j]) < 1e-4)) {
                        fail_msg("seed %d %s: from %d to %d is %g instead of %g", (int)seed, settings[s].text, i, j,
                                 got, b[i * n + j]);
                    }
                }
            }
            vt_model_free(model);
        }
        vt_free(b);
        vt_free(scores);
        data_done(&d);
    }
}

static void too_many_items_are_refused(void **state)
{
    (void)state;
    enum { MANY = 20001 };
    event_row *many = vt_alloc_zero(MANY, sizeof *many, NULL);
    char(*ids)[8] = vt_alloc(MANY, sizeof *ids, NULL);
    for (int i = 0; i < MANY; i++) {
        snprintf(ids[i], sizeof ids[i], "i%d", i);
        many[i] = (event_row){"ann", ids[i], i, 4, 0, 0};
    }
    data d = data_of(many, MANY);
    vt_model *model = NULL;
    vt_error err = VT_ERROR_INIT;
    assert_int_equal(fit_with(&model, &d, "ease", NULL, 1, &err), VT_ERR_LIMIT);
    assert_non_null(strstr(err.message, "20001 items"));
    assert_null(model);
    data_done(&d);
    vt_free(many);
    vt_free(ids);
}

static void events_that_fade_need_times(void **state)
{
    (void)state;
    event_row without[] = {{"ann", "tea", VT_NONE, 5, 0, 0}, {"ann", "pot", VT_NONE, 4, 0, 0}};
    data d = data_of(without, 2);
    vt_model *model = NULL;
    vt_error err = VT_ERROR_INIT;
    assert_int_equal(fit_with(&model, &d, "ease", "event_half_life=7", 1, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "ease: event_half_life"));
    assert_null(model);
    check_ok(fit_with(&model, &d, "ease", NULL, 1, &err));
    vt_model_free(model);
    data_done(&d);
}

/* Rewrites a model file with a valid checksum after `spoil` changed a tensor; gives what loading says. */
static int load_spoilt(const char *tensor, int32_t number, float value)
{
    vt_error err = VT_ERROR_INIT;
    data d = data_of(rows, ROWS);
    scratch s;
    scratch_init(&s);
    vt_model *model = fitted(&d, "ease", NULL), *loaded = NULL;
    check_ok(vt_model_save(model, scratch_path(&s, "m"), &err));
    vt_safetensors *file = NULL;
    check_ok(vt_safetensors_open(&file, scratch_path(&s, "m"), &err));
    static const struct {
        const char *name;
        vt_dtype dtype;
    } all[] = {{"users.offset", VT_I64}, {"users.text", VT_U8}, {"items.offset", VT_I64}, {"items.text", VT_U8},
               {"items.count", VT_I64},  {"ease.item", VT_I32}, {"ease.weight", VT_F32}};
    static const char *const fields[] = {"format",     "version",  "kind", "settings",    "snapshot",
                                         "trained_on", "positive", "seed", "interactions"};
    enum { TENSORS = sizeof all / sizeof *all, FIELDS = sizeof fields / sizeof *fields };
    vt_tensor list[TENSORS];
    vt_text_pair metadata[FIELDS];
    int32_t item[3];
    float weight[9];
    for (int i = 0; i < FIELDS; i++) {
        metadata[i] = (vt_text_pair){fields[i], vt_safetensors_metadata(file, fields[i])};
    }
    for (int i = 0; i < TENSORS; i++) {
        check_ok(vt_safetensors_tensor(file, all[i].name, all[i].dtype, 1, -1, 0, &list[i], &err));
        list[i].name = all[i].name;
    }
    memcpy(item, list[5].data, sizeof item);
    memcpy(weight, list[6].data, sizeof weight);
    item[1] = strcmp(tensor, "ease.item") == 0 ? number : item[1];
    weight[1] = strcmp(tensor, "ease.weight") == 0 ? value : weight[1];
    list[5].data = item;
    list[6].data = weight;
    check_ok(vt_safetensors_write(scratch_path(&s, "n"), list, TENSORS, metadata, FIELDS, &err));
    vt_safetensors_close(file);
    int status = vt_model_load(&loaded, scratch_path(&s, "n"), &err);
    assert_true((status == VT_OK) == (loaded != NULL));
    vt_model_free(model);
    vt_model_free(loaded);
    scratch_done(&s);
    data_done(&d);
    return status;
}

static void spoilt_weights_are_refused(void **state)
{
    (void)state;
    assert_int_equal(load_spoilt("", 0, 0.0F), VT_OK);
    assert_int_equal(load_spoilt("ease.weight", 0, NAN), VT_ERR_CORRUPT);
    assert_int_equal(load_spoilt("ease.weight", 0, INFINITY), VT_ERR_CORRUPT);
    assert_int_equal(load_spoilt("ease.item", 0, 0.0F), VT_ERR_CORRUPT);  /* twice */
    assert_int_equal(load_spoilt("ease.item", -1, 0.0F), VT_ERR_CORRUPT); /* before the first */
    assert_int_equal(load_spoilt("ease.item", 77, 0.0F), VT_ERR_CORRUPT); /* not of the shop */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_by_hand),
        cmocka_unit_test(scores_add_up_the_history),
        cmocka_unit_test(the_prior_scores_what_nobody_bought),
        cmocka_unit_test(equals_the_definition),
        cmocka_unit_test(too_many_items_are_refused),
        cmocka_unit_test(events_that_fade_need_times),
        cmocka_unit_test(spoilt_weights_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
