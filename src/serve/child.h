/* A command of this program as a process of its own: its output is read, and it ends when somebody stops it. */
#ifndef VT_SERVE_CHILD_H
#define VT_SERVE_CHILD_H

#include "base/buf.h"
#include "vitrine/error.h"

typedef struct vt_child {
    vt_buf out, errors; /* what it wrote; init with vt_buf_init(), with a cap */
    int code;           /* it exited with; -1: a signal ended it */
    bool stopped;       /* by whoever waits at `stop` */
} vt_child;

/**
 * Runs `argv` (ended by NULL; argv[0] is the program's path) to its end. A byte in `stop`, a descriptor to read from,
 * ends it early. VT_ERR_IO where it cannot be begun; what it fails with is in `child`.
 */
int vt_child_run(vt_child *child, const char *const *argv, int stop, vt_error *err);

#endif
