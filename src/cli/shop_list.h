/* Lists of what a shop keeps (keys, rules): a table, or with --json an array. */
#ifndef VT_CLI_SHOP_LIST_H
#define VT_CLI_SHOP_LIST_H

#include "common.h"

/** A list at work: `each` adds to the table, or to the writer where the words ask for JSON. */
typedef struct vt_shop_list {
    vt_cli *cli;
    vt_table *table;
    vt_json_writer writer;
    size_t n; /* rows that `each` has seen */
} vt_shop_list;

typedef struct vt_shop_list_kind {
    const char *member; /* of the JSON: "keys" */
    const char *const *columns;
    size_t n_columns;
    const char *none; /* what is said where there are none */
    int (*each)(vt_shop *shop, vt_shop_list *list, vt_error *err);
} vt_shop_list_kind;

int vt_shop_list_run(vt_cli *cli, const vt_shop_list_kind *kind, vt_error *err);

/** A cell, "-" for an empty text. */
void vt_shop_list_cell(vt_shop_list *list, vt_str text);

#endif
