/*
 * Ranker: candidates from several models and from what the user did, ordered by a logistic regression over what is
 * known of them as of the moment. The classic two stages (Covington and others 2016), with linear second stage; its
 * weights come from a replay of the last part of the data.
 */
#include "model/ranker/ranker.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "model/tensors.h"

/* Where few events a user end, and items for a matrix of them. */
enum { MANY_EVENTS = 20, SMALL_CATALOGUE = 20000 };

static const vt_param_spec params[VT_RANKER_PARAMS] = {
    [VT_RANKER_MEMBERS] = {"members", VT_PARAM_TEXT, 0.0, 0.0, 0.0, "auto", "",
                           "models that name candidates, as in popularity(half_life=7)+ease:reviews; auto takes those "
                           "that the data allow"},
    [VT_RANKER_CANDIDATES] = {"candidates", VT_PARAM_INT, 300.0, 10.0, 10000.0, NULL, "items",
                              "items that are looked at closely, beside those that the user had already"},
    [VT_RANKER_REPLAY] = {"replay", VT_PARAM_REAL, 0.25, 0.01, 0.9, NULL, "",
                          "the last share of the events, which weights are learned from"},
    [VT_RANKER_REFITS] = {"refits", VT_PARAM_INT, 3.0, 1.0, 50.0, NULL, "fits",
                          "times that the members are fitted in it, each on what lies before"},
    [VT_RANKER_LISTS] = {"lists", VT_PARAM_INT, 10000.0, 10.0, 1000000.0, NULL, "lists",
                         "lists that weights are learned from, at most"},
    [VT_RANKER_NEGATIVES] = {"negatives", VT_PARAM_INT, 50.0, 1.0, 1000.0, NULL, "items",
                             "candidates of a list that were not bought and are learned from, at most"},
    [VT_RANKER_RIDGE] = {"ridge", VT_PARAM_REAL, 0.0001, 0.0000001, 10.0, NULL, "", "regularization of the weights"},
    [VT_RANKER_HALF_LIFE] = {"half_life", VT_PARAM_REAL, 60.0, 0.0, 36500.0, NULL, "days",
                             "age at which an event counts half where brands and categories are compared; 0 for no "
                             "fading"},
};

static void ranker_free(void *model)
{
    vt_ranker *m = model;
    if (m != NULL) {
        vt_members_done(&m->members);
        vt_item_clock_free(m->clock);
        vt_free(m->brand);
        vt_free(m->category);
        vt_free(m);
    }
}

static int create(vt_ranker **out, const vt_params *settings, int32_t n_users, int32_t n_items, vt_error *err)
{
    vt_ranker *m = vt_alloc_zero(1, sizeof *m, err);
    if (m == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    m->n_users = n_users;
    m->n_items = n_items;
    m->trend = -1;
    m->candidates = (size_t)settings->value[VT_RANKER_CANDIDATES];
    m->half_life = settings->value[VT_RANKER_HALF_LIFE];
    m->brand = vt_alloc((size_t)n_items, sizeof *m->brand, err);
    m->category = m->brand == NULL ? NULL : vt_alloc((size_t)n_items, sizeof *m->category, err);
    if (m->category == NULL) {
        ranker_free(m);
        return VT_ERR_NO_MEMORY;
    }
    *out = m;
    return VT_OK;
}

/*
 * ---- fitting ------------------------------------------------------------------------------------------------------
 */

/* The first member that counts sales says what sells now. */
static void find_trend(vt_ranker *m)
{
    m->trend = -1;
    for (size_t k = m->members.n; k-- > 0;) {
        m->trend = m->members.model[k]->ops == &vt_model_popularity ? (int)k : m->trend;
    }
}

int vt_ranker_fit_members(vt_ranker *m, const vt_fit *fit, const vt_interactions *train, vt_error *err)
{
    int status = vt_members_fit(&m->members, "ranker", fit, train, err);
    if (status == VT_OK) {
        find_trend(m);
    }
    return status;
}

/* The members to use when none are named: those whose needs the data meet. */
static int automatic(vt_buf *text, const vt_fit *fit, vt_error *err)
{
    const vt_interactions *train = fit->train;
    int64_t users = 0;
    for (int32_t u = 0; u < train->n_users; u++) {
        users += train->ptr[u + 1] > train->ptr[u];
    }
    bool many = train->n >= MANY_EVENTS * users;
    const char *preset = many ? "ratings" : "reviews";
    int status = vt_buf_printf(text, err, "popularity(half_life=3)+popularity(half_life=30)+itemknn:%s", preset);
    if (status == VT_OK && train->n_items <= SMALL_CATALOGUE) {
        status = vt_buf_printf(text, err, "+ease%s", many ? ":ratings" : fit->text != NULL ? ":reviews" : "");
    }
    if (status == VT_OK && fit->text != NULL) {
        status = vt_buf_add_text(text, "+content(by=text)", err);
    }
    if (status == VT_OK && fit->image != NULL) {
        status = vt_buf_add_text(text, "+content(by=image)", err);
    }
    return status;
}

static int take_members(char **out, const vt_fit *fit, vt_error *err)
{
    vt_buf text;
    vt_buf_init(&text, 1024);
    int status = automatic(&text, fit, err);
    if (status == VT_OK) {
        status = vt_buf_add(&text, "", 1, err);
    }
    if (status == VT_OK) {
        status = vt_members_take(out, "ranker", fit->params->text[VT_RANKER_MEMBERS], text.data, fit, err);
    }
    vt_buf_done(&text);
    return status;
}

static int ranker_check(const vt_fit *fit, vt_error *err)
{
    for (int64_t e = 0; e < fit->train->n; e++) {
        if (fit->train->time[e] == VT_NONE) {
            return vt_fail(err, VT_ERR_UNSUPPORTED,
                           "the ranker learns from what was known at each moment, and these events have no times; "
                           "\"hybrid\" joins models without");
        }
    }
    char *members = NULL;
    int status = take_members(&members, fit, err);
    if (status == VT_OK) {
        status = vt_members_check(members, "ranker", fit, err);
    }
    vt_free(members);
    return status;
}

static int ranker_fit(void **state, const vt_fit *fit, vt_error *err)
{
    vt_ranker *m = NULL;
    int status = create(&m, fit->params, fit->train->n_users, fit->train->n_items, err);
    *state = m;
    if (status != VT_OK) {
        return status;
    }
    size_t bytes = (size_t)m->n_items * sizeof *m->brand;
    if (bytes > 0) {
        memcpy(m->brand, fit->train->snapshot->item_brand, bytes);
        memcpy(m->category, fit->train->snapshot->item_category, bytes);
    }
    status = vt_item_clock_create(&m->clock, fit->train, err);
    if (status == VT_OK) {
        status = take_members(&m->members.text, fit, err);
    }
    if (status == VT_OK) {
        m->members.n = vt_members_count(m->members.text);
        status = vt_ranker_learn(m, fit, err);
    }
    if (status == VT_OK) {
        status = vt_ranker_fit_members(m, fit, fit->train, err);
    }
    return status;
}

/*
 * ---- files --------------------------------------------------------------------------------------------------------
 */

static const char *const audience_name[VT_RANKER_AUDIENCES] = {
    [VT_RANKER_KNOWN] = "known",
    [VT_RANKER_STRANGER] = "stranger",
};

/* The three arrays of an audience, by name. */
static int each_array(vt_ranker *m, size_t k,
                      int (*each)(void *context, const char *name, double *value, size_t n, vt_error *err),
                      void *context, vt_error *err)
{
    int status = VT_OK;
    for (int a = 0; a < VT_RANKER_AUDIENCES && status == VT_OK; a++) {
        const struct {
            const char *name;
            double *value;
            size_t n;
        } array[] = {
            {"weights", m->learned[a].weight, k + 1},
            {"means", m->learned[a].mean, k},
            {"spreads", m->learned[a].spread, k},
        };
        for (size_t i = 0; i < sizeof array / sizeof array[0] && status == VT_OK; i++) {
            char name[64];
            snprintf(name, sizeof name, "ranker.%s.%s", audience_name[a], array[i].name);
            status = each(context, name, array[i].value, array[i].n, err);
        }
    }
    return status;
}

static int save_array(void *context, const char *name, double *value, size_t n, vt_error *err)
{
    return vt_tensor_list_add(context, name, VT_F64, (int64_t)n, 0, value, err);
}

static int ranker_save(const void *state, vt_tensor_list *list, vt_error *err)
{
    const vt_ranker *m = state;
    int status = each_array((vt_ranker *)(uintptr_t)m, vt_ranker_features(m), save_array, list, err);
    if (status == VT_OK) {
        status = vt_tensor_list_add(list, "ranker.brand", VT_I32, m->n_items, 0, m->brand, err);
    }
    if (status == VT_OK) {
        status = vt_tensor_list_add(list, "ranker.category", VT_I32, m->n_items, 0, m->category, err);
    }
    if (status == VT_OK) {
        status = vt_clock_save(list, "ranker", m->clock, err);
    }
    return status == VT_OK ? vt_members_save(&m->members, "ranker", list, err) : status;
}

static int load_array(void *context, const char *name, double *value, size_t n, vt_error *err)
{
    vt_tensor tensor;
    int status = vt_safetensors_tensor(context, name, VT_F64, 1, (int64_t)n, 0, &tensor, err);
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        value[i] = ((const double *)tensor.data)[i];
        if (!isfinite(value[i])) {
            status = vt_fail(err, VT_ERR_CORRUPT, "the weights of the ranker are damaged; fit the model again");
        }
    }
    return status;
}

static int load_column(int32_t *column, const vt_safetensors *file, const char *name, int32_t n, vt_error *err)
{
    vt_tensor tensor;
    int status = vt_safetensors_tensor(file, name, VT_I32, 1, n, 0, &tensor, err);
    if (status == VT_OK && n > 0) {
        memcpy(column, tensor.data, (size_t)n * sizeof *column);
    }
    return status;
}

static int ranker_load(void **state, const vt_safetensors *file, const vt_params *settings, int32_t n_users,
                       int32_t n_items, vt_error *err)
{
    vt_ranker *m = NULL;
    int status = create(&m, settings, n_users, n_items, err);
    *state = m;
    if (status == VT_OK) {
        status = vt_members_load(&m->members, "ranker", file, n_users, n_items, err);
    }
    if (status == VT_OK) {
        find_trend(m);
        status = each_array(m, vt_ranker_features(m), load_array, (void *)(uintptr_t)file, err);
    }
    if (status == VT_OK) {
        status = load_column(m->brand, file, "ranker.brand", n_items, err);
    }
    if (status == VT_OK) {
        status = load_column(m->category, file, "ranker.category", n_items, err);
    }
    if (status == VT_OK) {
        status = vt_clock_load(&m->clock, file, "ranker", n_items, err);
    }
    return status;
}

/*
 * ---- scoring ------------------------------------------------------------------------------------------------------
 */

int vt_ranker_look(vt_ranker_workspace *w, const vt_ranker *m, const vt_user_state *state, size_t at, vt_error *err)
{
    int status = vt_ranker_find(w, m, state, at, err);
    return status == VT_OK ? vt_ranker_describe(w, m, state, at, err) : status;
}

static int ranker_score(const void *state, const vt_user_state *states, size_t n, float *scores, vt_error *err)
{
    const vt_ranker *m = state;
    vt_ranker_workspace w;
    size_t k = vt_ranker_features(m), items = (size_t)m->n_items;
    int status = vt_ranker_workspace_init(&w, m, err);
    for (size_t s = 0; status == VT_OK && s < n; s += VT_RANKER_BATCH) {
        size_t batch = n - s < VT_RANKER_BATCH ? n - s : VT_RANKER_BATCH;
        status = vt_members_score(w.member, &m->members, items, VT_RANKER_BATCH, states + s, batch, err);
        for (size_t b = 0; status == VT_OK && b < batch; b++) {
            float *out = scores + (s + b) * items;
            const vt_ranker_weights *learned = &m->learned[vt_ranker_audience(&states[s + b])];
            status = vt_ranker_look(&w, m, &states[s + b], b, err);
            for (size_t i = 0; i < items; i++) {
                out[i] = -INFINITY;
            }
            for (size_t c = 0; c < w.n && status == VT_OK; c++) {
                out[w.item[c]] = (float)vt_ranker_sum(learned, w.row + c * k, k, NULL);
            }
            vt_ranker_forget(&w);
        }
    }
    vt_ranker_workspace_done(&w);
    return status;
}

/* Weights of standardised features, as those who are known to the shop get them. */
static bool ranker_term(vt_model_term *out, const void *state, size_t at)
{
    static const char *const part[VT_RANKER_OF_MEMBER] = {"", " (rank)", " (missing)"};
    const vt_ranker *m = state;
    size_t k = vt_ranker_features(m), of_members = m->members.n * VT_RANKER_OF_MEMBER;
    if (at >= k) {
        return false;
    }
    char name[sizeof out->name];
    vt_ranker_feature_name(name, sizeof name, m, at);
    snprintf(out->name, sizeof out->name, "%.*s%s", (int)(sizeof out->name - sizeof " (missing)"), name,
             at < of_members ? part[at % VT_RANKER_OF_MEMBER] : "");
    out->value = m->learned[VT_RANKER_KNOWN].spread[at] > 0.0 ? m->learned[VT_RANKER_KNOWN].weight[at] : 0.0;
    return true;
}

/* What is alike, as the members say that can. */
static int ranker_similar(const void *state, int32_t item, float *scores, vt_error *err)
{
    const vt_ranker *m = state;
    return vt_members_similar(scores, &m->members, (size_t)m->n_items, item, err);
}

static unsigned ranker_signals(const void *state)
{
    const vt_ranker *m = state;
    unsigned heard = 1U << VT_EVENT_VIEW | 1U << VT_EVENT_CLICK | 1U << VT_EVENT_CART | 1U << VT_EVENT_RETURN |
                     1U << VT_EVENT_DISLIKE;
    for (size_t k = 0; k < m->members.n; k++) {
        const vt_model *member = m->members.model[k];
        heard |= member->ops->signals == NULL ? 0 : member->ops->signals(member->state);
    }
    return heard;
}

const vt_model_ops vt_model_ranker = {
    .kind = {"ranker", "candidates of several models, ordered by what is known of them now",
             "two stages (Covington and others 2016), logistic regression over a replay",
             VT_MODEL_USES_VECTORS | VT_MODEL_SIMILAR | VT_MODEL_EXPLAINS | VT_MODEL_STATISTICS | VT_MODEL_ANYONE,
             params, VT_RANKER_PARAMS, NULL, 0},
    .check = ranker_check,
    .fit = ranker_fit,
    .free = ranker_free,
    .save = ranker_save,
    .load = ranker_load,
    .score = ranker_score,
    .term = ranker_term,
    .similar = ranker_similar,
    .explain = vt_ranker_explain,
    .signals = ranker_signals,
};
