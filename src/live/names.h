/* Names beside a sorted table of the snapshot: numbers go on behind it, in the order of coming. */
#ifndef VT_LIVE_NAMES_H
#define VT_LIVE_NAMES_H

#include "base/map.h"
#include "live/texts.h"
#include "vitrine/snapshot.h"

/** One writer; readers look at numbers that their view knows. Init with vt_names_init(), done with vt_names_done(). */
typedef struct vt_names {
    const vt_ids *frozen;
    vt_texts fresh;
    vt_map *numbers; /* of the fresh ones */
} vt_names;

int vt_names_init(vt_names *names, const vt_ids *frozen, vt_error *err);
void vt_names_done(vt_names *names);

/** The number of a name, given on first sight; -1 for an empty one. */
int vt_names_intern(int32_t *out, vt_names *names, vt_arena *arena, vt_str text, vt_error *err);

/** The text of a number; borrowed. */
vt_str vt_names_at(const vt_names *names, int32_t number);
static inline int32_t vt_names_count(const vt_names *names)
{
    return names->frozen->n + names->fresh.n;
}

#endif
