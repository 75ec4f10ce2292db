/* Tables of texts in files: checked before anything is looked up in them. */
#ifndef VT_DATASET_IDS_H
#define VT_DATASET_IDS_H

#include <stdbool.h>

#include "math/safetensors.h"
#include "vitrine/snapshot.h"

/** Whether `ptr` (n + 1) ascends from 0 to `end`. */
bool vt_pointers_hold(const int64_t *ptr, int64_t n, uint64_t end);

/**
 * Whether offsets ascend to `bytes`, and in a sorted table the texts too: a doubled or unsorted id would be found
 * wrongly.
 */
bool vt_ids_in_order(const vt_ids *ids, uint64_t bytes, bool sorted);

/**
 * A table of texts out of its two tensors; borrowed from the file. VT_ERR_CORRUPT where it does not hold, with `advice`
 * ("fit the model again") at the end of the message.
 */
int vt_ids_read(vt_ids *out, const vt_safetensors *file, const char *offset, const char *text, bool sorted,
                const char *path, const char *advice, vt_error *err);

#endif
