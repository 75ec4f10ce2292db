/*
 * What a shop remembers of the full check of a snapshot file: "snapshots/<...>.checked" beside it says which file was
 * found whole (inode, size, last changes, hash) and when. While that is still so, the file need not be read to be used.
 */
#ifndef VT_DATASET_SNAPSHOT_STAMP_H
#define VT_DATASET_SNAPSHOT_STAMP_H

#include <stdbool.h>

#include "base/file.h"

/** A stamp serves for so long: what decays on a disk leaves no trace in a file's times. */
#define VT_SNAPSHOT_STAMP_SECONDS ((int64_t)7 * 86400)

/**
 * Was this very file, with the hash of its header in hexadecimal, found whole within the last
 * VT_SNAPSHOT_STAMP_SECONDS before `now` (UTC seconds)?
 */
bool vt_snapshot_stamp_holds(const char *path, const vt_file_identity *file, const char *hash, int64_t now);

/**
 * Remembers that the file was found whole at `now`. One that changed within the two seconds before is left out: the
 * clock of a file system may not tell a later change from that one. That a stamp cannot be written harms no one.
 */
void vt_snapshot_stamp_put(const char *path, const vt_file_identity *file, const char *hash, int64_t now);

#endif
