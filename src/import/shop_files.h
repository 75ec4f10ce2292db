/*
 * What the exports of shop systems share: product and order files told apart by their header, and orders of several
 * rows.
 */
#ifndef VT_IMPORT_SHOP_FILES_H
#define VT_IMPORT_SHOP_FILES_H

#include "import/columns.h"
#include "import/source.h"
#include "import/words.h"

/** One kind of file of a shop system. */
typedef struct vt_shop_file {
    const char *what; /* "products", "orders" */
    const vt_column_field *fields;
    size_t n_fields;
    struct {
        size_t any[6]; /* one of these fields has a column */
        size_t n;
    } needs[2];      /* what makes a file one of this kind; n 0: nothing */
    size_t currency; /* the field that says the currency; n_fields: none does */
    /** The rows, up to the end of the file. */
    int (*read)(void *context, const vt_columns *columns, vt_csv *csv, vt_error *err);
} vt_shop_file;

/**
 * Reads all paths of the import, products before orders, whatever their order on the command line. VT_ERR_FORMAT for
 * a file that is neither; `system` ("Shopify") stands in messages and in the note.
 */
int vt_shop_files_read(vt_source *source, const char *system, const vt_shop_file files[2], void *context,
                       vt_error *err);

/** Which of the two kinds a file with this header is, by its columns' names; -1: neither. */
int vt_shop_files_tell(const vt_shop_file files[2], const vt_str *header, size_t n);

/** The next row of the right width; others are rejected. `*row` is NULL at the end. */
int vt_shop_files_row(vt_source *source, const vt_columns *columns, vt_csv *csv, const vt_str **row, vt_error *err);

/** What an order says of itself; texts not given and VT_NONE are filled in by later rows of the order. */
typedef struct vt_order_head {
    vt_str id;
    vt_str user;
    vt_str region;
    vt_str currency;
    vt_str status; /* the word, for a message */
    int64_t time;
    int64_t discount;     /* of the whole order, spread over its lines when none has one of its own */
    vt_order_state state; /* open: its lines are rejected; refunded: each purchase is followed by its return */
} vt_order_head;

typedef struct vt_order_line {
    vt_str item;    /* the SKU; not given: found by product or name */
    vt_str product; /* the system's own id */
    vt_str name;
    int64_t quantity;
    int64_t unit_price;
    int64_t discount;
    int64_t line; /* of the file */
} vt_order_line;

typedef struct vt_orders vt_orders;
int vt_orders_create(vt_orders **out, vt_source *source, vt_error *err);
void vt_orders_free(vt_orders *orders);

/**
 * An item of a product file, its title, and the system's own id of it (may be "not given"), by which order lines
 * without a SKU find it.
 */
int vt_orders_learn(vt_orders *orders, vt_str item, vt_str title, vt_str product, vt_error *err);

/**
 * A row of a file: the line joins the order at hand, or ends that one and begins the next. `line` NULL: the row's line
 * was rejected, and what the row says of the whole order counts all the same.
 */
int vt_orders_add(vt_orders *orders, const vt_order_head *head, const vt_order_line *line, vt_error *err);

/** Ends the order at hand. */
int vt_orders_end(vt_orders *orders, vt_error *err);

#endif
