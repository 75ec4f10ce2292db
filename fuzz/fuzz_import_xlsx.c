/* Workbooks: any ZIP of XML parts is read to its end or refused with a sentence. */
#include "importing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[64];
    vt_import_options options;
    int fd = fuzz_file(path, data, size);
    vt_import_options_init(&options);
    options.kind = "csv";
    options.table = "events";
    fuzz_import(&options, path);
    close(fd);
    return 0;
}
