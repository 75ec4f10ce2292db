/* Bodies of one record or many: read into one array, put in one write, answered record by record. */
#ifndef VT_SERVE_BATCH_H
#define VT_SERVE_BATCH_H

#include "serve/fields.h"

/** Records of a call. All in its arena. */
typedef struct vt_batch_body {
    void *records; /* (n) of fields->size bytes; those that are bad are not among them */
    size_t n;
    size_t n_given;
    vt_put_result *results; /* (n_given) as they came */
    size_t *place;          /* (n) of a record among those that came */
    vt_put_result *put;     /* (n) what the write says */
    bool many;              /* an array came */
} vt_batch_body;

/** Called for each record after it was read. */
typedef int (*vt_batch_each)(vt_call *call, void *record, size_t at, vt_error *err);

/**
 * Reads the body, hands it to the writer, and answers each record with what became of it: 200, and for one record alone
 * 201 where it was added, or the problem where it was refused. A bad record of many spoils only itself.
 */
int vt_batch_put(vt_call *call, const vt_fields *fields, vt_write_kind kind, vt_batch_each each, vt_error *err);

/** "added", "changed", "same", "refused". Static storage. */
const char *vt_put_name(vt_put done);

/** The currency of the shop, "" for none. */
void vt_call_currency(char out[4], const vt_call *call);

#endif
