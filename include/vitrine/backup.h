/**
 * Backups: one file that holds a shop as it stood at one revision, made while others write, and the way back. The file
 * is a ZIP archive: the store, models, vectors, images, settings and `manifest.json` with the size and SHA-256 of each.
 * Snapshots are not in it: they are made again. Experimental: may still change.
 */
#ifndef VITRINE_BACKUP_H
#define VITRINE_BACKUP_H

#include "vitrine/progress.h"
#include "vitrine/shop.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a backup holds. */
typedef struct vt_backup_report {
    int64_t files;
    int64_t bytes;    /**< of those files */
    int64_t revision; /**< of the store */
    int64_t schema;   /**< number of the store's last migration */
    int64_t made_at;  /**< UTC seconds */
    char shop[33];    /**< id of the shop */
    char version[32]; /**< of the Vitrine that made it */
} vt_backup_report;

/**
 * Writes a backup of the shop, open in any mode, to `file`, which appears whole and read back or not at all. Writers
 * are never waited for and never wait; the log of the store grows by what they write meanwhile. Beside `file` a copy
 * of the store lies until it is done. VT_ERR_EXISTS: there is a file of this name; VT_ERR_NO_SPACE, VT_ERR_IO;
 * VT_ERR_BUSY: a file of the shop was replaced while it was copied. `report` may be NULL.
 */
VT_API int vt_shop_backup(vt_shop *shop, const char *file, const vt_progress *progress, vt_backup_report *report,
                          vt_error *err);

/**
 * Makes a shop in folder `path`, which is missing or empty, of a backup. It is there when every file has the size and
 * the hash of the manifest, else not at all. VT_ERR_EXISTS: the folder holds a shop or other files; VT_ERR_CORRUPT: the
 * backup is damaged, cut short or no backup; VT_ERR_VERSION: a newer Vitrine made it; VT_ERR_NOT_FOUND. `report` may be
 * NULL.
 */
VT_API int vt_shop_restore(const char *path, const char *file, const vt_progress *progress, vt_backup_report *report,
                           vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
