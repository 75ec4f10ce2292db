/*
 * Runs a fuzz target over every file of its corpus, whole and cut at every byte of its first kilobyte, so that the
 * corpus is part of every test run without libFuzzer.
 */
#include "fuzz.h"

#include <limits.h>
#include <string.h>

#include "base/alloc.h"
#include "base/file.h"

enum { CUTS = 1024, FILE_BYTES_MAX = 16 << 20 };

typedef struct replay {
    const char *dir;
    int files;
    int failed;
} replay;

/* The target gets a copy of exactly the input's size, so that the sanitizers see a read behind it. */
static int run(const char *data, size_t size)
{
    uint8_t *copy = vt_alloc(size, 1, NULL);
    if (copy == NULL) {
        return 1;
    }
    if (size > 0) {
        memcpy(copy, data, size);
    }
    LLVMFuzzerTestOneInput(copy, size);
    vt_free(copy);
    return 0;
}

static int replay_file(void *context, const char *name)
{
    replay *r = context;
    char path[PATH_MAX];
    vt_error err = VT_ERROR_INIT;
    char *data = NULL;
    size_t size = 0;
    if (vt_path_join(path, sizeof path, r->dir, name, &err) != VT_OK ||
        vt_file_read(&data, &size, path, FILE_BYTES_MAX, &err) != VT_OK) {
        fprintf(stderr, "%s\n", err.message);
        r->failed++;
        return 0;
    }
    fprintf(stderr, "%s\n", path); /* the last name before a crash is the culprit */
    for (size_t cut = 0; cut < size && cut < CUTS; cut++) {
        r->failed += run(data, cut);
    }
    r->failed += run(data, size);
    r->files++;
    vt_free(data);
    return 0;
}

int main(int argc, char **argv)
{
    vt_error err = VT_ERROR_INIT;
    replay r = {.dir = argc == 2 ? argv[1] : ""};
    if (argc != 2 || vt_dir_list(r.dir, replay_file, &r, &err) != VT_OK) {
        fprintf(stderr, "usage: replay CORPUS-FOLDER\n%s\n", err.message);
        return 2;
    }
    fprintf(stderr, "%d files, %d failed\n", r.files, r.failed);
    return r.files == 0 || r.failed > 0;
}
