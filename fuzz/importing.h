/*
 * What the targets of the kinds of sources share: an input becomes a file in memory, is imported without a shop, and
 * the report must add up. The file lies under /proc/self/fd, so nothing touches the disk.
 */
#ifndef VT_FUZZ_IMPORTING_H
#define VT_FUZZ_IMPORTING_H

#include "fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/number.h"
#include "vitrine/importer.h"

typedef struct fuzz_rejects {
    int64_t count;
} fuzz_rejects;

static inline void fuzz_reject(void *context, const vt_import_reject *reject)
{
    fuzz_rejects *rejects = context;
    rejects->count++;
    fuzz_require(reject->line >= 1 && reject->reason[0] != '\0');
    vt_str message = vt_str_of(reject->message);
    fuzz_require(vt_utf8_valid(message) && memchr(message.ptr, '\n', message.len) == NULL);
    fuzz_require(message.len > 13 && strcmp(message.ptr + message.len - 13, "(row skipped)") == 0);
}

/** A file with these bytes; its path goes to `path`. Closed with close(). */
static inline int fuzz_file(char path[64], const uint8_t *data, size_t size)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    fuzz_require(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, 64, "/proc/self/fd/%d", fd);
    return fd;
}

/** Reads the file in a dry run with `options`, of which kind, table and the like are set. */
static inline void fuzz_import(vt_import_options *options, const char *path)
{
    vt_error err = VT_ERROR_INIT;
    vt_import_report report;
    fuzz_rejects rejects = {0};
    options->paths = &path;
    options->n_paths = 1;
    options->dry_run = true;
    options->on_reject = fuzz_reject;
    options->reject_context = &rejects;
    int status = vt_import(NULL, options, &report, &err);
    if (status != VT_OK) {
        fuzz_require(status == VT_ERR_FORMAT || status == VT_ERR_CORRUPT || status == VT_ERR_UNSUPPORTED ||
                     status == VT_ERR_LIMIT);
        fuzz_require(err.code == (vt_code)status && err.message[0] != '\0');
        return;
    }
    int64_t sum = 0;
    for (size_t i = 0; i < VT_IMPORT_REASONS; i++) {
        sum += report.reasons[i].count;
        fuzz_require(i == 0 || report.reasons[i].count <= report.reasons[i - 1].count);
    }
    fuzz_require(report.rejected == rejects.count && report.rejected == sum);
    fuzz_require(report.rejected <= report.rows);
    fuzz_require(vt_utf8_valid(vt_str_of(report.note)));
}

#endif
