/* Which relations of items the data have, and where they are. */
#include "model/fusion/fusion.h"

const int32_t *vt_fusion_same(const vt_fusion *m, int relation)
{
    return relation == VT_RELATION_BRAND ? m->items.brand : m->items.category;
}

const vt_csr *vt_fusion_near(const vt_fusion *m, int relation)
{
    return relation == VT_RELATION_WORDS ? m->words : m->looks;
}

bool vt_fusion_has_relation(const vt_fusion *m, int group, int relation)
{
    bool attributes = (m->use & VT_USE_ATTRIBUTES) != 0;
    if ((m->groups >> group & 1U) == 0) {
        return false;
    }
    switch (relation) {
    case VT_RELATION_TOGETHER:
        return m->together != NULL;
    case VT_RELATION_WORDS:
        return m->words != NULL;
    case VT_RELATION_LOOKS:
        return m->looks != NULL;
    case VT_RELATION_BRAND:
        return attributes && m->items.n_brands > 0;
    case VT_RELATION_CATEGORY:
        return attributes && m->items.n_categories > 0;
    default:
        return !vt_fusion_is_positive(group);
    }
}
