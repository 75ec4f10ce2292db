/* Input of a fuzz target as a file, for what reads by path. */
#ifndef VT_FUZZ_FILE_H
#define VT_FUZZ_FILE_H

#include <unistd.h>

#include "fuzz.h"

/** Writes a file of its own; the caller unlinks `path`. */
static inline void fuzz_write_file(char path[80], const void *bytes, size_t size)
{
    const char *base = getenv("TMPDIR");
    snprintf(path, 80, "%.40s/vitrine-fuzz-XXXXXX", base == NULL ? "/tmp" : base);
    int fd = mkstemp(path);
    fuzz_require(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
    close(fd);
}

#endif
