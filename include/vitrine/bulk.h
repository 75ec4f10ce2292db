/**
 * Files straight into a snapshot, for data that is read once to fit models on: no store of single rows is made, so
 * there is nothing to look up, to undo or to add to. Experimental.
 */
#ifndef VITRINE_BULK_H
#define VITRINE_BULK_H

#include "vitrine/importer.h"
#include "vitrine/snapshot.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Takes the records of an import in place of a shop, on the calling thread, in the order of reading. */
typedef struct vt_record_taker {
    void *context;
    /** Each sets `*fresh` to false for a record that came before. Records are valid during the call. */
    int (*user)(void *context, const vt_user *user, bool *fresh, vt_error *err);
    int (*item)(void *context, const vt_item *item, bool *fresh, vt_error *err);
    /** `key` (16 bytes) is the same for the same event; NULL with `keyless`. */
    int (*event)(void *context, const vt_event *event, const unsigned char *key, bool *fresh, vt_error *err);
    bool keyless;                   /**< no keys are needed, which take time to make */
    double rating_low, rating_high; /**< set at the end: the scale of ratings where it is wider than the usual one */
    char currency[4]; /**< set before the first record with money: what it counts in where it names none */
} vt_record_taker;

/**
 * Reads as vt_import() does, with the same options, checks and report, and hands the records over; links are counted
 * alone. Errors as those of vt_import() and of the taker.
 */
VT_API int vt_import_records(const vt_import_options *options, vt_record_taker *taker, vt_import_report *report,
                             vt_error *err);

/**
 * Reads the files of an import twice, first what is known of users and items, then events, and writes the snapshot file
 * `path`, whole or not at all. An event is kept once, as a store keeps it; of an order line that comes again the first
 * counts. VT_ERR_USAGE for images, tables in memory and pipes.
 *
 * @param path      where the snapshot goes; vt_snapshot_open() reads it
 * @param import    what to read
 * @param options   what is frozen; NULL: the defaults
 * @param report    counts of users and items are those of the snapshot
 */
VT_API int vt_snapshot_import(const char *path, const vt_import_options *import, const vt_snapshot_options *options,
                              vt_import_report *report, vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
