/* How many of the items that events name are in the catalogue, at the end of an import. */
#ifndef VT_IMPORT_CATALOGUE_H
#define VT_IMPORT_CATALOGUE_H

#include "import/telling.h"
#include "store/store.h"

/** Completes report->coverage; `store` NULL: what the import itself says of items. On the calling thread. */
int vt_catalogue_look(const vt_telling *telling, vt_store *store, vt_import_report *report, vt_error *err);

#endif
