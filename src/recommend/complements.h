/* Complements of several items by one view of the shop and one counting of its orders. */
#ifndef VT_RECOMMEND_COMPLEMENTS_H
#define VT_RECOMMEND_COMPLEMENTS_H

#include "recommend/baskets.h"
#include "recommend/serving.h"
#include "vitrine/recommend.h"

/** What they are all found by. Begins with the serving held and no baskets; ends with vt_complement_base_done(). */
typedef struct vt_complement_base {
    vt_serving *serving;
    vt_together *baskets; /* held; NULL until the first item asks */
} vt_complement_base;

void vt_complement_base_done(vt_complement_base *base);

/** vt_complement() by that base. */
int vt_complement_on(vt_complements *out, vt_recommender *recommender, vt_complement_base *base,
                     const vt_request *request, int32_t days, vt_error *err);

#endif
