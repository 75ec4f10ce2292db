/* Where the snapshot files of a shop lie: "snapshots/<hash of the options>-<revision>.vsnap". */
#ifndef VT_DATASET_SNAPSHOT_PLACE_H
#define VT_DATASET_SNAPSHOT_PLACE_H

#include <limits.h>
#include <stdbool.h>

#include "store/store.h"
#include "vitrine/snapshot.h"

enum { VT_SNAPSHOT_KEY_DIGITS = 16 };

/** The files of some options. */
typedef struct vt_snapshot_place {
    char dir[PATH_MAX];
    char key[VT_SNAPSHOT_KEY_DIGITS + 1];
    const vt_snapshot_options *options;
} vt_snapshot_place;

int vt_snapshot_place_find(vt_snapshot_place *place, const char *shop, const vt_snapshot_options *options,
                           vt_error *err);

/** Opens the file of a revision when it is there, whole, and of the revision and options of its name. */
bool vt_snapshot_place_open(vt_snapshot **out, const vt_snapshot_place *place, int64_t revision);

/** Opens the newest file that a reader can follow the store from, up to `mark`; NULL in `*out` when there is none. */
int vt_snapshot_place_newest(vt_snapshot **out, const vt_snapshot_place *place, const vt_store_mark *mark,
                             vt_error *err);

/**
 * Writes the snapshot for next time and removes the files of older revisions. That it cannot be kept harms no one, so
 * no error is reported.
 */
void vt_snapshot_place_keep(const vt_snapshot_place *place, const vt_snapshot *snapshot);

/**
 * As vt_snapshot_open(), for a shop's own file: one that `stamp` tells to have been found whole within a week, and that
 * has not changed since, is not read to be checked again. Stamps a file that was checked.
 */
int vt_snapshot_open_again(vt_snapshot **out, const char *path, const char *stamp, vt_error *err);

#endif
