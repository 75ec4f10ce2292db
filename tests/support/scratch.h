/* A folder of its own for a test that writes files: below $TMPDIR, removed with all it holds. */
#ifndef VT_TEST_SCRATCH_H
#define VT_TEST_SCRATCH_H

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"

typedef struct scratch {
    char dir[128];
    char path[PATH_MAX]; /* of scratch_path() */
} scratch;

static inline void scratch_init(scratch *s)
{
    const char *base = getenv("TMPDIR");
    snprintf(s->dir, sizeof s->dir, "%s/vitrine-test-XXXXXX", base == NULL || strlen(base) > 80 ? "/tmp" : base);
    assert_non_null(mkdtemp(s->dir));
}

static inline int scratch_remove(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

static inline void scratch_done(scratch *s)
{
    nftw(s->dir, scratch_remove, 16, FTW_DEPTH | FTW_PHYS);
}

/** The path of a file in the folder, valid until the next call. */
static inline const char *scratch_path(scratch *s, const char *name)
{
    snprintf(s->path, sizeof s->path, "%s/%s", s->dir, name);
    return s->path;
}

/** Writes a file into the folder; gives its path, valid until the next call. */
static inline const char *scratch_write(scratch *s, const char *name, const void *bytes, size_t len)
{
    FILE *file = fopen(scratch_path(s, name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
    return s->path;
}

#endif
