/*
 * A panel of prices and sales from a plain file: one row a product and period, or a row for each price that was tried.
 */
#ifndef VT_INSIGHT_PRICE_TABLE_H
#define VT_INSIGHT_PRICE_TABLE_H

#include "insight/plain_file.h"
#include "insight/price/panel.h"

/** Which columns to read. */
typedef struct vt_price_columns {
    const char *quantity; /* default "quantity" */
    const char *price;    /* default "price" */
    const char *by;       /* one product for each of its values; NULL: all rows are one product */
} vt_price_columns;

typedef struct vt_price_table {
    vt_price_panel panel;
    vt_str *product;  /* (I) values of `by`, in order of their bytes */
    vt_str *category; /* (C) values of the column "category" */
    double *cost;     /* (I) of a piece, from the last row of the column "cost" that has one; 0: not known */
    bool by_date, by_category, has_cost, has_promotion, has_days;
    size_t skipped; /* rows without a price above 0 or a quantity */
    char why[256];  /* of the first of them; "" */
    struct vt_price_table_storage *storage;
} vt_price_table;

/**
 * Reads the panel. Beside the named columns these are used where the file has them: "date" ("2026-10", "2026-10-31" or
 * a time), "category", "promotion" (0 to 1, yes or no), "days" (that the row is of) and "cost". Texts are borrowed
 * from the file. The caller frees it. VT_ERR_USAGE: no such column; VT_ERR_FORMAT: no row can be used, with the reason
 * of the first.
 */
int vt_price_table_read(vt_price_table **out, const vt_plain_file *file, const vt_price_columns *columns,
                        vt_error *err);

/** Frees; NULL is allowed. */
void vt_price_table_free(vt_price_table *table);

#endif
