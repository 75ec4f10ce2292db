/* CSV of any table, which the first byte chooses. */
#include "importing.h"

static const char *const tables[] = {"events", "items", "users", "item-links", "user-links"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    vt_import_options options;
    char path[64];
    if (size == 0) {
        return 0;
    }
    vt_import_options_init(&options);
    options.kind = "csv";
    options.table = tables[data[0] % (sizeof tables / sizeof tables[0])];
    int fd = fuzz_file(path, data + 1, size - 1);
    fuzz_import(&options, path);
    close(fd);
    return 0;
}
