/* The map of items as the dashboard draws it, from a server and in a report: the answer of GET /v1/map. */
#ifndef VT_REPORT_ITEM_MAP_H
#define VT_REPORT_ITEM_MAP_H

#include "vitrine/project.h"

#define VT_ITEM_MAP_BYTES_MAX ((size_t)4 << 20)

/**
 * All items that have vectors of this kind, or 2,000 of them at even distances in the order of their ids: t-SNE up to
 * 5,000 items, principal components above. `threads` as in vt_projection_options. Errors as vt_project(). Seconds.
 */
int vt_item_map_json(vt_text *out, vt_shop *shop, vt_encoder_kind by, int threads, vt_error *err);

#endif
