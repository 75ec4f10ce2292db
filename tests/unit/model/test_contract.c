/*
 * What every kind of model promises, run over the whole table of kinds: a new kind is covered by its row in registry.c.
 * A kind runs with its defaults and with each of the settings below that name it.
 */
#include "explanations.h"
#include "fault.h"
#include "ways.h"

#include <math.h>
#include <stdlib.h>

/* Fails unless scores are numbers or -INFINITY. */
static void check_numbers(const float *scores, int32_t n, const way *w)
{
    for (int32_t i = 0; i < n; i++) {
        if (isnan(scores[i]) || (isinf(scores[i]) && scores[i] > 0.0F)) {
            fail_msg("%s %s: score of item %d is %g", w->kind, w->settings, (int)i, (double)scores[i]);
        }
    }
}

static void threads(const way *w)
{
    data d = large_data();
    size_t size = 0, other = 0;
    char *bytes = NULL;
    for (int threads = 1; threads <= 5; threads++) {
        vt_error err = VT_ERROR_INIT;
        vt_model *model = NULL;
        check_ok(fit_with(&model, &d, w->kind, w->settings, threads, &err));
        char *more = file_of(model, threads == 1 ? &size : &other);
        if (threads > 1) {
            assert_int_equal(other, size);
            assert_memory_equal(more, bytes, size);
            vt_free(more);
        } else {
            bytes = more;
        }
        vt_model_free(model);
    }
    vt_free(bytes);
    data_done(&d);
}

static void same_bytes_for_any_threads(void **state)
{
    (void)state;
    for_every_way(threads);
}

static void loading(const way *w)
{
    vt_error err = VT_ERROR_INIT;
    data d = random_data(2);
    scratch s;
    scratch_init(&s);
    vt_model *model = fitted(&d, w->kind, w->settings), *loaded = NULL;
    check_ok(vt_model_save(model, scratch_path(&s, "m"), &err));
    check_ok(vt_model_load(&loaded, scratch_path(&s, "m"), &err));
    size_t n_items = (size_t)d.train->n_items, a_size = 0, b_size = 0;
    for (int32_t u = 0; u < d.train->n_users; u++) {
        vt_user_state query = state_of(&d, u);
        for (int fresh = 0; fresh < 2; fresh++) {
            query.as_fitted = fresh == 0;
            float *a = scores_of(&d, model, &query), *b = scores_of(&d, loaded, &query);
            check_numbers(a, d.train->n_items, w);
            assert_memory_equal(a, b, n_items * sizeof *a);
            vt_free(a);
            vt_free(b);
        }
    }
    char *a = file_of(model, &a_size), *b = file_of(loaded, &b_size);
    assert_int_equal(a_size, b_size);
    assert_memory_equal(a, b, a_size);
    vt_free(a);
    vt_free(b);
    vt_model_free(model);
    vt_model_free(loaded);
    scratch_done(&s);
    data_done(&d);
}

static void a_saved_model_is_the_same_model(void **state)
{
    (void)state;
    for_every_way(loading);
}

static void description(const way *w)
{
    data d = random_data(3);
    vt_error err = VT_ERROR_INIT;
    vt_model *model = NULL;
    vt_fit_options options = options_of(&d);
    options.seed = 77;
    options.trained_on = "time:0.8,0.1,0.1 train";
    const char *settings = brief(w->kind, w->settings);
    options.settings = &settings;
    options.n_settings = settings == NULL ? 0 : 1;
    check_ok(vt_model_fit(&model, w->kind, d.train, &options, &err));
    vt_interactions train = *d.train; /* what is described must be the model's own */
    scratch s;
    scratch_init(&s);
    check_ok(vt_model_save(model, scratch_path(&s, "m"), &err));
    vt_model_free(model);
    check_ok(vt_model_load(&model, scratch_path(&s, "m"), &err));
    vt_model_info info;
    vt_model_describe(model, &info);
    assert_string_equal(info.kind->name, w->kind);
    assert_string_equal(info.snapshot, d.snapshot->hash);
    assert_string_equal(info.trained_on, "time:0.8,0.1,0.1 train");
    assert_int_equal(info.seed, 77);
    assert_int_equal(info.n_users, train.n_users);
    assert_int_equal(info.n_items, train.n_items);
    assert_int_equal(info.n_interactions, train.n);
    for (size_t p = 0; p < info.kind->n_params; p++) {
        assert_non_null(strstr(info.settings, info.kind->params[p].name));
    }
    for (int32_t i = 0; i < info.n_items; i++) {
        int64_t count = 0;
        for (int64_t e = 0; e < train.n; e++) {
            count += train.item[e] == i;
        }
        assert_int_equal(info.item_count[i], count);
        assert_true(vt_str_equal(vt_ids_get(&info.items, i), vt_ids_get(&d.snapshot->items, i)));
    }
    for (int32_t u = 0; u < info.n_users; u++) {
        assert_true(vt_str_equal(vt_ids_get(&info.users, u), vt_ids_get(&d.snapshot->users, u)));
    }
    vt_model_free(model);
    scratch_done(&s);
    data_done(&d);
}

static void says_what_it_is(void **state)
{
    (void)state;
    for_every_way(description);
}

static void histories(const way *w)
{
    vt_error err = VT_ERROR_INIT;
    data d = random_data(4);
    vt_model *model = fitted(&d, w->kind, w->settings);
    int32_t n_items = d.train->n_items;
    size_t bytes = (size_t)n_items * sizeof(float);
    vt_user_state states[4] = {state_of(&d, 3), state_of(&d, 3), {.user = -1, .now = VT_NONE}, state_of(&d, 5)};
    states[1].user = -1; /* a stranger who did the same */
    states[1].as_fitted = false;
    states[3].as_fitted = false; /* one who bought everything again, in the same order */
    states[3].n = states[3].n > 20 ? 20 : states[3].n;
    int32_t twice[40];
    int64_t times[40];
    float values[40];
    for (size_t i = 0; i < states[3].n; i++) {
        twice[i] = twice[i + states[3].n] = states[3].item[i];
        values[i] = values[i + states[3].n] = states[3].value[i];
        times[i] = times[i + states[3].n] = states[3].time[i];
    }
    float *all = vt_alloc(4, bytes, &err);
    check_ok(vt_model_score(model, states, 4, all, &err));
    for (int s = 0; s < 4; s++) {
        float *one = scores_of(&d, model, &states[s]);
        check_numbers(one, n_items, w);
        for (int32_t i = 0; i < n_items; i++) {
            float a = one[i], b = all[s * n_items + i];
            assert_true((isinf(a) && isinf(b)) || fabsf(a - b) < 1e-5F);
        }
        vt_free(one);
    }
    /* Vectors learnt by steps of chance are those of the fit; all others are the history's alone. */
    bool learnt = (vt_model_kind_find(w->kind)->abilities & VT_MODEL_EPOCHS) != 0;
    for (int32_t i = 0; i < n_items && !learnt; i++) {
        float a = all[i], b = all[n_items + i];
        assert_true((isinf(a) && isinf(b)) || fabsf(a - b) <= 1e-4F * (1.0F + fabsf(a)));
    }
    vt_user_state again = states[3];
    again.n *= 2;
    again.item = twice;
    again.value = values;
    again.time = NULL;
    states[3].time = NULL;
    float *a = scores_of(&d, model, &states[3]), *b = scores_of(&d, model, &again);
    if ((vt_model_kind_find(w->kind)->abilities & VT_MODEL_ORDERED) == 0) {
        assert_memory_equal(a, b, bytes);
    }
    vt_free(a);
    vt_free(b);
    vt_free(all);
    vt_model_free(model);
    data_done(&d);
}

static void histories_of_all_sorts(void **state)
{
    (void)state;
    for_every_way(histories);
}

static void smallest(const way *w)
{
    static const event_row rows[] = {{"ann", "tea", 5, 3, 0, 0}, {"ann", "tea", 6, 4, 0, 0}};
    data d = data_of(rows, 2);
    vt_model *model = fitted(&d, w->kind, w->settings);
    vt_user_state query = state_of(&d, 0);
    float *scores = scores_of(&d, model, &query);
    check_numbers(scores, 1, w);
    vt_free(scores);
    size_t size = 0;
    vt_free(file_of(model, &size));
    vt_model_free(model);
    /* nothing to fit on: a sentence, not a model */
    vt_error err = VT_ERROR_INIT;
    vt_interactions none = *d.train;
    int64_t ptr[] = {0, 0};
    none.n = 0;
    none.ptr = ptr;
    data empty = {d.snapshot, &none, d.vectors};
    model = NULL;
    assert_int_equal(fit_with(&model, &empty, w->kind, w->settings, 1, &err), VT_ERR_USAGE);
    assert_null(model);
    data_done(&d);
}

static void one_user_and_one_item(void **state)
{
    (void)state;
    for_every_way(smallest);
}

static void wrong_states(const way *w)
{
    vt_error err = VT_ERROR_INIT;
    data d = random_data(4);
    vt_model *model = fitted(&d, w->kind, w->settings);
    float *scores = vt_alloc((size_t)d.train->n_items, sizeof *scores, &err);
    int32_t bad[] = {d.train->n_items}, worse[] = {-1};
    vt_user_state states[] = {{.user = d.train->n_users, .now = VT_NONE},
                              {.user = -2, .now = VT_NONE},
                              {.user = -1, .n = 1, .item = bad, .now = VT_NONE},
                              {.user = -1, .n = 1, .item = worse, .now = VT_NONE}};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(vt_model_score(model, &states[i], 1, scores, &err), VT_ERR_USAGE);
    }
    if (vt_model_kind_find(w->kind)->abilities & VT_MODEL_SIMILAR) {
        assert_int_equal(vt_model_similar(model, d.train->n_items, scores, &err), VT_ERR_USAGE);
        for (int32_t item = 0; item < d.train->n_items; item++) {
            check_ok(vt_model_similar(model, item, scores, &err));
            check_numbers(scores, d.train->n_items, w);
            assert_true(isinf(scores[item]));
        }
    } else {
        assert_int_equal(vt_model_similar(model, 0, scores, &err), VT_ERR_UNSUPPORTED);
    }
    float *vector = NULL;
    size_t n = 0;
    vt_user_state query = state_of(&d, 1);
    bool can = (vt_model_kind_find(w->kind)->abilities & VT_MODEL_USER_VECTOR) != 0;
    assert_int_equal(vt_model_user_vector(&vector, &n, model, &query, &err), can ? VT_OK : VT_ERR_UNSUPPORTED);
    vt_model_vector_free(vector);
    vt_free(scores);
    vt_model_free(model);
    data_done(&d);
}

static void refuses_what_it_cannot_answer(void **state)
{
    (void)state;
    for_every_way(wrong_states);
}

static void explanations(const way *w)
{
    enum { ASKED = 8 };
    vt_error err = VT_ERROR_INIT;
    make_random(&chance, 5);
    for (int i = 0; i < RANDOM_ROWS; i++) { /* the last five items are looked at and never bought */
        chance.rows[i].kind =
            strtol(chance.rows[i].item + 1, NULL, 10) >= RANDOM_ITEMS - 5 ? VIEW_ROW : chance.rows[i].kind;
    }
    data d = data_of(chance.rows, RANDOM_ROWS);
    for (int64_t e = 0; e < d.train->n; e++) {
        d.train->time[e] *= 40000; /* days apart, so that fading tells something */
    }
    vt_model *model = fitted(&d, w->kind, w->settings);
    int32_t n = d.train->n_items, items[RANDOM_ITEMS];
    vt_user_state query[ASKED];
    bool can = (vt_model_kind_find(w->kind)->abilities & VT_MODEL_EXPLAINS) != 0;
    vt_explanation made[RANDOM_ITEMS];
    for (int32_t i = 0; i < n; i++) {
        items[i] = i;
    }
    for (int32_t s = 0; s < ASKED; s++) {
        query[s] = state_of(&d, s);
        query[s].as_fitted = s % 2 == 0;
    }
    query[3].user = -1;
    query[4].time = NULL;
    query[4].kind = NULL;
    query[5].now = d.train->time[d.train->n - 1] + 86400 * 40;
    query[6] = (vt_user_state){.user = -1, .now = VT_NONE}; /* nobody */
    query[7].n = 1;
    for (int s = 0; s < ASKED; s++) {
        int status = vt_model_explain(made, model, &query[s], items, (size_t)n, &err);
        assert_int_equal(status, can ? VT_OK : VT_ERR_UNSUPPORTED);
        float *scores = scores_of(&d, model, &query[s]);
        for (int32_t i = 0; can && i < n; i++) {
            check_explanation(&made[i], scores[i], w->kind, w->settings);
            vt_explanation_done(&made[i]);
        }
        vt_free(scores);
    }
    if (can) {
        items[1] = n;
        assert_int_equal(vt_model_explain(made, model, &query[0], items, 2, &err), VT_ERR_USAGE);
        query[0].user = -2;
        assert_int_equal(vt_model_explain(made, model, &query[0], items, 1, &err), VT_ERR_USAGE);
    } else {
        assert_non_null(strstr(err.message, "cannot take its scores apart; these kinds can: itemknn, ease, slim, "));
    }
    vt_model_free(model);
    data_done(&d);
}

static void parts_sum_to_the_score(void **state)
{
    (void)state;
    for_every_way(explanations);
}

static void parameters(const way *w)
{
    data d = random_data(1);
    const vt_model_kind *kind = vt_model_kind_find(w->kind);
    for (size_t p = 0; w->settings == NULL && p < kind->n_params; p++) {
        const vt_param_spec *spec = &kind->params[p];
        bool choice = spec->type == VT_PARAM_CHOICE;
        for (int end = 0; end < 2; end++) {
            vt_error err = VT_ERROR_INIT;
            vt_model *model = NULL;
            char text[128];
            snprintf(text, sizeof text, "%s=%.9g", spec->name,
                     choice     ? 0.5
                     : end == 0 ? spec->min - 1.0
                                : spec->max * 1.01 + 1.0);
            assert_int_equal(fit_with(&model, &d, w->kind, text, 1, &err), VT_ERR_USAGE);
            assert_true(spec->type == VT_PARAM_TEXT || strstr(err.message, spec->name) != NULL);
            assert_null(model);
        }
    }
    for (size_t p = 0; w->settings == NULL && p < kind->n_presets; p++) {
        vt_error err = VT_ERROR_INIT;
        vt_fit_options options = options_of(&d);
        const char *settings = brief(w->kind, NULL);
        options.preset = kind->presets[p].name;
        options.settings = &settings;
        options.n_settings = settings == NULL ? 0 : 1;
        vt_model *model = NULL;
        check_ok(vt_model_fit(&model, w->kind, d.train, &options, &err));
        vt_model_free(model);
    }
    data_done(&d);
}

static void parameters_out_of_range_are_refused(void **state)
{
    (void)state;
    for_every_way(parameters);
    vt_error err = VT_ERROR_INIT;
    data d = random_data(1);
    vt_model *model = NULL;
    assert_int_equal(fit_with(&model, &d, "oracle", NULL, 1, &err), VT_ERR_USAGE);
    assert_non_null(strstr(err.message, "popularity, itemknn, ials, content, ease, slim"));
    data_done(&d);
}

static int stop_when_zero(void *context, const vt_progress_state *state)
{
    int *left = context;
    assert_non_null(state->stage);
    assert_true(state->done <= state->total);
    return (*left)-- == 0;
}

static void cancelling(const way *w)
{
    data d = random_data(1);
    int reports = 0;
    for (int stop = 0;; stop++) {
        vt_error err = VT_ERROR_INIT;
        int left = stop;
        vt_progress progress = {stop_when_zero, &left};
        vt_fit_options options = options_of(&d);
        const char *settings = brief(w->kind, w->settings);
        options.settings = &settings;
        options.n_settings = settings == NULL ? 0 : 1;
        options.progress = &progress;
        vt_model *model = NULL;
        int status = vt_model_fit(&model, w->kind, d.train, &options, &err);
        if (status == VT_OK) {
            vt_model_free(model);
            break;
        }
        assert_int_equal(status, VT_ERR_CANCELLED);
        assert_null(model);
        reports++;
    }
    assert_true(reports >= 1);
    data_done(&d);
}

static void stops_in_the_middle(void **state)
{
    (void)state;
    for_every_way(cancelling);
}

static void damage(const way *w)
{
    data d = random_data(2);
    vt_model *model = fitted(&d, w->kind, w->settings), *loaded = NULL;
    size_t size = 0;
    char *bytes = file_of(model, &size);
    scratch s;
    scratch_init(&s);
    /* the header byte by byte, the rest in strides; large files in longer ones */
    size_t stride = 1 + size / 1000 / 97;
    for (size_t at = 0; at < size; at += at < 300 ? 1 : 97 * stride) {
        vt_error err = VT_ERROR_INIT;
        bytes[at] = (char)(bytes[at] ^ 16);
        int status = vt_model_load(&loaded, scratch_write(&s, "m", bytes, size), &err);
        bytes[at] = (char)(bytes[at] ^ 16);
        if (status != VT_ERR_CORRUPT && status != VT_ERR_FORMAT && status != VT_ERR_LIMIT && status != VT_ERR_VERSION) {
            fail_msg("%s %s: byte %zu flipped: status %d \"%s\"", w->kind, w->settings, at, status, err.message);
        }
    }
    for (size_t length = 0; length < size; length += 61 * stride) {
        vt_error err = VT_ERROR_INIT;
        int status = vt_model_load(&loaded, scratch_write(&s, "m", bytes, length), &err);
        assert_true(status == VT_ERR_CORRUPT || status == VT_ERR_FORMAT);
    }
    assert_null(loaded);
    vt_free(bytes);
    vt_model_free(model);
    scratch_done(&s);
    data_done(&d);
}

static void damaged_files_are_refused(void **state)
{
    (void)state;
    for_every_way(damage);
}

typedef struct faulty {
    const data *d;
    const way *w;
    const char *path;
} faulty;

/* Fits, saves, loads, scores, compares, explains and asks for a vector; an allocation fails somewhere. */
static int whole_life(void *context, vt_error *err)
{
    const faulty *f = context;
    vt_model *model = NULL, *loaded = NULL;
    float scores[2 * RANDOM_ITEMS], *vector = NULL;
    size_t n = 0;
    vt_user_state query[2] = {state_of(f->d, 1), state_of(f->d, 2)};
    query[1].as_fitted = false;
    unsigned can = vt_model_kind_find(f->w->kind)->abilities;
    int status = fit_with(&model, f->d, f->w->kind, f->w->settings, 2, err);
    assert_true((status == VT_OK) == (model != NULL));
    status = status == VT_OK ? vt_model_save(model, f->path, err) : status;
    status = status == VT_OK ? vt_model_load(&loaded, f->path, err) : status;
    assert_true((status == VT_OK) == (loaded != NULL));
    status = status == VT_OK ? vt_model_score(loaded, query, 2, scores, err) : status;
    if (status == VT_OK && (can & VT_MODEL_SIMILAR) != 0) {
        status = vt_model_similar(loaded, 0, scores, err);
    }
    if (status == VT_OK && (can & VT_MODEL_USER_VECTOR) != 0) {
        status = vt_model_user_vector(&vector, &n, loaded, &query[1], err);
    }
    vt_explanation why = {0};
    const int32_t item = 1;
    if (status == VT_OK && (can & VT_MODEL_EXPLAINS) != 0) {
        status = vt_model_explain(&why, loaded, &query[1], &item, 1, err);
    }
    vt_explanation_done(&why);
    vt_model_vector_free(vector);
    vt_model_free(model);
    vt_model_free(loaded);
    return status;
}

static void faults(const way *w)
{
    if (w->settings == NULL && vt_model_kind_find(w->kind)->n_params > 0) {
        return; /* some hundred fits: the ways with settings are smaller */
    }
    data d = random_data(6);
    assert_in_range(d.train->n_items, 1, RANDOM_ITEMS);
    scratch s;
    scratch_init(&s);
    faulty f = {&d, w, scratch_path(&s, "m")};
    assert_in_range(fault_allocations(whole_life, &f), 20, 600);
    assert_in_range(fault_writes(whole_life, &f), 4, 40);
    scratch_done(&s);
    data_done(&d);
}

static void every_failure_leaves_nothing_behind(void **state)
{
    (void)state;
    for_every_way(faults);
}

/* With a kind's name: that one alone. With several: whether these are all there are, so that none is left out. */
static int covers(int argc, char **argv)
{
    size_t count = 0;
    const vt_model_kind *const *kinds = vt_model_kinds(&count);
    for (size_t k = 0; k < count; k++) {
        bool found = false;
        for (int i = 1; i < argc; i++) {
            found = found || strcmp(argv[i], kinds[k]->name) == 0;
        }
        if (!found) {
            fprintf(stderr, "tests/unit/meson.build does not run the contract over %s\n", kinds[k]->name);
            return 1;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 2) {
        return covers(argc, argv);
    }
    only_kind = argc == 2 ? argv[1] : NULL;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bytes_for_any_threads),
        cmocka_unit_test(a_saved_model_is_the_same_model),
        cmocka_unit_test(says_what_it_is),
        cmocka_unit_test(histories_of_all_sorts),
        cmocka_unit_test(one_user_and_one_item),
        cmocka_unit_test(refuses_what_it_cannot_answer),
        cmocka_unit_test(parts_sum_to_the_score),
        cmocka_unit_test(parameters_out_of_range_are_refused),
        cmocka_unit_test(stops_in_the_middle),
        cmocka_unit_test(damaged_files_are_refused),
        cmocka_unit_test(every_failure_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
