/*
 * Hybrid: the scores of several models, item statistics as of the moment of the question and how brand and category
 * meet the history, in one weighted sum. The weights are those of a conditional logit (McFadden 1974) over held-out
 * events, or all equal over reciprocal ranks (Cormack, Clarke and Buettcher 2009).
 */
#include "model/hybrid/hybrid.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "model/explanation.h"
#include "model/registry.h"
#include "model/tensors.h"

enum { EASE_ITEMS_MAX = 20000 };

static const vt_param_spec params[VT_HYBRID_PARAMS] = {
    [VT_HYBRID_MEMBERS] = {"members", VT_PARAM_TEXT, 0.0, 0.0, 0.0, "auto", "",
                           "models that take part, as in ease:reviews+content(by=image;sharpness=2); auto takes those "
                           "that the data allow"},
    [VT_HYBRID_FUSION] = {"fusion", VT_PARAM_CHOICE, VT_HYBRID_LEARNED, 0.0, 0.0, "learned|rrf", "",
                          "weights learned from held-out events, or the sum of reciprocal ranks"},
    [VT_HYBRID_STATISTICS] = {"statistics", VT_PARAM_CHOICE, VT_HYBRID_YES, 0.0, 0.0, "yes|no", "",
                              "whether what sells as of the moment of the question takes part in learned weights"},
    [VT_HYBRID_HELD_OUT] = {"held_out", VT_PARAM_CHOICE, VT_HOLD_OUT_LAST, 0.0, 0.0, "last|chance", "",
                            "the event of each user that weights are learned from: its last one, for what comes next, "
                            "or one by chance, for what is missing"},
    [VT_HYBRID_HALF_LIFE] = {"half_life", VT_PARAM_REAL, 60.0, 0.0, 36500.0, NULL, "days",
                             "age at which an event counts half where brands and categories are compared; 0 for no "
                             "fading"},
    [VT_HYBRID_CHOICES] = {"choices", VT_PARAM_INT, 5000.0, 1.0, 1000000.0, NULL, "events",
                           "held-out events that weights are learned from, at most"},
    [VT_HYBRID_ALTERNATIVES] = {"alternatives", VT_PARAM_INT, 500.0, 2.0, 100000.0, NULL, "items",
                                "items that a choice is learned among"},
    [VT_HYBRID_RIDGE] = {"ridge", VT_PARAM_REAL, 0.001, 0.0, 10.0, NULL, "", "regularization of the weights"},
};

int vt_hybrid_create(vt_hybrid **out, const vt_params *settings, int32_t n_users, int32_t n_items, vt_error *err)
{
    vt_hybrid *m = vt_alloc_zero(1, sizeof *m, err);
    if (m == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    m->n_users = n_users;
    m->n_items = n_items;
    m->learned = (int)settings->value[VT_HYBRID_FUSION] == VT_HYBRID_LEARNED;
    m->half_life = settings->value[VT_HYBRID_HALF_LIFE];
    m->brand = vt_alloc((size_t)n_items, sizeof *m->brand, err);
    m->category = m->brand == NULL ? NULL : vt_alloc((size_t)n_items, sizeof *m->category, err);
    if (m->category == NULL) {
        vt_hybrid_free(m);
        return VT_ERR_NO_MEMORY;
    }
    *out = m;
    return VT_OK;
}

void vt_hybrid_free(void *model)
{
    vt_hybrid *m = model;
    if (m != NULL) {
        vt_members_done(&m->members);
        vt_item_clock_free(m->clock);
        vt_free(m->brand);
        vt_free(m->category);
        vt_free(m);
    }
}

/*
 * ---- fitting ------------------------------------------------------------------------------------------------------
 */

static void take_attributes(vt_hybrid *m, const vt_interactions *train, const vt_params *settings)
{
    size_t bytes = (size_t)m->n_items * sizeof *m->brand;
    memcpy(m->brand, train->snapshot->item_brand, bytes);
    memcpy(m->category, train->snapshot->item_category, bytes);
    bool timed = true;
    for (int64_t e = 0; e < train->n && timed; e++) {
        timed = train->time[e] != VT_NONE;
    }
    bool wanted = (int)settings->value[VT_HYBRID_STATISTICS] == VT_HYBRID_YES;
    m->timed = timed && wanted && m->learned; /* ranks have no statistics beside them */
}

/* The members to use when none are named: those whose needs the data meet. */
static int take_members(char **out, const vt_fit *fit, vt_error *err)
{
    char automatic[160];
    snprintf(automatic, sizeof automatic, "itemknn%s%s%s", fit->train->n_items <= EASE_ITEMS_MAX ? "+ease" : "",
             fit->text != NULL ? "+content(pool=max;sharpness=1)+content(by=text)" : "",
             fit->image != NULL ? "+content(by=image)" : "");
    return vt_members_take(out, "hybrid", fit->params->text[VT_HYBRID_MEMBERS], automatic, fit, err);
}

static int hybrid_check(const vt_fit *fit, vt_error *err)
{
    char *members = NULL;
    int status = take_members(&members, fit, err);
    if (status == VT_OK) {
        status = vt_members_check(members, "hybrid", fit, err);
    }
    vt_free(members);
    return status;
}

static int take_clock(vt_hybrid *m, const vt_interactions *train, vt_error *err)
{
    vt_item_clock *clock = NULL;
    int status = vt_item_clock_create(&clock, train, err);
    if (status == VT_OK) {
        vt_item_clock_free(m->clock);
        m->clock = clock;
    }
    return status;
}

/* Weights from held-out events; without any, ranks are summed. */
static int learn(vt_hybrid *m, const vt_fit *fit, vt_error *err)
{
    vt_interactions *rest = NULL, *held = NULL;
    vt_hold_out which = (vt_hold_out)fit->params->value[VT_HYBRID_HELD_OUT];
    int status = vt_interactions_hold_out(&rest, &held, fit->train, which, fit->seed, err);
    if (status == VT_OK && held->n == 0) {
        m->learned = false;
        m->timed = false;
    } else if (status == VT_OK) {
        status = vt_members_fit(&m->members, "hybrid", fit, rest, err);
        if (status == VT_OK) {
            status = take_clock(m, rest, err);
        }
        if (status == VT_OK) {
            status = vt_hybrid_learn(m, fit, rest, held, err);
        }
    }
    vt_interactions_free(rest);
    vt_interactions_free(held);
    return status;
}

static int hybrid_fit(void **state, const vt_fit *fit, vt_error *err)
{
    vt_hybrid *m = NULL;
    int status = vt_hybrid_create(&m, fit->params, fit->train->n_users, fit->train->n_items, err);
    *state = m;
    if (status == VT_OK) {
        take_attributes(m, fit->train, fit->params);
    }
    if (status == VT_OK) {
        status = take_members(&m->members.text, fit, err);
    }
    if (status == VT_OK && m->learned) {
        status = learn(m, fit, err);
    }
    if (status == VT_OK) {
        status = vt_members_fit(&m->members, "hybrid", fit, fit->train, err);
    }
    if (status == VT_OK) {
        status = take_clock(m, fit->train, err);
    }
    return status;
}

/*
 * ---- files --------------------------------------------------------------------------------------------------------
 */

static int hybrid_save(const void *state, vt_tensor_list *list, vt_error *err)
{
    const vt_hybrid *m = state;
    int status = vt_members_save(&m->members, "hybrid", list, err);
    if (status == VT_OK) {
        status = vt_tensor_list_add(list, "hybrid.weights", VT_F64, (int64_t)m->n_weights, 0, m->weight, err);
    }
    if (status == VT_OK) {
        status = vt_tensor_list_add(list, "hybrid.spreads", VT_F64, (int64_t)m->n_weights, 0, m->spread, err);
    }
    if (status == VT_OK) {
        status = vt_tensor_list_add(list, "hybrid.brand", VT_I32, m->n_items, 0, m->brand, err);
    }
    if (status == VT_OK) {
        status = vt_tensor_list_add(list, "hybrid.category", VT_I32, m->n_items, 0, m->category, err);
    }
    if (status == VT_OK) {
        status = vt_clock_save(list, "hybrid", m->clock, err);
    }
    return status;
}

static int load_attributes(vt_hybrid *m, const vt_safetensors *file, vt_error *err)
{
    vt_tensor brand, category;
    int status = vt_safetensors_tensor(file, "hybrid.brand", VT_I32, 1, m->n_items, 0, &brand, err);
    if (status == VT_OK) {
        status = vt_safetensors_tensor(file, "hybrid.category", VT_I32, 1, m->n_items, 0, &category, err);
    }
    if (status == VT_OK && m->n_items > 0) {
        memcpy(m->brand, brand.data, (size_t)m->n_items * sizeof *m->brand);
        memcpy(m->category, category.data, (size_t)m->n_items * sizeof *m->category);
    }
    return status;
}

/* The weights; none of them stand for a sum of ranks. */
static int load_weights(vt_hybrid *m, const vt_safetensors *file, vt_error *err)
{
    vt_tensor weight, spread;
    int status = vt_safetensors_tensor(file, "hybrid.weights", VT_F64, 1, -1, 0, &weight, err);
    if (status == VT_OK) {
        status = vt_safetensors_tensor(file, "hybrid.spreads", VT_F64, 1, weight.shape[0], 0, &spread, err);
    }
    if (status != VT_OK) {
        return status;
    }
    size_t plain = 2 * m->members.n + VT_HYBRID_RELATIONS;
    m->n_weights = (size_t)weight.shape[0];
    m->learned = m->n_weights > 0;
    m->timed = m->n_weights == plain + VT_STATS;
    const double *w = weight.data, *s = spread.data;
    bool good = m->n_weights == 0 || m->n_weights == plain || m->timed;
    for (size_t k = 0; good && k < m->n_weights; k++) {
        good = isfinite(w[k]) && isfinite(s[k]);
        m->weight[k] = w[k];
        m->spread[k] = s[k];
    }
    return good ? VT_OK : vt_fail(err, VT_ERR_CORRUPT, "the weights of the hybrid are damaged; fit the model again");
}

static int hybrid_load(void **state, const vt_safetensors *file, const vt_params *settings, int32_t n_users,
                       int32_t n_items, vt_error *err)
{
    vt_hybrid *m = NULL;
    int status = vt_hybrid_create(&m, settings, n_users, n_items, err);
    *state = m;
    if (status == VT_OK) {
        status = vt_members_load(&m->members, "hybrid", file, n_users, n_items, err);
    }
    if (status == VT_OK) {
        status = load_attributes(m, file, err);
    }
    if (status == VT_OK) {
        status = vt_clock_load(&m->clock, file, "hybrid", m->n_items, err);
    }
    if (status == VT_OK) {
        status = load_weights(m, file, err);
    }
    return status;
}

/*
 * ---- scoring ------------------------------------------------------------------------------------------------------
 */

/* Learned, or 1 for the plane of ranks of each member. */
static float weight_of(const vt_hybrid *m, size_t feature)
{
    bool rank = !m->learned && feature < 2 * m->members.n && feature % 2 == 0;
    return m->learned ? (float)m->weight[feature] : rank ? 1.0F : 0.0F;
}

static void sum_planes(float *scores, const vt_hybrid *m, const vt_hybrid_workspace *workspace)
{
    size_t n = (size_t)m->n_items;
    memset(scores, 0, n * sizeof *scores);
    for (size_t k = 0; k < vt_hybrid_features(m); k++) {
        float weight = weight_of(m, k);
        const float *plane = workspace->planes + k * n;
        for (size_t i = 0; i < n; i++) {
            scores[i] += weight * plane[i];
        }
    }
    for (size_t i = 0; i < n; i++) {
        scores[i] = workspace->evidence[i] ? scores[i] : -INFINITY;
    }
}

static int hybrid_score(const void *state, const vt_user_state *states, size_t n, float *scores, vt_error *err)
{
    const vt_hybrid *m = state;
    vt_hybrid_workspace workspace;
    int status = vt_hybrid_workspace_init(&workspace, m, err);
    for (size_t s = 0; status == VT_OK && s < n; s += VT_HYBRID_BATCH) {
        size_t batch = n - s < VT_HYBRID_BATCH ? n - s : VT_HYBRID_BATCH;
        status = vt_members_score(workspace.member, &m->members, (size_t)m->n_items, VT_HYBRID_BATCH, states + s, batch,
                                  err);
        for (size_t k = 0; status == VT_OK && k < batch; k++) {
            status = vt_hybrid_fill_features(&workspace, m, &states[s + k], k, err);
            if (status == VT_OK) {
                sum_planes(scores + (s + k) * (size_t)m->n_items, m, &workspace);
            }
        }
    }
    vt_hybrid_workspace_done(&workspace);
    return status;
}

/* Weights times the usual size of their feature: what each brings to a score, so that they can be compared. */
static bool hybrid_term(vt_model_term *out, const void *state, size_t at)
{
    const vt_hybrid *m = state;
    if (at >= m->n_weights) {
        return false;
    }
    vt_hybrid_feature_name(out->name, sizeof out->name, m, at);
    out->value = m->weight[at] * m->spread[at];
    return true;
}

/* What each feature brings; of reciprocal ranks the ranks of the members. */
static int explain_item(vt_explanation *out, const vt_hybrid *m, const vt_hybrid_workspace *workspace, size_t events,
                        int32_t item, vt_error *err)
{
    vt_explaining e;
    size_t n = (size_t)m->n_items, features = vt_hybrid_features(m), at = (size_t)item;
    size_t members = 2 * m->members.n, relations = features - VT_HYBRID_RELATIONS;
    int status = vt_explaining_begin(&e, features, events, err);
    for (size_t k = 0; k < features && status == VT_OK; k++) {
        float weight = weight_of(m, k), value = weight * workspace->planes[k * n + at];
        if (weight > 0.0F || weight < 0.0F) {
            char name[64];
            vt_hybrid_feature_name(name, sizeof name, m, k);
            vt_reason_kind kind = k < members ? VT_REASON_MODEL : k >= relations ? VT_REASON_RELATION : VT_REASON_SALES;
            vt_explaining_add(&e, kind, name, (double)value);
        }
    }
    (workspace->evidence[at] ? vt_explaining_end : vt_explaining_end_without)(out, &e);
    return status;
}

static int hybrid_explain(vt_explanation *out, const void *state, const vt_user_state *user, const int32_t *items,
                          size_t n, vt_error *err)
{
    const vt_hybrid *m = state;
    vt_hybrid_workspace workspace;
    int status = vt_hybrid_workspace_init(&workspace, m, err);
    if (status == VT_OK) {
        status = vt_members_score(workspace.member, &m->members, (size_t)m->n_items, VT_HYBRID_BATCH, user, 1, err);
    }
    if (status == VT_OK) {
        status = vt_hybrid_fill_features(&workspace, m, user, 0, err);
    }
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        status = explain_item(&out[i], m, &workspace, user->n, items[i], err);
    }
    vt_hybrid_workspace_done(&workspace);
    return status;
}

/* What is alike, as the members say that can. */
static int hybrid_similar(const void *state, int32_t item, float *scores, vt_error *err)
{
    const vt_hybrid *m = state;
    return vt_members_similar(scores, &m->members, (size_t)m->n_items, item, err);
}

const vt_model_ops vt_model_hybrid = {
    .kind = {"hybrid", "several models and what sells now, weighed against each other",
             "conditional logit (McFadden 1974) over members; reciprocal rank fusion (Cormack 2009)",
             VT_MODEL_USES_VECTORS | VT_MODEL_SIMILAR | VT_MODEL_EXPLAINS | VT_MODEL_STATISTICS, params,
             VT_HYBRID_PARAMS, NULL, 0},
    .check = hybrid_check,
    .fit = hybrid_fit,
    .free = vt_hybrid_free,
    .save = hybrid_save,
    .load = hybrid_load,
    .score = hybrid_score,
    .similar = hybrid_similar,
    .term = hybrid_term,
    .explain = hybrid_explain,
};
