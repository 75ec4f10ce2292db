/* The fusion model: its gradient against differences, and what it must learn from planted data. */
#include "fitting.h"

#include "dataset/builder.h"
#include "model/fusion/fusion.h"
#include "model/fusion/parts.h"
#include "model/model.h"
#include "model/params.h"
#include "scratch.h"

static rows_of_chance chance;

/* A model on the way to its first step, with every part in use. */
typedef struct probe {
    data d;
    vt_params params;
    vt_fit_options options;
    vt_fit fit;
    vt_fusion *m;
} probe;

static void probe_init(probe *p, const char *settings, bool signals)
{
    vt_error err = VT_ERROR_INIT;
    make_random(&chance, 9);
    *p = (probe){.d = data_of(chance.rows, RANDOM_ROWS)};
    for (int64_t e = 0; e < p->d.train->n; e++) {
        p->d.train->time[e] *= 40000; /* days apart, so that time tells something */
    }
    if (signals) {
        add_signals(&p->d);
    }
    check_ok(vt_params_init(&p->params, vt_model_kind_find("fusion"), &err));
    check_ok(vt_params_set(&p->params, settings, &err));
    p->options = options_of(&p->d);
    p->fit = (vt_fit){.train = p->d.train,
                      .text = p->options.text,
                      .image = p->options.image,
                      .params = &p->params,
                      .seed = 3,
                      .threads = 2,
                      .options = &p->options};
    check_ok(vt_fusion_create(&p->m, &p->params, p->d.train->n_users, p->d.train->n_items, &err));
    p->m->timed = true;
    check_ok(vt_fusion_take_items(p->m, &p->fit, &err));
    check_ok(vt_fusion_add_params(p->m, &p->params, &err));
    check_ok(vt_fusion_take_near(p->m, 1, &err));
}

static void probe_done(probe *p)
{
    vt_fusion_free(p->m);
    vt_params_done(&p->params);
    data_done(&p->d);
}

static double loss_of(probe *p)
{
    vt_error err = VT_ERROR_INIT;
    double loss = 0.0;
    check_ok(vt_fusion_gradient(&loss, p->m, &p->fit, &err));
    return loss;
}

/* The slope of the loss in a direction by chance within each tensor, by differences and by the gradient. */
static void check_gradient(const char *settings, bool signals, int least)
{
    probe p;
    probe_init(&p, settings, signals);
    loss_of(&p);
    vt_nn_params *params = &p.m->params;
    for (size_t t = 0; t < params->n; t++) { /* away from zeros, where some slopes would be hidden */
        vt_rng rng = vt_rng_at(11, "test", t, 0);
        for (size_t i = 0; i < params->param[t].rows * params->param[t].cols; i++) {
            params->value[params->param[t].offset + i] += 0.05F * (float)vt_rng_normal(&rng);
        }
    }
    loss_of(&p);
    float *gradient = vt_alloc(params->floats, sizeof *gradient, NULL), *value = params->value;
    assert_non_null(gradient);
    memcpy(gradient, params->gradient, params->floats * sizeof *gradient);
    int sloped = 0;
    for (size_t t = 0; t < params->n; t++) {
        const vt_nn_param *tensor = &params->param[t];
        size_t n = tensor->rows * tensor->cols;
        vt_rng rng = vt_rng_at(12, "test", t, 0);
        double expected = 0.0, length = 0.0, loss[2];
        float *direction = vt_alloc(n + 1, sizeof *direction, NULL), *before = vt_alloc(n + 1, sizeof *before, NULL);
        assert_true(direction != NULL && before != NULL);
        for (size_t i = 0; i < n; i++) {
            direction[i] = (float)vt_rng_normal(&rng);
            length += (double)direction[i] * (double)direction[i];
        }
        double step = n == 0 ? 0.0 : 0.02 / sqrt(length);
        memcpy(before, value + tensor->offset, n * sizeof *before);
        for (size_t i = 0; i < n; i++) {
            expected += (double)gradient[tensor->offset + i] * (double)direction[i];
        }
        for (int side = 0; side < 2; side++) {
            for (size_t i = 0; i < n; i++) {
                value[tensor->offset + i] = before[i] + (float)((side == 0 ? -step : step) * (double)direction[i]);
            }
            loss[side] = loss_of(&p);
        }
        memcpy(value + tensor->offset, before, n * sizeof *before);
        double slope = n == 0 ? 0.0 : (loss[1] - loss[0]) / (2.0 * step);
        if (!(fabs(slope - expected) <= 2e-3 * (fabs(slope) + fabs(expected)) + 2e-4 * sqrt(length))) {
            fail_msg("%s: slope %g by differences, %g by the gradient", tensor->name, slope, expected);
        }
        sloped += fabs(expected) > 1e-4;
        vt_free(direction);
        vt_free(before);
    }
    assert_true(sloped >= least); /* that much of the network matters in this loss */
    vt_free(gradient);
    probe_done(&p);
}

static void gradients(void **state)
{
    (void)state;
    check_gradient("dimensions=8,batch=13,length=6,dropout=0,cold=0.2,lag=0.5,neighbours=9,floor=0,half_life=30", false,
                   30);
    check_gradient(
        "dimensions=8,batch=13,length=4,dropout=0.2,cold=0.2,lag=0.7,stale=0.5,neighbours=9,floor=0,half_life=30,"
        "intent_half_life=3",
        true, 30);
    check_gradient(
        "dimensions=8,batch=5,length=4,dropout=0.2,cold=0.2,lag=0.7,stale=0.5,neighbours=9,floor=0,sampled=4", true,
        30);
    check_gradient("dimensions=6,heads=1,batch=9,length=3,dropout=0.3,cold=0,lag=0,without=attention", true, 10);
}

/*
 * The items of a step stand for all: over many draws the loss is that of all items, of which the few that were drawn
 * alone would be far from it.
 */
static void samples_stand_for_all(void **state)
{
    (void)state;
    enum { DRAWS = 40 };
    static const char all[] = "dimensions=8,batch=3,dropout=0,cold=0,lag=0,regularization=0";
    static const char some[] = "dimensions=8,batch=3,dropout=0,cold=0,lag=0,regularization=0,sampled=5";
    double sum[2] = {0.0, 0.0};
    size_t items = 0;
    for (int which = 0; which < 2; which++) {
        probe p;
        probe_init(&p, which == 0 ? all : some, false);
        items = p.m->n_known;
        assert_int_equal(vt_fusion_sampled(p.m, &p.params), which == 0 ? 0 : 5);
        for (int k = 0; k < DRAWS; k++) {
            p.fit.seed = (uint64_t)k; /* other users, and other items */
            sum[which] += loss_of(&p);
        }
        probe_done(&p);
    }
    assert_true(items > 20);
    if (!(fabs(sum[1] - sum[0]) < 0.02 * sum[0])) {
        fail_msg("a mean loss of %g by samples, %g by all %zu items", sum[1] / DRAWS, sum[0] / DRAWS, items);
    }
}

/* What a user's own row did to EASE's matrix is taken off exactly: as if the matrix had been made without the user. */
static void leaving_a_user_out(void **state)
{
    (void)state;
    probe p;
    probe_init(&p, "dimensions=4,regularization=5", false);
    loss_of(&p);
    vt_fusion *m = p.m;
    size_t n = m->n_known;
    vt_error err = VT_ERROR_INIT;
    vt_interactions all = *p.d.train;
    int32_t *item = vt_alloc((size_t)all.n, sizeof *item, &err);
    assert_non_null(item);
    for (int64_t e = 0; e < all.n; e++) {
        item[e] = m->place[all.item[e]];
    }
    all.item = item;
    vt_fusion_rows rows = {0}, other_rows = {0};
    check_ok(vt_fusion_rows_init(&rows, &all, &err));
    int32_t user = 0; /* one who has an item twice: it counts once */
    while (rows.ptr[user + 1] - rows.ptr[user] == all.ptr[user + 1] - all.ptr[user]) {
        user++;
        assert_true(user < all.n_users);
    }
    int32_t first = item[all.ptr[user]];
    vt_fusion_pass pass;
    check_ok(vt_fusion_pass_init(&pass, m, &err));
    vt_fusion_pass_start(&pass, &rows, user);
    const vt_fusion_event event = {.time = 5, .item = first, .group = VT_GROUP_TAKEN};
    vt_fusion_pass_event(&pass, &event);

    /* The same out of a matrix that never saw the user. */
    vt_interactions others = all;
    int64_t *ptr = vt_alloc((size_t)all.n_users + 1, sizeof *ptr, &err), own = all.ptr[user + 1] - all.ptr[user];
    assert_non_null(ptr);
    for (int32_t u = 0; u <= all.n_users; u++) {
        ptr[u] = all.ptr[u] - (u > user ? own : 0);
    }
    memmove(item + all.ptr[user], item + all.ptr[user + 1], (size_t)(all.n - all.ptr[user + 1]) * sizeof *item);
    others.ptr = ptr;
    others.n = all.n - own;
    check_ok(vt_fusion_rows_init(&other_rows, &others, &err));
    float *with = m->together;
    m->together = NULL;
    check_ok(vt_fusion_take_together(m, &other_rows, &p.fit, &err));
    vt_fusion_pass plain;
    check_ok(vt_fusion_pass_init(&plain, m, &err));
    vt_fusion_pass_start(&plain, NULL, -1);
    vt_fusion_pass_event(&plain, &event);
    for (size_t i = 0; i < n; i++) {
        int term = vt_fusion_term(VT_GROUP_TAKEN, VT_RELATION_TOGETHER);
        float a = vt_fusion_pass_value(&pass, term, (int32_t)i), b = vt_fusion_pass_value(&plain, term, (int32_t)i);
        assert_true(fabsf(a - b) < 1e-4F);
    }
    vt_fusion_rows_done(&rows);
    vt_fusion_rows_done(&other_rows);
    vt_free(with);
    vt_free(item);
    vt_free(ptr);
    vt_fusion_pass_done(&pass);
    vt_fusion_pass_done(&plain);
    probe_done(&p);
}

/* Views, carts and dislikes move the score of items, each group its own way; unless the fit passed them over. */
static void signals_count(void **state)
{
    (void)state;
    make_random(&chance, 4);
    data d = data_of(chance.rows, RANDOM_ROWS);
    for (int64_t e = 0; e < d.train->n; e++) {
        d.train->time[e] *= 40000;
    }
    add_signals(&d);
    vt_model *with = fitted(&d, "fusion", "epochs=2,dimensions=8");
    vt_model *without = fitted(&d, "fusion", "epochs=2,dimensions=8,without=signals");
    vt_user_state query = state_of(&d, 3), seen = {.user = -1, .n = 1};
    query.now = d.train->time[d.train->n - 1] + 86400;
    query.as_fitted = false;
    vt_model_info heard, unheard;
    vt_model_describe(with, &heard);
    vt_model_describe(without, &unheard);
    assert_true((heard.signals >> VT_EVENT_VIEW & heard.signals >> VT_EVENT_DISLIKE & 1U) != 0);
    assert_true((heard.signals >> VT_EVENT_IMPRESSION & 1U) == 0 && unheard.signals == 0);
    const int32_t item = 5;
    const int64_t time = query.now - 3600;
    const float value = NAN;
    float *plain = scores_of(&d, with, &query), *deaf = scores_of(&d, without, &query), last = NAN;
    static const uint8_t kinds[] = {VT_EVENT_VIEW, VT_EVENT_CART, VT_EVENT_DISLIKE};
    for (size_t k = 0; k < sizeof kinds; k++) {
        seen.item = &item;
        seen.time = &time;
        seen.value = &value;
        seen.kind = &kinds[k];
        query.signals = &seen;
        float *scores = scores_of(&d, with, &query), *same = scores_of(&d, without, &query);
        assert_true(fabsf(scores[item] - plain[item]) > 1e-4F);
        assert_true(isnan(last) || fabsf(scores[item] - last) > 1e-5F);
        assert_memory_equal(same, deaf, (size_t)d.train->n_items * sizeof *same);
        last = scores[item];
        vt_free(scores);
        vt_free(same);
    }
    vt_free(plain);
    vt_free(deaf);
    vt_model_free(with);
    vt_model_free(without);
    data_done(&d);
}

/*
 * Ratings that are told by what is planted (some items are better, half of the people like those of even number, the
 * others those of odd number) are predicted nearer than by their mean, on the scale, and alike out of a file.
 */
static void ratings_are_predicted(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    make_random(&chance, 8);
    data d = data_of(chance.rows, RANDOM_ROWS);
    vt_interactions *train = d.train;
    double sum = 0.0, square = 0.0, missed = 0.0;
    for (int32_t u = 0; u < train->n_users; u++) {
        for (int64_t e = train->ptr[u]; e < train->ptr[u + 1]; e++) {
            train->value[e] = (float)(2 + train->item[e] % 3 / 2 + 2 * (train->item[e] % 2 == u % 2));
            sum += (double)train->value[e];
        }
    }
    vt_model *model = fitted(&d, "fusion", "epochs=1,dimensions=8,rating_epochs=40,regularization=5"), *read = NULL;
    vt_model *ranks = fitted(&d, "fusion", "epochs=1,dimensions=8");
    scratch folder;
    scratch_init(&folder);
    check_ok(vt_model_save(model, scratch_path(&folder, "m.safetensors"), &err));
    check_ok(vt_model_load(&read, scratch_path(&folder, "m.safetensors"), &err));
    scratch_done(&folder);
    for (int32_t u = 0; u < train->n_users; u++) {
        vt_user_state query = state_of(&d, u);
        for (int64_t e = train->ptr[u]; e < train->ptr[u + 1]; e++) {
            float rating = NAN, again = NAN;
            check_ok(vt_model_predict(model, &query, &train->item[e], 1, &rating, &err));
            check_ok(vt_model_predict(read, &query, &train->item[e], 1, &again, &err));
            assert_true(rating >= 2.0F && rating <= 5.0F && fabsf(rating - again) < 1e-6F);
            double error = (double)(rating - train->value[e]), off = (double)train->value[e] - sum / (double)train->n;
            missed += error * error;
            square += off * off;
        }
    }
    if (!(missed < 0.7 * square)) {
        fail_msg("squared errors %g, of the mean %g", missed, square);
    }
    float unused = NAN;
    vt_user_state nobody = {.user = -1, .now = VT_NONE};
    check_ok(vt_model_predict(model, &nobody, train->item, 1, &unused, &err));
    assert_true(isfinite(unused));
    assert_int_equal(vt_model_predict(ranks, &nobody, train->item, 1, &unused, &err), VT_ERR_UNSUPPORTED);
    assert_non_null(strstr(err.message, "rating_epochs"));
    vt_error_reset(&err);
    vt_model_free(model);
    vt_model_free(read);
    vt_model_free(ranks);
    data_done(&d);
}

/* A model is for vectors of the encoder it was fitted on, also out of a file; one that reads none does not mind. */
static void other_encoders_are_refused(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    data d = data_of(chance.rows, RANDOM_ROWS);
    vt_item_vectors own = d.vectors, other = d.vectors;
    own.hash = "aa11";
    other.hash = "bb22";
    const char *kinds[] = {"fusion", "content", "itemknn", "ease"};
    const char *setting[] = {"epochs=1", "half_life=0", "k=5", "text=0"};
    for (size_t k = 0; k < 4; k++) {
        vt_fit_options options = options_of(&d);
        options.text = &own;
        options.image = NULL;
        options.settings = &setting[k];
        options.n_settings = 1;
        vt_model *model = NULL, *read = NULL;
        check_ok(vt_model_fit(&model, kinds[k], d.train, &options, &err));
        scratch folder;
        scratch_init(&folder);
        check_ok(vt_model_save(model, scratch_path(&folder, "m.safetensors"), &err));
        check_ok(vt_model_load(&read, scratch_path(&folder, "m.safetensors"), &err));
        scratch_done(&folder);
        check_ok(vt_model_check_vectors(read, &own, &other, &err));
        check_ok(vt_model_check_vectors(read, NULL, NULL, &err));
        int status = vt_model_check_vectors(read, &other, NULL, &err);
        assert_int_equal(status, k < 2 ? VT_ERR_UNSUPPORTED : VT_OK);
        if (k < 2) {
            assert_non_null(strstr(err.message, "aa11"));
            assert_non_null(strstr(err.message, "bb22"));
        }
        vt_model_free(model);
        vt_model_free(read);
        vt_error_reset(&err);
    }
    data_done(&d);
}

/* Two items that nobody had when the model was fitted, one before and one behind all others in order. */
static vt_snapshot *with_newcomers(const vt_ids *known)
{
    vt_error err = VT_ERROR_INIT;
    vt_snapshot_options options;
    vt_builder *builder = NULL;
    vt_snapshot *out = NULL;
    vt_snapshot_options_init(&options);
    check_ok(vt_builder_create(&builder, &options, &err));
    for (int32_t i = -1; i <= known->n; i++) {
        vt_item item = {.price = VT_NONE, .cost = VT_NONE, .stock = VT_NONE};
        item.id = i < 0 ? vt_str_of("!first") : i == known->n ? vt_str_of("~last") : vt_ids_get(known, i);
        check_ok(vt_builder_add_item(builder, VT_NONE, &item, &err));
    }
    check_ok(vt_builder_finish(&out, builder, NULL, &err));
    vt_builder_free(builder);
    return out;
}

static void items_that_came_later(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    data d = data_of(chance.rows, RANDOM_ROWS);
    vt_model *model = fitted(&d, "fusion", "epochs=1"), *other = fitted(&d, "itemknn", "k=5");
    int32_t n = d.snapshot->items.n, history[2] = {1, 2}, moved[2] = {2, 3}, last = n + 1;
    vt_user_state query = {.user = -1, .n = 2, .item = history, .now = VT_NONE};
    float *before = vt_alloc((size_t)n, sizeof *before, &err), *after = vt_alloc((size_t)n + 2, sizeof *after, &err);
    assert_true(before != NULL && after != NULL);
    check_ok(vt_model_score(model, &query, 1, before, &err));
    vt_snapshot *more = with_newcomers(&d.snapshot->items);
    float rows[VECTOR_SIZE] = {1};
    static const int64_t offset[] = {0, 5};
    const vt_item_vectors text = {1, VECTOR_SIZE, rows, {1, offset, "~last"}, "chance", "", NULL};
    int64_t added = 0;
    check_ok(vt_model_add_items(&added, model, more, &text, NULL, 2, &err));
    assert_int_equal(added, 2);
    check_ok(vt_model_add_items(&added, model, more, &text, NULL, 2, &err));
    assert_int_equal(added, 0);
    query.item = moved;
    check_ok(vt_model_score(model, &query, 1, after, &err));
    for (int32_t i = 0; i < n; i++) { /* what was there is where it was, one number on */
        assert_true(fabsf(before[i] - after[i + 1]) < 1e-4F);
    }
    assert_true(isfinite(after[0]) && isfinite(after[n + 1]));
    vt_explanation why = {0};
    check_ok(vt_model_explain(&why, model, &query, &last, 1, &err));
    double sum = 0.0;
    for (size_t k = 0; k < why.n_parts; k++) {
        sum += why.parts[k].value;
    }
    assert_true(fabs(sum - (double)after[n + 1]) < 1e-4);
    assert_int_equal(vt_model_add_items(&added, other, more, NULL, NULL, 1, &err), VT_ERR_UNSUPPORTED);
    vt_explanation_done(&why);
    vt_snapshot_free(more);
    vt_free(before);
    vt_free(after);
    vt_model_free(model);
    vt_model_free(other);
    data_done(&d);
}

/* Whatever the history is like, every item has a score, and the explanation adds up to it. */
static void check_history(const vt_model *model, const vt_user_state *query, int32_t n_items)
{
    vt_error err = VT_ERROR_INIT;
    vt_explanation why = {0};
    int32_t item = n_items - 1;
    float *scores = vt_alloc((size_t)n_items, sizeof *scores, &err);
    assert_non_null(scores);
    check_ok(vt_model_score(model, query, 1, scores, &err));
    for (int32_t i = 0; i < n_items; i++) {
        assert_true(isfinite(scores[i]));
    }
    check_ok(vt_model_explain(&why, model, query, &item, 1, &err));
    double sum = 0.0;
    for (size_t k = 0; k < why.n_parts; k++) {
        sum += why.parts[k].value;
    }
    assert_true(fabs(sum - (double)scores[item]) < 1e-4 * fmax(1.0, fabs(sum)));
    vt_explanation_done(&why);
    vt_free(scores);
}

/* What is fitted of an event never counts the event: an item's count is of what was before it. */
static void own_event_is_left_out(void **state)
{
    (void)state;
    vt_error err = VT_ERROR_INIT;
    probe p;
    double loss = 0.0;
    probe_init(&p, "batch=64", false);
    check_ok(vt_fusion_gradient(&loss, p.m, &p.fit, &err));
    const vt_interactions *train = p.d.train;
    static vt_fusion_event row[RANDOM_ROWS];
    int64_t counted = 0;
    for (int32_t u = 0; u < train->n_users; u++) {
        int64_t begin = train->ptr[u];
        vt_user_state whole = {.user = u,
                               .n = (size_t)(train->ptr[u + 1] - begin),
                               .item = train->item + begin,
                               .time = train->time + begin};
        size_t n = vt_fusion_merge(row, p.m, &whole);
        assert_int_equal(n, whole.n);
        for (size_t h = 0; h < n; h++) {
            int64_t before = 0;
            for (int64_t e = 0; e < train->n; e++) {
                before += train->item[e] == whole.item[h] && train->time[e] < whole.time[h];
            }
            assert_float_equal(row[h].log_count, log1pf((float)before), 1e-6F);
            counted += before;
        }
    }
    assert_true(counted > 0);
    probe_done(&p);
}

static double brings(const vt_model *model, const vt_user_state *query, int32_t item, const char *name)
{
    vt_error err = VT_ERROR_INIT;
    vt_explanation why = {0};
    check_ok(vt_model_explain(&why, model, query, &item, 1, &err));
    const vt_score_part *part = vt_explanation_part(&why, name);
    assert_non_null(part);
    double share = part->share;
    vt_explanation_done(&why);
    return share;
}

/* A shop's clock says what the fit's own statistics say, and what was sold since. */
static void sales_of_a_live_shop(void **state)
{
    (void)state;
    enum { SOLD = 60 };
    vt_error err = VT_ERROR_INIT;
    data d = data_of(chance.rows, RANDOM_ROWS);
    for (int64_t e = 0; e < d.train->n; e++) {
        d.train->time[e] *= 40000;
    }
    vt_model *model = fitted(&d, "fusion", "epochs=2,learning_rate=0.05");
    vt_item_clock *clock = NULL;
    check_ok(vt_item_clock_create(&clock, d.train, &err));
    int32_t n = d.train->n_items, history[2] = {1, 2}, sold = 3;
    int64_t end = vt_item_clock_last(clock) + 1, times[2] = {end - 5000, end - 100};
    vt_user_state query = {.user = -1, .n = 2, .item = history, .time = times, .now = end};
    vt_user_state live = query;
    live.clock = clock;
    float *frozen = vt_alloc((size_t)n, sizeof *frozen, &err), *now = vt_alloc((size_t)n, sizeof *now, &err);
    assert_true(frozen != NULL && now != NULL);
    for (int64_t back = 0; back < 3; back++) {
        query.now = live.now = end - back * 400000;
        check_ok(vt_model_score(model, &query, 1, frozen, &err));
        check_ok(vt_model_score(model, &live, 1, now, &err));
        assert_memory_equal(frozen, now, (size_t)n * sizeof *now);
    }
    double share = brings(model, &query, sold, "id");
    for (int k = 0; k < SOLD; k++) {
        check_ok(vt_item_clock_append(clock, end + k, sold, &err));
    }
    query.now = live.now = end + SOLD;
    assert_true(fabs(brings(model, &live, sold, "id") - share) > 1e-4); /* its gate has heard of it */
    for (int again = 0; again < 2; again++) {                           /* also after other queries */
        check_ok(vt_model_score(model, &live, 1, now, &err));
        check_ok(vt_model_score(model, &query, 1, frozen, &err));
        assert_true(fabsf(now[sold] - frozen[sold]) > 1e-4F);
        check_history(model, &live, n);
    }
    query.now = end;
    check_ok(vt_model_score(model, &query, 1, now, &err)); /* what the fit knows is as it was */
    vt_model *fresh = fitted(&d, "fusion", "epochs=2,learning_rate=0.05");
    check_ok(vt_model_score(fresh, &query, 1, frozen, &err));
    assert_memory_equal(frozen, now, (size_t)n * sizeof *now);
    vt_model_free(fresh);
    vt_free(frozen);
    vt_free(now);
    vt_item_clock_free(clock);
    vt_model_free(model);
    data_done(&d);
}

/* Of each part of the score, what it adds to an item is what it says of it. */
static void each_part_is_explained(void **state)
{
    (void)state;
    enum { EVENTS = 5 };
    static const int32_t item[EVENTS] = {1, 2, 4, 2, 6}, looked[2] = {3, 4};
    static const uint8_t kind[2] = {VT_EVENT_VIEW, VT_EVENT_CART};
    vt_error err = VT_ERROR_INIT;
    data d = data_of(chance.rows, RANDOM_ROWS);
    for (int64_t e = 0; e < d.train->n; e++) {
        d.train->time[e] *= 40000;
    }
    add_signals(&d);
    vt_model *model = fitted(&d, "fusion", "epochs=1");
    const vt_fusion *m = model->state;
    int64_t end = vt_item_clock_last(m->clock) + 1, time[EVENTS], looked_at[2] = {end - 40000, end - 3};
    for (int h = 0; h < EVENTS; h++) {
        time[h] = end - 90000 * (EVENTS - h);
    }
    vt_user_state signals = {.user = -1, .n = 2, .item = looked, .time = looked_at, .kind = kind};
    vt_user_state query = {.user = -1, .n = EVENTS, .item = item, .time = time, .now = end, .signals = &signals};
    vt_fusion_workspace *workspace = vt_fusion_workspace_take(m, &err);
    float p[64], goes[EVENTS + 2], *before = vt_alloc_zero(m->n, sizeof *before, &err);
    double by_event[EVENTS + 2];
    int told = 0;
    vt_fusion_explainer q = {
        .m = m, .workspace = workspace, .n = EVENTS + 2, .p = p, .goes = goes, .by_event = by_event};
    assert_true(workspace != NULL && before != NULL && m->d <= 64);
    check_ok(vt_fusion_read_user(workspace, &q.u, m, &query, true, &err));
    vt_fusion_query_terms_init(&q.query, m, q.u, end, vt_fusion_items_now(workspace, m, &query));
    for (int k = 0; k < VT_FUSION_PARTS; k++) {
        vt_fusion_parts[k].add(workspace, m, q.u, &q.query);
        double most = 0.0;
        for (size_t i = 0; i < m->n; i++) {
            vt_explaining e;
            vt_explanation sum = {0};
            check_ok(vt_explaining_begin(&e, VT_MODALITIES + VT_TERMS, q.n, &err));
            check_ok(vt_fusion_parts[k].explain(&e, &q, i, &err));
            vt_explaining_end(&sum, &e);
            assert_true(fabs((double)(workspace->logits[i] - before[i]) - sum.score) < 1e-4);
            most = fmax(most, fabs(sum.score));
            vt_explanation_done(&sum);
        }
        told += most > 0.0;
        memcpy(before, workspace->logits, m->n * sizeof *before);
    }
    print_message("%d of %d parts say something\n", told, (int)VT_FUSION_PARTS);
    assert_true(told >= 5);
    vt_fusion_workspace_give(m, workspace);
    vt_free(before);
    vt_model_free(model);
    data_done(&d);
}

/* No event, one, ten thousand; times that are equal, out of order, unknown; a shop without any text or photo. */
static void histories_of_all_kinds(void **state)
{
    (void)state;
    enum { MANY = 10000 };
    static int32_t item[MANY];
    static int64_t time[MANY];
    vt_error err = VT_ERROR_INIT;
    data d = data_of(chance.rows, RANDOM_ROWS);
    int32_t n = d.snapshot->items.n;
    for (int bare = 0; bare < 2; bare++) {
        vt_fit_options options = options_of(&d);
        const char *settings = "epochs=1";
        vt_model *model = NULL;
        options.settings = &settings;
        options.n_settings = 1;
        options.text = bare ? NULL : options.text;
        options.image = bare ? NULL : options.image;
        check_ok(vt_model_fit(&model, "fusion", d.train, &options, &err));
        for (int times = 0; times < 4; times++) {
            for (int32_t h = 0; h < MANY; h++) {
                item[h] = h % n;
                time[h] = times == 0 ? 86400LL * h : times == 1 ? 1000 : 86400LL * (MANY - h);
            }
            for (size_t events = 0; events <= MANY; events = events == 0 ? 1 : events * 100) {
                vt_user_state query = {.user = -1,
                                       .n = events,
                                       .item = item,
                                       .time = times == 3 ? NULL : time,
                                       .now = times == 3 ? VT_NONE : 86400LL * MANY};
                check_history(model, &query, n);
            }
        }
        vt_model_free(model);
    }
    data_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients),
        cmocka_unit_test(samples_stand_for_all),
        cmocka_unit_test(leaving_a_user_out),
        cmocka_unit_test(signals_count),
        cmocka_unit_test(ratings_are_predicted),
        cmocka_unit_test(other_encoders_are_refused),
        cmocka_unit_test(items_that_came_later),
        cmocka_unit_test(own_event_is_left_out),
        cmocka_unit_test(sales_of_a_live_shop),
        cmocka_unit_test(each_part_is_explained),
        cmocka_unit_test(histories_of_all_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
