/* Features and outcomes of customers from a plain file: numbers, categories, missing values. */
#ifndef VT_INSIGHT_CHURN_TABLE_H
#define VT_INSIGHT_CHURN_TABLE_H

#include "insight/churn/churn.h"
#include "insight/plain_file.h"

enum { VT_CHURN_LEVELS_MAX = 40 }; /* of a category; rarer ones are one more level together */

typedef struct vt_churn_table {
    vt_features features;
    const size_t *column; /* (F) of the file */
    uint8_t *outcome;     /* (N) vt_outcome */
    int64_t *time;        /* (N) of the column "date"; NULL without one */
    double *value;        /* (N) of the column "value": what a customer is worth, 0 or more; NULL without one */
    bool has_name;        /* a column that tells customers apart, */
    size_t name;          /* which is no feature */
    size_t lost, kept, unknown;
    size_t n_unread;    /* cells of number columns that hold text: taken as missing */
    char left_out[256]; /* columns of nothing but different texts, or empty ones: no features; "" */
    struct vt_churn_table_storage *storage;
} vt_churn_table;

/**
 * Reads the customers of a file: `target` says who was lost (yes or no, 1 or 0, true or false, lost or kept; a missing
 * one is to be foretold). A column is one of numbers when nine in ten of its values are numbers, else one of
 * categories. "date" orders customers in time, "value" is money; a column "id" or "customer", or whose name ends in
 * "id", names them. Texts are borrowed from the file. The caller frees it. VT_ERR_USAGE: no such column;
 * VT_ERR_FORMAT: an outcome that is neither, or no feature.
 */
int vt_churn_table_read(vt_churn_table **out, const vt_plain_file *file, const char *target, vt_error *err);

/** Frees; NULL is allowed. */
void vt_churn_table_free(vt_churn_table *table);

#endif
