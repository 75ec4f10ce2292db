/** Fetching the photos of a catalogue that names them by URL. */
#ifndef VITRINE_FETCH_H
#define VITRINE_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vitrine/progress.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A photo that could not be had. */
typedef struct vt_fetch_failure {
    const char *url;
    const char *reason; /**< a phrase: "the server answered 404" */
} vt_fetch_failure;

/** How to fetch. Init with vt_fetch_options_init(). */
typedef struct vt_fetch_options {
    size_t size;        /**< set by vt_fetch_options_init() */
    int parallel;       /**< photos at once, 1 to 64; default 8 */
    int per_host;       /**< of them from one host, 1 to 64; default 2 */
    int seconds;        /**< that one photo may take in all, 1 to 3600; default 60 */
    bool allow_private; /**< also addresses that are not on the public internet; for tests and shops in a house */
    const vt_progress *progress;
    void (*on_failure)(void *context, const vt_fetch_failure *failure); /**< called for each; may be NULL */
    void *failure_context;
} vt_fetch_options;

VT_SIZED_INIT(vt_fetch_options)

/** What was done. Photos are counted once, however many items show them. */
typedef struct vt_fetch_report {
    int64_t photos;  /**< URLs of the catalogue */
    int64_t fetched; /**< now */
    int64_t present; /**< fetched before */
    int64_t failed;
    int64_t bytes;     /**< fetched now */
    int64_t items;     /**< whose lists now name files */
    int64_t import_id; /**< of that change, for vt_import_undo(); 0 when nothing changed */
} vt_fetch_report;

/**
 * Fetches the photos that items of the shop in folder `shop` name by http or https, into images/fetched/, and puts the
 * files into the items' lists in place of the URLs. A photo is a whole JPEG, PNG or WebP of at most 20 MiB. Each
 * connection, redirected ones too, goes to a public address, else it is refused, whatever a name stands for. The shop
 * is written only at the end; a run that is stopped goes on where it was. VT_ERR_UNSUPPORTED without libcurl.
 */
VT_API int vt_fetch_photos(const char *shop, const vt_fetch_options *options, vt_fetch_report *report, vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
