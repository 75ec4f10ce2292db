/* Between the two halves of fetching: fetch.c knows the shop, fetch_transfer.c the network. */
#ifndef VT_IMPORT_FETCH_H
#define VT_IMPORT_FETCH_H

#include "vitrine/fetch.h"

/** A photo that the catalogue names by URL. */
typedef struct vt_fetch_photo {
    const char *url;
    char name[33];      /* of its file, without suffix: a digest of the URL */
    const char *suffix; /* of the file that is there; NULL: there is none */
} vt_fetch_photo;

/**
 * Fetches those of the photos (n) that have no file into `folder`, and sets their suffix. Counts go to the report,
 * failures to options->on_failure. VT_ERR_CANCELLED leaves what is fetched; so does any failure of this machine.
 */
int vt_fetch_transfer(vt_fetch_photo *photos, size_t n, const char *folder, const vt_fetch_options *options,
                      vt_fetch_report *report, vt_error *err);

#endif
