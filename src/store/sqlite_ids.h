/* Row ids of the shop's ids; unknown ones come into being. */
#ifndef VT_STORE_SQLITE_IDS_H
#define VT_STORE_SQLITE_IDS_H

#include "store/sqlite.h"

int vt_sqlite_user_row(vt_sqlite *s, vt_str id, int64_t *row, bool *fresh, vt_error *err);
int vt_sqlite_item_row(vt_sqlite *s, vt_str id, int64_t *row, bool *fresh, vt_error *err);

#endif
