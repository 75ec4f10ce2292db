/*
 * SVD++ (Koren 2008): r = mean + b_u + b_i + q_i.(p_u + |N(u)|^-1/2 sum over j in N(u) of y_j), N(u) being all that a
 * user has, rated or not; with time=on also the biases of timeSVD++ (Koren 2009): of an item in a bin of time, of a
 * user by the distance from their mean time, and of a user on a day.
 *
 * What is known of a user is folded in: implicit factors of what they have, then p_u, b_u and drift by least squares
 * against the items. So somebody unknown to the fit is predicted as well as somebody known.
 */
#include "model/svdpp.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "math/solve.h"
#include "model/tensors.h"
#include "vitrine/record.h"

enum { SECONDS_A_DAY = 86400 };

static const vt_param_spec params[VT_SVD_PARAMS] = {
    [VT_SVD_FACTORS] = {"factors", VT_PARAM_INT, 32.0, 1.0, 2048.0, NULL, "", "length of the vectors"},
    [VT_SVD_EPOCHS] = {"epochs", VT_PARAM_INT, 30.0, 1.0, 10000.0, NULL, "epochs", "passes over the ratings, at most"},
    [VT_SVD_RATE] = {"learning_rate", VT_PARAM_REAL, 0.02, 1e-7, 1000.0, NULL, "",
                     "step of the factors in the first epoch"},
    [VT_SVD_BIAS_RATE] = {"bias_rate", VT_PARAM_REAL, 0.006, 1e-7, 1000.0, NULL, "",
                          "step of the biases in the first epoch"},
    [VT_SVD_DECAY] = {"decay", VT_PARAM_REAL, 0.96, 0.1, 1.0, NULL, "", "factor of the steps from epoch to epoch"},
    [VT_SVD_REG_USER] = {"reg_user", VT_PARAM_REAL, 1.0, 0.0, 1000.0, NULL, "", "L2 of the users' factors"},
    [VT_SVD_REG_ITEM] = {"reg_item", VT_PARAM_REAL, 0.84, 0.0, 1000.0, NULL, "", "L2 of the items' factors"},
    [VT_SVD_REG_IMPLICIT] = {"reg_implicit", VT_PARAM_REAL, 0.075, 0.0, 1000.0, NULL, "", "L2 of the implicit factors"},
    [VT_SVD_REG_USER_BIAS] = {"reg_user_bias", VT_PARAM_REAL, 0.3, 0.0, 1000.0, NULL, "", "L2 of the users' biases"},
    [VT_SVD_REG_ITEM_BIAS] = {"reg_item_bias", VT_PARAM_REAL, 0.2, 0.0, 1000.0, NULL, "", "L2 of the items' biases"},
    [VT_SVD_FREQUENCY] = {"frequency", VT_PARAM_REAL, 0.5, 0.0, 1.0, NULL, "",
                          "power of its ratings by which the L2 of a row is divided; 0: the same for all"},
    [VT_SVD_TIME] = {"time", VT_PARAM_CHOICE, VT_SVD_TIME_OFF, 0.0, 0.0, "off|on", "", "biases that follow time"},
    [VT_SVD_BINS] = {"bins", VT_PARAM_INT, 30.0, 1.0, 10000.0, NULL, "bins", "of time that an item's bias has"},
    [VT_SVD_REG_TIME] = {"reg_time", VT_PARAM_REAL, 50.0, 0.0, 100000.0, NULL, "ratings",
                         "that draw the bias in a bin and a user's drift towards 0"},
    [VT_SVD_REG_DAY] = {"reg_day", VT_PARAM_REAL, 8.0, 0.0, 100000.0, NULL, "ratings",
                        "that draw the bias of a user on a day towards 0"},
    [VT_SVD_STDEV] = {"stdev", VT_PARAM_REAL, 0.01, 1e-6, 100.0, NULL, "", "standard deviation of a starting factor"},
    [VT_SVD_PATIENCE] = {"patience", VT_PARAM_INT, 5.0, 0.0, 10000.0, NULL, "epochs",
                         "without a better validation until the fit stops; 0: never"},
};

static const vt_preset presets[] = {
    {"ratings",
     "factors=64,epochs=29,learning_rate=0.02,bias_rate=0.006,decay=0.96,reg_user=1,reg_item=0.84,reg_implicit=0.075,"
     "reg_user_bias=0.3,reg_item_bias=0.2,frequency=0.5,time=on,bins=30,reg_time=50,reg_day=8,stdev=0.01",
     "many ratings a user (found on ml-100k)"},
};

int64_t vt_svdpp_bin(const vt_svdpp *m, int32_t item, int64_t time)
{
    if (m->n_bins == 0 || time == VT_NONE) {
        return -1;
    }
    double share = (double)(time - m->span[0]) / ((double)(m->span[1] - m->span[0]) + 1.0);
    double bin = floor(share * (double)m->n_bins);
    bin = bin < 0.0 ? 0.0 : bin > (double)m->n_bins - 1.0 ? (double)m->n_bins - 1.0 : bin;
    return (int64_t)item * (int64_t)m->n_bins + (int64_t)bin;
}

float vt_svdpp_mean_day(const vt_svdpp *m, const vt_pair *pairs, size_t n)
{
    double sum = 0.0, rated = 0.0;
    for (size_t p = 0; p < n; p++) {
        if (!isnan(pairs[p].value)) {
            sum += pairs[p].time == VT_NONE ? (double)NAN : (double)(pairs[p].time - m->span[0]);
            rated += 1.0;
        }
    }
    return (float)(sum / rated / SECONDS_A_DAY);
}

float vt_svdpp_deviation(const vt_svdpp *m, float mean_day, int64_t time)
{
    if (time == VT_NONE || isnan(mean_day)) {
        return 0.0F;
    }
    float days = (float)((double)(time - m->span[0]) / SECONDS_A_DAY) - mean_day;
    return copysignf(powf(fabsf(days), 0.4F), days);
}

void vt_svdpp_implicit_sum(float *z, const vt_svdpp *m, const vt_pair *pairs, size_t n)
{
    float share = n == 0 ? 0.0F : (float)(1.0 / sqrt((double)n));
    memset(z, 0, m->r.f.ld * sizeof *z);
    for (size_t p = 0; p < n; p++) {
        const float *y = m->implicit + (size_t)pairs[p].item * m->r.f.ld;
        for (size_t k = 0; k < m->r.f.ld; k++) {
            z[k] += y[k];
        }
    }
    for (size_t k = 0; k < m->r.f.ld; k++) {
        z[k] *= share;
    }
}

size_t vt_svdpp_scratch(size_t n, size_t ld)
{
    return 2 * ld + 3 * vt_pad(n) + n * ld + vt_solve_scratch(n, ld);
}

void vt_svdpp_fold_in(float *x, const vt_svdpp *m, const vt_pair *pairs, size_t n, float *scratch)
{
    size_t d = m->r.f.d, ld = m->r.f.ld, rated = 0;
    float *z = scratch, *diagonal = z + ld, *weight = diagonal + ld, *target = weight + vt_pad(n);
    int32_t *row = (int32_t *)(void *)(target + vt_pad(n));
    float *packed = target + 2 * vt_pad(n), *rest = packed + n * ld;
    float mean_day = m->n_bins > 0 ? vt_svdpp_mean_day(m, pairs, n) : NAN;
    vt_svdpp_implicit_sum(z, m, pairs, n);
    memset(x, 0, ld * sizeof *x);
    for (size_t p = 0; p < n; p++) {
        if (isnan(pairs[p].value)) {
            continue;
        }
        const float *y = m->r.f.items + (size_t)pairs[p].item * ld;
        float *to = packed + rated * ld, product = 0.0F;
        int64_t bin = vt_svdpp_bin(m, pairs[p].item, pairs[p].time);
        memcpy(to, y, ld * sizeof *to);
        to[d + 1] = 0.0F; /* the item's bias is no unknown */
        to[d + 2] = vt_svdpp_deviation(m, mean_day, pairs[p].time);
        for (size_t k = 0; k < d; k++) {
            product += y[k] * z[k];
        }
        target[rated] = pairs[p].value - (float)m->r.scale[0] - y[d + 1] - product - (bin < 0 ? 0.0F : m->bins[bin]);
        weight[rated] = 1.0F;
        row[rated] = (int32_t)rated;
        rated++;
    }
    if (rated > 0) {
        double share = pow((double)rated, 1.0 - m->frequency);
        for (size_t k = 0; k < ld; k++) { /* never quite 0: a user may have fewer ratings than there are factors */
            double reg = share * (k < d ? m->reg_user : m->reg_user_bias);
            diagonal[k] = (float)fmax(k == d + 2 ? m->reg_time : reg, 1e-6);
        }
        vt_gather gather = {packed, row, weight, target, rated, ld};
        vt_solve_exact(vt_kernels_best(), x, diagonal, &gather, rest);
    }
    for (size_t k = 0; k < d; k++) {
        x[k] += z[k];
    }
    x[d + 1] = 1.0F;
    x[d + 3] = isnan(mean_day) ? 0.0F : mean_day;
    x[d + 2] = isnan(mean_day) ? 0.0F : x[d + 2];
}

static int fold_in(float *x, const void *state, const vt_user_state *user, vt_error *err)
{
    const vt_svdpp *m = state;
    vt_pair *pairs = vt_alloc(user->n, sizeof *pairs, err);
    size_t floats = vt_svdpp_scratch(user->n, m->r.f.ld);
    float *scratch = pairs == NULL ? NULL : vt_alloc_aligned(floats, sizeof *scratch, err);
    int status = scratch == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    if (status == VT_OK) {
        vt_svdpp_fold_in(x, m, pairs, vt_pairs_of(pairs, user), scratch);
    }
    vt_free(pairs);
    vt_free(scratch);
    return status;
}

/* How far off the ratings of the day of `now` are beside what the row says, drawn towards 0. */
static double day_bias(const vt_svdpp *m, const float *row, const vt_user_state *user)
{
    const vt_kernels *kernels = vt_kernels_best();
    double sum = 0.0, n = 0.0;
    for (size_t h = 0; h < user->n; h++) {
        int64_t time = user->time[h];
        if (time == VT_NONE || time / SECONDS_A_DAY != user->now / SECONDS_A_DAY || isnan(user->value[h])) {
            continue;
        }
        float product = 0.0F;
        int64_t bin = vt_svdpp_bin(m, user->item[h], time);
        kernels->dots(&product, m->r.f.items + (size_t)user->item[h] * m->r.f.ld, 1, row, m->r.f.ld);
        double drift = (double)row[m->r.f.d + 2] * (double)vt_svdpp_deviation(m, row[m->r.f.d + 3], time);
        sum +=
            (double)user->value[h] - m->r.scale[0] - (double)product - drift - (bin < 0 ? 0.0 : (double)m->bins[bin]);
        n += 1.0;
    }
    return n > 0.0 ? sum / (n + m->reg_day) : 0.0;
}

/* What of a prediction depends on the user and the time but on no item. */
static double offset_of(const void *state, const float *row, const vt_user_state *user)
{
    const vt_svdpp *m = state;
    if (m->n_bins == 0 || user->now == VT_NONE) {
        return m->r.scale[0];
    }
    double drift = (double)row[m->r.f.d + 2] * (double)vt_svdpp_deviation(m, row[m->r.f.d + 3], user->now);
    return m->r.scale[0] + drift + (user->time == NULL || user->value == NULL ? 0.0 : day_bias(m, row, user));
}

static double item_offset(const void *state, int32_t item, int64_t now)
{
    const vt_svdpp *m = state;
    int64_t bin = vt_svdpp_bin(m, item, now);
    return bin < 0 ? 0.0 : (double)m->bins[bin];
}

static void finish(float *scores, const void *state, const float *row, const vt_user_state *user)
{
    const vt_svdpp *m = state;
    double offset = offset_of(m, row, user);
    for (int32_t i = 0; i < m->r.f.n_items; i++) {
        double score = offset + (double)scores[i] + item_offset(m, i, user->now);
        scores[i] = m->r.count[i] > 0 ? (float)score : -INFINITY;
    }
}

static const vt_factors_ops factors = {.fold_in = fold_in, .finish = finish};
static const vt_rating_ops offsets = {offset_of, item_offset};

void vt_svdpp_free(void *model)
{
    vt_svdpp *m = model;
    if (m != NULL) {
        vt_rating_factors_done(&m->r);
        vt_free(m->implicit);
        vt_free(m->bins);
        vt_free(m);
    }
}

int vt_svdpp_create(vt_svdpp **out, const vt_params *settings, int32_t n_users, int32_t n_items, vt_error *err)
{
    const double *value = settings->value;
    vt_svdpp *m = vt_alloc_zero(1, sizeof *m, err);
    if (m == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    m->n_bins = (int)value[VT_SVD_TIME] == VT_SVD_TIME_ON ? (size_t)value[VT_SVD_BINS] : 0;
    m->reg_user = value[VT_SVD_REG_USER];
    m->reg_user_bias = value[VT_SVD_REG_USER_BIAS];
    m->reg_time = value[VT_SVD_REG_TIME];
    m->reg_day = value[VT_SVD_REG_DAY];
    m->frequency = value[VT_SVD_FREQUENCY];
    size_t d = (size_t)value[VT_SVD_FACTORS], items = (size_t)n_items;
    if (vt_rating_factors_init(&m->r, &factors, &offsets, n_users, n_items, d, 4, err) == VT_OK) {
        m->implicit = vt_alloc_aligned(items, m->r.f.ld * sizeof *m->implicit, err);
        m->bins = m->implicit == NULL ? NULL : vt_alloc_zero(items * m->n_bins, sizeof *m->bins, err);
    }
    if (m->bins == NULL) {
        vt_svdpp_free(m);
        return VT_ERR_NO_MEMORY;
    }
    *out = m;
    return VT_OK;
}

static int svdpp_fit(void **state, const vt_fit *fit, vt_error *err)
{
    vt_svdpp *m = NULL;
    vt_pair_set set;
    int status = vt_pair_set_init(&set, fit->train, err);
    if (status != VT_OK) {
        return status;
    }
    status = vt_svdpp_create(&m, fit->params, fit->train->n_users, fit->train->n_items, err);
    *state = m;
    if (status == VT_OK) {
        status = vt_svdpp_fit(m, fit, &set, err);
    }
    if (status == VT_OK) {
        vt_rating_factors_measure(&m->r);
    }
    vt_pair_set_done(&set);
    return status;
}

static int svdpp_save(const void *state, vt_tensor_list *list, vt_error *err)
{
    const vt_svdpp *m = state;
    int64_t ld = (int64_t)m->r.f.ld, bins = (int64_t)m->n_bins;
    int status = vt_factors_save(list, &m->r.f, "rows", err);
    if (status == VT_OK) {
        status = vt_tensor_list_add(list, "items.implicit", VT_F32, m->r.f.n_items, ld, m->implicit, err);
    }
    if (status == VT_OK) {
        status = vt_tensor_list_add(list, "items.bins", VT_F32, m->r.f.n_items * bins, 0, m->bins, err);
    }
    if (status == VT_OK) {
        status = vt_rating_factors_save_counts(list, &m->r, err);
    }
    if (status == VT_OK) {
        status = vt_tensor_list_add(list, "span", VT_I64, 2, 0, m->span, err);
    }
    return status == VT_OK ? vt_rating_factors_save_scale(list, &m->r, err) : status;
}

static int svdpp_load(void **state, const vt_safetensors *file, const vt_params *settings, int32_t n_users,
                      int32_t n_items, vt_error *err)
{
    vt_svdpp *m = NULL;
    int status = vt_svdpp_create(&m, settings, n_users, n_items, err);
    *state = m;
    if (status != VT_OK) {
        return status;
    }
    status = vt_rating_factors_read(&m->r, file, err);
    if (status == VT_OK) {
        status = vt_tensor_read_f32(m->implicit, file, "items.implicit", n_items, (int64_t)m->r.f.ld, err);
    }
    if (status == VT_OK) {
        status = vt_tensor_read_f32(m->bins, file, "items.bins", n_items * (int64_t)m->n_bins, 0, err);
    }
    if (status == VT_OK) {
        status = vt_span_read(m->span, file, err);
    }
    return status;
}

const vt_model_ops vt_model_svdpp = {
    .kind = {"svdpp", "ratings by factors, biases, and what a user has beside what they rated", "Koren 2008, 2009",
             VT_MODEL_SIMILAR | VT_MODEL_USER_VECTOR | VT_MODEL_RATES | VT_MODEL_EPOCHS, params, VT_SVD_PARAMS, presets,
             sizeof presets / sizeof presets[0]},
    .fit = svdpp_fit,
    .free = vt_svdpp_free,
    .save = svdpp_save,
    .load = svdpp_load,
    .score = vt_factors_score,
    .similar = vt_rating_factors_similar,
    .user_vector = vt_factors_user_vector,
    .predict = vt_rating_factors_predict,
};
