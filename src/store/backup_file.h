/* The archive of a backup: its entries and its manifest, as backup.c writes and restore.c reads them. */
#ifndef VT_STORE_BACKUP_FILE_H
#define VT_STORE_BACKUP_FILE_H

#include "vitrine/backup.h"

#define VT_BACKUP_MANIFEST "manifest.json"
#define VT_BACKUP_STORE "store.db"

enum {
    VT_BACKUP_FORMAT = 1,      /* of the archive; in the manifest */
    VT_BACKUP_HASH_BYTES = 32, /* BLAKE2b: b2sum -l 256 */
    VT_BACKUP_CHUNK = 1 << 18
};

/**
 * Reads a backup through and compares each entry with the manifest. `folder` NULL: nothing more; else the entries are
 * written below it, the store under the name `store.db.new`. Errors as of vt_shop_restore().
 */
int vt_backup_read(const char *file, const char *folder, const vt_progress *progress, vt_backup_report *report,
                   vt_error *err);

#endif
