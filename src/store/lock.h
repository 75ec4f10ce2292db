/* The writer's lock: a file `store.db-writer` beside the store, held by flock while it is open for writing. */
#ifndef VT_STORE_LOCK_H
#define VT_STORE_LOCK_H

#include "vitrine/error.h"

/**
 * Takes the lock of the store in the file `store`; the lock file beside it is made when missing. `*fd` is to be handed
 * to vt_lock_release. Never waits: VT_ERR_BUSY while another writer, in this process or another, holds it. The lock
 * ends with the process that holds it, however that ends.
 */
int vt_lock_take(int *fd, const char *store, vt_error *err);

/** Releases; -1 is allowed. */
void vt_lock_release(int fd);

#endif
