/* Maps of a shop's items, kept while it is served. */
#ifndef VT_SERVE_MAPS_H
#define VT_SERVE_MAPS_H

#include "vitrine/error.h"

typedef struct vt_maps vt_maps;

int vt_maps_open(vt_maps **out, vt_error *err);

/** NULL is allowed. */
void vt_maps_close(vt_maps *maps);

#endif
