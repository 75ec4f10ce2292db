/* A JSON object of item to list. What holds of all imports holds of these bytes. */
#include "importing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    vt_import_options options;
    char path[64];
    vt_import_options_init(&options);
    options.kind = "attributes";
    int fd = fuzz_file(path, data, size);
    fuzz_import(&options, path);
    close(fd);
    return 0;
}
