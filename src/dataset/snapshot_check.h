/* What a reader of a snapshot checks before anything is used as an index. */
#ifndef VT_DATASET_SNAPSHOT_CHECK_H
#define VT_DATASET_SNAPSHOT_CHECK_H

#include <stdbool.h>

#include "dataset/layout.h"

/** Do the sections that belong together have counts that agree; after this, vt_layout_bind() is safe. */
bool vt_snapshot_counts_agree(const vt_snapshot *snapshot);

/** What is wrong with the content of a bound snapshot, as a phrase; NULL when nothing is. O(A). */
const char *vt_snapshot_first_wrong(const vt_snapshot *snapshot);

#endif
