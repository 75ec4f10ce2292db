/*
 * The files of MovieLens and RecBole, told apart by name: the first byte chooses it. A folder of links, made once,
 * gives the file in memory its names.
 */
#include "importing.h"

static const char *const names[] = {"u.data",      "u.item",     "u.user",  "ratings.dat", "movies.dat", "users.dat",
                                    "ratings.csv", "movies.csv", "x.inter", "x.item",      "x.user"};

static char folder[64];

static void remove_folder(void)
{
    char link[128];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(link, sizeof link, "%s/%s", folder, names[i]);
        unlink(link);
    }
    rmdir(folder);
}

static void make_folder(void)
{
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%.32s/vitrine-fuzz-XXXXXX", base == NULL ? "/tmp" : base);
    fuzz_require(mkdtemp(folder) != NULL);
    atexit(remove_folder);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    vt_import_options options;
    char path[64];
    char link[128];
    if (size == 0) {
        return 0;
    }
    if (folder[0] == '\0') {
        make_folder();
    }
    int fd = fuzz_file(path, data + 1, size - 1);
    snprintf(link, sizeof link, "%s/%s", folder, names[data[0] % (sizeof names / sizeof names[0])]);
    unlink(link);
    fuzz_require(symlink(path, link) == 0);
    vt_import_options_init(&options);
    options.kind = "movielens";
    fuzz_import(&options, link);
    close(fd);
    return 0;
}
