/* What every unit test includes: cmocka with what it needs before it, and checks of status. */
#ifndef VT_TEST_CHECK_H
#define VT_TEST_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vitrine/error.h"

/** Fails with the message of the error when `call` does not give VT_OK; `err` is a vt_error in scope. */
#define check_ok(call)                                                                                                 \
    do {                                                                                                               \
        int check_status = (call);                                                                                     \
        if (check_status != VT_OK) {                                                                                   \
            fail_msg("%s: %s (%d)", #call, err.message, check_status);                                                 \
        }                                                                                                              \
    } while (0)

#endif
