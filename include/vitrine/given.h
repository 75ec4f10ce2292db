/** Events that are given with a request (recommend.h), out of texts and files. */
#ifndef VITRINE_GIVEN_H
#define VITRINE_GIVEN_H

#include "vitrine/recommend.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Starts zeroed; freed with vt_given_events_done(), also after a failure. */
typedef struct vt_given_events {
    vt_given_event *event;
    size_t n;
    size_t capacity;        /**< private */
    struct vt_arena *texts; /**< private */
} vt_given_events;

/**
 * Adds what a text says: "JUG-1", "JUG-1@2026-11-01", "JUG-1:view", "JUG-1:rating=4@2026-11-01". What does not read as
 * a time or a type belongs to the id.
 */
VT_API int vt_given_events_add(vt_given_events *events, const char *text, vt_error *err);

/** Adds the rows of a CSV file with the columns item, time, type, value, of which item is needed. VT_ERR_FORMAT. */
VT_API int vt_given_events_read(vt_given_events *events, const char *path, vt_error *err);

/** Frees what it holds. */
VT_API void vt_given_events_done(vt_given_events *events);

#ifdef __cplusplus
}
#endif

#endif
