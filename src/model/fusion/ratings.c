/*
 * The rating head on the vectors of the ranking: once these are learned, a network (rating_head.c, that of mlp-fusion)
 * reads the user as of the query and what the item is made of, and tells by how much a rating will differ from what
 * item and user are rated at and rate at. Both of these are means, drawn towards 0 where they are of few ratings.
 * ratings_fit.c learns it.
 */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "model/fusion/ratings.h"
#include "model/fusion/score.h"
#include "model/tensors.h"

#define DROPOUT 0.3

/* What draws the mean of what other ratings say towards 0: one of an item that goes with it by so much counts half. */
static const double draw_of[VT_RATED_BY] = {
    [VT_RELATION_TOGETHER] = 0.1, [VT_RELATION_WORDS] = 0.5,    [VT_RELATION_LOOKS] = 0.5,
    [VT_RELATION_BRAND] = 3.0,    [VT_RELATION_CATEGORY] = 3.0,
};

double vt_fusion_tally_mean(const vt_fusion_tally *t)
{
    return t->sum / (t->n + VT_RATING_DRAW);
}

int vt_fusion_add_head(vt_fusion *m, vt_error *err)
{
    int status = vt_rating_head_add(&m->head, &m->head_params, VT_RATING_INPUTS, m->d, DROPOUT, err);
    if (status == VT_OK) {
        status = vt_nn_params_add(&m->rated_by, &m->head_params, "rated_by", 1, VT_RATED_BY, false, err);
    }
    if (status == VT_OK) {
        status = vt_nn_params_alloc(&m->head_params, err);
    }
    if (status == VT_OK && m->item_bias == NULL) {
        m->item_bias = vt_alloc_zero((size_t)m->n_items, sizeof *m->item_bias, err);
        status = m->item_bias == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    return status;
}

bool vt_fusion_has_head(const vt_fusion *m)
{
    return m->head_params.value != NULL;
}

void vt_fusion_rating_row(float *x, uint8_t *present, const vt_fusion *m, int32_t item, bool cold, const float *u)
{
    for (int k = 0; k < VT_MODALITY_FIXED; k++) {
        bool hidden = cold && k == VT_MODALITY_ID;
        present[k] = m->items.has[(size_t)item * VT_MODALITIES + (size_t)k] != 0 && !hidden;
        if (present[k]) {
            vt_fusion_modality(x + (size_t)k * m->d, m, item, k);
        } else {
            memset(x + (size_t)k * m->d, 0, m->d * sizeof *x);
        }
    }
    present[VT_RATING_USER] = 1;
    memcpy(x + VT_RATING_USER * m->d, u, m->d * sizeof *x);
    for (size_t k = 0; k < VT_RATING_INPUTS; k++) {
        double square = 1e-9;
        for (size_t j = 0; j < m->d; j++) {
            square += (double)x[k * m->d + j] * (double)x[k * m->d + j];
        }
        for (size_t j = 0; j < m->d; j++) {
            x[k * m->d + j] *= (float)sqrt((double)m->d / square);
        }
    }
}

/* Likeness of the items that are near one, into `mark` (I), or out of it. */
static void mark_near(float *mark, const vt_csr *near, int32_t item, bool set)
{
    for (int64_t e = near == NULL ? 0 : near->ptr[item]; near != NULL && e < near->ptr[item + 1]; e++) {
        mark[near->column[e]] = set ? near->value[e] : 0.0F;
    }
}

void vt_fusion_ratings_tell(float out[VT_RATED_BY], const vt_fusion *m, int32_t item, const vt_fusion_given *ratings,
                            size_t n, double bias, float *marks)
{
    double sum[VT_RATED_BY] = {0}, weight[VT_RATED_BY] = {0};
    size_t known = m->n_known, at = (size_t)item;
    bool attributes = (m->use & VT_USE_ATTRIBUTES) != 0;
    mark_near(marks, m->words, item, true);
    mark_near(marks + m->n_items, m->looks, item, true);
    for (size_t h = 0; h < n; h++) {
        size_t other = (size_t)ratings[h].item;
        if (other == at) {
            continue;
        }
        bool together = m->together != NULL && other < known && at < known;
        bool brand = attributes && m->items.brand[at] >= 0 && m->items.brand[at] == m->items.brand[other];
        bool category = attributes && m->items.category[at] >= 0 && m->items.category[at] == m->items.category[other];
        const double goes[VT_RATED_BY] = {
            [VT_RELATION_TOGETHER] =
                together ? -(double)m->together[other * known + at] / (double)m->diagonal[at] : 0.0,
            [VT_RELATION_WORDS] = (double)marks[other],
            [VT_RELATION_LOOKS] = (double)marks[(size_t)m->n_items + other],
            [VT_RELATION_BRAND] = brand,
            [VT_RELATION_CATEGORY] = category,
        };
        for (size_t k = 0; k < VT_RATED_BY; k++) {
            sum[k] += goes[k] * (ratings[h].above - bias);
            weight[k] += fabs(goes[k]);
        }
    }
    for (size_t k = 0; k < VT_RATED_BY; k++) {
        out[k] = (float)(sum[k] / (weight[k] + draw_of[k]));
    }
    mark_near(marks, m->words, item, false);
    mark_near(marks + m->n_items, m->looks, item, false);
}

double vt_fusion_ratings_weigh(const vt_fusion *m, const float others[VT_RATED_BY])
{
    double sum = 0.0;
    for (size_t k = 0; k < VT_RATED_BY; k++) {
        sum += (double)m->head_params.value[m->rated_by + k] * (double)others[k];
    }
    return sum;
}

/* ---- predicting ------------------------------------------------------------------------------------------------- */

/* The ratings of a person, and how much higher or lower than others they rate. Gives how many there are. */
static size_t take_given(vt_fusion_given *out, double *bias, const vt_fusion *m, const vt_user_state *user)
{
    vt_fusion_tally t = {0};
    size_t n = 0;
    const vt_user_state *parts[] = {user, user->signals};
    for (size_t p = 0; p < 2 && parts[p] != NULL && parts[p]->value != NULL; p++) {
        for (size_t h = 0; h < parts[p]->n; h++) {
            double value = (double)parts[p]->value[h];
            if (isfinite(value)) {
                int32_t item = m->place[parts[p]->item[h]];
                out[n++] = (vt_fusion_given){item, value - m->scale[0] - (double)m->item_bias[item]};
                t.sum += out[n - 1].above;
                t.n += 1.0;
            }
        }
    }
    *bias = vt_fusion_tally_mean(&t);
    return n;
}

/* Room for one prediction after the other. */
typedef struct predicting {
    vt_fusion_given *ratings;
    float *marks, *x, *attention, *buffers;
} predicting;

static void predicting_done(predicting *p)
{
    vt_free(p->ratings);
    vt_free(p->marks);
    vt_free(p->x);
}

static int predicting_init(predicting *p, const vt_fusion *m, const vt_user_state *user, vt_error *err)
{
    size_t n = user->n + (user->signals == NULL ? 0 : user->signals->n), wide = VT_RATING_INPUTS * m->d;
    p->ratings = vt_alloc(n, sizeof *p->ratings, err);
    p->marks = p->ratings == NULL ? NULL : vt_alloc_zero(2 * (size_t)m->n_items, sizeof *p->marks, err);
    size_t floats = wide + VT_RATING_INPUTS + vt_rating_head_floats(&m->head, 1);
    p->x = p->marks == NULL ? NULL : vt_alloc_aligned(floats, sizeof *p->x, err);
    if (p->x == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    p->attention = p->x + wide;
    p->buffers = p->attention + VT_RATING_INPUTS;
    return VT_OK;
}

int vt_fusion_predict(const void *state, const vt_user_state *user, const int32_t *items, size_t n, float *ratings,
                      vt_error *err)
{
    const vt_fusion *m = state;
    if (!vt_fusion_has_head(m)) {
        return vt_fail(err, VT_ERR_UNSUPPORTED,
                       "this model of kind fusion was fitted for ranking alone; for ratings too fit it with "
                       "rating_epochs=5, on data that have any");
    }
    const float *u = NULL;
    predicting p = {0};
    vt_fusion_workspace *workspace = vt_fusion_workspace_take(m, err);
    int status = workspace == NULL ? VT_ERR_NO_MEMORY : vt_fusion_read_user(workspace, &u, m, user, false, err);
    if (status == VT_OK) {
        status = predicting_init(&p, m, user, err);
    }
    double bias = 0.0;
    size_t n_given = status == VT_OK ? take_given(p.ratings, &bias, m, user) : 0;
    vt_nn nn = vt_nn_with(1);
    for (size_t i = 0; i < n && status == VT_OK; i++) {
        uint8_t present[VT_RATING_INPUTS];
        int32_t item = m->place[items[i]];
        float out = 0.0F, others[VT_RATED_BY];
        vt_fusion_rating_row(p.x, present, m, item, false, u);
        const vt_head_batch batch = {p.x, present, 1, false, 0};
        vt_rating_head_forward(&nn, &out, p.attention, &m->head, m->head_params.value, &batch, p.buffers);
        vt_fusion_ratings_tell(others, m, item, p.ratings, n_given, bias, p.marks);
        double rating =
            m->scale[0] + bias + (double)m->item_bias[item] + vt_fusion_ratings_weigh(m, others) + (double)out;
        ratings[i] = vt_scale_clip(m->scale, rating);
    }
    predicting_done(&p);
    if (workspace != NULL) {
        vt_fusion_workspace_give(m, workspace);
    }
    return status;
}
