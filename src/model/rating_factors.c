/* Rows of factors and biases: start, files, predictions, similar items. */
#include "model/rating_factors.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "math/kernels.h"
#include "model/tensors.h"

int vt_rating_factors_init(vt_rating_factors *r, const vt_factors_ops *factors, const vt_rating_ops *ops,
                           int32_t n_users, int32_t n_items, size_t d, size_t lanes, vt_error *err)
{
    size_t items = (size_t)n_items;
    *r = (vt_rating_factors){.ops = ops};
    int status = vt_factors_init(&r->f, factors, n_users, n_items, d, vt_pad(d + lanes), err);
    if (status == VT_OK) {
        r->count = vt_alloc_zero(items, sizeof *r->count, err);
        r->length = r->count == NULL ? NULL : vt_alloc(items, sizeof *r->length, err);
        status = r->length == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    }
    return status;
}

void vt_rating_factors_done(vt_rating_factors *r)
{
    vt_factors_done(&r->f);
    vt_free(r->count);
    vt_free(r->length);
}

void vt_rating_factors_count(vt_rating_factors *r, const vt_pair_set *set)
{
    r->scale[0] = set->mean;
    r->scale[1] = (double)set->low;
    r->scale[2] = (double)set->high;
    for (int64_t p = 0; p < set->ptr[r->f.n_users]; p++) {
        r->count[set->pair[p].item] += isnan(set->pair[p].value) ? 0 : 1;
    }
}

void vt_rating_factors_start(float *rows, const vt_rating_factors *r, size_t n, const int32_t *count, size_t one,
                             double stdev, uint64_t seed, const char *purpose)
{
    size_t d = r->f.d, ld = r->f.ld;
    memset(rows, 0, n * ld * sizeof *rows);
    for (size_t row = 0; row < n; row++) {
        vt_rng rng = vt_rng_at(seed, purpose, row, 0);
        for (size_t k = 0; k < d && (count == NULL || count[row] > 0); k++) {
            rows[row * ld + k] = (float)(stdev * vt_rng_normal(&rng));
        }
        rows[row * ld + one] = 1.0F;
    }
}

void vt_rating_factors_measure(vt_rating_factors *r)
{
    for (size_t i = 0; i < (size_t)r->f.n_items; i++) {
        const float *row = r->f.items + i * r->f.ld;
        double square = 0.0;
        for (size_t k = 0; k < r->f.d; k++) {
            square += (double)row[k] * (double)row[k];
        }
        r->length[i] = (float)sqrt(square);
    }
}

int vt_rating_factors_save_counts(vt_tensor_list *list, const vt_rating_factors *r, vt_error *err)
{
    return vt_tensor_list_add(list, "items.ratings", VT_I32, r->f.n_items, 0, r->count, err);
}

int vt_rating_factors_save_scale(vt_tensor_list *list, const vt_rating_factors *r, vt_error *err)
{
    return vt_tensor_list_add(list, "scale", VT_F64, 3, 0, r->scale, err);
}

int vt_rating_factors_read(vt_rating_factors *r, const vt_safetensors *file, vt_error *err)
{
    int status = vt_factors_read(&r->f, file, "rows", err);
    if (status == VT_OK) {
        status = vt_tensor_read_counts(r->count, file, "items.ratings", r->f.n_items, err);
    }
    if (status == VT_OK) {
        status = vt_scale_read(r->scale, file, err);
    }
    if (status == VT_OK) {
        vt_rating_factors_measure(r);
    }
    return status;
}

int vt_rating_factors_predict(const void *state, const vt_user_state *user, const int32_t *items, size_t n,
                              float *ratings, vt_error *err)
{
    const vt_rating_factors *r = state;
    const vt_kernels *kernels = vt_kernels_best();
    float *row = vt_alloc_aligned(r->f.ld, sizeof *row, err);
    int status = row == NULL ? VT_ERR_NO_MEMORY : vt_factors_vector(row, state, user, err);
    double offset = status == VT_OK ? r->ops->offset(state, row, user) : 0.0;
    for (size_t i = 0; status == VT_OK && i < n; i++) {
        float product = 0.0F;
        kernels->dots(&product, r->f.items + (size_t)items[i] * r->f.ld, 1, row, r->f.ld);
        double beside = r->ops->item_offset == NULL ? 0.0 : r->ops->item_offset(state, items[i], user->now);
        ratings[i] = vt_scale_clip(r->scale, offset + (double)product + beside);
    }
    vt_free(row);
    return status;
}

int vt_rating_factors_similar(const void *state, int32_t item, float *scores, vt_error *err)
{
    const vt_rating_factors *r = state;
    const vt_kernels *kernels = vt_kernels_best();
    const float *own = r->f.items + (size_t)item * r->f.ld;
    (void)err;
    for (int32_t i = 0; i < r->f.n_items; i++) {
        float lengths = r->length[item] * r->length[i], product = 0.0F;
        kernels->dots(&product, r->f.items + (size_t)i * r->f.ld, 1, own, r->f.d);
        scores[i] = i != item && lengths > 0.0F ? product / lengths : -INFINITY;
    }
    return VT_OK;
}
