/* The table of kinds: a row here makes a model known to fitting, files, help and the contract suite. */
#include "model/registry.h"

#include <string.h>

/* One row a line, in the order of the documentation. clang-format would fill lines with them. */
/* clang-format off */
static const vt_model_ops *const rows[] = {
    &vt_model_popularity,
    &vt_model_itemknn,
    &vt_model_ials,
    &vt_model_content,
    &vt_model_ease,
    &vt_model_slim,
    &vt_model_mf,
    &vt_model_svdpp,
    &vt_model_mlp_fusion,
    &vt_model_sasrec,
    &vt_model_bpr,
    &vt_model_vbpr,
    &vt_model_lightgcn,
    &vt_model_hybrid,
    &vt_model_fusion,
    &vt_model_ranker,
};

enum { ROWS = sizeof rows / sizeof rows[0] };

const vt_model_kind *const *vt_model_kinds(size_t *count)
{
    static const vt_model_kind *const kinds[ROWS] = {
        &vt_model_popularity.kind,
        &vt_model_itemknn.kind,
        &vt_model_ials.kind,
        &vt_model_content.kind,
        &vt_model_ease.kind,
        &vt_model_slim.kind,
        &vt_model_mf.kind,
        &vt_model_svdpp.kind,
        &vt_model_mlp_fusion.kind,
        &vt_model_sasrec.kind,
        &vt_model_bpr.kind,
        &vt_model_vbpr.kind,
        &vt_model_lightgcn.kind,
        &vt_model_hybrid.kind,
        &vt_model_fusion.kind,
        &vt_model_ranker.kind,
    };
    *count = ROWS;
    return kinds;
}
/* clang-format on */

const vt_model_ops *vt_model_ops_find(const char *name)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (strcmp(rows[i]->kind.name, name) == 0) {
            return rows[i];
        }
    }
    return NULL;
}

const vt_model_kind *vt_model_kind_find(const char *name)
{
    const vt_model_ops *ops = vt_model_ops_find(name);
    return ops == NULL ? NULL : &ops->kind;
}
