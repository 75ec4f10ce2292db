/** Links between the users of a shop: who follows or knows whom. */
#ifndef VITRINE_LINKS_H
#define VITRINE_LINKS_H

#include "vitrine/shop.h"
#include "vitrine/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Pairs of users, each once whatever its directions and kinds, ascending; nobody is linked to themselves. */
typedef struct vt_user_links {
    int64_t n;
    const int32_t *pair; /**< (N, 2) dense ids, the smaller first */
} vt_user_links;

/** The links of the store between users of a snapshot. O(N log N). Free with vt_user_links_free(). */
VT_API int vt_user_links_load(vt_user_links **out, vt_shop *shop, const vt_snapshot *snapshot, vt_error *err);
VT_API void vt_user_links_free(vt_user_links *links);

#ifdef __cplusplus
}
#endif

#endif
