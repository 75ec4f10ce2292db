/* Few numbers of many. */
#include "model/fusion/sparse.h"

#include "base/alloc.h"

int vt_fusion_sparse_init(vt_fusion_sparse *s, size_t n, vt_error *err)
{
    s->value = vt_alloc_zero(n, sizeof *s->value, err);
    s->index = s->value == NULL ? NULL : vt_alloc(n, sizeof *s->index, err);
    s->listed = s->index == NULL ? NULL : vt_alloc_zero(n, 1, err);
    return s->listed == NULL ? VT_ERR_NO_MEMORY : VT_OK;
}

void vt_fusion_sparse_done(vt_fusion_sparse *s)
{
    vt_free(s->value);
    vt_free(s->index);
    vt_free(s->listed);
}

void vt_fusion_sparse_clear(vt_fusion_sparse *s)
{
    for (size_t k = 0; k < s->n; k++) {
        s->value[s->index[k]] = 0.0F;
        s->listed[s->index[k]] = 0;
    }
    s->n = 0;
}

void vt_fusion_sparse_fade(vt_fusion_sparse *s, float keep)
{
    for (size_t k = 0; keep < 1.0F && k < s->n; k++) {
        s->value[s->index[k]] *= keep;
    }
}

float *vt_fusion_sparse_at(vt_fusion_sparse *s, int32_t i)
{
    if (!s->listed[i]) {
        s->listed[i] = 1;
        s->index[s->n++] = i;
    }
    return &s->value[i];
}

void vt_fusion_sparse_add(float *to, const vt_fusion_sparse *s, float weight)
{
    for (size_t k = 0; k < s->n; k++) {
        to[s->index[k]] += weight * s->value[s->index[k]];
    }
}

float vt_fusion_sparse_dot(const vt_fusion_sparse *s, const float *x)
{
    float sum = 0.0F;
    for (size_t k = 0; k < s->n; k++) {
        sum += s->value[s->index[k]] * x[s->index[k]];
    }
    return sum;
}
