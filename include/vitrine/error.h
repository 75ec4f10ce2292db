/**
 * Errors: every function that can fail returns a status (VT_OK or the cause) and fills the caller's error object.
 * The library never prints, logs or exits. The numbers are the exit codes of the program.
 */
#ifndef VITRINE_ERROR_H
#define VITRINE_ERROR_H

#include <stddef.h>
#include <stdint.h>

#include "vitrine/export.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Causes. The value is the program's exit code. */
typedef enum vt_code {
    VT_OK = 0,
    VT_ERR_FAILED = 1,       /**< anything without a code of its own */
    VT_ERR_USAGE = 2,        /**< wrong command, option or parameter */
    VT_ERR_NOT_FOUND = 3,    /**< no such file, shop, user, item or model */
    VT_ERR_FORMAT = 4,       /**< input is not what it should be */
    VT_ERR_IO = 5,           /**< reading or writing failed */
    VT_ERR_NO_SPACE = 6,     /**< the disk is full */
    VT_ERR_BUSY = 7,         /**< the shop is in use by another writer */
    VT_ERR_VERSION = 8,      /**< written by a newer version */
    VT_ERR_CORRUPT = 9,      /**< a file of the shop is damaged */
    VT_ERR_NO_MEMORY = 10,   /**< memory ran out */
    VT_ERR_EXISTS = 11,      /**< would overwrite something */
    VT_ERR_UNSUPPORTED = 12, /**< this model or data cannot do that */
    VT_ERR_LIMIT = 13,       /**< a cap was passed */
    VT_ERR_CANCELLED = 130   /**< stopped by the caller */
} vt_code;

/** What went wrong. Reset by vt_error_reset(); filled by the function that fails first. */
typedef struct vt_error {
    vt_code code;
    int64_t position;   /**< line or byte in the input, -1 when there is none */
    char message[1024]; /**< a sentence: what, where, what to do; UTF-8, no newline */
} vt_error;

/** One row of the table of causes. */
typedef struct vt_code_info {
    vt_code code;
    const char *name;    /**< short, lower case, as in JSON answers: "not-found" */
    const char *meaning; /**< a phrase, as in the man page */
} vt_code_info;

/** An error object that says nothing. */
#define VT_ERROR_INIT                                                                                                  \
    {                                                                                                                  \
        VT_OK, -1, ""                                                                                                  \
    }

/** Makes `err` say nothing; NULL is allowed. */
VT_API void vt_error_reset(vt_error *err);

/**
 * Fills `err` (unless NULL) and returns `code`, so that callers write `return vt_fail(err, ...)`.
 * The message is cut at the size of the field, on a character boundary.
 */
VT_API int vt_fail(vt_error *err, vt_code code, const char *format, ...) VT_PRINTF(3, 4);

/** As vt_fail(), with the position in the input. */
VT_API int vt_fail_at(vt_error *err, vt_code code, int64_t position, const char *format, ...) VT_PRINTF(4, 5);

/**
 * As vt_fail() for a failed system call: the code follows from `errnum` (ENOENT not found, ENOSPC, EDQUOT and EFBIG no
 * space, ENOMEM no memory, EEXIST exists, else IO) and ": " with the system's words is appended.
 */
VT_API int vt_fail_errno(vt_error *err, int errnum, const char *format, ...) VT_PRINTF(3, 4);

/** The table of causes in ascending order of code; `*count` rows. Static storage. */
VT_API const vt_code_info *vt_codes(size_t *count);

/** The short name of a cause, "failed" when unknown. Static storage. */
VT_API const char *vt_code_name(int code);

#ifdef __cplusplus
}
#endif

#endif
