/* The error object and the table of causes. */
#include "vitrine/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "vitrine/progress.h"
#include "vitrine/version.h"

static const vt_code_info codes[] = {
    {VT_OK, "ok", "it worked"},
    {VT_ERR_FAILED, "failed", "anything without a code of its own"},
    {VT_ERR_USAGE, "usage", "a wrong command, option or parameter"},
    {VT_ERR_NOT_FOUND, "not-found", "no such file, shop, user, item or model"},
    {VT_ERR_FORMAT, "format", "input is not what it should be"},
    {VT_ERR_IO, "io", "reading or writing failed"},
    {VT_ERR_NO_SPACE, "no-space", "the disk is full"},
    {VT_ERR_BUSY, "busy", "the shop is in use by another writer"},
    {VT_ERR_VERSION, "version", "written by a newer version of Vitrine"},
    {VT_ERR_CORRUPT, "corrupt", "a file is damaged"},
    {VT_ERR_NO_MEMORY, "no-memory", "memory ran out"},
    {VT_ERR_EXISTS, "exists", "something there would be overwritten"},
    {VT_ERR_UNSUPPORTED, "unsupported", "this model or these data cannot do that"},
    {VT_ERR_LIMIT, "limit", "a size limit was passed"},
    {VT_ERR_CANCELLED, "cancelled", "stopped on request (Ctrl-C)"},
};

const char *vt_version(void)
{
    return VT_VERSION;
}

const vt_code_info *vt_codes(size_t *count)
{
    *count = sizeof codes / sizeof codes[0];
    return codes;
}

const char *vt_code_name(int code)
{
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if ((int)codes[i].code == code) {
            return codes[i].name;
        }
    }
    return "failed";
}

void vt_error_reset(vt_error *err)
{
    if (err != NULL) {
        err->code = VT_OK;
        err->position = -1;
        err->message[0] = '\0';
    }
}

/* Cuts a message that filled the field before a character that did not fit whole. */
static void cut_at_character(char *text, size_t len)
{
    size_t start = len;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0U) == 0x80U) {
        start--;
    }
    if (start == 0) {
        return;
    }
    unsigned char lead = (unsigned char)text[start - 1];
    size_t want = lead >= 0xF0U ? 4 : lead >= 0xE0U ? 3 : lead >= 0xC0U ? 2 : 1;
    if (len - (start - 1) < want) {
        text[start - 1] = '\0';
    }
}

static void fill(vt_error *err, vt_code code, int64_t position, const char *format, va_list args)
{
    /* The arguments may point into err->message itself: format beside it, then copy. */
    char text[sizeof err->message];
    int len = vsnprintf(text, sizeof text, format, args);
    if (len >= (int)sizeof text) {
        cut_at_character(text, sizeof text - 1);
    }
    err->code = code;
    err->position = position;
    memcpy(err->message, text, sizeof text);
}

int vt_fail(vt_error *err, vt_code code, const char *format, ...)
{
    if (err != NULL) {
        va_list args;
        va_start(args, format);
        fill(err, code, -1, format, args);
        va_end(args);
    }
    return (int)code;
}

int vt_fail_at(vt_error *err, vt_code code, int64_t position, const char *format, ...)
{
    if (err != NULL) {
        va_list args;
        va_start(args, format);
        fill(err, code, position, format, args);
        va_end(args);
    }
    return (int)code;
}

static vt_code code_of_errno(int errnum)
{
    switch (errnum) {
    case ENOENT:
    case ENOTDIR:
        return VT_ERR_NOT_FOUND;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return VT_ERR_NO_SPACE;
    case ENOMEM:
        return VT_ERR_NO_MEMORY;
    case EEXIST:
    case ENOTEMPTY:
        return VT_ERR_EXISTS;
    default:
        return VT_ERR_IO;
    }
}

int vt_fail_errno(vt_error *err, int errnum, const char *format, ...)
{
    vt_code code = code_of_errno(errnum);
    if (err != NULL) {
        va_list args;
        va_start(args, format);
        fill(err, code, -1, format, args);
        va_end(args);
        char reason[128];
        const char *text = strerror_r(errnum, reason, sizeof reason);
        size_t len = strlen(err->message);
        snprintf(err->message + len, sizeof err->message - len, ": %s", text);
    }
    return (int)code;
}

int vt_progress_report(const vt_progress *progress, const vt_progress_state *state, vt_error *err)
{
    if (progress == NULL || progress->report == NULL || progress->report(progress->context, state) == 0) {
        return VT_OK;
    }
    return vt_fail(err, VT_ERR_CANCELLED, "stopped while %s", state->stage);
}
