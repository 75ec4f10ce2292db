/* Products and photos that a shop has twice, for `vitrine encode --duplicates`. */
#ifndef VT_CLI_DUPLICATES_H
#define VT_CLI_DUPLICATES_H

#include "cli.h"

/* Prints groups of items whose texts, then of items whose photos, are as good as the same. */
int vt_cli_duplicates(vt_cli *cli, vt_shop *shop, bool texts, bool photos, double least, vt_error *err);

#endif
