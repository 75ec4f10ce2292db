/*
 * All lines of an order in one cell, as export plug-ins of WooCommerce write them: "name:Mug|sku:MUG|quantity:2" with
 * ";" between lines, or a JSON list of objects with the same keys.
 */
#ifndef VT_IMPORT_PACKED_LINES_H
#define VT_IMPORT_PACKED_LINES_H

#include "import/shop_files.h"

/** Takes a line; NULL: one that could not be read, whose row was rejected. */
typedef int vt_packed_put(void *context, const vt_order_line *line, vt_error *err);

/** Hands the lines of a cell over, amounts in `currency` or the source's. `line_number` is that of the row. */
int vt_packed_lines(vt_source *source, vt_str cell, vt_str currency, int64_t line_number, vt_packed_put *put,
                    void *context, vt_error *err);

#endif
