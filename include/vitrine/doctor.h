/** Is this installation, this machine and this shop sound? */
#ifndef VITRINE_DOCTOR_H
#define VITRINE_DOCTOR_H

#include "vitrine/progress.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum vt_verdict {
    VT_VERDICT_GOOD,
    VT_VERDICT_NOTE, /**< should be known, does no harm */
    VT_VERDICT_BAD   /**< broken */
} vt_verdict;

/** One thing that was looked at. Borrowed for the call. */
typedef struct vt_check {
    const char *name; /**< "SQLite", "model itemknn" */
    vt_verdict verdict;
    const char *detail; /**< a phrase: a version, or what is wrong and what to do */
} vt_check;

/**
 * Calls `each` for the linked libraries, the processor, free space, and the shop in folder `shop` with its snapshots
 * and models; there may be none. VT_OK when all could be looked at, whatever was found; anything else that `each`
 * returns ends it, and is what the call then gives. Reads every file of the shop.
 */
VT_API int vt_doctor(const char *shop, int (*each)(void *context, const vt_check *check), void *context,
                     const vt_progress *progress, vt_error *err);

#ifdef __cplusplus
}
#endif

#endif
