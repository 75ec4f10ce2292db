/* Lists from a file, as a ranker. */
#ifndef VT_EVAL_LISTS_H
#define VT_EVAL_LISTS_H

#include "base/stream.h"
#include "vitrine/evaluation.h"

typedef struct vt_lists vt_lists;

/**
 * Reads lines "user item item ...", best first. Users that the snapshot does not know are passed over and counted;
 * VT_ERR_FORMAT with the line: an item that the snapshot does not hold, a user twice. The snapshot must outlive it.
 */
int vt_lists_parse(vt_lists **out, vt_stream *stream, const vt_snapshot *snapshot, vt_error *err);
void vt_lists_free(vt_lists *lists);

/** A ranker: `context` is the vt_lists. What may not stand in a list is dropped and counted. */
int vt_rank_lists(void *context, const vt_query *queries, size_t n, size_t k, int32_t *items, vt_error *err);

#endif
