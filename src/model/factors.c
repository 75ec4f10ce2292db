/* Vectors of users and items: scores, the vector of a user, files. */
#include "model/factors.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "math/blas.h"
#include "math/kernels.h"
#include "model/tensors.h"

int vt_factors_init(vt_factors *f, const vt_factors_ops *ops, int32_t n_users, int32_t n_items, size_t d, size_t ld,
                    vt_error *err)
{
    size_t rows = (size_t)n_users + (size_t)n_items;
    *f = (vt_factors){.ops = ops, .n_users = n_users, .n_items = n_items, .d = d, .ld = ld};
    f->users = vt_alloc_aligned(rows, ld * sizeof *f->users, err);
    if (f->users == NULL) {
        return VT_ERR_NO_MEMORY;
    }
    memset(f->users, 0, rows * ld * sizeof *f->users);
    f->items = f->users + (size_t)n_users * ld;
    return VT_OK;
}

void vt_factors_done(vt_factors *f)
{
    vt_free(f->users);
}

int vt_factors_save(vt_tensor_list *list, const vt_factors *f, const char *name, vt_error *err)
{
    char users[64], items[64];
    snprintf(users, sizeof users, "users.%s", name);
    snprintf(items, sizeof items, "items.%s", name);
    int status = vt_tensor_list_add(list, users, VT_F32, f->n_users, (int64_t)f->ld, f->users, err);
    return status == VT_OK ? vt_tensor_list_add(list, items, VT_F32, f->n_items, (int64_t)f->ld, f->items, err)
                           : status;
}

int vt_factors_read(vt_factors *f, const vt_safetensors *file, const char *name, vt_error *err)
{
    char users[64], items[64];
    snprintf(users, sizeof users, "users.%s", name);
    snprintf(items, sizeof items, "items.%s", name);
    int status = vt_tensor_read_f32(f->users, file, users, f->n_users, (int64_t)f->ld, err);
    return status == VT_OK ? vt_tensor_read_f32(f->items, file, items, f->n_items, (int64_t)f->ld, err) : status;
}

int vt_factors_vector(float *vector, const void *state, const vt_user_state *user, vt_error *err)
{
    const vt_factors *f = state;
    if (user->as_fitted && user->user >= 0 && !f->ops->folds_known) {
        memcpy(vector, f->users + (size_t)user->user * f->ld, f->ld * sizeof *vector);
        return VT_OK;
    }
    memset(vector, 0, f->ld * sizeof *vector);
    return f->ops->fold_in(vector, state, user, err);
}

bool vt_factors_known(const float *row, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        if (fabsf(row[k]) > 0.0F) {
            return true;
        }
    }
    return false;
}

int vt_factors_score(const void *state, const vt_user_state *states, size_t n, float *scores, vt_error *err)
{
    const vt_factors *f = state;
    size_t n_items = (size_t)f->n_items;
    float *vectors = vt_alloc_aligned(n, f->ld * sizeof *vectors, err);
    int status = vectors == NULL ? VT_ERR_NO_MEMORY : VT_OK;
    for (size_t s = 0; status == VT_OK && s < n; s++) {
        status = vt_factors_vector(vectors + s * f->ld, state, &states[s], err);
    }
    if (status == VT_OK) {
        vt_products(scores, vectors, n, f->items, n_items, f->ld);
        for (size_t s = 0; s < n; s++) {
            f->ops->finish(scores + s * n_items, state, vectors + s * f->ld, &states[s]);
        }
    }
    vt_free(vectors);
    return status;
}

int vt_factors_user_vector(float **vector, size_t *n, const void *state, const vt_user_state *user, vt_error *err)
{
    const vt_factors *f = state;
    float *made = vt_alloc_aligned(f->ld, sizeof *made, err);
    int status = made == NULL ? VT_ERR_NO_MEMORY : vt_factors_vector(made, state, user, err);
    if (status != VT_OK) {
        vt_free(made);
        return status;
    }
    *vector = made;
    *n = f->d;
    return VT_OK;
}

int vt_factors_similar(const void *state, int32_t item, float *scores, vt_error *err)
{
    const vt_factors *f = state;
    const vt_kernels *kernels = vt_kernels_best();
    size_t n = (size_t)f->n_items, d = f->ld;
    (void)err;
    kernels->dots(scores, f->items, n, f->items + (size_t)item * d, d);
    double own = sqrt((double)scores[item]);
    for (size_t i = 0; i < n; i++) {
        const float *other = f->items + i * d;
        float square = 0.0F;
        kernels->dots(&square, other, 1, other, d);
        double lengths = own * sqrt((double)square);
        scores[i] = i != (size_t)item && lengths > 0.0 ? (float)((double)scores[i] / lengths) : -INFINITY;
    }
    return VT_OK;
}
