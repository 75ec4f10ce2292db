/* What lies in a shop's folder and belongs to the shop: made with it, removed with it. */
#ifndef VT_STORE_SHOP_FOLDER_H
#define VT_STORE_SHOP_FOLDER_H

#include <stdbool.h>

#include "vitrine/error.h"

/**
 * Makes the folder, its folders and the settings file. What an earlier making left behind may be there; VT_ERR_EXISTS
 * over anything else.
 */
int vt_shop_folder_make(const char *path, vt_error *err);

/** Removes what belongs to a shop and, when nothing else is left in it, the folder. */
void vt_shop_folder_remove(const char *path);

/** What stands behind "store.db" in the name of the copy that is kept from before an upgrade; the schema follows. */
#define VT_STORE_FORMER ".schema"

/**
 * True for a file of the shop that a backup holds, named from the folder: "models/ease.safetensors". Neither the store
 * nor what can be made again is among them.
 */
bool vt_shop_folder_holds(const char *name);

/** Calls `each` with the names of such files, until it returns non-zero, which is then returned. */
int vt_shop_folder_each(const char *path, int (*each)(void *context, const char *name), void *context, vt_error *err);

#endif
