/* What the checks of the doctor share. Private to recommend. */
#ifndef VT_RECOMMEND_DOCTOR_H
#define VT_RECOMMEND_DOCTOR_H

#include "vitrine/doctor.h"

typedef struct vt_doctor_state {
    const char *shop;
    int (*each)(void *context, const vt_check *check);
    void *context;
    const vt_progress *progress;
    int status; /* of `each`: after a failure nothing more is told */
    vt_error *err;
} vt_doctor_state;

/** Tells of one check. */
void vt_doctor_tell(vt_doctor_state *d, vt_verdict verdict, const char *name, const char *format, ...) VT_PRINTF(4, 5);

void vt_doctor_libraries(vt_doctor_state *d);

#endif
