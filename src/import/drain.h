/* The calling thread's half of an import: batches into the store, counts and rejected rows into the report. */
#ifndef VT_IMPORT_DRAIN_H
#define VT_IMPORT_DRAIN_H

#include "base/map.h"
#include "import/batch.h"
#include "import/merge.h"
#include "store/store.h"
#include "vitrine/bulk.h"

typedef struct vt_drain {
    vt_store *store;        /* in a write; NULL: a dry run, or records for the taker */
    vt_record_taker *taker; /* NULL: none */
    const vt_import_options *options;
    vt_import_report *report;
    vt_merger *merger;
    vt_map *created;      /* items that an event of this import created */
    char currency[4];     /* the shop's; "" while it has none */
    const char *fallback; /* the currency of a shop that has none, when a price comes without one: "USD" */
    size_t samples;       /* taken of a dry run */
    int64_t records;      /* taken so far, rejected rows included */
} vt_drain;

/** Init; done by vt_drain_done(). `currency` is the shop's, "" when none is set. */
int vt_drain_init(vt_drain *drain, vt_store *store, const vt_import_options *options, const char *currency,
                  vt_import_report *report, vt_error *err);
void vt_drain_done(vt_drain *drain);

/** Puts the records of a batch; what the store refuses for its content is a rejected row. */
int vt_drain_batch(vt_drain *drain, const vt_batch *batch, vt_error *err);

/** Puts the most frequent reasons first. */
void vt_drain_sort_reasons(vt_import_report *report);

#endif
