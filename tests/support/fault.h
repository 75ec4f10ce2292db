/*
 * The walk through every "out of memory" and every "disk full" of an operation: it must fail with that and nothing
 * else, and succeed once nothing fails any more. Leaks and stray reads are for the sanitizers to see.
 */
#ifndef VT_TEST_FAULT_H
#define VT_TEST_FAULT_H

#include "check.h"

#include "base/alloc.h"
#include "base/file.h"

/** Calls `run` with allocation 0, 1, 2 ... failing until it gets through; gives the number of failures. */
static inline int fault_allocations(int (*run)(void *context, vt_error *err), void *context)
{
    for (int n = 0;; n++) {
        vt_error err = VT_ERROR_INIT;
        vt_alloc_fail_after(n);
        int status = run(context, &err);
        vt_alloc_fail_after(-1);
        if (status == VT_OK) {
            return n;
        }
        if (status != VT_ERR_NO_MEMORY || err.code != VT_ERR_NO_MEMORY || err.message[0] == '\0') {
            fail_msg("allocation %d failing gives status %d, \"%s\"", n, status, err.message);
        }
    }
}

/** Calls `run` with write 0, 1, 2 ... failing until it gets through; gives the number of failures. */
static inline int fault_writes(int (*run)(void *context, vt_error *err), void *context)
{
    for (int n = 0;; n++) {
        vt_error err = VT_ERROR_INIT;
        vt_file_fail_after(n);
        int status = run(context, &err);
        vt_file_fail_after(-1);
        if (status == VT_OK) {
            return n;
        }
        if (status != VT_ERR_NO_SPACE || err.code != VT_ERR_NO_SPACE || err.message[0] == '\0') {
            fail_msg("write %d failing gives status %d, \"%s\"", n, status, err.message);
        }
    }
}

#endif
