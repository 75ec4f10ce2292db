/* Lets commands write to a shop that is served: see store/lend.h. */
#ifndef VT_SERVE_LENDING_H
#define VT_SERVE_LENDING_H

#include "store/writer.h"

typedef struct vt_lending vt_lending;

/** What a lending tells, on the writer's thread. */
typedef struct vt_lending_events {
    void (*back)(void *context, vt_shop *shop); /* a command has written, and the shop is open for us again */
    void (*failed)(void *context);              /* the shop could not be opened again */
    void *context;
} vt_lending_events;

/** Begins to listen, on a thread of its own. While a command writes, what else is to be written waits. */
int vt_lending_open(vt_lending **out, const char *shop, vt_writer *writer, const vt_lending_events *events,
                    vt_error *err);

/** Ends it; a command that is writing may go on to its end. NULL is allowed. Before the writer is closed. */
void vt_lending_close(vt_lending *lending);

#endif
