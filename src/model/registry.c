/* The table of kinds: a row here makes a model known to fitting, files, help and the contract suite. */
#include "model/registry.h"

#include <string.h>

/* In the order of the documentation. */
#define KINDS(row) row(popularity) row(itemknn) row(ials) row(content) row(ease) row(slim) row(mf)

#define OPS(name) &vt_model_##name,
#define KIND(name) &vt_model_##name.kind,

static const vt_model_ops *const rows[] = {KINDS(OPS)};

enum { ROWS = sizeof rows / sizeof rows[0] };

const vt_model_kind *const *vt_model_kinds(size_t *count)
{
    static const vt_model_kind *const kinds[ROWS] = {KINDS(KIND)};
    *count = ROWS;
    return kinds;
}

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
