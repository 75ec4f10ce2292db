/*
 * Transactions from a plain file: who bought, when, for how much. A table as plain_file.h reads it, or
 * lines of columns separated by blanks as the CDNOW files of Fader and Hardie have them: with a header, or customer,
 * date as YYYYMMDD, number of pieces, amount, where the 1/10 sample has one more number behind the customer.
 */
#ifndef VT_INSIGHT_CLV_TRANSACTIONS_H
#define VT_INSIGHT_CLV_TRANSACTIONS_H

#include <stdbool.h>

#include "base/map.h"
#include "insight/clv/summary.h"

/** Columns by name; NULL: the first that has a usual name ("customer_id", "user", ...; "date", ...; "amount", ...). */
typedef struct vt_transactions_options {
    const char *customer;
    const char *date;
    const char *amount; /* amounts are not known when it is NULL and no column has a usual name */
    int digits;         /* of the minor unit of the currency: 2 */
} vt_transactions_options;

typedef struct vt_transactions {
    size_t n;
    int32_t *customer; /* (n) entry of `ids` */
    int64_t *day;      /* (n) since 1970-01-01, UTC */
    double *amount;    /* (n) in minor units; NULL: not known */
    vt_map *ids;       /* customers in order of their first line */
    size_t skipped;    /* rows that could not be read */
    char reason[256];  /* a sentence about the first of them, with its line; "" without */
} vt_transactions;

void vt_transactions_options_init(vt_transactions_options *options);

/**
 * Reads a file, maybe compressed. Rows that cannot be read are counted. The caller ends `out` with
 * vt_transactions_done(). VT_ERR_NOT_FOUND, VT_ERR_IO; VT_ERR_USAGE when a column is missing (it names those that are
 * there); VT_ERR_FORMAT when no row can be read; VT_ERR_LIMIT as vt_plain_file_read().
 */
int vt_transactions_read(vt_transactions *out, const char *path, const vt_transactions_options *options, vt_error *err);

/** As vt_clv_summarise() takes them; borrowed. */
vt_clv_purchases vt_transactions_purchases(const vt_transactions *transactions);

/** The id of a customer; borrowed. */
vt_str vt_transactions_id(const vt_transactions *transactions, int32_t customer);

void vt_transactions_done(vt_transactions *transactions);

#endif
