/** Progress of long work: the caller hands a function that is told how far it is and may stop it. */
#ifndef VITRINE_PROGRESS_H
#define VITRINE_PROGRESS_H

#include "vitrine/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How far a stage is. */
typedef struct vt_progress_state {
    const char *stage; /**< what is being done: "reading reviews.json.gz", "fitting ials" */
    const char *unit;  /**< what is counted: "rows", "bytes", "iterations" */
    double done;
    double total;       /**< same unit as done; 0 when unknown */
    const char *detail; /**< more to show, such as "loss 0.123"; may be NULL */
} vt_progress_state;

/**
 * Told about progress, always from the thread that called the library.
 * `report` returns 0 to go on and anything else to stop with VT_ERR_CANCELLED. A NULL pointer to the struct is silent.
 */
typedef struct vt_progress {
    int (*report)(void *context, const vt_progress_state *state);
    void *context;
} vt_progress;

/** Reports; VT_OK to go on, VT_ERR_CANCELLED when the caller wants to stop. */
VT_API int vt_progress_report(const vt_progress *progress, const vt_progress_state *state, vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
