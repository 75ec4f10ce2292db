/* What lies in a shop's folder and belongs to the shop: made with it, removed with it. */
#ifndef VT_STORE_SHOP_FOLDER_H
#define VT_STORE_SHOP_FOLDER_H

#include "vitrine/error.h"

/**
 * Makes the folder, its folders and the settings file. What an earlier making left behind may be there; VT_ERR_EXISTS
 * over anything else.
 */
int vt_shop_folder_make(const char *path, vt_error *err);

/** Removes what belongs to a shop and, when nothing else is left in it, the folder. */
void vt_shop_folder_remove(const char *path);

#endif
