/* All trials of a search in a file, one JSON object a line: what was run is never run again. */
#ifndef VT_EVAL_TUNE_LOG_H
#define VT_EVAL_TUNE_LOG_H

#include "vitrine/tuning.h"

#define VT_TUNE_KEY_BYTES 17

/** The trials of one search that are known. Init to zero, done by vt_tune_log_done(). */
typedef struct vt_tune_log {
    const char *path;            /* NULL: nothing is kept */
    char key[VT_TUNE_KEY_BYTES]; /* of data, protocol, kind and search: trials of others do not count */
    vt_trial *trial;
    size_t n;
    size_t capacity;
} vt_tune_log;

/**
 * Reads the trials with that key; a missing file has none. A line that is no JSON, as a killed search leaves one, is
 * passed over: its trial is run again.
 */
int vt_tune_log_read(vt_tune_log *log, vt_error *err);

/** Appends to the file (synced) and to what is known. */
int vt_tune_log_add(vt_tune_log *log, const vt_trial *trial, const char *metric, vt_error *err);

/** The trial of that number and rung at that share with those settings, NULL when it is not known. */
const vt_trial *vt_tune_log_find(const vt_tune_log *log, const vt_trial *wanted);
void vt_tune_log_done(vt_tune_log *log);

#endif
