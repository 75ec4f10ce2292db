/* What the kinds tell of a header, for the look into a file that nobody named a kind for. */
#ifndef VT_IMPORT_RECOGNISE_H
#define VT_IMPORT_RECOGNISE_H

#include "import/csv_tables.h"
#include "import/shop_files.h"

/** "products" or "orders" when the columns are those of an export of the system, else NULL. */
const char *vt_shopify_tell(const vt_str *header, size_t n);
const char *vt_woocommerce_tell(const vt_str *header, size_t n);

/** The name of the csv table that most columns fit and that has all it needs, else NULL; `*fits` columns fit. */
const char *vt_csv_tell(const vt_str *header, size_t n, size_t *fits);

/** True for a file that the movielens kind knows by its name. */
bool vt_movielens_tell(const char *path);

#endif
